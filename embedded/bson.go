package embedded

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"sync/atomic"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// value is one BSON value as raw bytes. The zero value stands for a field that is missing.
type value = bsoncore.Value

const (
	maxDocument = 16 << 20 // bytes, the protocol's limit for one document
	maxDepth    = 100      // levels of nesting, the protocol's limit
)

// emptyDoc is the empty BSON document.
var emptyDoc = []byte{5, 0, 0, 0, 0}

func docValue(doc []byte) value { return value{Type: bsoncore.TypeEmbeddedDocument, Data: doc} }

func isMissing(v value) bool { return v.Type == 0 }

// walker steps through the fields of a document or array that validate has passed.
type walker struct {
	rest []byte
	key  []byte
	val  value
}

func walk(doc []byte) walker {
	if len(doc) < 5 {
		return walker{}
	}

	return walker{rest: doc[4 : len(doc)-1]}
}

func (w *walker) next() bool {
	if len(w.rest) == 0 {
		return false
	}

	end := 1
	for w.rest[end] != 0 { // names are short: faster than a call
		end++
	}
	t := bsoncore.Type(w.rest[0])
	w.key = w.rest[1:end]
	body := w.rest[end+1:]
	n := knownSize(t, body)
	w.val = value{Type: t, Data: body[:n:n]}
	w.rest = body[n:]

	return true
}

// lookup returns the field of that name, or the zero value when it is missing.
func lookup(doc []byte, name string) value {
	if len(doc) < 5 {
		return value{}
	}

	rest := doc[4 : len(doc)-1]
	for len(rest) > 0 {
		t := bsoncore.Type(rest[0])
		end := 1
		for rest[end] != 0 {
			end++
		}
		body := rest[end+1:]
		n := knownSize(t, body)
		if end-1 == len(name) && string(rest[1:end]) == name {
			return value{Type: t, Data: body[:n:n]}
		}
		rest = body[n:]
	}

	return value{}
}

// knownSize is valueSize for bytes that validate has passed, with the commonest types first.
func knownSize(t bsoncore.Type, b []byte) int {
	switch t {
	case bsoncore.TypeString:
		return int(binary.LittleEndian.Uint32(b)) + 4
	case bsoncore.TypeInt32:
		return 4
	case bsoncore.TypeInt64, bsoncore.TypeDateTime, bsoncore.TypeDouble:
		return 8
	}
	n, _ := valueSize(t, b)

	return n
}

// valueSize returns the bytes that a value of type t at the start of b takes; false when b is too short or t unknown.
func valueSize(t bsoncore.Type, b []byte) (int, bool) {
	n := 0
	switch t {
	case bsoncore.TypeDouble, bsoncore.TypeDateTime, bsoncore.TypeTimestamp, bsoncore.TypeInt64:
		n = 8
	case bsoncore.TypeInt32:
		n = 4
	case bsoncore.TypeBoolean:
		n = 1
	case bsoncore.TypeNull, bsoncore.TypeUndefined, bsoncore.TypeMinKey, bsoncore.TypeMaxKey:
	case bsoncore.TypeObjectID:
		n = 12
	case bsoncore.TypeDecimal128:
		n = 16
	case bsoncore.TypeString, bsoncore.TypeJavaScript, bsoncore.TypeSymbol:
		return lengthPrefixed(b, 4)
	case bsoncore.TypeBinary:
		return lengthPrefixed(b, 5)
	case bsoncore.TypeDBPointer:
		return lengthPrefixed(b, 16)
	case bsoncore.TypeEmbeddedDocument, bsoncore.TypeArray, bsoncore.TypeCodeWithScope:
		return lengthPrefixed(b, 0)
	case bsoncore.TypeRegex:
		pattern := bytes.IndexByte(b, 0)
		if pattern < 0 {
			return 0, false
		}
		options := bytes.IndexByte(b[pattern+1:], 0)
		if options < 0 {
			return 0, false
		}
		n = pattern + options + 2
	default:
		return 0, false
	}

	return n, n <= len(b)
}

