package analytics

import (
	"math"
)

// Distribution says how values given in milliseconds are spread, in seconds.
// All but Count are nil for no values.
type Distribution struct {
	Count         int
	MeanSeconds   *float64
	MedianSeconds *float64 // the mean of the middle two for an even count
	P95Seconds    *float64 // the nearest rank
	MaxSeconds    *float64
}

// Spread takes values in milliseconds for a Distribution, in any order. The zero
// value has none.
//
// Medians and percentiles take all values, four bytes each as long as all of them
// fit: statistics of a million calls hold them once for each part.
type Spread struct {
	count, sum, largest int64
	narrow              []int32
	wide                []int64 // all of them, once one does not fit
}

// Add takes a value: for ranked also for the median and the percentile, which
// stand for the ranked values only.
func (s *Spread) Add(ms int64, ranked bool) {
	if s.count == 0 || ms > s.largest {
		s.largest = ms
	}
	s.count++
	s.sum += ms
	switch {
	case !ranked:
	case s.wide == nil && ms >= math.MinInt32 && ms <= math.MaxInt32:
		s.narrow = append(s.narrow, int32(ms))
	default:
		s.widen()
		s.wide = append(s.wide, ms)
	}
}

// widen makes room for values that do not fit.
func (s *Spread) widen() {
	if s.wide != nil {
		return
	}
	s.wide = make([]int64, len(s.narrow), len(s.narrow)+1)
	for i, ms := range s.narrow {
		s.wide[i] = int64(ms)
	}
	s.narrow = nil
}

// Merge takes all values of o.
func (s *Spread) Merge(o *Spread) {
	if o.count > 0 && (s.count == 0 || o.largest > s.largest) {
		s.largest = o.largest
	}
	s.count += o.count
	s.sum += o.sum
	if o.wide != nil {
		s.widen()
		s.wide = append(s.wide, o.wide...)
		return
	}
	if s.wide == nil {
		s.narrow = append(s.narrow, o.narrow...)
		return
	}
	for _, ms := range o.narrow {
		s.wide = append(s.wide, int64(ms))
	}
}

// Distribution returns how the values are spread; without median and percentile
// where none was ranked.
func (s *Spread) Distribution() Distribution {
	if s.count == 0 {
		return Distribution{}
	}
	d := Distribution{
		Count:       int(s.count),
		MeanSeconds: seconds(float64(s.sum) / float64(s.count)),
		MaxSeconds:  seconds(float64(s.largest)),
	}
	if s.wide != nil {
		d.MedianSeconds, d.P95Seconds = ranks(s.wide)
	} else {
		d.MedianSeconds, d.P95Seconds = ranks(s.narrow)
	}
	return d
}

// ranks returns the median and the 95th percentile of values, nil for none. It
// puts them into another order.
func ranks[V int32 | int64](ms []V) (median, p95 *float64) {
	n := len(ms)
	if n == 0 {
		return nil, nil
	}
	// Each rank is looked for behind the one before: what stands there is larger.
	lower, upper := (n-1)/2, n/2
	rank := (95*n+99)/100 - 1 // the ceiling of 0.95 n, exact
	toRank(ms, lower)
	toRank(ms[lower:], upper-lower)
	if rank > upper {
		toRank(ms[upper:], rank-upper)
	}
	return seconds(float64(int64(ms[lower])+int64(ms[upper])) / 2), seconds(float64(ms[rank]))
}

func seconds(ms float64) *float64 {
	s := ms / 1000
	return &s
}

func secondsOf(ms *int64) *float64 {
	if ms == nil {
		return nil
	}
	return seconds(float64(*ms))
}
