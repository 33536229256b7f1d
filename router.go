package main

import (
	"crypto/rand"
	_ "embed"
	"log/slog"
	"net/http"
	"regexp"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/export"
	"cartograph/ingest"
	"cartograph/limits"
	"cartograph/live"
	"cartograph/monitor"
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
// lets them be seen. What watches, unless nil, hears what comes in.
func newRouter(repo *repository.Repository, broker *live.Broker, hub *transport.Hub, authenticator *auth.Authenticator, policy analytics.WebhookPolicy, options resolvers.Options, e exposure, watch *monitor.Watch, log *slog.Logger) http.Handler {
	intake := ingest.NewHandler(repo, time.Now, log)
	if watch != nil {
		intake.Hear(watch.Intake)
	}
	accounts := limits.NewAccounts(options.TokenRate, options.OrganizationRate, time.Now)
	options.Accounts = accounts
	private := http.NewServeMux()
	private.Handle("/graphql", resolvers.NewHandler(repo, broker, policy, log, options, hub.Transports()...))
	private.Handle("/ingest/", intake)
	private.Handle("/webhooks/", intake)
	reports := report.NewHandler(repo, log)
	reports.ChargeTo(accounts)
	private.Handle(report.Prefix, reports)
	exports := export.NewHandler(repo, time.Now, log)
	exports.ChargeTo(accounts)
	if watch != nil {
		exports.Hear(func(holds string, format analytics.ExportFormat) func(export.Outcome, int64, int64) {
			ended := watch.Export(holds, format.Extension())
			return func(outcome export.Outcome, rows, bytes int64) { ended(string(outcome), rows, bytes) }
		})
	}
	private.Handle("/exports/", exports)
	private.Handle("/v1/", exports)

	mux := http.NewServeMux()
	mux.Handle("/", withoutPlayground(e.Playground, web.Handler()))
	if e.Introspection {
		mux.Handle("GET /schema.graphqls", document("text/plain; charset=utf-8", schemaSource))
	}
	mux.Handle("GET /openapi.yaml", document("application/yaml", openAPISource))
	mux.Handle("/graphql", hub.AllowOrigins(authenticator.GraphMiddleware(private)))
	mux.Handle("/exports/files/", exports) // a link carries its own secret
	for _, path := range []string{"/ingest/", "/webhooks/", "/exports/", "/v1/", report.Prefix} {
		mux.Handle(path, authenticator.Middleware(private))
	}
	mux.Handle("/ingest/events", authenticator.PageMiddleware(private))
	var routed http.Handler = mux
	if watch != nil {
		routed = watch.Requests(mux, transport.StaysOpen)
	}
	return withRequestID(withSafeHeaders(withReadDeadline(bodyTimeout, intakeTimeout, routed)))
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

func answer(w http.ResponseWriter, status int, text string) {
	writeText(w, status, "text/plain; charset=utf-8", text)
}

func answerJSON(w http.ResponseWriter, status int, document string) {
	writeText(w, status, "application/json; charset=utf-8", document+"\n")
}

func writeText(w http.ResponseWriter, status int, contentType, text string) {
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text))
}
