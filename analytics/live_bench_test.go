package analytics

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// broadcastOf returns an hour's broadcast of about n events: a tenth as many
// viewers, who come over the first half and stay for a while.
func broadcastOf(n int) *LiveActivity {
	random := rand.New(rand.NewPCG(1, 2))
	started := time.Date(2026, 3, 28, 20, 0, 0, 0, time.UTC)
	ended := started.Add(time.Hour)
	a := &LiveActivity{LiveEventID: testLiveEvent, Timeline: LiveTimeline{StartedAt: &started, EndedAt: &ended}}
	viewers := n / 10
	ordinals := make(map[string]uint32, viewers)
	devices, sources := []string{"desktop", "mobile", "tablet"}, []string{"mail", "ads", "", "social"}
	ms := func(within time.Duration) time.Duration {
		return time.Duration(random.Int64N(within.Milliseconds())) * time.Millisecond
	}
	for i := range viewers {
		visitor := fmt.Sprintf("visitor-%d", i)
		ordinals[visitor] = uint32(i)
		from := started.Add(time.Duration(i) * 30 * time.Minute / time.Duration(viewers))
		to := from.Add(time.Minute + ms(25*time.Minute))
		a.Sessions = append(a.Sessions, &LiveSession{
			LiveEventID: testLiveEvent, SessionID: fmt.Sprintf("session-%d", i), Ordinal: uint32(i),
			Start:     &SessionStart{At: from, VisitorID: visitor, Device: devices[i%3], Source: sources[i%4]},
			Stretches: []Stretch{{From: from, To: to, Ended: true}},
		})
		for j := range 9 {
			e := &Event{
				EventID: fmt.Sprintf("e:%d-%d", i, j), At: from.Add(ms(to.Sub(from))).Truncate(time.Millisecond), Type: Heartbeat,
				VisitorID: visitor, SessionID: a.Sessions[i].SessionID, Subject: LiveEventSubject(testLiveEvent),
			}
			switch random.IntN(12) {
			case 0, 1:
				e.Type, e.Data.SKU = ProductClicked, fmt.Sprintf("sku-%d", random.IntN(40))
			case 2, 3:
				e.Type, e.Data.Count = Liked, 3
			case 4:
				a.Messages = append(a.Messages, &ChatMessage{
					NativeID: e.EventID, Subject: e.Subject, At: e.At, Author: ByViewer, VisitorID: visitor, Text: "which size?", Rank: e.Rank(),
				})
			case 5:
				e.Type, e.Data.SKU = AddedToCart, fmt.Sprintf("sku-%d", random.IntN(40))
				e.Data.Cart = &CartState{ID: fmt.Sprintf("cart-%d", i), Amount: Money{random.Int64N(20_000), "EUR"}}
			}
			a.Events = append(a.Events, e)
		}
		if i%20 == 0 {
			a.Purchases = append(a.Purchases, &Purchase{
				TransactionID: fmt.Sprintf("t%d", i), At: to, VisitorID: visitor, Total: Money{5000, "EUR"},
				Lines: []PurchaseLine{{fmt.Sprintf("sku-%d", random.IntN(40)), 1, Money{5000, "EUR"}}},
				Live:  &LiveTouch{testLiveEvent, to.Add(-time.Millisecond)},
			})
		}
	}
	a.Visitor = func(id string) uint32 { return ordinals[id] }
	return a
}

var benchmarkSizes = []int{10_000, 1_000_000}

func BenchmarkLiveFold(b *testing.B) {
	for _, n := range benchmarkSizes {
		a := broadcastOf(n)
		ever := Period{everStart, everEnd}
		b.Run(fmt.Sprintf("the buckets of %d events", n), func(b *testing.B) {
			for b.Loop() {
				FoldLiveBuckets(a, Live, ever)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(a.Events)), "ns/event")
		})
	}
}

func BenchmarkLiveMerge(b *testing.B) {
	for _, n := range benchmarkSizes {
		a := broadcastOf(n)
		var buckets []*LiveBucket
		for _, s := range FoldLiveBuckets(a, Live, Period{everStart, everEnd}) {
			buckets = append(buckets, s.Bucket)
		}
		b.Run(fmt.Sprintf("%d buckets of %d events", len(buckets), n), func(b *testing.B) {
			for b.Loop() {
				MergeLiveBuckets(buckets...)
			}
		})
	}
}

func BenchmarkLiveFormulas(b *testing.B) {
	for _, n := range benchmarkSizes {
		a := broadcastOf(n)
		whole := FoldLiveBucket(a, Live, Period{everStart, everEnd})
		s := &LiveScope{Timeline: a.Timeline, Now: *a.Timeline.EndedAt}
		b.Run(fmt.Sprintf("count the bucket of %d events", n), func(b *testing.B) {
			for b.Loop() {
				whole.Figures(Live, nil)
			}
		})
		figures := whole.Figures(Live, nil)
		b.Run(fmt.Sprintf("metrics from the figures of %d events", n), func(b *testing.B) {
			for b.Loop() {
				figures.Live(s)
			}
		})
	}
}

func BenchmarkLiveStored(b *testing.B) {
	for _, n := range benchmarkSizes {
		whole := FoldLiveBucket(broadcastOf(n), Live, Period{everStart, everEnd})
		readStored(b, fmt.Sprintf("read the bucket of %d events", n), whole)
		readStored(b, fmt.Sprintf("read the figures of %d events", n), whole.Figures(Live, nil))
	}
}

// readStored measures reading a value as the database returns it.
func readStored[T any](b *testing.B, name string, value *T) {
	stored, err := bson.Marshal(value)
	if err != nil {
		b.Fatal(err)
	}
	b.Run(name, func(b *testing.B) {
		for b.Loop() {
			var read T
			if err := bson.Unmarshal(stored, &read); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(stored)), "bytes")
	})
}
