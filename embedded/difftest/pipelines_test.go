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
		stage("$match", filter(t))
	}
	if may("$sort") {
		sort := order(t)
		stage("$sort", sort)
		if !w.emptyArrayAt(sort) && may("$limit") {
			stage("$limit", int64(rapid.IntRange(1, 4).Draw(t, "$limit")))
		}
	}
	if may("$unwind") {
		stage("$unwind", unwind(t))
		if may("$match") {
			stage("$match", filter(t))
		}
	}
	if may("$group") {
		stage("$group", group(t))
		if may("$match") {
			stage("$match", groupFilter(t))
		}
		if may("$sort") {
			stage("$sort", bson.D{{Key: "_id", Value: int32(1)}})
			if may("$limit") {
				stage("$limit", int64(rapid.IntRange(1, 4).Draw(t, "$limit")))
			}
		}
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

// groupPaths are what a pipeline groups by and sums.
var groupPaths = rapid.Map(rapid.SampledFrom(append([]string{"_id"}, paths...)), func(p string) any { return "$" + p })

// group draws a group by nothing, by a path, or by a document of two paths, with sums.
func group(t *rapid.T) bson.D {
	var key any
	switch rapid.IntRange(0, 2).Draw(t, "group by") {
	case 1:
		key = groupPaths.Draw(t, "group by")
	case 2:
		// One of the two is always there: of a document where both are missing engines make different keys.
		key = bson.D{{Key: "p", Value: groupPaths.Draw(t, "p")}, {Key: "q", Value: "$_id"}}
	}

	return bson.D{
		{Key: "_id", Value: key},
		{Key: "n", Value: bson.D{{Key: "$sum", Value: int32(1)}}},
		{Key: "sum", Value: bson.D{{Key: "$sum", Value: groupPaths.Draw(t, "summed")}}},
	}
}

func groupFilter(t *rapid.T) bson.D {
	return bson.D{{Key: rapid.SampledFrom([]string{"n", "sum", "_id", "_id.p"}).Draw(t, "group's field"), Value: condition(t)}}
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
