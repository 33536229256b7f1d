package analytics

import (
	"strconv"
	"time"
)

// ImportedCall is what one row of a call-stats export says, in the order of its
// columns. It is partial: an empty cell is a zero field (nil, "" or an empty
// list) and says nothing.
//
// Durations are in milliseconds. QueueWait, WaitingRoomWait and Duration are as
// the row states them, which need not be what its times come to: exports round
// them, and some start a call a second before its wait ends. ParseCallRow fills in
// what a row leaves out of end and duration, and of a wait.
type ImportedCall struct {
	Status CallStatus
	Test   *bool
	// ID is the id of an accepted call; empty for a missed one, see CallID.
	ID          string
	SessionID   string
	ClientID    string
	AgentID     string
	AgentName   string
	TrackingTag string

	QueueID        string
	QueueName      string
	EnteredQueueAt *time.Time
	QueueWait      *int64

	StartedAt         *time.Time
	EndedAt           *time.Time
	Duration          *int64
	MessagesByAgent   *int
	MessagesByShopper *int
	Type              CallType

	WaitingRoomID        string
	EnteredWaitingRoomAt *time.Time
	WaitingRoomWait      *int64

	AddedSKUs      []string
	CheckedOutSKUs []string
	// CheckedOutValue is a decimal in major units: the export has no currency
	// for it. CheckedOut adds the one it may have.
	CheckedOutValue string

	PollRating *float64
	PollScale  *int
	PollText   string

	FirstPurchaseAt   *time.Time
	PurchasedSKUs     []string
	Revenue           []Money // one per currency, by code
	RevenueCurrency   string  // a single currency that stands without a value
	NumberOfPurchases *int
	OrderIDs          []string

	BlockedAt   *time.Time
	BlockedNote string

	Shopper ShopperDetails

	TriedOnSKUs  []string
	CustomerTags []CustomerTag

	// Occurrence tells missed calls apart that no cell tells apart: 2 for the
	// second such row of a file, and so on. It is no column.
	Occurrence int
}

// CallID returns the id of the call: that of the row if it was accepted, else
// the id a missed call has by session, queue and time.
//
// A shopper without a session is told apart by the browser; without that too by
// how long the wait took, and rows that still look the same by Occurrence.
func (c *ImportedCall) CallID() string {
	if c.Status != Missed || c.EnteredQueueAt == nil {
		return c.ID
	}
	waiter := c.SessionID
	switch {
	case waiter != "":
	case c.ClientID != "":
		waiter = "client:" + c.ClientID
	case c.QueueWait != nil:
		waiter = "wait:" + formatMilliseconds(*c.QueueWait)
	}
	if c.Occurrence > 1 {
		waiter += "#" + strconv.Itoa(c.Occurrence)
	}
	return MissedCallID(waiter, c.QueueID, *c.EnteredQueueAt)
}

// Anonymous reports whether the row is of a missed call whose shopper has
// neither session nor browser: such rows need their Occurrence.
func (c *ImportedCall) Anonymous() bool {
	return c.Status == Missed && c.SessionID == "" && c.ClientID == ""
}

// At returns the time that places the call: its start, for a missed one the
// moment it entered the queue. It is zero where the row does not say.
func (c *ImportedCall) At() time.Time {
	at := c.StartedAt
	if c.Status == Missed {
		at = c.EnteredQueueAt
	}
	if at == nil {
		return time.Time{}
	}
	return *at
}

// CallType returns the type of the call: as the row says, else booked where it
// names a waiting room, else from a queue.
func (c *ImportedCall) CallType() CallType {
	switch {
	case c.Type != "":
		return c.Type
	case c.WaitingRoomID != "" || c.EnteredWaitingRoomAt != nil:
		return BookedMeeting
	default:
		return QueueCall
	}
}

// CheckedOut returns the value of the cart at the click on Checkout, or nil: the
// decimal of CheckedOutValue in the currency of the revenue, if that is a single
// one and the decimal an amount of it.
func (c *ImportedCall) CheckedOut() *Money {
	value, err := ParseMoney(c.CheckedOutValue, c.currency())
	if err != nil {
		return nil
	}
	return &value
}

// currency returns the single currency that the row names, or "".
func (c *ImportedCall) currency() string {
	if len(c.Revenue) == 1 {
		return c.Revenue[0].Currency
	}
	return c.RevenueCurrency
}

// HasCheckout reports whether the row knows of a click on Checkout.
func (c *ImportedCall) HasCheckout() bool {
	return len(c.CheckedOutSKUs) > 0 || c.CheckedOutValue != ""
}

// Poll returns the rating, or nil: one without its scale means nothing.
func (c *ImportedCall) Poll() *PollAnswer {
	if c.PollRating == nil || c.PollScale == nil {
		return nil
	}
	return &PollAnswer{Rating: *c.PollRating, Scale: *c.PollScale, Text: Text(c.PollText)}
}

// Purchases returns what the row says of the purchases of the call, or nil where
// it knows of none. Their number is that of the row, else that of its order ids,
// else 1 where anything else speaks of a purchase.
func (c *ImportedCall) Purchases() *PurchaseSummary {
	count := len(c.OrderIDs)
	if count == 0 && (c.FirstPurchaseAt != nil || len(c.PurchasedSKUs) > 0 || len(c.Revenue) > 0) {
		count = 1
	}
	if c.NumberOfPurchases != nil {
		count = *c.NumberOfPurchases
	}
	if count == 0 {
		return nil
	}
	return &PurchaseSummary{
		FirstAt:  c.FirstPurchaseAt,
		SKUs:     c.PurchasedSKUs,
		Revenue:  c.Revenue,
		Count:    count,
		OrderIDs: c.OrderIDs,
	}
}

// Merge adds what a later import says of the same call: field by field the later
// one wins, and an empty cell erases nothing. Revenue is replaced as a whole, and
// an end that would lie before the start is dropped with the duration.
func (c *ImportedCall) Merge(later *ImportedCall) {
	for i := range CallColumns {
		if CallColumns[i].merge != nil {
			CallColumns[i].merge(c, later)
		}
	}
	switch {
	case len(later.Revenue) > 0:
		c.Revenue, c.RevenueCurrency = later.Revenue, ""
	case later.RevenueCurrency != "" && len(c.Revenue) == 0:
		c.RevenueCurrency = later.RevenueCurrency
	}
	if endsBeforeStart(c) {
		c.EndedAt, c.Duration = nil, nil
	}
}

func endsBeforeStart(c *ImportedCall) bool {
	return c.StartedAt != nil && c.EndedAt != nil && c.EndedAt.Before(*c.StartedAt)
}
