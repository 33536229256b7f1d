package demo

import (
	"fmt"
	"slices"
	"time"

	"cartograph/analytics"
)

const (
	payPercent      = 62 // of the shoppers who checked out
	payLaterPercent = 9  // of those who left something in the cart
	rememberPercent = 4  // of the others: they buy something presented
	returnPercent   = 5  // of missed shoppers buy all the same
	atOncePercent   = 85 // of those who checked out pay within half an hour
	againPercent    = 22 // of buyers buy a second time
	shippingPercent = 45
	webOrders       = 380 // by visitors who never called
	earlierOrders   = 40  // by callers before their first call
)

// How long after a call shoppers buy, in seconds.
var (
	atOnce = quantiles{15, 50, 100, 180, 280, 420, 600, 900, 1300, 1790}
	inDays = quantiles{2 * 3600, 9 * 3600, 86400, 2 * 86400, 3 * 86400, 5 * 86400, 8 * 86400, 13 * 86400, 20 * 86400, 29 * 86400}
)

// shipping is what sending costs, in minor units by currency.
var shipping = map[string]int64{"EUR": 490, "GBP": 395, "SEK": 4900}

// order is a purchase that waits for its number.
type order struct {
	at time.Time
	// who holds the ids of the visitor and of what the purchase names.
	who      event
	cart     cart
	discount bool
}

// till collects the orders of all parts of the data, so that they can be
// numbered in the order of time.
type till struct {
	random *random
	orders []order
}

// ring adds an order, unless it lies outside of the told time or is empty.
func (t *till) ring(at time.Time, who event, c cart, discount bool) {
	if at.Before(Today) && at.After(Today.Add(-History)) && len(c.lines) > 0 {
		t.orders = append(t.orders, order{at.Truncate(time.Millisecond), who, c, discount})
	}
}

// afterVisit decides what a caller buys: what is in the cart, or later
// something that was presented; and perhaps something else another day.
func (t *till) afterVisit(m *meeting) {
	r, v := t.random, m.visit
	who, gold := event{VisitorID: v.shopper.id}, v.shopper.loyalty == "gold"
	if !v.accepted() {
		if r.percent(returnPercent) {
			t.ring(v.left.Add(r.span(inDays)), who, filled(r, productsIn(v.queue.categories)), gold)
		}
		return
	}

	c := m.cart
	switch {
	case m.checkedOut && r.percent(payPercent):
	case !m.checkedOut && len(c.lines) > 0 && r.percent(payLaterPercent):
	case len(c.lines) == 0 && len(m.presented) > 0 && r.percent(rememberPercent):
		c = filled(r, m.presented)
	default:
		return
	}
	at := v.ended.Add(r.span(inDays))
	if m.checkedOut && r.percent(atOncePercent) || !at.Before(Today) {
		at = v.ended.Add(r.span(atOnce))
		who.SessionID, who.CallID = v.session, v.call
	}
	t.ring(at, who, c, gold)

	if r.percent(againPercent) {
		anything := &queues[r.weighted(queueWeights())]
		t.ring(at.Add(r.span(inDays)), event{VisitorID: v.shopper.id}, filled(r, productsIn(anything.categories)), gold)
	}
}

// withoutCall adds the orders that no call led to: of visitors who never
// called, and of callers before their first call.
func (t *till) withoutCall(visits []*visit) {
	r := t.random
	for i := range webOrders {
		who := event{VisitorID: fmt.Sprintf("web-%04d", i+1)}
		q := &queues[r.weighted(queueWeights())]
		t.ring(Today.Add(-r.within(History)), who, filled(r, productsIn(q.categories)), r.percent(10))
	}
	for range earlierOrders {
		v := pick(r, visits)
		if v.shopper.visits == 1 {
			t.ring(v.arrived.Add(-r.span(inDays)), event{VisitorID: v.shopper.id}, filled(r, productsIn(v.queue.categories)), false)
		}
	}
}

// filled returns a cart with one to three of the products.
func filled(r *random, from []*product) cart {
	var c cart
	for _, p := range sample(r, from, 1+r.weighted([]int{60, 30, 10})) {
		if c.takes(p) {
			c.add(p.anySKU(r), 1+r.weighted([]int{86, 11, 3}))
		}
	}
	return c
}

// events returns the purchases in the order of time.
func (t *till) events() []event {
	slices.SortStableFunc(t.orders, func(a, b order) int { return a.at.Compare(b.at) })
	list := make([]event, len(t.orders))
	for i, o := range t.orders {
		id := fmt.Sprintf("order-%05d", 10001+i)
		e := o.who
		e.ID, e.Type, e.At = id, "purchase", o.at
		e.Data = o.cart.purchase(id, t.random.percent(shippingPercent), o.discount)
		list[i] = e
	}
	return list
}

// purchase is what the page says of a paid cart: the amount is that of the
// lines, with shipping or less a tenth.
func (c *cart) purchase(id string, shipped, discount bool) data {
	var products []data
	for _, l := range c.lines {
		p := productOf(l.sku)
		products = append(products, data{
			"sku": l.sku, "quantity": l.quantity, "price": p.money(p.priceOf(l.sku)).Amount(),
		})
	}
	amount := c.total()
	if shipped {
		amount += shipping[c.currency]
	}
	if discount {
		amount -= amount / 10
	}
	return data{
		"transactionId": id, "products": products,
		"amount": analytics.Money{Minor: amount, Currency: c.currency}.Amount(), "currency": c.currency,
	}
}
