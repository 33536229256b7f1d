package repository

import (
	"context"
	"crypto/rand"
	"maps"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cartograph/analytics"
)

// productMark says, within the document of a SKU, which of its months a batch
// changes. It is open before the batch writes any of the facts and done after
// all are written; it goes when a fold that began after that has stored these
// months. Until then readers count them anew. One that stays open tells of a
// batch that was broken off.
type productMark struct {
	Token  string                    `bson:"token"`
	At     time.Time                 `bson:"at"`
	Months []analytics.CalendarMonth `bson:"months,omitempty"`
}

// productMarking is what a batch has marked, all with one token.
type productMarking struct {
	token  string
	at     time.Time
	months map[string]map[analytics.CalendarMonth]bool // by SKU
}

// add notes a place and reports whether it is news.
func (m *productMarking) add(place analytics.ProductPlace) bool {
	if m.months[place.SKU][place.Month] {
		return false
	}
	if m.months == nil {
		m.months = map[string]map[analytics.CalendarMonth]bool{}
	}
	if m.months[place.SKU] == nil {
		m.months[place.SKU] = map[analytics.CalendarMonth]bool{}
	}
	m.months[place.SKU][place.Month] = true
	return true
}

// mark returns the mark of a SKU.
func (m *productMarking) mark(sku string) productMark {
	return productMark{m.token, m.at, slices.Sorted(maps.Keys(m.months[sku]))}
}

// coverProducts marks places where facts of products are about to change.
func (d *derivation) coverProducts(ctx context.Context, places []analytics.ProductPlace) error {
	m := &d.products
	fresh := map[string]bool{} // SKUs
	for _, place := range places {
		if m.add(place) {
			fresh[place.SKU] = true
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	if m.token == "" {
		m.token, m.at = rand.Text(), time.Now().UTC().Truncate(time.Millisecond)
	}
	return d.r.markProducts(ctx, d.reach, "open", m, sortedKeys(fresh))
}

// markProducts sets the marks of some SKUs.
func (r *Repository) markProducts(ctx context.Context, reach analytics.Reach, list string, m *productMarking, skus []string) error {
	for some := range slices.Chunk(skus, deriveAtOnce) {
		models := make([]mongo.WriteModel, len(some))
		for i, sku := range some {
			models[i] = markProduct(reach, sku, list, m.mark(sku))
		}
		if err := r.writeInsisting(ctx, collProductMetrics, models); err != nil {
			return wrap(err, "mark products")
		}
	}
	return nil
}

// markProduct adds a mark to the document of a SKU, which it makes if there is
// none.
func markProduct(reach analytics.Reach, sku, list string, mark productMark) mongo.WriteModel {
	return mongo.NewUpdateOneModel().SetUpsert(true).
		SetFilter(bson.D{{Key: "_id", Value: productKey(reach, sku)}, {Key: "org", Value: reach.Org}}).
		SetUpdate(bson.D{
			{Key: "$push", Value: bson.D{{Key: list, Value: mark}}},
			{Key: "$setOnInsert", Value: bson.D{{Key: "sku", Value: sku}, {Key: "version", Value: int64(0)}}},
		})
}

// finishProducts tells that all facts are written that the marks speak of. A mark
// that went because the batch took too long comes again: what was written since
// may not be folded.
//
// Each document has an update of its own, here too, in the order of their keys:
// a server that locks them in another order would find writers waiting for each
// other.
func (d *derivation) finishProducts(ctx context.Context) error {
	m := &d.products
	if len(m.months) == 0 {
		return nil
	}
	d.r.unfoldedProducts.Add(1)
	for skus := range slices.Chunk(sortedKeys(m.months), deriveAtOnce) {
		models := make([]mongo.WriteModel, len(skus))
		for i, sku := range skus {
			models[i] = mongo.NewUpdateOneModel().
				SetFilter(bson.D{{Key: "_id", Value: productKey(d.reach, sku)}, {Key: "org", Value: d.reach.Org}}).
				SetUpdate(bson.D{
					{Key: "$pull", Value: bson.D{{Key: "open", Value: bson.D{{Key: "token", Value: m.token}}}}},
					{Key: "$push", Value: bson.D{{Key: "done", Value: m.mark(sku)}}},
				})
		}
		if _, err := d.r.write(ctx, collProductMetrics, models); err != nil {
			return wrap(err, "tell that products are written")
		}
	}
	return nil
}

// regroupProducts tells that SKUs may mean other products together: their metrics
// are folded again where they do. Until then readers see that they are not.
func (r *Repository) regroupProducts(ctx context.Context, reach analytics.Reach, skus []string) error {
	mark := productMark{Token: rand.Text(), At: time.Now().UTC().Truncate(time.Millisecond)}
	skus = slices.Compact(slices.Sorted(slices.Values(skus)))
	for some := range slices.Chunk(skus, deriveAtOnce) {
		models := make([]mongo.WriteModel, len(some))
		for i, sku := range some {
			models[i] = mongo.NewUpdateOneModel().
				SetFilter(bson.D{{Key: "_id", Value: productKey(reach, sku)}, {Key: "org", Value: reach.Org}}).
				SetUpdate(bson.D{{Key: "$push", Value: bson.D{{Key: "done", Value: mark}}}})
		}
		if _, err := r.write(ctx, collProductMetrics, models); err != nil {
			return wrap(err, "mark products of the catalog")
		}
	}
	return nil
}
