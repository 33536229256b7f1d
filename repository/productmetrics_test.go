package repository_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// The metrics of products are what going through all calls and purchases would
// count.
func TestProductMetricsAddUp(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		reach := analytics.Reach{Org: freshOrg()}
		var calls []*analytics.Call
		var facts []*analytics.CallMetrics
		for i := range rapid.SampledFrom([]int{0, 1, 20}).Draw(t, "calls") {
			fact := drawFact(t, reach.Org, fmt.Sprint(i))
			facts = append(facts, fact)
			calls = append(calls, aCall(reach.Org, fmt.Sprint(i), func(c *analytics.Call) { c.AgentID, c.At = fact.AgentID, fact.At }))
		}
		purchases := make([]*analytics.Purchase, rapid.SampledFrom([]int{0, 1, 20}).Draw(t, "purchases"))
		for i := range purchases {
			purchases[i] = drawPurchase(t, reach.Org, fmt.Sprint(i), len(calls))
		}
		for _, err := range []error{store(repo, "calls", calls), store(repo, "call_metrics", facts), store(repo, "purchases", purchases)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		if rapid.Bool().Draw(t, "folded") {
			if err := repo.CountProductsFirst(context.Background(), reach); err != nil {
				t.Fatal(err)
			}
			if _, err := repo.FoldProducts(context.Background(), time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		if rapid.Bool().Draw(t, "limited") {
			reach.Agent = "anna"
		}
		var period *analytics.Period
		if rapid.Bool().Draw(t, "period") {
			period = &analytics.Period{Start: noon.Add(-2 * time.Hour), End: noon.Add(time.Hour)}
		}
		products := drawParents(t, repository.ByProduct)
		got, err := repo.ProductMetrics(context.Background(), reach, products, period)
		if err != nil {
			t.Fatal(err)
		}

		inPeriod := func(at time.Time) bool { return period == nil || period.Contains(at) }
		agentOf := map[string]string{}
		for _, c := range calls {
			agentOf[c.CallID] = c.AgentID
		}
		facts = slices.DeleteFunc(facts, func(m *analytics.CallMetrics) bool {
			return !inPeriod(m.At) || reach.Agent != "" && m.AgentID != reach.Agent
		})
		purchases = slices.DeleteFunc(purchases, func(p *analytics.Purchase) bool {
			return !inPeriod(p.At) || reach.Agent != "" && agentOf[p.CallID] != reach.Agent
		})
		want := recountedProducts(products, facts, purchases)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("product metrics (-recount +got):\n%s", diff)
		}
	})
}

// recountedProducts counts products by going through all calls and purchases.
func recountedProducts(products []repository.Parent, calls []*analytics.CallMetrics, purchases []*analytics.Purchase) map[string]*analytics.ProductCounts {
	recounted := map[string]*analytics.ProductCounts{}
	for _, product := range products {
		counts := &analytics.ProductCounts{}
		recounted[product.ID] = counts
		for _, call := range calls {
			for _, p := range call.Products {
				if slices.Contains(product.Values, p.SKU) {
					counts.Presented += p.Presented
					counts.TriedOn += p.TriedOn
					counts.Clicks += p.Clicks
					counts.Added += p.Added
					counts.Removed += p.Removed
					counts.CheckedOut += p.CheckedOut
				}
			}
		}
		sales := map[string]int64{}
		for _, p := range purchases {
			holds := false
			for _, line := range p.Lines {
				if slices.Contains(product.Values, line.SKU) {
					holds = true
					counts.Quantity += line.Quantity
					sales[line.Sales.Currency] += line.Sales.Minor
				}
			}
			if holds {
				counts.Purchases++
			}
		}
		for _, currency := range []string{"EUR", "JPY"} {
			if minor, sold := sales[currency]; sold {
				counts.Sales = append(counts.Sales, analytics.Money{Minor: minor, Currency: currency})
			}
		}
	}
	return recounted
}

