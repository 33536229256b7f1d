package repository

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// workflowDay is the stored bucket of a workflow's day.
type workflowDay struct {
	Key        string    `bson:"_id"`
	Org        string    `bson:"org"`
	Version    int64     `bson:"version"`
	WorkflowID string    `bson:"workflow"`
	Start      time.Time `bson:"start"`

	analytics.WorkflowDay `bson:",inline"`
}

// spanned returns the bucket with its span.
func (d *workflowDay) spanned() analytics.SpannedWorkflowBucket {
	span := analytics.Period{Start: d.Start, End: d.Start.Add(analytics.UTCDay)}
	return analytics.SpannedWorkflowBucket{Span: span, Bucket: &d.Bucket, Quarters: d.Quarters}
}

// workflowDays returns the stored days of workflows that begin in a span.
func (r *Repository) workflowDays(ctx context.Context, reach analytics.Reach, ids []string, span analytics.Period, projection bson.D) ([]*workflowDay, error) {
	found, err := find[workflowDay](ctx, r.coll(collWorkflowDays),
		within(reach).in("workflow", ids).and("start", during(span)).filter(), wholeResult().SetProjection(projection))
	return found, wrap(err, "find days of workflows")
}

// foldWorkflowDays stores the days of workflows in a span, merged from the stored
// buckets of their quarters, until nobody else stored one of them in between. The
// versions are read before the quarters: whoever finds them unchanged has seen
// all that the stored days were merged from.
func (r *Repository) foldWorkflowDays(ctx context.Context, reach analytics.Reach, ids []string, span analytics.Period) error {
	for {
		stored, err := r.workflowDays(ctx, reach, ids, span, fields("version", "workflow", "start"))
		if err != nil {
			return err
		}
		buckets, err := r.workflowBuckets(ctx, reach, ids, span, fields("workflow", "start", "bucket"))
		if err != nil {
			return err
		}
		next := map[string]*workflowDay{}
		dayAt := func(id string, at time.Time) *workflowDay {
			start := at.UTC().Truncate(analytics.UTCDay)
			key := workflowBucketKey(reach, id, start)
			if next[key] == nil {
				next[key] = &workflowDay{Key: key, Org: reach.Org, Version: 1, WorkflowID: id, Start: start}
			}
			return next[key]
		}
		for _, d := range stored {
			dayAt(d.WorkflowID, d.Start).Version = d.Version + 1
		}
		for _, b := range buckets {
			dayAt(b.WorkflowID, b.Start).Add(b.spanned())
		}
		swaps := make([]swap, 0, len(next))
		for key, d := range next {
			swaps = append(swaps, swap{key, d.Version - 1, d})
		}
		slices.SortFunc(swaps, func(a, b swap) int { return strings.Compare(a.key, b.key) })
		lost, err := r.swapAll(ctx, collWorkflowDays, reach.Org, swaps)
		if err != nil {
			return wrap(err, "write days of workflows")
		}
		if len(lost) == 0 {
			return nil
		}
	}
}

// CompleteWorkflowDays stores the days of workflows in a store from before there
// were any; once for each store.
func (r *Repository) CompleteWorkflowDays(ctx context.Context) error {
	state, err := r.State(ctx)
	if err != nil || state.WorkflowDays {
		return err
	}
	buckets, err := find[workflowBucket](ctx, r.coll(collWorkflowBuckets), bson.D{}, wholeResult().SetProjection(fields("org", "workflow", "start")))
	if err != nil {
		return wrap(err, "find buckets of workflows")
	}
	type workflow struct{ org, id string }
	quarters := map[workflow][]analytics.Period{}
	for _, b := range buckets {
		w := workflow{b.Org, b.WorkflowID}
		quarters[w] = append(quarters[w], analytics.WorkflowBucketAt(b.Start))
	}
	for w, spans := range quarters {
		for _, span := range analytics.AroundDays(spans) {
			for _, days := range span.Pieces(foldDays) {
				if err := r.foldWorkflowDays(ctx, analytics.Reach{Org: w.org}, []string{w.id}, days); err != nil {
					return err
				}
			}
		}
	}
	return r.setState(ctx, "workflowDays")
}
