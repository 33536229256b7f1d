package repository

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// StoreState says what kind of data the database holds.
type StoreState struct {
	// Demo: generated demo data is being loaded or was.
	Demo bool `bson:"demo"`
	// DemoComplete: all of it was.
	DemoComplete bool `bson:"demoComplete"`
	// Closed: a token was made, or JWTs were let in; nothing is readable without one
	// ever after.
	Closed bool `bson:"closed"`
	// WorkflowDays: the days of workflows are stored.
	WorkflowDays bool `bson:"workflowDays"`
	// CallDays: the days of all calls are kept; see callDaysKept.
	CallDays bool `bson:"callDays"`
}

// storeState is the one document of its collection.
var storeState = bson.D{{Key: "_id", Value: "store"}}

// State returns the state of the store; the zero StoreState for a new one.
func (r *Repository) State(ctx context.Context) (StoreState, error) {
	var s StoreState
	err := r.coll(collState).FindOne(ctx, storeState).Decode(&s)
	if errors.Is(err, mongo.ErrNoDocuments) {
		return StoreState{}, nil
	}
	return s, wrap(err, "find state of the store")
}

// IsOpenDemo reports whether the store holds generated demo data and no token
// was ever made for it.
func (r *Repository) IsOpenDemo(ctx context.Context) (bool, error) {
	s, err := r.State(ctx)
	return s.Demo && !s.Closed, err
}

// StartDemo records that the store holds demo data from now on.
func (r *Repository) StartDemo(ctx context.Context) error { return r.setState(ctx, "demo") }

// FinishDemo records that all demo data is there.
func (r *Repository) FinishDemo(ctx context.Context) error { return r.setState(ctx, "demoComplete") }

// CloseDemo records that a token is needed from now on, for good.
func (r *Repository) CloseDemo(ctx context.Context) error { return r.setState(ctx, "closed") }

func (r *Repository) setState(ctx context.Context, flag string) error {
	set := bson.D{{Key: "$set", Value: bson.D{{Key: flag, Value: true}}}}
	_, err := r.coll(collState).UpdateOne(ctx, storeState, set, options.UpdateOne().SetUpsert(true))
	return wrap(err, "set %s of the store", flag)
}
