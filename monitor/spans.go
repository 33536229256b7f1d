package monitor

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	semconv "go.opentelemetry.io/otel/semconv/v1.43.0"
	"go.opentelemetry.io/otel/trace"

	"cartograph/analytics"
)

// maxSpans bounds the spans below one that stands for a request, an event or a
// piece of work: an export of a million rows reads thousands of batches, and
// nobody reads thousands of spans.
const maxSpans = 500

// Attributes of our own, beside those of the semantic conventions.
const (
	batchKind      = attribute.Key("cartograph.batch.kind")
	batchKeys      = attribute.Key("cartograph.batch.keys")
	costPoints     = attribute.Key("cartograph.operation.cost")
	spansLeftOut   = attribute.Key("cartograph.spans.left_out")
	webhookOutcome = attribute.Key("cartograph.webhook.outcome")
)

// room is for how many spans there is room below another.
type room struct{ taken atomic.Int64 }

type roomKey struct{}

// enter begins what spans are below of. The function it returns ends it.
func (t *Traces) enter(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span, func()) {
	ctx, span := t.tracer.Start(ctx, name, options...)
	if !span.IsRecording() {
		return ctx, span, func() {}
	}
	r := &room{}
	return context.WithValue(ctx, roomKey{}, r), span, func() {
		if over := r.taken.Load() - maxSpans; over > 0 {
			span.SetAttributes(spansLeftOut.Int64(over))
		}
		span.End()
	}
}

// below begins a span below what the context is in, and reports false where that
// is not followed, or has too many already.
func (t *Traces) below(ctx context.Context, name string, options ...trace.SpanStartOption) (context.Context, trace.Span, bool) {
	if !trace.SpanFromContext(ctx).IsRecording() {
		e, _ := ctx.Value(eventKey{}).(*event)
		if e == nil || !e.recording() {
			return ctx, nil, false
		}
		ctx = context.WithValue(trace.ContextWithSpan(ctx, e.span), roomKey{}, e.room)
	}
	if r, ok := ctx.Value(roomKey{}).(*room); ok && r.taken.Add(1) > maxSpans {
		return ctx, nil, false
	}
	ctx, span := t.tracer.Start(ctx, name, options...)
	return ctx, span, true
}

// failed marks a span as failed, by a code where there is one. Only what is a
// fault of ours makes a span an error.
func failed(span trace.Span, code string) {
	if code == "" {
		return
	}
	span.SetAttributes(semconv.ErrorTypeKey.String(code))
	switch analytics.Code(code) {
	case analytics.Internal, analytics.Unavailable, analytics.Timeout:
		span.SetStatus(codes.Error, "")
	}
}

type callerKey struct{}

// Requests follows the requests that a mux answers. A caller's trace goes on with
// it. What stays open, sockets and event streams, is no span itself: each
// operation over it is, and names the caller's trace as a link.
func (t *Traces) Requests(mux http.Handler, staysOpen func(*http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		caller := t.callerOf(r)
		if staysOpen(r) {
			mux.ServeHTTP(w, r.WithContext(context.WithValue(ctx, callerKey{}, caller)))
			return
		}
		ctx, span, end := t.enter(trace.ContextWithRemoteSpanContext(ctx, caller), methodOf(r), trace.WithSpanKind(trace.SpanKindServer))
		r = r.WithContext(ctx)
		if !span.IsRecording() {
			mux.ServeHTTP(w, r)
			return
		}
		seen, whole := &statusWriter{ResponseWriter: w}, false
		defer func() {
			describe(span, r, seen, whole)
			end()
		}()
		mux.ServeHTTP(seen, r)
		whole = true
	})
}

// describe tells of a request once it is answered, or, where that is not whole,
// broken off.
func describe(span trace.Span, r *http.Request, seen *statusWriter, whole bool) {
	method, route := methodOf(r), routeOf(r)
	span.SetName(method + " " + route)
	span.SetAttributes(semconv.HTTPRequestMethodKey.String(method), semconv.HTTPRoute(route))
	if whole && seen.status == 0 {
		seen.status = http.StatusOK // what nobody wrote is an empty answer
	}
	if seen.status != 0 {
		span.SetAttributes(semconv.HTTPResponseStatusCode(seen.status))
	}
	switch {
	case !whole:
		span.SetAttributes(semconv.ErrorTypeKey.String("broken_off"))
		span.SetStatus(codes.Error, "")
	case seen.status >= http.StatusInternalServerError:
		span.SetAttributes(semconv.ErrorTypeKey.String(seen.label()))
		span.SetStatus(codes.Error, "")
	}
}

// callerOf returns the trace that a request belongs to, without what vendors put
// beside it, which may be anything.
func (t *Traces) callerOf(r *http.Request) trace.SpanContext {
	if !t.heedsCallers {
		return trace.SpanContext{}
	}
	ctx := propagator.Extract(context.Background(), propagation.HeaderCarrier(r.Header))
	return trace.SpanContextFromContext(ctx).WithTraceState(trace.TraceState{})
}

