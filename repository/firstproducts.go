package repository

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// storeOfProducts is the document that tells that every organization was looked
// at once. An organization has a name, so that none has this key.
var storeOfProducts = bson.D{{Key: "_id", Value: "/"}, {Key: "org", Value: ""}}

// firstMark is the token of the marks that count an organization for the first
// time.
const firstMark = "first"

// CompleteProducts sees to it that the metrics of products speak of all that was
// stored before there were any, in every organization. Until an organization is
// done its calls and purchases are counted for each query. It may be repeated,
// and run beside everything else; once all is done it is one command.
func (r *Repository) CompleteProducts(ctx context.Context) error {
	done, err := r.coll(collProductMetrics).CountDocuments(ctx, storeOfProducts)
	if err != nil || done > 0 {
		return wrap(err, "find whether products were counted")
	}
	orgs := map[string]bool{}
	for _, name := range []string{collCallMetrics, collPurchases} {
		cursor, err := r.coll(name).Aggregate(ctx, []bson.D{{{Key: "$group", Value: bson.D{{Key: "_id", Value: "$org"}}}}})
		if err != nil {
			return wrap(err, "find organizations of %s", name)
		}
		for cursor.Next(ctx) {
			orgs[cursor.Current.Lookup("_id").StringValue()] = true
		}
		if err := cursor.Err(); err != nil {
			return wrap(err, "find organizations of %s", name)
		}
	}
	for _, org := range sortedKeys(orgs) {
		if err := r.completeProducts(ctx, analytics.Reach{Org: org}); err != nil {
			return err
		}
	}
	return r.setComplete(ctx, storeOfProducts)
}

// completeProducts marks all places of an organization that has never been
// counted. Facts that are written meanwhile are marked by who writes them.
func (r *Repository) completeProducts(ctx context.Context, reach analytics.Reach) error {
	state := bson.D{{Key: "_id", Value: productKey(reach, "")}, {Key: "org", Value: reach.Org}}
	done, err := r.coll(collProductMetrics).CountDocuments(ctx, state)
	if err != nil || done > 0 {
		return wrap(err, "find whether products were counted")
	}
	marking := productMarking{token: firstMark, at: time.Now().UTC().Truncate(time.Millisecond)}
	for _, facts := range []struct{ collection, sku string }{{collCallMetrics, "products.sku"}, {collPurchases, "lines.sku"}} {
		if err := r.eachFact(ctx, reach, facts.collection, facts.sku, marking.add); err != nil {
			return wrap(err, "read %s", facts.collection)
		}
	}
	if err := r.markProducts(ctx, reach, "done", &marking, sortedKeys(marking.months)); err != nil {
		return err
	}
	return r.setComplete(ctx, state)
}

func (r *Repository) setComplete(ctx context.Context, key bson.D) error {
	_, err := r.insertNew(ctx, collProductMetrics, []any{append(slices.Clip(key), bson.E{Key: "complete", Value: true})})
	return wrap(err, "tell that products were counted")
}

// hasSKU is what a place needs of a product in a call, and of a line.
type hasSKU struct {
	SKU string `bson:"sku"`
}

// eachFact calls add for every place of an organization's calls or purchases.
func (r *Repository) eachFact(ctx context.Context, reach analytics.Reach, collection, sku string, add func(analytics.ProductPlace) bool) error {
	cursor, err := r.coll(collection).Find(ctx, within(reach).filter(), options.Find().SetBatchSize(purchaseBatch).SetProjection(fields("at", sku)))
	if err != nil {
		return err
	}
	defer cursor.Close(ctx)
	for cursor.Next(ctx) {
		var fact struct {
			At       time.Time `bson:"at"`
			Products []hasSKU  `bson:"products"`
			Lines    []hasSKU  `bson:"lines"`
		}
		if err := decode(cursor.Current, &fact); err != nil {
			return err
		}
		for _, p := range append(fact.Products, fact.Lines...) {
			add(analytics.ProductPlace{SKU: p.SKU, Month: analytics.MonthOf(fact.At)})
		}
	}
	return cursor.Err()
}
