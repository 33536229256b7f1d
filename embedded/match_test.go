package embedded

import (
	"math"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

func TestFilters(t *testing.T) {
	for _, c := range []struct {
		name   string
		filter bson.D
		yes    [][]byte
		no     [][]byte
	}{
		{"null is met by null and by what is missing", o("a", nil), [][]byte{d(), d("a", nil), d("a", bson.A{1, nil})}, [][]byte{d("a", 1), d("a", bson.A{})}},
		{
			"null below a path", o("a.b", nil),
			[][]byte{d(), d("a", nil), d("a", 4), d("a", o()), d("a", o("b", nil)), d("a", bson.A{o("b", 3), o()})},
			[][]byte{d("a", o("b", 1)), d("a", bson.A{}), d("a", bson.A{1}), d("a", bson.A{bson.A{}}), d("a", bson.A{o("b", 3)})},
		},
		{"not null", o("a", o("$ne", nil)), [][]byte{d("a", 1), d("a", bson.A{})}, [][]byte{d(), d("a", nil), d("a", bson.A{nil})}},
		{"an array is met by an element or as a whole", o("a", 2), [][]byte{d("a", 2), d("a", 2.0), d("a", bson.A{1, int64(2)})}, [][]byte{d("a", bson.A{bson.A{2}}), d("a", "2")}},
		{"whole array", o("a", bson.A{1, 2}), [][]byte{d("a", bson.A{1, 2}), d("a", bson.A{bson.A{1, 2}})}, [][]byte{d("a", bson.A{2, 1}), d("a", 1)}},
		{"empty array", o("a", bson.A{}), [][]byte{d("a", bson.A{}), d("a", bson.A{bson.A{}})}, [][]byte{d(), d("a", nil), d("a", bson.A{1})}},
		{"whole document, in order", o("a", o("x", 1, "y", 2)), [][]byte{d("a", o("x", 1.0, "y", 2))}, [][]byte{d("a", o("y", 2, "x", 1)), d("a", o("x", 1))}},
		{"comparison stays within a type", o("a", o("$gt", 5)), [][]byte{d("a", 6), d("a", 5.5)}, [][]byte{d("a", "6"), d(), d("a", nil), d("a", 5), d("a", bson.DateTime(9))}},
		{"different elements may meet both bounds", o("a", o("$gt", 4, "$lt", 2)), [][]byte{d("a", bson.A{1, 5})}, [][]byte{d("a", bson.A{3}), d("a", 3)}},
		{"NaN equals itself only", o("a", math.NaN()), [][]byte{d("a", math.NaN())}, [][]byte{d("a", 0)}},
		{"NaN is below nothing", o("a", o("$lt", 5)), [][]byte{d("a", math.Inf(-1))}, [][]byte{d("a", math.NaN())}},
		{"in", o("a", o("$in", bson.A{1, nil, "x"})), [][]byte{d("a", 1.0), d(), d("a", bson.A{"x"})}, [][]byte{d("a", 2), d("a", bson.A{})}},
		{"not in", o("a", o("$nin", bson.A{1, nil})), [][]byte{d("a", 2), d("a", bson.A{})}, [][]byte{d(), d("a", bson.A{2, 1})}},
		{"in nothing", o("a", o("$in", bson.A{})), nil, [][]byte{d(), d("a", 1)}},
		{"exists", o("a.b", o("$exists", true)), [][]byte{d("a", o("b", nil)), d("a", bson.A{1, o("b", 2)})}, [][]byte{d("a", o()), d("a", 1), d()}},
		{"does not exist", o("a", o("$exists", false)), [][]byte{d("b", 1)}, [][]byte{d("a", nil)}},
		{"a path through arrays", o("a.b.c", 1), [][]byte{d("a", bson.A{o("b", bson.A{o("c", 1)})})}, [][]byte{d("a", bson.A{bson.A{o("b", o("c", 1))}})}},
		{"an array position", o("a.1", 2), [][]byte{d("a", bson.A{1, 2}), d("a", o("1", 2)), d("a", bson.A{o("1", 2)})}, [][]byte{d("a", bson.A{2, 1}), d("a", bson.A{2})}},
		{"regex", o("a", bson.Regex{Pattern: "^Ab", Options: "i"}), [][]byte{d("a", "abc"), d("a", bson.A{"x", "ABC"})}, [][]byte{d("a", "xab"), d("a", 1)}},
		{"regex with options", o("a", o("$regex", "b$", "$options", "i")), [][]byte{d("a", "aB")}, [][]byte{d("a", "ba")}},
		{"and, or", o("$or", bson.A{o("a", 1), o("$and", bson.A{o("b", 1), o("c", 1)})}), [][]byte{d("a", 1), d("b", 1, "c", 1)}, [][]byte{d("b", 1)}},
		{"at least null", o("a", o("$gte", nil)), [][]byte{d(), d("a", nil)}, [][]byte{d("a", 1)}},
		{"above null", o("a", o("$gt", nil)), nil, [][]byte{d(), d("a", nil), d("a", 1)}},
		{"whole numbers beyond 2^53", o("a", int64(1<<53+1)), [][]byte{d("a", int64(1<<53+1))}, [][]byte{d("a", float64(1<<53)), d("a", int64(1<<53))}},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := mustFilter(t, c.filter)
			for _, doc := range c.yes {
				if !f.matches(doc) {
					t.Errorf("%v does not match %v", c.filter, bson.Raw(doc))
				}
			}
			for _, doc := range c.no {
				if f.matches(doc) {
					t.Errorf("%v matches %v", c.filter, bson.Raw(doc))
				}
			}
		})
	}
}

