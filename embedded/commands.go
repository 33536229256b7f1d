package embedded

import (
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// request is one command at work: its arguments, and what was durable when it came.
type request struct {
	*Server
	*args
	conn int32
	view *view
}

// commands are all that the server knows. Each takes its fields from the request and appends its reply, without "ok".
var commands map[string]func(r *request, dst []byte) ([]byte, error)

func init() {
	commands = map[string]func(*request, []byte) ([]byte, error){
		"hello": (*request).hello, "isMaster": (*request).hello, "ismaster": (*request).hello,
		"ping": (*request).ping, "endSessions": (*request).endSessions, "buildInfo": (*request).buildInfo, "buildinfo": (*request).buildInfo,
		"insert": (*request).insert, "update": (*request).update, "delete": (*request).delete,
		"findAndModify": (*request).findAndModify, "findandmodify": (*request).findAndModify,
		"find": (*request).find, "getMore": (*request).getMore, "killCursors": (*request).killCursors,
		"count": (*request).count, "distinct": (*request).distinct, "aggregate": (*request).aggregate, "explain": (*request).explain,
		"createIndexes": (*request).createIndexes, "listIndexes": (*request).listIndexes, "dropIndexes": (*request).dropIndexes,
		"listCollections": (*request).listCollections, "drop": (*request).drop, "dropDatabase": (*request).dropDatabase,
	}
}

func isHello(name string) bool {
	return strings.EqualFold(name, "hello") || strings.EqualFold(name, "ismaster")
}

// serverVersion is that of the protocol whose subset this is.
const serverVersion = "7.0.0"

// hello tells the driver what it talks to. Its fields are about the client, and none is refused.
func (r *request) hello(dst []byte) ([]byte, error) {
	master := "isWritablePrimary"
	if r.command != "hello" {
		master = "ismaster"
	}
	dst = bsoncore.AppendBooleanElement(dst, master, true)
	dst = bsoncore.AppendBooleanElement(dst, "helloOk", true)
	dst = bsoncore.AppendInt32Element(dst, "maxBsonObjectSize", maxDocument)
	dst = bsoncore.AppendInt32Element(dst, "maxMessageSizeBytes", maxMessage)
	dst = bsoncore.AppendInt32Element(dst, "maxWriteBatchSize", maxStatements)
	dst = bsoncore.AppendTimeElement(dst, "localTime", time.Now())
	dst = bsoncore.AppendInt32Element(dst, "connectionId", r.conn)
	dst = bsoncore.AppendInt32Element(dst, "minWireVersion", 0)
	dst = bsoncore.AppendInt32Element(dst, "maxWireVersion", 21)

	return bsoncore.AppendBooleanElement(dst, "readOnly", false), nil
}

func (r *request) ping(dst []byte) ([]byte, error) {
	r.take(r.fields[0].key)

	return dst, r.done()
}

func (r *request) endSessions(dst []byte) ([]byte, error) { return r.ping(dst) }

func (r *request) buildInfo(dst []byte) ([]byte, error) {
	r.take(r.fields[0].key)
	dst = bsoncore.AppendStringElement(dst, "version", serverVersion)
	dst = bsoncore.AppendArrayElement(dst, "versionArray", bsoncore.BuildArray(nil, intValue(7, false), intValue(0, false), intValue(0, false), intValue(0, false)))
	dst = bsoncore.AppendArrayElement(dst, "modules", bsoncore.BuildArray(nil, value{Type: bsoncore.TypeString, Data: bsoncore.AppendString(nil, "embedded")}))
	dst = bsoncore.AppendInt32Element(dst, "bits", 64)
	dst = bsoncore.AppendInt32Element(dst, "maxBsonObjectSize", maxDocument)

	return dst, r.done()
}

// createIndexes builds the indexes that are not there yet: all of them, or none when one cannot be.
func (r *request) createIndexes(dst []byte) ([]byte, error) {
	ns := r.namespace()
	specs := r.documents("indexes")
	if err := r.done(); err != nil {
		return nil, err
	}
	var wanted []*index
	for _, spec := range specs {
		ix, err := parseIndex(spec)
		if err != nil {
			return nil, err
		}
		wanted = append(wanted, ix)
	}
	if len(wanted) == 0 {
		return nil, refuse(codeBadValue, "Must specify at least one index to create")
	}

	created, before, after := false, 1, 1
	err := r.store.write(func(t *tx) error {
		c := t.collection(ns)
		created = c == nil
		if created {
			c = newCollection(ns)
		}
		before = len(c.indexes)
		missing, err := c.missingIndexes(wanted)
		if err != nil {
			return err
		}
		if created {
			c = t.ensure(ns)
		}
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
	if err != nil {
		return nil, err
	}

	dst = bsoncore.AppendInt32Element(dst, "numIndexesBefore", int32(before))
	dst = bsoncore.AppendInt32Element(dst, "numIndexesAfter", int32(after))
	dst = bsoncore.AppendBooleanElement(dst, "createdCollectionAutomatically", created)
	if before == after {
		dst = bsoncore.AppendStringElement(dst, "note", "all indexes already exist")
	}

	return dst, nil
}

// missingIndexes returns those of wanted that c does not have; it fails on one that c has otherwise.
func (c *collection) missingIndexes(wanted []*index) ([]*index, error) {
	var missing []*index
	have := slices.Clone(c.indexes)
	for _, ix := range wanted {
		view := &collection{indexes: have}
		if at := view.indexNamed(ix.name); at >= 0 {
			if isIDPattern(ix) && at == 0 || sameIndex(have[at], ix) {
				continue
			}
			return nil, refuse(codeIndexKeySpecs, "An existing index has the same name as the requested index '%s' but another key or option", ix.name)
		}
		if isIDPattern(ix) {
			continue // there is one on _id, whatever its name
		}
		if at := view.indexOn(ix.keyPattern()); at >= 0 {
			return nil, refuse(codeIndexOptions, "Index already exists with a different name: %s", have[at].name)
		}
		if ix.name == "_id_" {
			return nil, refuse(codeBadValue, "The index name '_id_' is reserved for the _id index")
		}
		missing = append(missing, ix)
		have = append(have, ix)
	}
	if len(have) > 64 {
		return nil, refuse(codeCannotCreateIndex, "more than 64 indexes on %s", c.ns)
	}

	return missing, nil
}

func isIDPattern(ix *index) bool {
	return len(ix.pattern) == 1 && ix.pattern[0].path == "_id" && !ix.pattern[0].desc
}

func (r *request) listIndexes(dst []byte) ([]byte, error) {
	ns := r.namespace()
	batch := r.cursorOptions()
	if err := r.done(); err != nil {
		return nil, err
	}
	c := r.view.colls[ns]
	if c == nil {
		return nil, refuse(codeNamespaceNotFound, "ns does not exist: %s", ns)
	}

	list := &listStream{}
	for _, ix := range c.indexes {
		spec := ix.spec
		if ix == c.indexes[0] {
			spec = bsoncore.BuildDocument(nil, bsoncore.AppendInt32Element(nil, "v", 2),
				bsoncore.AppendDocumentElement(nil, "key", ix.keyPattern()), bsoncore.AppendStringElement(nil, "name", ix.name))
		}
		list.docs = append(list.docs, spec)
	}

	return r.appendCursor(dst, &cursor{ns: ns, stream: list}, batch, false)
}

func (r *request) dropIndexes(dst []byte) ([]byte, error) {
	ns := r.namespace()
	r.required("index")
	which := r.take("index")
	if err := r.done(); err != nil {
		return nil, err
	}

	before := 0
	err := r.store.write(func(t *tx) error {
		c := t.collection(ns)
		if c == nil {
			return refuse(codeNamespaceNotFound, "ns not found %s", ns)
		}
		before = len(c.indexes)
		at, err := c.findIndex(which)
		switch {
		case err != nil:
			return err
		case at == 0:
			return refuse(codeInvalidOptions, "cannot drop _id index")
		case at > 0:
			t.dropIndex(c, at)
			return nil
		}
		for len(c.indexes) > 1 {
			t.dropIndex(c, len(c.indexes)-1)
		}
		return nil
	})

	return bsoncore.AppendInt32Element(dst, "nIndexesWas", int32(before)), err
}

// findIndex returns the position of the index with that name or key pattern, -1 for "*".
func (c *collection) findIndex(which value) (int, error) {
	at := -1
	switch which.Type {
	case bsoncore.TypeString:
		if stringOf(which) == "*" {
			return -1, nil
		}
		at = c.indexNamed(stringOf(which))
	case bsoncore.TypeEmbeddedDocument:
		at = c.indexOn(which.Data)
	default:
		return 0, refuse(codeTypeMismatch, "dropIndexes by a value of type %s is not supported", typeName(which))
	}
	if at < 0 {
		return 0, refuse(codeIndexNotFound, "index not found: %s", which)
	}

	return at, nil
}

func (r *request) listCollections(dst []byte) ([]byte, error) {
	r.take(r.fields[0].key)
	r.checkDB()
	filter, err := parseFilter(r.document("filter"))
	if err != nil {
		return nil, err
	}
	r.take("nameOnly")
	r.take("authorizedCollections")
	batch := r.cursorOptions()
	if err := r.done(); err != nil {
		return nil, err
	}

	var names []string
	for ns := range r.view.colls {
		if name, ok := strings.CutPrefix(ns, r.db+"."); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	list := &listStream{}
	for _, name := range names {
		doc := bsoncore.BuildDocument(nil,
			bsoncore.AppendStringElement(nil, "name", name),
			bsoncore.AppendStringElement(nil, "type", "collection"),
			bsoncore.AppendDocumentElement(nil, "options", emptyDoc),
			bsoncore.AppendDocumentElement(nil, "info", bsoncore.BuildDocument(nil, bsoncore.AppendBooleanElement(nil, "readOnly", false))))
		if filter.matches(doc) {
			list.docs = append(list.docs, doc)
		}
	}

	return r.appendCursor(dst, &cursor{ns: r.db + ".$cmd.listCollections", stream: list}, batch, false)
}

// drop removes a collection; one that is not there is no error.
func (r *request) drop(dst []byte) ([]byte, error) {
	ns := r.namespace()
	if err := r.done(); err != nil {
		return nil, err
	}

	indexes := -1
	err := r.store.write(func(t *tx) error {
		if c := t.collection(ns); c != nil {
			indexes = len(c.indexes)
			t.drop(c)
		}
		return nil
	})
	if indexes >= 0 {
		dst = bsoncore.AppendInt32Element(dst, "nIndexesWas", int32(indexes))
		dst = bsoncore.AppendStringElement(dst, "ns", ns)
	}

	return dst, err
}

func (r *request) dropDatabase(dst []byte) ([]byte, error) {
	r.take("dropDatabase")
	r.checkDB()
	if err := r.done(); err != nil {
		return nil, err
	}

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
		dst = bsoncore.AppendStringElement(dst, "dropped", r.db)
	}

	return dst, err
}
