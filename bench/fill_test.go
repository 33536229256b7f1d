package main

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/repository/repositorytest"
)

func TestMain(m *testing.M) { repositorytest.Main(m) }

// counted are collections of which the number of documents is told.
var counted = []string{"agents", "queues", "products", "calls", "call_metrics", "purchases", "carts", "live_events", "events", "live_sessions", "live_marks"}

// counts returns how many documents a database has of each kind.
func counts(t *testing.T, db *mongo.Database) map[string]int64 {
	t.Helper()
	found := map[string]int64{}
	for _, collection := range counted {
		n, err := db.Collection(collection).CountDocuments(t.Context(), bson.D{{Key: "org", Value: org}})
		if err != nil {
			t.Fatal(err)
		}
		found[collection] = n
	}
	return found
}

func TestFillGoesOnWhereItWasInterrupted(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Disconnect(context.Background()) })
	db := client.Database(database)
	want := newDataSet(60, 100)
	if err := fill(t.Context(), uri, database, want); err != nil {
		t.Fatal(err)
	}
	whole := counts(t, db)
	if whole["calls"] != 60 || whole["purchases"] < 20 || whole["carts"] != 30 || whole["events"] != 140 || whole["live_marks"] != 0 {
		t.Fatalf("filled with %v", whole)
	}

	// Half of it lost, some of what is missing there already.
	if _, err := db.Collection("calls").DeleteMany(t.Context(), bson.D{{Key: "id", Value: bson.D{{Key: "$in", Value: []string{"call-30", "call-59"}}}}}); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Collection("bench").UpdateOne(t.Context(), bson.D{}, bson.D{{Key: "$set", Value: bson.D{{Key: "donecalls", Value: 30}, {Key: "donebroadcasts", Value: 0}}}}); err != nil {
		t.Fatal(err)
	}
	if err := fill(t.Context(), uri, database, want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole, counts(t, db)); diff != "" {
		t.Fatalf("after an interruption (-whole +got):\n%s", diff)
	}

	if err := fill(t.Context(), uri, database, newDataSet(10, 0)); err != nil {
		t.Fatal(err)
	}
	if got := counts(t, db); got["calls"] != 10 || got["events"] != 0 {
		t.Fatalf("another data set leaves %v", got)
	}
}
