package repository_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// Statistics say what counting the calls by hand would: in all, by agent, queue
// and type, and in every step of the series; whether the calls are read one by
// one, as they are packed, or some this way and some that.
func TestCallStatsAddUp(t *testing.T) {
	plain, packed := repositorytest.Open(t, nil), repositorytest.Open(t, nil)
	packCalls(t, packed)
	rapid.Check(t, func(t *rapid.T) {
		repo := plain
		reach := analytics.Reach{Org: freshOrg()}
		facts := make([]*analytics.CallMetrics, rapid.SampledFrom([]int{0, 1, 10, 40}).Draw(t, "facts"))
		for i := range facts {
			facts[i] = drawFact(t, reach.Org, fmt.Sprint(i))
		}
		if rapid.IntRange(0, 3).Draw(t, "packed") > 0 {
			repo = packed
			first := rapid.IntRange(0, len(facts)).Draw(t, "facts that are packed")
			storeMarked(t, repo, facts[:first])
			packCalls(t, repo)
			storeMarked(t, repo, facts[first:])
		} else if err := store(repo, "call_metrics", facts); err != nil {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "limited") {
			reach.Agent = "anna"
		}
		filter := drawStatsFilter(t)
		period := &analytics.Period{Start: noon.Add(-3 * time.Hour), End: noon.Add(90 * time.Minute)}
		if rapid.Bool().Draw(t, "everything") {
			period = nil
		}
		got, err := repo.CallStats(context.Background(), reach, period, filter,
			rapid.SampledFrom([]analytics.Granularity{analytics.Hour, analytics.Day, analytics.Week}).Draw(t, "granularity"), drawZone(t),
			analytics.AllCallStats)
		if err != nil {
			t.Fatal(err)
		}

		counted := only(facts, func(m *analytics.CallMetrics) bool {
			return (reach.Agent == "" || m.AgentID == reach.Agent) && (period == nil || period.Contains(m.At)) && measures(filter, m)
		})
		want := analytics.CallStats{Total: recount(counted)}
		for _, agent := range someAgents[1:] {
			if own := only(counted, func(m *analytics.CallMetrics) bool { return m.AgentID == agent }); len(own) > 0 {
				want.ByAgent = append(want.ByAgent, analytics.AgentCallFigures{AgentID: agent, Figures: recount(own)})
			}
		}
		for _, queue := range someQueues[1:] {
			if own := only(counted, func(m *analytics.CallMetrics) bool { return m.QueueID == queue }); len(own) > 0 {
				want.ByQueue = append(want.ByQueue, analytics.QueueCallFigures{QueueID: queue, Figures: recount(own)})
			}
		}
		for _, kind := range []analytics.CallType{analytics.QueueCall, analytics.BookedMeeting} {
			if own := only(counted, func(m *analytics.CallMetrics) bool { return m.Type == kind }); len(own) > 0 {
				want.ByType = append(want.ByType, analytics.TypeCallFigures{Type: kind, Figures: recount(own)})
			}
		}
		for _, step := range got.Series { // that the steps are the right ones is the fold's business
			own := only(counted, func(m *analytics.CallMetrics) bool { return step.Period.Contains(m.At) })
			want.Series = append(want.Series, analytics.CallFiguresStep{Period: step.Period, Figures: recount(own)})
		}
		if diff := cmp.Diff(&want, got, anyOrder, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("statistics of %+v (-recount +got):\n%s", filter, diff)
		}
		inSeries := 0
		for _, step := range got.Series {
			inSeries += step.Figures.Calls
		}
		if inSeries != len(counted) {
			t.Fatalf("the series holds %d calls of %d", inSeries, len(counted))
		}
	})
}

