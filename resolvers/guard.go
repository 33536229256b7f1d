package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"cartograph/analytics"
)

const (
	// maxTokens bounds what is parsed at all. The introspection query of usual
	// tools has about 200.
	maxTokens = 5_000
	// maxDepth bounds how deep selections nest, fragments included. The time that
	// validation takes grows with the cube of the depth; the introspection query
	// is 10 to 13 deep.
	maxDepth = 20
	// maxSelections bounds the fields and fragments of a document: each is
	// compared with its neighbours.
	maxSelections = 1_000
	// maxExpanded bounds the same with each fragment counted wherever it is
	// spread: fragments that double each other make much of little.
	maxExpanded = 5_000
)

// guard turns away documents that would cost much time to validate or to run,
// before either begins. It parses on its own; what the cache knows has passed.
type guard struct {
	cache graphql.Cache[*ast.QueryDocument]
}

var _ interface {
	graphql.OperationParameterMutator
	graphql.HandlerExtension
} = guard{}

// ExtensionName names the guard among the extensions of gqlgen.
func (guard) ExtensionName() string { return "Guard" }

// Validate has nothing to check at the start.
func (guard) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationParameters fails with BadUserInput where the document is
// beyond a bound. It changes nothing.
func (g guard) MutateOperationParameters(ctx context.Context, request *graphql.RawParams) *gqlerror.Error {
	if _, ok := g.cache.Get(ctx, request.Query); ok {
		return nil
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: request.Query}, maxTokens)
	if err != nil {
		return nil // gqlgen parses it again and says so
	}
	return gqlerror.Wrap(checkExtent(doc))
}

// checkExtent fails with BadUserInput, naming the bound, for a document that is
// too deep or too large. It looks at every selection once.
func checkExtent(doc *ast.QueryDocument) error {
	m := measure{fragments: doc.Fragments, known: map[string]extent{}}
	largest := extent{}
	for _, op := range doc.Operations {
		largest.join(m.selections(op.SelectionSet))
	}
	for _, fragment := range doc.Fragments { // validated also if no operation uses it
		largest.depth = max(largest.depth, m.fragment(fragment.Name).depth)
	}
	switch {
	case largest.depth > maxDepth:
		return analytics.Errorf(analytics.BadUserInput, "selections may nest %d deep, fragments included", maxDepth)
	case m.seen > maxSelections:
		return analytics.Errorf(analytics.BadUserInput, "the document has %d fields and fragments, at most %d are allowed", m.seen, maxSelections)
	case largest.size > maxExpanded:
		return analytics.Errorf(analytics.BadUserInput, "the document has more than %d fields and fragments once its fragments are spread", maxExpanded)
	}
	return nil
}

// extent is how deep a selection is and how many fields and fragments it has
// once fragments are spread. A size beyond maxExpanded stays there.
type extent struct{ depth, size int }

func (e *extent) join(o extent) {
	e.depth = max(e.depth, o.depth)
	e.size = min(e.size+o.size, maxExpanded+1)
}

// measure measures the selections of one document, each fragment once.
type measure struct {
	fragments ast.FragmentDefinitionList
	known     map[string]extent
	seen      int // fields and fragments as they are written
}

func (m *measure) selections(set ast.SelectionSet) extent {
	if len(set) == 0 {
		return extent{}
	}
	within := extent{}
	for _, selection := range set {
		m.seen++
		below := extent{}
		switch s := selection.(type) {
		case *ast.Field:
			below = m.selections(s.SelectionSet)
		case *ast.InlineFragment:
			below = m.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			below = m.fragment(s.Name)
		}
		within.join(extent{below.depth, below.size + 1})
	}
	return extent{within.depth + 1, within.size}
}

// fragment returns the extent of a named fragment; one that is unknown, or that
// is being measured (a cycle), has none: validation refuses both.
func (m *measure) fragment(name string) extent {
	if e, ok := m.known[name]; ok {
		return e
	}
	m.known[name] = extent{}
	if definition := m.fragments.ForName(name); definition != nil {
		m.known[name] = m.selections(definition.SelectionSet)
	}
	return m.known[name]
}
