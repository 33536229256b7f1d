package analytics

import (
	"slices"
	"time"
)

// JoinNear returns periods that overlap, or have at most a gap between them, as
// one, in order. Empty ones are left out.
func JoinNear(periods []Period, gap time.Duration) []Period {
	sorted := slices.SortedFunc(slices.Values(periods), func(a, b Period) int { return a.Start.Compare(b.Start) })
	var all []Period
	for _, p := range sorted {
		if p.empty() {
			continue
		}
		if last := len(all) - 1; last >= 0 && p.Start.Sub(all[last].End) <= gap {
			all[last].End = later(all[last].End, p.End)
			continue
		}
		all = append(all, p)
	}
	return all
}

// JoinPeriods returns periods that touch or overlap as one, in order, and at most
// so many: the smallest gaps are closed.
func JoinPeriods(periods []Period, atMost int) []Period {
	all := JoinNear(periods, 0)
	if len(all) <= atMost {
		return all
	}
	gaps := make([]time.Duration, len(all)-1)
	for i := range gaps {
		gaps[i] = all[i+1].Start.Sub(all[i].End)
	}
	slices.Sort(gaps)
	return JoinNear(all, gaps[len(all)-atMost-1])
}

// Intersect returns what two periods have in common; where that is nothing, its
// end does not lie after its start.
func (p Period) Intersect(o Period) Period { return p.intersect(o) }

// Empty reports whether nothing lies in the period.
func (p Period) Empty() bool { return p.empty() }

// Pieces returns the period cut into pieces of at most a length, in order.
func (p Period) Pieces(length time.Duration) []Period {
	var pieces []Period
	for start := p.Start; start.Before(p.End); start = start.Add(length) {
		pieces = append(pieces, Period{Start: start, End: earlier(start.Add(length), p.End)})
	}
	return pieces
}
