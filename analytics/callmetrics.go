package analytics

import (
	"iter"
	"slices"
	"time"
)

// CallMetrics is the figures of one call, purchases included: what statistics
// add up, and what the per-call and per-product metrics of the graph show. It
// is derived from the call and the purchases attributed to it.
type CallMetrics struct {
	Key     string     `bson:"_id"`
	Org     string     `bson:"org"`
	CallID  string     `bson:"id"`
	Version int64      `bson:"version"`
	At      time.Time  `bson:"at"`
	Status  CallStatus `bson:"status"`
	Type    CallType   `bson:"type"`
	AgentID string     `bson:"agent,omitempty"`
	QueueID string     `bson:"queue,omitempty"`
	Test    bool       `bson:"test"`
	Short   bool       `bson:"short"`

	Duration          *int64  `bson:"duration,omitempty"`  // ms
	QueueWait         *int64  `bson:"queueWait,omitempty"` // ms
	MessagesByAgent   int     `bson:"messagesByAgent"`
	MessagesByShopper int     `bson:"messagesByShopper"`
	Added             bool    `bson:"added"`      // the agent added a product
	CheckedOut        bool    `bson:"checkedOut"` // the shopper clicked Checkout
	Rating            float64 `bson:"rating"`
	Scale             int     `bson:"scale"` // 0: not rated

	Purchases PurchaseSummary `bson:"purchases"`
	Products  []ProductInCall `bson:"products,omitempty"`

	// FormerTimes are earlier values of At in other hours: where the call may still
	// be counted.
	FormerTimes []time.Time `bson:"formerTimes,omitempty"`
}

// ComeFrom notes where a call was counted before, by what was known of it.
func (m *CallMetrics) ComeFrom(at time.Time, formerTimes []time.Time) {
	m.FormerTimes = formerTimes
	if HourOf(at) != HourOf(m.At) && !slices.ContainsFunc(formerTimes, func(t time.Time) bool { return HourOf(t) == HourOf(at) }) {
		m.FormerTimes = append(m.FormerTimes, at)
	}
}

// Hours returns the starts of the hours that the call is counted in or may have
// been.
func (m *CallMetrics) Hours() iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for _, t := range m.FormerTimes {
			if !yield(HourOf(t)) {
				return
			}
		}
		yield(HourOf(m.At))
	}
}

// DurationSeconds and QueueWaitSeconds return durations in seconds, nil where
// unknown.
func (m *CallMetrics) DurationSeconds() *float64  { return secondsOf(m.Duration) }
func (m *CallMetrics) QueueWaitSeconds() *float64 { return secondsOf(m.QueueWait) }

// PurchaseCount returns how many purchases belong to the call.
func (m *CallMetrics) PurchaseCount() int { return m.Purchases.Count }

// Revenue returns what these purchases come to, one amount per currency.
func (m *CallMetrics) Revenue() []Money { return m.Purchases.Revenue }

// ProductsPresented returns how many different products were presented.
func (m *CallMetrics) ProductsPresented() int {
	return m.countProducts(func(p *ProductCounts) bool { return p.Presented > 0 })
}

// ProductsAddedToCart returns how many different products were put into the
// cart.
func (m *CallMetrics) ProductsAddedToCart() int {
	return m.countProducts(func(p *ProductCounts) bool { return p.Added > 0 })
}

func (m *CallMetrics) countProducts(counts func(*ProductCounts) bool) int {
	n := 0
	for i := range m.Products {
		if counts(&m.Products[i].ProductCounts) {
			n++
		}
	}
	return n
}

// ProductInCall is what one call did with one product (by the SKU that events
// named).
type ProductInCall struct {
	SKU           string `bson:"sku"`
	ProductCounts `bson:",inline"`
}

// ProductCounts are the metrics of a product within a scope: counts, and sales
// per currency.
type ProductCounts struct {
	Presented  int     `bson:"presented"`
	TriedOn    int     `bson:"triedOn"`
	Clicks     int     `bson:"clicks"`
	Added      int     `bson:"added"`
	Removed    int     `bson:"removed"`
	CheckedOut int     `bson:"checkedOut"`
	Purchases  int     `bson:"purchases"` // transactions that hold it, once each
	Quantity   int64   `bson:"quantity"`
	Sales      []Money `bson:"sales,omitempty"` // price x quantity
}

// AddToCartRate returns adds over presentations.
func (c ProductCounts) AddToCartRate() Ratio { return Ratio{c.Added, c.Presented} }

// PurchaseRate returns purchases over adds.
func (c ProductCounts) PurchaseRate() Ratio { return Ratio{c.Purchases, c.Added} }
