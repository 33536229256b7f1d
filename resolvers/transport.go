package resolvers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
)

const (
	// maxBody bounds a request: a document and its variables, no uploads.
	maxBody = 1 << 20
	// maxURL bounds the query string of a GET, as most servers and proxies do.
	maxURL = 8 << 10
	// operationTimeout bounds an operation; what it has found by then is answered
	// with an error for the rest.
	operationTimeout = 10 * time.Second
)

// The media types of answers. The first is what clients get that name none: with
// it a well-formed request is always answered 200, with the second its status
// tells what became of it.
const (
	jsonType    = "application/json"
	graphqlType = "application/graphql-response+json"
)

// httpTransport answers queries and mutations sent by POST as JSON, and queries sent
// by GET. A body of any other type is refused: browsers send those across sites
// without asking first.
type httpTransport struct{}

var _ graphql.Transport = httpTransport{}

// Supports reports whether the transport answers a request: all but upgrades.
func (httpTransport) Supports(r *http.Request) bool { return r.Header.Get("Upgrade") == "" }

// Do answers a request.
func (httpTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	ctx, cancel := context.WithTimeout(r.Context(), operationTimeout)
	defer cancel()
	a := answerer{w: w, exec: exec, mediaType: negotiate(r.Header.Get("Accept"))}

	var request graphql.RawParams
	var refused *refusal
	switch r.Method {
	case http.MethodPost:
		request, refused = readPost(w, r)
	case http.MethodGet:
		request, refused = readGet(r)
	case http.MethodOptions:
		w.Header().Set("Allow", "GET, POST, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		w.Header().Set("Allow", "GET, POST, OPTIONS")
		refused = refuse(http.StatusMethodNotAllowed, "send queries by POST or GET")
	}
	if refused != nil {
		a.refuse(ctx, refused)
		return
	}

	request.Headers = r.Header
	operation, errs := exec.CreateOperationContext(ctx, &request)
	if len(errs) > 0 {
		a.fail(graphql.WithOperationContext(ctx, operation), errs)
		return
	}
	if r.Method == http.MethodGet && operation.Operation.Operation != ast.Query {
		w.Header().Set("Allow", "POST")
		a.refuse(ctx, refuse(http.StatusMethodNotAllowed, "by GET only queries may be sent"))
		return
	}
	if operation.Operation.Operation == ast.Subscription {
		a.refuse(ctx, refuse(http.StatusNotAcceptable, "subscribe over a WebSocket (graphql-transport-ws), or accept text/event-stream"))
		return
	}
	respond, ctx := exec.DispatchOperation(ctx, operation)
	a.answer(ctx, respond(ctx))
}

// refusal is why a request is not a GraphQL request at all.
type refusal struct {
	status int
	err    error
}

func refuse(status int, format string, args ...any) *refusal {
	return &refusal{status, analytics.Errorf(analytics.BadUserInput, format, args...)}
}

// readPost reads the JSON body of a POST.
func readPost(w http.ResponseWriter, r *http.Request) (request graphql.RawParams, refused *refusal) {
	mediaType, parameters, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || mediaType != jsonType {
		return request, refuse(http.StatusUnsupportedMediaType, "the Content-Type of a query is application/json")
	}
	if charset := parameters["charset"]; charset != "" && !strings.EqualFold(charset, "utf-8") {
		return request, refuse(http.StatusUnsupportedMediaType, "JSON is written in UTF-8")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return request, refuse(http.StatusRequestEntityTooLarge, "the body of a query may have %d bytes", maxBody)
	case err != nil:
		return request, refuse(http.StatusBadRequest, "the body ended too early")
	}
	if !decode(string(body), &request) {
		return request, refuse(http.StatusBadRequest, `the body must be a JSON object such as {"query": "{ viewer { organization } }"}, with "variables", "operationName" and "extensions" if wanted`)
	}
	return request, checkQuery(request)
}

// readGet reads the query string of a GET.
func readGet(r *http.Request) (request graphql.RawParams, refused *refusal) {
	if len(r.URL.RawQuery) > maxURL {
		return request, refuse(http.StatusRequestURITooLong, "a query by GET may have %d bytes; send it by POST", maxURL)
	}
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return request, refuse(http.StatusBadRequest, "the query string cannot be read")
	}
	request.Query = values.Get("query")
	request.OperationName = values.Get("operationName")
	if text := values.Get("variables"); text != "" && !decode(text, &request.Variables) {
		return request, refuse(http.StatusBadRequest, "variables must be a JSON object")
	}
	if text := values.Get("extensions"); text != "" && !decode(text, &request.Extensions) {
		return request, refuse(http.StatusBadRequest, "extensions must be a JSON object")
	}
	return request, checkQuery(request)
}

