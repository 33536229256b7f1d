// Package resolvers answers the fields of the graph: each resolver takes the
// reach of whoever asks, makes one call to the repository or to a loader, and
// hands on the bound type.
//
// Around them stand what every operation passes: the guard against documents
// that cost too much, the scope check, the loaders of an answer, and the
// presenter of errors.
package resolvers

import (
	"time"

	"cartograph/analytics"
	"cartograph/graph"
	"cartograph/live"
	"cartograph/repository"
)

// resolver is the root of all resolvers.
type resolver struct {
	repo    *repository.Repository
	broker  *live.Broker
	carts   *live.Carts
	metrics *live.Metrics
	now     func() time.Time
	policy  analytics.WebhookPolicy
}

var _ graph.ResolverRoot = (*resolver)(nil)

// The resolvers of each type of the schema that has fields beyond those of its
// bound type.

func (r *resolver) Query() graph.QueryResolver             { return queryResolver{r} }
func (r *resolver) Mutation() graph.MutationResolver       { return mutationResolver{r} }
func (r *resolver) Call() graph.CallResolver               { return callResolver{} }
func (r *resolver) Shopper() graph.ShopperResolver         { return shopperResolver{} }
func (r *resolver) CallProduct() graph.CallProductResolver { return callProductResolver{} }
func (r *resolver) AgentCallFigures() graph.AgentCallFiguresResolver {
	return agentCallFiguresResolver{}
}
func (r *resolver) QueueCallFigures() graph.QueueCallFiguresResolver {
	return queueCallFiguresResolver{}
}
func (r *resolver) Agent() graph.AgentResolver             { return agentResolver{} }
func (r *resolver) Queue() graph.QueueResolver             { return queueResolver{} }
func (r *resolver) Product() graph.ProductResolver         { return productResolver{} }
func (r *resolver) ChatMessage() graph.ChatMessageResolver { return chatMessageResolver{} }
func (r *resolver) ChatModeration() graph.ChatModerationResolver {
	return chatModerationResolver{}
}
func (r *resolver) LiveEvent() graph.LiveEventResolver { return liveEventResolver{} }
func (r *resolver) PreliveMetrics() graph.PreliveMetricsResolver {
	return preliveMetricsResolver{}
}
func (r *resolver) LiveMetrics() graph.LiveMetricsResolver     { return liveMetricsResolver{} }
func (r *resolver) ReplayMetrics() graph.ReplayMetricsResolver { return replayMetricsResolver{} }
func (r *resolver) LiveEventProduct() graph.LiveEventProductResolver {
	return liveEventProductResolver{}
}
func (r *resolver) ProductCallEdge() graph.ProductCallEdgeResolver {
	return productCallEdgeResolver{}
}
func (r *resolver) ProductLiveEventEdge() graph.ProductLiveEventEdgeResolver {
	return productLiveEventEdgeResolver{}
}
func (r *resolver) Video() graph.VideoResolver             { return videoResolver{} }
func (r *resolver) Interaction() graph.InteractionResolver { return interactionResolver{} }
func (r *resolver) Workflow() graph.WorkflowResolver       { return workflowResolver{} }
func (r *resolver) GoalCount() graph.GoalCountResolver     { return goalCountResolver{} }
func (r *resolver) InteractionSidedata() graph.InteractionSidedataResolver {
	return interactionSidedataResolver{}
}
func (r *resolver) Goal() graph.GoalResolver { return goalResolver{} }
func (r *resolver) WebhookEndpoint() graph.WebhookEndpointResolver {
	return webhookEndpointResolver{}
}
func (r *resolver) WebhookDelivery() graph.WebhookDeliveryResolver {
	return webhookDeliveryResolver{}
}
func (r *resolver) Cart() graph.CartResolver               { return cartResolver{} }
func (r *resolver) CartItem() graph.CartItemResolver       { return cartItemResolver{} }
func (r *resolver) CartRequest() graph.CartRequestResolver { return cartRequestResolver{} }
func (r *resolver) CartCheckout() graph.CartCheckoutResolver {
	return cartCheckoutResolver{}
}
func (r *resolver) ShouldAddItemToCart() graph.ShouldAddItemToCartResolver {
	return shouldAddResolver{}
}
func (r *resolver) ShouldUpdateItemInCart() graph.ShouldUpdateItemInCartResolver {
	return shouldUpdateResolver{}
}
func (r *resolver) GotoCheckoutItem() graph.GotoCheckoutItemResolver {
	return gotoCheckoutResolver{}
}
func (r *resolver) TrackingEvent() graph.TrackingEventResolver {
	return trackingEventResolver{}
}
func (r *resolver) Export() graph.ExportResolver             { return exportResolver{} }
func (r *resolver) Subscription() graph.SubscriptionResolver { return subscriptionResolver{r} }
