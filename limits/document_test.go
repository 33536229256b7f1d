package limits

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

func TestBoundsOfDocuments(t *testing.T) {
	for _, tt := range []struct {
		name, document, want string
	}{
		{"lets a usual query through", `{ calls { nodes { id agent { name } } } }`, ""},
		{"lets 20 levels through", nested(20, "{ a ", "}"), ""},
		{"refuses 21 levels", nested(21, "{ a ", "}"), "selections may nest 20 deep, fragments included"},
		{"counts inline fragments as levels", nested(21, "{ ... ", "}"), "selections may nest 20 deep, fragments included"},
		{"counts the levels of fragments that are spread", "{ a { ...F } } fragment F on A " + nested(19, "{ a ", "}"), "selections may nest 20 deep, fragments included"},
		{"measures fragments that no operation uses", "{ a } fragment F on A " + nested(21, "{ a ", "}"), "selections may nest 20 deep, fragments included"},
		{"refuses 1,001 fields", "{ a {" + names(1000) + "} }", "the document has 1001 fields and fragments, at most 1000 are allowed"},
		{"counts the fields of all operations", "query A { a {" + names(499) + "} } query B { a {" + names(500) + "} }", "the document has 1001 fields and fragments, at most 1000 are allowed"},
		{"refuses fragments that multiply each other", multiplying(8), "the document has more than 5000 fields and fragments once its fragments are spread"},
		{"refuses fragments that multiply each other and are not used", "{ a } " + strings.TrimPrefix(multiplying(8), "{ ...F0 }"), "the document has more than 5000 fields and fragments once its fragments are spread"},
		{"lets one field stand 50 times in one place", "{ a {" + strings.Repeat("b ", 50) + "} }", ""},
		{"refuses it 51 times", "{ a {" + strings.Repeat("b ", 51) + "} }", "one field may stand 50 times in the same place"},
		{"counts it in inline fragments and fragments", "{ a {" + strings.Repeat("... { b } ", 25) + strings.Repeat("...F ", 26) + "} } fragment F on A { b }", "one field may stand 50 times in the same place"},
		{"counts it where fields above are merged", "{ " + strings.Repeat("a { b b b } ", 17) + "}", "one field may stand 50 times in the same place"},
		{"counts it by its name in the answer", "{ a {" + strings.Repeat("x: b ", 10) + strings.Repeat("x ", 41) + "} }", "one field may stand 50 times in the same place"},
		{"refuses 51 fragments", "{ a }" + strings.Repeat(" fragment F on A { a }", 51), "the document has 51 fragments, at most 50 are allowed"},
		{"lets 30 aliases through", "{ a {" + aliases(30) + "} }", ""},
		{"refuses 31 aliases", "{ a {" + aliases(31) + "} }", "the document has 31 aliases, at most 30 are allowed"},
		{"lets 20 fields at the root through", "{" + names(20) + "}", ""},
		{"refuses 21", "{" + names(6) + "...F } fragment F on Query { " + names(21) + " }", "the operation has 21 fields at its root, at most 20 are allowed"},
		{"refuses five directives in one place", "{ a " + strings.Repeat("@skip(if: false) ", 5) + "}", "there are 5 directives in one place, at most 4 are allowed"},
		{"refuses 51 directives", "{ a {" + strings.Repeat("b @a @a @a ", 17) + "} }", "the document has 51 directives, at most 50 are allowed"},
		{"counts directives of operations, variables and fragments", "query($v: Int @a @a @a @a @a) { a }", "there are 5 directives in one place, at most 4 are allowed"},
		{"lets values nest 20 deep", "{ a(b: " + strings.Repeat("[", 19) + "1" + strings.Repeat("]", 19) + ") }", ""},
		{"refuses values that nest deeper", "{ a(b: " + strings.Repeat("[", 20) + "1" + strings.Repeat("]", 20) + ") }", "values may nest 20 deep"},
		{"leaves a cycle of fragments to validation", "{ ...A } fragment A on T { ...B } fragment B on T { ...A }", ""},
		{"leaves a cycle within unused fragments to validation", "{ a } fragment A on T { b { ...B } } fragment B on T { c { ...A } }", ""},
		{"leaves unknown fragments to validation", "{ ...A }", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			document, err := parser.ParseQuery(&ast.Source{Input: tt.document})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := Check(document); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestParseRefusesLongTexts(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"of bytes", "{ a } #" + strings.Repeat("x", 14_994), "the document has 15001 bytes, at most 15000 are allowed"},
		{"of tokens", "{" + strings.Repeat("a ", 2000) + "}", "the document has more than 2000 tokens"},
		{"that are none", "{ a", "input:1:4: Expected Name, found <EOF>"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Parse(tt.text)
			if err == nil || strings.TrimSpace(err.Error()) != tt.want {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// The steps of the check: no document that is let through, and none that is
// refused, takes more than a small multiple of its own size and of what it may
// spread to.
func TestTheCheckIsLinear(t *testing.T) {
	const most = MaxTokens + 2*MaxExpanded
	for name, document := range attacks() {
		t.Run(name, func(t *testing.T) {
			parsed, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: document}, MaxTokens)
			if err != nil {
				return // refused before any step
			}
			steps, err := check(parsed)
			if steps > most {
				t.Errorf("%d steps, at most %d are allowed; %v", steps, most, err)
			}
		})
	}
}

// Every document of ours is far within the bounds.
func TestOurOwnDocumentsAreWithinTheBounds(t *testing.T) {
	files, err := filepath.Glob("../web/src/examples/*.graphql")
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	for _, file := range append(files, "../web/src/carts/operations.graphql", "testdata/introspection.graphql") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		document, err := Parse(string(text))
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		steps, _ := check(document)
		t.Logf("%s: %d bytes, %d steps", filepath.Base(file), len(text), steps)
	}
}

func FuzzCheck(f *testing.F) {
	for _, document := range attacks() {
		f.Add(document)
	}
	f.Add(`query A($v: [X!] = [{a: 1}]) @a { a: b(c: $v) @skip(if: true) { ...F ... on T { d } } } fragment F on T { e }`)
	f.Fuzz(func(t *testing.T, text string) {
		document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, MaxTokens)
		if err != nil {
			return
		}
		if steps, _ := check(document); steps > 2*MaxTokens+2*MaxExpanded {
			t.Errorf("%d steps", steps)
		}
	})
}

// attacks are documents that cost much to validate or to run where nothing is
// bounded.
func attacks() map[string]string {
	return map[string]string{
		"499 nested inline fragments":       nested(499, "{ ... ", "}"),
		"a leaf 20,000 times":               "{" + strings.Repeat("hello ", 20_000) + "}",
		"a leaf 1,900 times":                "{ a {" + strings.Repeat("hello ", 1_900) + "} }",
		"a nested field 600 times":          "{" + strings.Repeat("a { b } ", 600) + "}",
		"26 doubling fragments":             doubling(26),
		"a chain of fragments":              chain(49),
		"a long chain of fragments":         chain(300),
		"101 aliases of the root":           "{" + aliases(101) + "}",
		"1,000 aliases below":               "{ a {" + aliases(1_000) + "} }",
		"directives without end":            "{ a " + strings.Repeat("@skip(if: false) ", 300) + "}",
		"unknown directives without end":    "{ a " + strings.Repeat("@x ", 900) + "}",
		"inline fragments side by side":     "{ a {" + strings.Repeat("... { b } ", 300) + "} }",
		"a cycle of fragments":              "{ ...A } fragment A on T { ...B ...B } fragment B on T { ...A ...A }",
		"fragments within each other twice": multiplying(12),
		"deep values":                       "{ a(b: " + strings.Repeat("[", 900) + strings.Repeat("]", 900) + ") }",
		"many operations":                   strings.Repeat("query A { a } ", 400),
		"many variables":                    "query(" + strings.Repeat("$a: Int ", 400) + ") { a }",
		"many arguments":                    "{ a(" + strings.Repeat("b: 1 ", 600) + ") }",
	}
}

// nested returns selections in one another: open and shut the given number of
// times, less the innermost one.
func nested(depth int, open, shut string) string {
	return strings.Repeat(open, depth-1) + "{ a }" + strings.Repeat(shut, depth-1)
}

// names returns n different fields, aliases n fields under other names.
func names(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d ", i)
	}
	return b.String()
}

func aliases(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "x%d: a ", i)
	}
	return b.String()
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

// doubling returns one in which each fragment spreads the next one twice.
func doubling(fragments int) string {
	var b strings.Builder
	b.WriteString("{ ...F0 }")
	for i := range fragments {
		fmt.Fprintf(&b, " fragment F%d on Q { ...F%d ...F%d }", i, i+1, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Q { a }", fragments)
	return b.String()
}

// chain returns one in which each fragment spreads the next one.
func chain(fragments int) string {
	var b strings.Builder
	b.WriteString("{ ...F0 }")
	for i := range fragments {
		fmt.Fprintf(&b, " fragment F%d on Q { a ...F%d }", i, i+1)
	}
	fmt.Fprintf(&b, " fragment F%d on Q { a }", fragments)
	return b.String()
}
