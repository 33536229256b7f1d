package repository_test

import (
	"context"
	"sync/atomic"
	"testing"

	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// frail is a gateway that dies at one of its commands to the database.
type frail struct {
	*repository.Repository
	sent, diesAt atomic.Int64
	die          atomic.Pointer[context.CancelFunc]
	before       atomic.Pointer[func()] // what others do before each command; nil for nothing
}

// openFrail returns a frail gateway on a database that Database has named.
func openFrail(t testing.TB, uri, database string) *frail {
	t.Helper()
	f := &frail{}
	f.Repository = repositorytest.OpenAt(t, uri, database, func(string) {
		if before := f.before.Load(); before != nil {
			(*before)()
		}
		if die := f.die.Load(); die != nil && f.sent.Add(1) == f.diesAt.Load() {
			(*die)()
		}
	})
	return f
}

// until does something until the n-th command, at which its context ends. It
// reports whether it came to that command, and what it failed with.
func (f *frail) until(t testing.TB, n int64, do func(ctx context.Context) error) (died bool, err error) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f.sent.Store(0)
	f.diesAt.Store(n)
	f.die.Store(&cancel)
	defer f.die.Store(nil)
	err = do(ctx)
	return ctx.Err() != nil, err
}
