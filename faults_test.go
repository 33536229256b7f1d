package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	natsserver "github.com/nats-io/nats-server/v2/server"

	"cartograph/repository/repositorytest"
)

// faultyWire stands between a gateway and its database, and breaks as it is told.
type faultyWire struct {
	listener net.Listener
	network  string // of the database
	address  string

	mu    sync.Mutex
	conns map[net.Conn]bool
	down  bool
	held  chan struct{} // closed while bytes pass
	delay atomic.Int64  // of each piece, in nanoseconds
}

// wireTo stands before the database of a URI, and returns the URI to use instead.
func wireTo(t *testing.T, uri string) (*faultyWire, string) {
	t.Helper()
	u, err := url.Parse(strings.Replace(uri, "%2F", "SLASH", -1))
	if err != nil {
		t.Fatal(err)
	}
	w := &faultyWire{network: "tcp", address: u.Host, conns: map[net.Conn]bool{}, held: make(chan struct{})}
	if strings.Contains(u.Host, "SLASH") {
		w.network, w.address = "unix", strings.ReplaceAll(u.Host, "SLASH", "/")
	}
	close(w.held)
	if w.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go w.accept()
	t.Cleanup(func() { w.listener.Close(); w.pass(); w.stop() })
	return w, "mongodb://" + w.listener.Addr().String() + "/?directConnection=true"
}

func (w *faultyWire) accept() {
	for {
		client, err := w.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(w.network, w.address)
		w.mu.Lock()
		if err != nil || w.down {
			client.Close()
			if err == nil {
				server.Close()
			}
		} else {
			w.conns[client], w.conns[server] = true, true
			go w.carry(client, server)
			go w.carry(server, client)
		}
		w.mu.Unlock()
	}
}

func (w *faultyWire) carry(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	piece := make([]byte, 64<<10)
	for {
		n, err := from.Read(piece)
		w.mu.Lock()
		held := w.held
		w.mu.Unlock()
		<-held
		time.Sleep(time.Duration(w.delay.Load())) // the fault itself
		if _, failed := to.Write(piece[:n]); failed != nil || err != nil {
			return
		}
	}
}

// stop cuts every connection and takes no more, as a server that is gone.
func (w *faultyWire) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = true
	for c := range w.conns {
		c.Close()
	}
	clear(w.conns)
}

// start takes connections again.
func (w *faultyWire) start() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = false
}

// pause holds every byte back, as a server that was sent SIGSTOP.
func (w *faultyWire) pause() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held = make(chan struct{})
}

// pass lets bytes pass again.
func (w *faultyWire) pass() {
	w.mu.Lock()
	defer w.mu.Unlock()
	select {
	case <-w.held:
	default:
		close(w.held)
	}
}

// coded reports whether an answer that is no success says why in a code.
func coded(status int, body string) bool {
	var answer struct {
		Code   string
		Errors []struct{ Extensions struct{ Code string } }
	}
	if json.Unmarshal([]byte(body), &answer) != nil {
		return false
	}
	code := answer.Code
	if len(answer.Errors) > 0 {
		code = answer.Errors[0].Extensions.Code
	}
	return code == "UNAVAILABLE" || code == "TIMEOUT" || code == "LIMIT_EXCEEDED"
}

// writing is what senders of events have seen of a gateway.
type writing struct {
	mu        sync.Mutex
	confirmed []string // events, as they were sent
}

// send sends events one after the other, each until it is confirmed, until the
// context ends.
func (w *writing) send(ctx context.Context, t *testing.T, name string, url func() string, token string) {
	for n := 0; ctx.Err() == nil; n++ {
		event := fmt.Sprintf(`{"id":"%s-%d","type":"goal_reached","at":"2026-03-01T10:00:00Z","visitorId":"v","data":{"uid":"g"}}`, name, n)
		for ctx.Err() == nil {
			request, _ := http.NewRequestWithContext(ctx, "POST", url()+"/ingest/events", strings.NewReader(event))
			request.Header.Set("Content-Type", "application/json")
			request.Header.Set("Authorization", "Bearer "+token)
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				continue
			}
			body, err := io.ReadAll(answer.Body)
			answer.Body.Close()
			if answer.StatusCode == http.StatusAccepted {
				w.mu.Lock()
				w.confirmed = append(w.confirmed, event)
				w.mu.Unlock()
				break
			}
			if err == nil && !coded(answer.StatusCode, string(body)) {
				t.Errorf("an error without a code: %d %s", answer.StatusCode, body)
			}
		}
	}
}

// count returns how many events were confirmed.
func (w *writing) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.confirmed)
}

