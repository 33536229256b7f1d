package repository

import "context"

// solo is something that one at a time does. Whoever waits for it waits no longer
// than a context lasts, which a mutex does not offer.
type solo chan struct{}

func newSolo() solo { return make(solo, 1) }

// take waits for the turn. It fails with the error of the context where that ends
// first.
func (s solo) take(ctx context.Context) error {
	select {
	case s <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tryTake takes the turn if nobody has it, and reports whether it did.
func (s solo) tryTake() bool {
	select {
	case s <- struct{}{}:
		return true
	default:
		return false
	}
}

// give lets the next one have the turn.
func (s solo) give() { <-s }
