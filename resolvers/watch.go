package resolvers

import (
	"context"
	"log/slog"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/analytics"
	"cartograph/auth"
)

// slowOperation is from when on an operation is logged however little is logged.
const slowOperation = time.Second

// Watcher hears what the endpoint does. It hears no document, no variables and
// nobody's name. What begins and ends may run in the context that it returns.
type Watcher interface {
	// Operation begins when an operation does, and ends with the code of its first
	// error, "" where there is none, and its cost in points.
	Operation(ctx context.Context, name, kind string, trusted bool) (_ context.Context, ended func(code string, cost int))
	// Event begins when an event of a subscription is waited for. came is called,
	// perhaps more than once, when it is there; ended with the code of its first
	// error, but not for one that never comes.
	Event(ctx context.Context, name string) (_ context.Context, came func(), ended func(code string))
	// Failed hears the code of each error of an answer.
	Failed(code string)
	// Batch begins when a batch of a loader does.
	Batch(ctx context.Context, kind string, keys int) (_ context.Context, ended func(err error))
}

// nobody watches where nothing else is said.
type nobody struct{}

func (nobody) Operation(ctx context.Context, _, _ string, _ bool) (context.Context, func(string, int)) {
	return ctx, func(string, int) {}
}

func (nobody) Event(ctx context.Context, _ string) (context.Context, func(), func(string)) {
	return ctx, func() {}, func(string) {}
}

func (nobody) Failed(string) {}

func (nobody) Batch(ctx context.Context, _ string, _ int) (context.Context, func(error)) {
	return ctx, func(error) {}
}

// watch tells of operations: to a watcher all, to the log those that took long,
// and the others at its debug level. What failed by our fault is logged with its
// cause where it failed.
type watch struct {
	watcher Watcher
	log     *slog.Logger
	trusts  func(text string) bool
}

// operation tells of one operation. Of a subscription that is its beginning: its
// events come and go for as long as somebody listens.
func (w watch) operation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	began, kind := time.Now(), string(op.Operation.Operation)
	ctx, ended := w.watcher.Operation(ctx, op.Operation.Name, kind, w.trusts(op.RawQuery))
	if op.Operation.Operation == ast.Subscription {
		defer ended("", 0)
		if w.watcher != (nobody{}) {
			op.ResolverMiddleware = arriving(op.ResolverMiddleware)
		}
		return next(ctx)
	}
	respond, told := next(ctx), false
	return func(respondCtx context.Context) *graphql.Response {
		response := respond(respondCtx)
		if told { // sockets ask on until nothing comes
			return response
		}
		told = true
		code, cost := outcomeOf(op, response)
		ended(code, cost)
		w.write(ctx, op.Operation.Name, kind, code, cost, time.Since(began))
		return response
	}
}

type cameKey struct{}

// arriving returns what runs the fields of events: the first one of an event
// tells that it is there.
func arriving(inner graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(ctx context.Context, resolve graphql.Resolver) (any, error) {
		if came, ok := ctx.Value(cameKey{}).(func()); ok {
			came()
		}
		return inner(ctx, resolve)
	}
}

// event tells of each event of a subscription.
func (w watch) event(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	if _, runs := ctx.Value(paceKey{}).(*pace); !runs || w.watcher == (nobody{}) {
		return next(ctx)
	}
	op := graphql.GetOperationContext(ctx)
	if op.Operation.Operation != ast.Subscription {
		return next(ctx)
	}
	ctx, came, ended := w.watcher.Event(ctx, op.Operation.Name)
	response := next(context.WithValue(ctx, cameKey{}, came))
	if response != nil {
		code, _ := outcomeOf(op, response)
		ended(code)
	}
	return response
}

// outcomeOf returns the code of the first error of an answer, and what it cost.
func outcomeOf(op *graphql.OperationContext, response *graphql.Response) (code string, cost int) {
	cost, _ = op.Stats.GetExtension(costSpent).(int)
	switch {
	case response == nil:
		code = string(analytics.Timeout)
	case len(response.Errors) > 0:
		code, _ = response.Errors[0].Extensions["code"].(string)
	}
	return code, cost
}

// write logs an operation.
func (w watch) write(ctx context.Context, name, kind, code string, cost int, took time.Duration) {
	level, what := slog.LevelDebug, "operation"
	if took >= slowOperation {
		level, what = slog.LevelInfo, "an operation was slow"
	}
	if !w.log.Enabled(ctx, level) {
		return
	}
	if code == "" {
		code = "ok"
	}
	w.log.LogAttrs(ctx, level, what, slog.String("request", requestID(ctx)), slog.String("operation", name), slog.String("type", kind),
		slog.String("organization", orgOf(ctx)), slog.String("token", tokenOf(ctx)), slog.String("status", code), slog.Int("cost", cost), slog.Duration("took", took))
}

// orgOf returns the organization of who asks, "" for nobody.
func orgOf(ctx context.Context) string {
	if p := auth.From(ctx); p != nil {
		return p.Org
	}
	return ""
}

// tokenOf returns the id of the token of who asks, "" for none, and for what runs
// for several.
func tokenOf(ctx context.Context) string {
	if p := auth.From(ctx); p != nil {
		return p.TokenID
	}
	return ""
}

// operationName returns the name of the operation that is run, "" for none.
func operationName(ctx context.Context) string {
	if !graphql.HasOperationContext(ctx) {
		return ""
	}
	if op := graphql.GetOperationContext(ctx).Operation; op != nil {
		return op.Name
	}
	return ""
}
