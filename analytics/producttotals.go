package analytics

// ProductTotals adds up the metrics of one product, by all SKUs that mean it.
type ProductTotals struct {
	skus   []string
	holds  map[string]bool // the same, once a purchase is added
	counts ProductCounts
	sales  MoneySums
	family *string // the product's FamilyKey, once a part asks for it
}

// NewProductTotals returns the empty totals of the product that the given SKUs
// mean.
func NewProductTotals(skus []string) *ProductTotals {
	return &ProductTotals{skus: skus}
}

// AddCounts adds what calls did with one of the product's SKUs. Purchases are
// none of it: a transaction may hold several SKUs, so that it is added whole.
func (t *ProductTotals) AddCounts(c ProductCounts) {
	t.counts.Presented += c.Presented
	t.counts.TriedOn += c.TriedOn
	t.counts.Clicks += c.Clicks
	t.counts.Added += c.Added
	t.counts.Removed += c.Removed
	t.counts.CheckedOut += c.CheckedOut
}

// AddPurchase adds a transaction: once if it holds the product, by however many
// of its SKUs, and the pieces and sales of each of its lines. (Lines of other
// products are skipped.)
func (t *ProductTotals) AddPurchase(p *Purchase) {
	if t.holds == nil {
		t.holds = make(map[string]bool, len(t.skus))
		for _, sku := range t.skus {
			t.holds[sku] = true
		}
	}
	held := false
	for _, line := range p.Lines {
		if !t.holds[line.SKU] {
			continue
		}
		held = true
		t.counts.Quantity += line.Quantity
		t.sales = t.sales.Add(line.Sales)
	}
	if held {
		t.counts.Purchases++
	}
}

// AddPart adds the part of one of the product's SKUs, less its purchases that the
// part of another one adds. The parts are to be such that CountTogether.
func (t *ProductTotals) AddPart(p *ProductPart) {
	t.AddCounts(p.ProductCounts)
	t.counts.Purchases += p.Purchases
	t.counts.Quantity += p.Quantity
	for _, sales := range p.Sales {
		t.sales = t.sales.Add(sales)
	}
	if len(p.Again) == 0 {
		return
	}
	if t.family == nil {
		key := FamilyKey(t.skus)
		t.family = &key
	}
	again, _ := p.again(*t.family)
	t.counts.Purchases -= again
}

// Counts returns the product's metrics: sales have one amount per currency.
func (t *ProductTotals) Counts() *ProductCounts {
	counts := t.counts
	counts.Sales = t.sales.List()
	return &counts
}