// Operation follows an operation; ended says how it ended.
func (t *Traces) Operation(ctx context.Context, name, kind string) (_ context.Context, ended func(code string, cost int)) {
	options := []trace.SpanStartOption{trace.WithSpanKind(trace.SpanKindInternal)}
	if !trace.SpanContextFromContext(ctx).IsValid() { // it came over what stays open
		options[0] = trace.WithSpanKind(trace.SpanKindServer)
		if caller, _ := ctx.Value(callerKey{}).(trace.SpanContext); caller.IsValid() {
			options = append(options, trace.WithLinks(trace.Link{SpanContext: caller}))
		}
	}
	ctx, span, end := t.enter(ctx, kind, options...)
	if !span.IsRecording() {
		return ctx, func(string, int) {}
	}
	span.SetAttributes(semconv.GraphQLOperationTypeKey.String(kind))
	if name != "" {
		span.SetAttributes(semconv.GraphQLOperationName(name))
	}
	return ctx, func(code string, cost int) {
		span.SetAttributes(costPoints.Int(cost))
		failed(span, code)
		end()
	}
}

// event is an event of a subscription, from when it is there.
type event struct {
	traces *Traces
	ctx    context.Context // of the answer
	name   string

	begin sync.Once
	begun atomic.Bool
	span  trace.Span // once begun
	room  *room
	end   func()
}

type eventKey struct{}

func (e *event) came() {
	e.begin.Do(func() {
		options := []trace.SpanStartOption{trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer)}
		if of := trace.SpanContextFromContext(e.ctx); of.IsValid() {
			options = append(options, trace.WithLinks(trace.Link{SpanContext: of}))
		}
		ctx, span, end := e.traces.enter(e.ctx, "subscription event", options...)
		e.span, e.end = span, end
		e.room, _ = ctx.Value(roomKey{}).(*room)
		if span.IsRecording() && e.name != "" {
			span.SetAttributes(semconv.GraphQLOperationName(e.name))
		}
		e.begun.Store(true)
	})
}

func (e *event) recording() bool { return e.begun.Load() && e.span.IsRecording() }

// Event follows an event of a subscription in a trace of its own, which has the
// subscription as a link: a trace must not go on for hours. It begins once came
// is called.
func (t *Traces) Event(ctx context.Context, name string) (_ context.Context, came func(), ended func(code string)) {
	e := &event{traces: t, ctx: ctx, name: name}
	return context.WithValue(ctx, eventKey{}, e), e.came, func(code string) {
		e.came()
		failed(e.span, code)
		e.end()
	}
}

// Batch follows a batch of a loader; ended says how it ended.
func (t *Traces) Batch(ctx context.Context, kind string, keys int) (_ context.Context, ended func(err error)) {
	ctx, span, followed := t.below(ctx, "load")
	if !followed {
		return ctx, nothing
	}
	span.SetName("load " + kind)
	span.SetAttributes(batchKind.String(kind), batchKeys.Int(keys))
	return ctx, func(err error) {
		if err != nil {
			failed(span, string(analytics.CodeOf(err)))
		}
		span.End()
	}
}

func nothing(error) {}

// Command tells of a database command that ended now.
func (t *Traces) Command(ctx context.Context, name, collection string, took time.Duration, fails bool) {
	if !t.follows(ctx) {
		return
	}
	now := time.Now()
	_, span, followed := t.below(ctx, name, trace.WithTimestamp(now.Add(-took)), trace.WithSpanKind(trace.SpanKindClient))
	if !followed {
		return
	}
	span.SetAttributes(semconv.DBSystemNameMongoDB, semconv.DBOperationName(name))
	if collection != "" {
		span.SetName(name + " " + collection)
		span.SetAttributes(semconv.DBCollectionName(collection))
	}
	if fails {
		failed(span, string(analytics.Unavailable))
	}
	span.End(trace.WithTimestamp(now))
}

// follows reports whether what happens in a context is followed.
func (t *Traces) follows(ctx context.Context) bool {
	if trace.SpanFromContext(ctx).IsRecording() {
		return true
	}
	e, _ := ctx.Value(eventKey{}).(*event)
	return e != nil && e.recording()
}

// Work follows what a gateway does by itself, such as a fold.
func (t *Traces) Work(ctx context.Context, what string) (_ context.Context, ended func(err error)) {
	ctx, span, end := t.enter(ctx, what)
	if !span.IsRecording() {
		return ctx, nothing
	}
	return ctx, func(err error) {
		if err != nil {
			failed(span, string(analytics.CodeOf(err)))
		}
		end()
	}
}

// Webhook tells how an attempt to deliver ended, which is the work that the
// context is in.
func (*Traces) Webhook(ctx context.Context, outcome string) {
	trace.SpanFromContext(ctx).SetAttributes(webhookOutcome.String(outcome))
}
