package resolvers

import (
	"strings"
	"testing"

	"cartograph/auth"
	"cartograph/limits"
)

// A document that is not known costs a point for each 20 bytes, whether it is
// valid or not: whoever sends ever new ones has soon nothing left.
func TestReadingADocumentIsCharged(t *testing.T) {
	slow := func(o *Options) { o.TokenRate = limits.Rate{PerSecond: 0.001, Capacity: 100} }
	long := func(text string) string { return text + " #" + strings.Repeat("x", 800-len(text)-2) }
	const throttled = `"extensions":{"code":"LIMIT_EXCEEDED","retryAfterSeconds":`
	for _, tt := range []struct{ name, document, want string }{
		{"one that is none", long("{ viewer { "), `"message":"Expected Name, found \u003cEOF\u003e"`},
		{"one that is not valid", long("{ viewer { organisation } }"), `"message":"Cannot query field`},
		{"one beyond a bound", long("{" + strings.Repeat(" demo", 60) + " }"), `"message":"one field may stand`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			handler := exposed(t, slow)
			for i := range 3 { // 41 points each
				got := post(handler, everything, body(tt.document))
				if i < 2 && !strings.Contains(got.Body.String(), tt.want) || i < 2 && got.Header().Get("Retry-After") != "" {
					t.Errorf("%d: %s", got.Code, got.Body)
				}
				if i == 2 && (got.Code != 429 || got.Header().Get("Retry-After") == "" || !strings.Contains(got.Body.String(), throttled)) {
					t.Errorf("%d: %s", got.Code, got.Body)
				}
			}
			if got := post(handler, &auth.Principal{Org: "globex", TokenID: "other", Scopes: auth.AllScopes}, body(tt.document)); got.Code != 200 {
				t.Errorf("somebody else is answered %d", got.Code)
			}
		})
	}
	t.Run("one that is valid, once", func(t *testing.T) {
		handler := exposed(t, slow)
		for _, available := range []string{"58", "57", "56"} {
			got := post(handler, everything, body(long("{ viewer { organization } }")))
			if want := "estimated=1, actual=1, available=" + available; got.Header().Get("Cartograph-Cost") != want {
				t.Errorf("the header is %q, want %q", got.Header().Get("Cartograph-Cost"), want)
			}
		}
	})
	t.Run("and so are very large variables, also those that nobody asked for", func(t *testing.T) {
		handler := exposed(t, slow)
		known(handler, body("{ viewer { organization } }"))
		request := `{"query": "{ viewer { organization } }", "variables": {"ids": ["` + strings.Repeat("x", 20<<10) + `"]}, "extensions": {"x": "` + strings.Repeat("x", 10<<10) + `"}}`
		if got := post(handler, everything, request).Header().Get("Cartograph-Cost"); got != "estimated=1, actual=1, available=69" {
			t.Errorf("the header is %q", got)
		}
	})
	t.Run("one that is long beyond all measure, as the longest", func(t *testing.T) {
		if got := limits.ReadingPoints(strings.Repeat("x", 1<<20)); got != 751 {
			t.Errorf("it costs %d", got)
		}
	})
}
