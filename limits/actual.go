package limits

import (
	"bytes"

	"github.com/vektah/gqlparser/v2/ast"
)

// Actual returns what an operation did cost in points: the prices of what its
// answer holds. data is the answer's data, as it goes out.
func (p *Prices) Actual(operation *ast.OperationDefinition, variables map[string]any, data []byte) int {
	r := &reading{prices: p, variables: variables, text: data}
	if len(data) == 0 {
		return 0
	}
	return r.object(&answered{below: shape{sets: []ast.SelectionSet{operation.SelectionSet}}})
}

// shape is what an object of an answer may have, by the names in the answer. It
// is made when the first such object comes.
type shape struct {
	sets   []ast.SelectionSet
	fields map[string]*answered
}

// answered is a field of an answer, with all that is selected below it. Where
// types of nodes have fields of different prices under one name, the answer does
// not tell which it is: it has the highest price.
type answered struct {
	field *ast.Field
	price *price
	below shape
}

// page returns what tells how many items a page has, nil for other fields.
func (f *answered) page() *sizing {
	if f.price == nil || f.price.size == nil || len(f.price.size.sized) == 0 {
		return nil
	}
	return f.price.size
}

// reading goes through an answer once. What it is given is JSON as the gateway
// writes it; it stops where it does not understand.
type reading struct {
	prices    *Prices
	variables map[string]any
	text      []byte
	at        int
}

// collect adds the fields of a selection to a shape.
func (r *reading) collect(s *shape, set ast.SelectionSet) {
	for _, selection := range set {
		switch selection := selection.(type) {
		case *ast.Field:
			f := s.fields[selection.Alias]
			if f == nil {
				f = &answered{field: selection}
				s.fields[selection.Alias] = f
			}
			if price := r.prices.fields[selection.Definition]; price.dearerThan(f.price) {
				f.field, f.price = selection, price
			}
			if len(selection.SelectionSet) > 0 {
				f.below.sets = append(f.below.sets, selection.SelectionSet)
			}
		case *ast.InlineFragment:
			r.collect(s, selection.SelectionSet)
		case *ast.FragmentSpread:
			r.collect(s, selection.Definition.SelectionSet)
		}
	}
}

// dearerThan reports whether a price is the higher one; nil is none.
func (p *price) dearerThan(other *price) bool {
	return p != nil && (other == nil || p.once+p.each > other.once+other.each)
}

// object returns what lies in an object of a field, whose brace comes next. A page
// costs no less than the items that were read for it: where it shows none of them
// but their ends, those that were asked for.
func (r *reading) object(of *answered) (points int) {
	s, page := &of.below, of.page()
	if s.fields == nil {
		s.fields = map[string]*answered{}
		for _, set := range s.sets {
			r.collect(s, set)
		}
	}
	if !r.skip('{') {
		return 0
	}
	items, ends := -1, false
	for r.at < len(r.text) && r.text[r.at] == '"' {
		name := r.string()
		if !r.skip(':') {
			return points
		}
		f := s.fields[string(name)]
		switch {
		case f == nil || f.price == nil:
			r.pass()
		case f.price.whole:
			r.pass()
			points = plus(points, f.price.once)
		default:
			cost, length := r.value(f)
			points = plus(points, plus(f.price.once, cost))
			if page != nil && f.field.Name == pageInfo {
				ends = true
			} else if page != nil && page.reads(f.field) {
				items = max(items, length)
			}
		}
		if !r.skip(',') {
			break
		}
	}
	r.skip('}')
	if items < 0 && ends {
		items = page.of(of.field, r.variables)
	}
	return max(points, items*objectPoints)
}

// value returns what lies in the value of a field, the price of each item and
// what it holds, and how many items there are.
func (r *reading) value(f *answered) (points, items int) {
	switch {
	case r.at >= len(r.text):
		return 0, 0
	case r.text[r.at] == '[':
		r.at++
		for r.at < len(r.text) && r.text[r.at] != ']' {
			item, _ := r.value(f)
			points = plus(points, item)
			items++
			if !r.skip(',') {
				break
			}
		}
		r.skip(']')
		return points, items
	case r.text[r.at] == '{' && len(f.below.sets) > 0:
		return plus(f.price.each, r.object(f)), 1
	case r.text[r.at] == 'n':
		r.pass()
		return 0, 0
	default:
		r.pass()
		return f.price.each, 1
	}
}

// skip goes over a character if it comes next.
func (r *reading) skip(c byte) bool {
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

// string goes over a string and returns what is between its quotes.
func (r *reading) string() []byte {
	start := r.at + 1
	for i := start; i < len(r.text); i++ {
		next := bytes.IndexAny(r.text[i:], `"\`)
		if next < 0 {
			break
		}
		i += next
		if r.text[i] == '"' {
			r.at = i + 1
			return r.text[start:i]
		}
		i++ // what is escaped
	}
	r.at = len(r.text)
	return nil
}

// pass goes over a value.
func (r *reading) pass() {
	depth := 0
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case '"':
			r.string()
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return
			}
			depth--
		case ',':
			if depth == 0 {
				return
			}
		}
		r.at++
	}
}
