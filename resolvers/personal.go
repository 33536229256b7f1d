package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"

	"cartograph/analytics"
	"cartograph/auth"
)

// personal is the directive of fields with personal data: null without the
// scope pii:read.
func personal(ctx context.Context, _ any, next graphql.Resolver) (any, error) {
	if !auth.From(ctx).Has(auth.PIIRead) {
		return nil, nil
	}
	return next(ctx)
}

// checkCallFilter fails for an invalid filter, and for one that searches
// personal data without the scope pii:read: what is found tells what is hidden.
func checkCallFilter(ctx context.Context, f *analytics.CallFilter) error {
	if f.Shopper != nil {
		if err := need(ctx, auth.PIIRead, "filter.shopper"); err != nil {
			return err
		}
	}
	return f.Validate()
}
