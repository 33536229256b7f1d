package transport_test

import (
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"cartograph/auth"
	"cartograph/transport"
)

// jwtFor returns a token that ends after a while, by a key that letInJWTs knows.
func jwtFor(t *testing.T, life time.Duration) string {
	t.Helper()
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": "https://id.example/", "aud": "cartograph", "org": "acme", "scope": "calls:read", "exp": time.Now().Add(life).Unix(),
	}).SignedString([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func letInJWTs(o *transport.Options) {
	a := auth.NewAuthenticator(nil, "demo", slog.New(slog.DiscardHandler))
	a.Trust(&auth.Provider{
		Issuer: "https://id.example/", Audience: "cartograph", OrgClaim: "org", ScopeClaim: "scope", AgentClaim: "agent",
		Keys: auth.SharedKey(strings.Repeat("k", 32)),
	})
	o.Authenticator = a
}

func TestJWTsOfConnections(t *testing.T) {
	t.Run("a socket ends the moment its token does", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, letInJWTs)
			begun := time.Now()
			c := g.enter(jwtFor(t, 90*time.Second))
			c.subscribe("1", count, "null")
			c.expect("4403 the token has expired")
			if lasted := time.Since(begun); lasted != 90*time.Second {
				t.Errorf("after %v", lasted)
			}
		})
	})
	t.Run("an event stream ends then too, and is not complete", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, letInJWTs)
			begun := time.Now()
			stream := g.post(jwtFor(t, 5*time.Second), `{"query":"subscription { counter { version } }"}`)
			stream.expect(retry, ": the token has expired\n", "EOF")
			if lasted := time.Since(begun); lasted != 5*time.Second {
				t.Errorf("after %v", lasted)
			}
		})
	})
	t.Run("one that has ended opens no socket", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newGateway(t, letInJWTs).open(nil)
			c.say(`{"type":"connection_init","payload":{"Authorization":"Bearer ` + jwtFor(t, 0) + `"}}`)
			c.expect("4403 the token has expired")
		})
	})
	t.Run("one that is forged opens no socket", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newGateway(t, letInJWTs).open(nil)
			c.say(`{"type":"connection_init","payload":{"Authorization":"Bearer ` + jwtFor(t, time.Minute) + `x"}}`)
			c.expect("4403 the token is not valid")
		})
	})
}
