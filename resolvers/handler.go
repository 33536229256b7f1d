package resolvers

import (
	"log/slog"
	"maps"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler"
	"github.com/99designs/gqlgen/graphql/handler/extension"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/analytics"
	"cartograph/graph"
	"cartograph/limits"
	"cartograph/live"
	"cartograph/repository"
)

// NewHandler returns the GraphQL endpoint. It expects the principal of a request
// in its context (auth.With), and its id (WithRequestID).
//
// The policy says where webhooks may go.
//
// What is pushed waits for notices of the broker, and goes out by the transports
// given.
func NewHandler(repo *repository.Repository, broker *live.Broker, policy analytics.WebhookPolicy, log *slog.Logger, o Options, pushing ...graphql.Transport) http.Handler {
	return newServer(repo, broker, policy, log, o, time.Now, nil, pushing...)
}

// newServer is NewHandler with a clock, and something that hears how the pace of
// each operation ended: zero, unless there is a mistake.
func newServer(repo *repository.Repository, broker *live.Broker, policy analytics.WebhookPolicy, log *slog.Logger, o Options, now func() time.Time, paceEnded func(busy int64), pushing ...graphql.Transport) *handler.Server {
	config := graph.Config{
		Resolvers: &resolver{
			repo: repo, broker: broker, carts: live.NewCarts(broker, repo), metrics: live.NewMetrics(readBroadcast(repo, log)), now: now, policy: policy,
		},
		Directives: graph.DirectiveRoot{Personal: personal},
	}
	config.Schema = offeredSchema(graph.NewExecutableSchema(config).Schema())
	cache := limits.NewCache()
	watcher := o.Watcher
	if watcher == nil {
		watcher = nobody{}
	}
	accounts := o.Accounts
	if accounts == nil {
		accounts = limits.NewAccounts(o.TokenRate, o.OrganizationRate, time.Now)
	}
	errors := presenter{log, o.HideSchema, watcher}
	pacer := newPacer(config.Schema)
	pacer.ended = paceEnded

	server := handler.New(graph.NewExecutableSchema(config))
	for _, t := range pushing {
		server.AddTransport(t)
	}
	server.AddTransport(httpTransport{o, pushing})
	server.SetQueryCache(cache)
	server.SetParserTokenLimit(limits.MaxTokens)
	server.SetValidationRulesFn(validationRules)
	server.SetDisableSuggestion(o.HideSchema)
	server.SetErrorPresenter(errors.present)
	server.SetRecoverFunc(errors.recovered)
	server.Use(extension.Introspection{})
	if o.HideSchema {
		server.Use(hiddenSchema{})
	}
	server.Use(trustedDocuments{o.Trusted})
	server.Use(guard{cache, accounts})
	server.Use(variableCheck{config.Schema})
	server.Use(scopeCheck{readDemands(config.Schema)})
	watching := watch{watcher, log, o.Trusted.Knows}
	server.AroundOperations(watching.operation)
	server.Use(&meter{limits.ReadPrices(config.Schema), o.MaxCost, accounts, errors.present})
	server.AroundOperations(pacer.begin)
	server.AroundResponses(fewErrors)
	server.AroundResponses(watching.event)
	server.AroundResponses(pacer.event)
	server.AroundResponses(attachLoaders(repo, log, watcher, o.DatabaseTimeout, now))
	server.AroundRootFields(renewLoaders(repo, log, watcher, o.DatabaseTimeout, now))
	server.AroundResponses(pacer.announce)
	return server
}

// offeredSchema returns the schema without the directive @defer, which the
// parser adds to every schema: answers come in one piece.
func offeredSchema(schema *ast.Schema) *ast.Schema {
	offered := *schema
	offered.Directives = maps.Clone(schema.Directives)
	delete(offered.Directives, "defer")
	return &offered
}
