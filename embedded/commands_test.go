package embedded

import (
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
)

func checksum(b []byte) uint32 { return crc32.Checksum(b, castagnoli) }

func TestWhatIsOutsideTheSubsetIsRefusedByName(t *testing.T) {
	s := testServer(t)
	s.runCommand(t, "insert", "c", "documents", bson.A{o("_id", 1)})
	for _, c := range []struct {
		command []any
		code    int
		names   string
	}{
		{[]any{"mapReduce", "c"}, codeCommandNotFound, "mapReduce"},
		{[]any{"find", "c", "hint", o("_id", 1)}, codeUnknownField, "find.hint"},
		{[]any{"find", "c", "collation", o("locale", "en")}, codeUnknownField, "find.collation"},
		{[]any{"find", "c", "tailable", true}, codeUnknownField, "find.tailable"},
		{[]any{"find", "c", "projection", o("a", o("$slice", 1))}, codeBadValue, "$slice"},
		{[]any{"find", "c", "projection", o("a", 1, "b", 0)}, codeExclusionInInclude, "b"},
		{[]any{"find", "c", "projection", o("a", 0, "b", 1)}, codeInclusionInExclude, "b"},
		{[]any{"find", "c", "projection", o("a", 1, "a.b", 1)}, codeProjectionCollision, "a.b"},
		{[]any{"find", "c", "sort", o("a", o("$meta", "textScore"))}, codeBadValue, "a"},
		{[]any{"find", "c", "limit", -1}, codeBadValue, "limit"},
		{[]any{"find", "c", "filter", 1}, codeTypeMismatch, "find.filter"},
		{[]any{"find", "system.indexes"}, codeInvalidNamespace, "system.indexes"},
		{[]any{"find", "c", "readConcern", o("level", "snapshot")}, codeInvalidOptions, "snapshot"},
		{[]any{"insert", "c", "documents", bson.A{o("a", 1)}, "writeConcern", o("w", 2)}, codeUnsatisfiableWrite, "w"},
		{[]any{"insert", "c", "documents", bson.A{}}, codeBadValue, "batch sizes"},
		{[]any{"insert", "c"}, codeTypeMismatch, "insert.documents"},
		{[]any{"insert", "c", "documents", bson.A{o("a", 1)}, "txnNumber", int64(1)}, codeUnknownField, "txnNumber"},
		{[]any{"aggregate", "c", "pipeline", bson.A{o("$lookup", o())}, "cursor", o()}, codeUnknownStage, "$lookup"},
		{[]any{"aggregate", "c", "pipeline", bson.A{o("$group", o("_id", nil, "x", o("$avg", "$a")))}, "cursor", o()}, codeUnknownAccumulator, "$avg"},
		{[]any{"aggregate", "c", "pipeline", bson.A{o("$group", o("_id", o("$year", "$a")))}, "cursor", o()}, codeBadValue, "$year"},
		{[]any{"aggregate", "c", "pipeline", bson.A{o("$unwind", o("path", "$a", "includeArrayIndex", "i"))}, "cursor", o()}, 28811, "includeArrayIndex"},
		{[]any{"aggregate", "c", "pipeline", bson.A{o("$project", o("a", o("$add", bson.A{1, 2})))}, "cursor", o()}, codeBadValue, "$add"},
		{[]any{"aggregate", "c", "pipeline", bson.A{}}, codeMissingField, "aggregate.cursor"},
		{[]any{"aggregate", 1, "pipeline", bson.A{}, "cursor", o()}, codeInvalidNamespace, "int"},
		{[]any{"createIndexes", "c", "indexes", bson.A{o("key", o("a", "text"), "name", "x")}}, codeCannotCreateIndex, "a"},
		{[]any{"createIndexes", "c", "indexes", bson.A{o("key", o("a", 1), "name", "x", "expireAfterSeconds", 1)}}, codeInvalidOptions, "expireAfterSeconds"},
		{[]any{"createIndexes", "c", "indexes", bson.A{o("key", o("a", 1), "name", "x", "sparse", true)}}, codeInvalidOptions, "sparse"},
		{[]any{"dropIndexes", "c", "index", "_id_"}, codeInvalidOptions, "_id"},
		{[]any{"dropIndexes", "c", "index", o()}, codeIndexNotFound, "index not found"},
		{[]any{"explain", o("find", "c"), "verbosity", "executionStats"}, codeBadValue, "executionStats"},
		{[]any{"dropIndexes", "c", "index", "nope"}, codeIndexNotFound, "nope"},
		{[]any{"listIndexes", "nope"}, codeNamespaceNotFound, "nope"},
		{[]any{"getMore", int64(99), "collection", "c"}, codeCursorNotFound, "99"},
		{[]any{"findAndModify", "c", "query", o()}, codeFailedToParse, "findAndModify"},
		{[]any{"findAndModify", "c", "update", bson.A{o("$set", o("a", 1))}}, codeFailedToParse, "pipeline"},
		{[]any{"explain", o("insert", "c", "documents", bson.A{o()})}, codeCommandNotFound, "insert"},
		{[]any{"find", "c", "find", "c"}, codeDuplicateField, "find"},
	} {
		reply := s.runCommand(t, c.command...)
		if reply["ok"] != 0.0 || fmt.Sprint(reply["code"]) != fmt.Sprint(c.code) || !strings.Contains(fmt.Sprint(reply["errmsg"]), c.names) || reply["codeName"] == "" {
			t.Errorf("%v: got %v, want code %d naming %s", c.command, reply, c.code, c.names)
		}
	}
}

