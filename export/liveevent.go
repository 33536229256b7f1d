package export

import (
	"context"

	"cartograph/analytics"
)

// liveEventTables returns the sheets of the export of a live event.
func (h *Handler) liveEventTables(ctx context.Context, e *analytics.Export) ([]Table, error) {
	return nil, analytics.Errorf(analytics.NotFound, "no such live event")
}
