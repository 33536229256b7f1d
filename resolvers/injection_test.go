package resolvers

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/graph"
	"cartograph/repository/repositorytest"
)

// injections are texts that mean more than themselves to databases and regular
// expressions.
var injections = []string{
	".*", "^", "$", "(a+)+$", "[", "\\", `\Q`, "$where", "$gt", `{"$gt": ""}`, `'; return true; //`, "\x00", "a\x00b", "\u202e", "\U0010FFFF", "%00", "../..",
	"Call:.*", "Call:\x00", "Agent:$ne", strings.Repeat("x", 5_000),
}

// nothing is a text that no document holds.
const nothing = "no-such-thing"

// TestInjections gives every text that the schema takes in a query, wherever it
// stands in an input, what databases might take for more. It finds what a text
// finds that no document holds, or is refused as bad input; an object in its
// place is always refused.
func TestInjections(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	openShop(t, repo)
	handler := newHandler(repo, silent, nil)
	schema := graph.NewExecutableSchema(graph.Config{}).Schema()
	targets := textsOf(schema)
	if len(targets) < 20 {
		t.Fatalf("%d texts were found in the schema", len(targets))
	}
	for _, target := range targets {
		t.Run(target.name, func(t *testing.T) {
			plain := target.ask(t, handler, nothing)
			for _, injection := range injections {
				got := target.ask(t, handler, injection)
				if diff := cmp.Diff(plain.data, got.data); diff != "" && !slices.Contains(got.codes, "BAD_USER_INPUT") {
					t.Errorf("%.40q finds what %q does not (-want +got):\n%s", injection, nothing, diff)
				}
				got.onlyBadInput(t, injection)
			}
			for _, object := range []any{map[string]any{"$gt": ""}, map[string]any{"$where": "1"}, []any{map[string]any{"$ne": nil}}} {
				got := target.ask(t, handler, object)
				if !slices.Equal(got.codes, []string{"BAD_USER_INPUT"}) {
					t.Errorf("%v is answered %v %v", object, got.codes, got.data)
				}
			}
		})
	}
}

// target is a text that the schema takes: an argument, or a field of an input.
type target struct {
	name, query string
	value       func(v any) any // what the variable v holds
}

// outcome is what came of it: the data without what was asked for, and the codes.
type outcome struct {
	data  any
	codes []string
}

func (x target) ask(t *testing.T, handler http.Handler, v any) outcome {
	t.Helper()
	answer := ask(t, handler, everything, x.query, map[string]any{"v": x.value(v)})
	o := outcome{data: answer["data"]}
	list, _ := answer["errors"].([]any)
	for _, e := range list {
		code, _ := e.(map[string]any)["extensions"].(map[string]any)["code"].(string)
		o.codes = append(o.codes, code)
	}
	return o
}

// onlyBadInput fails the test for any other error.
func (o outcome) onlyBadInput(t *testing.T, injection string) {
	t.Helper()
	for _, code := range o.codes {
		if code != "BAD_USER_INPUT" {
			t.Errorf("%.40q fails with %s", injection, code)
		}
	}
}

// textsOf returns the texts of all fields that a query reaches.
func textsOf(schema *ast.Schema) (targets []target) {
	type at struct {
		of         *ast.Definition
		open, shut string
	}
	seen := map[string]bool{"Query": true}
	queue := []at{{schema.Query, "", ""}}
	for len(queue) > 0 {
		here := queue[0]
		queue = queue[1:]
		for _, field := range here.of.Fields {
			result := schema.Types[field.Type.Name()]
			if isIntrospection(field.Name) {
				continue
			}
			for _, argument := range field.Arguments {
				for _, way := range waysToText(schema, argument.Type, 0) {
					targets = append(targets, target{
						name: here.of.Name + "." + field.Name + "." + argument.Name + way.path,
						query: fmt.Sprintf("query($v: %s) { %s %s(%s: $v%s) %s %s }", argument.Type, here.open, field.Name, argument.Name,
							others(schema, field, argument), selectionOf(result), here.shut),
						value: way.value,
					})
				}
			}
			if result.Kind == ast.Object && !seen[result.Name] {
				seen[result.Name] = true
				queue = append(queue, at{result, here.open + " " + field.Name + required(schema, field) + " {", "}" + here.shut})
			}
		}
	}
	return targets
}

