package repository

import (
	"context"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"cartograph/analytics"
)

// purchaseBatch is how many purchases one answer carries.
const purchaseBatch = 10_000

// ProductMetrics returns the metrics of products over a period, over everything
// for nil, by the parents' ids; a parent is a product with all its SKUs. What
// happened in calls is placed by the call's time, purchases by their own.
//
// Every purchase of the organization counts, whether a call claims it or not;
// for a reach that is limited to an agent or a call, those that belong to the
// agent's calls or to the call. It fails with BadUserInput for a period that is not valid.
func (r *Repository) ProductMetrics(ctx context.Context, reach analytics.Reach, products []Parent, period *analytics.Period) (map[string]*analytics.ProductCounts, error) {
	if period != nil {
		if err := period.Validate(); err != nil {
			return nil, err
		}
	}
	families := newFamilies[struct{}](products, 0)
	totals := make(map[string]*analytics.ProductTotals, len(families.all))
	for _, f := range families.all {
		totals[f.parent.ID] = analytics.NewProductTotals(f.parent.values())
	}
	var err error
	if period != nil || reach.Agent != "" || reach.Call != "" {
		err = r.countProducts(ctx, reach, families, period, totals)
	} else {
		err = r.addStoredProducts(ctx, reach, families, totals)
	}
	if err != nil {
		return nil, wrap(err, "read product metrics")
	}
	metrics := make(map[string]*analytics.ProductCounts, len(totals))
	for id, t := range totals {
		metrics[id] = t.Counts()
	}
	return metrics, nil
}

// countProducts adds up what calls and purchases of a period say of products, at
// any time for nil.
func (r *Repository) countProducts(ctx context.Context, reach analytics.Reach, families *families[struct{}], period *analytics.Period, totals map[string]*analytics.ProductTotals) error {
	skus := valuesOf(families.all)
	var inCalls []skuCounts
	group, groupCtx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		inCalls, err = r.countInCalls(groupCtx, reach, skus, period)
		return err
	})
	group.Go(func() error {
		return r.eachPurchase(groupCtx, reach, skus, period, func(p *analytics.Purchase) {
			for _, f := range families.of(skusOf(p)) {
				totals[f.parent.ID].AddPurchase(p)
			}
		})
	})
	if err := group.Wait(); err != nil {
		return err
	}
	for _, counts := range inCalls {
		for _, f := range families.of([]string{counts.SKU}) {
			totals[f.parent.ID].AddCounts(counts.ProductCounts)
		}
	}
	return nil
}

// skuCounts is what happened to a SKU in calls.
type skuCounts struct {
	SKU                     string `bson:"_id"`
	analytics.ProductCounts `bson:",inline"`
}

// countInCalls adds up what calls did with each SKU, in one command.
func (r *Repository) countInCalls(ctx context.Context, reach analytics.Reach, skus []string, period *analytics.Period) ([]skuCounts, error) {
	match := withinCalls(reach).in("products.sku", skus)
	if period != nil {
		match = match.and("at", during(*period))
	}
	group := bson.D{{Key: "_id", Value: "$products.sku"}}
	for _, count := range []string{"presented", "triedOn", "clicks", "added", "removed", "checkedOut"} {
		group = append(group, bson.E{Key: count, Value: bson.D{{Key: "$sum", Value: "$products." + count}}})
	}
	cursor, err := r.coll(collCallMetrics).Aggregate(ctx, []bson.D{
		{{Key: "$match", Value: match.filter()}},
		{{Key: "$project", Value: bson.D{{Key: "products", Value: 1}}}},
		{{Key: "$unwind", Value: "$products"}},
		{{Key: "$match", Value: conditions{}.in("products.sku", skus).filter()}},
		{{Key: "$group", Value: group}},
	}, options.Aggregate().SetBatchSize(oneBatch(len(skus))))
	if err != nil {
		return nil, err
	}
	defer cursor.Close(ctx)
	var all []skuCounts
	for cursor.Next(ctx) {
		var counts skuCounts
		if err := decode(cursor.Current, &counts); err != nil {
			return nil, err
		}
		all = append(all, counts)
	}
	return all, cursor.Err()
}

// eachPurchase calls add for every purchase in reach that holds one of the SKUs,
// with its lines and its call. They are read one by one: a transaction that
// holds two SKUs of a product counts once for it, so that no sum per SKU would
// do.
func (r *Repository) eachPurchase(ctx context.Context, reach analytics.Reach, skus []string, period *analytics.Period, add func(*analytics.Purchase)) error {
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	c := within(reach).in("lines.sku", skus)
	if period != nil {
		c = c.and("at", during(*period))
	}
	limited := reach.Agent != "" || reach.Call != ""
	if limited {
		c = c.and("call", bson.D{{Key: "$exists", Value: true}})
	}
	cursor, err := r.coll(collPurchases).Find(ctx, c.filter(), options.Find().SetBatchSize(purchaseBatch).
		SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "id", Value: 1}, {Key: "lines", Value: 1}, {Key: "call", Value: 1}}))
	if err != nil {
		return err
	}
	defer cursor.Close(ctx)
	var undecided []*analytics.Purchase // until their calls are known to be in reach
	for cursor.Next(ctx) {
		p := new(analytics.Purchase)
		if err := decode(cursor.Current, p); err != nil {
			return err
		}
		if !limited {
			add(p)
			continue
		}
		if undecided = append(undecided, p); len(undecided) == maxIDs {
			if err := r.addOwn(ctx, reach, undecided, add); err != nil {
				return err
			}
			undecided = undecided[:0]
		}
	}
	if err := cursor.Err(); err != nil {
		return err
	}
	return r.addOwn(ctx, reach, undecided, add)
}

// maxIDs is how many ids one command asks for: an $in of this length is far
// from the limits of a message and of an index scan.
const maxIDs = 1000

// addOwn calls add for those of the purchases whose calls are in reach.
func (r *Repository) addOwn(ctx context.Context, reach analytics.Reach, purchases []*analytics.Purchase, add func(*analytics.Purchase)) error {
	if len(purchases) == 0 {
		return nil
	}
	calls := map[string]bool{}
	for _, p := range purchases {
		calls[p.CallID] = true
	}
	ids := slices.Collect(maps.Keys(calls))
	own, err := find[analytics.Call](ctx, r.coll(collCalls), append(conditions{}.in("_id", keysOf(reach, ids)), withinCalls(reach)...).filter(),
		options.Find().SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "id", Value: 1}}).SetBatchSize(oneBatch(len(ids))))
	if err != nil {
		return err
	}
	clear(calls)
	for _, call := range own {
		calls[call.CallID] = true
	}
	for _, p := range purchases {
		if calls[p.CallID] {
			add(p)
		}
	}
	return nil
}

func skusOf(p *analytics.Purchase) []string {
	skus := make([]string, len(p.Lines))
	for i, line := range p.Lines {
		skus[i] = line.SKU
	}
	return skus
}
