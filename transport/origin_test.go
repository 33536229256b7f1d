package transport_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/transport"
)

func TestAllowOrigins(t *testing.T) {
	hub := transport.NewHub(transport.Options{Origins: []string{"https://shop.example"}})
	handler := hub.AllowOrigins(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	leave := http.Header{
		"Vary":                          {"Origin"},
		"Access-Control-Allow-Origin":   {"https://shop.example"},
		"Access-Control-Expose-Headers": {"Cartograph-Cost, ETag, Retry-After, X-Request-Id"},
	}
	preflight := leave.Clone()
	preflight.Set("Access-Control-Allow-Methods", "GET, POST")
	preflight.Set("Access-Control-Allow-Headers", "Apollo-Require-Preflight, Authorization, Cache-Control, Cartograph-Cost, Content-Type, GraphQL-Preflight, If-None-Match, Last-Event-ID, X-Apollo-Operation-Name, X-Request-Id")
	preflight.Set("Access-Control-Max-Age", "7200")
	for _, c := range []struct {
		name, method, origin, asks string
		wantStatus                 int
		want                       http.Header
	}{
		{"a program is answered as ever", "POST", "", "", http.StatusTeapot, http.Header{"Vary": {"Origin"}}},
		{"a foreign page gets no leave", "POST", "https://evil.example", "", http.StatusTeapot, http.Header{"Vary": {"Origin"}}},
		{"a foreign page gets none when it asks before", "OPTIONS", "https://evil.example", "POST", http.StatusTeapot, http.Header{"Vary": {"Origin"}}},
		{"a page that is named may read the answer", "POST", "https://shop.example", "", http.StatusTeapot, leave},
		{"a page that is named may ask before", "OPTIONS", "https://shop.example", "POST", http.StatusNoContent, preflight},
		{"an OPTIONS that asks for no leave goes on", "OPTIONS", "https://shop.example", "", http.StatusTeapot, leave},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest(c.method, "/graphql", nil)
			if c.origin != "" {
				r.Header.Set("Origin", c.origin)
			}
			if c.asks != "" {
				r.Header.Set("Access-Control-Request-Method", c.asks)
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != c.wantStatus {
				t.Errorf("status %d, want %d", w.Code, c.wantStatus)
			}
			if diff := cmp.Diff(c.want, w.Header()); diff != "" {
				t.Error(diff)
			}
		})
	}
}
