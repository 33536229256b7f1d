package export

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"mime"
	"net/http"
	"strings"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/limits"
	"cartograph/reply"
)

// The size of a page that asks for none, and the largest there is.
const (
	usualPage   = 100
	largestPage = 1_000
)

// ndjson is the media type of a JSON document a line.
const ndjson = "application/x-ndjson"

// acceptedCalls answers GET /v1/stats/calls/accepted.
func (h *Handler) acceptedCalls(w http.ResponseWriter, r *http.Request) {
	h.statistics(w, r, analytics.Accepted)
}

// missedCalls answers GET /v1/stats/calls/missed.
func (h *Handler) missedCalls(w http.ResponseWriter, r *http.Request) {
	h.statistics(w, r, analytics.Missed)
}

// statistics answers with the rows of the calls of a period: a page of them, or
// all as NDJSON.
func (h *Handler) statistics(w http.ResponseWriter, r *http.Request, status analytics.CallStatus) {
	principal, err := need(r.Context(), auth.CallsRead)
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	p := paramsOf(r)
	filter := analytics.CallFilter{Status: &status}
	if filter.Period = p.period(h.now()); !p.values.Has("from") {
		p.refuse("from", "is required: the first moment of the period, such as 2026-03-01T00:00:00Z")
	}
	filter.ExcludeShortCalls = p.flag("excludeShortCalls")
	filter.ExcludeShortWaits = p.flag("excludeShortQueueTime")
	filter.ExcludeTestCalls = p.flag("excludeTestCalls")
	personal := principal.Has(auth.PIIRead)
	show := func(buffer []byte, row *analytics.ImportedCall) []byte { return appendCall(buffer, nil, row, personal) }
	reader := newCallReader(h.store, principal.Reach())
	next := func(ctx context.Context, after string, size int) ([]*analytics.ImportedCall, string, error) {
		calls, next, err := h.store.CallBatch(ctx, principal.Reach(), filter, after, size)
		if err != nil {
			return nil, "", err
		}
		rows, err := reader.rows(ctx, calls)
		return rows, next, err
	}
	answer(h, w, r, p, largestPage, next, show)
}

// call answers GET /v1/calls/{callId}: the columns of the call's row, and the
// names that the present form has.
func (h *Handler) call(w http.ResponseWriter, r *http.Request) {
	principal, err := need(r.Context(), auth.CallsRead)
	if err == nil {
		err = paramsOf(r).check()
	}
	var call *analytics.Call
	if err == nil {
		call, err = h.findCall(w, r, principal)
	}
	var rows []*analytics.ImportedCall
	if err == nil {
		rows, err = newCallReader(h.store, principal.Reach()).rows(r.Context(), []*analytics.Call{call})
	}
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(appendCall(nil, call, rows[0], principal.Has(auth.PIIRead)), '\n'))
}

// findCall returns the call that a path names, and charges for it. It fails with
// NotFound for one that is not there or out of reach, and as charge does.
func (h *Handler) findCall(w http.ResponseWriter, r *http.Request, principal *auth.Principal) (*analytics.Call, error) {
	cost, err := h.charge(principal, callPoints)
	if err != nil {
		return nil, err
	}
	id := analytics.NativeID("Call", r.PathValue("callId"))
	calls, err := h.store.CallsByID(r.Context(), principal.Reach(), []string{id})
	settle(w, cost, callPoints, err)
	if err == nil && calls[id] == nil {
		err = analytics.Errorf(analytics.NotFound, "no such call")
	}
	return calls[id], err
}

// message is what a transcript shows of a message, by the names of the call-ended
// webhook.
type message struct {
	MessageID string  `json:"messageId"`
	Source    string  `json:"src"` // agent or client
	Date      string  `json:"date"`
	Name      *string `json:"name"` // personal for clients
	Message   string  `json:"message"`
	ReplyTo   *string `json:"replyTo"`
}

