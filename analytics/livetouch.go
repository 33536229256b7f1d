package analytics

import (
	"slices"
	"time"
)

// LiveTouch is the moment at which the visitor of a purchase last watched a live
// event before it. It does not name the phase: the timeline of the live event
// does, so that a start or an end that moves attributes nothing anew.
type LiveTouch struct {
	LiveEventID string    `bson:"liveEvent"`
	WatchedAt   time.Time `bson:"watchedAt"`
}

// AttributeToLiveEvent returns the last touch of a purchase among sessions of
// its visitor (those of others are skipped), or nil for none: of all moments up
// to the purchase in which a counted session was present or started, at most
// AttributionWindow before it, the last one. Where two sessions were watched at
// that same moment, the stretch that began later decides, then the larger id of
// the live event. Wiped are the wiped spans by live event; nothing was watched
// in them.
//
// Presence is half-open and times have milliseconds, so the last moment watched
// of a stretch up to 21:00 is 20:59:59.999; its distance to the purchase is still
// measured from 21:00.
func AttributeToLiveEvent(p *Purchase, sessions []*LiveSession, wiped map[string][]Period) *LiveTouch {
	var last touchedStretch
	for _, s := range sessions {
		if s.Start == nil || p.VisitorID == "" || s.Start.VisitorID != p.VisitorID {
			continue
		}
		spans := wiped[s.LiveEventID]
		timeline := LiveTimeline{Wiped: spans}
		if !timeline.wipedAt(s.Start.At) {
			started := s.Start.At
			last.take(p.At, touchedStretch{liveEventID: s.LiveEventID, from: started, to: started, watched: started})
		}
		for _, st := range s.Stretches {
			for _, piece := range (Period{Start: st.From, End: st.To}).without(spans) {
				watched := earlier(p.At, piece.End.Add(-time.Millisecond))
				last.take(p.At, touchedStretch{liveEventID: s.LiveEventID, from: piece.Start, to: earlier(p.At, piece.End), watched: watched})
			}
		}
	}
	if last.liveEventID == "" {
		return nil
	}
	return &LiveTouch{LiveEventID: last.liveEventID, WatchedAt: last.watched}
}

// TouchedBy attributes a purchase to a live event, to none for nil, and remembers
// which one it belonged to before.
func (p *Purchase) TouchedBy(touch *LiveTouch) {
	if was := p.Live; was != nil && (touch == nil || touch.LiveEventID != was.LiveEventID) && !slices.Contains(p.FormerLiveEvents, was.LiveEventID) {
		p.FormerLiveEvents = append(p.FormerLiveEvents, was.LiveEventID)
	}
	p.Live = touch
}

// LiveEventIDs returns the live events that may count the purchase: the one that
// it belongs to, and those that it belonged to before.
func (p *Purchase) LiveEventIDs() []string {
	if p.Live == nil || slices.Contains(p.FormerLiveEvents, p.Live.LiveEventID) {
		return p.FormerLiveEvents
	}
	return append(slices.Clip(p.FormerLiveEvents), p.Live.LiveEventID)
}

// touchedStretch is a stretch of watching, as far as it lies before a purchase.
type touchedStretch struct {
	liveEventID       string
	from, to, watched time.Time
}

// take replaces the touch by another one of a purchase at a moment if that one
// counts and is the later one.
func (s *touchedStretch) take(at time.Time, o touchedStretch) {
	if o.from.Equal(o.to) && o.from.After(at) || o.from.After(o.watched) || at.Sub(o.to) > AttributionWindow {
		return
	}
	order := o.watched.Compare(s.watched)
	if order == 0 {
		order = o.from.Compare(s.from)
	}
	if s.liveEventID == "" || order > 0 || order == 0 && o.liveEventID > s.liveEventID {
		*s = o
	}
}
