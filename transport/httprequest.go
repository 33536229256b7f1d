package transport

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"cartograph/analytics"
	"cartograph/limits"
)

// maxURL bounds the query string of a GET, as most servers and proxies do.
const maxURL = 8 << 10

// Unread is why a request over HTTP is no GraphQL request, and the status that
// says so.
type Unread struct {
	Status int
	Err    error
}

// Refuse returns a reason that is the client's.
func Refuse(status int, format string, args ...any) *Unread {
	return &Unread{status, analytics.Errorf(analytics.BadUserInput, format, args...)}
}

// NoQuery is why a request is refused that has none, which is well formed apart
// from that.
var NoQuery = Refuse(http.StatusBadRequest, "the request has no query")

// ReadRequest reads the GraphQL request of a POST, whose body may have so many
// bytes, or of a GET, which a browser must not send for pages of other origins
// than these. A body of any other type is refused: browsers send those across
// sites without asking first.
func ReadRequest(w http.ResponseWriter, r *http.Request, maxBody int64, origins []string) (params graphql.RawParams, refused *Unread) {
	var sent Request
	switch r.Method {
	case http.MethodPost:
		sent, refused = readBody(w, r, maxBody)
	case http.MethodGet:
		if CrossSite(r, origins) {
			return params, Refuse(http.StatusForbidden, "pages of other sites may not ask by GET; see docs/limits.md")
		}
		sent, refused = readURL(r)
	default:
		w.Header().Set("Allow", "GET, POST, OPTIONS")
		refused = Refuse(http.StatusMethodNotAllowed, "send operations by POST or GET")
	}
	if refused != nil {
		return params, refused
	}
	params = sent.Params()
	params.Headers = r.Header
	if !NamesDocument(params) {
		return params, NoQuery
	}
	return params, nil
}

func readBody(w http.ResponseWriter, r *http.Request, maxBody int64) (sent Request, refused *Unread) {
	mediaType, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != "application/json" {
		return sent, Refuse(http.StatusUnsupportedMediaType, "the Content-Type of an operation is application/json")
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return sent, Refuse(http.StatusUnsupportedMediaType, "JSON is written in UTF-8")
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		return sent, Refuse(http.StatusUnsupportedMediaType, "operations are sent as they are, without a Content-Encoding")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return sent, Refuse(http.StatusRequestEntityTooLarge, "the body of an operation may have %d bytes", maxBody)
	case err != nil:
		return sent, Refuse(http.StatusBadRequest, "the body ended too early")
	}
	if err := limits.CheckJSON(body); err != nil {
		return sent, &Unread{http.StatusBadRequest, err}
	}
	if !decodeChecked(body, &sent) {
		return sent, Refuse(http.StatusBadRequest, `the body must be a JSON object such as {"query": "{ viewer { organization } }"}, with "variables", "operationName" and "extensions" if wanted`)
	}
	return sent, nil
}

func readURL(r *http.Request) (sent Request, refused *Unread) {
	if len(r.URL.RawQuery) > maxURL {
		return sent, Refuse(http.StatusRequestURITooLong, "an operation by GET may have %d bytes; send it by POST", maxURL)
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return sent, Refuse(http.StatusBadRequest, "the query string cannot be read")
	}
	sent.Query = values.Get("query")
	if !utf8.ValidString(sent.Query) {
		return sent, Refuse(http.StatusBadRequest, "text is written in UTF-8")
	}
	sent.OperationName = values.Get("operationName")
	sent.DocumentID = values.Get("documentId")
	for name, into := range map[string]*map[string]any{"variables": &sent.Variables, "extensions": &sent.Extensions} {
		if text := values.Get(name); text != "" && !decode([]byte(text), into) {
			return sent, Refuse(http.StatusBadRequest, "%s must be a JSON object", name)
		}
	}
	return sent, nil
}