// The database is stopped and started, paused, and slow, while events come in and
// queries are sent. Errors have codes, the gateway is not ready while the database
// is away, recovers by itself, and has everything that it confirmed.
func TestFaultsOfTheDatabase(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for timeouts")
	}
	t.Parallel()
	direct, database := repositorytest.Database(t)
	wire, uri := wireTo(t, direct)
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
	token, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	g := serve(t, append(settings, "--query-timeout=2s", "--database-timeout=1s")...)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	sending, enough := context.WithCancel(ctx)
	var senders sync.WaitGroup
	sent := &writing{}
	for n := range 4 {
		senders.Go(func() { sent.send(sending, t, fmt.Sprint("w", n), func() string { return g.url }, token) })
	}
	defer senders.Wait()
	defer enough()

	ask := func() (fine bool) {
		status, body := g.post(t, "/graphql", token, "application/json", `{"query": "{ calls { totalCount } agents { totalCount } }"}`)
		fine = status == 200 && !strings.Contains(body, "errors")
		if !fine && !coded(status, body) {
			t.Errorf("an error without a code: %d %s", status, body)
		}
		return fine
	}
	ready := func() bool {
		request, _ := http.NewRequestWithContext(ctx, "GET", g.url+"/readyz", nil)
		status, _ := do(t, request)
		return status == 200
	}
	until := func(t *testing.T, what string, holds func() bool) {
		t.Helper()
		for !holds() {
			if ctx.Err() != nil {
				t.Fatalf("never: %s", what)
			}
		}
	}
	recovers := func(t *testing.T) {
		t.Helper()
		until(t, "queries are answered again", ask)
		until(t, "the gateway is ready again", ready)
		before := sent.count()
		until(t, "events are confirmed again", func() bool { return sent.count() > before+8 })
	}
	recovers(t)
	for _, fault := range []struct {
		name        string
		begin, mend func()
	}{
		{"stopped and started", wire.stop, wire.start},
		{"paused", wire.pause, wire.pass},
		{"restarted under connections", func() { wire.stop(); wire.start(); wire.stop() }, wire.start},
	} {
		t.Run(fault.name, func(t *testing.T) {
			fault.begin()
			until(t, "queries fail", func() bool { return !ask() })
			until(t, "the gateway is not ready", func() bool { return !ready() })
			fault.mend()
			recovers(t)
		})
	}
	t.Run("slow", func(t *testing.T) {
		wire.delay.Store(int64(40 * time.Millisecond))
		recovers(t)
		wire.delay.Store(int64(3 * time.Second))
		until(t, "queries fail", func() bool { return !ask() })
		wire.delay.Store(0)
		recovers(t)
	})
	enough()
	senders.Wait()
	t.Run("all that was confirmed is there", func(t *testing.T) { everyEventIsKnown(t, g, token, sent.confirmed) })
}

// everyEventIsKnown sends events again, all of which must be duplicates.
func everyEventIsKnown(t *testing.T, g *gateway, token string, events []string) {
	t.Helper()
	want := fmt.Sprintf(`{"accepted":0,"duplicates":%d,"echoes":0,"rejected":[]}`+"\n", len(events))
	if status, got := g.post(t, "/ingest/events", token, "application/x-ndjson", strings.Join(events, "\n")); status != http.StatusAccepted || got != want {
		t.Errorf("%d %s, want %s", status, got, want)
	}
	t.Logf("%d events were confirmed", len(events))
}

// A gateway on an embedded database is killed, and stopped, again and again while
// events come in. The next one has everything that was confirmed.
func TestGatewaysThatDieUnderLoadLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	t.Parallel()
	settings := []string{"--data-dir=" + t.TempDir()}
	token, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, enough := context.WithTimeout(t.Context(), 2*time.Minute)
	defer enough()
	var address atomic.Value
	sent, senders := &writing{}, sync.WaitGroup{}
	for round := range 3 {
		p := startProcess(t, "", settings)
		address.Store(p.url)
		if round == 0 {
			for n := range 4 {
				senders.Go(func() {
					sent.send(ctx, t, fmt.Sprint("w", n), func() string { return address.Load().(string) }, token)
				})
			}
		}
		for before := sent.count(); sent.count() < before+50 && ctx.Err() == nil; {
			time.Sleep(time.Millisecond) // until some more are confirmed
		}
		if round == 1 {
			p.terminate()
		}
		p.kill()
	}
	enough()
	senders.Wait()
	everyEventIsKnown(t, serve(t, settings...), token, sent.confirmed)
}

// Without the broker a gateway is ready all the same, and says what is amiss: it
// looks for news of others by itself. So it does too where the broker was never
// there.
func TestAGatewayIsReadyWithoutTheBroker(t *testing.T) {
	nats := startNATS(t, natsserver.RANDOM_PORT)
	url, port := nats.ClientURL(), nats.Addr().(*net.TCPAddr).Port
	g, token := watchedGateway(t, "NATS_URL="+url)
	says := func(want string) {
		t.Helper()
		until(t, want, func() bool {
			request, _ := http.NewRequestWithContext(t.Context(), "GET", g.url+"/readyz", nil)
			status, body := do(t, request)
			if status != http.StatusOK {
				t.Fatalf("%d %s", status, body)
			}
			return strings.TrimSpace(body) == want
		})
	}
	const away = "ready, but NATS is away: news of other gateways come late"
	says("ready")
	nats.Shutdown()
	nats.WaitForShutdown()
	says(away)
	if got := g.query(t, token, `mutation { addToCart(input: { callId: "c1", sku: "hat" }) { userErrors { message } } }`); got != `{"addToCart":{"userErrors":[]}}` {
		t.Error(got)
	}
	nats = startNATS(t, port)
	defer func() { nats.Shutdown() }()
	says("ready")
}

func TestAGatewayStartsWithoutTheBroker(t *testing.T) {
	g, _ := watchedGateway(t, "NATS_URL=nats://"+freeAddress(t))
	request, _ := http.NewRequestWithContext(t.Context(), "GET", g.url+"/readyz", nil)
	if status, body := do(t, request); status != http.StatusOK || !strings.HasPrefix(body, "ready, but NATS is away: ") {
		t.Errorf("%d %s", status, body)
	}
}
