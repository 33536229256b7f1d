// Package webtest hands tests the example queries of the playground.
package webtest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// Example is a query that the playground opens in a tab of its own on the first visit.
type Example struct {
	Name      string         // the file's name without .graphql, such as 01-calls
	Query     string         // the document, with one operation
	Variables map[string]any // nil if the query has none
}

// Examples returns the example queries in the order of their tabs. The folder web is named as the test sees it. The test
// fails if one cannot be read, or there is none.
func Examples(t testing.TB, web string) []Example {
	t.Helper()
	folder := os.DirFS(path.Join(web, "src/examples"))
	names, err := fs.Glob(folder, "*.graphql")
	if err != nil || len(names) == 0 {
		t.Fatalf("examples %q: %v", names, err)
	}

	list := make([]Example, 0, len(names))
	for _, name := range names {
		list = append(list, read(t, folder, strings.TrimSuffix(name, ".graphql")))
	}
	return list
}

func read(t testing.TB, folder fs.FS, name string) Example {
	t.Helper()
	query, err := fs.ReadFile(folder, name+".graphql")
	if err != nil {
		t.Fatal(err)
	}

	e := Example{Name: name, Query: string(query)}
	variables, err := fs.ReadFile(folder, name+".variables.json")
	if errors.Is(err, fs.ErrNotExist) {
		return e
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(variables, &e.Variables); err != nil {
		t.Fatalf("variables of %s: %v", name, err)
	}
	return e
}
