package repository_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
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

// soldProducts are the products of these tests: one of several SKUs, one that
// shares a SKU with it, one of a single SKU, and one that nobody knows.
var soldProducts = []repository.Parent{
	{ID: "shirt", Values: []string{"shirt", "sku0", "sku1", "sku2"}},
	{ID: "set", Values: []string{"set", "sku2", "sku3"}},
	{ID: "belt", Values: []string{"belt"}},
	{ID: "nothing", Values: []string{"nothing"}},
}

// putProduct makes a product of the catalog that all of its values mean.
func putProduct(t tester, repo *repository.Repository, org string, product repository.Parent) {
	t.Helper()
	var variations []string
	for _, sku := range product.Values[1:] {
		variations = append(variations, fmt.Sprintf(`{"sku":%q}`, sku))
	}
	record, err := analytics.ParseCatalogRecord(fmt.Appendf(nil, `{"kind":"product","sku":%q,"name":"P","variations":[%s]}`, product.ID, strings.Join(variations, ",")))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repo.PutCatalog(context.Background(), org, []analytics.CatalogRecord{record}); err != nil {
		t.Fatal(err)
	}
}

func putProducts(t tester, repo *repository.Repository, org string) {
	t.Helper()
	for _, product := range soldProducts[:3] {
		putProduct(t, repo, org, product)
	}
}

// sameProducts fails the test unless the metrics of products are what going
// through all that is stored counts.
func sameProducts(t tester, repo *repository.Repository, org string, products []repository.Parent) {
	t.Helper()
	got, err := repo.ProductMetrics(context.Background(), analytics.Reach{Org: org}, products, nil)
	if err != nil {
		t.Fatal(err)
	}
	calls, err := repository.All[analytics.CallMetrics](context.Background(), repo, "call_metrics", org)
	if err != nil {
		t.Fatal(err)
	}
	purchases, err := repository.All[analytics.Purchase](context.Background(), repo, "purchases", org)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(recountedProducts(products, calls, purchases), got, cmpopts.EquateEmpty()); diff != "" {
		t.Fatal("product metrics (-recount +got):\n" + diff)
	}
}

