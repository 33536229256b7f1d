package repository

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

var deliveriesByTime = listOrder[analytics.WebhookDelivery]{
	name: "webhook deliveries by time", field: "at", kind: sortByTime, backward: true,
	position: func(d *analytics.WebhookDelivery) position {
		return position{timeValue(d.CreatedAt), d.DeliveryID}
	},
}

// WebhookDeliveriesByEndpoint returns a page of each endpoint's deliveries, the
// latest first, by endpoint: see listByParent for how few commands it takes. It
// fails with Forbidden for a limited reach.
func (r *Repository) WebhookDeliveriesByEndpoint(ctx context.Context, reach analytics.Reach, endpointIDs []string, filter analytics.WebhookDeliveryFilter, page analytics.PageArgs) (map[string]*analytics.WebhookDeliveryConnection, error) {
	if err := ofWholeOrg(reach); err != nil {
		return nil, err
	}
	return listByParent(ctx, r, collWebhookDeliveries, reach, deliveryConditions(reach, filter), deliveriesByTime, "endpoint", parentsOf(endpointIDs), page)
}

// CountWebhookDeliveriesByEndpoint returns how many deliveries the filter finds of
// each endpoint. It fails with Forbidden for a limited reach.
func (r *Repository) CountWebhookDeliveriesByEndpoint(ctx context.Context, reach analytics.Reach, endpointIDs []string, filter analytics.WebhookDeliveryFilter) (map[string]int, error) {
	if err := ofWholeOrg(reach); err != nil {
		return nil, err
	}
	return countByParent(ctx, r, collWebhookDeliveries, deliveryConditions(reach, filter), "endpoint", parentsOf(endpointIDs))
}

func deliveryConditions(reach analytics.Reach, f analytics.WebhookDeliveryFilter) conditions {
	c := within(reach)
	if f.State != nil {
		c = c.and("state", string(*f.State))
	}
	return c
}

// WebhookDeliveriesByID returns deliveries by native id; an id without one has no
// entry. It fails with Forbidden for a limited reach.
func (r *Repository) WebhookDeliveriesByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.WebhookDelivery, error) {
	if err := ofWholeOrg(reach); err != nil {
		return nil, err
	}
	return findByID(ctx, r, collWebhookDeliveries, reach, within(reach), ids, func(d *analytics.WebhookDelivery) string { return d.DeliveryID })
}

// RedeliverWebhook makes a delivery due at once, whatever became of it, and gives
// it the whole time to be tried again. It fails with NotFound where there is none,
// with Conflict while it is being sent, and with Forbidden for a limited reach.
func (r *Repository) RedeliverWebhook(ctx context.Context, reach analytics.Reach, id string, now time.Time) (*analytics.WebhookDelivery, error) {
	for {
		found, err := r.WebhookDeliveriesByID(ctx, reach, []string{id})
		if err != nil {
			return nil, err
		}
		d := found[id]
		switch {
		case d == nil:
			return nil, analytics.Errorf(analytics.NotFound, "no such delivery")
		case d.Sending && now.Before(d.Due):
			return nil, analytics.Errorf(analytics.Conflict, "it is being sent at this moment")
		}
		d.State, d.Since, d.Due, d.Sending, d.Tries, d.Keep = analytics.DeliveryPending, now, now, false, 0, nil
		if stored, err := r.replaceDelivery(ctx, d); err != nil || stored {
			return d, err
		}
	}
}

// replaceDelivery replaces a delivery at the version it was read at, and counts
// that up; it reports false where somebody else was faster.
func (r *Repository) replaceDelivery(ctx context.Context, d *analytics.WebhookDelivery) (bool, error) {
	filter := bson.D{{Key: "_id", Value: d.Key}, {Key: "org", Value: d.Org}, {Key: "version", Value: d.Version}}
	d.Version++
	result, err := r.coll(collWebhookDeliveries).ReplaceOne(ctx, filter, d)
	if err != nil {
		return false, wrap(err, "replace webhook delivery %s", d.DeliveryID)
	}
	return result.MatchedCount == 1, nil
}
