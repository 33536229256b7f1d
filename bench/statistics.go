package main

import (
	"fmt"
	"slices"
	"time"
)

// spread is what several rounds came to: the middle one, or the mean of the
// middle two, and the outermost.
type spread struct{ median, least, most float64 }

// spreadOf returns the spread of some values, zero for none.
func spreadOf(values []float64) spread {
	n := len(values)
	if n == 0 {
		return spread{}
	}
	sorted := slices.Sorted(slices.Values(values))
	return spread{(sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[0], sorted[n-1]}
}

// ratios divides the rounds of one server by those of another: of each round by
// that of the same number, which saw the machine in about the same state. Rounds
// without a counterpart above zero are left out.
func ratios(of, by []float64) []float64 {
	var list []float64
	for i := range min(len(of), len(by)) {
		if by[i] > 0 {
			list = append(list, of[i]/by[i])
		}
	}
	return list
}

// String returns the median with the outermost values, as in 0.51 (0.48–0.55).
func (s spread) String() string { return fmt.Sprintf("%.2f (%.2f–%.2f)", s.median, s.least, s.most) }

// reading is a value at a moment.
type reading struct {
	at    time.Duration // since the first
	value float64
}

// slope returns by how much values grow in a minute: that of the line with the
// least squares of distances. It is zero for fewer than two moments.
func slope(readings []reading) float64 {
	n := float64(len(readings))
	var meanAt, mean float64
	for _, r := range readings {
		meanAt += r.at.Minutes() / n
		mean += r.value / n
	}
	var together, square float64
	for _, r := range readings {
		d := r.at.Minutes() - meanAt
		together += d * (r.value - mean)
		square += d * d
	}
	if square == 0 {
		return 0
	}
	return together / square
}
