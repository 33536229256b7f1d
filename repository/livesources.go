package repository

import (
	"context"
	"maps"
	"math"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"golang.org/x/sync/errgroup"

	"cartograph/analytics"
)

// manySpans bounds how many spans of a live event are read apart from each other;
// of more, the closest are read with what lies between them.
const manySpans = 4

// uncounted are the types of events that count in no bucket by themselves.
var uncounted = []string{
	string(analytics.SessionStarted), string(analytics.SessionEnded), string(analytics.Heartbeat),
	string(analytics.MessageSent), string(analytics.ViewerIdentified),
}

// sources returns what happened in live events in the given spans of each, and
// more, as the view has it. Visitors without an ordinal are given one if give
// says so.
func (v *liveView) sources(ctx context.Context, together map[analytics.Period][]string, ids []string, give bool) (map[string]*analytics.LiveActivity, error) {
	l := &liveSources{view: v, activities: map[string]*analytics.LiveActivity{}, ordinals: map[string]map[string]uint32{}}
	for _, id := range ids {
		ordinals := map[string]uint32{}
		l.ordinals[id] = ordinals
		l.activities[id] = &analytics.LiveActivity{
			LiveEventID: id, Timeline: v.timelines[id],
			Visitor: func(visitor string) uint32 { return ordinals[visitor] },
		}
	}
	for span, ids := range together {
		if err := l.read(ctx, ids, span); err != nil {
			return nil, err
		}
	}
	if len(together) > 0 {
		l.overlay()
	}
	return l.activities, l.number(ctx, give)
}

// liveSources is what happened in live events, on its way to their folds.
type liveSources struct {
	view       *liveView
	activities map[string]*analytics.LiveActivity
	ordinals   map[string]map[string]uint32 // of visitors, by live event
}

// read reads one span.
func (l *liveSources) read(ctx context.Context, ids []string, p analytics.Period) error {
	v := l.view
	subjects := subjectsOf(ids, analytics.LiveEventSubject)
	var events []*analytics.Event
	var messages []*analytics.ChatMessage
	var sessions []*liveSession
	var purchases []*analytics.Purchase
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		filter := within(v.reach).in("subject", subjects).and("at", during(p)).and("type", bson.D{{Key: "$nin", Value: uncounted}}).filter()
		events, err = find[analytics.Event](ctx, v.r.coll(collEvents), filter, wholeResult().SetProjection(only("id", "type", "at", "client", "subject", "data")))
		return wrap(err, "find events of live events")
	})
	group.Go(func() (err error) {
		filter := within(v.reach).in("subject", subjects).and("at", during(p)).filter()
		messages, err = find[analytics.ChatMessage](ctx, v.r.coll(collMessages), filter, wholeResult().SetProjection(only("id", "subject", "at", "author", "client", "text", "rank")))
		return wrap(err, "find chat of live events")
	})
	group.Go(func() (err error) {
		sessions, err = find[liveSession](ctx, v.r.coll(collLiveSessions), duringSessions(v.reach, ids, p).filter(), wholeResult())
		return wrap(err, "find sessions of live events")
	})
	group.Go(func() (err error) {
		filter := within(v.reach).in("live.liveEvent", ids).and("at", during(p)).filter()
		purchases, err = find[analytics.Purchase](ctx, v.r.coll(collPurchases), filter, wholeResult().SetProjection(only("id", "at", "client", "total", "lines", "live")))
		return wrap(err, "find purchases of live events")
	})
	if err := group.Wait(); err != nil {
		return err
	}
	for _, e := range events {
		if id, ok := analytics.SubjectID("live_event", e.Subject); ok {
			l.activities[id].Events = append(l.activities[id].Events, e)
		}
	}
	for _, m := range messages {
		if id, ok := analytics.SubjectID("live_event", m.Subject); ok {
			l.activities[id].Messages = append(l.activities[id].Messages, m)
		}
	}
	for _, s := range sessions {
		if v.sessions[s.Key] == nil {
			l.addSession(s)
		}
	}
	for _, purchase := range purchases {
		if v.purchases[purchase.TransactionID] == nil {
			a := l.activities[purchase.Live.LiveEventID]
			a.Purchases = append(a.Purchases, purchase)
		}
	}
	return nil
}

func (l *liveSources) addSession(s *liveSession) {
	a := l.activities[s.LiveEventID]
	if a == nil || s.Start == nil {
		return
	}
	a.Sessions = append(a.Sessions, &s.LiveSession)
	if s.Visitor != nil {
		l.ordinals[s.LiveEventID][s.Start.VisitorID] = *s.Visitor
	}
}

// overlay adds what is not stored yet.
func (l *liveSources) overlay() {
	for _, s := range l.view.sessions {
		l.addSession(s)
	}
	for _, p := range l.view.purchases {
		if p.Live != nil && l.activities[p.Live.LiveEventID] != nil {
			a := l.activities[p.Live.LiveEventID]
			a.Purchases = append(a.Purchases, p)
		}
	}
	for _, m := range l.view.messages {
		id, _ := analytics.SubjectID("live_event", m.Subject)
		if a := l.activities[id]; a != nil {
			a.Messages = append(a.Messages, m)
		}
	}
}

// number finds the ordinals of all visitors. Where none are given out, those
// without one get numbers that nothing stored has, good for this view.
func (l *liveSources) number(ctx context.Context, give bool) error {
	unknown := map[string]map[string]string{} // visitors by key, by live event
	keys := map[string]bool{}
	for id, a := range l.activities {
		unknown[id] = map[string]string{}
		ask := func(visitor string) {
			if _, known := l.ordinals[id][visitor]; known {
				return
			}
			key := partKey(l.view.reach, id, visitor)
			unknown[id][key] = visitor
			keys[key] = true
		}
		for _, e := range a.Events {
			ask(e.VisitorID)
		}
		for _, m := range a.Messages {
			ask(m.VisitorID)
		}
		for _, s := range a.Sessions {
			ask(s.Start.VisitorID)
		}
		for _, p := range a.Purchases {
			ask(p.VisitorID)
		}
	}
	r, reach := l.view.r, l.view.reach
	known, err := r.visitorOrdinals(ctx, reach, keys)
	if err != nil {
		return err
	}
	if give && len(known) < len(keys) {
		for id, visitors := range unknown {
			maps.DeleteFunc(visitors, func(key, visitor string) bool {
				ordinal, given := known[key]
				l.ordinals[id][visitor] = ordinal
				return given
			})
			if err := r.giveOrdinals(ctx, reach, id, slices.Sorted(maps.Keys(visitors))); err != nil {
				return err
			}
		}
		if known, err = r.visitorOrdinals(ctx, reach, keys); err != nil {
			return err
		}
	}
	temporary := uint32(math.MaxUint32)
	for id, visitors := range unknown {
		for key, visitor := range visitors {
			ordinal, given := known[key]
			if !given {
				ordinal = temporary
				temporary--
			}
			l.ordinals[id][visitor] = ordinal
		}
	}
	return nil
}
