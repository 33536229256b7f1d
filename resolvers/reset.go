package resolvers

import (
	"context"

	"cartograph/analytics"
	"cartograph/graph"
)

// ResetLiveEvent answers Mutation.resetLiveEvent.
func (r mutationResolver) ResetLiveEvent(ctx context.Context, input graph.ResetLiveEventInput) (*graph.ResetLiveEventPayload, error) {
	id, field := analytics.NativeID("LiveEvent", input.LiveEventID), "confirmLiveEventId"
	event, err := (*analytics.LiveEvent)(nil), confirms(id, input.ConfirmLiveEventID)
	if err == nil {
		field = "liveEventId"
		event, err = r.repo.ResetLiveEvent(ctx, reachOf(ctx), id, r.now())
	}
	userErrors, err := userErrorsOf(err, "input", field)
	if err != nil {
		return nil, err
	}
	return &graph.ResetLiveEventPayload{LiveEvent: event, UserErrors: userErrors, ClientMutationID: input.ClientMutationID}, nil
}

// confirms fails with BadUserInput unless the id of a live event is repeated.
func confirms(id, repeated string) error {
	if analytics.NativeID("LiveEvent", repeated) != id {
		return analytics.Errorf(analytics.BadUserInput, "repeat the live event's id to reset it: %q is another one", repeated)
	}
	return nil
}
