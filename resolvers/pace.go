package resolvers

import (
	"context"
	"sync"
	"sync/atomic"
)

// pace knows when an answer cannot go on without the batches that its fields
// wait for: the moment to send them. No clock is involved, so a list of 250
// calls asks for their agents in one command however slow the machine is, and a
// single call does not wait at all.
//
// It counts what can still go on by itself: fields that are announced (their
// parent is known, so they are about to begin), and fields at work. A field that
// waits for a batch or for the database does not count. The pacer does the
// counting for fields, loaders and aside for what they wait for.
type pace struct {
	busy atomic.Int64

	mu      sync.Mutex
	waiting []func() // what to do once nothing is busy
}

// add says that n more can go on, or fewer for a negative n.
func (p *pace) add(n int) {
	if p.busy.Add(int64(n)) != 0 {
		return
	}
	p.mu.Lock()
	waiting := p.waiting
	p.waiting = nil
	p.mu.Unlock()
	for _, f := range waiting {
		f()
	}
}

// whenStuck calls f once as soon as nothing can go on by itself. Whoever calls
// it counts as busy.
func (p *pace) whenStuck(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = append(p.waiting, f)
}

// aside returns f for a field that does not count as busy while f runs: for
// calls to the database, so that no batch waits for their answer.
func aside[T any](ctx context.Context, f func() (T, error)) func() (T, error) {
	p := paceOf(ctx)
	return func() (T, error) {
		p.add(-1)
		defer p.add(1)
		return f()
	}
}

// both runs two functions of a field at the same time and waits for them. Each
// counts as busy while it runs: whichever ends first counts no more, else a batch
// that the other waits for would wait for it.
func both(ctx context.Context, f, g func()) {
	p := paceOf(ctx)
	var ended atomic.Int32
	end := func() {
		if ended.Add(1) == 1 {
			p.add(-1) // what the other counts for counts for the field from here on
		}
	}
	done := make(chan struct{})
	p.add(1)
	go func() {
		defer close(done)
		defer end()
		g()
	}()
	f()
	end()
	<-done
}

type paceKey struct{}

// paceOf returns the pace of an operation.
func paceOf(ctx context.Context) *pace {
	if p, ok := ctx.Value(paceKey{}).(*pace); ok {
		return p
	}
	return &pace{} // of an operation that is not run
}