func TestStatementsThatAreRefused(t *testing.T) {
	s := testServer(t)
	s.runCommand(t, "insert", "c", "documents", bson.A{o("_id", 1, "a", 1)})
	for _, c := range []struct {
		command []any
		code    int
		names   string
	}{
		{[]any{"insert", "c", "documents", bson.A{o("$a", 1)}}, codeDollarPrefixed, "$a"},
		{[]any{"insert", "c", "documents", bson.A{o("a", bson.Decimal128{})}}, codeBadValue, "decimal"},
		{[]any{"insert", "c", "documents", bson.A{o("a", bson.JavaScript("1"))}}, codeBadValue, "javascript"},
		{[]any{"insert", "c", "documents", bson.A{o("", 1)}}, codeBadValue, "empty field name"},
		{[]any{"insert", "c", "documents", bson.A{o("_id", bson.A{1})}}, codeBadValue, "array"},
		{[]any{"insert", "c", "documents", bson.A{o("_id", int64(1))}}, codeDuplicateKey, "E11000"},
		{[]any{"update", "c", "updates", bson.A{o("q", o(), "u", o("$set", o("a", 1)), "arrayFilters", bson.A{})}}, codeUnknownField, "arrayFilters"},
		{[]any{"update", "c", "updates", bson.A{o("q", o(), "u", o("$set", o("a", 1)), "writeConcern", o("w", 1))}}, codeUnknownField, "writeConcern"},
		{[]any{"update", "c", "updates", bson.A{o("q", o(), "u", o("a", 1), "multi", true)}}, codeFailedToParse, "multi"},
		{[]any{"update", "c", "updates", bson.A{o("q", o(), "u", o("$set", o("_id", 2)))}}, codeImmutableField, "_id"},
		{[]any{"delete", "c", "deletes", bson.A{o("q", o(), "limit", 2)}}, codeFailedToParse, "limit"},
		{[]any{"delete", "c", "deletes", bson.A{o("q", o())}}, codeMissingField, "limit"},
	} {
		reply := s.runCommand(t, c.command...)
		errs, _ := reply["writeErrors"].(bson.A)
		if len(errs) != 1 {
			t.Errorf("%v: got %v", c.command, reply)
			continue
		}
		got := fmt.Sprint(errs[0])
		if !strings.Contains(got, fmt.Sprint(c.code)) || !strings.Contains(got, c.names) {
			t.Errorf("%v: got %v, want code %d naming %s", c.command, got, c.code, c.names)
		}
	}
}

func TestOrderedAndUnorderedInserts(t *testing.T) {
	s := testServer(t)
	docs := bson.A{o("_id", 1), o("_id", 1), o("_id", 2)}
	if reply := s.runCommand(t, "insert", "a", "documents", docs); reply["n"] != int32(1) {
		t.Error(reply)
	}
	if reply := s.runCommand(t, "insert", "b", "documents", docs, "ordered", false); reply["n"] != int32(2) {
		t.Error(reply)
	}
}

