// Package web serves the pages of the gateway: the GraphQL playground, the dashboard of
// live events, the agent tool and the shopper's page. They are built
// from src/ by npm and embedded in the binary, so that they need no request to another host.
package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"
)

//go:embed all:dist
var dist embed.FS

// Policy is the Content-Security-Policy of every page: scripts, styles and connections of the same origin only. Inline styles
// are allowed since the editor places its cursor and its lines with them; data: images are its squiggles under errors.
const Policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const (
	// immutable is for files whose name carries a hash of their content: a year, the longest that caches honour.
	immutable = "public, max-age=31536000, immutable"
	// revalidate is for files whose name stays: kept, but asked for again (304 by the ETag).
	revalidate = "no-cache"
	// daily is for the script of shops' pages: each visit would ask for it again, and a page that runs the script of
	// yesterday is understood. It may be used for a week more while the new one comes.
	daily = "public, max-age=86400, stale-while-revalidate=604800"
)

// pageScript is the script for the pages of shops, which are on other hosts.
const pageScript = "dist/cartograph.js"

// contentTypes are given by file extension and not by the machine's MIME table, which may be missing or changed.
var contentTypes = map[string]string{
	".css":  "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js":   "text/javascript; charset=utf-8",
	".svg":  "image/svg+xml",
	".txt":  "text/plain; charset=utf-8",
}

// file is one built file with the headers that go with it.
type file struct {
	body         []byte
	zipped       func() []byte // the body compressed, on first use
	contentType  string
	cacheControl string
	foreign      bool   // pages of other hosts may load it
	tag          string // a hash of the body, the ETag without its quotes
}

// Handler answers GET and HEAD for the playground at /, the dashboard at /dashboard, the agent tool at /agent, the shopper's page at /shopper, their assets
// at /assets/, the script for the pages of shops at /cartograph.js, and the licences of what they contain at /licenses.txt. Every other path is a 404, every other method a 405. It panics on a file type that it does not know, which
// can only be a build that was never tested.
func Handler() http.Handler {
	files := make(map[string]*file)
	err := fs.WalkDir(dist, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}

		f, err := read(name)
		if err != nil {
			return err
		}
		files[urlPath(name)] = f
		return nil
	})
	if err != nil {
		panic(fmt.Errorf("read the embedded pages: %w", err))
	}

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
			return
		}

		f.serve(w, r)
	})
}

// urlPath turns the name of an embedded file into the path that it is served at.
func urlPath(name string) string {
	if name == "dist/index.html" {
		return "/"
	}

	return strings.TrimSuffix(strings.TrimPrefix(name, "dist"), ".html")
}

// read loads an embedded file; it fails if the type is none of contentTypes.
func read(name string) (*file, error) {
	body, err := dist.ReadFile(name)
	if err != nil {
		return nil, err
	}

	contentType, ok := contentTypes[path.Ext(name)]
	if !ok {
		return nil, fmt.Errorf("no content type for %s", name)
	}

	cacheControl := revalidate
	if strings.HasPrefix(name, "dist/assets/") {
		cacheControl = immutable
	}
	if name == pageScript {
		cacheControl = daily
	}

	return &file{
		body:         body,
		zipped:       sync.OnceValue(func() []byte { return compress(body) }),
		contentType:  contentType,
		cacheControl: cacheControl,
		foreign:      name == pageScript,
		tag:          fmt.Sprintf("%x", sha256.Sum256(body))[:32],
	}, nil
}

func compress(body []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // fails only for a level that does not exist
	_, _ = w.Write(body)                                  // a bytes.Buffer takes everything
	_ = w.Close()
	return b.Bytes()
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Type", f.contentType)
	h.Set("Cache-Control", f.cacheControl)
	h.Set("Vary", "Accept-Encoding")
	if f.foreign {
		h.Set("Access-Control-Allow-Origin", "*") // for pages that check its hash
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	}

	body, tag := f.body, f.tag
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		body, tag = f.zipped(), f.tag+"-gzip"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("ETag", `"`+tag+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip reports whether an Accept-Encoding header names gzip and does not weigh it with 0 (RFC 9110, section 12.5.3).
func acceptsGzip(header string) bool {
	for coding := range strings.SplitSeq(header, ",") {
		name, parameter, _ := strings.Cut(coding, ";")
		if !strings.EqualFold(strings.TrimSpace(name), "gzip") {
			continue
		}

		weight, weighted := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
		q, err := strconv.ParseFloat(weight, 64)
		return !weighted || (err == nil && q > 0)
	}
	return false
}
