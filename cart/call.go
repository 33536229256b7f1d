package cart

import "time"

// OpenAfterCall is how long after the end of its call a cart can still be
// checked out: a shopper often pays just after hanging up.
const OpenAfterCall = 30 * time.Minute

// Call is what a command must know of the call whose cart it is about.
type Call struct {
	// EndedAt is nil while the call lasts. Once an end is known the call has
	// ended, even if the sender's clock runs ahead of ours.
	EndedAt *time.Time
}

// lasts refuses what needs the call to be going on.
func (c Call) lasts() error {
	if c.EndedAt == nil {
		return nil
	}
	return refuse(Conflict, "callId", "the call has ended at %s", moment(*c.EndedAt))
}

// open refuses what needs the cart to be open: during the call, and after it for
// OpenAfterCall.
func (c Call) open(now time.Time) error {
	if c.EndedAt == nil {
		return nil
	}
	closed := c.EndedAt.Add(OpenAfterCall)
	if now.Before(closed) {
		return nil
	}
	return refuse(Conflict, "callId", "the cart was closed at %s, %d minutes after the call",
		moment(closed), int(OpenAfterCall.Minutes()))
}

// moment formats a moment for a message.
func moment(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
