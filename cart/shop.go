package cart

import "time"

// ShopAdded says that the shopper put something into the shop's cart without
// being asked. The cart follows at once; whether we know the product or think it
// is in stock does not matter, the shop has it.
//
// It is refused above the limits, for a price in another currency than the
// cart's, and once the cart is closed. The cart then does not follow the shop.
type ShopAdded struct {
	EventID  string // of the event that said so: it counts once
	Product  Product
	Quantity int // how many were added: 1 to MaxQuantity
}

// ShopRemoved says that the shopper took something out of the shop's cart
// without being asked. Taking out as many as there are, or more, removes the
// item.
//
// It is refused for a SKU that is not in the cart, and once the cart is closed.
type ShopRemoved struct {
	EventID  string // of the event that said so: it counts once
	SKU      string
	Quantity int // how many were taken out: 1 or more
}

func (a ShopAdded) names() ([]name, error) {
	return mutation("shop", a.EventID, "added", a.Product.SKU, a.Quantity)
}

func (r ShopRemoved) names() ([]name, error) {
	return mutation("shop", r.EventID, "removed", r.SKU, r.Quantity)
}

func (a ShopAdded) decide(c Cart, call Call, now time.Time) (Update, error) {
	sku := a.Product.SKU
	if err := call.open(now); err != nil {
		return Update{}, err
	}
	if err := checkSKU(sku); err != nil {
		return Update{}, err
	}
	if err := checkQuantity(a.Quantity, 1); err != nil {
		return Update{}, err
	}
	if err := a.Product.in(c.Currency); err != nil {
		return Update{}, err
	}
	if !c.hasLine(sku) && c.lines() >= MaxLines {
		return Update{}, tooManyLines(sku)
	}

	item, _ := c.Item(sku)
	item.SKU = sku
	item = raised(item, a.Product)
	item.Quantity += a.Quantity

	most := item.Quantity
	if r, pending := c.requestFor(sku); pending && r.Kind == ShouldAddItem {
		most += r.Quantity
	}
	if most > MaxQuantity {
		return Update{}, refuse(LimitExceeded, "quantity", "%d more of %q would be %d, a pending add included; a cart holds %d of one SKU",
			a.Quantity, clip(sku), most, MaxQuantity)
	}
	return changeItem(c, item), nil
}

func (r ShopRemoved) decide(c Cart, call Call, now time.Time) (Update, error) {
	if err := call.open(now); err != nil {
		return Update{}, err
	}
	if err := checkSKU(r.SKU); err != nil {
		return Update{}, err
	}
	if r.Quantity < 1 {
		return Update{}, refuse(BadUserInput, "quantity", "quantity is %d; it must be at least 1", r.Quantity)
	}
	item, there := c.Item(r.SKU)
	if !there {
		return Update{}, refuse(NotFound, "sku", "%q is not in the cart", clip(r.SKU))
	}
	item.Quantity = max(0, item.Quantity-r.Quantity)
	return changeItem(c, item), nil
}
