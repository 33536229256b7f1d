package repository

import (
	"context"
	"slices"

	"cartograph/analytics"
)

// ReadLive returns what one phase of live events comes to, by the live event's
// native id; a live event that is not known has no entry. A period restricts
// prelive and replay; the live phase is always whole. It fails with BadUserInput
// for a period that is not valid.
func (r *Repository) ReadLive(ctx context.Context, reach analytics.Reach, phase analytics.LivePhase, period *analytics.Period, liveEventIDs []string) (map[string]*analytics.LiveReading, error) {
	if period != nil {
		if err := period.Validate(); err != nil {
			return nil, err
		}
	}
	liveEvents, err := r.LiveEventsByID(ctx, reach, liveEventIDs)
	if err != nil {
		return nil, err
	}
	s, err := r.foldAllLive(ctx, reach)
	if err != nil {
		return nil, wrap(err, "read live events")
	}
	readings := make(map[string]*analytics.LiveReading, len(liveEvents))
	for id, e := range liveEvents {
		a := s.activityOf(e)
		scope := analytics.LiveScope{
			Timeline: a.Timeline, Period: period, ProductOf: s.productOf,
			Displays: analytics.FoldLiveDisplays(id, e.Wiped, s.events),
		}
		reading := a.Timeline.Read(phase, period)
		var buckets []*analytics.LiveBucket
		for _, span := range append(reading.Cut, reading.Whole) {
			for _, b := range analytics.FoldLiveBuckets(a, phase, span) {
				buckets = append(buckets, b.Bucket)
			}
		}
		figures := analytics.MergeLiveBuckets(buckets...).Figures(phase, s.productOf)
		readings[id] = &analytics.LiveReading{Figures: figures, Scope: scope}
	}
	return readings, nil
}

// ReadInteractions returns what the interactions of live events come to over all
// phases, by the live event's native id; a live event that is not known has no
// entry.
func (r *Repository) ReadInteractions(ctx context.Context, reach analytics.Reach, liveEventIDs []string) (map[string]analytics.InteractionFigures, error) {
	liveEvents, err := r.LiveEventsByID(ctx, reach, liveEventIDs)
	if err != nil {
		return nil, err
	}
	s, err := r.foldAllLive(ctx, reach)
	if err != nil {
		return nil, wrap(err, "read interactions")
	}
	figures := make(map[string]analytics.InteractionFigures, len(liveEvents))
	for id, e := range liveEvents {
		a := s.activityOf(e)
		var buckets []*analytics.LiveBucket
		for _, phase := range []analytics.LivePhase{analytics.Prelive, analytics.Live, analytics.Replay} {
			for _, b := range analytics.FoldLiveBuckets(a, phase, a.Timeline.Read(phase, nil).Whole) {
				buckets = append(buckets, b.Bucket)
			}
		}
		figures[id] = analytics.MergeLiveBuckets(buckets...).InteractionFigures()
	}
	return figures, nil
}

// LivePurchases returns the purchases that belong to a live event, in no order.
// It folds all events, as ReadLive does.
func (r *Repository) LivePurchases(ctx context.Context, reach analytics.Reach, liveEventID string) ([]*analytics.Purchase, error) {
	s, err := r.foldAllLive(ctx, reach)
	if err != nil {
		return nil, wrap(err, "read purchases of a live event")
	}
	return slices.DeleteFunc(s.purchases, func(p *analytics.Purchase) bool { return p.Live == nil || p.Live.LiveEventID != liveEventID }), nil
}

// liveFromScratch is everything that came in about live events.
type liveFromScratch struct {
	org       string
	events    []*analytics.Event
	sessions  []*analytics.LiveSession
	purchases []*analytics.Purchase
	visitors  map[string]uint32
	products  map[string]*analytics.Product
}

type sessionOf struct{ liveEventID, sessionID string }

// foldAllLive folds all events of an organization that have to do with live
// events.
func (r *Repository) foldAllLive(ctx context.Context, reach analytics.Reach) (*liveFromScratch, error) {
	events, err := find[analytics.Event](ctx, r.coll(collEvents), within(reach).filter(), wholeResult())
	if err != nil {
		return nil, err
	}
	known, err := find[analytics.LiveEvent](ctx, r.coll(collLiveEvents), within(reach).filter(), wholeResult())
	if err != nil {
		return nil, err
	}
	s := &liveFromScratch{org: reach.Org, events: events, visitors: map[string]uint32{}}
	wiped := map[string][]analytics.Period{}
	for _, e := range known {
		wiped[e.LiveEventID] = e.Wiped
	}
	signs := map[sessionOf][]*analytics.Event{}
	transactions := map[string][]*analytics.Event{}
	skus := map[string]bool{}
	for _, e := range events {
		if _, ok := s.visitors[e.VisitorID]; !ok {
			s.visitors[e.VisitorID] = uint32(len(s.visitors))
		}
		for _, subject := range []string{e.Subject, e.About} {
			if id, ok := analytics.SubjectID("live_event", subject); ok && e.SessionID != "" {
				key := sessionOf{id, e.SessionID}
				signs[key] = append(signs[key], e)
			}
		}
		if e.Type == analytics.Purchased {
			transactions[e.Data.TransactionID] = append(transactions[e.Data.TransactionID], e)
		}
		skus[e.Data.SKU] = true
		for _, line := range e.Data.Products {
			skus[line.SKU] = true
		}
	}
	for key, signs := range signs {
		if session := analytics.FoldLiveSession(key.liveEventID, key.sessionID, wiped[key.liveEventID], signs); session != nil {
			session.Ordinal = uint32(len(s.sessions))
			s.sessions = append(s.sessions, session)
		}
	}
	for _, transaction := range transactions {
		p := analytics.FoldPurchase(reach.Org, transaction)
		p.Live = analytics.AttributeToLiveEvent(p, s.sessions, wiped)
		s.purchases = append(s.purchases, p)
	}
	s.products, err = r.ProductsBySKU(ctx, reach, sortedKeys(skus))
	return s, err
}

func (s *liveFromScratch) activityOf(e *analytics.LiveEvent) *analytics.LiveActivity {
	a := &analytics.LiveActivity{
		LiveEventID: e.LiveEventID, Timeline: e.Timeline(), Events: s.events, Purchases: s.purchases,
		Visitor: func(id string) uint32 { return s.visitors[id] },
	}
	for _, session := range s.sessions {
		if session.LiveEventID == e.LiveEventID {
			a.Sessions = append(a.Sessions, session)
		}
	}
	for _, event := range s.events {
		if event.Type == analytics.MessageSent && event.Subject == analytics.LiveEventSubject(e.LiveEventID) {
			a.Messages = append(a.Messages, analytics.NewChatMessage(s.org, event))
		}
	}
	return a
}

func (s *liveFromScratch) productOf(sku string) string {
	if product := s.products[sku]; product != nil {
		return product.SKU
	}
	return sku
}
