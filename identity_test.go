package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"cartograph/repository/repositorytest"
)

// identityProvider signs tokens and shows its public key.
type identityProvider struct {
	*httptest.Server
	key  *ecdsa.PrivateKey
	away atomic.Bool
}

func newIdentityProvider(t *testing.T) *identityProvider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	point, err := key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.RawURLEncoding.EncodeToString
	document := fmt.Sprintf(`{"keys": [{"kty": "EC", "crv": "P-256", "use": "sig", "kid": "k1", "x": %q, "y": %q}]}`, encode(point[1:33]), encode(point[33:]))
	p := &identityProvider{key: key}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if p.away.Load() {
			http.Error(w, "out of order", http.StatusBadGateway)
			return
		}
		fmt.Fprint(w, document)
	}))
	t.Cleanup(p.Close)
	return p
}

// token returns a token of an organization that ends after a while.
func (p *identityProvider) token(t *testing.T, org, scopes string, life time.Duration) string {
	t.Helper()
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": "https://id.example/", "aud": "cartograph", "sub": "Ada", "exp": time.Now().Add(life).Unix(), "organization": org, "scope": scopes,
	})
	token.Header["kid"] = "k1"
	text, err := token.SignedString(p.key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestJWTs(t *testing.T) {
	uri, database := repositorytest.Database(t)
	provider := newIdentityProvider(t)
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
	t.Setenv("JWT_ISSUER", "https://id.example/")
	t.Setenv("JWT_AUDIENCE", "cartograph")
	t.Setenv("JWT_JWKS_URL", provider.URL)
	t.Setenv("JWT_ORG_CLAIM", "organization")
	g := serve(t, settings...) // on a database without any token of its own

	t.Run("open what their organization has", func(t *testing.T) {
		got := g.query(t, provider.token(t, "acme", "openid calls:read", time.Minute), `{ viewer { organization scopes demo } calls(first: 1) { totalCount } }`)
		if want := `{"calls":{"totalCount":0},"viewer":{"demo":false,"organization":"acme","scopes":["calls:read"]}}`; got != want {
			t.Errorf("got %s", got)
		}
	})
	t.Run("do no more than their scopes", func(t *testing.T) {
		status, text := g.post(t, "/graphql", provider.token(t, "acme", "calls:read", time.Minute), "application/json", `{"query": "{ events: liveEvents(first: 1) { totalCount } }"}`)
		if status != 200 || !strings.Contains(text, `"code":"FORBIDDEN"`) {
			t.Errorf("%d %s", status, text)
		}
	})
	t.Run("take in what comes over HTTP", func(t *testing.T) {
		status, text := g.post(t, "/ingest/catalog", provider.token(t, "acme", "ingest:write", time.Minute), "application/json", `{"kind": "agent", "id": "ada", "name": "Ada"}`)
		if status != http.StatusOK && status != http.StatusAccepted {
			t.Errorf("%d %s", status, text)
		}
	})
	t.Run("nobody gets in without one", func(t *testing.T) {
		if status, text := g.post(t, "/graphql", "", "application/json", `{"query": "{ viewer { organization } }"}`); !strings.Contains(text, `"code":"UNAUTHENTICATED"`) {
			t.Errorf("%d %s", status, text)
		}
	})
	t.Run("open sockets", func(t *testing.T) {
		c := openSocket(t, g, provider.token(t, "acme", "calls:read", time.Minute))
		c.say(`{"type":"subscribe","id":"1","payload":{"query":"{ viewer { organization } }"}}`)
		c.expect(`{"type":"next","id":"1","payload":{"data":{"viewer":{"organization":"acme"}}}}`)
	})
	t.Run("the doctor asks for the keys", func(t *testing.T) {
		report, err := examined(t, settings...)
		for _, want := range []string{"ok    there is no API token, and JWTs are let in\n", "ok    the identity provider shows its keys: 1\n"} {
			if err != nil || !strings.Contains(report, want) {
				t.Errorf("%v, no %q in\n%s", err, want, report)
			}
		}
		provider.away.Store(true)
		defer provider.away.Store(false)
		if report, err := examined(t, settings...); err == nil || !strings.Contains(report, "fail  the keys of the identity provider cannot be read: the server answers 502 Bad Gateway") {
			t.Errorf("%v\n%s", err, report)
		}
	})
}

func TestAGatewayStartsWithoutItsIdentityProvider(t *testing.T) {
	uri, database := repositorytest.Database(t)
	provider := newIdentityProvider(t)
	provider.away.Store(true)
	admin := freeAddress(t)
	g := serve(t, "--mongodb-uri="+uri, "--mongodb-database="+database, "--admin-addr="+admin, "--jwt-issuer=https://id.example/", "--jwt-audience=cartograph", "--jwt-jwks-url="+provider.URL)
	status, text := g.post(t, "/graphql", provider.token(t, "acme", "calls:read", time.Minute), "application/json", `{"query": "{ viewer { organization } }"}`)
	if want := `{"errors":[{"extensions":{"code":"UNAVAILABLE"},"message":"the keys of the identity provider cannot be read now: try again later"}]}` + "\n"; status != http.StatusServiceUnavailable || text != want {
		t.Errorf("%d %s", status, text)
	}
	if metrics := fetch(t, "http://"+admin+"/metrics"); !strings.Contains(metrics, "\ncartograph_jwt_keys_up 0\n") {
		t.Error("no metric tells of it")
	}
	if text := fetch(t, g.url+"/readyz"); text != "ready, but the keys of the identity provider cannot be read: JWTs by others are not let in\n" {
		t.Errorf("it says that it is %s", text)
	}
}

func TestTheDemoIsClosedWhereJWTsAreLetIn(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(key, []byte(strings.Repeat("k", 32)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	g := serve(t, "--data-dir="+t.TempDir(), "--jwt-issuer=https://id.example/", "--jwt-audience=cartograph", "--jwt-shared-key-file="+key)
	if _, text := g.post(t, "/graphql", "", "application/json", `{"query": "{ viewer { organization } }"}`); !strings.Contains(text, `"code":"UNAUTHENTICATED"`) {
		t.Error(text)
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": "https://id.example/", "aud": "cartograph", "exp": time.Now().Add(time.Minute).Unix(), "org": "demo", "scope": "calls:read",
	}).SignedString([]byte(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	if got := g.query(t, token, `{ viewer { organization } calls(first: 1) { totalCount } }`); got != `{"calls":{"totalCount":0},"viewer":{"organization":"demo"}}` {
		t.Errorf("got %s", got)
	}
}

func TestProblemsOfTheSettingsForJWTs(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"short": "secret", "pem": "-----BEGIN PUBLIC KEY-----", "html": "<html>", "none": `{"keys": []}`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	whole := identity{JWTIssuer: "i", JWTAudience: "a", OrgClaim: "org", ScopeClaim: "scope", AgentClaim: "agent"}
	with := func(change func(*identity)) identity {
		c := whole
		change(&c)
		return c
	}
	const address = "JWT_JWKS_URL: begins with https://, or with http:// on this machine, and holds no password"
	for _, c := range []struct {
		name     string
		settings identity
		want     []string
	}{
		{"nothing", identity{}, nil},
		{"https", with(func(c *identity) { c.JWKSURL = "https://id.example/keys" }), nil},
		{"this machine", with(func(c *identity) { c.JWKSURL = "http://localhost:9000/keys" }), nil},
		{"plain http", with(func(c *identity) { c.JWKSURL = "http://id.example/keys" }), []string{address}},
		{"a name that begins like this machine's", with(func(c *identity) { c.JWKSURL = "http://localhost.example/keys" }), []string{address}},
		{"a password", with(func(c *identity) { c.JWKSURL = "https://u:secret@id.example/keys" }), []string{address}},
		{"no address", with(func(c *identity) { c.JWKSURL = "id.example" }), []string{address}},
		{"no keys", whole, []string{"JWT_JWKS_URL, JWT_JWKS_FILE, JWT_SHARED_KEY_FILE: one of them says what JWTs are checked by, and not 0"}},
		{"two kinds of keys, and neither issuer nor audience", identity{JWKSURL: "https://id.example/keys", SharedKeyFile: filepath.Join(dir, "short"), OrgClaim: "org", ScopeClaim: "scope"}, []string{
			"JWT_ISSUER: must be given to let JWTs in",
			"JWT_AUDIENCE: must be given to let JWTs in: tokens for others are not for the gateway",
			"JWT_JWKS_URL, JWT_JWKS_FILE, JWT_SHARED_KEY_FILE: one of them says what JWTs are checked by, and not 2",
			"JWT_ORG_CLAIM, JWT_SCOPE_CLAIM, JWT_AGENT_CLAIM: must not be empty",
			"JWT_SHARED_KEY_FILE: a shared key has at least 32 bytes, not 6",
		}},
		{"a public key as a shared one", with(func(c *identity) { c.SharedKeyFile = filepath.Join(dir, "pem") }), []string{"JWT_SHARED_KEY_FILE: this is half of a key pair, not a shared key: put the public half into a JWKS file"}},
		{"a file of something else", with(func(c *identity) { c.JWKSFile = filepath.Join(dir, "html") }), []string{"JWT_JWKS_FILE: that is no JWKS document"}},
		{"a file without keys", with(func(c *identity) { c.JWKSFile = filepath.Join(dir, "none") }), []string{"JWT_JWKS_FILE: the document holds no key that signatures can be checked by: RSA from 2048 bits, EC on P-256, P-384 or P-521, or Ed25519"}},
	} {
		if got := c.settings.problems(); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}
