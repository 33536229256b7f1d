package embedded

import (
	"bytes"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

const (
	maxStatements   = 100_000 // in one write command, as hello tells the driver
	maxErrorDetails = 4 << 20 // bytes of write errors in one reply; later ones keep their code only
)

// writeReply gathers what the statements of a write command did.
type writeReply struct {
	ordered     bool
	n, modified int64
	upserted    []byte // array elements
	upserts     int
	errors      []byte // array elements
	failures    int
}

// failed notes that a statement failed, and tells whether the command ends there.
func (w *writeReply) failed(index int, err error) bool {
	p := asProtocol(err)
	doc, start := startDoc(nil)
	doc = bsoncore.AppendInt32Element(doc, "index", int32(index))
	doc = bsoncore.AppendInt32Element(doc, "code", p.code)
	message := p.message
	if len(w.errors) > maxErrorDetails {
		message = ""
	} else if p.pattern != nil {
		doc = bsoncore.AppendDocumentElement(doc, "keyPattern", p.pattern)
		doc = bsoncore.AppendDocumentElement(doc, "keyValue", p.key)
	}
	doc = endDoc(bsoncore.AppendStringElement(doc, "errmsg", message), start)
	w.errors = appendField(w.errors, positionKey(w.failures), docValue(doc))
	w.failures++

	return w.ordered
}

func (w *writeReply) upsertedID(index int, id value) {
	doc := bsoncore.BuildDocument(nil, bsoncore.AppendInt32Element(nil, "index", int32(index)), bsoncore.AppendValueElement(nil, "_id", id))
	w.upserted = appendField(w.upserted, positionKey(w.upserts), docValue(doc))
	w.upserts++
	w.n++
}

func (w *writeReply) append(dst []byte) []byte {
	dst = bsoncore.AppendInt32Element(dst, "n", int32(w.n))
	for _, list := range []struct {
		name     string
		elements []byte
	}{{"upserted", w.upserted}, {"writeErrors", w.errors}} {
		if len(list.elements) == 0 {
			continue
		}
		dst = bsoncore.AppendHeader(dst, bsoncore.TypeArray, list.name)
		inner, start := startDoc(dst)
		dst = endDoc(append(inner, list.elements...), start)
	}

	return dst
}

// statements takes the statements of a write command, and what all write commands have.
func (r *request) statements(key string) (ns string, docs [][]byte, w *writeReply, err error) {
	ns = r.namespace()
	docs = r.documents(key)
	w = &writeReply{ordered: r.flag("ordered", true)}
	r.take("bypassDocumentValidation") // there is none to bypass
	if err := r.done(); err != nil {
		return "", nil, nil, err
	}
	if len(docs) == 0 || len(docs) > maxStatements {
		return "", nil, nil, refuse(codeBadValue, "Write batch sizes must be between 1 and %d. Got %d operations.", maxStatements, len(docs))
	}

	return ns, docs, w, nil
}

func (r *request) insert(dst []byte) ([]byte, error) {
	ns, docs, reply, err := r.statements("documents")
	if err != nil {
		return nil, err
	}
	raws, refused := make([][]byte, len(docs)), make([]error, len(docs))
	for i, doc := range docs {
		if refused[i] = storable(doc); refused[i] == nil {
			raws[i] = withID(doc, value{})
		}
	}

	err = r.store.write(func(t *tx) error {
		for i, raw := range raws {
			err := refused[i]
			if err == nil {
				err = t.replace(t.ensure(ns), nil, raw)
			}
			if err == nil {
				reply.n++
			} else if reply.failed(i, err) {
				break
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}

	return reply.append(dst), nil
}

// updateStatement is one statement of an update, or what a findAndModify does.
type updateStatement struct {
	query  query
	update *update
	upsert bool
}

func (r *request) parseUpdate(doc []byte) (u updateStatement, err error) {
	a := r.sub("update.updates", doc)
	a.required("q")
	a.required("u")
	u.query.deadline = r.deadline
	if u.query.filter, err = parseFilter(a.document("q")); err != nil {
		return u, err
	}
	change := a.take("u")
	multi := a.flag("multi", false)
	u.upsert = a.flag("upsert", false)
	if err := a.doneStatement(); err != nil {
		return u, err
	}
	if u.update, err = parseUpdateValue(change); err != nil {
		return u, err
	}
	if !multi {
		u.query.limit = 1
	} else if u.update.replacement != nil {
		return u, refuse(codeFailedToParse, "multi update is not supported for replacement-style update")
	}

	return u, nil
}

func parseUpdateValue(v value) (*update, error) {
	switch v.Type {
	case bsoncore.TypeEmbeddedDocument:
		return parseUpdate(v.Data)
	case bsoncore.TypeArray:
		return nil, refuse(codeFailedToParse, "an update by an aggregation pipeline is not supported")
	}

	return nil, refuse(codeFailedToParse, "an update must be an object, not %s", typeName(v))
}

// gather returns the records of a scan over the working collection, so that changing them cannot disturb it.
func (t *tx) gather(ns string, q query) ([]*record, error) {
	s := t.collection(ns).scan(q)
	var out []*record
	for {
		r, err := s.next()
		if r == nil || err != nil {
			return out, err
		}
		out = append(out, r)
	}
}

// change makes the update of one record; it returns the document as it is then, and whether that is another one.
func (t *tx) change(ns string, rec *record, u *update) (doc []byte, modified bool, err error) {
	out, err := u.apply(rec.raw, false)
	if err != nil || bytes.Equal(out, rec.raw) {
		return rec.raw, false, err
	}

	out = bytes.Clone(out) // no longer than need be, and not of the message
	return out, true, t.replace(t.collection(ns), rec, out)
}

// upsert inserts what the filter and the update make.
func (t *tx) upsert(ns string, u updateStatement) ([]byte, error) {
	seed, err := u.update.seed(u.query.filter)
	if err != nil {
		return nil, err
	}
	out, err := u.update.apply(seed, true)
	if err != nil {
		return nil, err
	}
	out = withID(out, value{})
	if err := storable(out); err != nil {
		return nil, err
	}

	return out, t.replace(t.ensure(ns), nil, out)
}

func (r *request) update(dst []byte) ([]byte, error) {
	ns, docs, reply, err := r.statements("updates")
	if err != nil {
		return nil, err
	}

	err = r.store.write(func(t *tx) error {
		for i, doc := range docs {
			u, err := r.parseUpdate(doc)
			if err == nil {
				err = t.update(ns, i, u, reply)
			}
			if err != nil && reply.failed(i, err) {
				break
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}

	return bsoncore.AppendInt32Element(reply.append(dst), "nModified", int32(reply.modified)), nil
}

func (t *tx) update(ns string, index int, u updateStatement, reply *writeReply) error {
	records, err := t.gather(ns, u.query)
	if err != nil {
		return err
	}
	for _, rec := range records {
		_, modified, err := t.change(ns, rec, u.update)
		if err != nil {
			return err
		}
		reply.n++
		if modified {
			reply.modified++
		}
	}
	if len(records) > 0 || !u.upsert {
		return nil
	}

	doc, err := t.upsert(ns, u)
	if err == nil {
		reply.upsertedID(index, lookup(doc, "_id"))
	}

	return err
}

func (r *request) delete(dst []byte) ([]byte, error) {
	ns, docs, reply, err := r.statements("deletes")
	if err != nil {
		return nil, err
	}

	err = r.store.write(func(t *tx) error {
		for i, doc := range docs {
			q, err := r.parseDelete(doc)
			if err == nil {
				err = t.delete(ns, q, reply)
			}
			if err != nil && reply.failed(i, err) {
				break
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}

	return reply.append(dst), nil
}

func (r *request) parseDelete(doc []byte) (q query, err error) {
	a := r.sub("delete.deletes", doc)
	a.required("q")
	a.required("limit")
	q.deadline = r.deadline
	if q.filter, err = parseFilter(a.document("q")); err != nil {
		return q, err
	}
	if q.limit = a.count("limit", 0); q.limit > 1 {
		a.fail(codeFailedToParse, "The limit field in delete objects must be 0 or 1. Got %d", q.limit)
	}

	return q, a.doneStatement()
}

func (t *tx) delete(ns string, q query, reply *writeReply) error {
	records, err := t.gather(ns, q)
	if err != nil {
		return err
	}
	for _, rec := range records {
		if err := t.replace(t.collection(ns), rec, nil); err != nil {
			return err
		}
		reply.n++
	}

	return nil
}

// findAndModifyArgs are the arguments of a findAndModify.
type findAndModifyArgs struct {
	ns     string
	update updateStatement // without an update it removes
	after  bool
	shape  *projection
}

func (r *request) parseFindAndModify() (f findAndModifyArgs, err error) {
	f.ns = r.namespace()
	if f.update.query, err = r.parseQuery("query", "sort", "", ""); err != nil {
		return f, err
	}
	f.update.query.limit = 1
	if f.shape, err = parseProjection(r.document("fields"), false); err != nil {
		return f, err
	}
	change := r.take("update")
	remove := r.flag("remove", false)
	f.after = r.flag("new", false)
	f.update.upsert = r.flag("upsert", false)
	r.take("bypassDocumentValidation")
	if err := r.done(); err != nil {
		return f, err
	}
	if remove != isMissing(change) || remove && (f.after || f.update.upsert) {
		return f, refuse(codeFailedToParse, "findAndModify takes either an update or remove:true, and new and upsert with an update only")
	}
	if !remove {
		f.update.update, err = parseUpdateValue(change)
	}

	return f, err
}

func (r *request) findAndModify(dst []byte) ([]byte, error) {
	f, err := r.parseFindAndModify()
	if err != nil {
		return nil, err
	}

	var before, after []byte
	var upserted value
	err = r.store.write(func(t *tx) error {
		records, err := t.gather(f.ns, f.update.query)
		switch {
		case err != nil:
			return err
		case len(records) > 0 && f.update.update == nil:
			before = records[0].raw
			return t.replace(t.collection(f.ns), records[0], nil)
		case len(records) > 0:
			before = records[0].raw
			after, _, err = t.change(f.ns, records[0], f.update.update)
			return err
		case f.update.upsert:
			after, err = t.upsert(f.ns, f.update)
			upserted = lookup(after, "_id")
		}
		return err
	})
	if err != nil {
		return nil, err
	}

	dst = bsoncore.AppendHeader(dst, bsoncore.TypeEmbeddedDocument, "lastErrorObject")
	dst, start := startDoc(dst)
	dst = bsoncore.AppendInt32Element(dst, "n", int32(boolRank(before != nil || after != nil)))
	if f.update.update != nil {
		dst = bsoncore.AppendBooleanElement(dst, "updatedExisting", before != nil)
	}
	if !isMissing(upserted) {
		dst = bsoncore.AppendValueElement(dst, "upserted", upserted)
	}
	dst = endDoc(dst, start)

	shown := before
	if f.after {
		shown = after
	}
	if shown == nil {
		return bsoncore.AppendNullElement(dst, "value"), nil
	}
	if f.shape == nil {
		return bsoncore.AppendDocumentElement(dst, "value", shown), nil
	}

	return f.shape.append(bsoncore.AppendHeader(dst, bsoncore.TypeEmbeddedDocument, "value"), shown), nil
}
