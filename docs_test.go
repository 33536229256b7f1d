package main

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// pages returns the texts of all pages of the documentation by their paths.
func pages(t *testing.T) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, pattern := range []string{"*.md", "*/*.md", "bench/results/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			texts[filepath.ToSlash(file)] = codeBlock.ReplaceAllString(string(text), "")
		}
	}
	return texts
}

var (
	codeBlock    = regexp.MustCompile("(?s)```.*?```")
	graphqlBlock = regexp.MustCompile("(?s)```graphql\n(.*?)```")
	pageLink     = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	pageHeading  = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	noSlug       = regexp.MustCompile(`[^\p{L}\p{N}_ -]`)
)

// slug returns what a link to a heading ends in, as GitHub makes it.
func slug(heading string) string {
	return strings.ReplaceAll(noSlug.ReplaceAllString(strings.ToLower(heading), ""), " ", "-")
}

func TestLinksOfTheDocumentationLeadSomewhere(t *testing.T) {
	texts := pages(t)
	for page, text := range texts {
		for _, found := range pageLink.FindAllStringSubmatch(text, -1) {
			target, anchor, _ := strings.Cut(found[1], "#")
			if strings.Contains(target, ":") { // another host
				continue
			}
			file := page
			if target != "" {
				file = path.Join(path.Dir(page), target)
			}
			if _, err := os.Stat(filepath.FromSlash(file)); err != nil {
				t.Errorf("%s links to %s, which is not there", page, found[1])
				continue
			}
			if anchor == "" {
				continue
			}
			known := false
			for _, h := range pageHeading.FindAllStringSubmatch(texts[file], -1) {
				known = known || slug(h[1]) == anchor
			}
			if !known {
				t.Errorf("%s links to %s, a heading that is not there", page, found[1])
			}
		}
	}
}

// Whoever looks for something begins at the README.
func TestTheReadmeLeadsToEveryPage(t *testing.T) {
	texts := pages(t)
	for page := range texts {
		if path.Dir(page) == "docs" && strings.Count(texts["README.md"], "]("+page+")") == 0 {
			t.Errorf("README.md does not lead to %s", page)
		}
	}
}

// Every block of GraphQL in the documentation is valid as it stands.
func TestDocumentsOfTheDocumentationAreValid(t *testing.T) {
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(schemaSource)})
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range append(files, "README.md") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, block := range graphqlBlock.FindAllStringSubmatch(string(text), -1) {
			if _, err := gqlparser.LoadQueryWithRules(schema, block[1], nil); err != nil {
				t.Errorf("%s: %v in\n%s", file, err, block[1])
			}
		}
	}
}
