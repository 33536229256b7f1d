package resolvers

import (
	"context"

	"cartograph/analytics"
	"cartograph/graph"
)

// LiveEvent answers Query.liveEvent.
func (queryResolver) LiveEvent(ctx context.Context, id string) (*analytics.LiveEvent, error) {
	return nullable(load(ctx).liveEvents.load(ctx, analytics.NativeID("LiveEvent", id)))
}

// LiveEvents answers Query.liveEvents.
func (r queryResolver) LiveEvents(ctx context.Context, first *int, after *string, last *int, before *string, period *analytics.Period) (*analytics.LiveEventConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	reach := reachOf(ctx)
	return rootConnection(ctx, page,
		func() (*analytics.LiveEventConnection, error) { return r.repo.LiveEvents(ctx, reach, period, page) },
		func() (int, error) { return r.repo.CountLiveEvents(ctx, reach, period) })
}

// liveEventResolver answers the fields of LiveEvent that lie in other documents.
type liveEventResolver struct{}

var _ graph.LiveEventResolver = liveEventResolver{}

// Products answers LiveEvent.products.
func (liveEventResolver) Products(ctx context.Context, event *analytics.LiveEvent) ([]*analytics.Product, error) {
	return productsOf(ctx, event.SKUs)
}

// Videos answers LiveEvent.videos.
func (liveEventResolver) Videos(_ context.Context, event *analytics.LiveEvent) ([]*analytics.Video, error) {
	return pointers(event.Videos), nil
}

// Chat answers LiveEvent.chat.
func (liveEventResolver) Chat(ctx context.Context, event *analytics.LiveEvent, first *int, after *string, last *int, before *string, filter analytics.ChatFilter) (*analytics.ChatMessageConnection, error) {
	return chatOf(ctx, liveEventSubject+event.LiveEventID, filter, analytics.PageArgs{First: first, After: after, Last: last, Before: before})
}

// Interactions answers LiveEvent.interactions.
func (liveEventResolver) Interactions(ctx context.Context, event *analytics.LiveEvent) ([]*analytics.Interaction, error) {
	return or([]*analytics.Interaction{})(load(ctx).interactionsOf.load(ctx, event.LiveEventID))
}

// videoResolver answers the fields of Video that lie in other documents.
type videoResolver struct{}

var _ graph.VideoResolver = videoResolver{}

// Product answers Video.product.
func (videoResolver) Product(ctx context.Context, video *analytics.Video) (*analytics.Product, error) {
	if video.SKU == "" {
		return nil, nil
	}
	return orStandIn(standInProduct, video.SKU)(load(ctx).products.load(ctx, video.SKU))
}

// interactionResolver answers the fields of Interaction that lie in other
// documents.
type interactionResolver struct{}

var _ graph.InteractionResolver = interactionResolver{}

// LiveEvent answers Interaction.liveEvent.
func (interactionResolver) LiveEvent(ctx context.Context, interaction *analytics.Interaction) (*analytics.LiveEvent, error) {
	missing := &analytics.LiveEvent{LiveEventID: interaction.LiveEventID, Name: interaction.LiveEventID}
	return or(missing)(load(ctx).liveEvents.load(ctx, interaction.LiveEventID))
}

// Statistics answers Interaction.statistics.
func (interactionResolver) Statistics(ctx context.Context, interaction *analytics.Interaction) (graph.InteractionStatistics, error) {
	figures, err := or(analytics.InteractionFigures{})(load(ctx).interactionFigures.load(ctx, interaction.LiveEventID))
	return figures.Statistics(interaction), err
}
