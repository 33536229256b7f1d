package repository

import (
	"context"

	"cartograph/analytics"
)

var workflowsByName = byName("workflows", func(w *analytics.Workflow) position {
	return position{textValue(w.NameKey), w.WorkflowID}
})

// WorkflowsByID returns the workflows with the given native ids, by native id;
// an id without a workflow has no entry.
func (r *Repository) WorkflowsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Workflow, error) {
	return findByID(ctx, r, collWorkflows, reach, within(reach), ids, func(w *analytics.Workflow) string { return w.WorkflowID })
}

// Workflows returns a page of the workflows of a kind, of all for nil, by name.
// It fails with BadUserInput for paging arguments that are not valid.
func (r *Repository) Workflows(ctx context.Context, reach analytics.Reach, kind *analytics.WorkflowType, page analytics.PageArgs) (*analytics.WorkflowConnection, error) {
	return list(ctx, r, collWorkflows, reach, workflowsOf(reach, kind), workflowsByName, page)
}

// CountWorkflows returns how many workflows of a kind there are, in all for nil.
func (r *Repository) CountWorkflows(ctx context.Context, reach analytics.Reach, kind *analytics.WorkflowType) (int, error) {
	return count(ctx, r, collWorkflows, workflowsOf(reach, kind))
}

// WorkflowsByGoal returns the workflows that triggered goals, by id; a goal that
// none triggered has no entry.
func (r *Repository) WorkflowsByGoal(ctx context.Context, reach analytics.Reach, goals []analytics.Goal) (map[analytics.Goal][]*analytics.Workflow, error) {
	uids := map[string]bool{}
	for _, goal := range goals {
		uids[goal.UID] = true
	}
	found, err := find[analytics.Workflow](ctx, r.coll(collWorkflows), within(reach).in("goals.uid", sortedKeys(uids)).filter(), wholeResult())
	if err != nil {
		return nil, wrap(err, "find workflows by goal")
	}
	return analytics.WorkflowsByGoal(found, goals), nil
}

func workflowsOf(reach analytics.Reach, kind *analytics.WorkflowType) conditions {
	c := within(reach)
	if kind != nil {
		c = c.and("type", string(*kind))
	}
	return c
}
