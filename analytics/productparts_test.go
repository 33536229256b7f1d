package analytics_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"cartograph/analytics"
)

// parts are what is stored of SKUs, and the purchases that they speak of.
type parts struct {
	purchases map[string]*analytics.Purchase
	families  map[string][]analytics.ProductFamily
	months    map[string][]analytics.ProductMonth
}

// group makes products of sets of SKUs, and folds all parts anew: that they know
// other families tells of each.
func (s *parts) group(sets [][]string) {
	bySKU := map[string][][]string{}
	for _, set := range sets {
		for _, sku := range slices.Compact(slices.Sorted(slices.Values(set))) {
			bySKU[sku] = append(bySKU[sku], set)
		}
	}
	s.families = map[string][]analytics.ProductFamily{}
	for sku := range bySKU {
		s.families[sku] = analytics.ProductFamilies(sku, bySKU[sku])
	}
	for sku, months := range s.months {
		if total := analytics.SumProductMonths(months); total.KnowsFamilies(s.families[sku]) {
			continue
		}
		for _, month := range months {
			s.fold(analytics.ProductPlace{SKU: sku, Month: month.Month})
		}
	}
}

// put takes a purchase in, or what it became, and folds the places that change.
func (s *parts) put(p *analytics.Purchase) {
	places := analytics.ProductPlacesOfPurchase(s.purchases[p.TransactionID], p, false)
	s.purchases[p.TransactionID] = p
	for _, place := range places {
		s.fold(place)
	}
}

// fold folds one part from its purchases.
func (s *parts) fold(place analytics.ProductPlace) {
	fold := analytics.NewProductFold(place.SKU, s.families[place.SKU])
	for _, p := range s.purchases {
		if analytics.MonthOf(p.At) == place.Month {
			fold.AddPurchase(p)
		}
	}
	s.months[place.SKU] = analytics.ReplaceProductMonths(s.months[place.SKU], map[analytics.CalendarMonth]*analytics.ProductFold{place.Month: fold})
}

// Parts of SKUs add up to what going through all purchases counts, for products
// that have SKUs in common, however purchases change and move and products are
// grouped. A purchase changes only the parts of the SKUs that it holds or held.
func TestPartsAddUpToThePurchasesOfTheirProduct(t *testing.T) {
	skus := []string{"a", "b", "c", "d", "e"}
	drawSets := rapid.SliceOfN(rapid.SliceOfNDistinct(rapid.SampledFrom(skus), 1, 4, rapid.ID[string]), 1, 4)
	rapid.Check(t, func(t *rapid.T) {
		stored := &parts{map[string]*analytics.Purchase{}, nil, map[string][]analytics.ProductMonth{}}
		sets := drawSets.Draw(t, "products")
		stored.group(sets)
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			if rapid.IntRange(0, 5).Draw(t, "step") == 0 {
				sets = drawSets.Draw(t, "products")
				stored.group(sets)
			}
			p := &analytics.Purchase{
				TransactionID: fmt.Sprint("t", rapid.IntRange(0, 6).Draw(t, "transaction")),
				At:            time.Date(2026, time.Month(rapid.IntRange(1, 3).Draw(t, "month")), 15, 0, 0, 0, 0, time.UTC),
			}
			for _, sku := range rapid.SliceOfNDistinct(rapid.SampledFrom(skus), 0, 4, rapid.ID[string]).Draw(t, "lines") {
				p.Lines = append(p.Lines, analytics.PurchaseLine{SKU: sku, Quantity: 1, Sales: analytics.Money{Minor: 5, Currency: "EUR"}})
			}
			stored.put(p)
			for _, set := range sets {
				want, got := analytics.NewProductTotals(set), analytics.NewProductTotals(set)
				for _, p := range stored.purchases {
					want.AddPurchase(p)
				}
				var own []*analytics.ProductPart
				for _, sku := range set {
					total := analytics.SumProductMonths(stored.months[sku])
					got.AddPart(&total)
					own = append(own, &total)
				}
				if diff := cmp.Diff(want.Counts(), got.Counts(), cmpopts.EquateEmpty()); diff != "" {
					t.Fatalf("product of %v (-counted +added up):\n%s", set, diff)
				}
				if !analytics.CountTogether(set, own) {
					t.Fatalf("the parts of %v do not count together", set)
				}
			}
		}
	})
}

