package resolvers

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
)

// byGET asks by GET, with pairs of headers.
func byGET(handler http.Handler, query string, headers ...string) *httptest.ResponseRecorder {
	return send(handler, everything, httptest.NewRequest("GET", "/graphql?query="+url.QueryEscape(query), nil), headers...)
}

func TestRepeatedAnswersByGET(t *testing.T) {
	t.Parallel()
	handler := exposed(t, func(*Options) {})
	const query = `{ viewer { organization } }`
	first := byGET(handler, query)
	tag := first.Header().Get("ETag")
	want := http.Header{
		"Content-Type": {"application/json; charset=utf-8"}, "Cache-Control": {"private, no-cache"}, "Cartograph-Cost": first.Header()["Cartograph-Cost"],
		"Etag": {`"ljJY-Gg8ybU-Q0N3RwLZfw"`}, "Vary": {"Accept", "Accept-Encoding", "Authorization"},
	}
	if diff := cmp.Diff(want, first.Header()); diff != "" {
		t.Errorf("headers (-want +got):\n%s", diff)
	}
	t.Run("are not sent again to those who have them", func(t *testing.T) {
		for _, header := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
			got := byGET(handler, query, "If-None-Match", header)
			want := http.Header{"Cache-Control": {"private, no-cache"}, "Cartograph-Cost": got.Header()["Cartograph-Cost"], "Etag": {tag}, "Vary": {"Accept", "Accept-Encoding", "Authorization"}}
			if diff := cmp.Diff(want, got.Header()); diff != "" || got.Code != http.StatusNotModified || got.Body.Len() > 0 {
				t.Errorf("%s: status %d, %d bytes, headers (-want +got):\n%s", header, got.Code, got.Body.Len(), diff)
			}
		}
	})
	t.Run("are sent where they are others", func(t *testing.T) {
		answers(t, byGET(handler, query, "If-None-Match", `"other"`), 200, `{"data":{"viewer":{"organization":"acme"}}}`)
		answers(t, byGET(handler, `{ viewer { demo } }`, "If-None-Match", tag), 200, `{"data":{"viewer":{"demo":false}}}`)
	})
	t.Run("have no tag with errors, nor by POST", func(t *testing.T) {
		for name, got := range map[string]*httptest.ResponseRecorder{
			"errors": byGET(handler, `{ viewer { organization } call(id: 1) { id } }`), "nothing but errors": byGET(handler, `{ viewer { nam } }`), "POST": post(handler, everything, body(query), "If-None-Match", tag),
		} {
			if h := got.Header(); h.Get("ETag") != "" || h.Get("Cache-Control") != "no-store" || got.Code != 200 {
				t.Errorf("%s: status %d, headers %v", name, got.Code, h)
			}
		}
	})
}

func TestLargeAnswersAreCompressed(t *testing.T) {
	t.Parallel()
	handler := exposed(t, func(o *Options) { o.CompressFrom = 2000 })
	large := "{ viewer { "
	for i := range 25 {
		large += fmt.Sprintf("n%d%s: organization ", i, strings.Repeat("x", 100))
	}
	large += "} }"
	plain := post(handler, everything, body(large))
	if plain.Header().Get("Content-Encoding") != "" || plain.Body.Len() < 2000 {
		t.Fatalf("%d bytes, headers %v", plain.Body.Len(), plain.Header())
	}
	t.Run("for those who accept it", func(t *testing.T) {
		for header, want := range map[string]bool{
			"gzip": true, "deflate, GZIP;q=0.5": true, "*": true, "br, *;q=0.1": true,
			"": false, "br": false, "gzip;q=0": false, "gzip; q=0.000, *": false, "*;q=0": false, "identity": false,
		} {
			got := post(handler, everything, body(large), "Accept-Encoding", header)
			if compressed := got.Header().Get("Content-Encoding") == "gzip"; compressed != want {
				t.Errorf("%q: headers %v", header, got.Header())
				continue
			} else if !compressed {
				continue
			}
			reader, err := gzip.NewReader(got.Body)
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(reader)
			if string(text) != plain.Body.String() || err != nil {
				t.Errorf("%q: unpacked it reads %s, %v", header, text, err)
			}
		}
	})
	t.Run("and have a tag of their own", func(t *testing.T) {
		compressed, plain := byGET(handler, large, "Accept-Encoding", "gzip"), byGET(handler, large)
		tag := compressed.Header().Get("ETag")
		if want := strings.TrimSuffix(plain.Header().Get("ETag"), `"`) + `-gzip"`; tag != want {
			t.Errorf("compressed %s, want %s", tag, want)
		}
		if got := byGET(handler, large, "Accept-Encoding", "gzip", "If-None-Match", tag); got.Code != 304 || got.Header().Get("Content-Encoding") != "" {
			t.Errorf("status %d, headers %v", got.Code, got.Header())
		}
	})
	t.Run("but not small ones, nor where nothing is", func(t *testing.T) {
		never := exposed(t, func(o *Options) { o.CompressFrom = 0 })
		for name, got := range map[string]*httptest.ResponseRecorder{
			"small": post(handler, everything, body(`{ viewer { demo } }`), "Accept-Encoding", "gzip"), "never": post(never, everything, body(large), "Accept-Encoding", "gzip"),
		} {
			if got.Header().Get("Content-Encoding") != "" {
				t.Errorf("%s: headers %v", name, got.Header())
			}
		}
	})
}
