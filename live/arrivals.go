package live

import (
	"context"
	"fmt"
	"time"
)

// Lateness says how much later than its moment something may be found, and so how
// far looks go back beyond what came in last.
type Lateness struct {
	// Usual is how far each look goes back, Most how far one goes now and then,
	// Every how often that is.
	Usual, Most, Every time.Duration
	// Pace is how long looks lie apart at least: each reads what is usually late
	// again.
	Pace time.Duration
}

var (
	// Stored is for what is read as it was stored, stamped just before. Batches are
	// under way for a moment, and the clocks of gateways differ by a few seconds.
	Stored = Lateness{Usual: time.Second, Most: 10 * time.Second, Every: 3 * time.Second, Pace: 50 * time.Millisecond}
	// Derived is for what is derived after it was stored: it may take as long as
	// until what a gateway left half done when it died is finished by another.
	Derived = Lateness{Usual: 5 * time.Second, Most: 2 * time.Minute, Every: 15 * time.Second}
)

// Arrivals returns what came in after a moment, or at it with an id behind the
// given one, the earliest first, those of one moment by their ids; and whether
// there is more than it returns.
type Arrivals[T any] func(ctx context.Context, since time.Time, behind string) (found []T, more bool, err error)

// Feed is something that comes in, as it is watched.
type Feed[T any] struct {
	Topic string
	// Asks tells feeds of one topic apart that find different things: those that
	// ask the same and stand at the same place share their looks.
	Asks     string
	Arrivals Arrivals[T]
	// Of returns the id of one and the moment that it came in.
	Of       func(T) (id string, at time.Time)
	Lateness Lateness
	// After, if not nil, is the moment up to which the watcher knows everything but
	// what was late.
	After *time.Time
}

// Arrived streams what comes in, each thing once by its id, until the context
// ends; then the channel is closed. Without After it begins now: what came in
// before is not sent, and it fails where the first look fails. With After it
// begins as much before that moment as things may be late: so whoever comes back
// misses nothing, and hears some of it again.
func Arrived[T any](ctx context.Context, b *Broker, feed Feed[T]) (<-chan T, error) {
	watch := b.Subscribe(feed.Topic)
	t := newTail(b, feed, time.Now())
	if feed.After == nil {
		if err := t.look(ctx, func(T) bool { return true }); err != nil {
			watch.Close()
			return nil, err
		}
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
	broker   *Broker
	feed     Feed[T]
	latest   time.Time
	start    time.Time            // nothing before it is asked for
	sent     map[string]time.Time // those that a look may find again
	longLook time.Time            // the last one
}

func newTail[T any](b *Broker, feed Feed[T], now time.Time) *tail[T] {
	t := &tail[T]{broker: b, feed: feed, latest: now, sent: map[string]time.Time{}}
	if feed.After != nil {
		t.latest = earlier(*feed.After, now)
		t.start = t.latest.Add(-feed.Lateness.Most)
	}
	return t
}

// run sends what is new whenever it is told to look; what a watcher who comes
// back missed, at once.
func (t *tail[T]) run(ctx context.Context, watch *Watch, out chan<- T) {
	send := func(item T) bool {
		select {
		case out <- item:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for begins := t.feed.After != nil; ; begins = false {
		if !begins && !wait(ctx, watch.C) {
			return
		}
		for t.look(ctx, send) != nil {
			if !wait(ctx, time.After(lookAgain)) {
				return
			}
		}
		if t.feed.Lateness.Pace > 0 && !wait(ctx, time.After(t.feed.Lateness.Pace)) {
			return
		}
	}
}

// wait waits for something to be told; false: the context has ended.
func wait[T any](ctx context.Context, told <-chan T) bool {
	select {
	case <-told:
		return true
	case <-ctx.Done():
		return false
	}
}

// look sends what is new since the last look, page by page. It fails where a page
// cannot be read; what is sent by then is not sent again.
func (t *tail[T]) look(ctx context.Context, send func(T) bool) error {
	now := time.Now()
	long := now.Sub(t.longLook) >= t.feed.Lateness.Every
	since, behind := t.from(now, long), ""
	for more := true; more; {
		var found []T
		var err error
		if found, more, err = t.page(ctx, since, behind, now); err != nil {
			return err
		}
		for _, item := range found {
			id, at := t.feed.Of(item)
			since, behind = at, id
			if _, known := t.sent[id]; known {
				continue
			}
			if !send(item) {
				return nil
			}
			t.sent[id] = at
			if at.After(t.latest) {
				t.latest = at
			}
		}
		t.forget(now)
	}
	if long {
		t.longLook = now
	}
	return nil
}

// looked is what a look found that began at a moment.
type looked[T any] struct {
	found []T
	more  bool
	began time.Time
}

// page returns a page of arrivals, together with all who ask for the same now:
// one that began after the notice that is to be answered.
func (t *tail[T]) page(ctx context.Context, since time.Time, behind string, now time.Time) ([]T, bool, error) {
	key := fmt.Sprintf("%T %q %q %d %q", *new(T), t.feed.Topic, t.feed.Asks, since.UnixMicro(), behind)
	for {
		done := t.broker.looks.DoChan(key, func() (any, error) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sharedLook)
			defer cancel()
			began := time.Now()
			found, more, err := t.feed.Arrivals(ctx, since, behind)
			return looked[T]{found, more, began}, err
		})
		select {
		case result := <-done:
			if result.Err != nil {
				return nil, false, result.Err
			}
			if page := result.Val.(looked[T]); !page.began.Before(now) {
				return page.found, page.more, nil
			}
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
}

// from returns where a look begins. A gateway whose clock is ahead stamps what is
// yet to come: that must not hide what others stamp meanwhile.
func (t *tail[T]) from(now time.Time, long bool) time.Time {
	back := t.feed.Lateness.Usual
	if long {
		back = t.feed.Lateness.Most
	}
	from := earlier(t.latest, now).Add(-back)
	if from.Before(t.start) {
		return t.start
	}
	return from
}

// forget drops what no look will find again.
func (t *tail[T]) forget(now time.Time) {
	horizon := earlier(t.latest, now).Add(-t.feed.Lateness.Most)
	for id, at := range t.sent {
		if at.Before(horizon) {
			delete(t.sent, id)
		}
	}
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
