package embedded

import (
	"bytes"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

const (
	maxStatements   = 100_000 // in one write command, as hello tells the driver
	maxErrorDetails = 4 << 20 // bytes of write errors in one reply; later ones keep their code only
)

// statement is one of a write command, or what a findAndModify does.
type statement struct {
	err    error  // why it is refused
	insert []byte // nil for another kind
	query  *query
	update *update // nil for a delete
	upsert bool
}

// outcome gathers what the statements of a write command did.
type outcome struct {
	n, modified       int
	upserted, refused []value
	details           int // bytes in refused
}

// fail notes that the statement at that index failed.
func (o *outcome) fail(index int, err error) {
	p := asProtocol(err)
	fields := []any{"index", index, "code", int(p.code), "errmsg", p.message}
	if o.details > maxErrorDetails {
		fields[5] = ""
	} else if p.pattern != nil {
		fields = append(fields, "keyPattern", p.pattern, "keyValue", p.key)
	}
	doc := document(fields...)
	o.details += len(doc)
	o.refused = append(o.refused, docValue(doc))
}

func (o *outcome) append(dst []byte) []byte {
	dst = appendFields(dst, "n", o.n)
	if len(o.upserted) > 0 {
		dst = appendFields(dst, "upserted", o.upserted)
	}
	if len(o.refused) > 0 {
		dst = appendFields(dst, "writeErrors", o.refused)
	}

	return dst
}

// writes is a command of statements, which are made one after the other in one write: until one fails when it is ordered.
func (r *request) writes(key string, parse func(doc []byte) statement) operation {
	ns, docs, ordered := r.namespace(), r.documents(key), r.flag("ordered", true)
	r.take("bypassDocumentValidation") // there is none to bypass
	if len(docs) == 0 || len(docs) > maxStatements {
		r.fail(codeBadValue, "Write batch sizes must be between 1 and %d. Got %d operations.", maxStatements, len(docs))
		return operation{}
	}
	statements := make([]statement, len(docs))
	for i, doc := range docs {
		statements[i] = parse(doc)
	}
	if r.explained && len(docs) > 1 {
		r.fail(codeInvalidOptions, "explain takes one statement")
	} else if err := statements[0].err; r.explained && err != nil {
		r.failed(err)
	}

	return operation{ns, statements[0].query, func(dst []byte) ([]byte, error) {
		var o outcome
		err := r.store.write(func(t *tx) error {
			for i, s := range statements {
				if err := t.perform(ns, i, s, &o); err != nil {
					o.fail(i, err)
					if ordered {
						break
					}
				}
			}
			return nil
		})
		if key == "updates" {
			dst = appendFields(dst, "nModified", o.modified)
		}
		return o.append(dst), err
	}}
}

func (r *request) insert() operation {
	return r.writes("documents", func(doc []byte) (s statement) {
		if s.err = storable(doc); s.err == nil {
			s.insert = withID(doc, value{})
		}
		return s
	})
}

func (r *request) update() operation {
	return r.writes("updates", func(doc []byte) (s statement) {
		a := nestedArgs("update.updates", doc)
		a.required("q", "u")
		q := a.query("q", "", "", "")
		q.deadline = r.deadline
		s.query, s.update, s.upsert = &q, a.change("u"), a.flag("upsert", false)
		if !a.flag("multi", false) {
			q.limit = 1
		} else if s.update != nil && s.update.replacement != nil {
			a.fail(codeFailedToParse, "multi update is not supported for replacement-style update")
		}
		s.err = a.done()
		return s
	})
}

func (r *request) delete() operation {
	return r.writes("deletes", func(doc []byte) (s statement) {
		a := nestedArgs("delete.deletes", doc)
		a.required("q", "limit")
		q := a.query("q", "", "", "limit")
		q.deadline = r.deadline
		if q.limit > 1 {
			a.fail(codeFailedToParse, "The limit field in delete objects must be 0 or 1. Got %d", q.limit)
		}
		return statement{query: &q, err: a.done()}
	})
}

// change takes a field as an update.
func (a *args) change(key string) *update {
	v := a.take(key)
	if v.Type != bsoncore.TypeEmbeddedDocument {
		a.fail(codeFailedToParse, "an update must be an object (a pipeline is not supported), not %s", typeName(v))
		return nil
	}
	u, err := parseUpdate(v.Data)
	if err != nil {
		a.failed(err)
	}

	return u
}

// perform makes one statement.
func (t *tx) perform(ns string, index int, s statement, o *outcome) error {
	if s.err != nil {
		return s.err
	}
	if s.insert != nil {
		o.n++
		if err := t.replace(t.ensure(ns), record{}, s.insert); err != nil {
			o.n--
			return err
		}
		return nil
	}

	// All are found before the first is changed, so that the search does not meet what it has changed.
	records, err := t.collection(ns).scan(*s.query).all()
	if err != nil {
		return err
	}
	for _, rec := range records {
		_, modified, err := t.change(ns, rec, s.update)
		if err != nil {
			return err
		}
		o.n++
		if modified {
			o.modified++
		}
	}
	if len(records) > 0 || !s.upsert {
		return nil
	}

	doc, err := t.upsert(ns, s)
	if err == nil {
		o.n++
		o.upserted = append(o.upserted, docValue(document("index", index, "_id", lookup(doc, "_id"))))
	}

	return err
}

// change updates one record, or deletes it for a nil update. It returns the document as it is then, and whether that is
// another one.
func (t *tx) change(ns string, rec record, u *update) (doc []byte, modified bool, err error) {
	if u == nil {
		return nil, true, t.replace(t.collection(ns), rec, nil)
	}
	out, err := u.apply(rec.raw, false)
	if err != nil || bytes.Equal(out, rec.raw) {
		return rec.raw, false, err
	}

	out = bytes.Clone(out) // no longer than need be, and not of the message
	return out, true, t.replace(t.collection(ns), rec, out)
}

// upsert inserts what the filter and the update make.
func (t *tx) upsert(ns string, s statement) ([]byte, error) {
	seed, err := s.update.seed(s.query.filter)
	if err != nil {
		return nil, err
	}
	out, err := s.update.apply(seed, true)
	if err != nil {
		return nil, err
	}
	out = withID(out, value{})
	if err := storable(out); err != nil {
		return nil, err
	}

	return out, t.replace(t.ensure(ns), record{}, out)
}

func (r *request) findAndModify() operation {
	ns, q := r.namespace(), r.query("query", "sort", "", "")
	q.limit = 1
	s := statement{query: &q, upsert: r.flag("upsert", false)}
	remove, after, shape := r.flag("remove", false), r.flag("new", false), r.projection("fields")
	r.take("bypassDocumentValidation")
	if remove != isMissing(r.peek("update")) || remove && (after || s.upsert) {
		r.fail(codeFailedToParse, "findAndModify takes either an update or remove:true, and new and upsert with an update only")
	} else if !remove {
		s.update = r.change("update")
	}

	return operation{ns, &q, func(dst []byte) ([]byte, error) {
		var old, new []byte
		var upserted value
		err := r.store.write(func(t *tx) error {
			records, err := t.collection(ns).scan(q).all()
			switch {
			case err != nil:
				return err
			case len(records) > 0:
				old = records[0].raw
				new, _, err = t.change(ns, records[0], s.update)
			case s.upsert:
				new, err = t.upsert(ns, s)
				upserted = lookup(new, "_id")
			}
			return err
		})
		if err != nil {
			return nil, err
		}

		outcome := []any{"n", 0, "updatedExisting", old != nil, "upserted", upserted}
		if old != nil || new != nil {
			outcome[1] = 1
		}
		if remove {
			outcome = outcome[:2]
		}
		shown := value{Type: bsoncore.TypeNull}
		if after {
			old = new
		}
		if old != nil && shape != nil {
			old = shape.shape(old)
		}
		if old != nil {
			shown = docValue(old)
		}
		return appendFields(dst, "lastErrorObject", document(outcome...), "value", shown), nil
	}}
}
