package difftest

import (
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
}

// world is what a sequence of operations works on: one collection, the same on both engines.
type world struct {
	collection    string
	left, right   *engine
	contents      []bson.Raw
	script        []string
}

type drawOperation func(t *rapid.T, w *world) operation

func TestQueriesFindTheSame(t *testing.T) {
	compareSequences(t, []drawOperation{createIndex, insert}, []drawOperation{find, find, find, count, distinct})
}

func TestUpdatesLeaveTheSame(t *testing.T) {
	compareSequences(t, []drawOperation{insert}, []drawOperation{update, update, findAndModify})
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

	rapid.Check(t, func(t *rapid.T) {
		w := &world{collection: newCollection(), left: left, right: right}
		defer w.drop()

		for _, draw := range setup {
			w.step(t, draw(t, w))
		}
		for range rapid.IntRange(1, 12).Draw(t, "length") {
			w.step(t, rapid.SampledFrom(operations).Draw(t, "operation")(t, w))
		}
	})
}

// step runs an operation on both engines and compares the replies, and the contents after a write.
func (w *world) step(t *rapid.T, op operation) {
	w.script = append(w.script, extJSON(op.command))
	w.compare(t, op)
	if op.writes {
		everything := bson.D{{Key: "find", Value: w.collection}, {Key: "filter", Value: bson.D{}}}
		w.contents = w.compare(t, operation{command: everything, open: openness{order: true}})
	}
}

func (w *world) compare(t *rapid.T, op operation) []bson.Raw {
	left, err := w.left.run(op.command)
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(w.script, "\n"))
	}
	right, err := w.right.run(op.command)
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(w.script, "\n"))
	}

	got, want := summary(left, op.open), summary(right, op.open)
	if got != want {
		t.Fatalf("the engines differ (-full-size +embedded):\n%s\non: %s\nafter:\n  %s\nreplies:\n  embedded  %s\n  full-size %s",
			cmp.Diff(want, got), extJSON(op.command), strings.Join(w.script, "\n  "), extJSON(left), extJSON(right))
	}

	var documents []bson.Raw
	for _, v := range values(left.Lookup("cursor", "firstBatch")) {
		documents = append(documents, v.Document())
	}

	return documents
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
	for _, document := range w.contents {
		for _, field := range sort {
			if hasEmptyArray(document.Lookup(firstComponent(field.Key))) {
				return true
			}
		}
	}

	return false
}

func hasEmptyArray(v bson.RawValue) bool {
	if v.Type != bson.TypeEmbeddedDocument && v.Type != bson.TypeArray {
		return false
	}

	elements, _ := v.Document().Elements()
	if v.Type == bson.TypeArray && len(elements) == 0 {
		return true
	}
	for _, e := range elements {
		if hasEmptyArray(e.Value()) {
			return true
		}
	}

	return false
}

func listIndexes(_ *rapid.T, w *world) operation {
	return operation{command: bson.D{{Key: "listIndexes", Value: w.collection}}, open: openness{order: true, indexes: true}}
}