func checkQuery(request graphql.RawParams) *refusal {
	if request.Query == "" {
		return refuse(http.StatusBadRequest, "the request has no query")
	}
	return nil
}

// decode reads one JSON value, its numbers with all their digits, and reports
// whether text is one.
func decode(text string, into any) bool {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(into) != nil {
		return false
	}
	_, err := decoder.Token()
	return err == io.EOF
}

// negotiate returns the media type of the answer: the first of ours that is
// accepted.
func negotiate(accept string) string {
	for part := range strings.SplitSeq(accept, ",") {
		mediaType, _, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		switch mediaType {
		case graphqlType:
			return graphqlType
		case jsonType, "*/*", "application/*":
			return jsonType
		}
	}
	return jsonType
}

// answerer writes the answer to one request.
type answerer struct {
	w         http.ResponseWriter
	exec      graphql.GraphExecutor
	mediaType string
}

// refuse answers what is not a GraphQL request, whatever the media type, with
// the status that says why.
func (a answerer) refuse(ctx context.Context, r *refusal) {
	a.write(r.status, a.exec.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(r.err)}))
}

// fail answers an operation that was not run.
func (a answerer) fail(ctx context.Context, errs gqlerror.List) {
	response := a.exec.DispatchError(ctx, errs)
	status := http.StatusOK
	if a.mediaType == graphqlType {
		status = statusOf(response.Errors)
	}
	if status == http.StatusUnauthorized {
		a.w.Header().Set("WWW-Authenticate", "Bearer")
	}
	a.write(status, response)
}

// answer answers an operation that was run, or whose time was over before that.
func (a answerer) answer(ctx context.Context, response *graphql.Response) {
	if response == nil {
		late := analytics.Errorf(analytics.Timeout, "the operation took more than %s", operationTimeout)
		a.fail(ctx, gqlerror.List{gqlerror.Wrap(late)})
		return
	}
	a.write(http.StatusOK, response)
}

// statuses are the HTTP statuses of operations that were not run, by their
// first error; 400 for all others.
var statuses = map[string]int{
	string(analytics.Unauthenticated): http.StatusUnauthorized,
	string(analytics.Forbidden):       http.StatusForbidden,
	string(analytics.LimitExceeded):   http.StatusTooManyRequests,
	string(analytics.Timeout):         http.StatusGatewayTimeout,
	string(analytics.Unavailable):     http.StatusServiceUnavailable,
	string(analytics.Internal):        http.StatusInternalServerError,
}

func statusOf(errs gqlerror.List) int {
	if len(errs) > 0 {
		code, _ := errs[0].Extensions["code"].(string)
		if status, ok := statuses[code]; ok {
			return status
		}
	}
	return http.StatusBadRequest
}

// write sends an answer. One to an operation that was not run has no data, not
// even null. What was run is JSON already, and is not encoded once more.
func (a answerer) write(status int, response *graphql.Response) {
	var body bytes.Buffer
	body.Grow(len(response.Data) + 64)
	member := func(name string, value []byte) {
		separator := byte(',')
		if body.Len() == 0 {
			separator = '{'
		}
		body.WriteByte(separator)
		body.WriteString(strconv.Quote(name) + ":")
		body.Write(value)
	}
	if len(response.Errors) > 0 {
		member("errors", encode(response.Errors))
	}
	if response.Data != nil {
		member("data", response.Data)
	}
	if len(response.Extensions) > 0 {
		member("extensions", encode(response.Extensions))
	}
	body.WriteString("}\n")

	header := a.w.Header()
	header.Set("Content-Type", a.mediaType+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Add("Vary", "Accept")
	a.w.WriteHeader(status)
	_, _ = a.w.Write(body.Bytes())
}

// encode returns a value as JSON: one that holds no more than texts, numbers,
// times and lists of them.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil { // never, by what it is given
		return []byte("null")
	}
	return text
}
