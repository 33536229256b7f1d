package cart

import "time"

// OfCall is the cart of a call, as it is shown: a Cart that knows whose it is.
type OfCall struct {
	CallID string
	Cart
}

// ID returns the global id of the cart.
func (c *OfCall) ID() string { return "Cart:" + c.CallID }

// IsNode marks the cart as something with a global id.
func (*OfCall) IsNode() {}

// UpdatedAt returns the moment of the latest update, nil before the first.
func (c *OfCall) UpdatedAt() *time.Time {
	if c.Version == 0 {
		return nil
	}
	return &c.At
}

// RequestOfCall is a request, as it is shown: one that knows its call.
type RequestOfCall struct {
	CallID string
	Request
}

// RequestID returns the id by which clients name the request.
func (r *RequestOfCall) RequestID() string { return RequestID(r.CallID, r.ID) }

// RequestedAt returns when the agent asked.
func (r *RequestOfCall) RequestedAt() time.Time { return r.At }

// Change is an update of a call's cart together with the cart after it.
type Change struct {
	CallID string
	Update Update
	After  Cart
}

// NoUpdateYet is the kind of the Change that shows an untouched cart.
const NoUpdateYet Kind = "NO_UPDATE_YET"

// Untouched returns what is shown of a cart before its first update: version 0.
func Untouched(callID string) *Change {
	return &Change{CallID: callID, Update: Update{Kind: NoUpdateYet}}
}

// Version returns the number of the update.
func (c *Change) Version() int64 { return c.Update.Version }

// Kind returns what the update did.
func (c *Change) Kind() Kind { return c.Update.Kind }

// At returns the moment of the update, nil for NoUpdateYet.
func (c *Change) At() *time.Time {
	if c.Update.Version == 0 {
		return nil
	}
	return &c.Update.At
}

// Cart returns the cart after the update.
func (c *Change) Cart() *OfCall { return &OfCall{c.CallID, c.After} }

// Item returns the line that changed, or nil.
func (c *Change) Item() *Item { return c.Update.Item }

// PreviousQuantity returns how many of the item there were before.
func (c *Change) PreviousQuantity() int { return c.Update.PreviousQuantity }

// Request returns the request that was made or settled, or nil.
func (c *Change) Request() *RequestOfCall {
	if c.Update.Request == nil {
		return nil
	}
	return &RequestOfCall{c.CallID, *c.Update.Request}
}

// Checkout returns what was checked out, or nil.
func (c *Change) Checkout() *Checkout { return c.Update.Checkout }

// Currency returns the cart's currency, nil while it has none.
func (c *OfCall) Currency() *string { return optional(c.Cart.Currency) }

// Reason returns why the page refused the request, nil if it gave none.
func (r *RequestOfCall) Reason() *Reason { return optional(r.Request.Reason) }

// Message returns the page's words for a refusal, nil if it gave none.
func (r *RequestOfCall) Message() *string { return optional(r.Request.Message) }

// optional returns nil for an empty text.
func optional[T ~string](text T) *T {
	if text == "" {
		return nil
	}
	return &text
}
