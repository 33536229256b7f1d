package crashtest

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const (
	defaultRounds = 20
	shortRounds   = 10
	// longestLoad is the longest time between the first write of a round and the kill.
	longestLoad = 300 * time.Millisecond
	// longestStart is the longest time until a child is killed that has not served yet: about what recovery takes.
	longestStart = 60 * time.Millisecond
)

func TestNothingAcknowledgedIsLostInACrash(t *testing.T) {
	seed := environment(t, "CRASHTEST_SEED", uint64(time.Now().UnixNano()))
	rounds := environment(t, "CRASHTEST_ROUNDS", defaultRounds)
	if testing.Short() {
		rounds = min(rounds, shortRounds)
	}
	t.Logf("to repeat: CRASHTEST_SEED=%d", seed)
	random := rand.New(rand.NewPCG(seed, 0))

	folder := t.TempDir()
	var ledgers []*ledger
	for writer := range int32(writers) {
		ledgers = append(ledgers, newLedger(writer+1))
	}

	indexed := false
	for range rounds {
		c := startChild(t, folder)
		if random.IntN(5) == 0 {
			time.Sleep(time.Duration(random.Int64N(int64(longestStart)))) // the random moment is what is tested
			c.kill()
			continue
		}

		db := connect(t, c.uri(t))
		if !indexed {
			createIndexes(t, db)
			indexed = true
		}
		check(t, db, ledgers)
		load(db, ledgers, random, c)
		_ = db.Client().Disconnect(context.Background())
	}

	c := startChild(t, folder)
	db := connect(t, c.uri(t))
	check(t, db, ledgers)
	if snapshots, err := filepath.Glob(filepath.Join(folder, "snapshot-*")); err != nil || len(snapshots) == 0 {
		t.Fatalf("no snapshot was taken: the rounds did not test what they should (%v)", err)
	}
	report(t, db, ledgers)
}

// check compares all that the engine holds with the ledgers.
func check(t *testing.T, db *mongo.Database, ledgers []*ledger) {
	t.Helper()

	checkDocuments(t, db, ledgers)
	checkCounters(t, db, ledgers)
	checkSlots(t, db, ledgers)
	for _, l := range ledgers {
		l.pending = nil
	}
}

// load has all writers write until the child is killed, after a random time.
func load(db *mongo.Database, ledgers []*ledger, random *rand.Rand, c *child) {
	var working sync.WaitGroup
	for _, l := range ledgers {
		own := rand.New(rand.NewPCG(random.Uint64(), 0))
		working.Go(func() { l.work(db, own) })
	}

	time.Sleep(time.Duration(random.Int64N(int64(longestLoad)))) // the random moment is what is tested
	c.kill()
	working.Wait()
}

// connect makes a client that sends every command once: what was not answered stays unanswered.
func connect(t *testing.T, uri string) *mongo.Database {
	t.Helper()

	client, err := mongo.Connect(options.Client().ApplyURI(uri).
		SetRetryWrites(false).SetRetryReads(false).SetServerSelectionTimeout(startTimeout))
	if err != nil {
		t.Fatal(err)
	}

	return client.Database("crashtest")
}

// report says how much the rounds have put to the test.
func report(t *testing.T, db *mongo.Database, ledgers []*ledger) {
	t.Helper()

	increments, inserted := int64(0), int32(0)
	for _, l := range ledgers {
		for _, n := range l.increments {
			increments += n
		}
		inserted += l.next - 1
	}
	claimed, err := db.Collection("slots").CountDocuments(context.Background(), bson.D{})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d documents inserted, %d increments, %d slots claimed", inserted, increments, claimed)
}

// environment returns the number in a variable, or the other one when it is not set.
func environment(t *testing.T, name string, otherwise uint64) uint64 {
	t.Helper()

	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}

	return n
}
