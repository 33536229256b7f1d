package repository

import (
	"context"
	"crypto/rand"
	"time"

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
	mark := analytics.NewTestMark(rand.Text(), id, test, now)
	if _, err := r.Absorb(ctx, reach.Org, []analytics.Event{mark}); err != nil {
		return nil, wrap(err, "mark call %s", id)
	}
	return r.oneCall(ctx, reach, id)
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
