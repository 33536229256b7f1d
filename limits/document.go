// Package limits says how much one request may be and may cost: before a
// document is validated, before it runs, and over time.
package limits

import (
	"errors"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"

	"cartograph/analytics"
)

// The bounds of a document. Validation compares fields with each other, so that
// its time grows faster than the document; a test sends the worst that is left
// to a running gateway. The largest operation of our pages and examples has 167
// tokens, the introspection query of usual tools 184.
const (
	// MaxText bounds the text of a document in bytes: seven times what our largest
	// operation has, written with line breaks and comments.
	MaxText = 15_000
	// MaxTokens bounds what is parsed at all.
	MaxTokens = 2_000
	// MaxOperationName bounds the name of an operation in bytes: it is logged.
	MaxOperationName = 512
	// MaxDepth bounds how deep selections nest, fragments included, and values
	// likewise. The time that validation takes grows with the cube of the depth; the
	// introspection query is 10 to 13 deep.
	MaxDepth = 20
	// MaxSelections bounds the fields and fragments as they are written.
	MaxSelections = 1_000
	// MaxExpanded bounds the same with each fragment counted wherever it is spread:
	// fragments that double each other make much of little.
	MaxExpanded = 5_000
	// MaxSameName bounds how often one field may stand in the same place of the
	// answer: each is compared with each other one.
	MaxSameName = 50
	// MaxFragments bounds the named fragments: our pages have eight.
	MaxFragments = 50
	// MaxAliases bounds the fields under another name: twelve months of a few
	// figures fit, brute force does not.
	MaxAliases = 30
	// MaxRootFields bounds what begins at the same time: a page of a dozen parts
	// asks for fewer.
	MaxRootFields = 20
	// MaxDirectives bounds directives in all, MaxDirectivesHere those of one place.
	MaxDirectives     = 50
	MaxDirectivesHere = 4
)

// Parse parses a document and checks it against the bounds. It fails with
// LimitExceeded, naming the bound, for one beyond them, and with the parser's
// error for one that is no document.
func Parse(text string) (*ast.QueryDocument, error) {
	if len(text) > MaxText {
		return nil, analytics.Errorf(analytics.LimitExceeded, "the document has %d bytes, at most %d are allowed", len(text), MaxText)
	}
	document, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, MaxTokens)
	if err != nil {
		return nil, beyondParser(err)
	}
	return document, Check(document)
}

// beyondParser returns the parser's error, or which of its bounds the document
// is beyond.
func beyondParser(err error) error {
	var known *gqlerror.Error
	if errors.As(err, &known) && strings.HasPrefix(known.Message, "exceeded token limit") {
		return analytics.Errorf(analytics.LimitExceeded, "the document has more than %d tokens", MaxTokens)
	}
	if errors.As(err, &known) && strings.HasPrefix(known.Message, "exceeded maximum nesting") {
		return analytics.Errorf(analytics.LimitExceeded, "selections and values may nest %d deep", MaxDepth)
	}
	return err
}

// Check fails with LimitExceeded, naming the bound, for a document beyond one.
// It looks at each selection as it is written once, and then at no more than
// MaxExpanded with fragments spread.
func Check(document *ast.QueryDocument) error {
	_, err := check(document)
	return err
}

// check is Check, and returns how many steps it took.
func check(document *ast.QueryDocument) (steps int, err error) {
	c := &counter{fragments: map[string]*ast.FragmentDefinition{}, known: map[string]extent{}}
	if len(document.Fragments) > MaxFragments {
		return 0, analytics.Errorf(analytics.LimitExceeded, "the document has %d fragments, at most %d are allowed", len(document.Fragments), MaxFragments)
	}
	for _, fragment := range document.Fragments {
		c.fragments[fragment.Name] = fragment
	}
	largest := c.document(document)
	switch {
	case largest.depth > MaxDepth:
		err = analytics.Errorf(analytics.LimitExceeded, "selections may nest %d deep, fragments included", MaxDepth)
	case c.deepValue:
		err = analytics.Errorf(analytics.LimitExceeded, "values may nest %d deep", MaxDepth)
	case c.selected > MaxSelections:
		err = analytics.Errorf(analytics.LimitExceeded, "the document has %d fields and fragments, at most %d are allowed", c.selected, MaxSelections)
	case largest.size > MaxExpanded:
		err = analytics.Errorf(analytics.LimitExceeded, "the document has more than %d fields and fragments once its fragments are spread", MaxExpanded)
	case c.aliases > MaxAliases:
		err = analytics.Errorf(analytics.LimitExceeded, "the document has %d aliases, at most %d are allowed", c.aliases, MaxAliases)
	case c.directives > MaxDirectives:
		err = analytics.Errorf(analytics.LimitExceeded, "the document has %d directives, at most %d are allowed", c.directives, MaxDirectives)
	case c.directivesHere > MaxDirectivesHere:
		err = analytics.Errorf(analytics.LimitExceeded, "there are %d directives in one place, at most %d are allowed", c.directivesHere, MaxDirectivesHere)
	default:
		s := &spreading{counter: c}
		err = s.document(document)
		c.steps += s.steps
	}
	return c.steps, err
}

// extent is how deep a selection is and how many fields and fragments it has
// once fragments are spread. A size beyond MaxExpanded stays there.
type extent struct{ depth, size int }

