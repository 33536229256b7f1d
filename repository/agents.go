package repository

import (
	"context"

	"cartograph/analytics"
)

var agentsByName = byName("agents", func(a *analytics.Agent) position {
	return position{textValue(a.NameKey), a.AgentID}
})

// AgentsByID returns the agents with the given native ids, by native id; an id
// without an agent has no entry.
func (r *Repository) AgentsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Agent, error) {
	return findByID(ctx, r, collAgents, reach, within(reach), ids, func(a *analytics.Agent) string { return a.AgentID })
}

// Agents returns a page of the agents of which the name begins with a prefix, upper
// or lower case; of all for an empty one. It fails with BadUserInput for paging
// arguments that are not valid and for a prefix of more than 64 characters.
func (r *Repository) Agents(ctx context.Context, reach analytics.Reach, namePrefix string, page analytics.PageArgs) (*analytics.AgentConnection, error) {
	return listNamed(ctx, r, collAgents, reach, namePrefix, agentsByName, page)
}

// CountAgents returns how many agents there are of which the name begins with a
// prefix.
func (r *Repository) CountAgents(ctx context.Context, reach analytics.Reach, namePrefix string) (int, error) {
	return countNamed(ctx, r, collAgents, reach, namePrefix)
}
