package repository

import (
	"context"
	"maps"
	"math"
	"slices"
	"time"

	"cartograph/analytics"
)

// liveView is what live events come to at one moment: what is stored of them,
// and what came in that is not folded yet.
//
// It is read without a lock, so what it reads has to be read in this order: the
// fence, the marks, then sessions and purchases, then buckets. A fold writes the
// fence, purchases, buckets, then sessions, and at last it takes the marks away. So
// as long as the fence stays where it was, either a mark is seen, and what it
// names is folded here, or everything that follows from it is stored.
type liveView struct {
	r     *Repository
	reach analytics.Reach

	requested  []string // live events
	fence      int64
	marks      []*liveMark
	pending    []*analytics.Event // that the marks name, as far as they are stored
	liveEvents map[string]*analytics.LiveEvent
	timelines  map[string]analytics.LiveTimeline
	heads      map[string]*liveHead
	// asked are the live events that were known of from the beginning: all that
	// moved in them is touched.
	asked map[string]bool

	// before are the stored sessions that the pending events belong to, sessions
	// what they come to, without those that stay as they are; by key.
	before, sessions map[string]*liveSession
	// messages are those with the ids of pending ones, pending and stored.
	messages []*analytics.ChatMessage
	// purchases are those of which the live event may have changed, with the one
	// that they belong to now; attributed are the ids of those where it did.
	purchases  map[string]*analytics.Purchase
	attributed map[string]bool
	touched    map[string]*liveTouched // by live event
}

// viewLive returns the view of some live events and of all that something came in
// about.
func (r *Repository) viewLive(ctx context.Context, reach analytics.Reach, ids []string, chosen func([]*liveMark) []*liveMark) (*liveView, error) {
	v := &liveView{
		r: r, reach: reach, requested: ids,
		liveEvents: map[string]*analytics.LiveEvent{}, timelines: map[string]analytics.LiveTimeline{}, heads: map[string]*liveHead{},
		before: map[string]*liveSession{}, sessions: map[string]*liveSession{},
		purchases: map[string]*analytics.Purchase{}, attributed: map[string]bool{}, touched: map[string]*liveTouched{},
	}
	var err error
	if v.fence, err = r.liveFence(ctx, reach); err != nil {
		return nil, err
	}
	if v.marks, err = r.liveMarksOf(ctx, reach); err != nil {
		return nil, err
	}
	v.marks = chosen(v.marks)
	if err := v.findPending(ctx, ids); err != nil {
		return nil, err
	}
	wiped, err := v.newlyWiped(ctx)
	if err != nil {
		return nil, err
	}
	visits, err := v.advance(ctx, wiped)
	if err != nil {
		return nil, err
	}
	if err := v.attribute(ctx, visits); err != nil {
		return nil, err
	}
	if err := v.touchMoved(ctx); err != nil {
		return nil, err
	}
	return v, v.touchPending(ctx)
}

// findPending reads what the marks name.
func (v *liveView) findPending(ctx context.Context, ids []string) error {
	keys, liveEvents := map[string]bool{}, map[string]bool{}
	for _, mark := range v.marks {
		for _, key := range mark.Events {
			keys[key] = true
		}
		for _, id := range mark.LiveEvents {
			liveEvents[id] = true
		}
	}
	for _, id := range ids {
		liveEvents[id] = true
	}
	if len(keys) > 0 {
		var err error
		if v.pending, err = find[analytics.Event](ctx, v.r.coll(collEvents), within(v.reach).in("_id", sortedKeys(keys)).filter(), wholeResult()); err != nil {
			return wrap(err, "find pending events")
		}
	}
	for _, e := range v.pending {
		for _, id := range e.LiveEventIDs() {
			liveEvents[id] = true
		}
	}
	v.asked = liveEvents
	return v.learn(ctx, liveEvents)
}

