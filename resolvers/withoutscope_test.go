package resolvers

import (
	"slices"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/auth"
)

// scopesInSchema returns what the schema says of a field, read apart from the
// code that is tested: its own @scope, else that of the type it belongs to.
func scopesInSchema(field *ast.FieldDefinition, of *ast.Definition) (names []string) {
	directive := field.Directives.ForName("scope")
	if directive == nil {
		directive = of.Directives.ForName("scope")
	}
	if directive == nil {
		return nil
	}
	for _, value := range directive.Arguments.ForName("anyOf").Value.Children {
		names = append(names, strings.ToLower(strings.Replace(value.Value.Raw, "_", ":", 1)))
	}
	return names
}

// without returns a principal with every scope but those named.
func without(names []string) *auth.Principal {
	p := &auth.Principal{Org: "acme"}
	for _, scope := range auth.AllScopes {
		if !slices.Contains(names, string(scope)) {
			p.Scopes = append(p.Scopes, scope)
		}
	}
	return p
}

// TestWithoutEachScope selects every field of the schema from each root, by
// somebody who has every scope but those of the field: the operation is refused
// as a whole, before anything is read.
func TestWithoutEachScope(t *testing.T) {
	w := openTenants(t)
	ids := w.open("acme", "")
	exec := worldOf(t, w.repo)
	checked := map[string]bool{}
	for kind, root := range map[ast.Operation]*ast.Definition{ast.Query: w.schema.Query, ast.Mutation: w.schema.Mutation, ast.Subscription: w.schema.Subscription} {
		check := func(field *ast.FieldDefinition, of *ast.Definition, operation string) {
			coordinate := string(kind) + " " + of.Name + "." + field.Name
			if isIntrospection(field.Name) || checked[coordinate] {
				return
			}
			checked[coordinate] = true
			names := scopesInSchema(field, of)
			p, code := without(names), "FORBIDDEN"
			switch {
			case len(names) == 0:
				t.Errorf("%s names no scope, and neither does its type", coordinate)
				return
			case slices.Contains(names, "any"):
				p, code = nil, "UNAUTHENTICATED"
			}
			if kind == ast.Subscription {
				_, errs := exec.subscribe(p, operation)
				if len(errs) == 0 || errs[0].Extensions["code"] != code {
					t.Errorf("%s without %v: %v", coordinate, names, errs)
				}
				return
			}
			answer := ask(t, w.handler, p, operation, nil)
			if answer["data"] != nil || codeOf(answer) != code {
				t.Errorf("%s without %v is answered %v", coordinate, names, answer)
			}
		}
		walking := walk{t, w.schema, ids}
		for _, field := range root.Fields {
			if isIntrospection(field.Name) {
				continue
			}
			for _, place := range walking.from(field) {
				check(field, root, place.operation(kind, "__typename"))
				for _, below := range place.of.Fields {
					if !isIntrospection(below.Name) {
						check(below, place.of, place.operation(kind, walking.selected(below)))
					}
				}
			}
		}
	}
	for _, definition := range outputTypes(w.schema) {
		for _, field := range definition.Fields {
			if isIntrospection(field.Name) || definition.Kind == ast.Interface {
				continue
			}
			reached := slices.ContainsFunc([]string{"query", "mutation", "subscription"}, func(kind string) bool {
				return checked[kind+" "+definition.Name+"."+field.Name]
			})
			if !reached {
				t.Errorf("%s.%s is reached from no root, or this test does not know how", definition.Name, field.Name)
			}
		}
	}
	t.Run("what is found by its global id asks for the scopes of its type", func(t *testing.T) {
		for _, definition := range w.schema.GetPossibleTypes(w.schema.Types["Node"]) {
			names := scopesInSchema(definition.Fields.ForName("id"), definition)
			for _, operation := range []string{`{ node(id: "` + definition.Name + `:` + ids[definition.Name] + `") { id } }`, `{ nodes(ids: ["` + definition.Name + `:` + ids[definition.Name] + `"]) { id } }`} {
				answer := ask(t, w.handler, without(names), operation, nil)
				if codeOf(answer) != "FORBIDDEN" {
					t.Errorf("%s without %v is answered %v", operation, names, answer)
				}
			}
		}
	})
}

// codeOf returns the code of the first error of an answer; nil for none.
func codeOf(answer map[string]any) any {
	list, _ := answer["errors"].([]any)
	if len(list) == 0 {
		return nil
	}
	return list[0].(map[string]any)["extensions"].(map[string]any)["code"]
}
