package analytics

import (
	"cmp"
	"slices"
)

// LiveProductMetrics are the metrics of one product in one phase of a live
// event.
type LiveProductMetrics struct {
	SKU string // the product's own
	// Order is the product's place among those displayed in the live phase, by
	// first appearance, from 1; nil if it was not displayed.
	Order *int
	// Appearances are the times it was displayed in the live phase.
	Appearances []Period

	Presented     int     // n(product_displayed)
	Clicks        int     // n(product_clicked)
	Added         int     // n(added_to_cart)
	Removed       int     // n(removed_from_cart)
	Purchases     int     // transactions that hold it, once each
	Quantity      int64   // pieces sold
	Sales         []Money // price x quantity
	ClickRate     Ratio   // viewers who clicked it / viewers
	AddToCartRate Ratio   // Added / Clicks
	PurchaseRate  Ratio   // Purchases / Added
}

// products returns the metrics of every product that something happened with,
// by product.
func (b *LiveBucket) products(s *LiveScope) map[string]*LiveProductMetrics {
	tallies := map[string]*SKUTally{}
	for i := range b.Products {
		product := s.productOf(b.Products[i].SKU)
		tally := entryOf(tallies, product, SKUTally{})
		tally.merge(&b.Products[i])
	}
	// A basket with several SKUs of one product was added once for each of them.
	for i := range b.Baskets {
		held := map[string]bool{}
		for _, sku := range b.Baskets[i].list() {
			product := s.productOf(sku)
			if held[product] {
				tallies[product].Purchases -= b.Baskets[i].Count
			}
			held[product] = true
		}
	}
	metrics := make(map[string]*LiveProductMetrics, len(tallies))
	for product, t := range tallies {
		metrics[product] = &LiveProductMetrics{
			SKU:         product,
			Appearances: []Period{},
			Presented:   t.Displayed, Clicks: t.Clicks.N, Added: t.Added, Removed: t.Removed,
			Purchases: t.Purchases, Quantity: t.Quantity, Sales: append([]Money{}, t.Sales...),
			ClickRate:     b.amongViewers(t.Clicks.U),
			AddToCartRate: Ratio{Numerator: t.Added, Denominator: t.Clicks.N},
			PurchaseRate:  Ratio{Numerator: t.Purchases, Denominator: t.Added},
		}
	}
	return metrics
}

// liveProducts returns the metrics of the products displayed in the live phase,
// in the order of appearance, then of all others that something happened with,
// by SKU.
func (b *LiveBucket) liveProducts(s *LiveScope) []LiveProductMetrics {
	metrics := b.products(s)
	for _, d := range s.LiveDisplays() {
		m := metrics[d.SKU]
		if m == nil {
			m = &LiveProductMetrics{SKU: d.SKU, Sales: []Money{}, ClickRate: b.amongViewers(Ordinals{})}
			metrics[d.SKU] = m
		}
		m.Order, m.Appearances = &d.Order, d.Times
	}
	list := productList(metrics)
	slices.SortFunc(list, func(a, b LiveProductMetrics) int {
		switch {
		case a.Order != nil && b.Order != nil:
			return cmp.Compare(*a.Order, *b.Order)
		case a.Order != nil:
			return -1
		case b.Order != nil:
			return 1
		default:
			return cmp.Compare(a.SKU, b.SKU)
		}
	})
	return list
}

// preliveProducts returns the metrics of the products that visitors did
// something with, those with most clicks first, equal ones by SKU.
func (b *LiveBucket) preliveProducts(s *LiveScope) []LiveProductMetrics {
	list := productList(b.products(s))
	slices.SortFunc(list, func(a, b LiveProductMetrics) int {
		return cmp.Or(cmp.Compare(b.Clicks, a.Clicks), cmp.Compare(a.SKU, b.SKU))
	})
	return list
}

func productList(metrics map[string]*LiveProductMetrics) []LiveProductMetrics {
	list := make([]LiveProductMetrics, 0, len(metrics))
	for _, m := range metrics {
		list = append(list, *m)
	}
	return list
}
