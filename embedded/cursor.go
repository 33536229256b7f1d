package embedded

import (
	"bytes"
	"math/rand/v2"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

const (
	firstBatch    = 101              // documents, when the command does not say
	maxBatchBytes = 16 << 20         // of the documents in one reply
	cursorIdle    = 10 * time.Minute // after which a cursor is forgotten
	maxCursors    = 10_000           // open at one time; each holds on to the documents of its moment
)

// stream yields documents; what next returns holds until the following call, nil is the end.
type stream interface {
	next() ([]byte, error)
	// finished tells, without looking further, that nothing follows.
	finished() bool
}

// recordStream is the documents of a scan, shaped by a projection if there is one.
type recordStream struct {
	scan    *scan
	shape   *projection
	scratch []byte
}

func (r *recordStream) next() ([]byte, error) {
	rec, err := r.scan.next()
	if rec == nil || err != nil {
		return nil, err
	}
	if r.shape == nil {
		return rec.raw, nil
	}
	r.scratch = r.shape.append(r.scratch[:0], rec.raw)

	return r.scratch, nil
}

func (r *recordStream) finished() bool { return r.scan.finished() }

// listStream is documents made beforehand.
type listStream struct{ docs [][]byte }

func (l *listStream) next() ([]byte, error) {
	if len(l.docs) == 0 {
		return nil, nil
	}
	doc := l.docs[0]
	l.docs = l.docs[1:]

	return doc, nil
}

func (l *listStream) finished() bool { return len(l.docs) == 0 }

// cursor is a stream that a client reads in batches, from the view it began on.
type cursor struct {
	ns     string
	stream stream
	held   []byte // a document that did not fit into the last batch
	used   time.Time
}

// appendBatch appends up to n documents (all for a negative n) as an array field; ended tells that no more follow.
func (c *cursor) appendBatch(dst []byte, name string, n int64) (out []byte, ended bool, err error) {
	dst = bsoncore.AppendHeader(dst, bsoncore.TypeArray, name)
	dst, start := startDoc(dst)
	for i := 0; n < 0 || int64(i) < n; i++ {
		doc := c.held
		c.held = nil
		if doc == nil {
			if doc, err = c.stream.next(); err != nil {
				return dst, true, err
			}
		}
		if doc == nil {
			ended = true
			break
		}
		if i > 0 && len(dst)-start+len(doc) > maxBatchBytes {
			c.held = bytes.Clone(doc)
			break
		}
		dst = appendField(dst, positionKey(i), docValue(doc))
	}

	return endDoc(dst, start), ended || c.held == nil && c.stream.finished(), nil
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
