package resolvers

import (
	"context"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"github.com/99designs/gqlgen/graphql"

	"cartograph/analytics"
	"cartograph/graph"
)

// CallStats answers Query.callStats: the parts that are selected.
func (r queryResolver) CallStats(ctx context.Context, period *analytics.Period, filter *analytics.CallStatsFilter, granularity *analytics.Granularity, timeZone *string) (*analytics.CallStats, error) {
	zone, err := loadZone(timeZone)
	if err != nil {
		return nil, err
	}
	step := stepsOf(granularity, analytics.Day)
	parts := analytics.CallStatsParts{
		Total:   wantedPart(ctx, "total", "total"),
		ByAgent: wantedPart(ctx, "byAgent", "byAgent.figures"),
		ByQueue: wantedPart(ctx, "byQueue", "byQueue.figures"),
		ByType:  wantedPart(ctx, "byType", "byType.figures"),
		Series:  wantedPart(ctx, "series", "series.figures"),
	}
	return aside(ctx, func() (*analytics.CallStats, error) {
		return r.repo.CallStats(ctx, reachOf(ctx), period, orZero(filter), step, zone, parts)
	})()
}

// wantedPart returns what the selection asks for of a part of the statistics, with
// its figures at a path.
func wantedPart(ctx context.Context, part, figures string) analytics.CallStatsPart {
	switch {
	case !graphql.FieldRequested(ctx, part):
		return analytics.Unwanted
	case graphql.AnyFieldRequested(ctx,
		figures+".duration.medianSeconds", figures+".duration.p95Seconds",
		figures+".queueWait.medianSeconds", figures+".queueWait.p95Seconds"):
		return analytics.Ranked
	default:
		return analytics.Summed
	}
}

// loadZone returns the time zone of an argument, UTC for none. It fails with
// BadUserInput for what is no name of an IANA time zone.
func loadZone(name *string) (*time.Location, error) {
	if name == nil {
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(*name)
	if err != nil || *name == "" || *name == "Local" { // Local is the zone of this machine
		return nil, analytics.Errorf(analytics.BadUserInput, "timeZone %.64q is no IANA time zone, such as \"Europe/Paris\"", *name)
	}
	return zone, nil
}

// stepsOf returns the granularity of an argument, the usual one for none.
func stepsOf(asked *analytics.Granularity, usual analytics.Granularity) analytics.Granularity {
	if asked == nil {
		return usual
	}
	return *asked
}

// agentCallFiguresResolver answers the fields of AgentCallFigures that lie in
// other documents.
type agentCallFiguresResolver struct{}

var _ graph.AgentCallFiguresResolver = agentCallFiguresResolver{}

// Agent answers AgentCallFigures.agent.
func (agentCallFiguresResolver) Agent(ctx context.Context, f *analytics.AgentCallFigures) (*analytics.Agent, error) {
	return orStandIn(standInAgent, f.AgentID)(load(ctx).agents.load(ctx, f.AgentID))
}

// queueCallFiguresResolver answers the fields of QueueCallFigures that lie in
// other documents.
type queueCallFiguresResolver struct{}

var _ graph.QueueCallFiguresResolver = queueCallFiguresResolver{}

// Queue answers QueueCallFigures.queue.
func (queueCallFiguresResolver) Queue(ctx context.Context, f *analytics.QueueCallFigures) (*analytics.Queue, error) {
	return orStandIn(standInQueue, f.QueueID)(load(ctx).queues.load(ctx, f.QueueID))
}
