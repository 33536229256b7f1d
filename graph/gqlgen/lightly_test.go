package main

import (
	"strings"
	"testing"
)

// framedProduct is a field as it is generated, with what it calls.
const framedProduct = `func (ec *executionContext) _CallProduct_product(ctx context.Context, field graphql.CollectedField, obj *analytics.ProductInCall) (ret graphql.Marshaler) {
	return graphql.ResolveField(
		ctx,
		ec.OperationContext,
		field,
		func(ctx context.Context, field graphql.CollectedField) (*graphql.FieldContext, error) {
			return ec.fieldContext_CallProduct_product(ctx, field)
		},
		func(ctx context.Context) (any, error) {
			return ec.Resolvers.CallProduct().Product(ctx, obj)
		},
		nil,
		func(ctx context.Context, selections ast.SelectionSet, v *analytics.Product) graphql.Marshaler {
			return ec.marshalNProduct2(ctx, selections, v)
		},
		true,
		true,
	)
}
`

func TestFieldsWithAFrameGetAWayWithout(t *testing.T) {
	for _, tt := range []struct{ name, call, want string }{
		{"what a resolver returns", "ec.Resolvers.CallProduct().Product(ctx, obj)",
			"\tif isLight(ctx) {\n\t\tv, err := ec.Resolvers.CallProduct().Product(ctx, obj)\n\t\tif err != nil {\n\t\t\treturn broken(ctx, err)\n\t\t}\n\t\treturn ec.marshalNProduct2(ctx, field.Selections, v)\n\t}\n"},
		{"what a resolver returns without its arguments", `ec.Resolvers.CallProduct().Product(ctx, obj, fc.Args["period"].(*analytics.Period))`,
			"\tif isLight(ctx) && bare(field) {\n\t\tv, err := ec.Resolvers.CallProduct().Product(ctx, obj, nil)\n\t\tif err != nil {\n\t\t\treturn broken(ctx, err)\n\t\t}\n\t\treturn ec.marshalNProduct2(ctx, field.Selections, v)\n\t}\n"},
		{"a value of a struct", "obj.Product, nil", "\tif isLight(ctx) {\n\t\treturn ec.marshalNProduct2(ctx, field.Selections, obj.Product)\n\t}\n"},
		{"none where an argument must be there", `ec.Resolvers.CallProduct().Product(ctx, obj, fc.Args["interval"].(analytics.Interval))`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := strings.Replace(framedProduct, "ec.Resolvers.CallProduct().Product(ctx, obj)", tt.call, 1)
			if strings.Contains(tt.call, "fc.Args") {
				source = strings.Replace(source, "\t\t\treturn "+tt.call, "\t\t\tfc := graphql.GetFieldContext(ctx)\n\t\t\treturn "+tt.call, 1)
			}
			head, rest, _ := strings.Cut(source, "\n")
			got, found := lightFields(source)
			if got != head+"\n"+tt.want+rest || (found == 1) != (tt.want != "") {
				t.Errorf("%d found:\n%s", found, got)
			}
		})
	}
	t.Run("none behind a directive, or where an interface says what it is", func(t *testing.T) {
		for _, other := range []string{
			strings.Replace(framedProduct, "\t\tnil,\n", "\t\tfunc(ctx context.Context, next graphql.Resolver) graphql.Resolver {\n\t\t\treturn next\n\t\t},\n", 1),
			strings.Replace(framedProduct, "v *analytics.Product)", "v analytics.Node)", 1),
		} {
			if got, found := lightFields(other); found != 0 || got != other {
				t.Errorf("got:\n%s", got)
			}
		}
	})
}

// A value that consists of values loses its frame, unless something in it may be
// nil that must not be.
func TestValuesOfValuesLoseTheirFrame(t *testing.T) {
	field := strings.Replace(framedProduct, "ec.Resolvers.CallProduct().Product(ctx, obj)", "obj.Product, nil", 1)
	plain := "func (ec *executionContext) marshalNProduct2(ctx context.Context, sel ast.SelectionSet, v *analytics.Product) graphql.Marshaler {\n\treturn ec._Product(ctx, sel, v)\n}\n"
	mayBe := strings.Replace(plain, "\treturn", "\t"+mayBeNil+"ctx, graphql.GetFieldContext(ctx)) {\n\t\t}\n\t}\n\treturn", 1)
	head, _, _ := strings.Cut(field, "\n")
	if got, found := unframeDeep(field + plain); found != 1 || got != head+"\n\treturn ec.marshalNProduct2(ctx, field.Selections, obj.Product)\n}\n"+plain {
		t.Errorf("%d found:\n%s", found, got)
	}
	if got, found := unframeDeep(field + mayBe); found != 0 || got != field+mayBe {
		t.Errorf("what may be nil lost its frame:\n%s", got)
	}
}
