package repository

import (
	"context"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
	"cartograph/cart"
)

const (
	// maxChanges bounds how many updates are read at once for somebody who was away:
	// each is shown with its cart.
	maxChanges = 50
	// wholeEvery is at how many updates the log has one with the whole cart after it,
	// some 40 kilobytes of a full one. The carts after the others follow from that and
	// the updates: so who reads on from any version reads 49 updates more at most, and
	// the log of a cart grows with what changes, not with what is in the cart.
	wholeEvery = 50
)

// CartChanges returns the updates of a call's cart after a version, in order and
// without gaps; none if there are no later ones. It returns at most 50; whoever
// gets so many asks again. It takes one database command for who is up to date
// or one behind, and two for everybody else.
//
// The version of the cart is 0, and there are no updates, where the cart is
// untouched or out of reach: see CartsByCall for the difference.
func (r *Repository) CartChanges(ctx context.Context, reach analytics.Reach, callID string, after int64) (changes []*cart.Change, version int64, err error) {
	heads, err := r.headsOf(ctx, reach, []string{callID})
	if err != nil || heads[callID] == nil {
		return nil, 0, err
	}
	h := heads[callID]
	if h.Version <= after {
		return nil, h.Version, nil
	}
	carried := h.entries()
	first := h.Version - int64(len(carried)) + 1
	if after+1 < first {
		logged, err := r.loggedUpdates(ctx, reach.Org, callID, after, first, maxChanges)
		if err != nil {
			return nil, 0, err
		}
		for _, entry := range logged {
			if entry.Version != after+1 {
				return nil, 0, analytics.Errorf(analytics.Unavailable, "update %d of the cart cannot be read at the moment", after+1)
			}
			changes = append(changes, entry.change())
			after++
		}
		if after+1 < first {
			return changes, h.Version, nil
		}
	}
	for i := range carried {
		if carried[i].Version > after {
			changes = append(changes, carried[i].change())
		}
	}
	return changes, h.Version, nil
}

// LatestCartChange returns the latest update of a call's cart, and what stands
// for it while the cart is untouched or out of reach.
func (r *Repository) LatestCartChange(ctx context.Context, reach analytics.Reach, callID string) (*cart.Change, error) {
	heads, err := r.headsOf(ctx, reach, []string{callID})
	if err != nil {
		return nil, err
	}
	h := heads[callID]
	if h == nil {
		return cart.Untouched(callID), nil
	}
	carried := h.entries()
	return carried[len(carried)-1].change(), nil
}

// CartVersions returns how far carts are, by topic (analytics.CartTopic); an
// untouched cart has no entry. It is for those who watch already, on behalf of
// many organizations at once.
func (r *Repository) CartVersions(ctx context.Context, topics []string) (map[string]int64, error) {
	keys := make([]string, len(topics))
	for i, topic := range topics {
		keys[i] = strings.TrimPrefix(topic, analytics.CartTopicPrefix)
	}
	heads, err := find[cartHead](ctx, r.coll(collCarts), conditions{}.in("_id", keys).filter(),
		options.Find().SetBatchSize(oneBatch(len(keys))).SetProjection(bson.D{{Key: "version", Value: 1}}))
	if err != nil {
		return nil, wrap(err, "find versions of carts")
	}
	versions := make(map[string]int64, len(heads))
	for _, h := range heads {
		versions[analytics.CartTopicPrefix+h.Key] = h.Version
	}
	return versions, nil
}

// loggedUpdates returns what the log has between two versions, the first ones, each
// with its cart. It fails with Unavailable where one is missing.
func (r *Repository) loggedUpdates(ctx context.Context, org, callID string, after, below int64, most int) ([]*logEntry, error) {
	after = max(after, 0)
	whole := after - after%wholeEvery // the last one that has its cart, or the untouched cart
	limit := int(after-whole) + 1 + most
	filter := within(analytics.Reach{Org: org}).and("call", callID).
		and("version", bson.D{{Key: "$gte", Value: whole}, {Key: "$lt", Value: below}}).filter()
	entries, err := find[logEntry](ctx, r.coll(collCartUpdates), filter,
		options.Find().SetSort(bson.D{{Key: "version", Value: 1}}).SetLimit(int64(limit)).SetBatchSize(oneBatch(limit)))
	if err != nil {
		return nil, wrap(err, "find updates of a cart")
	}
	var last cart.Cart
	for _, entry := range entries {
		if entry.Cart == nil { // else it is there, in all of them where an earlier version wrote
			if entry.Version != last.Version+1 {
				return nil, analytics.Errorf(analytics.Unavailable, "update %d of the cart cannot be read at the moment", last.Version+1)
			}
			next := last.After(entry.Update)
			entry.Cart = &next
		}
		last = *entry.Cart
	}
	entries = slices.DeleteFunc(entries, func(e *logEntry) bool { return e.Version <= after })
	return entries[:min(most, len(entries))], nil
}
