package resolvers

import (
	"context"

	"cartograph/analytics"
	"cartograph/graph"
)

// productCallEdgeResolver answers the fields of ProductCallEdge.
type productCallEdgeResolver struct{}

var _ graph.ProductCallEdgeResolver = productCallEdgeResolver{}

// Node answers ProductCallEdge.node.
func (productCallEdgeResolver) Node(_ context.Context, edge *analytics.ProductCallEdge) (*analytics.Call, error) {
	return edge.CallEdge.Node, nil
}

// Products answers ProductCallEdge.products.
func (productCallEdgeResolver) Products(ctx context.Context, edge *analytics.ProductCallEdge) ([]*analytics.ProductInCall, error) {
	metrics, err := metricsOf(ctx, edge.CallEdge.Node)
	if err != nil {
		return nil, err
	}
	return pointers(edge.Met(metrics.Products)), nil
}

// productLiveEventEdgeResolver answers the fields of ProductLiveEventEdge.
type productLiveEventEdgeResolver struct{}

var _ graph.ProductLiveEventEdgeResolver = productLiveEventEdgeResolver{}

// Node answers ProductLiveEventEdge.node.
func (productLiveEventEdgeResolver) Node(_ context.Context, edge *analytics.ProductLiveEventEdge) (*analytics.LiveEvent, error) {
	return edge.LiveEventEdge.Node, nil
}

// allButProducts are the parts of a phase that say nothing of a product in it.
const allButProducts = ^analytics.ProductsPart

// Prelive answers ProductLiveEventEdge.prelive.
func (productLiveEventEdgeResolver) Prelive(ctx context.Context, edge *analytics.ProductLiveEventEdge, period *analytics.Period) (*analytics.LiveProductMetrics, error) {
	report, err := preliveOf(ctx, edge.LiveEventEdge.Node.LiveEventID, period, allButProducts)
	if err != nil {
		return nil, err
	}
	return report.ProductOf(edge.Product.SKU), nil
}

// Live answers ProductLiveEventEdge.live.
func (productLiveEventEdgeResolver) Live(ctx context.Context, edge *analytics.ProductLiveEventEdge) (*analytics.LiveProductMetrics, error) {
	report, err := broadcastOf(ctx, edge.LiveEventEdge.Node.LiveEventID, allButProducts)
	if err != nil {
		return nil, err
	}
	return report.ProductOf(edge.Product.SKU), nil
}

// Replay answers ProductLiveEventEdge.replay.
func (productLiveEventEdgeResolver) Replay(ctx context.Context, edge *analytics.ProductLiveEventEdge, period *analytics.Period) (*analytics.LiveProductMetrics, error) {
	report, err := replayOf(ctx, edge.LiveEventEdge.Node.LiveEventID, period, allButProducts)
	if err != nil {
		return nil, err
	}
	return report.ProductOf(edge.Product.SKU), nil
}
