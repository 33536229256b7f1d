package resolvers

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

func TestGuard(t *testing.T) {
	for _, tt := range []struct {
		name, document, want string
	}{
		{"lets a usual query through", `{ calls { nodes { id agent { name } } } }`, ""},
		{"lets 20 levels through", nested(20, "{ a ", "}"), ""},
		{"refuses 21 levels", nested(21, "{ a ", "}"), "selections may nest 20 deep, fragments included"},
		{"counts inline fragments as levels", nested(21, "{ ... ", "}"), "selections may nest 20 deep, fragments included"},
		{"counts the levels of fragments that are spread", "{ a { ...F } } fragment F on A " + nested(19, "{ a ", "}"), "selections may nest 20 deep, fragments included"},
		{"measures fragments that no operation uses", "{ a } fragment F on A " + nested(21, "{ a ", "}"), "selections may nest 20 deep, fragments included"},
		{"lets 1,000 fields through", "{" + strings.Repeat("a ", 1000) + "}", ""},
		{"refuses 1,001 fields", "{" + strings.Repeat("a ", 1001) + "}", "the document has 1001 fields and fragments, at most 1000 are allowed"},
		{"counts the fields of all operations", "query A {" + strings.Repeat("a ", 500) + "} query B {" + strings.Repeat("a ", 501) + "}", "the document has 1001 fields and fragments, at most 1000 are allowed"},
		{"refuses fragments that multiply each other", multiplying(8), "the document has more than 5000 fields and fragments once its fragments are spread"},
		{"leaves a cycle of fragments to validation", "{ ...A } fragment A on T { ...B } fragment B on T { ...A }", ""},
		{"leaves unknown fragments to validation", "{ ...A }", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			doc, err := parser.ParseQuery(&ast.Source{Input: tt.document})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := checkExtent(doc); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// nested returns selections in one another: open and shut the given number of
// times, less the innermost one.
func nested(depth int, open, shut string) string {
	return strings.Repeat(open, depth-1) + "{ a }" + strings.Repeat(shut, depth-1)
}

// multiplying returns a document in which each fragment spreads the next one
// four times.
func multiplying(fragments int) string {
	var b strings.Builder
	b.WriteString("{ ...F0 }")
	for i := range fragments {
		next := fmt.Sprintf("{ ...F%d }", i+1)
		fmt.Fprintf(&b, " fragment F%d on A { a %s b %s c %s d %s }", i, next, next, next, next)
	}
	fmt.Fprintf(&b, " fragment F%d on A { a }", fragments)
	return b.String()
}
