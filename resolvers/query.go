package resolvers

import (
	"context"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/graph"
)

// queryResolver answers the root fields of queries. Those of each section of the
// schema stand in the section's own file.
type queryResolver struct{ *resolver }

var _ graph.QueryResolver = queryResolver{}

// Viewer answers Query.viewer.
func (queryResolver) Viewer(ctx context.Context) (*graph.Viewer, error) {
	p := auth.From(ctx)
	viewer := &graph.Viewer{Organization: p.Org, Scopes: p.Scopes.Strings(), Demo: p.Demo}
	if p.Agent == "" {
		return viewer, nil
	}
	agent, err := orStandIn(standInAgent, p.Agent)(load(ctx).agents.load(ctx, p.Agent))
	viewer.Agent = agent
	return viewer, err
}

// Node answers Query.node.
func (queryResolver) Node(ctx context.Context, id string) (analytics.Node, error) {
	return startNode(ctx, id)()
}
