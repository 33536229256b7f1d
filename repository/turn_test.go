package repository

import (
	"context"
	"testing"
	"testing/synctest"
)

// Of readings of very many calls as many go on as there are turns; those of fewer
// never wait, and who gives up waiting takes none.
func TestTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		turns := make(turns, 1)
		read := func(ctx context.Context, calls int) (*turn, error) {
			one := &turn{turns: turns}
			return one, one.counted(ctx, calls)
		}
		first, err := read(t.Context(), largeReading)
		if err != nil {
			t.Fatal(err)
		}
		small, err := read(t.Context(), largeReading-1)
		if err != nil {
			t.Fatal("a small reading waited:", err)
		}
		small.end()

		hasty, giveUp := context.WithCancel(t.Context())
		giveUp()
		if _, err := read(hasty, largeReading); err == nil {
			t.Error("two large readings go on at once")
		}

		second := make(chan *turn)
		go func() {
			one, _ := read(t.Context(), largeReading)
			second <- one
		}()
		synctest.Wait()
		select {
		case <-second:
			t.Fatal("two large readings go on at once")
		default:
		}
		first.end()
		(<-second).end()
		if len(turns) != 0 {
			t.Errorf("%d turns are still taken", len(turns))
		}
	})
}
