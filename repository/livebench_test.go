package repository_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// broadcastEvents returns about n events of an hour's broadcast in the order of
// their time: a tenth as many viewers, who come over the first half and stay for
// a while.
func broadcastEvents(liveEventID string, n int) []analytics.Event {
	random := rand.New(rand.NewPCG(1, 2))
	events := make([]analytics.Event, 0, n)
	within := func(d time.Duration) time.Duration {
		return time.Duration(random.Int64N(d.Milliseconds())) * time.Millisecond
	}
	for i := range n / 10 {
		from := evening.Add(within(30 * time.Minute))
		stay := time.Minute + within(25*time.Minute)
		for j := range 10 {
			e := analytics.Event{
				EventID: fmt.Sprintf("e:%s-%d-%d", liveEventID, i, j), At: from.Add(within(stay)), Received: from, Type: analytics.Heartbeat,
				VisitorID: fmt.Sprintf("visitor-%d", i), SessionID: fmt.Sprintf("session-%d", i), Subject: analytics.LiveEventSubject(liveEventID),
			}
			switch kind := random.IntN(12); {
			case j == 0:
				e.Type, e.At, e.Data.Device, e.Data.Source = analytics.SessionStarted, from, []string{"desktop", "mobile", "tablet"}[i%3], []string{"mail", "ads", ""}[i%3]
			case j == 9:
				e.Type, e.At = analytics.SessionEnded, from.Add(stay)
			case kind < 2:
				e.Type, e.Data.SKU = analytics.ProductClicked, fmt.Sprintf("sku-%d", random.IntN(40))
			case kind < 4:
				e.Type, e.Data.Count = analytics.Liked, 3
			case kind == 4:
				e.Type, e.Data.SKU, e.Data.Quantity = analytics.AddedToCart, fmt.Sprintf("sku-%d", random.IntN(40)), 1
				e.Data.Cart = &analytics.CartState{ID: fmt.Sprintf("cart-%d", i), Amount: analytics.Money{Minor: random.Int64N(20_000), Currency: "EUR"}}
			case kind == 5:
				e.Type, e.Data.InteractionID, e.Data.Option = analytics.PollAnswered, liveEventID+"-poll", []string{"yes", "no"}[random.IntN(2)]
			}
			events = append(events, e)
		}
	}
	slices.SortFunc(events, func(a, b analytics.Event) int { return a.At.Compare(b.At) })
	return events
}

// benchBatch is how many events come in at a time.
const benchBatch = 1000

func putBroadcast(b *testing.B, repo *repository.Repository, id string) {
	putCatalog(b, repo, "acme",
		fmt.Sprintf(`{"kind":"live_event","id":%q,"name":"Spring","startedAt":%q,"endedAt":%q}`, id, evening.Format(time.RFC3339), evening.Add(time.Hour).Format(time.RFC3339)),
		fmt.Sprintf(`{"kind":"interaction","id":"%s-poll","liveEventId":%q,"type":"poll","options":["yes","no"]}`, id, id))
}

func takeBroadcast(b *testing.B, repo *repository.Repository, id string, n int) {
	putBroadcast(b, repo, id)
	for batch := range slices.Chunk(broadcastEvents(id, n), benchBatch) {
		if _, err := repo.Absorb(context.Background(), "acme", batch); err != nil {
			b.Fatal(err)
		}
	}
	foldLive(b, repo)
}

// BenchmarkLiveIsFlat compares reading all metrics of a broadcast of 10 thousand
// events with reading those of one of a million; in a short run, of a hundred
// thousand. It reports the medians, their ratio, and the commands of a read.
func BenchmarkLiveIsFlat(b *testing.B) {
	sizes := map[string]int{"small": 10_000, "large": 1_000_000}
	if testing.Short() {
		sizes["large"] = 100_000
	}
	var commands atomic.Int64
	repo := repositorytest.Open(b, func(string) { commands.Add(1) })
	for id, n := range sizes {
		takeBroadcast(b, repo, id, n)
	}
	read := func(id string) time.Duration {
		started := time.Now()
		readings, err := repo.ReadLive(b.Context(), analytics.Reach{Org: "acme"}, analytics.Live, nil, []string{id})
		if err != nil {
			b.Fatal(err)
		}
		scope := readings[id].ScopeAt(evening.Add(2 * time.Hour))
		metrics := readings[id].Figures.Live(scope)
		if steps, err := readings[id].Figures.LiveEvolution(scope, analytics.Minute, time.UTC); err != nil || len(steps) != 60 || metrics.Audience.TotalViewers != sizes[id]/10 {
			b.Fatal(err, len(steps), metrics.Audience)
		}
		if _, err := repo.ReadInteractions(b.Context(), analytics.Reach{Org: "acme"}, []string{id}); err != nil {
			b.Fatal(err)
		}
		return time.Since(started)
	}
	took, sent := map[string][]time.Duration{}, map[string]int64{}
	for b.Loop() {
		for id := range sizes { // one after the other, so that both see the same machine
			before := commands.Load()
			took[id] = append(took[id], read(id))
			sent[id] = commands.Load() - before
		}
	}
	small, large := median(took["small"]), median(took["large"])
	b.ReportMetric(float64(small.Microseconds())/1000, "small-ms")
	b.ReportMetric(float64(large.Microseconds())/1000, "large-ms")
	b.ReportMetric(float64(large)/float64(small), "ratio")
	b.ReportMetric(float64(sent["small"]), "small-commands")
	b.ReportMetric(float64(sent["large"]), "large-commands")
}

func median(took []time.Duration) time.Duration {
	slices.Sort(took)
	return took[len(took)/2]
}

// BenchmarkLiveIngest compares taking in the events of a broadcast, in batches of
// a thousand, with bare unordered inserts of the same events into the same
// collection of another database. It reports the throughput as a ratio to these:
// until the events are answered, and until everything is folded too.
func BenchmarkLiveIngest(b *testing.B) {
	repo, bare := repositorytest.Open(b, nil), repositorytest.Open(b, nil)
	var absorbing, folding, inserting time.Duration
	for run := 0; b.Loop(); run++ {
		id := fmt.Sprintf("live-%d", run)
		putBroadcast(b, repo, id)
		for batch := range slices.Chunk(broadcastEvents(id, 20_000), benchBatch) {
			documents := make([]any, len(batch))
			for i := range batch {
				e := batch[i]
				e.Org, e.Key = "acme", "acme/"+e.EventID
				documents[i] = &e
			}
			started := time.Now()
			if err := bare.Insert(b.Context(), "events", documents...); err != nil {
				b.Fatal(err)
			}
			inserting += time.Since(started)
			started = time.Now()
			if _, err := repo.Absorb(b.Context(), "acme", batch); err != nil {
				b.Fatal(err)
			}
			absorbing += time.Since(started)
			started = time.Now()
			if _, err := repo.FoldLive(b.Context(), time.Hour, time.Now()); err != nil {
				b.Fatal(err)
			}
			folding += time.Since(started)
		}
	}
	b.ReportMetric(float64(inserting)/float64(absorbing), "ratio-answered")
	b.ReportMetric(float64(inserting)/float64(absorbing+folding), "ratio-folded")
	b.ReportMetric(float64(20_000*b.N)/absorbing.Seconds(), "answered/s")
}
