package resolvers

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

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

// wantsFresh reports whether the request asks that nothing is answered from a
// cache. Of a subscription it is not heard: browsers say so of every WebSocket.
func wantsFresh(ctx context.Context) bool {
	if !graphql.HasOperationContext(ctx) { // it was refused before there was one
		return false
	}
	operation := graphql.GetOperationContext(ctx)
	if operation.Operation == nil || operation.Operation.Operation == ast.Subscription {
		return false
	}
	for _, value := range operation.Headers.Values("Cache-Control") {
		for directive := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(directive), "no-cache") {
				return true
			}
		}
	}
	return false
}

// need fails with Forbidden where the one who asks lacks a scope for what the
// sentence begins with.
func need(ctx context.Context, scope auth.Scope, what string) error {
	if auth.From(ctx).Has(scope) {
		return nil
	}
	return analytics.Errorf(analytics.Forbidden, "%s needs the scope %s", what, scope)
}
