package repository

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// workflowBucket is the stored bucket of a workflow's quarter of an hour.
type workflowBucket struct {
	Key        string                   `bson:"_id"`
	Org        string                   `bson:"org"`
	Version    int64                    `bson:"version"`
	WorkflowID string                   `bson:"workflow"`
	Start      time.Time                `bson:"start"`
	Bucket     analytics.WorkflowBucket `bson:"bucket"`
}

// spanned returns the bucket with its span.
func (b *workflowBucket) spanned() analytics.SpannedWorkflowBucket {
	return analytics.SpannedWorkflowBucket{Span: analytics.WorkflowBucketAt(b.Start), Bucket: &b.Bucket}
}

func workflowBucketKey(reach analytics.Reach, workflowID string, start time.Time) string {
	return reach.Key(strconv.Itoa(len(workflowID)) + ":" + workflowID + ":" + strconv.FormatInt(start.UnixMilli(), 10))
}

// workflowBuckets returns the stored buckets of workflows that begin in a span.
func (r *Repository) workflowBuckets(ctx context.Context, reach analytics.Reach, ids []string, span analytics.Period, projection bson.D) ([]*workflowBucket, error) {
	found, err := find[workflowBucket](ctx, r.coll(collWorkflowBuckets),
		within(reach).in("workflow", ids).and("start", during(span)).filter(), wholeResult().SetProjection(projection))
	return found, wrap(err, "find buckets of workflows")
}

const (
	// marksAtOnce is how many marks one call of FoldWorkflows looks at.
	marksAtOnce = 1000
	// spansAtOnce is how many spans of these are folded together, unless a single
	// mark has more.
	spansAtOnce = 5000
	// foldPiece is the time that is folded at once, and workflowsAtOnce how many
	// workflows: what happened in it is in memory meanwhile. What lies further
	// apart is folded apart, so that events of old cost no more than others.
	foldPiece       = 6 * time.Hour
	workflowsAtOnce = 50
	// foldDays is how many days are merged at once.
	foldDays = 7 * analytics.UTCDay
	// brokenAfter is when a batch counts as broken off: none takes that long.
	brokenAfter = 2 * time.Minute
)

// FoldWorkflows stores the buckets of workflows that batches changed, of batches
// that were broken off too. It returns how many batches it came to terms with;
// zero when there is nothing left to do. It may run beside everything else, also
// twice: whoever is too late folds again.
func (r *Repository) FoldWorkflows(ctx context.Context, now time.Time) (int, error) {
	ever := bson.D{{Key: "at", Value: bson.D{{Key: "$gt", Value: time.Unix(0, 0)}}}} // so that the index of the order serves it
	marks, err := find[workflowMark](ctx, r.coll(collWorkflowMarks), r.pauses.leaveOut(ever, "org", "fold workflows", now),
		options.Find().SetSort(bson.D{{Key: "at", Value: 1}}).SetLimit(marksAtOnce))
	if err != nil {
		return 0, wrap(err, "find marks of workflows")
	}
	byOrg := map[string][]*workflowMark{}
	spans := 0
	for _, m := range marks {
		if (m.Done || m.At.Before(now.Add(-brokenAfter))) && (spans == 0 || spans+len(m.Spans) <= spansAtOnce) {
			byOrg[m.Org] = append(byOrg[m.Org], m)
			spans += len(m.Spans)
		}
	}
	done := 0
	_, err = workApart(ctx, r, "fold workflows", now, sortedKeys(byOrg), itself, func(ctx context.Context, org string) error {
		err := r.foldMarks(ctx, analytics.Reach{Org: org}, byOrg[org])
		if err == nil {
			done += len(byOrg[org])
		}
		return err
	})
	return done, err
}

