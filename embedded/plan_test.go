package embedded

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
	"pgregory.net/rapid"
)

func mustIndex(t interface{ Fatal(...any) }, key bson.D, unique bool) *index {
	var name []string
	for _, e := range key {
		name = append(name, e.Key)
	}
	ix, err := parseIndex(raw(o("key", key, "name", strings.Join(name, "_"), "unique", unique)))
	if err != nil {
		t.Fatal(err)
	}

	return ix
}

func ids(t interface{ Fatal(...any) }, s stream) []string {
	var out []string
	for {
		r, err := s()
		if err != nil {
			t.Fatal(err)
		}
		if r.raw == nil {
			return out
		}
		out = append(out, lookup(r.raw, "_id").String())
	}
}

// stored returns the records of a collection.
func stored(c *collection) (out []record) {
	_ = c.each(func(r record) error { out = append(out, r); return nil })

	return out
}

// A query finds the same documents through whatever index serves it as by looking at every document, in an order that the
// sort allows, and after any history of writes.
func TestIndexesFindWhatAScanFinds(t *testing.T) {
	t.Run("wide", func(t *testing.T) { rapid.Check(t, wide.check) })
	t.Run("dense", func(t *testing.T) { rapid.Check(t, dense.check) })
}

func (w world) check(t *rapid.T) {
	c := newCollection("db.c")
	for range rapid.IntRange(1, 3).Draw(t, "indexes") {
		ix := mustIndex(t, w.pattern(1).Draw(t, "index"), false)
		if missing, err := c.missingIndexes([]*index{ix}); err == nil && len(missing) == 1 {
			c.indexes = append(c.indexes, ix)
		}
	}
	for i := range rapid.IntRange(0, 25).Draw(t, "writes") {
		doc := w.doc.Draw(t, "doc")
		id := int32(rapid.IntRange(0, 12).Draw(t, "id"))
		old := c.byID(val(id))
		switch {
		case old.raw != nil && i%4 == 0:
			if err := c.replace(old, nil, 1<<40); err != nil {
				t.Fatal(err)
			}
		default:
			err := c.replace(old, raw(append(bson.D{{Key: "_id", Value: id}}, doc...)), 1<<40)
			if err != nil && asProtocol(err).code != codeParallelArrays {
				t.Fatal(err)
			}
		}
	}
	checkIndexes(t, c)

	for range 10 {
		filter, err := parseFilter(raw(w.filter.Draw(t, "filter")))
		if err != nil {
			t.Fatal(err)
		}
		sort, _ := parsePattern(raw(w.pattern(0).Draw(t, "sort")), codeBadValue)
		q := query{filter: filter}
		want := ids(t, q.of(c.records(&plan{ix: c.indexes[0], collscan: true, ranges: []keyRange{{}}})))

		q.sort = sort
		s := c.scan(q)
		used := c.choosePlan(q.filter, q.sort, q.limit)
		var got, keys []string
		for {
			r, err := s()
			if err != nil && asProtocol(err).code == codeBadValue {
				return // a sort over parallel arrays
			}
			if r.raw == nil {
				break
			}
			got = append(got, lookup(r.raw, "_id").String())
			k, _, err := new(keyGenerator).keys(sort, r.raw)
			if err != nil {
				return
			}
			keys = append(keys, string(k[0]))
		}
		if !slices.IsSorted(keys) {
			t.Fatalf("out of order by index %s (merge %v): %q", used.ix.name, used.merge, keys)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("by index %s: got %v, want %v", used.ix.name, got, want)
		}
		if n, _ := c.countMatching(query{filter: filter}); int(n) != len(want) {
			t.Fatalf("count %d, want %d", n, len(want))
		}
	}
}

// checkIndexes fails unless every index holds exactly the keys of every document, and the estimate of memory is right.
func checkIndexes(t interface{ Fatalf(string, ...any) }, c *collection) {
	total := int64(0)
	for _, r := range stored(c) {
		total += int64(len(r.raw) + recordBytes)
	}
	for _, ix := range c.indexes {
		want := 0
		for _, r := range stored(c) {
			keys, _, err := new(keyGenerator).keys(ix.pattern, r.raw)
			if err != nil {
				t.Fatalf("index %s: %v", ix.name, err)
			}
			for _, key := range keys {
				k := withSeq(key, r.seq)
				want++
				total += int64(len(k) + keyBytes)
				var it iterator
				if !it.seek(&ix.tree, k) || !bytes.Equal(it.key(), k) {
					t.Fatalf("index %s lacks a key of %s", ix.name, bsoncore.Document(r.raw))
				}
			}
		}
		if got := ix.tree.count; got != want {
			t.Fatalf("index %s has %d keys, want %d", ix.name, got, want)
		}
	}
	own := int64(0)
	for _, ix := range c.indexes {
		own += ix.bytes
	}
	for _, r := range stored(c) {
		own += int64(len(r.raw) + recordBytes)
	}
	if own != total {
		t.Fatalf("estimated %d bytes by index, want %d", own, total)
	}
	if c.bytes != total {
		t.Fatalf("estimated %d bytes, want %d", c.bytes, total)
	}
}