func TestFiltersOutsideTheSubsetAreRefusedByName(t *testing.T) {
	for _, c := range []struct {
		filter bson.D
		code   int32
		names  string
	}{
		{o("a", o("$elemMatch", o("b", 1))), codeBadValue, "$elemMatch"},
		{o("a", o("$not", o("$gt", 1))), codeBadValue, "$not"},
		{o("a", o("$gt", 1, "b", 1)), codeBadValue, "b"},
		{o("$nor", bson.A{o("a", 1)}), codeBadValue, "$nor"},
		{o("$where", "1"), codeBadValue, "$where"},
		{o("$or", bson.A{}), codeBadValue, "$or"},
		{o("$and", o("a", 1)), codeBadValue, "$and"},
		{o("a", o("$in", 1)), codeBadValue, "$in"},
		{o("a", o("$in", bson.A{bson.Regex{Pattern: "x"}})), codeBadValue, "regex inside $in"},
		{o("a", o("$regex", "(?=x)")), codeBadRegex, "Regular expression"},
		{o("a", o("$regex", "x", "$options", "x")), codeBadRegex, "'x'"},
		{o("a", o("$options", "i")), codeBadValue, "$options"},
		{o("a", bson.Decimal128{}), codeBadValue, "128-bit decimal"},
		{o("a..b", 1), codeBadValue, "a..b"},
		{o("a.$.b", 1), codeBadValue, "a.$.b"},
		{o("a", o("$gt", bson.MaxKey{})), codeBadValue, "maxKey"},
	} {
		_, err := parseFilter(raw(c.filter))
		if err == nil || asProtocol(err).code != c.code || !strings.Contains(err.Error(), c.names) {
			t.Errorf("%v: got %v, want code %d naming %s", c.filter, err, c.code, c.names)
		}
	}
}

func FuzzFilter(f *testing.F) {
	f.Add(raw(o("a", o("$in", bson.A{1, nil}), "$or", bson.A{o("b", o("$regex", "^x"))})), d("a", bson.A{1, o("b", 2)}))
	f.Add(raw(o("a.0.b", o("$gte", 1, "$lt", 5, "$ne", "x"))), d("a", bson.A{o("b", 2)}))
	f.Fuzz(func(t *testing.T, filter, doc []byte) {
		if validate(filter) != nil || validate(doc) != nil || storable(doc) != nil {
			return
		}
		parsed, err := parseFilter(filter)
		if err != nil {
			return
		}
		c := newCollection("db.c")
		doc = withID(doc, value{})
		if storable(doc) != nil || c.replace(record{}, doc, 1<<40) != nil {
			return
		}
		r, err := c.scan(query{filter: parsed})()
		if err != nil || (r.raw != nil) != parsed.matches(doc) {
			t.Fatalf("scan found %v (%v), the filter says otherwise", r, err)
		}
	})
}
