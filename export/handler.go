package export

import (
	"bufio"
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
}

var _ http.Handler = (*Handler)(nil)

// NewHandler returns the handler of everything that is read over plain HTTP.
func NewHandler(store Store, now func() time.Time, log *slog.Logger) *Handler {
	h := &Handler{store: store, now: now, log: log, mux: http.NewServeMux(), downloads: make(chan struct{}, downloadsAtOnce)}
	for _, format := range []Format{CSV, XLSX} {
		h.mux.HandleFunc("GET /exports/calls."+format.extension(), func(w http.ResponseWriter, r *http.Request) { h.calls(w, r, format) })
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

// send answers with a file of tables.
func (h *Handler) send(w http.ResponseWriter, r *http.Request, name string, format Format, tables ...Table) {
	select {
	case h.downloads <- struct{}{}:
		defer func() { <-h.downloads }()
	default:
		fail(w, r, h.log, analytics.Errorf(analytics.LimitExceeded, "too many exports are being written at the moment"))
		return
	}
	w.Header().Set("Content-Type", format.contentType())
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+"."+format.extension()+`"`)
	if r.Method == http.MethodHead {
		return
	}
	out := newBody(w)
	buffered := bufio.NewWriterSize(out, bufferSize)
	err := format.Write(buffered, tables...)
	if err == nil {
		err = buffered.Flush()
	}
	out.end(r, h.log, err)
}
