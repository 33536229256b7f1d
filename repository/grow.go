package repository

import (
	"context"
	"maps"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cartograph/analytics"
)

// What events add to the record of a workflow or a live event: its goals, its
// products. Records are read with every page, and senders choose goals and SKUs, so
// a record takes no more than so many of them, the first that came. Most batches
// bring nothing new: then nothing is written.

type shownProduct struct{ liveEventID, sku string }

type triggeredGoal struct{ workflowID, uid, name string }

// addGoals adds goals to the workflows that triggered them.
func (d *derivation) addGoals(ctx context.Context, goals map[triggeredGoal]bool) error {
	ids := map[string]bool{}
	for goal := range goals {
		ids[goal.workflowID] = true
	}
	known, err := grown[analytics.Workflow](ctx, d, collWorkflows, "goals", ids, func(w *analytics.Workflow) string { return w.WorkflowID })
	if err != nil {
		return err
	}
	added := map[string][]any{}
	for _, goal := range sortedPairs(goals, func(g triggeredGoal) string { return g.workflowID + "\x00" + g.uid + "\x00" + g.name }) {
		w, fresh := known[goal.workflowID], analytics.Goal{UID: goal.uid, Name: goal.name}
		if w != nil && len(w.Goals) < analytics.MaxGoals && !slices.Contains(w.Goals, fresh) {
			w.Goals = append(w.Goals, fresh)
			added[goal.workflowID] = append(added[goal.workflowID], fresh)
		}
	}
	return d.addToSets(ctx, collWorkflows, "goals", added)
}

// addProducts adds products to the live events that displayed them.
func (d *derivation) addProducts(ctx context.Context, shown map[shownProduct]bool) error {
	ids := map[string]bool{}
	for product := range shown {
		ids[product.liveEventID] = true
	}
	known, err := grown[analytics.LiveEvent](ctx, d, collLiveEvents, "skus", ids, func(e *analytics.LiveEvent) string { return e.LiveEventID })
	if err != nil {
		return err
	}
	added := map[string][]any{}
	for _, product := range sortedPairs(shown, func(p shownProduct) string { return p.liveEventID + "\x00" + p.sku }) {
		e := known[product.liveEventID]
		if e != nil && len(e.SKUs) < analytics.MaxSKUs && !slices.Contains(e.SKUs, product.sku) {
			e.SKUs = append(e.SKUs, product.sku)
			added[product.liveEventID] = append(added[product.liveEventID], product.sku)
		}
	}
	return d.addToSets(ctx, collLiveEvents, "skus", added)
}

// grown returns records with what events added to them, by native id.
func grown[T any](ctx context.Context, d *derivation, collection, field string, ids map[string]bool, idOf func(*T) string) (map[string]*T, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := find[T](ctx, d.r.coll(collection), append(conditions{}.in("_id", keysOf(d.reach, sortedKeys(ids))), within(d.reach)...).filter(),
		wholeResult().SetProjection(fields("id", field)))
	if err != nil {
		return nil, wrap(err, "find %s of %s", field, collection)
	}
	byID := make(map[string]*T, len(found))
	for _, record := range found {
		byID[idOf(record)] = record
	}
	return byID, nil
}

// sortedPairs returns the members of a set in the order of what key says.
func sortedPairs[T comparable](set map[T]bool, key func(T) string) []T {
	return slices.SortedFunc(maps.Keys(set), func(a, b T) int { return strings.Compare(key(a), key(b)) })
}

// addToSets adds to a field of records, by native id, what it does not hold yet.
func (d *derivation) addToSets(ctx context.Context, collection, field string, added map[string][]any) error {
	var models []mongo.WriteModel
	ids := sortedKeys(added)
	for _, id := range ids {
		models = append(models, mongo.NewUpdateOneModel().
			SetFilter(bson.D{{Key: "_id", Value: d.reach.Key(id)}, {Key: "org", Value: d.reach.Org}}).
			SetUpdate(bson.D{{Key: "$addToSet", Value: bson.D{{Key: field, Value: bson.D{{Key: "$each", Value: added[id]}}}}}}))
	}
	defer d.r.referencesChanged(collection, d.reach.Org, ids...)
	_, err := d.r.write(ctx, collection, models)
	return wrap(err, "add %s to %s", field, collection)
}