// However many statements fail, and however much there is to say of each, the reply tells of all.
func TestManyWriteErrorsFitIntoOneReply(t *testing.T) {
	s := testServer(t)
	doc := o("_id", strings.Repeat("x", 1<<20))
	docs := bson.A{doc}
	for range 20 {
		docs = append(docs, doc)
	}
	reply := s.runCommand(t, "insert", "c", "documents", docs, "ordered", false)
	if errs, _ := reply["writeErrors"].(bson.A); reply["n"] != int32(1) || len(errs) != 20 {
		t.Errorf("%d of 20 errors, n %v, %v", len(errs), reply["n"], reply["errmsg"])
	}
}

// rows runs a find or an aggregate and returns its documents as text.
func rows(t *testing.T, s *Server, command ...any) []string {
	t.Helper()
	reply := s.runCommand(t, command...)
	if reply["ok"] != 1.0 {
		t.Fatalf("%v: %v", command, reply)
	}
	var out []string
	for _, e := range reply["cursor"].(bson.D)[0].Value.(bson.A) {
		out = append(out, bson.Raw(raw(e)).String())
	}

	return out
}

func texts(docs ...bson.D) []string {
	var out []string
	for _, doc := range docs {
		out = append(out, bson.Raw(raw(doc)).String())
	}

	return out
}

func TestProjections(t *testing.T) {
	s := testServer(t)
	s.runCommand(t, "insert", "c", "documents", bson.A{o("_id", 1, "a", o("x", 1, "y", 2), "l", bson.A{o("x", 1, "y", 2), 5, bson.A{o("x", 3)}}, "z", 3)})
	for _, c := range []struct{ projection, want bson.D }{
		{o("z", 1), o("_id", 1, "z", 3)},
		{o("z", true, "_id", 0), o("z", 3)},
		{o("_id", 1), o("_id", 1)},
		{o("a.x", 1, "_id", 0), o("a", o("x", 1))},
		{o("a", o("x", 1), "_id", 0), o("a", o("x", 1))},
		{o("l.x", 1, "_id", 0), o("l", bson.A{o("x", 1), bson.A{o("x", 3)}})},
		{o("nope.x", 1, "_id", 0), o()},
		{o("a", 0, "l", 0), o("_id", 1, "z", 3)},
		{o("l.x", 0, "a.y", 0, "_id", 0), o("a", o("x", 1), "l", bson.A{o("y", 2), 5, bson.A{o()}}, "z", 3)},
		{o("_id", 0), o("a", o("x", 1, "y", 2), "l", bson.A{o("x", 1, "y", 2), 5, bson.A{o("x", 3)}}, "z", 3)},
	} {
		if diff := cmp.Diff(texts(c.want), rows(t, s, "find", "c", "projection", c.projection)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c.projection, diff)
		}
	}
}

