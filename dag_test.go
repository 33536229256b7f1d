package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// mayImport says which of our packages each of our packages may import; the
// program itself (the package at the top) may import all of them. A package
// that is not named here does not belong to the house.
var mayImport = map[string][]string{
	"analytics":  {},
	"cart":       {},
	"embedded":   {},
	"web":        {},
	"graph":      {"analytics", "cart"},
	"reply":      {"analytics"},
	"auth":       {"analytics", "reply"},
	"repository": {"analytics", "auth", "cart"},
	"live":       {"analytics", "cart"},
	"limits":     {"analytics"},
	"transport":  {"analytics", "auth", "limits", "reply"},
	"resolvers":  {"analytics", "auth", "cart", "graph", "limits", "live", "reply", "repository", "transport"},
	"ingest":     {"analytics", "auth", "reply", "repository"},
	"export":     {"analytics", "auth", "limits", "reply"},
	"deliver":    {"analytics", "auth", "live", "repository"},
	"report":     {"analytics", "auth", "limits", "reply"},
	"demo":       {"analytics", "ingest", "repository"},
	"monitor":    {"analytics"},

	"bench":                     {"analytics", "cart", "embedded", "repository"},
	"graph/gqlgen":              {},
	"repository/repositorytest": {"embedded", "repository"},
	"embedded/difftest":         {"embedded"},
	"embedded/crashtest":        {"embedded"},
	"web/test":                  {"web"},
	"web/webtest":               {},
}

// onlyIn names foreign packages (and what lies below them) that one of our
// packages has to itself.
var onlyIn = map[string][]string{
	"go.mongodb.org/mongo-driver/v2": {"repository", "embedded", "bench"},
	"github.com/nats-io":             {"live"},
	"github.com/prometheus":          {"monitor"},
	"github.com/golang-jwt/jwt/v5":   {"auth"},
	"github.com/MicahParks/jwkset":   {"auth"},
	"go.opentelemetry.io":            {"monitor"},
}

func TestPackagesImportOnlyWhatTheHouseAllows(t *testing.T) {
	eachImport(t, func(file, pkg, imported string, test bool) {
		if ours, ok := strings.CutPrefix(imported, "cartograph/"); ok && pkg != "." {
			allowed, known := mayImport[pkg]
			switch {
			case !known:
				t.Errorf("%s: package %s is not in the plan of the house", file, pkg)
			case ours == pkg || test:
				// A test may use any package: it stands outside of the house.
			case !slices.Contains(allowed, ours):
				t.Errorf("%s: %s must not import %s", file, pkg, ours)
			}
		}
		for foreign, owners := range onlyIn {
			if (imported == foreign || strings.HasPrefix(imported, foreign+"/")) && !test && !slices.Contains(owners, pkg) {
				t.Errorf("%s: only %s may import %s", file, strings.Join(owners, " and "), foreign)
			}
		}
	})
}

// bitmaps are what sets of visitors are made of.
const bitmaps = "github.com/RoaringBitmap/roaring/v2"

func TestTheCoreImportsTheStandardLibraryAndBitmapsOnly(t *testing.T) {
	eachImport(t, func(file, pkg, imported string, test bool) {
		first, _, _ := strings.Cut(imported, "/")
		if pkg == "analytics" && !test && strings.Contains(first, ".") && imported != bitmaps {
			t.Errorf("%s: analytics must not import %s", file, imported)
		}
		if pkg == "analytics" && !test && slices.Contains([]string{"context", "database/sql", "net", "net/http", "os"}, imported) {
			t.Errorf("%s: the core does no input or output: %s", file, imported)
		}
	})
}

// eachImport calls f for every import of every Go file of the project.
func eachImport(t *testing.T, f func(file, pkg, imported string, test bool)) {
	t.Helper()
	files := 0
	root := os.DirFS(".")
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "node_modules" || entry.Name() == "testdata" || entry.Name() == "data" ||
			strings.HasPrefix(entry.Name(), ".") && name != ".") {
			return fs.SkipDir
		}
		if entry.IsDir() || !strings.HasSuffix(name, ".go") {
			return nil
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files++
		for _, spec := range parsed.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			f(name, path.Dir(name), imported, strings.HasSuffix(name, "_test.go"))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files == 0 {
		t.Fatal("no Go file was looked at")
	}
}

func TestEveryDependencyHasItsReason(t *testing.T) {
	reasons, err := os.ReadFile("docs/dependencies.md")
	if err != nil {
		t.Fatal(err)
	}
	module, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	direct := 0
	for line := range strings.Lines(string(module)) {
		fields := strings.Fields(line)
		if len(fields) != 2 || !strings.Contains(fields[0], ".") || fields[0] == "go" {
			continue // a directive, a bracket, or an indirect requirement
		}
		direct++
		if !strings.Contains(string(reasons), "`"+fields[0]+"`") {
			t.Errorf("docs/dependencies.md does not say what %s is for", fields[0])
		}
	}
	if direct == 0 {
		t.Error("no dependency was looked at")
	}
}
