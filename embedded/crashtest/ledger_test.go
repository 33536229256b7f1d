package crashtest

import (
	"fmt"
	"maps"
)

// version is what a ledger knows of a document of its writer's: its version, 0 when there is no such document.
type version = int32

// ledger is what one writer knows. Only that writer writes its documents; counters and slots belong to all.
type ledger struct {
	writer int32
	// documents holds the version of each document that was acknowledged.
	documents map[int32]version
	// increments counts the acknowledged increments of each counter.
	increments map[int32]int64
	// slots are the slots whose claim was acknowledged.
	slots map[int32]bool
	// pending is the write whose answer did not come; nil when there is none.
	pending *write
	// next is the number of the next new document.
	next int32
}

// write is one write command, in the terms of the ledger. It happens as a whole or not at all.
type write struct {
	documents map[int32]version
	counter   int32 // 0 for none
	slot      int32 // 0 for none
}

func newLedger(writer int32) *ledger {
	return &ledger{writer: writer, documents: map[int32]version{}, increments: map[int32]int64{}, slots: map[int32]bool{}, next: 1}
}

// acknowledge notes that the write happened.
func (l *ledger) acknowledge(w write) {
	maps.Copy(l.documents, w.documents)
	maps.DeleteFunc(l.documents, func(_ int32, v version) bool { return v == 0 })
	if w.counter != 0 {
		l.increments[w.counter]++
	}
	if w.slot != 0 {
		l.slots[w.slot] = true
	}
}

// settle compares the ledger's documents with those found, and learns from them whether the pending write happened.
func (l *ledger) settle(found map[int32]version) error {
	if l.pending != nil && len(l.pending.documents) > 0 {
		with := maps.Clone(l.documents)
		maps.Copy(with, l.pending.documents)
		maps.DeleteFunc(with, func(_ int32, v version) bool { return v == 0 })
		if maps.Equal(found, with) {
			l.documents = with
		}
	}

	for n, v := range l.documents {
		if found[n] != v {
			return fmt.Errorf("writer %d: document %d has version %d, acknowledged was %d; unanswered: %v", l.writer, n, found[n], v, l.pending)
		}
	}
	for n, v := range found {
		if l.documents[n] != v {
			return fmt.Errorf("writer %d: document %d is there with version %d, and should not be; unanswered: %v", l.writer, n, v, l.pending)
		}
	}

	return nil
}
