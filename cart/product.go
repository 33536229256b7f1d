package cart

// Product is what is known of the article behind a SKU when a command comes in.
type Product struct {
	SKU string
	// Known: the catalog has the SKU.
	Known bool
	// Variations: the SKU stands for several articles, each with a SKU of its own
	// (a product with variations, a variation with sizes), and cannot be sold.
	Variations bool
	Name       string // "": unknown, the SKU is shown instead
	Price      *Money // of one; nil: unknown
	InStock    *bool  // nil: unknown
}

// sellable refuses a product that an agent cannot offer: unknown ones, those
// that stand for several, and those that are out of stock.
func (p Product) sellable() error {
	switch {
	case !p.Known:
		return refuse(NotFound, "sku", "no product has the SKU %q", clip(p.SKU))
	case p.Variations:
		return refuse(BadUserInput, "sku", "%q has variations; name the SKU of one of them", clip(p.SKU))
	case p.InStock != nil && !*p.InStock:
		return refuse(Conflict, "sku", "%q is out of stock", clip(p.SKU))
	default:
		return nil
	}
}

// in refuses a product whose price is in another currency than the given; "" is
// any, and so is a price that is not known.
func (p Product) in(currency string) error {
	if inCurrency(p.Price, currency) == p.Price {
		return nil
	}
	return refuse(Conflict, "sku", "%q is priced in %s, but the cart is in %s", clip(p.SKU), p.Price.Currency, currency)
}

// checkSKU refuses an empty SKU.
func checkSKU(sku string) error {
	if sku == "" {
		return refuse(BadUserInput, "sku", "sku is empty")
	}
	return nil
}

// checkQuantity refuses a quantity outside of least to MaxQuantity.
func checkQuantity(quantity, least int) error {
	if quantity < least || quantity > MaxQuantity {
		return refuse(BadUserInput, "quantity", "quantity is %d; it can be %d to %d", quantity, least, MaxQuantity)
	}
	return nil
}
