package analytics

import (
	"slices"
	"time"
)

// LiveTimeline is what decides to which phase of a live event a moment belongs.
type LiveTimeline struct {
	StartedAt *time.Time `bson:"startedAt,omitempty"` // nil: the broadcast has not started
	EndedAt   *time.Time `bson:"endedAt,omitempty"`   // nil: it has not ended; means nothing without a start
	// Wiped are the spans of broadcasts that were reset: what lies in them counts
	// nowhere.
	Wiped []Period `bson:"wiped,omitempty"`
}

// The ends of time: phases without a start or an end reach to them.
var (
	everStart = time.Time{}
	everEnd   = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
)

// noTime is the span of a phase that has not begun.
var noTime = Period{Start: everEnd, End: everEnd}

// Phase returns the span of a phase: prelive < StartedAt <= live < EndedAt <=
// replay. A span is empty while its phase has not begun.
func (t *LiveTimeline) Phase(phase LivePhase) Period {
	switch {
	case t.StartedAt == nil && phase == Prelive:
		return Period{Start: everStart, End: everEnd}
	case t.StartedAt == nil:
		return noTime
	case phase == Prelive:
		return Period{Start: everStart, End: *t.StartedAt}
	case t.EndedAt == nil && phase == Live:
		return Period{Start: *t.StartedAt, End: everEnd}
	case t.EndedAt == nil:
		return noTime
	case phase == Live:
		return Period{Start: *t.StartedAt, End: *t.EndedAt}
	default:
		return Period{Start: *t.EndedAt, End: everEnd}
	}
}

// PhaseAt returns the phase that a moment belongs to.
func (t *LiveTimeline) PhaseAt(at time.Time) LivePhase {
	switch {
	case t.StartedAt == nil || at.Before(*t.StartedAt):
		return Prelive
	case t.EndedAt == nil || at.Before(*t.EndedAt):
		return Live
	default:
		return Replay
	}
}

// Asked returns the part of a phase that is asked about: the period restricts
// prelive and replay, the live phase is always whole. It is empty where the
// period does not touch the phase.
func (t *LiveTimeline) Asked(phase LivePhase, period *Period) Period {
	whole := t.Phase(phase)
	if period == nil || phase == Live {
		return whole
	}
	return whole.intersect(*period)
}

// wipedAt reports whether a moment lies in the span of a broadcast that was
// reset.
func (t *LiveTimeline) wipedAt(at time.Time) bool {
	return slices.ContainsFunc(t.Wiped, func(p Period) bool { return p.Contains(at) })
}

// The widths of buckets: minutes where the live phase is watched, quarters of an
// hour elsewhere.
const (
	liveBucketWidth  = time.Minute
	otherBucketWidth = 15 * time.Minute
)

// BucketAt returns the span of the bucket of a phase that a moment falls into,
// cut where the phase begins or ends, so that its Start names it within the
// phase. Moments after the phase have buckets of it too: purchases are placed by
// their own time, up to 30 days after the phase they belong to. The span is empty
// for a moment before the phase.
func (t *LiveTimeline) BucketAt(phase LivePhase, at time.Time) Period {
	width := otherBucketWidth
	limits := t.Phase(phase)
	switch {
	case !limits.Contains(at):
		limits = Period{Start: limits.End, End: everEnd}
	case phase == Live:
		width = liveBucketWidth
	}
	start := at.UTC().Truncate(width)
	return Period{Start: start, End: start.Add(width)}.intersect(limits)
}

// Reading says how a question about a phase is answered from buckets.
type Reading struct {
	// Whole lies on the edges of buckets: every stored bucket of the phase that
	// begins in it belongs to the answer.
	Whole Period
	// Cut are the parts of buckets at the ends of the period, at most two; they
	// are folded from what happened in them.
	Cut []Period
}

// Read returns how the part of a phase that is asked about is read, purchases
// made after the phase included. Whole is empty where the period lies inside one
// bucket, or before the phase.
func (t *LiveTimeline) Read(phase LivePhase, period *Period) Reading {
	asked := Period{Start: t.Phase(phase).Start, End: everEnd}
	if period != nil && phase != Live {
		asked = asked.intersect(*period)
	}
	if asked.empty() {
		return Reading{Whole: noTime}
	}
	reading := Reading{Whole: asked}
	if asked.Start.After(everStart) {
		if first := t.BucketAt(phase, asked.Start); first.Start.Before(asked.Start) {
			reading.Whole.Start = first.End
			reading.Cut = append(reading.Cut, first.intersect(asked))
		}
	}
	if asked.End.Before(everEnd) && reading.Whole.Start.Before(asked.End) {
		if last := t.BucketAt(phase, asked.End); last.Start.Before(asked.End) {
			reading.Whole.End = last.Start
			reading.Cut = append(reading.Cut, last.intersect(asked))
		}
	}
	if reading.Whole.empty() {
		reading.Whole = noTime
	}
	return reading
}

// intersect returns what two periods have in common; it may be empty.
func (p Period) intersect(o Period) Period {
	if o.Start.After(p.Start) {
		p.Start = o.Start
	}
	if o.End.Before(p.End) {
		p.End = o.End
	}
	return p
}

func (p Period) empty() bool { return !p.Start.Before(p.End) }

// without returns what is left of a period without some spans, in order.
func (p Period) without(spans []Period) []Period {
	left := []Period{p}
	for _, span := range spans {
		var rest []Period
		for _, piece := range left {
			before := Period{Start: piece.Start, End: earlier(piece.End, span.Start)}
			after := Period{Start: later(piece.Start, span.End), End: piece.End}
			for _, kept := range []Period{before, after} {
				if !kept.empty() {
					rest = append(rest, kept)
				}
			}
		}
		left = rest
	}
	return left
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
