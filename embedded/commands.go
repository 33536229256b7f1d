package embedded

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// request is one command at work: its arguments, and what was durable when it came.
type request struct {
	*Server
	*args
	conn      int32
	view      *view
	explained bool // not to be run
}

// operation is a command whose arguments have been taken.
type operation struct {
	ns string
	// query is what the command looks for; nil when it looks for nothing.
	query *query
	// run does what was asked, and appends the reply without "ok".
	run func(dst []byte) ([]byte, error)
}

// commands are all that the server knows. Each takes its arguments from the request, whose errors are looked at afterwards.
var commands map[string]func(r *request) operation

func init() {
	commands = map[string]func(*request) operation{
		"hello": (*request).hello, "isMaster": (*request).hello, "ismaster": (*request).hello,
		"ping": (*request).ping, "endSessions": (*request).ping, "buildInfo": (*request).buildInfo, "buildinfo": (*request).buildInfo,
		"insert": (*request).insert, "update": (*request).update, "delete": (*request).delete,
		"findAndModify": (*request).findAndModify, "findandmodify": (*request).findAndModify,
		"find": (*request).find, "getMore": (*request).getMore, "killCursors": (*request).killCursors,
		"count": (*request).count, "distinct": (*request).distinct, "aggregate": (*request).aggregate, "explain": (*request).explain,
		"createIndexes": (*request).createIndexes, "listIndexes": (*request).listIndexes, "dropIndexes": (*request).dropIndexes,
		"listCollections": (*request).listCollections, "drop": (*request).drop, "dropDatabase": (*request).dropDatabase,
		"fsync": (*request).fsync,
	}
}

// prepare takes the arguments of the command. It fails on the first that is unknown, missing or of a wrong type.
func (r *request) prepare() (operation, error) {
	if r.err != nil {
		return operation{}, r.err
	}
	take, ok := commands[r.command]
	if !ok {
		return operation{}, refuse(codeCommandNotFound, "no such command: '%s'", r.command)
	}
	op := take(r)

	return op, r.done()
}

// answerWith is an operation that always gives the same reply.
func answerWith(pairs ...any) operation {
	return operation{run: func(dst []byte) ([]byte, error) { return appendFields(dst, pairs...), nil }}
}

func isHello(name string) bool {
	return strings.EqualFold(name, "hello") || strings.EqualFold(name, "ismaster")
}

// hello tells the driver what it talks to. Its fields are about the client, and none is refused.
func (r *request) hello() operation {
	for i := range r.fields {
		r.fields[i].taken = true
	}
	master := "ismaster"
	if r.command == "hello" {
		master = "isWritablePrimary"
	}
	now := value{Type: bsoncore.TypeDateTime, Data: bsoncore.AppendDateTime(nil, time.Now().UnixMilli())}

	return answerWith(master, true, "helloOk", true, "maxBsonObjectSize", maxDocument, "maxMessageSizeBytes", maxMessage,
		"maxWriteBatchSize", maxStatements, "localTime", now, "connectionId", int(r.conn),
		"minWireVersion", 0, "maxWireVersion", 21, "readOnly", false)
}

func (r *request) ping() operation {
	r.take(r.command)

	return answerWith()
}

// fsync writes a snapshot and removes the files that it replaces: what was deleted or overwritten before is in none any
// more. Locking is refused.
func (r *request) fsync() operation {
	r.take(r.command)

	return operation{run: func(dst []byte) ([]byte, error) { return dst, r.store.snapshot() }}
}

// buildInfo names the version of the protocol whose subset this is.
func (r *request) buildInfo() operation {
	r.take(r.command)
	seven, zero := intValue(7, false), intValue(0, false)
	modules := []value{{Type: bsoncore.TypeString, Data: bsoncore.AppendString(nil, "embedded")}}

	return answerWith("version", "7.0.0", "versionArray", []value{seven, zero, zero, zero}, "modules", modules,
		"bits", 64, "maxBsonObjectSize", maxDocument)
}

// createIndexes builds the indexes that are not there yet: all of them, or none when one cannot be.
func (r *request) createIndexes() operation {
	ns := r.namespace()
	var wanted []*index
	for _, spec := range r.documents("indexes") {
		ix, err := parseIndex(spec)
		if err != nil {
			r.failed(err)
			break
		}
		wanted = append(wanted, ix)
	}
	if len(wanted) == 0 {
		r.fail(codeBadValue, "Must specify at least one index to create")
	}

	return operation{run: func(dst []byte) ([]byte, error) {
		created, before, after := false, 1, 1
		err := r.store.write(func(t *tx) error {
			c := t.collection(ns)
			if created = c == nil; created {
				c = newCollection(ns)
			}
			before = len(c.indexes)
			missing, err := c.missingIndexes(wanted)
			if err != nil {
				return err
			}
			c = t.ensure(ns)
			for i, ix := range missing {
				if err := t.addIndex(c, ix); err != nil {
					for range i {
						t.dropIndex(c, len(c.indexes)-1)
					}
					return err
				}
			}
			after = len(c.indexes)
			return nil
		})
		if err == nil && before == after {
			dst = appendFields(dst, "note", "all indexes already exist")
		}
		return appendFields(dst, "numIndexesBefore", before, "numIndexesAfter", after, "createdCollectionAutomatically", created), err
	}}
}

