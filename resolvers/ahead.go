package resolvers

import (
	"context"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/analytics"
	"cartograph/cart"
)

// callsAhead reads what the calls of a page lead to, as far as it is selected
// below a field that lists calls, before the fields ask for it: they need not
// wait then. It asks for nothing that the fields would not, and in as few
// commands.
func callsAhead(ctx context.Context, page *analytics.CallConnection) {
	calls := make([]*analytics.Call, len(page.Edges))
	for i := range page.Edges {
		calls[i] = page.Edges[i].Node
	}
	selected := listedHere(ctx, "Call")
	l := load(ctx)

	var figures map[string]*analytics.CallMetrics
	var carts map[string]*cart.OfCall
	var group sync.WaitGroup
	if selected.have("Call", "agent") {
		group.Go(func() {
			l.agents.ahead(ctx, keysOf(calls, func(c *analytics.Call) string { return c.AgentID }))
		})
	}
	if selected.have("Call", "queue") {
		group.Go(func() {
			l.queues.ahead(ctx, keysOf(calls, func(c *analytics.Call) string { return c.QueueID }))
		})
	}
	callID := func(c *analytics.Call) string { return c.CallID }
	if selected.have("Call", fieldsOfFigures...) {
		group.Go(func() { figures = l.callMetrics.ahead(ctx, keysOf(calls, callID)) })
	}
	if selected.have("Call", "cart") {
		group.Go(func() { carts = l.carts.ahead(ctx, keysOf(calls, callID)) })
	}
	group.Wait()

	ofCarts := selected.below("Call", "cart")
	inCalls := selected.below("Call", "products").below("CallProduct", "product")
	inCarts := append(ofCarts.below("Cart", "items").below("CartItem", "product"),
		append(ofCarts.below("Cart", "pendingRequests").below("CartRequest", "product"),
			ofCarts.below("Cart", "checkedOut").below("CartCheckout", "items").below("CartItem", "product")...)...)
	var met, held []string
	if len(inCalls) > 0 {
		for _, call := range calls {
			metrics := figures[call.CallID]
			if metrics == nil {
				metrics = analytics.FoldCallMetrics(call, nil)
			}
			for i := range metrics.Products {
				met = append(met, metrics.Products[i].SKU)
			}
		}
	}
	if len(inCarts) > 0 {
		for _, c := range carts {
			held = append(held, skusOf(c)...)
		}
	}
	products := l.products.ahead(ctx, append(met[:len(met):len(met)], held...))
	var counted []string
	if inCalls.haveCounts() {
		counted = met
	}
	if inCarts.haveCounts() {
		counted = append(counted, held...)
	}
	if len(counted) > 0 {
		l.productMetrics.with(nil).ahead(ctx, productKeys(counted, products))
	}
}

// fieldsOfFigures are the fields of a call that its figures answer.
var fieldsOfFigures = []string{"metrics", "products", "firstPurchaseAt", "purchasedProducts", "revenue", "numberOfPurchases", "orderIds"}

// productsAhead reads the metrics of the products of a page where they are
// selected, as callsAhead does.
func productsAhead(ctx context.Context, page *analytics.ProductConnection) {
	selected := listedHere(ctx, "Product")
	if !selected.haveCounts() {
		return
	}
	keys := make([]parentKey, len(page.Edges))
	for i := range page.Edges {
		keys[i] = productKey(page.Edges[i].Node)
	}
	load(ctx).productMetrics.with(nil).ahead(ctx, keys)
}

// ahead are, for each list at the root, the fields below it for which all is read
// with it or that need nothing read, beside those without a resolver.
var ahead = map[string]map[string]bool{
	"calls": {
		"Call.agent": true, "Call.queue": true, "Call.metrics": true, "Call.products": true, "Call.cart": true, "Call.shopper": true,
		"Call.firstPurchaseAt": true, "Call.purchasedProducts": true, "Call.revenue": true, "Call.numberOfPurchases": true, "Call.orderIds": true,
		"CallProduct.product": true, "CallProduct.metrics": true, "Product.metrics": true,
		"Cart.items": true, "Cart.pendingRequests": true, "Cart.checkedOut": true, "Cart.value": true,
		"CartItem.price": true, "CartItem.product": true, "CartRequest.price": true, "CartRequest.product": true,
		"CartCheckout.items": true, "CartCheckout.value": true,
	},
	"products": {"Product.metrics": true},
	"agents":   {}, "queues": {}, "liveEvents": {}, "chatMessages": {}, "workflows": {}, "carts": {"Cart.items": true, "Cart.value": true, "CartItem.price": true},
}

