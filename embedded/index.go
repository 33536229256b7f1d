package embedded

import (
	"encoding/binary"
	"slices"
	"strings"

	"github.com/tidwall/btree"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// record is one stored document; neither it nor its bytes ever change. seq is its number within its collection, which an
// update keeps, so that equal keys of different documents differ.
type record struct {
	raw []byte
	seq uint64
}

// noRecord is the seq of no record.
const noRecord = ^uint64(0)

// entry is one key of one record: the encoded values of the index's fields, then the record's seq.
type entry struct {
	key string
	rec *record
}

const (
	seqBytes = 8
	// entryBytes is what an entry takes beside its key: string header and pointer in nodes about three quarters full,
	// and the allocation's rounding. recordBytes is the same for a record.
	entryBytes  = 40
	recordBytes = 48
)

// values returns the key without the seq.
func (e entry) values() string { return e.key[:len(e.key)-seqBytes] }

// size is the estimate of the memory taken, in bytes.
func (e entry) size() int64 { return int64(len(e.key) + entryBytes) }

// withSeq completes a key to that of a record's entry.
func withSeq(key []byte, seq uint64) string {
	return string(binary.BigEndian.AppendUint64(key, seq))
}

// index is an ordered set of entries. Of a published collection it is frozen; the working one is changed in place.
type index struct {
	name    string
	pattern pattern
	unique  bool
	// spec is the document that listIndexes shows.
	spec []byte
	// multi has a bit for each field whose path met an array in some document. It is only ever added to.
	multi uint64
	tree  *btree.BTreeG[entry]
	bytes int64 // estimate of the memory taken
}

func newTree() *btree.BTreeG[entry] {
	return btree.NewBTreeGOptions(func(a, b entry) bool { return a.key < b.key }, btree.Options{NoLocks: true})
}

// parseIndex reads the specification of an index. It fails, naming it, on every option but key, name and unique.
func parseIndex(doc []byte) (*index, error) {
	a := nestedArgs("createIndexes.indexes", doc)
	ix := &index{tree: newTree(), name: a.text("name"), unique: a.flag("unique", false)}
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
		name: "_id_", pattern: pattern{{path: "_id", comps: []string{"_id"}}}, unique: true, tree: newTree(),
		spec: document("v", 2, "key", document("_id", 1), "name", "_id_"),
	}
}

func (ix *index) keyPattern() []byte { return lookup(ix.spec, "key").Data }

func (ix *index) freeze() *index {
	frozen := *ix
	frozen.tree = ix.tree.Copy()

	return &frozen
}

// holder returns the record other than seq that has the key (without a seq), or nil.
func (ix *index) holder(key string, seq uint64) (found *record) {
	ix.tree.Ascend(entry{key: key}, func(e entry) bool {
		if !strings.HasPrefix(e.key, key) {
			return false
		}
		if e.rec.seq != seq {
			found = e.rec
		}
		return found == nil
	})

	return found
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

// entries returns the entries of a record, in order, and the fields whose path met an array. It fails on parallel arrays.
func (ix *index) entries(r *record) ([]entry, uint64, error) {
	if r == nil {
		return nil, 0, nil
	}
	keys, multi, err := ix.pattern.keys(r.raw)
	out := make([]entry, len(keys))
	for i, k := range keys {
		out[i] = entry{withSeq(k, r.seq), r}
	}

	return out, multi, err
}

// build fills the index from records. It fails when a document cannot be indexed or a unique key is held twice.
func (ix *index) build(ns string, records []*record) error {
	all := make([]entry, 0, len(records))
	for _, r := range records {
		own, multi, err := ix.entries(r)
		if err != nil {
			return err
		}
		ix.multi |= multi
		all = append(all, own...)
	}

	slices.SortFunc(all, compareEntries)
	for i, e := range all {
		if ix.unique && i > 0 && e.rec != all[i-1].rec && e.values() == all[i-1].values() {
			return ix.duplicate(ns, e.rec.raw)
		}
		ix.tree.Load(e)
		ix.bytes += e.size()
	}

	return nil
}

func compareEntries(a, b entry) int { return strings.Compare(a.key, b.key) }

// collection is a set of documents with its indexes, the one on _id first; its tree holds every record once.
type collection struct {
	ns      string
	indexes []*index
	nextSeq uint64
	bytes   int64 // estimate of the memory taken
}

func newCollection(ns string) *collection {
	return &collection{ns: ns, indexes: []*index{newIDIndex()}}
}

// freeze returns a copy that stays as it is now; c may be changed on. It takes a moment, whatever the size.
func (c *collection) freeze() *collection {
	out := *c
	out.indexes = make([]*index, len(c.indexes))
	for i, ix := range c.indexes {
		out.indexes[i] = ix.freeze()
	}

	return &out
}

func (c *collection) count() int { return c.indexes[0].tree.Len() }

// byID returns the record with that _id, or nil.
func (c *collection) byID(id value) *record {
	return c.indexes[0].holder(string(appendKey(nil, id)), noRecord)
}

func (c *collection) records() []*record {
	out := make([]*record, 0, c.count())
	c.indexes[0].tree.Scan(func(e entry) bool { out = append(out, e.rec); return true })

	return out
}

// indexChange is what a write does to one index, worked out before anything is touched.
type indexChange struct {
	before, after []entry
	multi         uint64
	grows         int64
}

// replace puts raw in the place of old: an insert when old is nil, a delete when raw is. It changes nothing when it fails:
// on a duplicate unique key, on parallel arrays, or when the collection would grow by more than room bytes.
func (c *collection) replace(old *record, raw []byte, room int64) error {
	var rec *record
	grows := int64(0)
	if raw != nil {
		rec = &record{raw, c.nextSeq}
		grows += int64(len(raw) + recordBytes)
	}
	if old != nil {
		grows -= int64(len(old.raw) + recordBytes)
	}
	if old != nil && rec != nil {
		rec.seq = old.seq
	}

	changes := make([]indexChange, len(c.indexes))
	for i, ix := range c.indexes {
		ch := &changes[i]
		var err error
		ch.before, _, _ = ix.entries(old)
		if ch.after, ch.multi, err = ix.entries(rec); err != nil {
			return err
		}
		for _, e := range ch.before {
			ch.grows -= e.size()
		}
		for _, e := range ch.after {
			if ix.unique && ix.holder(e.values(), rec.seq) != nil {
				return ix.duplicate(c.ns, raw)
			}
			ch.grows += e.size()
		}
		grows += ch.grows
	}
	if grows > 0 && grows > room {
		return refuse(codeMemoryLimit, "the memory limit is reached: the write would take %d bytes more", grows)
	}

	for i, ix := range c.indexes {
		ch := &changes[i]
		for _, e := range ch.before {
			if _, kept := slices.BinarySearchFunc(ch.after, e, compareEntries); !kept {
				ix.tree.Delete(e)
			}
		}
		for _, e := range ch.after {
			ix.tree.Set(e)
		}
		ix.multi |= ch.multi
		ix.bytes += ch.grows
	}
	if old == nil {
		c.nextSeq++
	}
	c.bytes += grows

	return nil
}

// indexNamed returns the position of the index with that name, or -1.
func (c *collection) indexNamed(name string) int {
	return slices.IndexFunc(c.indexes, func(ix *index) bool { return ix.name == name })
}

// indexOn returns the position of the index with that key pattern, or -1.
func (c *collection) indexOn(p pattern) int {
	return slices.IndexFunc(c.indexes, func(ix *index) bool { return ix.pattern.equal(p) })
}
