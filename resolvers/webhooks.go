package resolvers

import (
	"context"
	"crypto/rand"
	"strings"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/graph"
)

// topicScopes are what reads the object that a topic tells of: whoever may not
// read it may not have it sent to them either.
var topicScopes = map[analytics.WebhookTopic]auth.Scope{
	analytics.TopicCallStarted:    auth.CallsRead,
	analytics.TopicCallEnded:      auth.CallsRead,
	analytics.TopicCallMissed:     auth.CallsRead,
	analytics.TopicCartCheckedOut: auth.CartsRead,
	analytics.TopicLiveEventEnded: auth.EventsRead,
}

// mayBeTold fails with Forbidden where the one who asks may not read what an
// endpoint is told.
func mayBeTold(ctx context.Context, e *analytics.WebhookEndpoint) error {
	for _, topic := range e.Topics {
		if err := need(ctx, topicScopes[topic], "the topic "+string(topic)); err != nil {
			return err
		}
	}
	if e.PersonalData {
		return need(ctx, auth.PIIRead, "an endpoint that is sent personal data")
	}
	return nil
}

// WebhookEndpoints answers Query.webhookEndpoints.
func (r queryResolver) WebhookEndpoints(ctx context.Context, first *int, after *string, last *int, before *string) (*analytics.WebhookEndpointConnection, error) {
	page, reach := analytics.PageArgs{First: first, After: after, Last: last, Before: before}, reachOf(ctx)
	return rootConnection(ctx, page,
		func() (*analytics.WebhookEndpointConnection, error) { return r.repo.WebhookEndpoints(ctx, reach, page) },
		func() (int, error) { return r.repo.CountWebhookEndpoints(ctx, reach) })
}

// CreateWebhookEndpoint answers Mutation.createWebhookEndpoint.
func (r mutationResolver) CreateWebhookEndpoint(ctx context.Context, input graph.CreateWebhookEndpointInput) (*graph.CreateWebhookEndpointPayload, error) {
	payload := &graph.CreateWebhookEndpointPayload{ClientMutationID: input.ClientMutationID}
	e := &analytics.WebhookEndpoint{
		EndpointID: strings.ToLower(rand.Text()), CreatedAt: r.now(), Enabled: true, Secret: auth.NewWebhookSecret(),
		URL: input.URL, Topics: each(input.Topics), Description: analytics.Text(orZero(input.Description)),
		Headers: headersOf(input.Headers), PersonalData: auth.From(ctx).Has(auth.PIIRead),
	}
	field, err := e.Check(r.policy)
	if err == nil {
		err = mayBeTold(ctx, e)
	}
	if err == nil {
		field, err = "", r.repo.CreateWebhookEndpoint(ctx, reachOf(ctx), e)
	}
	if payload.UserErrors, err = userErrorsOf(err, inputField(field)...); err != nil || len(payload.UserErrors) > 0 {
		return payload, err
	}
	payload.Endpoint, payload.Secret = e, &e.Secret
	return payload, nil
}

// UpdateWebhookEndpoint answers Mutation.updateWebhookEndpoint.
func (r mutationResolver) UpdateWebhookEndpoint(ctx context.Context, input graph.UpdateWebhookEndpointInput) (*graph.UpdateWebhookEndpointPayload, error) {
	payload := &graph.UpdateWebhookEndpointPayload{ClientMutationID: input.ClientMutationID}
	field := "endpointId"
	changed, err := r.repo.ChangeWebhookEndpoint(ctx, reachOf(ctx), analytics.NativeID("WebhookEndpoint", input.EndpointID), func(e *analytics.WebhookEndpoint) (err error) {
		r.change(e, &input)
		if err := mayBeTold(ctx, e); err != nil {
			return err
		}
		field, err = e.Check(r.policy)
		return err
	})
	if payload.UserErrors, err = userErrorsOf(err, inputField(field)...); err != nil || len(payload.UserErrors) > 0 {
		return payload, err
	}
	payload.Endpoint = changed
	if orZero(input.RotateSecret) {
		payload.Secret = &changed.Secret
	}
	return payload, nil
}

