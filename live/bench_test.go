package live_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"cartograph/analytics"
)

// BenchmarkArrival measures how long after its commit an update arrives at those
// who follow its cart, 10,000 over 1,000 carts at one gateway, and what an idle
// follower costs; an operation is two updates, one after the other.
func BenchmarkArrival(b *testing.B) {
	const carts, each = 1_000, 10
	ids := make([]string, carts)
	for i := range ids {
		ids[i] = fmt.Sprint("call-", i)
	}
	both, reach := gateways(b, ids)
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	g := both[0]

	var mu sync.Mutex
	committed := map[string]time.Time{} // by cart and version
	var late []time.Duration
	var arrived sync.WaitGroup
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, id := range ids {
		for range each {
			changes, err := g.carts.Follow(ctx, reach, id, nil)
			if err != nil {
				b.Fatal(err)
			}
			<-changes
			go func() {
				for change := range changes {
					now := time.Now()
					mu.Lock()
					if at, ok := committed[fmt.Sprint(change.CallID, change.Version())]; ok {
						late = append(late, now.Sub(at))
					}
					mu.Unlock()
					arrived.Done()
				}
			}()
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	g.repo.Announce(func(topic string, version int64) {
		mu.Lock()
		committed[fmt.Sprint(topic[len(analytics.CartTopic(reach.Org, "")):], version)] = time.Now()
		mu.Unlock()
		g.broker.Publish(topic, version)
	})
	var made int
	for b.Loop() {
		arrived.Add(2 * each)
		if err := change(ctx, g, reach, ids[made%carts]); err != nil {
			b.Fatal(err)
		}
		made++
	}
	arrived.Wait()
	slices.Sort(late)
	b.ReportMetric(float64(after.HeapAlloc+after.StackInuse-before.HeapAlloc-before.StackInuse)/(carts*each), "B/follower")
	b.ReportMetric(float64(late[len(late)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(late[len(late)*99/100].Microseconds())/1000, "ms-p99")
}
