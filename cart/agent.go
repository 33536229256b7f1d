package cart

import (
	"cmp"
	"time"
)

// AddItem asks the shopper's page to put more of a SKU into the cart; for a SKU
// that is there already it is an update to the sum.
//
// It is refused after the call, for a SKU that cannot be sold or is out of
// stock, for a second request while one for the SKU is pending, for a price in
// another currency, and above the limits.
type AddItem struct {
	MutationID string // optional
	Product    Product
	Quantity   int // 1 to MaxQuantity
}

// UpdateItem asks the shopper's page to set the quantity of a SKU that is in the
// cart; 0 is RemoveItem. A quantity that the item has already is asked for all
// the same: it puts a shop right that went astray.
//
// It is refused after the call, while a request for the SKU is pending, for a
// SKU that is not in the cart, and, where it raises the quantity, for a product
// that AddItem would refuse. Less of an article can be asked for even when it is
// sold out.
type UpdateItem struct {
	MutationID string // optional
	Product    Product
	Quantity   int // 0 to MaxQuantity
}

// RemoveItem asks the shopper's page to take a SKU out of the cart. It is
// refused after the call, while a request for the SKU is pending, and for a SKU
// that is not in the cart.
type RemoveItem struct {
	MutationID string // optional
	SKU        string
}

func (a AddItem) names() ([]name, error) {
	return mutation("agent", a.MutationID, "add", a.Product.SKU, a.Quantity)
}

func (u UpdateItem) names() ([]name, error) {
	return mutation("agent", u.MutationID, "update", u.Product.SKU, u.Quantity)
}

func (r RemoveItem) names() ([]name, error) {
	return mutation("agent", r.MutationID, "update", r.SKU, 0)
}

func (a AddItem) decide(c Cart, call Call, now time.Time) (Update, error) {
	sku := a.Product.SKU
	if err := checkAgent(c, call, sku, a.Quantity, 1); err != nil {
		return Update{}, err
	}
	if err := checkRaise(c, a.Product); err != nil {
		return Update{}, err
	}

	item, there := c.Item(sku)
	if there {
		quantity := item.Quantity + a.Quantity
		if quantity > MaxQuantity {
			return Update{}, refuse(LimitExceeded, "quantity", "%d more of %q would be %d; a cart holds %d of one SKU",
				a.Quantity, clip(sku), quantity, MaxQuantity)
		}
		return ask(c, raised(item, a.Product), quantity, now), nil
	}

	if c.lines() >= MaxLines {
		return Update{}, tooManyLines(sku)
	}
	update := ask(c, raised(Item{SKU: sku}, a.Product), a.Quantity, now)
	update.Request.Kind = ShouldAddItem
	return update, nil
}

func (u UpdateItem) decide(c Cart, call Call, now time.Time) (Update, error) {
	sku := u.Product.SKU
	if err := checkAgent(c, call, sku, u.Quantity, 0); err != nil {
		return Update{}, err
	}
	item, there := c.Item(sku)
	if !there {
		return Update{}, refuse(NotFound, "sku", "%q is not in the cart", clip(sku))
	}
	if u.Quantity > item.Quantity {
		if err := checkRaise(c, u.Product); err != nil {
			return Update{}, err
		}
		item = raised(item, u.Product)
	}
	return ask(c, item, u.Quantity, now), nil
}

func (r RemoveItem) decide(c Cart, call Call, now time.Time) (Update, error) {
	return UpdateItem{Product: Product{SKU: r.SKU}}.decide(c, call, now)
}

// checkAgent refuses what no command of an agent may be: after the call, without
// a SKU, out of range, or about a SKU with a pending request.
func checkAgent(c Cart, call Call, sku string, quantity, least int) error {
	if err := call.lasts(); err != nil {
		return err
	}
	if err := checkSKU(sku); err != nil {
		return err
	}
	if err := checkQuantity(quantity, least); err != nil {
		return err
	}
	if _, pending := c.requestFor(sku); pending {
		return refuse(Conflict, "sku", "a request for %q is pending", clip(sku))
	}
	return nil
}

// checkRaise refuses a product of which the cart cannot get more.
func checkRaise(c Cart, p Product) error {
	if err := p.sellable(); err != nil {
		return err
	}
	return p.in(c.expectedCurrency())
}

// raised returns the item with the name and price that its product has now; what
// is not known of the product stays as it was. An item without any name is
// called by its SKU.
func raised(item Item, p Product) Item {
	item.Name = cmp.Or(p.Name, item.Name, item.SKU)
	if p.Price != nil {
		item.Price = p.Price
	}
	return item
}

// ask returns the update that asks the shopper's page to change an item to a
// quantity.
func ask(c Cart, item Item, quantity int, now time.Time) Update {
	return Update{Kind: ItemRequested, Request: &Request{
		ID:               c.Version + 1,
		Kind:             ShouldUpdateItem,
		SKU:              item.SKU,
		Name:             item.Name,
		Price:            item.Price,
		Quantity:         quantity,
		PreviousQuantity: item.Quantity,
		At:               now,
		ExpiresAt:        now.Add(AnswerTime),
		Status:           Pending,
	}}
}

// tooManyLines is the refusal of a line beyond MaxLines.
func tooManyLines(sku string) error {
	return refuse(LimitExceeded, "sku", "%q would be one line too many; a cart has %d, pending adds included", clip(sku), MaxLines)
}
