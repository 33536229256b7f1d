package resolvers

import (
	"context"

	"cartograph/analytics"
	"cartograph/auth"
)

type requestIDKey struct{}

// WithRequestID returns a context that carries the id of a request: the one in
// the log and in the answer to whoever hits an internal error.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// requestID returns the id of the request, or "" where it has none.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey{}).(string)
	return id
}

// reachOf returns whose documents the one who asks may see. Without a principal
// that is nobody's: the scope check lets no such operation through, and no
// organization has an empty name.
func reachOf(ctx context.Context) analytics.Reach {
	p := auth.From(ctx)
	if p == nil {
		return analytics.Reach{}
	}
	return p.Reach()
}

// need fails with Forbidden where the one who asks lacks a scope for what the
// sentence begins with.
func need(ctx context.Context, scope auth.Scope, what string) error {
	if auth.From(ctx).Has(scope) {
		return nil
	}
	return analytics.Errorf(analytics.Forbidden, "%s needs the scope %s", what, scope)
}
