package repository_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// gateways are two repositories with caches on one database, and one of somebody
// else, who writes without a word.
type gateways struct {
	caching [2]*repository.Repository
	outside *repository.Repository
	clock   atomic.Pointer[time.Time]
}

const cacheTTL = 5 * time.Second

// openGateways opens them; with notices each tells the other at once what changed.
func openGateways(t testing.TB, notices bool) *gateways {
	t.Helper()
	uri, database := repositorytest.Database(t)
	g := &gateways{outside: repositorytest.OpenAt(t, uri, database, nil)}
	g.clock.Store(&noon)
	for i := range g.caching {
		g.caching[i] = repositorytest.OpenWith(t, repository.Options{
			URI: uri, Database: database, CacheTTL: cacheTTL, CacheBytes: 1 << 20,
			Now: func() time.Time { return *g.clock.Load() },
		})
	}
	if notices {
		for i, r := range g.caching {
			r.Announce(func(topic string, _ int64) { g.caching[1-i].Heard(topic) })
		}
	}
	return g
}

// finders find documents by key.
type finders interface {
	AgentsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Agent, error)
	QueuesByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Queue, error)
	ProductsBySKU(ctx context.Context, reach analytics.Reach, skus []string) (map[string]*analytics.Product, error)
	LiveEventsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.LiveEvent, error)
	WorkflowsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Workflow, error)
}

// cachedIDs are the ids that the tests ask for, of each kind.
var cachedIDs = []string{"1", "2", "3"}

// shownBy returns what finders find under each kind and id, as JSON; "null" for
// nothing.
func shownBy(t rapid.TB, f finders, org string) map[string]string {
	t.Helper()
	shown := map[string]string{}
	reach := analytics.Reach{Org: org}
	show(t, shown, "agent", reach, f.AgentsByID)
	show(t, shown, "queue", reach, f.QueuesByID)
	show(t, shown, "product", reach, f.ProductsBySKU)
	show(t, shown, "live event", reach, f.LiveEventsByID)
	show(t, shown, "workflow", reach, f.WorkflowsByID)
	return shown
}

func show[T any](t rapid.TB, shown map[string]string, kind string, reach analytics.Reach, find func(context.Context, analytics.Reach, []string) (map[string]*T, error)) {
	t.Helper()
	found, err := find(context.Background(), reach, cachedIDs)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range cachedIDs {
		text, err := json.Marshal(found[id])
		if err != nil {
			t.Fatal(err)
		}
		shown[kind+" "+id] = string(text)
	}
}

// truth is what the database held after a write.
type truth struct {
	at    time.Time
	by    int // the gateway that wrote, 2 for somebody outside
	shown map[string]string
}

// change makes one of all the changes that there are of reference documents.
func change(t *rapid.T, repo *repository.Repository, org string, step int, now time.Time) {
	ctx := context.Background()
	id, other := rapid.SampledFrom(cachedIDs).Draw(t, "id"), rapid.SampledFrom(cachedIDs).Draw(t, "other")
	name := fmt.Sprint("name ", step)
	put := func(format string, args ...any) {
		r, err := analytics.ParseCatalogRecord(fmt.Appendf(nil, format, args...))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := repo.PutCatalog(ctx, org, []analytics.CatalogRecord{r}); err != nil {
			t.Fatal(err)
		}
	}
	absorb := func(kind string, fields object) {
		e := event(t, fmt.Sprint("e", step), kind, now, fields)
		if _, err := repo.Absorb(ctx, org, []analytics.Event{e}); err != nil { // one that is refused changes nothing
			t.Fatal(err)
		}
	}
	switch rapid.IntRange(0, 8).Draw(t, "change") {
	case 0:
		put(`{"kind":"agent","id":%q,"name":%q}`, id, name)
	case 1:
		put(`{"kind":"queue","id":%q,"name":%q}`, id, name)
	case 2: // the other SKU comes to mean the product, or does so no more
		put(`{"kind":"product","sku":%q,"name":%q,"variations":[{"sku":%q}]}`, "p"+id, name, other)
	case 3:
		put(`{"kind":"live_event","id":%q,"name":%q,"startedAt":%q}`, id, name, now.Add(-time.Minute).Format(time.RFC3339))
	case 4:
		put(`{"kind":"workflow","id":%q,"name":%q,"type":"interaction"}`, id, name)
	case 5: // placeholders
		absorb("product_presented", object{"visitorId": "v", "callId": "c" + name, "data": object{"sku": other}})
	case 6:
		absorb("product_displayed", object{"visitorId": "v", "liveEventId": id, "data": object{"sku": fmt.Sprint("shown ", step)}})
	case 7:
		absorb("goal_triggered", object{"visitorId": "v", "workflowId": id, "data": object{"uid": "u", "name": name}})
	case 8:
		_, err := repo.ResetLiveEvent(ctx, analytics.Reach{Org: org}, id, now)
		if code := analytics.CodeOf(err); err != nil && code != analytics.NotFound && code != analytics.Conflict {
			t.Fatal(err)
		}
	}
}

