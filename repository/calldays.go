package repository

import (
	"context"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// callDay is what is stored of one UTC day of an organization's calls: the facts
// of those that CallMetrics.At places in it, packed hour by hour, and which hours
// are not what the facts say. An hour that is in neither has no calls.
type callDay struct {
	Key string    `bson:"_id"`
	Org string    `bson:"org"`
	Day time.Time `bson:"day"`
	// Hours are packed calls by hourName; empty where there are too many of them.
	Hours map[string][]byte `bson:"hours,omitempty"`
	// Dirty are the hours of which facts changed: with the mark of the fold that
	// began after they did, or nothing where none has.
	Dirty map[string]bson.ObjectID `bson:"dirty,omitempty"`
	// Mark is there while an hour is dirty. It tells when the last of them became
	// so or a fold began, and is never the same again.
	Mark bson.ObjectID `bson:"mark,omitempty"`
}

func dayOf(t time.Time) time.Time { return t.UTC().Truncate(analytics.UTCDay) }

func callDayKey(reach analytics.Reach, day time.Time) string {
	return reach.Key(strconv.FormatInt(day.UnixMilli(), 10))
}

// hourName is what an hour is called within its day: from "0" to "23".
func hourName(hour time.Time) string { return strconv.Itoa(hour.UTC().Hour()) }

// isMarked reports whether an hour is dirty and no fold of it has begun since.
func (d *callDay) isMarked(name string) bool {
	mark, dirty := d.Dirty[name]
	return dirty && mark.IsZero()
}

// each calls do for each hour of the day, in order.
func (d *callDay) each(do func(hour time.Time, name string)) {
	for hour := range int(analytics.UTCDay / analytics.PackedHour) {
		do(d.Day.UTC().Add(time.Duration(hour)*analytics.PackedHour), strconv.Itoa(hour))
	}
}

// dayReading folds the packed calls of an organization into statistics.
type dayReading struct {
	match    *analytics.CallMatch
	period   *analytics.Period
	unpacker *analytics.CallUnpacker
	fold     *analytics.CallStatsFold
	pending  map[time.Time]bool // hours to be read from the facts
	damaged  map[time.Time]bool // of these, those to be packed again
}

// monthOfDays is how many days the first answer carries, the next one all others:
// who finds very many calls in it waits for a turn before those come. A month of
// another time zone reaches into 32 days.
const monthOfDays = 32

// foldCallDays folds the calls of a period (nil: of all time) that are packed, and
// returns the hours whose calls have to be read from their facts.
func (r *Repository) foldCallDays(ctx context.Context, reach analytics.Reach, period *analytics.Period, filter analytics.CallStatsFilter, fold *analytics.CallStatsFold, turn *turn) (map[time.Time]bool, error) {
	d := &dayReading{
		match: analytics.NewCallMatch(reach, period, filter), period: period, unpacker: analytics.NewCallUnpacker(), fold: fold,
		pending: map[time.Time]bool{}, damaged: map[time.Time]bool{},
	}
	c := within(reach) // its agent is looked for in what is packed
	if period != nil {
		c = c.and("day", during(analytics.Period{Start: dayOf(period.Start), End: period.End}))
	}
	cursor, err := r.coll(collCallDays).Find(ctx, c.filter(), options.Find().SetSort(bson.D{{Key: "day", Value: 1}}).SetBatchSize(oneBatch(monthOfDays)))
	if err != nil {
		return nil, wrap(err, "read days of calls")
	}
	defer cursor.Close(ctx)
	cursor.SetBatchSize(wholeBatch)
	for cursor.Next(ctx) {
		var day callDay
		if err := decode(cursor.Current, &day); err != nil {
			return nil, wrap(err, "read days of calls")
		}
		calls := 0
		day.each(func(hour time.Time, name string) { calls += d.read(&day, hour, name) })
		if err := turn.counted(ctx, calls); err != nil {
			return nil, wrap(err, "wait for other statistics")
		}
	}
	if err := cursor.Err(); err != nil {
		return nil, wrap(err, "read days of calls")
	}
	return d.pending, r.markCallHours(ctx, reach, d.damaged)
}

// read folds one hour, or notes that it has to be read from the facts. It returns
// the number of calls that it looked at.
func (d *dayReading) read(day *callDay, hour time.Time, name string) int {
	packed, known := day.Hours[name]
	_, dirty := day.Dirty[name]
	if !known && !dirty || d.period != nil && d.period.Intersect(analytics.Period{Start: hour, End: hour.Add(analytics.PackedHour)}).Empty() {
		return 0
	}
	if dirty || len(packed) == 0 {
		d.pending[hour] = true
		return 0
	}
	calls, err := d.unpacker.Unpack(hour, packed)
	if err != nil {
		d.pending[hour], d.damaged[hour] = true, true
		return 0
	}
	for i := range calls {
		if d.match.Counts(&calls[i]) {
			d.fold.Add(&calls[i])
		}
	}
	return len(calls)
}
