package difftest

import (
	"fmt"
	"slices"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

func insert(t *rapid.T, w *world) operation {
	documents := bson.A{}
	for range rapid.IntRange(1, 4).Draw(t, "number of documents") {
		documents = append(documents, document(t))
	}

	return operation{writes: true, command: bson.D{
		{Key: "insert", Value: w.collection},
		{Key: "documents", Value: documents},
		{Key: "ordered", Value: rapid.Bool().Draw(t, "ordered")},
	}}
}

// update draws an update of one document, of many, or an upsert.
func update(t *rapid.T, w *world) operation {
	kind := rapid.SampledFrom([]string{"one", "many", "upsert"}).Draw(t, "kind")
	var query, how bson.D
	if kind == "many" {
		query, how = filter(t, w), modifiers(t, w, false)
	} else {
		query, how = one(t, w), change(t, w, kind == "upsert")
	}
	statement := bson.D{{Key: "q", Value: query}, {Key: "u", Value: how}, {Key: "upsert", Value: kind == "upsert"}, {Key: "multi", Value: kind == "many"}}

	return operation{
		writes:  true,
		partial: kind == "many",
		open:    openness{unchanged: mayKeep(how)},
		command: bson.D{{Key: "update", Value: w.collection}, {Key: "updates", Value: bson.A{statement}}},
	}
}

// mayKeep tells whether the update is one that leaves a document as it is and yet, to the full-size engine, changes it: a
// replacement by the same, or an increment by nothing, or by what is lost in a great number.
func mayKeep(update bson.D) bool {
	return !slices.ContainsFunc(update, func(e bson.E) bool { return e.Key[0] == '$' }) ||
		slices.ContainsFunc(update, func(e bson.E) bool { return e.Key == "$inc" })
}

func remove(t *rapid.T, w *world) operation {
	statement := bson.D{{Key: "q", Value: one(t, w)}, {Key: "limit", Value: int32(1)}}
	if rapid.Bool().Draw(t, "many") {
		statement = bson.D{{Key: "q", Value: filter(t, w)}, {Key: "limit", Value: int32(0)}}
	}

	return operation{writes: true, command: bson.D{{Key: "delete", Value: w.collection}, {Key: "deletes", Value: bson.A{statement}}}}
}

// findAndModify draws one of its forms. A sort, or an _id in the query, says which document it takes.
func findAndModify(t *rapid.T, w *world) operation {
	command := bson.D{{Key: "findAndModify", Value: w.collection}}
	upsert := rapid.IntRange(0, 3).Draw(t, "upsert") == 3
	if sort := order(t, w); !upsert && !w.emptyArrayAt(sort) && rapid.Bool().Draw(t, "sorted") {
		command = append(command, bson.E{Key: "query", Value: filter(t, w)}, bson.E{Key: "sort", Value: sort})
	} else {
		command = append(command, bson.E{Key: "query", Value: one(t, w)})
	}

	if !upsert && rapid.IntRange(0, 3).Draw(t, "remove") == 3 {
		command = append(command, bson.E{Key: "remove", Value: true})
	} else {
		command = append(command, bson.E{Key: "update", Value: change(t, w, upsert)}, bson.E{Key: "new", Value: rapid.Bool().Draw(t, "new")})
	}
	if upsert {
		command = append(command, bson.E{Key: "upsert", Value: true})
	}
	if rapid.IntRange(0, 3).Draw(t, "projected") == 3 {
		command = append(command, bson.E{Key: "fields", Value: projection(t)})
	}

	return operation{writes: true, command: command}
}

// one draws a filter that at most one document meets: it names an _id.
func one(t *rapid.T, w *world) bson.D {
	out := bson.D{{Key: "_id", Value: identity.Draw(t, "_id")}}
	if rapid.Bool().Draw(t, "only _id") {
		return out
	}

	path := rapid.SampledFrom(paths).Draw(t, "path")

	return append(out, bson.E{Key: path, Value: condition(t, w, path)})
}

// change draws an update: operators, or a replacement.
func change(t *rapid.T, w *world, upsert bool) bson.D {
	if rapid.IntRange(0, 3).Draw(t, "replacement") == 3 {
		return fields(t)
	}

	return modifiers(t, w, upsert)
}

var updateOperators = []string{"$set", "$unset", "$inc", "$min", "$max", "$push", "$addToSet", "$pull", "$setOnInsert"}

// modifiers draws update operators on up to three paths that do not conflict.
func modifiers(t *rapid.T, w *world, upsert bool) bson.D {
	out := bson.D{}
	for _, path := range distinctPaths(t, append([]string{"a.0"}, paths...), 3) {
		op := rapid.SampledFrom(updateOperators).Draw(t, "operator")
		if op == "$pull" && (upsert || w.anyAt(path, isPlain)) || op == "$unset" && (upsert || w.anyAt(path, hasArray)) {
			// Of a longer path, the full-size engine's $pull creates the parents, and its $unset fails at an array, or counts a
			// null that it leaves there as a change.
			path = firstComponent(path)
		}
		field := bson.E{Key: path, Value: updateOperand(t, w, path, op, upsert)}
		if at := slices.IndexFunc(out, func(e bson.E) bool { return e.Key == op }); at >= 0 {
			out[at].Value = append(out[at].Value.(bson.D), field)
			continue
		}
		out = append(out, bson.E{Key: op, Value: bson.D{field}})
	}

	return out
}

func updateOperand(t *rapid.T, w *world, path, op string, upsert bool) any {
	switch op {
	case "$unset":
		return ""
	case "$inc":
		return number.Draw(t, op)
	case "$push", "$addToSet":
		if rapid.IntRange(0, 2).Draw(t, "$each") == 2 {
			return bson.D{{Key: "$each", Value: bson.A(rapid.SliceOfN(anyValue, 1, 3).Draw(t, "$each"))}}
		}
	case "$pull":
		kinds := []string{"value", "operator", "condition"}
		if upsert || w.anyAt(path, hasArrayInArray) {
			kinds = kinds[:2] // to the full-size engine, an array in the array meets a condition on fields that lets them be missing
		}
		switch rapid.SampledFrom(kinds).Draw(t, "$pull by") {
		case "operator":
			return queryOperator(t, w, path+".0", rapid.SampledFrom([]string{"$gt", "$lte", "$in", "$ne"}).Draw(t, "by operator"))
		case "condition":
			return bson.D{{Key: "x", Value: condition(t, w, path+".0.x")}}
		}
		return scalar.Draw(t, op)
	}

	return anyValue.Draw(t, op)
}

// createIndex draws an index of one or two fields. A unique one is ascending, and of fields of the document itself: in a
// descending one the full-size engine does not see documents that lack a field, and on a longer path it does not see what
// lacks the field in an array. The name tells what the index is.
func createIndex(t *rapid.T, w *world) operation {
	unique := rapid.IntRange(0, 2).Draw(t, "unique") == 2
	from := paths
	if unique {
		from = topFields
	}
	key, name := bson.D{}, ""
	for _, path := range rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, 2, rapid.ID).Draw(t, "indexed paths") {
		direction := rapid.SampledFrom([]int32{1, -1}).Draw(t, "direction")
		if unique {
			direction = 1
		}
		key = append(key, bson.E{Key: path, Value: direction})
		name += fmt.Sprintf("%s_%d_", path, direction)
	}
	index := bson.D{{Key: "key", Value: key}, {Key: "name", Value: strings.TrimSuffix(name, "_")}}
	if unique {
		index = append(index, bson.E{Key: "unique", Value: true})
	}

	return operation{writes: true, command: bson.D{{Key: "createIndexes", Value: w.collection}, {Key: "indexes", Value: bson.A{index}}}}
}

// dropIndexes drops all but that of _id. While the collection is empty it is a createIndex: whether it exists then is open,
// as after an upsert that failed.
func dropIndexes(t *rapid.T, w *world) operation {
	if len(w.contents) == 0 {
		return createIndex(t, w)
	}

	return operation{writes: true, command: bson.D{{Key: "dropIndexes", Value: w.collection}, {Key: "index", Value: "*"}}}
}
