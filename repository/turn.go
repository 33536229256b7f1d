package repository

import (
	"context"
	"runtime"
)

// largeReading is how many calls a reading of statistics counts before it waits
// for its turn: a fraction of a second's work, of a megabyte.
const largeReading = 100_000

// turns let as many readings of very many calls go on at once as there are cores:
// more would be no faster, and each holds the values of all its calls. Readings of
// fewer calls never wait for these.
type turns chan struct{}

func newTurns() turns { return make(turns, runtime.GOMAXPROCS(0)) }

// turn is the place of one reading among them. It is over with end.
type turn struct {
	turns turns
	calls int
	taken bool
}

// counted notes calls that were read, and waits for a turn once they are very many.
// It fails where ctx ends first.
func (t *turn) counted(ctx context.Context, calls int) error {
	t.calls += calls
	if t.taken || t.calls < largeReading {
		return nil
	}
	select {
	case t.turns <- struct{}{}:
		t.taken = true
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *turn) end() {
	if t.taken {
		<-t.turns
	}
}