// transcript answers GET /v1/calls/{callId}/transcriptions: the chat of a call.
func (h *Handler) transcript(w http.ResponseWriter, r *http.Request) {
	principal, err := need(r.Context(), auth.CallsRead)
	var call *analytics.Call
	if err == nil {
		call, err = h.findCall(w, r, principal)
	}
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	next := func(ctx context.Context, after string, size int) ([]*analytics.ChatMessage, string, error) {
		return h.store.MessageBatch(ctx, principal.Reach(), "call:"+call.CallID, nil, after, size)
	}
	personal := principal.Has(auth.PIIRead)
	show := func(buffer []byte, m *analytics.ChatMessage) []byte {
		line, _ := json.Marshal(messageOf(m, personal)) // it holds texts only
		return append(buffer, line...)
	}
	answer(h, w, r, paramsOf(r), largestPage, next, show)
}

func messageOf(m *analytics.ChatMessage, personal bool) message {
	shown := message{MessageID: m.MessageID(), Source: "client", Date: analytics.FormatTime(m.At), Message: m.Text}
	if m.Author == analytics.ByAgent {
		shown.Source = "agent"
	}
	if m.Name != "" && (personal || m.Author == analytics.ByAgent) {
		shown.Name = &m.Name
	}
	if parent := m.RepliesTo(); parent != "" {
		shown.ReplyTo = &parent
	}
	return shown
}

// batches returns the next rows behind a cursor, and the cursor to go on with.
type batches[T any] func(ctx context.Context, after string, size int) (rows []T, next string, err error)

// answer answers with a page of rows, or with all of them behind the cursor where
// NDJSON is asked for.
func answer[T any](h *Handler, w http.ResponseWriter, r *http.Request, p *params, largest int, next batches[T], show func([]byte, T) []byte) {
	after := p.one("cursor")
	if wantsNDJSON(r) {
		if err := p.check(); err != nil {
			reply.Fail(w, r, h.log, err)
			return
		}
		h.stream(w, r, lines(r.Context(), after, next, show))
		return
	}
	limit := p.number("limit", 1, largest, usualPage)
	err := p.check()
	var cost *limits.Charge
	if err == nil {
		cost, err = h.charge(auth.From(r.Context()), limit)
	}
	var rows []T
	var following string
	if err == nil {
		rows, following, err = next(r.Context(), after, limit)
		settle(w, cost, len(rows), err)
		err = aboutCursor(after, err)
	}
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	body := []byte(`{"data":[`)
	for i, row := range rows {
		if i > 0 {
			body = append(body, ',')
		}
		body = show(body, row)
	}
	body = append(body, `],"nextCursor":`...)
	body = append(body, jsonText(following)...)
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(append(body, '}', '\n'))
}

// wantsNDJSON reports whether the header Accept names NDJSON.
func wantsNDJSON(r *http.Request) bool {
	for _, header := range r.Header.Values("Accept") {
		for part := range strings.SplitSeq(header, ",") {
			if t, _, err := mime.ParseMediaType(part); err == nil && t == ndjson {
				return true
			}
		}
	}
	return false
}

// aboutCursor names the parameter of a cursor that could not be read.
func aboutCursor(cursor string, err error) error {
	if cursor != "" && analytics.CodeOf(err) == analytics.BadUserInput {
		return reply.About("cursor", "is none of this list")
	}
	return err
}

// lines returns rows as lines of JSON; a line is valid until the next one.
func lines[T any](ctx context.Context, after string, next batches[T], show func([]byte, T) []byte) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		var line []byte
		for more := true; more; {
			rows, following, err := next(ctx, after, callBatch)
			if err != nil {
				yield(nil, aboutCursor(after, err))
				return
			}
			for _, row := range rows {
				line = append(show(line[:0], row), '\n')
				if !yield(line, nil) {
					return
				}
			}
			after, more = following, following != ""
		}
	}
}

// stream answers with lines as they come.
func (h *Handler) stream(w http.ResponseWriter, r *http.Request, lines iter.Seq2[[]byte, error]) {
	principal := auth.From(r.Context())
	room, err := h.slots.takeFor(principal.Org)
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	defer room.free()
	cost, err := h.charge(principal, filePoints)
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	w.Header().Del(limits.CostHeader) // of what was looked up before
	w.Header().Set("Content-Type", ndjson)
	if r.Method == http.MethodHead {
		return
	}
	out, rows := newBody(w), 0
	defer func() { cost.Settle(max(filePoints, rows)) }()
	out.end(r, h.log, buffered(out, func(w io.Writer) error {
		for line, err := range lines {
			if err != nil {
				return err
			}
			rows++
			if _, err := w.Write(line); err != nil {
				return err
			}
		}
		return nil
	}))
}
