package embedded

import (
	"math"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// args are the fields of a command, or of a document within one. A handler takes those it knows; done then refuses what is
// left, by name, so that nothing is ever half obeyed. The first error stays, so that handlers need not ask after each.
type args struct {
	command string // also stands for a nested document in errors
	db      string
	fields  []field
	// sequences are the documents that the message carried beside the command, under the field they stand for.
	sequences []sequence
	deadline  time.Time
	nested    bool
	parent    *args // gets the errors, if there is one
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

// genericFields may be in any command and change nothing here, or are looked at by parseArgs.
var genericFields = []string{"$db", "$readPreference", "$clusterTime", "lsid", "comment", "maxTimeMS"}

// parseArgs reads a command document that validate has passed.
func parseArgs(body []byte, sequences []sequence) *args {
	a := nestedArgs("", body)
	a.nested, a.sequences = false, sequences
	if len(a.fields) == 0 {
		a.fail(codeFailedToParse, "the command is empty")
		return a
	}

	a.command = a.fields[0].key
	a.db = a.text("$db")
	if limit := a.natural("maxTimeMS", 0); limit > math.MaxInt32 {
		a.fail(codeBadValue, "maxTimeMS must be a whole number from 0 to 2147483647")
	} else if limit > 0 {
		a.deadline = time.Now().Add(time.Duration(limit) * time.Millisecond)
	}

	return a
}

// nestedArgs reads a document that is part of a command, such as one statement of an update.
func nestedArgs(name string, doc []byte) *args {
	a := &args{command: name, nested: true, fields: make([]field, 0, fieldCount(doc))}
	for w := walk(doc); w.next(); {
		key := string(w.key)
		if len(a.fields) < 64 && !isMissing(a.peek(key)) {
			a.fail(codeDuplicateField, "BSON field '%s' is a duplicate field", key)
		}
		a.fields = append(a.fields, field{key: key, val: w.val})
	}

	return a
}

// sub reads an object field, the empty one when it is not there. Its errors are those of a.
func (a *args) sub(key string) *args {
	s := nestedArgs(a.command+"."+key, a.document(key))
	s.parent = a

	return s
}

func (a *args) fail(code int32, format string, args ...any) { a.failed(refuse(code, format, args...)) }

func (a *args) failed(err error) {
	if a.parent != nil {
		a.parent.failed(err)
	}
	if a.err == nil {
		a.err = err
	}
}

// done returns the first error; if there is none it refuses the first field that no one took.
func (a *args) done() error {
	if !a.nested && (!isMissing(a.peek("readConcern")) || !isMissing(a.peek("writeConcern"))) {
		a.checkConcerns()
	}
	if name := a.untaken(); name != "" {
		a.fail(codeUnknownField, "BSON field '%s.%s' is an unknown or unsupported field.", a.command, name)
	}

	return a.err
}

// untaken returns the first field that no one took, "" when there is none.
func (a *args) untaken() string {
	for _, f := range a.fields {
		if !f.taken && (a.nested || !slices.Contains(genericFields, f.key)) {
			return f.key
		}
	}
	for _, s := range a.sequences {
		if !s.taken {
			return s.key
		}
	}

	return ""
}

// checkConcerns takes readConcern and writeConcern, and refuses one that a single machine cannot keep.
func (a *args) checkConcerns() {
	read := a.sub("readConcern")
	if level := read.text("level"); level != "" && !slices.Contains([]string{"local", "majority", "available"}, level) {
		a.fail(codeInvalidOptions, "readConcern level '%s' is not supported", level)
	}
	_ = read.done()

	write := a.sub("writeConcern")
	w := write.take("w", "j", "wtimeout", "fsync")
	majority := w.Type == bsoncore.TypeString && stringOf(w) == "majority"
	if n, ok := integer(w); !majority && !isMissing(w) && (!ok || n < 0 || n > 1) {
		a.fail(codeUnsatisfiableWrite, "writeConcern w: %s is not supported", w)
	}
	_ = write.done()
}

func (a *args) peek(key string) value {
	for i := range a.fields {
		if a.fields[i].key == key {
			return a.fields[i].val
		}
	}

	return value{}
}

// take returns the field, missing when it is not there; of further names it takes note, and they change nothing.
func (a *args) take(key string, ignored ...string) value {
	for i := range a.fields {
		f := &a.fields[i]
		f.taken = f.taken || f.key == key || slices.Contains(ignored, f.key)
	}

	return a.peek(key)
}

// required fails when one of the fields is not there.
func (a *args) required(keys ...string) {
	for _, key := range keys {
		if isMissing(a.peek(key)) {
			a.fail(codeMissingField, "BSON field '%s.%s' is missing but a required field", a.command, key)
		}
	}
}

// typed takes a field; one that is there and is not of the type is an error, and comes back missing.
func (a *args) typed(key string, t bsoncore.Type) value {
	v := a.take(key)
	if !isMissing(v) && v.Type != t {
		a.wrongType(key, v, types[t].name)
		return value{}
	}

	return v
}

func (a *args) wrongType(key string, v value, want string) {
	a.fail(codeTypeMismatch, "BSON field '%s.%s' is the wrong type '%s', expected type '%s'", a.command, key, typeName(v), want)
}

// text returns a string field, "" when it is not there.
func (a *args) text(key string) string {
	v := a.typed(key, bsoncore.TypeString)
	if isMissing(v) {
		return ""
	}

	return stringOf(v)
}

// document returns an object field, the empty one when it is not there.
func (a *args) document(key string) []byte {
	v := a.typed(key, bsoncore.TypeEmbeddedDocument)
	if isMissing(v) {
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

// natural returns a field that is a whole number of at least 0, absent when it is not there.
func (a *args) natural(key string, absent int64) int64 {
	v := a.take(key)
	if isMissing(v) {
		return absent
	}
	n, ok := integer(v)
	if !ok {
		a.wrongType(key, v, "long")
	} else if n < 0 {
		a.fail(codeBadValue, "BSON field '%s' value must be >= 0, actual value '%d'", key, n)
	}

	return n
}

// documents returns an array field of documents, or the message's sequence of that name.
func (a *args) documents(key string) (docs [][]byte) {
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
	for w := walk(v.Data); w.next(); {
		if w.val.Type != bsoncore.TypeEmbeddedDocument {
			a.wrongType(key+"."+string(w.key), w.val, "object")
		}
		docs = append(docs, w.val.Data)
	}

	return docs
}

// name takes the command's own field, and checks the database.
func (a *args) name() value {
	if a.db == "" || len(a.db) > 63 || strings.ContainsAny(a.db, "/\\. \"$\x00") {
		a.fail(codeInvalidNamespace, "Invalid database name: '%s'", a.db)
	}

	return a.take(a.command)
}

// namespace returns "db.collection", the collection being the value of the command's own field.
func (a *args) namespace() string {
	v := a.name()
	if v.Type != bsoncore.TypeString {
		a.fail(codeInvalidNamespace, "collection name has invalid type %s", typeName(v))
		return ""
	}
	coll := stringOf(v)
	if coll == "" || strings.ContainsAny(coll, "$\x00") || coll[0] == '.' || strings.HasPrefix(coll, "system.") {
		a.fail(codeInvalidNamespace, "Invalid namespace specified '%s.%s'", a.db, coll)
	}
	if len(a.db)+len(coll) > 250 {
		a.fail(codeInvalidNamespace, "the namespace '%s.%s' is too long", a.db, coll)
	}

	return a.db + "." + coll
}

// query takes the fields of those names as a filter, a sort, a skip and a limit; "" for one that the command does not have.
func (a *args) query(filter, sort, skip, limit string) query {
	q := query{deadline: a.deadline}
	var err error
	if q.filter, err = parseFilter(a.document(filter)); err != nil {
		a.failed(err)
	}
	if sort != "" {
		if q.sort, err = parsePattern(a.document(sort), codeBadValue); err != nil {
			a.failed(err)
		}
	}
	if skip != "" {
		q.skip = a.natural(skip, 0)
	}
	if limit != "" {
		q.limit = a.natural(limit, 0)
	}

	return q
}

// projection takes the field as a projection.
func (a *args) projection(key string) *projection {
	p, err := parseProjection(a.document(key), false)
	if err != nil {
		a.failed(err)
	}

	return p
}