func TestNoReadIsOlderThanThePromise(t *testing.T) {
	for name, notices := range map[string]bool{"with notices": true, "without": false} {
		t.Run(name, func(t *testing.T) {
			g := openGateways(t, notices)
			rapid.Check(t, func(t *rapid.T) {
				org := freshOrg()
				history := []truth{{at: noon, by: 2, shown: shownBy(t, g.outside, org)}}
				now := noon
				g.clock.Store(&now)
				for step := range 20 {
					switch rapid.SampledFrom([]string{"write", "read", "read", "wait"}).Draw(t, "step") {
					case "write":
						by := rapid.IntRange(0, 2).Draw(t, "gateway")
						change(t, [...]*repository.Repository{g.caching[0], g.caching[1], g.outside}[by], org, step, now)
						history = append(history, truth{now, by, shownBy(t, g.outside, org)})
					case "wait":
						later := now.Add(time.Duration(rapid.IntRange(1, 6000).Draw(t, "milliseconds")) * time.Millisecond)
						now = later
						g.clock.Store(&later)
					case "read":
						by := rapid.IntRange(0, 1).Draw(t, "gateway")
						fresh := rapid.IntRange(0, 4).Draw(t, "fresh") == 0
						for key, got := range shownBy(t, g.caching[by].Cached(fresh), org) {
							oldest := 0
							for i, h := range history {
								changed := i > 0 && h.shown[key] != history[i-1].shown[key]
								if fresh || !h.at.After(now.Add(-cacheTTL)) || changed && (h.by == by || h.by < 2 && notices) {
									oldest = i
								}
							}
							if !slices.ContainsFunc(history[oldest:], func(h truth) bool { return h.shown[key] == got }) {
								t.Fatalf("gateway %d shows %s as %s; it should be, or have been lately, %s", by, key, got, history[oldest].shown[key])
							}
						}
					}
				}
			})
		})
	}
}

func TestAProductThatLosesASKUIsShownUnderItNoMore(t *testing.T) {
	g := openGateways(t, true)
	org := freshOrg()
	for _, sku := range []string{"1", "2"} {
		for _, writer := range g.caching {
			r := record(t, fmt.Sprintf(`{"kind":"product","sku":"p","name":"P","variations":[{"sku":%q}]}`, sku))
			if _, err := writer.PutCatalog(t.Context(), org, []analytics.CatalogRecord{r}); err != nil {
				t.Fatal(err)
			}
			want := shownBy(t, g.outside, org)
			for i, repo := range g.caching {
				if diff := cmp.Diff(want, shownBy(t, repo.Cached(false), org)); diff != "" {
					t.Errorf("gateway %d, SKU %s (-stored +shown):\n%s", i, sku, diff)
				}
			}
		}
	}
}

func TestWhoWritesReadsItAtOnce(t *testing.T) {
	g := openGateways(t, true)
	org, reach := freshOrg(), analytics.Reach{}
	reach.Org = org
	var written atomic.Int64
	var all sync.WaitGroup
	done := make(chan struct{})
	for _, repo := range g.caching {
		for range 4 {
			all.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
					}
					least := written.Load()
					found, err := repo.Cached(false).AgentsByID(context.Background(), reach, []string{"a"})
					if err != nil {
						t.Error(err)
						return
					}
					var version int64
					if a := found["a"]; a != nil {
						_, _ = fmt.Sscan(a.Name, &version)
					}
					if version < least {
						t.Errorf("version %d is shown after version %d was written", version, least)
						return
					}
				}
			})
		}
	}
	for version := int64(1); version <= 200; version++ {
		r := record(t, fmt.Sprintf(`{"kind":"agent","id":"a","name":"%d"}`, version))
		if _, err := g.caching[version%2].PutCatalog(t.Context(), org, []analytics.CatalogRecord{r}); err != nil {
			t.Fatal(err)
		}
		written.Store(version)
	}
	close(done)
	all.Wait()
}

func TestCachedFindersKeepOrganizationsApart(t *testing.T) {
	g := openGateways(t, false)
	repo := g.caching[0]
	ours, theirs := freshOrg(), freshOrg()
	insert(t, repo, "agents", anAgent(ours, "1", "Ada"), anAgent(theirs, "1", "Bob"), anAgent(theirs, "2", "Cleo"))
	names := func(reach analytics.Reach) map[string]string {
		found, err := repo.Cached(false).AgentsByID(t.Context(), reach, []string{"1", "2"})
		if err != nil {
			t.Fatal(err)
		}
		names := map[string]string{}
		for id, agent := range found {
			names[id] = agent.Name
		}
		return names
	}
	for range 2 {
		for _, tt := range []struct {
			reach analytics.Reach
			want  map[string]string
		}{
			{analytics.Reach{Org: theirs}, map[string]string{"1": "Bob", "2": "Cleo"}},
			{analytics.Reach{Org: ours}, map[string]string{"1": "Ada"}},
			{analytics.Reach{Org: ours, Agent: "7"}, map[string]string{"1": "Ada"}}, // as without a cache
			{analytics.Reach{}, map[string]string{}},
		} {
			if diff := cmp.Diff(tt.want, names(tt.reach)); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", tt.reach, diff)
			}
		}
	}
}

func TestHeard(t *testing.T) {
	g := openGateways(t, false)
	repo, org := g.caching[0], freshOrg()
	misses := func() uint64 {
		before := repo.CacheStats().Misses
		shownBy(t, repo.Cached(false), org)
		return repo.CacheStats().Misses - before
	}
	misses()
	for _, tt := range []struct {
		topic string
		want  uint64
	}{
		{analytics.ReferenceTopic("agents", org, "1"), 1},
		{analytics.ReferenceTopic("products", org, ""), 3},
		{analytics.ReferenceTopic("agents", freshOrg(), "1"), 0},
		{analytics.ReferenceTopic("calls", org, "1"), 0},
		{analytics.CartTopic(org, "1"), 0},
		{"reference/", 0},
		{"reference/agents", 0},
		{"", 15},
	} {
		repo.Heard(tt.topic)
		if got := misses(); got != tt.want {
			t.Errorf("%q: %d documents were dropped, want %d", tt.topic, got, tt.want)
		}
	}
}
