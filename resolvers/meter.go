package resolvers

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/limits"
	"cartograph/transport"
)

// CostHeader is by what a request asks for its cost (report) or for nothing but
// its cost (validate), and by what an answer tells it.
const CostHeader = transport.CostHeader

// costSpent is where an operation notes what its latest answer cost.
const costSpent = "cost spent"

// meter charges operations for what they cost: their estimate before they run,
// and what they did in the end. It refuses what costs too much, and whoever has
// nothing left.
type meter struct {
	prices  *limits.Prices
	max     int
	tokens  *limits.Buckets
	orgs    *limits.Buckets
	rate    limits.Rate // of tokens
	present graphql.ErrorPresenterFunc
}

var _ interface {
	graphql.OperationContextMutator
	graphql.OperationInterceptor
	graphql.ResponseInterceptor
	graphql.HandlerExtension
} = (*meter)(nil)

func newMeter(schema *ast.Schema, o Options, present graphql.ErrorPresenterFunc) *meter {
	m := &meter{prices: limits.ReadPrices(schema), max: o.MaxCost, rate: o.TokenRate, present: present}
	if o.TokenRate.PerSecond > 0 {
		m.tokens = limits.NewBuckets(o.TokenRate, time.Now)
	}
	if o.OrganizationRate.PerSecond > 0 {
		m.orgs = limits.NewBuckets(o.OrganizationRate, time.Now)
	}
	return m
}

// ExtensionName names the meter among the extensions of gqlgen.
func (*meter) ExtensionName() string { return "Meter" }

// Validate has nothing to check at the start.
func (*meter) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext fails with LimitExceeded for an operation that costs
// more than one may, before anything of it runs.
func (m *meter) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	estimated := m.prices.Estimate(op.Operation, op.Variables)
	op.Stats.SetExtension(CostHeader, estimated)
	if estimated > m.max && wishOf(op) != wishValidate {
		return gqlerror.Wrap(analytics.Errorf(analytics.LimitExceeded,
			"the operation may cost %d points, at most %d are allowed: ask for fewer items by first or last, or in several operations", estimated, m.max))
	}
	return nil
}

// charge is what one operation costs, and who pays. Those who show no token, and
// so see the schema only, have one bucket together.
type charge struct {
	token, org        string
	estimated, actual int
	paid              int // points that are taken for it so far
	available         int // what the token has left, -1 without a limit
}

type chargeKey struct{}

// chargeOf returns what an operation costs, nil for one that is not run.
func chargeOf(ctx context.Context) *charge {
	c, _ := ctx.Value(chargeKey{}).(*charge)
	return c
}

// InterceptOperation charges for the estimate, or answers that there is not
// enough left. A dry run is answered here.
func (m *meter) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	c := &charge{available: -1}
	c.estimated, _ = op.Stats.GetExtension(CostHeader).(int)
	if p := auth.From(ctx); p != nil {
		c.org, c.token = p.Org, bucketOf(p)
	}
	if wishOf(op) == wishValidate {
		m.look(c)
		return graphql.OneShot(&graphql.Response{Extensions: map[string]any{"cost": m.report(c)}})
	}
	if wait := m.wait(c); wait > 0 {
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{m.present(ctx, &throttled{wait})}})
	}
	m.pay(c, c.estimated)
	return next(context.WithValue(ctx, chargeKey{}, c))
}

// InterceptResponse settles an answer: the difference to what was paid is given
// back, or charged besides. Each event of a subscription is charged for itself. An
// answer with errors costs its estimate at least, unless they are faults of ours:
// an error takes away what it stands below, and not the work that was done for it.
func (m *meter) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	response := next(ctx)
	c := chargeOf(ctx)
	if c == nil || response == nil {
		return response // an operation that was cut off stays charged
	}
	op := graphql.GetOperationContext(ctx)
	c.actual = m.prices.Actual(op.Operation, op.Variables, response.Data)
	if slices.ContainsFunc(response.Errors, isTheirs) {
		c.actual = max(c.actual, c.estimated)
	}
	op.Stats.SetExtension(costSpent, c.actual)
	m.pay(c, c.actual-c.paid)
	c.paid = 0 // the next event begins from nothing
	if wishOf(op) == wishReport {
		if response.Extensions == nil {
			response.Extensions = map[string]any{}
		}
		response.Extensions["cost"] = m.report(c)
	}
	return response
}

