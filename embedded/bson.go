package embedded

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// value is one BSON value as raw bytes. The zero value stands for a field that is missing.
type value = bsoncore.Value

const (
	maxDocument = 16 << 20 // bytes, the protocol's limit for one document
	maxDepth    = 100      // levels of nesting, the protocol's limit
)

// Ranks order values of different types, as the protocol does; a comparison operator only ever matches within one rank.
// They are also the first byte of a value's key encoding: none is 0x00 or 0xFF, and gaps keep each rank's successor free.
const (
	rankEmptyArray = 0x18 // only in keys: what an empty array leaves in an index, before null
	rankNull       = 0x20 // null and missing
	rankNumber     = 0x30
	rankString     = 0x40
	rankDocument   = 0x50
	rankArray      = 0x60
	rankBinary     = 0x70
	rankDate       = 0xA0
	rankTimestamp  = 0xB0
)

// types has, for each type that can be stored, what the protocol's messages call it, and its rank.
var types = [256]struct {
	name string
	rank byte
}{
	0:                             {"missing", rankNull},
	bsoncore.TypeMinKey:           {"minKey", 0x10},
	bsoncore.TypeUndefined:        {"", rankEmptyArray}, // never stored: it stands for an empty array
	bsoncore.TypeNull:             {"null", rankNull},
	bsoncore.TypeInt32:            {"int", rankNumber},
	bsoncore.TypeInt64:            {"long", rankNumber},
	bsoncore.TypeDouble:           {"double", rankNumber},
	bsoncore.TypeString:           {"string", rankString},
	bsoncore.TypeEmbeddedDocument: {"object", rankDocument},
	bsoncore.TypeArray:            {"array", rankArray},
	bsoncore.TypeBinary:           {"binData", rankBinary},
	bsoncore.TypeObjectID:         {"objectId", 0x80},
	bsoncore.TypeBoolean:          {"bool", 0x90},
	bsoncore.TypeDateTime:         {"date", rankDate},
	bsoncore.TypeTimestamp:        {"timestamp", rankTimestamp},
	bsoncore.TypeRegex:            {"regex", 0xC0},
	bsoncore.TypeMaxKey:           {"maxKey", 0xF0},
}

func rank(v value) byte { return types[v.Type].rank }

func typeName(v value) string {
	if name := types[v.Type].name; name != "" {
		return name
	}

	return v.Type.String()
}

// emptyDoc is the empty BSON document, and the empty array.
var emptyDoc = []byte{5, 0, 0, 0, 0}

func docValue(doc []byte) value { return value{Type: bsoncore.TypeEmbeddedDocument, Data: doc} }

func isMissing(v value) bool { return v.Type == 0 }

// stringOf returns the text of a string value.
func stringOf(v value) string { return string(v.Data[4 : len(v.Data)-1]) }

// truth tells whether v counts as true where the protocol takes a boolean or a number.
func truth(v value) bool {
	if isNumber(v) {
		n := numberOf(v)
		return n.whole != 0 || n.double != 0
	}

	return v.Type == bsoncore.TypeBoolean && v.Data[0] == 1
}

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
	n := valueSize(t, body)
	w.val = value{Type: t, Data: body[:n:n]}
	w.rest = body[n:]

	return true
}

// lookup returns the field of that name, or the zero value when it is missing. It is what a scan does most, so that it
// does not build the values on its way.
func lookup(doc []byte, name string) value {
	if len(doc) < 5 {
		return value{}
	}

	for rest := doc[4 : len(doc)-1]; len(rest) > 0; {
		end := 1
		for rest[end] != 0 {
			end++
		}
		body := rest[end+1:]
		n := valueSize(bsoncore.Type(rest[0]), body)
		if end-1 == len(name) && string(rest[1:end]) == name {
			return value{Type: bsoncore.Type(rest[0]), Data: body[:n:n]}
		}
		rest = body[n:]
	}

	return value{}
}

// valueSize returns the bytes that a value of type t at the start of b takes, in a document that validate has passed.
func valueSize(t bsoncore.Type, b []byte) int {
	switch t {
	case bsoncore.TypeString:
		return int(binary.LittleEndian.Uint32(b)) + 4
	case bsoncore.TypeInt32:
		return 4
	case bsoncore.TypeInt64, bsoncore.TypeDateTime, bsoncore.TypeDouble:
		return 8
	}

	return rareSize(t, b)
}

// rareSize is valueSize for the other types, apart so that the common ones are quick.
func rareSize(t bsoncore.Type, b []byte) int {
	_, rest, _ := bsoncore.ReadValue(b, t)

	return len(b) - len(rest)
}

// elements returns the values in an array or a document.
func elements(doc []byte) (out []value) {
	out = make([]value, 0, fieldCount(doc))
	for w := walk(doc); w.next(); {
		out = append(out, w.val)
	}

	return out
}

// fieldCount returns how many fields a document has, or elements an array.
func fieldCount(doc []byte) (n int) {
	for w := walk(doc); w.next(); {
		n++
	}

	return n
}

func arrayOf(list []value) value {
	return value{Type: bsoncore.TypeArray, Data: bsoncore.BuildArray(nil, list...)}
}

