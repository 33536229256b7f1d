package analytics

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
