package transport_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/transport"
)

// schema is what the gateways of these tests answer.
var schema = gqlparser.MustLoadSchema(&ast.Source{Input: `
	type Query { hello: String! never: String! }
	type Mutation { bump: Int! }
	type Subscription {
		"The versions of a counter: all after one, or the current one and then each new one."
		counter(after: Int, padding: Int): Count!
		"Each new version, for each client alone."
		alone: Count!
		"Three, and no more."
		three: Count!
		"A source that cannot be opened."
		broken: Count!
	}
	type Count { version(of: Int): Int! padding: String! }
`})

// counter is what these tests subscribe to.
type counter struct {
	sources  atomic.Int64 // that run
	executed atomic.Int64
	lastFor  atomic.Pointer[auth.Principal] // who the last operation was run for
	headers  atomic.Pointer[http.Header]    // of the request that the last operation was run for

	mu      sync.Mutex
	version int64
	changed chan struct{}
}

func newCounter() *counter { return &counter{changed: make(chan struct{})} }

// bump makes a new version.
func (c *counter) bump() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.version++
	close(c.changed)
	c.changed = make(chan struct{})
	return c.version
}

func (c *counter) now() (int64, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.version, c.changed
}

// versions sends all versions after one; without one the current version, and
// then each new one.
func (c *counter) versions(ctx context.Context, after *int64) <-chan int64 {
	events := make(chan int64)
	c.sources.Add(1)
	seen, _ := c.now()
	if seen > 0 {
		seen--
	}
	if after != nil {
		seen = *after
	}
	go func() {
		defer close(events)
		defer c.sources.Add(-1)
		for {
			latest, changed := c.now()
			for seen < latest {
				seen++
				transport.Announce(ctx, seen)
				select {
				case events <- seen:
				case <-ctx.Done():
					return
				}
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return events
}

// exec answers operations the way generated code does.
func (c *counter) exec(ctx context.Context) graphql.ResponseHandler {
	c.lastFor.Store(auth.From(ctx))
	op := graphql.GetOperationContext(ctx)
	c.headers.Store(&op.Headers)
	field := graphql.CollectFields(op, op.Operation.SelectionSet, []string{op.Operation.Name})[0]
	arguments := field.ArgumentMap(op.Variables)
	data := func(format string, args ...any) *graphql.Response {
		return &graphql.Response{Data: fmt.Appendf(nil, `{%q:`+format+`}`, append([]any{field.Alias}, args...)...)}
	}
	switch field.Name {
	case "hello":
		return graphql.OneShot(data(`"world"`))
	case "never":
		return func(ctx context.Context) *graphql.Response {
			<-ctx.Done()
			return nil
		}
	case "bump":
		return graphql.OneShot(data(`%d`, c.bump()))
	case "broken":
		graphql.AddError(ctx, analytics.Errorf(analytics.NotFound, "there is no such counter"))
		return nil
	}
	var after *int64
	if given := arguments["after"]; given != nil {
		var n int64
		_, _ = fmt.Sscan(fmt.Sprint(given), &n)
		after = &n
	}
	padding := 0
	_, _ = fmt.Sscan(fmt.Sprint(arguments["padding"]), &padding)
	events := c.versions(ctx, after)
	n := 0
	return func(ctx context.Context) *graphql.Response {
		if n++; field.Name == "three" && n > 3 {
			return nil
		}
		select {
		case version, ok := <-events:
			if !ok {
				return nil
			}
			c.executed.Add(1)
			if padding > 0 {
				return data(`{"version":%d,"padding":%q}`, version, strings.Repeat("x", padding))
			}
			return data(`{"version":%d}`, version)
		case <-ctx.Done():
			return nil
		}
	}
}

// tokens knows who may come in.
type tokens struct {
	mu    sync.Mutex
	known map[string]auth.Principal
	err   error
}

func (k *tokens) Authenticate(r *http.Request) (*auth.Principal, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	secret := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if k.err != nil || secret == "" {
		return nil, k.err
	}
	p, ok := k.known[secret]
	if !ok {
		return nil, analytics.Errorf(analytics.Unauthenticated, "the token is not valid")
	}
	return &p, nil
}

func (k *tokens) set(secret string, p auth.Principal) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.known[secret] = p
}

func (k *tokens) revoke(secret string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.known, secret)
}

// gateway is a server on an in-memory network.
type gateway struct {
	t *testing.T
	*counter
	*tokens
	hub    *transport.Hub
	server *http.Server
	dial   func() (net.Conn, error)
}

// handlerFor returns the GraphQL endpoint of these tests and its hub.
func handlerFor(c *counter, k *tokens, change func(*transport.Options)) (http.Handler, *transport.Hub) {
	options := transport.Options{
		Authenticator: k,
		MaxPerUser:    10_000, // but in the tests of this limit
		Origins:       []string{"https://shop.example"},
		Shared:        map[string]transport.Sharing{"counter": {After: "after", Replay: true}},
	}
	if change != nil {
		change(&options)
	}
	hub := transport.NewHub(options)
	graph := handler.New(&graphql.ExecutableSchemaMock{
		ExecFunc:       c.exec,
		SchemaFunc:     func() *ast.Schema { return schema },
		ComplexityFunc: func(context.Context, string, string, int, map[string]any) (int, bool) { return 0, false },
	})
	for _, t := range hub.Transports() {
		graph.AddTransport(t)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := options.Authenticator.Authenticate(r)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		if p != nil {
			r = r.WithContext(auth.With(r.Context(), p))
		}
		graph.ServeHTTP(w, r)
	}), hub
}

