package resolvers

import (
	"context"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/limits"
)

// anyToken is the scope ANY of the schema: whoever shows a valid token has it.
const anyToken auth.Scope = "any"

// scopeOf maps the values of the schema's enum Scope.
var scopeOf = map[string]auth.Scope{
	"ANY":            anyToken,
	"CALLS_READ":     auth.CallsRead,
	"EVENTS_READ":    auth.EventsRead,
	"EVENTS_RESET":   auth.EventsReset,
	"CHAT_MODERATE":  auth.ChatModerate,
	"WORKFLOWS_READ": auth.WorkflowsRead,
	"CARTS_READ":     auth.CartsRead,
	"CARTS_WRITE":    auth.CartsWrite,
	"CARTS_ANSWER":   auth.CartsAnswer,
	"INGEST_WRITE":   auth.IngestWrite,
	"INGEST_PAGE":    auth.IngestPage,
	"PII_READ":       auth.PIIRead,
	"EXPORTS_WRITE":  auth.ExportsWrite,
	"WEBHOOKS_WRITE": auth.WebhooksWrite,
	"ADMIN":          auth.Admin,
}

// demand is what a field asks of those who select it: at least one of the
// scopes. Without scopes nobody may select it.
type demand struct {
	coordinate string // "Call.agent"
	anyOf      []auth.Scope
}

// demands are those of every field of a schema.
type demands map[*ast.FieldDefinition]demand

// readDemands reads the @scope directives of a schema: a field's own, else its
// type's.
func readDemands(schema *ast.Schema) demands {
	table := demands{}
	for _, definition := range schema.Types {
		if isIntrospection(definition.Name) {
			continue
		}
		ofType := readScopes(definition.Directives)
		for _, field := range definition.Fields {
			anyOf := readScopes(field.Directives)
			if anyOf == nil {
				anyOf = ofType
			}
			table[field] = demand{definition.Name + "." + field.Name, anyOf}
		}
	}
	return table
}

// readScopes returns the scopes of a @scope directive, nil if there is none.
func readScopes(directives ast.DirectiveList) []auth.Scope {
	directive := directives.ForName("scope")
	if directive == nil {
		return nil
	}
	scopes := []auth.Scope{}
	for _, value := range directive.Arguments.ForName("anyOf").Value.Children {
		scopes = append(scopes, scopeOf[value.Value.Raw])
	}
	return scopes
}

// isIntrospection reports whether a type or field tells of the schema: those
// are free.
func isIntrospection(name string) bool { return strings.HasPrefix(name, "__") }

// allows fails with Unauthenticated where nobody shows who asks, and with
// Forbidden, naming the field and its scopes, where a principal has none of
// them.
func (d demand) allows(p *auth.Principal) error {
	if p == nil {
		return analytics.Errorf(analytics.Unauthenticated, "%s needs a token: send it in the header Authorization, after the word Bearer", d.coordinate)
	}
	if p.Call != "" && !d.openToShoppers() {
		return analytics.Errorf(analytics.Forbidden, "%s is not for the token of a shopper's page", d.coordinate)
	}
	if slices.Contains(d.anyOf, anyToken) || slices.ContainsFunc(d.anyOf, p.Has) {
		return nil
	}
	if len(d.anyOf) == 0 {
		return analytics.Errorf(analytics.Forbidden, "%s is open to nobody", d.coordinate)
	}
	return analytics.Errorf(analytics.Forbidden, "%s needs the scope %s", d.coordinate, joinScopes(d.anyOf, " or "))
}

// openToShoppers reports whether the page of one call's shopper may select the
// field: what names the scope that such pages have, and values that say nothing
// of their own. So there is no way out of the cart.
func (d demand) openToShoppers() bool {
	if slices.Contains(d.anyOf, auth.CartsAnswer) {
		return true
	}
	return slices.Contains(d.anyOf, anyToken) && !strings.HasPrefix(d.coordinate, "Query.")
}

func joinScopes(scopes []auth.Scope, with string) string {
	return strings.Join(auth.Scopes(scopes).Strings(), with)
}

// scopeCheck checks once, before an operation runs, that whoever asks may select
// each of its fields.
type scopeCheck struct {
	demands demands
}

var _ interface {
	graphql.OperationContextMutator
	graphql.HandlerExtension
} = scopeCheck{}

// ExtensionName names the check among the extensions of gqlgen.
func (scopeCheck) ExtensionName() string { return "ScopeCheck" }

// Validate has nothing to check at the start; a test walks the schema.
func (scopeCheck) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext fails as demand.allows does for the first field of the
// operation that the principal may not select. It changes nothing.
//
// A field selected on an interface is that of the interface: its types have
// demands of their own, which the resolvers of node and nodes check.
func (c scopeCheck) MutateOperationContext(ctx context.Context, op *graphql.OperationContext) *gqlerror.Error {
	walk := scopeWalk{check: c, principal: auth.From(ctx), op: op, passed: map[string]bool{}}
	return walk.selections(op.Operation.SelectionSet)
}

// scopeWalk walks one operation, each fragment once: the types of its fields do
// not depend on where it is spread.
type scopeWalk struct {
	check     scopeCheck
	principal *auth.Principal
	op        *graphql.OperationContext
	passed    map[string]bool // fragments by name
}

func (w scopeWalk) selections(set ast.SelectionSet) *gqlerror.Error {
	for _, selection := range set {
		if err := w.selection(selection); err != nil {
			return err
		}
	}
	return nil
}

func (w scopeWalk) selection(selection ast.Selection) *gqlerror.Error {
	switch s := selection.(type) {
	case *ast.Field:
		if isIntrospection(s.Name) || !w.included(s.Directives) {
			return nil
		}
		if err := w.check.demands[s.Definition].allows(w.principal); err != nil {
			refused := gqlerror.WrapPos(s.Position, err)
			refused.Err = err
			return refused
		}
		return w.selections(s.SelectionSet)
	case *ast.InlineFragment:
		if !w.included(s.Directives) {
			return nil
		}
		return w.selections(s.SelectionSet)
	case *ast.FragmentSpread:
		if w.passed[s.Name] || !w.included(s.Directives) {
			return nil
		}
		w.passed[s.Name] = true
		return w.selections(s.Definition.SelectionSet)
	}
	return nil
}

// included reports whether @skip and @include leave a selection in. What is left
// out is not run, so a client may leave out by a variable what its token does
// not allow.
func (w scopeWalk) included(directives ast.DirectiveList) bool {
	return limits.Included(directives, w.op.Variables)
}