func TestAggregations(t *testing.T) {
	s := testServer(t)
	s.runCommand(t, "insert", "c", "documents", bson.A{
		o("_id", 1, "k", "a", "n", 1, "l", bson.A{1, 2}), o("_id", 2, "k", "b", "n", int64(2), "l", bson.A{}), o("_id", 3, "k", "a", "n", 1.5), o("_id", 4, "n", "text", "l", 7),
	})
	for _, c := range []struct {
		name     string
		pipeline bson.A
		want     []string
	}{
		{"group and sum", bson.A{o("$group", o("_id", "$k", "n", o("$sum", "$n"), "c", o("$count", o()))), o("$sort", o("_id", 1))}, texts(o("_id", nil, "n", 0, "c", 1), o("_id", "a", "n", 2.5, "c", 2), o("_id", "b", "n", int64(2), "c", 1))},
		{"group by a document", bson.A{o("$match", o("_id", o("$gte", 3))), o("$group", o("_id", o("k", "$k"))), o("$sort", o("_id", 1))}, texts(o("_id", o()), o("_id", o("k", "a")))},
		{"group all", bson.A{o("$group", o("_id", 1, "n", o("$sum", 1)))}, texts(o("_id", 1, "n", 4))},
		{"unwind", bson.A{o("$unwind", "$l"), o("$project", o("l", 1))}, texts(o("_id", 1, "l", 1), o("_id", 1, "l", 2), o("_id", 4, "l", 7))},
		{"unwind and keep", bson.A{o("$unwind", o("path", "$l", "preserveNullAndEmptyArrays", true)), o("$project", o("l", 1)), o("$skip", 2), o("$limit", 2)}, texts(o("_id", 2), o("_id", 3))},
		{"project a copy", bson.A{o("$match", o("_id", 1)), o("$project", o("_id", 0, "x", "$k", "y.z", "$n", "n", 1))}, texts(o("n", 1, "x", "a", "y", o("z", 1)))},
		{"match behind a group", bson.A{o("$group", o("_id", "$k", "n", o("$sum", 1))), o("$match", o("n", 2))}, texts(o("_id", "a", "n", 2))},
		{"sort, limit, count", bson.A{o("$sort", o("_id", -1)), o("$limit", 3), o("$count", "n")}, texts(o("n", 3))},
		{"count of nothing", bson.A{o("$match", o("_id", 9)), o("$count", "n")}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, rows(t, s, "aggregate", "c", "pipeline", c.pipeline, "cursor", o())); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestFindAndModify(t *testing.T) {
	s := testServer(t)
	value := func(command ...any) any {
		t.Helper()
		reply := s.runCommand(t, append([]any{"findAndModify", "c"}, command...)...)
		if reply["ok"] != 1.0 {
			t.Fatal(reply)
		}
		if reply["value"] == nil {
			return nil
		}
		return bson.Raw(raw(reply["value"])).String()
	}
	text := func(pairs ...any) any { return texts(o(pairs...))[0] }
	for i, step := range []struct{ got, want any }{
		{value("query", o("_id", 1), "update", o("$set", o("a", 1))), nil},
		{value("query", o("_id", 1), "update", o("$set", o("a", 1)), "upsert", true), nil},
		{value("query", o("_id", 1), "update", o("$inc", o("a", 1))), text("_id", 1, "a", 1)},
		{value("query", o("_id", 1), "update", o("$inc", o("a", 1)), "new", true), text("_id", 1, "a", 3)},
		{value("query", o("_id", 2), "update", o("b", 1), "new", true, "upsert", true, "fields", o("b", 1, "_id", 0)), text("b", 1)},
		{value("query", o(), "sort", o("_id", -1), "remove", true), text("_id", 2, "b", 1)},
		{value("query", o("_id", 2), "remove", true), nil},
	} {
		if step.got != step.want {
			t.Errorf("step %d: got %v, want %v", i, step.got, step.want)
		}
	}
}

func TestIndexDefinitions(t *testing.T) {
	s := testServer(t)
	create := func(pairs ...any) bson.M {
		return s.runCommand(t, "createIndexes", "c", "indexes", bson.A{o(pairs...)})
	}
	for i, step := range []struct {
		reply bson.M
		field string
		want  any
	}{
		{create("key", o("a", 1), "name", "a_1"), "numIndexesAfter", int32(2)},
		{create("key", o("a", 1), "name", "a_1"), "note", "all indexes already exist"},
		{create("key", o("a", 1), "name", "other"), "code", int32(codeIndexOptions)},
		{create("key", o("b", 1), "name", "a_1"), "code", int32(codeIndexKeySpecs)},
		{create("key", o("a", 1), "name", "a_1", "unique", true), "code", int32(codeIndexKeySpecs)},
		{create("key", o("_id", 1), "name", "_id_"), "numIndexesAfter", int32(2)},
		{s.runCommand(t, "insert", "c", "documents", bson.A{o("x", 1), o("x", 1)}), "n", int32(2)},
		{create("key", o("x", 1), "name", "x", "unique", true), "code", int32(codeDuplicateKey)},
		{s.runCommand(t, "dropIndexes", "c", "index", o("a", 1)), "nIndexesWas", int32(2)},
		{s.runCommand(t, "drop", "c"), "nIndexesWas", int32(1)},
		{s.runCommand(t, "drop", "c"), "ok", 1.0},
	} {
		if step.reply[step.field] != step.want {
			t.Errorf("step %d: got %v, want %s %v", i, step.reply, step.field, step.want)
		}
	}
}
