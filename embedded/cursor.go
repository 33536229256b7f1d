package embedded

import (
	"bytes"
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

// stream returns the next document, nil at the end. What it returns holds until the following call.
type stream func() ([]byte, error)

// listStream is a stream of documents made beforehand.
func listStream(docs [][]byte) stream {
	return func() (doc []byte, err error) {
		if len(docs) > 0 {
			doc, docs = docs[0], docs[1:]
		}
		return doc, nil
	}
}

// stream returns the documents that are left, in the shape of a projection if there is one.
func (s *scan) stream(shape *projection) stream {
	var scratch []byte

	return func() ([]byte, error) {
		r, err := s.next()
		if r == nil || err != nil {
			return nil, err
		}
		if shape == nil {
			return r.raw, nil
		}
		scratch = shape.append(scratch[:0], r.raw)
		return scratch, nil
	}
}

// cursor is a stream that a client reads in batches, from the view it began on.
type cursor struct {
	ns   string
	next stream
	held []byte // a document looked at but not sent yet
	used time.Time
}

// appendBatch appends up to n documents as an array field; ended tells that no more follow.
func (c *cursor) appendBatch(dst []byte, name string, n int64) (out []byte, ended bool, err error) {
	dst = bsoncore.AppendHeader(dst, bsoncore.TypeArray, name)
	dst, start := startDoc(dst)
	doc := c.held
	c.held = nil
	for i := 0; ; i++ {
		if doc == nil {
			if doc, err = c.next(); err != nil {
				return nil, true, err
			}
		}
		if doc == nil || int64(i) == n || i > 0 && len(dst)-start+len(doc) > maxBatchBytes {
			break
		}
		dst = appendField(dst, positionKey(i), docValue(doc))
		doc = nil
	}
	c.held = bytes.Clone(doc)

	return endDoc(dst, start), doc == nil, nil
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
func (r *request) firstBatch(dst []byte, ns string, s stream, n int64, single bool) ([]byte, error) {
	return r.appendCursor(dst, &cursor{ns: ns, next: s}, 0, "firstBatch", n, single)
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
	c.used = time.Now()
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
	delete(s.open, id)

	return c
}

// expire forgets the cursors that nobody has read from for a while.
func (s *cursors) expire(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, c := range s.open {
		if now.Sub(c.used) > cursorIdle {
			delete(s.open, id)
		}
	}
}
