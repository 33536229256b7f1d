package crashtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const (
	writers = 8
	// counters are few, so that all writers meet at each.
	counters = 3
	// slots are as many as the writers claim in some rounds.
	slots = 2000
	// keep is how many documents a writer keeps at most.
	keep = 60
)

// padding makes a round's log several times as long as snapshotBytes.
var padding = strings.Repeat("x", 200)

// document is the document of a writer with a number, at a version.
func document(writer, number int32, v version) bson.D {
	return bson.D{
		{Key: "_id", Value: fmt.Sprintf("%d-%d", writer, number)},
		{Key: "writer", Value: writer},
		{Key: "number", Value: number},
		{Key: "version", Value: v},
		{Key: "tags", Value: bson.A{number % 5, v % 7}},
		{Key: "padding", Value: padding},
	}
}

// work writes at random until a write gets no answer, and keeps the ledger.
func (l *ledger) work(db *mongo.Database, random *rand.Rand) {
	l.pending = nil
	for {
		w, do := l.choose(random)
		happened, err := do(db)
		if err != nil {
			l.pending = &w
			return
		}
		if happened {
			l.acknowledge(w)
		}
	}
}

// choose draws a write. What it returns beside it sends the write, and tells whether it happened; an error leaves that open.
func (l *ledger) choose(random *rand.Rand) (write, func(*mongo.Database) (bool, error)) {
	mine := l.anyDocument(random)
	switch choice := random.IntN(10); {
	case choice < 2:
		counter := 1 + random.Int32N(counters)
		return write{counter: counter}, func(db *mongo.Database) (bool, error) { return true, increment(db, counter) }
	case choice < 3:
		slot := 1 + random.Int32N(slots)
		return write{slot: slot}, func(db *mongo.Database) (bool, error) { return claim(db, slot, l.writer) }
	case choice < 7 && mine != 0:
		v := l.documents[mine]
		return write{documents: map[int32]version{mine: v + 1}}, func(db *mongo.Database) (bool, error) {
			return true, update(db, l.writer, mine, v, random.IntN(2) == 0)
		}
	case choice < 9 && len(l.documents) > keep/2 && mine != 0 || len(l.documents) > keep:
		return write{documents: map[int32]version{mine: 0}}, func(db *mongo.Database) (bool, error) { return true, remove(db, l.writer, mine) }
	}

	added := map[int32]version{}
	for range 1 + random.IntN(5) {
		added[l.next] = 1
		l.next++
	}

	return write{documents: added}, func(db *mongo.Database) (bool, error) { return true, insert(db, l.writer, added) }
}

// anyDocument returns the number of one of the writer's documents; 0 when there is none.
func (l *ledger) anyDocument(random *rand.Rand) int32 {
	skip := random.IntN(len(l.documents) + 1)
	for n := range l.documents {
		if skip--; skip < 0 {
			return n
		}
	}

	return 0
}

func insert(db *mongo.Database, writer int32, numbers map[int32]version) error {
	var documents []any
	for n, v := range numbers {
		documents = append(documents, document(writer, n, v))
	}
	_, err := db.Collection("documents").InsertMany(context.Background(), documents)

	return err
}

// update takes a document from version v to the next one, by replacing or by changing it. The version in the filter makes
// sure that it is the one that was acknowledged.
func update(db *mongo.Database, writer, number int32, v version, replace bool) error {
	documents := db.Collection("documents")
	filter := bson.D{{Key: "_id", Value: fmt.Sprintf("%d-%d", writer, number)}, {Key: "version", Value: v}}
	next := document(writer, number, v+1)

	var result *mongo.UpdateResult
	var err error
	if replace {
		result, err = documents.ReplaceOne(context.Background(), filter, next)
	} else {
		result, err = documents.UpdateOne(context.Background(), filter, bson.D{{Key: "$set", Value: next[3:5]}})
	}
	if err == nil && result.MatchedCount != 1 {
		panic(fmt.Sprintf("document %d-%d was not at its acknowledged version %d", writer, number, v))
	}

	return err
}

func remove(db *mongo.Database, writer, number int32) error {
	_, err := db.Collection("documents").DeleteOne(context.Background(), bson.D{{Key: "_id", Value: fmt.Sprintf("%d-%d", writer, number)}})

	return err
}

func increment(db *mongo.Database, counter int32) error {
	_, err := db.Collection("counters").UpdateOne(context.Background(),
		bson.D{{Key: "_id", Value: counter}},
		bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: int32(1)}}}},
		options.UpdateOne().SetUpsert(true))

	return err
}

// claim takes a slot for the writer; false when it is taken already.
func claim(db *mongo.Database, slot, writer int32) (bool, error) {
	_, err := db.Collection("slots").InsertOne(context.Background(), bson.D{{Key: "slot", Value: slot}, {Key: "writer", Value: writer}})
	if mongo.IsDuplicateKeyError(err) {
		return false, nil
	}

	return err == nil, err
}
