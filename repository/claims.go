package repository

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// callClaim decides which start and which end a call has by its events: of two
// that contradict each other the later delivered is refused. It also knows the
// waits that the call may have ended, so that a joined_queue that comes late
// finds its call.
type callClaim struct {
	Key       string     `bson:"_id"`
	Org       string     `bson:"org"`
	CallID    string     `bson:"id"`
	Version   int64      `bson:"version"`
	StartedAt *time.Time `bson:"startedAt,omitempty"`
	EndedAt   *time.Time `bson:"endedAt,omitempty"`
	Waits     []string   `bson:"waits,omitempty"`
}

// maxWaits bounds the waits of a call: of rows that each name another visitor or
// queue of one call, the first ones.
const maxWaits = 100

// claims says whether an event has a say in its call's claim.
func claims(e *analytics.Event) bool {
	return e.Type == analytics.CallStarted || e.Type == analytics.CallEnded ||
		e.Type == analytics.CallImported && len(analytics.WaitsOf(e)) > 0
}

// admit adds what an event claims. It fails with Conflict where that contradicts
// what was claimed before, and reports whether anything is new.
func (c *callClaim) admit(e *analytics.Event) (changed bool, err error) {
	switch e.Type {
	case analytics.CallStarted:
		if changed, err = c.start(e.At); err != nil {
			return false, err
		}
	case analytics.CallEnded:
		if changed, err = c.end(e.At); err != nil {
			return false, err
		}
	}
	for _, wait := range analytics.WaitsOf(e) {
		if len(c.Waits) < maxWaits && !slices.Contains(c.Waits, wait) {
			c.Waits = append(slices.Clip(c.Waits), wait)
			changed = true
		}
	}
	return changed, nil
}

func (c *callClaim) start(at time.Time) (changed bool, err error) {
	switch {
	case c.StartedAt != nil && !c.StartedAt.Equal(at):
		return false, analytics.Errorf(analytics.Conflict, "at: the call already started at %s", analytics.FormatTime(*c.StartedAt))
	case c.EndedAt != nil && at.After(*c.EndedAt):
		return false, analytics.Errorf(analytics.Conflict, "at: the call already ended at %s", analytics.FormatTime(*c.EndedAt))
	case c.StartedAt != nil:
		return false, nil
	}
	c.StartedAt = &at
	return true, nil
}

func (c *callClaim) end(at time.Time) (changed bool, err error) {
	switch {
	case c.EndedAt != nil && !c.EndedAt.Equal(at):
		return false, analytics.Errorf(analytics.Conflict, "at: the call already ended at %s", analytics.FormatTime(*c.EndedAt))
	case c.StartedAt != nil && at.Before(*c.StartedAt):
		return false, analytics.Errorf(analytics.Conflict, "at: lies before the start of the call at %s", analytics.FormatTime(*c.StartedAt))
	case c.EndedAt != nil:
		return false, nil
	}
	c.EndedAt = &at
	return true, nil
}

// claimsOf returns the claims of calls, by call id.
func (r *Repository) claimsOf(ctx context.Context, reach analytics.Reach, callIDs []string) (map[string]*callClaim, error) {
	return findByID(ctx, r, collCallClaims, reach, within(reach), callIDs, func(c *callClaim) string { return c.CallID })
}

// callsWaitedFor returns the ids of the calls that may have ended some waits.
func (r *Repository) callsWaitedFor(ctx context.Context, reach analytics.Reach, waits []string) ([]string, error) {
	if len(waits) == 0 {
		return nil, nil
	}
	found, err := find[callClaim](ctx, r.coll(collCallClaims), within(reach).in("waits", waits).filter(),
		wholeResult().SetProjection(bson.D{{Key: "id", Value: 1}}))
	if err != nil {
		return nil, wrap(err, "find calls by wait")
	}
	ids := make([]string, len(found))
	for i, claim := range found {
		ids[i] = claim.CallID
	}
	return ids, nil
}
