package difftest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

// operation is a command, and what of its reply may differ.
type operation struct {
	command bson.D
	open    openness
	// writes is set on commands after which the contents are compared.
	writes bool
	// partial is set when the protocol leaves open what an operation that fails has done by then.
	partial bool
}

// world is what a sequence of operations works on: one collection, the same on both engines.
type world struct {
	collection  string
	left, right *engine
	// contents are the documents after the last write.
	contents []bson.RawValue
	// first is the first failure of the test, before its sequence is shrunk.
	first *string
	// script holds the commands so far, as text.
	script []string
}

type drawOperation func(t *rapid.T, w *world) operation

func TestQueriesFindTheSame(t *testing.T) {
	compareSequences(t, []drawOperation{createIndex, insert, insert, insert}, []drawOperation{find, find, find, count, distinct})
}

func TestUpdatesLeaveTheSame(t *testing.T) {
	compareSequences(t, []drawOperation{insert, insert}, []drawOperation{update, update, findAndModify})
}

func TestPipelinesComputeTheSame(t *testing.T) {
	compareSequences(t, []drawOperation{insert, insert}, []drawOperation{aggregate})
}

func TestMixedSequencesAgree(t *testing.T) {
	compareSequences(t, nil, []drawOperation{
		insert, insert, find, find, update, update, createIndex, count, distinct, remove, findAndModify, aggregate, dropIndexes, listIndexes,
	})
}

// compareSequences runs random sequences on both engines: the operations of setup, once each, and then some of the others.
func compareSequences(t *testing.T, setup, operations []drawOperation) {
	right := openFullSize(t)
	left := openEmbedded(t)

	var first string
	defer func() {
		if first != "" {
			t.Logf("before it was made smaller, the test failed %s", first)
		}
	}()

	rapid.Check(t, func(t *rapid.T) {
		w := &world{collection: newCollection(), left: left, right: right, first: &first}
		defer w.drop()

		for _, draw := range setup {
			if !w.step(t, draw(t, w)) {
				return
			}
		}
		for range rapid.IntRange(1, 12).Draw(t, "length") {
			if !w.step(t, rapid.SampledFrom(operations).Draw(t, "operation")(t, w)) {
				break
			}
		}
	})
}

// step runs an operation on both engines and compares the replies, and the contents after a write. It returns false when
// the two may have gone different ways.
func (w *world) step(t *rapid.T, op operation) bool {
	w.script = append(w.script, extJSON(op.command))
	left, right := w.run(t, w.left, op.command), w.run(t, w.right, op.command)
	if op.partial && failed(left) && failed(right) {
		return false
	}
	if difference := compare(op, left, right); difference != "" {
		if excused(left) {
			return false
		}
		w.fail(t, difference)
	}

	if op.writes {
		everything := operation{command: bson.D{{Key: "find", Value: w.collection}}, open: openness{order: true}}
		left, right := w.run(t, w.left, everything.command), w.run(t, w.right, everything.command)
		if difference := compare(everything, left, right); difference != "" {
			w.fail(t, difference)
		}
		w.contents = values(left.Lookup("cursor", "firstBatch"))
	}

	return true
}

func (w *world) run(t *rapid.T, e *engine, command bson.D) bson.Raw {
	reply, err := e.run(command)
	if err != nil {
		w.fail(t, err.Error())
	}

	return reply
}

func failed(reply bson.Raw) bool {
	_, refused := reply.Lookup("code").AsInt64OK()

	return refused || len(values(reply.Lookup("writeErrors"))) > 0
}

// excused tells whether the embedded engine rightly failed in a way in which the full-size one does not.
func excused(left bson.Raw) bool {
	return slices.ContainsFunc(append(values(left.Lookup("writeErrors")), asValue(left)), func(failure bson.RawValue) bool {
		code, _ := failure.Document().Lookup("code").AsInt64OK()
		text, _ := failure.Document().Lookup("errmsg").StringValueOK()
		return code == parallelArrays || code == typeMismatch && strings.Contains(text, "non-numeric type bool")
	})
}

