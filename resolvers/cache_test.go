package resolvers

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// openCaching opens a repository on a new database that keeps references for an
// hour.
func openCaching(t testing.TB, onCommand func(string)) (repo *repository.Repository, uri, database string) {
	t.Helper()
	uri, database = repositorytest.Database(t)
	return repositorytest.OpenWith(t, repository.Options{
		URI: uri, Database: database, OnCommand: onCommand, CacheTTL: time.Hour, CacheBytes: 1 << 20,
	}), uri, database
}

// TestCommandsWarm holds how many database commands queries take once the cache
// holds what they refer to.
func TestCommandsWarm(t *testing.T) {
	var sent commandLog
	repo, uri, database := openCaching(t, sent.add)
	insert(t, uri, database, busyShop())
	countProducts(t, repo)
	handler := newHandler(repo, silent, balanced(t))
	const page = `{ calls(first: 25) { nodes { agent { name } queue { name } metrics { purchases } cart { version }
		products { product { name metrics { purchases } } } } } }`
	for _, tt := range []struct {
		name, query string
		cold, warm  int
	}{
		{"an agent", `{ agent(id: "agent-3") { name } }`, 1, 0},
		{"an agent that does not exist", `{ agent(id: "nobody") { name } }`, 1, 0},
		{"a product, a queue and a workflow", `{ product(id: "sku-7") { name } queue(id: "queue-1") { name } workflow(id: "workflow-1") { name } }`, 3, 0},
		{"25 calls with agent, queue, products, their metrics, those of the calls, and carts", page, 7, 4},
		{"25 calls with all edges", `{ calls(first: 25) { nodes { ` + allEdges + ` } } }`, 10, 7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			repo.Heard("")
			sent.take()
			cold := ask(t, handler, everything, tt.query, nil)
			if names := sent.take(); len(names) != tt.cold {
				t.Errorf("cold: %d commands, want %d: %s", len(names), tt.cold, strings.Join(names, " "))
			}
			warm := ask(t, handler, everything, tt.query, nil)
			if names := sent.take(); len(names) != tt.warm {
				t.Errorf("warm: %d commands, want %d: %s", len(names), tt.warm, strings.Join(names, " "))
			}
			if diff := cmp.Diff(cold, warm); diff != "" {
				t.Errorf("the warm answer is another (-cold +warm):\n%s", diff)
			}
		})
	}
}

func TestNoCacheGoesRoundTheCache(t *testing.T) {
	var sent commandLog
	repo, uri, database := openCaching(t, sent.add)
	insert(t, uri, database, busyShop())
	handler := newHandler(repo, silent, balanced(t))
	for _, tt := range []struct {
		header   string
		commands int
	}{
		{"", 1}, {"", 0}, {"no-cache", 1}, {"max-age=0, No-Cache", 1}, {"max-age=0", 0}, {"", 0},
	} {
		sent.take()
		body, err := json.Marshal(map[string]any{"query": `{ agent(id: "agent-3") { name } }`})
		if err != nil {
			t.Fatal(err)
		}
		request := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Cache-Control", tt.header)
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request.WithContext(auth.With(request.Context(), everything)))
		if got, want := recorder.Body.String(), `{"data":{"agent":{"name":"agent-3"}}}`; strings.TrimSpace(got) != want {
			t.Errorf("%q: %s", tt.header, got)
		}
		if names := sent.take(); len(names) != tt.commands {
			t.Errorf("%q: %d commands, want %d", tt.header, len(names), tt.commands)
		}
	}
}

// TestCachedDocumentsAreNeverChanged asks all queries of testdata at once, again
// and again, and then compares what the cache holds with the database. The race
// detector sees whoever writes to a document that others read.
func TestCachedDocumentsAreNeverChanged(t *testing.T) {
	repo, _, _ := openCaching(t, nil)
	openShop(t, repo)
	handler := newHandler(repo, silent, balanced(t))
	files, err := filepath.Glob("testdata/*/*.graphql")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for at := range 4 {
		all.Go(func() {
			for i := range files {
				file := files[(i+at*len(files)/4)%len(files)]
				query := read(t, file)
				if by := askedBy(t, query); by != nil && !strings.Contains(query, "mutation") && !strings.Contains(query, "subscription") {
					ask(t, handler, by, query, variablesOf(t, strings.TrimSuffix(file, ".graphql")))
				}
			}
		})
	}
	all.Wait()

	reach := analytics.Reach{Org: "acme"}
	cached := repo.Cached(false)
	same(t, repo, "agents", idsOf(t, "agent"), within(reach, cached.AgentsByID), within(reach, repo.AgentsByID))
	same(t, repo, "queues", idsOf(t, "queue"), within(reach, cached.QueuesByID), within(reach, repo.QueuesByID))
	same(t, repo, "products", idsOf(t, "product"), within(reach, cached.ProductsBySKU), within(reach, repo.ProductsBySKU))
	same(t, repo, "live events", idsOf(t, "live_event"), within(reach, cached.LiveEventsByID), within(reach, repo.LiveEventsByID))
	same(t, repo, "workflows", idsOf(t, "workflow"), within(reach, cached.WorkflowsByID), within(reach, repo.WorkflowsByID))
}

// idsOf returns the ids, or SKUs, of the records of a kind that the test shop's
// catalog has.
func idsOf(t *testing.T, kind string) (ids []string) {
	t.Helper()
	type record struct{ Kind, ID, SKU string }
	for _, r := range lines(t, "testdata/shop/acme.catalog.ndjson", func(line []byte) (r record, err error) {
		return r, json.Unmarshal(line, &r)
	}) {
		if r.Kind == kind {
			ids = append(ids, r.ID+r.SKU)
		}
	}
	return ids
}

// same compares what the cache holds of some ids, at least one of them, with what
// the database does.
func same[T any](t *testing.T, repo *repository.Repository, kind string, ids []string, cached, stored func(context.Context, []string) (map[string]*T, error)) {
	t.Helper()
	hits := repo.CacheStats().Hits
	got, err := cached(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	if repo.CacheStats().Hits == hits {
		t.Errorf("none of the %d %s were in the cache", len(ids), kind)
	}
	want, err := stored(t.Context(), ids)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-stored +cached):\n%s", kind, diff)
	}
}
