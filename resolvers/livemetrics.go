package resolvers

import (
	"context"

	"cartograph/analytics"
	"cartograph/graph"
)

// readLive returns what a phase of a live event comes to but for the parts that the
// field being resolved does not show, read together with what others ask about
// live events. It fails with BadUserInput for a period that is not valid.
func readLive(ctx context.Context, phase analytics.LivePhase, liveEventID string, period *analytics.Period, without analytics.LiveParts) (*analytics.LiveReading, error) {
	question := analytics.LiveQuestion{LiveEventID: liveEventID, Phase: phase, Without: without}
	if period != nil {
		if err := period.Validate(); err != nil { // it would fail for all that is read together
			return nil, err
		}
		question.Period = analytics.Period{Start: period.Start.UTC(), End: period.End.UTC()}
	}
	return or(analytics.NoLiveReading(phase))(load(ctx).livePhases.load(ctx, question))
}

func preliveOf(ctx context.Context, liveEventID string, period *analytics.Period, without analytics.LiveParts) (*analytics.PreliveReport, error) {
	reading, err := readLive(ctx, analytics.Prelive, liveEventID, period, without)
	if err != nil {
		return nil, err
	}
	return reading.Prelive(load(ctx).now), nil
}

func broadcastOf(ctx context.Context, liveEventID string, without analytics.LiveParts) (*analytics.LiveReport, error) {
	reading, err := readLive(ctx, analytics.Live, liveEventID, nil, without)
	if err != nil {
		return nil, err
	}
	return reading.Live(load(ctx).now), nil
}

func replayOf(ctx context.Context, liveEventID string, period *analytics.Period, without analytics.LiveParts) (*analytics.ReplayReport, error) {
	reading, err := readLive(ctx, analytics.Replay, liveEventID, period, without)
	if err != nil {
		return nil, err
	}
	return reading.Replay(load(ctx).now), nil
}

// livePartFields are the fields of the metrics of a phase that need a part of what
// is read of it; the others need none.
var livePartFields = map[analytics.LiveParts][]string{
	analytics.SeriesPart:   {"evolution"},
	analytics.SourcesPart:  {"trafficSources"},
	analytics.WidgetsPart:  {"productWidget", "floatingPlayerWidget", "conversionFunnel", "alertingFunnel"},
	analytics.BusinessPart: {"business"},
	analytics.ProductsPart: {"products"},
}

// livePartsNotShown returns the parts that the metrics of a phase, of a type, do
// not show below the field being resolved.
func livePartsNotShown(ctx context.Context, typeName string) (without analytics.LiveParts) {
	selected := selectedHere(ctx)
	for part, fields := range livePartFields {
		if !selected.have(typeName, fields...) {
			without |= part
		}
	}
	if selected.below(typeName, "business").have("LiveBusiness", "productSales", "otherSales") {
		without &^= analytics.ProductsPart
	}
	return without
}

// Prelive answers LiveEvent.prelive.
func (liveEventResolver) Prelive(ctx context.Context, event *analytics.LiveEvent, period *analytics.Period) (*analytics.PreliveReport, error) {
	return preliveOf(ctx, event.LiveEventID, period, livePartsNotShown(ctx, "PreliveMetrics"))
}

// Live answers LiveEvent.live.
func (liveEventResolver) Live(ctx context.Context, event *analytics.LiveEvent) (*analytics.LiveReport, error) {
	return broadcastOf(ctx, event.LiveEventID, livePartsNotShown(ctx, "LiveMetrics"))
}

// Replay answers LiveEvent.replay.
func (liveEventResolver) Replay(ctx context.Context, event *analytics.LiveEvent, period *analytics.Period) (*analytics.ReplayReport, error) {
	return replayOf(ctx, event.LiveEventID, period, livePartsNotShown(ctx, "ReplayMetrics"))
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
	return orStandIn(standInProduct, p.SKU)(load(ctx).products.load(ctx, p.SKU))
}

// Metrics answers LiveEventProduct.metrics.
func (liveEventProductResolver) Metrics(_ context.Context, p *analytics.LiveProductMetrics) (*analytics.LiveProductMetrics, error) {
	return p, nil
}
