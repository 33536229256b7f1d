package monitor

import (
	"context"
	"net/http"
	"time"
)

// Watch is what hears all that a gateway does, for its metrics and for its
// traces; either may be nil.
type Watch struct {
	Metrics *Metrics
	Traces  *Traces
}

// NewWatch returns what hears for metrics and traces; nil where there are neither,
// so that nobody need be told anything.
func NewWatch(m *Metrics, t *Traces) *Watch {
	if m == nil && t == nil {
		return nil
	}
	return &Watch{m, t}
}

// Requests hears of the requests that a mux answers, by the pattern that it found
// for them. Those that stay open for hours are told by staysOpen.
func (w *Watch) Requests(mux http.Handler, staysOpen func(*http.Request) bool) http.Handler {
	if w.Metrics != nil { // next to the mux, which tells its pattern to the request it is given
		mux = w.Metrics.Requests(mux)
	}
	if w.Traces != nil {
		mux = w.Traces.Requests(mux, staysOpen)
	}
	return mux
}

// Operation begins when an operation does; ended says how it ended.
func (w *Watch) Operation(ctx context.Context, name, kind string, trusted bool) (_ context.Context, ended func(code string, cost int)) {
	counted := func(string, int) {}
	if w.Metrics != nil {
		counted = w.Metrics.Operation(name, kind, trusted)
	}
	if w.Traces == nil {
		return ctx, counted
	}
	ctx, followed := w.Traces.Operation(ctx, name, kind)
	return ctx, func(code string, cost int) {
		counted(code, cost)
		followed(code, cost)
	}
}

// Event begins when an event of a subscription is waited for; came says that it
// is there, and ended that it was answered.
func (w *Watch) Event(ctx context.Context, name string) (_ context.Context, came func(), ended func(code string)) {
	if w.Traces == nil {
		return ctx, func() {}, func(string) {}
	}
	return w.Traces.Event(ctx, name)
}

// Failed hears of an error of an answer.
func (w *Watch) Failed(code string) {
	if w.Metrics != nil {
		w.Metrics.Failed(code)
	}
}

// Batch begins when a batch of a loader does; ended says how it ended.
func (w *Watch) Batch(ctx context.Context, kind string, keys int) (_ context.Context, ended func(err error)) {
	counted := nothing
	if w.Metrics != nil {
		counted = w.Metrics.Batch(kind, keys)
	}
	if w.Traces == nil {
		return ctx, counted
	}
	ctx, followed := w.Traces.Batch(ctx, kind, keys)
	return ctx, func(err error) {
		counted(err)
		followed(err)
	}
}

// Command hears of a database command that ended now.
func (w *Watch) Command(ctx context.Context, name, collection string, took time.Duration, failed bool) {
	if w.Metrics != nil {
		w.Metrics.Command(name, collection, took, failed)
	}
	if w.Traces != nil {
		w.Traces.Command(ctx, name, collection, took, failed)
	}
}

// Work begins when something begins that nobody asked for, such as a fold; ended
// says how it ended.
func (w *Watch) Work(ctx context.Context, what string) (_ context.Context, ended func(err error)) {
	if w.Traces == nil {
		return ctx, nothing
	}
	return w.Traces.Work(ctx, what)
}

// Webhook hears how an attempt to deliver ended.
func (w *Watch) Webhook(ctx context.Context, outcome string) {
	if w.Metrics != nil {
		w.Metrics.Webhook(outcome)
	}
	if w.Traces != nil {
		w.Traces.Webhook(ctx, outcome)
	}
}

// Intake hears what became of things that came in.
func (w *Watch) Intake(outcome string, n int) {
	if w.Metrics != nil {
		w.Metrics.Intake(outcome, n)
	}
}

// Export begins when a file begins to be written; ended says how that ended.
func (w *Watch) Export(of, format string) (ended func(outcome string, rows, bytes int64)) {
	if w.Metrics == nil {
		return func(string, int64, int64) {}
	}
	return w.Metrics.Export(of, format)
}

// Blanked hears of documents that old personal data was taken out of.
func (w *Watch) Blanked(collection string, n int) {
	if w.Metrics != nil {
		w.Metrics.Blanked(collection, n)
	}
}

// Recovered hears of what another gateway left half done.
func (w *Watch) Recovered(n int) {
	if w.Metrics != nil {
		w.Metrics.Recovered(n)
	}
}
