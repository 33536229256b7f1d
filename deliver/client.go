package deliver

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"time"

	"cartograph/analytics"
)

var errAddressRefused = errors.New("webhooks must not go to this address")

const (
	// maxResponseHeader and maxResponse bound, in bytes, what is read of an answer:
	// its status is all that counts, and reading the rest lets the connection be
	// used again.
	maxResponseHeader = 16 << 10
	maxResponse       = 64 << 10
	// idleTimeout keeps a connection for the next webhook of a busy minute.
	idleTimeout = 30 * time.Second
)

// newClient returns a client that connects to nothing the policy does not allow.
// That is checked on the address that is dialled, after names were looked up, so
// no answer of a name server gets around it. It follows no redirects, and takes no
// proxy from the environment: a proxy would dial for it.
func newClient(policy analytics.WebhookPolicy) *http.Client {
	dialer := &net.Dialer{Control: func(_, address string, _ syscall.RawConn) error {
		dialled, err := netip.ParseAddrPort(address)
		if err != nil || !policy.Allows(dialled.Addr()) {
			return errAddressRefused
		}
		return nil
	}}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  nil,
			DialContext:            dialer.DialContext,
			ForceAttemptHTTP2:      true,
			MaxIdleConnsPerHost:    perEndpoint,
			MaxIdleConns:           inAll,
			IdleConnTimeout:        idleTimeout,
			MaxResponseHeaderBytes: maxResponseHeader,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
