package auth_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/MicahParks/jwkset"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
)

// signer signs tokens as an identity provider does.
type signer struct {
	kid    string
	method jwt.SigningMethod
	key    any
}

// signers are made once: a key takes time.
var signers = sync.OnceValue(func() map[string]signer {
	small, _ := rsa.GenerateKey(rand.Reader, 1024)
	rsaKey, _ := rsa.GenerateKey(rand.Reader, 2048)
	p256, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	p521, _ := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	_, edwards, _ := ed25519.GenerateKey(rand.Reader)
	_, stranger, _ := ed25519.GenerateKey(rand.Reader)
	return map[string]signer{
		"rsa": {"rsa", jwt.SigningMethodRS256, rsaKey}, "small": {"small", jwt.SigningMethodRS256, small},
		"p256": {"p256", jwt.SigningMethodES256, p256}, "p384": {"p384", jwt.SigningMethodES384, p384}, "p521": {"p521", jwt.SigningMethodES512, p521},
		"ed": {"ed", jwt.SigningMethodEdDSA, edwards}, "stranger": {"stranger", jwt.SigningMethodEdDSA, stranger},
	}
})

func (s signer) public() crypto.PublicKey { return s.key.(crypto.Signer).Public() }

// sign returns a token with the claims, and with header besides alg, typ and kid.
func (s signer) sign(t *testing.T, claims jwt.MapClaims, header map[string]any) string {
	t.Helper()
	token := jwt.NewWithClaims(s.method, claims)
	token.Header["kid"] = s.kid
	for name, value := range header {
		if token.Header[name] = value; value == nil {
			delete(token.Header, name)
		}
	}
	text, err := token.SignedString(s.key)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// jwks returns the document that shows the public keys of some signers.
func jwks(t *testing.T, names ...string) string {
	t.Helper()
	store := jwkset.NewMemoryStorage()
	for _, name := range names {
		s := signers()[name]
		key, err := jwkset.NewJWKFromKey(s.public(), jwkset.JWKOptions{Metadata: jwkset.JWKMetadataOptions{KID: s.kid}})
		if err != nil {
			t.Fatal(err)
		}
		if err := store.KeyWrite(t.Context(), key); err != nil {
			t.Fatal(err)
		}
	}
	text, err := store.JSONPublic(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// provider trusts the keys, with the names of claims that are the default.
func provider(keys auth.Keys) *auth.Provider {
	return &auth.Provider{Issuer: "https://id.example/", Audience: "cartograph", OrgClaim: "org", ScopeClaim: "scope", AgentClaim: "agent", Keys: keys}
}

// present shows a token to a gateway that trusts the provider.
func present(t *testing.T, p *auth.Provider, token string) (*auth.Principal, error) {
	t.Helper()
	a := auth.NewAuthenticator(&oneToken{}, "demo", slog.New(slog.DiscardHandler))
	a.Trust(p)
	request := httptest.NewRequestWithContext(t.Context(), "POST", "/graphql", nil)
	request.Header.Set("Authorization", "Bearer "+token)
	return a.Authenticate(request)
}

// claims returns what a good token says in a bubble of synctest, whose clock
// begins at the first of January 2000, changed by what is given; nil takes out.
func claims(change jwt.MapClaims) jwt.MapClaims {
	c := jwt.MapClaims{"iss": "https://id.example/", "aud": "cartograph", "sub": "secret-subject", "org": "acme", "scope": "openid calls:read pii:read", "exp": 946688400} // an hour later
	for name, value := range change {
		if c[name] = value; value == nil {
			delete(c, name)
		}
	}
	return c
}

var anHourLater = time.Date(2000, 1, 1, 1, 0, 0, 0, time.UTC)

// fixedKeys returns the keys of a document that is there.
func fixedKeys(t *testing.T, text string) *auth.KeySet {
	t.Helper()
	file := filepath.Join(t.TempDir(), "jwks.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return auth.KeysIn(file, slog.New(slog.DiscardHandler))
}

func TestJWTsOfEveryKindOfKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys := fixedKeys(t, jwks(t, "rsa", "p256", "p384", "p521", "ed"))
		for _, name := range []string{"rsa", "p256", "p384", "p521", "ed"} {
			p, err := present(t, provider(keys), signers()[name].sign(t, claims(nil), nil))
			if err != nil || p.Org != "acme" {
				t.Errorf("%s: %v", name, err)
			}
		}
		pss := signers()["rsa"]
		pss.method = jwt.SigningMethodPS384
		if _, err := present(t, provider(keys), pss.sign(t, claims(nil), nil)); err != nil {
			t.Errorf("RSA with PSS: %v", err)
		}
		shared, err := auth.ParseSharedKey([]byte(strings.Repeat("k", 64) + "\n"))
		if err != nil {
			t.Fatal(err)
		}
		for _, method := range []jwt.SigningMethod{jwt.SigningMethodHS256, jwt.SigningMethodHS384, jwt.SigningMethodHS512} {
			s := signer{"any", method, []byte(strings.Repeat("k", 64))}
			if _, err := present(t, provider(shared), s.sign(t, claims(nil), nil)); err != nil {
				t.Errorf("%s: %v", method.Alg(), err)
			}
		}
	})
}

func TestWhatAJWTGrants(t *testing.T) {
	for _, c := range []struct {
		name   string
		claims jwt.MapClaims
		want   auth.Principal
	}{
		{"scopes in a text; those of the provider itself are left out", nil, auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead, auth.PIIRead}}},
		{"scopes in a list", jwt.MapClaims{"scope": []string{"carts:read", "calls:read"}}, auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead, auth.CartsRead}}},
		{"the word all is no scope", jwt.MapClaims{"scope": "all"}, auth.Principal{Org: "acme", Scopes: auth.Scopes{}}},
		{"the scope of a page's key is left out", jwt.MapClaims{"scope": "ingest:page calls:read"}, auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead}}},
		{"without scopes none", jwt.MapClaims{"scope": nil}, auth.Principal{Org: "acme", Scopes: auth.Scopes{}}},
		{"an agent", jwt.MapClaims{"agent": "ada"}, auth.Principal{Org: "acme", Agent: "ada", Scopes: auth.Scopes{auth.CallsRead, auth.PIIRead}}},
		{"an agent by the global id", jwt.MapClaims{"agent": "Agent:ada"}, auth.Principal{Org: "acme", Agent: "ada", Scopes: auth.Scopes{auth.CallsRead, auth.PIIRead}}},
		{"an agent has what an agent may have", jwt.MapClaims{"agent": "ada", "scope": "calls:read admin ingest:write"}, auth.Principal{Org: "acme", Agent: "ada", Scopes: auth.Scopes{auth.CallsRead}}},
		{"one of several audiences", jwt.MapClaims{"aud": []string{"shop", "cartograph"}}, auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead, auth.PIIRead}}},
		{"from a clock that is a little ahead", jwt.MapClaims{"iat": 946684829, "nbf": 946684829}, auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead, auth.PIIRead}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, err := present(t, provider(fixedKeys(t, jwks(t, "ed"))), signers()["ed"].sign(t, claims(c.claims), nil))
				if err != nil {
					t.Fatal(err)
				}
				c.want.TokenID, c.want.ExpiresAt = "jwt-aa6c775d6233016e", &anHourLater
				if diff := cmp.Diff(&c.want, got); diff != "" {
					t.Error(diff)
				}
			})
		})
	}
	t.Run("tokens count as one by subject, by client or by what they may do", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := provider(fixedKeys(t, jwks(t, "ed")))
			counted := map[string][]string{} // the tokens that count as one
			for _, c := range []struct {
				name   string
				claims jwt.MapClaims
			}{
				{"ann", jwt.MapClaims{"sub": "ann"}}, {"ann again", jwt.MapClaims{"sub": "ann", "jti": "2", "azp": "app"}}, {"ann of globex", jwt.MapClaims{"sub": "ann", "org": "globex"}},
				{"app", jwt.MapClaims{"sub": nil, "azp": "app"}}, {"app again", jwt.MapClaims{"sub": nil, "azp": "app", "jti": "2", "scope": "calls:read"}},
				{"app in another claim", jwt.MapClaims{"sub": "", "azp": []string{"app"}, "client_id": "app"}}, {"app of globex", jwt.MapClaims{"sub": nil, "azp": "app", "org": "globex"}},
				{"no one", jwt.MapClaims{"sub": nil}}, {"no one again", jwt.MapClaims{"sub": nil, "jti": "2", "scope": "pii:read calls:read"}},
				{"no one with another scope", jwt.MapClaims{"sub": nil, "scope": "calls:read"}}, {"no one as an agent", jwt.MapClaims{"sub": nil, "agent": "ada"}},
			} {
				got, err := present(t, p, signers()["ed"].sign(t, claims(c.claims), nil))
				if err != nil {
					t.Fatal(c.name, err)
				}
				counted[got.TokenID] = append(counted[got.TokenID], c.name)
			}
			want := [][]string{
				{"ann", "ann again"}, {"ann of globex"}, {"app", "app again", "app in another claim"}, {"app of globex"},
				{"no one", "no one again"}, {"no one with another scope"}, {"no one as an agent"},
			}
			got := slices.SortedFunc(maps.Values(counted), slices.Compare)
			slices.SortFunc(want, slices.Compare)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	})
	t.Run("by claims of other names", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			p := provider(fixedKeys(t, jwks(t, "ed")))
			p.OrgClaim, p.ScopeClaim, p.AgentClaim = "https://id.example/organization", "scp", "employee"
			text := signers()["ed"].sign(t, claims(jwt.MapClaims{"https://id.example/organization": "globex", "scp": "events:read", "employee": "bo", "agent": ""}), nil)
			got, err := present(t, p, text)
			want := &auth.Principal{Org: "globex", Agent: "bo", Scopes: auth.Scopes{auth.EventsRead}, ExpiresAt: &anHourLater}
			if err == nil {
				want.TokenID = got.TokenID
			}
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Errorf("%v %s", err, diff)
			}
		})
	})
}

