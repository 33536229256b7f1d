package repository

import (
	"context"
	"crypto/rand"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// MarkTestCall marks a call as a test, or takes the mark back, and returns the
// call as it is then; every figure counts it accordingly. It fails with NotFound
// for a call that does not exist or is not in reach.
func (r *Repository) MarkTestCall(ctx context.Context, reach analytics.Reach, callID string, test bool, now time.Time) (*analytics.Call, error) {
	id := analytics.NativeID("Call", callID)
	if _, err := r.oneCall(ctx, reach, id); err != nil {
		return nil, err
	}
	last, err := r.lastTestMark(ctx, reach, id)
	if err != nil {
		return nil, err
	}
	mark := analytics.NewTestMark(rand.Text(), id, test, afterDecision(last, now))
	if err := r.absorbMark(ctx, reach, mark); err != nil {
		return nil, wrap(err, "mark call %s", id)
	}
	return r.oneCall(ctx, reach, id)
}

// lastTestMark returns when it was last decided whether a call is a test, the zero
// time if it never was.
func (r *Repository) lastTestMark(ctx context.Context, reach analytics.Reach, id string) (time.Time, error) {
	marks, err := find[analytics.Event](ctx, r.coll(collEvents),
		within(reach).and("subject", analytics.CallSubject(id)).and("type", string(analytics.TestMark)).filter(),
		options.Find().SetSort(bson.D{{Key: "at", Value: -1}}).SetLimit(1).SetBatchSize(oneBatch(1)).SetProjection(only("at")))
	if err != nil || len(marks) == 0 {
		return time.Time{}, wrap(err, "find the last mark of call %s", id)
	}
	return marks[0].At, nil
}

// oneCall returns a call. It fails with NotFound where there is none in reach.
func (r *Repository) oneCall(ctx context.Context, reach analytics.Reach, id string) (*analytics.Call, error) {
	calls, err := r.CallsByID(ctx, reach, []string{id})
	if err != nil {
		return nil, err
	}
	if calls[id] == nil {
		return nil, analytics.Errorf(analytics.NotFound, "no call %q", id)
	}
	return calls[id], nil
}
