package demo

import (
	"strings"
	"time"
)

const (
	// browsing is how long a call must last before products come up.
	browsing = 50 * time.Second

	presentPercent  = 88 // of the calls long enough for it
	tryPercent      = 22 // of the presented products that can be worn
	cartPercent     = 19 // of the presented products
	byAgentPercent  = 55 // of what goes into the cart
	removePercent   = 14 // of what the shopper put there
	checkoutPercent = 48 // of the shoppers with something in the cart
	testPerMille    = 6
	tagPercent      = 30
	trackPercent    = 35
	identifyPercent = 85 // of the calls of shoppers who leave their details
	ratePercent     = 46
	blockPerMille   = 4
	leavePercent    = 60 // of missed shoppers: the page says that they left
)

var (
	presentedWeights = []int{0, 0, 24, 30, 24, 14, 8} // 2 to 6 products
	trackingTags     = []string{"autumn-edit", "newsletter", "window-display", "loyalty", "referral", "press"}
	blockNotes       = []string{"Abusive language", "Advertising, not a shopper", "Recorded the call without asking"}
)

// Ratings from 0 to 10 as often as their weight says; most shoppers are pleased.
var (
	ratingWeights = []int{1, 1, 1, 2, 2, 3, 5, 9, 16, 24, 36}
	thumbsWeights = []int{13, 87} // down, up
)

var (
	praise    = []string{"So helpful, thank you!", "Better than going to the shop.", "Great advice, lovely person.", "I felt well looked after.", "Très bien, merci !", "Gerne wieder."}
	complaint = []string{"The picture froze twice.", "I waited too long.", "My size was not there.", "The call was over too soon."}
	fair      = []string{"Good, but the light was dim.", "Fine, a bit rushed.", "Nice, though I had to ask twice."}
)

// meeting is a call being told: the visit, its story, and what is in the cart
// of the shopper meanwhile.
type meeting struct {
	*visit
	story
	random *random
	// presented products in the order shown.
	presented []*product
	// cart is what is in the cart at the end, byAgent what the agent put there.
	// checkedOut: the shopper clicked Checkout.
	cart       cart
	byAgent    []string
	checkedOut bool
	test       bool
}

// tellVisit returns the events of a visit and, for an accepted call, what the
// shopper has in the cart at its end.
func tellVisit(r *random, v *visit) *meeting {
	m := &meeting{visit: v, random: r}
	m.who = event{VisitorID: v.shopper.id, SessionID: v.session}
	if !v.accepted() {
		m.name = "visit-" + strings.TrimPrefix(v.session, "session-")
		m.tellMissed()
		return m
	}

	m.name = v.call
	m.tellArrival()
	m.who.CallID = v.call
	m.tell(v.started, "call_started", m.start())
	m.tellShopper()
	m.tellProducts()
	m.tellChat()
	if v.call != Running {
		m.tell(v.ended, "call_ended", nil)
	}
	m.tellRating()
	m.checkedOut = len(m.cart.lines) > 0 && r.percent(checkoutPercent)
	m.test = r.below(1000) < testPerMille
	return m
}

// tellMissed: the shopper entered the queue, and nobody answered.
func (m *meeting) tellMissed() {
	m.tellQueue()
	m.tell(m.left, "call_missed", data{"queueId": m.queue.id, "enteredQueueAt": m.arrived})
	if m.random.percent(leavePercent) {
		m.tell(m.left, "left_queue", data{"queueId": m.queue.id})
	}
}

func (m *meeting) tellArrival() {
	if !m.booked {
		m.tellQueue()
	}
}

func (m *meeting) tellQueue() {
	serving := 0
	for i := range agents {
		if agents[i].works(m.queue.id, m.arrived) {
			serving++
		}
	}
	m.tell(m.arrived.Add(-m.random.span(quantiles{2, 6, 15, 40})), "call_widget_opened",
		data{"queueId": m.queue.id, "servingAgents": serving})
	m.tell(m.arrived, "joined_queue",
		data{"queueId": m.queue.id, "queuePlace": 1 + m.random.weighted([]int{70, 20, 8, 2}), "servingAgents": serving})
}