// none signs with no key at all.
var none = signer{"ed", jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType}

func TestJWTsThatAreRefused(t *testing.T) {
	const invalid = "the token is not valid"
	ed, rsaSigner := signers()["ed"], signers()["rsa"]
	der, err := x509.MarshalPKIXPublicKey(rsaSigner.public())
	if err != nil {
		t.Fatal(err)
	}
	asSecret := func(key []byte) signer { return signer{"rsa", jwt.SigningMethodHS256, key} }
	modulus := rsaSigner.public().(*rsa.PublicKey).N.Bytes()
	oct := signer{"oct", jwt.SigningMethodHS256, []byte(strings.Repeat("o", 64))}
	impostor := signers()["stranger"]
	impostor.kid = "ed"
	small := signers()["small"]
	half := func(s string) string { return s[:strings.LastIndex(s, ".")+1] }
	for _, c := range []struct {
		name  string
		token func(t *testing.T) string
		want  string
	}{
		{"expired", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"exp": 946684799}), nil) }, "the token has expired"},
		{"expired long ago", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"exp": 1}), nil) }, "the token has expired"},
		{"that never expires", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"exp": nil}), nil) }, "the token needs the claims iss, aud and exp"},
		{"that expires at no time", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"exp": "soon"}), nil) }, invalid},
		{"not good yet", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"nbf": 946684860}), nil) }, "the token is not valid yet"},
		{"issued in the future", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"iat": 946684860}), nil) }, "the token is not valid yet"},
		{"of another issuer", func(t *testing.T) string {
			return ed.sign(t, claims(jwt.MapClaims{"iss": "https://secret-issuer.example/"}), nil)
		}, "the token is of another issuer"},
		{"of no issuer", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"iss": nil}), nil) }, "the token needs the claims iss, aud and exp"},
		{"for another audience", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"aud": "secret-audience"}), nil) }, "the token is for another audience"},
		{"for no audience", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"aud": []string{}}), nil) }, "the token needs the claims iss, aud and exp"},
		{"without an organization", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"org": nil}), nil) }, "the token names no organization by its claim org"},
		{"whose organization is none", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"org": "secret/org"}), nil) }, "the token names no organization by its claim org"},
		{"whose organization is a list", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"org": []string{"acme"}}), nil) }, "the token names no organization by its claim org"},
		{"whose agent is none", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"agent": ""}), nil) }, "the token names no agent by its claim agent"},
		{"whose agent has an id of nothing", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"agent": "Agent:"}), nil) }, "the token names no agent by its claim agent"},
		{"whose agent is a number", func(t *testing.T) string { return ed.sign(t, claims(jwt.MapClaims{"agent": 7}), nil) }, "the token names no agent by its claim agent"},
		{"without a signature", func(t *testing.T) string { return none.sign(t, claims(nil), nil) }, invalid},
		{"whose signature was cut off", func(t *testing.T) string { return half(ed.sign(t, claims(nil), nil)) }, invalid},
		{"whose claims were changed", func(t *testing.T) string {
			parts := strings.Split(ed.sign(t, claims(nil), nil), ".")
			forged, _ := json.Marshal(claims(jwt.MapClaims{"org": "globex"}))
			return parts[0] + "." + base64.RawURLEncoding.EncodeToString(forged) + "." + parts[2]
		}, invalid},
		{"signed by another key under its name", func(t *testing.T) string { return impostor.sign(t, claims(nil), nil) }, invalid},
		{"of a key that there is not", func(t *testing.T) string { return signers()["stranger"].sign(t, claims(nil), nil) }, invalid},
		{"that names a key by a number", func(t *testing.T) string { return ed.sign(t, claims(nil), map[string]any{"kid": 7}) }, invalid},
		{"that names no key where several would do", func(t *testing.T) string { return signers()["p256"].sign(t, claims(nil), map[string]any{"kid": nil}) }, invalid},
		{"signed by the public key as a secret, in PEM", func(t *testing.T) string {
			return asSecret(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})).sign(t, claims(nil), nil)
		}, invalid},
		{"signed by the public key as a secret, in DER", func(t *testing.T) string { return asSecret(der).sign(t, claims(nil), nil) }, invalid},
		{"signed by the modulus as a secret", func(t *testing.T) string { return asSecret(modulus).sign(t, claims(nil), nil) }, invalid},
		{"signed by a secret of the document", func(t *testing.T) string { return oct.sign(t, claims(nil), nil) }, invalid},
		{"signed by a key that is too short", func(t *testing.T) string { return small.sign(t, claims(nil), nil) }, invalid},
		{"signed by a key for encryption", func(t *testing.T) string {
			s := signers()["p384"]
			s.kid = "enc"
			return s.sign(t, claims(nil), nil)
		}, invalid},
		{"that uses a key by an algorithm it is not for", func(t *testing.T) string {
			s := rsaSigner
			s.method = jwt.SigningMethodRS512
			return s.sign(t, claims(nil), nil)
		}, invalid},
		{"with a header that must be understood", func(t *testing.T) string {
			return ed.sign(t, claims(nil), map[string]any{"crit": []string{"b64"}, "b64": false})
		}, invalid},
		{"that is too long", func(t *testing.T) string {
			return ed.sign(t, claims(jwt.MapClaims{"more": strings.Repeat("secret", 2000)}), nil)
		}, "the token has more than 8192 bytes"},
		{"that is no base64", func(*testing.T) string { return "secret!.secret!.secret!" }, invalid},
		{"that is no JSON", func(*testing.T) string { return "c2VjcmV0.c2VjcmV0.c2VjcmV0" }, invalid},
		{"of dots", func(*testing.T) string { return ".." }, invalid},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				keys := fixedKeys(t, documentWithTraps(t))
				token := c.token(t)
				p, err := present(t, provider(keys), token)
				if err == nil || err.Error() != c.want || analytics.CodeOf(err) != analytics.Unauthenticated {
					t.Fatalf("got %v, %v; want %q", p, err, c.want)
				}
				if errors.Unwrap(err) != nil {
					t.Errorf("a cause comes with it: %v", errors.Unwrap(err))
				}
			})
		})
	}
}

