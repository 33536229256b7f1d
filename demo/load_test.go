package demo_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/demo"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

var everything = analytics.Reach{Org: demo.Org}

func TestLoad(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	begun, last, total := time.Now(), 0, 0
	if err := demo.Load(t.Context(), repo, func(done, of int) { last, total = done, of }); err != nil {
		t.Fatal(err)
	}
	t.Logf("loaded in %s", time.Since(begun).Round(time.Millisecond))
	if last != total || total == 0 {
		t.Errorf("the last report says %d of %d done", last, total)
	}
	first := readCalls(t, repo)

	t.Run("shows the calls that were told", func(t *testing.T) {
		want := map[string]int{
			"accepted":           1628,
			"blocked":            9,
			"booked":             403,
			"missed":             372,
			"of a known shopper": 977,
			"rated on scale 10":  518,
			"rated on scale 2":   212,
			"short":              91,
			"test calls":         12,
			"with a checkout":    339,
			"with a purchase":    290,
			"with a purchase, not the first of its shopper": 112,
			"with a queue wait":                             1597,
			"with a tracking tag":                           582,
			"with a waiting room wait":                      403,
			"with added products":                           444,
			"with customer tags":                            443,
			"with messages":                                 1272,
			"with presented products":                       1375,
			"with tried-on products":                        499,
			"with two currencies":                           26,
			"with two purchases":                            42,
		}
		if diff := cmp.Diff(want, first.kinds()); diff != "" {
			t.Errorf("calls (-want +got):\n%s", diff)
		}
	})

	t.Run("fills every edge of the graph", func(t *testing.T) {
		want := map[string]int{
			"agents with calls":                    12,
			"queues with calls":                    5,
			"products with calls":                  60,
			"products presented, added and bought": 60,
			"products in live events":              19,
			"live events":                          3,
			"live events with products":            2,
			"messages of live_event:live-1":        421,
			"messages of live_event:live-2":        151,
			"goals of workflow-1":                  1,
			"goals of workflow-2":                  2,
		}
		if diff := cmp.Diff(want, edges(t, repo)); diff != "" {
			t.Errorf("objects with something behind the edge (-want +got):\n%s", diff)
		}
	})

	t.Run("tells an evening of which every funnel narrows, in several currencies", func(t *testing.T) {
		want := map[string]int{
			"prelive, saw a widget":     464,
			"prelive, visitors":         308,
			"prelive, opened the alert": 123,
			"prelive, subscribed":       97,
			"live, saw a widget":        501,
			"live, viewers":             332,
			"live, at once":             189,
			"live, engaged":             238,
			"live, clicked a product":   124,
			"live, filled a cart":       61,
			"live, bought":              37,
			"live, currencies":          2,
			"live, sources":             6,
			"live, on a tablet":         33,
			"replay, saw a widget":      370,
			"replay, viewers":           255,
			"replay, clicked a product": 102,
			"replay, filled a cart":     46,
			"replay, bought":            25,
			"replay, currencies":        2,
			"live, products displayed":  12,
		}
		if diff := cmp.Diff(want, evening(t, repo, "live-1")); diff != "" {
			t.Errorf("live-1 (-want +got):\n%s", diff)
		}
	})

	t.Run("is what statistics are made of", func(t *testing.T) {
		stats, err := repo.CallStats(t.Context(), everything, nil, analytics.CallStatsFilter{}, analytics.Day, time.UTC, analytics.CallStatsParts{Total: analytics.Ranked})
		if err != nil {
			t.Fatal(err)
		}
		kinds, f := first.kinds(), stats.Total
		got := map[string]int{"accepted": f.Accepted, "missed": f.Missed, "with a purchase": f.CallsWithPurchase, "with a checkout": f.CallsWithCheckout}
		want := map[string]int{}
		for kind := range got {
			want[kind] = kinds[kind]
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("figures (-want +got):\n%s", diff)
		}
	})

	t.Run("changes nothing when it is repeated", func(t *testing.T) {
		if err := demo.Load(t.Context(), repo, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(first, readCalls(t, repo)); diff != "" {
			t.Errorf("calls (-first +second):\n%s", diff)
		}
	})

	t.Run("leaves other organizations empty", func(t *testing.T) {
		n, err := repo.CountCalls(t.Context(), analytics.Reach{Org: "other"}, analytics.CallFilter{})
		if err != nil || n != 0 {
			t.Errorf("%d calls, %v; want none", n, err)
		}
	})
}

// calls are all calls of the organization, the latest first, with their figures.
type calls struct {
	List    []*analytics.Call
	Metrics map[string]*analytics.CallMetrics
}

func readCalls(t *testing.T, repo *repository.Repository) calls {
	t.Helper()
	all := calls{Metrics: map[string]*analytics.CallMetrics{}}
	first := 250
	page := analytics.PageArgs{First: &first}
	for more := true; more; {
		order := analytics.CallOrder{Field: analytics.ByTime, Direction: analytics.Descending}
		list, err := repo.Calls(t.Context(), everything, analytics.CallFilter{}, order, page)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, call := range list.Nodes() {
			all.List = append(all.List, call)
			ids = append(ids, call.CallID)
		}
		metrics, err := repo.CallMetricsByID(t.Context(), everything, ids)
		if err != nil {
			t.Fatal(err)
		}
		for id, m := range metrics {
			all.Metrics[id] = m
		}
		more, page.After = list.PageInfo.HasNextPage, list.PageInfo.EndCursor
	}
	return all
}

// kinds counts calls by what is known of them.
func (c calls) kinds() map[string]int {
	n := map[string]int{}
	count := func(kind string, is bool) {
		if is {
			n[kind]++
		}
	}
	visits := map[analytics.Text]int{}
	for _, call := range c.List {
		accepted := call.Status == analytics.Accepted
		bought := c.Metrics[call.CallID].Purchases
		visits[call.ClientID]++

		count("accepted", accepted)
		count("missed", !accepted)
		count("booked", call.Type == analytics.BookedMeeting)
		count("test calls", call.Test)
		count("short", call.Short)
		count("with a queue wait", call.QueueWait != nil)
		count("with a waiting room wait", call.WaitingRoomWait != nil)
		count("with messages", call.MessagesByAgent+call.MessagesByShopper > 0)
		count("with presented products", len(call.PresentedSKUs) > 0)
		count("with tried-on products", len(call.TriedOnSKUs) > 0)
		count("with added products", len(call.AddedSKUs) > 0)
		count("with a checkout", call.CheckedOutValue != nil)
		count("rated on scale 10", call.Poll != nil && call.Poll.Scale == 10)
		count("rated on scale 2", call.Poll != nil && call.Poll.Scale == 2)
		count("of a known shopper", call.Shopper.FirstName != "")
		count("with customer tags", len(call.CustomerTags) > 0)
		count("with a tracking tag", call.TrackingTag != "")
		count("blocked", call.BlockedAt != nil)
		count("with a purchase", bought.Count > 0)
		count("with two purchases", bought.Count > 1)
		count("with two currencies", len(bought.Revenue) > 1)
	}
	// The list runs backwards: a shopper whose count is above what was counted
	// so far has earlier calls.
	for _, call := range c.List {
		visits[call.ClientID]--
		count("with a purchase, not the first of its shopper", c.Metrics[call.CallID].Purchases.Count > 0 && visits[call.ClientID] > 0)
	}
	return n
}

// edges counts objects that have something to follow.
func edges(t *testing.T, repo *repository.Repository) map[string]int {
	t.Helper()
	ctx, first := t.Context(), 250
	page := analytics.PageArgs{First: &first}
	n := map[string]int{}

	agents := must(repo.Agents(ctx, everything, "", page))(t).Nodes()
	n["agents with calls"] = parents(t, repo, repository.ByAgent, agents, func(a *analytics.Agent) repository.Parent { return repository.Parent{ID: a.AgentID} })
	queues := must(repo.Queues(ctx, everything, "", page))(t).Nodes()
	n["queues with calls"] = parents(t, repo, repository.ByQueue, queues, func(q *analytics.Queue) repository.Parent { return repository.Parent{ID: q.QueueID} })

	products := must(repo.Products(ctx, everything, "", page))(t).Nodes()
	family := func(p *analytics.Product) repository.Parent { return repository.Parent{ID: p.SKU, Values: p.SKUs} }
	n["products with calls"] = parents(t, repo, repository.ByProduct, products, family)
	var families []repository.Parent
	for _, p := range products {
		families = append(families, family(p))
	}
	for _, m := range must(repo.ProductMetrics(ctx, everything, families, nil))(t) {
		if m.Presented > 0 && m.Added > 0 && m.Purchases > 0 {
			n["products presented, added and bought"]++
		}
	}
	for _, count := range must(repo.CountLiveEventsByProduct(ctx, everything, families))(t) {
		n["products in live events"] += min(count, 1)
	}

	var subjects []string
	for _, e := range must(repo.LiveEvents(ctx, everything, nil, page))(t).Nodes() {
		n["live events"]++
		n["live events with products"] += min(len(e.SKUs), 1)
		subjects = append(subjects, analytics.LiveEventSubject(e.LiveEventID))
	}
	for subject, count := range must(repo.CountMessagesBySubject(ctx, everything, subjects, analytics.AllMessages))(t) {
		if count > 0 {
			n["messages of "+subject] = count
		}
	}
	for _, w := range must(repo.Workflows(ctx, everything, nil, page))(t).Nodes() {
		n["goals of "+w.WorkflowID] = len(w.Goals)
	}
	return n
}

// parents returns how many of the objects have calls.
func parents[T any](t *testing.T, repo *repository.Repository, kind repository.CallParent, objects []T, parent func(T) repository.Parent) int {
	t.Helper()
	var list []repository.Parent
	for _, o := range objects {
		list = append(list, parent(o))
	}
	n := 0
	for _, count := range must(repo.CountCallsByParent(t.Context(), everything, kind, list, analytics.CallFilter{}))(t) {
		n += min(count, 1)
	}
	return n
}

// must returns a function that gives the value, or ends the test for an error.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

// refusing is a store that takes the catalog and refuses one event.
type refusing struct{ id string }

func (s refusing) PutCatalog(_ context.Context, _ string, records []analytics.CatalogRecord) ([]repository.Outcome, error) {
	return make([]repository.Outcome, len(records)), nil
}

func (s refusing) Absorb(_ context.Context, _ string, events []analytics.Event) ([]repository.Outcome, error) {
	outcomes := make([]repository.Outcome, len(events))
	for i := range events {
		if events[i].SenderID() == s.id {
			outcomes[i].Err = analytics.Errorf(analytics.Conflict, "another start")
		}
	}
	return outcomes, nil
}

func TestLoadFails(t *testing.T) {
	t.Run("when the store refuses an event, and names it", func(t *testing.T) {
		err := demo.Load(t.Context(), refusing{id: "call-0001-03"}, nil)
		want := "load demo events: item 2: another start"
		if err == nil || err.Error() != want || analytics.CodeOf(err) != analytics.Conflict {
			t.Errorf("got %v, want %s", err, want)
		}
	})

	t.Run("when the context ends", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := demo.Load(ctx, refusing{}, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v, want context.Canceled", err)
		}
	})
}

