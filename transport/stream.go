package transport

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/auth"
)

// EventStream is the media type of server-sent events.
const EventStream = "text/event-stream"

// streamTransport answers operations by server-sent events, one operation per
// request.
type streamTransport struct{ hub *Hub }

var _ graphql.Transport = streamTransport{}

// Supports reports whether a request asks for events rather than for JSON.
func (streamTransport) Supports(r *http.Request) bool {
	return Preferred(r.Header.Get("Accept"), "application/json", "application/graphql-response+json", EventStream) == EventStream
}

// StaysOpen reports whether a request to the graph asks for a socket or for
// events, which last for hours.
func StaysOpen(r *http.Request) bool {
	return socketTransport{}.Supports(r) || streamTransport{}.Supports(r)
}

// Do answers until the operation ends, or the client goes.
func (t streamTransport) Do(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	if !t.hub.checkOrigin(w, r) {
		return
	}
	params, refused := ReadRequest(w, r, maxMessage, t.hub.options.Origins)
	if refused != nil {
		refused.answer(w, r, exec)
		return
	}
	ctx := r.Context()
	parsed, errs := exec.CreateOperationContext(ctx, &params)
	if len(errs) == 0 && resumeByHeader(r, t.hub.options.Shared, &params, parsed) {
		parsed, errs = exec.CreateOperationContext(ctx, &params)
	}
	if len(errs) == 0 && r.Method == http.MethodGet && parsed.Operation.Operation == ast.Mutation {
		w.Header().Set("Allow", "POST")
		Refuse(http.StatusMethodNotAllowed, "mutations are sent by POST").answer(w, r, exec)
		return
	}
	user := userOf(auth.From(ctx))
	if !t.hub.enter(user) {
		w.Header().Set("Retry-After", "2")
		Refuse(http.StatusTooManyRequests, "%s", tooManyOfUser(t.hub.options.MaxPerUser)).answer(w, r, exec)
		return
	}
	defer t.hub.exit(user)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s := newStream(w, cancel)
	if !t.hub.admit(w, s) {
		return
	}
	defer t.hub.dismiss(s)
	defer s.out.close()
	o := &operation{hub: t.hub, conn: s, out: &s.out, forget: func() {}}
	if len(errs) > 0 {
		s.out.force(message{kind: kindErrors, operation: o, answer: answer{
			payload: refusal(graphql.WithOperationContext(ctx, parsed), exec, errs),
		}})
		s.write(ctx)
		return
	}
	principal := auth.From(ctx)
	if principal != nil {
		c := newCredentials(t.hub, r, "")
		c.principal = principal
		c.watch(ctx, func(err error) { s.shut(farewellFor(err)) })
		defer c.stop()
	}
	t.hub.start(ctx, o, request{exec, params, parsed, principal})
	defer o.quit()
	s.write(ctx)
}

// resumeByHeader puts the Last-Event-ID that an EventSource sends when it comes
// back in the place of the version it asked for at first, and reports whether it
// did: where the version is given by a variable.
func resumeByHeader(r *http.Request, shared map[string]Sharing, params *graphql.RawParams, op *graphql.OperationContext) bool {
	version, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64)
	if err != nil || op.Operation.Operation != ast.Subscription {
		return false
	}
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"}) {
		argument := field.Arguments.ForName(shared[field.Name].After)
		if argument == nil || argument.Value.Kind != ast.Variable {
			continue
		}
		variables := map[string]any{}
		for name, value := range params.Variables {
			variables[name] = value
		}
		variables[argument.Value.Raw] = version
		params.Variables = variables
		return true
	}
	return false
}

// stream is one answer of events. The goroutine of its request is the only one
// that writes.
type stream struct {
	out     outbox
	waiting chan struct{} // holds one: something waits
	cancel  context.CancelFunc
	w       http.ResponseWriter
	control *http.ResponseController
}

func newStream(w http.ResponseWriter, cancel context.CancelFunc) *stream {
	s := &stream{waiting: make(chan struct{}, 1), cancel: cancel, w: w, control: http.NewResponseController(w)}
	s.out.ready = func() {
		select {
		case s.waiting <- struct{}{}:
		default:
		}
	}
	return s
}

// shut ends the stream without event complete, so that the client comes back.
func (s *stream) shut(f farewell) { s.out.end(f) }

// cut ends the stream at once.
func (s *stream) cut() { s.cancel() }

// write writes what waits, and a comment when nothing does for a while, until
// the operation ends, the client goes or takes nothing any more.
func (s *stream) write(ctx context.Context) {
	header := s.w.Header()
	header.Set("Content-Type", EventStream+"; charset=utf-8")
	header.Set("Cache-Control", "no-store")
	header.Set("X-Accel-Buffering", "no") // a proxy must not collect events
	header.Add("Vary", "Accept")
	header.Set("Connection", "close") // it has a deadline that is not to be the next request's
	if !s.send(fmt.Appendf(nil, "retry: %d\n\n", reconnectAfter.Milliseconds())) {
		return
	}
	keepAlive := time.NewTicker(pingEvery)
	defer keepAlive.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-keepAlive.C:
			if !s.send([]byte(":\n\n")) {
				return
			}
		case <-s.waiting:
			if !s.writeWaiting() {
				return
			}
		}
	}
}

// writeWaiting writes all that waits, and reports whether more may come.
func (s *stream) writeWaiting() bool {
	var text []byte
	for {
		m, end, ok := s.out.take()
		switch {
		case !ok:
			return s.send(text)
		case end != nil:
			s.send(fmt.Appendf(text, ": %s\n\n", end.reason))
			return false
		}
		text = appendEvent(text, m)
		if m.kind != kindNext {
			s.send(text)
			return false
		}
		if len(text) >= writeBuffer {
			if !s.send(text) {
				return false
			}
			text = text[:0]
		}
	}
}

// send writes bytes and reports whether the client took them in time.
func (s *stream) send(text []byte) bool {
	_ = s.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := s.w.Write(text); err != nil {
		return false
	}
	return s.control.Flush() == nil
}

// appendEvent appends a message as graphql-sse writes it. The id of an event is
// its version: an EventSource that comes back names it.
func appendEvent(text []byte, m message) []byte {
	const complete = "event: complete\ndata:\n\n"
	if m.kind == kindComplete {
		return append(text, complete...)
	}
	if m.answer.versioned {
		text = fmt.Appendf(text, "id: %d\n", m.answer.version)
	}
	text = append(text, "event: next\ndata: "...)
	if m.kind == kindErrors {
		text = append(append(text, `{"errors":`...), oneLine(m.answer.payload)...)
		return append(append(text, "}\n\n"...), complete...)
	}
	return append(append(text, oneLine(m.answer.payload)...), "\n\n"...)
}

// oneLine returns JSON without line ends, which it has between its parts only.
func oneLine(text []byte) []byte {
	if bytes.ContainsAny(text, "\r\n") {
		return bytes.Map(func(r rune) rune {
			if r == '\r' || r == '\n' {
				return ' '
			}
			return r
		}, text)
	}
	return text
}

// answer answers with a status that says why, and with JSON.
func (u *Unread) answer(w http.ResponseWriter, r *http.Request, exec graphql.GraphExecutor) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(u.Status)
	_, _ = fmt.Fprintf(w, "{\"errors\":%s}\n", failed(r.Context(), exec, u.Err))
}
