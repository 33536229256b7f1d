package resolvers

import (
	"context"
	"slices"

	"cartograph/analytics"
	"cartograph/graph"
	"cartograph/repository"
)

// Product answers Query.product.
func (queryResolver) Product(ctx context.Context, id string) (*analytics.Product, error) {
	return nullable(load(ctx).products.load(ctx, analytics.NativeID("Product", id)))
}

// Products answers Query.products.
func (r queryResolver) Products(ctx context.Context, first *int, after *string, last *int, before *string, namePrefix *string) (*analytics.ProductConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	reach, prefix := reachOf(ctx), orZero(namePrefix)
	return rootConnection(ctx, page,
		func() (*analytics.ProductConnection, error) {
			read, err := r.repo.Products(ctx, reach, prefix, page, notSelected(ctx, "Product", productParts)...)
			if err == nil {
				productsAhead(ctx, read)
			}
			return read, err
		},
		func() (int, error) { return r.repo.CountProducts(ctx, reach, prefix) })
}

// standInProduct stands for a product of which only a SKU is known.
func standInProduct(sku string) *analytics.Product {
	return &analytics.Product{SKU: sku, Name: sku, SKUs: []string{sku}, Origin: analytics.Seen}
}

// productsOf returns the products that SKUs mean, in the order of the SKUs, each
// once.
func productsOf(ctx context.Context, skus []string) ([]*analytics.Product, error) {
	waits := make([]func() (*analytics.Product, error), len(skus))
	for i, sku := range skus {
		waits[i] = load(ctx).products.start(ctx, sku)
	}
	products := make([]*analytics.Product, 0, len(skus))
	var failed error
	for i, wait := range waits {
		product, err := orStandIn(standInProduct, skus[i])(wait())
		if err != nil {
			failed = err
			continue // to the end: every wait must be called
		}
		known := func(p *analytics.Product) bool { return p.SKU == product.SKU }
		if !slices.ContainsFunc(products, known) {
			products = append(products, product)
		}
	}
	return products, failed
}

// nothingCounted are the metrics of products to which nothing happened.
var nothingCounted = &analytics.ProductCounts{}

// productResolver answers the fields of Product that lie in other documents.
type productResolver struct{}

var _ graph.ProductResolver = productResolver{}

// productKey is a product as a parent: what belongs to any of its SKUs belongs
// to it.
func productKey(p *analytics.Product) parentKey { return keyOf(p.SKU, p.SKUs...) }

// Metrics answers Product.metrics.
func (productResolver) Metrics(ctx context.Context, product *analytics.Product, period *analytics.Period) (*analytics.ProductCounts, error) {
	return or(nothingCounted)(load(ctx).productMetrics.with(period).load(ctx, productKey(product)))
}

// Calls answers Product.calls.
func (productResolver) Calls(ctx context.Context, product *analytics.Product, first *int, after *string, last *int, before *string, filter *analytics.CallFilter, orderBy *analytics.CallOrder) (*analytics.ProductCallConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	calls, err := callsOf(ctx, repository.ByProduct, productKey(product), page, filter, orderBy)
	if err != nil {
		return nil, err
	}
	return &analytics.ProductCallConnection{CallConnection: calls, Product: product}, nil
}

// LiveEvents answers Product.liveEvents.
func (productResolver) LiveEvents(ctx context.Context, product *analytics.Product, first *int, after *string, last *int, before *string) (*analytics.ProductLiveEventConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	events, err := connection(ctx, page,
		func() (*analytics.LiveEventConnection, error) {
			return load(ctx).liveEventsOf.with(page).load(ctx, productKey(product))
		},
		func() (int, error) { return load(ctx).liveCounts.load(ctx, productKey(product)) })
	if err != nil {
		return nil, err
	}
	return &analytics.ProductLiveEventConnection{LiveEventConnection: events, Product: product}, nil
}