// readAhead reports whether all that a list at the root needs is read with it: no
// field below waits then, and nothing is gained by resolving fields beside each
// other.
func (s *pacer) readAhead(operation *graphql.OperationContext, list graphql.CollectedField) bool {
	fields, ok := ahead[list.Name]
	return ok && s.allOf(fields, operation, list.Selections, list.Definition.Type.Name())
}

// allOf reports whether a selection on a type has, all the way down, no fields with
// resolvers but some.
func (s *pacer) allOf(known map[string]bool, operation *graphql.OperationContext, set ast.SelectionSet, typeName string) bool {
	for _, field := range graphql.CollectFields(operation, set, s.satisfied[typeName]) {
		course := s.courses[field.Definition]
		if course == plain {
			continue
		}
		if course == beside && (!known[typeName+"."+field.Name] || len(field.Arguments) > 0) {
			return false
		}
		if !s.allOf(known, operation, field.Selections, field.Definition.Type.Name()) {
			return false
		}
	}
	return true
}

// productKeys returns the products that SKUs mean as parents; one that is not
// known means itself.
func productKeys(skus []string, products map[string]*analytics.Product) []parentKey {
	keys := make([]parentKey, len(skus))
	for i, sku := range skus {
		product := products[sku]
		if product == nil {
			product = standInProduct(sku)
		}
		keys[i] = productKey(product)
	}
	return keys
}

// keysOf returns a text of each call, but no empty ones.
func keysOf(calls []*analytics.Call, text func(*analytics.Call) string) []string {
	keys := make([]string, 0, len(calls))
	for _, call := range calls {
		if key := text(call); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// skusOf returns the SKUs that a cart shows.
func skusOf(c *cart.OfCall) []string {
	var skus []string
	for _, item := range c.Items {
		skus = append(skus, item.SKU)
	}
	for _, request := range c.Pending {
		skus = append(skus, request.SKU)
	}
	if c.CheckedOut != nil {
		for _, item := range c.CheckedOut.Items {
			skus = append(skus, item.SKU)
		}
	}
	return skus
}

// selection is what is selected on objects of one type, once for each field that
// leads there.
type selection []selected

type selected struct {
	operation *graphql.OperationContext
	set       ast.SelectionSet
}

// selectedHere returns what is selected on the type of the field that is being
// resolved.
func selectedHere(ctx context.Context) selection {
	return selection{{graphql.GetOperationContext(ctx), graphql.GetFieldContext(ctx).Field.Selections}}
}

// listedHere returns what is selected on the items of the list that is being
// resolved, which are of a type.
func listedHere(ctx context.Context, typeName string) selection {
	list := selectedHere(ctx)
	return append(list.below(typeName+"Connection", "nodes"), list.below(typeName+"Connection", "edges").below(typeName+"Edge", "node")...)
}

// fields returns the fields that one of a selection asks of a type.
func (s selected) fields(typeName string) []graphql.CollectedField {
	return graphql.CollectFields(s.operation, s.set, []string{typeName, "Node"})
}

// below returns what is selected below the fields of a type that have a name.
func (s selection) below(typeName, name string) selection {
	var found selection
	for _, one := range s {
		for _, field := range one.fields(typeName) {
			if field.Name == name {
				found = append(found, selected{one.operation, field.Selections})
			}
		}
	}
	return found
}

// have reports whether a selection asks any of some fields of a type.
func (s selection) have(typeName string, names ...string) bool {
	for _, one := range s {
		for _, field := range one.fields(typeName) {
			for _, name := range names {
				if field.Name == name {
					return true
				}
			}
		}
	}
	return false
}

// haveCounts reports whether a selection asks the metrics of products over
// everything. Those of a period are read when they are asked for.
func (s selection) haveCounts() bool {
	for _, one := range s {
		for _, field := range one.fields("Product") {
			if field.Name == "metrics" && len(field.Arguments) == 0 {
				return true
			}
		}
	}
	return false
}
