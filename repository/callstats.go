package repository

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// factBatch is how many call facts one answer carries. A projected fact has
// about 300 bytes: three megabytes at a time are few round trips and little
// memory.
const factBatch = 10_000

// factFinds bounds the commands that read the facts of hours that are not packed:
// more than the hours that purchases change within seconds, which lie far apart.
const factFinds = 16

// CallStats returns the statistics of the calls of a period, of all for nil,
// that the filter finds: exact, from the facts of every call. They are read as
// they are packed by days (callDay), those of hours that changed one by one. It
// fails with BadUserInput for a period or a filter that is not valid, and with
// LimitExceeded for a series of too many steps.
func (r *Repository) CallStats(ctx context.Context, reach analytics.Reach, period *analytics.Period, filter analytics.CallStatsFilter, g analytics.Granularity, loc *time.Location, parts analytics.CallStatsParts) (*analytics.CallStats, error) {
	fold, err := analytics.NewCallStatsFold(period, g, loc, parts)
	if err != nil {
		return nil, err
	}
	c, err := factConditions(reach, period, filter)
	if err != nil {
		return nil, err
	}
	ctx, cancel := r.bounded(ctx)
	defer cancel()
	turn := turn{turns: r.statistics}
	defer turn.end()
	packed, err := r.callDaysKept(ctx)
	switch {
	case err != nil:
		return nil, err
	case packed && reach.Call == "": // packed calls have no ids
		err = r.foldPacked(ctx, reach, period, filter, c, parts, fold, &turn)
	default:
		err = r.eachCallFact(ctx, c, factProjection(parts), fold.Add)
	}
	if err != nil {
		return nil, err
	}
	return fold.Stats()
}

// foldPacked folds calls as they are packed, and those that are not one by one.
func (r *Repository) foldPacked(ctx context.Context, reach analytics.Reach, period *analytics.Period, filter analytics.CallStatsFilter, c conditions, parts analytics.CallStatsParts, fold *analytics.CallStatsFold, turn *turn) error {
	pending, err := r.foldCallDays(ctx, reach, period, filter, fold, turn)
	if err != nil {
		return err
	}
	parts.Series = max(parts.Series, analytics.Summed) // the facts have to tell their hour
	for _, span := range spansOfHours(pending) {
		err := r.eachCallFact(ctx, c.and("at", during(span)), factProjection(parts), func(m *analytics.CallMetrics) {
			if pending[analytics.HourOf(m.At)] {
				fold.Add(m)
			}
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// spansOfHours returns few spans that hold all of some hours.
func spansOfHours(hours map[time.Time]bool) []analytics.Period {
	spans := make([]analytics.Period, 0, len(hours))
	for hour := range hours {
		spans = append(spans, analytics.Period{Start: hour, End: hour.Add(analytics.PackedHour)})
	}
	return analytics.JoinPeriods(spans, factFinds)
}

// eachCallFact calls do for the facts of each call that conditions find. They are valid until the next ones.
func (r *Repository) eachCallFact(ctx context.Context, c conditions, projection bson.D, do func(*analytics.CallMetrics)) error {
	cursor, err := r.coll(collCallMetrics).Find(ctx, c.filter(), options.Find().SetProjection(projection).SetBatchSize(factBatch))
	if err != nil {
		return wrap(err, "read call facts")
	}
	defer cursor.Close(ctx)
	facts := newFactReader()
	for cursor.Next(ctx) {
		fact, err := facts.read(cursor.Current)
		if err != nil {
			return wrap(err, "read call facts")
		}
		do(fact)
	}
	return wrap(cursor.Err(), "read call facts")
}

// factConditions returns what statistics ask of the facts of calls.
func factConditions(reach analytics.Reach, period *analytics.Period, f analytics.CallStatsFilter) (conditions, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	c := takenBy(withinCalls(reach), f.AgentIDs, f.QueueIDs)
	if period != nil {
		c = c.and("at", during(*period))
	}
	if f.Type != nil {
		c = c.and("type", string(*f.Type))
	}
	if f.ExcludeTestCalls {
		c = c.and("test", bson.D{{Key: "$ne", Value: true}}) // nearly all: nothing to choose an index by
	}
	return c.withoutShort(f.ExcludeShortCalls, f.ExcludeShortWaits), nil
}

// factProjection returns the fields that the wanted parts are made of: the
// products of a call, the largest part of its facts, are none of them.
func factProjection(parts analytics.CallStatsParts) bson.D {
	projection := bson.D{{Key: "_id", Value: 0}}
	fields := []string{
		"status", "type", "duration", "queueWait", "messagesByAgent", "messagesByShopper",
		"added", "checkedOut", "rating", "scale", "purchases.count", "purchases.revenue",
	}
	if parts.ByAgent != analytics.Unwanted {
		fields = append(fields, "agent")
	}
	if parts.ByQueue != analytics.Unwanted {
		fields = append(fields, "queue")
	}
	if parts.Series != analytics.Unwanted {
		fields = append(fields, "at")
	}
	for _, field := range fields {
		projection = append(projection, bson.E{Key: field, Value: 1})
	}
	return projection
}
