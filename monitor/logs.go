package monitor

import (
	"context"
	"log/slog"

	"go.opentelemetry.io/otel/trace"
)

// WithTraceIDs returns a handler of logs that adds the id of the trace that a
// line was written in, where there is one.
func WithTraceIDs(next slog.Handler) slog.Handler { return traceIDs{next} }

type traceIDs struct{ slog.Handler }

// Handle writes a line.
func (h traceIDs) Handle(ctx context.Context, line slog.Record) error {
	if id := trace.SpanContextFromContext(ctx).TraceID(); id.IsValid() {
		line.AddAttrs(slog.String("trace", id.String()))
	}
	return h.Handler.Handle(ctx, line)
}

// WithAttrs returns the handler with attributes for every line.
func (h traceIDs) WithAttrs(attributes []slog.Attr) slog.Handler {
	return traceIDs{h.Handler.WithAttrs(attributes)}
}

// WithGroup returns the handler with a group for what follows.
func (h traceIDs) WithGroup(name string) slog.Handler { return traceIDs{h.Handler.WithGroup(name)} }
