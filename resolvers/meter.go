package resolvers

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/limits"
)

// costSpent is where an operation notes what its latest answer cost.
const costSpent = "cost spent"

// meter charges operations for what they cost: their estimate before they run,
// and what they did in the end. It refuses what costs too much, and whoever has
// nothing left.
type meter struct {
	prices   *limits.Prices
	max      int
	accounts *limits.Accounts
	present  graphql.ErrorPresenterFunc
}

var _ interface {
	graphql.OperationContextMutator
	graphql.OperationInterceptor
	graphql.ResponseInterceptor
	graphql.HandlerExtension
} = (*meter)(nil)

// ExtensionName names the meter among the extensions of gqlgen.
func (*meter) ExtensionName() string { return "Meter" }

// Validate has nothing to check at the start.
func (*meter) Validate(graphql.ExecutableSchema) error { return nil }

// MutateOperationContext fails with LimitExceeded for an operation that costs
// more than one may, before anything of it runs.
func (m *meter) MutateOperationContext(_ context.Context, op *graphql.OperationContext) *gqlerror.Error {
	estimated := m.prices.Estimate(op.Operation, op.Variables)
	op.Stats.SetExtension(limits.CostHeader, estimated)
	if estimated > m.max && wishOf(op) != wishValidate {
		return gqlerror.Wrap(analytics.Errorf(analytics.LimitExceeded,
			"the operation may cost %d points, at most %d are allowed: ask for fewer items by first or last, or in several operations", estimated, m.max))
	}
	return nil
}

type chargeKey struct{}

// chargeOf returns what an operation costs, nil for one that is not run.
func chargeOf(ctx context.Context) *limits.Charge {
	c, _ := ctx.Value(chargeKey{}).(*limits.Charge)
	return c
}

// InterceptOperation charges for the estimate, or answers that there is not
// enough left. A dry run is answered here.
func (m *meter) InterceptOperation(ctx context.Context, next graphql.OperationHandler) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	estimated, _ := op.Stats.GetExtension(limits.CostHeader).(int)
	c := m.accounts.Charge(payerOf(ctx), estimated)
	if wishOf(op) == wishValidate {
		return graphql.OneShot(&graphql.Response{Extensions: map[string]any{"cost": m.report(c)}})
	}
	if err := c.Pay(); err != nil {
		return graphql.OneShot(&graphql.Response{Errors: gqlerror.List{m.present(ctx, err)}})
	}
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
	actual := m.prices.Actual(op.Operation, op.Variables, response.Data)
	if slices.ContainsFunc(response.Errors, isTheirs) {
		actual = max(actual, c.Estimated)
	}
	op.Stats.SetExtension(costSpent, actual)
	c.Settle(actual)
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

// payerOf returns who pays for what is asked: those who show no token, and so see
// the schema only, together.
func payerOf(ctx context.Context) limits.Payer {
	p := auth.From(ctx)
	if p == nil {
		return limits.Payer{}
	}
	return limits.Payer{Token: p.Account(), Org: p.Org}
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

func (m *meter) report(c *limits.Charge) costReport {
	r := costReport{Estimated: c.Estimated, Actual: c.Actual, Limit: m.max}
	if rate, limited := m.accounts.TokenRate(); limited {
		r.Throttle = &throttle{c.Available(), int(rate.Capacity), int(rate.PerSecond)}
	}
	return r
}

// What a request wishes to hear of its cost.
const (
	wishReport   = "report"
	wishValidate = "validate"
)

// wishOf returns what a request wishes to hear of its cost: by a header, or
// where there are none in its extensions.
func wishOf(op *graphql.OperationContext) string {
	if wish := op.Headers.Get(limits.CostHeader); wish != "" {
		return wish
	}
	wish, _ := op.Extensions["cost"].(string)
	return wish
}
