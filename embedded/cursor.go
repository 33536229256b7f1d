package embedded

import (
	"math/rand/v2"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

const (
	defaultBatch  = 101              // documents, when the command does not say
	maxBatchBytes = 16 << 20         // of the documents in one reply
	cursorIdle    = 10 * time.Minute // after which a cursor is forgotten
	maxCursors    = 10_000           // open at one time; each holds on to the documents of its moment
)

// cursor is a stream that a client reads in batches, from the view it began on.
type cursor struct {
	ns    string
	next  stream
	shape *projection // in which the documents are sent
	held  record      // looked at but not sent yet
	idle  *time.Timer // closes the cursor when it fires
}

// appendBatch appends up to n documents as an array field; ended tells that no more follow.
func (c *cursor) appendBatch(dst []byte, name string, n int64) (out []byte, ended bool, err error) {
	dst = bsoncore.AppendHeader(dst, bsoncore.TypeArray, name)
	dst, start := startDoc(dst)
	for i := 0; ; i++ {
		if c.held.raw == nil {
			if c.held, err = c.next(); err != nil {
				return nil, true, err
			}
		}
		if c.held.raw == nil || int64(i) == n {
			return endDoc(dst, start), c.held.raw == nil, nil
		}
		before := len(dst)
		dst = c.shape.append(appendField(dst, positionKey(i), docValue(nil)), c.held.raw)
		if i > 0 && len(dst)-start > maxBatchBytes {
			return endDoc(dst[:before], start), false, nil
		}
		c.held = record{}
	}
}

// appendCursor appends a batch of the cursor, and keeps it when more follow, under the id if it has one already.
func (r *request) appendCursor(dst []byte, c *cursor, id int64, name string, n int64, single bool) ([]byte, error) {
	dst = bsoncore.AppendHeader(dst, bsoncore.TypeEmbeddedDocument, "cursor")
	dst, start := startDoc(dst)
	dst, ended, err := c.appendBatch(dst, name, n)
	if err != nil {
		return nil, err
	}
	if ended || single {
		id = 0
	} else if id, err = r.cursors.put(id, c); err != nil {
		return nil, err
	}

	return endDoc(appendFields(dst, "id", id, "ns", c.ns), start), nil
}

// firstBatch appends the first batch of a new cursor.
func (r *request) firstBatch(dst []byte, c *cursor, n int64, single bool) ([]byte, error) {
	return r.appendCursor(dst, c, 0, "firstBatch", n, single)
}

// cursors are the open cursors of a server. A cursor is taken out while a command reads it.
type cursors struct {
	mu   sync.Mutex
	open map[int64]*cursor
}

// put keeps the cursor under an id, a fresh one when id is 0. It fails when too many are open.
func (s *cursors) put(id int64, c *cursor) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[int64]*cursor{}
	}
	if len(s.open) >= maxCursors {
		return 0, refuse(codeOperationFailed, "more than %d cursors are open", maxCursors)
	}
	for id == 0 || s.open[id] != nil {
		id = rand.Int64()
	}
	c.expire(s, id)
	s.open[id] = c

	return id, nil
}

// take returns the cursor and forgets it; nil when there is none of that id and namespace.
func (s *cursors) take(id int64, ns string) *cursor {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.open[id]
	if c == nil || c.ns != ns {
		return nil
	}
	c.idle.Stop()
	delete(s.open, id)

	return c
}

// expire has the cursor, which is about to be kept under that id, forgotten when nobody reads from it for a while.
func (c *cursor) expire(s *cursors, id int64) {
	var idle *time.Timer
	idle = time.AfterFunc(cursorIdle, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if c.idle == idle { // else it has been read from just now
			delete(s.open, id)
		}
	})
	c.idle = idle
}

// forget forgets all cursors, and what they hold on to.
func (s *cursors) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.open {
		c.idle.Stop()
	}
	clear(s.open)
}
