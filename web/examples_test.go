package web_test

import (
	"os"
	"strings"
	"testing"

	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"cartograph/web/webtest"
)

func TestExamplesAreValid(t *testing.T) {
	source, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(source)})
	if err != nil {
		t.Fatal(err)
	}

	for i, e := range webtest.Examples(t, ".") {
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
