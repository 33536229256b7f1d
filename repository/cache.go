package repository

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"
	"go.mongodb.org/mongo-driver/v2/bson"
)

const (
	// DefaultCacheTTL is how old what is read of a reference document may be:
	// nobody at a page minds five seconds, and a busy page reads an agent a
	// thousand times in that time.
	DefaultCacheTTL = 5 * time.Second
	// DefaultCacheBytes holds the reference documents of some fifty shops.
	DefaultCacheBytes = 64 << 20

	// entryOverhead is about what an entry costs besides its document, in bytes:
	// its key, its places in maps and lists.
	entryOverhead = 300
	// decodedSize is how much larger a document is decoded than as it is stored.
	decodedSize = 2
)

// cache holds documents by scope and id as they were found, or that there were
// none. It is safe for concurrent use.
//
// What is read from it was true less than its ttl before the reading began, and
// after whatever was dropped by then was dropped. Both hold for reads of the
// database that are under way too: one that began too early is not waited for,
// and one that something was dropped behind is not kept.
//
// Its documents are shared by all who read them and must not be changed.
type cache struct {
	ttl time.Duration
	now func() time.Time

	mu         sync.Mutex // guards what follows, and the order of writes to held
	held       *otter.Cache[cacheKey, cacheEntry]
	reads      map[cacheKey]*cacheRead
	generation map[cacheScope]uint64
	everything uint64 // generation of all scopes
	stats      CacheStats
}

// cacheScope is the documents of a collection that belong to an organization.
type cacheScope struct{ collection, org string }

// cacheKey names an entry. A scope that is dropped as a whole goes on with the
// next generation: what was held of it is found no more and gives way to others.
type cacheKey struct {
	cacheScope
	scopeGeneration, generation uint64
	id                          string
}

// cacheEntry is what the database said about an id.
type cacheEntry struct {
	document any // nil: there is none
	readAt   time.Time
}

// cacheRead is a read of the database under way. What it found may be looked at
// once done is closed.
type cacheRead struct {
	began time.Time
	keys  []cacheKey // that it began with
	done  chan struct{}
	found map[string]any
	err   error
}

// CacheStats are what a cache did since it was opened, and what it holds.
type CacheStats struct {
	// Hits were answered from the cache, Shared waited for a read that somebody else
	// had begun, Misses were read.
	Hits, Shared, Misses uint64
	// Drops are the documents and scopes that were dropped because they changed.
	Drops uint64
	// Entries and Bytes are how many it holds, and about how large they are.
	Entries int
	Bytes   uint64
}

// newCache returns an empty cache of at most so many bytes; nil, which keeps
// nothing, without a ttl or bytes.
func newCache(ttl time.Duration, bytes uint64, now func() time.Time) *cache {
	if ttl <= 0 || bytes == 0 {
		return nil
	}
	return &cache{
		ttl: ttl, now: now,
		held: otter.Must(&otter.Options[cacheKey, cacheEntry]{
			MaximumWeight: bytes,
			Weigher:       weigh,
		}),
		reads:      map[cacheKey]*cacheRead{},
		generation: map[cacheScope]uint64{},
	}
}

// weigh returns about how many bytes an entry takes.
func weigh(key cacheKey, entry cacheEntry) uint32 {
	size := entryOverhead + len(key.id)
	if entry.document != nil {
		stored, err := bson.Marshal(entry.document)
		if err != nil { // it came from there
			return 0
		}
		size += decodedSize * len(stored)
	}
	return uint32(size)
}

// get returns the documents of some ids as find finds them, by id; one that there
// is none of has no entry. With fresh set it takes nothing from the cache, and
// leaves there what it found. All that has to be read is read by one call of find;
// what somebody else reads already is waited for. It fails where a read fails.
func (c *cache) get(ctx context.Context, scope cacheScope, ids []string, fresh bool, find func([]string) (map[string]any, error)) (map[string]any, error) {
	found := make(map[string]any, len(ids))
	for len(ids) > 0 {
		missing, own, others := c.look(scope, ids, fresh, found)
		if own != nil {
			if err := c.read(missing, own, find); err != nil {
				return nil, err
			}
			copyFound(found, own.found, missing)
		}
		ids = nil
		for other, waiting := range others {
			select {
			case <-other.done:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
			switch {
			case brokenOff(other.err) && ctx.Err() == nil: // by whoever began it, and we may go on
				ids = append(ids, waiting...)
			case other.err != nil:
				return nil, other.err
			default:
				copyFound(found, other.found, waiting)
			}
		}
	}
	return found, nil
}

func copyFound(to, from map[string]any, ids []string) {
	for _, id := range ids {
		if document, ok := from[id]; ok {
			to[id] = document
		}
	}
}

// brokenOff reports whether a read failed because whoever began it gave up.
func brokenOff(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// look puts what is held into found. It returns the ids that have to be read with
// the read that does so, which is nil without any, and those that others read.
func (c *cache) look(scope cacheScope, ids []string, fresh bool, found map[string]any) (missing []string, own *cacheRead, others map[*cacheRead][]string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.now()
	for _, id := range ids {
		key := c.key(scope, id)
		if fresh {
			c.forget(key)
		}
		if entry, ok := c.held.GetIfPresent(key); ok && now.Sub(entry.readAt) < c.ttl {
			c.stats.Hits++
			if entry.document != nil {
				found[id] = entry.document
			}
			continue
		}
		read := c.reads[key]
		if read != nil && read == own { // the id is asked for twice
			continue
		}
		if read != nil && now.Sub(read.began) < c.ttl {
			c.stats.Shared++
			if others == nil {
				others = map[*cacheRead][]string{}
			}
			others[read] = append(others[read], id)
			continue
		}
		if own == nil {
			own = &cacheRead{began: now, done: make(chan struct{})}
		}
		c.stats.Misses++
		c.reads[key] = own
		own.keys = append(own.keys, key)
		missing = append(missing, id)
	}
	return missing, own, others
}

// read reads, and keeps what it found but for what was dropped meanwhile.
func (c *cache) read(ids []string, own *cacheRead, find func([]string) (map[string]any, error)) error {
	own.err = errors.New("the read panicked") // unless it comes back
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, key := range own.keys {
			if c.reads[key] != own {
				continue
			}
			delete(c.reads, key)
			if own.err == nil && key == c.key(key.cacheScope, key.id) {
				c.held.Set(key, cacheEntry{own.found[key.id], own.began})
			}
		}
		close(own.done)
	}()
	own.found, own.err = find(ids)
	return own.err
}

// drop drops documents of a scope, all of it without ids.
func (c *cache) drop(scope cacheScope, ids ...string) {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(ids) == 0 {
		c.stats.Drops++
		c.generation[scope]++
	}
	for _, id := range ids {
		c.stats.Drops++
		c.forget(c.key(scope, id))
	}
}

// dropAll drops everything.
func (c *cache) dropAll() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stats.Drops++
	c.everything++
	c.held.InvalidateAll()
}

func (c *cache) forget(key cacheKey) {
	delete(c.reads, key)
	c.held.Invalidate(key)
}

func (c *cache) key(scope cacheScope, id string) cacheKey {
	return cacheKey{scope, c.generation[scope], c.everything, id}
}

// Stats returns what the cache did, and holds.
func (c *cache) Stats() CacheStats {
	if c == nil {
		return CacheStats{}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	stats := c.stats
	stats.Entries, stats.Bytes = c.held.EstimatedSize(), c.held.WeightedSize()
	return stats
}
