package difftest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/embedded"
)

// commandTimeout is far more than any command here needs: it turns a hang into a failure.
const commandTimeout = 30 * time.Second

const (
	// defaultSequences is how many sequences a comparing test runs: all tests take about a minute on two cores.
	defaultSequences = "400"
	// defaultSeed makes them the same ones each time, so that a run fails only for what has changed.
	defaultSeed = "1"
)

// TestMain sets rapid's flags before they are read from the command line, which has the last word.
func TestMain(m *testing.M) {
	sequences, seed := os.Getenv("DIFFTEST_SEQUENCES"), "0" // 0 is a new one each time
	if sequences == "" {
		sequences, seed = defaultSequences, defaultSeed
	}
	err := errors.Join(
		flag.Set("rapid.checks", sequences),
		flag.Set("rapid.seed", seed),
		flag.Set("rapid.nofailfile", "true"), // the seed that a failure prints is enough to repeat it
	)
	if err != nil {
		fmt.Fprintln(os.Stderr, "DIFFTEST_SEQUENCES:", err)
		os.Exit(2)
	}

	os.Exit(m.Run())
}

// engine is a server that speaks the protocol, and a database of the test's own in it.
type engine struct {
	name string
	db   *mongo.Database
}

// openEmbedded starts an embedded engine in a fresh folder; it ends with the test. It does not wait for the disk.
func openEmbedded(t testing.TB) *engine {
	t.Helper()

	return connect(t, "embedded", serve(t, t.TempDir(), embedded.Options{NoSync: true}).URI())
}

// serve opens the folder; the server closes with the test, unless it is closed already.
func serve(t testing.TB, folder string, o embedded.Options) *embedded.Server {
	t.Helper()

	server, err := embedded.Open(folder, o)
	if err != nil {
		t.Fatalf("open embedded engine: %v", err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close embedded engine: %v", err)
		}
	})

	return server
}

// openFullSize connects to the server at MONGODB_TEST_URI, and skips the test when there is none.
func openFullSize(t testing.TB) *engine {
	t.Helper()

	uri := os.Getenv("MONGODB_TEST_URI")
	if uri == "" {
		t.Skip("no full-size engine: start one with scripts/full-size-engine start, and set MONGODB_TEST_URI to what it prints")
	}

	return connect(t, "full-size", uri)
}

// bothEngines runs the test on the embedded engine, and then on the full-size one.
func bothEngines(t *testing.T, test func(t *testing.T, e *engine)) {
	t.Run("embedded", func(t *testing.T) { test(t, openEmbedded(t)) })
	t.Run("full-size", func(t *testing.T) { test(t, openFullSize(t)) })
}

func connect(t testing.TB, name, uri string) *engine {
	t.Helper()

	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetTimeout(commandTimeout))
	if err != nil {
		t.Fatalf("connect to %s engine: %v", name, err)
	}
	e := &engine{name, client.Database(fmt.Sprintf("difftest_%d", os.Getpid()))}
	t.Cleanup(func() {
		if err := e.db.Drop(context.Background()); err != nil {
			t.Errorf("drop database of %s engine: %v", name, err)
		}
		if err := client.Disconnect(context.Background()); err != nil {
			t.Errorf("disconnect from %s engine: %v", name, err)
		}
	})

	return e
}

var collections atomic.Int64

// newCollection names a collection that no other test uses.
func newCollection() string { return fmt.Sprintf("c%d", collections.Add(1)) }

// run sends a command and returns the server's reply, also one that tells of an error. Of a cursor it fetches every batch,
// and puts all documents into the first one. It fails on anything but a reply.
func (e *engine) run(command bson.D) (bson.Raw, error) {
	reply, err := e.send(command)
	if err != nil {
		return nil, fmt.Errorf("%s engine: %s: %w", e.name, extJSON(command), err)
	}

	id, ok := reply.Lookup("cursor", "id").AsInt64OK()
	if !ok {
		return reply, nil
	}

	documents := batch(reply, "firstBatch")
	for id != 0 {
		more, err := e.send(bson.D{{Key: "getMore", Value: id}, {Key: "collection", Value: command[0].Value}, {Key: "batchSize", Value: 2}})
		if err != nil {
			return nil, fmt.Errorf("%s engine: getMore of %s: %w", e.name, extJSON(command), err)
		}
		if next, ok := more.Lookup("cursor", "id").AsInt64OK(); ok {
			id = next
			documents = append(documents, batch(more, "nextBatch")...)
			continue
		}
		return more, nil
	}

	return bson.Marshal(bson.D{{Key: "cursor", Value: bson.D{{Key: "firstBatch", Value: documents}}}, {Key: "ok", Value: 1.0}})
}

// send is run for one batch.
func (e *engine) send(command bson.D) (bson.Raw, error) {
	reply, err := e.db.RunCommand(context.Background(), command).Raw()

	var refused mongo.CommandError
	var failed mongo.WriteException
	switch {
	case err == nil:
		return reply, nil
	case errors.As(err, &refused) && refused.Raw != nil:
		return refused.Raw, nil
	case errors.As(err, &failed):
		return failed.Raw, nil
	}

	return nil, err
}

func batch(reply bson.Raw, name string) bson.A {
	documents := bson.A{}
	array, _ := reply.Lookup("cursor", name).ArrayOK()
	values, _ := array.Values()
	for _, v := range values {
		documents = append(documents, v.Document())
	}

	return documents
}

// extJSON renders a document for people, with the type of each number.
func extJSON(document any) string {
	text, err := bson.MarshalExtJSON(document, true, false)
	if err != nil {
		return fmt.Sprintf("%v (%v)", document, err)
	}

	return string(text)
}