// Codes of errors that excused knows.
const (
	typeMismatch   = 14  // of an $inc of a bool, which the full-size engine takes for a number
	parallelArrays = 171 // of a key from two arrays, of which the full-size engine refuses only some
)

func asValue(document bson.Raw) bson.RawValue {
	return bson.RawValue{Type: bson.TypeEmbeddedDocument, Value: document}
}

// compare returns what tells the two replies apart; "" when nothing does.
func compare(op operation, left, right bson.Raw) string {
	got, want := summary(left, op.open), summary(right, op.open)
	if got == want {
		return ""
	}

	return fmt.Sprintf("the replies to %s differ (-full-size +embedded):\n%s\nembedded replied  %s\nfull-size replied %s",
		extJSON(op.command), cmp.Diff(want, got), extJSON(left), extJSON(right))
}

// fail ends the sequence. The message of the failure itself is always the same, for only then is the sequence shrunk.
func (w *world) fail(t *rapid.T, what string) {
	what = fmt.Sprintf("after\n  %s\n%s", strings.Join(w.script, "\n  "), what)
	if *w.first == "" {
		*w.first = what
	}
	t.Log(what)
	t.Fatal("the engines differ")
}

func (w *world) drop() {
	for _, e := range []*engine{w.left, w.right} {
		_, _ = e.send(bson.D{{Key: "drop", Value: w.collection}})
	}
}

// openSort says what is open in a sorted find: engines do not agree where an empty array comes, see differences_test.go.
func (w *world) openSort(sort, command bson.D) openness {
	if !w.emptyArrayAt(sort) {
		return openness{}
	}
	for _, e := range command {
		if e.Key == "limit" || e.Key == "skip" {
			return openness{choice: true}
		}
	}

	return openness{order: true}
}

// emptyArrayAt tells whether a document has an empty array on one of the paths of the sort.
func (w *world) emptyArrayAt(sort bson.D) bool {
	return slices.ContainsFunc(sort, func(field bson.E) bool { return w.anyAt(field.Key, hasEmptyArray) })
}

// anyAt tells whether the value at the first component of the path is as asked in any document.
func (w *world) anyAt(path string, is func(bson.RawValue) bool) bool {
	return slices.ContainsFunc(w.contents, func(document bson.RawValue) bool {
		return is(document.Document().Lookup(firstComponent(path)))
	})
}

// isPlain tells whether v is missing, or neither an array nor a document.
func isPlain(v bson.RawValue) bool {
	return v.Type != bson.TypeArray && v.Type != bson.TypeEmbeddedDocument
}

// hasArray tells whether v is or holds an array.
func hasArray(v bson.RawValue) bool {
	return v.Type == bson.TypeArray || v.Type == bson.TypeEmbeddedDocument && slices.ContainsFunc(elements(v), hasArray)
}

// hasArrayInArray tells whether v is or holds an array with an array among its elements.
func hasArrayInArray(v bson.RawValue) bool {
	if v.Type != bson.TypeEmbeddedDocument && v.Type != bson.TypeArray {
		return false
	}

	return slices.ContainsFunc(elements(v), func(e bson.RawValue) bool {
		return v.Type == bson.TypeArray && e.Type == bson.TypeArray || hasArrayInArray(e)
	})
}

// hasEmptyArray tells whether v is or holds an array without elements.
func hasEmptyArray(v bson.RawValue) bool {
	if v.Type != bson.TypeEmbeddedDocument && v.Type != bson.TypeArray {
		return false
	}

	list := elements(v)

	return v.Type == bson.TypeArray && len(list) == 0 || slices.ContainsFunc(list, hasEmptyArray)
}

func elements(v bson.RawValue) []bson.RawValue {
	list, _ := bson.Raw(v.Value).Values()

	return list
}

// listIndexes is a count while the collection is empty: whether it exists then is open, as after an upsert that failed.
func listIndexes(t *rapid.T, w *world) operation {
	if len(w.contents) == 0 {
		return count(t, w)
	}

	return operation{command: bson.D{{Key: "listIndexes", Value: w.collection}}, open: openness{order: true, indexes: true}}
}
