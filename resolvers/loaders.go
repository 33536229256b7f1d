package resolvers

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/analytics"
	"cartograph/cart"
	"cartograph/repository"
)

// loaders are the loaders of one answer. They see what the principal of the
// request sees.
type loaders struct {
	now time.Time // the present of the answer

	calls        *loader[string, *analytics.Call]
	callMetrics  *loader[string, *analytics.CallMetrics]
	agents       *loader[string, *analytics.Agent]
	queues       *loader[string, *analytics.Queue]
	products     *loader[string, *analytics.Product] // by any SKU
	messages     *loader[string, *analytics.ChatMessage]
	liveEvents   *loader[string, *analytics.LiveEvent]
	interactions *loader[string, *analytics.Interaction]
	workflows    *loader[string, *analytics.Workflow]
	carts        *loader[string, *cart.OfCall] // by call

	callsOf        *family[callsArgs, parentKey, *analytics.CallConnection]
	callCounts     *family[callsArgs, parentKey, int]
	chatOf         *family[chatArgs, string, *analytics.ChatMessageConnection] // by subject
	messageCounts  *family[analytics.ChatFilter, string, int]
	liveEventsOf   *family[analytics.PageArgs, parentKey, *analytics.LiveEventConnection] // by product
	liveCounts     *loader[parentKey, int]
	productMetrics *family[*analytics.Period, parentKey, *analytics.ProductCounts]
	interactionsOf *loader[string, []*analytics.Interaction] // by live event

	livePhases         *loader[analytics.LiveQuestion, *analytics.LiveReading]
	interactionFigures *loader[string, analytics.InteractionFigures] // by live event

	workflowReads *family[readArgs, string, *analytics.WorkflowReading]
	workflowsOf   *loader[analytics.Goal, []*analytics.Workflow]

	exports        *loader[string, *analytics.Export]
	endpoints      *loader[string, *analytics.WebhookEndpoint]
	deliveries     *loader[string, *analytics.WebhookDelivery]
	deliveriesOf   *family[deliveriesArgs, string, *analytics.WebhookDeliveryConnection] // by endpoint
	deliveryCounts *family[analytics.WebhookDeliveryFilter, string, int]
}

// readArgs are the arguments of a field that reads buckets of a period.
type readArgs struct {
	Period analytics.Period
	Zone   string
	zone   *time.Location // of that name
}

// callsArgs are the arguments of a field that lists the calls of a parent, and
// the kind of parent.
type callsArgs struct {
	Kind   repository.CallParent
	Filter analytics.CallFilter
	Order  analytics.CallOrder
	Page   analytics.PageArgs
}

// deliveriesArgs are the arguments of a field that lists the deliveries of an
// endpoint.
type deliveriesArgs struct {
	Filter analytics.WebhookDeliveryFilter
	Page   analytics.PageArgs
}

// chatArgs are the arguments of a field that lists a chat.
type chatArgs struct {
	Filter analytics.ChatFilter
	Page   analytics.PageArgs
}

