package main

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"cartograph/auth"
	"cartograph/live"
)

// readyTimeout bounds a question whether the gateway is ready: probes ask again
// within seconds, and wait for no answer much longer.
const readyTimeout = 2 * time.Second

// frontDoor answers while the gateway starts and stops: it lives, but lets
// requests in only between open and close.
type frontDoor struct {
	inner   atomic.Pointer[insides]
	running sync.WaitGroup // requests that were let in
	cut     func()         // ends them
}

// insides is what lies behind the door once it is open.
type insides struct {
	handler http.Handler
	ready   func(context.Context) readiness
}

func (d *frontDoor) open(h http.Handler, ready func(context.Context) readiness) {
	d.inner.Store(&insides{h, ready})
}

func (d *frontDoor) close() { d.inner.Store(nil) }

// ServeHTTP answers /healthz while the process lives, and /readyz while the
// gateway is open and its database answers. Everything else is 503 while the
// door is closed, with the code UNAVAILABLE in the form of what is asked.
func (d *frontDoor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	inner := d.inner.Load()
	switch {
	case r.URL.Path == "/healthz":
		answer(w, http.StatusOK, "ok\n")
	case inner == nil:
		turnAway(w, r)
	case r.URL.Path == "/readyz":
		ctx, cancel := context.WithTimeout(r.Context(), readyTimeout)
		defer cancel()
		state := inner.ready(ctx)
		answer(w, state.status, state.text)
	default:
		d.running.Add(1)
		defer d.running.Done()
		inner.handler.ServeHTTP(w, r)
	}
}

// turnAway answers while the door is closed.
func turnAway(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Retry-After", "1")
	switch r.URL.Path {
	case "/readyz":
		answer(w, http.StatusServiceUnavailable, "not ready\n")
	case "/graphql":
		answerJSON(w, http.StatusServiceUnavailable, `{"errors":[{"message":"the gateway starts or stops; come again","extensions":{"code":"UNAVAILABLE"}}]}`)
	default:
		answerJSON(w, http.StatusServiceUnavailable, `{"code":"UNAVAILABLE","message":"the gateway starts or stops; come again"}`)
	}
}

// empty waits until all who were let in are answered, and reports false where
// that takes too long. The door must be closed.
func (d *frontDoor) empty(timeout time.Duration) bool {
	gone := make(chan struct{})
	go func() {
		d.running.Wait()
		close(gone)
	}()
	select {
	case <-gone:
		return true
	case <-time.After(timeout):
		return false
	}
}

// readiness is whether a gateway should be sent requests, and how it tells that.
type readiness struct {
	status int
	text   string
}

// readyOf returns what tells whether a gateway is ready: while its database
// answers. Without the broker it serves all the same, by looking for what is new,
// and without the identity provider it lets in by the keys it has and by API
// tokens; it says so: to take it out, and all others with it, would help nobody.
func readyOf(ping func(context.Context) error, link *live.Link, keys *auth.KeySet) func(context.Context) readiness {
	return func(ctx context.Context) readiness {
		switch {
		case ping(ctx) != nil:
			return readiness{http.StatusServiceUnavailable, "the database does not answer\n"}
		case link != nil && !link.Up():
			return readiness{http.StatusOK, "ready, but NATS is away: news of other gateways come late\n"}
		case keys != nil && !keys.Up():
			return readiness{http.StatusOK, "ready, but the keys of the identity provider cannot be read: JWTs by others are not let in\n"}
		}
		return readiness{http.StatusOK, "ready\n"}
	}
}
