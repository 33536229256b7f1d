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

// tellWebhooks writes a delivery for every occasion and every endpoint that asked
// for its topic, unless it is there: so it may be repeated. Whoever writes what
// the occasions follow from keeps a dirty mark until this is done.
//
// It takes no command without occasions, one where nobody is to be told, else two.
func (r *Repository) tellWebhooks(ctx context.Context, org string, occasions []analytics.Occasion) error {
	if len(occasions) == 0 {
		return nil
	}
	endpoints, err := find[analytics.WebhookEndpoint](ctx, r.coll(collWebhookEndpoints), bson.D{{Key: "org", Value: org}}, wholeResult())
	if err != nil {
		return wrap(err, "find webhook endpoints")
	}
	var deliveries []*analytics.WebhookDelivery
	for _, e := range endpoints {
		for _, o := range occasions {
			if e.Enabled && slices.Contains(e.Topics, o.Topic) && !o.ToldAt.Before(e.CreatedAt) {
				deliveries = append(deliveries, analytics.NewWebhookDelivery(e, o))
			}
		}
	}
	slices.SortFunc(deliveries, func(a, b *analytics.WebhookDelivery) int { return strings.Compare(a.Key, b.Key) })
	documents := make([]any, len(deliveries))
	for i, d := range deliveries {
		documents[i] = d
	}
	_, err = r.insertNew(ctx, collWebhookDeliveries, documents)
	return wrap(err, "insert webhook deliveries")
}

// maxRecovery is how long after an occasion a broken batch may still tell of it:
// well before what was delivered is forgotten, so that nothing is told twice.
const maxRecovery = keepDelivered / 2

// occasionsOf returns what happened to a call beyond what was known of it. A
// thorough derivation does not know whether anybody told of it before.
func (d *derivation) occasionsOf(before *knownCall, call *analytics.Call, now time.Time) []analytics.Occasion {
	if !d.thorough {
		return call.Occasions(before.Told)
	}
	return slices.DeleteFunc(call.Occasions(analytics.CallTold{}), func(o analytics.Occasion) bool { return now.Sub(o.ToldAt) > maxRecovery })
}

// checkoutsIn returns the checkouts among updates of carts.
func checkoutsIn(entries []logEntry, told time.Time) []analytics.Occasion {
	var occasions []analytics.Occasion
	for _, entry := range entries {
		if entry.Update.Kind != cart.CheckedOut {
			continue
		}
		if o := analytics.CheckoutOccasion(entry.CallID, entry.Version, entry.Update.At, told); o.IsNews() {
			occasions = append(occasions, o)
		}
	}
	return occasions
}

// tellBrokenCheckouts tells of the checkouts of calls that a broken batch may not
// have told of: every update is in the log or in its cart's head.
func (d *derivation) tellBrokenCheckouts(ctx context.Context, callIDs []string) error {
	if d.brokenAt.IsZero() || len(callIDs) == 0 {
		return nil
	}
	since := d.brokenAt.Add(-analytics.MaxOccasionAge)
	filter := within(d.reach).in("call", callIDs).and("update.kind", string(cart.CheckedOut)).
		and("update.at", bson.D{{Key: "$gte", Value: since}}).filter()
	logged, err := find[logEntry](ctx, d.r.coll(collCartUpdates), filter, wholeResult())
	if err != nil {
		return wrap(err, "find checkouts of carts")
	}
	heads, err := d.r.headsOf(ctx, d.reach, callIDs)
	if err != nil {
		return err
	}
	var entries []logEntry
	for _, entry := range logged {
		entries = append(entries, *entry)
	}
	for _, id := range sortedKeys(heads) {
		entries = append(entries, heads[id].entries()...)
	}
	return d.r.tellWebhooks(ctx, d.reach.Org, checkoutsIn(entries, d.brokenAt))
}

// tellBrokenEnds tells of the ends of live events that a broken batch may not have
// told of.
func (d *derivation) tellBrokenEnds(ctx context.Context, subjects []string) error {
	var ids []string
	for _, subject := range subjects {
		if id, ok := analytics.SubjectID("live_event", subject); ok && !d.brokenAt.IsZero() {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	ended, err := d.r.LiveEventsByID(ctx, d.reach, ids)
	if err != nil {
		return err
	}
	var occasions []analytics.Occasion
	for _, id := range sortedKeys(ended) {
		if o, ok := ended[id].EndOccasion(d.brokenAt); ok && o.IsNews() {
			occasions = append(occasions, o)
		}
	}
	return d.r.tellWebhooks(ctx, d.reach.Org, occasions)
}
