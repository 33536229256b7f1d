package repository

import (
	"context"
	"maps"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cartograph/analytics"
)

// PutCatalog creates or replaces reference records of one organization and
// returns one outcome per record, in order. Of two with one id the later stands.
// An interaction of a live event that is neither known nor earlier in the batch
// is refused with NotFound.
//
// What events add to a record of their own (the products shown in a live event,
// the goals of a workflow) stays. What a record says of a broadcast that was reset
// is passed over. It fails only where nothing can be said; the
// records may then be sent again. The number of database commands does not
// depend on the number of records.
func (r *Repository) PutCatalog(ctx context.Context, org string, records []analytics.CatalogRecord) ([]Outcome, error) {
	p := &catalogPut{r: r, reach: analytics.Reach{Org: org}, models: map[string]map[string]mongo.WriteModel{}, ended: map[string]analytics.Occasion{}, moved: map[string]bool{}}
	outcomes, err := p.decide(ctx, records)
	if err != nil {
		return nil, wrap(err, "put %d catalog records", len(records))
	}
	mark, err := p.markEnded(ctx)
	if err != nil {
		return nil, wrap(err, "put %d catalog records", len(records))
	}
	defer p.tellWritten()
	// A live event whose phases move is folded in the background, as after events of
	// its own: else everybody who asks would fold it, until the next event came.
	if err := r.aroundLiveChange(ctx, org, &liveMark{LiveEvents: sortedKeys(p.moved)}, func() error { return p.write(ctx) }); err != nil {
		return nil, err
	}
	if err := p.tellEnded(ctx, mark); err != nil {
		return nil, wrap(err, "put %d catalog records", len(records))
	}
	if err := r.regroupProducts(ctx, p.reach, p.regrouped); err != nil {
		return nil, wrap(err, "put %d catalog records", len(records))
	}
	return outcomes, wrap(r.dropPlaceholders(ctx, p.reach, p.covered), "put %d catalog records", len(records))
}

// catalogPut is a batch of records on its way in.
type catalogPut struct {
	r       *Repository
	reach   analytics.Reach
	models  map[string]map[string]mongo.WriteModel // by collection and key
	covered []string                               // keys of SKUs that products bring as variations or sizes
	// regrouped are the SKUs of products that have several.
	regrouped []string
	ended     map[string]analytics.Occasion // live events that ended lately, by subject
	moved     map[string]bool               // ids of known live events of which start or end change
}

// write writes all records.
func (p *catalogPut) write(ctx context.Context) error {
	for _, collection := range []string{collAgents, collQueues, collProducts, collLiveEvents, collInteractions, collWorkflows} {
		var models []mongo.WriteModel
		for _, key := range slices.Sorted(maps.Keys(p.models[collection])) {
			models = append(models, p.models[collection][key])
		}
		if err := p.r.writeInsisting(ctx, collection, models); err != nil {
			return wrap(err, "write %s", collection)
		}
	}
	return nil
}

// tellWritten tells of the reference documents that were written. A product may have
// lost SKUs that meant it, which nobody knows here: all products of the organization
// are told to have changed.
func (p *catalogPut) tellWritten() {
	for _, collection := range cachedCollections {
		keys := sortedKeys(p.models[collection])
		if collection == collProducts && len(keys) > 0 {
			p.r.allReferencesChanged(collection, p.reach.Org)
			continue
		}
		p.r.referencesChanged(collection, p.reach.Org, nativeIDs(p.reach, keys)...)
	}
}

// markEnded marks the live events that ended, before they are written: should the
// gateway die, Recover tells of their ends. It returns nil where none did.
func (p *catalogPut) markEnded(ctx context.Context) (*dirtyMark, error) {
	if len(p.ended) == 0 {
		return nil, nil
	}
	return p.r.setMark(ctx, p.reach.Org, sortedKeys(p.ended))
}

// tellEnded writes what webhooks tell of the live events that ended.
func (p *catalogPut) tellEnded(ctx context.Context, mark *dirtyMark) error {
	if mark == nil {
		return nil
	}
	var occasions []analytics.Occasion
	for _, subject := range sortedKeys(p.ended) {
		occasions = append(occasions, p.ended[subject])
	}
	if err := p.r.tellWebhooks(ctx, p.reach.Org, occasions); err != nil {
		return err
	}
	return p.r.clearMark(ctx, mark)
}

