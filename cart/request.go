package cart

import "time"

// AnswerTime is how long a page may take to answer a request: what a page's own
// cart integration is given, too.
const AnswerTime = 30 * time.Second

// Request is a wish of the agent that the shopper's page answers.
type Request struct {
	// ID is the version of the update that made the request: unique in its cart,
	// the same however often the command is computed again. RequestID makes an
	// id for clients of it.
	ID   int64       `bson:"id"`
	Kind RequestKind `bson:"kind"`
	SKU  string      `bson:"sku"`
	Name string      `bson:"name"`
	// Price of one that the item will have, nil: unknown.
	Price *Money `bson:"price,omitempty"`
	// Quantity is how many to add (ShouldAddItem), or how many there shall be
	// then, 0 for none (ShouldUpdateItem).
	Quantity int `bson:"quantity"`
	// PreviousQuantity is how many there were when the agent asked.
	PreviousQuantity int           `bson:"previousQuantity"`
	At               time.Time     `bson:"at"`
	ExpiresAt        time.Time     `bson:"expiresAt"` // the first moment at which an answer is too late
	Status           RequestStatus `bson:"status"`
	// Reason and Message are the page's words for a refusal; both may be empty.
	Reason  Reason `bson:"reason,omitempty"`
	Message string `bson:"message,omitempty"`
}

// RequestKind says what a request makes the shopper's page do.
type RequestKind string

// Add so many of a SKU that the cart did not have; set the quantity of one that
// it had, or take it out at quantity 0.
const (
	ShouldAddItem    RequestKind = "SHOULD_ADD_ITEM"
	ShouldUpdateItem RequestKind = "SHOULD_UPDATE_ITEM"
)

// RequestStatus says what became of a request.
type RequestStatus string

// A request is pending until the page confirms or refuses it, or until its time
// is over.
const (
	Pending   RequestStatus = "PENDING"
	Confirmed RequestStatus = "CONFIRMED"
	Refused   RequestStatus = "REFUSED"
	Expired   RequestStatus = "EXPIRED"
)

// Reason says why the shopper's page refused a request; "" gives none.
type Reason string

// OutOfStock: the shop has none left. CustomError: the message tells.
const (
	OutOfStock  Reason = "OUT_OF_STOCK"
	CustomError Reason = "CUSTOM_ERROR"
)

// Raises reports whether the agent asked for more than there was. A confirmed
// request that raises makes its SKU one that the agent added, whatever the
// shopper did to it in between.
func (r Request) Raises() bool { return r.Quantity > r.PreviousQuantity }

// outcome returns the item as it is once the request is confirmed onto a cart.
func (r Request) outcome(c Cart) Item {
	item, there := c.Item(r.SKU)
	if !there || r.Raises() {
		item.SKU, item.Name = r.SKU, r.Name
		if price := inCurrency(r.Price, c.Currency); price != nil {
			item.Price = price
		}
	}
	if r.Kind == ShouldAddItem {
		item.Quantity += r.Quantity
		return item
	}
	item.Quantity = r.Quantity
	return item
}

// inCurrency returns price, or nil if it is not in the currency; "" is any.
func inCurrency(price *Money, currency string) *Money {
	if price == nil || currency != "" && price.Currency != currency {
		return nil
	}
	return price
}
