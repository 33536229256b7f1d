package main

import (
	"os"
	"strings"
	"testing"
)

func TestLightenRefusesCodeThatItDoesNotKnow(t *testing.T) {
	_, err := lighten("package graph\n\nfunc f() {}\n")
	if err == nil || err.Error() != "the set of deferred fields: not found in the generated code" {
		t.Errorf("error %v", err)
	}
}

func TestValuesOfStructsLoseTheirFrame(t *testing.T) {
	source := `func (ec *executionContext) _Money_amount(ctx context.Context, field graphql.CollectedField, obj *analytics.Money) (ret graphql.Marshaler) {
	return graphql.ResolveField(
		ctx,
		ec.OperationContext,
		field,
		func(ctx context.Context, field graphql.CollectedField) (*graphql.FieldContext, error) {
			return ec.fieldContext_Money_amount(ctx, field)
		},
		func(ctx context.Context) (any, error) {
			return obj.Amount(), nil
		},
		nil,
		func(ctx context.Context, selections ast.SelectionSet, v string) graphql.Marshaler {
			return ec.marshalNDecimal2string(ctx, selections, v)
		},
		true,
		true,
	)
}
func (ec *executionContext) fieldContext_Money_amount(_ context.Context, field graphql.CollectedField) (fc *graphql.FieldContext, err error) {
	return graphql.NewScalarFieldContext("Money", field, true, false, errors.New("field of type Decimal does not have child fields"))
}
`
	want := `func (ec *executionContext) _Money_amount(ctx context.Context, field graphql.CollectedField, obj *analytics.Money) (ret graphql.Marshaler) {
	return ec.marshalNDecimal2string(ctx, field.Selections, obj.Amount())
}
`
	got, found := unframe(source)
	if before, _, _ := strings.Cut(got, "func (ec *executionContext) fieldContext"); found != 1 || before != want {
		t.Errorf("%d found:\n%s", found, got)
	}
	for _, other := range []string{
		strings.Replace(source, "\t\tnil,\n", "\t\tfunc(ctx context.Context, next graphql.Resolver) graphql.Resolver {\n\t\t\treturn next\n\t\t},\n", 1), // a directive
		strings.Replace(source, "return obj.Amount(), nil", "return ec.Resolvers.Money().Amount(ctx, obj)", 1),
		strings.Replace(source, "v string", "v any", 1),
		strings.Replace(source, "graphql.NewScalarFieldContext(", "graphql.NewFieldContext(", 1),
	} {
		if got, found := unframe(other); found != 0 || got != other {
			t.Errorf("this was taken for a value of a struct:\n%s", other)
		}
	}
}

// Personal fields keep the frame that the directive stands in.
func TestPersonalFieldsKeepTheirFrame(t *testing.T) {
	generated, err := os.ReadFile("../generated.go")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := os.ReadFile("../../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	marked := 0
	for line := range strings.Lines(string(schema)) {
		if strings.Contains(line, "@personal") && !strings.Contains(line, "directive") && strings.Contains(line, ":") {
			marked++
		}
	}
	if framed := strings.Count(string(generated), "return ec.Directives.Personal(ctx, obj, directive0)"); framed != marked || marked == 0 {
		t.Errorf("%d personal fields are masked in the generated code, the schema has %d", framed, marked)
	}
}
