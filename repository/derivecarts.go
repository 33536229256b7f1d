package repository

import (
	"context"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
	"cartograph/cart"
)

// lateShopEvent is how long before its mark an event of a broken batch came in
// at most. What is older was applied when it came; a cart remembers much more
// than this holds.
const lateShopEvent = 10 * time.Minute

// isShopEvent reports whether an event says that the shopper changed the shop's
// cart in a call.
func isShopEvent(e *analytics.Event) bool {
	_, ofCall := analytics.SubjectID("call", e.Subject)
	return ofCall && (e.Type == analytics.AddedToCart || e.Type == analytics.RemovedFromCart)
}

// cartFacts returns what the carts of calls say about them, by call id; an
// untouched cart says nothing.
func (d *derivation) cartFacts(ctx context.Context, callIDs []string) (map[string]*analytics.CartFacts, error) {
	heads, err := find[cartHead](ctx, d.r.coll(collCarts), within(d.reach).in("_id", keysOf(d.reach, callIDs)).filter(),
		wholeResult().SetProjection(bson.D{{Key: "id", Value: 1}, {Key: "state.cart.agentAdded", Value: 1}, {Key: "state.cart.checkedOut", Value: 1}}))
	if err != nil {
		return nil, wrap(err, "find carts of calls")
	}
	facts := make(map[string]*analytics.CartFacts, len(heads))
	for _, h := range heads {
		f := &analytics.CartFacts{Added: h.State.Cart.AgentAdded}
		if checkout := h.State.Cart.CheckedOut; checkout != nil {
			f.CheckedOut, f.Value = true, (*analytics.Money)(checkout.Value)
			for _, item := range checkout.Items {
				f.CheckedSKUs = append(f.CheckedSKUs, item.SKU)
			}
		}
		facts[h.CallID] = f
	}
	return facts, nil
}

// shopEvents are events of one call that its cart has to follow, in their order.
type shopEvents struct {
	call   *analytics.Call
	events []*analytics.Event
}

// toFollow returns those of a call's events that its cart has to follow now:
// what this batch brought, all of a call that nothing named before, and what a
// broken batch may have brought. A cart that is closed follows nothing.
func (d *derivation) toFollow(before *knownCall, call *analytics.Call, events []*analytics.Event, now time.Time) []*analytics.Event {
	if call.Status == analytics.Missed || call.EndedAt != nil && !now.Before(call.EndedAt.Add(cart.OpenAfterCall)) {
		return nil
	}
	var follow []*analytics.Event
	for _, e := range events {
		broken := !d.brokenAt.IsZero() && !e.Received.Before(d.brokenAt.Add(-lateShopEvent))
		if isShopEvent(e) && (before == nil || d.shop[e.Key] || broken) {
			follow = append(follow, e)
		}
	}
	slices.SortFunc(follow, func(a, b *analytics.Event) int { return strings.Compare(a.Rank(), b.Rank()) })
	return follow
}

// followShop lets carts follow what shoppers did in the shop. What a cart cannot
// follow changes nothing, and neither does what it followed before.
func (d *derivation) followShop(ctx context.Context, followed []shopEvents, now time.Time) error {
	if len(followed) == 0 {
		return nil
	}
	skus := map[string]bool{}
	for _, f := range followed {
		for _, e := range f.events {
			skus[e.Data.SKU] = true
		}
	}
	products, err := d.r.ProductsBySKU(ctx, d.reach, sortedKeys(skus))
	if err != nil {
		return err
	}
	works := make([]cartWork, len(followed))
	for i, f := range followed {
		works[i] = cartWork{callID: f.call.CallID, facts: factsOf(f.call.AgentID, f.call.QueueID, f.call.EndedAt), call: cart.Call{EndedAt: f.call.EndedAt}}
		for _, e := range f.events {
			works[i].commands = append(works[i].commands, shopCommand(e, products[e.Data.SKU]))
		}
	}
	_, err = d.r.changeCarts(ctx, d.reach.Org, works, now)
	return err
}

func shopCommand(e *analytics.Event, p *analytics.Product) cart.Command {
	if e.Type == analytics.RemovedFromCart {
		return cart.ShopRemoved{EventID: e.SenderID(), SKU: e.Data.SKU, Quantity: int(e.Data.Quantity)}
	}
	return cart.ShopAdded{EventID: e.SenderID(), Product: soldAs(p, e.Data.SKU), Quantity: int(e.Data.Quantity)}
}
