package repository

import (
	"cmp"
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// ResetLiveEvent takes a live event back to before its broadcast, and returns it as
// it is then: what happened from the start until now counts nowhere any more. It
// fails with NotFound for a live event that does not exist, and with Conflict for
// one that has not started.
//
// The reset itself is one write. What is derived from the broadcast is taken away
// after it; should the gateway die in between, Recover does so.
func (r *Repository) ResetLiveEvent(ctx context.Context, reach analytics.Reach, id string, now time.Time) (*analytics.LiveEvent, error) {
	subject := analytics.LiveEventSubject(id)
	if _, err := r.startedEvent(ctx, reach, id, now); err != nil {
		return nil, err
	}
	mark, err := r.setMark(ctx, reach.Org, []string{subject})
	if err != nil {
		return nil, err
	}
	if err := r.wipeBroadcast(ctx, reach, id, now); err != nil {
		if analytics.CodeOf(err) == analytics.Conflict { // nothing was written: of other errors nobody knows
			err = cmp.Or(r.clearMark(ctx, mark), err)
		}
		return nil, err
	}
	d := newDerivation(r, reach.Org)
	d.mark, d.thorough = mark, true
	d.touchWhole(subject)
	if err := d.run(ctx); err != nil {
		return nil, wrap(err, "reset live event %s", id)
	}
	r.announce(analytics.ChatTopic(reach.Org, subject), 0)
	r.announce(analytics.EventsTopic(reach.Org, subject), 0)
	if err := r.clearMark(ctx, mark); err != nil {
		return nil, err
	}
	return r.oneLiveEvent(ctx, reach, id)
}

// wipeBroadcast makes the reset: the one write by which a live event's broadcast
// until now counts no more. It fails with Conflict where somebody else was faster.
func (r *Repository) wipeBroadcast(ctx context.Context, reach analytics.Reach, id string, now time.Time) error {
	for {
		e, err := r.startedEvent(ctx, reach, id, now)
		if err != nil {
			return err
		}
		span := analytics.Period{Start: *e.StartedAt, End: now.UTC().Truncate(time.Millisecond)}
		update := bson.D{
			{Key: "$push", Value: bson.D{{Key: "wiped", Value: span}}},
			{Key: "$unset", Value: bson.D{{Key: "startedAt", Value: ""}, {Key: "endedAt", Value: ""}, {Key: "videos", Value: ""}}},
		}
		if e.ScheduledAt != nil {
			update = append(update, bson.E{Key: "$set", Value: bson.D{{Key: "at", Value: *e.ScheduledAt}}})
		}
		c := conditions{}.and("_id", reach.Key(id)).and("org", reach.Org).and("startedAt", *e.StartedAt)
		result, err := r.coll(collLiveEvents).UpdateOne(ctx, c.filter(), update)
		r.referencesChanged(collLiveEvents, reach.Org, id)
		if err != nil {
			return wrap(err, "wipe broadcast of %s", id)
		}
		if result.MatchedCount > 0 {
			return nil
		}
	}
}

// startedEvent returns a live event whose broadcast has started.
func (r *Repository) startedEvent(ctx context.Context, reach analytics.Reach, id string, now time.Time) (*analytics.LiveEvent, error) {
	e, err := r.oneLiveEvent(ctx, reach, id)
	if err != nil {
		return nil, err
	}
	if start := e.Started(); start == nil || now.UTC().Truncate(time.Millisecond).Compare(*start) <= 0 {
		return nil, analytics.Errorf(analytics.Conflict, "the live event has not started: there is nothing to reset")
	}
	return e, nil
}

// oneLiveEvent returns a live event. It fails with NotFound where there is none.
func (r *Repository) oneLiveEvent(ctx context.Context, reach analytics.Reach, id string) (*analytics.LiveEvent, error) {
	events, err := r.LiveEventsByID(ctx, reach, []string{id})
	if err != nil {
		return nil, err
	}
	if events[id] == nil {
		return nil, analytics.Errorf(analytics.NotFound, "no live event %q", id)
	}
	return events[id], nil
}
