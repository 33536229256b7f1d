package repository_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// purchaseOf is a purchase event of one piece of each SKU.
func purchaseOf(t *testing.T, id string, skus ...string) analytics.Event {
	t.Helper()
	lines := ""
	for _, sku := range skus {
		lines += `,{"sku":"` + sku + `","price":"10.00","quantity":1}`
	}
	raw := `{"id":"` + id + `","type":"purchase","at":"2026-03-05T12:00:00Z","visitorId":"v1","data":{"transactionId":"` + id +
		`","amount":"10.00","currency":"EUR","products":[` + lines[1:] + `]}}`
	e, err := analytics.ParseEvent([]byte(raw), time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// productNames returns the name of the product that each SKU leads to.
func productNames(t *testing.T, repo *repository.Repository, skus ...string) map[string]string {
	t.Helper()
	found, err := repo.ProductsBySKU(t.Context(), analytics.Reach{Org: "acme"}, skus)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for sku, product := range found {
		names[sku] = product.Name
	}
	return names
}

func TestWhatIsOnlyMentionedStandsInUntilItsRecordComes(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	absorb(t, repo, "acme", purchaseOf(t, "t1", "hat-red", "cap"))
	if diff := cmp.Diff(map[string]string{"hat-red": "hat-red", "cap": "cap"}, productNames(t, repo, "hat-red", "cap")); diff != "" {
		t.Fatal(diff)
	}

	record, err := analytics.ParseCatalogRecord([]byte(`{"kind":"product","sku":"hat","name":"Hat","variations":[{"sku":"hat-red","name":"Red"}]}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repo.PutCatalog(t.Context(), "acme", []analytics.CatalogRecord{record}); err != nil {
		t.Fatal(err)
	}
	absorb(t, repo, "acme", purchaseOf(t, "t2", "hat-red", "hat"))

	t.Run("a variation leads to its product", func(t *testing.T) {
		want := map[string]string{"hat": "Hat", "hat-red": "Hat", "cap": "cap"}
		if diff := cmp.Diff(want, productNames(t, repo, "hat", "hat-red", "cap")); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("no placeholder is left beside the record", func(t *testing.T) {
		n, err := repo.CountProducts(t.Context(), analytics.Reach{Org: "acme"}, "")
		if err != nil || n != 2 {
			t.Errorf("%d products, %v, want 2", n, err)
		}
	})
}
