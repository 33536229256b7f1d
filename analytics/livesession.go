package analytics

import (
	"slices"
	"time"
)

// SilenceLimit is how long a session may be silent and still be there: signs of
// life less than this apart belong to one stretch, a silence of exactly this
// length ends it.
const SilenceLimit = 30 * time.Minute

// maxStretches is how many stretches a session has, the first ones: what comes
// after them are no signs of life. One that comes back every hour, day and night,
// has as many in six weeks.
const maxStretches = 1000

// LiveSession is one session of a live event: what its signs of life come to.
// A sign of life is any event that names the session and the live event,
// whatever its type, purchases and goals included.
//
// A session spans buckets, and whether it is present at a moment depends on the
// signs up to 30 minutes around. So the session is derived first, from all its
// signs, and the fold of a bucket takes the sessions that touch its span: it
// needs no event of its neighbours.
type LiveSession struct {
	LiveEventID string `bson:"liveEvent"`
	SessionID   string `bson:"id"`
	// Ordinal is the dense number of the session within its live event. The
	// repository gives it out.
	Ordinal uint32 `bson:"ordinal"`
	// Start is the first session_started, by rank: it decides whose session it is,
	// its device and its source. A session without one counts nowhere.
	Start *SessionStart `bson:"start,omitempty"`
	// Stretches are in order and apart from each other.
	Stretches []Stretch `bson:"stretches"`
}

// SessionStart is what the first session_started of a session says.
type SessionStart struct {
	At        time.Time `bson:"at"`
	EventID   string    `bson:"event"`
	VisitorID string    `bson:"client"`
	Device    string    `bson:"device"`
	Source    string    `bson:"source,omitempty"` // its beginning
}

// Stretch is a row of signs of life, each less than SilenceLimit after the one
// before: the session is present from the first up to, but not at, the last. A
// single sign makes a stretch without presence.
type Stretch struct {
	From time.Time `bson:"from"`
	To   time.Time `bson:"to"`
	// Ended: the last sign is an end, so that the next sign opens a stretch of its
	// own however soon it comes.
	Ended bool `bson:"ended,omitempty"`
}

// FoldLiveSession returns the session that its events come to, given in any
// order and any number of times; those in wiped spans are left out. It returns
// nil where nothing is left.
func FoldLiveSession(liveEventID, sessionID string, wiped []Period, events []*Event) *LiveSession {
	s := &LiveSession{LiveEventID: liveEventID, SessionID: sessionID}
	timeline := LiveTimeline{Wiped: wiped}
	signs := make([]*Event, 0, len(events))
	for _, e := range events {
		if e.IsSignOf(liveEventID, sessionID) && !timeline.wipedAt(e.At) {
			signs = append(signs, e)
			s.start(e)
		}
	}
	if len(signs) == 0 {
		return nil
	}
	// Of signs of one moment an end comes last: it is what decides about the time
	// after them.
	slices.SortFunc(signs, func(a, b *Event) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return boolOrder(a.Type == SessionEnded, b.Type == SessionEnded)
	})
	for _, e := range signs {
		last := len(s.Stretches) - 1
		switch {
		case last >= 0 && s.Stretches[last].To.Equal(e.At):
		case last >= 0 && s.Stretches[last].goesOn(e.At):
			s.Stretches[last].To = e.At
		case last+1 == maxStretches:
			continue
		default:
			s.Stretches = append(s.Stretches, Stretch{From: e.At, To: e.At})
			last++
		}
		if e.Type == SessionEnded {
			s.Stretches[last].Ended = true
		}
	}
	return s
}

// IsSignOf reports whether the event is a sign of life of a session of a live
// event.
func (e *Event) IsSignOf(liveEventID, sessionID string) bool {
	if e.SessionID == "" || e.SessionID != sessionID {
		return false
	}
	subject := LiveEventSubject(liveEventID)
	return e.Subject == subject || e.About == subject
}

// Extend adds one more sign of life of the session. It reports false, and leaves
// the session as it was, where the stretches alone do not tell what it comes to:
// an end that arrives after later signs of the same stretch splits it at the sign
// that follows, which only FoldLiveSession over all events knows. In every other
// case the result is that of FoldLiveSession; adding a sign again changes
// nothing.
func (s *LiveSession) Extend(e *Event, wiped []Period) bool {
	timeline := LiveTimeline{Wiped: wiped}
	if timeline.wipedAt(e.At) {
		return true
	}
	ends := e.Type == SessionEnded
	next, found := slices.BinarySearchFunc(s.Stretches, e.At, func(st Stretch, at time.Time) int { return st.To.Compare(at) })
	if found {
		s.Stretches[next].Ended = s.Stretches[next].Ended || ends
		s.start(e)
		return true
	}
	// All stretches before next end before the sign, next ends after it.
	if next < len(s.Stretches) && !e.At.Before(s.Stretches[next].From) {
		if ends {
			return false
		}
		s.start(e)
		return true
	}
	s.start(e)
	if next == len(s.Stretches) && next == maxStretches && !s.Stretches[next-1].goesOn(e.At) {
		return true
	}
	sign := Stretch{From: e.At, To: e.At, Ended: ends}
	from, to := next, next
	if next > 0 && s.Stretches[next-1].goesOn(e.At) {
		from--
		sign.From = s.Stretches[from].From
	}
	if next < len(s.Stretches) && sign.goesOn(s.Stretches[next].From) {
		sign.To, sign.Ended = s.Stretches[next].To, s.Stretches[next].Ended
		to++
	}
	s.Stretches = slices.Replace(s.Stretches, from, to, sign)
	s.Stretches = s.Stretches[:min(len(s.Stretches), maxStretches)]
	return true
}

// goesOn reports whether the next sign at a moment after it belongs to the
// stretch.
func (st Stretch) goesOn(next time.Time) bool {
	return !st.Ended && next.Sub(st.To) < SilenceLimit
}

// start takes the event for the session's start if it is the first.
func (s *LiveSession) start(e *Event) {
	if e.Type != SessionStarted {
		return
	}
	if s.Start != nil && (s.Start.At.Before(e.At) || s.Start.At.Equal(e.At) && s.Start.EventID <= e.EventID) {
		return
	}
	s.Start = &SessionStart{At: e.At, EventID: e.EventID, VisitorID: e.VisitorID, Device: e.Data.Device, Source: beginningOf(e.Data.Source)}
}

// beginningOf returns the first characters of a source, as many as of a name:
// pages send whole addresses for one, and each that differs stands in the figures.
func beginningOf(source string) string {
	if len(source) <= maxName {
		return source
	}
	runes := []rune(source)
	return string(runes[:min(len(runes), maxName)])
}

// Span returns the time from the first sign of life to the last one, as moments
// that both belong to it: the buckets from the one to the other may change when
// the session does.
func (s *LiveSession) Span() (first, last time.Time) {
	if len(s.Stretches) == 0 {
		return time.Time{}, time.Time{}
	}
	return s.Stretches[0].From, s.Stretches[len(s.Stretches)-1].To
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}
