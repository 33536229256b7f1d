package resolvers

import (
	"context"
	"errors"

	"cartograph/analytics"
	"cartograph/graph"
)

// mutationResolver answers the root fields of mutations.
type mutationResolver struct{ *resolver }

var _ graph.MutationResolver = mutationResolver{}

// MarkTestCall answers Mutation.markTestCall.
func (r mutationResolver) MarkTestCall(ctx context.Context, input graph.MarkTestCallInput) (*graph.MarkTestCallPayload, error) {
	call, err := r.repo.MarkTestCall(ctx, reachOf(ctx), analytics.NativeID("Call", input.CallID), input.Test, r.now())
	userErrors, err := userErrorsOf(err, "input", "callId")
	if err != nil {
		return nil, err
	}
	return &graph.MarkTestCallPayload{Call: call, UserErrors: userErrors, ClientMutationID: input.ClientMutationID}, nil
}

// correctable are the codes of what a person can correct, as user errors have
// them.
var correctable = map[analytics.Code]graph.UserErrorCode{
	analytics.BadUserInput: graph.UserErrorCodeBadUserInput,
	analytics.NotFound:     graph.UserErrorCodeNotFound,
	analytics.Conflict:     graph.UserErrorCodeConflict,

	analytics.LimitExceeded: graph.UserErrorCodeLimitExceeded,
}

// userErrorsOf returns what a person can correct as user errors about an input
// field, and everything else as it is.
func userErrorsOf(err error, field ...string) ([]*graph.UserError, error) {
	var known *analytics.Error
	if !errors.As(err, &known) {
		return []*graph.UserError{}, err
	}
	code, ok := correctable[known.Code]
	if !ok {
		return nil, err
	}
	return []*graph.UserError{{Code: code, Message: known.Message, Field: field}}, nil
}
