package repository

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// copyBatch is how many documents one command carries: large enough that the
// round trip hardly counts, small enough to stay far below the message limit.
const copyBatch = 500

// CopyTo copies all documents of all collections to another database and
// returns their number. Documents that are there already are replaced, so that it
// may be repeated. The days of calls are packed there anew: what is written
// meanwhile may be copied in part.
func (r *Repository) CopyTo(ctx context.Context, target *Repository, progress func(done int)) (int, error) {
	done := 0
	for _, name := range allCollections {
		cursor, err := r.coll(name).Find(ctx, bson.D{}, options.Find().SetBatchSize(copyBatch))
		if err != nil {
			return done, wrap(err, "read %s", name)
		}
		defer cursor.Close(ctx)
		batch := make([]mongo.WriteModel, 0, copyBatch)
		flush := func() error {
			if len(batch) == 0 {
				return nil
			}
			_, err := target.coll(name).BulkWrite(ctx, batch, options.BulkWrite().SetOrdered(false))
			done += len(batch)
			batch = batch[:0]
			progress(done)
			return wrap(err, "write %s", name)
		}
		for cursor.Next(ctx) {
			doc := append(bson.Raw(nil), cursor.Current...)
			batch = append(batch, mongo.NewReplaceOneModel().
				SetFilter(bson.D{{Key: "_id", Value: doc.Lookup("_id")}}).
				SetReplacement(doc).SetUpsert(true))
			if len(batch) == copyBatch {
				if err := flush(); err != nil {
					return done, err
				}
			}
		}
		if err := cursor.Err(); err != nil {
			return done, wrap(err, "read %s", name)
		}
		if err := flush(); err != nil {
			return done, err
		}
		if name == collCallMetrics {
			if err := target.markAllCallHours(ctx); err != nil {
				return done, err
			}
		}
	}
	return done, nil
}
