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

	mu      sync.Mutex
	sources map[sourceKey]*source
}

// NewMetrics returns the streams of what is read so.
func NewMetrics(read ReadBroadcast) *Metrics {
	return &Metrics{read: read, sources: map[sourceKey]*source{}}
}

// sourceKey is what those who share a source have in common.
type sourceKey struct {
	reach       analytics.Reach
	liveEventID string
	every       time.Duration
}

// source reads a live event for all who follow it at one interval.
type source struct {
	cancel    context.CancelFunc
	followers int // under the lock of Metrics

	mu     sync.Mutex
	latest *figures
}

// figures are what a source found last. A follower who is slow skips what he did
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
	key := sourceKey{reach, liveEventID, every}
	s := m.join(ctx, key)
	seen := s.now()
	if seen.report == nil && seen.err == nil {
		seen = s.after(ctx, seen)
	}
	if seen.err != nil {
		m.leave(key, s)
		return nil, seen.err
	}
	out := make(chan *analytics.LiveReport)
	go func() {
		defer close(out)
		defer m.leave(key, s)
		for ; seen.err == nil; seen = s.after(ctx, seen) {
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

// join counts a follower in; the first one starts the source.
func (m *Metrics) join(ctx context.Context, key sourceKey) *source {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sources[key]
	if s == nil {
		s = &source{latest: &figures{stale: make(chan struct{})}}
		m.sources[key] = s
		ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
		go m.run(ctx, key, s)
	}
	s.followers++
	return s
}

// leave counts a follower out; the last one stops the source.
func (m *Metrics) leave(key sourceKey, s *source) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if s.followers--; s.followers > 0 {
		return
	}
	s.cancel()
	if m.sources[key] == s {
		delete(m.sources, key)
	}
}

// run reads again and again, until the context or the broadcast ends.
func (m *Metrics) run(ctx context.Context, key sourceKey, s *source) {
	tick := time.NewTicker(key.every)
	defer tick.Stop()
	var shown *analytics.LiveReading
	for {
		reading, err := m.look(ctx, key)
		now := time.Now()
		switch {
		case err != nil && shown == nil:
			m.forget(key, s)
			s.publish(&figures{err: err})
			return
		case err == nil && reading.Ended(now):
			m.forget(key, s)
			s.publish(&figures{report: reading.Live(now), last: true})
			return
		case err == nil && !reading.Same(shown):
			s.publish(&figures{report: reading.Live(now)})
			shown = reading
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// look reads, to its end even if nobody waits for it any more: to be broken off is
// no failure.
func (m *Metrics) look(ctx context.Context, key sourceKey) (*analytics.LiveReading, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sharedLook)
	defer cancel()
	return m.read(ctx, key.reach, key.liveEventID)
}

// forget lets those who come from here on start a source of their own.
func (m *Metrics) forget(key sourceKey, s *source) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.sources[key] == s {
		delete(m.sources, key)
	}
}

// publish makes figures the latest.
func (s *source) publish(latest *figures) {
	latest.stale = make(chan struct{})
	s.mu.Lock()
	before := s.latest
	s.latest = latest
	s.mu.Unlock()
	close(before.stale)
}

func (s *source) now() *figures {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.latest
}

// after waits for newer figures; they have an error if the context ends.
func (s *source) after(ctx context.Context, seen *figures) *figures {
	select {
	case <-seen.stale:
		return s.now()
	case <-ctx.Done():
		return &figures{err: ctx.Err()}
	}
}