// validate returns nil when b is exactly one well-formed document of at most maxDepth levels.
// Everything that comes from a connection passes here once; the rest of the package then trusts the bytes.
func validate(b []byte) error { return validateDepth(b, 0, false) }

// supported returns nil when v and all that is nested in it is of a type that this engine stores, and not too deep.
func supported(v value) error {
	if types[v.Type].name == "" {
		return refuse(codeBadValue, "the BSON type %s is not supported", v.Type)
	}
	if v.Type != bsoncore.TypeEmbeddedDocument && v.Type != bsoncore.TypeArray {
		return nil
	}

	return validateDepth(v.Data, 0, true)
}

// validateDepth is validate for a document at that depth; to be stored it also needs supported types, and names for fields.
func validateDepth(b []byte, depth int, stored bool) error {
	if depth > maxDepth {
		return refuse(codeBadValue, "BSON nesting is deeper than %d levels", maxDepth)
	}
	if len(b) < 5 || int(int32(binary.LittleEndian.Uint32(b))) != len(b) || b[len(b)-1] != 0 {
		return refuse(codeBadValue, "malformed BSON: wrong document length")
	}

	for rest := b[4 : len(b)-1]; len(rest) > 0; {
		end := bytes.IndexByte(rest, 0)
		if end < 1 {
			return refuse(codeBadValue, "malformed BSON: field name without end")
		}
		name := rest[1:end]
		v, behind, ok := bsoncore.ReadValue(rest[end+1:], bsoncore.Type(rest[0]))
		rest = behind
		if stored && types[v.Type].name == "" {
			return refuse(codeBadValue, "the BSON type %s is not supported", v.Type)
		}
		if stored && len(name) == 0 {
			return refuse(codeBadValue, "a document must not have an empty field name")
		}
		switch {
		case !ok:
		case v.Type == bsoncore.TypeEmbeddedDocument, v.Type == bsoncore.TypeArray:
			if err := validateDepth(v.Data, depth+1, stored); err != nil {
				return err
			}
		case v.Type == bsoncore.TypeString:
			ok = len(v.Data) >= 5 && v.Data[len(v.Data)-1] == 0
		case v.Type == bsoncore.TypeBoolean:
			ok = v.Data[0] <= 1
		}
		if !ok {
			return refuse(codeBadValue, "malformed BSON: bad value of type 0x%02x in field '%s'", byte(v.Type), name)
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
	if err := refuseDollars(doc, ""); err != nil {
		return err
	}

	switch id := lookup(doc, "_id"); id.Type {
	case bsoncore.TypeArray, bsoncore.TypeRegex:
		return refuse(codeBadValue, "The '_id' value cannot be of type %s", typeName(id))
	case bsoncore.TypeEmbeddedDocument:
		return refuseDollars(id.Data, "_id.")
	}

	return nil
}

// refuseDollars fails when a name in the document, which lies below the path, begins with a dollar sign.
func refuseDollars(doc []byte, path string) error {
	for w := walk(doc); w.next(); {
		if w.key[0] == '$' {
			return refuse(codeDollarPrefixed, "The dollar ($) prefixed field '%s' in '%s%s' is not valid for storage.", w.key, path, w.key)
		}
	}

	return nil
}

// withID returns a copy of doc whose first field is _id: the given one, else the one it has, else a new ObjectID.
func withID(doc []byte, id value) []byte {
	if w := walk(doc); isMissing(id) && w.next() && string(w.key) == "_id" {
		return bytes.Clone(doc)
	}
	if isMissing(id) {
		id = lookup(doc, "_id")
	}
	if isMissing(id) {
		fresh := bson.NewObjectID()
		id = value{Type: bsoncore.TypeObjectID, Data: fresh[:]}
	}

	out := bsoncore.AppendValueElement(make([]byte, 4, len(doc)+len(id.Data)+6), "_id", id)
	for w := walk(doc); w.next(); {
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

// document makes a document of names and values in turn: see appendFields.
func document(pairs ...any) []byte { return endDoc(appendFields(make([]byte, 4, 64), pairs...), 0) }

// appendFields appends fields, given as names and values in turn. An int becomes an int32 where it fits; []byte is a
// document, and a missing value is left out.
func appendFields(dst []byte, pairs ...any) []byte {
	for i := 0; i < len(pairs); i += 2 {
		name := pairs[i].(string)
		switch v := pairs[i+1].(type) {
		case bool:
			dst = bsoncore.AppendBooleanElement(dst, name, v)
		case int:
			dst = bsoncore.AppendValueElement(dst, name, intValue(int64(v), false))
		case int64:
			dst = bsoncore.AppendInt64Element(dst, name, v)
		case float64:
			dst = bsoncore.AppendDoubleElement(dst, name, v)
		case string:
			dst = bsoncore.AppendStringElement(dst, name, v)
		case []byte:
			dst = bsoncore.AppendDocumentElement(dst, name, v)
		case []value:
			dst = bsoncore.AppendArrayElement(dst, name, bsoncore.BuildArray(nil, v...))
		case value:
			if !isMissing(v) {
				dst = bsoncore.AppendValueElement(dst, name, v)
			}
		default:
			panic(fmt.Sprintf("appendFields of a %T", v))
		}
	}

	return dst
}
