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

// products returns the metrics of every product that something happened with, by
// SKU.
func (b *LiveBucket) products(productOf func(sku string) string) []LiveProductMetrics {
	tallies := map[string]*SKUTally{}
	listed := make(map[string]bool, len(b.Products))
	for i := range b.Products {
		product := productOf(b.Products[i].SKU)
		listed[b.Products[i].SKU] = true
		entryOf(tallies, product, SKUTally{}).merge(&b.Products[i])
		tallies[product].SKU = product
	}
	// A basket with several SKUs of one product was added once for each of them.
	for i := range b.Baskets {
		held := map[string]bool{}
		for _, sku := range b.Baskets[i].list() {
			if !listed[sku] {
				continue // among the rest
			}
			product := productOf(sku)
			if held[product] {
				tallies[product].Purchases -= b.Baskets[i].Count
			}
			held[product] = true
		}
	}
	list := make([]LiveProductMetrics, 0, len(tallies))
	for _, t := range sortedValues(tallies) {
		if t.isRest() {
			continue // no product, but counted in the figures of all of them
		}
		list = append(list, LiveProductMetrics{
			SKU:         t.SKU,
			Appearances: []Period{},
			Presented:   t.Displayed, Clicks: t.Clicks.N, Added: t.Added, Removed: t.Removed,
			Purchases: t.Purchases, Quantity: t.Quantity, Sales: append([]Money{}, t.Sales...),
			ClickRate:     b.amongViewers(t.Clicks.U),
			AddToCartRate: Ratio{Numerator: t.Added, Denominator: t.Clicks.N},
			PurchaseRate:  Ratio{Numerator: t.Purchases, Denominator: t.Added},
		})
	}
	return list
}

// displayedProducts returns the metrics of the products displayed in the live
// phase, in the order of appearance, then of all others that something happened
// with, by SKU.
func (f *LiveFigures) displayedProducts(displays []ProductDisplay) []LiveProductMetrics {
	list := make([]LiveProductMetrics, 0, len(displays)+len(f.Products))
	at := make(map[string]int, len(displays))
	for i, d := range displays {
		at[d.SKU] = i
		list = append(list, LiveProductMetrics{
			SKU: d.SKU, Order: &d.Order, Appearances: d.Times,
			Sales: []Money{}, ClickRate: Ratio{Denominator: f.Viewers},
		})
	}
	for _, m := range f.Products {
		i, displayed := at[m.SKU]
		if !displayed {
			list = append(list, m)
			continue
		}
		m.Order, m.Appearances = list[i].Order, list[i].Appearances
		list[i] = m
	}
	return list
}

// preliveProducts returns the metrics of the products that visitors did
// something with, those with most clicks first, equal ones by SKU.
func (f *LiveFigures) preliveProducts() []LiveProductMetrics {
	list := append([]LiveProductMetrics{}, f.Products...)
	slices.SortStableFunc(list, func(a, b LiveProductMetrics) int { return cmp.Compare(b.Clicks, a.Clicks) })
	return list
}
