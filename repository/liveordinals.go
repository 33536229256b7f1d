package repository

import (
	"context"
	"errors"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// liveVisitor is the dense number of a visitor within a live event. It is
// written once and never changes.
type liveVisitor struct {
	Key     string `bson:"_id"`
	Org     string `bson:"org"`
	Ordinal uint32 `bson:"ordinal"`
}

// liveOrdinals are the next numbers of a live event that nobody has.
type liveOrdinals struct {
	Key      string `bson:"_id"`
	Org      string `bson:"org"`
	Visitors int64  `bson:"visitors"`
	Sessions int64  `bson:"sessions"`
}

// visitorOrdinals returns the ordinals of visitors by the keys of live event and
// visitor, as far as they were given out.
func (r *Repository) visitorOrdinals(ctx context.Context, reach analytics.Reach, keys map[string]bool) (map[string]uint32, error) {
	ordinals := make(map[string]uint32, len(keys))
	if len(keys) == 0 {
		return ordinals, nil
	}
	found, err := find[liveVisitor](ctx, r.coll(collLiveVisitors), within(reach).in("_id", sortedKeys(keys)).filter(), wholeResult())
	for _, v := range found {
		ordinals[v.Key] = v.Ordinal
	}
	return ordinals, wrap(err, "find ordinals of visitors")
}

// reserve takes n numbers of a live event, as the field says of visitors or of
// sessions, that nobody else ever gets, and returns the first. Numbers that are
// then not given out are lost, which only leaves holes.
func (r *Repository) reserve(ctx context.Context, reach analytics.Reach, liveEventID, field string, n int) (uint32, error) {
	numbers := &liveOrdinals{Key: partKey(reach, liveEventID, ""), Org: reach.Org}
	filter := bson.D{{Key: "_id", Value: numbers.Key}, {Key: "org", Value: reach.Org}}
	update := bson.D{{Key: "$inc", Value: bson.D{{Key: field, Value: int64(n)}}}}
	for {
		var after liveOrdinals
		err := r.coll(collLiveOrdinals).FindOneAndUpdate(ctx, filter, update, options.FindOneAndUpdate().SetReturnDocument(options.After)).Decode(&after)
		if errors.Is(err, mongo.ErrNoDocuments) {
			// Inserted apart: upserts that meet fail in other ways on every engine.
			if _, err := r.insertNew(ctx, collLiveOrdinals, []any{numbers}); err != nil {
				return 0, wrap(err, "insert next ordinals")
			}
			continue
		}
		end := after.Visitors
		if field == "sessions" {
			end = after.Sessions
		}
		return uint32(end - int64(n)), wrap(err, "reserve ordinals")
	}
}

// giveOrdinals gives numbers to visitors of a live event, named by their keys in
// order, that had none.
func (r *Repository) giveOrdinals(ctx context.Context, reach analytics.Reach, liveEventID string, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	first, err := r.reserve(ctx, reach, liveEventID, "visitors", len(keys))
	if err != nil {
		return err
	}
	for some := range slices.Chunk(keys, deriveAtOnce) {
		documents := make([]any, len(some))
		for i, key := range some {
			documents[i] = &liveVisitor{Key: key, Org: reach.Org, Ordinal: first}
			first++
		}
		// Whoever has one meanwhile keeps it.
		if _, err := r.insertNew(ctx, collLiveVisitors, documents); err != nil {
			return wrap(err, "insert ordinals of visitors")
		}
	}
	return nil
}

// giveSessionOrdinals stores new sessions of a live event with numbers of their
// own and without signs of life; nothing counts in them until they have some.
func (r *Repository) giveSessionOrdinals(ctx context.Context, reach analytics.Reach, liveEventID string, sessions []*liveSession) error {
	if len(sessions) == 0 {
		return nil
	}
	slices.SortFunc(sessions, func(a, b *liveSession) int { return strings.Compare(a.Key, b.Key) })
	first, err := r.reserve(ctx, reach, liveEventID, "sessions", len(sessions))
	if err != nil {
		return err
	}
	for some := range slices.Chunk(sessions, deriveAtOnce) {
		documents := make([]any, len(some))
		for i, s := range some {
			documents[i] = &liveSession{Key: s.Key, Org: reach.Org, Version: 1, LiveSession: analytics.LiveSession{
				LiveEventID: liveEventID, SessionID: s.SessionID, Ordinal: first, Stretches: []analytics.Stretch{},
			}}
			first++
		}
		if _, err := r.insertNew(ctx, collLiveSessions, documents); err != nil {
			return wrap(err, "insert sessions")
		}
	}
	return nil
}
