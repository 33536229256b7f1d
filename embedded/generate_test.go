package embedded

import (
	"math"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

// d makes a raw document of alternating names and values.
func d(pairs ...any) []byte { return raw(pairsOf(pairs)) }

func pairsOf(pairs []any) bson.D {
	out := bson.D{}
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, bson.E{Key: pairs[i].(string), Value: pairs[i+1]})
	}

	return out
}

func raw(v any) []byte {
	b, err := bson.Marshal(v)
	if err != nil {
		panic(err)
	}

	return b
}

func val(v any) value { return lookup(d("v", v), "v") }

// o is a nested document of alternating names and values.
func o(pairs ...any) bson.D { return pairsOf(pairs) }

// scalars are values at which types, ranks and number encodings meet.
var scalars = []any{
	nil, bson.MinKey{}, bson.MaxKey{}, true, false,
	int32(0), int32(1), int32(-1), int32(2), int64(1), int64(3), 0.0, math.Copysign(0, -1), 1.0, 1.5, -1.5, math.NaN(), math.Inf(1), math.Inf(-1),
	int64(1<<53 - 1), int64(1 << 53), int64(1<<53 + 1), float64(1 << 53), int64(-1<<53 - 1), float64(-1 << 53),
	int64(math.MaxInt64), int64(math.MinInt64), float64(1 << 63), float64(-1 << 63), 1e300, -1e300, 5e-324, int64(math.MaxInt64 - 1),
	"", "a", "ab", "b", "a\x00", "a\x00b", "a\x01", "a\x01\x00", "\x00", "\xff",
	bson.DateTime(0), bson.DateTime(-1), bson.DateTime(1), bson.Timestamp{T: 1, I: 2}, bson.Timestamp{T: 2, I: 1},
	bson.ObjectID{}, bson.ObjectID{1}, bson.ObjectID{0xFF},
	bson.Binary{Subtype: 0, Data: []byte{1}}, bson.Binary{Subtype: 4, Data: []byte{0}}, bson.Binary{Subtype: 0, Data: []byte{1, 2}}, bson.Binary{Data: []byte{}},
	bson.Regex{Pattern: "a", Options: ""}, bson.Regex{Pattern: "a", Options: "i"}, bson.Regex{Pattern: "ab"},
}

// anyValue generates values of every type, nested up to depth.
func anyValue(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		kind := rapid.IntRange(0, 9).Draw(t, "kind")
		switch {
		case kind == 0 && depth > 0:
			out := bson.D{}
			for range rapid.IntRange(0, 3).Draw(t, "fields") {
				out = append(out, bson.E{Key: rapid.SampledFrom([]string{"a", "b", "ab", "c"}).Draw(t, "name"), Value: anyValue(depth-1).Draw(t, "v")})
			}
			return out
		case kind == 1 && depth > 0:
			out := bson.A{}
			for range rapid.IntRange(0, 3).Draw(t, "elements") {
				out = append(out, anyValue(depth-1).Draw(t, "v"))
			}
			return out
		case kind == 2:
			return rapid.Int64().Draw(t, "int64")
		case kind == 3:
			return rapid.Float64().Draw(t, "double")
		case kind == 4:
			return string(rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 2, 'a', 0xFF}), 0, 4).Draw(t, "text"))
		}
		return rapid.SampledFrom(scalars).Draw(t, "scalar")
	})
}

// fewValues generates values of which equal ones come up often.
func fewValues(depth int) *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		switch kind := rapid.IntRange(0, 11).Draw(t, "kind"); {
		case kind <= 1 && depth > 0:
			out := bson.A{}
			for range rapid.IntRange(0, 3).Draw(t, "elements") {
				out = append(out, fewValues(depth-1).Draw(t, "v"))
			}
			return out
		case kind == 2 && depth > 0:
			return fewFields(depth-1).Draw(t, "doc")
		}
		return rapid.SampledFrom([]any{nil, int32(1), int32(2), int64(2), 2.0, 3.5, int32(4), math.NaN(), "a", "ab", "b", true, bson.DateTime(5)}).Draw(t, "scalar")
	})
}

// fewFields generates documents over a few names, each there or not.
func fewFields(depth int) *rapid.Generator[bson.D] {
	return rapid.Custom(func(t *rapid.T) bson.D {
		out := bson.D{}
		for _, name := range []string{"a", "b", "c"} {
			if rapid.IntRange(0, 2).Draw(t, "has "+name) > 0 {
				out = append(out, bson.E{Key: name, Value: fewValues(depth).Draw(t, name)})
			}
		}
		return out
	})
}

var paths = []string{"a", "b", "c", "a.b", "a.c", "b.a"}

// filters generates filters of the subset.
func filters(depth int) *rapid.Generator[bson.D] {
	return rapid.Custom(func(t *rapid.T) bson.D {
		out := bson.D{}
		for range rapid.IntRange(0, 3).Draw(t, "terms") {
			if depth > 0 && rapid.IntRange(0, 5).Draw(t, "branch") == 0 {
				branches := bson.A{}
				for range rapid.IntRange(1, 3).Draw(t, "branches") {
					branches = append(branches, filters(depth-1).Draw(t, "branch"))
				}
				out = append(out, bson.E{Key: rapid.SampledFrom([]string{"$and", "$or"}).Draw(t, "op"), Value: branches})
				continue
			}
			out = append(out, bson.E{Key: rapid.SampledFrom(paths).Draw(t, "path"), Value: condition().Draw(t, "condition")})
		}
		return out
	})
}

