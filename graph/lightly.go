package graph

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// lightly is a context below which fields are resolved one after the other and
// without frames of their own: nobody asks where in the answer they stand, since
// nothing fails. Whatever fails breaks it off, and all is resolved again with
// frames, which say where.
//
// It is the innermost context of all that is resolved in it, so that generated
// code knows it by its type, and is used by one goroutine.
type lightly struct {
	context.Context
	fields map[fieldsKey][]graphql.CollectedField
	// objects and values are cut into what objects need: an answer has thousands.
	objects []object
	values  []graphql.Marshaler
}

// fieldsKey names a selection on the types that an object satisfies, by where
// they stand in memory.
type fieldsKey struct {
	first     *ast.Selection
	length    int
	satisfies *string
}

type (
	lightlyKey struct{}
	againKey   struct{}
)

// Value returns what the context holds.
func (l *lightly) Value(key any) any {
	if key == (lightlyKey{}) {
		return l
	}
	return l.Context.Value(key)
}

// Lightly returns a context below which the elements of the next list are
// resolved without frames, in their turn. Where that does not succeed, again is
// called, and they are resolved with frames.
func Lightly(ctx context.Context, again func()) context.Context {
	return context.WithValue(InTurn(ctx), againKey{}, again)
}

// IsLight reports whether fields are resolved without frames. What cannot be
// resolved so fails with ErrNotLight: it is asked again.
func IsLight(ctx context.Context) bool { return ctx.Value(lightlyKey{}) != nil }

// ErrNotLight says that something cannot be resolved without a frame.
var ErrNotLight = errors.New("it has to be resolved with a frame")

// isLight is IsLight for generated code.
func isLight(ctx context.Context) bool {
	_, light := ctx.(*lightly)
	return light
}

// broken breaks off what is resolved without frames.
func broken(ctx context.Context, err error) graphql.Marshaler {
	graphql.AddError(ctx, err)
	return graphql.Null
}

// bare reports whether a field was asked without arguments, and has none that
// stand for those: its resolver gets nothing then.
func bare(field graphql.CollectedField) bool {
	if len(field.Arguments) > 0 {
		return false
	}
	for _, argument := range field.Definition.Arguments {
		if argument.DefaultValue != nil {
			return false
		}
	}
	return true
}

// tryLightly marshals the elements of a list without frames. It reports false
// where that cannot be done.
func tryLightly(ctx context.Context, n int, element func(ctx context.Context, i int) graphql.Marshaler) (list graphql.Array, ok bool) {
	var failed error
	l := &lightly{fields: map[fieldsKey][]graphql.CollectedField{}}
	l.Context = graphql.WithResponseContext(ctx, func(_ context.Context, err error) *gqlerror.Error {
		failed = err
		return gqlerror.Wrap(err)
	}, graphql.DefaultRecover)
	defer func() {
		if cause := recover(); cause != nil { // it panics again where somebody hears it
			list, ok = nil, false
		}
	}()
	list = make(graphql.Array, n)
	for i := range list {
		if list[i] = element(l, i); failed != nil {
			return nil, false
		}
	}
	return list, true
}

// fieldsOf returns the fields that a selection has on an object.
func fieldsOf(ctx context.Context, operation *graphql.OperationContext, set ast.SelectionSet, satisfies []string) []graphql.CollectedField {
	l, light := ctx.(*lightly)
	if !light || len(set) == 0 {
		return graphql.CollectFields(operation, set, satisfies)
	}
	key := fieldsKey{&set[0], len(set), &satisfies[0]}
	fields, known := l.fields[key]
	if !known {
		fields = graphql.CollectFields(operation, set, satisfies)
		l.fields[key] = fields
	}
	return fields
}

// How many objects and values are made at a time: a list of a few needs no more,
// and one of hundreds seldom asks.
const (
	objectsAtOnce = 64
	valuesAtOnce  = 256
)

// object returns an object for fields.
func (l *lightly) object(fields []graphql.CollectedField) *object {
	if len(l.objects) == 0 {
		l.objects = make([]object, objectsAtOnce)
	}
	if len(l.values) < len(fields) {
		l.values = make([]graphql.Marshaler, max(valuesAtOnce, len(fields)))
	}
	o := &l.objects[0]
	o.fields, o.Values = fields, l.values[:len(fields):len(fields)]
	l.objects, l.values = l.objects[1:], l.values[len(fields):]
	return o
}
