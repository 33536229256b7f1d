package resolvers

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"github.com/graph-gophers/dataloader/v7"

	"cartograph/analytics"
	"cartograph/graph"
)

const (
	// maxWait closes a batch that its pace forgets, which would be a mistake of
	// ours: the answer then comes late rather than never. It is long because on a
	// busy machine a large answer takes its time to ask for everything.
	maxWait = defaultTimeout / 2
	// maxKeys closes a batch that has so many keys: they go into one $in of at
	// most a megabyte. It lies above what a query reads in one level, so that
	// the number of commands does not depend on the number of rows.
	maxKeys = 10_000
)

// loader finds values by key, those of many fields in one go. It belongs to one
// answer and so to one principal: its cache needs no organization in its keys.
type loader[K comparable, V any] struct {
	batching
	kind  string
	fetch func(context.Context, []K) (map[K]V, error)

	mu      sync.Mutex
	known   map[K]loaded[V]          // what was read ahead
	batches *dataloader.Loader[K, V] // nil until a key is asked for, as are the maps: an answer needs few of its loaders
	queued  bool                     // the batch is sent once nothing is busy
	waiting map[K]int                // how many wait for each key that is not answered yet
	done    map[K]bool
}

// loaded is what reading a value came to.
type loaded[V any] struct {
	value V
	err   error
}

// batching is what the loaders of an answer have in common.
type batching struct {
	log  *slog.Logger
	pace *pace
	// timeout bounds a batch, which runs on after the request that began it is gone,
	// as others may wait for it.
	timeout time.Duration
	watcher Watcher
}

// newLoader returns a loader that reads values with fetch. An error of fetch is
// logged once and fails every field that waits; a key that fetch does not
// answer is a NotFound error. A missing value is so never nil.
func newLoader[K comparable, V any](b batching, kind string, fetch func(context.Context, []K) (map[K]V, error)) *loader[K, V] {
	return &loader[K, V]{batching: b, kind: kind, fetch: fetch}
}

// read reads the values of keys in one go.
func (l *loader[K, V]) read(ctx context.Context, keys []K) (map[K]V, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), l.timeout)
	defer cancel()
	ctx, ended := l.watcher.Batch(ctx, l.kind, len(keys))
	found, err := contained(ctx, l.log, l.kind, func() (map[K]V, error) { return l.fetch(ctx, keys) })
	ended(err)
	return found, err
}

// begin makes what keys are batched by. Whoever calls it holds the lock.
func (l *loader[K, V]) begin() {
	l.waiting, l.done = map[K]int{}, map[K]bool{}
	l.batches = dataloader.NewBatchedLoader(func(ctx context.Context, keys []K) []*dataloader.Result[V] {
		found, err := l.read(ctx, keys)
		results := make([]*dataloader.Result[V], len(keys))
		for i, key := range keys {
			one := l.outcome(key, found, err)
			results[i] = &dataloader.Result[V]{Data: one.value, Error: one.err}
		}
		l.answered(keys)
		return results
	},
		dataloader.WithWait[K, V](maxWait),
		dataloader.WithBatchCapacity[K, V](maxKeys))
}

// outcome returns what reading a key among others came to.
func (l *loader[K, V]) outcome(key K, found map[K]V, err error) loaded[V] {
	value, ok := found[key]
	if err == nil && !ok {
		err = analytics.Errorf(analytics.NotFound, "%s not found", l.kind)
	}
	return loaded[V]{value, err}
}

// ahead reads the values of keys before any field asks for them, in one go: who
// asks then need not wait. It returns them by key, without those not found or
// not to be read. Whoever calls it does not count as busy.
func (l *loader[K, V]) ahead(ctx context.Context, keys []K) map[K]V {
	asked := make(map[K]bool, len(keys))
	missing := make([]K, 0, len(keys))
	for _, key := range keys {
		if !asked[key] {
			asked[key] = true
			missing = append(missing, key)
		}
	}
	all := make(map[K]V, len(missing))
	for some := range slices.Chunk(missing, maxKeys) {
		found, err := l.read(ctx, some)
		maps.Copy(all, found)
		l.mu.Lock()
		if l.known == nil {
			l.known = make(map[K]loaded[V], len(missing))
		}
		for _, key := range some {
			l.known[key] = l.outcome(key, found, err)
		}
		l.mu.Unlock()
	}
	return all
}

