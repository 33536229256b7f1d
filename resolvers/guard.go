package resolvers

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/errcode"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
	"cartograph/limits"
)

// guard turns away documents that would cost much time to validate or to run,
// before either begins, and charges for reading the others: whether they turn out
// to be valid or not. What the cache knows has passed, and is free. So are the
// variables that most requests have; very many or large ones are charged too.
type guard struct {
	cache    *limits.Cache
	accounts *limits.Accounts
}

var _ interface {
	graphql.OperationParameterMutator
	graphql.HandlerExtension
} = guard{}

// ExtensionName names the guard among the extensions of gqlgen.
func (guard) ExtensionName() string { return "Guard" }

// Validate has nothing to check at the start.
func (guard) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters fails with LimitExceeded where the request is beyond
// a bound, with Throttled where too little is left to have it read, and with the
// parser's error for what is no document. It changes nothing.
func (g guard) MutateOperationParameters(ctx context.Context, request *graphql.RawParams) *gqlerror.Error {
	if len(request.OperationName) > limits.MaxOperationName {
		return gqlerror.Wrap(analytics.Errorf(analytics.LimitExceeded, "the name of an operation may have %d bytes", limits.MaxOperationName))
	}
	points := limits.VariablePoints(request.Variables) + limits.VariablePoints(request.Extensions)
	_, known := g.cache.Get(ctx, request.Query)
	if !known {
		points += limits.ReadingPoints(request.Query)
	}
	if points > 0 {
		if err := g.accounts.Take(payerOf(ctx), points); err != nil {
			return gqlerror.Wrap(err)
		}
	}
	if known {
		return nil
	}
	_, err := limits.Parse(request.Query)
	var unread *gqlerror.Error
	if errors.As(err, &unread) {
		errcode.Set(unread, errcode.ParseFailed)
		return unread
	}
	return gqlerror.Wrap(err)
}
