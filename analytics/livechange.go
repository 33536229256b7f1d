package analytics

import (
	"slices"
	"time"
)

// LiveEventIDs returns the live events that an event names.
func (e *Event) LiveEventIDs() []string {
	var ids []string
	for _, subject := range []string{e.Subject, e.About} {
		if id, ok := SubjectID("live_event", subject); ok && !slices.Contains(ids, id) {
			ids = append(ids, id)
		}
	}
	return ids
}

// CountsAlone reports whether the event by itself counts in the bucket that it
// happened in. What those change that only show that somebody is there, the
// session tells; of messages the chat does, of purchases the transaction.
func (e *Event) CountsAlone() bool {
	switch e.Type {
	case Heartbeat, SessionStarted, SessionEnded, MessageSent, Purchased, GoalReached, ViewerIdentified:
		return false
	}
	_, ok := SubjectID("live_event", e.Subject)
	return ok
}

// Clone returns a copy that can be extended without changing the session.
func (s *LiveSession) Clone() *LiveSession {
	c := *s
	c.Stretches = slices.Clone(s.Stretches)
	return &c
}

// Same reports whether two sessions come to the same, the ordinal apart.
func (s *LiveSession) Same(o *LiveSession) bool {
	return sameStart(s.Start, o.Start) && slices.EqualFunc(s.Stretches, o.Stretches, sameStretch)
}

// ChangedSince returns the time in which a session counts otherwise than it did
// before: from the first moment to the last, both of which belong to it. It
// reports false where it counts alike.
func (s *LiveSession) ChangedSince(before *LiveSession) (first, last time.Time, changed bool) {
	if s.Start == nil && before.Start == nil {
		return first, last, false
	}
	was, is := before.Stretches, s.Stretches
	if sameStart(s.Start, before.Start) {
		for len(was) > 0 && len(is) > 0 && countsAlike(was[0], is[0]) {
			was, is = was[1:], is[1:]
		}
		for len(was) > 0 && len(is) > 0 && countsAlike(was[len(was)-1], is[len(is)-1]) {
			was, is = was[:len(was)-1], is[:len(is)-1]
		}
	}
	switch {
	case len(was) == 0 && len(is) == 0:
		return first, last, false
	case len(was) == 0:
		return is[0].From, is[len(is)-1].To, true
	case len(is) == 0:
		return was[0].From, was[len(was)-1].To, true
	case !sameStart(s.Start, before.Start):
		return earlier(was[0].From, is[0].From), later(was[len(was)-1].To, is[len(is)-1].To), true
	}
	// A stretch that only goes on changes nothing before it went on, nor one that
	// began earlier after it began before.
	first = earlier(was[0].From, is[0].From)
	if was[0].From.Equal(is[0].From) {
		first = earlier(was[0].To, is[0].To)
	}
	a, b := was[len(was)-1], is[len(is)-1]
	last = later(a.To, b.To)
	if a.To.Equal(b.To) {
		last = later(a.From, b.From)
	}
	return first, last, true
}

func sameStart(a, b *SessionStart) bool {
	return a == b || a != nil && b != nil && a.At.Equal(b.At) && a.EventID == b.EventID &&
		a.VisitorID == b.VisitorID && a.Device == b.Device && a.Source == b.Source
}

func countsAlike(a, b Stretch) bool { return a.From.Equal(b.From) && a.To.Equal(b.To) }

func sameStretch(a, b Stretch) bool { return countsAlike(a, b) && a.Ended == b.Ended }

// Touches reports whether a session has a sign of life, or is there, in a
// period.
func (s *LiveSession) Touches(p Period) bool {
	return slices.ContainsFunc(s.Stretches, func(st Stretch) bool { return st.From.Before(p.End) && !st.To.Before(p.Start) })
}

// Same reports whether two timelines decide alike.
func (t *LiveTimeline) Same(o *LiveTimeline) bool {
	return sameMoment(t.StartedAt, o.StartedAt) && sameMoment(t.EndedAt, o.EndedAt) &&
		slices.EqualFunc(t.Wiped, o.Wiped, func(a, b Period) bool { return a.Start.Equal(b.Start) && a.End.Equal(b.End) })
}

// MovedSince returns the time in which moments belong to another phase, or
// buckets are cut otherwise, than by an earlier timeline. It lies on the edges
// of the buckets of every timeline that agrees outside of it; it is empty where
// nothing moved.
func (t *LiveTimeline) MovedSince(before *LiveTimeline) Period {
	moved := Period{Start: everEnd, End: everStart}
	for _, edge := range [][2]*time.Time{{t.StartedAt, before.StartedAt}, {t.EndedAt, before.EndedAt}} {
		if sameMoment(edge[0], edge[1]) {
			continue
		}
		for _, at := range edge {
			if at == nil {
				at = &everEnd
			}
			moved = Period{Start: earlier(moved.Start, *at), End: later(moved.End, *at)}
		}
	}
	if moved.empty() {
		return noTime
	}
	moved.Start = moved.Start.UTC().Truncate(otherBucketWidth)
	if moved.End.Before(everEnd) {
		moved.End = moved.End.UTC().Add(otherBucketWidth - 1).Truncate(otherBucketWidth)
	}
	return moved
}

// WipedSince returns the spans that are wiped and were not by an earlier
// timeline.
func (t *LiveTimeline) WipedSince(before *LiveTimeline) []Period {
	var spans []Period
	for _, p := range t.Wiped {
		spans = append(spans, p.without(before.Wiped)...)
	}
	return spans
}

func sameMoment(a, b *time.Time) bool {
	return a == b || a != nil && b != nil && a.Equal(*b)
}

// EverAfter returns the period that begins at a moment and never ends.
func EverAfter(at time.Time) Period { return Period{Start: at, End: everEnd} }

// BucketsBetween calls f with the span of every bucket of its own phase that
// holds a moment from first to last, both of which belong to it.
func (t *LiveTimeline) BucketsBetween(first, last time.Time, f func(phase LivePhase, span Period)) {
	for at := first; !at.After(last); {
		phase := t.PhaseAt(at)
		span := t.BucketAt(phase, at)
		f(phase, span)
		at = span.End
	}
}

// Without returns the displays that do not lie in wiped spans.
func (d LiveDisplays) Without(wiped []Period) LiveDisplays {
	timeline := LiveTimeline{Wiped: wiped}
	var kept LiveDisplays
	for _, mark := range d.Marks {
		if !timeline.wipedAt(mark.At) {
			kept.Marks = append(kept.Marks, mark)
		}
	}
	return kept
}
