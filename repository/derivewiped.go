package repository

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// wipe takes away what is derived from the broadcasts of a live event that were
// reset: their chat, the products displayed in them alone, and what was decided
// in them. Their events stay, as everything that came in does, and are passed
// over wherever something is derived. It does nothing for a live event without a
// reset.
func (d *derivation) wipe(ctx context.Context, subject string) error {
	id, ok := analytics.SubjectID("live_event", subject)
	if !ok {
		return nil
	}
	liveEvents, err := d.r.LiveEventsByID(ctx, d.reach, []string{id})
	if err != nil || liveEvents[id] == nil || len(liveEvents[id].Wiped) == 0 {
		return err
	}
	e := liveEvents[id]
	if err := d.wipeChat(ctx, subject, e.Wiped); err != nil {
		return err
	}
	if err := d.wipeProducts(ctx, e); err != nil {
		return err
	}
	return d.wipeModerations(ctx, id)
}

// wipeChat deletes the messages of a live event that lie in wiped spans.
func (d *derivation) wipeChat(ctx context.Context, subject string, wiped []analytics.Period) error {
	models := make([]mongo.WriteModel, len(wiped))
	for i, span := range wiped {
		c := within(d.reach).and("subject", subject).and("at", during(span))
		models[i] = mongo.NewDeleteManyModel().SetFilter(c.filter())
	}
	_, err := d.r.write(ctx, collMessages, models)
	return wrap(err, "delete wiped chat of %s", subject)
}

// wipeProducts takes from a live event the products that were displayed in wiped
// spans alone. One that is displayed again just now may be taken away with them:
// the events are gone through once more after this, and add it again.
func (d *derivation) wipeProducts(ctx context.Context, e *analytics.LiveEvent) error {
	displayed, err := find[analytics.Event](ctx, d.r.coll(collEvents),
		within(d.reach).and("subject", analytics.LiveEventSubject(e.LiveEventID)).and("type", string(analytics.ProductDisplayed)).filter(),
		wholeResult().SetProjection(bson.D{{Key: "at", Value: 1}, {Key: "data.sku", Value: 1}}))
	if err != nil {
		return wrap(err, "find products displayed in %s", e.LiveEventID)
	}
	stays := map[string]bool{}
	for _, event := range displayed {
		if !isWiped(e, event) {
			stays[event.Data.SKU] = true
		}
	}
	gone := []string{}
	for _, sku := range e.SKUs {
		if !stays[sku] {
			gone = append(gone, sku)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	pull := bson.D{{Key: "$pull", Value: bson.D{{Key: "skus", Value: bson.D{{Key: "$in", Value: gone}}}}}}
	defer d.r.referencesChanged(collLiveEvents, d.reach.Org, e.LiveEventID)
	_, err = d.r.coll(collLiveEvents).UpdateOne(ctx, append(conditions{}.and("_id", d.reach.Key(e.LiveEventID)), within(d.reach)...).filter(), pull)
	return wrap(err, "take products from %s", e.LiveEventID)
}

// wipeModerations derives again what was decided about the messages and viewers
// of a live event: what was decided in wiped spans no longer counts.
func (d *derivation) wipeModerations(ctx context.Context, liveEventID string) error {
	for behind := ""; ; {
		found, err := find[analytics.Moderation](ctx, d.r.coll(collModerations),
			within(d.reach).and("liveEvent", liveEventID).and("_id", bson.D{{Key: "$gt", Value: d.reach.Key(behind)}}).filter(),
			options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(deriveAtOnce).SetBatchSize(oneBatch(deriveAtOnce)).
				SetProjection(bson.D{{Key: "id", Value: 1}}))
		if err != nil {
			return wrap(err, "find moderations of %s", liveEventID)
		}
		if len(found) == 0 {
			return nil
		}
		subjects := make([]string, len(found))
		for i, m := range found {
			subjects[i] = m.Subject
		}
		if err := d.foldModerations(ctx, subjects); err != nil {
			return err
		}
		behind = subjects[len(subjects)-1]
	}
}
