package resolvers

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/cart"
)

// nodeType says how the objects of a type are found by their ids, and which
// scopes let somebody see one, any of them.
type nodeType struct {
	scopes func(nativeID string) []auth.Scope
	start  func(ctx context.Context, nativeID string) func() (analytics.Node, error)
}

// nodeTypes are the types of the schema that implement Node.
var nodeTypes = map[string]nodeType{
	"Call":            {scopesOf(auth.CallsRead), startBy(func(l *loaders) *loader[string, *analytics.Call] { return l.calls })},
	"Agent":           {scopesOf(auth.CallsRead), startBy(func(l *loaders) *loader[string, *analytics.Agent] { return l.agents })},
	"Queue":           {scopesOf(auth.CallsRead), startBy(func(l *loaders) *loader[string, *analytics.Queue] { return l.queues })},
	"Product":         {scopesOf(auth.CallsRead, auth.EventsRead, auth.CartsRead, auth.CartsAnswer), startBy(func(l *loaders) *loader[string, *analytics.Product] { return l.products })},
	"ChatMessage":     {chatScopes, startBy(func(l *loaders) *loader[string, *analytics.ChatMessage] { return l.messages })},
	"LiveEvent":       {scopesOf(auth.EventsRead), startBy(func(l *loaders) *loader[string, *analytics.LiveEvent] { return l.liveEvents })},
	"Interaction":     {scopesOf(auth.EventsRead), startBy(func(l *loaders) *loader[string, *analytics.Interaction] { return l.interactions })},
	"Cart":            {scopesOf(auth.CartsRead, auth.CartsAnswer), startBy(func(l *loaders) *loader[string, *cart.OfCall] { return l.carts })},
	"Export":          {scopesOf(auth.ExportsWrite), startBy(func(l *loaders) *loader[string, *analytics.Export] { return l.exports })},
	"WebhookEndpoint": {scopesOf(auth.WebhooksWrite), startBy(func(l *loaders) *loader[string, *analytics.WebhookEndpoint] { return l.endpoints })},
	"WebhookDelivery": {scopesOf(auth.WebhooksWrite), startBy(func(l *loaders) *loader[string, *analytics.WebhookDelivery] { return l.deliveries })},
	"Workflow":        {scopesOf(auth.WorkflowsRead), startBy(func(l *loaders) *loader[string, *analytics.Workflow] { return l.workflows })},
}

func scopesOf(scopes ...auth.Scope) func(string) []auth.Scope {
	return func(string) []auth.Scope { return scopes }
}

// startBy returns how a type's objects are asked of their loader. What is found
// under another id than the one asked for, as a product by the SKU of a size, is
// not that object.
func startBy[P interface {
	*T
	analytics.Node
}, T any](choose func(*loaders) *loader[string, P]) func(context.Context, string) func() (analytics.Node, error) {
	return func(ctx context.Context, nativeID string) func() (analytics.Node, error) {
		wait := choose(load(ctx)).start(ctx, nativeID)
		return func() (analytics.Node, error) {
			found, err := nullable(wait())
			if err != nil || found == nil {
				return nil, err
			}
			if _, id, _ := analytics.SplitGlobalID(P(found).ID()); id != nativeID {
				return nil, nil
			}
			return P(found), nil
		}
	}
}

// startNode asks for an object by its global id, and returns the function that
// waits for it. That returns nil for what is no global id of the graph, and for
// one of nothing; it fails with Forbidden for a type that the principal may not
// see, whether or not there is such an object.
func startNode(ctx context.Context, id string) func() (analytics.Node, error) {
	typeName, nativeID, ok := analytics.SplitGlobalID(id)
	kind, known := nodeTypes[typeName]
	if !ok || !known {
		return func() (analytics.Node, error) { return nil, nil }
	}
	if scopes := kind.scopes(nativeID); !slices.ContainsFunc(scopes, auth.From(ctx).Has) {
		err := analytics.Errorf(analytics.Forbidden, "%s needs the scope %s", typeName, joinScopes(scopes, " or "))
		return func() (analytics.Node, error) { return nil, err }
	}
	return kind.start(ctx, nativeID)
}

// Nodes answers Query.nodes. What fails is null with an error of its own; the
// others are not lost by it.
func (queryResolver) Nodes(ctx context.Context, ids []string) ([]analytics.Node, error) {
	if len(ids) > analytics.MaxPage {
		return nil, analytics.Errorf(analytics.BadUserInput, "ids holds %d ids, at most %d are allowed", len(ids), analytics.MaxPage)
	}
	waits := make([]func() (analytics.Node, error), len(ids))
	for i, id := range ids {
		waits[i] = startNode(ctx, id)
	}
	nodes := make([]analytics.Node, len(ids))
	for i, wait := range waits {
		node, err := wait()
		if err != nil {
			graphql.AddError(graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &i}), err)
			continue
		}
		nodes[i] = node
	}
	return nodes, nil
}
