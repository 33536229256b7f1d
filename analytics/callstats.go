package analytics

import (
	"cmp"
	"slices"
	"time"
)

// CallStats are the statistics of a set of calls, also by agent, queue and type
// and over time.
type CallStats struct {
	Total   CallFigures
	ByAgent []AgentCallFigures
	ByQueue []QueueCallFigures
	ByType  []TypeCallFigures
	Series  []CallFiguresStep
}

// AgentCallFigures are the figures of one agent's calls.
type AgentCallFigures struct {
	AgentID string
	Figures CallFigures
}

// QueueCallFigures are the figures of one queue's calls.
type QueueCallFigures struct {
	QueueID string
	Figures CallFigures
}

// TypeCallFigures are the figures of the calls of one type.
type TypeCallFigures struct {
	Type    CallType
	Figures CallFigures
}

// CallFiguresStep are the figures of one step of a series.
type CallFiguresStep struct {
	Period  Period
	Figures CallFigures
}

// CallStatsPart says whether a part of CallStats is wanted, and how much of its
// figures.
type CallStatsPart uint8

// What of a part is wanted. Medians and percentiles keep the values of every call
// until all are read, all else is sums.
const (
	Unwanted CallStatsPart = iota
	Summed                 // all but medians and percentiles
	Ranked                 // all
)

// CallStatsParts says which parts of CallStats are wanted; what nobody selects
// is not computed.
type CallStatsParts struct {
	Total, ByAgent, ByQueue, ByType, Series CallStatsPart
}

// AllCallStats wants everything.
var AllCallStats = CallStatsParts{Total: Ranked, ByAgent: Ranked, ByQueue: Ranked, ByType: Ranked, Series: Ranked}

// CallStatsFold folds calls into statistics, one at a time and in any order.
type CallStatsFold struct {
	parts       CallStatsParts
	granularity Granularity
	location    *time.Location
	period      *Period
	span        Period // of the calls seen so far; End is the last call
	total       CallTotals
	byAgent     map[string]*CallTotals
	byQueue     map[string]*CallTotals
	byType      map[CallType]*CallTotals
	byStep      map[int64]*CallTotals // by the Unix time of the step's uncut start
	lastDays    Period                // between them local dates are those of lastStep
	lastStep    *CallTotals
}

// NewCallStatsFold returns an empty fold. A nil period makes the series reach
// from the step of the first call to that of the last. It fails as Period.Steps
// does.
func NewCallStatsFold(period *Period, g Granularity, loc *time.Location, parts CallStatsParts) (*CallStatsFold, error) {
	if period != nil {
		if err := period.Validate(); err != nil {
			return nil, err
		}
		if parts.Series != Unwanted {
			if _, err := period.Steps(g, loc); err != nil {
				return nil, err
			}
		}
	}
	return &CallStatsFold{
		parts: parts, granularity: g, location: loc, period: period,
		byAgent: map[string]*CallTotals{},
		byQueue: map[string]*CallTotals{},
		byType:  map[CallType]*CallTotals{},
		byStep:  map[int64]*CallTotals{},
	}, nil
}

// Add folds one call.
func (f *CallStatsFold) Add(m *CallMetrics) {
	if part := f.parts.Total; part != Unwanted {
		f.total.Add(m, part == Ranked)
	}
	if part := f.parts.ByAgent; part != Unwanted && m.AgentID != "" {
		totalsOf(f.byAgent, m.AgentID).Add(m, part == Ranked)
	}
	if part := f.parts.ByQueue; part != Unwanted && m.QueueID != "" {
		totalsOf(f.byQueue, m.QueueID).Add(m, part == Ranked)
	}
	if part := f.parts.ByType; part != Unwanted {
		totalsOf(f.byType, m.Type).Add(m, part == Ranked)
	}
	if part := f.parts.Series; part != Unwanted {
		f.stepOf(m.At).Add(m, part == Ranked)
		if f.span.Start.IsZero() || m.At.Before(f.span.Start) {
			f.span.Start = m.At
		}
		if m.At.After(f.span.End) {
			f.span.End = m.At
		}
	}
}

// stepOf returns the totals of the step that a moment lies in. Calls come mostly in
// the order of time: the dates of a day, week or month are looked up once.
func (f *CallStatsFold) stepOf(at time.Time) *CallTotals {
	if f.lastStep != nil && f.lastDays.Contains(at) {
		return f.lastStep
	}
	step := totalsOf(f.byStep, startOfStep(at, f.granularity, f.location).Unix())
	switch f.granularity {
	case Day, Week, Month:
		f.lastDays, f.lastStep = Period{at, nextStep(at, f.granularity, f.location)}, step
	}
	return step
}

func totalsOf[K comparable](group map[K]*CallTotals, key K) *CallTotals {
	t := group[key]
	if t == nil {
		t = &CallTotals{}
		group[key] = t
	}
	return t
}

// Stats applies the formulas to everything folded. It fails with LimitExceeded
// where a series without a period would have too many steps.
func (f *CallStatsFold) Stats() (*CallStats, error) {
	stats := &CallStats{
		Total:   f.total.Figures(),
		ByAgent: make([]AgentCallFigures, 0, len(f.byAgent)),
		ByQueue: make([]QueueCallFigures, 0, len(f.byQueue)),
		ByType:  make([]TypeCallFigures, 0, len(f.byType)),
	}
	for _, id := range largestFirst(f.byAgent) {
		stats.ByAgent = append(stats.ByAgent, AgentCallFigures{id, f.byAgent[id].Figures()})
	}
	for _, id := range largestFirst(f.byQueue) {
		stats.ByQueue = append(stats.ByQueue, QueueCallFigures{id, f.byQueue[id].Figures()})
	}
	for _, callType := range largestFirst(f.byType) {
		stats.ByType = append(stats.ByType, TypeCallFigures{callType, f.byType[callType].Figures()})
	}
	steps, err := f.steps()
	if err != nil {
		return nil, err
	}
	stats.Series = make([]CallFiguresStep, len(steps))
	for i, step := range steps {
		totals := f.byStep[startOfStep(step.Start, f.granularity, f.location).Unix()]
		if totals == nil {
			totals = &CallTotals{}
		}
		stats.Series[i] = CallFiguresStep{step, totals.Figures()}
	}
	return stats, nil
}

// steps returns the steps of the series: those of the period, else whole steps
// around all calls, else none.
func (f *CallStatsFold) steps() ([]Period, error) {
	switch {
	case f.parts.Series == Unwanted:
		return nil, nil
	case f.period != nil:
		return f.period.Steps(f.granularity, f.location)
	case len(f.byStep) == 0:
		return nil, nil
	}
	whole := Period{
		Start: startOfStep(f.span.Start, f.granularity, f.location),
		End:   nextStep(f.span.End, f.granularity, f.location),
	}
	return whole.Steps(f.granularity, f.location)
}

// largestFirst returns the keys of a group, those with most calls first, equal
// ones by key.
func largestFirst[K cmp.Ordered](group map[K]*CallTotals) []K {
	keys := make([]K, 0, len(group))
	for key := range group {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b K) int {
		ta, tb := group[a], group[b]
		return cmp.Or(cmp.Compare(tb.Accepted+tb.Missed, ta.Accepted+ta.Missed), cmp.Compare(a, b))
	})
	return keys
}
