package analytics

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"slices"
)

// ProductFamily is the set of SKUs that mean one product, as one of them sees it.
type ProductFamily struct {
	Key   string // of the set; see FamilyKey
	later map[string]bool
}

// ProductFamilies returns the families that a SKU belongs to, of the sets of SKUs
// of the products that it means: each once, by key. A product of one SKU is none.
func ProductFamilies(sku string, sets [][]string) []ProductFamily {
	var families []ProductFamily
	for _, skus := range sets {
		key := FamilyKey(skus)
		if key == "" {
			continue
		}
		later := map[string]bool{}
		for _, other := range skus {
			if other > sku {
				later[other] = true
			}
		}
		families = append(families, ProductFamily{key, later})
	}
	slices.SortFunc(families, func(a, b ProductFamily) int { return cmp.Compare(a.Key, b.Key) })
	return slices.CompactFunc(families, func(a, b ProductFamily) bool { return a.Key == b.Key })
}

// isMetIn reports whether a purchase holds a SKU of the family that sorts later.
func (f *ProductFamily) isMetIn(p *Purchase) bool {
	return slices.ContainsFunc(p.Lines, func(l PurchaseLine) bool { return f.later[l.SKU] })
}

// FamilyKey returns a short key of the SKUs that mean a product: the same for the
// same set of them. It is "" for less than two, which share no transaction.
func FamilyKey(skus []string) string {
	skus = slices.Compact(slices.Sorted(slices.Values(skus)))
	if len(skus) < 2 {
		return ""
	}
	var text []byte
	for _, sku := range skus {
		text = binary.AppendUvarint(text, uint64(len(sku)))
		text = append(text, sku...)
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// PurchasedAgain is how many purchases of a SKU count for a product already, by
// another of its SKUs.
type PurchasedAgain struct {
	Family string `bson:"family"` // the product's FamilyKey
	Count  int    `bson:"count"`
}

// KnowsFamilies reports whether the part was folded with these families of its
// SKU. Without a purchase there is nothing to know.
func (p *ProductPart) KnowsFamilies(families []ProductFamily) bool {
	return p.Purchases == 0 || slices.EqualFunc(p.Again, families, func(a PurchasedAgain, f ProductFamily) bool { return a.Family == f.Key })
}

// again returns how many purchases count for the family already, and whether the
// part was folded with it.
func (p *ProductPart) again(family string) (count int, known bool) {
	for _, a := range p.Again {
		if a.Family == family {
			return a.Count, true
		}
	}
	return 0, false
}

// CountTogether reports whether the parts of a product's SKUs know which of their
// purchases they share: each was folded when the product had these SKUs, or at
// most one of them was bought at all.
func CountTogether(skus []string, parts []*ProductPart) bool {
	var bought []*ProductPart
	for _, part := range parts {
		if part.Purchases > 0 {
			bought = append(bought, part)
		}
	}
	if len(bought) < 2 {
		return true
	}
	key := FamilyKey(skus)
	return !slices.ContainsFunc(bought, func(part *ProductPart) bool {
		_, known := part.again(key)
		return !known
	})
}
