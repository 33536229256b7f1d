package repository

import (
	"context"
	"slices"
	"strings"

	"cartograph/analytics"
)

// CachedFinders find reference documents by key as the Repository's methods of
// the same names do, but may answer from its cache, if it was opened with one.
// What they return is shared and must not be changed.
//
// They are for showing. Who decides or writes by what is there asks the
// Repository itself, which always reads.
//
// A reach limited to an agent's or a shopper's calls sees the same reference
// documents as the whole organization, here as there, so that they are held by
// organization.
type CachedFinders struct {
	r     *Repository
	fresh bool
}

// Cached returns the finders that may answer from the cache. With fresh set they
// read all the same, and leave what they find for others.
func (r *Repository) Cached(fresh bool) CachedFinders { return CachedFinders{r, fresh} }

// AgentsByID is Repository.AgentsByID.
func (f CachedFinders) AgentsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Agent, error) {
	return cached(ctx, f, collAgents, reach, ids, f.r.AgentsByID)
}

// QueuesByID is Repository.QueuesByID.
func (f CachedFinders) QueuesByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Queue, error) {
	return cached(ctx, f, collQueues, reach, ids, f.r.QueuesByID)
}

// ProductsBySKU is Repository.ProductsBySKU.
func (f CachedFinders) ProductsBySKU(ctx context.Context, reach analytics.Reach, skus []string) (map[string]*analytics.Product, error) {
	return cached(ctx, f, collProducts, reach, skus, f.r.ProductsBySKU)
}

// LiveEventsByID is Repository.LiveEventsByID.
func (f CachedFinders) LiveEventsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.LiveEvent, error) {
	return cached(ctx, f, collLiveEvents, reach, ids, f.r.LiveEventsByID)
}

// WorkflowsByID is Repository.WorkflowsByID.
func (f CachedFinders) WorkflowsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Workflow, error) {
	return cached(ctx, f, collWorkflows, reach, ids, f.r.WorkflowsByID)
}

// cached finds documents of a collection in the cache and, where it does not hold
// them, by find.
func cached[T any](ctx context.Context, f CachedFinders, collection string, reach analytics.Reach, ids []string, find func(context.Context, analytics.Reach, []string) (map[string]*T, error)) (map[string]*T, error) {
	if f.r.cache == nil {
		return find(ctx, reach, ids)
	}
	found, err := f.r.cache.get(ctx, cacheScope{collection, reach.Org}, ids, f.fresh, func(ids []string) (map[string]any, error) {
		byID, err := find(ctx, reach, ids)
		if err != nil {
			return nil, err
		}
		documents := make(map[string]any, len(byID))
		for id, document := range byID {
			documents[id] = document
		}
		return documents, nil
	})
	if err != nil {
		return nil, err
	}
	byID := make(map[string]*T, len(found))
	for id, document := range found {
		byID[id] = document.(*T)
	}
	return byID, nil
}

// CacheStats returns what the cache of reference documents did and holds; zero
// without one.
func (r *Repository) CacheStats() CacheStats { return r.cache.Stats() }

// tellAtOnce is how many documents that changed together are told one by one; of
// more it is told that anything of their kind may have changed.
const tellAtOnce = 100

// referencesChanged drops reference documents of an organization from the cache
// here, and tells other gateways to do the same. Whoever writes one calls it
// afterwards, whether or not the write seems to have failed.
func (r *Repository) referencesChanged(collection, org string, ids ...string) {
	switch {
	case len(ids) == 0:
		return
	case len(ids) > tellAtOnce:
		r.allReferencesChanged(collection, org)
		return
	}
	r.cache.drop(cacheScope{collection, org}, ids...)
	for _, id := range ids {
		r.announce(analytics.ReferenceTopic(collection, org, id), 0)
	}
}

// allReferencesChanged does so for all documents of an organization in a
// collection.
func (r *Repository) allReferencesChanged(collection, org string) {
	r.cache.drop(cacheScope{collection, org})
	r.announce(analytics.ReferenceTopic(collection, org, ""), 0)
}

// Heard drops from the cache what a notice of another gateway says has changed;
// everything for an empty topic: notices may have been lost. Notices of anything
// else do nothing.
func (r *Repository) Heard(topic string) {
	if topic == "" {
		r.cache.dropAll()
		return
	}
	collection, org, id, ok := analytics.SplitReferenceTopic(topic)
	switch {
	case !ok || !slices.Contains(cachedCollections, collection):
		return
	case id == "":
		r.cache.drop(cacheScope{collection, org})
	default:
		r.cache.drop(cacheScope{collection, org}, id)
	}
}

// cachedCollections hold what CachedFinders find.
var cachedCollections = []string{collAgents, collQueues, collProducts, collLiveEvents, collWorkflows}

// nativeIDs returns the native ids of stored keys of a reach.
func nativeIDs(reach analytics.Reach, keys []string) []string {
	ids := make([]string, len(keys))
	for i, key := range keys {
		ids[i] = strings.TrimPrefix(key, reach.Key(""))
	}
	return ids
}
