package analytics

import (
	"slices"
	"strings"
	"time"
)

// WorkflowReading is what one workflow comes to in a period.
type WorkflowReading struct {
	Bucket *WorkflowBucket // of the whole period
	Views  PageViewHours
}

// ReadWorkflowBuckets returns what the buckets of a period come to, cut at its
// ends; views are as in CountPageViews.
func ReadWorkflowBuckets(buckets []SpannedWorkflowBucket, views []*Event, zone *time.Location) *WorkflowReading {
	merged := &WorkflowBucket{}
	for _, b := range buckets {
		merged.Merge(b.Bucket)
	}
	return &WorkflowReading{Bucket: merged, Views: CountPageViews(buckets, views, zone)}
}

// WorkflowSidedata is what a workflow came to in a period: of which figures, its
// kind says.
type WorkflowSidedata interface {
	IsWorkflowSidedata()
}

var (
	_ WorkflowSidedata = (*PageNavigationSidedata)(nil)
	_ WorkflowSidedata = (*InteractionSidedata)(nil)
)

// PageNavigationSidedata is what visitors looked at. All of it speaks of the
// page views of the workflow, so both lists of pairs come to the same sum.
type PageNavigationSidedata struct {
	UniqueVisitors int
	UniqueSessions int
	HourInDay      [][]int // pairs of page views and an hour, 0 to 23
	DayInWeek      [][]int // pairs of page views and a day, 1 to 7; nil for up to 24 hours
}

// InteractionSidedata is what visitors did in a workflow and what came of it.
type InteractionSidedata struct {
	UniqueVisitors   int // of any event of the workflow
	StartedWorkflows int
	// PurchaseSums is what visitors paid after they interacted, by currency; nil
	// where no affected goal is named VisitorPurchased.
	PurchaseSums   []Money
	TriggeredGoals []GoalTally
	AffectedGoals  []GoalTally
}

// IsWorkflowSidedata marks it as one of the kinds of sidedata.
func (*PageNavigationSidedata) IsWorkflowSidedata() {}

// IsWorkflowSidedata marks it as one of the kinds of sidedata.
func (*InteractionSidedata) IsWorkflowSidedata() {}

// VisitorPurchased is the name of the goal with which purchases are reported.
const VisitorPurchased = "System: Visitor purchased"

// Sidedata returns the figures of a kind of workflow. The reference knows two
// shapes; every kind but page navigation has that of interactions.
func (r *WorkflowReading) Sidedata(kind WorkflowType, period Period) WorkflowSidedata {
	b := r.Bucket
	if kind == PageNavigation {
		return &PageNavigationSidedata{
			UniqueVisitors: b.Viewers.Count(),
			UniqueSessions: b.Sessions.Count(),
			HourInDay:      r.Views.HourInDay(),
			DayInWeek:      r.Views.DayInWeek(period),
		}
	}
	s := &InteractionSidedata{
		UniqueVisitors:   b.Visitors.Count(),
		StartedWorkflows: b.Started,
		TriggeredGoals:   append([]GoalTally{}, b.Triggered...),
		AffectedGoals:    append([]GoalTally{}, b.Affected...),
	}
	for _, goal := range b.Affected {
		if goal.Name == VisitorPurchased {
			s.PurchaseSums = append([]Money{}, b.Purchases...)
			break
		}
	}
	return s
}

// WorkflowsByGoal returns which of some workflows triggered each of some goals,
// by id; a goal that none triggered has no entry.
func WorkflowsByGoal(workflows []*Workflow, goals []Goal) map[Goal][]*Workflow {
	workflows = slices.SortedFunc(slices.Values(workflows), func(a, b *Workflow) int { return strings.Compare(a.WorkflowID, b.WorkflowID) })
	asked := make(map[Goal]bool, len(goals))
	for _, goal := range goals {
		asked[goal] = true
	}
	byGoal := map[Goal][]*Workflow{}
	for _, w := range workflows {
		for _, goal := range w.Goals {
			if asked[goal] {
				byGoal[goal] = append(byGoal[goal], w)
			}
		}
	}
	return byGoal
}