// drawPurchase generates a transaction, of which one of n calls may be the
// touch.
func drawPurchase(t *rapid.T, org, id string, calls int) *analytics.Purchase {
	p := aPurchase(org, id, "")
	p.At = noon.Add(time.Duration(rapid.IntRange(-12, 12).Draw(t, "quarter")) * 15 * time.Minute)
	if calls > 0 && rapid.Bool().Draw(t, "attributed") {
		p.CallID = fmt.Sprint(rapid.IntRange(0, calls-1).Draw(t, "call"))
	}
	currency := rapid.SampledFrom([]string{"EUR", "JPY"}).Draw(t, "currency")
	for _, sku := range drawSome(t, someSKUs, "lines") {
		quantity := rapid.Int64Range(1, 5).Draw(t, "quantity")
		p.Lines = append(p.Lines, analytics.PurchaseLine{SKU: sku, Quantity: quantity,
			Sales: analytics.Money{Minor: quantity * rapid.Int64Range(0, 1000).Draw(t, "price"), Currency: currency}})
	}
	return p
}

// What 25 products take takes 250: one command once they are folded.
func TestCommandsDoNotGrowWithProducts(t *testing.T) {
	var sent atomic.Int64
	repo := repositorytest.Open(t, func(string) { sent.Add(1) })
	shop := aShop("acme", 300)
	shop.store(t, repo)
	for _, test := range []struct {
		name string
		want int64
		do   func(ctx context.Context) error
	}{
		{"not yet counted", 3, func(context.Context) error { return nil }},
		{"marked", 4, repo.CompleteProducts},
		{"folded", 1, func(ctx context.Context) error {
			_, err := repo.FoldProducts(ctx, time.Now())
			return err
		}},
	} {
		if err := test.do(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{25, 250} {
			var products []repository.Parent
			var skus []string
			for i := range n {
				products = append(products, repository.Parent{ID: fmt.Sprint(i), Values: []string{fmt.Sprint(i), fmt.Sprint("s", i), fmt.Sprint("t", i)}})
				skus = append(skus, fmt.Sprint("s", i))
			}
			sent.Store(0)
			if _, err := repo.ProductMetrics(t.Context(), analytics.Reach{Org: "acme"}, products, nil); err != nil {
				t.Fatal(err)
			}
			if got := sent.Load(); got != test.want {
				t.Errorf("metrics of %d products, %s, take %d commands, want %d", n, test.name, got, test.want)
			}
			sent.Store(0)
			if _, err := repo.ProductsBySKU(t.Context(), analytics.Reach{Org: "acme"}, skus); err != nil {
				t.Fatal(err)
			}
			if got := sent.Load(); got != 1 {
				t.Errorf("%d products by SKU take %d commands, want 1", n, got)
			}
		}
	}
}

func TestProductsBySKU(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	reach := analytics.Reach{Org: "acme"}
	seen := func(p *analytics.Product) *analytics.Product {
		p.Origin = analytics.Seen
		return p
	}
	insert(t, repo, "products",
		aProduct("acme", "shirt", "Shirt", "shirt-red", "shirt-red-m"),
		seen(aProduct("acme", "shirt-red", "shirt-red")),
		seen(aProduct("acme", "belt", "belt")),
		aProduct("acme", "trousers", "Trousers", "belt"),
		aProduct("acme", "coat", "Coat", "set"),
		aProduct("acme", "set", "Set"),
		aProduct("acme", "a-set", "Another set", "set", "both"),
		aProduct("acme", "z-set", "Last set", "both"),
	)
	got, err := repo.ProductsBySKU(t.Context(), reach, []string{"shirt", "shirt-red", "shirt-red-m", "belt", "set", "both", "unknown"})
	if err != nil {
		t.Fatal(err)
	}
	bySKU := map[string]string{}
	for sku, product := range got {
		bySKU[sku] = product.SKU
	}
	want := map[string]string{
		"shirt": "shirt", "shirt-red-m": "shirt",
		"shirt-red": "shirt", "belt": "trousers", // the catalog before what was only seen
		"set":  "set",   // whose own SKU it is
		"both": "a-set", // the smaller SKU
	}
	if diff := cmp.Diff(want, bySKU); diff != "" {
		t.Errorf("products by SKU (-want +got):\n%s", diff)
	}
}
