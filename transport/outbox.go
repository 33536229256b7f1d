package transport

import (
	"context"
	"sync"
)

// kind is what a message says.
type kind int

const (
	kindNext     kind = iota // an answer
	kindErrors               // the operation could not be run; nothing follows
	kindComplete             // there are no more answers
	kindAck                  // the connection is accepted
	kindPong                 // answer to a ping
)

// message is what goes to a client. The payload is shared with others and never
// changed.
type message struct {
	kind      kind
	operation *operation // nil for messages of the connection itself
	answer    answer
}

// farewell is why a connection ends: the code for a socket, the reason for both.
type farewell struct {
	code   int
	reason string
}

// outbox holds what waits for one connection, in order. Whoever has something to
// say puts it in and never waits for the network; one writer at a time takes it
// out.
type outbox struct {
	// ready is called when there is something to take and nobody takes.
	ready func()

	mu      sync.Mutex
	queue   []message
	bytes   int
	writing bool          // somebody takes, until there is nothing left
	ended   *farewell     // nothing more is put in; told in place of what waits
	closed  bool          // nobody takes any more
	space   chan struct{} // closed when there is room again; nil if nobody waits
}

// offer puts a message in. It reports false, and takes nothing, where too much
// waits already.
func (o *outbox) offer(m message) bool {
	o.mu.Lock()
	full := len(o.queue) >= maxWaiting || o.bytes >= maxWaitingBytes
	rested := !full && o.put(m)
	o.mu.Unlock()
	if rested {
		o.ready()
	}
	return !full
}

// force puts a message in however much waits: one of those whose number is
// bounded otherwise.
func (o *outbox) force(m message) {
	o.mu.Lock()
	rested := o.put(m)
	o.mu.Unlock()
	if rested {
		o.ready()
	}
}

// end lets nothing more in, drops what waits, and makes the farewell the last
// thing that is taken. Only the first counts.
func (o *outbox) end(f farewell) {
	o.mu.Lock()
	rested := false
	if o.ended == nil && !o.closed {
		o.ended = &f
		o.queue, o.bytes = nil, 0
		o.release()
		rested = o.rouse()
	}
	o.mu.Unlock()
	if rested {
		o.ready()
	}
}

// ending reports whether the farewell is on its way.
func (o *outbox) ending() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ended != nil || o.closed
}

// put appends a message, unless the connection ends, and reports whether the
// writer must be called.
func (o *outbox) put(m message) bool {
	if o.ended != nil || o.closed {
		return false
	}
	o.queue = append(o.queue, m)
	o.bytes += len(m.answer.payload)
	return o.rouse()
}

// rouse reports whether the writer rests and must be called; from then on it is
// at work.
func (o *outbox) rouse() bool {
	rested := !o.writing
	o.writing = true
	return rested
}

// take returns what is to be written next: a message, or the farewell. Neither
// means that the writer may rest: it is called again.
func (o *outbox) take() (message, *farewell, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for {
		if o.ended != nil && !o.closed {
			o.closed = true
			return message{}, o.ended, true
		}
		if len(o.queue) == 0 || o.closed {
			o.queue, o.bytes, o.writing = nil, 0, false
			o.release()
			return message{}, nil, false
		}
		m := o.queue[0]
		o.queue[0] = message{}
		o.queue = o.queue[1:]
		o.bytes -= len(m.answer.payload)
		if len(o.queue) < patience {
			o.release()
		}
		if m.operation == nil || !m.operation.left.Load() {
			return m, nil, true
		}
	}
}

// close says that the connection is gone.
func (o *outbox) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.queue, o.bytes = nil, 0
	o.release()
}

// room waits until few messages wait. It fails with the error of the context.
func (o *outbox) room(ctx context.Context) error {
	for {
		o.mu.Lock()
		if o.closed || o.ended != nil || len(o.queue) < patience && o.bytes < maxWaitingBytes {
			o.mu.Unlock()
			return ctx.Err()
		}
		if o.space == nil {
			o.space = make(chan struct{})
		}
		space := o.space
		o.mu.Unlock()
		select {
		case <-space:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// release lets those go on who wait for room.
func (o *outbox) release() {
	if o.space != nil {
		close(o.space)
		o.space = nil
	}
}
