package resolvers

import (
	"context"
	"reflect"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/analytics"
	"cartograph/graph"
)

// course says how gqlgen runs a field, as far as it matters to a pace.
type course int

const (
	// plain fields lead to no loader.
	plain course = iota
	// beside: a field with a resolver, which runs beside its siblings once those
	// without one have been passed.
	beside
	// through: a field without a resolver that leads to some. It is passed in its
	// turn, with all that lies below it, before the next one begins.
	through
)

// pacer keeps the pace of operations. No type of the schema has fields of both
// courses beside and through; a test holds that.
type pacer struct {
	courses map[*ast.FieldDefinition]course
	// satisfied are, for each type with fields, the types that it satisfies: what
	// tells which fields a selection has on it.
	satisfied map[string][]string
	// ended, if set, hears what is still busy at the end of an answer: nothing.
	ended func(busy int64)
}

// newPacer returns the pacer for a schema.
func newPacer(schema *ast.Schema) *pacer {
	p := &pacer{courses: map[*ast.FieldDefinition]course{}, satisfied: map[string][]string{}}
	resolved := resolvedFields()
	for name, definition := range schema.Types {
		if definition.Kind != ast.Object || isIntrospection(name) {
			continue
		}
		p.satisfied[name] = append([]string{name}, definition.Interfaces...)
		for _, field := range definition.Fields {
			if resolved[strings.ToLower(name+"."+field.Name)] {
				p.courses[field] = beside
			}
		}
	}
	for changed := true; changed; {
		changed = false
		for name := range p.satisfied {
			for _, field := range schema.Types[name].Fields {
				if p.courses[field] == plain && p.leadsOn(schema.Types[field.Type.Name()]) {
					p.courses[field] = through
					changed = true
				}
			}
		}
	}
	return p
}

// resolvedFields returns the fields that have a resolver, by their coordinates
// in lower case.
func resolvedFields() map[string]bool {
	fields := map[string]bool{}
	root := reflect.TypeFor[graph.ResolverRoot]()
	for i := range root.NumMethod() {
		ofType := root.Method(i)
		resolver := ofType.Type.Out(0)
		for k := range resolver.NumMethod() {
			fields[strings.ToLower(ofType.Name+"."+resolver.Method(k).Name)] = true
		}
	}
	return fields
}

// leadsOn reports whether a type has a field that is not plain.
func (s *pacer) leadsOn(definition *ast.Definition) bool {
	for _, field := range definition.Fields {
		if s.courses[field] != plain {
			return true
		}
	}
	return false
}

// begin gives an operation its pace.
func (s *pacer) begin(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	operation := graphql.GetOperationContext(ctx)
	inner := operation.ResolverMiddleware
	operation.ResolverMiddleware = func(ctx context.Context, resolve graphql.Resolver) (result any, err error) {
		field := graphql.GetFieldContext(ctx)
		course := s.courses[field.Field.Definition]
		if course == plain || field.Object == "Subscription" {
			return inner(ctx, resolve)
		}
		if graph.IsLight(ctx) { // it was not announced either
			return nil, graph.ErrNotLight
		}
		p := paceOf(ctx)
		if field.Object == "Mutation" || ofEvent(field) || course == through && !s.first(operation, field) {
			p.add(1) // it follows another field of its object, and was not announced
		}
		announced := 0
		defer func() { p.add(announced - 1) }()
		below := func() int { return s.below(operation, field, result) }
		if course == through && field.Field.Definition.Type.Elem != nil && graph.IsInTurn(ctx) {
			ctx = graph.Lightly(ctx, func() { p.add(below()) })
			return inner(ctx, resolve)
		}
		if field.Object == "Query" && s.readAhead(operation, field.Field) {
			ctx = graph.InTurn(ctx)
		}
		result, err = inner(ctx, resolve)
		if err == nil {
			announced = below()
		}
		return result, err
	}
	return next(context.WithValue(ctx, paceKey{}, &pace{}))
}

