package repository

import (
	"context"

	"cartograph/analytics"
)

// callOrders are the orders of calls; the first in time is the one of lists that
// ask for none.
var callOrders = map[analytics.CallOrderField]listOrder[analytics.Call]{
	analytics.ByTime: {
		name: "calls by time", field: "at", kind: sortByTime, backward: true,
		position: func(c *analytics.Call) position { return position{timeValue(c.At), c.CallID} },
	},
	analytics.ByDuration: {
		name: "calls by duration", field: "byDuration", kind: sortByNumber, backward: true,
		position: func(c *analytics.Call) position { return position{numberValue(c.ByDuration), c.CallID} },
	},
}

// callOrder returns the order asked for: the latest first for none.
func callOrder(o analytics.CallOrder) (listOrder[analytics.Call], error) {
	if o.Field == "" {
		o.Field = analytics.ByTime
	}
	order, known := callOrders[o.Field]
	if !known {
		return order, analytics.Errorf(analytics.BadUserInput, "calls have no order by %q", o.Field)
	}
	return order.directed(o.Direction), nil
}

// CallsByID returns the calls with the given native ids, by native id; an id
// without a call in reach has no entry.
func (r *Repository) CallsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Call, error) {
	return findByID(ctx, r, collCalls, reach, withinCalls(reach), ids, func(c *analytics.Call) string { return c.CallID })
}

// Calls returns a page of the calls that the filter finds. It fails with
// BadUserInput for a filter or paging arguments that are not valid. Parts of
// the calls may be left out.
func (r *Repository) Calls(ctx context.Context, reach analytics.Reach, filter analytics.CallFilter, order analytics.CallOrder, page analytics.PageArgs, without ...Part) (*analytics.CallConnection, error) {
	c, err := callConditions(reach, filter)
	if err != nil {
		return nil, err
	}
	o, err := callOrder(order)
	if err != nil {
		return nil, err
	}
	return list(ctx, r, collCalls, reach, c, o, page, without...)
}

// CountCalls returns how many calls the filter finds. It fails with
// BadUserInput for a filter that is not valid.
func (r *Repository) CountCalls(ctx context.Context, reach analytics.Reach, filter analytics.CallFilter) (int, error) {
	c, err := callConditions(reach, filter)
	if err != nil {
		return 0, err
	}
	return count(ctx, r, collCalls, c)
}

// CallParent says what a call belongs to, by the field that holds it.
type CallParent string

// The parents of calls: the agent who took it, the queue it came through, the
// shopper's browser, and a product met in it (by any SKU of the product).
const (
	ByAgent   CallParent = "agent"
	ByQueue   CallParent = "queue"
	ByClient  CallParent = "client"
	ByProduct CallParent = "skus"
)

// CallsByParent returns, for each parent, a page of its calls that the filter
// finds, by the parents' ids: see listByParent for how few commands it takes. It
// fails as Calls does.
func (r *Repository) CallsByParent(ctx context.Context, reach analytics.Reach, kind CallParent, parents []Parent, filter analytics.CallFilter, order analytics.CallOrder, page analytics.PageArgs) (map[string]*analytics.CallConnection, error) {
	c, err := callConditions(reach, filter)
	if err != nil {
		return nil, err
	}
	o, err := callOrder(order)
	if err != nil {
		return nil, err
	}
	return listByParent(ctx, r, collCalls, reach, c, o, string(kind), parents, page)
}

// CountCallsByParent returns, for each parent, how many calls the filter finds,
// by the parents' ids.
func (r *Repository) CountCallsByParent(ctx context.Context, reach analytics.Reach, kind CallParent, parents []Parent, filter analytics.CallFilter) (map[string]int, error) {
	c, err := callConditions(reach, filter)
	if err != nil {
		return nil, err
	}
	return countByParent(ctx, r, collCalls, c, string(kind), parents)
}
