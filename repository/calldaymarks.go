package repository

import (
	"context"
	"maps"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// markCallHours tells that facts of calls changed in some hours. It is called when
// they are written, and before whoever brought the change hears that it is in.
//
// What is dirty already, and not being folded, stays as it is: whoever folds it
// begins after this. So a busy day is not written with each of its events.
func (r *Repository) markCallHours(ctx context.Context, reach analytics.Reach, hours map[time.Time]bool) error {
	byDay := map[time.Time][]time.Time{}
	for hour := range hours {
		byDay[dayOf(hour)] = append(byDay[dayOf(hour)], hour)
	}
	days := slices.SortedFunc(maps.Keys(byDay), time.Time.Compare)
	for some := range slices.Chunk(days, deriveAtOnce) {
		known, err := r.dirtyHours(ctx, reach, some)
		if err != nil {
			return err
		}
		var models []mongo.WriteModel
		for _, day := range some {
			if model := markOf(reach, day, byDay[day], known[callDayKey(reach, day)]); model != nil {
				models = append(models, model)
			}
		}
		if err := r.writeInsisting(ctx, collCallDays, models); err != nil {
			return wrap(err, "mark hours of calls")
		}
	}
	return nil
}

// markHoursOf marks the hours that calls are counted in or may have been.
func (r *Repository) markHoursOf(ctx context.Context, reach analytics.Reach, calls []*analytics.CallMetrics) error {
	hours := map[time.Time]bool{}
	for _, m := range calls {
		for hour := range m.Hours() {
			hours[hour] = true
		}
	}
	return r.markCallHours(ctx, reach, hours)
}

// dirtyHours returns what is dirty of days, by the key of the day; an empty day
// for one that is not stored.
func (r *Repository) dirtyHours(ctx context.Context, reach analytics.Reach, days []time.Time) (map[string]*callDay, error) {
	keys := make([]string, len(days))
	for i, day := range days {
		keys[i] = callDayKey(reach, day)
	}
	found, err := find[callDay](ctx, r.coll(collCallDays), within(reach).in("_id", keys).filter(),
		wholeResult().SetProjection(only("dirty")))
	if err != nil {
		return nil, wrap(err, "find dirty hours of calls")
	}
	dirty := make(map[string]*callDay, len(days))
	for _, key := range keys {
		dirty[key] = new(callDay)
	}
	for _, day := range found {
		dirty[day.Key] = day
	}
	return dirty, nil
}

// markOf returns the update that makes hours of a day dirty; nil where all are.
func markOf(reach analytics.Reach, day time.Time, hours []time.Time, known *callDay) mongo.WriteModel {
	set := bson.D{{Key: "mark", Value: bson.NewObjectID()}}
	for _, hour := range hours {
		if name := hourName(hour); !known.isMarked(name) {
			set = append(set, bson.E{Key: "dirty." + name, Value: bson.NilObjectID})
		}
	}
	if len(set) == 1 {
		return nil
	}
	return mongo.NewUpdateOneModel().
		SetFilter(bson.D{{Key: "_id", Value: callDayKey(reach, day)}, {Key: "org", Value: reach.Org}}).
		SetUpdate(bson.D{{Key: "$set", Value: set}, {Key: "$setOnInsert", Value: bson.D{{Key: "day", Value: day}}}}).
		SetUpsert(true)
}

// markAllCallHours marks the hours of all calls that there are, also those that
// calls were in before.
func (r *Repository) markAllCallHours(ctx context.Context) error {
	cursor, err := r.coll(collCallMetrics).Find(ctx, bson.D{},
		options.Find().SetBatchSize(factBatch).SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "org", Value: 1}, {Key: "at", Value: 1}, {Key: "formerTimes", Value: 1}}))
	if err != nil {
		return wrap(err, "read hours of calls")
	}
	defer cursor.Close(ctx)
	hours := map[string]map[time.Time]bool{}
	for cursor.Next(ctx) {
		var m analytics.CallMetrics
		if err := decode(cursor.Current, &m); err != nil {
			return wrap(err, "read hours of calls")
		}
		if hours[m.Org] == nil {
			hours[m.Org] = map[time.Time]bool{}
		}
		for hour := range m.Hours() {
			hours[m.Org][hour] = true
		}
	}
	if err := cursor.Err(); err != nil {
		return wrap(err, "read hours of calls")
	}
	for org, ofOrg := range hours {
		if err := r.markCallHours(ctx, analytics.Reach{Org: org}, ofOrg); err != nil {
			return err
		}
	}
	return nil
}

// callDaysKept reports whether the days of all calls are kept: packed, or marked
// as dirty. They are not in a database that an older version wrote, until a first
// fold has marked them. Once they are, they stay so.
func (r *Repository) callDaysKept(ctx context.Context) (bool, error) {
	if r.callDays.Load() {
		return true, nil
	}
	state, err := r.State(ctx)
	if err == nil && state.CallDays {
		r.callDays.Store(true)
	}
	return state.CallDays, err
}

// keepCallDays makes sure that the days of all calls are kept.
func (r *Repository) keepCallDays(ctx context.Context) error {
	if kept, err := r.callDaysKept(ctx); kept || err != nil {
		return err
	}
	if err := r.markAllCallHours(ctx); err != nil {
		return err
	}
	err := r.setState(ctx, "callDays")
	if err == nil {
		r.callDays.Store(true)
	}
	return err
}
