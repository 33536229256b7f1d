package embedded

import (
	"slices"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

const (
	maxRanges = 100_000 // of one plan: the product of its $in lists
	maxMerged = 1_000   // ranges that are merged into one order
)

// keyRange is the keys from lo up to, but without, hi; an empty hi is no bound. The first prefix bytes of lo belong to
// fields that are fixed within the range.
type keyRange struct {
	lo, hi []byte
	prefix int
}

// plan tells how a query reads a collection: which keys of which index, in which direction.
type plan struct {
	ix       *index
	collscan bool // all of the index on _id, for want of a better one
	// bounds are those of the leading fields; size is how many ranges they make. The ranges themselves are worked out for
	// the plan that is chosen.
	bounds  []bounds
	size    int
	ranges  []keyRange
	reverse bool
	sorted  bool // the records come in the order asked for
	merge   bool // to be sorted, the ranges have to be merged
	exact   bool // the ranges say all that the filter does, of documents without arrays
	// points counts the leading fields that are bound to values, single those before the first with several values;
	// limited tells whether the field behind the points has a range.
	points, single int
	limited        bool
	begun          bool // that range is of texts that begin alike
}

// choosePlan returns the plan with the most fields bound to values; then sorted ones win, then those with a range. Texts
// that begin alike are few: to search them beats to go through all documents in the order asked for.
func (c *collection) choosePlan(filter all, sort pattern, limit int64) *plan {
	best := &plan{ix: c.indexes[0], collscan: true, size: 1, exact: len(filter) == 0, sorted: len(sort) == 0}
	bestScore := 0
	for _, ix := range c.indexes {
		p := ix.plan(filter)
		p.order(sort)
		score := 4 * p.points
		if p.limited {
			score += 2
		}
		if p.begun {
			score += 4
		}
		if len(sort) > 0 && p.sorted {
			score++
			if limit > 0 || p.points > 0 {
				score += 2
			}
		}
		if ix.unique && p.points == len(ix.pattern) {
			score += 1000
		}
		if score > bestScore || score == bestScore && score > 0 && len(ix.pattern) < len(best.ix.pattern) {
			best, bestScore = p, score
		}
	}
	best.locate()

	return best
}

// plan works out what the filter leaves of the index. A field that a document may hold several of in an array is bound by
// one predicate only, and not at all beside another field of the same array: different elements may meet different
// predicates.
func (ix *index) plan(filter all) *plan {
	p := &plan{ix: ix, size: 1}
	used := 0
	for i, f := range ix.pattern {
		if ix.multi != 0 && slices.ContainsFunc(ix.pattern[:i], func(g patternField) bool { return g.comps[0] == f.comps[0] }) {
			break
		}
		b, ok := boundsOf(filter, f.path, ix.multi&(1<<i) != 0)
		if !ok || p.size*len(b.intervals) > maxRanges {
			break
		}
		used += b.used
		p.size *= len(b.intervals)
		p.bounds = append(p.bounds, b)
		if !b.points {
			p.limited, p.begun = true, b.begun
			break
		}

		if p.single == p.points && len(b.intervals) == 1 {
			p.single++
		}
		p.points++
	}
	p.exact = used == len(filter) && ix.multi == 0

	return p
}

// locate works out the ranges.
func (p *plan) locate() {
	prefixes := [][]byte{nil}
	for i, b := range p.bounds {
		intervals := b.intervals
		if p.ix.pattern[i].desc {
			intervals = b.turned()
		}
		longer := make([][]byte, 0, len(prefixes)*len(intervals))
		for _, prefix := range prefixes {
			for _, iv := range intervals {
				lo := slices.Concat(prefix, iv.lo)
				if b.points {
					longer = append(longer, lo)
				} else {
					p.ranges = append(p.ranges, keyRange{lo, slices.Concat(prefix, iv.hi), len(prefix)})
				}
			}
		}
		prefixes = longer
	}
	if p.limited {
		return
	}

	p.ranges = make([]keyRange, 0, len(prefixes))
	for _, prefix := range prefixes {
		p.ranges = append(p.ranges, keyRange{prefix, successor(prefix), len(prefix)})
	}
}

// order settles whether the plan, forwards or backwards, yields the order of sort.
func (p *plan) order(sort pattern) {
	if len(sort) == 0 {
		p.sorted = true
		return
	}
	if p.ix.multi != 0 {
		return
	}

	if p.follows(sort, p.single) {
		p.sorted = true
		return
	}
	if p.single < p.points && p.size <= maxMerged && p.follows(sort, p.points) {
		p.sorted, p.merge = true, true
	}
}

// follows tells whether, with the first fixed fields constant, the index is in the order of sort, and sets the direction.
func (p *plan) follows(sort pattern, fixed int) bool {
	fields, decided := p.ix.pattern, false
	at := fixed
	for _, s := range sort {
		if i := slices.IndexFunc(fields[:fixed], func(f patternField) bool { return f.path == s.path }); i >= 0 {
			if i >= p.single {
				return false
			}
			continue
		}
		if at == len(fields) || fields[at].path != s.path {
			return false
		}
		reverse := fields[at].desc != s.desc
		if decided && reverse != p.reverse {
			return false
		}
		p.reverse, decided = reverse, true
		at++
	}

	return true
}

// bounds is what a filter leaves of the values of one field.
type bounds struct {
	intervals []interval
	points    bool // each interval is one value
	used      int  // predicates that the intervals say all of, as long as no document has an array
	begun     bool // the intervals are those of texts that begin alike
}

// boundsOf returns the bounds that the predicates on path give, false when none does. Of a field that may be an array only
// one is taken, with an equality before an $in, and both before ranges. What a text begins with is taken for want of others.
func boundsOf(filter all, path string, multi bool) (b bounds, ok bool) {
	var begun *predicate
	for _, part := range filter {
		p, isPredicate := part.(*predicate)
		if !isPredicate || p.negate || p.path != path {
			continue
		}
		if p.prefix != "" {
			begun = p
		}
		isPoint := p.op == "$eq" || p.op == "$in"
		switch {
		case p.within == nil || multi && p.onArrays() && !isPoint:
		case !ok || multi && isPoint && (!b.points || p.op == "$eq"):
			b, ok = bounds{intervals: p.within, points: isPoint, used: 1}, true
			if multi && isPoint {
				b.intervals = points(withFirstElements(p.values))
			}
		case !multi:
			b.intervals = intersect(b.intervals, p.within)
			b.points = b.points || isPoint
			b.used++
		}
	}
	if !ok && begun != nil {
		return begun.begins(), true
	}

	return b, ok
}

// onArrays tells whether p compares with an array as a whole.
func (p *predicate) onArrays() bool {
	return len(p.values) == 1 && p.values[0].Type == bsoncore.TypeArray
}

// begins returns the bounds of an anchored pattern: the texts that begin alike, and the pattern itself as a stored value.
func (p *predicate) begins() bounds {
	from := appendPrefix([]byte{rankString}, []byte(p.prefix))
	b := bounds{intervals: []interval{{from, successor(from)}}, begun: true}
	if p.pattern.Type == bsoncore.TypeRegex {
		b.intervals = append(b.intervals, point(p.pattern))
	}

	return b
}

// withFirstElements adds to arrays among the values their first elements, by which an index has an array as a whole.
func withFirstElements(values []value) (out []value) {
	for _, v := range values {
		out = append(out, v)
		if v.Type != bsoncore.TypeArray {
			continue
		}
		first := value{Type: bsoncore.TypeUndefined}
		if w := walk(v.Data); w.next() {
			first = w.val
		}
		out = append(out, first)
	}

	return out
}

// turned returns the intervals of the inverted encodings of a descending field.
func (b bounds) turned() []interval {
	out := make([]interval, 0, len(b.intervals))
	for _, iv := range slices.Backward(b.intervals) {
		lo, hi := slices.Clone(iv.lo), slices.Clone(iv.hi)
		invert(lo)
		invert(hi)
		if b.points {
			out = append(out, interval{lo, successor(lo)})
			continue
		}
		out = append(out, interval{successor(hi), successor(lo)})
	}

	return out
}
