package repository

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

var productsByName = byName("products", func(p *analytics.Product) position {
	return position{textValue(p.NameKey), p.SKU}
})

// ProductsByID returns the products with the given native ids, by native id; an id
// without a product has no entry.
func (r *Repository) ProductsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Product, error) {
	return findByID(ctx, r, collProducts, reach, within(reach), ids, func(p *analytics.Product) string { return p.SKU })
}

// Products returns a page of the products of which the name begins with a prefix, upper
// or lower case; of all for an empty one. It fails with BadUserInput for paging
// arguments that are not valid and for a prefix of more than 64 characters.
// Parts of the products may be left out.
func (r *Repository) Products(ctx context.Context, reach analytics.Reach, namePrefix string, page analytics.PageArgs, without ...Part) (*analytics.ProductConnection, error) {
	return listNamed(ctx, r, collProducts, reach, namePrefix, productsByName, page, without...)
}

// CountProducts returns how many products there are of which the name begins with a
// prefix.
func (r *Repository) CountProducts(ctx context.Context, reach analytics.Reach, namePrefix string) (int, error) {
	return countNamed(ctx, r, collProducts, reach, namePrefix)
}

// ProductsBySKU returns the products that the given SKUs mean, by the SKU that
// was asked for: a product's own, or that of a variation or a size. A SKU that
// means none has no entry. Where several products claim a SKU, one that came
// from the catalog goes before one that was only seen, then the one whose own
// SKU it is, then the one with the smaller SKU.
func (r *Repository) ProductsBySKU(ctx context.Context, reach analytics.Reach, skus []string) (map[string]*analytics.Product, error) {
	return r.productsBySKU(ctx, reach, skus, options.Find())
}

// productsMeant is ProductsBySKU with nothing of a product but its SKUs.
func (r *Repository) productsMeant(ctx context.Context, reach analytics.Reach, skus []string) (map[string]*analytics.Product, error) {
	return r.productsBySKU(ctx, reach, skus, options.Find().SetProjection(fields("id", "skus", "origin")))
}

func (r *Repository) productsBySKU(ctx context.Context, reach analytics.Reach, skus []string, how *options.FindOptionsBuilder) (map[string]*analytics.Product, error) {
	products, err := find[analytics.Product](ctx, r.coll(collProducts), within(reach).in("skus", skus).filter(),
		how.SetBatchSize(oneBatch(2*len(skus))))
	if err != nil {
		return nil, wrap(err, "find products by SKU")
	}
	asked := make(map[string]bool, len(skus))
	for _, sku := range skus {
		asked[sku] = true
	}
	bySKU := make(map[string]*analytics.Product, len(skus))
	for _, product := range products {
		for _, sku := range product.SKUs {
			if asked[sku] && closer(product, bySKU[sku], sku) {
				bySKU[sku] = product
			}
		}
	}
	return bySKU, nil
}

// closer reports whether product p stands for a SKU rather than q.
func closer(p, q *analytics.Product, sku string) bool {
	switch {
	case q == nil:
		return true
	case (p.Origin == analytics.FromCatalog) != (q.Origin == analytics.FromCatalog):
		return p.Origin == analytics.FromCatalog
	case (p.SKU == sku) != (q.SKU == sku):
		return p.SKU == sku
	default:
		return p.SKU < q.SKU
	}
}