// newLoaders returns fresh loaders for a reach, and for an answer that is made
// now.
//
// References are found by finders that may answer from a cache.
func newLoaders(repo *repository.Repository, references repository.CachedFinders, b batching, reach analytics.Reach, now time.Time) *loaders {
	return &loaders{
		now: now,

		calls:        newLoader(b, "call", within(reach, repo.CallsByID)),
		callMetrics:  newLoader(b, "metrics of a call", within(reach, repo.CallMetricsByID)),
		agents:       newLoader(b, "agent", within(reach, references.AgentsByID)),
		queues:       newLoader(b, "queue", within(reach, references.QueuesByID)),
		products:     newLoader(b, "product", within(reach, references.ProductsBySKU)),
		messages:     newLoader(b, "chat message", within(reach, repo.MessagesByID)),
		liveEvents:   newLoader(b, "live event", within(reach, references.LiveEventsByID)),
		interactions: newLoader(b, "interaction", within(reach, repo.InteractionsByID)),
		workflows:    newLoader(b, "workflow", within(reach, references.WorkflowsByID)),
		carts:        newLoader(b, "cart", within(reach, repo.CartsByCall)),

		callsOf: newFamily(func(a callsArgs) *loader[parentKey, *analytics.CallConnection] {
			return newLoader(b, "calls of a parent", byParent(func(ctx context.Context, parents []repository.Parent) (map[string]*analytics.CallConnection, error) {
				return repo.CallsByParent(ctx, reach, a.Kind, parents, a.Filter, a.Order, a.Page)
			}))
		}),
		callCounts: newFamily(func(a callsArgs) *loader[parentKey, int] {
			return newLoader(b, "number of calls", byParent(func(ctx context.Context, parents []repository.Parent) (map[string]int, error) {
				return repo.CountCallsByParent(ctx, reach, a.Kind, parents, a.Filter)
			}))
		}),
		chatOf: newFamily(func(a chatArgs) *loader[string, *analytics.ChatMessageConnection] {
			return newLoader(b, "chat", func(ctx context.Context, subjects []string) (map[string]*analytics.ChatMessageConnection, error) {
				return repo.MessagesBySubject(ctx, reach, subjects, a.Filter, a.Page)
			})
		}),
		messageCounts: newFamily(func(filter analytics.ChatFilter) *loader[string, int] {
			return newLoader(b, "number of chat messages", func(ctx context.Context, subjects []string) (map[string]int, error) {
				return repo.CountMessagesBySubject(ctx, reach, subjects, filter)
			})
		}),
		liveEventsOf: newFamily(func(page analytics.PageArgs) *loader[parentKey, *analytics.LiveEventConnection] {
			return newLoader(b, "live events of a product", byParent(func(ctx context.Context, products []repository.Parent) (map[string]*analytics.LiveEventConnection, error) {
				return repo.LiveEventsByProduct(ctx, reach, products, page)
			}))
		}),
		liveCounts: newLoader(b, "number of live events", byParent(func(ctx context.Context, products []repository.Parent) (map[string]int, error) {
			return repo.CountLiveEventsByProduct(ctx, reach, products)
		})),
		productMetrics: newFamily(func(period *analytics.Period) *loader[parentKey, *analytics.ProductCounts] {
			return newLoader(b, "metrics of a product", byParent(func(ctx context.Context, products []repository.Parent) (map[string]*analytics.ProductCounts, error) {
				return repo.ProductMetrics(ctx, reach, products, period)
			}))
		}),
		interactionsOf: newLoader(b, "interactions of a live event", within(reach, repo.InteractionsByLiveEvent)),

		livePhases:         newLoader(b, "metrics of a live event", within(reach, repo.AnswerLive)),
		interactionFigures: newLoader(b, "statistics of interactions", within(reach, repo.ReadInteractions)),

		workflowReads: newFamily(func(a readArgs) *loader[string, *analytics.WorkflowReading] {
			return newLoader(b, "sidedata of a workflow", func(ctx context.Context, ids []string) (map[string]*analytics.WorkflowReading, error) {
				return repo.ReadWorkflows(ctx, reach, a.Period, a.zone, ids)
			})
		}),
		workflowsOf: newLoader(b, "workflows of a goal", func(ctx context.Context, goals []analytics.Goal) (map[analytics.Goal][]*analytics.Workflow, error) {
			return repo.WorkflowsByGoal(ctx, reach, goals)
		}),

		exports:    newLoader(b, "export", within(reach, repo.ExportsByID)),
		endpoints:  newLoader(b, "webhook endpoint", within(reach, repo.WebhookEndpointsByID)),
		deliveries: newLoader(b, "webhook delivery", within(reach, repo.WebhookDeliveriesByID)),
		deliveriesOf: newFamily(func(a deliveriesArgs) *loader[string, *analytics.WebhookDeliveryConnection] {
			return newLoader(b, "webhook deliveries of an endpoint", func(ctx context.Context, endpoints []string) (map[string]*analytics.WebhookDeliveryConnection, error) {
				return repo.WebhookDeliveriesByEndpoint(ctx, reach, endpoints, a.Filter, a.Page)
			})
		}),
		deliveryCounts: newFamily(func(filter analytics.WebhookDeliveryFilter) *loader[string, int] {
			return newLoader(b, "number of webhook deliveries", func(ctx context.Context, endpoints []string) (map[string]int, error) {
				return repo.CountWebhookDeliveriesByEndpoint(ctx, reach, endpoints, filter)
			})
		}),
	}
}

// within binds a method of the repository to a reach.
func within[K comparable, V any](reach analytics.Reach, find func(context.Context, analytics.Reach, []K) (map[K]V, error)) func(context.Context, []K) (map[K]V, error) {
	return func(ctx context.Context, keys []K) (map[K]V, error) { return find(ctx, reach, keys) }
}

// parentKey is a repository.Parent as a key: its values joined by a zero byte.
type parentKey struct{ id, values string }

func keyOf(id string, values ...string) parentKey {
	return parentKey{id, strings.Join(values, "\x00")}
}

// byParent lets a method that takes parents be asked with their keys.
func byParent[V any](find func(context.Context, []repository.Parent) (map[string]V, error)) func(context.Context, []parentKey) (map[parentKey]V, error) {
	return func(ctx context.Context, keys []parentKey) (map[parentKey]V, error) {
		parents := make([]repository.Parent, len(keys))
		for i, key := range keys {
			parents[i].ID = key.id
			if key.values != "" {
				parents[i].Values = strings.Split(key.values, "\x00")
			}
		}
		byID, err := find(ctx, parents)
		if err != nil {
			return nil, err
		}
		byKey := make(map[parentKey]V, len(keys))
		for _, key := range keys {
			if value, ok := byID[key.id]; ok {
				byKey[key] = value
			}
		}
		return byKey, nil
	}
}

type loadersKey struct{}

// attachLoaders gives each answer loaders of its own: a query's, and later each
// single event's of a subscription, which so never sees what was true before it.
func attachLoaders(repo *repository.Repository, log *slog.Logger, watcher Watcher, timeout time.Duration, now func() time.Time) graphql.ResponseMiddleware {
	return func(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
		return next(withLoaders(ctx, newLoaders(repo, repo.Cached(wantsFresh(ctx)), batching{log, paceOf(ctx), timeout, watcher}, reachOf(ctx), now())))
	}
}

// renewLoaders gives each mutation of an operation loaders of its own: its payload
// shows what it changed, and not what one before it read.
func renewLoaders(repo *repository.Repository, log *slog.Logger, watcher Watcher, timeout time.Duration, now func() time.Time) graphql.RootFieldMiddleware {
	return func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
		if graphql.GetOperationContext(ctx).Operation.Operation == ast.Mutation {
			ctx = withLoaders(ctx, newLoaders(repo, repo.Cached(wantsFresh(ctx)), batching{log, paceOf(ctx), timeout, watcher}, reachOf(ctx), now()))
		}
		return next(ctx)
	}
}

func withLoaders(ctx context.Context, l *loaders) context.Context {
	return context.WithValue(ctx, loadersKey{}, l)
}

// load returns the loaders of the answer that is being made.
func load(ctx context.Context) *loaders { return ctx.Value(loadersKey{}).(*loaders) }
