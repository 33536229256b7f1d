package repository_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/repository"
)

var declared = regexp.MustCompile(`(?m)^\tcoll\w+ +(?:= +)"(\w+)"`)

// A copy of the database takes every collection along: one that is left out would
// read as if nothing had happened.
func TestEveryCollectionIsCopied(t *testing.T) {
	text, err := os.ReadFile("collections.go")
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, found := range declared.FindAllStringSubmatch(string(text), -1) {
		want = append(want, found[1])
	}
	if len(want) < 30 {
		t.Fatalf("only %d collections are declared", len(want))
	}
	got := slices.Sorted(slices.Values(repository.AllCollections))
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-declared +copied):\n%s", diff)
	}
}
