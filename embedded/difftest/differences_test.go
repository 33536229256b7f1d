package difftest

import (
	"strings"
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// difference is a command that the two engines answer differently, each as said here. What decides between them is in
// docs/embedded-differences.md, under the same name. Commands are in extended JSON, on a collection of any name.
type difference struct {
	name    string
	before  []string
	command string
	open    openness
	// embedded and fullSize are the summaries of the two replies.
	embedded, fullSize string
}

var differences = []difference{
	{
		name: "a descending unique index and documents that lack its field",
		before: []string{
			`{"createIndexes":"c","indexes":[{"key":{"a":-1},"name":"a","unique":true}]}`,
		},
		command:  `{"insert":"c","documents":[{"_id":1},{"_id":2}]}`,
		embedded: "error 11000 at 1\nn: 1\n",
		fullSize: "n: 2\n",
	},
	{
		name: "a unique index on a field of documents in an array of which one lacks it",
		before: []string{
			`{"createIndexes":"c","indexes":[{"key":{"a.x":1},"name":"a","unique":true}]}`,
			`{"insert":"c","documents":[{"_id":1}]}`,
		},
		command:  `{"insert":"c","documents":[{"_id":2,"a":[2,{"x":1}]}]}`,
		embedded: "error 11000 at 0\nn: 0\n",
		fullSize: "n: 1\n",
	},
	{
		name: "a compound index over two empty arrays",
		before: []string{
			`{"createIndexes":"c","indexes":[{"key":{"a":1,"b":1},"name":"ab"}]}`,
		},
		command:  `{"insert":"c","documents":[{"_id":1,"a":[],"b":[]}]}`,
		embedded: "error 171 at 0\nn: 0\n",
		fullSize: "n: 1\n",
	},
	{
		name:     "a sort by two arrays",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"a":[1,2],"b":[1,2]},{"_id":2}]}`},
		command:  `{"find":"c","sort":{"a":1,"b":1},"projection":{"_id":1}}`,
		embedded: "error 2\n",
		fullSize: "#0 {_id: 2}\n#1 {_id: 1}\n",
	},
	{
		name:     "an empty array in a sort",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"a":null},{"_id":2,"a":[]}]}`},
		command:  `{"find":"c","sort":{"a":1},"projection":{"_id":1}}`,
		embedded: "#0 {_id: 2}\n#1 {_id: 1}\n",
		fullSize: "#0 {_id: 1}\n#1 {_id: 2}\n",
	},
	{
		name:     "a missing field in a group key that is a document",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"b":1}]}`},
		command:  `{"aggregate":"c","pipeline":[{"$group":{"_id":{"a":"$a","b":"$b"}}}],"cursor":{}}`,
		embedded: "#0 {_id: {b: 1}}\n",
		fullSize: "#0 {_id: {a: null, b: 1}}\n",
	},
	{
		name:     "a group by a field that is missing in two ways",
		before:   []string{`{"insert":"c","documents":[{"_id":1},{"_id":2,"a":1}]}`},
		command:  `{"aggregate":"c","pipeline":[{"$group":{"_id":"$a.x","n":{"$sum":1}}}],"cursor":{}}`,
		open:     openness{order: true},
		embedded: "#0 {_id: null, n: 2}\n",
		fullSize: "#0 {_id: null, n: 1}\n#1 {n: 1}\n",
	},
	{
		name:     "a count stage without documents",
		before:   []string{`{"insert":"c","documents":[{"_id":1}]}`},
		command:  `{"aggregate":"c","pipeline":[{"$match":{"_id":2}},{"$count":"n"}],"cursor":{}}`,
		embedded: "",
		fullSize: "#0 {n: 0}\n",
	},
	{
		name:     "a projection stage that names no field",
		before:   []string{`{"insert":"c","documents":[{"_id":1}]}`},
		command:  `{"aggregate":"c","pipeline":[{"$project":{}}],"cursor":{}}`,
		embedded: "error 51272\n",
		fullSize: "#0 {_id: 1}\n",
	},
	{
		name:     "adding each of no values to a field that is missing",
		before:   []string{`{"insert":"c","documents":[{"_id":1}]}`},
		command:  `{"findAndModify":"c","query":{"_id":1},"update":{"$push":{"a":{"$each":[]}},"$addToSet":{"b":{"$each":[]}}},"new":true}`,
		embedded: "upserted: missing\nvalue: {_id: 1, a: [], b: []}\n",
		fullSize: "upserted: missing\nvalue: {_id: 1}\n",
	},
	{
		name:     "pulling from a path that is missing, beside another change",
		before:   []string{`{"insert":"c","documents":[{"_id":1}]}`},
		command:  `{"findAndModify":"c","query":{"_id":1},"update":{"$pull":{"a.b":1},"$set":{"c":1}},"new":true}`,
		embedded: "upserted: missing\nvalue: {_id: 1, c: 1}\n",
		fullSize: "upserted: missing\nvalue: {_id: 1, a: {}, c: 1}\n",
	},
	{
		name:     "pulling by a condition that an array in the array does not fail",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"a":[[1],{"x":2}]}]}`},
		command:  `{"findAndModify":"c","query":{"_id":1},"update":{"$pull":{"a":{"x":{"$ne":1}}}},"new":true}`,
		embedded: "upserted: missing\nvalue: {_id: 1, a: [[1]]}\n",
		fullSize: "upserted: missing\nvalue: {_id: 1, a: []}\n",
	},
	{
		name:     "unsetting a field of an array",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"a":[1]}]}`},
		command:  `{"update":"c","updates":[{"q":{"_id":1},"u":{"$unset":{"a.x":1}}}]}`,
		embedded: "n: 1\nnModified: 0\n",
		fullSize: "error 2 at 0\nn: 0\nnModified: 0\n",
	},
	{
		name:     "unsetting an element of an array that is null",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"a":[null]}]}`},
		command:  `{"update":"c","updates":[{"q":{"_id":1},"u":{"$unset":{"a.0":1}}}]}`,
		embedded: "n: 1\nnModified: 0\n",
		fullSize: "n: 1\nnModified: 1\n",
	},
	{
		name:     "incrementing a bool",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"a":false}]}`},
		command:  `{"update":"c","updates":[{"q":{"_id":1},"u":{"$inc":{"a":1}}}]}`,
		embedded: "error 2 at 0\nn: 0\nnModified: 0\n",
		fullSize: "n: 1\nnModified: 1\n",
	},
	{
		name:     "incrementing by nothing",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"a":5}]}`},
		command:  `{"update":"c","updates":[{"q":{"_id":1},"u":{"$inc":{"a":0}}}]}`,
		embedded: "n: 1\nnModified: 0\n",
		fullSize: "n: 1\nnModified: 1\n",
	},
	{
		name:     "a replacement that is the same",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"a":5}]}`},
		command:  `{"update":"c","updates":[{"q":{"_id":1},"u":{"a":5}}]}`,
		embedded: "n: 1\nnModified: 0\n",
		fullSize: "n: 1\nnModified: 1\n",
	},
	{
		name:     "a findAndModify that changes nothing",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"a":5}]}`},
		command:  `{"findAndModify":"c","query":{"_id":1},"update":{"$set":{"a":5}}}`,
		open:     openness{lastError: true},
		embedded: "n: 1\nupdatedExisting: true\nupserted: missing\nvalue: {_id: 1, a: 5}\n",
		fullSize: "n: 0\nupdatedExisting: false\nupserted: missing\nvalue: {_id: 1, a: 5}\n",
	},
	{
		name:     "the order of new fields",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"a":{}}]}`},
		command:  `{"findAndModify":"c","query":{"_id":1},"update":{"$set":{"a.z":1,"a.b":1}},"new":true}`,
		embedded: "upserted: missing\nvalue: {_id: 1, a: {b: 1, z: 1}}\n",
		fullSize: "upserted: missing\nvalue: {_id: 1, a: {z: 1, b: 1}}\n",
	},
	{
		name:     "an update of many of which one fails",
		before:   []string{`{"insert":"c","documents":[{"_id":1,"a":1},{"_id":2,"a":"x"}]}`},
		command:  `{"update":"c","updates":[{"q":{},"u":{"$inc":{"a":1}},"multi":true}]}`,
		embedded: "error 2 at 0\nn: 1\nnModified: 1\n",
		fullSize: "error 2 at 0\nn: 0\nnModified: 0\n",
	},
	{
		name:     "the collection of an upsert that fails",
		before:   []string{`{"update":"c","updates":[{"q":{"_id":1,"a":1},"u":{"$set":{"a.x":1}},"upsert":true}]}`},
		command:  `{"listIndexes":"c"}`,
		open:     openness{indexes: true},
		embedded: "error 26\n",
		fullSize: "#0 {key: {_id: 1}, name: \"_id_\"}\n",
	},
	{
		name:     "two changes of one path where no document is changed",
		before:   []string{`{"insert":"c","documents":[{"_id":1}]}`},
		command:  `{"update":"c","updates":[{"q":{"_id":2},"u":{"$set":{"a":1},"$setOnInsert":{"a.x":1}}}]}`,
		embedded: "error 40 at 0\nn: 0\nnModified: 0\n",
		fullSize: "n: 0\nnModified: 0\n",
	},
}

// TestDifferencesAreAsListed fails when the embedded engine stops doing what is listed, and when the full-size one does
// neither that nor what is listed for it. One that has come to do what the embedded one does is fine: other servers do.
func TestDifferencesAreAsListed(t *testing.T) {
	fullSize := openFullSize(t)
	embedded := openEmbedded(t)

	for _, d := range differences {
		t.Run(strings.ReplaceAll(d.name, " ", "_"), func(t *testing.T) {
			if got := d.run(t, embedded); got != d.embedded {
				t.Errorf("the embedded engine answered\n%s\nlisted is\n%s", got, d.embedded)
			}
			switch got := d.run(t, fullSize); got {
			case d.fullSize:
			case d.embedded:
				t.Log("no difference: this server answers as the embedded engine does")
			default:
				t.Errorf("the full-size engine answered\n%s\nlisted is\n%s", got, d.fullSize)
			}
		})
	}
}

func (d difference) run(t *testing.T, e *engine) string {
	t.Helper()

	collection := newCollection()
	var reply bson.Raw
	for _, text := range append(d.before, d.command) {
		var command bson.D
		if err := bson.UnmarshalExtJSON([]byte(text), false, &command); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		command[0].Value = collection
		var err error
		if reply, err = e.run(command); err != nil {
			t.Fatal(err)
		}
	}

	return summary(reply, d.open)
}
