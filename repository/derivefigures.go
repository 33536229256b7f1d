package repository

import (
	"context"

	"cartograph/analytics"
)

// deriveFigures derives the figures of calls from their rows and the purchases
// attributed to them. A call without a row has no figures.
func (d *derivation) deriveFigures(ctx context.Context, ids []string) error {
	for len(ids) > 0 {
		before, err := findByID(ctx, d.r, collCallMetrics, d.reach, within(d.reach), ids, func(m *analytics.CallMetrics) string { return m.CallID })
		if err != nil {
			return err
		}
		calls, err := findByID(ctx, d.r, collCalls, d.reach, within(d.reach), ids, func(c *analytics.Call) string { return c.CallID })
		if err != nil {
			return err
		}
		purchases, err := find[analytics.Purchase](ctx, d.r.coll(collPurchases), within(d.reach).in("call", ids).filter(), wholeResult())
		if err != nil {
			return wrap(err, "find purchases of calls")
		}
		byCall := map[string][]*analytics.Purchase{}
		for _, p := range purchases {
			byCall[p.CallID] = append(byCall[p.CallID], p)
		}
		var swaps []swap
		var derived []*analytics.CallMetrics
		var places []analytics.ProductPlace
		for _, id := range ids {
			if calls[id] == nil {
				continue
			}
			figures := analytics.FoldCallMetrics(calls[id], byCall[id])
			if known := before[id]; known != nil {
				figures.Version = known.Version
				figures.ComeFrom(known.At, known.FormerTimes)
			}
			figures.Version++
			places = append(places, analytics.ProductPlacesOfCall(before[id], figures, d.thorough)...)
			swaps = append(swaps, swap{figures.Key, figures.Version - 1, figures})
			derived = append(derived, figures)
		}
		if err := d.coverProducts(ctx, places); err != nil {
			return err
		}
		lost, err := d.r.swapAll(ctx, collCallMetrics, d.reach.Org, swaps)
		if err != nil {
			return wrap(err, "write figures of calls")
		}
		if err := d.r.markHoursOf(ctx, d.reach, derived); err != nil {
			return err
		}
		ids = ids[:0:0]
		for _, i := range lost {
			ids = append(ids, derived[i].CallID)
		}
	}
	return nil
}