// learn reads live events that are not known yet.
func (v *liveView) learn(ctx context.Context, ids map[string]bool) error {
	var unknown []string
	for _, id := range sortedKeys(ids) {
		if v.liveEvents[id] == nil {
			unknown = append(unknown, id)
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	found, err := v.r.LiveEventsByID(ctx, v.reach, unknown)
	if err != nil {
		return err
	}
	heads, err := v.r.liveHeads(ctx, v.reach, unknown)
	if err != nil {
		return err
	}
	maps.Copy(v.heads, heads)
	for id, e := range found {
		v.liveEvents[id], v.timelines[id] = e, e.Timeline()
		v.touched[id] = newLiveTouched(e.Timeline())
	}
	return nil
}

// newlyWiped returns the keys of sessions that are stored with signs of life in
// spans that were wiped since, and maybe of others in these spans.
func (v *liveView) newlyWiped(ctx context.Context) (map[string]bool, error) {
	wiped := map[string][]analytics.Period{}
	for id, head := range v.heads {
		timeline := v.timelines[id]
		for i := range head.Timelines {
			wiped[id] = append(wiped[id], timeline.WipedSince(&head.Timelines[i])...)
		}
	}
	keys := map[string]bool{}
	for span, ids := range readTogether(wiped) {
		found, err := find[liveSession](ctx, v.r.coll(collLiveSessions), duringSessions(v.reach, ids, span).filter(), wholeResult().SetProjection(only("_id")))
		if err != nil {
			return nil, wrap(err, "find wiped sessions")
		}
		for _, s := range found {
			keys[s.Key] = true
		}
	}
	return keys, nil
}

// duringSessions returns the conditions for sessions with presence, or a sign of
// life, in a period.
func duringSessions(reach analytics.Reach, liveEventIDs []string, p analytics.Period) conditions {
	start, end := nextMilli(p.Start), nextMilli(p.End)
	return within(reach).in("liveEvent", liveEventIDs).and("last", span{from: &start}).and("first", span{below: &end})
}

// liveVisit is the time in which a visitor may have watched otherwise than
// before.
type liveVisit struct{ first, last time.Time }

// advance takes the pending signs of life into the sessions, derives those that
// were wiped, and returns who may have watched otherwise than before.
func (v *liveView) advance(ctx context.Context, wiped map[string]bool) (map[string][]liveVisit, error) {
	signs := map[string][]*analytics.Event{}
	fresh := map[string]*liveSession{}
	for _, e := range v.pending {
		for _, id := range e.LiveEventIDs() {
			if e.SessionID == "" || v.liveEvents[id] == nil {
				continue
			}
			key := partKey(v.reach, id, e.SessionID)
			signs[key] = append(signs[key], e)
			fresh[key] = &liveSession{Key: key, Org: v.reach.Org, LiveSession: analytics.LiveSession{LiveEventID: id, SessionID: e.SessionID}}
		}
	}
	all := maps.Clone(wiped)
	for key := range signs {
		all[key] = true
	}
	if len(all) == 0 {
		return nil, nil
	}
	stored, err := find[liveSession](ctx, v.r.coll(collLiveSessions), within(v.reach).in("_id", sortedKeys(all)).filter(), wholeResult())
	if err != nil {
		return nil, wrap(err, "find sessions")
	}
	for _, s := range stored {
		v.before[s.Key] = s
	}
	now := map[string]*liveSession{}
	var again []*liveSession
	temporary := uint32(math.MaxUint32)
	for _, key := range sortedKeys(all) {
		before := v.before[key]
		if before == nil {
			if fresh[key] == nil {
				continue
			}
			before = fresh[key]
			before.Ordinal = temporary // until one is given out; nothing stored has it
			temporary--
		}
		s := *before
		s.LiveSession = *before.Clone()
		now[key] = &s
		spans := v.timelines[s.LiveEventID].Wiped
		slices.SortFunc(signs[key], func(a, b *analytics.Event) int { return a.At.Compare(b.At) })
		if !s.extend(signs[key], spans) {
			again = append(again, &s)
		}
	}
	if err := v.foldAgain(ctx, again); err != nil {
		return nil, err
	}
	visits := map[string][]liveVisit{}
	for key, s := range now {
		before := v.before[key]
		if before == nil {
			before = &liveSession{}
		}
		s.settle(len(v.timelines[s.LiveEventID].Wiped))
		if v.before[key] != nil && s.Same(&before.LiveSession) && s.Wipes == before.Wipes {
			continue
		}
		v.sessions[key] = s
		first, last, changed := s.ChangedSince(&before.LiveSession)
		if !changed {
			continue
		}
		v.touched[s.LiveEventID].activity(first, last)
		for _, start := range []*analytics.SessionStart{before.Start, s.Start} {
			if start != nil && start.VisitorID != "" {
				visits[start.VisitorID] = append(visits[start.VisitorID], liveVisit{first, last})
			}
		}
	}
	return visits, nil
}

// extend takes in signs of life. It reports false where only all of them tell
// what the session comes to.
func (s *liveSession) extend(signs []*analytics.Event, wiped []analytics.Period) bool {
	for _, span := range wiped[min(s.Wipes, len(wiped)):] {
		if s.Touches(span) {
			return false
		}
	}
	for _, e := range signs {
		if !s.Extend(e, wiped) {
			return false
		}
	}
	return true
}

// foldAgain folds sessions from all their signs of life.
func (v *liveView) foldAgain(ctx context.Context, sessions []*liveSession) error {
	for some := range slices.Chunk(sessions, deriveAtOnce) {
		ids := map[string]bool{}
		for _, s := range some {
			ids[s.SessionID] = true
		}
		events, err := find[analytics.Event](ctx, v.r.coll(collEvents), within(v.reach).in("session", sortedKeys(ids)).filter(), wholeResult())
		if err != nil {
			return wrap(err, "find events of sessions")
		}
		bySession := map[string][]*analytics.Event{}
		for _, e := range events {
			bySession[e.SessionID] = append(bySession[e.SessionID], e)
		}
		for _, s := range some {
			folded := analytics.FoldLiveSession(s.LiveEventID, s.SessionID, v.timelines[s.LiveEventID].Wiped, bySession[s.SessionID])
			if folded == nil {
				folded = &analytics.LiveSession{LiveEventID: s.LiveEventID, SessionID: s.SessionID}
			}
			folded.Ordinal = s.Ordinal
			s.LiveSession = *folded
		}
	}
	return nil
}

// touchPending touches the buckets that pending events count in by themselves.
func (v *liveView) touchPending(ctx context.Context) error {
	messages := map[string]bool{}
	for _, e := range v.pending {
		id, _ := analytics.SubjectID("live_event", e.Subject)
		touched := v.touched[id]
		switch {
		case touched == nil:
		case isWiped(v.liveEvents[id], e): // with the chat of the broadcast that was reset
		case e.Type == analytics.MessageSent:
			// The chat of a batch that is under way may not be written.
			m := analytics.NewChatMessage(v.reach.Org, e)
			messages[m.Key], v.messages = true, append(v.messages, m)
			touched.activity(e.At, e.At)
		case e.CountsAlone():
			touched.activity(e.At, e.At)
		}
	}
	if len(messages) == 0 {
		return nil
	}
	stored, err := find[analytics.ChatMessage](ctx, v.r.coll(collMessages), within(v.reach).in("_id", sortedKeys(messages)).filter(),
		wholeResult().SetProjection(only("id", "subject", "at", "author", "client", "text", "rank", "formerTimes")))
	if err != nil {
		return wrap(err, "find pending messages")
	}
	v.messages = append(v.messages, stored...)
	for _, m := range stored {
		id, _ := analytics.SubjectID("live_event", m.Subject)
		for _, at := range append(m.FormerTimes, m.At) {
			v.touched[id].activity(at, at)
		}
	}
	return nil
}

// touchMoved touches what is wiped, and what lies in another phase, or in other
// buckets, than what is stored.
func (v *liveView) touchMoved(ctx context.Context) error {
	var ids []string
	var hull analytics.Period
	for id, touched := range v.touched {
		if v.heads[id] == nil {
			continue
		}
		touched.follow(v.heads[id].Timelines)
		if touched.isMoved() {
			if ids == nil {
				hull = touched.moved
			}
			ids, hull = append(ids, id), analytics.JoinPeriods([]analytics.Period{hull, touched.moved}, 1)[0]
		}
	}
	if ids == nil {
		return nil
	}
	// What was bought by those who watched then belongs to another phase.
	filter := within(v.reach).in("live.liveEvent", ids).and("live.watchedAt", during(hull)).filter()
	bought, err := find[analytics.Purchase](ctx, v.r.coll(collPurchases), filter, wholeResult().SetProjection(only("at", "live")))
	for _, p := range bought {
		if touched := v.touched[p.Live.LiveEventID]; touched.moved.Contains(p.Live.WatchedAt) {
			touched.purchase(p.At)
		}
	}
	return wrap(err, "find purchases of moved phases")
}

// displays returns when products were displayed in a live event.
func (v *liveView) displays(id string) analytics.LiveDisplays {
	displays := analytics.FoldLiveDisplays(id, nil, v.pending)
	if head := v.heads[id]; head != nil {
		displays = displays.Merge(head.Displays)
	}
	return displays
}

// current reports whether nothing began to write since the view was read.
func (v *liveView) current(ctx context.Context) (bool, error) {
	fence, err := v.r.liveFence(ctx, v.reach)
	return fence == v.fence, err
}
