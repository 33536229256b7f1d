package difftest

import (
	"math"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

// The pools are small, so that values meet each other often, and begin with the plainest ones, which a failing sequence
// shrinks to.

var (
	firstObjectID  = bson.ObjectID{0x65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}
	secondObjectID = bson.ObjectID{0x65, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}
)

var numbers = []any{
	int32(1), int32(2), int32(0), int32(3), int32(-1), int64(1), int64(2), 1.0, 1.5, 2.0, -0.5,
	int32(math.MaxInt32), int64(1<<53 + 1), int64(math.MaxInt64),
}

// farNumbers only stand in queries, and seldom get into a document by an upsert.
var farNumbers = []any{float64(1 << 53), 1e300, math.Inf(-1), float64(math.MaxInt64)}

var scalars = append([]any{
	int32(1), "a", nil, int32(2), "b", true, false, "", "ab", "A", "é",
	time.UnixMilli(0).UTC(), time.UnixMilli(1_700_000_000_000).UTC(), time.UnixMilli(-1).UTC(),
	firstObjectID, secondObjectID,
}, numbers...)

// topFields are the fields a document may have besides _id; paths are what conditions, sorts and updates name.
var (
	topFields = []string{"a", "b", "c"}
	paths     = []string{"a", "b", "c", "a.x", "b.x", "a.y", "c.y"}
)

var (
	number = rapid.SampledFrom(numbers)
	scalar = rapid.SampledFrom(scalars)

	// identity is an _id: few, so that inserts meet duplicates.
	identity = rapid.SampledFrom([]any{
		int32(1), int32(2), int32(3), int32(4), int32(5), int32(6), int64(1), 2.0, "a", bson.D{{Key: "x", Value: int32(1)}},
		firstObjectID, time.UnixMilli(0).UTC(), true, nil,
	})

	// plain is a document of scalars.
	plain = rapid.Custom(func(t *rapid.T) bson.D {
		out := bson.D{}
		for _, name := range []string{"x", "y"} {
			if rapid.Bool().Draw(t, "has "+name) {
				out = append(out, bson.E{Key: name, Value: scalar.Draw(t, name)})
			}
		}
		return out
	})

	scalarArray = rapid.Custom(func(t *rapid.T) bson.A { return rapid.SliceOfN(scalar, 0, 3).Draw(t, "scalars") })

	// nested is an array or document whose values may be arrays and documents themselves.
	nested = rapid.Custom(func(t *rapid.T) any {
		inner := rapid.OneOf(scalar, scalar, asAny(scalarArray), asAny(plain))
		if rapid.Bool().Draw(t, "is document") {
			out := bson.D{}
			for _, name := range []string{"x", "y"} {
				if rapid.Bool().Draw(t, "has "+name) {
					out = append(out, bson.E{Key: name, Value: inner.Draw(t, name)})
				}
			}
			return out
		}
		return bson.A(rapid.SliceOfN(inner, 0, 3).Draw(t, "elements"))
	})

	anyValue = rapid.OneOf(scalar, scalar, scalar, scalar, asAny(scalarArray), asAny(plain), nested)

	queryValue = rapid.OneOf(anyValue, anyValue, anyValue, rapid.SampledFrom(farNumbers))
)

func asAny[T any](g *rapid.Generator[T]) *rapid.Generator[any] {
	return rapid.Map(g, func(v T) any { return v })
}

// document draws a document with an _id.
func document(t *rapid.T) bson.D {
	out := bson.D{{Key: "_id", Value: identity.Draw(t, "_id")}}

	return append(out, fields(t)...)
}

// fields draws a document's fields other than _id.
func fields(t *rapid.T) bson.D {
	out := bson.D{}
	for _, name := range topFields {
		if rapid.IntRange(0, 3).Draw(t, "has "+name) > 0 {
			out = append(out, bson.E{Key: name, Value: anyValue.Draw(t, name)})
		}
	}

	return out
}

// distinctPaths draws up to n of the given paths. No two share their first component, so that no two conflict, and so that no
// document in a document gets two new fields, whose order engines choose differently.
func distinctPaths(t *rapid.T, from []string, n int) []string {
	drawn := rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, min(n, len(topFields)), firstComponent).Draw(t, "paths")

	return drawn
}

func firstComponent(path string) string {
	for i := range path {
		if path[i] == '.' {
			return path[:i]
		}
	}

	return path
}
