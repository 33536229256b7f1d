package graph

import (
	"bytes"
	"context"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

func TestAnObjectWritesItsFieldsInTheirOrder(t *testing.T) {
	fields := []graphql.CollectedField{
		{Field: &ast.Field{Alias: "name"}}, {Field: &ast.Field{Alias: "number"}}, {Field: &ast.Field{Alias: "missing"}},
	}
	o := newObject(t.Context(), fields)
	o.Concurrently(0, func(context.Context) graphql.Marshaler { return graphql.MarshalString("a \"name\"") })
	o.Values[1] = graphql.MarshalInt(7)
	o.Concurrently(2, func(context.Context) graphql.Marshaler { return graphql.Null })
	o.Dispatch(t.Context())
	for _, tt := range []struct {
		marshaler graphql.Marshaler
		want      string
	}{
		{o, `{"name":"a \"name\"","number":7,"missing":null}`},
		{newObject(t.Context(), nil), `{}`},
		{eachOf(2, func(i int) graphql.Marshaler { return graphql.MarshalInt(i) }), `[0,1]`},
	} {
		var out bytes.Buffer
		tt.marshaler.MarshalGQL(&out)
		if out.String() != tt.want {
			t.Errorf("wrote %s, want %s", out.String(), tt.want)
		}
	}
}
