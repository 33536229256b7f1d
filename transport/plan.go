package transport

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strconv"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/limits"
)

// cohortKey is what subscriptions have in common whose answers are the same:
// all that a resolver can know but the version that a client has seen.
type cohortKey struct {
	query, operation, variables, extensions, authority, cost string
}

// plan is how a subscription shares a source.
type plan struct {
	key     cohortKey
	sharing Sharing
	params  graphql.RawParams // for the source: without a version, and without what the client says of itself
	after   *int64            // the version that the client has seen
}

// plan returns how a subscription shares a source. It reports false for one that
// must run alone: its field does not share, or the version stands where it
// cannot be taken out.
func (h *Hub) plan(r request) (plan, bool) {
	op := r.parsed
	fields := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})
	if len(fields) != 1 {
		return plan{}, false
	}
	field := fields[0].Field
	sharing, ok := h.options.Shared[field.Name]
	if !ok {
		return plan{}, false
	}
	if argument := field.Arguments.ForName(sharing.Resume); argument != nil {
		if value, err := argument.Value.Value(op.Variables); err != nil || value != nil {
			return plan{}, false
		}
	}
	p := plan{sharing: sharing, params: r.params}
	p.params.Headers = nil
	if cost := r.params.Headers.Values(limits.CostHeader); len(cost) > 0 {
		p.params.Headers = http.Header{limits.CostHeader: cost[:1]}
	}
	variables := maps.Clone(op.Variables)
	if argument := field.Arguments.ForName(sharing.After); argument != nil && argument.Value.Kind != ast.NullValue {
		name := argument.Value.Raw
		if argument.Value.Kind != ast.Variable || !removable(op.Operation, argument.Value) {
			return plan{}, false
		}
		if value := variables[name]; value != nil {
			after, err := strconv.ParseInt(fmt.Sprint(value), 10, 64)
			if err != nil {
				return plan{}, false
			}
			p.after = &after
		}
		delete(variables, name)
		p.params.Variables = maps.Clone(r.params.Variables)
		if p.params.Variables == nil {
			p.params.Variables = map[string]any{}
		}
		p.params.Variables[name] = nil
	}
	var err error
	p.key, err = newCohortKey(r, variables)
	return p, err == nil
}

func newCohortKey(r request, variables map[string]any) (cohortKey, error) {
	text, err := json.Marshal(variables)
	if err != nil {
		return cohortKey{}, err
	}
	extensions, err := json.Marshal(r.params.Extensions)
	if err != nil {
		return cohortKey{}, err
	}
	return cohortKey{
		query:      r.params.Query,
		operation:  r.params.OperationName,
		variables:  string(text),
		extensions: string(extensions),
		authority:  r.principal.Authority(),
		cost:       r.params.Headers.Get(limits.CostHeader),
	}, nil
}

// removable reports whether a variable may be null and stands nowhere else.
func removable(op *ast.OperationDefinition, variable *ast.Value) bool {
	definition := variable.VariableDefinition
	if definition == nil || definition.Type.NonNull {
		return false
	}
	u := uses{name: variable.Raw, seen: map[string]bool{}}
	u.directives(op.Directives)
	u.selections(op.SelectionSet)
	return u.n == 1
}

// uses counts where a variable stands in an operation, each fragment once.
type uses struct {
	name string
	seen map[string]bool
	n    int
}

func (u *uses) selections(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			u.arguments(s.Arguments)
			u.directives(s.Directives)
			u.selections(s.SelectionSet)
		case *ast.InlineFragment:
			u.directives(s.Directives)
			u.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			u.directives(s.Directives)
			if !u.seen[s.Name] {
				u.seen[s.Name] = true
				u.directives(s.Definition.Directives)
				u.selections(s.Definition.SelectionSet)
			}
		}
	}
}

func (u *uses) directives(list ast.DirectiveList) {
	for _, d := range list {
		u.arguments(d.Arguments)
	}
}

func (u *uses) arguments(list ast.ArgumentList) {
	for _, a := range list {
		u.value(a.Value)
	}
}

func (u *uses) value(v *ast.Value) {
	if v.Kind == ast.Variable && v.Raw == u.name {
		u.n++
	}
	for _, child := range v.Children {
		u.value(child.Value)
	}
}
