package main

import (
	"log/slog"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/alecthomas/kong"

	"cartograph/limits"
	"cartograph/repository"
	"cartograph/resolvers"
	"cartograph/web"
)

const (
	// bodyTimeout bounds how long the body of a query may take to come: a mebibyte
	// at the speed of a poor phone.
	bodyTimeout = 20 * time.Second
	// intakeTimeout bounds the same for what is taken in, which is up to 64 times as
	// much.
	intakeTimeout = 5 * time.Minute
	// maxHeader bounds the headers of a request in bytes: a token, and the 8 KiB
	// that a query by GET may have.
	maxHeader = 32 << 10
	// strictTransport tells browsers to come by TLS only, for a year.
	strictTransport = "max-age=31536000"
)

// exposure is what whoever reaches the gateway may see and spend.
type exposure struct {
	Introspection    bool          `help:"Tell the schema: by introspection, at /schema.graphqls and in what errors suggest." env:"INTROSPECTION" default:"true" negatable:""`
	Playground       bool          `help:"Serve the playground at /." env:"PLAYGROUND" default:"true" negatable:""`
	TrustedDocuments []string      `help:"Manifests of the documents that clients send, as graphql-codegen writes them, separated by commas." env:"TRUSTED_DOCUMENTS" placeholder:"FILE" type:"existingfile"`
	TrustedMode      string        `help:"What happens to documents that are not in them: off, log or enforce." env:"TRUSTED_DOCUMENTS_MODE" enum:"off,log,enforce" default:"off" name:"trusted-documents-mode"`
	MaxCost          int           `help:"How many points one operation may cost." env:"MAX_COST" default:"${maxCost}"`
	TokenRate        int           `help:"How many points a token may spend per second in the long run; 0 for any number." env:"TOKEN_RATE" default:"${tokenRate}"`
	OrganizationRate int           `help:"How many points all tokens of an organization may spend per second together; 0 for any number." env:"ORGANIZATION_RATE" default:"${organizationRate}"`
	QueryTimeout     time.Duration `help:"How long an operation may take." env:"QUERY_TIMEOUT" default:"${queryTimeout}"`
	DatabaseTimeout  time.Duration `help:"How long a command to the database, or a batch of reads, may take." env:"DATABASE_TIMEOUT" default:"${databaseTimeout}"`
	CompressFrom     int           `help:"From how many bytes on the answer to a query is compressed, for whoever accepts gzip; 0 for never." env:"COMPRESS_FROM" default:"${compressFrom}"`
	HTTPStatuses     string        `help:"HTTP statuses of GraphQL over HTTP: stable, as its audits have them, or draft, as its newer text has them." env:"HTTP_STATUSES" enum:"stable,draft" default:"stable" name:"http-statuses"`
}

// defaults are the values of flags that others decide.
func defaults() kong.Vars {
	o := resolvers.DefaultOptions()
	return kong.Vars{
		"maxCost":          strconv.Itoa(o.MaxCost),
		"tokenRate":        strconv.Itoa(int(o.TokenRate.PerSecond)),
		"organizationRate": strconv.Itoa(int(o.OrganizationRate.PerSecond)),
		"cacheTTL":         repository.DefaultCacheTTL.String(),
		"cacheBytes":       strconv.Itoa(repository.DefaultCacheBytes),
		"compressFrom":     strconv.Itoa(o.CompressFrom),
		"queryTimeout":     o.Timeout.String(),
		"databaseTimeout":  o.DatabaseTimeout.String(),
	}
}

// options returns what the endpoint is built with. It fails for a manifest that
// cannot be read.
func (e exposure) options(origins []string, log *slog.Logger) (resolvers.Options, error) {
	o := resolvers.Options{
		MaxCost:          e.MaxCost,
		TokenRate:        resolvers.RateOf(e.TokenRate),
		OrganizationRate: resolvers.RateOf(e.OrganizationRate),
		Timeout:          e.QueryTimeout,
		DatabaseTimeout:  e.DatabaseTimeout,
		CompressFrom:     e.CompressFrom,
		HideSchema:       !e.Introspection,
		DraftStatuses:    e.HTTPStatuses == "draft",
		Origins:          origins,
	}
	manifests := web.Documents()
	for _, file := range e.TrustedDocuments {
		manifest, err := os.ReadFile(file)
		if err != nil {
			return o, err
		}
		manifests = append(manifests, manifest)
	}
	trusted, err := limits.ReadTrusted(limits.Trust(e.TrustedMode), log, manifests...)
	o.Trusted = trusted
	return o, err
}

// withoutPlayground takes the playground out of the pages where it is not to be
// seen.
func withoutPlayground(shown bool, pages http.Handler) http.Handler {
	if shown {
		return pages
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			http.NotFound(w, r)
			return
		}
		pages.ServeHTTP(w, r)
	})
}

// withSafeHeaders tells browsers to take no answer for anything else than it is.
// Pages have a policy of their own.
func withSafeHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		if r.TLS != nil {
			h.Set("Strict-Transport-Security", strictTransport)
		}
		next.ServeHTTP(w, r)
	})
}

// withReadDeadline bounds how long the body of a request may take to come: a
// sender that drips holds a connection, and nothing else, for no longer. What is
// written back, and how long, is not its matter.
func withReadDeadline(query, intake time.Duration, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength == 0 {
			next.ServeHTTP(w, r)
			return
		}
		timeout := intake
		if r.URL.Path == "/graphql" {
			timeout = query
		}
		control := http.NewResponseController(w)
		if control.SetReadDeadline(time.Now().Add(timeout)) == nil {
			r.Body = &timedBody{r.Body, control}
		}
		next.ServeHTTP(w, r)
	})
}