// isTheirs reports whether an error comes of what was asked, its time included,
// and not of a fault of the gateway.
func isTheirs(err *gqlerror.Error) bool {
	code := err.Extensions["code"]
	return code != string(analytics.Internal) && code != string(analytics.Unavailable)
}

// bucketOf returns whose bucket pays for what a principal asks: its token's; for
// what runs for all who have the same authority, and for an open demo, theirs
// together.
func bucketOf(p *auth.Principal) string {
	if p.TokenID != "" {
		return p.TokenID
	}
	return p.Authority()
}

// wait returns how long it takes until an operation may run.
func (m *meter) wait(c *charge) (wait time.Duration) {
	if m.tokens != nil {
		wait = m.tokens.Wait(c.token, c.estimated)
	}
	if m.orgs != nil {
		wait = max(wait, m.orgs.Wait(c.org, c.estimated))
	}
	return wait
}

// pay takes points, or gives them back.
func (m *meter) pay(c *charge, points int) {
	c.paid += points
	if m.tokens != nil {
		m.tokens.Spend(c.token, points)
	}
	if m.orgs != nil {
		m.orgs.Spend(c.org, points)
	}
	m.look(c)
}

// look reads what is left.
func (m *meter) look(c *charge) {
	if m.tokens != nil {
		c.available = m.tokens.Available(c.token)
	}
}

// costReport is extensions.cost of an answer.
type costReport struct {
	Estimated int       `json:"estimated"`
	Actual    int       `json:"actual"`
	Limit     int       `json:"limit"`
	Throttle  *throttle `json:"throttle,omitempty"`
}

// throttle is what a token has left: its bucket, and how it fills.
type throttle struct {
	Available   int `json:"available"`
	Capacity    int `json:"capacity"`
	RestoreRate int `json:"restoreRate"`
}

func (m *meter) report(c *charge) costReport {
	r := costReport{Estimated: c.estimated, Actual: c.actual, Limit: m.max}
	if c.available >= 0 {
		r.Throttle = &throttle{c.available, int(m.rate.Capacity), int(m.rate.PerSecond)}
	}
	return r
}

// header is what an answer says of its cost in a header.
func (c *charge) header() string {
	text := fmt.Sprintf("estimated=%d, actual=%d", c.estimated, c.actual)
	if c.available >= 0 {
		text += fmt.Sprintf(", available=%d", c.available)
	}
	return text
}

// What a request wishes to hear of its cost.
const (
	wishReport   = "report"
	wishValidate = "validate"
)

// wishOf returns what a request wishes to hear of its cost: by a header, or
// where there are none in its extensions.
func wishOf(op *graphql.OperationContext) string {
	if wish := op.Headers.Get(CostHeader); wish != "" {
		return wish
	}
	wish, _ := op.Extensions["cost"].(string)
	return wish
}

// throttled says that there is nothing left to spend, and how long that lasts.
type throttled struct {
	wait time.Duration
}

func (t *throttled) Error() string { return t.known().Message }

// Unwrap returns what clients may read.
func (t *throttled) Unwrap() error { return t.known() }

func (t *throttled) known() *analytics.Error {
	known := &analytics.Error{}
	errors.As(analytics.Errorf(analytics.LimitExceeded, "too much was asked lately: ask again in %d seconds, or for less", t.seconds()), &known)
	return known
}

// seconds returns the wait in whole seconds, at least one.
func (t *throttled) seconds() int { return max(1, int(math.Ceil(t.wait.Seconds()))) }