// documentWithTraps is a document with good keys and with others that must not be
// used: a secret, one for encryption, one that is too short, and one of no kind.
// RSA signs by RS256 alone; two keys are for ES256.
func documentWithTraps(t *testing.T) string {
	t.Helper()
	var document struct {
		Keys []map[string]any `json:"keys"`
	}
	if err := json.Unmarshal([]byte(jwks(t, "rsa", "p256", "ed", "small", "p384")), &document); err != nil {
		t.Fatal(err)
	}
	document.Keys[0]["alg"] = "RS256"
	document.Keys[4]["kid"], document.Keys[4]["use"] = "enc", "enc"
	second := map[string]any{}
	for name, value := range document.Keys[1] {
		second[name] = value
	}
	second["kid"] = "p256-next"
	document.Keys = append(document.Keys, second,
		map[string]any{"kty": "oct", "kid": "oct", "k": base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("o", 64)))},
		map[string]any{"kty": "quantum", "kid": "odd"})
	text, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAJWTMayNameNoKeyWhereOneAloneWouldDo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		keys := fixedKeys(t, jwks(t, "ed", "rsa"))
		if _, err := present(t, provider(keys), signers()["ed"].sign(t, claims(nil), map[string]any{"kid": nil})); err != nil {
			t.Error(err)
		}
	})
}

