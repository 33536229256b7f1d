package analytics

import (
	"slices"
	"time"
)

// foldSessions counts the sessions that are present in the window or start in
// it, their watched time, and how many were there at once.
func (f *liveFold) foldSessions() {
	var c concurrency
	var seen Ordinals
	for _, s := range f.Sessions {
		if s.Start == nil || s.LiveEventID != f.LiveEventID || !seen.addNew(s.Ordinal) {
			continue
		}
		starts := f.counts(s.Start.At)
		present := f.foldStretches(s, &c)
		if !starts && !present {
			continue
		}
		visitor := f.Visitor(s.Start.VisitorID)
		if starts {
			f.minute(s.Start.At).Starters.Add(visitor)
		}
		f.b.Viewers.Add(visitor)
		entryOf(f.devices, s.Start.Device, LiveSessions{Name: s.Start.Device}).Sessions.Add(s.Ordinal)
		entryOf(f.sources, s.Start.Source, LiveSessions{Name: s.Start.Source}).Sessions.Add(s.Ordinal)
	}
	c.sweep(f.window, func(part Period, present int) {
		f.b.Peak = max(f.b.Peak, present)
		for at := part.Start; at.Before(part.End); at = at.Truncate(time.Minute).Add(time.Minute) {
			minute := f.minute(at)
			minute.Peak = max(minute.Peak, present)
		}
	})
}

// foldStretches adds the presence of one session in the window and reports
// whether there is any.
func (f *liveFold) foldStretches(s *LiveSession, c *concurrency) bool {
	present := false
	for _, st := range s.Stretches {
		for _, sign := range []time.Time{st.From, st.To} {
			if f.counts(sign) {
				f.b.LastSign = later(f.b.LastSign, sign)
			}
		}
		piece := Period{Start: st.From, End: st.To}.intersect(f.window)
		if piece.empty() {
			continue
		}
		if len(f.Timeline.Wiped) == 0 {
			present = true
			f.b.Watched += piece.End.Sub(piece.Start).Milliseconds()
			c.add(piece, f.window)
			continue
		}
		for _, kept := range piece.without(f.Timeline.Wiped) {
			present = true
			f.b.Watched += kept.End.Sub(kept.Start).Milliseconds()
			c.add(kept, f.window)
		}
	}
	return present
}

// concurrency is how many sessions are present in a window, as those that are
// there when it begins and the joins and leaves inside. Sessions that stay
// throughout cost nothing more.
type concurrency struct {
	atStart int
	moves   []move
}

// move is one session that comes (+1) or goes (-1).
type move struct {
	at    time.Time
	delta int
}

// add adds a piece of presence that lies in the window.
func (c *concurrency) add(piece, window Period) {
	if piece.Start.Equal(window.Start) {
		c.atStart++
	} else {
		c.moves = append(c.moves, move{piece.Start, +1})
	}
	if piece.End.Before(window.End) {
		c.moves = append(c.moves, move{piece.End, -1})
	}
}

// sweep calls f for each part of the window in which the number of sessions
// present stays the same and is not 0, in order. Presence is half-open: who
// leaves at a moment is not there any more, who comes is.
func (c *concurrency) sweep(window Period, f func(part Period, present int)) {
	slices.SortFunc(c.moves, func(a, b move) int { return a.at.Compare(b.at) })
	present, since := c.atStart, window.Start
	for i := 0; i < len(c.moves); {
		at := c.moves[i].at
		if present > 0 {
			f(Period{Start: since, End: at}, present)
		}
		for ; i < len(c.moves) && c.moves[i].at.Equal(at); i++ {
			present += c.moves[i].delta
		}
		since = at
	}
	if present > 0 {
		f(Period{Start: since, End: window.End}, present)
	}
}
