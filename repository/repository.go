// Package repository keeps and finds the documents of Cartograph in a database
// that speaks the MongoDB protocol. It is the only package that knows the
// driver.
//
// Every method takes a Reach and puts it into its filter: nothing of another
// organization, and nothing beyond an agent's own calls where the reach is
// limited to them, is ever read, counted or written. Errors are
// analytics.Errors with a code and a message that is safe to show.
//
// It keeps to the part of the MongoDB API that MongoDB 5 and later, DocumentDB,
// FerretDB and the embedded engine share; see docs/architecture.md.
package repository

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

const (
	// commandTimeout bounds one database command, unless the options say otherwise;
	// a query of the graph has 10 seconds in all, so that its last command still has
	// time to fail by itself.
	commandTimeout = 8 * time.Second
	// selectionTimeout bounds the wait for a server that does not answer: a
	// client had better hear UNAVAILABLE soon.
	selectionTimeout = 5 * time.Second
)

// Options say which database to use.
type Options struct {
	URI      string
	Database string
	// Timeout bounds commands, unless their context ends earlier; 0 stands for 8
	// seconds.
	Timeout time.Duration
	// CacheTTL is how old a reference document may be that CachedFinders answer with,
	// and CacheBytes about how much memory is kept for them. Without either nothing is
	// kept.
	CacheTTL   time.Duration
	CacheBytes uint64
	// Now is the clock of the cache; nil: that of the machine.
	Now func() time.Time
	// OnCommand, if set, hears the name of every command sent: tests count them.
	OnCommand func(name string)
	// OnAnswer, if set, hears how each command ended, with the context it was sent in.
	OnAnswer func(ctx context.Context, c Command)
	// OnWork, if set, is called when something begins that nobody asked for, such as
	// a fold, which then runs in the context it returns; ended hears how it ended.
	OnWork func(ctx context.Context, what string) (_ context.Context, ended func(error))
}

// Repository reads and writes the documents of one database. It is safe for
// concurrent use.
type Repository struct {
	client *mongo.Client
	db     *mongo.Database
	// timeout bounds a command.
	timeout time.Duration
	// lastArrival is the number that the last imported row got.
	lastArrival atomic.Int64
	// unfolded is about how many batches with live events were taken in here since
	// they were last folded; folding holds whoever folds them.
	unfolded atomic.Int64
	folding  solo
	// unfoldedProducts is about how many batches marked products here since these
	// were last folded; foldingProducts holds whoever folds them for a batch.
	unfoldedProducts atomic.Int64
	foldingProducts  sync.Mutex
	pauses           pauses
	hear             func(topic string, version int64)
	cache            *cache // nil: nothing is kept
	onWork           func(ctx context.Context, what string) (context.Context, func(error))
	// callDays is set once the days of calls are known to be kept.
	callDays atomic.Bool
	// statistics are the turns of statistics that count very many calls.
	statistics turns
	full       fullSubjects
}

// Open returns the repository of a database. It does not connect yet; it fails
// for a URI that cannot be read.
func Open(o Options) (*Repository, error) {
	if o.Timeout == 0 {
		o.Timeout = commandTimeout
	}
	opts := options.Client().ApplyURI(o.URI).
		SetAppName("cartograph").
		SetTimeout(o.Timeout).
		SetServerSelectionTimeout(selectionTimeout)
	if o.OnCommand != nil || o.OnAnswer != nil {
		opts.SetMonitor(o.monitor())
	}
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Repository{client: client, db: client.Database(o.Database), timeout: o.Timeout, folding: newSolo(), cache: newCache(o.CacheTTL, o.CacheBytes, o.Now), onWork: o.OnWork, statistics: newTurns()}, nil
}

// work does something that nobody asked for, and tells of it.
func (r *Repository) work(ctx context.Context, what string, do func(context.Context) error) error {
	if r.onWork == nil {
		return do(ctx)
	}
	ctx, ended := r.onWork(ctx, what)
	err := do(ctx)
	ended(err)
	return err
}

// workApart does something that nobody asked for with each of some things, and
// returns with how many that went well. Where one fails the others are still come
// to, so that nobody waits for what somebody else broke, unless the database cannot
// be reached: then all would fail. What failed by itself pauses, under its id.
func workApart[T any](ctx context.Context, r *Repository, what string, now time.Time, things []T, idOf func(T) string, do func(context.Context, T) error) (done int, err error) {
	for _, thing := range things {
		failed := r.work(ctx, what, func(ctx context.Context) error { return do(ctx, thing) })
		if failed == nil {
			r.pauses.done(what, idOf(thing))
			done++
			continue
		}
		err = errors.Join(err, failed)
		if allWouldFail(ctx, failed) {
			break
		}
		r.pauses.failed(what, idOf(thing), now)
	}
	return done, err
}

// itself is the id of an organization that work is done for.
func itself(org string) string { return org }

// Close ends all connections.
func (r *Repository) Close(ctx context.Context) error { return r.client.Disconnect(ctx) }

// Ping fails with Unavailable where the database does not answer.
func (r *Repository) Ping(ctx context.Context) error {
	return wrap(r.client.Ping(ctx, nil), "ping database")
}

// Drop deletes the whole database.
func (r *Repository) Drop(ctx context.Context) error {
	defer r.cache.dropAll()
	defer r.callDays.Store(false)
	return wrap(r.db.Drop(ctx), "drop database")
}
