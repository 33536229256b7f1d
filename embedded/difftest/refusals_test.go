package difftest

import (
	"strings"
	"testing"
)

// refusals are commands that break a rule of the protocol, by the rule. Before each, the collection holds {_id: 1, a: 1,
// s: "x", l: 9223372036854775807} and has the index a_1. With codes set, each engine has a code of its own for it.
var refusals = []struct {
	rule, command string
	codes         bool
}{
	{"an _id is no array", `{"insert":"c","documents":[{"_id":[1]}]}`, false},
	{"an _id is no regular expression", `{"insert":"c","documents":[{"_id":{"$regularExpression":{"pattern":"a","options":""}}}]}`, false},
	{"an _id is not changed", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$set":{"_id":2}}}]}`, false},
	{"an _id is not replaced", `{"update":"c","updates":[{"q":{"_id":1},"u":{"_id":2}}]}`, false},
	{"an _id is not removed", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$unset":{"_id":1}}}]}`, false},
	{"a replacement is for one document", `{"update":"c","updates":[{"q":{},"u":{"a":1},"multi":true}]}`, false},
	{"a replacement has no operators", `{"update":"c","updates":[{"q":{},"u":{"a":1,"$set":{"b":1}}}]}`, false},
	{"operators come without fields", `{"update":"c","updates":[{"q":{},"u":{"$set":{"b":1},"a":1}}]}`, false},
	{"an update operator is known", `{"update":"c","updates":[{"q":{},"u":{"$increase":{"b":1}}}]}`, false},
	{"two changes have two paths", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$set":{"b":1},"$inc":{"b":1}}}]}`, false},
	{"no change lies within another", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$set":{"b":1,"b.x":1}}}]}`, false},
	{"$inc adds a number", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$inc":{"a":"1"}}}]}`, false},
	{"$inc adds to a number", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$inc":{"s":1}}}]}`, false},
	{"$inc stays within 64 bits", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$inc":{"l":1}}}]}`, false},
	{"$push needs an array", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$push":{"a":1}}}]}`, false},
	{"$addToSet needs an array", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$addToSet":{"a":1}}}]}`, false},
	{"$pull needs an array", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$pull":{"a":1}}}]}`, false},
	{"$each takes an array", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$push":{"b":{"$each":1}}}}]}`, false},
	{"a path leads through documents", `{"update":"c","updates":[{"q":{"_id":1},"u":{"$set":{"a.x":1}}}]}`, false},
	{"an upsert fixes a path once", `{"update":"c","updates":[{"q":{"_id":2,"b":1,"$and":[{"b":2}]},"u":{"$set":{"d":1}},"upsert":true}]}`, false},
	{"a query operator is known", `{"find":"c","filter":{"a":{"$about":1}}}`, false},
	{"a top-level operator is known", `{"find":"c","filter":{"$xnor":[{"a":1}]}}`, false},
	{"$in takes an array", `{"find":"c","filter":{"a":{"$in":1}}}`, false},
	{"$nin takes an array", `{"find":"c","filter":{"a":{"$nin":1}}}`, false},
	{"$or takes an array", `{"find":"c","filter":{"$or":{"a":1}}}`, false},
	{"$or takes at least one condition", `{"find":"c","filter":{"$or":[]}}`, false},
	{"$or takes documents", `{"find":"c","filter":{"$or":[1]}}`, false},
	{"a regular expression is whole", `{"find":"c","filter":{"s":{"$regex":"("}}}`, false},
	{"$options come with $regex", `{"find":"c","filter":{"s":{"$options":"i"}}}`, false},
	{"a projection includes or excludes", `{"find":"c","projection":{"a":1,"b":0}}`, false},
	{"a projection excludes or includes", `{"find":"c","projection":{"a":0,"b":1}}`, true},
	{"projected paths do not collide", `{"find":"c","projection":{"a":1,"a.x":1}}`, true},
	{"a skip is not negative", `{"find":"c","skip":-1}`, true},
	{"a batch is not negative", `{"find":"c","batchSize":-1}`, false},
	{"a sort has a direction", `{"find":"c","sort":{"a":2}}`, true},
	{"a filter is a document", `{"find":"c","filter":1}`, false},
	{"a cursor is known", `{"getMore":{"$numberLong":"12345"},"collection":"c"}`, false},
	{"a stage is known", `{"aggregate":"c","pipeline":[{"$melt":{}}],"cursor":{}}`, false},
	{"a stage is one", `{"aggregate":"c","pipeline":[{"$match":{},"$limit":1}],"cursor":{}}`, false},
	{"a pipeline has a cursor", `{"aggregate":"c","pipeline":[]}`, true},
	{"a limit is positive", `{"aggregate":"c","pipeline":[{"$limit":0}],"cursor":{}}`, false},
	{"a group has a key", `{"aggregate":"c","pipeline":[{"$group":{"n":{"$sum":1}}}],"cursor":{}}`, false},
	{"an accumulator is known", `{"aggregate":"c","pipeline":[{"$group":{"_id":null,"n":{"$pile":1}}}],"cursor":{}}`, false},
	{"a group's field is an accumulator", `{"aggregate":"c","pipeline":[{"$group":{"_id":null,"n":1}}],"cursor":{}}`, false},
	{"an unwound path begins with $", `{"aggregate":"c","pipeline":[{"$unwind":"a"}],"cursor":{}}`, false},
	{"a sort stage names a field", `{"aggregate":"c","pipeline":[{"$sort":{}}],"cursor":{}}`, false},
	{"an index has one name", `{"createIndexes":"c","indexes":[{"key":{"a":1},"name":"other"}]}`, false},
	{"an index name is one index", `{"createIndexes":"c","indexes":[{"key":{"b":1},"name":"a_1"}]}`, false},
	{"an index keeps its options", `{"createIndexes":"c","indexes":[{"key":{"a":1},"name":"a_1","unique":true}]}`, false},
	{"an index has a key", `{"createIndexes":"c","indexes":[{"key":{},"name":"none"}]}`, false},
	{"a dropped index is there", `{"dropIndexes":"c","index":"b_1"}`, false},
	{"the index of _id stays", `{"dropIndexes":"c","index":"_id_"}`, false},
	{"an update has statements", `{"update":"c","updates":[]}`, true},
	{"an insert has documents", `{"insert":"c","documents":[]}`, true},
	{"a delete has a limit", `{"delete":"c","deletes":[{"q":{}}]}`, true},
	{"a delete's limit is 0 or 1", `{"delete":"c","deletes":[{"q":{},"limit":2}]}`, true},
	{"findAndModify changes or removes", `{"findAndModify":"c","query":{"_id":1}}`, false},
	{"findAndModify does not both change and remove", `{"findAndModify":"c","query":{"_id":1},"update":{"$set":{"a":1}},"remove":true}`, false},
	{"a command is known", `{"fetch":"c"}`, false},
}

func TestWhatBreaksARuleIsRefusedByBoth(t *testing.T) {
	fullSize := openFullSize(t)
	embedded := openEmbedded(t)

	for _, r := range refusals {
		d := difference{
			before: []string{
				`{"insert":"c","documents":[{"_id":1,"a":1,"s":"x","l":{"$numberLong":"9223372036854775807"}}]}`,
				`{"createIndexes":"c","indexes":[{"key":{"a":1},"name":"a_1"}]}`,
			},
			command: r.command,
		}
		got, want := d.run(t, embedded), d.run(t, fullSize)
		if got != want && !(r.codes && strings.Contains(got, "error") && strings.Contains(want, "error")) {
			t.Errorf("%s: %s\nembedded:  %sfull-size: %s", r.rule, r.command, got, want)
		}
	}
}
