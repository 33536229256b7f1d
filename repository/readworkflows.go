package repository

import (
	"context"
	"maps"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"cartograph/analytics"
)

// foldedSpans is how many spans of time a reader folds apart from each other:
// both ends of the period, and what is not stored yet.
const foldedSpans = 4

// ReadWorkflows returns what workflows come to in a period, by native id; days
// and hours are those of a time zone. A workflow of which nothing is known comes
// to nothing. It fails with BadUserInput for a period that does not end after
// its start.
//
// It reads the stored buckets, and folds those that are not what is stored, and
// what the ends of the period cut. Marks are read before buckets, and numbers of
// visitors after them: what a fold stores meanwhile is then never missing, and
// nobody in a bucket is without a number.
func (r *Repository) ReadWorkflows(ctx context.Context, reach analytics.Reach, period analytics.Period, zone *time.Location, workflowIDs []string) (map[string]*analytics.WorkflowReading, error) {
	if !period.End.After(period.Start) {
		return nil, analytics.Errorf(analytics.BadUserInput, "interval.end must lie after interval.start")
	}
	marks, err := r.workflowMarksOf(ctx, reach)
	if err != nil {
		return nil, err
	}
	reading := analytics.ReadWorkflow(period)
	folded := spansToFold(reading, period, marks, workflowIDs)
	buckets, err := r.wholeWorkflowBuckets(ctx, reach, workflowIDs, reading.Whole, folded)
	if err != nil {
		return nil, err
	}
	spans := make([]workflowSpan, len(folded))
	for i, span := range folded {
		spans[i].span = span
		if spans[i].activities, err = r.workflowActivities(ctx, reach, workflowIDs, span); err != nil {
			return nil, err
		}
	}
	if err := r.number(ctx, reach, spans, false); err != nil {
		return nil, err
	}
	for _, s := range spans {
		for id, a := range s.activities {
			buckets[id] = append(buckets[id], analytics.FoldWorkflowBuckets(a, s.span)...)
		}
	}
	views, err := r.viewsOffTheHour(ctx, reach, buckets, zone)
	if err != nil {
		return nil, err
	}
	readings := make(map[string]*analytics.WorkflowReading, len(workflowIDs))
	for _, id := range workflowIDs {
		readings[id] = analytics.ReadWorkflowBuckets(buckets[id], views[id], zone)
	}
	return readings, nil
}

// spansToFold returns what a reader of a period folds: what the period cuts of
// buckets, and where marks tell that buckets are not what is stored.
func spansToFold(reading analytics.Reading, period analytics.Period, marks []*workflowMark, workflowIDs []string) []analytics.Period {
	spans := slices.Clone(reading.Cut)
	for _, m := range marks {
		for _, s := range m.Spans {
			if slices.ContainsFunc(workflowIDs, s.Of) {
				spans = append(spans, s.Span.Intersect(period))
			}
		}
	}
	return analytics.JoinPeriods(spans, foldedSpans)
}

