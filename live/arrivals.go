package live

import (
	"context"
	"time"
)

const (
	// overlap is how far back a look goes beyond what came in last: batches that
	// came in at one moment are stored in any order a little later.
	overlap = 5 * time.Second
	// longOverlap is how far back a look goes now and then: as long as it takes
	// until what a gateway left half done when it died is finished by another.
	longOverlap = 2 * time.Minute
	// longLookEvery is how often it goes so far back: it reads two minutes of a
	// busy chat again.
	longLookEvery = 15 * time.Second
)

// Arrivals returns what came in after a moment, or at it with an id behind the
// given one, the earliest first, those of one moment by their ids; and whether
// there is more than it returns.
type Arrivals[T any] func(ctx context.Context, since time.Time, behind string) (found []T, more bool, err error)

// Arrived streams what comes in from now on under a topic, each thing once by
// its id, until the context ends; then the channel is closed. What came in
// before is not sent. It fails where the first look fails.
func Arrived[T any](ctx context.Context, b *Broker, topic string, arrivals Arrivals[T], of func(T) (id string, at time.Time)) (<-chan T, error) {
	watch := b.Subscribe(topic)
	t := tail[T]{arrivals: arrivals, of: of, latest: time.Now(), sent: map[string]time.Time{}}
	if _, err := t.look(ctx); err != nil {
		watch.Close()
		return nil, err
	}
	out := make(chan T)
	go func() {
		defer close(out)
		defer watch.Close()
		t.run(ctx, watch, out)
	}()
	return out, nil
}

// tail knows what of the latest arrivals was sent.
type tail[T any] struct {
	arrivals Arrivals[T]
	of       func(T) (id string, at time.Time)
	latest   time.Time
	sent     map[string]time.Time // within the long overlap
	longLook time.Time            // the last one
}

// run sends what is new whenever it is told to look.
func (t *tail[T]) run(ctx context.Context, watch *Watch, out chan<- T) {
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
		}
		for _, item := range fresh {
			select {
			case out <- item:
			case <-ctx.Done():
				return
			}
		}
	}
}

// look returns what is new since the last look, also where it fails half way.
func (t *tail[T]) look(ctx context.Context) (fresh []T, err error) {
	back, now := overlap, time.Now()
	if now.Sub(t.longLook) >= longLookEvery {
		back, t.longLook = longOverlap, now
	}
	since, behind := t.latest.Add(-back), ""
	for more := true; more; {
		var found []T
		if found, more, err = t.arrivals(ctx, since, behind); err != nil {
			return fresh, err
		}
		for _, item := range found {
			id, at := t.of(item)
			since, behind = at, id
			if _, known := t.sent[id]; known {
				continue
			}
			t.sent[id] = at
			if at.After(t.latest) {
				t.latest = at
			}
			fresh = append(fresh, item)
		}
	}
	for id, at := range t.sent {
		if at.Before(t.latest.Add(-longOverlap)) {
			delete(t.sent, id)
		}
	}
	return fresh, nil
}
