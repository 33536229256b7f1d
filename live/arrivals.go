package live

import (
	"context"
	"time"
)

const (
	// overlap is how far back every look goes: what came in at one moment is
	// stored a little later, at worst after a gateway died over it and another
	// one finished it.
	overlap = 2 * time.Minute
)

// Arrivals returns what came in at or after a moment, the earliest first.
type Arrivals[T any] func(ctx context.Context, since time.Time) ([]T, error)

// Arrived streams what comes in from now on under a topic, each thing once by
// its id, until the context ends; then the channel is closed. What came in
// before is not sent. It fails where the first look fails.
func Arrived[T any](ctx context.Context, b *Broker, topic string, now time.Time, arrivals Arrivals[T], of func(T) (id string, at time.Time)) (<-chan T, error) {
	watch := b.Subscribe(topic)
	t := tail[T]{arrivals: arrivals, of: of, latest: now, sent: map[string]time.Time{}}
	if _, err := t.look(ctx); err != nil {
		watch.Close()
		return nil, err
	}
	out := make(chan T)
	go func() {
		defer close(out)
		defer watch.Close()
		var again <-chan time.Time
		for {
			select {
			case <-ctx.Done():
				return
			case <-watch.C:
			case <-again:
			}
			again = nil
			fresh, err := t.look(ctx)
			if err != nil {
				again = time.After(lookAgain)
				continue
			}
			for _, item := range fresh {
				select {
				case out <- item:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return out, nil
}

// tail knows what of the latest arrivals was sent.
type tail[T any] struct {
	arrivals Arrivals[T]
	of       func(T) (id string, at time.Time)
	latest   time.Time
	sent     map[string]time.Time // within the overlap
}

// look returns what is new since the last look.
func (t *tail[T]) look(ctx context.Context) ([]T, error) {
	since := t.latest.Add(-overlap)
	found, err := t.arrivals(ctx, since)
	if err != nil {
		return nil, err
	}
	var fresh []T
	for _, item := range found {
		id, at := t.of(item)
		if _, known := t.sent[id]; known {
			continue
		}
		t.sent[id] = at
		if at.After(t.latest) {
			t.latest = at
		}
		fresh = append(fresh, item)
	}
	for id, at := range t.sent {
		if at.Before(since) {
			delete(t.sent, id)
		}
	}
	return fresh, nil
}
