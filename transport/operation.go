package transport

import (
	"context"
	"errors"
	"sync/atomic"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/analytics"
	"cartograph/auth"
)

// operation is one operation of one client, from its request to its last answer.
type operation struct {
	hub  *Hub
	conn connection
	out  *outbox
	id   string // how the client calls it
	// forget is called once when it ends by itself, before its last message.
	forget func()

	over   atomic.Bool // it ended, in whatever way
	left   atomic.Bool // the client wants to hear nothing more of it
	cancel context.CancelFunc

	cohort  *cohort // that it shares or wants to share; nil if it runs alone
	version int64   // that the client has seen; under the cohort's lock
	joined  bool    // it runs no more by itself; under the cohort's lock
}

// unseen is less than any version.
const unseen = -1

// request is what a client asks for, and for whom it is answered.
type request struct {
	exec      graphql.GraphExecutor
	params    graphql.RawParams
	parsed    *graphql.OperationContext
	principal *auth.Principal
}

// start runs an operation until it ends or is quit. The context carries the
// principal; it may end with the connection.
func (h *Hub) start(ctx context.Context, o *operation, r request) {
	h.operations.Add(1)
	o.version = unseen
	ctx, o.cancel = context.WithCancel(ctx)
	if r.parsed.Operation.Operation != ast.Subscription {
		go o.runOnce(ctx, r)
		return
	}
	p, shared := h.plan(r)
	if !shared {
		go o.runAlone(ctx, r)
		return
	}
	if p.after != nil {
		h.resumes.Add(1)
		o.version = *p.after
	}
	if h.join(ctx, o, r, p) {
		o.cancel() // nothing runs for it alone
		return
	}
	go o.runAlone(ctx, r)
}

// runOnce answers a query or a mutation.
func (o *operation) runOnce(ctx context.Context, r request) {
	ctx, cancel := context.WithTimeout(ctx, o.hub.options.Timeout)
	defer cancel()
	failure := o.hub.execute(ctx, r.exec, r.parsed, o.deliver(ctx))
	if failure == nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		failure = failed(ctx, r.exec, analytics.Errorf(analytics.Timeout, "the operation took more than %s", o.hub.options.Timeout))
	}
	o.finish(failure)
}

// runAlone answers a subscription for one client, until it is done or a cohort
// takes over.
func (o *operation) runAlone(ctx context.Context, r request) {
	take := o.deliver(ctx)
	if o.cohort != nil {
		take = func(a answer) bool { return o.out.room(ctx) == nil && o.cohort.catchUp(o, a) }
	}
	failure := o.hub.execute(ctx, r.exec, r.parsed, take)
	if o.cohort != nil && o.cohort.hasJoined(o) {
		return
	}
	o.finish(failure)
}

// deliver returns what hands answers to the client, as fast as it reads.
func (o *operation) deliver(ctx context.Context) func(answer) bool {
	return func(a answer) bool {
		if o.out.room(ctx) != nil {
			return false
		}
		o.hub.delivered.Add(1)
		o.out.force(message{kind: kindNext, operation: o, answer: a})
		return true
	}
}

// finish ends the operation after its last answer, with the errors if it could
// not be run.
func (o *operation) finish(failure []byte) {
	if !o.end() {
		return
	}
	o.forget()
	last := message{kind: kindComplete, operation: o}
	if failure != nil {
		last = message{kind: kindErrors, operation: o, answer: answer{payload: failure}}
	}
	o.out.force(last)
}

// quit ends the operation for a client that wants nothing more of it.
func (o *operation) quit() {
	o.left.Store(true)
	o.end()
}

// end stops what runs for the operation, and reports whether it had not ended
// before.
func (o *operation) end() bool {
	if o.over.Swap(true) {
		return false
	}
	o.hub.operations.Add(-1)
	o.cancel()
	if o.cohort != nil {
		o.hub.leave(o)
	}
	return true
}

// tooSlow closes the connection of a client that does not keep up.
func (o *operation) tooSlow() {
	o.hub.drops.Add(1)
	o.conn.shut(farewell{closeTryAgain, "events come faster than you read: connect again and resume"})
}
