package embedded

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

func TestACursorThatNobodyReadsFromIsClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open cursors
		id, err := open.put(0, &cursor{ns: "db.c"})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			time.Sleep(cursorIdle - time.Second)
			c := open.take(id, "db.c")
			if c == nil {
				t.Fatal("a cursor that is read from was closed")
			}
			if again, err := open.put(id, c); again != id || err != nil {
				t.Fatal(again, err)
			}
		}
		time.Sleep(cursorIdle + time.Second)
		if open.take(id, "db.c") != nil {
			t.Error("an idle cursor stayed open")
		}
	})
}

func TestACursorKeepsItsFilterOverOtherCommands(t *testing.T) {
	_, db := openTest(t, Options{NoSync: true})
	var documents []any
	for i := range 1000 {
		documents = append(documents, bson.D{{Key: "_id", Value: i}, {Key: "kind", Value: []string{"wanted", "other"}[i%2]}})
	}
	if _, err := db.Collection("c").InsertMany(t.Context(), documents); err != nil {
		t.Fatal(err)
	}
	cursor, err := db.Collection("c").Find(t.Context(), bson.D{{Key: "kind", Value: "wanted"}}, options.Find().SetBatchSize(10))
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for cursor.Next(t.Context()) {
		if kind := cursor.Current.Lookup("kind").StringValue(); kind != "wanted" {
			t.Fatalf("document %d is of kind %q", found, kind)
		}
		found++
		if found%10 == 0 { // the next message of a connection may lie where the cursor's command lay
			if err := db.RunCommand(t.Context(), bson.D{{Key: "ping", Value: 1}, {Key: "comment", Value: strings.Repeat("other", 40)}}).Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cursor.Err(); err != nil || found != 500 {
		t.Errorf("found %d documents, %v, want 500", found, err)
	}
}
