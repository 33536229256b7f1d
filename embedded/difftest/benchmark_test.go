package difftest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/embedded"
)

const (
	// documentCount is how many documents the reading benchmarks read from, reopenCount how many a folder is opened with.
	documentCount = 100_000
	reopenCount   = 300_000
	// organizations share the documents evenly; a page is the latest of one of them.
	organizations = 100
	pageSize      = 50
	batchSize     = 1000
)

// BenchmarkReads measures through the driver: a find by _id, of fifty ids, of a page in the order of a compound index, and a
// find that looks at every document and finds none.
func BenchmarkReads(b *testing.B) {
	benchmarkEngines(b, func(b *testing.B, e *engine) {
		c := e.db.Collection(newCollection())
		load(b, c, documentCount)
		ctx := context.Background()

		b.Run("find by _id", func(b *testing.B) {
			for b.Loop() {
				if err := c.FindOne(ctx, id(documentID(rand.IntN(documentCount)))).Err(); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("find 50 ids", func(b *testing.B) {
			for b.Loop() {
				ids := bson.A{}
				for range pageSize {
					ids = append(ids, documentID(rand.IntN(documentCount)))
				}
				readAll(b, c, id(bson.D{{Key: "$in", Value: ids}}), options.Find(), -1)
			}
		})
		b.Run("find a page of 50", func(b *testing.B) {
			for b.Loop() {
				readAll(b, c, bson.D{{Key: "org", Value: organization(rand.IntN(organizations))}},
					options.Find().SetSort(bson.D{{Key: "at", Value: -1}, {Key: "_id", Value: -1}}).SetLimit(pageSize), pageSize)
			}
		})
		b.Run("look at all", func(b *testing.B) {
			for b.Loop() {
				readAll(b, c, bson.D{{Key: "seconds", Value: -1}}, options.Find(), 0)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/documentCount, "ns/document")
		})
	})
}

// BenchmarkInsertMany measures inserting a batch into a collection with two indexes besides that of _id.
func BenchmarkInsertMany(b *testing.B) {
	benchmarkEngines(b, func(b *testing.B, e *engine) {
		c := e.db.Collection(newCollection())
		index(b, c)
		next := 0
		for b.Loop() {
			insertBatch(b, c, next, batchSize)
			next += batchSize
		}
		b.ReportMetric(float64(next)/b.Elapsed().Seconds(), "documents/s")
	})
}

// BenchmarkIncrement measures $inc by one writer, and by sixteen at the same time, each on a document of its own.
func BenchmarkIncrement(b *testing.B) {
	benchmarkEngines(b, func(b *testing.B, e *engine) {
		c := e.db.Collection(newCollection())
		for n := range writers + 1 {
			if _, err := c.InsertOne(context.Background(), bson.D{{Key: "_id", Value: n}, {Key: "n", Value: 0}}); err != nil {
				b.Fatal(err)
			}
		}

		b.Run("1 writer", func(b *testing.B) {
			for b.Loop() {
				if _, err := c.UpdateOne(context.Background(), id(0), increment()); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "increments/s")
		})
		b.Run(fmt.Sprintf("%d writers", writers), func(b *testing.B) {
			var last atomic.Int64
			b.SetParallelism(writers / runtime.GOMAXPROCS(0))
			b.RunParallel(func(pb *testing.PB) {
				own := id(last.Add(1))
				for pb.Next() {
					if _, err := c.UpdateOne(context.Background(), own, increment()); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "increments/s")
		})
	})
}

// BenchmarkReopen measures opening a folder of 300,000 documents, and reports what each of them takes of the memory.
func BenchmarkReopen(b *testing.B) {
	folder := b.TempDir()
	fill(b, folder, reopenCount)

	before := heap()
	for b.Loop() {
		reopened, err := embedded.Open(folder, embedded.Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		b.ReportMetric(float64(heap()-before)/reopenCount, "bytes/document")
		if err := reopened.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

// benchmarkEngines runs the benchmark on the embedded engine, which waits for the disk as it does in use, and then on the
// full-size one.
func benchmarkEngines(b *testing.B, benchmark func(b *testing.B, e *engine)) {
	b.Run("embedded", func(b *testing.B) {
		benchmark(b, connect(b, "embedded", serve(b, b.TempDir(), embedded.Options{}).URI()))
	})
	b.Run("full-size", func(b *testing.B) { benchmark(b, openFullSize(b)) })
}

// fill makes a folder with a collection of n documents.
func fill(b *testing.B, folder string, n int) {
	b.Helper()

	server, err := embedded.Open(folder, embedded.Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	client, err := mongo.Connect(options.Client().ApplyURI(server.URI()))
	if err != nil {
		b.Fatal(err)
	}
	load(b, client.Database("difftest").Collection("documents"), n)
	if err := client.Disconnect(context.Background()); err != nil {
		b.Fatal(err)
	}
	if err := server.Close(); err != nil {
		b.Fatal(err)
	}
}

// load fills the collection with n documents and gives it its indexes.
func load(b *testing.B, c *mongo.Collection, n int) {
	b.Helper()

	index(b, c)
	for from := 0; from < n; from += batchSize {
		insertBatch(b, c, from, min(batchSize, n-from))
	}
}

func index(b *testing.B, c *mongo.Collection) {
	b.Helper()

	_, err := c.Indexes().CreateMany(context.Background(), []mongo.IndexModel{
		{Keys: bson.D{{Key: "org", Value: 1}, {Key: "at", Value: -1}, {Key: "_id", Value: -1}}},
		{Keys: bson.D{{Key: "org", Value: 1}, {Key: "agent", Value: 1}}},
	})
	if err != nil {
		b.Fatal(err)
	}
}

func insertBatch(b *testing.B, c *mongo.Collection, from, n int) {
	b.Helper()

	documents := make([]any, n)
	for i := range documents {
		documents[i] = call(from + i)
	}
	if _, err := c.InsertMany(context.Background(), documents); err != nil {
		b.Fatal(err)
	}
}

// call is a document of about 230 bytes.
func call(n int) bson.D {
	at := time.UnixMilli(1_700_000_000_000).Add(time.Duration(n) * time.Second)

	return bson.D{
		{Key: "_id", Value: documentID(n)},
		{Key: "org", Value: organization(n % organizations)},
		{Key: "agent", Value: fmt.Sprintf("agent-%04d", n%1000)},
		{Key: "at", Value: at},
		{Key: "seconds", Value: int32(n % 600)},
		{Key: "amount", Value: int64(n) * 100},
		{Key: "currency", Value: "EUR"},
		{Key: "answered", Value: n%5 != 0},
		{Key: "note", Value: strings.Repeat("n", 70)},
	}
}

func documentID(n int) string { return fmt.Sprintf("call-%08d", n) }

func organization(n int) string { return fmt.Sprintf("org-%03d", n) }

// readAll reads all that a find gives, and fails unless it is want documents; -1 is any number.
func readAll(b *testing.B, c *mongo.Collection, filter bson.D, o *options.FindOptionsBuilder, want int) {
	b.Helper()

	cursor, err := c.Find(context.Background(), filter, o)
	if err != nil {
		b.Fatal(err)
	}
	var documents []bson.Raw
	if err := cursor.All(context.Background(), &documents); err != nil {
		b.Fatal(err)
	}
	if want >= 0 && len(documents) != want {
		b.Fatalf("found %d documents, want %d", len(documents), want)
	}
}

func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)

	return int64(stats.HeapAlloc)
}
