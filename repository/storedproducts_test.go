package repository_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// What is stored of a product is as large after many purchases as after the
// first, however many of its SKUs they hold.
func TestStoredProductsDoNotGrowWithPurchases(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	putProducts(t, repo, org)
	bought := 0
	sizes := func(purchases int) map[string]int {
		var events []analytics.Event
		for ; bought < purchases; bought++ {
			id := fmt.Sprint("t", bought)
			events = append(events, event(t, id, "purchase", day, object{"visitorId": "v", "data": object{
				"transactionId": id, "amount": "6", "currency": "EUR", "products": []object{
					{"sku": "sku0", "price": "2", "quantity": 1}, {"sku": "sku1", "price": "2", "quantity": 1}, {"sku": "sku2", "price": "2", "quantity": 1}}}}))
		}
		absorb(t, repo, org, events...)
		foldProducts(t, repo)
		sameProducts(t, repo, org, soldProducts)
		documents, err := repo.Raw(t.Context(), "product_metrics")
		if err != nil {
			t.Fatal(err)
		}
		sizes := map[string]int{}
		for _, d := range documents {
			sizes[d.Lookup("_id").StringValue()] = len(d)
		}
		return sizes
	}
	first := sizes(1)
	for key, size := range sizes(100) {
		if size != first[key] {
			t.Errorf("after 100 purchases %s takes %d bytes, after the first %d", key, size, first[key])
		}
	}
}

// Documents of before named each purchase that a SKU shares with another one of
// its product. They answer as ever, and one fold gives them the form of today,
// whatever else was folded in between.
func TestProductsOfTheFormerForm(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	repo := repositorytest.Open(t, func(string) { sent.Add(1) })
	org := freshOrg()
	putProducts(t, repo, org)
	before, batch := soldAround(t)
	absorb(t, repo, org, before...)
	foldProducts(t, repo)
	if err := repo.CountProductsFirst(t.Context(), analytics.Reach{Org: org}); err != nil {
		t.Fatal(err)
	}
	foldProducts(t, repo)
	today := storedProducts(t, repo, org)

	former := func(sku string, total bson.D, months ...bson.D) bson.D {
		return bson.D{
			{Key: "_id", Value: org + "/0::" + sku}, {Key: "org", Value: org}, {Key: "sku", Value: sku}, {Key: "version", Value: int64(7)},
			{Key: "open", Value: bson.A{}}, {Key: "done", Value: bson.A{}},
			{Key: "families", Value: bson.A{analytics.FamilyKey(soldProducts[0].Values)}},
			{Key: "total", Value: total}, {Key: "months", Value: months},
		}
	}
	presented := bson.D{{Key: "presented", Value: 1}}
	month := func(at time.Time, part bson.D) bson.D {
		return append(bson.D{{Key: "month", Value: analytics.MonthOf(at)}}, part...)
	}
	later := day.AddDate(0, 2, 0) // when t1 was made
	sku0 := former("sku0", append(formerPart(1, "t1"), presented...), month(day, presented), month(later, formerPart(1, "t1")))
	sku1 := former("sku1", formerPart(2, "t1"), month(day, formerPart(1)), month(later, formerPart(1, "t1")))
	putFormer := func(documents ...bson.D) {
		t.Helper()
		for _, document := range documents {
			if err := repo.Replace(t.Context(), "product_metrics", document[0].Value.(string), document); err != nil {
				t.Fatal(err)
			}
		}
	}
	read := func(what string, want int64) {
		t.Helper()
		sameProducts(t, repo, org, soldProducts)
		sent.Store(0)
		if _, err := repo.ProductMetrics(t.Context(), analytics.Reach{Org: org}, soldProducts, nil); err != nil {
			t.Fatal(err)
		}
		if got := sent.Load(); got != want {
			t.Errorf("%s the metrics of products take %d commands, want %d", what, got, want)
		}
	}

	putFormer(sku0, sku1)
	read("in the former form", 3)
	foldProducts(t, repo)
	read("in the form of today", 1)
	if diff := cmp.Diff(today, storedProducts(t, repo, org)); diff != "" {
		t.Errorf("stored products, as folded at first and out of the former form (-first +former):\n%s", diff)
	}

	putFormer(sku1) // as a gateway of before folds it that still runs
	read("with one in the former form", 3)
	absorb(t, repo, org, batch...)
	read("with a batch", 3)
	foldProducts(t, repo)
	foldedProducts(t, repo, org)
	read("with a batch that is folded", 1)
}

// formerPart is a part as it was stored before, of some purchases for 2 EUR each.
func formerPart(purchases int, shared ...string) bson.D {
	part := bson.D{
		{Key: "purchases", Value: purchases}, {Key: "quantity", Value: int64(purchases)},
		{Key: "sales", Value: bson.A{bson.D{{Key: "minor", Value: int64(200 * purchases)}, {Key: "currency", Value: "EUR"}}}},
	}
	if len(shared) > 0 {
		part = append(part, bson.E{Key: "shared", Value: shared})
	}
	return part
}

// storedProducts returns what is stored of products but for the versions of their
// documents.
func storedProducts(t *testing.T, repo *repository.Repository, org string) map[string]map[string]any {
	t.Helper()
	documents, err := repository.All[map[string]any](t.Context(), repo, "product_metrics", org)
	if err != nil {
		t.Fatal(err)
	}
	stored := map[string]map[string]any{}
	for _, d := range documents {
		delete(*d, "version")
		stored[fmt.Sprint((*d)["_id"])] = *d
	}
	return stored
}

// Readers that others overtake at any of their commands answer what the facts say:
// what is stored, what marks say of it and what is counted anew fit together.
func TestReadersOfProductsWhomOthersOvertake(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	quick := repositorytest.OpenAt(t, uri, database, nil)
	slow, at := overtaken(t, uri, database)
	before, batch := soldAround(t)
	for name, overtake := range map[string]func(org string){
		"by a fold": func(string) { foldProducts(t, quick) },
		"by a catalog": func(org string) {
			putProduct(t, quick, org, repository.Parent{ID: "shirt", Values: []string{"shirt", "sku0", "sku1"}})
		},
		"by a catalog and a fold": func(org string) {
			putProduct(t, quick, org, repository.Parent{ID: "shirt", Values: []string{"shirt", "sku0", "sku1"}})
			foldProducts(t, quick)
		},
	} {
		t.Run(name, func(t *testing.T) {
			n, came := int64(1), true
			for ; came; n++ {
				org := freshOrg()
				putProducts(t, quick, org)
				absorb(t, quick, org, before...)
				foldProducts(t, quick)
				absorb(t, quick, org, batch...)
				overtook := at(n, func() { overtake(org) })
				sameProducts(t, slow, org, soldProducts)
				came = overtook()
				foldProducts(t, quick)
				sameProducts(t, quick, org, soldProducts)
			}
			if n < 5 {
				t.Errorf("were overtaken at %d commands only", n-2)
			}
		})
	}
}
