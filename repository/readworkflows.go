package repository

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// ReadWorkflows returns what workflows come to in a period, by native id; days
// and hours are those of a time zone. A workflow of which nothing is known comes
// to nothing. It fails with BadUserInput for a period that does not end after
// its start.
func (r *Repository) ReadWorkflows(ctx context.Context, reach analytics.Reach, period analytics.Period, zone *time.Location, workflowIDs []string) (map[string]*analytics.WorkflowReading, error) {
	if !period.End.After(period.Start) {
		return nil, analytics.Errorf(analytics.BadUserInput, "interval.end must lie after interval.start")
	}
	activities, err := r.workflowActivities(ctx, reach, workflowIDs, period)
	if err != nil {
		return nil, err
	}
	readings := make(map[string]*analytics.WorkflowReading, len(workflowIDs))
	for _, id := range workflowIDs {
		a := activities[id]
		readings[id] = analytics.ReadWorkflowBuckets(analytics.FoldWorkflowBuckets(a, period), a.Events, zone)
	}
	return readings, nil
}

// workflowActivities returns what happened in workflows in a span of time, as
// far as the fold needs it: in three commands, however many workflows.
func (r *Repository) workflowActivities(ctx context.Context, reach analytics.Reach, ids []string, span analytics.Period) (map[string]*analytics.WorkflowActivity, error) {
	before := analytics.Period{Start: span.Start.Add(-analytics.AffectedWindow), End: span.End}
	from := nextMilli(span.Start)
	events, err := find[analytics.Event](ctx, r.coll(collEvents),
		within(reach).in("subject", subjectsOf(ids, analytics.WorkflowSubject)).and("at", during(before)).
			either(bson.D{{Key: "at", Value: bson.D{{Key: "$gte", Value: from.stored()}}}}, bson.D{{Key: "type", Value: string(analytics.Interacted)}}).filter(),
		wholeResult().SetProjection(fields("id", "type", "at", "client", "session", "subject", "data.uid", "data.name")))
	if err != nil {
		return nil, wrap(err, "find events of workflows")
	}
	goals, err := find[analytics.Event](ctx, r.coll(collEvents),
		within(reach).and("type", string(analytics.GoalReached)).and("at", during(span)).filter(),
		wholeResult().SetProjection(fields("id", "type", "at", "client", "data.uid", "data.name")))
	if err != nil {
		return nil, wrap(err, "find goals")
	}
	purchases, err := find[analytics.Purchase](ctx, r.coll(collPurchases), within(reach).and("at", during(span)).filter(),
		wholeResult().SetProjection(fields("id", "at", "client", "total")))
	if err != nil {
		return nil, wrap(err, "find purchases")
	}
	activities := make(map[string]*analytics.WorkflowActivity, len(ids))
	for _, id := range ids {
		activities[id] = &analytics.WorkflowActivity{WorkflowID: id, Goals: goals, Purchases: purchases, Visitor: numbering(), Session: numbering()}
	}
	for _, e := range events {
		if id, ok := analytics.SubjectID("workflow", e.Subject); ok {
			activities[id].Events = append(activities[id].Events, e)
		}
	}
	return activities, nil
}

// numbering returns a function that numbers ids in the order in which they are
// asked for.
func numbering() func(id string) uint32 {
	known := map[string]uint32{}
	return func(id string) uint32 {
		n, ok := known[id]
		if !ok {
			n = uint32(len(known))
			known[id] = n
		}
		return n
	}
}

// fields asks for some fields of each document.
func fields(names ...string) bson.D {
	projection := bson.D{{Key: "_id", Value: 0}}
	for _, name := range names {
		projection = append(projection, bson.E{Key: name, Value: 1})
	}
	return projection
}