func newTokens() *tokens {
	return &tokens{known: map[string]auth.Principal{
		"ann": {Org: "acme", TokenID: "ann's", Scopes: auth.Scopes{auth.CallsRead}},
		"bob": {Org: "acme", TokenID: "bob's", Scopes: auth.Scopes{auth.CallsRead}},
		"eve": {Org: "evil", TokenID: "eve's", Scopes: auth.Scopes{auth.CallsRead}},
	}}
}

// newGateway returns a gateway for one synctest bubble.
func newGateway(t *testing.T, change func(*transport.Options)) *gateway {
	g := &gateway{t: t, counter: newCounter(), tokens: newTokens()}
	h, hub := handlerFor(g.counter, g.tokens, change)
	g.hub = hub
	listener := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	g.dial = listener.dial
	g.server = &http.Server{Handler: h}
	go func() { _ = g.server.Serve(listener) }()
	t.Cleanup(func() {
		_ = g.server.Close()
		time.Sleep(time.Second) // in the bubble's time: the server waits before it closes what it refused to read
	})
	return g
}

// pipes is a network in memory.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once
}

func (p *pipes) dial() (net.Conn, error) {
	here, there := net.Pipe()
	select {
	case p.conns <- there:
		return here, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.done) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }

// httpClient reaches the gateway.
func (g *gateway) httpClient() *http.Client {
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext:       func(context.Context, string, string) (net.Conn, error) { return g.dial() },
	}}
}

// client is a socket as a client has it.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

// open opens a socket.
func (g *gateway) open(change func(*websocket.DialOptions)) *client {
	g.t.Helper()
	options := &websocket.DialOptions{HTTPClient: g.httpClient(), Subprotocols: []string{"graphql-transport-ws"}}
	if change != nil {
		change(options)
	}
	conn, _, err := websocket.Dial(g.t.Context(), "ws://gateway.example/graphql", options)
	if err != nil {
		g.t.Fatal(err)
	}
	conn.SetReadLimit(10 << 20)
	g.t.Cleanup(func() { _ = conn.CloseNow() })
	return &client{g.t, conn}
}

// enter opens a socket and shows a token.
func (g *gateway) enter(secret string) *client {
	g.t.Helper()
	c := g.open(nil)
	c.say(`{"type":"connection_init","payload":{"Authorization":"Bearer ` + secret + `"}}`)
	c.expect(`{"type":"connection_ack"}`)
	return c
}

func (c *client) say(text string) {
	c.t.Helper()
	if err := c.conn.Write(c.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		c.t.Fatalf("say %s: %v", text, err)
	}
}

// subscribe asks for a subscription under an id.
func (c *client) subscribe(id, query, variables string) {
	c.t.Helper()
	c.say(fmt.Sprintf(`{"type":"subscribe","id":%q,"payload":{"query":%q,"variables":%s}}`, id, query, variables))
}

// hear returns the next message, or how the socket was closed: "4400 reason".
func (c *client) hear() string {
	_, text, err := c.conn.Read(c.t.Context())
	var closed websocket.CloseError
	if as(err, &closed) {
		return fmt.Sprintf("%d %s", closed.Code, closed.Reason)
	}
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func (c *client) expect(want string) {
	c.t.Helper()
	if got := c.hear(); got != want {
		c.t.Fatalf("heard %s\n want %s", got, want)
	}
}

// nextCount is the message with a version of the counter.
func nextCount(id string, version int64) string {
	return fmt.Sprintf(`{"type":"next","id":%q,"payload":{"data":{"counter":{"version":%d}}}}`, id, version)
}

const (
	count      = `subscription { counter { version } }`
	countAfter = `subscription($after: Int) { counter(after: $after) { version } }`
	longTime   = time.Hour
)
