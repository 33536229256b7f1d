package embedded

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// record is a document, one that is stored or one made on the way; its bytes never change. The zero value stands for none.
// seq is its number within its collection, which an update keeps, so that equal keys of different documents differ.
type record struct {
	raw []byte
	seq uint64
}

// noRecord is the seq of no record.
const noRecord = ^uint64(0)

const (
	seqBytes = 8
	// keyBytes is what a key of an index takes beside its bytes: its part of a node, and of the room that nodes keep.
	// recordBytes is the same for a record: its place in a page, and the allocation's rounding.
	keyBytes    = 20
	recordBytes = 48
)

// withSeq completes an encoded key to that of a record.
func withSeq(key []byte, seq uint64) []byte { return binary.BigEndian.AppendUint64(key, seq) }

// cutSeq returns the values of a key of an index, and the seq of its record.
func cutSeq(key []byte) ([]byte, uint64) {
	at := len(key) - seqBytes

	return key[:at], binary.BigEndian.Uint64(key[at:])
}

// index is an ordered set of keys: the encoded values of its fields, then the record's seq.
type index struct {
	name    string
	pattern pattern
	unique  bool
	// spec is the document that listIndexes shows.
	spec []byte
	// multi has a bit for each field whose path met an array in some document. It is only ever added to.
	multi uint64
	tree  tree
	bytes int64 // estimate of the memory taken
}

// parseIndex reads the specification of an index. It fails, naming it, on every option but key, name and unique.
func parseIndex(doc []byte) (*index, error) {
	a := nestedArgs("createIndexes.indexes", doc)
	ix := &index{name: a.text("name"), unique: a.flag("unique", false)}
	key := a.document("key")
	a.take("v", "background")
	if option := a.untaken(); option != "" {
		a.fail(codeInvalidOptions, "the index option '%s' is not supported", option)
	}
	if a.err != nil {
		return nil, a.err
	}

	var err error
	if ix.pattern, err = parsePattern(key, codeCannotCreateIndex); err != nil {
		return nil, err
	}
	if len(ix.pattern) == 0 || ix.name == "" || ix.name == "*" || strings.Contains(ix.name, "\x00") {
		return nil, refuse(codeCannotCreateIndex, "an index needs a key with at least one field, and a name other than '*'")
	}
	unique := value{}
	if ix.unique {
		unique = value{Type: bsoncore.TypeBoolean, Data: []byte{1}}
	}
	ix.spec = document("v", 2, "key", key, "name", ix.name, "unique", unique)

	return ix, nil
}

// newIDIndex returns the index that every collection has.
func newIDIndex() *index {
	return &index{
		name: "_id_", pattern: pattern{{path: "_id", comps: []string{"_id"}}}, unique: true,
		spec: document("v", 2, "key", document("_id", 1), "name", "_id_"),
	}
}

func (ix *index) keyPattern() []byte { return lookup(ix.spec, "key").Data }

// thaw returns a copy that may be changed; ix must not be changed any more.
func (ix *index) thaw() *index {
	own := *ix
	own.tree = ix.tree.thaw()

	return &own
}

// holder returns the seq of the record other than seq that has the key (without a seq); false when there is none.
func (ix *index) holder(key []byte, seq uint64) (uint64, bool) {
	var it iterator
	for ok := it.seek(&ix.tree, key); ok && bytes.HasPrefix(it.key(), key); ok = it.next() {
		if _, found := cutSeq(it.key()); found != seq {
			return found, true
		}
	}

	return noRecord, false
}

// duplicate is the refusal of a document whose key another one has already.
func (ix *index) duplicate(ns string, doc []byte) error {
	held, start := startDoc(nil)
	for _, f := range ix.pattern {
		v := fieldPath(docValue(doc), f.comps)
		if isMissing(v) {
			v = value{Type: bsoncore.TypeNull}
		}
		held = bsoncore.AppendValueElement(held, f.path, v)
	}
	held = endDoc(held, start)

	e := refuse(codeDuplicateKey, "E11000 duplicate key error collection: %s index: %s dup key: %s", ns, ix.name, bsoncore.Document(held))
	e.pattern, e.key = ix.keyPattern(), held

	return e
}

// keys returns the keys of a record, in order, and the fields whose path met an array. It fails on parallel arrays.
func (ix *index) keys(g *keyGenerator, r record) ([][]byte, uint64, error) {
	if r.raw == nil {
		return nil, 0, nil
	}
	keys, multi, err := g.keys(ix.pattern, r.raw)
	for i := range keys {
		keys[i] = withSeq(keys[i], r.seq)
	}

	return keys, multi, err
}

