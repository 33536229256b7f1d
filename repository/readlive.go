package repository

import (
	"context"
	"maps"
	"slices"
	"time"

	"cartograph/analytics"
)

// allPhases stands in the place of a phase for what comes of all of them.
const allPhases analytics.LivePhase = ""

// liveReadTries is how often live events are read again because a fold began to
// write meanwhile; there is about one in a second.
const liveReadTries = 10

// ReadLive returns what one phase of live events comes to, by the live event's
// native id; a live event that is not known has no entry. A period restricts
// prelive and replay; the live phase is always whole. All that was answered
// before is counted. It fails with BadUserInput for a period that is not valid.
//
// The number of commands does not depend on how much happened: a whole phase is
// read as its figures, a period as the buckets in it. What is not folded yet is
// folded on the way.
func (r *Repository) ReadLive(ctx context.Context, reach analytics.Reach, phase analytics.LivePhase, period *analytics.Period, liveEventIDs []string) (map[string]*analytics.LiveReading, error) {
	if period != nil {
		if err := period.Validate(); err != nil {
			return nil, err
		}
	}
	var readings map[string]*analytics.LiveReading
	err := r.readConsistently(ctx, reach, liveEventIDs, func(v *liveView) (keep func(context.Context) error, err error) {
		l := &liveReader{liveView: v, phase: phase, period: period}
		readings, err = l.read(ctx)
		return l.keep, err
	})
	return readings, wrap(err, "read live events")
}

// ReadInteractions returns what the interactions of live events come to over all
// phases, by the live event's native id; a live event that is not known has no
// entry.
func (r *Repository) ReadInteractions(ctx context.Context, reach analytics.Reach, liveEventIDs []string) (map[string]analytics.InteractionFigures, error) {
	var figures map[string]analytics.InteractionFigures
	err := r.readConsistently(ctx, reach, liveEventIDs, func(v *liveView) (keep func(context.Context) error, err error) {
		l := &liveReader{liveView: v, phase: allPhases}
		figures, err = l.readInteractions(ctx)
		return l.keep, err
	})
	return figures, wrap(err, "read interactions")
}

// LivePurchases returns the purchases that belong to a live event, in no order.
func (r *Repository) LivePurchases(ctx context.Context, reach analytics.Reach, liveEventID string) ([]*analytics.Purchase, error) {
	var purchases []*analytics.Purchase
	err := r.readConsistently(ctx, reach, []string{liveEventID}, func(v *liveView) (func(context.Context) error, error) {
		stored, err := find[analytics.Purchase](ctx, r.coll(collPurchases), within(reach).and("live.liveEvent", liveEventID).filter(), wholeResult())
		purchases = purchases[:0]
		for _, p := range stored {
			if v.purchases[p.TransactionID] == nil {
				purchases = append(purchases, p)
			}
		}
		for _, p := range v.purchases {
			if p.Live != nil && p.Live.LiveEventID == liveEventID {
				purchases = append(purchases, p)
			}
		}
		return keepNothing, err
	})
	return purchases, wrap(err, "read purchases of a live event")
}

func keepNothing(context.Context) error { return nil }

// readConsistently reads a view of live events and what read makes of it, again
// where a fold began to write meanwhile. What it then keeps spares others work.
func (r *Repository) readConsistently(ctx context.Context, reach analytics.Reach, ids []string, read func(*liveView) (keep func(context.Context) error, err error)) error {
	for try := range liveReadTries {
		current, err := r.readOnce(ctx, reach, ids, try > 0, read)
		if current || err != nil {
			return err
		}
	}
	return analytics.Errorf(analytics.Unavailable, "the live events change too fast to be read; ask again")
}

// readOnce reports whether nothing began to write while it read. To make it
// likelier, it may keep those who fold here from beginning.
func (r *Repository) readOnce(ctx context.Context, reach analytics.Reach, ids []string, alone bool, read func(*liveView) (keep func(context.Context) error, err error)) (bool, error) {
	if alone && r.folding.TryLock() {
		defer r.folding.Unlock()
	}
	v, err := r.viewLive(ctx, reach, ids, func(all []*liveMark) []*liveMark { return all })
	if err != nil {
		return false, err
	}
	keep, err := read(v)
	if err != nil {
		return false, err
	}
	if current, err := v.current(ctx); !current || err != nil {
		return false, err
	}
	return true, keep(ctx)
}

