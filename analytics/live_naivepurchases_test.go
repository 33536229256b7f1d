package analytics

import (
	"cmp"
	"strings"
	"time"
)

// transactions returns the purchases that belong to the phase, each once.
func (r *recount) transactions() []*Event {
	first := map[string]*Event{}
	for _, e := range r.events {
		if e.Type != Purchased {
			continue
		}
		known := first[e.Data.TransactionID]
		if known == nil || e.At.Before(known.At) || e.At.Equal(known.At) && e.EventID < known.EventID {
			first[e.Data.TransactionID] = e
		}
	}
	var list []*Event
	for _, e := range first {
		if r.inPeriod(e.At) && r.touches(e) {
			list = append(list, e)
		}
	}
	return list
}

// touches reports whether the visitor of a purchase watched this phase last. It
// looks at each stretch of time between two moments from the latest back.
func (r *recount) touches(p *Event) bool {
	type touch struct {
		live          string
		watched, from time.Time
	}
	var best *touch
	consider := func(t touch, end time.Time) {
		if p.At.Sub(end) > 30*24*time.Hour {
			return
		}
		if best == nil || cmp.Or(t.watched.Compare(best.watched), t.from.Compare(best.from), strings.Compare(t.live, best.live)) > 0 {
			best = &t
		}
	}
	moments := r.moments()
	for _, live := range []string{testLiveEvent, "e2"} {
		for _, session := range r.sessionsOf(live) {
			first := r.first(live, session)
			if first.VisitorID != p.VisitorID {
				continue
			}
			if !first.At.After(p.At) {
				consider(touch{live, first.At, first.At}, first.At)
			}
			for i := 0; i+1 < len(moments); i++ {
				if moments[i].After(p.At) || !r.present(live, session, moments[i]) {
					continue
				}
				// The stretch began where it was not present just before, or at a sign
				// that no earlier one reaches: presence without a break is one stretch.
				from := i
				for from > 0 && r.present(live, session, moments[from-1]) {
					from--
				}
				end := moments[i+1]
				if end.After(p.At) {
					end = p.At
				}
				watched := moments[i+1].Add(-time.Millisecond)
				if watched.After(p.At) {
					watched = p.At
				}
				consider(touch{live, watched, moments[from]}, end)
			}
		}
	}
	if best == nil || best.live != testLiveEvent {
		return false
	}
	whole := *r
	whole.period = nil
	return whole.in(best.watched)
}
