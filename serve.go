package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/deliver"
	"cartograph/demo"
	"cartograph/export"
	"cartograph/live"
	"cartograph/monitor"
	"cartograph/repository"
	"cartograph/resolvers"
	"cartograph/transport"
)

const (
	// readHeaderTimeout ends connections that send their headers by the drop.
	readHeaderTimeout = 5 * time.Second
	// answerTimeout bounds a request from its headers to the end of its answer, so
	// that whoever takes nothing of it holds it no longer: more than what is taken in
	// may take to come and to be dealt with. What is streamed has a deadline for each
	// piece instead.
	answerTimeout = intakeTimeout + time.Minute
	// idleTimeout is how long a kept-alive connection may wait for its next
	// request.
	idleTimeout = 60 * time.Second
	// drainTimeout is how long running requests may take after the signal to
	// stop: longer than any query may.
	drainTimeout = 15 * time.Second
	// cutTimeout is how long requests that were cut off may take to write down that
	// they were: somewhat longer than the report of an export may take.
	cutTimeout = 6 * time.Second
	// hangUpTimeout is how long those who watch may take to hear that the gateway
	// stops.
	hangUpTimeout = 5 * time.Second
	// lookEvery is how often what is watched is looked at for what no notice told
	// of: how late the changes of another gateway are seen here at most. Over NATS
	// notices come at once, and the look is for those that were lost.
	lookEvery       = time.Second
	lookBesidesNATS = 5 * time.Second
)

// serveCommand runs the gateway.
type serveCommand struct {
	ListenAddr     string        `help:"Address to listen on." env:"LISTEN_ADDR" default:"127.0.0.1:8080"`
	AdminAddr      string        `help:"Address to serve metrics (/metrics) and profiles (/debug/pprof/) on, to be reached by those who run the gateway only, such as 127.0.0.1:9090; none for neither." env:"ADMIN_ADDR" placeholder:"ADDRESS"`
	AllowedOrigins []string      `help:"Origins of pages elsewhere that may ask and subscribe, such as https://shop.example, separated by commas." env:"ALLOWED_ORIGINS" placeholder:"ORIGIN"`
	TrustedProxies []string      `help:"Addresses and networks of the proxies before the gateway, such as 10.0.0.0/8, separated by commas: their X-Forwarded-For is believed." env:"TRUSTED_PROXIES" placeholder:"NETWORK"`
	NATSURL        string        `help:"A NATS server by which several gateways on one database tell each other at once what is new." env:"NATS_URL" name:"nats-url" placeholder:"URL"`
	AllowPrivate   bool          `help:"Let webhooks go to private addresses and to this machine too, and by plain http." env:"WEBHOOK_ALLOW_PRIVATE" name:"webhook-allow-private"`
	MaxConnections int           `help:"How many sockets and event streams may be open at a time." env:"MAX_CONNECTIONS" default:"20000"`
	MaxPerUser     int           `help:"How many of them one token may have open." env:"MAX_CONNECTIONS_PER_USER" name:"max-connections-per-user" default:"20"`
	CacheTTL       time.Duration `help:"How long an agent, queue, product, workflow or live event that was read may be shown without a look at the database; 0 to look always." env:"CACHE_TTL" name:"cache-ttl" default:"${cacheTTL}"`
	CacheBytes     uint64        `help:"About how many bytes of memory they may take." env:"CACHE_BYTES" default:"${cacheBytes}"`
	TLSCert        string        `help:"Certificate, with its chain, to serve TLS by; read again when it changes." env:"TLS_CERT" name:"tls-cert" placeholder:"FILE"`
	TLSKey         string        `help:"The key of the certificate." env:"TLS_KEY" name:"tls-key" placeholder:"FILE"`

	identity `embed:""`
	keeping  `embed:""`
	exposure `embed:""`
}

