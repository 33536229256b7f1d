package transport

import (
	"context"
	"sync"

	"cartograph/auth"
)

// cohort is everybody who subscribes to the same with the same authority, and
// the one source that runs for them.
type cohort struct {
	hub    *Hub
	key    cohortKey
	cancel context.CancelFunc // stops the source

	mu sync.Mutex
	// members get each event; waiting catch up by themselves and join when they
	// are level.
	members map[*operation]struct{}
	waiting map[*operation]struct{}
	// recent are the latest events, oldest first; first is the version of the
	// first of all, which is the state at the start and not what led to it.
	recent      []answer
	recentBytes int
	first       int64
	begun       bool
}

// join makes an operation a member of the cohort of its plan, which is founded
// if there is none. It reports false where the operation must catch up by itself
// first; the cohort then takes it in as soon as it is level.
func (h *Hub) join(ctx context.Context, o *operation, r request, p plan) bool {
	h.mu.Lock()
	c := h.cohorts[p.key]
	founded := c == nil
	if founded {
		c = &cohort{hub: h, key: p.key, members: map[*operation]struct{}{}, waiting: map[*operation]struct{}{}}
		h.cohorts[p.key] = c
		ctx, c.cancel = context.WithCancel(context.WithoutCancel(ctx))
	}
	c.mu.Lock()
	o.cohort = c
	member, fast := c.receive(o, p)
	c.mu.Unlock()
	h.mu.Unlock()

	if founded {
		r.params = p.params
		go c.run(auth.With(ctx, r.principal.Anybody()), r)
	}
	if !fast {
		o.tooSlow()
	}
	return member
}

// receive puts an operation among the members, with what it missed, or among
// those who wait. It reports which, and false second if it does not read fast
// enough.
func (c *cohort) receive(o *operation, p plan) (member, fast bool) {
	if p.after != nil {
		if !c.covers(o.version) {
			c.waiting[o] = struct{}{}
			return false, true
		}
		return true, c.admit(o)
	}
	c.members[o] = struct{}{}
	o.joined = true
	if p.sharing.Replay && len(c.recent) > 0 {
		return true, c.give(o, c.recent[len(c.recent)-1])
	}
	return true, true
}

// leave takes an operation out of its cohort, and ends the cohort with its last
// operation.
func (h *Hub) leave(o *operation) {
	c := o.cohort
	h.mu.Lock()
	c.mu.Lock()
	delete(c.members, o)
	delete(c.waiting, o)
	deserted := len(c.members)+len(c.waiting) == 0 && h.cohorts[c.key] == c
	if deserted {
		delete(h.cohorts, c.key)
	}
	c.mu.Unlock()
	h.mu.Unlock()
	if deserted {
		c.cancel()
	}
}

// run is the source: it executes each event once, for everybody.
func (c *cohort) run(ctx context.Context, r request) {
	parsed, errs := r.exec.CreateOperationContext(ctx, &r.params)
	if len(errs) > 0 {
		c.finish(refusal(ctx, r.exec, errs))
		return
	}
	c.finish(c.hub.execute(ctx, r.exec, parsed, func(a answer) bool {
		c.broadcast(a)
		return true
	}))
}

// finish ends the operation of every member. Those who wait go on alone.
func (c *cohort) finish(failure []byte) {
	c.hub.mu.Lock()
	if c.hub.cohorts[c.key] == c {
		delete(c.hub.cohorts, c.key)
	}
	c.mu.Lock()
	members := c.members
	c.members, c.waiting, c.recent, c.begun = nil, map[*operation]struct{}{}, nil, false
	c.mu.Unlock()
	c.hub.mu.Unlock()
	c.cancel()
	for o := range members {
		o.finish(failure)
	}
}

// broadcast gives an event to every member, and takes in those who are level
// with it.
func (c *cohort) broadcast(a answer) {
	c.mu.Lock()
	c.keep(a)
	var slow []*operation
	for o := range c.members {
		if !c.give(o, a) {
			slow = append(slow, o)
		}
	}
	for o := range c.waiting {
		if c.covers(o.version) && !c.admit(o) {
			slow = append(slow, o)
		}
	}
	c.mu.Unlock()
	for _, o := range slow {
		o.tooSlow()
	}
}

// keep adds an event to the latest ones.
func (c *cohort) keep(a answer) {
	if !c.begun {
		c.begun, c.first = true, a.version
	}
	c.recent = append(c.recent, a)
	c.recentBytes += len(a.payload)
	for len(c.recent) > 1 && (len(c.recent) > keptEvents || c.recentBytes > keptBytes) {
		c.recentBytes -= len(c.recent[0].payload)
		c.recent[0] = answer{}
		c.recent = c.recent[1:]
	}
}

// covers reports whether a client that has seen a version misses nothing if it
// gets the latest events after it and joins.
func (c *cohort) covers(version int64) bool {
	if len(c.recent) == 0 {
		return false
	}
	oldest, latest := c.recent[0], c.recent[len(c.recent)-1]
	return latest.versioned && version >= c.first && version >= oldest.version-1 && version <= latest.version
}

// admit makes a member of an operation that the cohort covers, and gives it what
// it missed. It reports false if it does not read fast enough.
func (c *cohort) admit(o *operation) bool {
	c.hub.joins.Add(1)
	delete(c.waiting, o)
	c.members[o] = struct{}{}
	o.joined = true
	o.cancel() // what it ran by itself
	for _, a := range c.recent {
		if !c.give(o, a) {
			return false
		}
	}
	return true
}

// give puts an event in the outbox of an operation, unless its client has seen
// it. It reports false where too much waits there.
func (c *cohort) give(o *operation, a answer) bool {
	if a.versioned {
		if a.version <= o.version {
			return true
		}
		o.version = a.version
	}
	c.hub.delivered.Add(1)
	return o.out.offer(message{kind: kindNext, operation: o, answer: a})
}

// catchUp gives an operation an event that it found by itself, and takes it in
// if it is level now. It reports false where the cohort gives it everything from
// here on.
func (c *cohort) catchUp(o *operation, a answer) bool {
	c.mu.Lock()
	if o.joined {
		c.mu.Unlock()
		return false
	}
	fast := c.give(o, a)
	_, waits := c.waiting[o]
	joins := waits && c.covers(o.version)
	if joins {
		fast = c.admit(o) && fast
	}
	c.mu.Unlock()
	if !fast {
		o.tooSlow()
	}
	return fast && !joins
}

// hasJoined reports whether the cohort gives the operation its events.
func (c *cohort) hasJoined(o *operation) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return o.joined
}
