package resolvers

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/repository/repositorytest"
)

// openEvenings is a gateway with the live events of testdata/liveMetrics, of
// which one is running, and the commands it sends.
func openEvenings(t *testing.T) (*world, *commandLog) {
	t.Helper()
	uri, database := repositorytest.Database(t)
	sent := new(commandLog)
	repo := repositorytest.OpenAt(t, uri, database, sent.add)
	openShop(t, repo)
	takeIn(t, repo, "testdata/liveMetrics")
	sent.take()
	return worldOf(t, repo), sent
}

// put stores a reference record.
func (w *world) put(record string) {
	w.t.Helper()
	parsed, err := analytics.ParseCatalogRecord([]byte(record))
	if err != nil {
		w.t.Fatal(err)
	}
	outcomes, err := w.repo.PutCatalog(w.t.Context(), "acme", []analytics.CatalogRecord{parsed})
	accepted(w.t, outcomes, err)
}

func TestTheMetricsOfABroadcastAreWatchedUntilItEnds(t *testing.T) {
	w, _ := openEvenings(t)
	watched := w.watch(everything, `subscription { liveMetrics(liveEventId: "LiveEvent:running", every: 1) {
		general { likes } audience { uniqueViewers } products { order product { name } } } }`)
	watched.shows(`{"liveMetrics":{"general":{"likes":2},"audience":{"uniqueViewers":1},"products":[{"order":1,"product":{"name":"Boot"}}]}}`)
	w.absorb(`{"id":"x1","type":"liked","at":"2026-03-09T20:10:00Z","visitorId":"sam","sessionId":"z1","liveEventId":"running","data":{"count":3}}`)
	watched.shows(`{"liveMetrics":{"general":{"likes":5},"audience":{"uniqueViewers":1},"products":[{"order":1,"product":{"name":"Boot"}}]}}`)

	w.put(`{"kind":"live_event","id":"running","name":"Running","startedAt":"2026-03-09T20:00:00Z","endedAt":"2026-03-09T20:05:00Z"}`)
	watched.shows(`{"liveMetrics":{"general":{"likes":2},"audience":{"uniqueViewers":1},"products":[{"order":1,"product":{"name":"Boot"}}]}}`, "the end")

	over := w.watch(everything, `subscription { liveMetrics(liveEventId: "running") { general { liveDuration } evolution(granularity: DAY, timeZone: "Europe/Paris") { viewers } } }`)
	over.shows(`{"liveMetrics":{"general":{"liveDuration":300},"evolution":[{"viewers":1}]}}`, "the end")
}

func TestTheMetricsOfABroadcastAreComputedOnceForAllWhoWatch(t *testing.T) {
	one, hundred := commandsToWatch(t, 1), commandsToWatch(t, 100)
	if len(one) == 0 || !slices.Equal(one, hundred) {
		t.Errorf("one who watches takes %v, a hundred take %v", one, hundred)
	}
}

// commandsToWatch returns the commands it takes until some who watch a
// broadcast, by different scopes and selections, have its first metrics.
func commandsToWatch(t *testing.T, viewers int) []string {
	w, sent := openEvenings(t)
	readers := []*auth.Principal{everything, {Org: "acme", Scopes: auth.Scopes{auth.EventsRead}}}
	var all []*stream
	for i := range viewers {
		query := fmt.Sprintf(`subscription { liveMetrics(liveEventId: "running", every: 60) { general { alias%d: likes } } }`, i%7)
		all = append(all, w.watch(readers[i%2], query))
	}
	for i, s := range all {
		s.shows(fmt.Sprintf(`{"liveMetrics":{"general":{"alias%d":2}}}`, i%7))
	}
	return sent.take()
}

// fold folds what is pending, as a gateway does in the background: readers fold
// it on the way until then, which takes commands of its own.
func (w *world) fold() {
	w.t.Helper()
	for folded := 1; folded > 0; {
		var err error
		if folded, err = w.repo.FoldLive(w.t.Context(), 0, time.Now()); err != nil {
			w.t.Fatal(err)
		}
	}
}