// Run serves until the context ends.
func (c *serveCommand) Run(ctx context.Context, s *Settings, t terminal, log *slog.Logger) error {
	defer runtime.KeepAlive(tuneMemory(log))
	traces, err := monitor.NewTraces(ctx, log)
	if err != nil {
		return err
	}
	if traces != nil {
		log = slog.New(monitor.WithTraceIDs(log.Handler()))
		defer traces.Stop()
	}
	listener, err := listen(c.ListenAddr, c.TLSCert, c.TLSKey)
	if err != nil {
		return err
	}
	front := &frontDoor{}
	server := newServer(front, readHeaderTimeout, answerTimeout, log)
	group, groupCtx := errgroup.WithContext(ctx)
	var metrics *monitor.Metrics
	if c.AdminAddr != "" {
		metrics = monitor.NewMetrics()
		admin, err := serveAdmin(c.AdminAddr, metrics, log)
		if err != nil {
			return errors.Join(err, listener.Close())
		}
		group.Go(func() error { return admin(groupCtx) })
	}
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		drain := sync.OnceFunc(func() { stopServer(server, front, drainTimeout, log) })
		defer drain()
		return c.work(groupCtx, s, t, log, front, monitor.NewWatch(metrics, traces), listener.Addr(), drain)
	})
	return group.Wait()
}

