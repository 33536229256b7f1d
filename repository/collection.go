package repository

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// collection sends the commands of the repository, each of which ends after the
// time of a command however late its context ends: the driver, which has a time of
// its own, prefers a deadline of the context to it. There is no other way to a
// collection, so a command that is not here is not sent without one.
//
// A find or an aggregation is bounded until its first answer; who reads on bounds
// the reading. Writes of many documents are one command: batches are smaller than
// what the driver splits.
type collection struct {
	driver  *mongo.Collection
	timeout time.Duration
}

func (r *Repository) coll(name string) collection {
	return collection{r.db.Collection(name), r.timeout}
}

// commanded sends a command within the time of one.
func commanded[T any](ctx context.Context, c collection, command func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	return command(ctx)
}

// Indexes manages indexes, which may take long to build: see EnsureIndexes.
func (c collection) Indexes() mongo.IndexView { return c.driver.Indexes() }

// Find finds documents.
func (c collection) Find(ctx context.Context, filter any, opts ...options.Lister[options.FindOptions]) (*mongo.Cursor, error) {
	return commanded(ctx, c, func(ctx context.Context) (*mongo.Cursor, error) { return c.driver.Find(ctx, filter, opts...) })
}

// Aggregate aggregates documents.
func (c collection) Aggregate(ctx context.Context, pipeline any, opts ...options.Lister[options.AggregateOptions]) (*mongo.Cursor, error) {
	return commanded(ctx, c, func(ctx context.Context) (*mongo.Cursor, error) { return c.driver.Aggregate(ctx, pipeline, opts...) })
}

// CountDocuments counts what a filter finds.
func (c collection) CountDocuments(ctx context.Context, filter any, opts ...options.Lister[options.CountOptions]) (int64, error) {
	return commanded(ctx, c, func(ctx context.Context) (int64, error) { return c.driver.CountDocuments(ctx, filter, opts...) })
}

// InsertOne inserts a document.
func (c collection) InsertOne(ctx context.Context, document any, opts ...options.Lister[options.InsertOneOptions]) (*mongo.InsertOneResult, error) {
	return commanded(ctx, c, func(ctx context.Context) (*mongo.InsertOneResult, error) {
		return c.driver.InsertOne(ctx, document, opts...)
	})
}

// InsertMany inserts documents.
func (c collection) InsertMany(ctx context.Context, documents any, opts ...options.Lister[options.InsertManyOptions]) (*mongo.InsertManyResult, error) {
	return commanded(ctx, c, func(ctx context.Context) (*mongo.InsertManyResult, error) {
		return c.driver.InsertMany(ctx, documents, opts...)
	})
}

// UpdateOne updates a document.
func (c collection) UpdateOne(ctx context.Context, filter, update any, opts ...options.Lister[options.UpdateOneOptions]) (*mongo.UpdateResult, error) {
	return commanded(ctx, c, func(ctx context.Context) (*mongo.UpdateResult, error) {
		return c.driver.UpdateOne(ctx, filter, update, opts...)
	})
}

// UpdateMany updates documents.
func (c collection) UpdateMany(ctx context.Context, filter, update any, opts ...options.Lister[options.UpdateManyOptions]) (*mongo.UpdateResult, error) {
	return commanded(ctx, c, func(ctx context.Context) (*mongo.UpdateResult, error) {
		return c.driver.UpdateMany(ctx, filter, update, opts...)
	})
}

// ReplaceOne replaces a document.
func (c collection) ReplaceOne(ctx context.Context, filter, replacement any, opts ...options.Lister[options.ReplaceOptions]) (*mongo.UpdateResult, error) {
	return commanded(ctx, c, func(ctx context.Context) (*mongo.UpdateResult, error) {
		return c.driver.ReplaceOne(ctx, filter, replacement, opts...)
	})
}

// DeleteOne deletes a document.
func (c collection) DeleteOne(ctx context.Context, filter any, opts ...options.Lister[options.DeleteOneOptions]) (*mongo.DeleteResult, error) {
	return commanded(ctx, c, func(ctx context.Context) (*mongo.DeleteResult, error) {
		return c.driver.DeleteOne(ctx, filter, opts...)
	})
}

// DeleteMany deletes documents.
func (c collection) DeleteMany(ctx context.Context, filter any, opts ...options.Lister[options.DeleteManyOptions]) (*mongo.DeleteResult, error) {
	return commanded(ctx, c, func(ctx context.Context) (*mongo.DeleteResult, error) {
		return c.driver.DeleteMany(ctx, filter, opts...)
	})
}

// BulkWrite makes several writes.
func (c collection) BulkWrite(ctx context.Context, models []mongo.WriteModel, opts ...options.Lister[options.BulkWriteOptions]) (*mongo.BulkWriteResult, error) {
	return commanded(ctx, c, func(ctx context.Context) (*mongo.BulkWriteResult, error) {
		return c.driver.BulkWrite(ctx, models, opts...)
	})
}

// FindOne finds a document.
func (c collection) FindOne(ctx context.Context, filter any, opts ...options.Lister[options.FindOneOptions]) *mongo.SingleResult {
	return c.single(ctx, func(ctx context.Context) *mongo.SingleResult { return c.driver.FindOne(ctx, filter, opts...) })
}

// FindOneAndUpdate updates a document and returns it.
func (c collection) FindOneAndUpdate(ctx context.Context, filter, update any, opts ...options.Lister[options.FindOneAndUpdateOptions]) *mongo.SingleResult {
	return c.single(ctx, func(ctx context.Context) *mongo.SingleResult {
		return c.driver.FindOneAndUpdate(ctx, filter, update, opts...)
	})
}

// single sends a command that answers with one document, and takes that in while
// there is time.
func (c collection) single(ctx context.Context, command func(context.Context) *mongo.SingleResult) *mongo.SingleResult {
	result, _ := commanded(ctx, c, func(ctx context.Context) (*mongo.SingleResult, error) {
		result := command(ctx)
		return result, result.Err()
	})
	return result
}
