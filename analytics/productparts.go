package analytics

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
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
// did with it, and the purchases of that month.
type ProductPart struct {
	ProductCounts `bson:",inline"`
	// Shared are the transactions that hold one more SKU of a product that the SKU
	// means: only these may count for a product twice where the parts of its SKUs
	// are added up. They are few, and one too many changes nothing.
	Shared []string `bson:"shared,omitempty"`
}

// ProductMonth is the part of a month.
type ProductMonth struct {
	Month       CalendarMonth `bson:"month"`
	ProductPart `bson:",inline"`
}

// SumProductMonths returns what all months of a SKU come to. (A transaction lies
// in one of them.)
func SumProductMonths(months []ProductMonth) ProductPart {
	totals := NewProductTotals(nil)
	var shared []string
	for i := range months {
		part := months[i].ProductPart
		shared = append(shared, part.Shared...)
		part.Shared = nil
		totals.AddPart(&part)
	}
	return ProductPart{ProductCounts: *totals.Counts(), Shared: shared}
}

// ProductFold folds the part of one SKU and one month from its facts.
type ProductFold struct {
	totals *ProductTotals
	sku    string
	kin    map[string]bool
	shared []string
}

// NewProductFold returns the fold of a SKU that means products with the given
// sets of SKUs.
func NewProductFold(sku string, families [][]string) *ProductFold {
	f := &ProductFold{totals: NewProductTotals([]string{sku}), sku: sku, kin: map[string]bool{}}
	for _, skus := range families {
		for _, kin := range skus {
			f.kin[kin] = kin != sku
		}
	}
	return f
}

// AddCounts adds what calls of the month did with the SKU.
func (f *ProductFold) AddCounts(c ProductCounts) { f.totals.AddCounts(c) }

// AddPurchase adds a purchase of the month.
func (f *ProductFold) AddPurchase(p *Purchase) {
	f.totals.AddPurchase(p)
	holds := func(l PurchaseLine) bool { return l.SKU == f.sku }
	if slices.ContainsFunc(p.Lines, holds) && slices.ContainsFunc(p.Lines, func(l PurchaseLine) bool { return f.kin[l.SKU] }) {
		f.shared = append(f.shared, p.TransactionID)
	}
}

// Part returns what was added up, and whether that is anything.
func (f *ProductFold) Part() (part ProductPart, any bool) {
	c := f.totals.Counts()
	slices.Sort(f.shared)
	any = c.Presented+c.TriedOn+c.Clicks+c.Added+c.Removed+c.CheckedOut+c.Purchases > 0
	return ProductPart{ProductCounts: *c, Shared: f.shared}, any
}

// FamilyKey returns a short key of the SKUs that mean a product: the same for the
// same set of them. It is "" for less than two, which share no transaction.
func FamilyKey(skus []string) string {
	skus = slices.Compact(slices.Sorted(slices.Values(skus)))
	if len(skus) < 2 {
		return ""
	}
	var text []byte
	for _, sku := range skus {
		text = binary.AppendUvarint(text, uint64(len(sku)))
		text = append(text, sku...)
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// FamilyKeys returns the keys of several such sets, in order.
func FamilyKeys(families [][]string) []string {
	keys := make([]string, 0, len(families))
	for _, skus := range families {
		if key := FamilyKey(skus); key != "" {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
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

// SpanOfMonths returns the span from the first to the last of months.
func SpanOfMonths(months []CalendarMonth) Period {
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

// CountTogether reports whether the parts of a product's SKUs name all
// transactions that they share: each was folded when the product had these SKUs,
// or at most one of them was bought at all. families are the keys of the sets of
// SKUs that each part was folded with.
func CountTogether(skus []string, parts []*ProductPart, families [][]string) bool {
	bought := 0
	for _, part := range parts {
		if part.Purchases > 0 {
			bought++
		}
	}
	if bought < 2 {
		return true
	}
	key := FamilyKey(skus)
	for i, part := range parts {
		if part.Purchases > 0 && !slices.Contains(families[i], key) {
			return false
		}
	}
	return true
}
