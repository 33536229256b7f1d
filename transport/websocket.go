package transport

import (
	"bufio"
	"context"
	"net"
	"net/http"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"
)

// socketTransport speaks graphql-transport-ws.
type socketTransport struct{ hub *Hub }

var _ graphql.Transport = socketTransport{}

// Supports reports whether a request opens a socket.
func (socketTransport) Supports(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Do opens a socket. It returns at once: a request that is over holds no memory.
func (t socketTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if !t.hub.checkOrigin(w, r) {
		return
	}
	address := t.hub.addressOf(r)
	if !t.hub.approach(w, address) {
		return
	}
	s := newSocket(t.hub, r, exec)
	s.arrive = sync.OnceFunc(func() { t.hub.arrived(address) })
	if !t.hub.admit(w, s) {
		s.arrive()
		return
	}
	conn, err := websocket.Accept(smallBuffers{w}, r, &websocket.AcceptOptions{
		Subprotocols:       []string{subprotocol},
		InsecureSkipVerify: true, // checkOrigin did it
		CompressionMode:    websocket.CompressionDisabled,
		OnPingReceived:     func(ctx context.Context, _ []byte) bool { return s.pings.wait(ctx) == nil }, // one at a time
	})
	if err != nil {
		s.cancel()
		s.arrive()
		t.hub.dismiss(s)
		return // it is answered
	}
	conn.SetReadLimit(maxMessage)
	go s.serve(conn)
}

// smallBuffers gives a connection that is taken over from HTTP buffers that fit
// what is said on it: HTTP's are 8 KB, most of what an idle socket would hold.
type smallBuffers struct{ http.ResponseWriter }

const (
	readBuffer  = 512
	writeBuffer = 1 << 10
)

// Hijack takes the connection over.
func (b smallBuffers) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, had, err := http.NewResponseController(b.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	early, _ := had.Reader.Peek(had.Reader.Buffered())
	reader := bufio.NewReaderSize(&prefixed{early, conn}, max(readBuffer, len(early)))
	_, _ = reader.Peek(len(early))
	return conn, bufio.NewReadWriter(reader, bufio.NewWriterSize(conn, writeBuffer)), nil
}

// prefixed reads what was read too early, and then from the connection.
type prefixed struct {
	early []byte
	net.Conn
}

// Read reads what comes next.
func (p *prefixed) Read(b []byte) (int, error) {
	if len(p.early) == 0 {
		return p.Conn.Read(b)
	}
	n := copy(b, p.early)
	p.early = p.early[n:]
	return n, nil
}
