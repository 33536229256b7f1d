package embedded

import (
	"slices"
	"strings"
	"time"

	"github.com/tidwall/btree"
)

// query is what find, count, distinct, update, delete and the head of an aggregation ask of a collection.
type query struct {
	filter      all
	sort        pattern
	skip, limit int64
	deadline    time.Time // zero for none
}

// checkEvery is after how many looked-at documents a query looks at the clock.
const checkEvery = 256

// stream returns the next record, stored or made on the way, and nil at the end.
type stream func() (*record, error)

// each calls do with every record of the stream.
func (s stream) each(do func(r *record)) error {
	for {
		r, err := s()
		if r == nil || err != nil {
			return err
		}
		do(r)
	}
}

// all returns the records of the stream.
func (s stream) all() (out []*record, err error) {
	err = s.each(func(r *record) { out = append(out, r) })

	return out, err
}

// listStream is a stream of records that are there already.
func listStream(list []*record) stream {
	return func() (r *record, err error) {
		if len(list) > 0 {
			r, list = list[0], list[1:]
		}
		return r, nil
	}
}

// gathered is a stream of records that are all made at the first call.
func gathered(make func() ([]*record, error)) stream {
	var out stream

	return func() (*record, error) {
		if out == nil {
			list, err := make()
			if err != nil {
				return nil, err
			}
			out = listStream(list)
		}
		return out()
	}
}

// scan returns the records that a query asks for, in its order. It fails when the deadline has passed.
func (c *collection) scan(q query) stream {
	if c == nil {
		return listStream(nil)
	}
	p := c.choosePlan(q.filter, q.sort, q.limit)
	if p.exact {
		q.filter = nil
	}
	if p.sorted {
		q.sort = nil
	}

	return q.of(p.records())
}

// of returns what the query asks of a stream.
func (q query) of(in stream) stream {
	out := q.matching(in)
	if len(q.sort) > 0 {
		out = q.sorted(out)
	}
	skip, left := q.skip, q.limit

	return func() (*record, error) {
		if q.limit > 0 && left == 0 {
			return nil, nil
		}
		for ; skip > 0; skip-- {
			if r, err := out(); r == nil || err != nil {
				return nil, err
			}
		}
		left--
		return out()
	}
}

func (q query) matching(in stream) stream {
	looked := 0

	return func() (*record, error) {
		for {
			r, err := in()
			if looked++; looked%checkEvery == 0 && !q.deadline.IsZero() && time.Now().After(q.deadline) {
				return nil, refuse(codeMaxTimeExpired, "operation exceeded time limit")
			}
			if r == nil || err != nil || q.filter.matches(r.raw) {
				return r, err
			}
		}
	}
}

// sorted sorts in memory, by the key that each document has under the pattern; equal ones stay in order. Beside a limit no
// more is kept than is needed. It fails on a document in which two fields of the pattern are arrays.
func (q query) sorted(in stream) stream {
	return gathered(func() (out []*record, err error) {
		var found []entry
		keep := q.skip + q.limit
		trim := func() {
			slices.SortStableFunc(found, compareEntries)
			if q.limit > 0 && int64(len(found)) > keep {
				clear(found[keep:])
				found = found[:keep]
			}
		}
		for {
			r, err := in()
			if err != nil {
				return nil, err
			}
			if r == nil {
				break
			}
			keys, _, err := q.sort.keys(r.raw)
			if err != nil {
				return nil, refuse(codeBadValue, "cannot sort with keys that are parallel arrays")
			}
			found = append(found, entry{string(keys[0]), r}) // of an array the least, or for a descending field the greatest
			if q.limit > 0 && int64(len(found)) >= 2*keep+1024 {
				trim()
			}
		}
		trim()
		for _, e := range found {
			out = append(out, e.rec)
		}
		return out, err
	})
}

// countMatching counts without looking at documents where the index tells all.
func (c *collection) countMatching(q query) (n int64, err error) {
	if c != nil && len(q.filter) == 0 {
		n := max(int64(c.count())-q.skip, 0)
		if q.limit > 0 {
			n = min(n, q.limit)
		}
		return n, nil
	}
	err = c.scan(q).each(func(*record) { n++ })

	return n, err
}

// source reads the ranges of a plan: one after the other, or all at once, merged into one order.
type source struct {
	plan *plan
	at   int // of the next range
	// heads are the readers of the ranges that have been begun, in the order of their next entries.
	heads []*rangeReader
}

// records returns the records in the plan's ranges, each once.
func (p *plan) records() stream {
	s := &source{plan: p}
	if p.ix.multi == 0 || p.collscan {
		return func() (*record, error) { return s.next(), nil }
	}

	seen := map[uint64]bool{}
	return func() (*record, error) {
		rec := s.next()
		for rec != nil && seen[rec.seq] {
			rec = s.next()
		}
		if rec != nil {
			seen[rec.seq] = true
		}
		return rec, nil
	}
}

func (s *source) next() *record {
	for ; s.at < len(s.plan.ranges) && (s.plan.merge || len(s.heads) == 0); s.at++ {
		if rr := s.plan.reader(s.at); rr.next() {
			s.insert(rr)
		}
	}
	if len(s.heads) == 0 {
		return nil
	}

	first := s.heads[0]
	rec := first.entry.rec
	if !first.next() {
		s.heads = s.heads[1:]
	} else if len(s.heads) > 1 {
		s.heads = s.heads[1:]
		s.insert(first)
	}

	return rec
}

// insert puts a reader in its place among the heads: they are in the order of the parts of their keys that lie behind the
// fixed prefix.
func (s *source) insert(rr *rangeReader) {
	at, _ := slices.BinarySearchFunc(s.heads, rr, func(a, b *rangeReader) int {
		c := strings.Compare(a.entry.key[a.prefix:], b.entry.key[b.prefix:])
		if rr.reverse {
			return -c
		}
		return c
	})
	s.heads = slices.Insert(s.heads, at, rr)
}

// rangeReader reads the entries of one range, in either direction.
type rangeReader struct {
	keyRange
	it      btree.IterG[entry]
	reverse bool
	begun   bool
	entry   entry // the one that next moved to
}

// reader returns a reader of the range at that place in the plan's direction.
func (p *plan) reader(at int) *rangeReader {
	if p.reverse {
		at = len(p.ranges) - 1 - at
	}
	rr := &rangeReader{keyRange: p.ranges[at], reverse: p.reverse}
	rr.it.Init(p.ix.tree, false)

	return rr
}

// next moves to the next entry; false at the end of the range.
func (rr *rangeReader) next() (ok bool) {
	switch {
	case rr.begun && rr.reverse:
		ok = rr.it.Prev()
	case rr.begun:
		ok = rr.it.Next()
	case !rr.reverse:
		ok = rr.it.Seek(entry{key: rr.lo})
	case rr.hi != "" && rr.it.Seek(entry{key: rr.hi}):
		ok = rr.it.Prev()
	default:
		ok = rr.it.Last()
	}
	rr.begun = true
	if !ok {
		return false
	}
	rr.entry = rr.it.Item()

	return rr.reverse && rr.entry.key >= rr.lo || !rr.reverse && (rr.hi == "" || rr.entry.key < rr.hi)
}