// liveReader reads one phase of the live events of a view.
type liveReader struct {
	*liveView
	phase  analytics.LivePhase
	period *analytics.Period

	ids      []string // of the live events that were asked for and are known
	stored   map[string]*liveFigures
	versions map[string]int64 // of the stored figures, fresh or not
	products map[string]*analytics.Product
	counted  []swap // figures that were counted of what is stored alone
}

// whole reports whether all of the phase is asked for.
func (l *liveReader) whole() bool { return l.period == nil || l.phase == analytics.Live }

// phases are those that buckets are read of.
func (l *liveReader) phases() []analytics.LivePhase {
	if l.phase == allPhases {
		return livePhases
	}
	return []analytics.LivePhase{l.phase}
}

func (l *liveReader) read(ctx context.Context) (map[string]*analytics.LiveReading, error) {
	figures := map[string]*analytics.LiveFigures{}
	if err := l.findStored(ctx); err != nil {
		return nil, err
	}
	skus := map[string]bool{}
	displays := map[string]analytics.LiveDisplays{}
	for _, id := range l.ids {
		displays[id] = l.displays(id).Without(l.timelines[id].Wiped)
		for _, mark := range displays[id].Marks {
			skus[mark.SKU] = true
		}
		if f := l.stored[id]; f != nil {
			for _, meant := range f.Figures.Meant {
				skus[meant.SKU] = true
			}
		}
	}
	if err := l.findProducts(ctx, skus); err != nil {
		return nil, err
	}
	var rest []string
	for _, id := range l.ids {
		if f := l.stored[id]; f != nil && f.Figures.Fits(l.productOf) {
			figures[id] = f.Figures
		} else {
			rest = append(rest, id)
		}
	}
	merged, err := l.merge(ctx, rest)
	if err != nil {
		return nil, err
	}
	for _, b := range merged {
		for i := range b.Products {
			skus[b.Products[i].SKU] = true
		}
	}
	if err := l.findProducts(ctx, skus); err != nil {
		return nil, err
	}
	for id, b := range merged {
		figures[id] = b.Figures(l.phase, l.productOf)
		l.count(id, &liveFigures{Figures: figures[id]})
	}
	readings := make(map[string]*analytics.LiveReading, len(l.ids))
	for id, f := range figures {
		readings[id] = &analytics.LiveReading{Figures: f, Scope: analytics.LiveScope{
			Timeline: l.timelines[id], Period: l.period, Displays: displays[id], ProductOf: l.productOf,
		}}
	}
	return readings, nil
}

func (l *liveReader) readInteractions(ctx context.Context) (map[string]analytics.InteractionFigures, error) {
	if err := l.findStored(ctx); err != nil {
		return nil, err
	}
	figures := map[string]analytics.InteractionFigures{}
	var rest []string
	for _, id := range l.ids {
		if f := l.stored[id]; f != nil {
			figures[id] = f.Interactions
		} else {
			rest = append(rest, id)
		}
	}
	merged, err := l.merge(ctx, rest)
	for id, b := range merged {
		figures[id] = b.InteractionFigures()
		l.count(id, &liveFigures{Interactions: figures[id]})
	}
	return figures, err
}

// findProducts reads the products that SKUs mean, as far as they are not known.
func (l *liveReader) findProducts(ctx context.Context, skus map[string]bool) error {
	if l.products == nil {
		l.products = map[string]*analytics.Product{}
	}
	var unknown []string
	for _, sku := range sortedKeys(skus) {
		if _, known := l.products[sku]; !known {
			unknown = append(unknown, sku)
			l.products[sku] = nil
		}
	}
	if len(unknown) == 0 {
		return nil
	}
	found, err := l.r.productsMeant(ctx, l.reach, unknown)
	for sku, product := range found {
		l.products[sku] = product
	}
	return err
}

// productOf returns the product that a SKU means; one that means none stands for
// itself.
func (l *liveReader) productOf(sku string) string {
	if product := l.products[sku]; product != nil {
		return product.SKU
	}
	return sku
}

