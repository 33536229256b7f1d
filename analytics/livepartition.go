package analytics

import (
	"maps"
	"slices"
	"time"
)

// partition divides what happened in a live event among the buckets of a phase.
type partition struct {
	activity *LiveActivity
	phase    LivePhase
	span     Period
	parts    map[int64]*livePart // by the start of the bucket, in Unix milliseconds
	last     *livePart
}

// livePart is what one bucket is folded from.
type livePart struct {
	span     Period
	activity LiveActivity
}

// at returns the part of the bucket that a moment falls into.
func (p *partition) at(at time.Time) *livePart {
	if p.last != nil && p.last.span.Contains(at) {
		return p.last
	}
	span := p.activity.Timeline.BucketAt(p.phase, at)
	key := span.Start.UnixMilli()
	part := p.parts[key]
	if part == nil {
		a := p.activity
		part = &livePart{span: span, activity: LiveActivity{LiveEventID: a.LiveEventID, Timeline: a.Timeline, Visitor: a.Visitor}}
		p.parts[key] = part
	}
	p.last = part
	return part
}

// addSession adds a session to every bucket that it starts in or that one of its
// stretches touches.
func (p *partition) addSession(s *LiveSession, inside Period) {
	add := func(part *livePart) {
		if n := len(part.activity.Sessions); n == 0 || part.activity.Sessions[n-1] != s {
			part.activity.Sessions = append(part.activity.Sessions, s)
		}
	}
	if s.Start != nil && inside.Contains(s.Start.At) {
		add(p.at(s.Start.At))
	}
	for _, st := range s.Stretches {
		for at := later(st.From, inside.Start); inside.Contains(at) && !at.After(st.To); {
			part := p.at(at)
			add(part)
			at = part.span.End
		}
	}
}

// fold returns the buckets of all parts in order of time.
func (p *partition) fold() []SpannedLiveBucket {
	buckets := make([]SpannedLiveBucket, 0, len(p.parts))
	for _, key := range slices.Sorted(maps.Keys(p.parts)) {
		part := p.parts[key]
		cut := part.span.intersect(p.span)
		buckets = append(buckets, SpannedLiveBucket{Span: cut, Bucket: FoldLiveBucket(&part.activity, p.phase, cut)})
	}
	return buckets
}