// decide settles what is to be written.
func (p *catalogPut) decide(ctx context.Context, records []analytics.CatalogRecord) ([]Outcome, error) {
	named := map[string]bool{}
	for i := range records {
		if interaction := records[i].Interaction; interaction != nil {
			named[interaction.LiveEventID] = true
		}
		if records[i].LiveEvent != nil {
			named[records[i].ID] = true
		}
	}
	known, err := p.r.wipedOf(ctx, p.reach, sortedKeys(named))
	if err != nil {
		return nil, err
	}
	liveEvents := map[string]bool{}
	for id := range known {
		liveEvents[id] = true
	}
	outcomes := make([]Outcome, len(records))
	for i := range records {
		record := &records[i]
		if interaction := record.Interaction; interaction != nil && !liveEvents[interaction.LiveEventID] {
			outcomes[i] = refuse(analytics.NotFound, "liveEventId: unknown live event %q", interaction.LiveEventID)
			continue
		}
		if record.LiveEvent != nil {
			liveEvents[record.ID] = true
			if stored := known[record.ID]; stored != nil {
				record.LiveEvent = record.LiveEvent.WithoutWiped(stored.Wiped)
				if !sameTime(stored.StartedAt, record.LiveEvent.StartedAt) || !sameTime(stored.EndedAt, record.LiveEvent.EndedAt) {
					p.moved[record.ID] = true
				}
			}
		}
		if err := p.put(record); err != nil {
			return nil, err
		}
		outcomes[i] = Outcome{Status: Accepted}
	}
	return outcomes, nil
}

func (p *catalogPut) put(record *analytics.CatalogRecord) error {
	key, org := p.reach.Key(record.ID), p.reach.Org
	switch {
	case record.Agent != nil:
		record.Agent.Key, record.Agent.Org = key, org
		p.replace(collAgents, key, record.Agent)
	case record.Queue != nil:
		record.Queue.Key, record.Queue.Org = key, org
		p.replace(collQueues, key, record.Queue)
	case record.Product != nil:
		record.Product.Key, record.Product.Org = key, org
		p.replace(collProducts, key, record.Product)
		if len(record.Product.SKUs) > 1 {
			p.regrouped = append(p.regrouped, record.Product.SKUs...)
		}
		for _, sku := range record.Product.SKUs {
			if sku != record.ID {
				p.covered = append(p.covered, p.reach.Key(sku))
			}
		}
	case record.Interaction != nil:
		record.Interaction.Key, record.Interaction.Org = key, org
		p.replace(collInteractions, key, record.Interaction)
	case record.LiveEvent != nil:
		record.LiveEvent.Key, record.LiveEvent.Org = key, org
		delete(p.ended, analytics.LiveEventSubject(record.ID))
		if o, ok := record.LiveEvent.EndOccasion(time.Now()); ok && o.IsNews() {
			p.ended[analytics.LiveEventSubject(record.ID)] = o
		}
		return p.set(collLiveEvents, key, record.LiveEvent, "description", "imageUrls", "teaserUrl",
			"scheduledAt", "startedAt", "endedAt", "currency", "timeZone", "videos")
	case record.Workflow != nil:
		record.Workflow.Key, record.Workflow.Org = key, org
		return p.set(collWorkflows, key, record.Workflow)
	}
	return nil
}

func (p *catalogPut) model(collection, key string, model mongo.WriteModel) {
	if p.models[collection] == nil {
		p.models[collection] = map[string]mongo.WriteModel{}
	}
	p.models[collection][key] = model
}

func (p *catalogPut) replace(collection, key string, document any) {
	filter := bson.D{{Key: "_id", Value: key}, {Key: "org", Value: p.reach.Org}}
	p.model(collection, key, mongo.NewReplaceOneModel().SetFilter(filter).SetReplacement(document).SetUpsert(true))
}

// set replaces the fields of a record and leaves those that events add; optional
// ones that the record does not have are taken away.
func (p *catalogPut) set(collection, key string, record any, optional ...string) error {
	raw, err := bson.Marshal(record)
	if err != nil {
		return wrap(err, "encode record of %s", collection)
	}
	var all bson.D
	if err := bson.Unmarshal(raw, &all); err != nil {
		return wrap(err, "encode record of %s", collection)
	}
	set, has := bson.D{}, map[string]bool{}
	for _, field := range all {
		has[field.Key] = true
		if field.Key != "_id" && field.Key != "org" {
			set = append(set, field)
		}
	}
	update := bson.D{{Key: "$set", Value: set}}
	unset := bson.D{}
	for _, field := range optional {
		if !has[field] {
			unset = append(unset, bson.E{Key: field, Value: ""})
		}
	}
	if len(unset) > 0 {
		update = append(update, bson.E{Key: "$unset", Value: unset})
	}
	filter := bson.D{{Key: "_id", Value: key}, {Key: "org", Value: p.reach.Org}}
	p.model(collection, key, mongo.NewUpdateOneModel().SetFilter(filter).SetUpdate(update).SetUpsert(true))
	return nil
}