// change gives an endpoint what an input holds.
func (r mutationResolver) change(e *analytics.WebhookEndpoint, input *graph.UpdateWebhookEndpointInput) {
	if input.URL != nil {
		e.URL = *input.URL
	}
	if input.Topics != nil {
		e.Topics = each(input.Topics)
	}
	if input.Description != nil {
		e.Description = analytics.Text(*input.Description)
	}
	if input.Headers != nil {
		e.Headers = headersOf(input.Headers)
	}
	if input.Enabled != nil {
		e.Enable(*input.Enabled)
	}
	if orZero(input.RotateSecret) {
		e.Rotate(auth.NewWebhookSecret(), r.now())
	}
}

// DeleteWebhookEndpoint answers Mutation.deleteWebhookEndpoint.
func (r mutationResolver) DeleteWebhookEndpoint(ctx context.Context, input graph.DeleteWebhookEndpointInput) (*graph.DeleteWebhookEndpointPayload, error) {
	payload := &graph.DeleteWebhookEndpointPayload{ClientMutationID: input.ClientMutationID}
	e := analytics.WebhookEndpoint{EndpointID: analytics.NativeID("WebhookEndpoint", input.EndpointID)}
	err := r.repo.DeleteWebhookEndpoint(ctx, reachOf(ctx), e.EndpointID)
	if payload.UserErrors, err = userErrorsOf(err, "input", "endpointId"); err != nil || len(payload.UserErrors) > 0 {
		return payload, err
	}
	id := e.ID()
	payload.DeletedID = &id
	return payload, nil
}

// RedeliverWebhook answers Mutation.redeliverWebhook.
func (r mutationResolver) RedeliverWebhook(ctx context.Context, input graph.RedeliverWebhookInput) (*graph.RedeliverWebhookPayload, error) {
	payload := &graph.RedeliverWebhookPayload{ClientMutationID: input.ClientMutationID}
	delivery, err := r.repo.RedeliverWebhook(ctx, reachOf(ctx), analytics.NativeID("WebhookDelivery", input.DeliveryID), r.now())
	if payload.UserErrors, err = userErrorsOf(err, "input", "deliveryId"); err != nil || len(payload.UserErrors) > 0 {
		return payload, err
	}
	payload.Delivery = delivery
	return payload, nil
}

// inputField returns the path to a field of the input; nil for no single one.
func inputField(name string) []string {
	if name == "" {
		return nil
	}
	return []string{"input", name}
}

// each returns the elements of a list, each once.
func each[T comparable](list []T) []T {
	var once []T
	seen := map[T]bool{}
	for _, v := range list {
		if !seen[v] {
			seen[v] = true
			once = append(once, v)
		}
	}
	return once
}

func headersOf(input []*graph.WebhookHeaderInput) []analytics.WebhookHeader {
	var headers []analytics.WebhookHeader
	for _, header := range input {
		headers = append(headers, analytics.WebhookHeader{Name: header.Name, Value: header.Value})
	}
	return headers
}

// webhookEndpointResolver answers the fields of WebhookEndpoint that lie in other
// documents.
type webhookEndpointResolver struct{}

var _ graph.WebhookEndpointResolver = webhookEndpointResolver{}

// Deliveries answers WebhookEndpoint.deliveries.
func (webhookEndpointResolver) Deliveries(ctx context.Context, e *analytics.WebhookEndpoint, first *int, after *string, last *int, before *string, filter *analytics.WebhookDeliveryFilter) (*analytics.WebhookDeliveryConnection, error) {
	args := deliveriesArgs{orZero(filter), analytics.PageArgs{First: first, After: after, Last: last, Before: before}}
	return connection(ctx, args.Page,
		func() (*analytics.WebhookDeliveryConnection, error) {
			return load(ctx).deliveriesOf.with(args).load(ctx, e.EndpointID)
		},
		func() (int, error) { return load(ctx).deliveryCounts.with(args.Filter).load(ctx, e.EndpointID) })
}

// webhookDeliveryResolver answers the fields of WebhookDelivery that lie in other
// documents.
type webhookDeliveryResolver struct{}

var _ graph.WebhookDeliveryResolver = webhookDeliveryResolver{}

// Endpoint answers WebhookDelivery.endpoint.
func (webhookDeliveryResolver) Endpoint(ctx context.Context, d *analytics.WebhookDelivery) (*analytics.WebhookEndpoint, error) {
	return nullable(load(ctx).endpoints.load(ctx, d.EndpointID))
}