func TestPartOfASKU(t *testing.T) {
	at := time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)
	buying := func(skus ...string) *analytics.Purchase {
		p := &analytics.Purchase{At: at}
		for _, sku := range skus {
			p.Lines = append(p.Lines, analytics.PurchaseLine{SKU: sku, Quantity: 2, Sales: analytics.Money{Minor: 700, Currency: "EUR"}})
		}
		return p
	}
	shirt, set := []string{"shirt", "s", "m", "l"}, []string{"set", "m", "cap"}
	part := func(sku string, sets ...[]string) analytics.ProductPart {
		fold := analytics.NewProductFold(sku, analytics.ProductFamilies(sku, sets))
		for _, p := range []*analytics.Purchase{buying("m"), buying("m", "s"), buying("cap", "m", "s"), buying("l", "m"), buying("l", "s")} {
			fold.AddPurchase(p)
		}
		part, _ := fold.Part()
		slices.SortFunc(part.Again, func(a, b analytics.PurchasedAgain) int { return b.Count - a.Count })
		return part
	}
	sold := func(n int) analytics.ProductCounts {
		return analytics.ProductCounts{Purchases: n, Quantity: int64(2 * n), Sales: []analytics.Money{{Minor: int64(700 * n), Currency: "EUR"}}}
	}
	want := map[string]analytics.ProductPart{
		"one of two products: s counts for the shirt, m for the set": {ProductCounts: sold(4),
			Again: []analytics.PurchasedAgain{{Family: analytics.FamilyKey(shirt), Count: 2}, {Family: analytics.FamilyKey(set), Count: 0}}},
		"the last of its product":          {ProductCounts: sold(3), Again: []analytics.PurchasedAgain{{Family: analytics.FamilyKey(shirt), Count: 0}}},
		"the only one of its product":      {ProductCounts: sold(4)},
		"of a product that was not bought": {},
	}
	got := map[string]analytics.ProductPart{
		"one of two products: s counts for the shirt, m for the set": part("m", shirt, set, shirt),
		"the last of its product":                                    part("s", shirt),
		"the only one of its product":                                part("m", []string{"m"}),
		"of a product that was not bought":                           part("belt", []string{"belt", "buckle"}),
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

func TestPartsThatDoNotCountTogether(t *testing.T) {
	skus := []string{"s", "m"}
	bought := func(again ...analytics.PurchasedAgain) *analytics.ProductPart {
		return &analytics.ProductPart{ProductCounts: analytics.ProductCounts{Purchases: 1}, Again: again}
	}
	knowing := bought(analytics.PurchasedAgain{Family: analytics.FamilyKey([]string{"m", "s"})})
	other := bought(analytics.PurchasedAgain{Family: analytics.FamilyKey([]string{"m", "s", "l"})})
	shown := &analytics.ProductPart{ProductCounts: analytics.ProductCounts{Presented: 1}}
	for name, test := range map[string]struct {
		both []*analytics.ProductPart
		want bool
	}{
		"both know the product":                  {[]*analytics.ProductPart{knowing, knowing}, true},
		"one knows it as it was":                 {[]*analytics.ProductPart{knowing, other}, false},
		"one knows of none":                      {[]*analytics.ProductPart{knowing, bought()}, false},
		"one knows of none, and none was bought": {[]*analytics.ProductPart{knowing, shown}, true},
		"one was bought, and knows of none":      {[]*analytics.ProductPart{bought(), shown}, true},
	} {
		if got := analytics.CountTogether(skus, test.both); got != test.want {
			t.Errorf("%s: count together %t", name, got)
		}
	}
}
