package embedded

import (
	"context"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// openTest opens a server in a fresh folder, without syncing, and a database of it.
func openTest(t testing.TB, o Options) (*Server, *mongo.Database) {
	t.Helper()
	o.NoSync = true
	s, err := Open(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})

	return s, connect(t, s.URI())
}

func connect(t testing.TB, uri string) *mongo.Database {
	t.Helper()
	c, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Disconnect(context.Background()) })

	return c.Database("shop")
}

func TestTheDriverWorks(t *testing.T) {
	ctx := t.Context()
	_, db := openTest(t, Options{})
	calls := db.Collection("calls")
	name, err := calls.Indexes().CreateOne(ctx, mongo.IndexModel{Keys: bson.D{{Key: "org", Value: 1}, {Key: "at", Value: -1}}})
	if err != nil || name != "org_1_at_-1" {
		t.Fatal(name, err)
	}
	var docs []any
	for i := range 300 {
		docs = append(docs, bson.D{{Key: "_id", Value: i}, {Key: "org", Value: "o" + string(rune('a'+i%3))}, {Key: "at", Value: i}})
	}
	if _, err := calls.InsertMany(ctx, docs); err != nil {
		t.Fatal(err)
	}
	cur, err := calls.Find(ctx, bson.D{{Key: "org", Value: "ob"}}, options.Find().SetSort(bson.D{{Key: "at", Value: -1}}).SetBatchSize(7))
	if err != nil {
		t.Fatal(err)
	}
	var got []bson.M
	if err := cur.All(ctx, &got); err != nil {
		t.Fatal(err)
	}
	if len(got) != 100 || got[0]["_id"] != int32(298) {
		t.Fatal(len(got), got[0])
	}
	res, err := calls.UpdateOne(ctx, bson.D{{Key: "_id", Value: 5}}, bson.D{{Key: "$inc", Value: bson.D{{Key: "n.x", Value: 2}}}})
	if err != nil || res.ModifiedCount != 1 {
		t.Fatal(res, err)
	}
	var one bson.M
	if err := calls.FindOneAndUpdate(ctx, bson.D{{Key: "_id", Value: "new"}}, bson.D{{Key: "$set", Value: bson.D{{Key: "a", Value: 1}}}},
		options.FindOneAndUpdate().SetUpsert(true).SetReturnDocument(options.After)).Decode(&one); err != nil {
		t.Fatal(err)
	}
	if n, err := calls.CountDocuments(ctx, bson.D{{Key: "at", Value: bson.D{{Key: "$gte", Value: 290}}}}); n != 10 || err != nil {
		t.Fatal(n, err)
	}
	if n, err := calls.EstimatedDocumentCount(ctx); n != 301 || err != nil {
		t.Fatal(n, err)
	}
	acur, err := calls.Aggregate(ctx, bson.A{bson.M{"$match": bson.M{"at": bson.M{"$exists": true}}},
		bson.M{"$group": bson.M{"_id": "$org", "n": bson.M{"$sum": 1}}}, bson.M{"$sort": bson.M{"_id": 1}}})
	if err != nil {
		t.Fatal(err)
	}
	var groups []bson.M
	if err := acur.All(ctx, &groups); err != nil || len(groups) != 3 || groups[0]["n"] != int32(100) {
		t.Fatal(groups, err)
	}
	_, err = calls.InsertOne(ctx, bson.D{{Key: "_id", Value: 5.0}})
	if !mongo.IsDuplicateKeyError(err) {
		t.Fatal(err)
	}
	dres, err := calls.DeleteMany(ctx, bson.D{{Key: "org", Value: "oa"}})
	if err != nil || dres.DeletedCount != 100 {
		t.Fatal(dres, err)
	}
	names, err := db.ListCollectionNames(ctx, bson.D{})
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	var explained bson.M
	if err := db.RunCommand(ctx, bson.D{{Key: "explain", Value: bson.D{{Key: "find", Value: "calls"}, {Key: "filter", Value: bson.D{{Key: "org", Value: "ob"}}}}}}).Decode(&explained); err != nil {
		t.Fatal(err)
	}
	t.Log(explained)
	if err := db.Drop(ctx); err != nil {
		t.Fatal(err)
	}
}
