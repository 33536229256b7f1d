package difftest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const (
	writers  = 16
	claimers = 8
)

func TestIncrementsAreNotLost(t *testing.T) {
	const each = 100
	bothEngines(t, func(t *testing.T, e *engine) {
		counters := e.db.Collection(newCollection())
		insertOne(t, counters, bson.D{{Key: "_id", Value: 1}, {Key: "n", Value: 0}})

		together(t, writers, func(int) error {
			for range each {
				if _, err := counters.UpdateOne(context.Background(), id(1), increment()); err != nil {
					return err
				}
			}
			return nil
		})

		if got := field(t, counters, id(1), "n"); got != writers*each {
			t.Errorf("the counter is %d after %d increments", got, writers*each)
		}
	})
}

func TestUpsertsOfOneDocumentMakeOne(t *testing.T) {
	const each = 20
	bothEngines(t, func(t *testing.T, e *engine) {
		counters := e.db.Collection(newCollection())
		insertOne(t, counters, bson.D{{Key: "_id", Value: "another, so that the collection is there"}})

		together(t, writers, func(int) error {
			for n := range each {
				for {
					_, err := counters.UpdateOne(context.Background(), id(n), increment(), options.UpdateOne().SetUpsert(true))
					if err == nil {
						break
					}
					if !lostRace(err) {
						return err
					}
				}
			}
			return nil
		})

		for n := range each {
			if got := field(t, counters, id(n), "n"); got != writers {
				t.Errorf("counter %d is %d after %d increments", n, got, writers)
			}
		}
	})
}

func TestOfSeveralCompareAndSwapsOneWins(t *testing.T) {
	const each = 40
	bothEngines(t, func(t *testing.T, e *engine) {
		documents := e.db.Collection(newCollection())
		insertOne(t, documents, bson.D{{Key: "_id", Value: 1}, {Key: "version", Value: 0}, {Key: "writers", Value: bson.A{}}})

		together(t, writers, func(writer int) error {
			for won := 0; won < each; {
				var current struct{ Version int }
				if err := documents.FindOne(context.Background(), id(1)).Decode(&current); err != nil {
					return err
				}
				result, err := documents.UpdateOne(context.Background(),
					append(id(1), bson.E{Key: "version", Value: current.Version}),
					bson.D{
						{Key: "$set", Value: bson.D{{Key: "version", Value: current.Version + 1}}},
						{Key: "$push", Value: bson.D{{Key: "writers", Value: writer}}},
					})
				if err != nil {
					return err
				}
				won += int(result.ModifiedCount)
			}
			return nil
		})

		var last struct {
			Version int
			Writers []int
		}
		if err := documents.FindOne(context.Background(), id(1)).Decode(&last); err != nil {
			t.Fatal(err)
		}
		if last.Version != writers*each {
			t.Errorf("the version is %d after %d swaps that won", last.Version, writers*each)
		}
		for writer, got := range tally(last.Writers) {
			if got != each {
				t.Errorf("%d swaps of writer %d are there; %d won", got, writer, each)
			}
		}
	})
}

func TestEachJobOfAQueueIsClaimedOnce(t *testing.T) {
	const jobs = 300
	bothEngines(t, func(t *testing.T, e *engine) {
		queue := e.db.Collection(newCollection())
		if _, err := queue.Indexes().CreateOne(context.Background(), mongo.IndexModel{
			Keys: bson.D{{Key: "state", Value: 1}, {Key: "_id", Value: 1}},
		}); err != nil {
			t.Fatal(err)
		}
		for n := range jobs {
			insertOne(t, queue, bson.D{{Key: "_id", Value: n}, {Key: "state", Value: "waiting"}})
		}

		var mu sync.Mutex
		claimed := []int{}
		together(t, claimers, func(claimer int) error {
			for {
				var job struct {
					ID int `bson:"_id"`
				}
				err := queue.FindOneAndUpdate(context.Background(),
					bson.D{{Key: "state", Value: "waiting"}},
					bson.D{{Key: "$set", Value: bson.D{{Key: "state", Value: "running"}, {Key: "claimer", Value: claimer}}}},
					options.FindOneAndUpdate().SetSort(bson.D{{Key: "_id", Value: 1}})).Decode(&job)
				switch {
				case errors.Is(err, mongo.ErrNoDocuments):
					waiting, err := queue.CountDocuments(context.Background(), bson.D{{Key: "state", Value: "waiting"}})
					if err != nil || waiting == 0 {
						return err
					}
					continue // another claimer took the one it had found
				case err != nil:
					return err
				}
				mu.Lock()
				claimed = append(claimed, job.ID)
				mu.Unlock()
			}
		})

		want := map[int]int{}
		for n := range jobs {
			want[n] = 1
		}
		if diff := cmp.Diff(want, tally(claimed)); diff != "" {
			t.Errorf("how often each job was claimed (-want +got):\n%s", diff)
		}
	})
}

