package graph

import (
	"bytes"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
)

// BenchmarkAnswer makes the JSON of 250 objects of four fields.
func BenchmarkAnswer(b *testing.B) {
	var fields []graphql.CollectedField
	for _, name := range []string{"id", "name", "number", "rate"} {
		fields = append(fields, graphql.CollectedField{Field: &ast.Field{Alias: name}})
	}
	var out bytes.Buffer
	b.ReportAllocs()
	for b.Loop() {
		out.Reset()
		eachOf(250, func(i int) graphql.Marshaler {
			o := newObject(b.Context(), fields)
			o.Values[0], o.Values[1] = graphql.MarshalID("Call:1"), graphql.MarshalString("a \"name\"")
			o.Values[2], o.Values[3] = graphql.MarshalInt(i), graphql.MarshalFloat(0.5)
			return o
		}).MarshalGQL(&out)
	}
	b.ReportMetric(float64(out.Len()), "answer-B")
}
