package analytics

import (
	"maps"
	"slices"
	"time"
)

// AffectedWindow is how long after an interaction with a workflow a goal or a
// purchase of its visitor still belongs to the workflow; a gap of exactly this
// length counts.
const AffectedWindow = 24 * time.Hour

// WorkflowActivity is what happened in a workflow, as far as the fold of its
// buckets needs it. Each list may hold more than the span asked for, in any
// order, and the same thing several times: the fold takes what belongs to the
// span, once.
type WorkflowActivity struct {
	WorkflowID string
	// Events are those of the workflow. The fold needs those whose time lies in
	// the span, and interactions up to AffectedWindow before it.
	Events []*Event
	// Goals are the goal_reached of the whole organization in the span.
	Goals []*Event
	// Purchases are those of the whole organization that were made in the span.
	Purchases []*Purchase
	// Visitor and Session return the dense number of a visitor and of a session
	// within the workflow: the same each time they are asked.
	Visitor, Session func(id string) uint32
}

// FoldWorkflowBuckets returns the buckets of a workflow in which something
// happened, in order of time. A span that does not lie on the edges of buckets
// cuts those at its ends.
func FoldWorkflowBuckets(a *WorkflowActivity, span Period) []SpannedWorkflowBucket {
	f := &workflowFold{WorkflowActivity: a, span: span, parts: map[int64]*workflowPart{}}
	f.foldEvents()
	f.foldGoals()
	f.foldPurchases()
	return f.buckets()
}

// workflowFold is the buckets of a span in the making.
type workflowFold struct {
	*WorkflowActivity
	span         Period
	parts        map[int64]*workflowPart // by the start of the bucket, in Unix milliseconds
	interactions map[string][]time.Time  // by visitor, in order
}

// workflowPart is one bucket in the making: its lists by key.
type workflowPart struct {
	b                   WorkflowBucket
	triggered, affected map[string]*GoalTally
}

// at returns the part of the bucket that a moment falls into.
func (f *workflowFold) at(at time.Time) *workflowPart {
	return entryOf(f.parts, WorkflowBucketAt(at).Start.UnixMilli(),
		workflowPart{triggered: map[string]*GoalTally{}, affected: map[string]*GoalTally{}})
}

// buckets returns the finished buckets.
func (f *workflowFold) buckets() []SpannedWorkflowBucket {
	var buckets []SpannedWorkflowBucket
	for _, start := range slices.Sorted(maps.Keys(f.parts)) {
		part := f.parts[start]
		part.b.Triggered = sortedValues(part.triggered)
		part.b.Affected = sortedValues(part.affected)
		part.b.boundLists()
		span := WorkflowBucketAt(time.UnixMilli(start)).intersect(f.span)
		buckets = append(buckets, SpannedWorkflowBucket{Span: span, Bucket: &part.b})
	}
	return buckets
}

// foldEvents counts each event of the span once, and notes who interacted when.
func (f *workflowFold) foldEvents() {
	f.interactions = map[string][]time.Time{}
	seen := make(map[string]bool, len(f.Events))
	subject := WorkflowSubject(f.WorkflowID)
	for _, e := range f.Events {
		if e.Subject != subject || seen[e.EventID] {
			continue
		}
		seen[e.EventID] = true
		if e.Type == Interacted {
			f.interactions[e.VisitorID] = append(f.interactions[e.VisitorID], e.At)
		}
		if f.span.Contains(e.At) {
			f.foldEvent(e)
		}
	}
	for _, times := range f.interactions {
		slices.SortFunc(times, time.Time.Compare)
	}
}

func (f *workflowFold) foldEvent(e *Event) {
	part := f.at(e.At)
	b, visitor := &part.b, f.Visitor(e.VisitorID)
	b.Visitors.Add(visitor)
	switch e.Type {
	case PageViewed:
		b.Views++
		b.Viewers.Add(visitor)
		b.Sessions.Add(f.Session(e.SessionID))
	case WorkflowStarted:
		b.Started++
	case GoalTriggered:
		countGoal(part.triggered, e)
	}
}

func countGoal(goals map[string]*GoalTally, e *Event) {
	key := goalKey(e.Data.UID, e.Data.Name)
	entryOf(goals, key, GoalTally{UID: e.Data.UID, Name: e.Data.Name}).Count++
}

// affected reports whether a visitor interacted with the workflow at a moment or
// at most AffectedWindow before it.
func (f *workflowFold) affected(visitorID string, at time.Time) bool {
	times := f.interactions[visitorID]
	next, _ := slices.BinarySearchFunc(times, at.Add(1), time.Time.Compare)
	return visitorID != "" && next > 0 && at.Sub(times[next-1]) <= AffectedWindow
}

// foldGoals counts the goals that visitors reached after they interacted, at the
// time of the goal, whatever the goal names.
func (f *workflowFold) foldGoals() {
	seen := map[string]bool{}
	for _, e := range f.Goals {
		if e.Type == GoalReached && f.span.Contains(e.At) && !seen[e.EventID] && f.affected(e.VisitorID, e.At) {
			seen[e.EventID] = true
			countGoal(f.at(e.At).affected, e)
		}
	}
}

// foldPurchases adds up what visitors paid after they interacted, at the time of
// the purchase, whatever it names.
func (f *workflowFold) foldPurchases() {
	seen := map[string]bool{}
	for _, p := range f.Purchases {
		if f.span.Contains(p.At) && !seen[p.TransactionID] && f.affected(p.VisitorID, p.At) {
			seen[p.TransactionID] = true
			b := &f.at(p.At).b
			b.Purchases = addMoney(b.Purchases, p.Total)
		}
	}
}