// foldMarks folds what marks of one organization speak of, and takes them away.
func (r *Repository) foldMarks(ctx context.Context, reach analytics.Reach, marks []*workflowMark) error {
	var spans []analytics.WorkflowSpan
	var times []analytics.Period
	keys := make([]string, len(marks))
	for i, m := range marks {
		keys[i] = m.Key
		spans = append(spans, m.Spans...)
	}
	spans = analytics.JoinWorkflowSpans(spans)
	for _, s := range spans {
		times = append(times, s.Span)
	}
	known, err := find[analytics.Workflow](ctx, r.coll(collWorkflows), within(reach).filter(), wholeResult().SetProjection(fields("id")))
	if err != nil {
		return wrap(err, "find workflows")
	}
	idsIn := func(span analytics.Period) (ids []string, touching []analytics.WorkflowSpan) {
		touching = slices.DeleteFunc(slices.Clone(spans), func(s analytics.WorkflowSpan) bool { return s.Span.Intersect(span).Empty() })
		for _, w := range known {
			if slices.ContainsFunc(touching, func(s analytics.WorkflowSpan) bool { return s.Of(w.WorkflowID) }) {
				ids = append(ids, w.WorkflowID)
			}
		}
		return ids, touching
	}
	for _, span := range analytics.JoinNear(times, foldPiece) {
		for _, piece := range span.Pieces(foldPiece) {
			ids, touching := idsIn(piece)
			for some := range slices.Chunk(ids, workflowsAtOnce) {
				if err := r.foldWorkflowPiece(ctx, reach, some, piece, touching); err != nil {
					return err
				}
			}
		}
	}
	for _, span := range analytics.AroundDays(times) {
		for _, days := range span.Pieces(foldDays) {
			ids, _ := idsIn(days)
			for some := range slices.Chunk(ids, workflowsAtOnce) {
				if err := r.foldWorkflowDays(ctx, reach, some, days); err != nil {
					return err
				}
			}
		}
	}
	_, err = r.coll(collWorkflowMarks).DeleteMany(ctx, within(reach).in("_id", keys).filter())
	return wrap(err, "delete marks of workflows")
}

// foldWorkflowPiece folds and stores the buckets of workflows in a span of time,
// until nobody else stored one of them in between. The versions are read before
// what the buckets are folded from: whoever finds them unchanged has seen all
// that the stored ones were folded from.
func (r *Repository) foldWorkflowPiece(ctx context.Context, reach analytics.Reach, ids []string, piece analytics.Period, touching []analytics.WorkflowSpan) error {
	for {
		stored, err := r.workflowBuckets(ctx, reach, ids, piece, bson.D{{Key: "version", Value: 1}, {Key: "workflow", Value: 1}, {Key: "start", Value: 1}})
		if err != nil {
			return err
		}
		activities, err := r.workflowActivities(ctx, reach, ids, piece)
		if err != nil {
			return err
		}
		if err := r.number(ctx, reach, []workflowSpan{{piece, activities}}, true); err != nil {
			return err
		}
		next := map[string]*workflowBucket{}
		put := func(id string, start time.Time, bucket *analytics.WorkflowBucket) *workflowBucket {
			key := workflowBucketKey(reach, id, start)
			if next[key] == nil {
				next[key] = &workflowBucket{Key: key, Org: reach.Org, Version: 1, WorkflowID: id, Start: start, Bucket: *bucket}
			}
			return next[key]
		}
		for _, id := range ids {
			for _, b := range analytics.FoldWorkflowBuckets(activities[id], piece) {
				put(id, b.Span.Start, b.Bucket)
			}
			// An empty bucket is stored too where something may have gone from it:
			// else a slower fold could still store it as it was.
			for _, s := range touching {
				if s.Emptied && s.Of(id) {
					for _, bucket := range s.Span.Intersect(piece).Pieces(analytics.WorkflowBucketWidth) {
						put(id, bucket.Start, &analytics.WorkflowBucket{})
					}
				}
			}
		}
		for _, b := range stored {
			put(b.WorkflowID, b.Start, &analytics.WorkflowBucket{}).Version = b.Version + 1
		}
		swaps := make([]swap, 0, len(next))
		for key, b := range next {
			swaps = append(swaps, swap{key, b.Version - 1, b})
		}
		slices.SortFunc(swaps, func(a, b swap) int { return strings.Compare(a.key, b.key) })
		lost, err := r.swapAll(ctx, collWorkflowBuckets, reach.Org, swaps)
		if err != nil {
			return wrap(err, "write buckets of workflows")
		}
		if len(lost) == 0 {
			return nil
		}
	}
}
