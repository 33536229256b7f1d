package main

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

const (
	// recoverEvery is how often leftovers of a gateway that died in the middle
	// of a write are looked for, and how old they must be: older than any write
	// takes.
	recoverEvery = 10 * time.Second
	recoverAfter = 30 * time.Second
	// tidyEvery is how often old exports are deleted: they are kept for a day, and
	// a little more does no harm.
	tidyEvery = 10 * time.Minute
	// expireEvery is how often requests that nobody answered are looked for: one
	// look is a read of an index, and nobody waits for a second more.
	expireEvery = time.Second
	// foldEvery is how often what came in about workflows and live events is folded
	// into what is stored. Until then whoever asks folds it, so that this bounds
	// what a question costs.
	foldEvery = time.Second
	// packAfter is how long a day of calls stays dirty before it is packed, however
	// many of its calls change meanwhile: a busy day has some hundred kilobytes.
	// Until then whoever asks reads the calls of its dirty hours.
	packAfter = 10 * time.Second
)

// chore is something that the database needs again and again, done here and at any
// other gateway.
type chore struct {
	name     string // what the log calls its failures
	interval time.Duration
	do       func(ctx context.Context, now time.Time) (done int, err error)
}

// chores returns what keeps house. Recovered hears how many subjects were finished
// that a gateway which died had left half done.
func chores(db *database, recovered func(int), log *slog.Logger) []chore {
	return []chore{
		{"recover", recoverEvery, func(ctx context.Context, now time.Time) (int, error) {
			n, err := db.Recover(ctx, recoverAfter, now)
			recovered(n)
			if n > 0 {
				log.Warn("finished what another gateway left half done", "subjects", n)
			}
			return n, err
		}},
		{"expire requests of carts", expireEvery, db.ExpireCarts},
		{"fold workflows", foldEvery, db.FoldWorkflows},
		{"fold live events", foldEvery, func(ctx context.Context, now time.Time) (int, error) {
			return db.FoldLive(ctx, recoverAfter, now)
		}},
		{"fold products", foldEvery, foldProducts(db)},
		{"fold days of calls", foldEvery, func(ctx context.Context, now time.Time) (int, error) {
			return db.FoldCallDays(ctx, packAfter, now)
		}},
		{"delete old exports and tokens", tidyEvery, func(ctx context.Context, now time.Time) (int, error) {
			return 0, errors.Join(db.DeleteOldExports(ctx, now), db.DeleteExpiredTokens(ctx, now))
		}},
	}
}

// foldProducts returns what folds what came in about products, and counts those of
// databases that were never counted.
func foldProducts(db *database) func(ctx context.Context, now time.Time) (int, error) {
	complete := false
	return func(ctx context.Context, now time.Time) (int, error) {
		var incomplete error
		if !complete {
			incomplete = db.CompleteProducts(ctx)
			complete = incomplete == nil
		}
		n, err := db.FoldProducts(ctx, now)
		return n, errors.Join(incomplete, err)
	}
}

// keep does the chore until the context ends, and logs its failures.
func (c chore) keep(ctx context.Context, log *slog.Logger) {
	every(ctx, c.interval, func(now time.Time) {
		if _, err := c.do(ctx, now); err != nil && ctx.Err() == nil {
			log.Error(c.name, "error", err)
		}
	})
}

// every does something at an interval until the context ends.
func every(ctx context.Context, interval time.Duration, do func(now time.Time)) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-tick.C:
			do(now)
		}
	}
}
