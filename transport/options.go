package transport

import (
	"net/http"
	"net/netip"
	"time"

	"cartograph/auth"
)

const (
	// initTimeout is how long a new socket may take to say connection_init.
	initTimeout = 3 * time.Second
	// pingEvery is how often a client is asked whether it is still there: more
	// often than proxies close what is silent. It must answer before the ping
	// after next.
	pingEvery   = 12 * time.Second
	pongTimeout = 2 * pingEvery
	// writeTimeout ends connections that take nothing any more.
	writeTimeout = 10 * time.Second
	// defaultRecheckEvery is how often the token of a connection is looked up again,
	// so that one that was revoked ends what it opened within seconds. A look is one
	// find by the key of the token: with 10,000 connections 1,000 a second.
	defaultRecheckEvery = 10 * time.Second
	// authTimeout bounds one look at a token.
	authTimeout = 5 * time.Second
	// defaultTimeout bounds queries and mutations, as over HTTP.
	defaultTimeout = 10 * time.Second
	// reconnectAfter is how long an EventSource should wait before it comes back.
	reconnectAfter = 2 * time.Second

	// maxMessage bounds what a client may send at once: a document and its
	// variables.
	maxMessage = 64 << 10
	// maxOperations bounds what runs at the same time on one socket.
	maxOperations = 50
	// defaultMaxConnections bounds sockets and event streams of a process: at
	// about 20 KB each they stay below half a gigabyte.
	defaultMaxConnections = 20_000

	// defaultMaxPerUser bounds the sockets and event streams of one token: a person
	// with some tabs and devices, or a server with some workers.
	defaultMaxPerUser = 20
	// messageEvery is how often a client may say something for long, and
	// messageBurst how much at once: one that comes back subscribes again to all it
	// had. Beyond that it is read more slowly.
	messageEvery = time.Second / 20
	messageBurst = 2 * maxOperations

	// maxWaiting and maxWaitingBytes bound what waits for one connection. Beyond
	// them it is a slow reader.
	maxWaiting      = 256
	maxWaitingBytes = 1 << 20
	// patience is how many answers may wait before a source that runs for one
	// client alone waits too: it need not run ahead of its reader.
	patience = 16

	// keptEvents and keptBytes bound the latest events a cohort keeps for those
	// who come back: a client that reconnects within seconds missed few.
	keptEvents = 16
	keptBytes  = 64 << 10
)

// Authenticator finds out who sends a request. It fails with Unauthenticated or
// Forbidden for those to turn away, and returns nil for those it does not know.
type Authenticator interface {
	Authenticate(r *http.Request) (*auth.Principal, error)
}

// Sharing says how the subscriptions to a field share one source.
type Sharing struct {
	// After names the argument by which a client says what version it has seen;
	// empty for fields without. The resolver of a field that has one calls Announce
	// before each event, and without the argument begins with the current state.
	After string
	// Resume names the argument by which a client says where it was, of fields that
	// announce no versions; empty for fields without. Whoever gives it runs alone:
	// what it missed, nobody else did.
	Resume string
	// Replay says that the latest event is also the current state: whoever joins
	// a running source is given it first.
	Replay bool
}

// Options are what a Hub is made of.
type Options struct {
	Authenticator Authenticator
	// Origins are the pages that may connect besides the gateway's own, such as
	// "https://shop.example".
	Origins []string
	// MaxConnections bounds sockets and event streams; 0 stands for 20,000.
	MaxConnections int
	// MaxPerUser bounds those of one token; 0 stands for 20. The open demo is one
	// machine's, and not bounded.
	MaxPerUser int
	// Proxies are the networks whose X-Forwarded-For is believed.
	Proxies []netip.Prefix
	// RecheckEvery is how often the token of a connection is looked up again; 0
	// stands for 10 seconds.
	RecheckEvery time.Duration
	// Timeout bounds queries and mutations; 0 stands for 10 seconds.
	Timeout time.Duration
	// Shared names the fields of Subscription that share sources. All others run
	// for each client alone.
	Shared map[string]Sharing
}
