package embedded

import (
	"bytes"
	"slices"
)

// interval is the key encodings from lo up to, but without, hi. Both the filter that looks at documents and the planner
// that looks for them in an index understand a comparison as the intervals of the values that meet it.
type interval struct{ lo, hi []byte }

// point is the interval of one value: of the encodings that begin with its own there is only that one.
func point(v value) interval {
	key := appendKey(make([]byte, 0, len(v.Data)+8), v) // for most values

	return interval{key, successor(key)}
}

// points returns the intervals of the values, in order, each once.
func points(values []value) []interval {
	out := make([]interval, 0, len(values))
	for _, v := range values {
		out = append(out, point(v))
	}
	slices.SortFunc(out, func(a, b interval) int { return bytes.Compare(a.lo, b.lo) })

	return slices.CompactFunc(out, func(a, b interval) bool { return bytes.Equal(a.lo, b.lo) })
}

// nan is the encoding of NaN, which is below every other number and yet compares with none.
var nan = append([]byte{rankNumber}, make([]byte, 8)...)

// span returns the interval of the values that meet $gt, $gte, $lt or $lte: they have the rank of the operand. It is
// empty, and not nil, when there are none.
func span(op string, operand value) []interval {
	at := point(operand)
	in := interval{at.lo[:1:1], successor(at.lo[:1])}
	if in.lo[0] == rankNumber && !bytes.Equal(at.lo, nan) {
		in.lo = successor(nan)
	} else if in.lo[0] == rankNumber {
		in.hi = successor(nan)
	}
	switch op {
	case "$gt":
		in.lo = at.hi
	case "$gte":
		in.lo = at.lo
	case "$lt":
		in.hi = at.lo
	case "$lte":
		in.hi = at.hi
	}

	return intersect([]interval{in}, []interval{in})
}

// contains tells whether key is in one of the intervals.
func contains(in []interval, key []byte) bool {
	at, _ := slices.BinarySearchFunc(in, key, func(iv interval, key []byte) int {
		if bytes.Compare(iv.hi, key) <= 0 {
			return -1
		}
		return 1
	})

	return at < len(in) && bytes.Compare(in[at].lo, key) <= 0
}

// intersect returns what is in an interval of a and in one of b.
func intersect(a, b []interval) []interval {
	out := []interval{}
	for len(a) > 0 && len(b) > 0 {
		both := a[0]
		if bytes.Compare(b[0].lo, both.lo) > 0 {
			both.lo = b[0].lo
		}
		if bytes.Compare(b[0].hi, both.hi) < 0 {
			both.hi = b[0].hi
			b = b[1:]
		} else {
			a = a[1:]
		}
		if bytes.Compare(both.lo, both.hi) < 0 {
			out = append(out, both)
		}
	}

	return out
}
