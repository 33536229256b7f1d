package limits

import (
	"math"
	"sync"
	"time"
)

// Rate is how many points may be spent in the long run, and at once.
type Rate struct {
	PerSecond float64
	Capacity  float64
}

// maxBuckets bounds the buckets that are kept: those that are full again say
// nothing, and go first.
const maxBuckets = 10_000

// Buckets hold what each of many has left to spend. A bucket is full at first,
// loses what is spent and fills again by its rate.
type Buckets struct {
	rate Rate
	now  func() time.Time

	mu     sync.Mutex
	levels map[string]level
}

// level is how much a bucket held at a moment. It may be less than nothing:
// then it is in debt.
type level struct {
	points float64
	at     time.Time
}

// NewBuckets returns full buckets of a rate.
func NewBuckets(rate Rate, now func() time.Time) *Buckets {
	return &Buckets{rate: rate, now: now, levels: map[string]level{}}
}

// Available returns how many points are left, 0 for a debt.
func (b *Buckets) Available(key string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return int(max(0, b.level(key).points))
}

// Wait returns how long it takes until there are so many points: 0 if there are.
func (b *Buckets) Wait(key string, points int) time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	missing := min(float64(points), b.rate.Capacity) - b.level(key).points
	if missing <= 0 {
		return 0
	}
	return time.Duration(math.Ceil(missing / b.rate.PerSecond * float64(time.Second)))
}

// Spend takes points, or gives them back for a negative number. A debt grows to
// what a full bucket holds and no further.
func (b *Buckets) Spend(key string, points int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	l := b.level(key)
	l.points = min(b.rate.Capacity, max(-b.rate.Capacity, l.points-float64(points)))
	if _, known := b.levels[key]; !known && len(b.levels) >= maxBuckets {
		b.forgetFull()
	}
	b.levels[key] = l
}

func (b *Buckets) level(key string) level {
	now := b.now()
	l, ok := b.levels[key]
	if !ok {
		return level{b.rate.Capacity, now}
	}
	l.points = min(b.rate.Capacity, l.points+now.Sub(l.at).Seconds()*b.rate.PerSecond)
	l.at = now
	return l
}

func (b *Buckets) forgetFull() {
	for key := range b.levels {
		if b.level(key).points >= b.rate.Capacity {
			delete(b.levels, key)
		}
	}
}
