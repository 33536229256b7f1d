package repository

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// collection is a collection whose commands for one document, and counts, end
// after the time of a command however late the context ends. What answers with a
// cursor is bounded where the cursor is read. Writes of many documents are split
// into several commands, and have the time that their batch has.
type collection struct {
	*mongo.Collection
	timeout time.Duration
}

func (r *Repository) coll(name string) collection {
	return collection{r.db.Collection(name), r.timeout}
}

// CountDocuments counts what a filter finds.
func (c collection) CountDocuments(ctx context.Context, filter any, opts ...options.Lister[options.CountOptions]) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.Collection.CountDocuments(ctx, filter, opts...)
}

// InsertOne inserts a document.
func (c collection) InsertOne(ctx context.Context, document any, opts ...options.Lister[options.InsertOneOptions]) (*mongo.InsertOneResult, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.Collection.InsertOne(ctx, document, opts...)
}

// UpdateOne updates a document.
func (c collection) UpdateOne(ctx context.Context, filter, update any, opts ...options.Lister[options.UpdateOneOptions]) (*mongo.UpdateResult, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.Collection.UpdateOne(ctx, filter, update, opts...)
}

// ReplaceOne replaces a document.
func (c collection) ReplaceOne(ctx context.Context, filter, replacement any, opts ...options.Lister[options.ReplaceOptions]) (*mongo.UpdateResult, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.Collection.ReplaceOne(ctx, filter, replacement, opts...)
}

// DeleteOne deletes a document.
func (c collection) DeleteOne(ctx context.Context, filter any, opts ...options.Lister[options.DeleteOneOptions]) (*mongo.DeleteResult, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.Collection.DeleteOne(ctx, filter, opts...)
}

// FindOneAndUpdate updates a document and returns it.
func (c collection) FindOneAndUpdate(ctx context.Context, filter, update any, opts ...options.Lister[options.FindOneAndUpdateOptions]) *mongo.SingleResult {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return c.Collection.FindOneAndUpdate(ctx, filter, update, opts...)
}
