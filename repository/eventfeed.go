package repository

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// slowInsert is how long events may take from their stamp until they are stored.
// Those that took longer are stamped again: whoever watches looks back for a
// while, and must not have looked past them.
const slowInsert = 4 * time.Second

// storeEvents stores events and returns the places of those whose key exists
// already. Tracking events are stamped with the gateway's time just before: the
// feed of events is read by these stamps.
func (r *Repository) storeEvents(ctx context.Context, reach analytics.Reach, events []*analytics.Event, documents []any) (taken []int, err error) {
	now := stamp(events, time.Now())
	taken, err = r.insertNew(ctx, collEvents, documents)
	if err != nil {
		return nil, wrap(err, "insert events")
	}
	if time.Since(now) >= slowInsert {
		err = r.stampAgain(ctx, reach, events, taken, time.Now())
	}
	return taken, err
}

// stampAgain stamps events that were stored with a later time, but for those in
// places where somebody else's stand.
func (r *Repository) stampAgain(ctx context.Context, reach analytics.Reach, events []*analytics.Event, taken []int, now time.Time) error {
	stamp(events, now)
	var keys []string
	for i, e := range events {
		if e.Stored != nil && !slices.Contains(taken, i) {
			keys = append(keys, e.Key)
		}
	}
	_, err := r.coll(collEvents).UpdateMany(ctx, within(reach).in("_id", keys).filter(),
		bson.D{{Key: "$set", Value: bson.D{{Key: "stored", Value: analytics.StoredAt(now)}}}})
	return wrap(err, "stamp events again")
}

// stamp stamps the tracking events among some, and says what they name. It
// returns the stamp.
func stamp(events []*analytics.Event, now time.Time) time.Time {
	for _, e := range events {
		if e.IsTracked() {
			e.Stored, e.Named = new(analytics.StoredAt(now)), e.Names()
		}
	}
	return now
}

// announceEvents tells those who watch events that there are some.
func (r *Repository) announceEvents(org string, events []*analytics.Event) {
	told := map[string]bool{}
	tell := func(subject string) {
		if topic := analytics.EventsTopic(org, subject); !told[topic] {
			told[topic] = true
			r.announce(topic, 0)
		}
	}
	for _, e := range events {
		if e.Stored == nil {
			continue
		}
		tell("")
		for _, subject := range e.Named {
			tell(subject)
		}
	}
}

// EventsStored returns the tracking events that were stored at or after a moment,
// as CallsSeen does for calls: those that name a subject (all for "") and are of
// one of the types (of any for none). A reach that is limited to an agent or a
// call finds events of nothing but calls: whoever asks has found out that this one
// lies within it.
func (r *Repository) EventsStored(ctx context.Context, reach analytics.Reach, subject string, types []analytics.EventType, since time.Time, behind string) (events []*analytics.Event, more bool, err error) {
	if reach.Agent != "" || reach.Call != "" {
		id, _ := analytics.SubjectID("call", subject)
		calls, err := r.CallsByID(ctx, reach, []string{id})
		if err != nil || calls[id] == nil {
			return nil, false, err
		}
	}
	c := within(reach)
	if subject != "" {
		c = c.and("named", subject)
	}
	if len(types) > 0 {
		names := make([]string, len(types))
		for i, t := range types {
			names[i] = string(t)
		}
		c = c.in("type", names)
	}
	c = c.arrivedAfter("stored", since, reach.Key(behind))
	events, err = find[analytics.Event](ctx, r.coll(collEvents), c.filter(), arrivalsBy("stored"))
	return events, len(events) == maxArrivals, wrap(err, "find new events")
}
