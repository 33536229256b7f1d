package resolvers

import (
	"context"

	"cartograph/analytics"
	"cartograph/graph"
)

// livePhase is a phase of live events, as far as it is asked about.
type livePhase struct {
	Phase  analytics.LivePhase
	Period *analytics.Period
}

// readLive returns what a phase of a live event comes to, read together with
// that of the other live events that are asked the same. It fails with
// BadUserInput for a period that is not valid.
func readLive(ctx context.Context, phase livePhase, liveEventID string) (*analytics.LiveReading, error) {
	return or(analytics.NoLiveReading(phase.Phase))(load(ctx).livePhases.with(phase).load(ctx, liveEventID))
}

func preliveOf(ctx context.Context, liveEventID string, period *analytics.Period) (*analytics.PreliveReport, error) {
	reading, err := readLive(ctx, livePhase{analytics.Prelive, period}, liveEventID)
	if err != nil {
		return nil, err
	}
	return reading.Prelive(load(ctx).now), nil
}

func broadcastOf(ctx context.Context, liveEventID string) (*analytics.LiveReport, error) {
	reading, err := readLive(ctx, livePhase{analytics.Live, nil}, liveEventID)
	if err != nil {
		return nil, err
	}
	return reading.Live(load(ctx).now), nil
}

func replayOf(ctx context.Context, liveEventID string, period *analytics.Period) (*analytics.ReplayReport, error) {
	reading, err := readLive(ctx, livePhase{analytics.Replay, period}, liveEventID)
	if err != nil {
		return nil, err
	}
	return reading.Replay(load(ctx).now), nil
}

// Prelive answers LiveEvent.prelive.
func (liveEventResolver) Prelive(ctx context.Context, event *analytics.LiveEvent, period *analytics.Period) (*analytics.PreliveReport, error) {
	return preliveOf(ctx, event.LiveEventID, period)
}

// Live answers LiveEvent.live.
func (liveEventResolver) Live(ctx context.Context, event *analytics.LiveEvent) (*analytics.LiveReport, error) {
	return broadcastOf(ctx, event.LiveEventID)
}

// Replay answers LiveEvent.replay.
func (liveEventResolver) Replay(ctx context.Context, event *analytics.LiveEvent, period *analytics.Period) (*analytics.ReplayReport, error) {
	return replayOf(ctx, event.LiveEventID, period)
}

// preliveMetricsResolver answers the fields of PreliveMetrics that take
// arguments or lead on.
type preliveMetricsResolver struct{}

var _ graph.PreliveMetricsResolver = preliveMetricsResolver{}

// Evolution answers PreliveMetrics.evolution.
func (preliveMetricsResolver) Evolution(_ context.Context, report *analytics.PreliveReport, granularity *analytics.Granularity, timeZone *string) ([]*analytics.PreliveStep, error) {
	zone, err := loadZone(timeZone)
	if err != nil {
		return nil, err
	}
	steps, err := report.Steps(stepsOf(granularity, analytics.Day), zone)
	return pointers(steps), err
}

// Products answers PreliveMetrics.products.
func (preliveMetricsResolver) Products(_ context.Context, report *analytics.PreliveReport) ([]*analytics.LiveProductMetrics, error) {
	return pointers(report.Products), nil
}

// liveMetricsResolver answers the fields of LiveMetrics that take arguments or
// lead on.
type liveMetricsResolver struct{}

var _ graph.LiveMetricsResolver = liveMetricsResolver{}

// Evolution answers LiveMetrics.evolution.
func (liveMetricsResolver) Evolution(_ context.Context, report *analytics.LiveReport, granularity *analytics.Granularity, timeZone *string) ([]*analytics.LiveStep, error) {
	zone, err := loadZone(timeZone)
	if err != nil {
		return nil, err
	}
	steps, err := report.Steps(stepsOf(granularity, analytics.Minute), zone)
	return pointers(steps), err
}

// Products answers LiveMetrics.products.
func (liveMetricsResolver) Products(_ context.Context, report *analytics.LiveReport) ([]*analytics.LiveProductMetrics, error) {
	return pointers(report.Products), nil
}

// replayMetricsResolver answers the fields of ReplayMetrics that take arguments
// or lead on.
type replayMetricsResolver struct{}

var _ graph.ReplayMetricsResolver = replayMetricsResolver{}

// Evolution answers ReplayMetrics.evolution.
func (replayMetricsResolver) Evolution(_ context.Context, report *analytics.ReplayReport, granularity *analytics.Granularity, timeZone *string) ([]*analytics.LiveStep, error) {
	zone, err := loadZone(timeZone)
	if err != nil {
		return nil, err
	}
	steps, err := report.Steps(stepsOf(granularity, analytics.Day), zone)
	return pointers(steps), err
}

// Products answers ReplayMetrics.products.
func (replayMetricsResolver) Products(_ context.Context, report *analytics.ReplayReport) ([]*analytics.LiveProductMetrics, error) {
	return pointers(report.Products), nil
}

// liveEventProductResolver answers the fields of LiveEventProduct.
type liveEventProductResolver struct{}

var _ graph.LiveEventProductResolver = liveEventProductResolver{}

// Product answers LiveEventProduct.product.
func (liveEventProductResolver) Product(ctx context.Context, p *analytics.LiveProductMetrics) (*analytics.Product, error) {
	return or(standInProduct(p.SKU))(load(ctx).products.load(ctx, p.SKU))
}

// Metrics answers LiveEventProduct.metrics.
func (liveEventProductResolver) Metrics(_ context.Context, p *analytics.LiveProductMetrics) (*analytics.LiveProductMetrics, error) {
	return p, nil
}
