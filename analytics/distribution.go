package analytics

// Distribution says how values given in milliseconds are spread, in seconds.
// All but Count are nil for no values.
type Distribution struct {
	Count         int
	MeanSeconds   *float64
	MedianSeconds *float64 // the mean of the middle two for an even count
	P95Seconds    *float64 // the nearest rank
	MaxSeconds    *float64
}

// Distribute returns the distribution of values in milliseconds. It puts them into
// another order.
func Distribute(ms []int64) Distribution {
	n := len(ms)
	if n == 0 {
		return Distribution{}
	}
	var sum int64
	largest := ms[0]
	for _, v := range ms {
		sum += v
		largest = max(largest, v)
	}
	// Each rank is looked for behind the one before: what stands there is larger.
	lower, upper := (n-1)/2, n/2
	rank := (95*n+99)/100 - 1 // the ceiling of 0.95 n, exact
	toRank(ms, lower)
	toRank(ms[lower:], upper-lower)
	if rank > upper {
		toRank(ms[upper:], rank-upper)
	}
	return Distribution{
		Count:         n,
		MeanSeconds:   seconds(float64(sum) / float64(n)),
		MedianSeconds: seconds(float64(ms[lower]+ms[upper]) / 2),
		P95Seconds:    seconds(float64(ms[rank])),
		MaxSeconds:    seconds(float64(largest)),
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
