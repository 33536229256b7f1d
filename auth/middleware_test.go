package auth_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
)

// oneToken is a store with at most one token.
type oneToken struct {
	token *auth.Token
	open  bool
	err   error
}

func (s *oneToken) TokenByHash(_ context.Context, hash string) (*auth.Token, error) {
	switch {
	case s.err != nil:
		return nil, s.err
	case s.token == nil || s.token.Hash != hash:
		return nil, analytics.Errorf(analytics.NotFound, "not found")
	}
	return s.token, nil
}

func (s *oneToken) TouchToken(context.Context, string, time.Time, time.Time) error { return nil }

func (s *oneToken) IsOpenDemo(context.Context) (bool, error) { return s.open, s.err }

func TestMiddleware(t *testing.T) {
	token, secret, err := auth.NewToken("acme", "ann", auth.Scopes{auth.CallsRead}, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	early, earlySecret, err := auth.NewToken("acme", "ann", auth.Scopes{auth.Admin, auth.CallsRead, auth.IngestWrite}, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	shopper, shopperSecret, err := auth.NewShopperToken("acme", "c1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	late, lateSecret, err := auth.NewShopperToken("acme", "c1", time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	page := &auth.Principal{Org: "acme", TokenID: shopper.ID(), Call: "c1", Scopes: auth.Scopes{auth.CartsAnswer, auth.CartsRead}, ExpiresAt: shopper.ExpiresAt}
	holder := &auth.Principal{Org: "acme", TokenID: token.ID(), Agent: "ann", Scopes: auth.Scopes{auth.CallsRead}}
	visitor := &auth.Principal{Org: "demo", Demo: true,
		Scopes: auth.Scopes{auth.Admin, auth.CallsRead, auth.CartsAnswer, auth.CartsRead, auth.CartsWrite, auth.ChatModerate, auth.EventsRead, auth.EventsReset, auth.ExportsWrite, auth.PIIRead, auth.WebhooksWrite, auth.WorkflowsRead}}
	for _, c := range []struct {
		name       string
		store      oneToken
		host       string
		headers    map[string]string
		want       *auth.Principal
		wantStatus int
		wantText   string
	}{
		{"a bearer token names its holder", oneToken{token: &token}, "", map[string]string{"Authorization": "Bearer " + secret}, holder, 200, ""},
		{"the scheme Token is read too", oneToken{token: &token}, "", map[string]string{"Authorization": "token " + secret}, holder, 200, ""},
		{"an agent's token of an earlier version has what an agent's may have", oneToken{token: &early}, "", map[string]string{"Authorization": "Bearer " + earlySecret}, &auth.Principal{Org: "acme", TokenID: early.ID(), Agent: "ann", Scopes: auth.Scopes{auth.CallsRead}}, 200, ""},
		{"a shopper's token reaches one call and ends", oneToken{token: &shopper}, "", map[string]string{"Authorization": "Bearer " + shopperSecret}, page, 200, ""},
		{"a token that has ended is refused", oneToken{token: &late}, "", map[string]string{"Authorization": "Bearer " + lateSecret}, nil, 401, "the token expired at 2026-03-02T10:00:00Z"},
		{"a token works beside an open demo", oneToken{token: &token, open: true}, "", map[string]string{"Authorization": "Bearer " + secret}, holder, 200, ""},
		{"a wrong token is refused, also by an open demo", oneToken{open: true}, "localhost", map[string]string{"Authorization": "Bearer cgt_00"}, nil, 401, "the token is not valid"},
		{"another scheme is refused", oneToken{token: &token}, "", map[string]string{"Authorization": "Basic " + secret}, nil, 401, "must read: Bearer TOKEN"},
		{"no token leaves a request nameless", oneToken{token: &token}, "", nil, nil, 200, ""},
		{"an open demo needs no token on localhost", oneToken{open: true}, "localhost:8080", nil, visitor, 200, ""},
		{"an open demo needs no token on 127.0.0.1", oneToken{open: true}, "127.0.0.1:8080", nil, visitor, 200, ""},
		{"an open demo needs no token on [::1]", oneToken{open: true}, "[::1]:8080", nil, visitor, 200, ""},
		{"an open demo's own page may ask", oneToken{open: true}, "localhost:8080", map[string]string{"Origin": "http://localhost:8080"}, visitor, 200, ""},
		{"a rebound name is refused", oneToken{open: true}, "evil.example:8080", nil, nil, 403, "answers to localhost only"},
		{"a name that begins like localhost is refused", oneToken{open: true}, "localhost.evil.example", nil, nil, 403, "answers to localhost only"},
		{"a foreign page is refused", oneToken{open: true}, "localhost:8080", map[string]string{"Origin": "https://evil.example"}, nil, 403, "its own pages only"},
		{"a page of another port is refused", oneToken{open: true}, "localhost:8080", map[string]string{"Origin": "http://localhost:3000"}, nil, 403, "its own pages only"},
		{"what a foreign page has in itself is refused", oneToken{open: true}, "localhost:8080", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, nil, 403, "its own pages only"},
		{"a link on a foreign page may be followed", oneToken{open: true}, "localhost:8080", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}, visitor, 200, ""},
		{"a page without an origin of its own is refused", oneToken{open: true}, "localhost:8080", map[string]string{"Origin": "null"}, nil, 403, "its own pages only"},
		{"a database that does not answer is not a wrong token", oneToken{err: &analytics.Error{Code: analytics.Unavailable, Message: "the database cannot be reached", Err: errors.New("dial secret-host")}},
			"localhost", map[string]string{"Authorization": "Bearer " + secret}, nil, 503, "the database cannot be reached"},
		{"a fault shows nothing of itself", oneToken{err: errors.New("secret-host")}, "localhost", nil, nil, 500, "internal error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got *auth.Principal
			handler := auth.NewAuthenticator(&c.store, "demo", slog.New(slog.DiscardHandler)).
				Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = auth.From(r.Context()) }))
			request := httptest.NewRequest("POST", "/graphql", nil)
			if c.host != "" {
				request.Host = c.host
			}
			for name, value := range c.headers {
				request.Header.Set(name, value)
			}
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, request)
			if challenge := answer.Header().Get("WWW-Authenticate"); (challenge == `Bearer realm="cartograph", error="invalid_token"`) != (c.wantStatus == 401) {
				t.Errorf("status %d, and the challenge %q", answer.Code, challenge)
			}
			if answer.Code != c.wantStatus {
				t.Errorf("status %d, want %d", answer.Code, c.wantStatus)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if !strings.Contains(answer.Body.String(), c.wantText) || strings.Contains(answer.Body.String(), "secret-host") {
				t.Errorf("answer %s, want it to say %q", answer.Body, c.wantText)
			}
		})
	}
}

