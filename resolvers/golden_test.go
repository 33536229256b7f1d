package resolvers

import (
	"bufio"
	"bytes"
	"encoding/json"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/ingest"
	"cartograph/live"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// received is when the test shop's events came in: some days after the last.
var received = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)

// TestGolden asks every query of testdata as whoever its header names, and
// compares the whole answer with the file beside it. Each folder has a database
// of its own with the shop of testdata/shop in it, and what its own files
// ORG.webhooks.ndjson, ORG.catalog.ndjson, ORG.exports.ndjson and ORG.events.ndjson add to it; its queries are asked in the
// order of their names. The header is made of comment lines:
//
//	# scopes: calls:read, pii:read    all of them if left out
//	# org: globex                     acme if left out
//	# agent: ada                      limited to the agent's calls
//	# call: c3                        the shopper's page of the call
//	# demo                            an open demo
//	# nobody                          no token
//	# now: 2026-03-06T10:00:00Z       the present; that of the machine if left out
//
// Variables stand in a file of the query's name that ends in .variables.json.
func TestGolden(t *testing.T) {
	queries, err := filepath.Glob("testdata/*/*.graphql")
	if err != nil || len(queries) == 0 {
		t.Fatalf("no queries in testdata: %v", err)
	}
	byFolder := map[string][]string{}
	for _, query := range queries {
		folder := filepath.Dir(query)
		byFolder[folder] = append(byFolder[folder], query)
	}
	for folder, queries := range byFolder {
		t.Run(filepath.Base(folder), func(t *testing.T) {
			repo := repositorytest.Open(t, nil)
			openShop(t, repo)
			takeIn(t, repo, folder)
			var now time.Time
			handler := newServer(repo, new(live.Broker), analytics.WebhookPolicy{}, silent, DefaultOptions(), func() time.Time { return now }, balanced(t))
			for _, file := range queries {
				name := strings.TrimSuffix(file, ".graphql")
				t.Run(strings.ReplaceAll(filepath.Base(name), "_", " "), func(t *testing.T) {
					query := read(t, file)
					now = askedAt(t, query)
					got := indented(t, ask(t, handler, askedBy(t, query), query, variablesOf(t, name)))
					compare(t, name+".golden.json", got)
				})
			}
		})
	}
}

// headerOf yields the lines of a query's header as keys and values.
func headerOf(query string) iter.Seq2[string, string] {
	return func(yield func(key, value string) bool) {
		for line := range strings.Lines(query) {
			comment, ok := strings.CutPrefix(line, "#")
			if !ok {
				return
			}
			key, value, _ := strings.Cut(strings.TrimSpace(comment), ": ")
			if !yield(key, value) {
				return
			}
		}
	}
}

// askedAt returns the present that a query's header names.
func askedAt(t *testing.T, query string) time.Time {
	t.Helper()
	for key, value := range headerOf(query) {
		if key != "now" {
			continue
		}
		now, err := time.Parse(time.RFC3339, value)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	return time.Now()
}

// askedBy returns the principal that a query's header names; nil for nobody.
func askedBy(t *testing.T, query string) *auth.Principal {
	t.Helper()
	p := &auth.Principal{Org: "acme", Scopes: auth.AllScopes}
	for key, value := range headerOf(query) {
		switch key {
		case "nobody":
			return nil
		case "demo":
			p.Demo = true
		case "org":
			p.Org = value
		case "call":
			p.Call = value
		case "agent":
			p.Agent = value
		case "scopes":
			scopes, err := auth.ParseScopes(value, "")
			if err != nil {
				t.Fatal(err)
			}
			p.Scopes = scopes
		}
	}
	return p
}

func variablesOf(t *testing.T, name string) (variables map[string]any) {
	t.Helper()
	text, err := os.ReadFile(name + ".variables.json")
	if os.IsNotExist(err) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(text, &variables)
	}
	if err != nil {
		t.Fatal(err)
	}
	return variables
}

// compare compares text with a golden file, or writes it.
func compare(t *testing.T, golden, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(read(t, golden), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

func indented(t *testing.T, v any) string {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// openShop takes in the test shop: two organizations that share ids.
func openShop(t *testing.T, repo *repository.Repository) {
	t.Helper()
	takeIn(t, repo, "testdata/shop")
	calls, err := os.Open("testdata/shop/acme.calls.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer calls.Close()
	summary, err := ingest.ImportCalls(t.Context(), repo, "acme", calls, ingest.ImportOptions{})
	if diff := cmp.Diff(ingest.Summary{Rows: 1, New: 1}, summary); diff != "" || err != nil {
		t.Fatalf("import of calls: %v (-want +got):\n%s", err, diff)
	}
}

// takeIn takes in the records and events that a folder holds for the test shop's
// organizations.
func takeIn(t *testing.T, repo *repository.Repository, folder string) {
	t.Helper()
	for _, org := range []string{"acme", "globex"} {
		for _, endpoint := range lines(t, filepath.Join(folder, org+".webhooks.ndjson"), parseEndpoint) {
			if err := repo.CreateWebhookEndpoint(t.Context(), analytics.Reach{Org: org}, endpoint); err != nil {
				t.Fatal(err)
			}
		}
		if records := lines(t, filepath.Join(folder, org+".catalog.ndjson"), analytics.ParseCatalogRecord); len(records) > 0 {
			outcomes, err := repo.PutCatalog(t.Context(), org, records)
			accepted(t, outcomes, err)
		}
		for _, export := range lines(t, filepath.Join(folder, org+".exports.ndjson"), parseExport) {
			if err := repo.CreateExport(t.Context(), analytics.Reach{Org: org}, export); err != nil {
				t.Fatal(err)
			}
		}
		events := lines(t, filepath.Join(folder, org+".events.ndjson"), func(line []byte) (analytics.Event, error) {
			return analytics.ParseEvent(line, received)
		})
		if len(events) > 0 {
			outcomes, err := repo.Absorb(t.Context(), org, events)
			accepted(t, outcomes, err)
		}
	}
}

// parseEndpoint reads an endpoint by the names of its fields.
func parseEndpoint(line []byte) (*analytics.WebhookEndpoint, error) {
	endpoint := new(analytics.WebhookEndpoint)
	return endpoint, json.Unmarshal(line, endpoint)
}

// parseExport reads an export by the names of its fields.
func parseExport(line []byte) (*analytics.Export, error) {
	export := new(analytics.Export)
	return export, json.Unmarshal(line, export)
}

func accepted(t *testing.T, outcomes []repository.Outcome, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	for i, outcome := range outcomes {
		if outcome.Err != nil {
			t.Fatalf("%d: %v", i, outcome.Err)
		}
	}
}

// lines reads what each line of a file holds; a file that is not there holds
// none.
func lines[T any](t *testing.T, file string, parse func([]byte) (T, error)) []T {
	t.Helper()
	var list []T
	if _, err := os.Stat(file); os.IsNotExist(err) {
		return nil
	}
	scanner := bufio.NewScanner(strings.NewReader(read(t, file)))
	for scanner.Scan() {
		item, err := parse(scanner.Bytes())
		if err != nil {
			t.Fatalf("%s: %v: %s", file, err, scanner.Text())
		}
		list = append(list, item)
	}
	return list
}
