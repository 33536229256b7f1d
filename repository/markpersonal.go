package repository

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// markPersonal goes once through all events of a store, and notes the time of
// their personal data on those that were stored by a version that did not, and on
// what they are shown in. It goes through again where it was broken off. An event
// that cannot be decoded counts as holding personal data since it happened: so it
// is due, and whoever forgets tells of it.
func (r *Repository) markPersonal(ctx context.Context) error {
	var state blankings
	err := r.coll(collState).FindOne(ctx, ofBlankings).Decode(&state)
	if err != nil && !errors.Is(err, mongo.ErrNoDocuments) {
		return wrap(err, "find out whether personal data is marked")
	}
	if state.Marked {
		return nil
	}
	for last, more := "", true; more; {
		var events []*analytics.Event
		var broken []mongo.WriteModel
		err := eachFound(ctx, r.coll(collEvents), bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: last}}}}, func(document bson.Raw, _ int) error {
			last = keyIn(document)
			e := new(analytics.Event)
			if decode(document, e) != nil {
				broken = append(broken, markBroken(document))
			} else {
				events = append(events, e)
			}
			return nil
		}, options.Find().SetSort(bson.D{{Key: "_id", Value: 1}}).SetLimit(forgetBatch).SetBatchSize(oneBatch(forgetBatch)))
		if err != nil {
			return wrap(err, "find events to mark")
		}
		more = len(events)+len(broken) == forgetBatch
		if err := r.markEvents(ctx, events); err != nil {
			return err
		}
		if _, err := r.write(ctx, collEvents, broken); err != nil {
			return wrap(err, "mark events that cannot be decoded")
		}
	}
	_, err = r.coll(collState).UpdateOne(ctx, ofBlankings, bson.D{{Key: "$set", Value: bson.D{{Key: "marked", Value: true}}}}, options.UpdateOne().SetUpsert(true))
	return wrap(err, "note that personal data is marked")
}

// markBroken returns the update that marks an event which cannot be decoded.
func markBroken(document bson.Raw) mongo.WriteModel {
	org, _ := document.Lookup("org").StringValueOK()
	at, ok := document.Lookup("at").TimeOK()
	if !ok {
		at = time.Unix(0, 0)
	}
	return changeOf(org, keyIn(document), bson.D{{Key: "$min", Value: bson.D{{Key: "personal", Value: at.UTC()}}}})
}

// markEvents marks what is shown of events before the events themselves.
func (r *Repository) markEvents(ctx context.Context, events []*analytics.Event) error {
	models := map[string][]mongo.WriteModel{}
	for _, e := range events {
		at := e.PersonalTime()
		if at == nil || e.Personal != nil {
			continue
		}
		mark := func(collection, key string) {
			models[collection] = append(models[collection], changeOf(e.Org, key, bson.D{{Key: "$min", Value: bson.D{{Key: "personal", Value: at.UTC().Truncate(time.Millisecond)}}}}))
		}
		mark(collEvents, e.Key)
		if id, ofCall := analytics.SubjectID("call", e.Subject); ofCall {
			mark(collCalls, analytics.Reach{Org: e.Org}.Key(id)) // too early at worst: it is derived again
		} else if e.Type == analytics.MessageSent {
			mark(collMessages, analytics.NewChatMessage(e.Org, e).Key)
		}
	}
	for _, collection := range []string{collCalls, collMessages, collEvents} {
		if _, err := r.write(ctx, collection, models[collection]); err != nil {
			return wrap(err, "mark personal data of %s", collection)
		}
	}
	return nil
}
