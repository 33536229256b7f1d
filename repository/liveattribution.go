package repository

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// attribute decides for every purchase that may be affected which live event its
// visitor last watched before it: for those that came in, and those of visitors
// who watched otherwise than before.
func (v *liveView) attribute(ctx context.Context, visits map[string][]liveVisit) error {
	pending := map[string]bool{}
	for _, mark := range v.marks {
		for _, id := range mark.Transactions {
			pending[id] = true
		}
	}
	if err := v.findPurchases(ctx, pending, visits); err != nil || len(v.purchases) == 0 {
		return err
	}
	sessions, err := v.sessionsOfBuyers(ctx)
	if err != nil {
		return err
	}
	named := map[string]bool{}
	for _, ofVisitor := range sessions {
		for _, s := range ofVisitor {
			named[s.LiveEventID] = true
		}
	}
	for _, p := range v.purchases {
		for _, id := range p.LiveEventIDs() {
			named[id] = true
		}
	}
	if err := v.learn(ctx, named); err != nil {
		return err
	}
	wiped := make(map[string][]analytics.Period, len(v.timelines))
	for id, timeline := range v.timelines {
		wiped[id] = timeline.Wiped
	}
	for id, p := range v.purchases {
		was := p.Live
		p.TouchedBy(analytics.AttributeToLiveEvent(p, sessions[p.VisitorID], wiped))
		v.attributed[id] = !sameTouch(was, p.Live)
		// Whom it belongs to is written before the buckets, so it is no sign that
		// they are: all that it may ever have been counted in is touched.
		for _, liveEventID := range p.LiveEventIDs() {
			if v.touched[liveEventID] == nil {
				continue
			}
			for _, at := range append([]time.Time{p.At}, p.FormerTimes...) {
				v.touched[liveEventID].purchase(at)
			}
		}
	}
	return nil
}

func sameTouch(a, b *analytics.LiveTouch) bool {
	return a == nil && b == nil || a != nil && b != nil && a.LiveEventID == b.LiveEventID && a.WatchedAt.Equal(b.WatchedAt)
}

// findPurchases reads the pending transactions, and what visitors bought after
// they watched otherwise than before.
func (v *liveView) findPurchases(ctx context.Context, pending map[string]bool, visits map[string][]liveVisit) error {
	if len(pending) > 0 {
		found, err := findByID(ctx, v.r, collPurchases, v.reach, within(v.reach), sortedKeys(pending), func(p *analytics.Purchase) string { return p.TransactionID })
		if err != nil {
			return err
		}
		for id, p := range found {
			v.purchases[id] = p
		}
	}
	if len(visits) == 0 {
		return nil
	}
	var first, last time.Time
	visitors := make(map[string]bool, len(visits))
	for visitor, ofVisitor := range visits {
		visitors[visitor] = true
		for _, visit := range ofVisitor {
			if first.IsZero() || visit.first.Before(first) {
				first = visit.first
			}
			if end := visit.last.Add(analytics.AttributionWindow); end.After(last) {
				last = end
			}
		}
	}
	during := bson.D{{Key: "$gte", Value: first}, {Key: "$lte", Value: last}}
	found, err := find[analytics.Purchase](ctx, v.r.coll(collPurchases), within(v.reach).in("client", sortedKeys(visitors)).and("at", during).filter(), wholeResult())
	if err != nil {
		return wrap(err, "find purchases of visitors")
	}
	for _, p := range found {
		for _, visit := range visits[p.VisitorID] {
			if !p.At.Before(visit.first) && !p.At.After(visit.last.Add(analytics.AttributionWindow)) {
				v.purchases[p.TransactionID] = p
			}
		}
	}
	return nil
}

// sessionsOfBuyers returns the sessions of those who made the purchases, by
// visitor.
func (v *liveView) sessionsOfBuyers(ctx context.Context) (map[string][]*analytics.LiveSession, error) {
	buyers := map[string]bool{}
	for _, p := range v.purchases {
		buyers[p.VisitorID] = true
	}
	stored, err := find[liveSession](ctx, v.r.coll(collLiveSessions), within(v.reach).in("start.client", sortedKeys(buyers)).filter(), wholeResult())
	if err != nil {
		return nil, wrap(err, "find sessions of visitors")
	}
	byVisitor := map[string][]*analytics.LiveSession{}
	for _, s := range stored {
		if v.sessions[s.Key] == nil {
			byVisitor[s.Start.VisitorID] = append(byVisitor[s.Start.VisitorID], &s.LiveSession)
		}
	}
	for _, s := range v.sessions {
		if s.Start != nil {
			byVisitor[s.Start.VisitorID] = append(byVisitor[s.Start.VisitorID], &s.LiveSession)
		}
	}
	return byVisitor, nil
}