// evening returns what a live event comes to.
func evening(t *testing.T, repo *repository.Repository, id string) map[string]int {
	t.Helper()
	read := func(phase analytics.LivePhase) *analytics.LiveReading {
		readings, err := repo.ReadLive(t.Context(), everything, phase, nil, []string{id})
		if err != nil {
			t.Fatal(err)
		}
		return readings[id]
	}
	prelive, live, replay := read(analytics.Prelive).Prelive(demo.Today), read(analytics.Live).Live(demo.Today), read(analytics.Replay).Replay(demo.Today)
	return map[string]int{
		"prelive, saw a widget":     prelive.AlertingFunnel.AudienceReach,
		"prelive, visitors":         prelive.AlertingFunnel.UniqueViewers,
		"prelive, opened the alert": prelive.AlertingFunnel.AlertingModal,
		"prelive, subscribed":       prelive.AlertingFunnel.AlertingValidation,
		"live, saw a widget":        live.ConversionFunnel.AudienceReach,
		"live, viewers":             live.ConversionFunnel.UniqueViewers,
		"live, at once":             live.Audience.MaxViewers,
		"live, engaged":             live.General.EngagementRate.Numerator,
		"live, clicked a product":   live.Business.ViewersProductClicks,
		"live, filled a cart":       live.Business.CartsCreatedRate.Numerator,
		"live, bought":              live.Business.PurchasesRate.Numerator,
		"live, currencies":          len(live.Business.TotalSales),
		"live, sources":             len(live.TrafficSources),
		"live, on a tablet":         live.Devices.Tablet.Numerator,
		"replay, saw a widget":      replay.ConversionFunnel.AudienceReach,
		"replay, viewers":           replay.ConversionFunnel.UniqueViewers,
		"replay, clicked a product": replay.Business.ViewersProductClicks,
		"replay, filled a cart":     replay.Business.CartsCreatedRate.Numerator,
		"replay, bought":            replay.Business.PurchasesRate.Numerator,
		"replay, currencies":        len(replay.Business.TotalSales),
		"live, products displayed":  len(live.Products) - others(live.Products),
	}
}

// others counts the products that were not displayed.
func others(products []analytics.LiveProductMetrics) (n int) {
	for _, p := range products {
		if p.Order == nil {
			n++
		}
	}
	return n
}