func drawZone(t *rapid.T) *time.Location {
	zone, err := time.LoadLocation(rapid.SampledFrom([]string{"UTC", "Asia/Kathmandu", "Pacific/Auckland"}).Draw(t, "zone"))
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// storeMarked stores the figures of calls as if they had been derived.
func storeMarked(t tester, repo *repository.Repository, facts []*analytics.CallMetrics) {
	t.Helper()
	if err := store(repo, "call_metrics", facts); err != nil {
		t.Fatal(err)
	}
	if len(facts) == 0 {
		return
	}
	if err := repo.MarkHoursOf(context.Background(), analytics.Reach{Org: facts[0].Org}, facts); err != nil {
		t.Fatal(err)
	}
}

// packCalls packs all calls that are not.
func packCalls(t tester, repo *repository.Repository) {
	t.Helper()
	for n := 1; n > 0; {
		var err error
		if n, err = repo.FoldCallDays(context.Background(), 0, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

// anyOrder compares groups regardless of which has most calls.
var anyOrder = cmp.Options{
	cmpopts.SortSlices(func(a, b analytics.AgentCallFigures) bool { return a.AgentID < b.AgentID }),
	cmpopts.SortSlices(func(a, b analytics.QueueCallFigures) bool { return a.QueueID < b.QueueID }),
	cmpopts.SortSlices(func(a, b analytics.TypeCallFigures) bool { return a.Type < b.Type }),
	cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9*max(1, math.Abs(a)) }),
}

// drawFact generates the figures of a call within three hours of noon.
func drawFact(t *rapid.T, org, id string) *analytics.CallMetrics {
	return aFact(org, id, func(m *analytics.CallMetrics) {
		m.Status = rapid.SampledFrom([]analytics.CallStatus{analytics.Accepted, analytics.Missed}).Draw(t, "status")
		m.Type = rapid.SampledFrom([]analytics.CallType{analytics.QueueCall, analytics.BookedMeeting}).Draw(t, "type")
		m.At = noon.Add(time.Duration(rapid.IntRange(-12, 12).Draw(t, "quarter")) * 15 * time.Minute)
		m.AgentID = rapid.SampledFrom(someAgents).Draw(t, "agent")
		m.QueueID = rapid.SampledFrom(someQueues).Draw(t, "queue")
		m.Test = rapid.Bool().Draw(t, "test")
		m.Short = rapid.Bool().Draw(t, "short")
		m.Duration = maybe(t, rapid.Int64Range(0, 1<<40), "duration")
		m.QueueWait = maybe(t, rapid.Int64Range(0, 600_000), "wait")
		m.MessagesByAgent = rapid.IntRange(0, 9).Draw(t, "messagesByAgent")
		m.MessagesByShopper = rapid.IntRange(0, 9).Draw(t, "messagesByShopper")
		m.Added = rapid.Bool().Draw(t, "added")
		m.CheckedOut = rapid.Bool().Draw(t, "checkedOut")
		m.Scale = rapid.SampledFrom([]int{0, 2, 10}).Draw(t, "scale")
		if m.Scale != 0 {
			m.Rating = float64(rapid.IntRange(0, m.Scale).Draw(t, "rating"))
		}
		for _, currency := range drawSome(t, []string{"EUR", "JPY", "SEK"}, "currencies") {
			m.Purchases.Count++
			m.Purchases.Revenue = append(m.Purchases.Revenue, analytics.Money{Minor: rapid.Int64Range(1, 1<<40).Draw(t, "amount"), Currency: currency})
		}
		for _, sku := range drawSome(t, someSKUs, "products") {
			m.Products = append(m.Products, analytics.ProductInCall{SKU: sku, ProductCounts: analytics.ProductCounts{
				Presented: rapid.IntRange(0, 3).Draw(t, "presented"), TriedOn: rapid.IntRange(0, 3).Draw(t, "triedOn"),
				Clicks: rapid.IntRange(0, 3).Draw(t, "clicks"), Added: rapid.IntRange(0, 3).Draw(t, "added"),
				Removed: rapid.IntRange(0, 3).Draw(t, "removed"), CheckedOut: rapid.IntRange(0, 3).Draw(t, "checkedOut"),
				Purchases: 7, Quantity: 7, // what the call shows of purchases is none of the organization's count
			}})
		}
	})
}

func drawStatsFilter(t *rapid.T) analytics.CallStatsFilter {
	f := analytics.CallStatsFilter{
		ExcludeShortCalls: seldom(t, "excludeShortCalls"),
		ExcludeShortWaits: seldom(t, "excludeShortWaits"),
		ExcludeTestCalls:  seldom(t, "excludeTestCalls"),
		Type:              maybe(t, rapid.SampledFrom([]analytics.CallType{analytics.QueueCall, analytics.BookedMeeting}), "filter.type"),
	}
	if seldom(t, "filter.agents") {
		f.AgentIDs = append([]string{}, drawSome(t, someAgents[1:], "filter.agents")...)
	}
	if seldom(t, "filter.queues") {
		f.QueueIDs = append([]string{}, drawSome(t, someQueues[1:], "filter.queues")...)
	}
	return f
}

// measures says by the words of the schema whether statistics count a call.
func measures(f analytics.CallStatsFilter, m *analytics.CallMetrics) bool {
	switch {
	case f.ExcludeShortCalls && m.Short && m.Status == analytics.Accepted,
		f.ExcludeShortWaits && m.Short && m.Status == analytics.Missed,
		f.ExcludeTestCalls && m.Test,
		f.AgentIDs != nil && !slices.Contains(f.AgentIDs, m.AgentID),
		f.QueueIDs != nil && !slices.Contains(f.QueueIDs, m.QueueID),
		f.Type != nil && *f.Type != m.Type:
		return false
	}
	return true
}

// recount counts calls the long way: one pass for each figure.
func recount(facts []*analytics.CallMetrics) analytics.CallFigures {
	number := func(counts func(m *analytics.CallMetrics) bool) int { return len(only(facts, counts)) }
	sum := func(value func(m *analytics.CallMetrics) int) int {
		n := 0
		for _, m := range facts {
			n += value(m)
		}
		return n
	}
	spread := func(value func(m *analytics.CallMetrics) *int64) analytics.Distribution {
		var seconds []float64
		for _, m := range facts {
			if ms := value(m); ms != nil {
				seconds = append(seconds, float64(*ms)/1000)
			}
		}
		return spreadOf(seconds)
	}
	rated := func(scale int, from, to float64) int {
		return number(func(m *analytics.CallMetrics) bool { return m.Scale == scale && from <= m.Rating && m.Rating <= to })
	}
	bought := func(m *analytics.CallMetrics) bool { return m.Purchases.Count > 0 }
	accepted := number(func(m *analytics.CallMetrics) bool { return m.Status == analytics.Accepted })
	thumbs := number(func(m *analytics.CallMetrics) bool { return m.Scale == 2 })
	figures := analytics.CallFigures{
		Calls: len(facts), Accepted: accepted, Missed: len(facts) - accepted,
		AcceptanceRate: analytics.Ratio{Numerator: accepted, Denominator: len(facts)},
		Duration:       spread(func(m *analytics.CallMetrics) *int64 { return m.Duration }),
		QueueWait: spread(func(m *analytics.CallMetrics) *int64 {
			if m.Type != analytics.QueueCall {
				return nil
			}
			return m.QueueWait
		}),
		MessagesByAgent:       sum(func(m *analytics.CallMetrics) int { return m.MessagesByAgent }),
		MessagesByShopper:     sum(func(m *analytics.CallMetrics) int { return m.MessagesByShopper }),
		CallsWithAddedProduct: number(func(m *analytics.CallMetrics) bool { return m.Added }),
		CallsWithCheckout:     number(func(m *analytics.CallMetrics) bool { return m.CheckedOut }),
		CallsWithPurchase:     number(bought),
		DirectConversions:     number(func(m *analytics.CallMetrics) bool { return bought(m) && m.CheckedOut }),
		IndirectConversions:   number(func(m *analytics.CallMetrics) bool { return bought(m) && !m.CheckedOut }),
		Purchases:             sum(func(m *analytics.CallMetrics) int { return m.Purchases.Count }),
		NetPromoterScore:      analytics.NetPromoterScore{Promoters: rated(10, 9, 10), Passives: rated(10, 7, 8), Detractors: rated(10, 0, 6)},
		ThumbsUpRate:          analytics.Ratio{Numerator: rated(2, 2, 2), Denominator: thumbs},
	}
	for _, currency := range []string{"EUR", "JPY", "SEK"} {
		var minor int64
		for _, m := range facts {
			for _, amount := range m.Purchases.Revenue {
				if amount.Currency == currency {
					minor += amount.Minor
				}
			}
		}
		if minor > 0 {
			figures.Revenue = append(figures.Revenue, analytics.Money{Minor: minor, Currency: currency})
		}
	}
	return figures
}

func spreadOf(seconds []float64) analytics.Distribution {
	n := len(seconds)
	if n == 0 {
		return analytics.Distribution{}
	}
	slices.Sort(seconds)
	mean := 0.0
	for _, s := range seconds {
		mean += s / float64(n)
	}
	return analytics.Distribution{
		Count:         n,
		MeanSeconds:   &mean,
		MedianSeconds: ptr((seconds[(n-1)/2] + seconds[n/2]) / 2),
		P95Seconds:    ptr(seconds[int(math.Ceil(0.95*float64(n)-1e-9))-1]),
		MaxSeconds:    ptr(seconds[n-1]),
	}
}

func TestCallStatsRefusals(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	reach := analytics.Reach{Org: freshOrg()}
	insert(t, repo, "call_metrics", aFact(reach.Org, "first", func(m *analytics.CallMetrics) { m.At = noon.AddDate(-20, 0, 0) }), aFact(reach.Org, "last"))
	series := analytics.CallStatsParts{Series: analytics.Ranked}

	t.Run("a period that ends before it starts", func(t *testing.T) {
		_, err := repo.CallStats(t.Context(), reach, &analytics.Period{Start: noon, End: noon}, analytics.CallStatsFilter{}, analytics.Day, time.UTC, series)
		wantRefusal(t, err, "period.end must lie after period.start")
	})
	t.Run("more than a hundred agents", func(t *testing.T) {
		_, err := repo.CallStats(t.Context(), reach, nil, analytics.CallStatsFilter{AgentIDs: make([]string, 101)}, analytics.Day, time.UTC, series)
		wantRefusal(t, err, "agentIds holds 101 ids, at most 100 are allowed")
	})
	t.Run("a series of minutes over twenty years", func(t *testing.T) {
		_, err := repo.CallStats(t.Context(), reach, nil, analytics.CallStatsFilter{}, analytics.Minute, time.UTC, series)
		if analytics.CodeOf(err) != analytics.LimitExceeded {
			t.Errorf("got %v, want LIMIT_EXCEEDED", err)
		}
	})
}
