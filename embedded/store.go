package embedded

import (
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
)

// view is everything that was durable at one moment. It never changes; readers take it and keep it as long as they like.
type view struct {
	seq   uint64 // of the last batch in it
	colls map[string]*collection
}

// memory is the estimate of what the collections take, in bytes.
func memory(colls map[string]*collection) (total int64) {
	for _, c := range colls {
		total += c.bytes
	}

	return total
}

// batch gathers the writes that share one frame of the log and one fsync.
type batch struct {
	ops  []byte
	done chan struct{}
	err  error // set before done is closed
}

// store holds the collections. Writers, one at a time, change the working ones and add to the pending batch; the commit
// loop makes the batch durable, publishes what it led to, and only then are its writers answered.
type store struct {
	logger      *slog.Logger
	memoryLimit int64
	files       fileSystem
	dir         string

	mu       sync.Mutex // guards what follows, down to failed
	colls    map[string]*collection
	dirty    map[string]bool // collections changed since the last freeze
	pending  *batch          // still open
	inflight *batch          // on its way to the disk
	asking   []chan error    // who waits for a snapshot
	failed   error           // set once no more writes are taken

	published atomic.Pointer[view]
	logBytes  atomic.Int64  // of the log, as of the latest commit
	wake      chan struct{} // cap 1: the pending batch wants a commit
	loop      errgroup.Group
	log       *writeLog // used by the commit loop alone
	snapshots snapshotter
}

// write runs fn, which may change collections through the tx, and returns once all it did, and all it saw, is durable.
// The error is fn's, or tells that the batch could not be written; then nothing of it is visible to anyone.
func (s *store) write(fn func(tx *tx) error) error {
	b, err := s.evaluate(fn)
	if b != nil {
		<-b.done
		if b.err != nil {
			return asProtocol(b.err)
		}
	}

	return err
}

func (s *store) evaluate(fn func(tx *tx) error) (*batch, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return nil, asProtocol(s.failed)
	}

	t := &tx{s: s, room: s.memoryLimit - memory(s.colls)}
	defer func() {
		if r := recover(); r != nil {
			if t.changed {
				s.failed = fmt.Errorf("a write ended in a panic; restart to go on")
			}
			panic(r)
		}
	}()
	err := fn(t)

	if t.changed {
		s.wakeUp()
	}
	if s.pending != nil {
		return s.pending, err
	}

	return s.inflight, err
}

// commitLoop writes batch after batch until wake is closed.
func (s *store) commitLoop() error {
	for range s.wake {
		s.commit()
		s.snapshotIfDue()
	}
	s.commit()

	return s.log.Close()
}

// commit makes the pending batch durable and publishes it; when that fails it takes back what the batch, and writers
// behind it, had done.
func (s *store) commit() {
	s.mu.Lock()
	b := s.pending
	if b == nil {
		s.mu.Unlock()
		return
	}
	s.pending, s.inflight = nil, b
	v := s.freeze()
	s.mu.Unlock()

	err := s.log.append(b.ops)
	s.logBytes.Store(s.log.before + s.log.at)
	if err == nil {
		s.published.Store(v)
	}

	s.mu.Lock()
	s.inflight = nil
	if err != nil {
		s.logger.Error("write batch to log", "err", err)
		b.err = err
		if s.pending != nil {
			s.pending.err = err
			close(s.pending.done)
			s.pending = nil
		}
		s.thaw()
		if s.log.broken != nil {
			s.failed = fmt.Errorf("writing stopped after a failure of the disk (%w); restart to go on", s.log.broken)
		}
	}
	s.mu.Unlock()
	close(b.done)
}

// freeze returns the view that the pending batch leads to; the caller holds mu.
func (s *store) freeze() *view {
	last := s.published.Load()
	v := &view{seq: last.seq + 1, colls: maps.Clone(last.colls)}
	for ns := range s.dirty {
		delete(v.colls, ns)
		if c := s.colls[ns]; c != nil {
			v.colls[ns], s.colls[ns] = c, c.thaw()
		}
	}
	clear(s.dirty)

	return v
}

// thaw makes the working collections those of the published view; the caller holds mu, or is alone.
func (s *store) thaw() {
	s.dirty = map[string]bool{}
	s.colls = map[string]*collection{}
	for ns, c := range s.published.Load().colls {
		s.colls[ns] = c.thaw()
	}
}

// close ends the commit loop after what is pending. No write may be under way or follow.
func (s *store) close() error {
	s.mu.Lock()
	if s.failed == nil {
		s.failed = refuse(codeOperationFailed, "the database is closed")
	}
	s.mu.Unlock()
	s.snapshots.stopped.Store(true)
	close(s.wake)
	err := s.loop.Wait()
	s.snapshots.done.Wait()
	tell(s.asked(), errStopped)

	return err
}

// tx is the hand of one write command on the working collections; every change goes to the log through it.
type tx struct {
	s       *store
	room    int64 // bytes up to the memory limit
	changed bool
}

// collection returns the working collection, nil when there is none.
func (t *tx) collection(ns string) *collection { return t.s.colls[ns] }

// ensure returns the working collection, made if need be.
func (t *tx) ensure(ns string) *collection {
	if c := t.s.colls[ns]; c != nil {
		return c
	}

	c := newCollection(ns)
	t.s.colls[ns] = c
	t.log(opCreate, ns, nil)

	return c
}

// replace is collection.replace within the memory limit, and into the log.
func (t *tx) replace(c *collection, old record, raw []byte) error {
	before := c.bytes
	if err := c.replace(old, raw, t.room); err != nil {
		return err
	}
	t.room -= c.bytes - before

	if raw == nil {
		t.log(opDelete, c.ns, appendKey(nil, lookup(old.raw, "_id")))
		return nil
	}
	t.log(opPut, c.ns, raw)

	return nil
}

// addIndex builds the index. It fails, changing nothing, when a document stands against it.
func (t *tx) addIndex(c *collection, ix *index) error {
	if err := ix.build(c); err != nil {
		return err
	}
	if ix.bytes > t.room {
		return refuse(codeMemoryLimit, "the memory limit is reached: the index would take %d bytes", ix.bytes)
	}

	c.indexes = append(c.indexes, ix)
	c.bytes += ix.bytes
	t.room -= ix.bytes
	t.log(opIndex, c.ns, ix.spec)

	return nil
}

// dropIndex removes the index at that position.
func (t *tx) dropIndex(c *collection, at int) {
	ix := c.indexes[at]
	c.indexes = slices.Delete(c.indexes, at, at+1)
	c.bytes -= ix.bytes
	t.room += ix.bytes
	t.log(opDropIndex, c.ns, []byte(ix.name))
}

// drop removes the collection.
func (t *tx) drop(c *collection) {
	delete(t.s.colls, c.ns)
	t.log(opDrop, c.ns, nil)
}

func (t *tx) log(kind opKind, ns string, payload []byte) {
	s := t.s
	if s.pending == nil {
		s.pending = &batch{done: make(chan struct{})}
	}
	s.pending.ops = appendOp(s.pending.ops, kind, ns, payload)
	s.dirty[ns] = true
	t.changed = true
}
