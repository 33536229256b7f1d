package embedded

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const benchDocs = 100_000

// benchDoc is a document of 229 bytes, like a tracking event.
func benchDoc(i int) bson.D {
	return bson.D{
		{Key: "_id", Value: benchID(i)},
		{Key: "org", Value: fmt.Sprintf("org-%02d", i%20)},
		{Key: "agent", Value: fmt.Sprintf("agent-%03d", i%200)},
		{Key: "at", Value: time.UnixMilli(1_700_000_000_000 + int64(i)*1000)},
		{Key: "kind", Value: "product_viewed"},
		{Key: "n", Value: int32(i)},
		{Key: "amount", Value: int64(i) * 100},
		{Key: "text", Value: strings.Repeat("x", 62)},
	}
}

func benchID(i int) string { return fmt.Sprintf("event-%012d", i*7919%1_000_003) }

// benchCollection is a collection of n documents with two indexes beside the one on _id.
func benchCollection(b *testing.B, n int, o Options, sync bool) *mongo.Collection {
	b.Helper()
	s, err := Open(b.TempDir(), Options{NoSync: !sync, SnapshotBytes: o.SnapshotBytes})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = s.Close() })
	c := connect(b, s.URI()).Collection("events")
	benchIndexes(b, c)
	fill(b, c, 0, n)

	return c
}

func benchIndexes(b *testing.B, c *mongo.Collection) {
	b.Helper()
	_, err := c.Indexes().CreateMany(context.Background(), []mongo.IndexModel{
		{Keys: bson.D{{Key: "org", Value: 1}, {Key: "at", Value: -1}, {Key: "_id", Value: -1}}},
		{Keys: bson.D{{Key: "org", Value: 1}, {Key: "agent", Value: 1}, {Key: "at", Value: -1}}},
	})
	if err != nil {
		b.Fatal(err)
	}
}

func fill(b *testing.B, c *mongo.Collection, from, to int) {
	b.Helper()
	for from < to {
		batch := make([]any, 0, 1000)
		for ; from < to && len(batch) < 1000; from++ {
			batch = append(batch, benchDoc(from))
		}
		if _, err := c.InsertMany(context.Background(), batch, options.InsertMany().SetOrdered(false)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkRead(b *testing.B) {
	ctx := context.Background()
	c := benchCollection(b, benchDocs, Options{}, false)
	all := func(b *testing.B, filter any, opts *options.FindOptionsBuilder, want int) {
		cur, err := c.Find(ctx, filter, opts)
		if err != nil {
			b.Fatal(err)
		}
		n := 0
		for cur.Next(ctx) {
			n++
		}
		if n != want || cur.Err() != nil {
			b.Fatalf("got %d documents, want %d: %v", n, want, cur.Err())
		}
	}

	b.Run("find by _id", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.FindOne(ctx, bson.D{{Key: "_id", Value: benchID(rand.IntN(benchDocs))}}).Raw(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("find by 50 ids", func(b *testing.B) {
		for b.Loop() {
			ids := make([]string, 50)
			for i := range ids {
				ids[i] = benchID(rand.IntN(benchDocs/50) + i*benchDocs/50)
			}
			all(b, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, options.Find(), 50)
		}
	})
	b.Run("equality, sort, limit 50", func(b *testing.B) {
		for b.Loop() {
			all(b, bson.D{{Key: "org", Value: "org-07"}}, options.Find().SetSort(bson.D{{Key: "at", Value: -1}, {Key: "_id", Value: -1}}).SetLimit(50), 50)
		}
	})
	b.Run("count by index", func(b *testing.B) {
		for b.Loop() {
			if n, err := c.CountDocuments(ctx, bson.D{{Key: "org", Value: "org-07"}}); err != nil || n != benchDocs/20 {
				b.Fatal(n, err)
			}
		}
	})
	b.Run("scan of 100,000", func(b *testing.B) {
		for b.Loop() {
			all(b, bson.D{{Key: "n", Value: -1}}, options.Find(), 0)
		}
	})
}

func BenchmarkInsertMany(b *testing.B) {
	c := benchCollection(b, 0, Options{}, true)
	at := 0
	for b.Loop() {
		fill(b, c, at, at+1000)
		at += 1000
	}
	b.ReportMetric(float64(at)/b.Elapsed().Seconds(), "docs/s")
}

func BenchmarkIncrement(b *testing.B) {
	ctx := context.Background()
	for _, writers := range []int{1, 16} {
		b.Run(fmt.Sprintf("%d writers", writers), func(b *testing.B) {
			c := benchCollection(b, 1000, Options{}, true)
			var done atomic.Int64
			var wg sync.WaitGroup
			b.ResetTimer()
			for w := range writers {
				wg.Go(func() {
					for done.Add(1) <= int64(b.N) {
						if _, err := c.UpdateOne(ctx, bson.D{{Key: "_id", Value: benchID(w)}}, bson.D{{Key: "$inc", Value: bson.D{{Key: "n", Value: 1}}}}); err != nil {
							b.Error(err)
							return
						}
					}
				})
			}
			wg.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	dir := b.TempDir()
	s, err := Open(dir, Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	c := connect(b, s.URI()).Collection("events")
	benchIndexes(b, c)
	fill(b, c, 0, 300_000)
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}

	for b.Loop() {
		b.StopTimer()
		bytes, objects := live()
		b.StartTimer()
		s, err := Open(dir, Options{NoSync: true})
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		bytesAfter, objectsAfter := live()
		b.ReportMetric(float64(bytesAfter-bytes)/300_000, "bytes/doc")
		b.ReportMetric(float64(objectsAfter-objects)/300_000, "objects/doc")
		b.ReportMetric(float64(memory(s.store.published.Load().colls))/300_000, "estimated-bytes/doc")
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}
