package repository

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// addStoredProducts adds up what is stored of products: one command where nothing
// is marked.
//
// All is counted where the organization never was before, and for products to
// which the catalog gave SKUs since they were folded.
func (r *Repository) addStoredProducts(ctx context.Context, reach analytics.Reach, products *families[struct{}], totals map[string]*analytics.ProductTotals) error {
	documents, complete, err := r.productDocuments(ctx, reach, valuesOf(products.all), productMonths)
	if err != nil {
		return err
	}
	if !complete {
		return r.countProducts(ctx, reach, products, nil, totals)
	}
	var outdated, marked []Parent
	for _, f := range products.all {
		own := documentsOf(f, documents)
		switch {
		case !countTogether(f.parent.values(), own):
			outdated = append(outdated, f.parent)
		case len(dirtyMonths(own)) > 0:
			marked = append(marked, f.parent)
		default:
			for _, document := range own {
				totals[f.parent.ID].AddPart(&document.Total)
			}
		}
	}
	if len(outdated) > 0 {
		return r.countProducts(ctx, reach, newFamilies[struct{}](append(outdated, marked...), 0), nil, totals)
	}
	if len(marked) == 0 {
		return nil
	}
	return r.addMarkedProducts(ctx, reach, newFamilies[struct{}](marked, 0), totals)
}

// addMarkedProducts adds up products with months that are not as stored, in three
// commands: the documents again with their months, since months go with the marks
// that were read with them, and two that count what happened in the span of all
// marked ones. The documents are read before the facts: what is not marked there
// has been folded.
func (r *Repository) addMarkedProducts(ctx context.Context, reach analytics.Reach, products *families[struct{}], totals map[string]*analytics.ProductTotals) error {
	documents, _, err := r.productDocuments(ctx, reach, valuesOf(products.all))
	if err != nil {
		return err
	}
	var dirty []analytics.CalendarMonth
	for _, f := range products.all {
		own := documentsOf(f, documents)
		if !countTogether(f.parent.values(), own) {
			return r.countProducts(ctx, reach, products, nil, totals)
		}
		dirty = append(dirty, dirtyMonths(own)...)
	}
	span := analytics.SpanOfMonths(dirty)
	for _, f := range products.all {
		for _, document := range documentsOf(f, documents) {
			stored, err := document.months()
			if err != nil {
				return err
			}
			totals[f.parent.ID].AddMonthsBut(span, stored)
		}
	}
	if len(dirty) == 0 {
		return nil // all of it was folded meanwhile
	}
	return r.countProducts(ctx, reach, products, &span, totals)
}

// productDocuments returns what is stored of SKUs, less some of its parts, by SKU,
// and whether that speaks of everything. That comes first in the answer: who is told so finds the marks
// that were set before it was written.
func (r *Repository) productDocuments(ctx context.Context, reach analytics.Reach, skus []string, without ...Part) (documents map[string]*productDocument, complete bool, err error) {
	keys := make([]string, 0, len(skus)+1)
	for _, sku := range append([]string{""}, skus...) {
		keys = append(keys, productKey(reach, sku))
	}
	found, err := find[productDocument](ctx, r.coll(collProductMetrics), within(reach).in("_id", keys).filter(),
		options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetBatchSize(oneBatch(len(keys))), lacking(without))
	if err != nil {
		return nil, false, err
	}
	documents = make(map[string]*productDocument, len(found))
	for _, document := range found {
		documents[document.SKU] = document
		complete = complete || document.Complete
	}
	return documents, complete, nil
}

// documentsOf returns what is stored of a product, each SKU once.
func documentsOf(f *family[struct{}], documents map[string]*productDocument) []*productDocument {
	var own []*productDocument
	seen := map[string]bool{}
	for _, sku := range f.parent.values() {
		if document := documents[sku]; document != nil && !seen[sku] {
			seen[sku] = true
			own = append(own, document)
		}
	}
	return own
}

func dirtyMonths(documents []*productDocument) []analytics.CalendarMonth {
	var months []analytics.CalendarMonth
	for _, document := range documents {
		months = append(months, document.dirty()...)
	}
	return months
}

// countTogether reports whether documents of several SKUs of one product know
// which purchases they share.
func countTogether(skus []string, documents []*productDocument) bool {
	parts := make([]*analytics.ProductPart, len(documents))
	for i, document := range documents {
		parts[i] = &document.Total
	}
	return analytics.CountTogether(skus, parts)
}
