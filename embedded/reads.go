package embedded

import (
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// parseQuery takes filter, sort, skip and limit from the fields of those names; "" for one that the command does not have.
func (r *request) parseQuery(filter, sort, skip, limit string) (q query, err error) {
	q.deadline = r.deadline
	if q.filter, err = parseFilter(r.document(filter)); err != nil {
		return q, err
	}
	if sort != "" {
		if q.sort, err = parsePattern(r.document(sort), codeBadValue); err != nil {
			return q, err
		}
	}
	if skip != "" {
		q.skip = r.args.count(skip, 0)
	}
	if limit != "" {
		q.limit = r.args.count(limit, 0)
	}

	return q, nil
}

// findArgs are the arguments of a find.
type findArgs struct {
	ns     string
	query  query
	shape  *projection
	batch  int64
	single bool
}

func (r *request) parseFind() (f findArgs, err error) {
	f.ns = r.namespace()
	if f.query, err = r.parseQuery("filter", "sort", "skip", "limit"); err != nil {
		return f, err
	}
	if f.shape, err = parseProjection(r.document("projection"), false); err != nil {
		return f, err
	}
	f.batch = r.args.count("batchSize", firstBatch)
	f.single = r.flag("singleBatch", false)
	r.take("allowDiskUse") // sorting never goes to the disk

	return f, r.done()
}

func (r *request) find(dst []byte) ([]byte, error) {
	f, err := r.parseFind()
	if err != nil {
		return nil, err
	}
	s := r.view.colls[f.ns].scan(f.query)

	return r.appendCursor(dst, &cursor{ns: f.ns, stream: &recordStream{scan: s, shape: f.shape}}, f.batch, f.single)
}

// cursorOptions takes the field "cursor" and returns the size of the first batch.
func (r *request) cursorOptions() int64 {
	c := r.sub("cursor", r.document("cursor"))
	if len(c.fields) == 0 {
		return firstBatch
	}
	n := c.count("batchSize", firstBatch)
	if err := c.doneStatement(); err != nil && r.err == nil {
		r.err = err
	}

	return n
}

// appendCursor appends the first batch, and keeps the cursor when there may be more.
func (r *request) appendCursor(dst []byte, c *cursor, batch int64, single bool) ([]byte, error) {
	dst = bsoncore.AppendHeader(dst, bsoncore.TypeEmbeddedDocument, "cursor")
	dst, start := startDoc(dst)
	dst, ended, err := c.appendBatch(dst, "firstBatch", batch)
	if err != nil {
		return nil, err
	}
	id := int64(0)
	if !ended && !single {
		if id, err = r.cursors.put(0, c); err != nil {
			return nil, err
		}
	}
	dst = bsoncore.AppendInt64Element(dst, "id", id)
	dst = bsoncore.AppendStringElement(dst, "ns", c.ns)

	return endDoc(dst, start), nil
}

func (r *request) getMore(dst []byte) ([]byte, error) {
	v := r.take("getMore")
	id, ok := v.Int64OK()
	if !ok {
		r.wrongType("getMore", v, "long")
	}
	ns := r.db + "." + r.text("collection")
	batch := r.args.count("batchSize", 0)
	if err := r.done(); err != nil {
		return nil, err
	}
	if batch == 0 {
		batch = -1
	}

	c := r.cursors.take(id, ns)
	if c == nil {
		return nil, refuse(codeCursorNotFound, "cursor id %d not found", id)
	}
	dst = bsoncore.AppendHeader(dst, bsoncore.TypeEmbeddedDocument, "cursor")
	dst, start := startDoc(dst)
	dst, ended, err := c.appendBatch(dst, "nextBatch", batch)
	if err != nil {
		return nil, err
	}
	next := int64(0)
	if !ended {
		if next, err = r.cursors.put(id, c); err != nil {
			return nil, err
		}
	}
	dst = bsoncore.AppendInt64Element(dst, "id", next)
	dst = bsoncore.AppendStringElement(dst, "ns", ns)

	return endDoc(dst, start), nil
}

func (r *request) killCursors(dst []byte) ([]byte, error) {
	v := r.take("killCursors")
	if v.Type != bsoncore.TypeString {
		r.wrongType("killCursors", v, "string")
		return nil, r.err
	}
	ns := r.db + "." + stringOf(v)
	ids := r.take("cursors")
	if ids.Type != bsoncore.TypeArray {
		r.wrongType("cursors", ids, "array")
	}
	if err := r.done(); err != nil {
		return nil, err
	}

	var killed, unknown []value
	for w := walk(ids.Data); w.next(); {
		id, ok := w.val.Int64OK()
		if ok && r.cursors.take(id, ns) != nil {
			killed = append(killed, w.val)
			continue
		}
		unknown = append(unknown, w.val)
	}
	dst = bsoncore.AppendArrayElement(dst, "cursorsKilled", arrayOf(killed).Data)
	dst = bsoncore.AppendArrayElement(dst, "cursorsNotFound", arrayOf(unknown).Data)
	dst = bsoncore.AppendArrayElement(dst, "cursorsAlive", emptyDoc)

	return bsoncore.AppendArrayElement(dst, "cursorsUnknown", emptyDoc), nil
}

func (r *request) parseCount() (ns string, q query, err error) {
	ns = r.namespace()
	if q, err = r.parseQuery("query", "", "skip", "limit"); err != nil {
		return ns, q, err
	}

	return ns, q, r.done()
}

func (r *request) count(dst []byte) ([]byte, error) {
	ns, q, err := r.parseCount()
	if err != nil {
		return nil, err
	}
	n, _, err := r.view.colls[ns].countMatching(q)

	return bsoncore.AppendValueElement(dst, "n", intValue(n, false)), err
}

func (r *request) parseDistinct() (ns string, path []string, q query, err error) {
	ns = r.namespace()
	r.required("key")
	key := r.text("key")
	if q, err = r.parseQuery("query", "", "", ""); err != nil {
		return ns, nil, q, err
	}
	if err := r.done(); err != nil {
		return ns, nil, q, err
	}
	path, err = splitPath(key)

	return ns, path, q, err
}

// distinct returns the different values of a field, an array counting as its elements.
func (r *request) distinct(dst []byte) ([]byte, error) {
	ns, path, q, err := r.parseDistinct()
	if err != nil {
		return nil, err
	}

	s := r.view.colls[ns].scan(q)
	var found []value
	seen := map[string]struct{}{}
	var scratch []byte
	add := func(v value) {
		scratch = appendKey(scratch[:0], v)
		if _, again := seen[string(scratch)]; !again {
			seen[string(scratch)] = struct{}{}
			found = append(found, v)
		}
	}
	for {
		rec, err := s.next()
		if err != nil {
			return nil, err
		}
		if rec == nil {
			break
		}
		eachValue(docValue(rec.raw), path, add)
	}

	return bsoncore.AppendArrayElement(dst, "values", arrayOf(found).Data), nil
}

// eachValue calls add with every value that the path leads to, through arrays, and with the elements of one at its end.
func eachValue(v value, path []string, add func(value)) {
	if len(path) == 0 {
		if v.Type != bsoncore.TypeArray {
			add(v)
			return
		}
		for w := walk(v.Data); w.next(); {
			add(w.val)
		}
		return
	}

	switch v.Type {
	case bsoncore.TypeEmbeddedDocument:
		if next := lookup(v.Data, path[0]); !isMissing(next) {
			eachValue(next, path[1:], add)
		}
	case bsoncore.TypeArray:
		for w := walk(v.Data); w.next(); {
			if w.val.Type == bsoncore.TypeEmbeddedDocument {
				eachValue(w.val, path, add)
			}
		}
		if isPosition(path[0]) {
			if e := lookup(v.Data, path[0]); !isMissing(e) {
				eachValue(e, path[1:], add)
			}
		}
	}
}

// aggregateArgs are the arguments of an aggregate.
type aggregateArgs struct {
	ns       string
	pipeline *pipeline
	batch    int64
}

func (r *request) parseAggregate(explain bool) (g aggregateArgs, err error) {
	g.ns = r.namespace()
	if !explain {
		r.required("cursor")
	}
	g.batch = r.cursorOptions()
	r.take("allowDiskUse")
	stages := r.documents("pipeline")
	if err := r.done(); err != nil {
		return g, err
	}
	g.pipeline, err = parsePipeline(stages, r.deadline)

	return g, err
}

func (r *request) aggregate(dst []byte) ([]byte, error) {
	g, err := r.parseAggregate(false)
	if err != nil {
		return nil, err
	}

	return r.appendCursor(dst, &cursor{ns: g.ns, stream: g.pipeline.open(r.view.colls[g.ns])}, g.batch, false)
}
