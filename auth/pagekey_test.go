package auth_test

import (
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

func TestThePageKey(t *testing.T) {
	key, text, err := auth.NewPageKey("acme", []string{"https://shop.example", "http://localhost:3000"}, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(text, "cgp_") {
		t.Errorf("the key is %s", text)
	}
	token, secret, err := auth.NewToken("acme", "", auth.Scopes{auth.IngestWrite}, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	page := &auth.Principal{Org: "acme", TokenID: key.ID(), Scopes: auth.Scopes{auth.IngestPage}, Origins: []string{"https://shop.example", "http://localhost:3000"}}
	const shop = "https://shop.example"
	for _, c := range []struct {
		name           string
		stored         auth.Token
		method, target string
		origin, header string
		want           *auth.Principal
		wantStatus     int
		wantText       string
		wantAllowed    string
	}{
		{"a page of its origin sends", key, "POST", "/?key=" + text, shop, "", page, 200, "", shop},
		{"one of another of its origins too", key, "POST", "/?key=" + text, "http://localhost:3000", "", page, 200, "", "http://localhost:3000"},
		{"a foreign page is refused", key, "POST", "/?key=" + text, "https://evil.example", "", nil, 403, `the key is not for pages of \"https://evil.example\"`, ""},
		{"a page of a host below is refused", key, "POST", "/?key=" + text, "https://a.shop.example", "", nil, 403, "the key is not for pages of", ""},
		{"a page by another scheme is refused", key, "POST", "/?key=" + text, "http://shop.example", "", nil, 403, "the key is not for pages of", ""},
		{"a page without an origin of its own is refused", key, "POST", "/?key=" + text, "null", "", nil, 403, "the key is not for pages of", ""},
		{"who names no origin is refused", key, "POST", "/?key=" + text, "", "", nil, 403, "the request names no Origin", ""},
		{"a browser that asks before is let", key, "OPTIONS", "/?key=" + text, shop, "", nil, 204, "", shop},
		{"a foreign page that asks before is refused", key, "OPTIONS", "/?key=" + text, "https://evil.example", "", nil, 403, "the key is not for pages of", ""},
		{"a key that there is not", key, "POST", "/?key=cgp_00", shop, "", nil, 401, "the key is not valid", ""},
		{"a token does not belong in an address", token, "POST", "/?key=" + secret, shop, "", nil, 403, "only the key of a page may stand in an address", ""},
		{"the key is no token", key, "POST", "/", shop, "Bearer " + text, nil, 403, "the key of a page sends events and reads nothing", ""},
		{"a token in its place works as ever", token, "POST", "/", "", "Bearer " + secret, &auth.Principal{Org: "acme", TokenID: token.ID(), Scopes: auth.Scopes{auth.IngestWrite}}, 200, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got *auth.Principal
			handler := auth.NewAuthenticator(&oneToken{token: &c.stored}, "demo", slog.New(slog.DiscardHandler)).
				PageMiddleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = auth.From(r.Context()) }))
			request := httptest.NewRequest(c.method, c.target, nil)
			for name, value := range map[string]string{"Origin": c.origin, "Authorization": c.header} {
				if value != "" {
					request.Header.Set(name, value)
				}
			}
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, request)
			if answer.Code != c.wantStatus || !strings.Contains(answer.Body.String(), c.wantText) {
				t.Errorf("answer %d %s, want %d, %q", answer.Code, answer.Body, c.wantStatus, c.wantText)
			}
			if allowed := answer.Header().Get("Access-Control-Allow-Origin"); allowed != c.wantAllowed {
				t.Errorf("pages of %q may read it, want %q", allowed, c.wantAllowed)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNewPageKeyRefusesWhatIsNoOrigin(t *testing.T) {
	for _, origins := range [][]string{nil, {""}, {"*"}, {"shop.example"}, {"https://shop.example/"}, {"https://Shop.example"}, {"https://shop.example/a"}, {"ftp://shop.example"}, {"null"}} {
		if _, _, err := auth.NewPageKey("acme", origins, time.Unix(0, 0)); analytics.CodeOf(err) != analytics.BadUserInput {
			t.Errorf("%q: %v", origins, err)
		}
	}
}
