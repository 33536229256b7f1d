package repository

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"cartograph/analytics"
)

// What is stored of products and the facts of calls are decoded as the driver
// decodes them, every field, and whatever is missing, null or empty.
func TestDecodeByHand(t *testing.T) {
	t.Run("product", rapid.MakeCheck(decodesAsTheDriver[productDocument]))
	t.Run("facts of a call", rapid.MakeCheck(decodesAsTheDriver[analytics.CallMetrics]))
}

func decodesAsTheDriver[T any](t *rapid.T) {
	fields := drawDocument(t, reflect.TypeFor[T]())
	raw, err := bson.Marshal(fields)
	if err != nil {
		t.Fatal(err)
	}
	var want, got T
	if err := bson.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if err := decode(raw, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%v: %s", fields, diff)
	}
}

// drawDocument draws a document with some of the fields of a struct, some of them
// null. (What is kept raw tells null from nothing, and means the same by both.)
func drawDocument(t *rapid.T, of reflect.Type) bson.D {
	document := bson.D{{Key: "unknown", Value: 1}}
	for _, field := range reflect.VisibleFields(of) {
		if field.Anonymous || rapid.IntRange(0, 3).Draw(t, "left out") == 0 {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("bson"), ",")
		value := drawValue(t, field.Type)
		if field.Type != reflect.TypeFor[bson.RawValue]() && rapid.IntRange(0, 9).Draw(t, "null") == 0 {
			value = nil
		}
		document = append(document, bson.E{Key: name, Value: value})
	}
	return document
}

// drawValue draws a value of a field.
func drawValue(t *rapid.T, of reflect.Type) any {
	switch {
	case of.Kind() == reflect.Pointer:
		return drawValue(t, of.Elem())
	case of == reflect.TypeFor[time.Time]():
		return time.UnixMilli(rapid.Int64Range(0, 1e13).Draw(t, "time")).UTC()
	case of == reflect.TypeFor[bson.RawValue]():
		return bson.A{bson.D{{Key: "month", Value: 3}}}
	case of.Kind() == reflect.Slice:
		list := bson.A{}
		for range rapid.IntRange(0, 2).Draw(t, "length") {
			list = append(list, drawValue(t, of.Elem()))
		}
		return list
	case of.Kind() == reflect.Struct:
		return drawDocument(t, of)
	case of.Kind() == reflect.String:
		return rapid.StringN(0, 5, 8).Draw(t, "text")
	case of.Kind() == reflect.Bool:
		return rapid.Bool().Draw(t, "bool")
	case of.Kind() == reflect.Int64 && rapid.Bool().Draw(t, "long"):
		return rapid.Int64().Draw(t, "number")
	case of.Kind() == reflect.Float64:
		return rapid.Float64().Draw(t, "number")
	default:
		return rapid.Int32().Draw(t, "number")
	}
}

// A document with a field of another type is broken.
func TestDecodeBrokenByHand(t *testing.T) {
	for _, broken := range []bson.D{
		{{Key: "sku", Value: 1}}, {{Key: "total", Value: "much"}}, {{Key: "complete", Value: "yes"}},
		{{Key: "done", Value: bson.A{1}}}, {{Key: "open", Value: bson.A{bson.D{{Key: "at", Value: "now"}}}}},
		{{Key: "total", Value: bson.D{{Key: "sales", Value: bson.A{bson.D{{Key: "minor", Value: "1"}}}}}}},
	} {
		raw, err := bson.Marshal(broken)
		if err != nil {
			t.Fatal(err)
		}
		if err := decode(raw, new(productDocument)); analytics.CodeOf(err) != analytics.Internal {
			t.Errorf("%v is decoded with %v, want an internal error", broken, err)
		}
	}
	for _, broken := range []bson.D{
		{{Key: "id", Value: 1}}, {{Key: "duration", Value: "long"}}, {{Key: "formerTimes", Value: bson.A{1}}},
		{{Key: "products", Value: bson.A{bson.D{{Key: "sku", Value: 1}}}}}, {{Key: "purchases", Value: bson.D{{Key: "orders", Value: bson.A{1}}}}},
	} {
		raw, err := bson.Marshal(broken)
		if err != nil {
			t.Fatal(err)
		}
		if err := decode(raw, new(analytics.CallMetrics)); analytics.CodeOf(err) != analytics.Internal {
			t.Errorf("%v is decoded with %v, want an internal error", broken, err)
		}
	}
}
