package embedded

import (
	"bytes"
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
}

func entryLess(a, b entry) bool { return a.key < b.key }

func newTree() *btree.BTreeG[entry] {
	return btree.NewBTreeGOptions(entryLess, btree.Options{NoLocks: true})
}

// parseIndex reads the specification of an index. It fails, naming it, on every option but key, name and unique.
func parseIndex(doc []byte) (*index, error) {
	ix := &index{tree: newTree()}
	var key []byte
	for w := walk(doc); w.next(); {
		switch string(w.key) {
		case "key":
			if w.val.Type != bsoncore.TypeEmbeddedDocument {
				return nil, refuse(codeTypeMismatch, "the field 'key' of an index must be an object")
			}
			key = w.val.Data
		case "name":
			if w.val.Type != bsoncore.TypeString || stringOf(w.val) == "" || strings.Contains(stringOf(w.val), "\x00") {
				return nil, refuse(codeTypeMismatch, "the field 'name' of an index must be a nonempty string")
			}
			ix.name = stringOf(w.val)
		case "unique":
			ix.unique = truth(w.val)
		case "v", "background":
		default:
			return nil, refuse(codeInvalidOptions, "the index option '%s' is not supported", w.key)
		}
	}

	var err error
	if ix.pattern, err = parsePattern(key, codeCannotCreateIndex); err != nil {
		return nil, err
	}
	if len(ix.pattern) == 0 || ix.name == "" || ix.name == "*" {
		return nil, refuse(codeCannotCreateIndex, "an index needs a key with at least one field, and a name other than '*'")
	}

	ix.spec = bsoncore.AppendInt32Element(make([]byte, 4), "v", 2)
	ix.spec = bsoncore.AppendDocumentElement(ix.spec, "key", key)
	ix.spec = bsoncore.AppendStringElement(ix.spec, "name", ix.name)
	if ix.unique {
		ix.spec = bsoncore.AppendBooleanElement(ix.spec, "unique", true)
	}
	ix.spec = endDoc(ix.spec, 0)

	return ix, nil
}

// newIDIndex returns the index that every collection has.
func newIDIndex() *index {
	ix, err := parseIndex(bsoncore.BuildDocument(nil,
		bsoncore.AppendDocumentElement(nil, "key", bsoncore.BuildDocument(nil, bsoncore.AppendInt32Element(nil, "_id", 1))),
		bsoncore.AppendStringElement(nil, "name", "_id_")))
	if err != nil {
		panic(err) // a constant
	}
	ix.unique = true

	return ix
}

func (ix *index) keyPattern() []byte { return lookup(ix.spec, "key").Data }

func (ix *index) freeze() *index {
	frozen := *ix
	frozen.tree = ix.tree.Copy()

	return &frozen
}

