package repository

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// liveMark says what a batch brings that live events are not folded from yet. It
// is set before the first write and is done after the last one; it goes when a
// fold that began after it was done has stored what follows. Until then readers
// fold what it names themselves. So nothing that was answered is ever missing,
// and nothing is counted twice: folding the same again changes nothing.
type liveMark struct {
	Key string    `bson:"_id"`
	Org string    `bson:"org"`
	At  time.Time `bson:"at"`
	// Done: all that the batch writes is written. One that never gets done tells of
	// a batch that was broken off.
	Done bool `bson:"done"`

	Events       []string `bson:"events,omitempty"`       // keys of events that name live events
	Transactions []string `bson:"transactions,omitempty"` // of purchases that were folded
	// LiveEvents are those of which start, end or wiped spans change.
	LiveEvents []string `bson:"liveEvents,omitempty"`
}

// add notes what live events are folded from of an event.
func (m *liveMark) add(e *analytics.Event) {
	if e.Type == analytics.Purchased {
		m.Transactions = append(m.Transactions, e.Data.TransactionID)
	}
	if e.Type == analytics.Purchased || len(e.LiveEventIDs()) > 0 {
		m.Events = append(m.Events, e.Key)
	}
}

func (m *liveMark) empty() bool {
	return len(m.Events)+len(m.Transactions)+len(m.LiveEvents) == 0
}

// setLiveMark marks what a batch is about to bring; nothing for an empty mark.
func (r *Repository) setLiveMark(ctx context.Context, org string, m *liveMark) error {
	if m.empty() {
		return nil
	}
	m.Key, m.Org, m.At = analytics.Reach{Org: org}.Key(rand.Text()), org, time.Now().UTC().Truncate(time.Millisecond)
	_, err := r.coll(collLiveMarks).InsertOne(ctx, m)
	return wrap(err, "insert mark of live events")
}

// finishLiveMark tells that all that the mark names is written. A mark that went
// because its batch took too long is set again: what came after it is not folded.
func (r *Repository) finishLiveMark(ctx context.Context, m *liveMark) error {
	if m.empty() {
		return nil
	}
	update := bson.D{{Key: "$set", Value: bson.D{{Key: "done", Value: true}}}}
	result, err := r.coll(collLiveMarks).UpdateOne(ctx, bson.D{{Key: "_id", Value: m.Key}, {Key: "org", Value: m.Org}}, update)
	if err != nil {
		return wrap(err, "finish mark of live events")
	}
	if result.MatchedCount == 0 {
		m.Done = true
		return r.setLiveMark(ctx, m.Org, m)
	}
	return nil
}

// aroundLiveChange writes something that live events are folded from besides
// their events, such as their start, between setting a mark and finishing it.
func (r *Repository) aroundLiveChange(ctx context.Context, org string, m *liveMark, write func() error) error {
	if err := r.setLiveMark(ctx, org, m); err != nil {
		return err
	}
	if err := write(); err != nil {
		return err
	}
	return r.finishLiveMark(ctx, m)
}

// liveMarksOf returns the marks of an organization, the oldest first.
func (r *Repository) liveMarksOf(ctx context.Context, reach analytics.Reach) ([]*liveMark, error) {
	marks, err := find[liveMark](ctx, r.coll(collLiveMarks), within(reach).filter(), wholeResult())
	slices.SortFunc(marks, func(a, b *liveMark) int { return a.At.Compare(b.At) })
	return marks, wrap(err, "find marks of live events")
}
