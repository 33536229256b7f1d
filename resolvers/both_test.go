package resolvers

import (
	"context"
	"testing"
	"testing/synctest"
)

// Of two things that a field does at once one may be there already, as a number
// that another field asked for, while the other waits for a batch: the batch is
// sent, and the field goes on alone.
func TestBothOfWhichOneWaitsForABatch(t *testing.T) {
	for _, c := range []struct {
		name  string
		first bool // the first one waits
	}{{"the first waits", true}, {"the second waits", false}} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { // which ends the test where all wait for ever
				p := &pace{}
				ctx := context.WithValue(t.Context(), paceKey{}, p)
				p.add(1) // the field
				answered := make(chan struct{})
				p.whenStuck(func() {
					p.add(1)
					close(answered)
				})
				waits := func() {
					p.add(-1)
					<-answered
				}
				there := func() {}
				if c.first {
					both(ctx, waits, there)
				} else {
					both(ctx, there, waits)
				}
				if busy := p.busy.Load(); busy != 1 {
					t.Errorf("%d are busy after that, want the field alone", busy)
				}
			})
		})
	}
}