func condition() *rapid.Generator[any] {
	return rapid.Custom(func(t *rapid.T) any {
		switch rapid.IntRange(0, 9).Draw(t, "kind") {
		case 0, 1, 2:
			return fewValues(1).Draw(t, "eq")
		case 3:
			return bson.D{{Key: rapid.SampledFrom([]string{"$in", "$nin"}).Draw(t, "op"), Value: bson.A(rapid.SliceOfN(fewValues(1), 0, 4).Draw(t, "in"))}}
		case 4:
			return bson.D{{Key: "$exists", Value: rapid.Bool().Draw(t, "exists")}}
		case 5:
			return bson.D{{Key: "$regex", Value: rapid.SampledFrom([]string{"^a", "b$", "^ab", "^(a|b)", "^b?", "a|^b"}).Draw(t, "regex")}}
		case 6:
			return bson.D{{Key: "$ne", Value: fewValues(1).Draw(t, "ne")}}
		}
		out := bson.D{}
		for range rapid.IntRange(1, 2).Draw(t, "ranges") {
			out = append(out, bson.E{Key: rapid.SampledFrom([]string{"$gt", "$gte", "$lt", "$lte"}).Draw(t, "op"), Value: fewValues(1).Draw(t, "v")})
		}
		return out
	})
}

// patterns generates key patterns.
func patterns(least int) *rapid.Generator[bson.D] {
	return rapid.Custom(func(t *rapid.T) bson.D {
		out := bson.D{}
		for _, p := range rapid.SliceOfNDistinct(rapid.SampledFrom(append([]string{"_id"}, paths...)), least, 3, rapid.ID).Draw(t, "paths") {
			out = append(out, bson.E{Key: p, Value: rapid.SampledFrom([]int32{1, -1}).Draw(t, "direction")})
		}
		return out
	})
}

func mustFilter(t testing.TB, v any) all {
	t.Helper()
	f, err := parseFilter(raw(v))
	if err != nil {
		t.Fatal(err)
	}

	return f
}

// dense is a small world in which arrays, ranges and ties meet all the time: values from 1 to 4 in a, b, a.b and a.c.
var dense = world{
	doc: rapid.Custom(func(t *rapid.T) bson.D {
		number := func(name string) any { return int32(rapid.IntRange(1, 4).Draw(t, name)) }
		out := bson.D{{Key: "b", Value: number("b")}}
		switch rapid.IntRange(0, 3).Draw(t, "shape") {
		case 0:
			out = append(out, bson.E{Key: "a", Value: number("a")})
		case 1:
			out = append(out, bson.E{Key: "a", Value: bson.A{number("a"), number("a")}})
		case 2:
			out = append(out, bson.E{Key: "a", Value: bson.A{o("b", number("b"), "c", number("c")), o("b", number("b"), "c", number("c"))}})
		case 3:
			out = append(out, bson.E{Key: "a", Value: o("b", number("b"), "c", number("c"))})
		}
		return out
	}),
	filter: rapid.Custom(func(t *rapid.T) bson.D {
		out := bson.D{}
		for _, path := range rapid.SampledFrom(denseSets).Draw(t, "paths") {
			n := func() int32 { return int32(rapid.IntRange(0, 5).Draw(t, "n")) }
			out = append(out, bson.E{Key: path, Value: rapid.SampledFrom([]any{n(), o("$in", bson.A{n(), n()}), o("$gt", n(), "$lt", n()), o("$gte", n(), "$lte", n())}).Draw(t, "condition")})
		}
		return out
	}),
	pattern: func(least int) *rapid.Generator[bson.D] {
		return rapid.Custom(func(t *rapid.T) bson.D {
			out := bson.D{}
			if least == 0 && rapid.IntRange(0, 3).Draw(t, "empty") == 0 {
				return out
			}
			for _, p := range rapid.SampledFrom(denseSets).Draw(t, "paths") {
				out = append(out, bson.E{Key: p, Value: rapid.SampledFrom([]int32{1, -1}).Draw(t, "direction")})
			}
			return out
		})
	},
}

// denseSets are the paths that come together in the filters and key patterns of the dense world.
var denseSets = [][]string{{"a.b", "a.c"}, {"a.c", "b", "a.b"}, {"a"}, {"b", "a"}, {"a", "b"}, {"a", "a.b"}, {"b", "_id"}, {"a.b", "b"}}

// wide is a world of all types and operators.
var wide = world{doc: fewFields(2), filter: filters(2), pattern: patterns}

// world generates documents, filters on them, and key patterns.
type world struct {
	doc, filter *rapid.Generator[bson.D]
	pattern     func(least int) *rapid.Generator[bson.D]
}
