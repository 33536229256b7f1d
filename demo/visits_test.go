package demo

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestVisits(t *testing.T) {
	all := visits()

	t.Run("are as many as promised, of both kinds and types", func(t *testing.T) {
		got := map[string]int{}
		shoppers := map[*shopper]bool{}
		for _, v := range all {
			shoppers[v.shopper] = true
			switch {
			case !v.accepted():
				got["missed"]++
			case v.booked:
				got["booked"]++
			default:
				got["from a queue"]++
			}
			if v.accepted() && v.ended.Sub(v.started) < 20*time.Second {
				got["short"]++
			}
		}
		got["shoppers"] = len(shoppers)
		want := map[string]int{"booked": 403, "from a queue": 1225, "missed": 372, "short": 48, "shoppers": 1223}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("visits (-want +got):\n%s", diff)
		}
	})

	t.Run("have agents who work at the time and serve the queue, in one call at a time", func(t *testing.T) {
		busy := map[*agent][]*visit{}
		for _, v := range all {
			if !v.accepted() {
				continue
			}
			if !slices.Contains(v.agent.queues, v.queue.id) || slices.Contains(v.agent.off, v.started.Weekday()) {
				t.Errorf("%s: %s does not serve %s on %s", v.call, v.agent.id, v.queue.id, v.started.Weekday())
			}
			busy[v.agent] = append(busy[v.agent], v)
		}
		for _, calls := range busy {
			oneAtATime(t, calls)
		}
	})

	t.Run("have shoppers who are in one place at a time", func(t *testing.T) {
		busy := map[*shopper][]*visit{}
		for _, v := range all {
			busy[v.shopper] = append(busy[v.shopper], v)
		}
		for _, calls := range busy {
			oneAtATime(t, calls)
		}
	})
}

func oneAtATime(t *testing.T, list []*visit) {
	t.Helper()
	slices.SortFunc(list, func(a, b *visit) int { return a.over().Compare(b.over()) })
	for i := 1; i < len(list); i++ {
		begins := list[i].started
		if !list[i].accepted() {
			begins = list[i].arrived
		}
		if begins.Before(list[i-1].over()) {
			t.Errorf("%s begins before %s is over", list[i].session, list[i-1].session)
		}
	}
}

func TestCallers(t *testing.T) {
	t.Run("buy within thirty days in about a fifth of all cases, some of them twice", func(t *testing.T) {
		r, shop := newRandom("calls"), &till{random: newRandom("purchases")}
		callers := map[string]bool{}
		for _, v := range visits() {
			shop.afterVisit(tellVisit(r, v))
			if v.accepted() {
				callers[v.shopper.id] = true
			}
		}
		buys := map[string]int{}
		for _, o := range shop.orders {
			if callers[o.who.VisitorID] {
				buys[o.who.VisitorID]++
			}
		}
		again := 0
		for _, n := range buys {
			if n > 1 {
				again++
			}
		}
		got := map[string]int{"callers": len(callers), "buyers": len(buys), "buy again": again}
		want := map[string]int{"callers": 1093, "buyers": 263, "buy again": 57}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("callers (-want +got):\n%s", diff)
		}
	})
}
