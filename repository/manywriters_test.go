package repository_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"cartograph/analytics"
	"cartograph/repository"
)

// writeAndFold has writers bring the same events to gateways, each in an order of
// its own, while every gateway folds all the time. meanwhile is called once all is
// written, while they still fold.
func writeAndFold(t *testing.T, gateways []*repository.Repository, org string, events []analytics.Event, seed int,
	fold func(ctx context.Context, gateway *repository.Repository) error, meanwhile func()) {
	t.Helper()
	const writing, atOnce = 6, 7
	var writers, folders sync.WaitGroup
	var done atomic.Bool
	for w := range writing {
		writers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(w), uint64(seed)))
			mine := slices.Clone(events)
			random.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
			for batch := range slices.Chunk(mine, atOnce) {
				if _, err := gateways[w%len(gateways)].Absorb(t.Context(), org, batch); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for _, gateway := range gateways {
		folders.Go(func() {
			for !done.Load() {
				if err := fold(t.Context(), gateway); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
	meanwhile()
	done.Store(true)
	folders.Wait()
}
