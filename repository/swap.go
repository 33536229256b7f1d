package repository

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// swap replaces one document if it still has the version that the new one was
// made from: 0 stands for a document that is not there yet. The new document
// carries the next version.
type swap struct {
	key     string
	version int64
	next    any
}

// swapAll makes all swaps in at most two commands and returns the places of
// those that lost: whose document was changed in between. They are derived again
// from what is there now. No document that is swapped is ever deleted.
//
// Swaps stand in the order of their keys, here and wherever several documents
// are written at once: a server that locks them one by one would else find
// writers waiting for each other.
func (r *Repository) swapAll(ctx context.Context, collection string, org string, swaps []swap) (lost []int, err error) {
	var inserts []any
	var insertAt, replaceAt []int
	var replaces []mongo.WriteModel
	for i, s := range swaps {
		if s.version == 0 {
			inserts, insertAt = append(inserts, s.next), append(insertAt, i)
			continue
		}
		filter := bson.D{{Key: "_id", Value: s.key}, {Key: "org", Value: org}, {Key: "version", Value: s.version}}
		// An upsert that finds another version tries to insert the same _id: its
		// error tells which of many was too late.
		replaces = append(replaces, mongo.NewReplaceOneModel().SetFilter(filter).SetReplacement(s.next).SetUpsert(true))
		replaceAt = append(replaceAt, i)
	}
	taken, err := r.insertNew(ctx, collection, inserts)
	if err != nil {
		return nil, err
	}
	for _, i := range taken {
		lost = append(lost, insertAt[i])
	}
	taken, err = r.write(ctx, collection, replaces)
	for _, i := range taken {
		lost = append(lost, replaceAt[i])
	}
	slices.Sort(lost)
	return lost, err
}

// insertNew inserts documents in one command and returns the places of those
// whose _id exists already.
func (r *Repository) insertNew(ctx context.Context, collection string, documents []any) (taken []int, err error) {
	if len(documents) == 0 {
		return nil, nil
	}
	_, err = r.coll(collection).InsertMany(ctx, documents, options.InsertMany().SetOrdered(false))
	return takenKeys(err)
}

// write makes changes in one command, in no order, and returns the places of
// those that met an _id that exists already.
func (r *Repository) write(ctx context.Context, collection string, models []mongo.WriteModel) (taken []int, err error) {
	if len(models) == 0 {
		return nil, nil
	}
	_, err = r.coll(collection).BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	return takenKeys(err)
}

// duplicateKey is the protocol's code for a key that exists already.
const duplicateKey = 11000

// takenKeys takes apart the error of a bulk: the places of keys that exist
// already, or the error if there is anything else in it.
func takenKeys(err error) ([]int, error) {
	var bulk mongo.BulkWriteException
	if !errors.As(err, &bulk) || bulk.WriteConcernError != nil {
		return nil, err
	}
	taken := make([]int, 0, len(bulk.WriteErrors))
	for _, e := range bulk.WriteErrors {
		if e.Code != duplicateKey { // alone: beside it, keys that exist tell nothing
			return nil, mongo.WriteException{WriteErrors: mongo.WriteErrors{e.WriteError}}
		}
		taken = append(taken, e.Index)
	}
	return taken, nil
}

// writeInsisting makes upserts until none was overtaken by another insert of the
// same document.
func (r *Repository) writeInsisting(ctx context.Context, collection string, models []mongo.WriteModel) error {
	for len(models) > 0 {
		taken, err := r.write(ctx, collection, models)
		if err != nil {
			return err
		}
		again := make([]mongo.WriteModel, len(taken))
		for i, at := range taken {
			again[i] = models[at]
		}
		models = again
	}
	return nil
}
