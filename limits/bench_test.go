package limits

import (
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
)

// BenchmarkGuard does what stands before and after an operation of a page of 25
// calls: a document that is new is parsed and measured, one that is known is found;
// its cost is estimated, and read from the answer.
func BenchmarkGuard(b *testing.B) {
	const text = `{ calls(first: 25) { edges { cursor node { id agent { id name } skus revenue { amount } products { sku } } } totalCount } }`
	const call = `{"cursor":"eyJvIjoiY2FsbHMgYnkgdGltZSBkb3duIn0","node":{"id":"Call:1","agent":{"id":"Agent:1","name":"Ann"},"skus":["a","b"],"revenue":[{"amount":"12.50"}],"products":[{"sku":"a"},{"sku":"b"}]}}`
	answer := []byte(`{"calls":{"edges":[` + strings.Repeat(call+",", 24) + call + `],"totalCount":25}}`)
	document := gqlparser.MustLoadQueryWithRules(shop, text, nil)
	prices, cache := ReadPrices(shop), NewCache()
	cache.Add(b.Context(), text, document)
	for _, bm := range []struct {
		name string
		do   func() bool
	}{
		{"a new document", func() bool { _, err := Parse(text); return err == nil }},
		{"a known document", func() bool { _, ok := cache.Get(b.Context(), text); return ok }},
		{"the JSON of a request", func() bool { return CheckJSON(answer) == nil }},
		{"the estimate", func() bool { return prices.Estimate(document.Operations[0], nil) > 0 }},
		{"the cost of the answer", func() bool { return prices.Actual(document.Operations[0], nil, answer) > 0 }},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if !bm.do() {
					b.Fatal("it failed")
				}
			}
		})
	}
}
