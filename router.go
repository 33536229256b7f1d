package main

import (
	"context"
	"crypto/rand"
	_ "embed"
	"log/slog"
	"net/http"
	"regexp"
	"sync/atomic"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/export"
	"cartograph/ingest"
	"cartograph/live"
	"cartograph/report"
	"cartograph/repository"
	"cartograph/resolvers"
	"cartograph/transport"
	"cartograph/web"
)

//go:embed schema.graphqls
var schemaSource []byte

// openAPISource describes the endpoints; a test compares it with them.
//
//go:embed docs/openapi.yaml
var openAPISource []byte

// newRouter returns every HTTP endpoint of the gateway, as far as the exposure
// lets them be seen.
func newRouter(repo *repository.Repository, broker *live.Broker, hub *transport.Hub, authenticator *auth.Authenticator, policy analytics.WebhookPolicy, options resolvers.Options, e exposure, log *slog.Logger) http.Handler {
	intake := ingest.NewHandler(repo, time.Now, log)
	private := http.NewServeMux()
	private.Handle("/graphql", resolvers.NewHandler(repo, broker, policy, log, options, hub.Transports()...))
	private.Handle("/ingest/", intake)
	private.Handle("/webhooks/", intake)
	private.Handle(report.Prefix, report.NewHandler(repo, log))
	exports := export.NewHandler(repo, time.Now, log)
	private.Handle("/exports/", exports)
	private.Handle("/v1/", exports)

	mux := http.NewServeMux()
	mux.Handle("/", withoutPlayground(e.Playground, web.Handler()))
	if e.Introspection {
		mux.Handle("GET /schema.graphqls", document("text/plain; charset=utf-8", schemaSource))
	}
	mux.Handle("GET /openapi.yaml", document("application/yaml", openAPISource))
	mux.Handle("/graphql", hub.AllowOrigins(authenticator.Middleware(private)))
	mux.Handle("/exports/files/", exports) // a link carries its own secret
	for _, path := range []string{"/ingest/", "/webhooks/", "/exports/", "/v1/", report.Prefix} {
		mux.Handle(path, authenticator.Middleware(private))
	}
	mux.Handle("/ingest/events", authenticator.PageMiddleware(private))
	return withRequestID(withSafeHeaders(withReadDeadline(bodyTimeout, intakeTimeout, mux)))
}

// document serves a document that is part of the program.
func document(contentType string, source []byte) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(source)
	})
}

// requestID is what a caller may name a request.
var requestID = regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)

// withRequestID names every request, by the caller's X-Request-Id or a new one,
// in its context and in the answer.
func withRequestID(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get("X-Request-Id")
		if !requestID.MatchString(id) {
			id = rand.Text()
		}
		w.Header().Set("X-Request-Id", id)
		next.ServeHTTP(w, r.WithContext(resolvers.WithRequestID(r.Context(), id)))
	})
}

// frontDoor answers while the gateway starts and stops: it lives, but lets
// requests in only between open and close.
type frontDoor struct {
	inner atomic.Pointer[insides]
}

// insides is what lies behind the door once it is open.
type insides struct {
	handler http.Handler
	ping    func(context.Context) error
}

func (d *frontDoor) open(h http.Handler, ping func(context.Context) error) {
	d.inner.Store(&insides{h, ping})
}

func (d *frontDoor) close() { d.inner.Store(nil) }

// ServeHTTP answers /healthz while the process lives, and /readyz while the
// gateway is open and its database answers. Everything else is 503 while the
// door is closed.
func (d *frontDoor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	inner := d.inner.Load()
	switch {
	case r.URL.Path == "/healthz":
		answer(w, http.StatusOK, "ok\n")
	case inner == nil:
		w.Header().Set("Retry-After", "1")
		answer(w, http.StatusServiceUnavailable, "not ready\n")
	case r.URL.Path == "/readyz" && inner.ping(r.Context()) != nil:
		answer(w, http.StatusServiceUnavailable, "the database does not answer\n")
	case r.URL.Path == "/readyz":
		answer(w, http.StatusOK, "ready\n")
	default:
		inner.handler.ServeHTTP(w, r)
	}
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}
