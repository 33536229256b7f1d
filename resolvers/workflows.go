package resolvers

import (
	"context"

	"cartograph/analytics"
	"cartograph/graph"
)

// Workflow answers Query.workflow.
func (queryResolver) Workflow(ctx context.Context, id string) (*analytics.Workflow, error) {
	return nullable(load(ctx).workflows.load(ctx, analytics.NativeID("Workflow", id)))
}

// Workflows answers Query.workflows.
func (r queryResolver) Workflows(ctx context.Context, first *int, after *string, last *int, before *string, kind *analytics.WorkflowType) (*analytics.WorkflowConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	reach := reachOf(ctx)
	return rootConnection(ctx, page,
		func() (*analytics.WorkflowConnection, error) { return r.repo.Workflows(ctx, reach, kind, page) },
		func() (int, error) { return r.repo.CountWorkflows(ctx, reach, kind) })
}

// workflowResolver answers the fields of Workflow that its document lacks.
type workflowResolver struct{}

var _ graph.WorkflowResolver = workflowResolver{}

// Goals answers Workflow.goals, each goal with the workflow it came from.
func (workflowResolver) Goals(_ context.Context, workflow *analytics.Workflow) ([]*analytics.Goal, error) {
	goals := make([]*analytics.Goal, len(workflow.Goals))
	for i, goal := range workflow.Goals {
		goal.WorkflowID = workflow.WorkflowID
		goals[i] = &goal
	}
	return goals, nil
}

// Sidedata answers Workflow.sidedata.
func (workflowResolver) Sidedata(ctx context.Context, workflow *analytics.Workflow, interval analytics.Period, timeZone *string) (analytics.WorkflowSidedata, error) {
	zone, err := loadZone(timeZone)
	if err != nil {
		return nil, err
	}
	args := readArgs{Period: interval, Zone: zone.String(), zone: zone}
	reading, err := load(ctx).workflowReads.with(args).load(ctx, workflow.WorkflowID)
	if err != nil {
		return nil, err
	}
	return reading.Sidedata(workflow.Type, interval), nil
}

// interactionSidedataResolver answers the fields of InteractionSidedata that lead
// to other documents.
type interactionSidedataResolver struct{}

var _ graph.InteractionSidedataResolver = interactionSidedataResolver{}

// TriggeredGoals answers InteractionSidedata.triggeredGoals.
func (interactionSidedataResolver) TriggeredGoals(_ context.Context, s *analytics.InteractionSidedata) ([]*analytics.GoalTally, error) {
	return pointers(s.TriggeredGoals), nil
}

// AffectedGoals answers InteractionSidedata.affectedGoals.
func (interactionSidedataResolver) AffectedGoals(_ context.Context, s *analytics.InteractionSidedata) ([]*analytics.GoalTally, error) {
	return pointers(s.AffectedGoals), nil
}

// goalCountResolver answers the fields of GoalCount that lie in other documents.
type goalCountResolver struct{}

var _ graph.GoalCountResolver = goalCountResolver{}

// TriggeredBy answers GoalCount.triggeredBy.
func (goalCountResolver) TriggeredBy(ctx context.Context, goal *analytics.GoalTally) ([]*analytics.Workflow, error) {
	return or([]*analytics.Workflow{})(load(ctx).workflowsOf.load(ctx, goal.Goal()))
}

// goalResolver answers the fields of Goal that lie in other documents.
type goalResolver struct{}

var _ graph.GoalResolver = goalResolver{}

// Workflow answers Goal.workflow.
func (goalResolver) Workflow(ctx context.Context, goal *analytics.Goal) (*analytics.Workflow, error) {
	return load(ctx).workflows.load(ctx, goal.WorkflowID)
}