func TestAClosedStoreNeverOpensAgain(t *testing.T) {
	store := &oneToken{}
	a := auth.NewAuthenticator(store, "demo", slog.New(slog.DiscardHandler))
	request := httptest.NewRequest("POST", "/graphql", nil)
	request.Host = "localhost"
	for range 2 {
		if p, err := a.Authenticate(request); p != nil || err != nil {
			t.Fatalf("got %v, %v", p, err)
		}
		store.open = true
	}
}

func TestParseScopes(t *testing.T) {
	for _, c := range []struct {
		text, agent string
		want        auth.Scopes
		err         string
	}{
		{"calls:read", "", auth.Scopes{auth.CallsRead}, ""},
		{"pii:read, calls:read,calls:read", "", auth.Scopes{auth.CallsRead, auth.PIIRead}, ""},
		{"all", "", auth.AllScopes, ""},
		{"ingest:page", "", auth.Scopes{auth.IngestPage}, ""},
		{"ingest:page,calls:read", "", nil, "the key of a page is public: ingest:page goes with no other scope"},
		{"", "", nil, "no scope given; known are admin, calls:read, carts:answer, carts:read, carts:write, chat:moderate, events:read, events:reset, exports:write, ingest:page, ingest:write, pii:read, webhooks:write, workflows:read"},
		{"calls:write", "", nil, `unknown scope "calls:write"; known are admin, calls:read, carts:answer, carts:read, carts:write, chat:moderate, events:read, events:reset, exports:write, ingest:page, ingest:write, pii:read, webhooks:write, workflows:read`},
		{"calls:read,pii:read", "ada", auth.Scopes{auth.CallsRead, auth.PIIRead}, ""},
		{"all", "ada", auth.Scopes{auth.CallsRead, auth.CartsAnswer, auth.CartsRead, auth.CartsWrite, auth.EventsRead, auth.ExportsWrite, auth.PIIRead, auth.WorkflowsRead}, ""},
		{"calls:read,webhooks:write", "ada", nil, "the token of an agent is for the agent's calls: it cannot have admin, chat:moderate, events:reset, ingest:page, ingest:write, webhooks:write"},
	} {
		got, err := auth.ParseScopes(c.text, c.agent)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("ParseScopes(%q): %s", c.text, diff)
		}
		if c.err == "" && err != nil || c.err != "" && (err == nil || err.Error() != c.err) {
			t.Errorf("ParseScopes(%q): %v, want %q", c.text, err, c.err)
		}
	}
}

func TestNewToken(t *testing.T) {
	one, secretOne, err := auth.NewToken("acme", "", auth.AllScopes, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	two, secretTwo, err := auth.NewToken("acme", "", auth.AllScopes, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if secretOne == secretTwo || one.Hash == two.Hash {
		t.Error("two tokens share a secret")
	}
	if strings.Contains(one.Hash, strings.TrimPrefix(secretOne, "cgt_")) || auth.HashToken(secretOne) != one.Hash {
		t.Error("a token is kept and found by the hash of its secret")
	}
	for _, org := range []string{"", "a/b", "a b", strings.Repeat("a", 65)} {
		if _, _, err := auth.NewToken(org, "", auth.AllScopes, time.Unix(0, 0)); analytics.CodeOf(err) != analytics.BadUserInput {
			t.Errorf("organization %q: %v", org, err)
		}
	}
}
