package transport

import (
	"context"
	"sync"
)

// versions are those of the events that a resolver has announced and that were
// not answered yet, in order.
type versions struct {
	mu      sync.Mutex
	waiting []int64
}

type versionsKey struct{}

// Announce tells the version of the event that the resolver of a subscription
// sends next. With it clients resume where they were, and join others once they
// have caught up. Each event must be announced, or none; versions only grow, and
// those that a source sends have no gaps.
func Announce(ctx context.Context, version int64) {
	v, ok := ctx.Value(versionsKey{}).(*versions)
	if !ok {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.waiting = append(v.waiting, version)
}

// next returns the version of the next answer; it reports false if none was
// announced.
func (v *versions) next() (int64, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.waiting) == 0 {
		return 0, false
	}
	version := v.waiting[0]
	v.waiting = v.waiting[1:]
	return version, true
}
