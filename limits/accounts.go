package limits

import (
	"errors"
	"fmt"
	"math"
	"time"

	"cartograph/analytics"
)

// CostHeader is by what a request asks for its cost, or for nothing but its cost,
// and by what an answer tells it.
const CostHeader = "Cartograph-Cost"

// Payer is who pays for what is asked: a token and its organization. Those who
// show none are one payer together.
type Payer struct{ Token, Org string }

// Accounts hold what tokens and organizations have left to spend on all that a
// process answers. From nil anything may be spent.
type Accounts struct {
	tokens, orgs *Buckets // nil: without a limit
	rate         Rate     // of tokens
}

// NewAccounts returns full accounts. A rate of 0 is without a limit.
func NewAccounts(token, organization Rate, now func() time.Time) *Accounts {
	a := &Accounts{rate: token}
	if token.PerSecond > 0 {
		a.tokens = NewBuckets(token, now)
	}
	if organization.PerSecond > 0 {
		a.orgs = NewBuckets(organization, now)
	}
	return a
}

// TokenRate returns what a token may spend. It reports false without a limit.
func (a *Accounts) TokenRate() (Rate, bool) {
	if a == nil || a.tokens == nil {
		return Rate{}, false
	}
	return a.rate, true
}

// Take takes points. It fails with Throttled, and takes none, where there are too
// few.
func (a *Accounts) Take(p Payer, points int) error {
	if wait := a.wait(p, points); wait > 0 {
		return &Throttled{wait}
	}
	a.spend(p, points)
	return nil
}

// wait returns how long it takes until there are so many points.
func (a *Accounts) wait(p Payer, points int) (wait time.Duration) {
	if a == nil {
		return 0
	}
	if a.tokens != nil {
		wait = a.tokens.Wait(p.Token, points)
	}
	if a.orgs != nil {
		wait = max(wait, a.orgs.Wait(p.Org, points))
	}
	return wait
}

// spend takes points, or gives them back for a negative number.
func (a *Accounts) spend(p Payer, points int) {
	if a == nil {
		return
	}
	if a.tokens != nil {
		a.tokens.Spend(p.Token, points)
	}
	if a.orgs != nil {
		a.orgs.Spend(p.Org, points)
	}
}

// Charge is what one request costs, and who pays.
type Charge struct {
	Estimated, Actual int

	accounts *Accounts
	payer    Payer
	paid     int
}

// Charge returns what a request of a payer is estimated to cost. Nothing is taken
// for it yet.
func (a *Accounts) Charge(p Payer, estimated int) *Charge {
	return &Charge{Estimated: estimated, accounts: a, payer: p}
}

// Pay takes the estimate. It fails as Accounts.Take does.
func (c *Charge) Pay() error {
	err := c.accounts.Take(c.payer, c.Estimated)
	if err == nil {
		c.paid = c.Estimated
	}
	return err
}

// Settle notes what the answer did cost: the difference to what was paid is given
// back, or taken besides and may leave a debt. What comes after it, such as
// another event, begins from nothing.
func (c *Charge) Settle(actual int) {
	c.Actual = actual
	c.accounts.spend(c.payer, actual-c.paid)
	c.paid = 0
}

// Fail settles a request that failed: a fault of ours gives back what was paid,
// any other failure keeps it, since work was done for it.
func (c *Charge) Fail(err error) {
	if code := analytics.CodeOf(err); code == analytics.Internal || code == analytics.Unavailable {
		c.Settle(0)
	}
}

// Available returns what the token has left, -1 without a limit.
func (c *Charge) Available() int {
	if _, limited := c.accounts.TokenRate(); !limited {
		return -1
	}
	return c.accounts.tokens.Available(c.payer.Token)
}

// String returns the charge as a header tells it.
func (c *Charge) String() string {
	text := fmt.Sprintf("estimated=%d, actual=%d", c.Estimated, c.Actual)
	if available := c.Available(); available >= 0 {
		text += fmt.Sprintf(", available=%d", available)
	}
	return text
}

// Throttled says that too little is left to spend, and how long that lasts.
type Throttled struct{ Wait time.Duration }

// Error returns what clients may read.
func (t *Throttled) Error() string { return t.known().Message }

// Unwrap returns the failure, by LimitExceeded.
func (t *Throttled) Unwrap() error { return t.known() }

func (t *Throttled) known() *analytics.Error {
	known := &analytics.Error{}
	errors.As(analytics.Errorf(analytics.LimitExceeded, "too much was asked lately: ask again in %d seconds, or for less", t.RetryAfter()), &known)
	return known
}

// RetryAfter returns the wait in whole seconds, at least one.
func (t *Throttled) RetryAfter() int { return max(1, int(math.Ceil(t.Wait.Seconds()))) }
