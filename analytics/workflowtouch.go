package analytics

import (
	"slices"
	"time"
)

// WorkflowSpan is a span of time of one workflow, of all workflows for an empty
// id, in which buckets are not what is stored. It lies on the edges of buckets.
type WorkflowSpan struct {
	WorkflowID string `bson:"workflow,omitempty"`
	Span       Period `bson:"span"`
	// Emptied: something may have gone from the span, which else is only added to.
	Emptied bool `bson:"emptied,omitempty"`
}

// TouchedWorkflows returns the buckets that an event counts in; false for one
// that counts in no workflow. With an interaction, goals and purchases up to
// AffectedWindow after it may begin to count.
func TouchedWorkflows(e *Event) (WorkflowSpan, bool) {
	span := WorkflowBucketAt(e.At)
	if id, ok := SubjectID("workflow", e.Subject); ok {
		if e.Type == Interacted {
			span.End = WorkflowBucketAt(e.At.Add(AffectedWindow)).End
		}
		return WorkflowSpan{WorkflowID: id, Span: span}, true
	}
	return WorkflowSpan{Span: span}, e.Type == GoalReached || e.Type == Purchased
}

// TouchedByPurchase returns the buckets in which a transaction counts otherwise
// than it did before, nil for one that is new.
func TouchedByPurchase(before, p *Purchase) []WorkflowSpan {
	switch {
	case before == nil:
		return []WorkflowSpan{{Span: WorkflowBucketAt(p.At)}}
	case before.EventID == p.EventID:
		return nil
	default: // another event speaks of it: at another time, or of another visitor
		return []WorkflowSpan{{Span: WorkflowBucketAt(before.At), Emptied: true}, {Span: WorkflowBucketAt(p.At)}}
	}
}

// Covers reports whether everything of o lies in s.
func (s WorkflowSpan) Covers(o WorkflowSpan) bool {
	return (s.WorkflowID == "" || s.WorkflowID == o.WorkflowID) && (s.Emptied || !o.Emptied) &&
		!o.Span.Start.Before(s.Span.Start) && !s.Span.End.Before(o.Span.End)
}

// Of reports whether it speaks of a workflow.
func (s WorkflowSpan) Of(workflowID string) bool {
	return s.WorkflowID == "" || s.WorkflowID == workflowID
}

// JoinWorkflowSpans returns spans of one workflow that touch or overlap as one.
func JoinWorkflowSpans(spans []WorkflowSpan) []WorkflowSpan {
	type kind struct {
		workflowID string
		emptied    bool
	}
	byKind := map[kind][]Period{}
	for _, s := range spans {
		k := kind{s.WorkflowID, s.Emptied}
		byKind[k] = append(byKind[k], s.Span)
	}
	var all []WorkflowSpan
	for k, periods := range byKind {
		for _, p := range JoinNear(periods, 0) {
			all = append(all, WorkflowSpan{k.workflowID, p, k.emptied})
		}
	}
	return all
}

// JoinNear returns periods that overlap, or have at most a gap between them, as
// one, in order. Empty ones are left out.
func JoinNear(periods []Period, gap time.Duration) []Period {
	sorted := slices.SortedFunc(slices.Values(periods), func(a, b Period) int { return a.Start.Compare(b.Start) })
	var all []Period
	for _, p := range sorted {
		if p.empty() {
			continue
		}
		if last := len(all) - 1; last >= 0 && p.Start.Sub(all[last].End) <= gap {
			all[last].End = later(all[last].End, p.End)
			continue
		}
		all = append(all, p)
	}
	return all
}

// JoinPeriods returns periods that touch or overlap as one, in order, and at most
// so many: the smallest gaps are closed.
func JoinPeriods(periods []Period, atMost int) []Period {
	all := JoinNear(periods, 0)
	if len(all) <= atMost {
		return all
	}
	gaps := make([]time.Duration, len(all)-1)
	for i := range gaps {
		gaps[i] = all[i+1].Start.Sub(all[i].End)
	}
	slices.Sort(gaps)
	return JoinNear(all, gaps[len(all)-atMost-1])
}

// Intersect returns what two periods have in common; where that is nothing, its
// end does not lie after its start.
func (p Period) Intersect(o Period) Period { return p.intersect(o) }

// Empty reports whether nothing lies in the period.
func (p Period) Empty() bool { return p.empty() }

// Pieces returns the period cut into pieces of at most a length, in order.
func (p Period) Pieces(length time.Duration) []Period {
	var pieces []Period
	for start := p.Start; start.Before(p.End); start = start.Add(length) {
		pieces = append(pieces, Period{Start: start, End: earlier(start.Add(length), p.End)})
	}
	return pieces
}
