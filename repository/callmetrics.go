package repository

import (
	"context"

	"cartograph/analytics"
)

// CallMetricsByID returns the figures of the calls with the given native ids, by
// native id; a call that is not in reach has no entry.
func (r *Repository) CallMetricsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.CallMetrics, error) {
	return findByID(ctx, r, collCallMetrics, reach, withinCalls(reach), ids, func(m *analytics.CallMetrics) string { return m.CallID })
}
