package analytics

// LiveBusiness is what viewers of a phase did in the shop.
type LiveBusiness struct {
	CatalogOpened        int   // n(catalog_opened)
	ProductClicks        int   // n(product_clicked)
	ViewersProductClicks int   // viewers who clicked a product
	ProductClicksRate    Ratio // the same / viewers

	AddToCarts       int     // n(added_to_cart)
	CartsCreated     int     // carts with an added_to_cart
	CartsCreatedRate Ratio   // viewers who put something into a cart / viewers
	TotalCartsAmount []Money // these carts at their last amount
	AverageCart      []Money
	MaximumCart      []Money
	MinimumCart      []Money

	Purchases       int     // n of those attributed to the phase
	PurchasesRate   Ratio   // viewers with such a purchase / viewers
	TotalSales      []Money // the sum of their amounts
	ProductSales    []Money // price x quantity of products displayed in the live phase
	OtherSales      []Money // the rest of TotalSales
	AveragePurchase []Money
	MaximumPurchase []Money
	MinimumPurchase []Money
}

// business counts the business of a phase, without the sales by what was
// displayed. Lists of money have one entry per currency, by code.
func (b *LiveBucket) business() LiveBusiness {
	clicks, adds := 0, 0
	var clickers Ordinals
	for i := range b.Products {
		clicks += b.Products[i].Clicks.N
		clickers.Merge(b.Products[i].Clicks.U)
		adds += b.Products[i].Added
	}
	clickRate := b.amongViewers(clickers)
	carts, cartAmounts := b.cartAmounts()
	return LiveBusiness{
		CatalogOpened:        b.CatalogOpened,
		ProductClicks:        clicks,
		ViewersProductClicks: clickRate.Numerator,
		ProductClicksRate:    clickRate,

		AddToCarts:       adds,
		CartsCreated:     carts,
		CartsCreatedRate: b.amongViewers(b.Carters),
		TotalCartsAmount: moneyOf(cartAmounts, (*AmountTally).sum),
		AverageCart:      moneyOf(cartAmounts, (*AmountTally).mean),
		MaximumCart:      moneyOf(cartAmounts, (*AmountTally).most),
		MinimumCart:      moneyOf(cartAmounts, (*AmountTally).least),

		Purchases:       b.Purchases.N,
		PurchasesRate:   b.amongViewers(b.Purchases.U),
		TotalSales:      moneyOf(b.Paid, (*AmountTally).sum),
		AveragePurchase: moneyOf(b.Paid, (*AmountTally).mean),
		MaximumPurchase: moneyOf(b.Paid, (*AmountTally).most),
		MinimumPurchase: moneyOf(b.Paid, (*AmountTally).least),
	}
}

// cartAmounts returns how many carts count, and their last amounts by currency. A
// cart counts where something was put into it; one that was emptied again counts
// with 0.
func (b *LiveBucket) cartAmounts() (carts int, amounts []AmountTally) {
	byCurrency := map[string]*AmountTally{}
	for i := range b.Carts {
		if c := &b.Carts[i]; c.Added {
			carts++
			entryOf(byCurrency, c.Amount.Currency, AmountTally{}).add(c.Amount)
		}
	}
	for i := range b.MoreCarts {
		carts += b.MoreCarts[i].Count
		entryOf(byCurrency, b.MoreCarts[i].Currency, AmountTally{}).merge(&b.MoreCarts[i])
	}
	return carts, sortedValues(byCurrency)
}

// business splits the amounts paid into the price x quantity of what was
// displayed in the live phase, and the rest: other products, shipping, and
// discounts, which can make it negative. Both have the currencies of the amounts
// paid.
func (f *LiveFigures) business(displays []ProductDisplay) LiveBusiness {
	displayed := map[string]bool{}
	for i := range displays {
		displayed[displays[i].SKU] = true
	}
	var sold MoneySums
	for i := range f.Products {
		if !displayed[f.Products[i].SKU] {
			continue
		}
		for _, m := range f.Products[i].Sales {
			sold = sold.Add(m)
		}
	}
	business := f.Business
	business.ProductSales = make([]Money, len(business.TotalSales))
	business.OtherSales = make([]Money, len(business.TotalSales))
	for i, total := range business.TotalSales {
		business.ProductSales[i] = Money{Minor: sold[total.Currency], Currency: total.Currency}
		business.OtherSales[i] = Money{Minor: total.Minor - sold[total.Currency], Currency: total.Currency}
	}
	return business
}

// moneyOf returns one figure of the amounts of each currency; never nil.
func moneyOf(amounts []AmountTally, figure func(*AmountTally) int64) []Money {
	list := make([]Money, len(amounts))
	for i := range amounts {
		list[i] = Money{Minor: figure(&amounts[i]), Currency: amounts[i].Currency}
	}
	return list
}

func (a *AmountTally) sum() int64   { return a.Sum }
func (a *AmountTally) most() int64  { return a.Most }
func (a *AmountTally) least() int64 { return a.Least }

// mean returns the mean amount, rounded half up to the minor unit.
func (a *AmountTally) mean() int64 {
	n := int64(a.Count)
	whole, rest := a.Sum/n, a.Sum%n
	if rest < 0 { // round towards minus infinity first, whatever the sign
		whole, rest = whole-1, rest+n
	}
	if rest >= n-rest {
		whole++
	}
	return whole
}