// way is how a text is reached in an input.
type way struct {
	path  string
	value func(v any) any
}

func waysToText(schema *ast.Schema, of *ast.Type, depth int) (ways []way) {
	if depth > 3 {
		return nil
	}
	if of.Elem != nil {
		for _, w := range waysToText(schema, of.Elem, depth+1) {
			ways = append(ways, way{w.path + "[0]", func(v any) any { return []any{w.value(v)} }})
		}
		return ways
	}
	definition := schema.Types[of.NamedType]
	switch {
	case slices.Contains([]string{"String", "ID", "CurrencyCode", "Decimal"}, definition.Name):
		return []way{{"", func(v any) any { return v }}}
	case definition.Kind != ast.InputObject:
		return nil
	}
	for _, field := range definition.Fields {
		for _, w := range waysToText(schema, field.Type, depth+1) {
			ways = append(ways, way{"." + field.Name + w.path, func(v any) any {
				value := map[string]any{field.Name: w.value(v)}
				for _, other := range definition.Fields {
					if other != field && other.Type.NonNull && other.DefaultValue == nil {
						value[other.Name] = example(schema, other.Type)
					}
				}
				return value
			}})
		}
	}
	return ways
}

// example returns a value that a type takes.
func example(schema *ast.Schema, of *ast.Type) any {
	definition := schema.Types[of.Name()]
	switch {
	case of.Elem != nil:
		return []any{example(schema, of.Elem)}
	case definition.Kind == ast.Enum:
		return definition.EnumValues[0].Name
	case definition.Name == "DateTime":
		return "2026-03-02T09:00:00Z"
	case definition.Name == "Int" || definition.Name == "Long":
		return 1
	case definition.Name == "Boolean":
		return true
	case definition.Kind == ast.InputObject:
		value := map[string]any{}
		for _, field := range definition.Fields {
			if field.Type.NonNull && field.DefaultValue == nil {
				value[field.Name] = example(schema, field.Type)
			}
		}
		if _, ok := value["end"]; ok {
			value["end"] = "2026-03-03T09:00:00Z"
		}
		return value
	default:
		return "c1"
	}
}

// others returns the other arguments that a field needs, after a comma.
func others(schema *ast.Schema, field *ast.FieldDefinition, but *ast.ArgumentDefinition) string {
	var b strings.Builder
	for _, argument := range field.Arguments {
		if argument != but && argument.Type.NonNull && argument.DefaultValue == nil {
			fmt.Fprintf(&b, ", %s: %s", argument.Name, literal(example(schema, argument.Type)))
		}
	}
	return b.String()
}

// required returns the arguments that a field needs, in brackets.
func required(schema *ast.Schema, field *ast.FieldDefinition) string {
	needed := strings.TrimPrefix(others(schema, field, nil), ", ")
	if needed == "" {
		return ""
	}
	return "(" + needed + ")"
}

func literal(v any) string {
	switch v := v.(type) {
	case map[string]any:
		var parts []string
		for _, name := range slices.Sorted(maps.Keys(v)) {
			parts = append(parts, name+": "+literal(v[name]))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case []any:
		return "[" + literal(v[0]) + "]"
	case string:
		if strings.ToUpper(v) == v && !strings.ContainsAny(v, "0123456789") {
			return v // of an enum
		}
		return fmt.Sprintf("%q", v)
	default:
		return fmt.Sprint(v)
	}
}

// selectionOf returns a selection that shows what was found.
func selectionOf(definition *ast.Definition) string {
	switch {
	case definition.Kind == ast.Scalar || definition.Kind == ast.Enum:
		return ""
	case definition.Fields.ForName("nodes") != nil:
		return "{ nodes { __typename } }"
	default:
		return "{ __typename }"
	}
}
