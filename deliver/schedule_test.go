package deliver

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

var start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func TestPausesDoubleUpToTwoHours(t *testing.T) {
	var got []string
	for attempts := 1; attempts <= 13; attempts++ {
		got = append(got, pause(attempts, 0.5).String())
	}
	want := []string{"10s", "20s", "40s", "1m20s", "2m40s", "5m20s", "10m40s", "21m20s", "42m40s", "1h25m20s", "2h0m0s", "2h0m0s", "2h0m0s"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever the jitter, a delivery that always fails is tried again and again, each
// time later by half a pause to one and a half, until a day is over.
func TestADayOfTrying(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		now, attempts := start, 0
		for {
			attempts++
			again := next(start, now, attempts, rapid.Float64Range(0, 1).Draw(t, "jitter"))
			if again.IsZero() {
				break
			}
			middle := pause(attempts, 0.5)
			if wait := again.Sub(now); wait < middle/2 || wait > middle*3/2 {
				t.Fatalf("after %d attempts it waits %s, which is not about %s", attempts, wait, middle)
			}
			now = again
		}
		if tried := now.Sub(start); tried > tryFor || tried < tryFor-longestPause*3/2 {
			t.Fatalf("given up after %s", tried)
		}
		if attempts < 15 || attempts > 40 {
			t.Fatalf("%d attempts in a day", attempts)
		}
	})
}

func TestPauseAfterAnyNumberOfAttempts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		attempts := rapid.IntRange(1, 1<<40).Draw(t, "attempts")
		if p := pause(attempts, 0.5); p < firstPause || p > longestPause {
			t.Fatalf("pause after %d attempts is %s", attempts, p)
		}
	})
}
