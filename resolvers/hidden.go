package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
)

// hiddenSchema refuses introspection.
type hiddenSchema struct{}

var _ interface {
	graphql.OperationContextMutator
	graphql.HandlerExtension
} = hiddenSchema{}

// ExtensionName names it among the extensions of gqlgen.
func (hiddenSchema) ExtensionName() string { return "HiddenSchema" }

// Validate has nothing to check at the start.
func (hiddenSchema) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext fails with Forbidden for an operation that asks for the
// schema. The name of a type is told: clients ask for it everywhere.
func (hiddenSchema) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	for _, field := range graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Query"}) {
		if field.Name == "__schema" || field.Name == "__type" {
			refused := analytics.Errorf(analytics.Forbidden, "the schema is not told here")
			err := gqlerror.WrapPos(field.Position, refused)
			err.Err = refused
			return err
		}
	}
	return nil
}