// newServer returns the server for everybody: it gives nobody long to say what
// they want, nor to take the answer.
func newServer(front *frontDoor, headers, answer time.Duration, log *slog.Logger) *http.Server {
	base, cut := context.WithCancelCause(context.Background())
	front.cut = func() { cut(export.ErrStopped) }
	return &http.Server{
		BaseContext:       func(net.Listener) context.Context { return base },
		Handler:           front,
		ReadHeaderTimeout: headers,
		WriteTimeout:      answer,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}

// webhookPolicy says where webhooks may go.
func (c *serveCommand) webhookPolicy() analytics.WebhookPolicy {
	return analytics.WebhookPolicy{AllowPrivate: c.AllowPrivate}
}

// stopServer closes the door and lets running requests finish, then cuts the rest
// off, and waits until they have written down that they were: an export that is
// broken off is so known to have failed.
func stopServer(server *http.Server, front *frontDoor, patience time.Duration, log *slog.Logger) {
	front.close()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	err := server.Shutdown(ctx)
	if err == nil {
		return
	}
	log.Warn("requests were cut off", "error", err)
	front.cut()
	_ = server.Close()
	if !front.empty(cutTimeout) {
		log.Warn("requests that were cut off go on")
	}
}

// stopHub tells everybody who watches to come back elsewhere.
func stopHub(hub *transport.Hub) {
	ctx, cancel := context.WithTimeout(context.Background(), hangUpTimeout)
	defer cancel()
	hub.Stop(ctx)
}

// work opens the database, lets requests in once it is ready, and keeps house
// until the context ends; then it drains the requests before the database goes.
func (c *serveCommand) work(ctx context.Context, s *Settings, t terminal, log *slog.Logger, front *frontDoor, watch *monitor.Watch, addr net.Addr, drain func()) error {
	options, err := c.options(c.AllowedOrigins, log)
	if err != nil {
		return err
	}
	proxies, err := transport.ParseProxies(c.TrustedProxies)
	if err != nil {
		return err
	}
	provider, keys, err := c.provider(log)
	if err != nil {
		return err
	}
	db, err := openWith(ctx, watchedBy(repository.Options{Timeout: c.DatabaseTimeout, CacheTTL: c.CacheTTL, CacheBytes: c.CacheBytes}, watch), s, true, log)
	if err != nil {
		return err
	}
	defer func() {
		drain()
		if err := db.Close(); err != nil {
			log.Error("close database", "error", err)
		}
	}()
	open, err := prepare(ctx, db, s, provider != nil, t)
	if err != nil {
		return err
	}
	if open && !isLoopback(addr) {
		return fmt.Errorf("the demo data is open to everybody who reaches %s: listen on localhost, or create a token first:\n  cartograph token create --org %s --scopes all", addr, demo.Org)
	}
	if _, err := db.Recover(ctx, 0, time.Now()); err != nil { // what is left is come back to
		log.Error("recover", "error", err)
	}
	if err := db.CompleteWorkflowDays(ctx); err != nil {
		return err
	}
	authenticator := auth.NewAuthenticator(db, demo.Org, log)
	if provider != nil {
		authenticator.Trust(provider)
	}
	broker := new(live.Broker)
	db.Announce(broker.Publish)
	broker.Hear(db.Heard)
	look := lookEvery
	var link *live.Link
	if c.NATSURL != "" {
		link, err = live.Connect(c.NATSURL, broker, log)
		if err != nil {
			return err
		}
		defer link.Close()
		look = lookBesidesNATS
	}
	hub := transport.NewHub(transport.Options{
		Authenticator:  authenticator,
		Origins:        c.AllowedOrigins,
		MaxConnections: c.MaxConnections,
		MaxPerUser:     c.MaxPerUser,
		Proxies:        proxies,
		Timeout:        c.QueryTimeout,
		Shared:         resolvers.SharedSubscriptions(),
	})
	deliverOptions := deliver.Options{Policy: c.webhookPolicy(), Log: log}
	recovered, blanked := func(int) {}, func(string, int) {}
	if watch != nil {
		options.Watcher, recovered, blanked = watch, watch.Recovered, watch.Blanked
		deliverOptions.Hear, deliverOptions.OnWork = watch.Webhook, watch.Work
		readStats(watch.Metrics, db, hub, link, keys)
	}
	front.open(newRouter(db.Repository, broker, hub, authenticator, c.webhookPolicy(), options, c.exposure, watch, log), readyOf(db.Ping, link, keys))
	c.announce(t, addr, open)
	var house sync.WaitGroup
	if keys != nil {
		house.Go(func() { keys.Run(ctx) })
	}
	house.Go(func() { live.Poll(ctx, broker, look, db.CartVersions, log) })
	house.Go(func() { deliver.New(db.Repository, deliverOptions).Run(ctx) })
	house.Go(func() { forgetPersonalData(ctx, c.keeping, db, blanked, log) })
	for _, chore := range chores(db, recovered, log) {
		house.Go(func() { chore.keep(ctx, log) })
	}
	house.Wait()
	log.Info("stopping")
	front.close()
	stopHub(hub)
	return nil
}

// prepare makes sure that the database may be served: a new embedded one is
// filled with demo data, a real one must have a token. Where JWTs are let in it
// needs neither, and is closed for whoever has none. It reports whether the data is open without a token.
func prepare(ctx context.Context, db *database, s *Settings, jwts bool, t terminal) (open bool, err error) {
	state, err := db.State(ctx)
	if err != nil {
		return false, err
	}
	switch {
	case state.Closed:
		return false, nil
	case jwts:
		return false, db.CloseDemo(ctx)
	case !state.Demo && s.MongoDBURI != "":
		return false, analytics.Errorf(analytics.Unauthenticated,
			"the database has no token, so nobody could be let in. Create one, or load the demo data:\n"+
				"  cartograph token create --org ORGANIZATION --scopes all\n  cartograph demo")
	case state.DemoComplete:
		return true, nil
	}
	return true, loadDemo(ctx, db.Repository, t)
}

// announce says where the gateway is to be reached, and what by.
func (c *serveCommand) announce(t terminal, addr net.Addr, open bool) {
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
	}
	fmt.Fprintf(t.out, "\nCartograph is ready.\n")
	if c.Playground {
		fmt.Fprintf(t.out, "  playground   %s://%s/\n", scheme, addr)
	}
	fmt.Fprintf(t.out, "  dashboard    %s://%s/dashboard\n", scheme, addr)
	fmt.Fprintf(t.out, "  agent tool   %s://%s/agent\n", scheme, addr)
	fmt.Fprintf(t.out, "  GraphQL      %s://%s/graphql\n", scheme, addr)
	if open {
		fmt.Fprintf(t.out, "The data is a demo, a small shop with its calls, open to this machine without a token.\n"+
			"For data of your own make the first token, which closes the demo:\n"+
			"  cartograph token create --org NAME --scopes all\n")
	}
}

func isLoopback(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback()
}
