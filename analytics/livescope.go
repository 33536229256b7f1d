package analytics

import "time"

// LiveScope is what is asked about a live event: together with the merged
// buckets of a phase it decides every metric of the phase.
type LiveScope struct {
	Timeline LiveTimeline
	// Period restricts prelive and replay; nil asks for the whole phase.
	Period *Period
	// Now is where a broadcast that is still running has got to.
	Now time.Time
	// Displays are all of the live event, whatever the period.
	Displays LiveDisplays
	// ProductOf returns the SKU of the product that a SKU means; nil takes each SKU
	// for a product of its own.
	ProductOf func(sku string) string
}

// productOf returns the product that a SKU means.
func (s *LiveScope) productOf(sku string) string {
	if s.ProductOf == nil {
		return sku
	}
	return s.ProductOf(sku)
}

// bounds returns the part of a phase that is asked about with the end it has
// where neither phase nor period gives one: for a running broadcast the present,
// or its last sign of life where that is ahead of the clock; for a replay its
// last sign of life. A prelive page without a start has no end.
func (s *LiveScope) bounds(phase LivePhase, lastSign time.Time) Period {
	asked := s.Timeline.Asked(phase, s.Period)
	if asked.End.Equal(everEnd) {
		switch phase {
		case Live:
			asked.End = later(s.Now, lastSign)
		case Replay:
			asked.End = lastSign
		}
	}
	if asked.empty() {
		return noTime
	}
	return asked
}

// duration returns how long bounds are in milliseconds, 0 for none. A period may
// be longer than a time.Duration holds.
func (s *LiveScope) duration(phase LivePhase, lastSign time.Time) int64 {
	p := s.bounds(phase, lastSign)
	return p.End.UnixMilli() - p.Start.UnixMilli()
}
