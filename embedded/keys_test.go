package embedded

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

func sign(n int) int { return max(-1, min(1, n)) }

func checkOrder(t interface {
	Helper()
	Fatalf(string, ...any)
}, a, b value,
) {
	t.Helper()
	ka, kb := appendKey(nil, a), appendKey(nil, b)
	want := sign(order(a, b))
	if got := bytes.Compare(ka, kb); got != want {
		t.Fatalf("%v against %v: keys compare %d, values %d\n%x\n%x", a, b, got, want, ka, kb)
	}
	if compare(b, a) != -compare(a, b) || order(b, a) != -order(a, b) {
		t.Fatalf("%v against %v: the order is not antisymmetric", a, b)
	}
	if want != 0 && (bytes.HasPrefix(ka, kb) || bytes.HasPrefix(kb, ka)) {
		t.Fatalf("%v against %v: one key begins with the other", a, b)
	}
	invert(ka)
	invert(kb)
	if got := bytes.Compare(ka, kb); got != -want {
		t.Fatalf("%v against %v: inverted keys compare %d, want %d", a, b, got, -want)
	}
}

func TestKeysSortAsTheirValues(t *testing.T) {
	for _, a := range scalars {
		for _, b := range scalars {
			checkOrder(t, val(a), val(b))
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		checkOrder(t, val(anyValue(3).Draw(t, "a")), val(anyValue(3).Draw(t, "b")))
	})
}

func FuzzKeyOrder(f *testing.F) {
	f.Add(d("v", 1), d("v", 1.5))
	f.Add(d("v", "a\x00"), d("v", "a"))
	f.Add(d("v", bson.A{1, o("a", 2)}), d("v", o("a", bson.A{})))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		if validate(a) != nil || validate(b) != nil || supported(docValue(a)) != nil || supported(docValue(b)) != nil {
			return
		}
		checkOrder(t, docValue(a), docValue(b))
	})
}

func TestSuccessorIsAboveEveryContinuationOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		few := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 0xFE, 0xFF}), 1, 4)
		b, other := few.Draw(t, "b"), few.Draw(t, "other")
		next := successor(b)
		if next == nil {
			return
		}
		if inside := bytes.HasPrefix(other, b); inside != (bytes.Compare(other, b) >= 0 && bytes.Compare(other, next) < 0) {
			t.Fatalf("successor of %x is %x, wrong for %x", b, next, other)
		}
	})
}

func TestOrderOfTypes(t *testing.T) {
	ordered := []any{
		bson.MinKey{}, nil, int32(1), "a", o("a", 1), bson.A{1}, bson.Binary{Data: []byte{1}}, bson.ObjectID{}, false, true,
		bson.DateTime(0), bson.Timestamp{}, bson.Regex{Pattern: "a"}, bson.MaxKey{},
	}
	for i := 1; i < len(ordered); i++ {
		if a, b := val(ordered[i-1]), val(ordered[i]); compare(a, b) != -1 || order(a, b) != -1 {
			t.Errorf("%v is not before %v", ordered[i-1], ordered[i])
		}
	}
}

func TestIndexKeys(t *testing.T) {
	key := func(values ...any) string {
		var out []byte
		for _, v := range values {
			if v == "[]" {
				out = append(out, rankEmptyArray)
				continue
			}
			out = appendKey(out, val(v))
		}
		return string(out)
	}
	for _, c := range []struct {
		name    string
		pattern bson.D
		doc     []byte
		want    []string
		multi   uint64
	}{
		{"a missing field is null", o("a", 1), d(), []string{key(nil)}, 0},
		{"an array gives a key for each different element", o("a", 1), d("a", bson.A{2, 1, 2.0}), []string{key(1), key(2)}, 1},
		{"an empty array is less than null", o("a", 1), d("a", bson.A{}), []string{key("[]")}, 1},
		{"an array in an array stays whole", o("a", 1), d("a", bson.A{bson.A{1}}), []string{key(bson.A{1})}, 1},
		{"fields of an array's documents go together", o("a.b", 1, "a.c", 1), d("a", bson.A{o("b", 1, "c", 2), o("b", 3)}), []string{key(1, 2), key(3, nil)}, 3},
		{"below a scalar is null", o("a.b", 1), d("a", 5), []string{key(nil)}, 0},
		{"below an empty array is null", o("a.b", 1), d("a", bson.A{}), []string{key(nil)}, 1},
		{"arrays nest through documents", o("a.b", 1), d("a", bson.A{o("b", bson.A{1, 2}), o("b", 3)}), []string{key(1), key(2), key(3)}, 1},
		{"a field beside an array repeats", o("a", 1, "b", 1), d("a", bson.A{1, 2}, "b", 7), []string{key(1, 7), key(2, 7)}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := parsePattern(raw(c.pattern), codeBadValue)
			if err != nil {
				t.Fatal(err)
			}
			keys, multi, err := new(keyGenerator).keys(p, c.doc)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, k := range keys {
				got = append(got, string(k))
			}
			if diff := cmp.Diff(c.want, got); diff != "" || multi != c.multi {
				t.Errorf("keys (-want +got):\n%s multi %b, want %b", diff, multi, c.multi)
			}
		})
	}

	p, _ := parsePattern(d("a", 1, "b", 1), codeBadValue)
	if _, _, err := new(keyGenerator).keys(p, d("a", bson.A{1}, "b", bson.A{2})); asProtocol(err).code != codeParallelArrays {
		t.Errorf("parallel arrays: got %v", err)
	}
}
