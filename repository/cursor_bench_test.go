package repository

import (
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// BenchmarkCursors writes and reads the cursor of an edge.
func BenchmarkCursors(b *testing.B) {
	order := callOrders[analytics.ByTime]
	call := &analytics.Call{CallID: "0f5c2f1e-7d1a-4d7e-9a43-2b6a1c0f7b11", At: time.UnixMilli(1_772_440_000_000)}
	b.Run("write", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			order.cursorOf(call)
		}
	})
	cursor := order.cursorOf(call)
	b.Run("read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := order.parseCursor("after", cursor); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkParts decodes a product with five variations of four sizes, and without
// its variations: what a list saves that does not show them.
func BenchmarkParts(b *testing.B) {
	price := &analytics.Price{Current: analytics.Money{Minor: 4990, Currency: "EUR"}}
	product := analytics.Product{Key: "acme/p", Org: "acme", SKU: "p", Name: "Boots", NameKey: "boots", Price: price, SKUs: []string{"p"}, Origin: analytics.FromCatalog}
	plain, err := bson.Marshal(product)
	if err != nil {
		b.Fatal(err)
	}
	for range 5 {
		v := analytics.Variation{SKU: "p-black", Name: "black", Attributes: []analytics.Attribute{{Name: "colour", Value: "black"}}, ImageURLs: []string{"https://shop.example/p-black.jpg"}}
		for range 4 {
			v.Sizes = append(v.Sizes, analytics.Size{SKU: "p-black-40", Name: "40", Price: price})
		}
		product.Variations = append(product.Variations, v)
	}
	whole, err := bson.Marshal(product)
	if err != nil {
		b.Fatal(err)
	}
	for _, bm := range []struct {
		name   string
		stored []byte
	}{{"whole product", whole}, {"without variations", plain}} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := bson.Unmarshal(bm.stored, new(analytics.Product)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(bm.stored)), "stored-B")
		})
	}
}
