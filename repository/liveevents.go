package repository

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// liveEventsByTime: the latest start, or scheduled start, first.
var liveEventsByTime = listOrder[analytics.LiveEvent]{
	name: "live events by time", field: "at", kind: sortByTime, backward: true,
	position: func(e *analytics.LiveEvent) position { return position{timeValue(e.At), e.LiveEventID} },
}

// LiveEventsByID returns the live events with the given native ids, by native
// id; an id without a live event has no entry.
func (r *Repository) LiveEventsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.LiveEvent, error) {
	return findByID(ctx, r, collLiveEvents, reach, within(reach), ids, func(e *analytics.LiveEvent) string { return e.LiveEventID })
}

// LiveEvents returns a page of the live events that start in a period, of all
// for nil, the latest first. It fails with BadUserInput for a period or paging
// arguments that are not valid.
func (r *Repository) LiveEvents(ctx context.Context, reach analytics.Reach, period *analytics.Period, page analytics.PageArgs) (*analytics.LiveEventConnection, error) {
	c, err := liveEventsIn(reach, period)
	if err != nil {
		return nil, err
	}
	return list(ctx, r, collLiveEvents, reach, c, liveEventsByTime, page)
}

// CountLiveEvents returns how many live events start in a period, how many there
// are for nil. It fails with BadUserInput for a period that is not valid.
func (r *Repository) CountLiveEvents(ctx context.Context, reach analytics.Reach, period *analytics.Period) (int, error) {
	c, err := liveEventsIn(reach, period)
	if err != nil {
		return 0, err
	}
	return count(ctx, r, collLiveEvents, c)
}

func liveEventsIn(reach analytics.Reach, period *analytics.Period) (conditions, error) {
	c := within(reach)
	if period == nil {
		return c, nil
	}
	if err := period.Validate(); err != nil {
		return nil, err
	}
	return c.and("at", during(*period)), nil
}

// LiveEventsByProduct returns, for each product (a parent with all its SKUs), a
// page of the live events it was displayed in, the latest first, by the parents'
// ids.
func (r *Repository) LiveEventsByProduct(ctx context.Context, reach analytics.Reach, products []Parent, page analytics.PageArgs) (map[string]*analytics.LiveEventConnection, error) {
	return listByParent(ctx, r, collLiveEvents, reach, within(reach), liveEventsByTime, "skus", products, page)
}

// CountLiveEventsByProduct returns in how many live events each product was
// displayed, by the parents' ids.
func (r *Repository) CountLiveEventsByProduct(ctx context.Context, reach analytics.Reach, products []Parent) (map[string]int, error) {
	return countByParent(ctx, r, collLiveEvents, within(reach), "skus", products)
}

// InteractionsByID returns the interactions with the given native ids, by native
// id; an id without an interaction has no entry.
func (r *Repository) InteractionsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Interaction, error) {
	return findByID(ctx, r, collInteractions, reach, within(reach), ids, func(i *analytics.Interaction) string { return i.InteractionID })
}

// interactionBatch is how many interactions one answer carries: more than the
// polls and winning instants of a page of live events.
const interactionBatch = 10_000

// InteractionsByLiveEvent returns the interactions of each of the given live
// events, the first so many by their ids, by the live event's native id; a live event
// without interactions has no entry.
func (r *Repository) InteractionsByLiveEvent(ctx context.Context, reach analytics.Reach, liveEventIDs []string) (map[string][]*analytics.Interaction, error) {
	all, err := find[analytics.Interaction](ctx, r.coll(collInteractions), within(reach).in("liveEvent", liveEventIDs).filter(),
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetBatchSize(interactionBatch))
	if err != nil {
		return nil, wrap(err, "list interactions by live event")
	}
	byEvent := make(map[string][]*analytics.Interaction, len(liveEventIDs))
	for _, interaction := range all {
		if of := byEvent[interaction.LiveEventID]; len(of) < analytics.MaxInteractions {
			byEvent[interaction.LiveEventID] = append(of, interaction)
		}
	}
	return byEvent, nil
}
