package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"golang.org/x/sync/errgroup"

	"cartograph/repository"
)

const (
	// dataVersion is to be raised where the generator writes something else: what an
	// older one wrote is then written again.
	dataVersion = 2
	// batch is how many calls, events or records are written at once.
	batch = 1000
	// largestBroadcast is how many events a broadcast has at most: what is held of
	// the data in memory is one.
	largestBroadcast = 100_000
	// commandTimeout is for the slowest command on a busy machine.
	commandTimeout = 2 * time.Minute
)

// dataSet says what the database holds, in a document of its own.
type dataSet struct {
	Version, Calls, Broadcasts, EventsEach int
	// DoneCalls and DoneBroadcasts are how far it is written.
	DoneCalls, DoneBroadcasts int
}

// newDataSet returns what is to be written for a number of calls and of events,
// which come in whole broadcasts.
func newDataSet(calls, events int) dataSet {
	each := min(events, largestBroadcast)
	d := dataSet{Version: dataVersion, Calls: calls, EventsEach: each}
	if each > 0 {
		d.Broadcasts = events / each
	}
	return d
}

// same reports whether both are the same once they are done.
func (d dataSet) same(o dataSet) bool {
	d.DoneCalls, d.DoneBroadcasts, o.DoneCalls, o.DoneBroadcasts = 0, 0, 0, 0
	return d == o
}

// filler writes a data set.
type filler struct {
	db   *mongo.Database
	repo *repository.Repository
	data dataSet
}

// fill makes a database hold a data set, the same for the same numbers. It goes on
// where it was interrupted, and deletes the database where that holds anything
// else.
//
// Calls are written as what the gateway derives from their events: a million takes
// minutes that way. What happens in broadcasts comes in as events, by the gateway's
// own intake and folds.
func fill(ctx context.Context, uri, database string, want dataSet) (err error) {
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		return err
	}
	defer func() { _ = client.Disconnect(context.WithoutCancel(ctx)) }()
	f := &filler{db: client.Database(database), data: want}
	var found dataSet
	err = f.db.Collection("bench").FindOne(ctx, bson.D{}).Decode(&found)
	switch {
	case err == nil && found.same(want):
		f.data = found
	case err == nil || err == mongo.ErrNoDocuments:
		if err := f.empty(ctx); err != nil {
			return fmt.Errorf("empty the database: %w", err)
		}
	default:
		return err
	}
	if f.repo, err = repository.Open(repository.Options{URI: uri, Database: database, Timeout: commandTimeout}); err != nil {
		return err
	}
	defer func() { _ = f.repo.Close(context.WithoutCancel(ctx)) }()
	if err := f.repo.EnsureIndexes(ctx); err != nil {
		return err
	}
	if err := f.putCatalog(ctx); err != nil {
		return err
	}
	if err := f.putCalls(ctx); err != nil {
		return err
	}
	return f.putBroadcasts(ctx)
}

// done notes how far the data set is written.
func (f *filler) done(ctx context.Context) error {
	_, err := f.db.Collection("bench").ReplaceOne(ctx, bson.D{{Key: "_id", Value: "data"}}, &f.data, options.Replace().SetUpsert(true))
	return err
}

// empty deletes whatever there is. The collections stay: a server that has just
// dropped them may not find those at once that are made in their place.
func (f *filler) empty(ctx context.Context) error {
	names, err := f.db.ListCollectionNames(ctx, bson.D{})
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := f.db.Collection(name).DeleteMany(ctx, bson.D{}); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (f *filler) putCatalog(ctx context.Context) error {
	records, err := catalog(f.data.Broadcasts)
	if err != nil {
		return err
	}
	for some := range slices.Chunk(records, batch) {
		outcomes, err := f.repo.PutCatalog(ctx, org, some)
		if err := refused(outcomes, err); err != nil {
			return err
		}
	}
	return f.done(ctx)
}

// refused returns why something could not be taken in.
func refused(outcomes []repository.Outcome, err error) error {
	for _, o := range outcomes {
		if err == nil {
			err = o.Err
		}
	}
	return err
}

// putCalls writes the calls that are missing.
func (f *filler) putCalls(ctx context.Context) error {
	p := newProgress("calls", f.data.DoneCalls, f.data.Calls)
	for f.data.DoneCalls < f.data.Calls {
		documents := map[string][]any{}
		next := min(f.data.DoneCalls+batch, f.data.Calls)
		for i := f.data.DoneCalls; i < next; i++ {
			for collection, document := range callDocuments(i) {
				documents[collection] = append(documents[collection], document)
			}
		}
		group, groupCtx := errgroup.WithContext(ctx)
		for collection, list := range documents {
			group.Go(func() error { return f.insert(groupCtx, collection, list) })
		}
		if err := group.Wait(); err != nil {
			return err
		}
		f.data.DoneCalls = next
		if err := f.done(ctx); err != nil {
			return err
		}
		p.report(next)
	}
	return nil
}

// insert writes documents. Those that are there were written before an
// interruption.
func (f *filler) insert(ctx context.Context, collection string, documents []any) error {
	_, err := f.db.Collection(collection).InsertMany(ctx, documents, options.InsertMany().SetOrdered(false))
	if mongo.IsDuplicateKeyError(err) {
		return nil
	}
	return err
}

// putBroadcasts sends in the events of the broadcasts that are missing, and folds
// all of them.
func (f *filler) putBroadcasts(ctx context.Context) error {
	p := newProgress("events", f.data.DoneBroadcasts*f.data.EventsEach, f.data.Broadcasts*f.data.EventsEach)
	for f.data.DoneBroadcasts < f.data.Broadcasts {
		events, err := broadcastEvents(f.data.DoneBroadcasts, f.data.EventsEach)
		if err != nil {
			return err
		}
		sent := f.data.DoneBroadcasts * f.data.EventsEach
		for some := range slices.Chunk(events, batch) {
			outcomes, err := f.repo.Absorb(ctx, org, some)
			if err := refused(outcomes, err); err != nil {
				return err
			}
			sent += len(some)
			p.report(min(sent, (f.data.DoneBroadcasts+1)*f.data.EventsEach))
		}
		if err := f.fold(ctx); err != nil {
			return err
		}
		f.data.DoneBroadcasts++
		if err := f.done(ctx); err != nil {
			return err
		}
	}
	return f.fold(ctx)
}

// fold folds what came in, so that no server has to while it is measured.
func (f *filler) fold(ctx context.Context) error {
	if err := f.repo.CompleteProducts(ctx); err != nil {
		return err
	}
	for _, fold := range []func() (int, error){
		func() (int, error) { return f.repo.FoldLive(ctx, 0, time.Now()) },
		func() (int, error) { return f.repo.FoldProducts(ctx, time.Now()) },
		func() (int, error) { return f.repo.FoldCallDays(ctx, 0, time.Now()) },
	} {
		for left := 1; left > 0; {
			var err error
			if left, err = fold(); err != nil {
				return err
			}
		}
	}
	return nil
}
