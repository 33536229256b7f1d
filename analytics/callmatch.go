package analytics

// CallMatch says which calls statistics count: what their filter, their period
// and the agent of a reach leave.
type CallMatch struct {
	filter CallStatsFilter
	period *Period
	agent  string // "": all
	agents map[string]bool
	queues map[string]bool
}

// NewCallMatch returns the match of a reach, which must not be limited to a call,
// of a period (nil: all time) and of a filter.
func NewCallMatch(reach Reach, period *Period, f CallStatsFilter) *CallMatch {
	return &CallMatch{
		filter: f, period: period, agent: reach.Agent,
		agents: setOf(NativeIDs("Agent", f.AgentIDs)), queues: setOf(NativeIDs("Queue", f.QueueIDs)),
	}
}

// setOf returns ids as a set; nil for nil. "" is nobody's id: it finds nothing.
func setOf(ids []string) map[string]bool {
	if ids == nil {
		return nil
	}
	set := make(map[string]bool, len(ids))
	for _, id := range ids {
		set[id] = id != ""
	}
	return set
}

// Counts reports whether a call counts.
func (c *CallMatch) Counts(m *CallMetrics) bool {
	switch {
	case c.period != nil && !c.period.Contains(m.At),
		c.agent != "" && m.AgentID != c.agent,
		c.agents != nil && !c.agents[m.AgentID],
		c.queues != nil && !c.queues[m.QueueID],
		c.filter.Type != nil && m.Type != *c.filter.Type,
		c.filter.ExcludeTestCalls && m.Test,
		m.Short && c.filter.leavesOut(m.Status):
		return false
	}
	return true
}

// leavesOut reports whether short calls of a status do not count.
func (f *CallStatsFilter) leavesOut(status CallStatus) bool {
	switch {
	case f.ExcludeShortCalls && f.ExcludeShortWaits:
		return true
	case f.ExcludeShortCalls:
		return status != Missed
	case f.ExcludeShortWaits:
		return status != Accepted
	default:
		return false
	}
}
