package demo

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestBroadcastsHaveAPeak(t *testing.T) {
	got := map[string][]int{}
	for _, b := range broadcasts {
		if !b.started.IsZero() {
			got[b.id] = presence(b)
		}
	}
	want := map[string][]int{
		"live-1": {29, 176, 186, 168, 145, 105, 52},
		"live-2": {17, 86, 92, 77, 61},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("sessions present every ten minutes (-want +got):\n%s", diff)
	}
}

// presence returns how many sessions of a broadcast have begun and not ended,
// every ten minutes from its start.
func presence(b *broadcast) []int {
	var present []int
	var sessions [][]event
	a := newAudience(b, visits())
	a.tell(&till{random: newRandom("purchases")}, func(events []event) bool {
		sessions = append(sessions, events)
		return true
	})
	for at := b.started; at.Before(b.ended); at = at.Add(10 * time.Minute) {
		n := 0
		for _, s := range sessions {
			first, last := s[0], s[len(s)-1]
			if first.SessionID != a.studio.name && !first.At.After(at) && last.At.After(at) {
				n++
			}
		}
		present = append(present, n)
	}
	return present
}