// contained runs a fetch, and logs a failure of ours or a panic with the kind of
// value that was read; both are returned as logged.
func contained[T any](ctx context.Context, log *slog.Logger, kind string, fetch func() (T, error)) (found T, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			log.ErrorContext(ctx, "a batch panicked", "request", requestID(ctx), "operation", operationName(ctx), "organization", orgOf(ctx), "kind", kind, "error", fmt.Sprint(cause), "stack", string(debug.Stack()))
			err = logged{fmt.Errorf("panic: %v", cause)}
		}
	}()
	found, err = fetch()
	if isOurs(analytics.CodeOf(err)) && !isAbandoned(ctx, err) {
		log.ErrorContext(ctx, "a batch failed", "request", requestID(ctx), "operation", operationName(ctx), "organization", orgOf(ctx), "kind", kind, "error", err.Error())
		err = logged{err}
	}
	return found, err
}

// start asks for the value of a key, and returns the function that waits for it,
// which must be called. It fails with NotFound where there is none.
func (l *loader[K, V]) start(ctx context.Context, key K) func() (V, error) {
	if ctx.Err() != nil {
		return func() (none V, err error) {
			return none, analytics.Errorf(analytics.Timeout, "the operation took too long")
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.known[key]; ok {
		return func() (V, error) { return known.value, known.err }
	}
	if graph.IsLight(ctx) {
		return func() (none V, err error) { return none, graph.ErrNotLight }
	}
	if l.batches == nil {
		l.begin()
	}
	if l.done[key] {
		return l.batches.Load(ctx, key)
	}
	l.waiting[key]++
	wait := l.batches.Load(ctx, key)
	if !l.queued {
		l.queued = true
		l.pace.whenStuck(l.send)
	}
	return func() (V, error) {
		l.pace.add(-1) // answered adds it again
		return wait()
	}
}

// load returns the value of a key; it fails with NotFound where there is none.
func (l *loader[K, V]) load(ctx context.Context, key K) (V, error) {
	l.mu.Lock()
	known, ok := l.known[key]
	l.mu.Unlock()
	if ok {
		return known.value, known.err
	}
	return l.start(ctx, key)()
}

// send sends the batch. A key that joins after that queues the next one.
func (l *loader[K, V]) send() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queued = false
	l.batches.Flush()
}

// answered says that those who wait for the keys are about to go on.
func (l *loader[K, V]) answered(keys []K) {
	l.mu.Lock()
	waiting := 0
	for _, key := range keys {
		waiting += l.waiting[key]
		delete(l.waiting, key)
		l.done[key] = true
	}
	l.mu.Unlock()
	l.pace.add(waiting)
}

// family is a loader for each set of arguments that a field is asked with: what
// is read in one go has its arguments in common.
type family[A any, K comparable, V any] struct {
	build func(A) *loader[K, V]

	mu     sync.Mutex
	byArgs map[string]*loader[K, V]
}

func newFamily[A any, K comparable, V any](build func(A) *loader[K, V]) *family[A, K, V] {
	return &family[A, K, V]{build: build}
}

// with returns the loader for a set of arguments: the same for equal ones.
func (f *family[A, K, V]) with(args A) *loader[K, V] {
	key := string(encode(args))
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.byArgs[key]
	if l == nil {
		if f.byArgs == nil {
			f.byArgs = map[string]*loader[K, V]{}
		}
		l = f.build(args)
		f.byArgs[key] = l
	}
	return l
}

// encode returns a value as JSON: one that holds no more than texts, numbers,
// times and lists of them.
func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil { // never, by what it is given
		return []byte("null")
	}
	return text
}
