package analytics

import (
	"math/bits"
	"slices"
)

// sortedAtOnce is how few values are sorted rather than divided once more.
const sortedAtOnce = 16

// toRank moves values so that the one at a place is the one that sorting would put
// there, with none larger before it and none smaller behind it. Unlike sorting it
// looks at each value a few times only, however many there are (Hoare's selection).
func toRank[V int32 | int64](values []V, place int) {
	from, to := 0, len(values)-1
	for depth := 2 * bits.Len(uint(len(values))); to-from >= sortedAtOnce; depth-- {
		if depth == 0 {
			break // divided badly too often: sort what is left
		}
		pivot := middleOf(values[from], values[from+(to-from)/2], values[to])
		i, j := from, to
		for i <= j {
			for values[i] < pivot {
				i++
			}
			for values[j] > pivot {
				j--
			}
			if i <= j {
				values[i], values[j] = values[j], values[i]
				i, j = i+1, j-1
			}
		}
		switch {
		case place <= j:
			to = j
		case place >= i:
			from = i
		default:
			return
		}
	}
	slices.Sort(values[from : to+1])
}

// middleOf returns the one of three values that lies between the others.
func middleOf[V int32 | int64](a, b, c V) V {
	return max(min(a, b), min(max(a, b), c))
}
