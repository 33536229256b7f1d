package analytics

import (
	"bytes"
	"encoding/json"
	"slices"
)

func readProduct(o jsonObject, r *CatalogRecord) error {
	p := &Product{Origin: FromCatalog}
	f := fields{object: o}
	take(&f, "sku", readListed, &p.SKU)
	take(&f, "name", readName, &p.Name)
	take(&f, "brandName", readText, &p.BrandName)
	take(&f, "description", readText, &p.Description)
	take(&f, "url", readText, &p.URL)
	take(&f, "imageUrls", eachBy(readString), &p.ImageURLs)
	take(&f, "price", pricesIn(""), &p.Price)
	code := ""
	if p.Price != nil {
		code = p.Price.Current.Currency
	}
	take(&f, "variations", eachBy(func(raw json.RawMessage) (Variation, error) { return readVariation(raw, code) }), &p.Variations)
	p.NameKey = NameKey(p.Name)
	r.ID, r.Product = p.SKU, p
	if f.err != nil {
		return f.err
	}
	if p.SKUs = p.allSKUs(); len(p.SKUs) > MaxSKUs {
		return within("variations", wrongf("%d SKUs are more than the %d allowed", len(p.SKUs), MaxSKUs))
	}
	return nil
}

// allSKUs returns the product's own SKU, its variations' and their sizes', each
// once.
func (p *Product) allSKUs() []string {
	skus := []string{p.SKU}
	for _, v := range p.Variations {
		skus = append(skus, v.SKU)
		for _, s := range v.Sizes {
			skus = append(skus, s.SKU)
		}
	}
	slices.Sort(skus[1:])
	return slices.Compact(append(skus[:1], slices.DeleteFunc(skus[1:], func(s string) bool { return s == p.SKU })...))
}

func readVariation(raw json.RawMessage, code string) (Variation, error) {
	var v Variation
	o, err := readObject(raw)
	if err != nil {
		return v, err
	}
	if err := o.holds([]string{"sku"}, []string{"name", "attributes", "imageUrls", "sizes"}); err != nil {
		return v, err
	}
	f := fields{object: o}
	take(&f, "sku", readListed, &v.SKU)
	take(&f, "name", readText, &v.Name)
	take(&f, "attributes", readAttributes, &v.Attributes)
	take(&f, "imageUrls", eachBy(readString), &v.ImageURLs)
	take(&f, "sizes", eachBy(func(raw json.RawMessage) (Size, error) { return readSize(raw, code) }), &v.Sizes)
	return v, f.err
}

func readSize(raw json.RawMessage, code string) (Size, error) {
	var s Size
	o, err := readObject(raw)
	if err != nil {
		return s, err
	}
	if err := o.holds([]string{"sku"}, []string{"name", "inStock", "price"}); err != nil {
		return s, err
	}
	f := fields{object: o}
	take(&f, "sku", readListed, &s.SKU)
	take(&f, "name", readText, &s.Name)
	take(&f, "inStock", pointed(readBool), &s.InStock)
	take(&f, "price", pricesIn(code), &s.Price)
	return s, f.err
}

// pricesIn reads { current, original, currency }; a size that names no currency
// has that of its product.
func pricesIn(code string) func(json.RawMessage) (*Price, error) {
	return func(raw json.RawMessage) (*Price, error) {
		o, err := readObject(raw)
		if err != nil {
			return nil, err
		}
		required := []string{"current", "currency"}
		if code != "" {
			required = []string{"current"}
		}
		if err := o.holds(required, []string{"current", "original", "currency"}); err != nil {
			return nil, err
		}
		currency := code
		f := fields{object: o}
		take(&f, "currency", readCurrency, &currency)
		prices := func(raw json.RawMessage) (Money, error) { return readPriceAmount(raw, currency) }
		price := &Price{}
		take(&f, "current", prices, &price.Current)
		take(&f, "original", pointed(prices), &price.Original)
		if f.err != nil {
			return nil, f.err
		}
		return price, nil
	}
}

func readPriceAmount(raw json.RawMessage, currency string) (Money, error) {
	money, err := readMoney(raw, currency)
	if err == nil && money.Minor < 0 {
		return Money{}, wrongf("must not be negative")
	}
	return money, err
}

// readAttributes reads attributes as an object of strings or as a list of
// { name, value }, in the order given.
func readAttributes(raw json.RawMessage) ([]Attribute, error) {
	if kindOf(raw) == '[' {
		return eachBy(readAttribute)(raw)
	}
	if kindOf(raw) != '{' {
		return nil, wrongf("must be an object, or a list of { name, value }")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if _, err := decoder.Token(); err != nil {
		return nil, wrongf("is no valid JSON")
	}
	var list []Attribute
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, wrongf("is no valid JSON")
		}
		key, _ := name.(string)
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, wrongf("is no valid JSON")
		}
		s, err := readString(value)
		if err != nil {
			return nil, within(clip(key), err)
		}
		list = append(list, Attribute{Name: key, Value: s})
	}
	if len(list) > maxElements {
		return nil, wrongf("%d attributes are more than the %d allowed", len(list), maxElements)
	}
	return list, nil
}

func readAttribute(raw json.RawMessage) (Attribute, error) {
	var a Attribute
	o, err := readObject(raw)
	if err != nil {
		return a, err
	}
	if err := o.holds([]string{"name", "value"}, nil); err != nil {
		return a, err
	}
	f := fields{object: o}
	take(&f, "name", readString, &a.Name)
	take(&f, "value", readString, &a.Value)
	return a, f.err
}
