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

// checkEvery is after how many looked-at documents a scan looks at the clock.
const checkEvery = 256

// scan yields the records that a query asks for, in its order.
type scan struct {
	query
	plan     *plan
	src      source
	match    bool // whether the filter still has to be asked
	returned int64
	skipped  int64
	ordered  []*record // the result of a sort in memory
	gathered bool
	docs     int // looked at
}

func (c *collection) scan(q query) *scan {
	if c == nil {
		return &scan{gathered: true}
	}

	p := c.choosePlan(q.filter, q.sort, q.limit)

	return &scan{query: q, plan: p, match: !p.exact, src: newSource(p)}
}

// next returns the next record, nil at the end. It fails when the deadline has passed.
func (s *scan) next() (*record, error) {
	for s.limit == 0 || s.returned < s.limit {
		r, err := s.ranked()
		if r == nil || err != nil {
			return nil, err
		}
		if s.skipped < s.skip {
			s.skipped++
			continue
		}
		s.returned++

		return r, nil
	}

	return nil, nil
}

// rest returns the records that are left.
func (s *scan) rest() (out []*record, err error) {
	for {
		r, err := s.next()
		if r == nil || err != nil {
			return out, err
		}
		out = append(out, r)
	}
}

// ranked returns the next record in the order asked for. What no index has in that order is sorted in memory; beside a
// limit no more is kept than is needed.
func (s *scan) ranked() (*record, error) {
	if s.plan != nil && s.plan.sorted {
		return s.matching()
	}
	if !s.gathered {
		s.gathered = true
		top := sorter{pattern: s.sort}
		if s.limit > 0 {
			top.keep = int(s.skip + s.limit)
		}
		var err error
		if s.ordered, err = top.sort(s.matching); err != nil {
			return nil, err
		}
	}
	if len(s.ordered) == 0 {
		return nil, nil
	}
	r := s.ordered[0]
	s.ordered = s.ordered[1:]

	return r, nil
}

// matching returns the next record that meets the filter.
func (s *scan) matching() (*record, error) {
	for {
		r := s.src.next()
		if r == nil {
			return nil, nil
		}
		s.docs++
		if s.docs%checkEvery == 0 && !s.deadline.IsZero() && time.Now().After(s.deadline) {
			return nil, refuse(codeMaxTimeExpired, "operation exceeded time limit")
		}
		if !s.match || s.filter.matches(r.raw) {
			return r, nil
		}
	}
}

// countMatching counts without looking at documents where the index tells all.
func (c *collection) countMatching(q query) (int64, error) {
	if c != nil && len(q.filter) == 0 {
		n := max(int64(c.count())-q.skip, 0)
		if q.limit > 0 {
			n = min(n, q.limit)
		}
		return n, nil
	}

	s := c.scan(q)
	for {
		if r, err := s.next(); r == nil || err != nil {
			return s.returned, err
		}
	}
}

// sorter sorts records by the key that their documents have under a pattern; equal ones stay in order.
type sorter struct {
	pattern pattern
	keep    int // how many of the first are wanted, 0 for all
	items   []sortItem
}

type sortItem struct {
	key string
	rec *record
}

// sort returns the records of next, in order. It fails on a document in which two fields of the pattern are arrays.
func (s *sorter) sort(next func() (*record, error)) (out []*record, err error) {
	for {
		r, err := next()
		if err != nil {
			return nil, err
		}
		if r == nil {
			break
		}
		keys, _, err := s.pattern.keys(r.raw)
		if err != nil {
			return nil, refuse(codeBadValue, "cannot sort with keys that are parallel arrays")
		}
		s.items = append(s.items, sortItem{string(keys[0]), r}) // of an array the least, or for a descending field the greatest
		if s.keep > 0 && len(s.items) >= 2*s.keep+1024 {
			s.trim()
		}
	}

	s.trim()
	for _, it := range s.items {
		out = append(out, it.rec)
	}

	return out, nil
}

// trim sorts what is gathered, and forgets what is not wanted.
func (s *sorter) trim() {
	slices.SortStableFunc(s.items, func(a, b sortItem) int { return strings.Compare(a.key, b.key) })
	if s.keep > 0 && len(s.items) > s.keep {
		clear(s.items[s.keep:])
		s.items = s.items[:s.keep]
	}
}

// source yields the records of a plan's ranges, each record once.
type source struct {
	plan *plan
	at   int // of the next range
	cur  *rangeReader
	// heads are the readers of all ranges at their next entries, in order, while ranges are merged.
	heads []*rangeReader
	seen  map[uint64]struct{}
}

func newSource(p *plan) source {
	s := source{plan: p}
	if p.ix.multi != 0 && !p.collscan {
		s.seen = map[uint64]struct{}{}
	}

	return s
}

func (s *source) next() *record {
	advance := s.inSequence
	if s.plan.merge {
		advance = s.merged
	}
	for {
		rec := advance()
		if rec == nil || s.seen == nil {
			return rec
		}
		if _, again := s.seen[rec.seq]; !again {
			s.seen[rec.seq] = struct{}{}
			return rec
		}
	}
}

// inSequence reads one range after the other.
func (s *source) inSequence() *record {
	for {
		if s.cur != nil && s.cur.next() {
			return s.cur.entry.rec
		}
		if s.at == len(s.plan.ranges) {
			return nil
		}
		i := s.at
		if s.plan.reverse {
			i = len(s.plan.ranges) - 1 - s.at
		}
		s.cur = s.plan.reader(i)
		s.at++
	}
}

// merged reads all ranges at once, in the order of the parts of their keys that lie behind the fixed prefix.
func (s *source) merged() *record {
	for ; s.at < len(s.plan.ranges); s.at++ {
		s.insert(s.plan.reader(s.at))
	}
	if len(s.heads) == 0 {
		return nil
	}
	first := s.heads[0]
	rec := first.entry.rec
	s.heads = s.heads[1:]
	s.insert(first)

	return rec
}

// insert moves a reader to its next entry, and puts it in its place among the heads, unless its range has ended.
func (s *source) insert(rr *rangeReader) {
	if !rr.next() {
		return
	}
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

func (p *plan) reader(i int) *rangeReader {
	rr := &rangeReader{keyRange: p.ranges[i], reverse: p.reverse}
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
