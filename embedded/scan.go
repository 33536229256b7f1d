package embedded

import (
	"container/heap"
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
	docs     int64 // looked at
}

func (c *collection) scan(q query) *scan {
	if c == nil {
		return &scan{gathered: true}
	}

	p := c.choosePlan(q.filter, q.sort, q.limit)
	s := &scan{query: q, plan: p, match: !p.exact}
	s.src.init(p)

	return s
}

// next returns the next record, nil at the end. It fails when the deadline has passed.
func (s *scan) next() (*record, error) {
	for !s.finished() {
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

// finished tells whether the limit is reached.
func (s *scan) finished() bool { return s.limit > 0 && s.returned >= s.limit }

// ranked returns the next record in the order asked for.
func (s *scan) ranked() (*record, error) {
	if s.plan != nil && s.plan.sorted {
		return s.matching()
	}
	if !s.gathered {
		if err := s.gather(); err != nil {
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

// gather sorts in memory; beside a limit it keeps no more than it needs.
func (s *scan) gather() error {
	s.gathered = true
	top := topSorter[*record]{keep: s.skip + s.limit}
	if s.limit == 0 {
		top.keep = 0
	}
	for {
		r, err := s.matching()
		if err != nil {
			return err
		}
		if r == nil {
			break
		}
		if err := top.add(s.sort, r.raw, r); err != nil {
			return err
		}
	}
	s.ordered = top.result()

	return nil
}

// topSorter sorts items by the key that their documents have under a pattern; equal ones stay in order.
type topSorter[T any] struct {
	keep  int64 // how many of the first are wanted, 0 for all
	items []sortItem[T]
}

type sortItem[T any] struct {
	key  string
	item T
}

func (t *topSorter[T]) add(p pattern, doc []byte, item T) error {
	keys, _, err := p.keys(doc)
	if err != nil {
		return refuse(codeBadValue, "cannot sort with keys that are parallel arrays")
	}
	t.items = append(t.items, sortItem[T]{string(keys[0]), item}) // of an array the least, or for a descending field the greatest
	if t.keep > 0 && int64(len(t.items)) >= 2*t.keep+1024 {
		t.sort()
	}

	return nil
}

func (t *topSorter[T]) sort() {
	slices.SortStableFunc(t.items, func(a, b sortItem[T]) int { return strings.Compare(a.key, b.key) })
	if t.keep > 0 && int64(len(t.items)) > t.keep {
		clear(t.items[t.keep:])
		t.items = t.items[:t.keep]
	}
}

func (t *topSorter[T]) result() []T {
	t.sort()
	out := make([]T, len(t.items))
	for i, it := range t.items {
		out[i] = it.item
	}

	return out
}

// countMatching counts without looking at documents where the index tells all.
func (c *collection) countMatching(q query) (int64, *scan, error) {
	s := c.scan(q)
	if c != nil && len(q.filter) == 0 {
		n := max(int64(c.count())-q.skip, 0)
		if q.limit > 0 {
			n = min(n, q.limit)
		}
		return n, s, nil
	}

	for {
		r, err := s.next()
		if err != nil {
			return 0, s, err
		}
		if r == nil {
			return s.returned, s, nil
		}
	}
}

// source yields the records of a plan's ranges, each record once.
type source struct {
	plan *plan
	at   int // of the next range
	cur  rangeReader
	open bool
	heap *mergeHeap
	seen map[uint64]struct{}
	keys int64 // looked at
}

func (s *source) init(p *plan) {
	s.plan = p
	if p.ix.multi != 0 && !p.collscan {
		s.seen = map[uint64]struct{}{}
	}
}

func (s *source) next() *record {
	for {
		e, ok := s.nextEntry()
		if !ok {
			return nil
		}
		s.keys++
		if s.seen != nil {
			if _, again := s.seen[e.rec.seq]; again {
				continue
			}
			s.seen[e.rec.seq] = struct{}{}
		}
		return e.rec
	}
}

func (s *source) nextEntry() (entry, bool) {
	if s.plan.merge {
		return s.merged()
	}

	for {
		if s.open {
			if e, ok := s.cur.next(); ok {
				return e, true
			}
			s.open = false
		}
		if s.at == len(s.plan.ranges) {
			return entry{}, false
		}
		i := s.at
		if s.plan.reverse {
			i = len(s.plan.ranges) - 1 - s.at
		}
		s.cur.start(s.plan.ix.tree, s.plan.ranges[i], s.plan.reverse)
		s.at, s.open = s.at+1, true
	}
}

func (s *source) merged() (entry, bool) {
	if s.heap == nil {
		s.heap = &mergeHeap{reverse: s.plan.reverse}
		for _, r := range s.plan.ranges {
			rr := &rangeReader{}
			rr.start(s.plan.ix.tree, r, s.plan.reverse)
			if e, ok := rr.next(); ok {
				s.heap.heads = append(s.heap.heads, mergeHead{e, rr})
			}
		}
		heap.Init(s.heap)
	}
	if s.heap.Len() == 0 {
		return entry{}, false
	}

	head := &s.heap.heads[0]
	e := head.e
	if next, ok := head.from.next(); ok {
		head.e = next
		heap.Fix(s.heap, 0)
	} else {
		heap.Pop(s.heap)
	}

	return e, true
}

// rangeReader reads the entries of one range, in either direction.
type rangeReader struct {
	it      btree.IterG[entry]
	r       keyRange
	reverse bool
	begun   bool
	alive   bool
}

func (rr *rangeReader) start(tree *btree.BTreeG[entry], r keyRange, reverse bool) {
	rr.it.Init(tree, false)
	rr.r, rr.reverse, rr.begun = r, reverse, false
}

func (rr *rangeReader) next() (entry, bool) {
	switch {
	case rr.begun && rr.reverse:
		rr.alive = rr.it.Prev()
	case rr.begun:
		rr.alive = rr.it.Next()
	case !rr.reverse:
		rr.alive = rr.it.Seek(entry{key: rr.r.lo})
	case rr.r.hi != "" && rr.it.Seek(entry{key: rr.r.hi}):
		rr.alive = rr.it.Prev()
	default:
		rr.alive = rr.it.Last()
	}
	rr.begun = true
	if !rr.alive {
		return entry{}, false
	}

	e := rr.it.Item()
	if rr.reverse && e.key < rr.r.lo || !rr.reverse && rr.r.hi != "" && e.key >= rr.r.hi {
		return entry{}, false
	}

	return e, true
}

// mergeHeap orders ranges by the part of their next key that lies behind the fixed prefix.
type mergeHeap struct {
	heads   []mergeHead
	reverse bool
}

type mergeHead struct {
	e    entry
	from *rangeReader
}

var _ heap.Interface = (*mergeHeap)(nil)

func (h *mergeHeap) Len() int      { return len(h.heads) }
func (h *mergeHeap) Swap(i, j int) { h.heads[i], h.heads[j] = h.heads[j], h.heads[i] }
func (h *mergeHeap) Push(x any)    { h.heads = append(h.heads, x.(mergeHead)) }

func (h *mergeHeap) Less(i, j int) bool {
	a, b := &h.heads[i], &h.heads[j]
	c := strings.Compare(a.e.key[a.from.r.prefix:], b.e.key[b.from.r.prefix:])
	if h.reverse {
		return c > 0
	}

	return c < 0
}

func (h *mergeHeap) Pop() any {
	last := h.heads[len(h.heads)-1]
	h.heads = h.heads[:len(h.heads)-1]

	return last
}
