package difftest

import (
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

// filterPaths adds to paths those that only a query may name: _id, and array positions.
var filterPaths = append([]string{"_id", "a.0", "b.0.x", "c.x.y"}, paths...)

// pattern is a regular expression that means the same in every dialect.
var pattern = rapid.SampledFrom([]string{"a", "^a", "b$", "^ab", "^$", "A", "[ab]+", "^.b", "x|a"})

// filter draws a filter: up to two conditions, at most one of them an $and or $or of further filters.
func filter(t *rapid.T, w *world) bson.D { return filterOfDepth(t, w, 1) }

func filterOfDepth(t *rapid.T, w *world, depth int) bson.D {
	out := bson.D{}
	for _, path := range rapid.SliceOfNDistinct(rapid.SampledFrom(filterPaths), 0, 2, rapid.ID).Draw(t, "filtered paths") {
		out = append(out, bson.E{Key: path, Value: condition(t, w, path)})
	}
	if depth > 0 && rapid.IntRange(0, 3).Draw(t, "branches") == 3 {
		branches := bson.A{}
		for range rapid.IntRange(1, 3).Draw(t, "number of branches") {
			branches = append(branches, filterOfDepth(t, w, depth-1))
		}
		out = append(out, bson.E{Key: rapid.SampledFrom([]string{"$or", "$and"}).Draw(t, "branch"), Value: branches})
	}

	return out
}

// condition draws what a path has to meet: a value, or a document of one or two operators.
func condition(t *rapid.T, w *world, path string) any {
	if rapid.Bool().Draw(t, "equality") {
		return operand(t, w, path)
	}

	out := bson.D{}
	for _, op := range rapid.SliceOfNDistinct(rapid.SampledFrom(queryOperators), 1, 2, rapid.ID).Draw(t, "operators") {
		out = append(out, queryOperator(t, w, path, op)...)
	}

	return out
}

var queryOperators = []string{"$gt", "$lt", "$gte", "$lte", "$eq", "$ne", "$in", "$nin", "$exists", "$regex"}

// queryOperator draws an operator's argument.
func queryOperator(t *rapid.T, w *world, path, op string) bson.D {
	switch op {
	case "$in", "$nin":
		list := bson.A{}
		for range rapid.IntRange(0, 3).Draw(t, op) {
			list = append(list, operand(t, w, path))
		}
		return bson.D{{Key: op, Value: list}}
	case "$exists":
		return bson.D{{Key: op, Value: rapid.Bool().Draw(t, op)}}
	case "$regex":
		return bson.D{{Key: op, Value: pattern.Draw(t, op)}, {Key: "$options", Value: rapid.SampledFrom([]string{"", "i", "m", "s"}).Draw(t, "$options")}}
	}

	return bson.D{{Key: op, Value: operand(t, w, path)}}
}

// operand draws any value, or one that is there on the path.
func operand(t *rapid.T, w *world, path string) any {
	there := []bson.RawValue{}
	for _, document := range w.contents {
		if v, err := document.Document().LookupErr(strings.Split(path, ".")...); err == nil {
			there = append(there, v)
		}
	}
	if len(there) == 0 || rapid.Bool().Draw(t, "any value") {
		return queryValue.Draw(t, "value")
	}

	return there[rapid.IntRange(0, len(there)-1).Draw(t, "of document")]
}

// order draws a sort that leaves no two documents equal: it ends with _id. Of two paths at most one meets an array in any
// document, for a sort by two arrays is an error to one engine and not to the other.
func order(t *rapid.T, w *world) bson.D {
	direction := rapid.SampledFrom([]int32{1, -1})
	out, arrays := bson.D{}, 0
	for _, path := range rapid.SliceOfNDistinct(rapid.SampledFrom(paths), 0, 2, rapid.ID).Draw(t, "sorted paths") {
		if w.anyAt(path, hasArray) {
			arrays++
		}
		if arrays < 2 {
			out = append(out, bson.E{Key: path, Value: direction.Draw(t, path)})
		}
	}

	return append(out, bson.E{Key: "_id", Value: direction.Draw(t, "_id")})
}

// projection draws an inclusion or an exclusion.
func projection(t *rapid.T) bson.D {
	out := bson.D{}
	include := int32(rapid.IntRange(0, 1).Draw(t, "include"))
	for _, path := range distinctPaths(t, paths, 2) {
		out = append(out, bson.E{Key: path, Value: include})
	}
	if rapid.Bool().Draw(t, "says _id") {
		out = append(out, bson.E{Key: "_id", Value: int32(rapid.IntRange(0, 1).Draw(t, "_id"))})
		if include == 0 {
			out[len(out)-1].Value = int32(0)
		}
	}

	return out
}

// find draws a find. Without a sort any order is right, and then it has neither skip nor limit.
func find(t *rapid.T, w *world) operation {
	command := bson.D{{Key: "find", Value: w.collection}, {Key: "filter", Value: filter(t, w)}}
	open := openness{order: true}
	if rapid.Bool().Draw(t, "sorted") {
		sort := order(t, w)
		command = append(command, bson.E{Key: "sort", Value: sort})
		command = append(command, window(t)...)
		open = w.openSort(sort, command)
	}
	if rapid.IntRange(0, 2).Draw(t, "projected") == 2 {
		command = append(command, bson.E{Key: "projection", Value: projection(t)})
	}
	if rapid.IntRange(0, 3).Draw(t, "batched") == 3 {
		command = append(command, bson.E{Key: "batchSize", Value: int32(rapid.IntRange(0, 2).Draw(t, "batchSize"))})
	}

	return operation{command: command, open: open}
}

// window draws a skip and a limit, either of them possibly absent.
func window(t *rapid.T) bson.D {
	out := bson.D{}
	for _, name := range []string{"skip", "limit"} {
		if rapid.IntRange(0, 2).Draw(t, "has "+name) == 2 {
			out = append(out, bson.E{Key: name, Value: int32(rapid.IntRange(0, 4).Draw(t, name))})
		}
	}

	return out
}

// count draws a count. It has a condition: without one a server may answer from its statistics.
func count(t *rapid.T, w *world) operation {
	query := filter(t, w)
	if len(query) == 0 {
		query = bson.D{{Key: "_id", Value: bson.D{{Key: "$exists", Value: true}}}}
	}
	command := bson.D{{Key: "count", Value: w.collection}, {Key: "query", Value: query}}

	return operation{command: append(command, window(t)...)}
}

func distinct(t *rapid.T, w *world) operation {
	return operation{
		command: bson.D{
			{Key: "distinct", Value: w.collection},
			{Key: "key", Value: rapid.SampledFrom(append([]string{"_id"}, paths...)).Draw(t, "key")},
			{Key: "query", Value: filter(t, w)},
		},
		open: openness{order: true, numberType: true},
	}
}
