package repository

import (
	"testing"
	"time"

	"cartograph/analytics"
)

// FuzzCursor holds that whatever stands in a cursor is a position in the list or
// bad input, and that cursors of our own are read as they were written.
func FuzzCursor(f *testing.F) {
	order := liveEventsByTime
	f.Add("evening", int64(1_772_440_000_000), "")
	f.Add("", int64(-1), "bm9uZQ")
	f.Add("x", int64(0), "eyJvIjoibGl2ZSBldmVudHMiLCJuIjoxLCJpIjoieCJ9")
	f.Add("x", int64(0), "eyJvIjp7IiRndCI6IiJ9LCJpIjoieCJ9")
	f.Fuzz(func(t *testing.T, id string, ms int64, cursor string) {
		if _, err := order.parseCursor("after", cursor); err != nil && analytics.CodeOf(err) != analytics.BadUserInput {
			t.Errorf("got %v, want bad input", err)
		}
		at := time.UnixMilli(ms % (1 << 45)).UTC()
		e := &analytics.LiveEvent{Key: "acme/" + id, LiveEventID: id, StartedAt: &at}
		written := order.cursorOf(e)
		got, err := order.parseCursor("after", written)
		want := order.position(e)
		if want.id == "" {
			return // nothing has no id
		}
		if err != nil || got.value.number != want.value.number {
			t.Errorf("%q is read as %v, %v, want %v", written, got, err, want)
		}
	})
}
