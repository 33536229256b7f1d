package embedded

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
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

func TestTheFolderIsLockedAndItsOwn(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s, err := Open(dir, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, ErrLocked) {
		t.Errorf("opened twice: %v", err)
	}
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if uri, err := URI(dir); err != nil || uri != s.URI() {
		t.Errorf("found %q (%v), want %q", uri, err, s.URI())
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if uri, err := URI(dir); err == nil {
		t.Errorf("found a closed server at %s", uri)
	}

	foreign := t.TempDir()
	if err := os.WriteFile(filepath.Join(foreign, "letter"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(foreign, Options{}); err == nil {
		t.Error("took a folder of something else")
	}
}

func TestALongPathGetsAShortSocket(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30), "a: b@c,d")
	s, err := Open(dir, Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	uri, err := URI(dir)
	if err != nil || uri != s.URI() {
		t.Fatalf("found %q (%v), want %q", uri, err, s.URI())
	}
	if err := connect(t, uri).Client().Ping(t.Context(), nil); err != nil {
		t.Error(err)
	}
	temp := s.folder.temp
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(temp); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the socket's folder is still there: %v", err)
	}
}

func TestClosingKeepsWhatWasAcknowledged(t *testing.T) {
	dir := t.TempDir()
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	c := connect(t, s.URI()).Collection("c")
	ctx, cancel := context.WithCancel(t.Context())
	var acknowledged atomic.Int64
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ; i++ {
				if _, err := c.InsertOne(ctx, o("_id", w*100_000+i)); err != nil {
					return
				}
				acknowledged.Add(1)
			}
		})
	}
	for acknowledged.Load() < 50 {
		time.Sleep(time.Millisecond)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	cancel()
	wg.Wait()
	if err := s.Close(); err != nil {
		t.Error(err)
	}

	s, err = Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n, err := connect(t, s.URI()).Collection("c").CountDocuments(t.Context(), o())
	if err != nil || n < acknowledged.Load() || n > acknowledged.Load()+4 {
		t.Errorf("%d documents (%v) of %d acknowledged", n, err, acknowledged.Load())
	}
}

// Sixteen writers increment one document, swap another by its version, and claim from a queue: nothing is lost or doubled.
func TestAtomicity(t *testing.T) {
	ctx := t.Context()
	_, db := openTest(t, Options{SnapshotBytes: 20_000})
	c := db.Collection("c")
	const writers, rounds = 16, 40
	docs := []any{o("_id", "sum", "n", 0), o("_id", "head", "version", 0)}
	for i := range writers * rounds {
		docs = append(docs, o("_id", i, "state", "new"))
	}
	if _, err := c.InsertMany(ctx, docs); err != nil {
		t.Fatal(err)
	}

	var swaps, claims atomic.Int64
	var wg sync.WaitGroup
	for range writers {
		wg.Go(func() {
			for range rounds {
				if _, err := c.UpdateOne(ctx, o("_id", "sum"), o("$inc", o("n", 1))); err != nil {
					t.Error(err)
				}
				var head struct{ Version int }
				if err := c.FindOne(ctx, o("_id", "head")).Decode(&head); err != nil {
					t.Error(err)
				}
				res, err := c.ReplaceOne(ctx, o("_id", "head", "version", head.Version), o("version", head.Version+1))
				if err != nil {
					t.Error(err)
				} else {
					swaps.Add(res.ModifiedCount)
				}
				if err := c.FindOneAndUpdate(ctx, o("state", "new"), o("$set", o("state", "taken"))).Err(); err != nil {
					t.Error(err)
				}
				claims.Add(1)
			}
		})
	}
	wg.Wait()

	var got []bson.D
	cur, err := c.Find(ctx, o("_id", o("$in", bson.A{"sum", "head"})))
	if err != nil {
		t.Fatal(err)
	}
	if err := cur.All(ctx, &got); err != nil {
		t.Fatal(err)
	}
	want := []bson.D{o("_id", "head", "version", int32(swaps.Load())), o("_id", "sum", "n", int32(writers*rounds))}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if left, err := c.CountDocuments(ctx, o("state", "new")); left != 0 || err != nil {
		t.Errorf("%d left after %d claims (%v)", left, claims.Load(), err)
	}
}

// A cursor keeps to the moment it began, whatever is written meanwhile, and writers do not wait for it.
func TestCursorsSeeOneMoment(t *testing.T) {
	ctx := t.Context()
	_, db := openTest(t, Options{})
	c := db.Collection("c")
	var docs []any
	for i := range 500 {
		docs = append(docs, o("_id", i, "n", 0))
	}
	if _, err := c.InsertMany(ctx, docs); err != nil {
		t.Fatal(err)
	}
	cur, err := c.Find(ctx, o("n", o("$gte", 0)), options.Find().SetBatchSize(10))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.UpdateMany(ctx, o(), o("$inc", o("n", -1))); err != nil {
		t.Fatal(err)
	}
	if err := db.Drop(ctx); err != nil {
		t.Fatal(err)
	}
	n := 0
	for cur.Next(ctx) {
		if cur.Current.Lookup("n").AsInt64() != 0 {
			t.Fatalf("saw %v", cur.Current)
		}
		n++
	}
	if n != 500 || cur.Err() != nil {
		t.Errorf("saw %d documents: %v", n, cur.Err())
	}
}

func TestATimeLimitIsKept(t *testing.T) {
	s := testServer(t)
	var docs bson.A
	for i := range 20_000 {
		docs = append(docs, o("_id", i, "text", strings.Repeat("a", 100)))
	}
	s.runCommand(t, "insert", "c", "documents", docs)
	reply := s.runCommand(t, "find", "c", "filter", o("text", o("$regex", "(a*)*b")), "maxTimeMS", 1)
	if reply["code"] != int32(codeMaxTimeExpired) {
		t.Errorf("got %v", reply["code"])
	}
}

func TestGarbageOnTheSocketEndsThatConnectionOnly(t *testing.T) {
	s, db := openTest(t, Options{})
	for _, b := range []string{"GET / HTTP/1.1\r\n\r\n", "\x00\x00\x00\x00", "\xff\xff\xff\x7f0000000000000000", "\x10\x00\x00\x00000000000000"} {
		c, err := net.Dial("unix", s.folder.socket)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Write([]byte(b)); err != nil {
			t.Fatal(err)
		}
		_ = c.(*net.UnixConn).CloseWrite()
		if rest, err := io.ReadAll(c); err != nil || len(rest) > 0 {
			t.Errorf("%q: got %q, %v", b, rest, err)
		}
		_ = c.Close()
	}
	if err := db.Client().Ping(t.Context(), nil); err != nil {
		t.Error(err)
	}
}
