package crashtest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// createIndexes makes the indexes that the checks compare with the documents.
func createIndexes(t *testing.T, db *mongo.Database) {
	t.Helper()

	ctx := context.Background()
	_, err := db.Collection("documents").Indexes().CreateMany(ctx, []mongo.IndexModel{
		{Keys: bson.D{{Key: "writer", Value: 1}, {Key: "number", Value: -1}}, Options: options.Index().SetUnique(true)},
		{Keys: bson.D{{Key: "tags", Value: 1}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.Collection("slots").Indexes().CreateOne(ctx, mongo.IndexModel{
		Keys: bson.D{{Key: "slot", Value: 1}}, Options: options.Index().SetUnique(true),
	})
	if err != nil {
		t.Fatal(err)
	}
}

// stored is a document as a check reads it.
type stored struct {
	ID      string  `bson:"_id"`
	Writer  int32   `bson:"writer"`
	Number  int32   `bson:"number"`
	Version int32   `bson:"version"`
	Tags    []int32 `bson:"tags"`
	Padding string  `bson:"padding"`
}

// checkDocuments compares the documents with the ledgers, and the indexes with the documents.
func checkDocuments(t *testing.T, db *mongo.Database, ledgers []*ledger) {
	t.Helper()

	all := find(t, db, bson.D{})
	found := map[int32]map[int32]version{}
	for _, d := range all {
		if found[d.Writer] == nil {
			found[d.Writer] = map[int32]version{}
		}
		found[d.Writer][d.Number] = d.Version
		if d.ID != fmt.Sprintf("%d-%d", d.Writer, d.Number) || !slices.Equal(d.Tags, []int32{d.Number % 5, d.Version % 7}) || d.Padding != padding {
			t.Fatalf("a document is not as any writer left it: %+v", d)
		}
	}

	for _, l := range ledgers {
		if err := l.settle(found[l.writer]); err != nil {
			t.Fatal(err)
		}
		checkIndex(t, db, all, bson.D{{Key: "writer", Value: l.writer}}, "writer_1_number_-1",
			func(d stored) bool { return d.Writer == l.writer })
	}
	for tag := range int32(7) {
		checkIndex(t, db, all, bson.D{{Key: "tags", Value: tag}}, "tags_1", func(d stored) bool { return slices.Contains(d.Tags, tag) })
	}
}

// checkIndex compares what a find by the index gives with what the documents themselves say.
func checkIndex(t *testing.T, db *mongo.Database, all []stored, filter bson.D, index string, meets func(stored) bool) {
	t.Helper()

	var plan bson.D
	explain := bson.D{
		{Key: "explain", Value: bson.D{{Key: "find", Value: "documents"}, {Key: "filter", Value: filter}}},
		{Key: "verbosity", Value: "queryPlanner"},
	}
	if err := db.RunCommand(context.Background(), explain).Decode(&plan); err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprint(plan); !strings.Contains(text, index) {
		t.Fatalf("find %v is not served by the index %s: %s", filter, index, text)
	}

	want := slices.DeleteFunc(slices.Clone(all), func(d stored) bool { return !meets(d) })
	got := find(t, db, filter)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("the index %s does not agree with the documents on %v (-documents +index):\n%s", index, filter, diff)
	}
}

// find returns documents in the order of their _id.
func find(t *testing.T, db *mongo.Database, filter bson.D) []stored {
	t.Helper()

	cursor, err := db.Collection("documents").Find(context.Background(), filter)
	if err != nil {
		t.Fatal(err)
	}
	out := []stored{}
	if err := cursor.All(context.Background(), &out); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(out, func(a, b stored) int { return strings.Compare(a.ID, b.ID) })

	return out
}

// checkCounters makes sure that no acknowledged increment is lost, and none is counted that nobody sent.
func checkCounters(t *testing.T, db *mongo.Database, ledgers []*ledger) {
	t.Helper()

	for counter := int32(1); counter <= counters; counter++ {
		var got struct{ N int64 }
		err := db.Collection("counters").FindOne(context.Background(), bson.D{{Key: "_id", Value: counter}}).Decode(&got)
		if err != nil && err != mongo.ErrNoDocuments {
			t.Fatal(err)
		}

		acknowledged, unanswered := int64(0), int64(0)
		for _, l := range ledgers {
			acknowledged += l.increments[counter]
			if l.pending != nil && l.pending.counter == counter {
				unanswered++
			}
		}
		if got.N < acknowledged || got.N > acknowledged+unanswered {
			t.Fatalf("counter %d is %d: %d increments were acknowledged, and %d not answered", counter, got.N, acknowledged, unanswered)
		}
		ledgers[0].increments[counter] += got.N - acknowledged
	}
}

// checkSlots makes sure that each slot has one owner: the writer whose claim was acknowledged.
func checkSlots(t *testing.T, db *mongo.Database, ledgers []*ledger) {
	t.Helper()

	cursor, err := db.Collection("slots").Find(context.Background(), bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	var claims []struct{ Slot, Writer int32 }
	if err := cursor.All(context.Background(), &claims); err != nil {
		t.Fatal(err)
	}

	owners := map[int32]int32{}
	for _, c := range claims {
		if owner, taken := owners[c.Slot]; taken {
			t.Fatalf("slot %d has two owners: %d and %d", c.Slot, owner, c.Writer)
		}
		owners[c.Slot] = c.Writer
	}

	for _, l := range ledgers {
		if l.pending != nil && l.pending.slot != 0 && owners[l.pending.slot] == l.writer {
			l.slots[l.pending.slot] = true
		}
		for slot := range l.slots {
			if owners[slot] != l.writer {
				t.Fatalf("slot %d was claimed by writer %d, and belongs to %d", slot, l.writer, owners[slot])
			}
			delete(owners, slot)
		}
	}
	if len(owners) > 0 {
		t.Fatalf("slots have owners that never claimed them: %v", owners)
	}
}
