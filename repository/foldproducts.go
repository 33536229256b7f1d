package repository

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// productDocument is what is stored of one SKU: what happened to it month by
// month, and what that comes to.
type productDocument struct {
	Key     string `bson:"_id"`
	Org     string `bson:"org"`
	SKU     string `bson:"sku"`
	Version int64  `bson:"version"` // of what is folded; marks leave it
	// Open and Done are marks of batches that write facts, and that wrote them.
	Open []productMark `bson:"open"`
	Done []productMark `bson:"done"`
	// Total is what the months come to. One that was stored when parts named the
	// purchases that they share knows no families.
	Total  analytics.ProductPart `bson:"total"`
	Months bson.RawValue         `bson:"months"` // of analytics.ProductMonth, sorted; seldom looked at
	// Complete is set in the one document of an organization that has no SKU: all
	// others have marks of what is not folded in them.
	Complete bool `bson:"complete"`
}

// productKey returns the key of the document of a SKU; "" is before all others.
// (The number is the length of an agent's id: one document speaks of all.)
func productKey(reach analytics.Reach, sku string) string {
	if sku == "" {
		return reach.Key("")
	}
	return reach.Key("0::" + sku)
}

// months returns the parts of a document.
func (p *productDocument) months() ([]analytics.ProductMonth, error) {
	if p.Months.IsZero() {
		return nil, nil
	}
	var months []analytics.ProductMonth
	err := p.Months.Unmarshal(&months)
	return months, err
}

// dirty returns the months that are not as stored.
func (p *productDocument) dirty() []analytics.CalendarMonth {
	var months []analytics.CalendarMonth
	for _, mark := range slices.Concat(p.Open, p.Done) {
		months = append(months, mark.Months...)
	}
	return months
}

// foldable returns the tokens of the marks that a fold may take away, never nil,
// and their months.
func (p *productDocument) foldable(now time.Time) (tokens []string, months map[analytics.CalendarMonth]bool) {
	tokens, months = []string{}, map[analytics.CalendarMonth]bool{}
	take := func(mark productMark) {
		tokens = append(tokens, mark.Token)
		for _, month := range mark.Months {
			months[month] = true
		}
	}
	for _, mark := range p.Done {
		take(mark)
	}
	for _, mark := range p.Open {
		if mark.At.Before(now.Add(-brokenAfter)) {
			take(mark)
		}
	}
	return tokens, months
}

// formerFamilies is a field of documents in which parts name each transaction that
// their SKU shares with another, which let them grow without bound. A gateway of
// that form writes it where a SKU has such others. Such a document is folded anew;
// until then readers see that its parts know no families.
const formerFamilies = "families"

// productsAtOnce is how many SKUs are folded together: what happened to them in a
// month is read by two commands.
const productsAtOnce = 250

// FoldProducts stores the metrics of products that batches changed, of batches
// that were broken off too. It returns how many SKUs it came to; zero when there
// is nothing left to do. It may run beside everything else, also twice: whoever
// is too late folds again.
//
// An organization of which something was stored before there were metrics of
// products is counted here for the first time.
func (r *Repository) FoldProducts(ctx context.Context, now time.Time) (int, error) {
	r.unfoldedProducts.Store(0)
	for all := 0; ; {
		n, err := r.foldSomeProducts(ctx, now)
		all += n
		if err != nil || n < productsAtOnce {
			return all, err
		}
	}
}

// foldSomeProducts does so for productsAtOnce SKUs at least, if there are as many.
// It takes those of the former form along.
func (r *Repository) foldSomeProducts(ctx context.Context, now time.Time) (int, error) {
	byOrg := map[string]map[string]*productDocument{}
	n := 0
	for _, marked := range []struct {
		field string
		at    bson.D
	}{
		{"done.at", bson.D{{Key: "$gt", Value: time.Unix(0, 0)}}},
		{"open.at", bson.D{{Key: "$gt", Value: time.Unix(0, 0)}, {Key: "$lt", Value: now.Add(-brokenAfter)}}},
		{formerFamilies, bson.D{{Key: "$gt", Value: ""}}},
	} {
		found, err := find[productDocument](ctx, r.coll(collProductMetrics), r.pauses.leaveOut(bson.D{{Key: marked.field, Value: marked.at}}, "org", "fold products", now),
			options.Find().SetLimit(productsAtOnce).SetBatchSize(oneBatch(productsAtOnce)))
		if err != nil {
			return 0, wrap(err, "find products to fold")
		}
		for _, p := range found {
			if byOrg[p.Org] == nil {
				byOrg[p.Org] = map[string]*productDocument{}
			}
			byOrg[p.Org][p.SKU] = p
		}
		n += len(found)
	}
	_, err := workApart(ctx, r, "fold products", now, sortedKeys(byOrg), itself, func(ctx context.Context, org string) error {
		reach := analytics.Reach{Org: org}
		if err := r.foldProducts(ctx, reach, byOrg[org], now); err != nil {
			return err
		}
		return r.completeProducts(ctx, reach)
	})
	return n, err
}

// unfoldedProductBatches is how many batches may mark products before one of them
// folds: a document with some hundred marks is still small.
const unfoldedProductBatches = 200