func TestASharedKeyIsAsLongAsItsHash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		text := strings.Repeat("k", 32)
		shared, err := auth.ParseSharedKey([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := present(t, provider(shared), signer{"", jwt.SigningMethodHS256, []byte(text)}.sign(t, claims(nil), nil)); err != nil {
			t.Error(err)
		}
		for name, s := range map[string]signer{
			"a longer hash": {"", jwt.SigningMethodHS512, []byte(text)}, "another key": {"", jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32))},
			"no signature": none, "a key pair": signers()["rsa"],
		} {
			if p, err := present(t, provider(shared), s.sign(t, claims(nil), nil)); err == nil || err.Error() != "the token is not valid" {
				t.Errorf("%s: %v, %v", name, p, err)
			}
		}
	})
	for text, want := range map[string]string{
		strings.Repeat("k", 31) + "\n":                                    "a shared key has at least 32 bytes, not 31",
		"-----BEGIN PUBLIC KEY-----\nMIIB...\n-----END PUBLIC KEY-----\n": "this is half of a key pair, not a shared key: put the public half into a JWKS file",
	} {
		if _, err := auth.ParseSharedKey([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestAPITokensWorkBesideJWTs(t *testing.T) {
	token, secret, err := auth.NewToken("acme", "", auth.Scopes{auth.CallsRead}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	a := auth.NewAuthenticator(&oneToken{token: &token, open: true}, "demo", slog.New(slog.DiscardHandler))
	a.Trust(provider(fixedKeys(t, jwks(t, "ed"))))
	request := httptest.NewRequest("POST", "/graphql", nil)
	request.Host = "localhost"
	if p, err := a.Authenticate(request); p != nil || err != nil {
		t.Errorf("without a token the demo is open: %v, %v", p, err)
	}
	request.Header.Set("Authorization", "Bearer "+secret)
	if p, err := a.Authenticate(request); err != nil || p.Org != "acme" {
		t.Error(p, err)
	}
}
