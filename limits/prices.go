package limits

import (
	"strconv"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

const (
	// objectPoints is what an object costs that is read, unless @cost says
	// otherwise; scalars cost nothing.
	objectPoints = 1
	// mutationPoints is what a mutation costs besides what it shows: some reads and
	// two or three writes.
	mutationPoints = 10
	// schemaPoints is what a look at the schema costs: it answers some hundred
	// kilobytes, and three fit into an operation.
	schemaPoints = 6_000
	// unknownSize is how many items a list is taken to have that says nothing of
	// its size: most hold a handful.
	unknownSize = 10
	// pageSize is how many items a page has that is not told how many, and maxPage
	// how many it has at most.
	pageSize = 25
	maxPage  = 250
	// most is where costs stop growing: no operation may cost so much.
	most = 1 << 40
)

// Prices say what the fields of a schema cost in points, by the directives @cost
// and @listSize of IBM's cost specification.
type Prices struct {
	fields map[*ast.FieldDefinition]*price
}

// price is what a field costs: once, and for each item that it returns.
type price struct {
	once, each int
	list       bool
	size       *sizing // of a list or page; nil if it says nothing
	whole      bool    // what lies below costs nothing besides
}

// sizing is what tells how many items a list has: arguments, or else what is
// assumed. With sized fields it is not the field's own list that is meant but
// those below it.
type sizing struct {
	assumed int
	slicing []string
	sized   []string
}

// ReadPrices reads the prices of a schema. A page (a field with first and last
// that returns edges and nodes) needs no directive.
func ReadPrices(schema *ast.Schema) *Prices {
	p := &Prices{fields: map[*ast.FieldDefinition]*price{}}
	for _, definition := range schema.Types {
		if strings.HasPrefix(definition.Name, "__") {
			continue
		}
		for _, field := range definition.Fields {
			p.fields[field] = readPrice(schema, definition, field)
		}
	}
	return p
}

func readPrice(schema *ast.Schema, of *ast.Definition, field *ast.FieldDefinition) *price {
	p := &price{list: field.Type.Elem != nil, size: readSizing(schema, field)}
	if strings.HasPrefix(field.Name, "__") {
		return &price{once: schemaPoints, whole: true}
	}
	if result := schema.Types[field.Type.Name()]; result != nil {
		if result.IsCompositeType() {
			p.each = objectPoints
		}
		if weight, ok := readWeight(result.Directives); ok {
			p.each = weight
		}
	}
	if of == schema.Mutation {
		p.once, p.each = mutationPoints, 0
	}
	if weight, ok := readWeight(field.Directives); ok {
		p.once, p.each = weight, 0
	}
	return p
}

// readWeight returns the weight of a @cost directive.
func readWeight(directives ast.DirectiveList) (int, bool) {
	directive := directives.ForName("cost")
	if directive == nil {
		return 0, false
	}
	weight, err := strconv.Atoi(directive.Arguments.ForName("weight").Value.Raw)
	return weight, err == nil
}

// readSizing returns what a @listSize directive says, or what goes without
// saying for a page.
func readSizing(schema *ast.Schema, field *ast.FieldDefinition) *sizing {
	directive := field.Directives.ForName("listSize")
	if directive == nil {
		result := schema.Types[field.Type.Name()]
		if result == nil || result.Fields.ForName("edges") == nil || field.Arguments.ForName("first") == nil {
			return nil
		}
		return &sizing{pageSize, []string{"first", "last"}, []string{"edges", "nodes"}}
	}
	s := &sizing{assumed: unknownSize}
	if argument := directive.Arguments.ForName("assumedSize"); argument != nil {
		s.assumed, _ = strconv.Atoi(argument.Value.Raw)
	}
	s.slicing = texts(directive, "slicingArguments")
	s.sized = texts(directive, "sizedFields")
	return s
}

func texts(directive *ast.Directive, name string) (list []string) {
	if argument := directive.Arguments.ForName(name); argument != nil {
		for _, child := range argument.Value.Children {
			list = append(list, child.Value.Raw)
		}
	}
	return list
}

// plus and times stop at most.
func plus(a, b int) int { return min(a+b, most) }

func times(a, b int) int {
	if a != 0 && b > most/a {
		return most
	}
	return a * b
}
