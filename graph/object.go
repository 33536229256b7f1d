package graph

import (
	"context"
	"io"
	"sync"

	"github.com/99designs/gqlgen/graphql"
)

// object is an object of an answer: what gqlgen calls a field set, without what
// only deferred fields need. The generated code fills it.
type object struct {
	fields   []graphql.CollectedField // each name once
	Values   []graphql.Marshaler
	Invalids uint32
	later    []laterField
}

// laterField is a field that runs beside the others of its object.
type laterField struct {
	index   int
	resolve func(context.Context) graphql.Marshaler
}

func newObject(ctx context.Context, fields []graphql.CollectedField) *object {
	if l, light := ctx.(*lightly); light {
		return l.object(fields)
	}
	return &object{fields: fields, Values: make([]graphql.Marshaler, len(fields))}
}

// Concurrently lets a field run beside the others once Dispatch is called.
func (o *object) Concurrently(i int, resolve func(context.Context) graphql.Marshaler) {
	if o.later == nil {
		o.later = make([]laterField, 0, len(o.fields)-i)
	}
	o.later = append(o.later, laterField{i, resolve})
}

// Dispatch runs the fields that run beside each other, and waits for them.
func (o *object) Dispatch(ctx context.Context) {
	if len(o.later) == 0 {
		return
	}
	if IsInTurn(ctx) {
		for _, field := range o.later {
			o.Values[field.index] = field.resolve(ctx)
		}
		return
	}
	var others sync.WaitGroup
	for _, field := range o.later[1:] {
		others.Go(func() { o.Values[field.index] = field.resolve(ctx) })
	}
	o.Values[o.later[0].index] = o.later[0].resolve(ctx)
	others.Wait()
}

// MarshalGQL writes the object as JSON. The names of fields need no escapes.
func (o *object) MarshalGQL(w io.Writer) {
	separator := `{"`
	for i := range o.fields {
		_, _ = io.WriteString(w, separator)
		_, _ = io.WriteString(w, o.fields[i].Alias)
		_, _ = io.WriteString(w, `":`)
		o.Values[i].MarshalGQL(w)
		separator = `,"`
	}
	if len(o.fields) == 0 {
		_, _ = io.WriteString(w, "{")
	}
	_, _ = io.WriteString(w, "}")
}

// eachOf marshals the elements of a list one after the other.
func eachOf(n int, element func(i int) graphql.Marshaler) graphql.Array {
	list := make(graphql.Array, n)
	for i := range list {
		list[i] = element(i)
	}
	return list
}

type inTurnKey struct{}

// InTurn returns a context below which fields and the elements of lists are
// resolved one after the other, without goroutines: for where all that they need
// has been read.
func InTurn(ctx context.Context) context.Context { return context.WithValue(ctx, inTurnKey{}, true) }

// IsInTurn reports whether fields are resolved one after the other.
func IsInTurn(ctx context.Context) bool { return ctx.Value(inTurnKey{}) != nil }

// elementsOf marshals the elements of a list beside each other, or in their turn.
func elementsOf(ctx context.Context, n int, element func(ctx context.Context, i int) graphql.Marshaler) (list graphql.Array) {
	if isLight(ctx) {
		return eachOf(n, func(i int) graphql.Marshaler { return element(ctx, i) })
	}
	if !IsInTurn(ctx) {
		return graphql.MarshalSliceConcurrently(ctx, n, 0, false, element)
	}
	if again, _ := ctx.Value(againKey{}).(func()); again != nil {
		if list, ok := tryLightly(ctx, n, element); ok {
			return list
		}
		again()
		ctx = context.WithValue(ctx, againKey{}, nil)
	}
	at := ctx
	defer func() {
		if cause := recover(); cause != nil {
			graphql.AddError(at, graphql.Recover(at, cause))
			list = nil
		}
	}()
	list = make(graphql.Array, n)
	for i := range list {
		at = graphql.WithFieldContext(ctx, &graphql.FieldContext{Index: &i})
		list[i] = element(at, i)
	}
	return list
}