// lengthPrefixed is the size of a value that begins with its length, which leaves out extra bytes.
func lengthPrefixed(b []byte, extra int) (int, bool) {
	if len(b) < 4 {
		return 0, false
	}
	n := int(int32(binary.LittleEndian.Uint32(b)))

	return n + extra, n >= 0 && n+extra <= len(b)
}

// validate returns nil when b is exactly one well-formed document of at most maxDepth levels.
// Everything that comes from a connection passes here once; the rest of the package then trusts the bytes.
func validate(b []byte) error { return validateDepth(b, 0) }

func validateDepth(b []byte, depth int) error {
	if depth > maxDepth {
		return refuse(codeBadValue, "BSON nesting is deeper than %d levels", maxDepth)
	}
	if len(b) < 5 || int(int32(binary.LittleEndian.Uint32(b))) != len(b) || b[len(b)-1] != 0 {
		return refuse(codeBadValue, "malformed BSON: wrong document length")
	}

	rest := b[4 : len(b)-1]
	for len(rest) > 0 {
		t := bsoncore.Type(rest[0])
		end := bytes.IndexByte(rest, 0)
		if end < 1 {
			return refuse(codeBadValue, "malformed BSON: field name without end")
		}
		body := rest[end+1:]
		n, ok := valueSize(t, body)
		if !ok {
			return refuse(codeBadValue, "malformed BSON: bad value of type 0x%02x in field '%s'", byte(t), rest[1:end])
		}
		v := body[:n]
		rest = body[n:]

		switch t {
		case bsoncore.TypeEmbeddedDocument, bsoncore.TypeArray:
			if err := validateDepth(v, depth+1); err != nil {
				return err
			}
		case bsoncore.TypeString, bsoncore.TypeJavaScript, bsoncore.TypeSymbol:
			if n < 5 || v[n-1] != 0 {
				return refuse(codeBadValue, "malformed BSON: string without end")
			}
		case bsoncore.TypeBoolean:
			if v[0] > 1 {
				return refuse(codeBadValue, "malformed BSON: boolean is neither 0 nor 1")
			}
		}
	}

	return nil
}

// typeNames names the supported types as the protocol's messages do.
var typeNames = map[bsoncore.Type]string{
	bsoncore.TypeDouble: "double", bsoncore.TypeString: "string", bsoncore.TypeEmbeddedDocument: "object", bsoncore.TypeArray: "array",
	bsoncore.TypeBinary: "binData", bsoncore.TypeObjectID: "objectId", bsoncore.TypeBoolean: "bool", bsoncore.TypeDateTime: "date",
	bsoncore.TypeNull: "null", bsoncore.TypeRegex: "regex", bsoncore.TypeInt32: "int", bsoncore.TypeTimestamp: "timestamp",
	bsoncore.TypeInt64: "long", bsoncore.TypeMinKey: "minKey", bsoncore.TypeMaxKey: "maxKey", 0: "missing",
}

func typeName(v value) string {
	if name, ok := typeNames[v.Type]; ok {
		return name
	}

	return v.Type.String()
}

// supported returns nil when v and all that is nested in it is of a type that this engine stores, and not too deep.
func supported(v value) error { return supportedDepth(v, 0) }

func supportedDepth(v value, depth int) error {
	if depth > maxDepth {
		return refuse(codeBadValue, "a document must not be nested deeper than %d levels", maxDepth)
	}
	if _, ok := typeNames[v.Type]; !ok {
		return refuse(codeBadValue, "the BSON type %s is not supported", v.Type)
	}
	if v.Type != bsoncore.TypeEmbeddedDocument && v.Type != bsoncore.TypeArray {
		return nil
	}

	w := walk(v.Data)
	for w.next() {
		if err := supportedDepth(w.val, depth+1); err != nil {
			return err
		}
		if len(w.key) == 0 {
			return refuse(codeBadValue, "a document must not have an empty field name")
		}
	}

	return nil
}

