package repository

import (
	"time"

	"cartograph/analytics"
)

var livePhases = []analytics.LivePhase{analytics.Prelive, analytics.Live, analytics.Replay}

// liveTouched are the buckets of one live event that are not what is stored.
type liveTouched struct {
	timeline analytics.LiveTimeline
	buckets  map[analytics.LivePhase]map[time.Time]analytics.Period // by their start
	// moved is the time in which all buckets are others than they were.
	moved analytics.Period
}

func newLiveTouched(timeline analytics.LiveTimeline) *liveTouched {
	t := &liveTouched{timeline: timeline, buckets: map[analytics.LivePhase]map[time.Time]analytics.Period{}}
	t.moved = timeline.MovedSince(&timeline)
	for _, phase := range livePhases {
		t.buckets[phase] = map[time.Time]analytics.Period{}
	}
	return t
}

// bucketByBucket is up to what length of time each bucket is noted. Beyond it the
// time is: a session may say that it began ages ago.
const bucketByBucket = 24 * time.Hour

// activity notes that something happened, or that somebody was there, from one
// moment to another.
func (t *liveTouched) activity(first, last time.Time) {
	if last.Sub(first) > bucketByBucket {
		t.move(analytics.Period{Start: first.UTC().Truncate(cutWidth), End: last.UTC().Truncate(cutWidth).Add(cutWidth)})
		return
	}
	t.timeline.BucketsBetween(first, last, func(phase analytics.LivePhase, span analytics.Period) {
		t.buckets[phase][span.Start] = span
	})
}

// purchase notes that something was bought: it may belong to any phase.
func (t *liveTouched) purchase(at time.Time) {
	for _, phase := range livePhases {
		if span := t.timeline.BucketAt(phase, at); span.Start.Before(span.End) {
			t.buckets[phase][span.Start] = span
		}
	}
}

// follow notes what is wiped, and what moved, since any of some timelines.
func (t *liveTouched) follow(timelines []analytics.LiveTimeline) {
	for i := range timelines {
		for _, span := range t.timeline.WipedSince(&timelines[i]) {
			t.activity(span.Start, span.End)
		}
		t.move(t.timeline.MovedSince(&timelines[i]))
	}
}

// move notes that all buckets of a time are others than they were, which lies on
// the edges of buckets; an empty one changes nothing.
func (t *liveTouched) move(moved analytics.Period) {
	switch {
	case moved.Empty():
	case t.isMoved():
		t.moved = analytics.JoinPeriods([]analytics.Period{moved, t.moved}, 1)[0]
	default:
		t.moved = moved
	}
}

// has reports whether a bucket is touched.
func (t *liveTouched) has(phase analytics.LivePhase, start time.Time) bool {
	_, touched := t.buckets[phase][start]
	return touched || t.moved.Contains(start)
}

// any reports whether any bucket of a phase is touched.
func (t *liveTouched) any(phase analytics.LivePhase) bool {
	return len(t.buckets[phase]) > 0 || t.isMoved()
}

func (t *liveTouched) isMoved() bool { return t.moved.Start.Before(t.moved.End) }

// spans returns the time of all touched buckets of phases that lie in a period,
// at most so many spans: where there are more, they are joined over what lies
// between them.
func (t *liveTouched) spans(within analytics.Period, atMost int, phases ...analytics.LivePhase) []analytics.Period {
	var all []analytics.Period
	add := func(p analytics.Period) {
		if p.Start.Before(within.Start) {
			p.Start = within.Start
		}
		if p.End.After(within.End) {
			p.End = within.End
		}
		if p.Start.Before(p.End) {
			all = append(all, p)
		}
	}
	for _, phase := range phases {
		for _, span := range t.buckets[phase] {
			add(span)
		}
	}
	add(t.moved)
	return analytics.JoinPeriods(all, atMost)
}

// manyRuns is from how many separate spans on they are folded as one: each fold
// looks at everything that is loaded.
const manyRuns = 8

// fold returns the touched buckets of a phase that lie in a period and in which
// something happened, by their start.
func (t *liveTouched) fold(a *analytics.LiveActivity, phase analytics.LivePhase, within analytics.Period) map[time.Time]*analytics.LiveBucket {
	folded := map[time.Time]*analytics.LiveBucket{}
	for _, span := range t.spans(within, manyRuns, phase) {
		for _, b := range analytics.FoldLiveBuckets(a, phase, span) {
			if t.has(phase, b.Span.Start) {
				folded[b.Span.Start] = b.Bucket
			}
		}
	}
	return folded
}
