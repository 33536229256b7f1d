package auth

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"cartograph/analytics"
	"cartograph/reply"
)

// Store is where tokens are found.
type Store interface {
	// TokenByHash fails with NotFound for a hash that no token has.
	TokenByHash(ctx context.Context, hash string) (*Token, error)
	// IsOpenDemo reports whether the store holds generated demo data only and
	// no token was ever made for it.
	IsOpenDemo(ctx context.Context) (bool, error)
	// TouchToken notes that a token was used, unless that was noted after since.
	TouchToken(ctx context.Context, hash string, since, now time.Time) error
}

// Authenticator finds out who sends a request.
type Authenticator struct {
	store   Store
	demoOrg string
	log     *slog.Logger
	jwts    *Provider   // nil: no JWT is let in
	closed  atomic.Bool // the store is no open demo, and never becomes one again
}

// NewAuthenticator returns an authenticator over a store; demoOrg is the
// organization of the demo data.
func NewAuthenticator(store Store, demoOrg string, log *slog.Logger) *Authenticator {
	return &Authenticator{store: store, demoOrg: demoOrg, log: log}
}

// Trust lets in the JWTs of a provider too. Who there is asking is then known, so
// that no demo is open. It is called before the first request.
func (a *Authenticator) Trust(p *Provider) {
	a.jwts = p
	a.closed.Store(true)
}

// Middleware puts the principal of each request into its context.
//
// A token is expected as "Authorization: Bearer ..." or "Token ...". A wrong
// one is answered 401. Without one, an open demo grants every scope but
// ingest:write to requests from this machine's own pages and programs; other
// stores leave the request without a principal, and what it asks for decides.
func (a *Authenticator) Middleware(next http.Handler) http.Handler {
	return a.middleware(next, reply.Fail)
}

// GraphMiddleware is Middleware whose refusals have the form that GraphQL clients
// read.
func (a *Authenticator) GraphMiddleware(next http.Handler) http.Handler {
	return a.middleware(next, reply.FailGraph)
}

func (a *Authenticator) middleware(next http.Handler, fail failing) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		principal, err := a.Authenticate(r)
		if err != nil {
			a.refuse(w, r, err, fail)
			return
		}
		if principal != nil {
			r = r.WithContext(With(r.Context(), principal))
		}
		next.ServeHTTP(w, r)
	})
}

// Authenticate returns who sends the request, or nil if it shows no token and
// none is granted without. It fails with Unauthenticated for a wrong token, with
// Forbidden for a request to an open demo from elsewhere, and with Unavailable
// where a JWT cannot be checked now.
func (a *Authenticator) Authenticate(r *http.Request) (*Principal, error) {
	if header := r.Header.Get("Authorization"); header != "" {
		return a.byHeader(r.Context(), header)
	}
	if a.closed.Load() {
		return nil, nil
	}
	open, err := a.store.IsOpenDemo(r.Context())
	if err != nil {
		return nil, err
	}
	if !open {
		a.closed.Store(true)
		return nil, nil
	}
	if err := checkLocal(r); err != nil {
		return nil, err
	}
	return &Principal{Org: a.demoOrg, Scopes: demoScopes, Demo: true}, nil
}

// demoScopes are what an open demo grants without a token: all that does not
// bring anything in, since a store with more than demo data must not be open.
var demoScopes = Scopes{Admin, CallsRead, CartsAnswer, CartsRead, CartsWrite, ChatModerate, EventsRead, EventsReset, ExportsWrite, PIIRead, WebhooksWrite, WorkflowsRead}

func (a *Authenticator) byHeader(ctx context.Context, header string) (*Principal, error) {
	scheme, secret, _ := strings.Cut(header, " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "Bearer") && !strings.EqualFold(scheme, "Token") || secret == "" {
		return nil, analytics.Errorf(analytics.Unauthenticated, "the Authorization header must read: Bearer TOKEN")
	}
	if a.jwts != nil && looksLikeJWT(secret) {
		return a.jwts.principal(ctx, secret)
	}
	token, err := a.store.TokenByHash(ctx, HashToken(secret))
	if analytics.CodeOf(err) == analytics.NotFound {
		return nil, errInvalidToken
	}
	if err != nil {
		return nil, err
	}
	if token.isPageKey() {
		return nil, analytics.Errorf(analytics.Forbidden, "the key of a page sends events and reads nothing: POST /ingest/events?key=KEY")
	}
	if token.Expired(time.Now()) {
		return nil, analytics.Errorf(analytics.Unauthenticated, "the token expired at %s", analytics.FormatTime(*token.ExpiresAt))
	}
	a.touch(ctx, token)
	return token.Principal(), nil
}

// touchEvery is how coarse the last use of a token is kept: a write for each
// request would cost more than most requests.
const touchEvery = time.Minute

// touch notes that a token was used. Whether that succeeds is nothing to the
// request.
func (a *Authenticator) touch(ctx context.Context, token *Token) {
	now := time.Now()
	if token.LastUsed != nil && now.Sub(*token.LastUsed) < touchEvery {
		return
	}
	if err := a.store.TouchToken(ctx, token.Hash, now.Add(-touchEvery), now); err != nil {
		a.log.WarnContext(ctx, "note the use of a token", "error", err)
	}
}

// checkLocal refuses what may come from a foreign page in a browser on this
// machine: a Host that is not this machine's name (DNS rebinding), an Origin that
// is not the gateway's own, and what a page of another site has in itself, such as
// an image; a link that is followed is none.
func checkLocal(r *http.Request) error {
	if !isLoopback(hostname(r.Host)) {
		return analytics.Errorf(analytics.Forbidden, "the open demo answers to localhost only; create a token to use another name")
	}
	origin := r.Header.Get("Origin")
	u, err := url.Parse(origin)
	embedded := r.Header.Get("Sec-Fetch-Site") == "cross-site" && r.Header.Get("Sec-Fetch-Mode") != "navigate"
	if embedded || origin != "" && (err != nil || u.Host != r.Host) {
		return analytics.Errorf(analytics.Forbidden, "the open demo answers to its own pages only; create a token to use it from elsewhere")
	}
	return nil
}

func hostname(hostport string) string {
	if host, _, err := net.SplitHostPort(hostport); err == nil {
		return host
	}
	return strings.Trim(hostport, "[]")
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// refuse answers with a failure: 401 is for a bad token here, and says so (RFC
// 6750).
func (a *Authenticator) refuse(w http.ResponseWriter, r *http.Request, err error, fail failing) {
	if analytics.CodeOf(err) == analytics.Unauthenticated {
		w.Header().Set("WWW-Authenticate", `Bearer realm="cartograph", error="invalid_token"`)
	}
	fail(w, r, a.log, err)
}

// failing answers with a failure, in the form that whoever asks there reads.
type failing func(http.ResponseWriter, *http.Request, *slog.Logger, error)
