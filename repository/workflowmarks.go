package repository

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// workflowMark says which buckets of workflows a batch changes. It is set before
// the batch writes anything and is done after all is written; it goes when a fold
// that began after that has stored the buckets. Until then readers fold them
// themselves. So nothing that was answered is ever missing, and nothing counts
// twice: folding the same again changes nothing.
type workflowMark struct {
	Key string    `bson:"_id"`
	Org string    `bson:"org"`
	At  time.Time `bson:"at"`
	// Done: all that the batch writes is written. One that never gets done tells of
	// a batch that was broken off.
	Done  bool                     `bson:"done"`
	Spans []analytics.WorkflowSpan `bson:"spans"`
}

// spansOf returns the buckets of workflows that events count in.
func spansOf(events []*analytics.Event) []analytics.WorkflowSpan {
	var spans []analytics.WorkflowSpan
	for _, e := range events {
		if span, ok := analytics.TouchedWorkflows(e); ok {
			spans = append(spans, span)
		}
	}
	return analytics.JoinWorkflowSpans(spans)
}

// coverWorkflows makes the derivation's mark speak of spans, before anything of
// them changes.
func (d *derivation) coverWorkflows(ctx context.Context, spans []analytics.WorkflowSpan) error {
	m := &d.workflows
	known := len(m.Spans)
	for _, s := range spans {
		if !slices.ContainsFunc(m.Spans, func(k analytics.WorkflowSpan) bool { return k.Covers(s) }) {
			m.Spans = append(m.Spans, s)
		}
	}
	switch {
	case len(m.Spans) == known:
		return nil
	case known == 0:
		return d.insertWorkflowMark(ctx)
	default:
		return d.updateWorkflowMark(ctx, bson.D{{Key: "spans", Value: m.Spans}})
	}
}

// finishWorkflows tells that all is written that the mark speaks of.
func (d *derivation) finishWorkflows(ctx context.Context) error {
	if len(d.workflows.Spans) == 0 {
		return nil
	}
	d.workflows.Done = true
	return d.updateWorkflowMark(ctx, bson.D{{Key: "done", Value: true}})
}

func (d *derivation) insertWorkflowMark(ctx context.Context) error {
	m := &d.workflows
	m.Key, m.Org, m.At = d.reach.Key(rand.Text()), d.reach.Org, time.Now().UTC().Truncate(time.Millisecond)
	_, err := d.r.coll(collWorkflowMarks).InsertOne(ctx, m)
	return wrap(err, "insert mark of workflows")
}

// updateWorkflowMark changes the mark. One that went because its batch took too
// long is set again: what was written since is not folded.
func (d *derivation) updateWorkflowMark(ctx context.Context, set bson.D) error {
	filter := bson.D{{Key: "_id", Value: d.workflows.Key}, {Key: "org", Value: d.reach.Org}}
	result, err := d.r.coll(collWorkflowMarks).UpdateOne(ctx, filter, bson.D{{Key: "$set", Value: set}})
	if err != nil {
		return wrap(err, "update mark of workflows")
	}
	if result.MatchedCount == 0 {
		return d.insertWorkflowMark(ctx)
	}
	return nil
}

// workflowMarksOf returns the marks of an organization.
func (r *Repository) workflowMarksOf(ctx context.Context, reach analytics.Reach) ([]*workflowMark, error) {
	marks, err := find[workflowMark](ctx, r.coll(collWorkflowMarks), within(reach).filter(), wholeResult())
	return marks, wrap(err, "find marks of workflows")
}
