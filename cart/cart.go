package cart

import (
	"slices"
	"time"
)

// The limits of one cart.
const (
	// MaxQuantity is the most of one SKU: three digits, as shops show them.
	MaxQuantity = 999
	// MaxLines is the most lines, those that pending requests may still bring
	// included. It keeps a state small enough to be replaced as one document.
	MaxLines = 200
	// MaxAgentAdded is how many SKUs are remembered as added by the agent, the first
	// ones: as many as a call lists.
	MaxAgentAdded = 1000
)

// Cart is what everybody sees of a cart at one version. The zero value is the
// cart of a call before its first command.
type Cart struct {
	Version int64     `bson:"version"`
	At      time.Time `bson:"at"` // of the latest update; versions give the order, moments need not
	// Currency is that of the first item with a known price, for good: an emptied
	// cart keeps it. "" until then.
	Currency string `bson:"currency,omitempty"`
	// Items are confirmed ones only, in the order they came in.
	Items []Item `bson:"items,omitempty"`
	// Pending are the requests that wait for an answer, in the order they were
	// made; at most one per SKU.
	Pending []Request `bson:"pending,omitempty"`
	// AgentAdded are the SKUs of which the agent added or increased something and
	// the page confirmed it, each once, also if it was removed later.
	AgentAdded []string `bson:"agentAdded,omitempty"`
	// CheckedOut is the latest checkout, nil before the first.
	CheckedOut *Checkout `bson:"checkedOut,omitempty"`
}

// Item is one line of a cart.
type Item struct {
	SKU  string `bson:"sku"`
	Name string `bson:"name"`
	// Price of one, as it was known when the quantity was last raised; nil: unknown.
	Price    *Money `bson:"price,omitempty"`
	Quantity int    `bson:"quantity"`
}

// Checkout is what a cart held when the shopper clicked Checkout.
type Checkout struct {
	At    time.Time `bson:"at"`
	Items []Item    `bson:"items"`
	Value *Money    `bson:"value,omitempty"` // nil: unknown, as in Cart.Value
}

// Value returns what the confirmed items come to. It is nil where that cannot be
// known: before the first price, or with an item whose price is unknown.
func (c Cart) Value() *Money { return value(c.Items, c.Currency) }

// Item returns the line of a SKU, and whether there is one.
func (c Cart) Item(sku string) (Item, bool) {
	i := slices.IndexFunc(c.Items, func(i Item) bool { return i.SKU == sku })
	if i < 0 {
		return Item{}, false
	}
	return c.Items[i], true
}

// Request returns the pending request of an id, and whether there is one.
func (c Cart) Request(id int64) (Request, bool) {
	return c.pending(func(r Request) bool { return r.ID == id })
}

// requestFor returns the pending request for a SKU, and whether there is one.
func (c Cart) requestFor(sku string) (Request, bool) {
	return c.pending(func(r Request) bool { return r.SKU == sku })
}

func (c Cart) pending(is func(Request) bool) (Request, bool) {
	i := slices.IndexFunc(c.Pending, is)
	if i < 0 {
		return Request{}, false
	}
	return c.Pending[i], true
}

// quantity returns how many of a SKU the cart holds, 0 if none.
func (c Cart) quantity(sku string) int {
	item, _ := c.Item(sku)
	return item.Quantity
}

// hasLine reports whether a SKU has a line, or may still get one from a pending
// request.
func (c Cart) hasLine(sku string) bool {
	if _, there := c.Item(sku); there {
		return true
	}
	r, pending := c.requestFor(sku)
	return pending && r.Quantity > 0
}

// lines counts the lines the cart has if every pending request that may bring
// one is confirmed, and none that takes one away.
func (c Cart) lines() int {
	n := len(c.Items)
	for _, r := range c.Pending {
		if _, there := c.Item(r.SKU); !there && r.Quantity > 0 {
			n++
		}
	}
	return n
}

// expectedCurrency returns the currency that a new request must be in: the
// cart's, else that of the oldest pending request with a price, else "".
func (c Cart) expectedCurrency() string {
	if c.Currency != "" {
		return c.Currency
	}
	for _, r := range c.Pending {
		if r.Price != nil {
			return r.Price.Currency
		}
	}
	return ""
}
