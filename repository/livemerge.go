package repository

import (
	"context"
	"slices"
	"time"

	"cartograph/analytics"
)

// mergeRest merges the buckets of what no figures are stored of.
func (l *liveReader) mergeRest(ctx context.Context) error {
	for _, p := range l.reads {
		var rest []string
		for _, id := range p.ids {
			if p.stored[id] == nil {
				rest = append(rest, id)
			}
		}
		if len(rest) == 0 {
			continue
		}
		var err error
		if p.merged, err = l.merge(ctx, p, rest); err != nil {
			return err
		}
	}
	return nil
}

// merge returns the merged buckets of what is asked about live events: those that
// are stored, those that are pending, and those that the period cuts.
func (l *liveReader) merge(ctx context.Context, p *phaseRead, ids []string) (map[string]*analytics.LiveBucket, error) {
	readings := map[string]map[analytics.LivePhase]analytics.Reading{}
	wanted := map[string][]analytics.Period{}
	hull := analytics.Period{}
	for _, id := range ids {
		timeline := l.timelines[id]
		readings[id] = map[analytics.LivePhase]analytics.Reading{}
		for _, phase := range p.phases() {
			reading := timeline.Read(phase, p.period)
			readings[id][phase] = reading
			wanted[id] = append(wanted[id], l.touched[id].spans(reading.Whole, manySpans, phase)...)
			wanted[id] = append(wanted[id], cuts(reading)...)
			if whole := reading.Whole; whole.Start.Before(whole.End) {
				if hull == (analytics.Period{}) {
					hull = whole
				}
				hull = analytics.JoinPeriods([]analytics.Period{hull, whole}, 1)[0]
			}
		}
	}
	stored, err := l.findBuckets(ctx, p, ids, hull)
	if err != nil {
		return nil, err
	}
	activities, err := l.sources(ctx, readTogether(wanted), ids, false)
	if err != nil {
		return nil, err
	}
	merged := make(map[string]*analytics.LiveBucket, len(ids))
	for _, id := range ids {
		var buckets []*analytics.LiveBucket
		for _, b := range stored[id] {
			timeline := l.timelines[id]
			if readings[id][b.Phase].Whole.Contains(b.Start) && b.stands(&timeline) && !l.touched[id].has(b.Phase, b.Start) {
				buckets = append(buckets, &b.Bucket)
			}
		}
		for phase, reading := range readings[id] {
			for _, b := range l.touched[id].fold(activities[id], phase, reading.Whole) {
				buckets = append(buckets, b)
			}
			for _, cut := range reading.Cut {
				buckets = append(buckets, analytics.FoldLiveBucket(activities[id], phase, cut))
			}
		}
		merged[id] = analytics.MergeLiveBuckets(buckets...)
	}
	return merged, nil
}

// readTogether returns which live events to read in which spans, so few spans
// that the number of commands does not depend on how many live events there are.
func readTogether(wanted map[string][]analytics.Period) map[analytics.Period][]string {
	var all []analytics.Period
	for _, spans := range wanted {
		all = append(all, spans...)
	}
	together := map[analytics.Period][]string{}
	for _, joint := range analytics.JoinPeriods(all, manySpans) {
		for id, spans := range wanted {
			if slices.ContainsFunc(spans, func(p analytics.Period) bool { return joint.Contains(p.Start) }) {
				together[joint] = append(together[joint], id)
			}
		}
	}
	return together
}

// findBuckets reads the stored buckets that begin in a span, by live event: of
// those of a whole phase all, as its figures are kept.
func (l *liveReader) findBuckets(ctx context.Context, p *phaseRead, ids []string, begin analytics.Period) (map[string][]*liveBucket, error) {
	var phases []string
	for _, phase := range p.phases() {
		phases = append(phases, string(phase))
	}
	var without []Part
	if !p.whole() {
		without = notNeeded(partsOfBuckets, p.without)
	}
	found, err := find[liveBucket](ctx, l.r.coll(collBuckets),
		within(l.reach).in("liveEvent", ids).in("phase", phases).and("start", during(begin)).filter(), wholeResult(), lacking(without))
	if err != nil {
		return nil, wrap(err, "find buckets of live events")
	}
	byLiveEvent := map[string][]*liveBucket{}
	for _, b := range found {
		byLiveEvent[b.LiveEventID] = append(byLiveEvent[b.LiveEventID], b)
	}
	return byLiveEvent, nil
}

// cuts returns the spans to read for the buckets that the period cuts: of all
// live events the same, so that they are read together.
func cuts(reading analytics.Reading) []analytics.Period {
	var spans []analytics.Period
	for _, cut := range reading.Cut {
		start := cut.Start.UTC().Truncate(cutWidth)
		spans = append(spans, analytics.Period{Start: start, End: start.Add(cutWidth)})
	}
	return spans
}

// cutWidth is the width of the widest bucket, on whose edges no bucket is cut.
const cutWidth = 15 * time.Minute
