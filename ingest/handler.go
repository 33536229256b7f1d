package ingest

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"strings"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/reply"
	"cartograph/repository"
)

const (
	// requestsAtOnce bounds the bodies held in memory at a time.
	requestsAtOnce = 64
	// writersAtOnce is how many batches are written at a time. More would only
	// wait for each other in the database, with their batches in memory.
	writersAtOnce = 8
	// patience is how long a batch waits for its turn before the sender is told
	// to come again.
	patience = 5 * time.Second
	// batchTimeout bounds the writing of a batch. It goes on when the sender is
	// gone: a batch that is broken off has to be recovered.
	batchTimeout = time.Minute
)

// Handler answers POST /ingest/events, /ingest/catalog and
// /webhooks/call-ended. Who asks is in the request's context; they need the
// scope ingest:write; for events, the key of a page will do.
type Handler struct {
	store    Store
	now      func() time.Time
	log      *slog.Logger
	requests chan struct{}
	writers  chan struct{}
	mux      *http.ServeMux
	hear     func(outcome string, n int)
}

var _ http.Handler = (*Handler)(nil)

// NewHandler returns the handler of everything that comes in over HTTP.
func NewHandler(store Store, now func() time.Time, log *slog.Logger) *Handler {
	h := &Handler{
		store: store, now: now, log: log, mux: http.NewServeMux(), hear: func(string, int) {},
		requests: make(chan struct{}, requestsAtOnce),
		writers:  make(chan struct{}, writersAtOnce),
	}
	for path, serve := range map[string]http.HandlerFunc{
		"/ingest/events":       func(w http.ResponseWriter, r *http.Request) { takeBody(h, w, r, eventsOf(r, store)) },
		"/ingest/catalog":      func(w http.ResponseWriter, r *http.Request) { takeBody(h, w, r, recordsInto(store)) },
		"/webhooks/call-ended": h.callEnded,
	} {
		h.mux.HandleFunc("POST "+path, serve)
		h.mux.HandleFunc(path, reply.Only(http.MethodPost))
	}
	h.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		h.fail(w, r, analytics.Errorf(analytics.NotFound, "nothing is taken in at this path"), nil)
	})
	return h
}

// Hear makes f hear what becomes of things that come in: accepted, duplicate,
// echo, rejected, and busy for a request that is told to come again. It must be
// called before the first request.
func (h *Handler) Hear(f func(outcome string, n int)) { h.hear = f }

// tell tells what became of the things in a request.
func (h *Handler) tell(r *Result) {
	if r == nil {
		return
	}
	for outcome, n := range map[string]int{"accepted": r.Accepted, "duplicate": r.Duplicates, "echo": r.Echoes, "rejected": len(r.Rejected)} {
		if n > 0 {
			h.hear(outcome, n)
		}
	}
}

// ServeHTTP answers a request, once it is known who asks.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	principal := auth.From(r.Context())
	switch {
	case principal == nil:
		h.fail(w, r, analytics.Errorf(analytics.Unauthenticated, "a token is needed: Authorization: Bearer TOKEN"), nil)
	case isPage(r) && r.URL.Path == "/ingest/events":
		r.Body = http.MaxBytesReader(w, r.Body, maxPageBody)
		h.admit(w, r)
	case !principal.Has(auth.IngestWrite):
		h.fail(w, r, analytics.Errorf(analytics.Forbidden, "the token lacks the scope %s", auth.IngestWrite), nil)
	default:
		h.admit(w, r)
	}
}

// admit lets a request in, unless too many are being read.
func (h *Handler) admit(w http.ResponseWriter, r *http.Request) {
	select {
	case h.requests <- struct{}{}:
		defer func() { <-h.requests }()
		h.mux.ServeHTTP(w, r)
	default:
		h.fail(w, r, errBusy, &Result{Rejected: []Rejection{}})
	}
}

// failure is the answer where not everything was read; it says what was taken
// until then.
type failure struct {
	reply.Failure
	*Result
}

// takeBody takes in a body of events or of catalog records.
func takeBody[T any](h *Handler, w http.ResponseWriter, r *http.Request, k kind[T]) {
	put := k.put
	k.put = func(ctx context.Context, org string, batch []T) ([]repository.Outcome, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), batchTimeout)
		defer cancel()
		return put(ctx, org, batch)
	}
	things := &intake[T]{kind: k, org: auth.From(r.Context()).Org, now: h.now, turn: h.turn}
	things.taken.Rejected = []Rejection{}
	things.reject = func(rejection Rejection) {
		things.taken.Rejected = append(things.taken.Rejected, rejection)
	}
	next, err := h.documents(r)
	if err == nil {
		err = things.takeAll(r.Context(), next)
	}
	if err == nil && !things.readable && things.refused > 0 {
		err = errNothingRead
	}
	if err != nil {
		h.fail(w, r, err, &things.taken)
		return
	}
	h.tell(&things.taken)
	reply.JSON(w, http.StatusAccepted, things.taken)
}

