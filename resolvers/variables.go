package resolvers

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
)

// variableCheck holds variables to what the specification says of them where the
// parser does not: inputs marked @oneOf have exactly one field, no text is a
// number and no number a text, and values of enums are named in their own case. Of what stands in the
// document validation has looked at all of this.
type variableCheck struct {
	schema *ast.Schema
}

var _ interface {
	graphql.OperationContextMutator
	graphql.HandlerExtension
} = variableCheck{}

// ExtensionName names the check among the extensions of gqlgen.
func (variableCheck) ExtensionName() string { return "VariableCheck" }

// Validate has nothing to check at the start.
func (variableCheck) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext fails with BadUserInput for a variable that holds what it
// must not, naming the place. It changes nothing.
func (c variableCheck) MutateOperationContext(_ context.Context, operation *graphql.OperationContext) *gqlerror.Error {
	for _, variable := range operation.Operation.VariableDefinitions {
		path := ast.Path{ast.PathName("$" + variable.Variable)}
		if err := c.value(variable.Type, operation.Variables[variable.Variable], path); err != nil {
			return err
		}
	}
	return nil
}

func (c variableCheck) value(of *ast.Type, value any, path ast.Path) *gqlerror.Error {
	if value == nil {
		return nil
	}
	if of.Elem != nil {
		list := reflect.ValueOf(value)
		if list.Kind() != reflect.Slice { // the parser makes a list of what stands alone, but not in lists of lists
			return c.value(of.Elem, value, path)
		}
		for i := range list.Len() {
			if err := c.value(of.Elem, list.Index(i).Interface(), append(path[:len(path):len(path)], ast.PathIndex(i))); err != nil {
				return err
			}
		}
		return nil
	}
	switch definition := c.schema.Types[of.NamedType]; definition.Kind {
	case ast.InputObject:
		fields, _ := value.(map[string]any)
		return c.fields(definition, fields, path)
	case ast.Enum:
		if name, ok := value.(string); !ok || definition.EnumValues.ForName(name) == nil {
			return wrongVariable("%s: %.64q is no %s", path, value, definition.Name)
		}
	case ast.Scalar:
		return c.scalar(definition.Name, value, path)
	}
	return nil
}

// scalar checks a value of one of the specification's scalars. An ID may be
// written as a text or as a whole number.
func (c variableCheck) scalar(name string, value any, path ast.Path) *gqlerror.Error {
	_, isText := value.(string)
	number, isNumber := value.(json.Number)
	switch {
	case isText && (name == "Int" || name == "Float"):
		return wrongVariable("%s: a text is no %s: write the number without quotes", path, name)
	case isNumber && name == "String":
		return wrongVariable("%s: a number is no String: write it in quotes", path)
	case isNumber && name == "ID" && strings.ContainsAny(number.String(), ".eE"):
		return wrongVariable("%s: a fraction is no ID", path)
	}
	return nil
}

// fields checks the fields of an input.
func (c variableCheck) fields(of *ast.Definition, fields map[string]any, path ast.Path) *gqlerror.Error {
	if of.Directives.ForName("oneOf") != nil && !exactlyOne(fields) {
		return wrongVariable("%s: %s needs exactly one field that is not null", path, of.Name)
	}
	for _, field := range of.Fields {
		if err := c.value(field.Type, fields[field.Name], append(path[:len(path):len(path)], ast.PathName(field.Name))); err != nil {
			return err
		}
	}
	return nil
}

func wrongVariable(format string, args ...any) *gqlerror.Error {
	return gqlerror.Wrap(analytics.Errorf(analytics.BadUserInput, format, args...))
}

func exactlyOne(fields map[string]any) bool {
	for _, value := range fields {
		return len(fields) == 1 && value != nil
	}
	return false
}
