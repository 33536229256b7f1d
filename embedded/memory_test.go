package embedded

import (
	"runtime"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// The estimate that the memory limit is held against is not less than what documents and their indexes take, whether they
// were written one after the other or read from the files, and not much more.
func TestMemoryIsEstimatedWell(t *testing.T) {
	const n = 20_000
	indexes := []bson.D{
		{{Key: "org", Value: 1}, {Key: "at", Value: -1}, {Key: "_id", Value: -1}},
		{{Key: "org", Value: 1}, {Key: "agent", Value: 1}, {Key: "at", Value: -1}},
	}
	check := func(what string, fill func(c *collection)) {
		before, _ := live()
		c := newCollection("db.c")
		fill(c)
		got, _ := live()
		got -= before
		if got > c.bytes || got < c.bytes*3/4 {
			t.Errorf("%s: %d bytes for each document, estimated %d", what, got/n, c.bytes/n)
		}
		runtime.KeepAlive(c)
	}

	check("written", func(c *collection) {
		for _, key := range indexes {
			c.indexes = append(c.indexes, mustIndex(t, key, false))
		}
		for i := range n {
			if i%1000 == 0 {
				*c = *c.thaw() // as a commit does
			}
			if err := c.replace(record{}, raw(benchDoc(i)), 1<<40); err != nil {
				t.Fatal(err)
			}
		}
	})
	check("read", func(c *collection) {
		for _, key := range indexes {
			c.indexes = append(c.indexes, mustIndex(t, key, false))
		}
		for i := range n {
			c.load(raw(benchDoc(i)))
		}
		h := history{colls: map[string]*collection{"db.c": c}}
		if err := h.index(); err != nil {
			t.Fatal(err)
		}
	})
}

// live returns what is in use of the heap.
func live() (bytes, objects int64) {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)

	return int64(m.HeapAlloc), int64(m.HeapObjects)
}
