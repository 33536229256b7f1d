package analytics

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

func ptr[T any](v T) *T { return &v }

func TestDistribution(t *testing.T) {
	for _, c := range []struct {
		name string
		ms   []int64
		want Distribution
	}{
		{"nothing has no mean", nil, Distribution{}},
		{"one value is its own everything", []int64{1500}, Distribution{1, ptr(1.5), ptr(1.5), ptr(1.5), ptr(1.5)}},
		{"the median of two is their mean", []int64{3000, 1000}, Distribution{2, ptr(2.0), ptr(2.0), ptr(3.0), ptr(3.0)}},
		{
			"the 95th percentile of twenty is the nineteenth",
			[]int64{20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1},
			Distribution{20, ptr(0.0105), ptr(0.0105), ptr(0.019), ptr(0.02)},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var spread Spread
			for _, ms := range c.ms {
				spread.Add(ms, true)
			}
			if diff := cmp.Diff(c.want, spread.Distribution()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestFiguresOfNoCalls(t *testing.T) {
	var none CallTotals
	want := CallFigures{Revenue: []Money{}}
	got := none.Figures()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got.AcceptanceRate.Value() != nil || got.NetPromoterScore.Value() != nil || got.ThumbsUpRate.Value() != nil {
		t.Error("a rate over nothing must be null")
	}
}

func TestFiguresByHand(t *testing.T) {
	var totals CallTotals
	for _, m := range []CallMetrics{
		{Status: Accepted, Type: QueueCall, Duration: ptr(int64(60_000)), QueueWait: ptr(int64(4_000)), MessagesByAgent: 3, Added: true, CheckedOut: true,
			Rating: 9, Scale: 10, Purchases: PurchaseSummary{Count: 2, Revenue: []Money{{1000, "EUR"}, {500, "SEK"}}}},
		{Status: Accepted, Type: BookedMeeting, Duration: ptr(int64(120_000)), MessagesByShopper: 2,
			Rating: 6, Scale: 10, Purchases: PurchaseSummary{Count: 1, Revenue: []Money{{250, "EUR"}}}},
		{Status: Accepted, Type: QueueCall, Rating: 2, Scale: 2},
		{Status: Missed, Type: QueueCall, QueueWait: ptr(int64(10_000)), Rating: 0, Scale: 0},
	} {
		totals.Add(&m, true)
	}
	want := CallFigures{
		Calls: 4, Accepted: 3, Missed: 1, AcceptanceRate: Ratio{3, 4},
		Duration:        Distribution{2, ptr(90.0), ptr(90.0), ptr(120.0), ptr(120.0)},
		QueueWait:       Distribution{2, ptr(7.0), ptr(7.0), ptr(10.0), ptr(10.0)},
		MessagesByAgent: 3, MessagesByShopper: 2,
		CallsWithAddedProduct: 1, CallsWithCheckout: 1, CallsWithPurchase: 2, DirectConversions: 1, IndirectConversions: 1,
		Purchases: 3, Revenue: []Money{{1250, "EUR"}, {500, "SEK"}},
		NetPromoterScore: NetPromoterScore{Promoters: 1, Detractors: 1}, ThumbsUpRate: Ratio{1, 1},
	}
	if diff := cmp.Diff(want, totals.Figures()); diff != "" {
		t.Error(diff)
	}
}

// drawMetrics draws the metrics of one call.
func drawMetrics(t *rapid.T) CallMetrics {
	m := CallMetrics{
		Status:          rapid.SampledFrom([]CallStatus{Accepted, Missed}).Draw(t, "status"),
		Type:            rapid.SampledFrom([]CallType{QueueCall, BookedMeeting}).Draw(t, "type"),
		AgentID:         rapid.SampledFrom([]string{"", "ann", "bo"}).Draw(t, "agent"),
		QueueID:         rapid.SampledFrom([]string{"", "q1", "q2"}).Draw(t, "queue"),
		At:              time.Unix(1_772_000_000+rapid.Int64Range(0, 4*24*3600).Draw(t, "at"), 0).UTC(),
		MessagesByAgent: rapid.IntRange(0, 5).Draw(t, "messages"),
		Scale:           rapid.SampledFrom([]int{0, 2, 10}).Draw(t, "scale"),
		Rating:          float64(rapid.IntRange(0, 10).Draw(t, "rating")),
	}
	if rapid.Bool().Draw(t, "ended") {
		m.Duration = ptr(rapid.Int64Range(0, 9999).Draw(t, "duration"))
	}
	if rapid.Bool().Draw(t, "bought") {
		m.Purchases = PurchaseSummary{Count: 1, Revenue: []Money{{rapid.Int64Range(1, 99).Draw(t, "revenue"), "EUR"}}}
	}
	return m
}

func TestOrderAndGroupingNeverChangeStatistics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calls := rapid.SliceOfN(rapid.Custom(drawMetrics), 0, 30).Draw(t, "calls")
		shuffled := rapid.Permutation(calls).Draw(t, "shuffled")
		fold := func(calls []CallMetrics) *CallStats {
			f, err := NewCallStatsFold(nil, Day, time.UTC, AllCallStats)
			if err != nil {
				t.Fatal(err)
			}
			for i := range calls {
				f.Add(&calls[i])
			}
			stats, err := f.Stats()
			if err != nil {
				t.Fatal(err)
			}
			return stats
		}
		want := fold(calls)
		if diff := cmp.Diff(want, fold(shuffled)); diff != "" {
			t.Fatalf("order matters: %s", diff)
		}
		inSeries := 0
		for _, step := range want.Series {
			inSeries += step.Figures.Calls
		}
		if inSeries != len(calls) || want.Total.Calls != len(calls) {
			t.Fatalf("%d calls, %d in total, %d in the series", len(calls), want.Total.Calls, inSeries)
		}

		cut := rapid.IntRange(0, len(calls)).Draw(t, "cut")
		var left, right CallTotals
		for i := range calls {
			if i < cut {
				left.Add(&calls[i], true)
			} else {
				right.Add(&calls[i], true)
			}
		}
		right.Merge(&left)
		if diff := cmp.Diff(want.Total, right.Figures()); diff != "" {
			t.Fatalf("grouping matters: %s", diff)
		}
	})
}

func TestSeriesShowEmptySteps(t *testing.T) {
	period := Period{at(t, "2026-03-01T00:00:00Z"), at(t, "2026-03-04T00:00:00Z")}
	fold, err := NewCallStatsFold(&period, Day, time.UTC, CallStatsParts{Series: Ranked})
	if err != nil {
		t.Fatal(err)
	}
	fold.Add(&CallMetrics{Status: Accepted, At: at(t, "2026-03-03T23:59:59Z")})
	stats, err := fold.Stats()
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, step := range stats.Series {
		got = append(got, step.Figures.Calls)
	}
	if diff := cmp.Diff([]int{0, 0, 1}, got); diff != "" {
		t.Error(diff)
	}
}

// Parts of which only sums are wanted have all but medians and percentiles; parts
// that nobody wants have nothing.
func TestOnlyWhatIsWantedIsComputed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		calls := rapid.SliceOfN(rapid.Custom(drawMetrics), 0, 20).Draw(t, "calls")
		fold := func(parts CallStatsParts) *CallStats {
			f, err := NewCallStatsFold(nil, Day, time.UTC, parts)
			if err != nil {
				t.Fatal(err)
			}
			for i := range calls {
				f.Add(&calls[i])
			}
			stats, err := f.Stats()
			if err != nil {
				t.Fatal(err)
			}
			return stats
		}
		all := fold(AllCallStats)
		part := func(name string) CallStatsPart {
			return rapid.SampledFrom([]CallStatsPart{Unwanted, Summed, Ranked}).Draw(t, name)
		}
		parts := CallStatsParts{part("total"), part("byAgent"), part("byQueue"), part("byType"), part("series")}
		var want CallStats
		only := func(part CallStatsPart, f CallFigures) CallFigures {
			if part == Summed {
				f.Duration.MedianSeconds, f.Duration.P95Seconds = nil, nil
				f.QueueWait.MedianSeconds, f.QueueWait.P95Seconds = nil, nil
			}
			return f
		}
		if want.Total.Revenue = []Money{}; parts.Total != Unwanted {
			want.Total = only(parts.Total, all.Total)
		}
		for _, a := range all.ByAgent {
			if parts.ByAgent != Unwanted {
				want.ByAgent = append(want.ByAgent, AgentCallFigures{a.AgentID, only(parts.ByAgent, a.Figures)})
			}
		}
		for _, q := range all.ByQueue {
			if parts.ByQueue != Unwanted {
				want.ByQueue = append(want.ByQueue, QueueCallFigures{q.QueueID, only(parts.ByQueue, q.Figures)})
			}
		}
		for _, c := range all.ByType {
			if parts.ByType != Unwanted {
				want.ByType = append(want.ByType, TypeCallFigures{c.Type, only(parts.ByType, c.Figures)})
			}
		}
		for _, s := range all.Series {
			if parts.Series != Unwanted {
				want.Series = append(want.Series, CallFiguresStep{s.Period, only(parts.Series, s.Figures)})
			}
		}
		if diff := cmp.Diff(&want, fold(parts), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%+v: %s", parts, diff)
		}
	})
}
