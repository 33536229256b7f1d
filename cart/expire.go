package cart

import "time"

// Expire ends a request that nobody answered in time, during the call or after
// it. It is refused before that time, for a request that was answered, and for
// one that is not there.
type Expire struct {
	RequestID int64
}

// expired is the content by which a request is remembered that has expired.
const expired = "expired"

func (e Expire) names() ([]name, error) {
	return []name{{
		name:    requestName(e.RequestID),
		content: expired,
		clash:   func(Memo) error { return refuse(Conflict, "requestId", "the request was answered") },
	}}, nil
}

func (e Expire) decide(c Cart, _ Call, now time.Time) (Update, error) {
	r, pending := c.Request(e.RequestID)
	if !pending {
		return Update{}, refuse(NotFound, "requestId", "the cart has no such request, or it was settled long ago")
	}
	if now.Before(r.ExpiresAt) {
		return Update{}, refuse(Conflict, "requestId", "the request can be answered until %s", moment(r.ExpiresAt))
	}
	r.Status = Expired
	return Update{Kind: RequestExpired, Request: &r}, nil
}

// Due returns the commands that expire what nobody has answered in time, oldest
// request first; nil if nothing is due.
func (c Cart) Due(now time.Time) []Expire {
	var due []Expire
	for _, r := range c.Pending {
		if !now.UTC().Truncate(time.Millisecond).Before(r.ExpiresAt) {
			due = append(due, Expire{RequestID: r.ID})
		}
	}
	return due
}

// NextExpiry returns when the first pending request expires, nil if none is
// pending: what to look for to find carts with something due.
func (c Cart) NextExpiry() *time.Time {
	var next *time.Time
	for _, r := range c.Pending {
		if next == nil || r.ExpiresAt.Before(*next) {
			next = &r.ExpiresAt
		}
	}
	return next
}
