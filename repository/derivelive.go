package repository

import (
	"context"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// liveChanges are what events add to live events and workflows.
type liveChanges struct {
	events []*analytics.Event // that add to a live event
	goals  map[triggeredGoal]bool
	whole  map[string]bool // subjects to derive from all their events
}

func newLiveChanges() liveChanges {
	return liveChanges{goals: map[triggeredGoal]bool{}, whole: map[string]bool{}}
}

func (l *liveChanges) add(e *analytics.Event) {
	if _, ok := analytics.SubjectID("live_event", e.Subject); ok && (e.Type == analytics.MessageSent || e.Type == analytics.ProductDisplayed) {
		l.events = append(l.events, e)
	}
	if id, ok := analytics.SubjectID("workflow", e.Subject); ok && e.Type == analytics.GoalTriggered {
		l.goals[triggeredGoal{id, e.Data.UID, e.Data.Name}] = true
	}
}

// deriveLive writes what events add to live events and workflows.
func (d *derivation) deriveLive(ctx context.Context) error {
	again, err := d.writeLive(ctx, &d.live)
	if err != nil {
		return err
	}
	for _, subject := range again {
		d.live.whole[subject] = true
	}
	for _, subject := range sortedKeys(d.live.whole) {
		for wiped := true; wiped; {
			if wiped, err = d.deriveWhole(ctx, subject); err != nil {
				return err
			}
		}
	}
	return nil
}

// deriveWhole derives one live event or workflow from all its events, some at a
// time: there may be a great many. It reports whether it has to be repeated,
// because a broadcast was reset meanwhile.
func (d *derivation) deriveWhole(ctx context.Context, subject string) (again bool, err error) {
	if err := d.wipe(ctx, subject); err != nil {
		return false, err
	}
	types := []string{string(analytics.MessageSent), string(analytics.ProductDisplayed), string(analytics.GoalTriggered)}
	cursor, err := d.r.coll(collEvents).Find(ctx, within(d.reach).and("subject", subject).in("type", types).filter())
	if err != nil {
		return false, wrap(err, "find events of %s", subject)
	}
	defer cursor.Close(ctx)
	changes, live := newLiveChanges(), new(liveMark)
	if id, ok := analytics.SubjectID("live_event", subject); ok {
		live.LiveEvents = []string{id}
	}
	write := func() error {
		err := d.r.aroundLiveChange(ctx, d.reach.Org, live, func() error {
			wiped, err := d.writeLive(ctx, &changes)
			again = again || len(wiped) > 0
			return err
		})
		changes, live = newLiveChanges(), new(liveMark)
		return err
	}
	for cursor.Next(ctx) {
		e := new(analytics.Event)
		if err := decode(cursor.Current, e); err != nil {
			return false, wrap(err, "read event of %s", subject)
		}
		changes.add(e)
		live.add(e)
		if len(changes.events) == deriveAtOnce {
			if err := write(); err != nil {
				return false, err
			}
		}
	}
	if err := cursor.Err(); err != nil {
		return false, wrap(err, "find events of %s", subject)
	}
	return again, write()
}

// writeLive writes what events add to live events and workflows, but for events of
// broadcasts that were reset. It returns the subjects of live events of which a
// broadcast was reset meanwhile, so that something was written that is wiped.
func (d *derivation) writeLive(ctx context.Context, l *liveChanges) (wiped []string, err error) {
	if wiped, err = d.writeLiveEvents(ctx, l.events); err != nil {
		return nil, err
	}
	return wiped, d.addGoals(ctx, l.goals)
}

// writeLiveEvents is writeLive for live events.
//
// What is wiped is looked up again once everything is written: whoever resets a
// broadcast takes away what was written before the reset, and whoever wrote after
// it finds the reset.
func (d *derivation) writeLiveEvents(ctx context.Context, events []*analytics.Event) (wiped []string, err error) {
	if len(events) == 0 {
		return nil, nil
	}
	ids := map[string]bool{}
	for _, e := range events {
		id, _ := analytics.SubjectID("live_event", e.Subject)
		ids[id] = true
	}
	before, err := d.r.wipedOf(ctx, d.reach, sortedKeys(ids))
	if err != nil {
		return nil, err
	}
	var messages []*analytics.Event
	var counted []*analytics.Event
	shown := map[shownProduct]bool{}
	for _, e := range events {
		id, _ := analytics.SubjectID("live_event", e.Subject)
		if isWiped(before[id], e) {
			continue
		}
		counted = append(counted, e)
		if e.Type == analytics.MessageSent {
			messages = append(messages, e)
		} else {
			shown[shownProduct{id, e.Data.SKU}] = true
		}
	}
	if err := d.writeLiveChat(ctx, messages); err != nil {
		return nil, err
	}
	if err := d.addProducts(ctx, shown); err != nil {
		return nil, err
	}
	after, err := d.r.wipedOf(ctx, d.reach, sortedKeys(ids))
	if err != nil {
		return nil, err
	}
	late := map[string]bool{}
	for _, e := range counted {
		id, _ := analytics.SubjectID("live_event", e.Subject)
		if isWiped(after[id], e) {
			late[e.Subject] = true
		}
	}
	return sortedKeys(late), nil
}

// isWiped reports whether an event lies in a broadcast of its live event that was
// reset. A live event that is gone has wiped nothing.
func isWiped(of *analytics.LiveEvent, e *analytics.Event) bool {
	if of == nil {
		return false
	}
	_, wiped := of.WipedSpan(e.At)
	return wiped
}

// writeLiveChat writes chat messages of live events. Of two events with one
// message id the one with the smaller rank stands: it is inserted, or replaces
// one of a higher rank.
func (d *derivation) writeLiveChat(ctx context.Context, events []*analytics.Event) error {
	if len(events) == 0 {
		return nil
	}
	first := map[string]*analytics.ChatMessage{}
	for _, e := range events {
		m := analytics.NewChatMessage(d.reach.Org, e)
		if known := first[m.Key]; known == nil || m.Rank < known.Rank {
			first[m.Key] = m
		}
	}
	messages := make([]*analytics.ChatMessage, 0, len(first))
	for _, key := range slices.Sorted(maps.Keys(first)) {
		messages = append(messages, first[key])
	}
	// What is decided by now is written with the messages, so that nobody sees
	// what a banned viewer writes. What is decided meanwhile may miss a message
	// that is not there yet: it is looked for again.
	if err := d.moderate(ctx, messages); err != nil {
		return err
	}
	if err := d.putFirst(ctx, messages); err != nil {
		return err
	}
	if err := d.moderateStored(ctx, messages); err != nil {
		return err
	}
	d.r.announceChat(messages)
	return nil
}

// putFirst inserts messages, or replaces those of a higher rank by them.
func (d *derivation) putFirst(ctx context.Context, messages []*analytics.ChatMessage) error {
	documents := make([]any, len(messages))
	for i, m := range messages {
		documents[i] = m
	}
	taken, err := d.r.insertNew(ctx, collMessages, documents)
	if err != nil {
		return wrap(err, "insert chat of live events")
	}
	earlier := make([]*analytics.ChatMessage, len(taken))
	for i, at := range taken {
		earlier[i] = messages[at]
	}
	return d.replaceLater(ctx, earlier)
}

// replaceLater replaces stored messages of higher ranks. A message that is
// replaced leaves its time, so that it is known where it was counted.
func (d *derivation) replaceLater(ctx context.Context, messages []*analytics.ChatMessage) error {
	for len(messages) > 0 {
		keys := make([]string, len(messages))
		for i, m := range messages {
			keys[i] = m.Key
		}
		stored, err := find[analytics.ChatMessage](ctx, d.r.coll(collMessages), within(d.reach).in("_id", keys).filter(),
			wholeResult().SetProjection(only("rank", "at", "formerTimes")))
		if err != nil {
			return wrap(err, "find chat of live events")
		}
		known := make(map[string]*analytics.ChatMessage, len(stored))
		for _, m := range stored {
			known[m.Key] = m
		}
		var replaces []mongo.WriteModel
		messages = slices.DeleteFunc(messages, func(m *analytics.ChatMessage) bool {
			later := known[m.Key]
			if later == nil || later.Rank <= m.Rank {
				return true
			}
			m.FormerTimes = append(later.FormerTimes, later.At)
			filter := bson.D{{Key: "_id", Value: m.Key}, {Key: "org", Value: m.Org}, {Key: "rank", Value: later.Rank}}
			replaces = append(replaces, mongo.NewReplaceOneModel().SetFilter(filter).SetReplacement(m))
			return false
		})
		if len(replaces) == 0 {
			return nil
		}
		result, err := d.r.coll(collMessages).BulkWrite(ctx, replaces, options.BulkWrite().SetOrdered(false))
		if err != nil {
			return wrap(err, "replace chat of live events")
		}
		if result.MatchedCount == int64(len(replaces)) {
			return nil
		}
	}
	return nil
}

// announceChat tells those who watch the chats that messages belong to.
func (r *Repository) announceChat(messages []*analytics.ChatMessage) {
	told := map[string]bool{}
	for _, m := range messages {
		if topic := analytics.ChatTopic(m.Org, m.Subject); !told[topic] {
			told[topic] = true
			r.announce(topic, 0)
		}
	}
}

// putMessages writes chat messages as they are, whatever was there.
func (r *Repository) putMessages(ctx context.Context, reach analytics.Reach, messages []*analytics.ChatMessage) error {
	messages = slices.SortedFunc(slices.Values(messages), func(a, b *analytics.ChatMessage) int { return strings.Compare(a.Key, b.Key) })
	models := make([]mongo.WriteModel, len(messages))
	for i, m := range messages {
		filter := bson.D{{Key: "_id", Value: m.Key}, {Key: "org", Value: reach.Org}}
		models[i] = mongo.NewReplaceOneModel().SetFilter(filter).SetReplacement(m).SetUpsert(true)
	}
	if err := r.writeInsisting(ctx, collMessages, models); err != nil {
		return wrap(err, "write chat of calls")
	}
	r.announceChat(messages)
	return nil
}
