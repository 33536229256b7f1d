package resolvers

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
	"cartograph/limits"
	"cartograph/reply"
	"cartograph/transport"
)

const (
	// maxBody bounds a request: a document and its variables, no uploads.
	maxBody = 1 << 20
	// takeTimeout is how long a client may take for an answer: the largest have a few
	// megabytes, which come in half of that over a poor line. The server sets another
	// deadline for the next request.
	takeTimeout = 30 * time.Second
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
//
// What a client prefers to have by events is not for it; but a subscription of one
// that would take events too is handed to the transport that pushes them.
type httpTransport struct {
	options Options
	pushing []graphql.Transport
}

var _ graphql.Transport = httpTransport{}

// Supports reports whether the transport answers a request: all that no other one
// does. A wish for a newer HTTP (Upgrade: h2c) is not heard, as HTTP allows.
func (httpTransport) Supports(*http.Request) bool { return true }

// Do answers a request.
func (t httpTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	ctx, cancel := context.WithTimeout(r.Context(), t.options.Timeout)
	defer cancel()
	mediaType, acceptable := negotiate(r.Header.Get("Accept"))
	var sent bytes.Buffer
	if takesEvents(r) {
		r.Body = readAgain{io.TeeReader(r.Body, &sent), r.Body}
	}
	a := answerer{w: w, r: r, exec: exec, mediaType: mediaType, options: t.options}

	var request graphql.RawParams
	var refused *transport.Unread
	switch {
	case r.Method == http.MethodPost && !acceptable && t.options.DraftStatuses, r.Method == http.MethodGet && !acceptable && t.options.DraftStatuses:
		refused = transport.Refuse(http.StatusNotAcceptable, "answers come as %s or %s", graphqlType, jsonType)
	case r.Method == http.MethodOptions:
		w.Header().Set("Allow", "GET, POST, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		request, refused = transport.ReadRequest(w, r, maxBody, t.options.Origins)
	}
	if refused == transport.NoQuery && t.options.DraftStatuses {
		refused = &transport.Unread{Status: http.StatusUnprocessableEntity, Err: refused.Err}
	}
	if refused != nil {
		a.refuse(ctx, refused)
		return
	}

	operation, errs := exec.CreateOperationContext(ctx, &request)
	if len(errs) > 0 {
		a.fail(graphql.WithOperationContext(ctx, operation), errs)
		return
	}
	if operation.Operation.Operation == ast.Subscription && takesEvents(r) && t.push(w, r, &sent, exec) {
		return
	}
	if r.Method == http.MethodGet && operation.Operation.Operation != ast.Query {
		w.Header().Set("Allow", "POST")
		a.refuse(ctx, transport.Refuse(http.StatusMethodNotAllowed, "by GET only queries may be sent"))
		return
	}
	if operation.Operation.Operation == ast.Subscription {
		a.refuse(ctx, transport.Refuse(http.StatusNotAcceptable, "subscribe over a WebSocket (graphql-transport-ws), or accept text/event-stream"))
		return
	}
	a.query = operation.Operation.Operation == ast.Query
	respond, ctx := exec.DispatchOperation(ctx, operation)
	a.answer(ctx, respond(ctx))
}

// takesEvents reports whether a request names events among what it accepts.
func takesEvents(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.Contains(strings.ToLower(accept), transport.EventStream) && transport.Preferred(accept, transport.EventStream) != ""
}

// readAgain is a body that is kept while it is read.
type readAgain struct {
	io.Reader
	io.Closer
}

// push has a subscription answered by events. It reports false where nobody
// pushes any.
func (t httpTransport) push(w http.ResponseWriter, r *http.Request, sent io.Reader, exec graphql.GraphExecutor) bool {
	r = r.Clone(r.Context())
	r.Header.Set("Accept", transport.EventStream)
	r.Body = io.NopCloser(sent)
	for _, pushing := range t.pushing {
		if pushing.Supports(r) {
			pushing.Do(w, r, exec)
			return true
		}
	}
	return false
}

// negotiate returns the media type of the answer: the one of ours that is wanted
// most. It reports false where none is accepted.
func negotiate(accept string) (mediaType string, acceptable bool) {
	mediaType = transport.Preferred(accept, jsonType, graphqlType)
	return cmp.Or(mediaType, jsonType), mediaType != ""
}

// answerer writes the answer to one request.
type answerer struct {
	w         http.ResponseWriter
	r         *http.Request
	exec      graphql.GraphExecutor
	mediaType string
	options   Options
	query     bool // the operation is a query, and was run
}

// refuse answers what is not a GraphQL request, whatever the media type, with
// the status that says why.
func (a answerer) refuse(ctx context.Context, r *transport.Unread) {
	a.write(r.Status, a.exec.DispatchError(ctx, gqlerror.List{gqlerror.Wrap(r.Err)}))
}

// fail answers an operation that was not run.
func (a answerer) fail(ctx context.Context, errs gqlerror.List) {
	invalid := len(errs) > 0 && errs[0].Extensions["code"] != errcode.ParseFailed
	a.notRun(a.exec.DispatchError(ctx, errs), invalid)
}

// notRun answers with the errors of an operation that was not run; invalid says
// that it could be read as one.
func (a answerer) notRun(response *graphql.Response, invalid bool) {
	status := http.StatusOK
	if a.mediaType == graphqlType || a.options.DraftStatuses {
		status = statusOf(response.Errors)
	}
	if status == http.StatusBadRequest && invalid && a.options.DraftStatuses {
		status = http.StatusUnprocessableEntity
	}
	if seconds := retryAfter(response.Errors); seconds > 0 {
		status = http.StatusTooManyRequests
		a.w.Header().Set("Retry-After", strconv.Itoa(seconds))
	}
	if status == http.StatusUnauthorized {
		a.w.Header().Set("WWW-Authenticate", reply.Challenge)
	}
	a.write(status, response)
}

// answer answers an operation that was run, or whose time was over before that.
func (a answerer) answer(ctx context.Context, response *graphql.Response) {
	if response == nil {
		late := analytics.Errorf(analytics.Timeout, "the operation took more than %s", a.options.Timeout)
		a.fail(ctx, gqlerror.List{gqlerror.Wrap(late)})
		return
	}
	if response.Data == nil && len(response.Errors) > 0 {
		a.notRun(response, true)
		return
	}
	if c := chargeOf(ctx); c != nil {
		a.w.Header().Set(limits.CostHeader, c.String())
	}
	status := http.StatusOK
	if len(response.Errors) > 0 && a.options.DraftStatuses && a.mediaType == graphqlType {
		status = statusPartial
	}
	a.write(status, response)
}

// statusPartial says that an operation was run and something in it failed, in the
// newer draft of GraphQL over HTTP.
const statusPartial = 294

// retryAfter returns after how many seconds an operation may be sent again that
// was refused because too much was asked; 0 for all others.
func retryAfter(errs gqlerror.List) int {
	if len(errs) == 0 {
		return 0
	}
	seconds, _ := errs[0].Extensions["retryAfterSeconds"].(int)
	return seconds
}

// statuses are the HTTP statuses of operations that were not run, by their
// first error; 400 for all others.
var statuses = map[string]int{
	string(analytics.Unauthenticated): http.StatusUnauthorized,
	string(analytics.Forbidden):       http.StatusForbidden,
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

// write sends an answer.
func (a answerer) write(status int, response *graphql.Response) {
	a.send(status, append(transport.Encode(response), '\n'), a.query && status == http.StatusOK && len(response.Errors) == 0)
}

// send sends a body. The whole answer to a query is compressed where that pays
// and, by GET, named by a tag: whoever has it already gets no body. Answers to
// mutations are neither: they may hold a secret, and are asked for once.
func (a answerer) send(status int, body []byte, wholeQuery bool) {
	header := a.w.Header()
	header.Set("Content-Type", a.mediaType+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Add("Vary", "Accept")
	compress := false
	if wholeQuery && a.options.CompressFrom > 0 {
		header.Add("Vary", "Accept-Encoding")
		compress = len(body) >= a.options.CompressFrom && acceptsGzip(a.r.Header.Get("Accept-Encoding"))
	}
	if wholeQuery && a.r.Method == http.MethodGet {
		tag := etagOf(body, compress)
		header.Set("ETag", tag)
		header.Set("Cache-Control", "private, no-cache")
		header.Add("Vary", "Authorization")
		if noneMatch(a.r.Header.Get("If-None-Match"), tag) {
			header.Del("Content-Type")
			a.w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	if compress {
		header.Set("Content-Encoding", "gzip")
		body = gzipped(body)
	}
	_ = http.NewResponseController(a.w).SetWriteDeadline(time.Now().Add(takeTimeout)) // a test's recorder has none
	a.w.WriteHeader(status)
	_, _ = a.w.Write(body)
}
