package analytics

import "time"

// WorkflowBucket is everything the report of one workflow needs for one span of
// time. The zero value is the empty bucket: nothing happened. Buckets of spans
// that do not overlap merge to the bucket of all of them, in any order and
// grouping: counts and money add up, sets unite.
type WorkflowBucket struct {
	Views    int      `bson:"views,omitempty"`    // page_viewed
	Viewers  Ordinals `bson:"viewers,omitempty"`  // visitors of these
	Sessions Ordinals `bson:"sessions,omitempty"` // sessions of these
	// Visitors are those of any event of the workflow.
	Visitors  Ordinals    `bson:"visitors,omitempty"`
	Started   int         `bson:"started,omitempty"` // workflow_started
	Triggered []GoalTally `bson:"triggered,omitempty"`
	Affected  []GoalTally `bson:"affected,omitempty"`
	// Purchases is what visitors who interacted paid, by currency.
	Purchases []Money `bson:"purchases,omitempty"`
}

// GoalTally counts how often a goal was met. Only uid and name together tell
// goals apart.
type GoalTally struct {
	UID   string `bson:"uid"`
	Name  string `bson:"name"`
	Count int    `bson:"count"`
}

// Goal returns which goal was met.
func (g *GoalTally) Goal() Goal { return Goal{UID: g.UID, Name: g.Name} }

// goalKey tells goals apart, and orders them by uid, then by name.
func goalKey(uid, name string) string { return uid + "\x00" + name }

func (g *GoalTally) key() string { return goalKey(g.UID, g.Name) }

func (g *GoalTally) merge(o *GoalTally) {
	g.UID, g.Name = o.UID, o.Name
	g.Count += o.Count
}

// Merge adds everything of o, the bucket of a span that does not overlap; o stays
// as it is and shares nothing with b.
func (b *WorkflowBucket) Merge(o *WorkflowBucket) {
	b.Views += o.Views
	b.Viewers.Merge(o.Viewers)
	b.Sessions.Merge(o.Sessions)
	b.Visitors.Merge(o.Visitors)
	b.Started += o.Started
	b.Triggered = mergeSorted[string](b.Triggered, o.Triggered)
	b.Affected = mergeSorted[string](b.Affected, o.Affected)
	for _, m := range o.Purchases {
		b.Purchases = addMoney(b.Purchases, m)
	}
	b.boundLists()
}

// SpannedWorkflowBucket is the bucket of one span.
type SpannedWorkflowBucket struct {
	Span   Period
	Bucket *WorkflowBucket
	// Quarters are the page views of each quarter of an hour, for the bucket of a
	// day; nil for that of a quarter, or of a part of one.
	Quarters QuarterViews
}

// WorkflowBucketWidth is the time that a bucket of a workflow holds.
const WorkflowBucketWidth = otherBucketWidth

// WorkflowBucketAt returns the span of the bucket that a moment falls into: a
// quarter of an hour.
func WorkflowBucketAt(at time.Time) Period {
	start := at.UTC().Truncate(WorkflowBucketWidth)
	return Period{Start: start, End: start.Add(WorkflowBucketWidth)}
}

// ReadWorkflow returns how the report of a period is read from buckets.
func ReadWorkflow(period Period) Reading {
	first, last := WorkflowBucketAt(period.Start), WorkflowBucketAt(period.End)
	if first.Start.Equal(last.Start) {
		return Reading{Whole: noTime, Cut: []Period{period}}
	}
	reading := Reading{Whole: Period{Start: first.Start, End: last.Start}}
	if period.Start.After(first.Start) {
		reading.Cut = append(reading.Cut, Period{Start: period.Start, End: first.End})
		reading.Whole.Start = first.End
	}
	if period.End.After(last.Start) {
		reading.Cut = append(reading.Cut, Period{Start: last.Start, End: period.End})
	}
	return reading
}