// foldProductBacklog folds what is marked if it is much, so that marks never grow
// without bound where nobody folds them in the background. What fails here fails
// again there, and is told.
func (r *Repository) foldProductBacklog(ctx context.Context) {
	if r.unfoldedProducts.Load() < unfoldedProductBatches || !r.foldingProducts.TryLock() {
		return
	}
	defer r.foldingProducts.Unlock()
	_, _ = r.FoldProducts(ctx, time.Now())
}

// productFolding is the fold of one SKU.
type productFolding struct {
	document *productDocument
	tokens   []string
	families []analytics.ProductFamily
	months   []analytics.ProductMonth
	folds    map[analytics.CalendarMonth]*analytics.ProductFold
}

// foldProducts folds what the marks of some SKUs speak of, and takes them away.
// The documents were read before the facts are: a fold that finds one at its
// version has seen all that it was folded from.
func (r *Repository) foldProducts(ctx context.Context, reach analytics.Reach, documents map[string]*productDocument, now time.Time) error {
	families, err := r.productFamilies(ctx, reach, slices.Collect(maps.Keys(documents)))
	if err != nil {
		return err
	}
	byMonth := map[analytics.CalendarMonth]map[string]*analytics.ProductFold{}
	var foldings []*productFolding
	for sku, document := range documents {
		f := &productFolding{document: document, families: analytics.ProductFamilies(sku, families[sku]), folds: map[analytics.CalendarMonth]*analytics.ProductFold{}}
		tokens, months := document.foldable(now)
		f.tokens = tokens
		if f.months, err = document.months(); err != nil {
			return wrap(err, "read months of product %s", sku)
		}
		if !document.Total.KnowsFamilies(f.families) {
			for i := range f.months {
				months[f.months[i].Month] = true
			}
		}
		for month := range months {
			fold := analytics.NewProductFold(sku, f.families)
			f.folds[month] = fold
			if byMonth[month] == nil {
				byMonth[month] = map[string]*analytics.ProductFold{}
			}
			byMonth[month][sku] = fold
		}
		foldings = append(foldings, f)
	}
	for month, folds := range byMonth {
		if err := r.foldProductMonth(ctx, reach, month, folds); err != nil {
			return err
		}
	}
	return r.storeProducts(ctx, reach, foldings)
}

// foldProductMonth adds the facts of a month to the folds of SKUs.
func (r *Repository) foldProductMonth(ctx context.Context, reach analytics.Reach, month analytics.CalendarMonth, folds map[string]*analytics.ProductFold) error {
	span := month.Span()
	skus := slices.Sorted(maps.Keys(folds))
	inCalls, err := r.countInCalls(ctx, reach, skus, &span)
	if err != nil {
		return wrap(err, "count products in calls")
	}
	for _, counts := range inCalls {
		if fold := folds[counts.SKU]; fold != nil {
			fold.AddCounts(counts.ProductCounts)
		}
	}
	err = r.eachPurchase(ctx, reach, skus, &span, func(p *analytics.Purchase) {
		seen := map[string]bool{}
		for _, sku := range skusOf(p) {
			if fold := folds[sku]; fold != nil && !seen[sku] {
				seen[sku] = true
				fold.AddPurchase(p)
			}
		}
	})
	return wrap(err, "read purchases of products")
}

// storeProducts stores what was folded where nobody else did in between. What
// others stored keeps its marks.
func (r *Repository) storeProducts(ctx context.Context, reach analytics.Reach, foldings []*productFolding) error {
	slices.SortFunc(foldings, func(a, b *productFolding) int { return cmp.Compare(a.document.Key, b.document.Key) })
	models := make([]mongo.WriteModel, 0, len(foldings))
	for _, f := range foldings {
		months := analytics.ReplaceProductMonths(f.months, f.folds)
		taken := bson.D{{Key: "token", Value: bson.D{{Key: "$in", Value: f.tokens}}}}
		models = append(models, mongo.NewUpdateOneModel().
			SetFilter(bson.D{{Key: "_id", Value: f.document.Key}, {Key: "org", Value: reach.Org}, {Key: "version", Value: f.document.Version}}).
			SetUpdate(bson.D{
				{Key: "$set", Value: bson.D{{Key: "total", Value: analytics.SumProductMonths(months)}, {Key: "months", Value: months}}},
				{Key: "$unset", Value: bson.D{{Key: formerFamilies, Value: ""}}},
				{Key: "$pull", Value: bson.D{{Key: "open", Value: taken}, {Key: "done", Value: taken}}},
				{Key: "$inc", Value: bson.D{{Key: "version", Value: int64(1)}}},
			}))
	}
	_, err := r.write(ctx, collProductMetrics, models)
	return wrap(err, "write metrics of products")
}

// productFamilies returns the sets of SKUs of the products that each of some SKUs
// means.
func (r *Repository) productFamilies(ctx context.Context, reach analytics.Reach, skus []string) (map[string][][]string, error) {
	products, err := find[analytics.Product](ctx, r.coll(collProducts), within(reach).in("skus", skus).filter(),
		wholeResult().SetProjection(fields("skus")))
	if err != nil {
		return nil, wrap(err, "find products by SKU")
	}
	families := map[string][][]string{}
	for _, product := range products {
		for _, sku := range product.SKUs {
			families[sku] = append(families[sku], product.SKUs)
		}
	}
	return families, nil
}
