package repository

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
	"cartograph/cart"
)

// CartFilter says which carts a list shows; nil asks for nothing.
type CartFilter struct {
	Open    *bool // of calls that go on or ended less than cart.OpenAfterCall ago
	AgentID *string
	QueueID *string
}

var cartsByTime = listOrder[cartHead]{
	name: "carts by time", field: "at", kind: sortByTime, backward: true,
	position: func(h *cartHead) position { return position{timeValue(h.At), h.CallID} },
}

// CartsByCall returns the carts of calls, by call id; an untouched cart, and one
// of a call out of reach, has no entry.
func (r *Repository) CartsByCall(ctx context.Context, reach analytics.Reach, callIDs []string) (map[string]*cart.OfCall, error) {
	heads, err := findByID(ctx, r, collCarts, reach, withinCalls(reach), callIDs, func(h *cartHead) string { return h.CallID }, cartMemory, cartFresh)
	if err != nil {
		return nil, err
	}
	carts := make(map[string]*cart.OfCall, len(heads))
	for id, h := range heads {
		carts[id] = h.shown()
	}
	return carts, nil
}

func (h *cartHead) shown() *cart.OfCall { return &cart.OfCall{CallID: h.CallID, Cart: h.State.Cart} }

// Carts returns a page of the carts that the filter finds, the latest changed
// first. It fails with BadUserInput for paging arguments that are not valid.
func (r *Repository) Carts(ctx context.Context, reach analytics.Reach, filter CartFilter, page analytics.PageArgs, now time.Time) (*analytics.Connection[cart.OfCall], error) {
	heads, err := list(ctx, r, collCarts, reach, cartConditions(reach, filter, now), cartsByTime, page, cartMemory, cartFresh)
	if err != nil {
		return nil, err
	}
	carts := &analytics.Connection[cart.OfCall]{PageInfo: heads.PageInfo, Edges: make([]analytics.Edge[cart.OfCall], len(heads.Edges))}
	for i, edge := range heads.Edges {
		carts.Edges[i] = analytics.Edge[cart.OfCall]{Node: edge.Node.shown(), Cursor: edge.Cursor}
	}
	return carts, nil
}

// CountCarts returns how many carts the filter finds.
func (r *Repository) CountCarts(ctx context.Context, reach analytics.Reach, filter CartFilter, now time.Time) (int, error) {
	return count(ctx, r, collCarts, cartConditions(reach, filter, now))
}

func cartConditions(reach analytics.Reach, f CartFilter, now time.Time) conditions {
	c := withinCalls(reach)
	if f.AgentID != nil {
		c = c.and("agent", analytics.NativeID("Agent", *f.AgentID))
	}
	if f.QueueID != nil {
		c = c.and("queue", analytics.NativeID("Queue", *f.QueueID))
	}
	if f.Open != nil {
		operator := "$lte"
		if *f.Open {
			operator = "$gt"
		}
		c = c.and("closes", bson.D{{Key: operator, Value: now}})
	}
	return c
}

// expireAtOnce bounds the carts that one call of ExpireCarts looks at.
const expireAtOnce = 500

// ExpireCarts expires the requests of all carts that nobody answered in time,
// and returns how many carts that changed. Any number of gateways may run it, on
// any carts: each request expires once. A cart that cannot be changed pauses, and
// does not keep the others.
func (r *Repository) ExpireCarts(ctx context.Context, now time.Time) (int, error) {
	const what = "expire requests of carts"
	filter := bson.D{{Key: "expires", Value: bson.D{{Key: "$lte", Value: now}}}}
	due, err := find[cartHead](ctx, r.coll(collCarts), r.pauses.leaveOut(filter, "_id", what, now),
		options.Find().SetSort(bson.D{{Key: "expires", Value: 1}}).SetLimit(expireAtOnce).SetBatchSize(oneBatch(expireAtOnce)).
			SetProjection(bson.D{{Key: "org", Value: 1}, {Key: "id", Value: 1}}))
	if err != nil {
		return 0, wrap(err, "find carts with expired requests")
	}
	byOrg := map[string][]cartWork{}
	for _, h := range due {
		byOrg[h.Org] = append(byOrg[h.Org], cartWork{callID: h.CallID})
	}
	changed := 0
	_, err = workApart(ctx, r, what, now, sortedKeys(byOrg), itself, func(ctx context.Context, org string) error {
		var failed failures
		err := inHalves(ctx, byOrg[org], func(ctx context.Context, works []cartWork) error {
			done, err := r.changeCarts(ctx, org, works, now)
			for id, d := range done {
				r.pauses.done(what, analytics.Reach{Org: org}.Key(id))
				if d.changed {
					changed++
				}
			}
			return err
		}, func(w cartWork, err error) {
			r.pauses.failed(what, analytics.Reach{Org: org}.Key(w.callID), now)
			failed.add(wrap(err, "expire requests of the cart of %s", w.callID))
		})
		return errors.Join(err, failed.err())
	})
	return changed, err
}
