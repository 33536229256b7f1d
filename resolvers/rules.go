package resolvers

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator/core"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// validationRules are the rules that documents are validated by: the parser's
// own, and what the specification of September 2025 adds to them.
func validationRules() *rules.Rules {
	list := rules.NewDefaultRules()
	list.AddRule("SubscriptionRootUnconditional", subscriptionRootUnconditional)
	return list
}

// subscriptionRootUnconditional refuses @skip and @include at the root of a
// subscription: whether there is anything to subscribe to must not depend on a
// variable.
func subscriptionRootUnconditional(observers *core.Events, addError core.AddErrFunc) {
	observers.OnOperation(func(_ *core.Walker, operation *ast.OperationDefinition) {
		if operation.Operation != ast.Subscription {
			return
		}
		eachAtRoot(operation.SelectionSet, map[string]bool{}, func(directives ast.DirectiveList) {
			for _, d := range directives {
				if d.Name == "skip" || d.Name == "include" {
					addError(core.Message("A subscription must not have @%s at its root.", d.Name), core.At(d.Position))
				}
			}
		})
	})
}

// eachAtRoot calls f with the directives of everything that is selected at a
// root, fragments spread, each once.
func eachAtRoot(set ast.SelectionSet, passed map[string]bool, f func(ast.DirectiveList)) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			f(s.Directives)
		case *ast.InlineFragment:
			f(s.Directives)
			eachAtRoot(s.SelectionSet, passed, f)
		case *ast.FragmentSpread:
			f(s.Directives)
			if s.Definition != nil && !passed[s.Name] {
				passed[s.Name] = true
				eachAtRoot(s.Definition.SelectionSet, passed, f)
			}
		}
	}
}
