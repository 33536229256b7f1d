package deliver

import "time"

const (
	// firstPause is the pause after the first attempt: a receiver that restarts
	// is back by then. Each further one is twice as long.
	firstPause = 10 * time.Second
	// longestPause bounds them: a receiver that comes back after a day of trouble
	// hears soon enough.
	longestPause = 2 * time.Hour
	// tryFor is how long a delivery is tried before it is given up.
	tryFor = 24 * time.Hour
)

// pause returns how long to wait after so many attempts, the first being 1: the
// half of it to one and a half, by a jitter from 0 to 1. So receivers that failed
// together are not all asked again together.
func pause(attempts int, jitter float64) time.Duration {
	pause := longestPause
	if doublings := attempts - 1; doublings < 16 { // beyond, it is the longest anyway
		pause = min(firstPause<<doublings, longestPause)
	}
	return time.Duration(float64(pause) * (0.5 + jitter))
}

// next returns when a delivery that is tried since a moment is tried again after
// so many attempts; the zero time once it is given up.
func next(since, now time.Time, attempts int, jitter float64) time.Time {
	at := now.Add(pause(attempts, jitter))
	if at.Sub(since) > tryFor {
		return time.Time{}
	}
	return at
}
