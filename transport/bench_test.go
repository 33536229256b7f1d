package transport_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"cartograph/auth"
	"cartograph/transport"
)

// BenchmarkIdleSubscriber tells what one WebSocket costs that subscribes and
// hears nothing: heap and stacks of the server, and of a bare client end that
// only counts in its favour.
func BenchmarkIdleSubscriber(b *testing.B) {
	const subscribers = 2000
	for b.Loop() {
		before := inUse()
		n := openNetwork(b, subscribers)
		after := inUse()
		b.ReportMetric(float64(after-before)/subscribers, "B/subscriber")
		b.ReportMetric(float64(runtime.NumGoroutine())/subscribers, "goroutines/subscriber")
		n.close()
	}
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// BenchmarkFanOut tells how long one event takes to 10,000 subscribers of one
// cohort, from the change until each client end has it.
func BenchmarkFanOut(b *testing.B) {
	const subscribers = 10_000
	n := openNetwork(b, subscribers)
	defer n.close()
	b.ResetTimer()
	for b.Loop() {
		n.heard.Add(subscribers)
		n.counter.bump()
		n.heard.Wait()
	}
	b.StopTimer()
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/subscribers, "ns/delivery")
	b.ReportMetric(float64(n.counter.executed.Load())/float64(b.N), "executions/event")
}

// network is a gateway with bare sockets that subscribe to the counter.
type network struct {
	counter *counter
	hub     *transport.Hub
	server  *http.Server
	heard   sync.WaitGroup
	ends    []net.Conn
}

const frames = "GET /graphql HTTP/1.1\r\nHost: gateway.example\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n" +
	"Authorization: Bearer ann\r\n\r\n"

func openNetwork(b *testing.B, subscribers int) *network {
	b.Helper()
	n := &network{counter: newCounter()}
	h, hub := handlerFor(n.counter, &tokens{known: map[string]auth.Principal{"ann": {Org: "acme"}}}, nil)
	n.hub = hub
	listener := &bufferedPipes{conns: make(chan net.Conn), done: make(chan struct{})}
	n.server = &http.Server{Handler: h}
	go func() { _ = n.server.Serve(listener) }()
	subscribe := frames + masked(`{"type":"connection_init"}`) + masked(`{"type":"subscribe","id":"1","payload":{"query":"subscription { counter { version } }"}}`)
	for range subscribers {
		n.ends = append(n.ends, listener.dial(n.hears))
		if _, err := io.WriteString(n.ends[len(n.ends)-1], subscribe); err != nil {
			b.Fatal(err)
		}
	}
	for hub.Stats().Operations < int64(subscribers) {
		runtime.Gosched()
	}
	return n
}

// hears is told what the gateway writes.
func (n *network) hears(text []byte) {
	if strings.Contains(string(text), `"next"`) {
		n.heard.Done()
	}
}

func (n *network) close() {
	for _, end := range n.ends {
		_ = end.Close()
	}
	for n.hub.Stats().Connections > 0 {
		runtime.Gosched()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = n.server.Shutdown(ctx)
}

// masked is a frame of a client whose mask is zero.
func masked(text string) string {
	if len(text) > 125 {
		panic(fmt.Sprintf("%d bytes are too many for a short frame", len(text)))
	}
	return "\x81" + string([]byte{0x80 | byte(len(text))}) + "\x00\x00\x00\x00" + text
}

// bufferedPipes is a network in memory whose writes to clients are heard at once.
type bufferedPipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *bufferedPipes) dial(hears func([]byte)) net.Conn {
	here, there := net.Pipe()
	p.conns <- heardConn{there, hears}
	return here
}

func (p *bufferedPipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *bufferedPipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *bufferedPipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }

// heardConn is the gateway's end: what it writes is heard, and goes nowhere.
type heardConn struct {
	net.Conn
	hears func([]byte)
}

func (c heardConn) Write(text []byte) (int, error) {
	c.hears(text)
	return len(text), nil
}