func TestWhichIndexServesAQuery(t *testing.T) {
	c := newCollection("db.c")
	for _, key := range []bson.D{
		o("org", 1, "at", -1, "_id", -1), o("org", 1, "agent", 1, "at", -1), o("name", 1), o("tags", 1, "at", 1), o("lines.sku", 1, "lines.n", 1),
	} {
		c.indexes = append(c.indexes, mustIndex(t, key, false))
	}
	for i := range 100 {
		err := c.replace(record{}, d("_id", i, "org", i%3, "at", i, "agent", i%7, "name", "n", "tags", bson.A{i % 2, i}, "lines", bson.A{o("sku", i, "n", 1), o("sku", 0, "n", i)}), 1<<40)
		if err != nil {
			t.Fatal(err)
		}
	}

	for _, q := range []struct {
		name         string
		filter, sort bson.D
		limit        int64
		index        string
		ranges       int
		sorted       bool
		reverse      bool
		limited      bool
	}{
		{"nothing asked", o(), o(), 0, "scan", 1, true, false, false},
		{"an _id", o("_id", 5), o(), 0, "_id_", 1, true, false, false},
		{"some ids", o("_id", o("$in", bson.A{1, 2, 2.0, 3})), o(), 0, "_id_", 3, true, false, false},
		{"equality and sort", o("org", 1), o("at", -1, "_id", -1), 50, "org_at__id", 1, true, false, false},
		{"equality and sort backwards", o("org", 1), o("at", 1, "_id", 1), 50, "org_at__id", 1, true, true, false},
		{"equality and range", o("org", 1, "at", o("$gte", 3, "$lt", 9)), o("at", -1), 0, "org_at__id", 1, true, false, true},
		{"keyset page", o("org", 1, "at", o("$lte", 50), "$or", bson.A{o("at", o("$lt", 50)), o("at", 50, "_id", o("$lt", 7))}), o("at", -1, "_id", -1), 50, "org_at__id", 1, true, false, true},
		{"two equalities", o("org", 1, "agent", 2), o("at", -1), 0, "org_agent_at", 1, true, false, false},
		{"several agents merged into one order", o("org", 1, "agent", o("$in", bson.A{2, 3})), o("at", -1), 0, "org_agent_at", 2, true, false, false},
		{"several agents, then sorted by them", o("org", 1, "agent", o("$in", bson.A{2, 3})), o("at", -1, "agent", 1), 0, "org_agent_at", 2, false, false, false},
		{"a prefix", o("name", o("$regex", "^n")), o(), 0, "name", 1, true, false, true},
		{"no prefix without case", o("name", o("$regex", "^n", "$options", "i")), o(), 0, "scan", 1, true, false, false},
		{"a sort alone", o(), o("name", 1), 10, "name", 1, true, false, false},
		{"no sort from an array", o("tags", 1), o("at", 1), 0, "tags_at", 1, false, false, false},
		{"one bound on an array", o("tags", o("$gte", 3, "$lt", 9)), o(), 0, "tags_at", 1, true, false, true},
		{"both bounds beside an array", o("tags", 1, "at", o("$gte", 3, "$lt", 9)), o(), 0, "tags_at", 1, true, false, true},
		{"one field of an array's documents", o("lines.sku", 0, "lines.n", 1), o(), 0, "lines.sku_lines.n", 1, true, false, false},
	} {
		t.Run(q.name, func(t *testing.T) {
			sort, _ := parsePattern(raw(q.sort), codeBadValue)
			p := c.choosePlan(mustFilter(t, q.filter), sort, q.limit)
			name := p.ix.name
			if p.collscan {
				name = "scan"
			}
			if name != q.index || len(p.ranges) != q.ranges || p.sorted != q.sorted || p.reverse != q.reverse || p.limited != q.limited {
				t.Errorf("got %s, %d ranges, sorted %v, reverse %v, limited %v", name, len(p.ranges), p.sorted, p.reverse, p.limited)
			}
		})
	}
}

func TestUniqueKeys(t *testing.T) {
	c := newCollection("db.c")
	c.indexes = append(c.indexes, mustIndex(t, o("a", 1), true))
	put := func(doc []byte) error { return c.replace(c.byID(lookup(doc, "_id")), doc, 1<<40) }
	for _, step := range []struct {
		doc  []byte
		fits bool
	}{
		{d("_id", 1, "a", 1), true},
		{d("_id", 2, "a", 1.0), false},
		{d("_id", 1, "a", 1), true},
		{d("_id", 3), true},
		{d("_id", 4, "a", nil), false},
		{d("_id", 5, "a", bson.A{}), true},
		{d("_id", 6, "a", bson.A{7, 7}), true},
		{d("_id", 7, "a", bson.A{8, 7}), false},
		{d("_id", 8, "a", 8), true},
	} {
		if err := put(step.doc); (err == nil) != step.fits {
			t.Fatalf("%s: %v", bsoncore.Document(step.doc), err)
		}
	}
	checkIndexes(t, c)
	if err := put(d("_id", 9, "a", 8)); !bytes.Equal(asProtocol(err).key, d("a", 8)) || !strings.Contains(err.Error(), "E11000 duplicate key error collection: db.c index: a dup key") {
		t.Fatal(err)
	}
}