// foldProducts folds what is marked, of batches that were broken off too.
func foldProducts(t tester, repo *repository.Repository) {
	t.Helper()
	for n := 1; n > 0; {
		var err error
		if n, err = repo.FoldProducts(context.Background(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
}

// foldedProducts fails the test unless all is folded: reading it is one command.
func foldedProducts(t tester, repo *repository.Repository, org string) {
	t.Helper()
	type marked struct {
		SKU  string `bson:"sku"`
		Open []any  `bson:"open"`
		Done []any  `bson:"done"`
	}
	documents, err := repository.All[marked](context.Background(), repo, "product_metrics", org)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range documents {
		if len(d.Open)+len(d.Done) > 0 {
			t.Fatalf("%s is marked: %v %v", d.SKU, d.Open, d.Done)
		}
	}
}

// soldStream draws what happens to products: calls that show them, and
// transactions that move between months and hold one product twice.
func soldStream(t *rapid.T) []analytics.Event {
	events := make([]analytics.Event, rapid.IntRange(1, 30).Draw(t, "events"))
	for i := range events {
		events[i] = soldEvent(t, fmt.Sprint("e", i))
	}
	return events
}

func soldEvent(t *rapid.T, id string) analytics.Event {
	skus := []string{"shirt", "sku0", "sku1", "sku2", "sku3", "belt"}
	call := rapid.IntRange(0, 2).Draw(t, "call")
	start := day.AddDate(0, call, 0)
	sku := func() string { return rapid.SampledFrom(skus).Draw(t, "sku") }
	base := object{"visitorId": "v", "sessionId": "s", "callId": fmt.Sprint("c", call)}
	on := func(kind string, at time.Time, data object) analytics.Event {
		o := object{"data": data}
		for key, value := range base {
			o[key] = value
		}
		return event(t, id, kind, at, o)
	}
	switch rapid.IntRange(0, 6).Draw(t, "kind") {
	case 0:
		return on("call_started", start, object{"agentId": "ada", "callType": "queue", "queueId": "q", "trackingTag": id})
	case 1, 2:
		// Of a call without a known start the first event is its time.
		at := start.AddDate(0, 0, rapid.IntRange(-2, 1).Draw(t, "days"))
		return on(rapid.SampledFrom([]string{"product_presented", "product_tried_on"}).Draw(t, "what"), at, object{"sku": sku()})
	case 3:
		return on("added_to_cart", start.Add(time.Minute), object{"sku": sku(), "quantity": 1, "cart": object{"id": "k", "amount": "9.90", "currency": "EUR"}})
	default:
		delete(base, "callId")
		var lines []object
		for _, bought := range rapid.SliceOfNDistinct(rapid.SampledFrom(skus), 1, 3, rapid.ID[string]).Draw(t, "lines") {
			lines = append(lines, object{"sku": bought, "price": "2", "quantity": rapid.IntRange(1, 3).Draw(t, "quantity")})
		}
		return on("purchase", day.AddDate(0, 0, rapid.IntRange(0, 80).Draw(t, "day")), object{
			"transactionId": fmt.Sprint("t", rapid.IntRange(0, 4).Draw(t, "transaction")),
			"amount":        "12", "currency": rapid.SampledFrom([]string{"EUR", "JPY"}).Draw(t, "currency"), "products": lines})
	}
}

// What is read is what the facts say, whatever is folded, marked, or grouped
// otherwise by the catalog.
func TestMetricsOfProductsAreThoseOfTheirFacts(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		org := freshOrg()
		products := soldProducts
		if rapid.Bool().Draw(t, "cataloged before") {
			putProducts(t, repo, org)
		}
		for arriving := soldStream(t); len(arriving) > 0; {
			n := rapid.IntRange(1, len(arriving)).Draw(t, "batch")
			if _, err := repo.Absorb(context.Background(), org, arriving[:n]); err != nil {
				t.Fatal(err)
			}
			arriving = arriving[n:]
			if rapid.Bool().Draw(t, "folded") {
				foldProducts(t, repo)
				foldedProducts(t, repo, org)
			}
			if rapid.IntRange(0, 3).Draw(t, "regrouped") == 0 {
				skus := rapid.Permutation([]string{"shirt", "sku0", "sku1", "sku2", "sku3", "belt"}).Draw(t, "skus")
				products = []repository.Parent{{ID: "new", Values: append([]string{"new"}, skus[:3]...)}, {ID: "other", Values: append([]string{"other"}, skus[2:]...)}}
				sameProducts(t, repo, org, products) // the catalog knows before anybody here does
				putProduct(t, repo, org, products[0])
				putProduct(t, repo, org, products[1])
			}
			sameProducts(t, repo, org, products)
		}
		foldProducts(t, repo)
		foldedProducts(t, repo, org)
		sameProducts(t, repo, org, products)
	})
}

// Two gateways take in and fold at once.
func TestProductsAreFoldedByWhoeverComes(t *testing.T) {
	uri, database := repositorytest.Database(t)
	gateways := []*repository.Repository{repositorytest.OpenAt(t, uri, database, nil), repositorytest.OpenAt(t, uri, database, nil)}
	for round := range 4 {
		org := freshOrg()
		putProducts(t, gateways[0], org)
		events := slices.Concat(rapid.Custom(soldStream).Example(round), rapid.Custom(soldStream).Example(round+10))
		for i := range events {
			events[i].EventID = fmt.Sprint("e", i)
		}
		writeAndFold(t, gateways, org, events, round, func(ctx context.Context, gateway *repository.Repository) error {
			_, err := gateway.FoldProducts(ctx, time.Now())
			return err
		}, func() { sameProducts(t, gateways[0], org, soldProducts) })
		foldProducts(t, gateways[0])
		foldedProducts(t, gateways[0], org)
		sameProducts(t, gateways[0], org, soldProducts)
	}
}

// soldAround returns what a call and a transaction were, and a batch that moves
// both: to another month, to other products.
func soldAround(t testing.TB) (before, batch []analytics.Event) {
	in := func(id, kind string, at time.Time, data object) analytics.Event {
		return event(t, id, kind, at, object{"visitorId": "v", "sessionId": "s", "callId": "c", "data": data})
	}
	bought := func(id string, at time.Time, transaction string, skus ...string) analytics.Event {
		var lines []object
		for _, sku := range skus {
			lines = append(lines, object{"sku": sku, "price": "2", "quantity": 1})
		}
		return event(t, id, "purchase", at, object{"visitorId": "v", "data": object{
			"transactionId": transaction, "amount": "12", "currency": "EUR", "products": lines}})
	}
	before = []analytics.Event{
		in("b1", "product_presented", day, object{"sku": "sku0"}),
		bought("b2", day.AddDate(0, 2, 0), "t1", "sku0", "sku1", "belt"),
		bought("b3", day, "t2", "sku1"),
	}
	batch = []analytics.Event{
		in("n1", "call_started", day.AddDate(0, -1, 0), object{"agentId": "ada", "callType": "queue", "queueId": "q"}),
		in("n2", "product_tried_on", day, object{"sku": "sku1"}),
		bought("n3", day.AddDate(0, -1, 1), "t1", "sku2", "sku3"), // earlier, so that it stands
		bought("n4", day, "t3", "sku0", "sku1"),
	}
	return before, batch
}

// Whatever breaks off, at any command: a batch, or a fold.
func TestProductsOfABatchThatIsBrokenOff(t *testing.T) {
	uri, database := repositorytest.Database(t)
	healthy := repositorytest.OpenAt(t, uri, database, nil)
	frail := openFrail(t, uri, database)
	before, batch := soldAround(t)
	breakOff := func(n int64, do func(ctx context.Context) error) bool {
		_, err := frail.until(t, n, do)
		return err != nil
	}
	prepared := func() string {
		org := freshOrg()
		putProducts(t, healthy, org)
		absorb(t, healthy, org, slices.Clone(before)...)
		foldProducts(t, healthy)
		return org
	}
	check := func(t *testing.T, org string) {
		t.Helper()
		sameProducts(t, healthy, org, soldProducts)
		foldProducts(t, healthy)
		foldedProducts(t, healthy, org)
		sameProducts(t, healthy, org, soldProducts)
	}
	absorbing := func(org string) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			_, err := frail.Absorb(ctx, org, slices.Clone(batch))
			return err
		}
	}
	foldingBetween := func(t *testing.T, ahead time.Duration) {
		fold := func() {
			if _, err := healthy.FoldProducts(context.Background(), time.Now().Add(ahead)); err != nil {
				t.Error(err)
			}
		}
		frail.before.Store(&fold)
		defer frail.before.Store(nil)
		for n, broke := int64(1), true; broke; n += stride() {
			org := prepared()
			broke = breakOff(n, absorbing(org))
			if _, err := healthy.Recover(t.Context(), 0, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			check(t, org)
		}
	}

	t.Run("a batch, sent again", func(t *testing.T) {
		for n, broke := int64(1), true; broke; n += stride() {
			org := prepared()
			broke = breakOff(n, absorbing(org))
			absorb(t, healthy, org, slices.Clone(batch)...)
			check(t, org)
		}
	})
	t.Run("a batch, found by those who keep house", func(t *testing.T) {
		for n, broke := int64(1), true; broke; n += stride() {
			org := prepared()
			broke = breakOff(n, absorbing(org))
			if n%2 == 0 { // in either order
				foldProducts(t, healthy)
			}
			if _, err := healthy.Recover(t.Context(), 0, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			check(t, org)
		}
	})
	t.Run("a batch, with a fold before each of its commands", func(t *testing.T) {
		foldingBetween(t, 0)
	})
	t.Run("a batch that was taken for broken off before", func(t *testing.T) {
		whole := batch
		defer func() { batch = whole }()
		batch = []analytics.Event{whole[1], whole[3]} // which move nothing
		foldingBetween(t, time.Hour)
	})
	t.Run("a fold", func(t *testing.T) {
		for n, broke := int64(1), true; broke; n += stride() {
			org := prepared()
			absorb(t, healthy, org, slices.Clone(batch)...)
			broke = breakOff(n, func(ctx context.Context) error {
				_, err := frail.FoldProducts(ctx, time.Now())
				return err
			})
			check(t, org)
		}
	})
	t.Run("the first count", func(t *testing.T) {
		for n, broke := int64(1), true; broke; n += stride() {
			org := freshOrg()
			putProducts(t, healthy, org)
			absorb(t, healthy, org, slices.Clone(before)...)
			broke = breakOff(n, func(ctx context.Context) error { return frail.CountProductsFirst(ctx, analytics.Reach{Org: org}) })
			check(t, org)
		}
	})
}

// A slow fold that others overtake at any of its commands stores nothing that was
// true before them; a slow batch that was taken for broken off loses nothing.
func TestProductsOfWhomOthersOvertake(t *testing.T) {
	uri, database := repositorytest.Database(t)
	quick := repositorytest.OpenAt(t, uri, database, nil)
	slow, at := overtaken(t, uri, database)
	before, batch := soldAround(t)
	prepared := func() string {
		org := freshOrg()
		putProducts(t, quick, org)
		absorb(t, quick, org, slices.Clone(before)...)
		return org
	}
	check := func(t *testing.T, org string) {
		t.Helper()
		sameProducts(t, quick, org, soldProducts)
		foldProducts(t, quick)
		foldedProducts(t, quick, org)
		sameProducts(t, quick, org, soldProducts)
	}
	for _, test := range []struct {
		name  string
		least int64
		slow  func(org string) error
		quick func(org string)
	}{
		{"a fold, by a batch and a fold", 10, func(string) error {
			_, err := slow.FoldProducts(t.Context(), time.Now())
			return err
		}, func(org string) {
			absorb(t, quick, org, slices.Clone(batch)...)
			foldProducts(t, quick)
		}},
		{"a batch, by a fold", 20, func(org string) error {
			_, err := slow.Absorb(t.Context(), org, slices.Clone(batch))
			return err
		}, func(string) { foldProducts(t, quick) }},
		{"a reader's first count, by a batch and a fold", 4, func(org string) error {
			return slow.CountProductsFirst(t.Context(), analytics.Reach{Org: org})
		}, func(org string) {
			absorb(t, quick, org, slices.Clone(batch)...)
			foldProducts(t, quick)
		}},
		{"a catalog, by a fold", 3, func(org string) error {
			putProduct(t, slow, org, repository.Parent{ID: "new", Values: []string{"new", "sku1", "belt"}})
			return nil
		}, func(string) { foldProducts(t, quick) }},
	} {
		t.Run(test.name, func(t *testing.T) {
			n, came := int64(1), true
			for ; came; n += stride() {
				org := prepared()
				overtook := at(n, func() { test.quick(org) })
				if err := test.slow(org); err != nil {
					t.Fatal(err)
				}
				came = overtook()
				check(t, org)
			}
			if n-2 < test.least {
				t.Errorf("was overtaken at %d commands only", n-2)
			}
		})
	}
}

// A database that was filled before there were metrics of products answers as
// ever, before and after they are counted.
func TestProductsOfADatabaseFromBefore(t *testing.T) {
	var sent atomic.Int64
	repo := repositorytest.Open(t, func(string) { sent.Add(1) })
	orgs := []string{"acme", "emca"}
	for _, org := range orgs {
		aShop(org, 30).store(t, repo)
	}
	products := []repository.Parent{{ID: "1", Values: []string{"1", "s1", "t1"}}, {ID: "2", Values: []string{"2", "s2", "t2"}}}
	take := func(what string, want int64) {
		t.Helper()
		for _, org := range orgs {
			sameProducts(t, repo, org, products)
			sent.Store(0)
			if _, err := repo.ProductMetrics(t.Context(), analytics.Reach{Org: org}, products, nil); err != nil {
				t.Fatal(err)
			}
			if got := sent.Load(); got != want {
				t.Errorf("%s the metrics of products take %d commands, want %d", what, got, want)
			}
		}
	}
	take("before they are counted", 3)
	if err := repo.CompleteProducts(t.Context()); err != nil {
		t.Fatal(err)
	}
	take("once they are marked", 4)
	foldProducts(t, repo)
	take("once they are folded", 1)
	sent.Store(0)
	if err := repo.CompleteProducts(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := sent.Load(); got != 1 {
		t.Errorf("to find that all is counted takes %d commands", got)
	}
}
