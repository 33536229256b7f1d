package analytics

import "time"

// PreliveStep is one step of the prelive evolution.
type PreliveStep struct {
	Period                Period
	Viewers               int // unique visitors whose session started in it
	SMSSubscriptions      int
	CalendarSubscriptions int
}

// LiveStep is one step of the evolution of a broadcast or a replay.
type LiveStep struct {
	Period        Period
	Viewers       int // the most sessions at once in it
	ProductClicks int
	Purchases     int // made in it; purchases made after the phase are in no step
}

// PreliveEvolution returns the prelive phase step by step, empty steps included;
// the first and the last are cut by phase and period. Without a period it begins
// with the whole step of what happened first, and without a start it ends with
// the whole step of what happened last. It fails as Period.Steps does, and for
// minutes that are damaged.
func (f *LiveFigures) PreliveEvolution(s *LiveScope, g Granularity, loc *time.Location) ([]PreliveStep, error) {
	minutes, periods, err := f.evolution(s, Prelive, g, loc)
	if err != nil {
		return nil, err
	}
	steps := make([]PreliveStep, len(periods))
	for i := range periods {
		m := &minutes[i]
		steps[i] = PreliveStep{Period: periods[i], Viewers: m.Starters.Count(), SMSSubscriptions: m.SMS, CalendarSubscriptions: m.Calendar}
	}
	return steps, nil
}

// LiveEvolution returns the broadcast step by step, while it runs up to the whole
// step of the present. It fails as Period.Steps does.
func (f *LiveFigures) LiveEvolution(s *LiveScope, g Granularity, loc *time.Location) ([]LiveStep, error) {
	return f.watchedEvolution(s, Live, g, loc)
}

// ReplayEvolution returns the replay step by step; without a period it ends with
// the whole step of what happened last. It fails as Period.Steps does.
func (f *LiveFigures) ReplayEvolution(s *LiveScope, g Granularity, loc *time.Location) ([]LiveStep, error) {
	return f.watchedEvolution(s, Replay, g, loc)
}

func (f *LiveFigures) watchedEvolution(s *LiveScope, phase LivePhase, g Granularity, loc *time.Location) ([]LiveStep, error) {
	minutes, periods, err := f.evolution(s, phase, g, loc)
	if err != nil {
		return nil, err
	}
	steps := make([]LiveStep, len(periods))
	for i := range periods {
		m := &minutes[i]
		steps[i] = LiveStep{Period: periods[i], Viewers: m.Peak, ProductClicks: m.Clicks, Purchases: m.Purchases}
	}
	return steps, nil
}

// evolution merges the minutes into the steps of a series. Steps begin and end
// on clock minutes, as every time zone since 1972 differs from UTC by whole
// minutes, but where phase and period cut them; the buckets are cut there too, so
// a minute belongs to the first step that ends after it begins.
func (f *LiveFigures) evolution(s *LiveScope, phase LivePhase, g Granularity, loc *time.Location) ([]MinuteTally, []Period, error) {
	if s.Period != nil {
		if err := s.Period.Validate(); err != nil {
			return nil, nil, err
		}
	}
	minutes, err := f.Minutes.Unpack()
	if err != nil {
		return nil, nil, err
	}
	span := f.evolutionSpan(s, phase, minutes, g, loc)
	if span.empty() {
		return nil, nil, nil
	}
	periods, err := span.Steps(g, loc)
	if err != nil {
		return nil, nil, err
	}
	steps := make([]MinuteTally, len(periods))
	at := 0
	for i := range minutes {
		minute := time.Unix(minutes[i].Minute, 0)
		for at < len(periods) && !periods[at].End.After(minute) {
			at++
		}
		if at == len(periods) {
			break
		}
		steps[at].merge(&minutes[i])
	}
	return steps, periods, nil
}

// evolutionSpan returns the span of a series: what is asked about. Where phase
// and period leave an end open, it begins with the whole step of what happened
// first, and ends with the whole step of what happened last; a broadcast that
// still runs, with the step of the present.
func (f *LiveFigures) evolutionSpan(s *LiveScope, phase LivePhase, minutes []MinuteTally, g Granularity, loc *time.Location) Period {
	asked := s.Timeline.Asked(phase, s.Period)
	fromEver, forEver := asked.Start.Equal(everStart), asked.End.Equal(everEnd)
	if asked.empty() || !fromEver && !forEver {
		return asked
	}
	first, last := f.LastSign, f.LastSign
	if n := len(minutes); n > 0 {
		first = time.Unix(minutes[0].Minute, 0)
		last = later(last, time.Unix(minutes[n-1].Minute, 0))
	}
	if phase == Live {
		last = later(last, s.Now)
	}
	if last.IsZero() {
		return noTime
	}
	if fromEver {
		asked.Start = startOfStep(first, g, loc)
	}
	if forEver {
		asked.End = nextStep(later(last, asked.Start), g, loc)
	}
	return asked
}
