package embedded

import (
	"math"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// args are the fields of a command. A handler takes those it knows; done then refuses what is left, by name, so that
// nothing is ever half obeyed. The first error stays.
type args struct {
	command string
	db      string
	fields  []field
	// sequences are the documents that the message carried beside the command, under the field they stand for.
	sequences []sequence
	deadline  time.Time
	err       error
}

type field struct {
	key   string
	val   value
	taken bool
}

type sequence struct {
	key   string
	docs  [][]byte
	taken bool
}

// genericFields may be in any command and change nothing here. Those with a function are refused when it says so.
var genericFields = map[string]func(v value) error{
	"$db": nil, "$readPreference": nil, "$clusterTime": nil, "lsid": nil, "comment": nil, "maxTimeMS": nil,
	"readConcern":  acceptReadConcern,
	"writeConcern": acceptWriteConcern,
}

func acceptReadConcern(v value) error {
	if v.Type != bsoncore.TypeEmbeddedDocument {
		return refuse(codeTypeMismatch, "readConcern must be an object")
	}
	for w := walk(v.Data); w.next(); {
		level := ""
		if w.val.Type == bsoncore.TypeString {
			level = stringOf(w.val)
		}
		if string(w.key) != "level" || !slices.Contains([]string{"local", "majority", "available"}, level) {
			return refuse(codeInvalidOptions, "readConcern %s: %s is not supported", w.key, w.val)
		}
	}

	return nil
}

func acceptWriteConcern(v value) error {
	if v.Type != bsoncore.TypeEmbeddedDocument {
		return refuse(codeTypeMismatch, "writeConcern must be an object")
	}
	for w := walk(v.Data); w.next(); {
		switch string(w.key) {
		case "j", "wtimeout", "fsync":
		case "w":
			majority := w.val.Type == bsoncore.TypeString && stringOf(w.val) == "majority"
			n, ok := w.val.AsInt64OK()
			if !majority && (!isNumber(w.val) || !ok || n < 0 || n > 1) {
				return refuse(codeUnsatisfiableWrite, "writeConcern w: %s is not supported", w.val)
			}
		default:
			return refuse(codeUnknownField, "BSON field 'writeConcern.%s' is an unknown field.", w.key)
		}
	}

	return nil
}

// parseArgs reads a command document that validate has passed.
func parseArgs(body []byte, sequences []sequence) *args {
	a := &args{fields: make([]field, 0, 16), sequences: sequences}
	for w := walk(body); w.next(); {
		key := string(w.key)
		if len(a.fields) < 64 && slices.ContainsFunc(a.fields, func(f field) bool { return f.key == key }) {
			a.fail(codeDuplicateField, "BSON field '%s' is a duplicate field", key)
		}
		a.fields = append(a.fields, field{key: key, val: w.val})
	}
	if len(a.fields) == 0 {
		a.fail(codeFailedToParse, "the command is empty")
		return a
	}

	a.command = a.fields[0].key
	if db := a.peek("$db"); db.Type == bsoncore.TypeString {
		a.db = stringOf(db)
	}
	if ms := a.peek("maxTimeMS"); !isMissing(ms) {
		n, ok := integer(ms)
		if !ok || n < 0 || n > math.MaxInt32 {
			a.fail(codeBadValue, "maxTimeMS must be a whole number from 0 to 2147483647")
		} else if n > 0 {
			a.deadline = time.Now().Add(time.Duration(n) * time.Millisecond)
		}
	}

	return a
}

// sub makes the args of a nested document, such as one statement of an update; name stands for it in errors.
func (a *args) sub(name string, doc []byte) *args {
	s := parseArgs(doc, nil)
	s.command, s.db = name, a.db

	return s
}

func (a *args) fail(code int32, format string, args ...any) {
	if a.err == nil {
		a.err = refuse(code, format, args...)
	}
}

func (a *args) peek(key string) value {
	for i := range a.fields {
		if a.fields[i].key == key {
			return a.fields[i].val
		}
	}

	return value{}
}

// take returns the field, missing when it is not there.
func (a *args) take(key string) value {
	for i := range a.fields {
		if a.fields[i].key == key {
			a.fields[i].taken = true
			return a.fields[i].val
		}
	}

	return value{}
}

func (a *args) wrongType(key string, v value, want string) {
	a.fail(codeTypeMismatch, "BSON field '%s.%s' is the wrong type '%s', expected type '%s'", a.command, key, typeName(v), want)
}

// text returns a string field, "" when it is not there.
func (a *args) text(key string) string {
	v := a.take(key)
	if isMissing(v) {
		return ""
	}
	if v.Type != bsoncore.TypeString {
		a.wrongType(key, v, "string")
		return ""
	}

	return stringOf(v)
}

// document returns an object field, the empty one when it is not there.
func (a *args) document(key string) []byte {
	v := a.take(key)
	if isMissing(v) {
		return emptyDoc
	}
	if v.Type != bsoncore.TypeEmbeddedDocument {
		a.wrongType(key, v, "object")
		return emptyDoc
	}

	return v.Data
}

// flag returns a boolean field, absent when it is not there.
func (a *args) flag(key string, absent bool) bool {
	v := a.take(key)
	if isMissing(v) {
		return absent
	}
	if v.Type != bsoncore.TypeBoolean && !isNumber(v) {
		a.wrongType(key, v, "bool")
	}

	return truth(v)
}

// count returns a field that is a whole number of at least 0, absent when it is not there.
func (a *args) count(key string, absent int64) int64 {
	v := a.take(key)
	if isMissing(v) {
		return absent
	}
	n, ok := integer(v)
	if !ok {
		a.wrongType(key, v, "long")
		return absent
	}
	if n < 0 {
		a.fail(codeBadValue, "BSON field '%s' value must be >= 0, actual value '%d'", key, n)
	}

	return n
}

// integer returns the whole number that v is, whatever its numeric type.
func integer(v value) (int64, bool) {
	if !isNumber(v) {
		return 0, false
	}
	i, f, double := number(v)
	if !double {
		return i, true
	}

	return int64(f), f == math.Trunc(f) && math.Abs(f) < exactDouble
}

// documents returns an array field of documents, or the message's sequence of that name.
func (a *args) documents(key string) [][]byte {
	for i := range a.sequences {
		if a.sequences[i].key == key {
			a.sequences[i].taken = true
			return a.sequences[i].docs
		}
	}

	v := a.take(key)
	if v.Type != bsoncore.TypeArray {
		a.wrongType(key, v, "array")
		return nil
	}
	var docs [][]byte
	for w := walk(v.Data); w.next(); {
		if w.val.Type != bsoncore.TypeEmbeddedDocument {
			a.wrongType(key+"."+string(w.key), w.val, "object")
			return nil
		}
		docs = append(docs, w.val.Data)
	}

	return docs
}

// namespace returns "db.collection", the collection being the value of the command's first field.
func (a *args) namespace() string {
	v := a.take(a.fields[0].key)
	if v.Type != bsoncore.TypeString {
		a.fail(codeInvalidNamespace, "collection name has invalid type %s", typeName(v))
		return ""
	}

	return a.join(stringOf(v))
}

func (a *args) join(coll string) string {
	a.checkDB()
	if coll == "" || strings.ContainsAny(coll, "$\x00") || coll[0] == '.' || strings.HasPrefix(coll, "system.") {
		a.fail(codeInvalidNamespace, "Invalid namespace specified '%s.%s'", a.db, coll)
	}
	if len(a.db)+len(coll) > 250 {
		a.fail(codeInvalidNamespace, "the namespace '%s.%s' is too long", a.db, coll)
	}

	return a.db + "." + coll
}

func (a *args) checkDB() {
	if a.db == "" || len(a.db) > 63 || strings.ContainsAny(a.db, "/\\. \"$\x00") {
		a.fail(codeInvalidNamespace, "Invalid database name: '%s'", a.db)
	}
}

// done returns the first error; if there is none it refuses the first field that no one took.
func (a *args) done() error {
	if a.err != nil {
		return a.err
	}
	for _, f := range a.fields {
		accept, generic := genericFields[f.key]
		switch {
		case f.taken:
		case !generic:
			return refuse(codeUnknownField, "BSON field '%s.%s' is an unknown or unsupported field.", a.command, f.key)
		case accept != nil:
			if err := accept(f.val); err != nil {
				return err
			}
		}
	}
	for _, s := range a.sequences {
		if !s.taken {
			return refuse(codeUnknownField, "BSON field '%s.%s' is an unknown or unsupported field.", a.command, s.key)
		}
	}

	return nil
}

// doneStatement is done for a nested document, which has no generic fields.
func (a *args) doneStatement() error {
	for _, f := range a.fields {
		if !f.taken && a.err == nil {
			a.err = refuse(codeUnknownField, "BSON field '%s.%s' is an unknown or unsupported field.", a.command, f.key)
		}
	}

	return a.err
}

// required fails when the field is not there.
func (a *args) required(key string) {
	if isMissing(a.peek(key)) {
		a.fail(codeMissingField, "BSON field '%s.%s' is missing but a required field", a.command, key)
	}
}
