package repository_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
)

// The decoder of statistics reads what the driver's would, of the fields that
// statistics are made of.
func TestFactsAreReadAsStored(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := drawFact(t, "acme", "1")
		raw, err := bson.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := repository.ReadFact(raw)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(analytics.CallMetrics{}, "Key", "Org", "CallID", "Version", "Products"), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("facts (-stored +read):\n%s", diff)
		}
	})
}

// Cut off or overwritten anywhere, facts are refused or read, and nothing breaks.
func FuzzFacts(f *testing.F) {
	full := aFact("acme", "1", func(m *analytics.CallMetrics) {
		m.AgentID, m.QueueID, m.QueueWait = "anna", "shoes", ptr(int64(5))
		m.Purchases = analytics.PurchaseSummary{Count: 1, Revenue: []analytics.Money{{Minor: 5, Currency: "EUR"}}}
	})
	raw, err := bson.Marshal(full)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	for cut := range len(raw) {
		f.Add(raw[:cut])
		broken := append([]byte(nil), raw...)
		broken[cut] ^= 0xff
		f.Add(broken)
	}
	f.Fuzz(func(_ *testing.T, raw []byte) {
		_, _ = repository.ReadFact(raw)
	})
}
