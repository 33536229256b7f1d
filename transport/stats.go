package transport

import "sync/atomic"

// counters count what happens in a hub.
type counters struct {
	operations atomic.Int64
	executed   atomic.Int64
	delivered  atomic.Int64
	refused    atomic.Int64
	drops      atomic.Int64
	resumes    atomic.Int64
	joins      atomic.Int64
}

// Stats tell how a hub is doing. The first three are now, the rest since the
// start.
type Stats struct {
	Connections int   // sockets and event streams
	Operations  int64 // that run or wait for events
	Cohorts     int   // sources that run for everybody who asked the same

	Executed  int64 // answers that were executed and encoded
	Delivered int64 // answers that were handed to connections
	Refused   int64 // connections turned away because there were too many
	Drops     int64 // connections closed because they read too slowly
	Resumes   int64 // subscriptions that named the version they had seen
	Joins     int64 // of these, how many have caught up and joined a cohort
}

// Stats returns how the hub is doing.
func (h *Hub) Stats() Stats {
	h.mu.Lock()
	defer h.mu.Unlock()
	return Stats{
		Connections: len(h.connections),
		Operations:  h.operations.Load(),
		Cohorts:     len(h.cohorts),
		Executed:    h.executed.Load(),
		Delivered:   h.delivered.Load(),
		Refused:     h.refused.Load(),
		Drops:       h.drops.Load(),
		Resumes:     h.resumes.Load(),
		Joins:       h.joins.Load(),
	}
}
