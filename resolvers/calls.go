package resolvers

import (
	"context"
	"time"

	"cartograph/analytics"
	"cartograph/graph"
	"cartograph/repository"
)

// Call answers Query.call.
func (queryResolver) Call(ctx context.Context, id string) (*analytics.Call, error) {
	return nullable(load(ctx).calls.load(ctx, analytics.NativeID("Call", id)))
}

// Calls answers Query.calls.
func (r queryResolver) Calls(ctx context.Context, first *int, after *string, last *int, before *string, filter *analytics.CallFilter, orderBy *analytics.CallOrder) (*analytics.CallConnection, error) {
	args, err := readCallsArgs(ctx, analytics.PageArgs{First: first, After: after, Last: last, Before: before}, filter, orderBy)
	if err != nil {
		return nil, err
	}
	reach := reachOf(ctx)
	return rootConnection(ctx, args.Page,
		func() (*analytics.CallConnection, error) {
			page, err := r.repo.Calls(ctx, reach, args.Filter, args.Order, args.Page, notSelected(ctx, "Call", callParts)...)
			if err == nil {
				callsAhead(ctx, page)
			}
			return page, err
		},
		func() (int, error) { return r.repo.CountCalls(ctx, reach, args.Filter) })
}

// readCallsArgs returns the arguments of a field that lists calls. It fails as
// checkCallFilter does.
func readCallsArgs(ctx context.Context, page analytics.PageArgs, filter *analytics.CallFilter, orderBy *analytics.CallOrder) (callsArgs, error) {
	args := callsArgs{Filter: orZero(filter), Order: orZero(orderBy), Page: page}
	if orderBy == nil {
		args.Order = analytics.CallOrder{Field: analytics.ByTime, Direction: analytics.Descending}
	}
	return args, checkCallFilter(ctx, &args.Filter)
}

// callsOf returns a page of the calls of one parent, read together with those of
// the other parents that are asked the same.
func callsOf(ctx context.Context, kind repository.CallParent, parent parentKey, page analytics.PageArgs, filter *analytics.CallFilter, orderBy *analytics.CallOrder) (*analytics.CallConnection, error) {
	args, err := readCallsArgs(ctx, page, filter, orderBy)
	if err != nil {
		return nil, err
	}
	args.Kind = kind
	return connection(ctx, page,
		func() (*analytics.CallConnection, error) { return load(ctx).callsOf.with(args).load(ctx, parent) },
		func() (int, error) {
			return load(ctx).callCounts.with(callsArgs{Kind: kind, Filter: args.Filter}).load(ctx, parent)
		})
}

// callResolver answers the fields of Call that lie in other documents.
type callResolver struct{}

var _ graph.CallResolver = callResolver{}

// Agent answers Call.agent.
func (callResolver) Agent(ctx context.Context, call *analytics.Call) (*analytics.Agent, error) {
	if call.AgentID == "" {
		return nil, nil
	}
	return orStandIn(standInAgent, call.AgentID)(load(ctx).agents.load(ctx, call.AgentID))
}

// Queue answers Call.queue.
func (callResolver) Queue(ctx context.Context, call *analytics.Call) (*analytics.Queue, error) {
	if call.QueueID == "" {
		return nil, nil
	}
	return orStandIn(standInQueue, call.QueueID)(load(ctx).queues.load(ctx, call.QueueID))
}

// Metrics answers Call.metrics.
func (callResolver) Metrics(ctx context.Context, call *analytics.Call) (*analytics.CallMetrics, error) {
	return metricsOf(ctx, call)
}

// metricsOf returns the figures of a call; what they are by the call alone while
// those with purchases are still being derived.
func metricsOf(ctx context.Context, call *analytics.Call) (*analytics.CallMetrics, error) {
	metrics, err := load(ctx).callMetrics.load(ctx, call.CallID)
	if analytics.CodeOf(err) == analytics.NotFound {
		return analytics.FoldCallMetrics(call, nil), nil
	}
	return metrics, err
}

