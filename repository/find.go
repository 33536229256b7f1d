package repository

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// find returns all documents that a filter finds; an empty slice for none.
//
// It decodes document by document: the driver's Cursor.All allocates a reader
// of its own for each, which costs as much again as the decoding.
func find[T any](ctx context.Context, c *mongo.Collection, filter bson.D, opts ...options.Lister[options.FindOptions]) ([]*T, error) {
	cursor, err := c.Find(ctx, filter, opts...)
	if err != nil {
		return nil, err
	}
	defer cursor.Close(ctx)
	list := make([]*T, 0, cursor.RemainingBatchLength())
	for cursor.Next(ctx) {
		item := new(T)
		if err := bson.Unmarshal(cursor.Current, item); err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	return list, cursor.Err()
}

// findByID returns the documents with the given native ids, by native id; an id
// without a document has no entry.
func findByID[T any](ctx context.Context, r *Repository, collection string, reach analytics.Reach, ids []string, idOf func(*T) string) (map[string]*T, error) {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = reach.Key(id)
	}
	filter := bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}, {Key: "org", Value: reach.Org}}
	list, err := find[T](ctx, r.coll(collection), filter)
	if err != nil {
		return nil, wrap(err, "find %s by id", collection)
	}
	byID := make(map[string]*T, len(list))
	for _, item := range list {
		byID[idOf(item)] = item
	}
	return byID, nil
}
