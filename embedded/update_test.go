package embedded

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

func TestUpdates(t *testing.T) {
	for _, c := range []struct {
		name              string
		doc, update, want bson.D
	}{
		{"set keeps places and adds in the order of names", o("b", 1, "a", 2), o("$set", o("z", 1, "c", 2, "b", 3)), o("b", 3, "a", 2, "c", 2, "z", 1)},
		{"set makes what is on the way", o(), o("$set", o("a.b.c", 1, "a.b.d", 2)), o("a", o("b", o("c", 1, "d", 2)))},
		{"set in an array", o("a", bson.A{1, 2}), o("$set", o("a.1", 5, "a.3", 7)), o("a", bson.A{1, 5, nil, 7})},
		{"set below an array's element", o("a", bson.A{o("b", 1)}), o("$set", o("a.0.b", 2)), o("a", bson.A{o("b", 2)})},
		{"unset", o("a", 1, "b", o("c", 1, "d", 2)), o("$unset", o("a", "", "b.c", "", "x.y", "")), o("b", o("d", 2))},
		{"unset in an array leaves null", o("a", bson.A{1, 2}), o("$unset", o("a.0", "")), o("a", bson.A{nil, 2})},
		{"increment", o("n", int32(1)), o("$inc", o("n", int32(2), "m", 1.5)), o("n", int32(3), "m", 1.5)},
		{"increment beyond 32 bits", o("n", int32(math.MaxInt32)), o("$inc", o("n", int32(1))), o("n", int64(math.MaxInt32)+1)},
		{"increment a double", o("n", int64(1)), o("$inc", o("n", 0.5)), o("n", 1.5)},
		{"least and greatest", o("a", 5, "b", 5), o("$min", o("a", 3, "c", 1), "$max", o("b", 3, "d", 1)), o("a", 3, "b", 5, "c", 1, "d", 1)},
		{"least over types", o("a", "x"), o("$min", o("a", 3)), o("a", 3)},
		{"push", o("a", bson.A{1}), o("$push", o("a", bson.A{2}, "b", 1)), o("a", bson.A{1, bson.A{2}}, "b", bson.A{1})},
		{"push each", o("a", bson.A{1}), o("$push", o("a", o("$each", bson.A{2, 1}))), o("a", bson.A{1, 2, 1})},
		{"add to set", o("a", bson.A{1, 2}), o("$addToSet", o("a", o("$each", bson.A{2.0, 3, 3}))), o("a", bson.A{1, 2, 3})},
		{"pull a value", o("a", bson.A{1, 2.0, 2}), o("$pull", o("a", 2, "b", 1)), o("a", bson.A{1})},
		{"pull by condition", o("a", bson.A{1, 5, 9}), o("$pull", o("a", o("$gte", 5))), o("a", bson.A{1})},
		{"pull documents by filter", o("a", bson.A{o("x", 1, "y", 2), o("x", 2), 3}), o("$pull", o("a", o("x", 1))), o("a", bson.A{o("x", 2), 3})},
		{"replace", o("_id", 7, "a", 1), o("b", 2), o("_id", 7, "b", 2)},
		{"replace with the same _id", o("_id", 7, "a", 1), o("b", 2, "_id", 7.0), o("_id", 7, "b", 2)},
		{"set on insert is for inserts", o("a", 1), o("$setOnInsert", o("a", 2), "$set", o("b", 1)), o("a", 1, "b", 1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := parseUpdate(raw(c.update))
			if err != nil {
				t.Fatal(err)
			}
			got, err := u.apply(raw(c.doc), false)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(bson.Raw(raw(c.want)).String(), bson.Raw(got).String()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestUpdatesThatAreRefused(t *testing.T) {
	for _, c := range []struct {
		name        string
		doc, update bson.D
		code        int32
	}{
		{"two paths, one above the other", o(), o("$set", o("a", 1, "a.b", 2)), codeConflictingUpdate},
		{"the same path twice", o(), o("$set", o("a", 1), "$inc", o("a", 2)), codeConflictingUpdate},
		{"another _id", o("_id", 1), o("$set", o("_id", 2)), codeImmutableField},
		{"no _id", o("_id", 1), o("$unset", o("_id", "")), codeImmutableField},
		{"replacement with another _id", o("_id", 1), o("_id", 2), codeImmutableField},
		{"through a scalar", o("a", 1), o("$set", o("a.b", 1)), codePathNotViable},
		{"a name in an array", o("a", bson.A{1}), o("$set", o("a.b", 1)), codePathNotViable},
		{"increment of text", o("a", "x"), o("$inc", o("a", 1)), codeTypeMismatch},
		{"increment by text", o("a", 1), o("$inc", o("a", "x")), codeTypeMismatch},
		{"increment beyond 64 bits", o("a", int64(math.MaxInt64)), o("$inc", o("a", 1)), codeBadValue},
		{"push to a scalar", o("a", 1), o("$push", o("a", 1)), codeBadValue},
		{"pull from a scalar", o("a", 1), o("$pull", o("a", 1)), codeBadValue},
		{"a modifier of push", o(), o("$push", o("a", o("$each", bson.A{1}, "$slice", 1))), codeBadValue},
		{"rename", o(), o("$rename", o("a", "b")), codeFailedToParse},
		{"positional", o("a", bson.A{1}), o("$set", o("a.$", 1)), codeBadValue},
		{"field among operators", o(), o("$set", o("a", 1), "b", 1), codeFailedToParse},
		{"replacement with a $-name behind", o(), o("b", 1, "$set", o("a", 1)), codeDollarPrefixed},
		{"decimal", o(), o("$set", o("a", bson.Decimal128{})), codeBadValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := parseUpdate(raw(c.update))
			if err == nil {
				_, err = u.apply(raw(c.doc), false)
			}
			if err == nil || asProtocol(err).code != c.code {
				t.Errorf("got %v, want code %d", err, c.code)
			}
		})
	}
}

func TestUpsertsStartFromTheFiltersEqualities(t *testing.T) {
	for _, c := range []struct {
		name                 string
		filter, update, want bson.D
		code                 int32
	}{
		{"fields of the filter", o("_id", 1, "a", 2, "b.c", o("$eq", 3), "d", o("$gt", 4), "$and", bson.A{o("e", 5)}), o("$set", o("x", 1), "$setOnInsert", o("y", 2)), o("_id", 1, "a", 2, "b", o("c", 3), "e", 5, "x", 1, "y", 2), 0},
		{"the update wins", o("_id", 1, "a", 2), o("$set", o("a", 3)), o("_id", 1, "a", 3), 0},
		{"a replacement takes _id only", o("_id", 1, "a", 2), o("b", 3), o("_id", 1, "b", 3), 0},
		{"an _id from $setOnInsert", o("a", 2), o("$setOnInsert", o("_id", 9)), o("_id", 9, "a", 2), 0},
		{"an _id against the filter's", o("_id", 1), o("$set", o("_id", 2)), nil, codeImmutableField},
		{"a path twice", o("a", 1, "$and", bson.A{o("a", 2)}), o("$set", o("b", 1)), nil, codeNotSingleValue},
	} {
		t.Run(c.name, func(t *testing.T) {
			u, err := parseUpdate(raw(c.update))
			if err != nil {
				t.Fatal(err)
			}
			var got []byte
			seed, err := u.seed(mustFilter(t, c.filter))
			if err == nil {
				got, err = u.apply(seed, true)
			}
			if err != nil {
				if asProtocol(err).code != c.code {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(bson.Raw(raw(c.want)).String(), bson.Raw(withID(got, value{})).String()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// Updates of two levels agree with the same updates made to maps.
func TestUpdatesAgreeWithAModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := []string{"a", "b", "c"}
		model := map[string]map[string]int64{}
		doc := bson.D{{Key: "_id", Value: 1}}
		for _, outer := range names {
			model[outer] = map[string]int64{}
			inner := bson.D{}
			for _, name := range names {
				if rapid.Bool().Draw(t, "there") {
					n := int64(rapid.IntRange(-3, 3).Draw(t, "n"))
					model[outer][name] = n
					inner = append(inner, bson.E{Key: name, Value: n})
				}
			}
			doc = append(doc, bson.E{Key: outer, Value: inner})
		}

		changes := map[string]bson.D{}
		for _, outer := range names {
			for _, name := range names {
				op := rapid.SampledFrom([]string{"", "$set", "$unset", "$inc", "$min", "$max"}).Draw(t, "op")
				n := int64(rapid.IntRange(-3, 3).Draw(t, "operand"))
				old, there := model[outer][name]
				switch op {
				case "":
					continue
				case "$unset":
					delete(model[outer], name)
				case "$inc":
					model[outer][name] = old + n
				case "$set":
					model[outer][name] = n
				case "$min", "$max":
					if !there || op == "$min" && n < old || op == "$max" && n > old {
						model[outer][name] = n
					}
				}
				changes[op] = append(changes[op], bson.E{Key: outer + "." + name, Value: n})
			}
		}
		if len(changes) == 0 {
			return
		}

		u, err := parseUpdate(raw(changes))
		if err != nil {
			t.Fatal(err)
		}
		out, err := u.apply(raw(doc), false)
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]any
		if err := bson.Unmarshal(out, &got); err != nil || validate(out) != nil {
			t.Fatal(err)
		}
		for _, outer := range names {
			fields := map[string]int64{}
			for _, e := range got[outer].(bson.D) {
				fields[e.Key] = e.Value.(int64)
			}
			if diff := cmp.Diff(model[outer], fields); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", outer, diff)
			}
		}
	})
}

func FuzzUpdate(f *testing.F) {
	f.Add(raw(o("$set", o("a.b", 1), "$push", o("c", o("$each", bson.A{1})))), d("_id", 1, "a", o("b", bson.A{1})))
	f.Add(raw(o("$pull", o("a", o("$in", bson.A{1})), "$inc", o("n", 1))), d("_id", 1, "a", bson.A{1, 2}))
	f.Fuzz(func(t *testing.T, update, doc []byte) {
		if validate(update) != nil || validate(doc) != nil || storable(doc) != nil {
			return
		}
		u, err := parseUpdate(update)
		if err != nil {
			return
		}
		for _, inserting := range []bool{false, true} {
			out, err := u.apply(doc, inserting)
			if err != nil {
				continue
			}
			if err := validate(out); err != nil {
				if strings.Contains(err.Error(), "deeper") {
					continue
				}
				t.Fatalf("the update made %x: %v", out, err)
			}
		}
	})
}
