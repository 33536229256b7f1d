package repository

import (
	"context"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cartograph/analytics"
)

// liveChanges are what events add to live events and workflows.
type liveChanges struct {
	messages []*analytics.Event
	shown    map[shownProduct]bool
	goals    map[triggeredGoal]bool
	whole    map[string]bool // subjects to derive from all their events
}

type shownProduct struct{ liveEventID, sku string }

type triggeredGoal struct{ workflowID, uid, name string }

func newLiveChanges() liveChanges {
	return liveChanges{shown: map[shownProduct]bool{}, goals: map[triggeredGoal]bool{}, whole: map[string]bool{}}
}

func (l *liveChanges) add(e *analytics.Event) {
	if id, ok := analytics.SubjectID("live_event", e.Subject); ok {
		switch e.Type {
		case analytics.MessageSent:
			l.messages = append(l.messages, e)
		case analytics.ProductDisplayed:
			l.shown[shownProduct{id, e.Data.SKU}] = true
		}
	}
	if id, ok := analytics.SubjectID("workflow", e.Subject); ok && e.Type == analytics.GoalTriggered {
		l.goals[triggeredGoal{id, e.Data.UID, e.Data.Name}] = true
	}
}

// deriveLive writes what events add to live events and workflows.
func (d *derivation) deriveLive(ctx context.Context) error {
	for _, subject := range sortedKeys(d.live.whole) {
		if err := d.deriveWhole(ctx, subject); err != nil {
			return err
		}
	}
	return d.writeLive(ctx, &d.live)
}

// deriveWhole derives one live event or workflow from all its events, some at a
// time: there may be a great many.
func (d *derivation) deriveWhole(ctx context.Context, subject string) error {
	types := []string{string(analytics.MessageSent), string(analytics.ProductDisplayed), string(analytics.GoalTriggered)}
	cursor, err := d.r.coll(collEvents).Find(ctx, within(d.reach).and("subject", subject).in("type", types).filter())
	if err != nil {
		return wrap(err, "find events of %s", subject)
	}
	defer cursor.Close(ctx)
	changes := newLiveChanges()
	for cursor.Next(ctx) {
		e := new(analytics.Event)
		if err := bson.Unmarshal(cursor.Current, e); err != nil {
			return wrap(err, "read event of %s", subject)
		}
		changes.add(e)
		if len(changes.messages) == deriveAtOnce {
			if err := d.writeLive(ctx, &changes); err != nil {
				return err
			}
			changes = newLiveChanges()
		}
	}
	if err := cursor.Err(); err != nil {
		return wrap(err, "find events of %s", subject)
	}
	return d.writeLive(ctx, &changes)
}

func (d *derivation) writeLive(ctx context.Context, l *liveChanges) error {
	if err := d.writeLiveChat(ctx, l.messages); err != nil {
		return err
	}
	var shown []mongo.WriteModel
	for _, product := range sortedPairs(l.shown, func(p shownProduct) string { return p.liveEventID + "\x00" + p.sku }) {
		shown = append(shown, d.addToSet(product.liveEventID, "skus", product.sku))
	}
	if _, err := d.r.write(ctx, collLiveEvents, shown); err != nil {
		return wrap(err, "add products to live events")
	}
	var goals []mongo.WriteModel
	for _, goal := range sortedPairs(l.goals, func(g triggeredGoal) string { return g.workflowID + "\x00" + g.uid + "\x00" + g.name }) {
		goals = append(goals, d.addToSet(goal.workflowID, "goals", analytics.Goal{UID: goal.uid, Name: goal.name}))
	}
	_, err := d.r.write(ctx, collWorkflows, goals)
	return wrap(err, "add goals to workflows")
}

// sortedPairs returns the members of a set in the order of what key says.
func sortedPairs[T comparable](set map[T]bool, key func(T) string) []T {
	return slices.SortedFunc(maps.Keys(set), func(a, b T) int { return strings.Compare(key(a), key(b)) })
}

func (d *derivation) addToSet(id, field string, value any) mongo.WriteModel {
	return mongo.NewUpdateOneModel().
		SetFilter(bson.D{{Key: "_id", Value: d.reach.Key(id)}, {Key: "org", Value: d.reach.Org}}).
		SetUpdate(bson.D{{Key: "$addToSet", Value: bson.D{{Key: field, Value: value}}}})
}

// writeLiveChat writes chat messages of live events. Of two events with one
// message id the one with the smaller rank stands: it is inserted, or replaces
// one of a higher rank.
func (d *derivation) writeLiveChat(ctx context.Context, events []*analytics.Event) error {
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
	replaces := make([]mongo.WriteModel, len(taken))
	for i, at := range taken {
		m := messages[at]
		filter := bson.D{{Key: "_id", Value: m.Key}, {Key: "org", Value: m.Org}, {Key: "rank", Value: bson.D{{Key: "$gt", Value: m.Rank}}}}
		replaces[i] = mongo.NewReplaceOneModel().SetFilter(filter).SetReplacement(m)
	}
	_, err = d.r.write(ctx, collMessages, replaces)
	return wrap(err, "replace chat of live events")
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
