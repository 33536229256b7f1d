package resolvers

import (
	"context"

	"cartograph/analytics"
	"cartograph/graph"
	"cartograph/repository"
)

// Agent answers Query.agent.
func (queryResolver) Agent(ctx context.Context, id string) (*analytics.Agent, error) {
	return nullable(load(ctx).agents.load(ctx, analytics.NativeID("Agent", id)))
}

// Agents answers Query.agents.
func (r queryResolver) Agents(ctx context.Context, first *int, after *string, last *int, before *string, namePrefix *string) (*analytics.AgentConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	reach, prefix := reachOf(ctx), orZero(namePrefix)
	return rootConnection(ctx, page,
		func() (*analytics.AgentConnection, error) { return r.repo.Agents(ctx, reach, prefix, page) },
		func() (int, error) { return r.repo.CountAgents(ctx, reach, prefix) })
}

// standInAgent stands for an agent of whom only the id is known.
func standInAgent(id string) *analytics.Agent {
	return &analytics.Agent{AgentID: id, Name: id, Origin: analytics.Seen}
}

// agentResolver answers the fields of Agent that lie in other documents.
type agentResolver struct{}

var _ graph.AgentResolver = agentResolver{}

// Calls answers Agent.calls.
func (agentResolver) Calls(ctx context.Context, agent *analytics.Agent, first *int, after *string, last *int, before *string, filter *analytics.CallFilter, orderBy *analytics.CallOrder) (*analytics.CallConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	return callsOf(ctx, repository.ByAgent, keyOf(agent.AgentID), page, filter, orderBy)
}
