package main

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
)

func TestTheSameNumberGivesTheSameCall(t *testing.T) {
	t.Parallel()
	for i := range 50 {
		if diff := cmp.Diff(callDocuments(i), callDocuments(i)); diff != "" {
			t.Fatalf("call %d: %s", i, diff)
		}
	}
}

func TestACallHasAPurchaseForEveryThirdAndACartForEverySecond(t *testing.T) {
	t.Parallel()
	want := map[int][]string{
		0: {"call_metrics", "calls", "carts", "purchases"},
		1: {"call_metrics", "calls"},
		2: {"call_metrics", "calls", "carts"},
		3: {"call_metrics", "calls", "purchases"},
	}
	for i, collections := range want {
		var got []string
		for collection := range callDocuments(i) {
			got = append(got, collection)
		}
		slices.Sort(got)
		if diff := cmp.Diff(collections, got); diff != "" {
			t.Errorf("call %d: %s", i, diff)
		}
	}
}

func TestAProductInTwoSizesIsBoughtInBoth(t *testing.T) {
	t.Parallel()
	both := 0
	for i := 0; i < 300; i += 3 {
		documents := callDocuments(i)
		purchase, metrics := documents["purchases"].(*analytics.Purchase), documents["call_metrics"].(*analytics.CallMetrics)
		var sum int64
		for _, line := range purchase.Lines {
			sum += line.Sales.Minor
			if in := productIn(metrics, line.SKU); in.Purchases != 1 || in.Sales[0] != line.Sales {
				t.Fatalf("call %d: %+v, want the sales of %+v", i, in, line)
			}
		}
		if sum != purchase.Total.Minor || metrics.Purchases.Revenue[0] != purchase.Total {
			t.Fatalf("call %d: lines of %d, total %v, revenue %v", i, sum, purchase.Total, metrics.Purchases.Revenue)
		}
		if len(purchase.Lines) == 2 {
			both++
		}
	}
	if both == 0 {
		t.Fatal("no purchase holds both sizes of a product")
	}
}

func TestTheSameNumbersGiveTheSameBroadcast(t *testing.T) {
	t.Parallel()
	first, err := broadcastEvents(3, 1000)
	if err != nil {
		t.Fatal(err)
	}
	again, err := broadcastEvents(3, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, again); diff != "" {
		t.Fatal(diff)
	}
	if want := 1000 + 2*displayed; len(first) != want {
		t.Fatalf("%d events, want %d", len(first), want)
	}
	ends := broadcastStart(3).Add(broadcastLasts)
	if !slices.IsSortedFunc(first, func(a, b analytics.Event) int { return a.At.Compare(b.At) }) ||
		first[0].At.Before(broadcastStart(3)) || first[len(first)-1].At.After(ends.Add(time.Second)) {
		t.Fatalf("the events are not in order within the broadcast: from %s to %s", first[0].At, first[len(first)-1].At)
	}
}

func TestEventsComeInWholeBroadcasts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ events, broadcasts, each int }{
		{0, 0, 0}, {5_000, 1, 5_000}, {100_000, 1, 100_000}, {250_000, 2, 100_000}, {10_000_000, 100, 100_000},
	} {
		if got := newDataSet(1, c.events); got.Broadcasts != c.broadcasts || got.EventsEach != c.each {
			t.Errorf("%d events: %d broadcasts of %d, want %d of %d", c.events, got.Broadcasts, got.EventsEach, c.broadcasts, c.each)
		}
	}
}

func TestTheCatalogCanBeRead(t *testing.T) {
	t.Parallel()
	records, err := catalog(2)
	if err != nil {
		t.Fatal(err)
	}
	if want := agents + queues + products + 2*2; len(records) != want {
		t.Fatalf("%d records, want %d", len(records), want)
	}
	small, large := sizesOf(4)
	i := slices.IndexFunc(records, func(r analytics.CatalogRecord) bool { return r.ID == "sku-4" })
	if diff := cmp.Diff([]string{"sku-4", "sku-4-blue", large, small}, records[i].Product.SKUs); diff != "" {
		t.Fatal(diff)
	}
}
