package analytics

import "slices"

// Distribution says how values given in milliseconds are spread, in seconds.
// All but Count are nil for no values.
type Distribution struct {
	Count         int
	MeanSeconds   *float64
	MedianSeconds *float64 // the mean of the middle two for an even count
	P95Seconds    *float64 // the nearest rank
	MaxSeconds    *float64
}

// Distribute returns the distribution of values in milliseconds. It sorts them.
func Distribute(ms []int64) Distribution {
	n := len(ms)
	if n == 0 {
		return Distribution{}
	}
	slices.Sort(ms)
	var sum int64
	for _, v := range ms {
		sum += v
	}
	middle := float64(ms[(n-1)/2]+ms[n/2]) / 2
	rank := (95*n + 99) / 100 // the ceiling of 0.95 n, exact
	return Distribution{
		Count:         n,
		MeanSeconds:   seconds(float64(sum) / float64(n)),
		MedianSeconds: seconds(middle),
		P95Seconds:    seconds(float64(ms[rank-1])),
		MaxSeconds:    seconds(float64(ms[n-1])),
	}
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
