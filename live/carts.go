package live

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sync/singleflight"

	"cartograph/analytics"
	"cartograph/cart"
)

const (
	// lookAgain is how long a stream waits after a look that failed: the database
	// is away for a moment, and the stream is not.
	lookAgain = time.Second
	// sharedLook bounds a look that several streams wait for, each of which may
	// leave before it is done.
	sharedLook = 10 * time.Second
)

// CartLog is where the updates of carts stand: see
// repository.Repository.CartChanges.
type CartLog interface {
	CartChanges(ctx context.Context, reach analytics.Reach, callID string, after int64) (changes []*cart.Change, version int64, err error)
	LatestCartChange(ctx context.Context, reach analytics.Reach, callID string) (*cart.Change, error)
}

// Carts streams the updates of carts. Streams that look for the same at the same
// time share one look.
type Carts struct {
	broker *Broker
	log    CartLog
	looks  singleflight.Group
}

// NewCarts returns the streams of a log.
func NewCarts(b *Broker, log CartLog) *Carts { return &Carts{broker: b, log: log} }

// Follow streams the updates of a cart after a version, each once, in order,
// until the context ends; then the channel is closed. Without a version the
// latest update comes first. It fails with BadUserInput for a version that the
// cart has not come to.
//
// Whether there is such a call in reach must be known: a cart that is not is
// silent.
func (c *Carts) Follow(ctx context.Context, reach analytics.Reach, callID string, after *int64) (<-chan *cart.Change, error) {
	watch := c.broker.Subscribe(analytics.CartTopic(reach.Org, callID))
	follow := &following{carts: c, reach: reach, callID: callID, watch: watch}
	first, err := follow.begin(ctx, after)
	if err != nil {
		watch.Close()
		return nil, err
	}
	out := make(chan *cart.Change)
	go func() {
		defer close(out)
		defer watch.Close()
		follow.run(ctx, first, out)
	}()
	return out, nil
}

// following is one stream.
type following struct {
	carts  *Carts
	reach  analytics.Reach
	callID string
	watch  *Watch
	at     int64 // the version that was sent last
	known  int64 // the newest version that a look found
}

// begin returns what is sent first.
func (f *following) begin(ctx context.Context, after *int64) ([]*cart.Change, error) {
	if after == nil {
		latest, err := f.carts.log.LatestCartChange(ctx, f.reach, f.callID)
		if err != nil {
			return nil, err
		}
		return []*cart.Change{latest}, nil
	}
	if *after < 0 {
		return nil, analytics.Errorf(analytics.BadUserInput, "after is %d; versions begin with 1", *after)
	}
	changes, version, err := f.carts.log.CartChanges(ctx, f.reach, f.callID, *after)
	switch {
	case err != nil:
		return nil, err
	case *after > version:
		return nil, analytics.Errorf(analytics.BadUserInput, "after is %d, but the cart is at version %d", *after, version)
	}
	f.at, f.known = *after, version
	return changes, nil
}

// run sends changes, then looks for more whenever it is told.
func (f *following) run(ctx context.Context, changes []*cart.Change, out chan<- *cart.Change) {
	for {
		for _, change := range changes {
			select {
			case out <- change:
				f.at = change.Version()
			case <-ctx.Done():
				return
			}
		}
		// A page may not be all, and a shared look may have begun before the
		// notice that it is to answer.
		if f.at >= max(f.known, f.watch.Version()) && !f.wait(ctx, nil) {
			return
		}
		var err error
		changes, err = f.look(ctx)
		unread := len(changes) == 0 && f.at < f.watch.Version() // it may be out of reach by now
		if (err != nil || unread) && !f.wait(ctx, time.After(lookAgain)) {
			return
		}
	}
}

// wait waits for a notice or a moment; false: the stream has ended.
func (f *following) wait(ctx context.Context, or <-chan time.Time) bool {
	select {
	case <-f.watch.C:
		return true
	case <-or:
		return true
	case <-ctx.Done():
		return false
	}
}

// found is what a look finds.
type found struct {
	changes []*cart.Change
	version int64
}

// look returns what came after what was sent, together with all streams that
// stand at the same version.
func (f *following) look(ctx context.Context) ([]*cart.Change, error) {
	key := fmt.Sprintf("%q %q %q %q %d", f.reach.Org, f.reach.Agent, f.reach.Call, f.callID, f.at)
	at := f.at
	done := f.carts.looks.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sharedLook)
		defer cancel()
		changes, version, err := f.carts.log.CartChanges(ctx, f.reach, f.callID, at)
		return found{changes, version}, err
	})
	select {
	case result := <-done:
		if result.Err != nil {
			return nil, result.Err
		}
		seen := result.Val.(found)
		f.known = seen.version
		return seen.changes, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
