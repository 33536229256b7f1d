package analytics

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestArticle(t *testing.T) {
	euro := func(minor int64) *Money { return &Money{Minor: minor, Currency: "EUR"} }
	gone := false
	shoe := &Product{SKU: "shoe", Name: "Shoe", Price: &Price{Current: *euro(5000)}, Variations: []Variation{
		{SKU: "red", Name: "Red", Sizes: []Size{{SKU: "red-38", Name: "38", InStock: &gone}, {SKU: "red-39", Price: &Price{Current: *euro(4500)}}}},
		{SKU: "blue", Name: "Blue"},
		{SKU: "same", Sizes: []Size{{SKU: "same", Name: "One size"}}},
	}}
	for _, c := range []struct {
		name, sku string
		want      Article
	}{
		{"a product with variations is several", "shoe", Article{Several: true, Name: "Shoe", Price: euro(5000)}},
		{"a variation with sizes is several", "red", Article{Several: true, Name: "Shoe, Red", Price: euro(5000)}},
		{"a variation without sizes is sold", "blue", Article{Name: "Shoe, Blue", Price: euro(5000)}},
		{"a size without a price has the product's", "red-38", Article{Name: "Shoe, Red, 38", Price: euro(5000), InStock: &gone}},
		{"a size has its own price, and need have no name", "red-39", Article{Name: "Shoe, Red", Price: euro(4500)}},
		{"a size goes before the variation that shares its SKU", "same", Article{Name: "Shoe, One size", Price: euro(5000)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, shoe.Article(c.sku)); diff != "" {
				t.Error(diff)
			}
		})
	}
}
