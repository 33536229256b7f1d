package analytics

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestJoinedPeriodsHoldWhatTheirPartsHold(t *testing.T) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	minute := func(n int) time.Time { return start.Add(time.Duration(n) * time.Minute) }
	rapid.Check(t, func(t *rapid.T) {
		var periods []Period
		for range rapid.IntRange(0, 8).Draw(t, "periods") {
			from := rapid.IntRange(0, 60).Draw(t, "from")
			periods = append(periods, Period{minute(from), minute(from + rapid.IntRange(0, 9).Draw(t, "minutes"))})
		}
		atMost := rapid.IntRange(1, 4).Draw(t, "at most")
		joined := JoinPeriods(periods, atMost)
		if len(joined) > atMost {
			t.Fatalf("%d periods, want at most %d", len(joined), atMost)
		}
		for i := 1; i < len(joined); i++ {
			if !joined[i-1].End.Before(joined[i].Start) {
				t.Fatalf("%v and %v touch or stand in the wrong order", joined[i-1], joined[i])
			}
		}
		exact := JoinNear(periods, 0)
		for n := range 70 {
			in := func(list []Period) bool {
				for _, p := range list {
					if p.Contains(minute(n)) {
						return true
					}
				}
				return false
			}
			if in(periods) != in(exact) {
				t.Fatalf("minute %d: %v of the parts, %v joined", n, in(periods), in(exact))
			}
			if in(periods) && !in(joined) {
				t.Fatalf("minute %d is lost", n)
			}
		}
	})
}

func TestTouchedWorkflows(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 7, 0, 0, time.UTC)
	quarter := Period{at.Truncate(15 * time.Minute), at.Truncate(15 * time.Minute).Add(15 * time.Minute)}
	for _, tt := range []struct {
		name string
		e    *Event
		want WorkflowSpan
		ok   bool
	}{
		{"a page view touches its quarter", &Event{Type: PageViewed, At: at, Subject: "workflow:w"}, WorkflowSpan{WorkflowID: "w", Span: quarter}, true},
		{"an interaction touches a day more", &Event{Type: Interacted, At: at, Subject: "workflow:w"},
			WorkflowSpan{WorkflowID: "w", Span: Period{quarter.Start, quarter.End.Add(24 * time.Hour)}}, true},
		{"a goal may affect every workflow", &Event{Type: GoalReached, At: at, Subject: "visitor:v", About: "workflow:w"}, WorkflowSpan{Span: quarter}, true},
		{"so may a purchase", &Event{Type: Purchased, At: at, Subject: "purchase:t"}, WorkflowSpan{Span: quarter}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := TouchedWorkflows(tt.e)
			if diff := cmp.Diff(tt.want, got); diff != "" || ok != tt.ok {
				t.Errorf("%v (-want +got):\n%s", ok, diff)
			}
		})
	}
	if _, ok := TouchedWorkflows(&Event{Type: Heartbeat, At: at, Subject: "live_event:l"}); ok {
		t.Error("a heartbeat of a live event touches a workflow")
	}
}
