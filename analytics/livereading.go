package analytics

import "time"

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
