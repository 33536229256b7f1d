package demo

import (
	"fmt"
	"time"
)

// The devices and sources of sessions, as often as their weights say.
var (
	devices       = []string{"mobile", "desktop", "tablet"}
	deviceWeights = []int{66, 27, 7}
	sources       = []string{"newsletter", "instagram", "direct", "google", "sms", "tiktok"}
	sourceWeights = []int{30, 24, 19, 13, 9, 5}
)

// How the sessions of an event spread over time, in seconds.
var (
	// preliveLead is how long before the start people look at the page: most of
	// them on the last two days.
	preliveLead = quantiles{300, 3 * 3600, 9 * 3600, 20 * 3600, 30 * 3600, 46 * 3600, 66 * 3600, 90 * 3600, 118 * 3600, 148 * 3600, 167 * 3600}
	preliveStay = quantiles{5, 15, 25, 40, 60, 90, 130, 190, 280, 420, 900}
	// liveEntry is when viewers come, from two minutes before the start on.
	liveEntry = quantiles{-120, 20, 90, 180, 300, 440, 620, 860, 1200, 1750, 2500}
	liveStay  = quantiles{15, 90, 260, 520, 840, 1180, 1560, 1980, 2450, 3000, 3900}
	// replayLag is how long after the end viewers come: half of them within a
	// day.
	replayLag  = quantiles{120, 2 * 3600, 6 * 3600, 12 * 3600, 19 * 3600, 27 * 3600, 43 * 3600, 68 * 3600, 96 * 3600, 130 * 3600, 166 * 3600}
	replayStay = quantiles{10, 45, 90, 160, 250, 380, 560, 800, 1150, 1700, 3000}
)

// watching is one session of a live event being told.
type watching struct {
	story
	from, to time.Time
	cart     cart
	filled   time.Time // when the cart changed last
}

// audience gives out the sessions of one live event.
type audience struct {
	event    *broadcast
	random   *random
	callers  []*visit
	visitors int
	sessions int
	passers  int
	// studio is the story of those who make the event.
	studio *story
	// known are visitors who were there before: some come again.
	known []string
}

func newAudience(b *broadcast, callers []*visit) *audience {
	studio := &story{name: b.id + "-studio"}
	studio.who = event{VisitorID: studio.name, SessionID: studio.name, LiveEventID: b.id}
	return &audience{event: b, random: newRandom(b.id), callers: callers, studio: studio}
}

// tell yields the events of a live event, session by session, and reports
// whether it was asked to go on.
func (a *audience) tell(t *till, yield func([]event) bool) bool {
	if !a.tellPrelive(yield) {
		return false
	}
	return a.event.started.IsZero() || a.tellLive(t, yield) && a.tellReplay(t, yield)
}

// session begins a session, with its device and source.
func (a *audience) session(from time.Time, stay time.Duration) *watching {
	a.sessions++
	w := &watching{from: from.Truncate(time.Millisecond)}
	w.to = w.from.Add(stay)
	w.name = fmt.Sprintf("%s-s%04d", a.event.id, a.sessions)
	w.who = event{VisitorID: a.visitor(), SessionID: w.name, LiveEventID: a.event.id}
	w.tell(w.from, "session_started", data{
		"device": devices[a.random.weighted(deviceWeights)],
		"source": sources[a.random.weighted(sourceWeights)],
	})
	return w
}

// visitor returns somebody who was there before, a shopper who also calls, or
// somebody new.
func (a *audience) visitor() string {
	const again, alsoCalls = 36, 8 // percent
	if len(a.known) > regulars && a.random.percent(again) {
		return pick(a.random, a.known)
	}
	id := pick(a.random, a.callers).shopper.id
	if !a.random.percent(alsoCalls) {
		id = a.stranger()
	}
	a.known = append(a.known, id)
	return id
}

// stranger returns a visitor nobody has seen yet.
func (a *audience) stranger() string {
	a.visitors++
	return fmt.Sprintf("%s-viewer-%04d", a.event.id, a.visitors)
}

// end closes a session; some visitors just close the browser, and then the last
// sign of life is all there is.
func (a *audience) end(w *watching) []event {
	const says = 78 // percent
	const every = 10 * time.Minute
	for _, e := range w.events {
		w.to = later(w.to, e.At)
	}
	for at := w.from.Add(every); at.Before(w.to); at = at.Add(every) {
		w.tell(at, "heartbeat", nil)
	}
	if a.random.percent(says) {
		w.tell(w.to, "session_ended", nil)
	}
	return w.told()
}

// during returns a moment of a session, leaving a second at both ends.
func (a *audience) during(w *watching) time.Time {
	return w.from.Add(time.Second).Add(a.random.within(w.to.Sub(w.from) - 2*time.Second))
}

// clicks lets a viewer look at a product, and perhaps put it into the cart of
// the shop, and perhaps buy what is in there at the end.
func (a *audience) clicks(w *watching, sku string, at time.Time) {
	const adds, removes = 36, 9 // percent
	r := a.random
	w.tell(at, "product_clicked", data{"sku": sku})

	p := productOf(sku)
	if !r.percent(adds) || !w.cart.takes(p) {
		return
	}
	size, quantity := p.anySKU(r), 1
	if w.cart.holds(size) {
		return
	}
	at = at.Add(r.span(quantiles{4, 10, 25, 60}))
	w.cart.add(size, quantity)
	w.tell(at, "added_to_cart", w.cart.change(w.name, size, quantity))
	if r.percent(removes) {
		at = at.Add(r.span(quantiles{8, 30, 90}))
		w.cart.remove(size)
		w.tell(at, "removed_from_cart", w.cart.change(w.name, size, quantity))
	}
	w.filled = later(w.filled, at)
}

// buys lets some of those with a full cart pay, most of them within minutes.
func (a *audience) buys(w *watching, t *till) {
	const pays = 47 // percent
	if a.random.percent(pays) {
		t.ring(w.filled.Add(a.random.span(quantiles{20, 60, 110, 180, 300, 600, 7200})), w.who, w.cart, false)
	}
}