// wholeWorkflowBuckets returns the stored buckets of a period but those that are
// folded, by workflow: those of days, and of quarters of an hour where a day is
// cut or has something that is folded.
func (r *Repository) wholeWorkflowBuckets(ctx context.Context, reach analytics.Reach, ids []string, whole analytics.Period, folded []analytics.Period) (map[string][]analytics.SpannedWorkflowBucket, error) {
	buckets := map[string][]analytics.SpannedWorkflowBucket{}
	days, quarters := analytics.DaysAndQuarters(whole, folded)
	found := make([][]*workflowBucket, len(quarters))
	var foundDays []*workflowDay
	group, groupCtx := errgroup.WithContext(ctx)
	for i, span := range quarters {
		group.Go(func() (err error) {
			found[i], err = r.workflowBuckets(groupCtx, reach, ids, span, fields("workflow", "start", "bucket"))
			return err
		})
	}
	if len(days) > 0 {
		group.Go(func() (err error) {
			span := analytics.Period{Start: days[0].Start, End: days[len(days)-1].End}
			foundDays, err = r.workflowDays(groupCtx, reach, ids, span, fields("workflow", "start", "bucket", "quarters"))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	in := func(spans []analytics.Period, at time.Time) bool {
		return slices.ContainsFunc(spans, func(p analytics.Period) bool { return p.Contains(at) })
	}
	for _, d := range foundDays {
		if in(days, d.Start) {
			buckets[d.WorkflowID] = append(buckets[d.WorkflowID], d.spanned())
		}
	}
	for _, b := range slices.Concat(found...) {
		if !in(folded, b.Start) {
			buckets[b.WorkflowID] = append(buckets[b.WorkflowID], b.spanned())
		}
	}
	return buckets, nil
}

// viewsOffTheHour returns the page views of those buckets in which the clocks of
// a zone do not show one and the same hour, by workflow; those between them may
// be there as well.
func (r *Repository) viewsOffTheHour(ctx context.Context, reach analytics.Reach, buckets map[string][]analytics.SpannedWorkflowBucket, zone *time.Location) (map[string][]*analytics.Event, error) {
	var spans []analytics.Period
	var ids []string
	for _, id := range slices.Sorted(maps.Keys(buckets)) {
		known := len(spans)
		for _, b := range buckets[id] {
			for start := range b.PageViews() {
				if quarter := analytics.WorkflowBucketAt(start); !analytics.InOneHour(quarter, zone) {
					spans = append(spans, quarter.Intersect(b.Span))
				}
			}
		}
		if len(spans) > known {
			ids = append(ids, id)
		}
	}
	if len(spans) == 0 {
		return nil, nil
	}
	events, err := find[analytics.Event](ctx, r.coll(collEvents),
		within(reach).in("subject", subjectsOf(ids, analytics.WorkflowSubject)).and("at", during(analytics.JoinPeriods(spans, 1)[0])).
			and("type", string(analytics.PageViewed)).filter(),
		wholeResult().SetProjection(fields("type", "at", "subject")))
	if err != nil {
		return nil, wrap(err, "find page views")
	}
	views := map[string][]*analytics.Event{}
	for _, e := range events {
		if id, ok := analytics.SubjectID("workflow", e.Subject); ok {
			views[id] = append(views[id], e)
		}
	}
	return views, nil
}

// workflowActivities returns what happened in workflows in a span of time, as
// far as the fold needs it: in four commands, however many workflows.
func (r *Repository) workflowActivities(ctx context.Context, reach analytics.Reach, ids []string, span analytics.Period) (map[string]*analytics.WorkflowActivity, error) {
	projection := fields("id", "type", "at", "client", "session", "subject", "data.uid", "data.name")
	goals, err := find[analytics.Event](ctx, r.coll(collEvents),
		within(reach).and("type", string(analytics.GoalReached)).and("at", during(span)).filter(), wholeResult().SetProjection(projection))
	if err != nil {
		return nil, wrap(err, "find goals")
	}
	purchases, err := find[analytics.Purchase](ctx, r.coll(collPurchases), within(reach).and("at", during(span)).filter(),
		wholeResult().SetProjection(fields("id", "at", "client", "total")))
	if err != nil {
		return nil, wrap(err, "find purchases")
	}
	events, err := find[analytics.Event](ctx, r.coll(collEvents),
		within(reach).in("subject", subjectsOf(ids, analytics.WorkflowSubject)).and("at", during(span)).filter(), wholeResult().SetProjection(projection))
	if err != nil {
		return nil, wrap(err, "find events of workflows")
	}
	before, err := r.interactionsBefore(ctx, reach, ids, span, goals, purchases)
	if err != nil {
		return nil, err
	}
	activities := make(map[string]*analytics.WorkflowActivity, len(ids))
	for _, id := range ids {
		activities[id] = &analytics.WorkflowActivity{WorkflowID: id, Goals: goals, Purchases: purchases}
	}
	for _, e := range append(events, before...) {
		id, _ := analytics.SubjectID("workflow", e.Subject)
		if a := activities[id]; a != nil {
			a.Events = append(a.Events, e)
		}
	}
	return activities, nil
}

// visitorsAtOnce is up to how many visitors are looked for by name; of more it
// is quicker to look at everything that happened in the workflows.
const visitorsAtOnce = 5000

// interactionsBefore returns what happened before a span to those visitors who
// reached goals or bought something in it, as far back as that still affects
// them.
func (r *Repository) interactionsBefore(ctx context.Context, reach analytics.Reach, ids []string, span analytics.Period, goals []*analytics.Event, purchases []*analytics.Purchase) ([]*analytics.Event, error) {
	visitors := map[string]bool{}
	for _, e := range goals {
		visitors[e.VisitorID] = true
	}
	for _, p := range purchases {
		visitors[p.VisitorID] = true
	}
	if len(visitors) == 0 {
		return nil, nil
	}
	c := within(reach).and("at", during(analytics.Period{Start: span.Start.Add(-analytics.AffectedWindow), End: span.Start}))
	if len(visitors) <= visitorsAtOnce {
		c = c.in("client", sortedKeys(visitors))
	} else {
		c = c.in("subject", subjectsOf(ids, analytics.WorkflowSubject)).and("type", string(analytics.Interacted))
	}
	events, err := find[analytics.Event](ctx, r.coll(collEvents), c.filter(),
		wholeResult().SetProjection(fields("id", "type", "at", "client", "subject")))
	return events, wrap(err, "find interactions")
}
