package live

import (
	"context"
	"sync"
	"time"

	"cartograph/analytics"
)

// ReadBroadcast returns what the broadcast of a live event comes to. It fails
// with NotFound for a live event that is not there.
type ReadBroadcast func(ctx context.Context, reach analytics.Reach, liveEventID string) (*analytics.LiveReading, error)

// Metrics streams the metrics of broadcasts. However many follow a live event at
// the same interval, it is read and computed once per interval.
type Metrics struct {
	read ReadBroadcast

	mu    sync.Mutex
	feeds map[feedKey]*feed
}

// NewMetrics returns the streams of what is read so.
func NewMetrics(read ReadBroadcast) *Metrics {
	return &Metrics{read: read, feeds: map[feedKey]*feed{}}
}

// feedKey is what those who share a feed have in common.
type feedKey struct {
	reach       analytics.Reach
	liveEventID string
	every       time.Duration
}

// feed is the source of all who follow a live event at one interval.
type feed struct {
	cancel    context.CancelFunc
	followers int // under the lock of Metrics

	mu     sync.Mutex
	latest *figures
}

// figures are what a feed found last. A follower who is slow skips what he did
// not take in time: the latest hold all that came before.
type figures struct {
	report *analytics.LiveReport // nil before the first reading, and where that failed
	err    error
	last   bool          // nothing follows
	stale  chan struct{} // closed once there are newer ones
}

// Follow streams the metrics of a live event's broadcast: as they are, then
// whenever something happened, at most once per interval. The channel is closed
// when the context ends, and once the broadcast has ended and its metrics were
// sent. It fails where the first reading fails; where a later one fails, the next
// is waited for.
func (m *Metrics) Follow(ctx context.Context, reach analytics.Reach, liveEventID string, every time.Duration) (<-chan *analytics.LiveReport, error) {
	key := feedKey{reach, liveEventID, every}
	f := m.join(ctx, key)
	seen := f.now()
	if seen.report == nil && seen.err == nil {
		seen = f.after(ctx, seen)
	}
	if seen.err != nil {
		m.leave(key, f)
		return nil, seen.err
	}
	out := make(chan *analytics.LiveReport)
	go func() {
		defer close(out)
		defer m.leave(key, f)
		for ; seen.err == nil; seen = f.after(ctx, seen) {
			select {
			case out <- seen.report:
			case <-ctx.Done():
				return
			}
			if seen.last {
				return
			}
		}
	}()
	return out, nil
}

// join counts a follower in; the first one starts the feed.
func (m *Metrics) join(ctx context.Context, key feedKey) *feed {
	m.mu.Lock()
	defer m.mu.Unlock()
	f := m.feeds[key]
	if f == nil {
		f = &feed{latest: &figures{stale: make(chan struct{})}}
		m.feeds[key] = f
		ctx, f.cancel = context.WithCancel(context.WithoutCancel(ctx))
		go m.run(ctx, key, f)
	}
	f.followers++
	return f
}

// leave counts a follower out; the last one stops the feed.
func (m *Metrics) leave(key feedKey, f *feed) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if f.followers--; f.followers > 0 {
		return
	}
	f.cancel()
	if m.feeds[key] == f {
		delete(m.feeds, key)
	}
}

// run reads again and again, until the context or the broadcast ends.
func (m *Metrics) run(ctx context.Context, key feedKey, f *feed) {
	tick := time.NewTicker(key.every)
	defer tick.Stop()
	var shown *analytics.LiveReading
	for {
		reading, err := m.look(ctx, key)
		now := time.Now()
		switch {
		case err != nil && shown == nil:
			m.forget(key, f)
			f.publish(&figures{err: err})
			return
		case err == nil && reading.Ended(now):
			m.forget(key, f)
			f.publish(&figures{report: reading.Live(now), last: true})
			return
		case err == nil && !reading.Same(shown):
			f.publish(&figures{report: reading.Live(now)})
			shown = reading
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (m *Metrics) look(ctx context.Context, key feedKey) (*analytics.LiveReading, error) {
	ctx, cancel := context.WithTimeout(ctx, sharedLook)
	defer cancel()
	return m.read(ctx, key.reach, key.liveEventID)
}

// forget lets those who come from here on start a feed of their own.
func (m *Metrics) forget(key feedKey, f *feed) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.feeds[key] == f {
		delete(m.feeds, key)
	}
}

// publish makes figures the latest.
func (f *feed) publish(latest *figures) {
	latest.stale = make(chan struct{})
	f.mu.Lock()
	before := f.latest
	f.latest = latest
	f.mu.Unlock()
	close(before.stale)
}

func (f *feed) now() *figures {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.latest
}

// after waits for newer figures; they have an error if the context ends.
func (f *feed) after(ctx context.Context, seen *figures) *figures {
	select {
	case <-seen.stale:
		return f.now()
	case <-ctx.Done():
		return &figures{err: ctx.Err()}
	}
}