// build fills the index from records. It fails when a document cannot be indexed or a unique key is held twice.
func (ix *index) build(c *collection) error {
	g := keyGenerator{made: make([][]byte, 0, c.count())}
	err := c.each(func(r record) error {
		_, multi, err := ix.keys(&g, r)
		ix.multi |= multi
		return err
	})
	if err != nil {
		return err
	}

	slices.SortFunc(g.made, bytes.Compare)
	var last []byte
	lastSeq := noRecord
	for _, key := range g.made {
		values, seq := cutSeq(key)
		if ix.unique && seq != lastSeq && lastSeq != noRecord && bytes.Equal(values, last) {
			return ix.duplicate(c.ns, c.docs.get(seq))
		}
		last, lastSeq = values, seq
		ix.add(key)
	}

	return nil
}

func (ix *index) add(key []byte) {
	ix.tree.insert(key)
	ix.bytes += int64(len(key) + keyBytes)
}

func (ix *index) remove(key []byte) {
	ix.tree.remove(key)
	ix.bytes -= int64(len(key) + keyBytes)
}

// collection is a set of documents with its indexes, the one on _id first. A published one is never changed.
type collection struct {
	ns      string
	docs    documents
	indexes []*index
	nextSeq uint64
	bytes   int64 // estimate of the memory taken
}

func newCollection(ns string) *collection {
	return &collection{ns: ns, indexes: []*index{newIDIndex()}}
}

// thaw returns a copy that may be changed; c must not be changed any more. It takes a moment, whatever the size.
func (c *collection) thaw() *collection {
	own := *c
	own.docs = c.docs.thaw()
	own.indexes = make([]*index, len(c.indexes))
	for i, ix := range c.indexes {
		own.indexes[i] = ix.thaw()
	}

	return &own
}

func (c *collection) count() int { return c.indexes[0].tree.count }

// byKey returns the record with that encoded _id.
func (c *collection) byKey(key []byte) record {
	seq, ok := c.indexes[0].holder(key, noRecord)
	if !ok {
		return record{}
	}

	return record{c.docs.get(seq), seq}
}

// each calls do with every record, in the order of _id, until it fails.
func (c *collection) each(do func(r record) error) error {
	var it iterator
	for ok := it.seek(&c.indexes[0].tree, nil); ok; ok = it.next() {
		_, seq := cutSeq(it.key())
		if err := do(record{c.docs.get(seq), seq}); err != nil {
			return err
		}
	}

	return nil
}

// indexChange is what a write does to one index, worked out before anything is touched.
type indexChange struct {
	before, after [][]byte
	multi         uint64
}

// replace puts raw in the place of old: an insert when there is no old one, a delete when raw is nil. It changes nothing
// when it fails: on a duplicate unique key, on parallel arrays, or when the collection would grow by more than room bytes.
func (c *collection) replace(old record, raw []byte, room int64) error {
	rec := record{raw, c.nextSeq}
	if old.raw != nil {
		rec.seq = old.seq
	}

	grows := recordSize(raw) - recordSize(old.raw)
	var g keyGenerator
	changes := make([]indexChange, len(c.indexes))
	for i, ix := range c.indexes {
		ch := &changes[i]
		var err error
		ch.before, _, _ = ix.keys(&g, old)
		if ch.after, ch.multi, err = ix.keys(&g, rec); err != nil {
			return err
		}
		for _, key := range ch.before {
			grows -= int64(len(key) + keyBytes)
		}
		for _, key := range ch.after {
			grows += int64(len(key) + keyBytes)
			if values, _ := cutSeq(key); ix.unique {
				if _, held := ix.holder(values, rec.seq); held {
					return ix.duplicate(c.ns, raw)
				}
			}
		}
	}
	if grows > 0 && grows > room {
		return refuse(codeMemoryLimit, "the memory limit is reached: the write would take %d bytes more", grows)
	}

	for i, ix := range c.indexes {
		ch := &changes[i]
		without(ch.before, ch.after, ix.remove)
		without(ch.after, ch.before, ix.add)
		ix.multi |= ch.multi
	}
	c.docs.set(rec.seq, raw)
	if old.raw == nil {
		c.nextSeq++
	}
	c.bytes += grows

	return nil
}

// recordSize is the estimate of the memory that a document takes beside its keys, in bytes.
func recordSize(raw []byte) int64 {
	if raw == nil {
		return 0
	}

	return int64(len(raw) + recordBytes)
}

// without calls do with the keys that are not among the others, which are in order.
func without(keys, others [][]byte, do func(key []byte)) {
	for _, key := range keys {
		if _, found := slices.BinarySearchFunc(others, key, bytes.Compare); !found {
			do(key)
		}
	}
}

// indexNamed returns the position of the index with that name, or -1.
func (c *collection) indexNamed(name string) int {
	return slices.IndexFunc(c.indexes, func(ix *index) bool { return ix.name == name })
}

// indexOn returns the position of the index with that key pattern, or -1.
func (c *collection) indexOn(p pattern) int {
	return slices.IndexFunc(c.indexes, func(ix *index) bool { return ix.pattern.equal(p) })
}