var (
	errNothingRead = analytics.Errorf(analytics.BadUserInput, "no line is valid JSON")
	errMediaType   = &reply.Error{Status: http.StatusUnsupportedMediaType, Err: analytics.Errorf(analytics.BadUserInput, "send application/json or application/x-ndjson, plain or with Content-Encoding: gzip")}
	errBusy        = analytics.Errorf(analytics.LimitExceeded, "too much comes in at the moment; send what is missing again")
)

// documents returns what reads the documents of a body.
func (h *Handler) documents(r *http.Request) (next func() ([]byte, int, error), err error) {
	body, err := unpacked(r)
	if err != nil {
		return nil, err
	}
	switch kind := mediaType(r); {
	case kind == "application/json", kind == "text/plain" && isPage(r):
		list, err := newList(body)
		if err != nil {
			return nil, err
		}
		return list.next, nil
	case kind == "application/x-ndjson":
		lines := newLines(body)
		if _, err := lines.in.Peek(1); errors.Is(err, io.EOF) {
			return nil, errEmpty
		}
		return lines.next, nil
	default:
		return nil, errMediaType
	}
}

func mediaType(r *http.Request) string {
	t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return ""
	}
	return t
}

// unpacked returns the body, unpacked if it is sent as gzip.
func unpacked(r *http.Request) (io.Reader, error) {
	switch strings.ToLower(r.Header.Get("Content-Encoding")) {
	case "", "identity":
		return r.Body, nil
	case "gzip":
		in, err := gzip.NewReader(r.Body)
		if err != nil {
			return nil, readFailure(err)
		}
		return in, nil
	default:
		return nil, errMediaType
	}
}

// turn waits until a batch may be written. It fails with LimitExceeded where
// that takes too long.
func (h *Handler) turn(ctx context.Context) (done func(), err error) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case h.writers <- struct{}{}:
		return func() { <-h.writers }, nil
	case <-limit.C:
		return nil, errBusy
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// callEnded takes in a call-ended webhook. It answers 200 to repeated deliveries
// too: senders repeat until they see it.
func (h *Handler) callEnded(w http.ResponseWriter, r *http.Request) {
	event, err := h.readWebhook(r)
	if err != nil {
		h.fail(w, r, err, nil)
		return
	}
	done, err := h.turn(r.Context())
	if err != nil {
		h.fail(w, r, err, nil)
		return
	}
	defer done()
	outcomes, err := h.store.Absorb(r.Context(), auth.From(r.Context()).Org, []analytics.Event{event})
	if err == nil {
		err = outcomes[0].Err
	}
	if err != nil {
		h.fail(w, r, err, nil)
		return
	}
	result := Result{Accepted: 1, Rejected: []Rejection{}}
	if outcomes[0].Status == repository.Duplicate {
		result = Result{Duplicates: 1, Rejected: []Rejection{}}
	}
	h.tell(&result)
	reply.JSON(w, http.StatusOK, result)
}

func (h *Handler) readWebhook(r *http.Request) (analytics.Event, error) {
	if mediaType(r) != "application/json" {
		return analytics.Event{}, errMediaType
	}
	body, err := unpacked(r)
	if err != nil {
		return analytics.Event{}, err
	}
	raw, err := io.ReadAll(io.LimitReader(body, maxBody+1))
	switch {
	case err != nil:
		return analytics.Event{}, readFailure(err)
	case len(raw) > maxBody:
		return analytics.Event{}, errBodyTooLarge
	}
	if err := checkSignature(r, raw); err != nil {
		return analytics.Event{}, err
	}
	return analytics.ParseCallEnded(raw, h.now())
}

// fail answers that not everything was read, with what was taken until then.
func (h *Handler) fail(w http.ResponseWriter, r *http.Request, err error, taken *Result) {
	h.tell(taken)
	if errors.Is(err, errBusy) {
		h.hear("busy", 1)
	}
	status, body := reply.Begin(w, r, h.log, err)
	reply.JSON(w, status, failure{body, taken})
}
