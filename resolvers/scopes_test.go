package resolvers

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/auth"
	"cartograph/graph"
)

var update = flag.Bool("update", false, "write the golden files and docs/scopes.md anew")

const scopesPage = "../docs/scopes.md"

func schemaOfTests() *ast.Schema {
	return graph.NewExecutableSchema(graph.Config{}).Schema()
}

func TestEveryFieldOfTheSchemaNamesItsScopes(t *testing.T) {
	for _, d := range readDemands(schemaOfTests()) {
		if isInput(d.coordinate) {
			continue
		}
		if len(d.anyOf) == 0 {
			t.Errorf("%s names no scope, and neither does its type: nobody may select it", d.coordinate)
		}
		if slices.Contains(d.anyOf, "") {
			t.Errorf("%s names a scope that scopeOf does not know", d.coordinate)
		}
	}
}

func TestDemand(t *testing.T) {
	calls := &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead}}
	for _, tt := range []struct {
		name      string
		anyOf     []auth.Scope
		principal *auth.Principal
		want      string
	}{
		{"lets a principal with the scope pass", []auth.Scope{auth.CallsRead}, calls, ""},
		{"lets a principal with one of the scopes pass", []auth.Scope{auth.EventsRead, auth.CallsRead}, calls, ""},
		{"lets any principal pass where any token will do", []auth.Scope{anyToken}, &auth.Principal{Org: "acme"}, ""},
		{"names the scopes that are missing", []auth.Scope{auth.EventsRead, auth.Admin}, calls, "T.f needs the scope events:read or admin"},
		{"lets nobody pass where no scope is named", nil, everything, "T.f is open to nobody"},
		{"lets nobody pass by a scope that is not known", []auth.Scope{""}, everything, "T.f needs the scope "},
		{"asks nobody for a token", []auth.Scope{anyToken}, nil, "T.f needs a token: send it in the header Authorization, after the word Bearer"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if err := (demand{"T.f", tt.anyOf}).allows(tt.principal); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// isInput reports whether a coordinate is that of an input field: scopes are
// about what comes out.
func isInput(coordinate string) bool {
	typeName, _, _ := strings.Cut(coordinate, ".")
	return schemaOfTests().Types[typeName].Kind == ast.InputObject
}

func TestEveryNodeTypeIsFoundByItsID(t *testing.T) {
	var want, got []string
	for _, definition := range schemaOfTests().GetPossibleTypes(schemaOfTests().Types["Node"]) {
		want = append(want, definition.Name)
	}
	for name := range nodeTypes {
		got = append(got, name)
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("types that node finds (-want +got):\n%s", diff)
	}
}

func TestNodeAsksForTheScopesOfItsTypes(t *testing.T) {
	schema := schemaOfTests()
	for name, kind := range nodeTypes {
		want := readScopes(schema.Types[name].Directives)
		got := kind.scopes("")
		if name == "ChatMessage" { // by its subject, one of the two
			got = append(got, kind.scopes("live_event:1:2")...)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("scopes of %s (-schema +node):\n%s", name, diff)
		}
	}
}

func TestThePageOfScopesIsUpToDate(t *testing.T) {
	want := scopesDocument(schemaOfTests())
	if *update {
		if err := os.WriteFile(scopesPage, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(scopesPage)
	if err != nil {
		t.Fatal(err)
	}
	if diff := gocmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/scopes.md is not what the schema says; run go test ./resolvers -run PageOfScopes -update (-schema +page):\n%s", diff)
	}
}

// scopesDocument returns docs/scopes.md: every field of the schema with its
// scopes, type by type.
func scopesDocument(schema *ast.Schema) string {
	var page strings.Builder
	page.WriteString("# Scopes\n\n" +
		"Which scopes a token needs for each field of the graph; any one of them is enough, \"any token\" is any valid one.\n" +
		"A query that selects a field without its scope is refused as a whole, with the field's name. Personal fields are\n" +
		"null without `pii:read`. Generated from `schema.graphqls` by `go test ./resolvers -run PageOfScopes -update`.\n")
	table := readDemands(schema)
	for _, definition := range outputTypes(schema) {
		fmt.Fprintf(&page, "\n## %s\n\n| field | scope |\n|---|---|\n", definition.Name)
		for _, field := range definition.Fields {
			if isIntrospection(field.Name) {
				continue
			}
			scope := strings.ReplaceAll("`"+joinScopes(table[field].anyOf, "` or `")+"`", "`any`", "any token")
			if field.Directives.ForName("personal") != nil {
				scope += ", null without `pii:read`"
			}
			fmt.Fprintf(&page, "| `%s` | %s |\n", field.Name, scope)
		}
	}
	return page.String()
}

// outputTypes returns the types with fields that can be selected, in the order
// of the schema's source.
func outputTypes(schema *ast.Schema) []*ast.Definition {
	var types []*ast.Definition
	for _, definition := range schema.Types {
		if !isIntrospection(definition.Name) && (definition.Kind == ast.Object || definition.Kind == ast.Interface) {
			types = append(types, definition)
		}
	}
	slices.SortFunc(types, func(a, b *ast.Definition) int { return cmp.Compare(a.Position.Start, b.Position.Start) })
	return types
}
