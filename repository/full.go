package repository

import (
	"strings"
	"sync"

	"cartograph/analytics"
)

const (
	// maxEventsOfOne is how many events a call, or the waits of one visitor in a
	// queue, may have: with each more all of them are gone through. Calls have some
	// hundred at most.
	maxEventsOfOne = 5000
	// rememberedFull bounds the memory that full subjects take; beyond it they are
	// found out again.
	rememberedFull = 10_000
)

// fullSubjects remembers which subjects have all the events that they may have.
// Whoever derives one finds out, without asking the database for it: so a batch or
// two may come in beyond the limit, for each gateway.
type fullSubjects struct {
	mu       sync.Mutex
	subjects map[string]bool
}

// learn notes the subjects that turned out to be full.
func (f *fullSubjects) learn(reach analytics.Reach, bySubject map[string][]*analytics.Event) {
	for subject, events := range bySubject {
		if len(events) < maxEventsOfOne {
			continue
		}
		f.mu.Lock()
		if f.subjects == nil || len(f.subjects) >= rememberedFull {
			f.subjects = map[string]bool{}
		}
		f.subjects[reach.Key(subject)] = true
		f.mu.Unlock()
	}
}

// check fails with LimitExceeded for an event of a subject that is full. What a
// call begins and ends with is always taken, and so is what comes by other ways
// than tracking: nobody can keep a call from ending.
func (f *fullSubjects) check(reach analytics.Reach, e *analytics.Event) error {
	switch e.Type {
	case analytics.ProductPresented, analytics.ProductTriedOn, analytics.AddedToCart, analytics.RemovedFromCart, analytics.MessageSent,
		analytics.TagsSet, analytics.ShopperIdentified, analytics.ShopperBlocked, analytics.CallRated, analytics.JoinedQueue, analytics.LeftQueue:
	default:
		return nil
	}
	f.mu.Lock()
	full := f.subjects[reach.Key(e.Subject)]
	f.mu.Unlock()
	switch {
	case !full:
		return nil
	case strings.HasPrefix(e.Subject, "call:"):
		return analytics.Errorf(analytics.LimitExceeded, "callId: the call has the %d events that a call may have", maxEventsOfOne)
	default:
		return analytics.Errorf(analytics.LimitExceeded, "data.queueId: the session has the %d events of this queue that it may have", maxEventsOfOne)
	}
}
