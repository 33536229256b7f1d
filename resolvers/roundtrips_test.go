package resolvers

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cartograph/auth"
	"cartograph/demo"
	"cartograph/repository/repositorytest"
)

// TestRoundTrips holds the table of docs/performance.md: how many database
// commands each documented operation takes on the demo data once its figures are
// folded. -update writes it.
func TestRoundTrips(t *testing.T) {
	if testing.Short() {
		t.Skip("loads the demo data to count commands")
	}
	uri, database := repositorytest.Database(t)
	var sent commandLog
	repo := repositorytest.OpenAt(t, uri, database, sent.add)
	if err := demo.Load(t.Context(), repo, nil); err != nil {
		t.Fatal(err)
	}
	now := time.Now().Add(time.Hour) // nothing is too new to be folded
	for _, fold := range []func() (int, error){
		func() (int, error) { return repo.FoldLive(t.Context(), 0, now) },
		func() (int, error) { return repo.FoldWorkflows(t.Context(), now) },
		func() (int, error) { return repo.FoldProducts(t.Context(), now) },
		func() (int, error) { return repo.FoldCallDays(t.Context(), 0, now) },
	} {
		for left := 1; left > 0; {
			var err error
			if left, err = fold(); err != nil {
				t.Fatal(err)
			}
		}
	}
	handler := newHandler(repo, silent, balanced(t))
	all := &auth.Principal{Org: demo.Org, Scopes: auth.AllScopes}

	var rows strings.Builder
	for _, folder := range []string{"../web/src/examples", "../bench/operations"} {
		files, err := filepath.Glob(folder + "/*.graphql")
		if err != nil || len(files) == 0 {
			t.Fatalf("no operations in %s: %v", folder, err)
		}
		for _, file := range files {
			document, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(document), "\nmutation ") || strings.HasPrefix(string(document), "subscription ") {
				continue
			}
			var variables map[string]any
			if text, err := os.ReadFile(strings.TrimSuffix(file, ".graphql") + ".variables.json"); err == nil {
				if err := json.Unmarshal(text, &variables); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 { // the first may fold what came in since
				sent.take()
				answer := ask(t, handler, all, string(document), variables)
				if errs, failed := answer["errors"]; failed {
					t.Fatalf("%s: %v", file, errs)
				}
			}
			fmt.Fprintf(&rows, "| `%s` | %d |\n", strings.TrimPrefix(file, "../"), len(sent.take()))
		}
	}

	const page, begin, end = "../docs/performance.md", "| operation | commands |\n| --------- | -------: |\n", "\n"
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, after, found := strings.Cut(string(text), begin)
	table, rest, closed := strings.Cut(after, "\n"+end)
	if !found || !closed {
		t.Fatalf("%s has no table of operations", page)
	}
	if *update {
		if err := os.WriteFile(page, []byte(before+begin+rows.String()+end+rest), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if table+"\n" != rows.String() {
		t.Errorf("%s says\n%s\nbut it is (-update writes it)\n%s", page, table, rows.String())
	}
}
