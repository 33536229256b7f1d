package embedded

import (
	"bytes"
	"slices"
	"time"
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

// stream returns the next record, stored or made on the way, and the zero one at the end.
type stream func() (record, error)

// each calls do with every record of the stream.
func (s stream) each(do func(r record)) error {
	for {
		r, err := s()
		if r.raw == nil || err != nil {
			return err
		}
		do(r)
	}
}

// all returns the records of the stream.
func (s stream) all() (out []record, err error) {
	err = s.each(func(r record) { out = append(out, r) })

	return out, err
}

// listStream is a stream of records that are there already.
func listStream(list []record) stream {
	return func() (r record, err error) {
		if len(list) > 0 {
			r, list = list[0], list[1:]
		}
		return r, nil
	}
}

// gathered is a stream of records that are all made at the first call.
func gathered(make func() ([]record, error)) stream {
	var out stream

	return func() (record, error) {
		if out == nil {
			list, err := make()
			if err != nil {
				return record{}, err
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

	return q.of(c.records(p))
}

// of returns what the query asks of a stream.
func (q query) of(in stream) stream {
	out := q.matching(in)
	if len(q.sort) > 0 {
		out = q.sorted(out)
	}
	skip, left := q.skip, q.limit

	return func() (record, error) {
		if q.limit > 0 && left == 0 {
			return record{}, nil
		}
		for ; skip > 0; skip-- {
			if r, err := out(); r.raw == nil || err != nil {
				return record{}, err
			}
		}
		left--
		return out()
	}
}

func (q query) matching(in stream) stream {
	looked := 0

	return func() (record, error) {
		for {
			r, err := in()
			if looked++; looked%checkEvery == 0 && !q.deadline.IsZero() && time.Now().After(q.deadline) {
				return record{}, refuse(codeMaxTimeExpired, "operation exceeded time limit")
			}
			if r.raw == nil || err != nil || q.filter.matches(r.raw) {
				return r, err
			}
		}
	}
}

// sortable is a record with its key in a sort.
type sortable struct {
	key []byte
	record
}

// sorted sorts in memory, by the key that each document has under the pattern; equal ones stay in order. Beside a limit no
// more is kept than is needed. It fails on a document in which two fields of the pattern are arrays.
func (q query) sorted(in stream) stream {
	return gathered(func() (out []record, err error) {
		var found []sortable
		var g keyGenerator
		keep := q.skip + q.limit
		trim := func() {
			slices.SortStableFunc(found, func(a, b sortable) int { return bytes.Compare(a.key, b.key) })
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
			if r.raw == nil {
				break
			}
			g.made = g.made[:0]
			keys, _, err := g.keys(q.sort, r.raw)
			if err != nil {
				return nil, refuse(codeBadValue, "cannot sort with keys that are parallel arrays")
			}
			found = append(found, sortable{keys[0], r}) // of an array the least, or for a descending field the greatest
			if q.limit > 0 && int64(len(found)) >= 2*keep+1024 {
				trim()
			}
		}
		trim()
		for _, e := range found {
			out = append(out, e.record)
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
	err = c.scan(q).each(func(record) { n++ })

	return n, err
}

// source reads the ranges of a plan: one after the other, or all at once, merged into one order.
type source struct {
	plan *plan
	at   int // of the next range
	// heads are the readers of the ranges that have been begun, in the order of their next keys.
	heads []*rangeReader
	spare *rangeReader // that is at its end
}

// records returns the records in the plan's ranges, each once.
func (c *collection) records(p *plan) stream {
	s := &source{plan: p}
	var seen map[uint64]bool
	if p.ix.multi != 0 && !p.collscan {
		seen = map[uint64]bool{}
	}

	return func() (record, error) {
		seq, ok := s.next()
		for ok && seen[seq] {
			seq, ok = s.next()
		}
		if !ok {
			return record{}, nil
		}
		if seen != nil {
			seen[seq] = true
		}
		return record{c.docs.get(seq), seq}, nil
	}
}

// next returns the seq of the next record; false at the end.
func (s *source) next() (seq uint64, ok bool) {
	for ; s.at < len(s.plan.ranges) && (s.plan.merge || len(s.heads) == 0); s.at++ {
		if rr := s.reader(s.at); rr.begin(&s.plan.ix.tree) {
			s.insert(rr)
		} else {
			s.spare = rr
		}
	}
	if len(s.heads) == 0 {
		return noRecord, false
	}

	first := s.heads[0]
	_, seq = cutSeq(first.key())
	if !first.next() {
		s.heads, s.spare = slices.Delete(s.heads, 0, 1), first
	} else if len(s.heads) > 1 {
		s.heads = slices.Delete(s.heads, 0, 1)
		s.insert(first)
	}

	return seq, true
}

// insert puts a reader in its place among the heads: they are in the order of the parts of their keys that lie behind the
// fixed prefix.
func (s *source) insert(rr *rangeReader) {
	at, _ := slices.BinarySearchFunc(s.heads, rr, func(a, b *rangeReader) int {
		c := bytes.Compare(a.key()[a.prefix:], b.key()[b.prefix:])
		if rr.reverse {
			return -c
		}
		return c
	})
	s.heads = slices.Insert(s.heads, at, rr)
}

// rangeReader reads the keys of one range, in either direction.
type rangeReader struct {
	keyRange
	iterator
	reverse bool
}

// reader returns a reader of the range at that place in the plan's direction.
func (s *source) reader(at int) *rangeReader {
	p := s.plan
	if p.reverse {
		at = len(p.ranges) - 1 - at
	}
	rr := s.spare
	if rr == nil {
		rr = &rangeReader{reverse: p.reverse}
	}
	rr.keyRange, s.spare = p.ranges[at], nil

	return rr
}

// begin moves to the first key of the range; false when there is none.
func (rr *rangeReader) begin(t *tree) bool {
	if !rr.reverse {
		return rr.seek(t, rr.lo) && rr.within()
	}
	if len(rr.hi) == 0 {
		rr.end(t)
	} else {
		rr.seek(t, rr.hi)
	}

	return rr.prev() && rr.within()
}

// next moves to the next key; false at the end of the range.
func (rr *rangeReader) next() bool {
	if rr.reverse {
		return rr.prev() && rr.within()
	}

	return rr.iterator.next() && rr.within()
}

func (rr *rangeReader) within() bool {
	if rr.reverse {
		return bytes.Compare(rr.key(), rr.lo) >= 0
	}

	return len(rr.hi) == 0 || bytes.Compare(rr.key(), rr.hi) < 0
}
