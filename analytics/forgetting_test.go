package analytics

import (
	"testing"
	"time"
)

func TestWhenPersonalDataIsDue(t *testing.T) {
	now := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	f := Forgetting{Now: now, Age: 28 * 24 * time.Hour}
	ago := func(days int) time.Time { return now.AddDate(0, 0, -days) }
	ended := func(days int) *time.Time { at := ago(days); return &at }
	for name, c := range map[string]struct {
		own  time.Time
		call *CallTimes
		want time.Time
	}{
		"of no call, or of one that nothing names": {ago(40), nil, ago(40)},
		"said before the call ended":               {ago(40), &CallTimes{At: ago(40), EndedAt: ended(39)}, ago(39)},
		"said after the call":                      {ago(20), &CallTimes{At: ago(40), EndedAt: ended(39)}, ago(20)},
		"of a missed call":                         {ago(41), &CallTimes{At: ago(40)}, ago(40)},
		"of a call that runs":                      {ago(10), &CallTimes{At: ago(11), Running: true}, ago(27)},
		"of one that runs for long":                {ago(40), &CallTimes{At: ago(40), Running: true}, ago(27)},
		"of one that counts as ended today":        {ago(55), &CallTimes{At: ago(55), Running: true}, ago(27)},
		"of one that counts as ended long ago":     {ago(60), &CallTimes{At: ago(60), Running: true}, ago(32)},
		"said lately of such a one":                {ago(29), &CallTimes{At: ago(60), Running: true}, ago(29)},
	} {
		if got := f.Due(c.own, c.call); !got.Equal(c.want) {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestAnEventWithoutItsTimeIsAsOldAsItsArrival(t *testing.T) {
	received := time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)
	e := Event{Type: CallImported, Received: received, Data: EventData{Row: map[string]string{"shopper_email": "ada@example.org"}}}
	if got := e.PersonalTime(); got == nil || !got.Equal(received) {
		t.Errorf("got %v, want %v", got, received)
	}
	if e.Data.Row = map[string]string{"call_id": "c1"}; e.PersonalTime() != nil {
		t.Error("a row without personal data has a time of it")
	}
}
