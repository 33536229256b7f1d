package analytics

import (
	"reflect"
	"time"
)

// LiveReading is one phase of a live event as it was read: its figures, and what
// else the formulas take. Several readers may share one.
type LiveReading struct {
	Figures *LiveFigures
	Scope   LiveScope // but for Now
}

// ScopeAt returns the scope of the reading at a moment.
func (r *LiveReading) ScopeAt(now time.Time) *LiveScope {
	s := r.Scope
	s.Now = now
	return &s
}

// Same reports whether the same happened in two readings: what differs between
// their metrics then is a matter of the moment alone.
func (r *LiveReading) Same(o *LiveReading) bool {
	return o != nil && reflect.DeepEqual(r.Figures, o.Figures) &&
		reflect.DeepEqual(r.Scope.Timeline, o.Scope.Timeline) && reflect.DeepEqual(r.Scope.Displays, o.Scope.Displays)
}

// Ended reports whether the broadcast is over.
func (r *LiveReading) Ended(now time.Time) bool {
	t := r.Scope.Timeline
	return t.StartedAt != nil && t.EndedAt != nil && !t.EndedAt.After(now)
}
