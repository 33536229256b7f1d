package limits

import (
	"encoding/json"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
)

// Estimate returns what an operation costs at most in points, as far as its
// document and variables tell: lists without a known size may be longer. The
// document must be valid. Each fragment is looked at once for each size of what
// it stands in.
func (p *Prices) Estimate(operation *ast.OperationDefinition, variables map[string]any) int {
	e := estimate{prices: p, variables: variables, known: map[spreadIn]int{}}
	return e.selections(operation.SelectionSet, within{})
}

// within is the page that selections stand in, and how many items it has.
type within struct {
	sizing *sizing
	size   int
}

// spreadIn is a fragment in a page.
type spreadIn struct {
	fragment string
	within
}

type estimate struct {
	prices    *Prices
	variables map[string]any
	known     map[spreadIn]int
}

func (e *estimate) selections(set ast.SelectionSet, in within) (points int) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			if Included(s.Directives, e.variables) {
				points = plus(points, e.field(s, in))
			}
		case *ast.InlineFragment:
			if Included(s.Directives, e.variables) {
				points = plus(points, e.selections(s.SelectionSet, in))
			}
		case *ast.FragmentSpread:
			if Included(s.Directives, e.variables) {
				points = plus(points, e.fragment(s, in))
			}
		}
	}
	return points
}

func (e *estimate) fragment(s *ast.FragmentSpread, in within) int {
	key := spreadIn{s.Name, in}
	points, ok := e.known[key]
	if !ok {
		points = e.selections(s.Definition.SelectionSet, in)
		e.known[key] = points
	}
	return points
}

func (e *estimate) field(f *ast.Field, in within) int {
	p := e.prices.fields[f.Definition]
	if p == nil { // __typename has no definition in the schema
		return 0
	}
	if p.whole {
		return p.once
	}
	items, below := 1, within{}
	if p.list {
		items = unknownSize
	}
	switch {
	case p.size != nil && len(p.size.sized) > 0:
		below = within{p.size, p.size.of(f, e.variables)}
	case p.size != nil:
		items = p.size.of(f, e.variables)
	case p.list && in.sizing != nil && slices.Contains(in.sizing.sized, f.Name):
		items = in.size
	}
	points := e.selections(f.SelectionSet, below)
	if below.sizing != nil && e.reads(f.SelectionSet, below.sizing) {
		points = max(points, below.size*objectPoints)
	}
	each := plus(p.each, points)
	return plus(p.once, times(items, each))
}

// pageInfo is the field of a page that tells where it begins and ends: to know
// that takes its items.
const pageInfo = "pageInfo"

// reads reports whether a selection on a page shows anything that takes its
// items. It costs no less than these, whatever is shown of them.
func (e *estimate) reads(set ast.SelectionSet, page *sizing) bool {
	return slices.ContainsFunc(set, func(selection ast.Selection) bool {
		switch s := selection.(type) {
		case *ast.Field:
			return page.reads(s) && Included(s.Directives, e.variables)
		case *ast.InlineFragment:
			return Included(s.Directives, e.variables) && e.reads(s.SelectionSet, page)
		case *ast.FragmentSpread:
			return Included(s.Directives, e.variables) && e.reads(s.Definition.SelectionSet, page)
		}
		return false
	})
}

// reads reports whether a field of a page takes its items.
func (s *sizing) reads(f *ast.Field) bool {
	return f.Name == pageInfo || slices.Contains(s.sized, f.Name)
}

// of returns how many items a field asks for: what the largest of its slicing
// arguments says, and no more than a page may have.
func (s *sizing) of(f *ast.Field, variables map[string]any) int {
	size, told := 0, false
	for _, name := range s.slicing {
		if n, ok := count(valueOf(f, name, variables)); ok {
			size, told = max(size, n), true
		}
	}
	if !told {
		return s.assumed
	}
	return min(size, maxPage)
}

// valueOf returns the value of an argument, nil if it has none.
func valueOf(f *ast.Field, name string, variables map[string]any) any {
	if argument := f.Arguments.ForName(name); argument != nil {
		value, err := argument.Value.Value(variables)
		if err != nil {
			return nil
		}
		return value
	}
	if definition := f.Definition.Arguments.ForName(name); definition != nil && definition.DefaultValue != nil {
		value, _ := definition.DefaultValue.Value(nil)
		return value
	}
	return nil
}

// count returns the number that a value is, or of a list its length; for what is
// neither as many as a page has at most. It reports false for null.
func count(value any) (int, bool) {
	switch v := value.(type) {
	case int64:
		return int(min(max(v, 0), maxPage)), true
	case int:
		return min(max(v, 0), maxPage), true
	case float64:
		return int(min(max(v, 0), maxPage)), true
	case json.Number:
		n, err := v.Int64()
		return int(min(max(n, 0), maxPage)), err == nil
	case []any:
		return len(v), true
	case nil:
		return 0, false
	}
	return maxPage, true
}

// Included reports whether @skip and @include leave a selection in.
func Included(directives ast.DirectiveList, variables map[string]any) bool {
	for _, directive := range directives {
		if directive.Name != "skip" && directive.Name != "include" {
			continue
		}
		condition, err := directive.Arguments.ForName("if").Value.Value(variables)
		if value, ok := condition.(bool); err == nil && ok && value == (directive.Name == "skip") {
			return false
		}
	}
	return true
}
