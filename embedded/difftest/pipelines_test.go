package difftest

import (
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"
)

// aggregate draws a pipeline of the subset. It limits only what it has sorted by a key that no two documents share.
func aggregate(t *rapid.T, w *world) operation {
	pipeline := bson.A{}
	stage := func(name string, value any) { pipeline = append(pipeline, bson.D{{Key: name, Value: value}}) }
	may := func(what string) bool { return rapid.Bool().Draw(t, what) }
	open := openness{order: true, groupKey: true, rounded: true}

	if may("$match") {
		stage("$match", filter(t, w))
	}
	if may("$sort") {
		sort := order(t, w)
		stage("$sort", sort)
		if !w.emptyArrayAt(sort) && may("$limit") {
			stage("$limit", int64(rapid.IntRange(1, 4).Draw(t, "$limit")))
		}
	}
	if may("$unwind") {
		stage("$unwind", unwind(t))
		if may("$match") {
			stage("$match", filter(t, w))
		}
	}
	if may("$group") {
		pipeline = append(pipeline, group(t)...)
		if may("$match") {
			stage("$match", groupFilter(t, w))
		}
		if may("$sort") {
			stage("$sort", bson.D{{Key: "_id", Value: int32(1)}})
		}
	} else if may("top groups") {
		// Only these keys are sure to differ when they are sorted by.
		stage("$group", bson.D{{Key: "_id", Value: "$_id"}, {Key: "n", Value: bson.D{{Key: "$sum", Value: int32(1)}}}})
		stage("$sort", bson.D{{Key: "n", Value: int32(-1)}, {Key: "_id", Value: int32(1)}})
		stage("$limit", int64(rapid.IntRange(1, 4).Draw(t, "$limit")))
	} else if may("$project") {
		stage("$project", computedProjection(t))
	}

	return operation{
		command: bson.D{{Key: "aggregate", Value: w.collection}, {Key: "pipeline", Value: pipeline}, {Key: "cursor", Value: bson.D{}}},
		open:    open,
	}
}

// unwind draws the short form of $unwind, or the long one.
func unwind(t *rapid.T) any {
	path := "$" + rapid.SampledFrom(paths).Draw(t, "unwound")
	if rapid.Bool().Draw(t, "short") {
		return path
	}

	return bson.D{{Key: "path", Value: path}, {Key: "preserveNullAndEmptyArrays", Value: rapid.Bool().Draw(t, "preserve")}}
}

// groupPath is what a pipeline groups by and sums.
var groupPath = rapid.SampledFrom(append([]string{"_id"}, paths...))

// group draws a group by nothing, by a path, or by a document of two paths, with sums. Documents that lack a path of several
// components are kept out by a stage before it: of them, the full-size engine makes more than one group.
func group(t *rapid.T) bson.A {
	var key any
	stages := bson.A{}
	only := func(path string) string {
		stages = append(stages, bson.D{{Key: "$match", Value: bson.D{{Key: path, Value: bson.D{{Key: "$exists", Value: true}}}}}})
		return "$" + path
	}
	switch rapid.IntRange(0, 3).Draw(t, "group by") {
	case 1:
		key = "$" + rapid.SampledFrom(topFields).Draw(t, "group by")
	case 2:
		key = only(groupPath.Draw(t, "group by"))
	case 3:
		key = bson.D{{Key: "p", Value: only(groupPath.Draw(t, "p"))}, {Key: "q", Value: only(groupPath.Draw(t, "q"))}}
	}

	return append(stages, bson.D{{Key: "$group", Value: bson.D{
		{Key: "_id", Value: key},
		{Key: "n", Value: bson.D{{Key: "$sum", Value: int32(1)}}},
		{Key: "sum", Value: bson.D{{Key: "$sum", Value: "$" + groupPath.Draw(t, "summed")}}},
	}}})
}

func groupFilter(t *rapid.T, w *world) bson.D {
	return bson.D{{Key: rapid.SampledFrom([]string{"n", "sum", "_id", "_id.p"}).Draw(t, "group's field"), Value: condition(t, w, "a")}}
}

// computedProjection is projection, and fields that copy a path.
func computedProjection(t *rapid.T) bson.D {
	if rapid.Bool().Draw(t, "plain projection") {
		return projection(t)
	}

	out := bson.D{{Key: "a", Value: int32(1)}}
	for _, name := range []string{"k", "l"} {
		out = append(out, bson.E{Key: name, Value: "$" + rapid.SampledFrom(paths).Draw(t, "copied")})
	}

	return out
}
