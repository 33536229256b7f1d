package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
)

// oneOfCheck holds that inputs marked @oneOf have exactly one field in variables
// too; validation looks at those that stand in the document.
type oneOfCheck struct {
	schema *ast.Schema
}

var _ interface {
	graphql.OperationContextMutator
	graphql.HandlerExtension
} = oneOfCheck{}

// ExtensionName names the check among the extensions of gqlgen.
func (oneOfCheck) ExtensionName() string { return "OneOfCheck" }

// Validate has nothing to check at the start.
func (oneOfCheck) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext fails with BadUserInput for a variable that holds such
// an input with none or several of its fields. It changes nothing.
func (c oneOfCheck) MutateOperationContext(_ context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	for _, variable := range operation.Operation.VariableDefinitions {
		path := ast.Path{ast.PathName("$" + variable.Variable)}
		if err := c.value(variable.Type, operation.Variables[variable.Variable], path); err != nil {
			return err
		}
	}
	return nil
}

func (c oneOfCheck) value(of *ast.Type, value any, path ast.Path) *gqlerror.Error {
	if items, ok := value.([]any); ok && of.Elem != nil {
		for i, item := range items {
			if err := c.value(of.Elem, item, append(path[:len(path):len(path)], ast.PathIndex(i))); err != nil {
				return err
			}
		}
		return nil
	}
	for of.Elem != nil { // one value where a list is expected
		of = of.Elem
	}
	definition := c.schema.Types[of.NamedType]
	fields, ok := value.(map[string]any)
	if !ok || definition == nil || definition.Kind != ast.InputObject {
		return nil
	}
	if definition.Directives.ForName("oneOf") != nil && !exactlyOne(fields) {
		err := analytics.Errorf(analytics.BadUserInput, "%s: %s needs exactly one field that is not null", path, definition.Name)
		return gqlerror.Wrap(err)
	}
	for _, field := range definition.Fields {
		if err := c.value(field.Type, fields[field.Name], append(path[:len(path):len(path)], ast.PathName(field.Name))); err != nil {
			return err
		}
	}
	return nil
}

func exactlyOne(fields map[string]any) bool {
	for _, value := range fields {
		return len(fields) == 1 && value != nil
	}
	return false
}