// holder returns the record other than seq that has the key (without a seq), or nil.
func (ix *index) holder(key []byte, seq uint64) (found *record) {
	ix.tree.Ascend(entry{key: string(key)}, func(e entry) bool {
		if !strings.HasPrefix(e.key, string(key)) {
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
	_, values := startDoc(nil)
	out, _ := startDoc(nil)
	for _, f := range ix.pattern {
		v := fieldPath(docValue(doc), f.comps)
		if isMissing(v) {
			v = value{Type: bsoncore.TypeNull}
		}
		out = bsoncore.AppendValueElement(out, f.path, v)
	}
	out = endDoc(out, values)

	e := refuse(codeDuplicateKey, "E11000 duplicate key error collection: %s index: %s dup key: %s", ns, ix.name, bsoncore.Document(out))
	e.pattern, e.key = ix.keyPattern(), out

	return e
}

// withSeq completes keys to entries' keys.
func withSeq(keys [][]byte, seq uint64) []string {
	out := make([]string, len(keys))
	for i, k := range keys {
		out[i] = string(binary.BigEndian.AppendUint64(k, seq))
	}

	return out
}

// build fills the index from records. It fails when a document cannot be indexed or a unique key is held twice.
func (ix *index) build(ns string, records []*record) (bytesTaken int64, err error) {
	entries := make([]entry, 0, len(records))
	for _, r := range records {
		keys, multi, err := ix.pattern.keys(r.raw)
		if err != nil {
			return 0, err
		}
		ix.multi |= multi
		for _, k := range withSeq(keys, r.seq) {
			entries = append(entries, entry{k, r})
			bytesTaken += int64(len(k) + entryBytes)
		}
	}

	slices.SortFunc(entries, func(a, b entry) int { return strings.Compare(a.key, b.key) })
	for i, e := range entries {
		if ix.unique && i > 0 && e.rec != entries[i-1].rec && e.key[:len(e.key)-seqBytes] == entries[i-1].key[:len(entries[i-1].key)-seqBytes] {
			return 0, ix.duplicate(ns, e.rec.raw)
		}
		ix.tree.Load(e)
	}

	return bytesTaken, nil
}

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
	return c.indexes[0].holder(appendKey(nil, id), ^uint64(0))
}

func (c *collection) records() []*record {
	out := make([]*record, 0, c.count())
	c.indexes[0].tree.Scan(func(e entry) bool { out = append(out, e.rec); return true })

	return out
}

// indexChange is what a write does to one index, worked out before anything is touched.
type indexChange struct {
	remove, set []string
	multi       uint64
}

// replace puts raw in the place of old: an insert when old is nil, a delete when raw is. It changes nothing when it fails:
// on a duplicate unique key, on parallel arrays, or when the collection would grow by more than room bytes.
func (c *collection) replace(old *record, raw []byte, room int64) error {
	rec := &record{raw: raw}
	delta := int64(0)
	if old != nil {
		rec.seq = old.seq
		delta -= int64(len(old.raw) + recordBytes)
	} else {
		rec.seq = c.nextSeq
	}
	if raw != nil {
		delta += int64(len(raw) + recordBytes)
	}

	changes := make([]indexChange, len(c.indexes))
	for i, ix := range c.indexes {
		ch := &changes[i]
		if raw != nil {
			keys, multi, err := ix.pattern.keys(raw)
			if err != nil {
				return err
			}
			for _, k := range keys {
				if ix.unique && ix.holder(k, rec.seq) != nil {
					return ix.duplicate(c.ns, raw)
				}
			}
			ch.set, ch.multi = withSeq(keys, rec.seq), multi
		}
		if old != nil {
			keys, _, err := ix.pattern.keys(old.raw)
			if err != nil {
				return err
			}
			ch.remove = slices.DeleteFunc(withSeq(keys, rec.seq), func(k string) bool {
				_, kept := slices.BinarySearch(ch.set, k)
				delta -= int64(len(k) + entryBytes)
				return kept
			})
		}
		for _, k := range ch.set {
			delta += int64(len(k) + entryBytes)
		}
	}
	if delta > 0 && delta > room {
		return refuse(codeMemoryLimit, "the memory limit is reached: the write would take %d bytes more", delta)
	}

	for i, ix := range c.indexes {
		for _, k := range changes[i].remove {
			ix.tree.Delete(entry{key: k})
		}
		for _, k := range changes[i].set {
			ix.tree.Set(entry{k, rec})
		}
		ix.multi |= changes[i].multi
	}
	if old == nil {
		c.nextSeq++
	}
	c.bytes += delta

	return nil
}

// indexNamed returns the position of the index with that name, or -1.
func (c *collection) indexNamed(name string) int {
	return slices.IndexFunc(c.indexes, func(ix *index) bool { return ix.name == name })
}

// indexOn returns the position of the index with that key pattern, or -1.
func (c *collection) indexOn(keyPattern []byte) int {
	p, err := parsePattern(keyPattern, codeBadValue)
	if err != nil {
		return -1
	}

	return slices.IndexFunc(c.indexes, func(ix *index) bool {
		return slices.EqualFunc(ix.pattern, p, func(a, b patternField) bool { return a.path == b.path && a.desc == b.desc })
	})
}

// sameIndex tells whether two specifications ask for the same index.
func sameIndex(a, b *index) bool { return bytes.Equal(a.spec, b.spec) }
