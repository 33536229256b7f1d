package repository

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

var endpointsByTime = listOrder[analytics.WebhookEndpoint]{
	name: "webhook endpoints by time", field: "at", kind: sortByTime,
	position: func(e *analytics.WebhookEndpoint) position { return position{timeValue(e.CreatedAt), e.EndpointID} },
}

// ofWholeOrg fails with Forbidden for a reach that is limited to an agent or a
// call: webhooks tell of everything in an organization.
func ofWholeOrg(reach analytics.Reach) error {
	if reach.Agent != "" || reach.Call != "" {
		return analytics.Errorf(analytics.Forbidden, "webhooks tell of a whole organization: the token is limited to a part of it")
	}
	return nil
}

// CreateWebhookEndpoint stores a new endpoint, with its organization and key
// filled in. It fails with LimitExceeded where the organization has as many as
// there may be, and with Forbidden for a limited reach.
func (r *Repository) CreateWebhookEndpoint(ctx context.Context, reach analytics.Reach, e *analytics.WebhookEndpoint) error {
	n, err := r.CountWebhookEndpoints(ctx, reach)
	if err != nil {
		return err
	}
	if n >= analytics.MaxWebhookEndpoints {
		return analytics.Errorf(analytics.LimitExceeded, "the organization has %d endpoints already: delete one first", n)
	}
	e.Key, e.Org, e.Version = reach.Key(e.EndpointID), reach.Org, 1
	_, err = r.coll(collWebhookEndpoints).InsertOne(ctx, e)
	return wrap(err, "insert webhook endpoint")
}

// WebhookEndpoints returns a page of the endpoints, the first created first. It
// fails with Forbidden for a limited reach.
func (r *Repository) WebhookEndpoints(ctx context.Context, reach analytics.Reach, page analytics.PageArgs) (*analytics.WebhookEndpointConnection, error) {
	if err := ofWholeOrg(reach); err != nil {
		return nil, err
	}
	return list(ctx, r, collWebhookEndpoints, reach, within(reach), endpointsByTime, page)
}

// CountWebhookEndpoints returns how many endpoints there are. It fails with
// Forbidden for a limited reach.
func (r *Repository) CountWebhookEndpoints(ctx context.Context, reach analytics.Reach) (int, error) {
	if err := ofWholeOrg(reach); err != nil {
		return 0, err
	}
	return count(ctx, r, collWebhookEndpoints, within(reach))
}

// WebhookEndpointsByID returns endpoints by native id; an id without one has no
// entry. It fails with Forbidden for a limited reach.
func (r *Repository) WebhookEndpointsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.WebhookEndpoint, error) {
	if err := ofWholeOrg(reach); err != nil {
		return nil, err
	}
	return findByID(ctx, r, collWebhookEndpoints, reach, within(reach), ids, func(e *analytics.WebhookEndpoint) string { return e.EndpointID })
}

// ChangeWebhookEndpoint changes an endpoint and returns it as it is then. Where
// somebody else changes it at the same time, change is asked again; what it fails
// with is what this fails with. It fails with NotFound where there is no such
// endpoint, and with Forbidden for a limited reach.
func (r *Repository) ChangeWebhookEndpoint(ctx context.Context, reach analytics.Reach, id string, change func(*analytics.WebhookEndpoint) error) (*analytics.WebhookEndpoint, error) {
	for {
		found, err := r.WebhookEndpointsByID(ctx, reach, []string{id})
		if err != nil {
			return nil, err
		}
		e := found[id]
		if e == nil {
			return nil, analytics.Errorf(analytics.NotFound, "no such endpoint")
		}
		if err := change(e); err != nil {
			return nil, err
		}
		filter := within(reach).and("_id", e.Key).and("version", e.Version).filter()
		e.Version++
		result, err := r.coll(collWebhookEndpoints).ReplaceOne(ctx, filter, e)
		if err != nil {
			return nil, wrap(err, "replace webhook endpoint %s", id)
		}
		if result.MatchedCount == 1 {
			return e, nil
		}
	}
}

// DeleteWebhookEndpoint deletes an endpoint with all its deliveries. It fails with
// NotFound where there is none, and with Forbidden for a limited reach.
func (r *Repository) DeleteWebhookEndpoint(ctx context.Context, reach analytics.Reach, id string) error {
	if err := ofWholeOrg(reach); err != nil {
		return err
	}
	result, err := r.coll(collWebhookEndpoints).DeleteOne(ctx, within(reach).and("_id", reach.Key(id)).filter())
	if err != nil {
		return wrap(err, "delete webhook endpoint %s", id)
	}
	if err := r.deleteDeliveries(ctx, within(reach).and("endpoint", id).filter()); err != nil {
		return err
	}
	if result.DeletedCount == 0 {
		return analytics.Errorf(analytics.NotFound, "no such endpoint")
	}
	return nil
}

func (r *Repository) deleteDeliveries(ctx context.Context, filter bson.D) error {
	_, err := r.coll(collWebhookDeliveries).DeleteMany(ctx, filter)
	return wrap(err, "delete webhook deliveries")
}
