package export

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
)

const (
	// downloadsAtOnce bounds the exports that are written at a time: each holds a
	// batch of rows, and one of XLSX a temporary file.
	downloadsAtOnce = 16
	// bufferSize is how much is written at a time, in bytes.
	bufferSize = 64 << 10
)

// Handler answers GET requests for exports and call statistics. Who asks is in
// the request's context; they need the scope calls:read.
type Handler struct {
	store     Store
	now       func() time.Time
	log       *slog.Logger
	downloads chan struct{}
	mux       *http.ServeMux
}

// Store is where exports read.
type Store interface {
	CallStore
	CallsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Call, error)
	MessageBatch(ctx context.Context, reach analytics.Reach, subject string, period *analytics.Period, after string, size int) ([]*analytics.ChatMessage, string, error)
}

var _ http.Handler = (*Handler)(nil)

// NewHandler returns the handler of everything that is read over plain HTTP.
func NewHandler(store Store, now func() time.Time, log *slog.Logger) *Handler {
	h := &Handler{store: store, now: now, log: log, mux: http.NewServeMux(), downloads: make(chan struct{}, downloadsAtOnce)}
	for path, serve := range map[string]http.HandlerFunc{
		"/exports/calls.csv":                func(w http.ResponseWriter, r *http.Request) { h.calls(w, r, CSV) },
		"/exports/calls.xlsx":               func(w http.ResponseWriter, r *http.Request) { h.calls(w, r, XLSX) },
		"/v1/stats/calls/accepted":          h.acceptedCalls,
		"/v1/stats/calls/missed":            h.missedCalls,
		"/v1/calls/{callId}":                h.call,
		"/v1/calls/{callId}/transcriptions": h.transcript,
	} {
		h.mux.HandleFunc("GET "+path, serve)
		h.mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Allow", "GET, HEAD")
			write(w, http.StatusMethodNotAllowed, Failure{Code: analytics.BadUserInput, Message: "this path takes GET"})
		})
	}
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, h.log, analytics.Errorf(analytics.NotFound, "nothing is read at this path"))
	})
	return h
}

// ServeHTTP answers a request, once it is known who asks.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	h.mux.ServeHTTP(w, r)
}

// Format is the form of a file.
type Format string

// The formats of exports.
const (
	CSV  Format = "CSV"
	XLSX Format = "XLSX"
)

func (f Format) extension() string {
	if f == XLSX {
		return "xlsx"
	}
	return "csv"
}

func (f Format) contentType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8; header=present"
}

// Write writes tables in the format: a CSV has the first one only.
func (f Format) Write(w io.Writer, tables ...Table) error {
	if f == XLSX {
		return WriteXLSX(w, tables...)
	}
	return WriteCSV(w, tables[0])
}

// calls answers with the calls that the parameters ask for as a file.
func (h *Handler) calls(w http.ResponseWriter, r *http.Request, format Format) {
	principal, err := need(r.Context(), auth.CallsRead)
	if err != nil {
		fail(w, r, h.log, err)
		return
	}
	p := &params{values: r.URL.Query()}
	filter := p.callFilter(h.now())
	if err := p.check(); err != nil {
		fail(w, r, h.log, err)
		return
	}
	table := CallTable(r.Context(), h.store, principal.Reach(), filter, principal.Has(auth.PIIRead))
	h.send(w, r, "calls", format, table)
}

// admit lets an export begin. It fails with LimitExceeded where too many are
// being written.
func (h *Handler) admit() (done func(), err error) {
	select {
	case h.downloads <- struct{}{}:
		return func() { <-h.downloads }, nil
	default:
		return nil, analytics.Errorf(analytics.LimitExceeded, "too many exports are being written at the moment")
	}
}

// send answers with a file of tables.
func (h *Handler) send(w http.ResponseWriter, r *http.Request, name string, format Format, tables ...Table) {
	done, err := h.admit()
	if err != nil {
		fail(w, r, h.log, err)
		return
	}
	defer done()
	w.Header().Set("Content-Type", format.contentType())
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+"."+format.extension()+`"`)
	if r.Method == http.MethodHead {
		return
	}
	out := newBody(w)
	buffered := bufio.NewWriterSize(out, bufferSize)
	err = format.Write(buffered, tables...)
	if err == nil {
		err = buffered.Flush()
	}
	out.end(r, h.log, err)
}