// missingIndexes returns those of wanted that c does not have; it fails on one that c has otherwise.
func (c *collection) missingIndexes(wanted []*index) ([]*index, error) {
	have := &collection{indexes: slices.Clone(c.indexes)}
	for _, ix := range wanted {
		named, on := have.indexNamed(ix.name), have.indexOn(ix.pattern)
		switch {
		case on == 0: // there is one on _id, whatever its name
		case named >= 0 && slices.Equal(have.indexes[named].spec, ix.spec):
		case named >= 0:
			return nil, refuse(codeIndexKeySpecs, "An existing index has the same name as the requested index '%s' but another key or option", ix.name)
		case on > 0:
			return nil, refuse(codeIndexOptions, "Index already exists with a different name: %s", have.indexes[on].name)
		default:
			have.indexes = append(have.indexes, ix)
		}
	}
	if len(have.indexes) > 64 {
		return nil, refuse(codeCannotCreateIndex, "more than 64 indexes on %s", c.ns)
	}

	return have.indexes[len(c.indexes):], nil
}

// cursorOptions takes the field "cursor" and returns the size of the first batch.
func (r *request) cursorOptions() int64 {
	options := r.sub("cursor")
	n := options.natural("batchSize", defaultBatch)
	_ = options.done() // r has its error

	return n
}

func (r *request) listIndexes() operation {
	ns, batch := r.namespace(), r.cursorOptions()

	return operation{run: func(dst []byte) ([]byte, error) {
		c := r.view.colls[ns]
		if c == nil {
			return nil, refuse(codeNamespaceNotFound, "ns does not exist: %s", ns)
		}
		var specs []record
		for _, ix := range c.indexes {
			specs = append(specs, record{raw: ix.spec})
		}
		return r.firstBatch(dst, &cursor{ns: ns, next: listStream(specs)}, batch, false)
	}}
}

func (r *request) dropIndexes() operation {
	ns := r.namespace()
	r.required("index")
	which := r.take("index")

	return operation{run: func(dst []byte) ([]byte, error) {
		before := 0
		err := r.store.write(func(t *tx) error {
			c := t.collection(ns)
			if c == nil {
				return refuse(codeNamespaceNotFound, "ns not found %s", ns)
			}
			before = len(c.indexes)
			if which.Type == bsoncore.TypeString && stringOf(which) == "*" {
				for len(c.indexes) > 1 {
					t.dropIndex(c, len(c.indexes)-1)
				}
				return nil
			}
			at, err := c.findIndex(which)
			if err == nil {
				t.dropIndex(c, at)
			}
			return err
		})
		return appendFields(dst, "nIndexesWas", before), err
	}}
}

// findIndex returns the position of the index with that name or key pattern. It fails when it is the one on _id.
func (c *collection) findIndex(which value) (int, error) {
	at := -1
	switch which.Type {
	case bsoncore.TypeString:
		at = c.indexNamed(stringOf(which))
	case bsoncore.TypeEmbeddedDocument:
		p, err := parsePattern(which.Data, codeBadValue)
		if err != nil {
			return 0, err
		}
		at = c.indexOn(p)
	default:
		return 0, refuse(codeTypeMismatch, "dropIndexes by a value of type %s is not supported", typeName(which))
	}
	switch {
	case at < 0:
		return 0, refuse(codeIndexNotFound, "index not found: %s", which)
	case at == 0:
		return 0, refuse(codeInvalidOptions, "cannot drop _id index")
	}

	return at, nil
}

func (r *request) listCollections() operation {
	r.name()
	q, batch := r.query("filter", "", "", ""), r.cursorOptions()
	r.take("nameOnly", "authorizedCollections")

	return operation{run: func(dst []byte) ([]byte, error) {
		var list []record
		for ns := range r.view.colls {
			name, ours := strings.CutPrefix(ns, r.db+".")
			doc := document("name", name, "type", "collection", "options", emptyDoc, "info", document("readOnly", false))
			if ours && q.filter.matches(doc) {
				list = append(list, record{raw: doc})
			}
		}
		slices.SortFunc(list, func(a, b record) int { return bytes.Compare(a.raw, b.raw) })
		return r.firstBatch(dst, &cursor{ns: r.db + ".$cmd.listCollections", next: listStream(list)}, batch, false)
	}}
}

// drop removes a collection; one that is not there is no error.
func (r *request) drop() operation {
	ns := r.namespace()

	return operation{run: func(dst []byte) ([]byte, error) {
		err := r.store.write(func(t *tx) error {
			if c := t.collection(ns); c != nil {
				dst = appendFields(dst, "nIndexesWas", len(c.indexes), "ns", ns)
				t.drop(c)
			}
			return nil
		})
		return dst, err
	}}
}

func (r *request) dropDatabase() operation {
	r.name()

	return operation{run: func(dst []byte) ([]byte, error) {
		dropped := false
		err := r.store.write(func(t *tx) error {
			for ns, c := range t.s.colls {
				if strings.HasPrefix(ns, r.db+".") {
					t.drop(c)
					dropped = true
				}
			}
			return nil
		})
		if dropped {
			dst = appendFields(dst, "dropped", r.db)
		}
		return dst, err
	}}
}