// FirstPurchaseAt answers Call.firstPurchaseAt.
func (r callResolver) FirstPurchaseAt(ctx context.Context, call *analytics.Call) (*time.Time, error) {
	purchases, err := purchasesOf(ctx, call)
	return purchases.FirstAt, err
}

// PurchasedProducts answers Call.purchasedProducts.
func (callResolver) PurchasedProducts(ctx context.Context, call *analytics.Call) ([]string, error) {
	purchases, err := purchasesOf(ctx, call)
	return purchases.SKUs, err
}

// Revenue answers Call.revenue.
func (callResolver) Revenue(ctx context.Context, call *analytics.Call) ([]*analytics.Money, error) {
	purchases, err := purchasesOf(ctx, call)
	return pointers(purchases.Revenue), err
}

// NumberOfPurchases answers Call.numberOfPurchases.
func (callResolver) NumberOfPurchases(ctx context.Context, call *analytics.Call) (int, error) {
	purchases, err := purchasesOf(ctx, call)
	return purchases.Count, err
}

// OrderIds answers Call.orderIds.
func (callResolver) OrderIds(ctx context.Context, call *analytics.Call) ([]string, error) {
	purchases, err := purchasesOf(ctx, call)
	return purchases.OrderIDs, err
}

// purchasesOf returns what the purchases that belong to a call come to.
func purchasesOf(ctx context.Context, call *analytics.Call) (analytics.PurchaseSummary, error) {
	metrics, err := metricsOf(ctx, call)
	if err != nil {
		return analytics.PurchaseSummary{}, err
	}
	return metrics.Purchases, nil
}

// pointers returns pointers to the elements of a list.
func pointers[T any](list []T) []*T {
	all := make([]*T, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// Shopper answers Call.shopper.
func (callResolver) Shopper(_ context.Context, call *analytics.Call) (*analytics.Shopper, error) {
	return &analytics.Shopper{ClientID: call.ClientID, ShopperDetails: call.Shopper}, nil
}

// Products answers Call.products.
func (callResolver) Products(ctx context.Context, call *analytics.Call) ([]*analytics.ProductInCall, error) {
	metrics, err := metricsOf(ctx, call)
	if err != nil {
		return nil, err
	}
	return pointers(metrics.Products), nil
}

// Chat answers Call.chat.
func (callResolver) Chat(ctx context.Context, call *analytics.Call, first *int, after *string, last *int, before *string) (*analytics.ChatMessageConnection, error) {
	return chatOf(ctx, callSubject+call.CallID, analytics.AllMessages, analytics.PageArgs{First: first, After: after, Last: last, Before: before})
}

// shopperResolver answers the fields of Shopper that lie in other documents.
type shopperResolver struct{}

var _ graph.ShopperResolver = shopperResolver{}

// Calls answers Shopper.calls. A browser that is not known has no other calls.
func (shopperResolver) Calls(ctx context.Context, shopper *analytics.Shopper, first *int, after *string, last *int, before *string, filter *analytics.CallFilter, orderBy *analytics.CallOrder) (*analytics.CallConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	if shopper.ClientID == "" {
		return &analytics.CallConnection{}, nil
	}
	return callsOf(ctx, repository.ByClient, keyOf(string(shopper.ClientID)), page, filter, orderBy)
}

// callProductResolver answers the fields of CallProduct.
type callProductResolver struct{}

var _ graph.CallProductResolver = callProductResolver{}

// Product answers CallProduct.product.
func (callProductResolver) Product(ctx context.Context, p *analytics.ProductInCall) (*analytics.Product, error) {
	return orStandIn(standInProduct, p.SKU)(load(ctx).products.load(ctx, p.SKU))
}

// Metrics answers CallProduct.metrics.
func (callProductResolver) Metrics(_ context.Context, p *analytics.ProductInCall) (*analytics.ProductCounts, error) {
	return &p.ProductCounts, nil
}
