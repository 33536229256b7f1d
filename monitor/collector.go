package monitor

import (
	"context"
	"log/slog"

	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// collector hands spans to a collector. It says once that the collector takes
// none, and once that it does again; what it does not take is dropped.
type collector struct {
	sdk.SpanExporter
	log  *slog.Logger
	away bool
}

// ExportSpans hands over spans. It never fails: who calls it could only log it
// once more. It is not called twice at the same time.
func (c *collector) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	err := c.SpanExporter.ExportSpans(ctx, spans)
	switch {
	case err != nil && !c.away:
		c.log.Warn("the collector takes no traces: they are dropped until it does", "error", err)
	case err == nil && c.away:
		c.log.Info("the collector takes traces again")
	}
	c.away = err != nil
	return nil
}
