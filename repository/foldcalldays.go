package repository

import (
	"cmp"
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

const (
	// daysAtOnce is how many days one call of FoldCallDays looks at.
	daysAtOnce = 1000
	// packedTogether is the time whose calls are read together: a week of a large
	// shop has some ten thousand.
	packedTogether = 7 * analytics.UTCDay
	// maxPackedHour bounds a packed hour in bytes, so that a day stays below the 16
	// megabytes of a document: some 25,000 calls. Hours with more of them are read
	// from their facts.
	maxPackedHour = 512 << 10
)

// FoldCallDays packs the calls of hours that changed, of all organizations, at days
// that became dirty more than after before now: whoever asks meanwhile reads the
// calls of these hours one by one. It returns how many days it looked at; zero when
// there is nothing left to do. It may run beside everything else, also twice:
// whoever is too late changes nothing.
//
// In a database that an older version wrote, the first call marks the days of all
// calls.
func (r *Repository) FoldCallDays(ctx context.Context, after time.Duration, now time.Time) (int, error) {
	if err := r.keepCallDays(ctx); err != nil {
		return 0, err
	}
	ripe := bson.D{
		{Key: "$gt", Value: bson.ObjectID{}}, // so that the index of the order serves it
		{Key: "$lt", Value: bson.NewObjectIDFromTimestamp(now.Add(time.Second - after))},
	}
	filter := r.pauses.leaveOut(bson.D{{Key: "mark", Value: ripe}}, "_id", "fold days of calls", now)
	dirty, err := find[callDay](ctx, r.coll(collCallDays), filter, options.Find().
		SetSort(bson.D{{Key: "mark", Value: 1}}).SetLimit(daysAtOnce).SetBatchSize(oneBatch(daysAtOnce)).SetProjection(only("org", "day", "dirty", "mark")))
	if err != nil {
		return 0, wrap(err, "find dirty days of calls")
	}
	slices.SortFunc(dirty, func(a, b *callDay) int {
		return cmp.Or(strings.Compare(a.Org, b.Org), a.Day.Compare(b.Day))
	})
	near := slices.Collect(chunkBy(dirty, func(first, day *callDay) bool {
		return first.Org == day.Org && day.Day.Sub(first.Day) < packedTogether
	}))
	folded := 0
	_, err = workApart(ctx, r, "fold days of calls", now, near, func(days []*callDay) string { return days[0].Key }, func(ctx context.Context, days []*callDay) error {
		err := r.foldDays(ctx, days)
		if err == nil {
			folded += len(days)
		}
		return err
	})
	return folded, err
}

// chunkBy cuts a list where an item does not go with the first of its chunk.
func chunkBy[T any](list []T, together func(first, item T) bool) iter.Seq[[]T] {
	return func(yield func([]T) bool) {
		for len(list) > 0 {
			n := 1
			for n < len(list) && together(list[0], list[n]) {
				n++
			}
			if !yield(list[:n]) {
				return
			}
			list = list[n:]
		}
	}
}

// foldDays packs the dirty hours of some days of one organization.
func (r *Repository) foldDays(ctx context.Context, days []*callDay) error {
	ctx, cancel := context.WithTimeout(ctx, foldTimeout)
	defer cancel()
	f := &dayFolding{r: r, reach: analytics.Reach{Org: days[0].Org}, days: days, mark: bson.NewObjectID(), packers: map[time.Time]*analytics.CallPacker{}}
	for _, step := range []func(context.Context) error{f.begin, f.read, f.store} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// dayFolding is the fold of some days. What changes once it has begun is marked
// again, and stays dirty.
type dayFolding struct {
	r       *Repository
	reach   analytics.Reach
	days    []*callDay
	mark    bson.ObjectID
	packers map[time.Time]*analytics.CallPacker // of the hours that were dirty
}

// begin puts the mark of the fold in the place of those that it found, before the
// facts are read. Where somebody else was faster, nothing is stored in the end.
func (f *dayFolding) begin(ctx context.Context) error {
	models := make([]mongo.WriteModel, len(f.days))
	for i, day := range f.days {
		set := bson.D{{Key: "mark", Value: f.mark}}
		day.each(func(hour time.Time, name string) {
			if _, dirty := day.Dirty[name]; dirty {
				set = append(set, bson.E{Key: "dirty." + name, Value: f.mark})
				f.packers[hour] = analytics.NewCallPacker(hour)
			}
		})
		models[i] = f.update(day, "mark", day.Mark, bson.D{{Key: "$set", Value: set}})
	}
	_, err := f.r.write(ctx, collCallDays, models)
	return wrap(err, "begin to fold days of calls")
}

// read packs the calls of the dirty hours.
func (f *dayFolding) read(ctx context.Context) error {
	if len(f.packers) == 0 {
		return nil
	}
	hours := slices.SortedFunc(maps.Keys(f.packers), time.Time.Compare)
	span := analytics.Period{Start: hours[0], End: hours[len(hours)-1].Add(analytics.PackedHour)}
	return f.r.eachCallFact(ctx, within(f.reach).and("at", during(span)), append(factProjection(analytics.AllCallStats), only("test", "short")...), func(m *analytics.CallMetrics) {
		if packer := f.packers[analytics.HourOf(m.At)]; packer != nil {
			packer.Add(m)
		}
	})
}

// store stores what is packed, and takes the marks away: of whole days where
// nothing was marked since the fold began, else of those hours that were not.
func (f *dayFolding) store(ctx context.Context) error {
	var days, hours []mongo.WriteModel
	for _, day := range f.days {
		settled := []setting{{field: "dirty"}, {field: "mark"}}
		day.each(func(hour time.Time, name string) {
			packer := f.packers[hour]
			if packer == nil {
				return
			}
			packed := packedHour(packer)
			s := setting{"hours." + name, packed, packed != nil}
			settled = append(settled, s)
			hours = append(hours, f.update(day, "dirty."+name, f.mark, setOrUnset(s, setting{field: "dirty." + name})))
		})
		days = append(days, f.update(day, "mark", f.mark, setOrUnset(settled...)))
	}
	result, err := f.r.coll(collCallDays).BulkWrite(ctx, days, options.BulkWrite().SetOrdered(false))
	if err != nil || result.MatchedCount == int64(len(days)) {
		return wrap(err, "write days of calls")
	}
	_, err = f.r.write(ctx, collCallDays, hours)
	return wrap(err, "write hours of calls")
}

// update returns the update of a day of which a field still has a value.
func (f *dayFolding) update(day *callDay, field string, value any, update bson.D) mongo.WriteModel {
	return mongo.NewUpdateOneModel().
		SetFilter(bson.D{{Key: "_id", Value: day.Key}, {Key: "org", Value: day.Org}, {Key: field, Value: value}}).
		SetUpdate(update)
}

// packedHour returns what is stored of an hour: nil for no calls, and nothing
// but an entry for too many.
func packedHour(packer *analytics.CallPacker) []byte {
	packed := packer.Packed()
	if len(packed) > maxPackedHour {
		return []byte{}
	}
	return packed
}
