package export

import (
	"bufio"
	"context"
	"io"
	"iter"
	"log/slog"
	"net/http"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/limits"
	"cartograph/reply"
)

// bufferSize is how much is written at a time, in bytes.
const bufferSize = 64 << 10

// Handler answers GET requests for exports and call statistics. Who asks is in
// the request's context; they need the scope calls:read. The links of exports
// need nobody: they carry a secret.
type Handler struct {
	store   Store
	now     func() time.Time
	log     *slog.Logger
	slots   slots
	mux     *http.ServeMux
	watcher Watcher
	// accounts are what is paid from; nil: reading is free.
	accounts *limits.Accounts
}

// Watcher hears that a file begins to be written, and how that ended. What it
// holds is calls or live-event.
type Watcher func(holds string, format analytics.ExportFormat) (ended func(outcome Outcome, rows, bytes int64))

// Outcome is how the writing of a file ended.
type Outcome string

// The outcomes: written as a whole, failed by fault of the gateway or its
// database, and broken off because the reader was gone or too slow, or the
// gateway stopped.
const (
	Done      Outcome = "done"
	Failed    Outcome = "failed"
	BrokenOff Outcome = "broken_off"
)

// Hear sets who hears of files. It must be called before the first request.
func (h *Handler) Hear(w Watcher) { h.watcher = w }

// Store is where exports read.
type Store interface {
	CallStore
	LiveEventStore
	CallsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Call, error)
	CountCalls(ctx context.Context, reach analytics.Reach, filter analytics.CallFilter) (int, error)
	BeginDownload(ctx context.Context, tokenHash string, now time.Time) (*analytics.Export, error)
	ReportExport(ctx context.Context, e *analytics.Export) error
	MessageBatch(ctx context.Context, reach analytics.Reach, subject string, period *analytics.Period, after string, size int) ([]*analytics.ChatMessage, string, error)
}

var _ http.Handler = (*Handler)(nil)

// NewHandler returns the handler of everything that is read over plain HTTP.
func NewHandler(store Store, now func() time.Time, log *slog.Logger) *Handler {
	h := &Handler{store: store, now: now, log: log, mux: http.NewServeMux()}
	h.watcher = func(string, analytics.ExportFormat) func(Outcome, int64, int64) {
		return func(Outcome, int64, int64) {}
	}
	for path, serve := range map[string]http.HandlerFunc{
		"/exports/calls.csv":                func(w http.ResponseWriter, r *http.Request) { h.calls(w, r, analytics.ExportCSV) },
		"/exports/calls.xlsx":               func(w http.ResponseWriter, r *http.Request) { h.calls(w, r, analytics.ExportXLSX) },
		"/exports/files/{secret}":           h.download,
		"/v1/stats/calls/accepted":          h.acceptedCalls,
		"/v1/stats/calls/missed":            h.missedCalls,
		"/v1/calls/{callId}":                h.call,
		"/v1/calls/{callId}/transcriptions": h.transcript,
	} {
		h.mux.HandleFunc("GET "+path, serve)
		h.mux.HandleFunc(path, reply.Only(http.MethodGet, http.MethodHead))
	}
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		reply.Fail(w, r, h.log, analytics.Errorf(analytics.NotFound, "nothing is read at this path"))
	})
	return h
}

// ServeHTTP answers a request, once it is known who asks.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	h.mux.ServeHTTP(w, r)
}

// Write writes tables in a format: a CSV has the first one only.
func Write(w io.Writer, format analytics.ExportFormat, tables ...Table) error {
	if format == analytics.ExportXLSX {
		return WriteXLSX(w, tables...)
	}
	return WriteCSV(w, tables[0])
}

// calls answers with the calls that the parameters ask for as a file.
func (h *Handler) calls(w http.ResponseWriter, r *http.Request, format analytics.ExportFormat) {
	principal, err := need(r.Context(), auth.CallsRead)
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	p := paramsOf(r)
	filter := p.callFilter(h.now())
	if err := p.check(); err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	h.send(w, r, principal, "calls", format, CallTable(r.Context(), h.store, principal.Reach(), filter, principal.Has(auth.PIIRead)))
}

// send answers with a file that is written as it is sent.
func (h *Handler) send(w http.ResponseWriter, r *http.Request, who *auth.Principal, name string, format analytics.ExportFormat, table Table) {
	room, err := h.slots.takeFor(who.Org)
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	defer room.free()
	cost, err := h.charge(who, filePoints)
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	announceFile(w, name, format)
	if r.Method == http.MethodHead {
		return
	}
	ended, rows, out := h.watcher(name, format), int64(0), newBody(w)
	defer func() { cost.Settle(max(filePoints, int(rows))) }()
	table.Rows = counted(table.Rows, func() { rows++ })
	err = buffered(out, func(out io.Writer) error { return Write(out, format, table) })
	ended(outcomeOf(r, out, err), rows, out.written)
	out.end(r, h.log, err)
}

// counted returns rows of which each is told.
func counted(rows iter.Seq2[[]Cell, error], tell func()) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for row, err := range rows {
			if err == nil {
				tell()
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// outcomeOf returns how the answer to a request ended.
func outcomeOf(r *http.Request, out *body, err error) Outcome {
	switch {
	case err == nil:
		return Done
	case r.Context().Err() != nil || out.refused:
		return BrokenOff
	}
	return Failed
}

// announceFile sets the header of an answer that is a file.
func announceFile(w http.ResponseWriter, name string, format analytics.ExportFormat) {
	w.Header().Set("Content-Type", format.ContentType())
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+"."+format.Extension()+`"`)
}

// buffered writes in pieces of bufferSize.
func buffered(out io.Writer, to func(io.Writer) error) error {
	buffer := bufio.NewWriterSize(out, bufferSize)
	if err := to(buffer); err != nil {
		return err
	}
	return buffer.Flush()
}
