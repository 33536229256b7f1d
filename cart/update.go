package cart

import (
	"slices"
	"time"
)

// Update is one change of a cart: what an accepted command made of it.
type Update struct {
	Version int64     `bson:"version"`
	Kind    Kind      `bson:"kind"`
	At      time.Time `bson:"at"`
	// Item is the line after the change, with quantity 0 if it is gone; nil where
	// the kind is not one of an item.
	Item *Item `bson:"item,omitempty"`
	// PreviousQuantity is how many of the item the cart held before.
	PreviousQuantity int `bson:"previousQuantity,omitempty"`
	// Request is the one that was made or settled; nil for the shopper's own
	// changes in the shop and for checkouts.
	Request *Request `bson:"request,omitempty"`
	// Checkout is there for CheckedOut alone.
	Checkout *Checkout `bson:"checkout,omitempty"`
}

// Kind says what an update did.
type Kind string

// The kinds of updates. The three of items come from a confirmed request, or
// from the shopper's own change in the shop.
const (
	ItemRequested  Kind = "ITEM_REQUESTED"
	ItemAdded      Kind = "ITEM_ADDED"
	ItemUpdated    Kind = "ITEM_UPDATED"
	ItemRemoved    Kind = "ITEM_REMOVED"
	RequestRefused Kind = "REQUEST_REFUSED"
	RequestExpired Kind = "REQUEST_EXPIRED"
	CheckedOut     Kind = "CHECKED_OUT"
)

// After returns the cart after its next update. Slices are copied before they
// change: other carts may share them.
func (c Cart) After(u Update) Cart {
	c.Version, c.At = u.Version, u.At

	if u.Item != nil {
		c.Items = withItem(c.Items, *u.Item)
		if c.Currency == "" && u.Item.Price != nil {
			c.Currency = u.Item.Price.Currency
		}
	}

	if r := u.Request; r != nil {
		if r.Status == Pending {
			c.Pending = append(slices.Clip(c.Pending), *r)
		} else {
			c.Pending = without(c.Pending, func(p Request) bool { return p.ID == r.ID })
		}
		if r.Status == Confirmed && r.Raises() && len(c.AgentAdded) < MaxAgentAdded && !slices.Contains(c.AgentAdded, r.SKU) {
			c.AgentAdded = append(slices.Clip(c.AgentAdded), r.SKU)
		}
	}

	if u.Checkout != nil {
		c.CheckedOut = u.Checkout
	}
	return c
}

// withItem returns the items with one set in its place, put at the end, or at
// quantity 0 taken out.
func withItem(items []Item, item Item) []Item {
	same := func(i Item) bool { return i.SKU == item.SKU }
	if item.Quantity == 0 {
		return without(items, same)
	}

	i := slices.IndexFunc(items, same)
	if i < 0 {
		return append(slices.Clip(items), item)
	}
	items = slices.Clone(items)
	items[i] = item
	return items
}

// without returns a copy of s without the elements that are so, nil if none is
// left: the form in which a stored cart comes back.
func without[S ~[]E, E any](s S, is func(E) bool) S {
	var rest S
	for _, e := range s {
		if !is(e) {
			rest = append(rest, e)
		}
	}
	return rest
}