func (e *extent) join(o extent) {
	e.depth = max(e.depth, o.depth)
	e.size = min(e.size+o.size, MaxExpanded+1)
}

// counter counts what stands in a document, each fragment once.
type counter struct {
	fragments map[string]*ast.FragmentDefinition
	known     map[string]extent

	steps                      int
	selected                   int // fields and fragments as they are written
	aliases                    int
	directives, directivesHere int
	deepValue                  bool
}

// document returns the extent of all operations, and of the fragments that none
// of them spreads: they are validated too.
func (c *counter) document(document *ast.QueryDocument) extent {
	all := extent{}
	for _, operation := range document.Operations {
		c.place(operation.Directives)
		for _, variable := range operation.VariableDefinitions {
			c.steps++
			c.place(variable.Directives)
			c.value(variable.DefaultValue, 1)
		}
		all.join(c.selections(operation.SelectionSet))
	}
	for _, fragment := range document.Fragments {
		c.place(fragment.Directives)
		if _, spread := c.known[fragment.Name]; !spread {
			all.join(c.fragment(fragment.Name))
		}
	}
	return all
}

func (c *counter) selections(set ast.SelectionSet) extent {
	if len(set) == 0 {
		return extent{}
	}
	within := extent{}
	for _, selection := range set {
		c.steps++
		c.selected++
		below := extent{}
		switch s := selection.(type) {
		case *ast.Field:
			if s.Alias != s.Name {
				c.aliases++
			}
			c.place(s.Directives)
			c.arguments(s.Arguments)
			below = c.selections(s.SelectionSet)
		case *ast.InlineFragment:
			c.place(s.Directives)
			below = c.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			c.place(s.Directives)
			below = c.fragment(s.Name)
		}
		within.join(extent{below.depth, below.size + 1})
	}
	return extent{within.depth + 1, within.size}
}

// fragment returns the extent of a named fragment; one that is unknown, or that
// is being measured (a cycle), has none: validation refuses both.
func (c *counter) fragment(name string) extent {
	if e, ok := c.known[name]; ok {
		return e
	}
	c.known[name] = extent{}
	if definition := c.fragments[name]; definition != nil {
		c.known[name] = c.selections(definition.SelectionSet)
	}
	return c.known[name]
}

// place counts the directives of one place.
func (c *counter) place(list ast.DirectiveList) {
	c.directives += len(list)
	c.directivesHere = max(c.directivesHere, len(list))
	for _, directive := range list {
		c.steps++
		c.arguments(directive.Arguments)
	}
}

func (c *counter) arguments(list ast.ArgumentList) {
	for _, argument := range list {
		c.value(argument.Value, 1)
	}
}

// value looks how deep a value nests, and no deeper than is allowed.
func (c *counter) value(v *ast.Value, depth int) {
	if v == nil {
		return
	}
	c.steps++
	if depth > MaxDepth {
		c.deepValue = true
		return
	}
	for _, child := range v.Children {
		c.value(child.Value, depth+1)
	}
}

// spreading walks a document as it is answered: fragments spread, and fields of
// one name in one place together. It is only for documents whose size is
// bounded that way.
type spreading struct {
	*counter
	steps  int
	within []string // fragments around: a cycle ends there
}

// place is where in an answer a field stands: how many fields of a document
// stand there, and the places below.
type place struct {
	fields int
	below  map[string]*place
}

func (p *place) under(name string) *place {
	if p.below == nil {
		p.below = map[string]*place{}
	}
	if p.below[name] == nil {
		p.below[name] = &place{}
	}
	return p.below[name]
}

func (s *spreading) document(document *ast.QueryDocument) error {
	reached := map[string]bool{}
	for _, operation := range document.Operations {
		root := &place{}
		if err := s.selections(operation.SelectionSet, root, reached); err != nil {
			return err
		}
		if len(root.below) > MaxRootFields {
			return analytics.Errorf(analytics.LimitExceeded, "the operation has %d fields at its root, at most %d are allowed", len(root.below), MaxRootFields)
		}
	}
	for _, fragment := range document.Fragments {
		if !reached[fragment.Name] {
			if err := s.spread(fragment.Name, &place{}, reached); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *spreading) selections(set ast.SelectionSet, at *place, reached map[string]bool) error {
	for _, selection := range set {
		s.steps++
		var err error
		switch selection := selection.(type) {
		case *ast.Field:
			below := at.under(selection.Alias)
			below.fields++
			if below.fields > MaxSameName {
				return analytics.Errorf(analytics.LimitExceeded, "one field may stand %d times in the same place", MaxSameName)
			}
			err = s.selections(selection.SelectionSet, below, reached)
		case *ast.InlineFragment:
			err = s.selections(selection.SelectionSet, at, reached)
		case *ast.FragmentSpread:
			err = s.spread(selection.Name, at, reached)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *spreading) spread(name string, at *place, reached map[string]bool) error {
	definition := s.fragments[name]
	for _, around := range s.within {
		if around == name {
			return nil
		}
	}
	if definition == nil {
		return nil
	}
	reached[name] = true
	s.within = append(s.within, name)
	defer func() { s.within = s.within[:len(s.within)-1] }()
	return s.selections(definition.SelectionSet, at, reached)
}
