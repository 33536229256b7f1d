package web_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"cartograph/web"
)

func TestExamplesAreTheFilesInOrder(t *testing.T) {
	files, err := fs.Glob(os.DirFS("src/examples"), "*.graphql")
	if err != nil {
		t.Fatal(err)
	}

	var names []string
	for _, e := range web.Examples() {
		names = append(names, e.Name+".graphql")
	}
	if got, want := strings.Join(names, " "), strings.Join(files, " "); got != want || got == "" {
		t.Errorf("got %s\nwant %s", got, want)
	}
}

func TestExamplesAreValid(t *testing.T) {
	source, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(source)})
	if err != nil {
		t.Fatal(err)
	}

	for i, e := range web.Examples() {
		t.Run(e.Name, func(t *testing.T) {
			if !strings.HasPrefix(e.Query, "# ") {
				t.Error("no comment at its start says what it shows")
			}

			document, errs := gqlparser.LoadQueryWithRules(schema, e.Query, nil)
			if len(errs) > 0 {
				t.Fatal(errs)
			}
			if n := len(document.Operations); n != 1 {
				t.Fatalf("got %d operations, want 1", n)
			}

			operation := document.Operations[0]
			if operation.Name == "" {
				t.Error("the operation has no name, which is the tab's title")
			}
			if _, err := validator.VariableValues(schema, operation, e.Variables); err != nil {
				t.Error(err)
			}
			if i == 0 && len(operation.VariableDefinitions) > 0 {
				t.Error("the first example has variables, which GraphiQL does not show in the first tab")
			}
		})
	}
}
