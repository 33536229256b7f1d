package analytics

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawMillis draws values as calls have them, and such as take more room.
func drawMillis(t *rapid.T) []int64 {
	return rapid.SliceOfN(rapid.OneOf(
		rapid.Int64Range(0, 9999), rapid.Int64Range(0, 9999), rapid.Int64Range(-5000, math.MaxInt32+1), rapid.Int64Range(-1<<50, 1<<50),
	), 0, 40).Draw(t, "ms")
}

// A spread is what sorting all values tells, however they came together and whether
// they fit into four bytes or not.
func TestSpread(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		left, right := drawMillis(t), drawMillis(t)
		var s, other Spread
		for _, ms := range left {
			s.Add(ms, true)
		}
		for _, ms := range right {
			other.Add(ms, true)
		}
		s.Merge(&other)
		sorted := slices.Sorted(slices.Values(slices.Concat(left, right)))
		var want Distribution
		if n := len(sorted); n > 0 {
			var sum int64
			for _, ms := range sorted {
				sum += ms
			}
			rank := int(math.Ceil(0.95*float64(n))) - 1
			want = Distribution{
				Count: n, MeanSeconds: ptr(float64(sum) / float64(n) / 1000),
				MedianSeconds: ptr(float64(sorted[(n-1)/2]+sorted[n/2]) / 2 / 1000),
				P95Seconds:    ptr(float64(sorted[rank]) / 1000), MaxSeconds: ptr(float64(sorted[n-1]) / 1000),
			}
		}
		if diff := cmp.Diff(want, s.Distribution()); diff != "" {
			t.Fatalf("%v and %v: %s", left, right, diff)
		}
	})
}

// Without ranks there is all but median and percentile.
func TestSpreadOfSums(t *testing.T) {
	var s Spread
	for _, ms := range []int64{3000, 1000, 8000} {
		s.Add(ms, false)
	}
	want := Distribution{Count: 3, MeanSeconds: ptr(4.0), MaxSeconds: ptr(8.0)}
	if diff := cmp.Diff(want, s.Distribution()); diff != "" {
		t.Error(diff)
	}
}