func TestAUniqueKeyHasOneOwner(t *testing.T) {
	const keys = 50
	bothEngines(t, func(t *testing.T, e *engine) {
		slots := e.db.Collection(newCollection())
		if _, err := slots.Indexes().CreateOne(context.Background(), mongo.IndexModel{
			Keys: bson.D{{Key: "org", Value: 1}, {Key: "slot", Value: 1}}, Options: options.Index().SetUnique(true),
		}); err != nil {
			t.Fatal(err)
		}

		var mu sync.Mutex
		owned := []int{}
		together(t, writers, func(writer int) error {
			for slot := range keys {
				insert := func() error {
					_, err := slots.InsertOne(context.Background(), bson.D{
						{Key: "_id", Value: fmt.Sprintf("%d-%d", writer, slot)}, {Key: "org", Value: "o"}, {Key: "slot", Value: slot},
					})
					return err
				}
				err := insert()
				for isDeadlock(err) {
					err = insert()
				}
				if mongo.IsDuplicateKeyError(err) {
					continue
				}
				if err != nil {
					return err
				}
				mu.Lock()
				owned = append(owned, slot)
				mu.Unlock()
			}
			return nil
		})

		want := map[int]int{}
		for slot := range keys {
			want[slot] = 1
		}
		if diff := cmp.Diff(want, tally(owned)); diff != "" {
			t.Errorf("how many own each slot (-want +got):\n%s", diff)
		}
	})
}

// isDeadlock reports whether the full-size engine gave up a writer that waited for
// others in a circle, as PostgreSQL does with two that insert the same unique key
// at once. Nothing of it is written.
func isDeadlock(err error) bool {
	return err != nil && strings.Contains(err.Error(), "deadlock detected")
}

// together runs work n times at the same time, and waits for all.
func together(t *testing.T, n int, work func(number int) error) {
	t.Helper()

	errs := make([]error, n)
	var running sync.WaitGroup
	for number := range n {
		running.Go(func() { errs[number] = work(number) })
	}
	running.Wait()
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
}

// lostRace tells whether an upsert met a document that another one had just inserted; it may then be sent again.
func lostRace(err error) bool {
	var failed mongo.ServerError

	return errors.As(err, &failed) && (failed.HasErrorCode(11000) || failed.HasErrorMessage("duplicate key"))
}

func insertOne(t *testing.T, c *mongo.Collection, document bson.D) {
	t.Helper()

	if _, err := c.InsertOne(context.Background(), document); err != nil {
		t.Fatal(err)
	}
}

func field(t *testing.T, c *mongo.Collection, filter bson.D, name string) int {
	t.Helper()

	var document bson.M
	if err := c.FindOne(context.Background(), filter).Decode(&document); err != nil {
		t.Fatal(err)
	}
	n, _ := document[name].(int32)

	return int(n)
}

// tally counts how often each number occurs.
func tally(numbers []int) map[int]int {
	out := map[int]int{}
	for _, n := range numbers {
		out[n]++
	}

	return out
}

func id(v any) bson.D { return bson.D{{Key: "_id", Value: v}} }

func increment() bson.D {
	return bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: int32(1)}}}}
}
