package cart

import (
	"fmt"
	"slices"
	"time"
	"unicode/utf8"
)

// MaxMessage is the most characters of a page's message: a few sentences that an
// agent reads during the call.
const MaxMessage = 500

// Acknowledge is the answer of the shopper's page to a request. It counts once:
// the same answer again has the same result, also after the request's time.
//
// It is refused for a request that is not there (or was settled so long ago that
// the cart has forgotten it), that was answered differently or has expired, and
// for an answer that contradicts itself. It counts after the call as well.
type Acknowledge struct {
	MutationID string // optional
	RequestID  int64
	Success    bool   // the shop's cart is now as the request asked
	Reason     Reason // optional, where not a success
	Message    string // for CustomError, optional for other refusals
}

// CheckOut is the shopper's click on Checkout. It records the confirmed items
// and what they are worth; pending requests stay pending and the cart stays
// open. It is refused for an empty cart, since it would take the place of what
// was checked out before, and once the cart is closed.
type CheckOut struct {
	MutationID string // optional
}

func (a Acknowledge) names() ([]name, error) {
	names, err := mutation("shopper", a.MutationID, "acknowledge", a.RequestID, a.Success, a.Reason, a.Message)
	if err != nil {
		return nil, err
	}
	return append(names, name{
		name:    requestName(a.RequestID),
		content: fingerprint(a.Success, a.Reason, a.Message),
		clash: func(m Memo) error {
			if m.Content == expired {
				return tooLate()
			}
			return refuse(Conflict, "requestId", "the request was answered differently before")
		},
	}), nil
}

func (c CheckOut) names() ([]name, error) {
	return mutation("shopper", c.MutationID, "check out")
}

func (a Acknowledge) decide(c Cart, _ Call, now time.Time) (Update, error) {
	if err := a.check(); err != nil {
		return Update{}, err
	}
	r, pending := c.Request(a.RequestID)
	if !pending {
		return Update{}, refuse(NotFound, "requestId", "the cart has no such request, or it was settled long ago")
	}
	if !now.Before(r.ExpiresAt) {
		return Update{}, tooLate()
	}

	if !a.Success {
		r.Status, r.Reason, r.Message = Refused, a.Reason, a.Message
		return Update{Kind: RequestRefused, Request: &r}, nil
	}
	r.Status = Confirmed
	update := changeItem(c, r.outcome(c))
	update.Request = &r
	return update, nil
}

// check refuses an answer that contradicts itself.
func (a Acknowledge) check() error {
	switch {
	case a.Success && a.Reason != "":
		return refuse(BadUserInput, "reason", "a success has no reason")
	case a.Success && a.Message != "":
		return refuse(BadUserInput, "message", "a success has no message")
	case a.Reason != "" && a.Reason != OutOfStock && a.Reason != CustomError:
		return refuse(BadUserInput, "reason", "unknown reason %q", clip(string(a.Reason)))
	case a.Reason == CustomError && a.Message == "":
		return refuse(BadUserInput, "message", "reason %s needs a message", CustomError)
	case utf8.RuneCountInString(a.Message) > MaxMessage:
		return refuse(BadUserInput, "message", "message has more than %d characters", MaxMessage)
	default:
		return nil
	}
}

func (CheckOut) decide(c Cart, call Call, now time.Time) (Update, error) {
	if err := call.open(now); err != nil {
		return Update{}, err
	}
	if len(c.Items) == 0 {
		return Update{}, refuse(Conflict, "callId", "the cart is empty")
	}
	return Update{Kind: CheckedOut, Checkout: &Checkout{At: now, Items: slices.Clone(c.Items), Value: c.Value()}}, nil
}

// changeItem returns the update that sets an item, of the kind that tells its
// effect on the cart.
func changeItem(c Cart, item Item) Update {
	update := Update{Kind: ItemUpdated, Item: &item, PreviousQuantity: c.quantity(item.SKU)}
	switch {
	case item.Quantity == 0:
		update.Kind = ItemRemoved
	case update.PreviousQuantity == 0:
		update.Kind = ItemAdded
	}
	return update
}

// requestName is what the settling of a request is remembered by.
func requestName(id int64) string { return fmt.Sprintf("request:%d", id) }

// tooLate is the refusal of an answer to a request whose time is over.
func tooLate() error {
	return refuse(Conflict, "requestId", "the request has expired: an answer counts for %d seconds", int(AnswerTime.Seconds()))
}
