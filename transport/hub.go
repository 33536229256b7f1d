package transport

import (
	"context"
	"net/http"
	"sync"

	"github.com/99designs/gqlgen/graphql"

	"cartograph/analytics"
	"cartograph/reply"
)

// Hub holds every connection and cohort of a process.
type Hub struct {
	options Options
	counters

	mu          sync.Mutex // taken before the lock of a cohort, never after it
	cohorts     map[cohortKey]*cohort
	connections map[connection]struct{}
	users       map[string]int // connections by the id of their token
	arriving    map[string]int // sockets by their address that have not said who they are
	stopping    bool
	empty       chan struct{} // closed when the last connection is gone; nil until Stop waits for it
}

// connection is a socket or an event stream.
type connection interface {
	// shut ends it after what is being written now, for a reason.
	shut(f farewell)
	// cut ends it at once.
	cut()
}

// NewHub returns a hub without connections.
func NewHub(o Options) *Hub {
	if o.MaxConnections == 0 {
		o.MaxConnections = defaultMaxConnections
	}
	if o.MaxPerUser == 0 {
		o.MaxPerUser = defaultMaxPerUser
	}
	if o.RecheckEvery == 0 {
		o.RecheckEvery = defaultRecheckEvery
	}
	if o.Timeout == 0 {
		o.Timeout = defaultTimeout
	}
	return &Hub{options: o, cohorts: map[cohortKey]*cohort{}, connections: map[connection]struct{}{}, users: map[string]int{}, arriving: map[string]int{}}
}

// Transports returns what gqlgen's server needs: sockets and event streams. They
// belong before a transport that answers any POST.
func (h *Hub) Transports() []graphql.Transport {
	return []graphql.Transport{socketTransport{h}, streamTransport{h}}
}

// Stop closes every connection and tells clients to come back, to another
// gateway or to this one when it runs again. It returns when all are gone; what
// is left when the context ends is cut off.
func (h *Hub) Stop(ctx context.Context) {
	h.mu.Lock()
	h.stopping = true
	open := make([]connection, 0, len(h.connections))
	for c := range h.connections {
		open = append(open, c)
	}
	empty := make(chan struct{})
	if len(open) == 0 {
		close(empty)
	}
	h.empty = empty
	h.mu.Unlock()

	for _, c := range open {
		c.shut(farewell{closeRestart, "the gateway restarts: connect again and resume"})
	}
	select {
	case <-empty:
	case <-ctx.Done():
		for _, c := range open {
			c.cut()
		}
	}
}

// admit counts a connection in, or answers 503 and reports false where there
// are too many or the process stops.
func (h *Hub) admit(w http.ResponseWriter, c connection) bool {
	h.mu.Lock()
	full := h.stopping || len(h.connections) >= h.options.MaxConnections
	if !full {
		h.connections[c] = struct{}{}
	}
	h.mu.Unlock()
	if full {
		h.refused.Add(1)
		w.Header().Set("Retry-After", "2")
		reply.JSON(w, http.StatusServiceUnavailable, reply.Graph(reply.Failure{Code: analytics.Unavailable, Message: "there are too many connections: try again later"}))
	}
	return !full
}

// dismiss counts a connection out.
func (h *Hub) dismiss(c connection) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.connections, c)
	if len(h.connections) == 0 && h.empty != nil {
		select {
		case <-h.empty:
		default:
			close(h.empty)
		}
	}
}
