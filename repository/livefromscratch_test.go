package repository_test

import (
	"maps"
	"slices"

	"cartograph/analytics"
	"cartograph/repository"
)

// liveFromScratch is everything that came in about the live events of an
// organization, folded all at once from its events.
type liveFromScratch struct {
	org        string
	events     []*analytics.Event
	liveEvents map[string]*analytics.LiveEvent
	sessions   []*analytics.LiveSession
	purchases  map[string]*analytics.Purchase
	visitors   map[string]uint32
	products   map[string]*analytics.Product
}

type sessionOf struct{ liveEventID, sessionID string }

func foldLiveFromScratch(t tester, repo *repository.Repository, org string) *liveFromScratch {
	t.Helper()
	events, err := repository.All[analytics.Event](t.Context(), repo, "events", org)
	if err != nil {
		t.Fatal(err)
	}
	s := &liveFromScratch{
		org: org, events: events, visitors: map[string]uint32{}, purchases: map[string]*analytics.Purchase{},
		liveEvents: all(t, repo, "live_events", org, func(e *analytics.LiveEvent) string { return e.LiveEventID }),
	}
	wiped := map[string][]analytics.Period{}
	for id, e := range s.liveEvents {
		wiped[id] = e.Wiped
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
	for id, transaction := range transactions {
		p := analytics.FoldPurchase(org, transaction)
		p.Live = analytics.AttributeToLiveEvent(p, s.sessions, wiped)
		s.purchases[id] = p
	}
	if s.products, err = repo.ProductsBySKU(t.Context(), analytics.Reach{Org: org}, slices.Sorted(maps.Keys(skus))); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *liveFromScratch) activityOf(id string) *analytics.LiveActivity {
	a := &analytics.LiveActivity{
		LiveEventID: id, Timeline: s.liveEvents[id].Timeline(), Events: s.events, Purchases: slices.Collect(maps.Values(s.purchases)),
		Visitor: func(visitor string) uint32 { return s.visitors[visitor] },
	}
	for _, session := range s.sessions {
		if session.LiveEventID == id {
			a.Sessions = append(a.Sessions, session)
		}
	}
	for _, e := range s.events {
		_, wiped := s.liveEvents[id].WipedSpan(e.At)
		if e.Type == analytics.MessageSent && e.Subject == analytics.LiveEventSubject(id) && !wiped {
			a.Messages = append(a.Messages, analytics.NewChatMessage(s.org, e))
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

// read returns what reading a phase has to return. The whole of what is asked is
// one bucket, folded without any edges inside.
func (s *liveFromScratch) read(id string, phase analytics.LivePhase, period *analytics.Period) *analytics.LiveReading {
	a := s.activityOf(id)
	span := analytics.EverAfter(analytics.Period{}.Start)
	if period != nil && phase != analytics.Live {
		span = *period
	}
	return &analytics.LiveReading{
		Figures: analytics.FoldLiveBucket(a, phase, span).Figures(phase, s.productOf),
		Scope: analytics.LiveScope{
			Timeline: a.Timeline, Period: period, ProductOf: s.productOf,
			Displays: analytics.FoldLiveDisplays(id, a.Timeline.Wiped, s.events),
		},
	}
}

// interactions returns what reading the interactions has to return.
func (s *liveFromScratch) interactions(id string) analytics.InteractionFigures {
	a := s.activityOf(id)
	var buckets []*analytics.LiveBucket
	for _, phase := range []analytics.LivePhase{analytics.Prelive, analytics.Live, analytics.Replay} {
		buckets = append(buckets, analytics.FoldLiveBucket(a, phase, analytics.EverAfter(analytics.Period{}.Start)))
	}
	return analytics.MergeLiveBuckets(buckets...).InteractionFigures()
}
