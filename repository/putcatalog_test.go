package repository_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

func record(t testing.TB, raw string) analytics.CatalogRecord {
	t.Helper()
	r, err := analytics.ParseCatalogRecord([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestPlaceholdersAndRecords(t *testing.T) {
	t.Run("every SKU means exactly one product, whoever comes first", func(t *testing.T) {
		uri, database := repositorytest.Database(t)
		const products = 12
		org := freshOrg()
		var writers sync.WaitGroup
		for w := range 4 {
			repo := repositorytest.OpenAt(t, uri, database, nil)
			writers.Go(func() {
				for p := range products {
					presented := event(t, fmt.Sprintf("%d-%d", w, p), "product_presented", day,
						object{"visitorId": "v", "callId": "c", "data": object{"sku": fmt.Sprintf("size-%d", p)}})
					if _, err := repo.Absorb(t.Context(), org, []analytics.Event{presented}); err != nil {
						t.Error(err)
					}
				}
			})
			writers.Go(func() {
				for p := range products {
					brought := record(t, fmt.Sprintf(`{"kind":"product","sku":"p-%d","name":"P","variations":[{"sku":"v-%d","sizes":[{"sku":"size-%d"}]}]}`, p, p, p))
					if _, err := repo.PutCatalog(t.Context(), org, []analytics.CatalogRecord{brought}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		writers.Wait()
		repo := repositorytest.OpenAt(t, uri, database, nil)
		stored := all(t, repo, "products", org, func(p *analytics.Product) string { return p.SKU })
		for sku, p := range stored {
			if p.Origin != analytics.FromCatalog {
				t.Errorf("placeholder %s is left", sku)
			}
		}
		if len(stored) != products {
			t.Errorf("%d products are stored, want %d", len(stored), products)
		}
	})

	t.Run("a name that an import gives stands until the record comes", func(t *testing.T) {
		repo := repositorytest.Open(t, nil)
		org := freshOrg()
		name := func() [2]string {
			agents := all(t, repo, "agents", org, func(a *analytics.Agent) string { return a.AgentID })
			return [2]string{agents["grace"].Name, string(agents["grace"].Origin)}
		}
		var got [][2]string
		for _, step := range []func(){
			func() { absorb(t, repo, org, importedRow(t, "c1", "v", 0, "")) },
			func() { absorb(t, repo, org, importedRow(t, "c2", "v", 0, "Grace H")) },
			func() { absorb(t, repo, org, importedRow(t, "c3", "v", 0, "Someone")) },
			func() {
				if _, err := repo.PutCatalog(t.Context(), org, []analytics.CatalogRecord{record(t, `{"kind":"agent","id":"grace","name":"Grace Hopper"}`)}); err != nil {
					t.Fatal(err)
				}
			},
			func() { absorb(t, repo, org, importedRow(t, "c4", "v", 0, "Grace H")) },
		} {
			step()
			got = append(got, name())
		}
		want := [][2]string{{"grace", "seen"}, {"Grace H", "seen"}, {"Grace H", "seen"}, {"Grace Hopper", "catalog"}, {"Grace Hopper", "catalog"}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestReplacingARecord(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	put := func(raw ...string) {
		t.Helper()
		records := make([]analytics.CatalogRecord, len(raw))
		for i := range raw {
			records[i] = record(t, raw[i])
		}
		outcomes, err := repo.PutCatalog(t.Context(), org, records)
		if err != nil {
			t.Fatal(err)
		}
		for _, outcome := range outcomes {
			if outcome.Err != nil || outcome.Status != repository.Accepted {
				t.Fatal(outcome)
			}
		}
	}
	put(`{"kind":"live_event","id":"l","name":"Spring","description":"old","startedAt":"2026-03-01T10:00:00Z"}`,
		`{"kind":"workflow","id":"w","name":"Greeter","type":"interaction"}`)
	absorb(t, repo, org,
		event(t, "1", "product_displayed", day, object{"visitorId": "v", "liveEventId": "l", "data": object{"sku": "x"}}),
		event(t, "2", "goal_triggered", day, object{"visitorId": "v", "workflowId": "w", "data": object{"uid": "g"}}),
		event(t, "3", "goal_triggered", day, object{"visitorId": "v", "workflowId": "w", "data": object{"uid": "g", "name": "Bought"}}),
	)
	put(`{"kind":"live_event","id":"l","name":"Spring"}`, `{"kind":"live_event","id":"l","name":"Summer"}`,
		`{"kind":"workflow","id":"w","name":"Greeter 2","type":"chat"}`)
	liveEvents := all(t, repo, "live_events", org, func(e *analytics.LiveEvent) string { return e.LiveEventID })
	workflows := all(t, repo, "workflows", org, func(w *analytics.Workflow) string { return w.WorkflowID })

	t.Run("takes away what it no longer has, and leaves what events added", func(t *testing.T) {
		want := &analytics.LiveEvent{Key: org + "/l", Org: org, LiveEventID: "l", Name: "Summer", SKUs: []string{"x"}}
		if diff := cmp.Diff(want, liveEvents["l"]); diff != "" {
			t.Error(diff)
		}
		wantWorkflow := &analytics.Workflow{Key: org + "/w", Org: org, WorkflowID: "w", Name: "Greeter 2", NameKey: "greeter 2", Type: analytics.ChatWorkflow,
			Goals: []analytics.Goal{{UID: "g", Name: "Bought"}, {UID: "g", Name: "g"}}}
		if diff := cmp.Diff(wantWorkflow, workflows["w"]); diff != "" {
			t.Error(diff)
		}
	})
}