// TestCommandsOfLiveEvents holds that live events take as many commands as their
// query has phases and links, however many they are and whatever is selected
// below a phase.
func TestCommandsOfLiveEvents(t *testing.T) {
	const (
		rows     = 40
		phase    = `audience { averageSession } devices { mobile { value } } trafficSources { source } conversionFunnel { purchases } business { totalSales { amount } }`
		steps    = `evolution(granularity: HOUR) { viewers }`
		period   = `(period: {start: "2026-01-01T00:00:07Z", end: "2026-03-01T00:00:07Z"})`
		products = `products { order appearances { start } product { name } metrics { clicks sales { amount } } }`
	)
	w, sent := openEvenings(t)
	for i := range rows {
		id := fmt.Sprintf("show-%02d", i)
		w.put(fmt.Sprintf(`{"kind":"live_event","id":%q,"name":"Show","startedAt":"2026-03-01T10:%02d:00Z","endedAt":"2026-03-01T11:%02d:00Z"}`, id, i, i))
		w.put(fmt.Sprintf(`{"kind":"interaction","id":"poll-%02d","liveEventId":%q,"type":"poll","question":"Which?","options":["this","that"]}`, i, id))
		w.absorb(
			fmt.Sprintf(`{"id":"%s-1","type":"session_started","at":"2026-02-28T10:00:00Z","visitorId":"v%d","sessionId":"%s-s","liveEventId":%q,"data":{"device":"mobile"}}`, id, i, id, id),
			fmt.Sprintf(`{"id":"%s-2","type":"product_displayed","at":"2026-03-01T10:45:00Z","visitorId":"studio","liveEventId":%q,"data":{"sku":"lip-red"}}`, id, id),
			fmt.Sprintf(`{"id":"%s-3","type":"product_clicked","at":"2026-03-01T10:46:00Z","visitorId":"v%d","sessionId":"%s-s","liveEventId":%q,"data":{"sku":"lip-red-s"}}`, id, i, id, id))
	}
	w.fold()
	commands := func(query string) []string {
		t.Helper()
		for range 2 { // who reads folded buckets first counts them for all others
			sent.take()
			if answer := ask(t, newHandler(w.repo, silent, balanced(t)), everything, query, nil); answer["errors"] != nil {
				t.Fatalf("%s: %v", query, answer["errors"])
			}
		}
		return sent.take()
	}
	events := func(first int, selection string) []string {
		return commands(fmt.Sprintf(`{ liveEvents(first: %d, period: {start: "2026-03-01T00:00:00Z", end: "2026-03-02T00:00:00Z"}) { nodes { %s } } }`, first, selection))
	}

	list := len(events(1, `id`))
	live := len(events(1, `live { general { likes } }`)) - list
	replay := len(events(1, `replay`+period+` { audience { shares } }`)) - list
	interactions := len(events(1, `interactions { id statistics { ... on PollStatistics { answers } } }`)) - list
	const (
		figures = 1 // of all whole phases
		view    = 5 // of live events, and whether it stayed as it was
		meant   = 1 // which products SKUs mean
		shown   = 1 // these products
	)
	if live != view+figures {
		t.Errorf("a phase takes %d commands", live)
	}
	for _, tt := range []struct {
		name, selection string
		more            int
	}{
		{"one phase", `live { general { likes } }`, live},
		{"one phase with everything below it", `live { general { messages engagementRate { value } } satisfaction { comments } ` + phase + steps + ` }`, live},
		{"one phase with its products", `live { ` + products + ` }`, live + meant + shown},
		{"one phase under two names", `live { general { likes } } broadcast: live { general { likes } }`, live},
		{"a period under two names", `a: replay` + period + ` { audience { shares } } b: replay` + period + ` { ` + phase + ` }`, replay},
		{"three phases with their products", `prelive { audience { shares } ` + products + steps + ` } live { ` + phase + products + ` } replay` + period + ` { ` + phase + products + steps + ` }`, figures + replay + meant + shown},
		{"three phases without", `prelive { audience { shares } } live { general { likes } } replay` + period + ` { audience { shares } }`, figures + replay},
		{"interactions with their statistics", `interactions { id question statistics { ... on PollStatistics { answers options { share { value } } } } }`, interactions},
	} {
		for _, first := range []int{1, rows} {
			if got := events(first, tt.selection); len(got) != list+tt.more {
				t.Errorf("%s of %d live events takes %d commands, want %d: %v", tt.name, first, len(got), list+tt.more, got)
			}
		}
	}

	product := func(first int, selection string) []string {
		return commands(fmt.Sprintf(`{ product(id: "lip") { liveEvents(first: %d) { edges { %s } } } }`, first, selection))
	}
	edges := len(product(1, `node { id }`))
	for _, first := range []int{1, rows} {
		got := product(first, `node { id live { general { likes } } } live { metrics { clicks } product { name } } prelive { metrics { clicks } } replay`+period+` { metrics { clicks } }`)
		if want := edges + figures + replay + meant; len(got) != want {
			t.Errorf("a product in %d live events takes %d commands, want %d: %v", first, len(got), want, got)
		}
	}
}
