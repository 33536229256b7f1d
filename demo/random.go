package demo

import (
	"hash/fnv"
	"math/bits"
	"math/rand/v2"
	"time"
)

// seed makes the demo data what it is; another seed makes another shop.
const seed = 20261101

// random draws the same numbers on every machine and with every version of Go:
// it builds on the generator's documented stream only, and on whole numbers.
type random struct {
	source *rand.PCG
}

// newRandom returns the generator of one part of the data. Parts draw from
// streams of their own, so that a change of one leaves the others as they are.
func newRandom(part string) *random {
	h := fnv.New64a()
	_, _ = h.Write([]byte(part)) // a hash takes every write
	return &random{rand.NewPCG(seed, h.Sum64())}
}

// below returns a number from 0 to n-1.
func (r *random) below(n int) int {
	high, _ := bits.Mul64(r.source.Uint64(), uint64(n))
	return int(high)
}

// between returns a number from least to most, both included.
func (r *random) between(least, most int) int { return least + r.below(most-least+1) }

// percent is true in p of 100 cases.
func (r *random) percent(p int) bool { return r.below(100) < p }

// within returns a span from 0 up to d, in whole milliseconds.
func (r *random) within(d time.Duration) time.Duration {
	if d < time.Millisecond {
		return 0
	}
	return time.Duration(r.below(int(d/time.Millisecond))) * time.Millisecond
}

// weighted returns an index of the list, each as often as its weight says.
func (r *random) weighted(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := r.below(sum)
	for i, w := range weights {
		if n < w {
			return i
		}
		n -= w
	}
	return len(weights) - 1
}

// quantiles describe a distribution of spans of time in seconds: a value falls
// into each step between two neighbours equally often. Eleven of them are the
// deciles with both ends, enough for the long tails of waits and calls.
type quantiles []int

// span draws a span of time, in whole milliseconds.
func (r *random) span(q quantiles) time.Duration {
	step := r.below(len(q) - 1)
	least := time.Duration(q[step]) * time.Second
	return least + r.within(time.Duration(q[step+1]-q[step])*time.Second)
}

// pick returns one of the list.
func pick[T any](r *random, list []T) T { return list[r.below(len(list))] }

// sample returns n different ones of the list, or all of them where there are
// fewer, in random order.
func sample[T any](r *random, list []T, n int) []T {
	left := append([]T(nil), list...)
	n = min(n, len(left))
	for i := range n {
		j := i + r.below(len(left)-i)
		left[i], left[j] = left[j], left[i]
	}
	return left[:n]
}
