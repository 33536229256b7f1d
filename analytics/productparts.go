package analytics

import (
	"cmp"
	"slices"
	"time"
)

// CalendarMonth is a month of a year, UTC: the months since January of year 0.
type CalendarMonth int32

// MonthOf returns the month that a time lies in.
func MonthOf(t time.Time) CalendarMonth {
	year, month, _ := t.UTC().Date()
	return CalendarMonth(12*year + int(month) - 1)
}

// Span returns the month from its first moment to that of the next one.
func (m CalendarMonth) Span() Period {
	first := func(m CalendarMonth) time.Time { return time.Date(0, time.Month(m+1), 1, 0, 0, 0, 0, time.UTC) }
	return Period{Start: first(m), End: first(m + 1)}
}

// ProductPart is what happened to one SKU in one month: what calls of that month
// did with it, and the purchases of that month. It takes as much room however much
// happened.
//
// A purchase that holds several SKUs of a product counts for it by the last of
// them, in the order of their names; the parts of the others say for how many of
// their purchases that is so. So the purchases of a product are the sum over its
// SKUs of purchases less Again. That holds in each month by itself: a purchase
// lies in one, and where it changes or moves, the parts of all its SKUs are folded
// again (ProductPlacesOfPurchase), there and where it was.
type ProductPart struct {
	ProductCounts `bson:",inline"`
	// Again has an entry for each family of the SKU, by key, also where none of the
	// purchases counts by another SKU; none where there are no purchases.
	Again []PurchasedAgain `bson:"again,omitempty"`
}

// ProductMonth is the part of a month.
type ProductMonth struct {
	Month       CalendarMonth `bson:"month"`
	ProductPart `bson:",inline"`
}

// SumProductMonths returns what all months of a SKU come to, which were folded
// with the same families.
func SumProductMonths(months []ProductMonth) ProductPart {
	totals := NewProductTotals(nil)
	var again []PurchasedAgain
	for i := range months {
		part := &months[i].ProductPart
		totals.AddPart(part)
		if again == nil {
			again = slices.Clone(part.Again)
			continue
		}
		for k := range again {
			more, _ := part.again(again[k].Family)
			again[k].Count += more
		}
	}
	return ProductPart{ProductCounts: *totals.Counts(), Again: again}
}

// ProductFold folds the part of one SKU and one month from its facts.
type ProductFold struct {
	totals   *ProductTotals
	sku      string
	families []ProductFamily
	again    []int // by family
}

// NewProductFold returns the fold of a SKU that has these families.
func NewProductFold(sku string, families []ProductFamily) *ProductFold {
	return &ProductFold{NewProductTotals([]string{sku}), sku, families, make([]int, len(families))}
}

// AddCounts adds what calls of the month did with the SKU.
func (f *ProductFold) AddCounts(c ProductCounts) { f.totals.AddCounts(c) }

// AddPurchase adds a purchase of the month.
func (f *ProductFold) AddPurchase(p *Purchase) {
	f.totals.AddPurchase(p)
	if !slices.ContainsFunc(p.Lines, func(l PurchaseLine) bool { return l.SKU == f.sku }) {
		return
	}
	for i := range f.families {
		if f.families[i].isMetIn(p) {
			f.again[i]++
		}
	}
}

// Part returns what was added up, and whether that is anything.
func (f *ProductFold) Part() (part ProductPart, any bool) {
	c := f.totals.Counts()
	part.ProductCounts = *c
	if c.Purchases > 0 {
		for i, family := range f.families {
			part.Again = append(part.Again, PurchasedAgain{family.Key, f.again[i]})
		}
	}
	return part, c.Presented+c.TriedOn+c.Clicks+c.Added+c.Removed+c.CheckedOut+c.Purchases > 0
}

// ProductPlace is where a fact counts: a SKU and a month.
type ProductPlace struct {
	SKU   string
	Month CalendarMonth
}

// ProductPlacesOfCall returns the places that change as the figures of a call do,
// from before to after; nil stands for none. With all it returns every place of
// both.
func ProductPlacesOfCall(before, after *CallMetrics, all bool) []ProductPlace {
	was, is := placesOfCall(before), placesOfCall(after)
	var places []ProductPlace
	for place, counts := range is {
		if all || was[place] != counts {
			places = append(places, place)
		}
	}
	for place := range was {
		if _, still := is[place]; !still {
			places = append(places, place)
		}
	}
	return places
}

// inCall is what a call does with a SKU.
type inCall struct{ presented, triedOn, clicks, added, removed, checkedOut int }

func placesOfCall(m *CallMetrics) map[ProductPlace]inCall {
	if m == nil || len(m.Products) == 0 {
		return nil
	}
	places := make(map[ProductPlace]inCall, len(m.Products))
	month := MonthOf(m.At)
	for i := range m.Products {
		p := &m.Products[i]
		c := inCall{p.Presented, p.TriedOn, p.Clicks, p.Added, p.Removed, p.CheckedOut}
		if c != (inCall{}) { // a product that was only bought counts by its purchase
			places[ProductPlace{p.SKU, month}] = c
		}
	}
	return places
}

// ProductPlacesOfPurchase returns the places that change as a purchase does.
func ProductPlacesOfPurchase(before, after *Purchase, all bool) []ProductPlace {
	if !all && before != nil && MonthOf(before.At) == MonthOf(after.At) && slices.Equal(before.Lines, after.Lines) {
		return nil
	}
	var places []ProductPlace
	for _, p := range []*Purchase{before, after} {
		if p == nil {
			continue
		}
		for _, line := range p.Lines {
			places = append(places, ProductPlace{line.SKU, MonthOf(p.At)})
		}
	}
	return places
}

// ReplaceProductMonths returns the months of a SKU with those that were folded
// anew, in order; months in which nothing happened are left out.
func ReplaceProductMonths(months []ProductMonth, folds map[CalendarMonth]*ProductFold) []ProductMonth {
	replaced := make([]ProductMonth, 0, len(months)+len(folds))
	for _, month := range months {
		if folds[month.Month] == nil {
			replaced = append(replaced, month)
		}
	}
	for month, fold := range folds {
		if part, any := fold.Part(); any {
			replaced = append(replaced, ProductMonth{month, part})
		}
	}
	slices.SortFunc(replaced, func(a, b ProductMonth) int { return cmp.Compare(a.Month, b.Month) })
	return replaced
}

// SpanOfMonths returns the span from the first to the last of months, an empty one
// for none.
func SpanOfMonths(months []CalendarMonth) Period {
	if len(months) == 0 {
		return Period{}
	}
	return Period{Start: slices.Min(months).Span().Start, End: slices.Max(months).Span().End}
}

// AddMonthsBut adds the months of one of the product's SKUs that do not lie in a
// span.
func (t *ProductTotals) AddMonthsBut(span Period, months []ProductMonth) {
	for i := range months {
		if !span.Contains(months[i].Month.Span().Start) {
			t.AddPart(&months[i].ProductPart)
		}
	}
}
