package repository

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// foldPurchases folds transactions from their events. They are written before
// they are attributed: a call that comes in meanwhile either is seen by the
// attribution that follows, or finds them by their visitor.
func (d *derivation) foldPurchases(ctx context.Context, ids []string) error {
	for len(ids) > 0 {
		before, err := findByID(ctx, d.r, collPurchases, d.reach, within(d.reach), ids, func(p *analytics.Purchase) string { return p.TransactionID })
		if err != nil {
			return err
		}
		events, err := d.eventsBySubject(ctx, subjectsOf(ids, analytics.PurchaseSubject))
		if err != nil {
			return err
		}
		var swaps []swap
		var folded []string
		var spans []analytics.WorkflowSpan
		var places []analytics.ProductPlace
		for _, id := range ids {
			p := analytics.FoldPurchase(d.reach.Org, events[analytics.PurchaseSubject(id)])
			if p == nil {
				continue
			}
			if known := before[id]; known != nil {
				p.Version, p.CallID, p.FormerCalls = known.Version, known.CallID, known.FormerCalls
				p.Live, p.FormerLiveEvents, p.FormerTimes = known.Live, known.FormerLiveEvents, known.FormerTimes
				if !p.At.Equal(known.At) {
					p.FormerTimes = append(p.FormerTimes, known.At)
				}
			}
			spans = append(spans, analytics.TouchedByPurchase(before[id], p)...)
			places = append(places, analytics.ProductPlacesOfPurchase(before[id], p, d.thorough)...)
			p.Version++
			swaps = append(swaps, swap{p.Key, p.Version - 1, p})
			folded = append(folded, id)
		}
		if err := d.coverWorkflows(ctx, analytics.JoinWorkflowSpans(spans)); err != nil {
			return err
		}
		if err := d.coverProducts(ctx, places); err != nil {
			return err
		}
		lost, err := d.r.swapAll(ctx, collPurchases, d.reach.Org, swaps)
		if err != nil {
			return wrap(err, "write purchases")
		}
		for i, id := range folded {
			d.foldedAt[id] = swaps[i].version + 1
		}
		ids = ids[:0:0]
		for _, i := range lost {
			ids = append(ids, folded[i])
		}
	}
	return nil
}

// attribute decides for every purchase that may be affected which call it
// belongs to: those folded, those of visitors whose calls changed, and those that
// belonged to calls that changed. Each is written with a new version even if
// nothing changed, so that nobody who saw less can write after it. Only one that
// was just folded and that no changed call touches can stay: whoever reads it at
// that version sees the same calls, and whoever brings more writes it.
func (d *derivation) attribute(ctx context.Context) error {
	affected := map[string]bool{}
	during := bson.D{{Key: "$gte", Value: d.touched.span.Start}, {Key: "$lte", Value: d.touched.span.End}}
	for _, look := range []struct {
		field  string
		values []string
		among  conditions
	}{
		{"client", sortedKeys(d.touched.visitors), within(d.reach).and("at", during)},
		{"call", sortedKeys(d.moved), within(d.reach)},
	} {
		for values := range slices.Chunk(look.values, deriveAtOnce) {
			found, err := find[analytics.Purchase](ctx, d.r.coll(collPurchases), look.among.in(look.field, values).filter(),
				wholeResult().SetProjection(bson.D{{Key: "id", Value: 1}}))
			if err != nil {
				return wrap(err, "find purchases by %s", look.field)
			}
			for _, p := range found {
				affected[p.TransactionID] = true
			}
		}
	}
	for id := range d.purchases {
		if affected[id] {
			delete(d.foldedAt, id)
		}
		affected[id] = true
	}
	for ids := range slices.Chunk(sortedKeys(affected), deriveAtOnce) {
		if err := d.attributeSome(ctx, ids); err != nil {
			return err
		}
	}
	return nil
}

func (d *derivation) attributeSome(ctx context.Context, ids []string) error {
	for len(ids) > 0 {
		found, err := findByID(ctx, d.r, collPurchases, d.reach, within(d.reach), ids, func(p *analytics.Purchase) string { return p.TransactionID })
		if err != nil {
			return err
		}
		touches, err := d.touches(ctx, found)
		if err != nil {
			return err
		}
		var swaps []swap
		var attributed []*analytics.Purchase
		for _, id := range ids {
			p := found[id]
			if p == nil {
				continue
			}
			callID := analytics.AttributePurchase(p, touches[p.VisitorID])
			settled := callID == p.CallID && d.foldedAt[id] == p.Version
			d.move(p, callID)
			if settled {
				continue
			}
			p.Version++
			swaps = append(swaps, swap{p.Key, p.Version - 1, p})
			attributed = append(attributed, p)
		}
		lost, err := d.r.swapAll(ctx, collPurchases, d.reach.Org, swaps)
		if err != nil {
			return wrap(err, "attribute purchases")
		}
		ids = ids[:0:0]
		for _, i := range lost {
			ids = append(ids, attributed[i].TransactionID)
		}
	}
	return nil
}

// maxFormerCalls bounds the calls that a purchase remembers, the latest ones. Only
// calls that come in one by one, each closer to it, move it that often.
const maxFormerCalls = 1000

// move attributes a purchase to a call ("" for none) and notes whose figures
// change with it. Those of calls it belonged to before are derived again too:
// whoever moved it away may not have come to it.
func (d *derivation) move(p *analytics.Purchase, callID string) {
	if p.CallID == callID && !d.purchases[p.TransactionID] && !d.thorough {
		return
	}
	if p.CallID != callID && p.CallID != "" && !slices.Contains(p.FormerCalls, p.CallID) {
		p.FormerCalls = append(p.FormerCalls, p.CallID)
		p.FormerCalls = p.FormerCalls[max(len(p.FormerCalls)-maxFormerCalls, 0):]
	}
	p.CallID = callID
	for _, id := range append([]string{callID}, p.FormerCalls...) {
		if id != "" {
			d.figures[id] = true
		}
	}
}

// touches returns the accepted calls that purchases may belong to, by visitor.
func (d *derivation) touches(ctx context.Context, purchases map[string]*analytics.Purchase) (map[string][]*analytics.Touch, error) {
	visitors := map[string]bool{}
	var first, last time.Time
	for _, p := range purchases {
		if p.VisitorID == "" {
			continue
		}
		visitors[p.VisitorID] = true
		if first.IsZero() || p.At.Before(first) {
			first = p.At
		}
		if p.At.After(last) {
			last = p.At
		}
	}
	if len(visitors) == 0 {
		return nil, nil
	}
	filter := within(d.reach).in("client", sortedKeys(visitors)).
		and("status", string(analytics.Accepted)).
		and("at", bson.D{{Key: "$gte", Value: first.Add(-analytics.AttributionWindow)}, {Key: "$lte", Value: last}}).
		filter()
	found, err := find[analytics.Touch](ctx, d.r.coll(collCalls), filter,
		wholeResult().SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "id", Value: 1}, {Key: "client", Value: 1}, {Key: "startedAt", Value: 1}}))
	if err != nil {
		return nil, wrap(err, "find calls of visitors")
	}
	byVisitor := map[string][]*analytics.Touch{}
	for _, t := range found {
		byVisitor[t.VisitorID] = append(byVisitor[t.VisitorID], t)
	}
	return byVisitor, nil
}
