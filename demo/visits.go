package demo

import (
	"fmt"
	"slices"
	"time"
)

// visit is one row of call statistics: a shopper came to a queue or to a booked
// meeting, and an agent took the call or nobody did.
type visit struct {
	shopper *shopper
	session string
	// nth says how often the shopper has come, this time included.
	nth int
	// queue is the line the shopper stands in, for a meeting the one whose
	// products it is about.
	queue  *queue
	booked bool
	// arrived is when the shopper entered the queue or the waiting room.
	arrived time.Time
	// agent is nil for a missed call, which has a left and neither a start nor
	// an end.
	agent          *agent
	call           string
	started, ended time.Time
	left           time.Time
}

// accepted reports whether an agent took the call.
func (v *visit) accepted() bool { return v.agent != nil }

// How the visits spread over the week, Sunday first, and over the hours of the
// day: a peak around lunch, a smaller one after work, Saturdays the busiest.
var (
	weekdayWeights = []int{8, 12, 13, 14, 15, 17, 21}
	hourWeights    = []int{
		0, 0, 0, 0, 0, 0, 0, 0, 4, 7, 9, 13,
		15, 11, 8, 7, 8, 11, 10, 7, 4, 0, 0, 0,
	}
)

// How long things take, in seconds.
var (
	answeredWaits = quantiles{1, 4, 7, 11, 16, 23, 33, 48, 75, 130, 420}
	missedWaits   = quantiles{1, 6, 12, 22, 34, 48, 68, 95, 140, 220, 600}
	callLengths   = quantiles{60, 150, 235, 320, 410, 520, 650, 810, 1050, 1400, 2400}
	shortLengths  = quantiles{3, 8, 14, 19, 40}
	earlyComing   = quantiles{5, 40, 90, 150, 240, 420, 700}
	afterCall     = quantiles{20, 45, 90, 180}
)

const (
	newShopperPercent = 59 // the others come back: 1.6 calls each
	bookedPercent     = 21
	impatientPercent  = 11 // leave before anybody could answer
	shortPercent      = 4  // hang up at once
	// regulars is how many shoppers there must be before some come back, and
	// pause how long they stay away at least.
	regulars = 40
	pause    = 3 * time.Hour
	// patience is how long a shopper waits for an agent who is in a call.
	patience = 5 * time.Minute
	// meetingDelay is how late an agent may come to a meeting.
	meetingDelay = 10 * time.Minute
	meetingGrid  = 15 * time.Minute
)

// reception knows who is free while visits arrive, in the order of time.
type reception struct {
	random   *random
	shoppers []*shopper
	freeAt   map[string]time.Time // by agent id
	calls    int
}

// visits returns all visits in the order in which they arrive.
func visits() []*visit {
	r := newRandom("visits")
	desk := &reception{random: r, freeAt: map[string]time.Time{}}

	var list []*visit
	for i, arrived := range arrivals(r) {
		v := &visit{
			shopper: desk.comes(arrived),
			session: fmt.Sprintf("session-%04d", i+1),
			queue:   &queues[r.weighted(queueWeights())],
			arrived: arrived,
		}
		if !r.percent(bookedPercent) || !desk.meet(v) {
			desk.line(v)
		}
		v.shopper.visits++
		v.nth = v.shopper.visits
		v.shopper.busyUntil = v.over()
		list = append(list, v)
	}
	return list
}

// over returns when nothing more happens in a visit.
func (v *visit) over() time.Time {
	if v.accepted() {
		return v.ended
	}
	return v.left
}

// arrivals returns when shoppers come, in the order of time.
func arrivals(r *random) []time.Time {
	var dayWeights []int
	first := Today.Add(-callDays * day)
	for i := range callDays {
		dayWeights = append(dayWeights, weekdayWeights[first.Add(time.Duration(i)*day).Weekday()])
	}

	var list []time.Time
	for range visitsToCalls {
		date := first.Add(time.Duration(r.weighted(dayWeights)) * day)
		hour := time.Duration(r.weighted(hourWeights)) * time.Hour
		list = append(list, date.Add(hour).Add(r.within(time.Hour)))
	}
	slices.SortFunc(list, time.Time.Compare)
	return list
}

// comes returns the shopper of a visit: a new one, or one who comes back.
func (d *reception) comes(at time.Time) *shopper {
	if len(d.shoppers) > regulars && !d.random.percent(newShopperPercent) {
		if s := pick(d.random, d.shoppers); s.busyUntil.Add(pause).Before(at) {
			return s
		}
	}
	s := newShopper(d.random, len(d.shoppers)+1)
	d.shoppers = append(d.shoppers, s)
	return s
}

// meet makes a visit a booked meeting on the next quarter of an hour, and
// reports false where no agent can keep it.
func (d *reception) meet(v *visit) bool {
	slot := v.arrived.Truncate(meetingGrid).Add(meetingGrid)
	a, free := d.soonest(v.queue, slot)
	if a == nil || free.Sub(slot) > meetingDelay {
		return false
	}
	v.booked = true
	if arrived := slot.Add(-d.random.span(earlyComing)); arrived.After(v.shopper.busyUntil) {
		v.arrived = arrived
	}
	d.take(v, a, later(slot, free).Add(d.random.within(time.Minute)))
	return true
}

// line lets a shopper wait in the queue until an agent answers, or until
// patience ends.
func (d *reception) line(v *visit) {
	if d.random.percent(impatientPercent) {
		v.left = v.arrived.Add(d.random.span(missedWaits))
		return
	}
	ready := v.arrived.Add(d.random.span(answeredWaits))
	a, free := d.soonest(v.queue, ready)
	if a == nil || free.Sub(v.arrived) > patience {
		v.left = v.arrived.Add(d.random.span(missedWaits))
		return
	}
	d.take(v, a, later(ready, free))
}

// take connects shopper and agent.
func (d *reception) take(v *visit, a *agent, at time.Time) {
	length := d.random.span(callLengths)
	if !v.booked && d.random.percent(shortPercent) {
		length = d.random.span(shortLengths)
	}
	d.calls++
	v.agent, v.call = a, fmt.Sprintf("call-%04d", d.calls)
	v.started, v.ended = at, at.Add(length)
	d.freeAt[a.id] = v.ended.Add(d.random.span(afterCall))
}

// soonest returns the agent at work who can take a call of a queue first, and
// from when; nil where none is at work.
func (d *reception) soonest(q *queue, at time.Time) (*agent, time.Time) {
	var best *agent
	var bestFree time.Time
	start := d.random.below(len(agents)) // nobody is always the first
	for i := range agents {
		a := &agents[(start+i)%len(agents)]
		if !a.works(q.id, at) {
			continue
		}
		free := later(d.freeAt[a.id], at)
		if best == nil || free.Before(bestFree) {
			best, bestFree = a, free
		}
	}
	return best, bestFree
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