func (m *meeting) start() data {
	d := data{"agentId": m.agent.id, "callType": "queue", "queueId": m.queue.id}
	if m.booked {
		d = data{
			"agentId": m.agent.id, "callType": "booked_meeting",
			"waitingRoomId": "room-" + strings.TrimPrefix(m.call, "call-"), "enteredWaitingRoomAt": m.arrived,
		}
	}
	if m.random.percent(trackPercent) {
		d["trackingTag"] = pick(m.random, trackingTags)
	}
	return d
}

// tellShopper: who the shopper is, as far as they say, and what the page and
// the agent note about them.
func (m *meeting) tellShopper() {
	s, soon := m.shopper, m.within(0, 10)
	if s.open && m.random.percent(identifyPercent) {
		d := data{"firstName": s.first, "lastName": s.last, "email": s.mail}
		if m.random.percent(45) {
			d["phone"] = s.phone
		}
		if m.random.percent(40) {
			d["message"] = pick(m.random, wishes[m.queue.id])
		}
		if m.random.percent(20) {
			d["data"] = string(encode(s.notes(m.random)))
		}
		m.tell(soon, "shopper_identified", d)
	}
	if m.random.percent(tagPercent) {
		m.tell(soon, "tags_set", data{"tags": s.tags(m.random, m.nth)})
	}
	if m.random.below(1000) < blockPerMille {
		m.tell(m.within(80, 100), "shopper_blocked", data{"note": pick(m.random, blockNotes)})
	}
}

// tellProducts: the agent presents products, the shopper tries some on and
// changes the shop's cart.
func (m *meeting) tellProducts() {
	if m.ended.Sub(m.started) < browsing || !m.random.percent(presentPercent) {
		return
	}
	m.presented = sample(m.random, productsIn(m.queue.categories), m.random.weighted(presentedWeights))
	for i, p := range m.presented {
		from, to := 5+85*i/len(m.presented), 5+85*(i+1)/len(m.presented)
		m.tell(m.within(from, from+2), "product_presented", data{"sku": p.variation(m.random)})
		if p.category().worn && m.random.percent(tryPercent) {
			m.tell(m.within(from+3, to-3), "product_tried_on", data{"sku": p.anySKU(m.random)})
		}
		if m.random.percent(cartPercent) && m.cart.takes(p) {
			m.tellCart(p, from+4, to)
		}
	}
}

// tellCart: one product goes into the cart. Of what the shopper puts there the
// page tells, and perhaps that it went out again; what the agent puts there only
// the export of the calls knows.
func (m *meeting) tellCart(p *product, from, to int) {
	sku, quantity := p.anySKU(m.random), 1+m.random.weighted([]int{88, 12})
	m.cart.add(sku, quantity)
	if m.random.percent(byAgentPercent) {
		m.byAgent = append(m.byAgent, sku)
		return
	}
	m.tell(m.within(from, (from+to)/2), "added_to_cart", m.cart.change(m.call, sku, quantity))
	if m.random.percent(removePercent) {
		m.cart.remove(sku)
		m.tell(m.within((from+to)/2, to), "removed_from_cart", m.cart.change(m.call, sku, quantity))
	}
}

// tellRating: the shopper's answer to the question after the call.
func (m *meeting) tellRating() {
	if m.ended.Sub(m.started) < browsing || !m.random.percent(ratePercent) {
		return
	}
	rating := m.random.weighted(ratingWeights)
	d := data{"scale": 10, "rating": rating}
	mood := fair
	switch {
	case rating >= 9:
		mood = praise
	case rating <= 6:
		mood = complaint
	}
	if m.random.percent(30) {
		thumb := m.random.weighted(thumbsWeights)
		d = data{"scale": 2, "rating": 1 + thumb}
		mood = [][]string{complaint, praise}[thumb]
	}
	if m.random.percent(24) {
		d["text"] = pick(m.random, mood)
	}
	m.tell(m.ended.Add(m.random.span(quantiles{4, 8, 15, 30, 90})), "call_rated", d)
}

// within returns a moment between two hundredths of the call.
func (m *meeting) within(from, to int) time.Time {
	percent := m.ended.Sub(m.started) / 100
	at := m.started.Add(percent * time.Duration(from)).Add(m.random.within(percent * time.Duration(max(0, to-from))))
	return at.Truncate(time.Millisecond)
}
