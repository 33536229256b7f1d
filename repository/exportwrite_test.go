package repository

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// All returns all documents of a collection that belong to an organization, for
// comparisons with what they should be.
func All[T any](ctx context.Context, r *Repository, collection, org string) ([]*T, error) {
	return find[T](ctx, r.coll(collection), bson.D{{Key: "org", Value: org}}, wholeResult())
}
