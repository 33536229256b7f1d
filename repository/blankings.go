package repository

import (
	"context"
	"errors"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// blankings are what is kept of the blanking of personal data: how often it was
// done, and how often by the time that the files of the database were last
// written anew: an embedded database has what it replaced in its log until then.
type blankings struct {
	Blanked int64 `bson:"blanked"`
	Rewrote int64 `bson:"rewrote"`
	// Marked: all events say when their personal data is due.
	Marked bool `bson:"marked"`
}

// ofBlankings is their one document, beside that of the store.
var ofBlankings = bson.D{{Key: "_id", Value: "blankings"}}

// noteBlanking notes that personal data is about to be blanked.
func (r *Repository) noteBlanking(ctx context.Context) error {
	count := bson.D{{Key: "$inc", Value: bson.D{{Key: "blanked", Value: int64(1)}}}}
	_, err := r.coll(collState).UpdateOne(ctx, ofBlankings, count, options.UpdateOne().SetUpsert(true))
	return wrap(err, "note that personal data is blanked")
}

// rewriteTimeout bounds the rewriting of files: of gigabytes, on a slow disk.
const rewriteTimeout = 5 * time.Minute

// RewriteFiles has an embedded database write its files anew where personal data
// was blanked since it last did, by whomever, and reports whether it did. When it
// returns, the files do not hold what was blanked before it was called. It is
// not for databases elsewhere, whose files are their own matter.
func (r *Repository) RewriteFiles(ctx context.Context) (bool, error) {
	var b blankings
	err := r.coll(collState).FindOne(ctx, ofBlankings).Decode(&b)
	switch {
	case errors.Is(err, mongo.ErrNoDocuments):
		return false, nil
	case err != nil:
		return false, wrap(err, "find blankings")
	case b.Blanked == b.Rewrote:
		return false, nil
	}
	rewriting, cancel := context.WithTimeout(ctx, rewriteTimeout)
	defer cancel()
	if err := r.client.Database("admin").RunCommand(rewriting, bson.D{{Key: "fsync", Value: 1}}).Err(); err != nil {
		return false, wrap(err, "write the files of the database anew")
	}
	set := bson.D{{Key: "$max", Value: bson.D{{Key: "rewrote", Value: b.Blanked}}}}
	_, err = r.coll(collState).UpdateOne(ctx, ofBlankings, set)
	return true, wrap(err, "note that files were written anew")
}
