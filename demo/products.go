package demo

import (
	"hash/fnv"
	"strings"

	"cartograph/analytics"
)

// category is what products whose SKUs begin with the same letters share.
type category struct {
	brand, currency string
	// axis is what variations differ in.
	axis string
	// sizes are the codes of the second axis; none where a variation itself is
	// sold.
	sizes []string
	// worn products can be tried on in a call.
	worn bool
}

var (
	letterSizes = []string{"XS", "S", "M", "L", "XL"}
	shoeSizes   = []string{"36", "37", "38", "39", "40", "41", "42"}
	bottleSizes = []string{"30ML", "50ML"}
	noSizes     []string
)

// soldOutEvery says how few sizes are out of stock: about one in nine.
const soldOutEvery = 9

// categories by the letters that their SKUs begin with. Each of the three
// brands sells in a currency of its own.
var categories = map[string]category{
	"DRS": {"Aldermoth", "EUR", "colour", letterSizes, true},
	"KNT": {"Aldermoth", "EUR", "colour", letterSizes, true},
	"COA": {"Aldermoth", "EUR", "colour", letterSizes, true},
	"SHR": {"Aldermoth", "EUR", "colour", letterSizes, true},
	"TRS": {"Aldermoth", "EUR", "colour", letterSizes, true},
	"SHO": {"Aldermoth", "EUR", "colour", shoeSizes, true},
	"ACC": {"Aldermoth", "EUR", "colour", noSizes, true},
	"BAG": {"Aldermoth", "EUR", "colour", noSizes, true},
	"SKN": {"Silkemai", "GBP", "blend", bottleSizes, false},
	"FRG": {"Silkemai", "GBP", "blend", bottleSizes, false},
	"MKP": {"Silkemai", "GBP", "shade", noSizes, true},
	"LMP": {"Hearthlune", "SEK", "colour", noSizes, false},
	"TXL": {"Hearthlune", "SEK", "colour", noSizes, false},
	"VAS": {"Hearthlune", "SEK", "colour", noSizes, false},
	"CND": {"Hearthlune", "SEK", "blend", noSizes, false},
}

// variant is a value of the first axis: its name and, for a colour, its hex
// code.
type variant struct{ name, hex string }

var variants = map[string]variant{
	"BLK": {"Black", "#1b1b1b"}, "WHT": {"Chalk", "#f5f2ea"}, "RED": {"Rowan red", "#a2262c"},
	"GRN": {"Moss", "#5b6b3a"}, "BLU": {"Fjord blue", "#2f4b66"}, "SND": {"Sand", "#d8c4a0"},
	"RST": {"Rust", "#a4532a"}, "GRY": {"Slate", "#6d7378"}, "PNK": {"Heather", "#b98a9a"},
	"BRN": {"Walnut", "#5c4033"}, "GLD": {"Brass", "#b08d57"},
	"NEU": {"Unscented", ""}, "ROS": {"Rose hip", ""}, "CIT": {"Citrus leaf", ""}, "FIR": {"Fir and smoke", ""},
	"LGT": {"Light", "#ecc9ae"}, "MED": {"Medium", "#c68e69"}, "DEP": {"Deep", "#7a4a2e"},
}

// product is an article of the shop. Prices are in minor units; before is what
// it cost until it was reduced, 0 if it never was.
type product struct {
	sku, name     string
	price, before int64
	variants      string
	about         string
}

// category returns what the product shares with others of its kind.
func (p *product) category() category { return categories[p.sku[:3]] }

// money returns an amount in the product's currency.
func (p *product) money(minor int64) analytics.Money {
	return analytics.Money{Minor: minor, Currency: p.category().currency}
}

// priceOf returns what a SKU of the product costs now, in minor units.
func (p *product) priceOf(sku string) int64 { return sized(sku, p.price) }

// sized returns the price of one size: the large bottle costs about 60% more
// than the small one, everything else costs the same in every size.
func sized(sku string, price int64) int64 {
	if strings.HasSuffix(sku, "-"+bottleSizes[1]) {
		return price + price*6/10/100*100
	}
	return price
}

// anySKU returns one that can be put into a cart: in stock, unless nothing of
// the variation is.
func (p *product) anySKU(r *random) string {
	variation := p.variation(r)
	sizes := p.category().sizes
	if len(sizes) == 0 {
		return variation
	}
	var left []string
	for _, size := range sizes {
		if sku := variation + "-" + size; inStock(sku) {
			left = append(left, sku)
		}
	}
	if len(left) == 0 {
		return variation + "-" + sizes[0]
	}
	return pick(r, left)
}

// inStock reports whether a size can be sold: all but one in soldOutEvery.
func inStock(sku string) bool {
	h := fnv.New32a()
	_, _ = h.Write([]byte(sku)) // a hash takes every write
	return h.Sum32()%soldOutEvery != 0
}

// variation returns the SKU of one of the product's variations.
func (p *product) variation(r *random) string {
	return p.sku + "-" + pick(r, strings.Fields(p.variants))
}

// productsIn returns the products of some categories.
func productsIn(categories []string) []*product {
	var list []*product
	for _, c := range categories {
		for i := range products {
			if strings.HasPrefix(products[i].sku, c) {
				list = append(list, &products[i])
			}
		}
	}
	return list
}

// productOf returns the product that a SKU means.
func productOf(sku string) *product {
	for i := range products {
		if strings.HasPrefix(sku, products[i].sku) {
			return &products[i]
		}
	}
	return nil
}

func productRecords() []data {
	var records []data
	for i := range products {
		records = append(records, products[i].record())
	}
	return records
}

func (p *product) record() data {
	var variations []data
	for _, code := range strings.Fields(p.variants) {
		variations = append(variations, p.variationRecord(code))
	}
	return data{
		"kind": "product", "sku": p.sku, "name": p.name, "brandName": p.category().brand,
		"description": p.about,
		"url":         "https://shop.example/products/" + strings.ToLower(p.sku),
		"imageUrls":   []string{imageURL(p.sku), imageURL(p.sku + "-detail")},
		"price":       p.priceRecord(p.sku),
		"variations":  variations,
	}
}

func (p *product) variationRecord(code string) data {
	sku, v := p.sku+"-"+code, variants[code]
	attributes := data{p.category().axis: v.name}
	if v.hex != "" {
		attributes["hex"] = v.hex
	}
	record := data{"sku": sku, "name": v.name, "attributes": attributes, "imageUrls": []string{imageURL(sku)}}

	var sizes []data
	for _, size := range p.category().sizes {
		sizes = append(sizes, data{
			"sku": sku + "-" + size, "name": size,
			"inStock": inStock(sku + "-" + size),
			"price":   p.priceRecord(sku + "-" + size),
		})
	}
	if sizes != nil {
		record["sizes"] = sizes
	}
	return record
}

func (p *product) priceRecord(sku string) data {
	record := data{"current": p.money(sized(sku, p.price)).Amount(), "currency": p.category().currency}
	if p.before > 0 {
		record["original"] = p.money(sized(sku, p.before)).Amount()
	}
	return record
}

func imageURL(name string) string { return "https://images.shop.example/" + name + ".jpg" }
