package repository

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"cartograph/analytics"
)

// liveSession is a stored session of a live event.
type liveSession struct {
	Key     string `bson:"_id"`
	Org     string `bson:"org"`
	Version int64  `bson:"version"`
	// First and Last are the first and the last sign of life; nil without any.
	First *time.Time `bson:"first,omitempty"`
	Last  *time.Time `bson:"last,omitempty"`
	// Wipes is how many wiped spans of the live event the session is folded with.
	Wipes int `bson:"wipes,omitempty"`
	// Visitor is the ordinal of who started it.
	Visitor               *uint32 `bson:"visitor,omitempty"`
	analytics.LiveSession `bson:",inline"`
}

// settle fills in what follows from the stretches.
func (s *liveSession) settle(wipes int) {
	s.Wipes, s.First, s.Last = wipes, nil, nil
	if len(s.Stretches) > 0 {
		first, last := s.Span()
		s.First, s.Last = &first, &last
	}
}

// partKey returns the key of something that a part of a live event's id and an
// id of its own name.
func partKey(reach analytics.Reach, liveEventID, id string) string {
	return reach.Key(strconv.Itoa(len(liveEventID)) + ":" + liveEventID + ":" + id)
}

// liveHead is what is stored once of each live event that anything was folded
// of.
type liveHead struct {
	Key         string `bson:"_id"`
	Org         string `bson:"org"`
	Version     int64  `bson:"version"`
	LiveEventID string `bson:"liveEvent"`
	// Timelines are those that stored buckets may be folded with: the one that all
	// are, or while phases move more of them.
	Timelines []analytics.LiveTimeline `bson:"timelines"`
	Displays  analytics.LiveDisplays   `bson:"displays"`
}

// knows reports whether buckets may be folded with a timeline.
func (h *liveHead) knows(t *analytics.LiveTimeline) bool {
	for i := range h.Timelines {
		if h.Timelines[i].Same(t) {
			return true
		}
	}
	return false
}

// liveBucket is the stored bucket of one phase and span.
type liveBucket struct {
	Key         string              `bson:"_id"`
	Org         string              `bson:"org"`
	Version     int64               `bson:"version"`
	LiveEventID string              `bson:"liveEvent"`
	Phase       analytics.LivePhase `bson:"phase"`
	Start       time.Time           `bson:"start"`
	// StartedAt and EndedAt are those that it is folded with.
	StartedAt *time.Time           `bson:"startedAt,omitempty"`
	EndedAt   *time.Time           `bson:"endedAt,omitempty"`
	Bucket    analytics.LiveBucket `bson:"bucket"`
}

// stands reports whether a timeline has such a bucket and would cut it the same
// way.
func (b *liveBucket) stands(t *analytics.LiveTimeline) bool {
	folded := analytics.LiveTimeline{StartedAt: b.StartedAt, EndedAt: b.EndedAt}
	return !t.MovedSince(&folded).Contains(b.Start) && t.BucketAt(b.Phase, b.Start).Start.Equal(b.Start)
}

func bucketID(phase analytics.LivePhase, start time.Time) string {
	return fmt.Sprintf("%s:%d", phase, start.UnixMilli())
}

// liveFigures are the stored figures of a whole phase or, under the phase "",
// the interactions of all of them.
type liveFigures struct {
	Key         string              `bson:"_id"`
	Org         string              `bson:"org"`
	Version     int64               `bson:"version"`
	LiveEventID string              `bson:"liveEvent"`
	Phase       analytics.LivePhase `bson:"phase"`
	// Counted is the version that they were counted as. At any other one they are
	// outdated, which "fresh" says too, where it can be looked for. Gateways before
	// this one know "fresh" alone: they take these for outdated, whose minutes they
	// could not read, and this one theirs.
	Counted      int64                        `bson:"counted"`
	Timeline     analytics.LiveTimeline       `bson:"timeline"`
	Figures      *analytics.LiveFigures       `bson:"figures,omitempty"`
	Interactions analytics.InteractionFigures `bson:"interactions,omitempty"`
}

// isCurrent reports whether the figures are those of the buckets as these are.
func (f *liveFigures) isCurrent() bool { return f.Counted == f.Version }

// liveFence counts the folds that began to write in an organization.
type liveFence struct {
	Key     string `bson:"_id"`
	Org     string `bson:"org"`
	Version int64  `bson:"version"`
}

// fenceKey is the key of the fence of an organization; no live event has it.
func fenceKey(reach analytics.Reach) string { return reach.Key("") }

// liveFence returns how many folds began to write in an organization.
func (r *Repository) liveFence(ctx context.Context, reach analytics.Reach) (int64, error) {
	found, err := find[liveFence](ctx, r.coll(collLiveFolds), within(reach).and("_id", fenceKey(reach)).filter())
	if err != nil || len(found) == 0 {
		return 0, wrap(err, "find fence of live events")
	}
	return found[0].Version, nil
}

// passFence tells everybody that a fold begins to write. It reports false where
// another one did since the fence was at version.
func (r *Repository) passFence(ctx context.Context, reach analytics.Reach, version int64) (bool, error) {
	key := fenceKey(reach)
	lost, err := r.swapAll(ctx, collLiveFolds, reach.Org, []swap{{key, version, &liveFence{Key: key, Org: reach.Org, Version: version + 1}}})
	return len(lost) == 0, wrap(err, "pass fence of live events")
}

// liveHeads returns the heads of live events by id.
func (r *Repository) liveHeads(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*liveHead, error) {
	return findByKey(ctx, r, collLiveFolds, reach, ids, func(id string) string { return partKey(reach, id, "") },
		func(h *liveHead) string { return h.LiveEventID })
}

// findByKey returns documents by the ids that their keys are made of.
func findByKey[T any](ctx context.Context, r *Repository, collection string, reach analytics.Reach, ids []string, keyOf func(id string) string, idOf func(*T) string) (map[string]*T, error) {
	byID := make(map[string]*T, len(ids))
	if len(ids) == 0 {
		return byID, nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = keyOf(id)
	}
	found, err := find[T](ctx, r.coll(collection), within(reach).in("_id", keys).filter(), wholeResult())
	if err != nil {
		return nil, wrap(err, "find %s by key", collection)
	}
	for _, item := range found {
		byID[idOf(item)] = item
	}
	return byID, nil
}