// findStored reads the stored figures of those whole phases that nothing is
// pending of.
func (l *liveReader) findStored(ctx context.Context) error {
	for _, id := range l.requested {
		if l.liveEvents[id] != nil {
			l.ids = append(l.ids, id)
		}
	}
	l.stored = map[string]*liveFigures{}
	if !l.whole() || len(l.ids) == 0 {
		return nil
	}
	ids := map[string]string{}
	for _, id := range l.ids {
		ids[partKey(l.reach, id, string(l.phase))] = id
	}
	found, err := find[liveFigures](ctx, l.r.coll(collLiveFigures), within(l.reach).in("_id", slices.Sorted(maps.Keys(ids))).filter(), wholeResult())
	if err != nil {
		return wrap(err, "find figures of live events")
	}
	l.versions = map[string]int64{}
	for _, f := range found {
		id := ids[f.Key]
		timeline := l.timelines[id]
		l.versions[id] = f.Version
		if f.Fresh && f.Timeline.Same(&timeline) && l.isSettled(id) {
			l.stored[id] = f
		}
	}
	return nil
}

// isSettled reports whether nothing is pending of what is asked for.
func (l *liveReader) isSettled(id string) bool {
	for _, phase := range l.phases() {
		if l.touched[id].any(phase) {
			return false
		}
	}
	return true
}

// count notes figures to be kept, if they are those of what is stored.
func (l *liveReader) count(id string, f *liveFigures) {
	if !l.whole() || !l.isSettled(id) || l.heads[id] == nil {
		return
	}
	f.Key, f.Org, f.Timeline, f.Fresh = partKey(l.reach, id, string(l.phase)), l.reach.Org, l.timelines[id], true
	f.LiveEventID, f.Phase, f.Version = id, l.phase, l.versions[id]+1
	l.counted = append(l.counted, swap{f.Key, f.Version - 1, f})
}

// keep stores counted figures, unless their buckets began to change.
func (l *liveReader) keep(ctx context.Context) error {
	_, err := l.r.swapAll(ctx, collLiveFigures, l.reach.Org, l.counted)
	return wrap(err, "keep figures of live events")
}

// merge returns the merged buckets of what is asked about live events: those that
// are stored, those that are pending, and those that the period cuts.
func (l *liveReader) merge(ctx context.Context, ids []string) (map[string]*analytics.LiveBucket, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	readings := map[string]map[analytics.LivePhase]analytics.Reading{}
	wanted := map[string][]analytics.Period{}
	hull := analytics.Period{}
	for _, id := range ids {
		timeline := l.timelines[id]
		readings[id] = map[analytics.LivePhase]analytics.Reading{}
		for _, phase := range l.phases() {
			reading := timeline.Read(phase, l.period)
			readings[id][phase] = reading
			wanted[id] = append(wanted[id], l.touched[id].spans(reading.Whole, manySpans, phase)...)
			wanted[id] = append(wanted[id], l.cuts(reading)...)
			if whole := reading.Whole; whole.Start.Before(whole.End) {
				if hull == (analytics.Period{}) {
					hull = whole
				}
				hull = analytics.JoinPeriods([]analytics.Period{hull, whole}, 1)[0]
			}
		}
	}
	stored, err := l.findBuckets(ctx, ids, hull)
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

// findBuckets reads the stored buckets that begin in a period, by live event.
func (l *liveReader) findBuckets(ctx context.Context, ids []string, p analytics.Period) (map[string][]*liveBucket, error) {
	var phases []string
	for _, phase := range l.phases() {
		phases = append(phases, string(phase))
	}
	found, err := find[liveBucket](ctx, l.r.coll(collBuckets),
		within(l.reach).in("liveEvent", ids).in("phase", phases).and("start", during(p)).filter(), wholeResult())
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
func (l *liveReader) cuts(reading analytics.Reading) []analytics.Period {
	var spans []analytics.Period
	for _, cut := range reading.Cut {
		start := cut.Start.UTC().Truncate(cutWidth)
		spans = append(spans, analytics.Period{Start: start, End: start.Add(cutWidth)})
	}
	return spans
}

// cutWidth is the width of the widest bucket, on whose edges no bucket is cut.
const cutWidth = 15 * time.Minute