// storable returns nil when doc may be stored: supported types and field names, an _id that can be a key, not too large.
func storable(doc []byte) error {
	if len(doc) > maxDocument {
		return refuse(codeTooLarge, "object to insert too large. size in bytes: %d, max size: %d", len(doc), maxDocument)
	}
	if err := supported(docValue(doc)); err != nil {
		return err
	}

	w := walk(doc)
	for w.next() {
		if w.key[0] == '$' {
			return refuse(codeDollarPrefixed, "The dollar ($) prefixed field '%s' in '%s' is not valid for storage.", w.key, w.key)
		}
		if string(w.key) == "_id" {
			if err := storableID(w.val); err != nil {
				return err
			}
		}
	}

	return nil
}

// storableID returns nil when v may be an _id: anything but an array, a regex or a document with $-prefixed names.
func storableID(v value) error {
	switch v.Type {
	case bsoncore.TypeArray, bsoncore.TypeRegex:
		return refuse(codeBadValue, "The '_id' value cannot be of type %s", typeName(v))
	case bsoncore.TypeEmbeddedDocument:
		w := walk(v.Data)
		for w.next() {
			if w.key[0] == '$' {
				return refuse(codeDollarPrefixed, "The dollar ($) prefixed field '%s' in '_id.%s' is not valid for storage.", w.key, w.key)
			}
		}
	}

	return nil
}

var (
	objectIDProcess = func() (b [5]byte) { _, _ = rand.Read(b[:]); return b }()
	objectIDCounter atomic.Uint32
)

// newObjectID returns a fresh ObjectID: seconds, this process, a counter.
func newObjectID() (id [12]byte) {
	binary.BigEndian.PutUint32(id[:4], uint32(time.Now().Unix()))
	copy(id[4:9], objectIDProcess[:])
	n := objectIDCounter.Add(1)
	id[9], id[10], id[11] = byte(n>>16), byte(n>>8), byte(n)

	return id
}

// withID returns a copy of doc whose first field is _id: the one it has, else id, else a new ObjectID.
func withID(doc []byte, id value) []byte {
	if w := walk(doc); w.next() && string(w.key) == "_id" {
		return bytes.Clone(doc)
	}
	if own := lookup(doc, "_id"); !isMissing(own) {
		id = own
	}
	if isMissing(id) {
		oid := newObjectID()
		id = value{Type: bsoncore.TypeObjectID, Data: oid[:]}
	}

	out := make([]byte, 4, len(doc)+len(id.Data)+6)
	out = bsoncore.AppendValueElement(out, "_id", id)
	w := walk(doc)
	for w.next() {
		if string(w.key) != "_id" {
			out = appendField(out, w.key, w.val)
		}
	}

	return endDoc(out, 0)
}

// appendField appends one field to a document under construction.
func appendField(dst, key []byte, v value) []byte {
	dst = append(dst, byte(v.Type))
	dst = append(dst, key...)
	dst = append(dst, 0)

	return append(dst, v.Data...)
}

// startDoc opens a document at the end of dst; endDoc, given where it began, closes it.
func startDoc(dst []byte) ([]byte, int) { return append(dst, 0, 0, 0, 0), len(dst) }

func endDoc(dst []byte, start int) []byte {
	dst = append(dst, 0)
	binary.LittleEndian.PutUint32(dst[start:], uint32(len(dst)-start))

	return dst
}

// truth tells whether v counts as true where the protocol takes a boolean or a number.
func truth(v value) bool {
	switch v.Type {
	case bsoncore.TypeBoolean:
		return v.Data[0] == 1
	case bsoncore.TypeInt32, bsoncore.TypeInt64, bsoncore.TypeDouble:
		return compareNumbers(v, value{Type: bsoncore.TypeInt32, Data: []byte{0, 0, 0, 0}}) != 0
	}

	return false
}

// stringOf returns the text of a string value.
func stringOf(v value) string { return string(v.Data[4 : len(v.Data)-1]) }
