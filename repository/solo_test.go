package repository_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

func TestWhatOneAtATimeDoes(t *testing.T) {
	t.Run("is waited for until it is free", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			solo := repository.NewSolo()
			if err := solo.Take(t.Context()); err != nil {
				t.Fatal(err)
			}
			if solo.TryTake() {
				t.Error("two have it at once")
			}
			go func() {
				time.Sleep(time.Minute)
				solo.Give()
			}()
			if err := solo.Take(t.Context()); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("is waited for no longer than the context lasts", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			solo := repository.NewSolo()
			if !solo.TryTake() {
				t.Fatal("nobody has it")
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			if err := solo.Take(ctx); err != context.DeadlineExceeded {
				t.Errorf("got %v", err)
			}
		})
	})
}

// A batch that comes after many others waits until they are folded, but not for
// ever: whoever sent it may be gone.
func TestABatchWaitsForAFoldOnlyWhileItsRequestLasts(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	release, err := repo.HoldFold(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	repo.FoldFullBacklog(ctx, analytics.Reach{Org: "acme"}) // returns
	release()
	repo.FoldFullBacklog(t.Context(), analytics.Reach{Org: "acme"})
}
