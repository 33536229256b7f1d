package repository

import (
	"context"

	"cartograph/analytics"
)

// allPhases stands in the place of a phase for what comes of all of them.
const allPhases analytics.LivePhase = ""

// liveReadTries is how often live events are read again because a fold began to
// write meanwhile; there is about one in a second.
const liveReadTries = 10

// ReadLive returns what one phase of live events comes to, by the live event's
// native id; a live event that is not known has no entry. A period restricts
// prelive and replay; the live phase is always whole. All that was answered
// before is counted. It fails with BadUserInput for a period that is not valid.
func (r *Repository) ReadLive(ctx context.Context, reach analytics.Reach, phase analytics.LivePhase, period *analytics.Period, liveEventIDs []string) (map[string]*analytics.LiveReading, error) {
	question := analytics.LiveQuestion{Phase: phase}
	if period != nil {
		if err := period.Validate(); err != nil { // none would ask for all of the phase
			return nil, err
		}
		question.Period = *period
	}
	questions := make([]analytics.LiveQuestion, len(liveEventIDs))
	for i, id := range liveEventIDs {
		question.LiveEventID = id
		questions[i] = question
	}
	readings, err := r.AnswerLive(ctx, reach, questions)
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*analytics.LiveReading, len(readings))
	for q, reading := range readings {
		byID[q.LiveEventID] = reading
	}
	return byID, nil
}

// AnswerLive answers questions about live events; one about a live event that is
// not known has no entry. All that was answered before is counted. It fails with
// BadUserInput for a period that is not valid.
//
// The number of commands does not depend on how much happened, and grows with the
// different periods that are asked about: a whole phase is read as its figures,
// with all others, a period as the buckets in it. What is not folded yet is folded
// on the way.
func (r *Repository) AnswerLive(ctx context.Context, reach analytics.Reach, questions []analytics.LiveQuestion) (map[analytics.LiveQuestion]*analytics.LiveReading, error) {
	ids := map[string]bool{}
	for i := range questions {
		ids[questions[i].LiveEventID] = true
		if period := questions[i].Asked(); period != nil {
			if err := period.Validate(); err != nil {
				return nil, err
			}
		}
	}
	var readings map[analytics.LiveQuestion]*analytics.LiveReading
	err := r.readConsistently(ctx, reach, sortedKeys(ids), func(v *liveView) (keep func(context.Context) error, err error) {
		l := newLiveReader(v, questions)
		readings, err = l.read(ctx)
		return l.keep, err
	})
	return readings, wrap(err, "read live events")
}

// ReadInteractions returns what the interactions of live events come to over all
// phases, by the live event's native id; a live event that is not known has no
// entry.
func (r *Repository) ReadInteractions(ctx context.Context, reach analytics.Reach, liveEventIDs []string) (map[string]analytics.InteractionFigures, error) {
	questions := make([]analytics.LiveQuestion, len(liveEventIDs))
	for i, id := range liveEventIDs {
		questions[i] = analytics.LiveQuestion{LiveEventID: id, Phase: allPhases}
	}
	var figures map[string]analytics.InteractionFigures
	err := r.readConsistently(ctx, reach, liveEventIDs, func(v *liveView) (keep func(context.Context) error, err error) {
		l := newLiveReader(v, questions)
		figures, err = l.readInteractions(ctx)
		return l.keep, err
	})
	return figures, wrap(err, "read interactions")
}

// LivePurchases returns the purchases that belong to a live event, in no order.
func (r *Repository) LivePurchases(ctx context.Context, reach analytics.Reach, liveEventID string) ([]*analytics.Purchase, error) {
	var purchases []*analytics.Purchase
	err := r.readConsistently(ctx, reach, []string{liveEventID}, func(v *liveView) (func(context.Context) error, error) {
		stored, err := find[analytics.Purchase](ctx, r.coll(collPurchases), within(reach).and("live.liveEvent", liveEventID).filter(), wholeResult())
		purchases = purchases[:0]
		for _, p := range stored {
			if v.purchases[p.TransactionID] == nil {
				purchases = append(purchases, p)
			}
		}
		for _, p := range v.purchases {
			if p.Live != nil && p.Live.LiveEventID == liveEventID {
				purchases = append(purchases, p)
			}
		}
		return keepNothing, err
	})
	return purchases, wrap(err, "read purchases of a live event")
}

func keepNothing(context.Context) error { return nil }

// readConsistently reads a view of live events and what read makes of it, again
// where a fold began to write meanwhile. What it then keeps spares others work.
func (r *Repository) readConsistently(ctx context.Context, reach analytics.Reach, ids []string, read func(*liveView) (keep func(context.Context) error, err error)) error {
	for try := range liveReadTries {
		current, err := r.readOnce(ctx, reach, ids, try > 0, read)
		if current || err != nil {
			return err
		}
	}
	return analytics.Errorf(analytics.Unavailable, "the live events change too fast to be read; ask again")
}

// readOnce reports whether nothing began to write while it read. To make it
// likelier, it may keep those who fold here from beginning.
func (r *Repository) readOnce(ctx context.Context, reach analytics.Reach, ids []string, alone bool, read func(*liveView) (keep func(context.Context) error, err error)) (bool, error) {
	if alone && r.folding.tryTake() {
		defer r.folding.give()
	}
	v, err := r.viewLive(ctx, reach, ids, func(all []*liveMark) []*liveMark { return all })
	if err != nil {
		return false, err
	}
	keep, err := read(v)
	if err != nil {
		return false, err
	}
	if current, err := v.current(ctx); !current || err != nil {
		return false, err
	}
	return true, keep(ctx)
}
