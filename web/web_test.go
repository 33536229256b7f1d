package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"cartograph/web"
)

// get asks the handler for a path and returns the response with its body as sent.
func get(t *testing.T, method, path string, header map[string]string) (*http.Response, string) {
	t.Helper()

	r := httptest.NewRequest(method, path, nil)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	web.Handler().ServeHTTP(w, r)

	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

// pages are the paths of the pages with their titles.
var pages = map[string]string{
	"/":          "Cartograph",
	"/agent":     "Agent tool · Cartograph",
	"/dashboard": "Live events · Cartograph",
	"/shopper":   "Shopper’s page · Cartograph",
}

// assets returns the paths that a page refers to.
func assets(t *testing.T, page string) []string {
	t.Helper()

	_, page = get(t, "GET", page, nil)
	var paths []string
	for _, match := range regexp.MustCompile(`(?:src|href)="\.(/assets/[^"]+)"`).FindAllStringSubmatch(page, -1) {
		paths = append(paths, match[1])
	}
	if len(paths) == 0 {
		t.Fatalf("the page refers to no asset:\n%s", page)
	}
	return paths
}

func TestPages(t *testing.T) {
	for path, title := range pages {
		t.Run(path+" is sent with all headers", func(t *testing.T) {
			resp, body := get(t, "GET", path, nil)
			if resp.StatusCode != http.StatusOK {
				t.Fatalf("status: got %d, want 200", resp.StatusCode)
			}
			if !strings.Contains(body, "<title>"+title+"</title>") {
				t.Errorf("the page has another title:\n%s", body)
			}

			want := map[string]string{
				"Content-Type":            "text/html; charset=utf-8",
				"Cache-Control":           "no-cache",
				"Content-Security-Policy": web.Policy,
				"X-Content-Type-Options":  "nosniff",
				"X-Frame-Options":         "DENY",
				"Referrer-Policy":         "no-referrer",
				"Vary":                    "Accept-Encoding",
			}
			for name, value := range want {
				if got := resp.Header.Get(name); got != value {
					t.Errorf("%s: got %q, want %q", name, got, value)
				}
			}
		})
	}
}

func TestPagesKeepToTheirPolicy(t *testing.T) {
	for path := range pages {
		_, body := get(t, "GET", path, nil)
		for _, forbidden := range []string{`<script>`, ` onload=`, `style="`, `="http`, `="//`, `data:`} {
			if strings.Contains(body, forbidden) {
				t.Errorf("%s contains %q:\n%s", path, forbidden, body)
			}
		}
	}
	for _, forbidden := range []string{"unsafe-eval", "script-src", "http:", "https:", "*"} {
		if strings.Contains(web.Policy, forbidden) {
			t.Errorf("the policy contains %q: %s", forbidden, web.Policy)
		}
	}
}

func TestAssetsAreImmutable(t *testing.T) {
	types := map[string]string{
		".js":  "text/javascript; charset=utf-8",
		".css": "text/css; charset=utf-8",
		".svg": "image/svg+xml",
	}

	for page := range pages {
		for _, path := range assets(t, page) {
			resp, body := get(t, "GET", path, nil)
			if resp.StatusCode != http.StatusOK || body == "" {
				t.Errorf("%s: status %d, %d bytes", path, resp.StatusCode, len(body))
			}
			if got, want := resp.Header.Get("Cache-Control"), "public, max-age=31536000, immutable"; got != want {
				t.Errorf("%s: Cache-Control: got %q, want %q", path, got, want)
			}
			if got, want := resp.Header.Get("Content-Type"), types[path[strings.LastIndex(path, "."):]]; got != want {
				t.Errorf("%s: Content-Type: got %q, want %q", path, got, want)
			}
		}
	}
}

// The agent tool, the shopper's page and the dashboard are opened on phones, during a call or a broadcast: what they load is
// kept small. The charts of the dashboard come later.
func TestPagesAreSmall(t *testing.T) {
	const limit = 40 << 10
	for _, page := range []string{"/agent", "/shopper", "/dashboard"} {
		size := 0
		for _, path := range append(assets(t, page), page) {
			_, body := get(t, "GET", path, map[string]string{"Accept-Encoding": "gzip"})
			size += len(body)
		}
		if size > limit {
			t.Errorf("%s loads %d bytes compressed, want %d at most", page, size, limit)
		}
		t.Logf("%s loads %d bytes compressed", page, size)
	}
}

func TestGzipIsSentToThoseWhoTakeIt(t *testing.T) {
	path := assets(t, "/")[1]
	_, plain := get(t, "GET", path, nil)

	for header, zipped := range map[string]bool{
		"":                     false,
		"gzip":                 true,
		"br, gzip;q=0.8":       true,
		"GZIP; q=1":            true,
		"deflate, br":          false,
		"gzip;q=0":             false,
		"identity, gzip;q=0.0": false,
		"gzip;q=high":          false,
	} {
		t.Run(header, func(t *testing.T) {
			resp, body := get(t, "GET", path, map[string]string{"Accept-Encoding": header})
			if got := resp.Header.Get("Content-Encoding") == "gzip"; got != zipped {
				t.Fatalf("compressed: got %v, want %v", got, zipped)
			}
			if !zipped {
				return
			}

			r, err := gzip.NewReader(strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			unzipped, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			if string(unzipped) != plain {
				t.Errorf("unzipped it differs from the plain file: %d and %d bytes", len(unzipped), len(plain))
			}
		})
	}
}

func TestKnownVersionIsNotSentAgain(t *testing.T) {
	for _, encoding := range []string{"identity", "gzip"} {
		first, _ := get(t, "GET", "/", map[string]string{"Accept-Encoding": encoding})
		again, body := get(t, "GET", "/", map[string]string{"Accept-Encoding": encoding, "If-None-Match": first.Header.Get("ETag")})
		if again.StatusCode != http.StatusNotModified || body != "" {
			t.Errorf("%s: status %d, body %q", encoding, again.StatusCode, body)
		}
	}
}

func TestPlainAndZippedHaveDifferentTags(t *testing.T) {
	plain, _ := get(t, "GET", "/", nil)
	zipped, _ := get(t, "GET", "/", map[string]string{"Accept-Encoding": "gzip"})
	if plain.Header.Get("ETag") == zipped.Header.Get("ETag") {
		t.Errorf("both have %s", plain.Header.Get("ETag"))
	}
}

func TestHeadHasNoBody(t *testing.T) {
	resp, body := get(t, "HEAD", "/", nil)
	if resp.StatusCode != http.StatusOK || body != "" {
		t.Errorf("status %d, body %q", resp.StatusCode, body)
	}
}

func TestOtherRequestsAreRefused(t *testing.T) {
	for request, want := range map[string]int{
		"POST /":              http.StatusMethodNotAllowed,
		"DELETE /":            http.StatusMethodNotAllowed,
		"GET /index.html":     http.StatusNotFound,
		"GET /agent.html":     http.StatusNotFound,
		"GET /agent/":         http.StatusNotFound,
		"POST /shopper":       http.StatusMethodNotAllowed,
		"GET /assets/":        http.StatusNotFound,
		"GET /assets/none.js": http.StatusNotFound,
		"GET /favicon.ico":    http.StatusNotFound,
		"GET /../web.go":      http.StatusNotFound,
		"POST /none":          http.StatusNotFound,
		"GET /licenses.txt":   http.StatusOK,
	} {
		t.Run(request, func(t *testing.T) {
			method, path, _ := strings.Cut(request, " ")
			resp, _ := get(t, method, path, nil)
			if resp.StatusCode != want {
				t.Errorf("status: got %d, want %d", resp.StatusCode, want)
			}
			if got := resp.Header.Get("Allow") != ""; got != (want == http.StatusMethodNotAllowed) {
				t.Errorf("Allow: got %q", resp.Header.Get("Allow"))
			}
		})
	}
}

func TestLicencesOfTheBundledPackages(t *testing.T) {
	_, body := get(t, "GET", "/licenses.txt", nil)
	for _, name := range []string{"graphiql", "graphql", "graphql-ws", "codemirror", "preact", "react", "react-dom", "uplot"} {
		if !regexp.MustCompile(`(?m)^` + name + ` \d+\.\d+\.\d+ \(`).MatchString(body) {
			t.Errorf("no licence of %s", name)
		}
	}
}

func TestTheScriptOfPages(t *testing.T) {
	resp, body := get(t, "GET", "/cartograph.js", nil)
	want := map[string]string{
		"Content-Type":                 "text/javascript; charset=utf-8",
		"Cache-Control":                "public, max-age=86400, stale-while-revalidate=604800",
		"Access-Control-Allow-Origin":  "*",
		"Cross-Origin-Resource-Policy": "cross-origin",
	}
	for name, value := range want {
		if got := resp.Header.Get(name); got != value {
			t.Errorf("%s: got %q, want %q", name, got, value)
		}
	}
	if len(body) < 1000 || len(body) > 4<<10 || strings.Contains(body, "import ") {
		t.Errorf("it has %d bytes, and should stand alone in 4 KB:\n%s", len(body), body)
	}
	again, _ := get(t, "GET", "/cartograph.js", map[string]string{"If-None-Match": resp.Header.Get("ETag")})
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("whoever has it is answered %d", again.StatusCode)
	}
	if page, _ := get(t, "GET", "/", nil); page.Header.Get("Access-Control-Allow-Origin") != "" {
		t.Error("the playground is for pages of other hosts")
	}
}