// event gives each event of a subscription a pace of its own, and its fields the
// subscription's root field as their parent.
func (s *pacer) event(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	if _, runs := ctx.Value(paceKey{}).(*pace); !runs {
		return next(ctx)
	}
	operation := graphql.GetOperationContext(ctx)
	if operation.Operation.Operation != ast.Subscription {
		return next(ctx)
	}
	fields := graphql.CollectFields(operation, operation.Operation.SelectionSet, []string{"Subscription"})
	if len(fields) > 0 {
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: "Subscription", Field: fields[0]})
	}
	return next(context.WithValue(ctx, paceKey{}, &pace{}))
}

// ofEvent reports whether a field is one of the object that an event of a
// subscription is: nobody announces these, since what comes is known only once
// it is there.
func ofEvent(field *graphql.FieldContext) bool {
	return field.Parent != nil && field.Parent.Object == "Subscription"
}

// first reports whether a field is the first of its object that is passed
// through.
func (s *pacer) first(operation *graphql.OperationContext, field *graphql.FieldContext) bool {
	parent := field.Parent
	for parent.Field.Field == nil { // an element of a list
		parent = parent.Parent
	}
	for _, sibling := range graphql.CollectFields(operation, parent.Field.Selections, s.satisfied[field.Object]) {
		if s.courses[sibling.Definition] == through {
			return sibling.Alias == field.Field.Alias
		}
	}
	return false
}

// announce announces the root fields of a query before they begin.
func (s *pacer) announce(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	p, runs := ctx.Value(paceKey{}).(*pace)
	if !runs {
		return next(ctx)
	}
	operation := graphql.GetOperationContext(ctx)
	if operation.Operation.Operation == ast.Query {
		p.add(s.beginning(operation, operation.Operation.SelectionSet, "Query"))
	}
	response := next(ctx)
	if s.ended != nil && response != nil {
		s.ended(p.busy.Load())
	}
	return response
}

// beginning returns how many fields of a selection on a type begin as soon as
// there is an object: all with resolvers, or the first that is passed through.
func (s *pacer) beginning(operation *graphql.OperationContext, selection ast.SelectionSet, typeName string) int {
	n := 0
	for _, field := range graphql.CollectFields(operation, selection, s.satisfied[typeName]) {
		switch s.courses[field.Definition] {
		case beside:
			n++
		case through:
			return 1
		}
	}
	return n
}

// below returns how many fields begin below a field because of its result.
func (s *pacer) below(operation *graphql.OperationContext, field *graphql.FieldContext, result any) int {
	if len(field.Field.Selections) == 0 || result == nil {
		return 0
	}
	fieldType := field.Field.Definition.Type
	if fieldType.Elem == nil {
		return s.belowObject(operation, field, fieldType.Name(), reflect.ValueOf(result))
	}
	n := 0
	list := reflect.ValueOf(result)
	for i := range list.Len() {
		n += s.belowObject(operation, field, fieldType.Name(), list.Index(i))
	}
	return n
}

// belowObject returns how many fields begin below one object: none if it is
// null.
func (s *pacer) belowObject(operation *graphql.OperationContext, field *graphql.FieldContext, typeName string, object reflect.Value) int {
	if kind := object.Kind(); (kind == reflect.Pointer || kind == reflect.Interface) && object.IsNil() {
		return 0
	}
	if _, concrete := s.satisfied[typeName]; !concrete {
		typeName = typeOf(object.Interface())
	}
	return s.beginning(operation, field.Field.Selections, typeName)
}

// typeOf returns the type of an object that a field shows by an interface or a
// union of the schema: what its global id says, else the name of its Go type.
func typeOf(object any) string {
	if node, ok := object.(analytics.Node); ok {
		name, _, _ := analytics.SplitGlobalID(node.ID())
		return name
	}
	return reflect.Indirect(reflect.ValueOf(object)).Type().Name()
}
