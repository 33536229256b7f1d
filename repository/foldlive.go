package repository

import (
	"context"
	"errors"
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
	// foldAtOnce bounds how many pending events one fold takes: what it reads and
	// folds has to fit into memory.
	foldAtOnce = 100_000
	// foldTimeout bounds one fold: it may have to read a whole broadcast.
	foldTimeout = 5 * time.Minute
	// foldTries is how often a fold begins again because another one was faster;
	// each time one of them got done.
	foldTries = 20
	// unfoldedBatches is how many batches may wait to be folded before whoever
	// brings another one folds them first: readers fold what waits themselves.
	unfoldedBatches = 64
)

// FoldLive folds what came in about live events of all organizations into what is
// stored of them: that of batches that are done, and of those that were broken
// off more than olderThan before now. It returns how many batches it folded. Where
// there is none left, it returns zero, and has counted the figures of all phases
// that changed. It may run beside everything else, also twice.
//
// Nothing depends on it but speed: readers fold what is pending themselves.
func (r *Repository) FoldLive(ctx context.Context, olderThan time.Duration, now time.Time) (int, error) {
	ever := bson.D{{Key: "at", Value: bson.D{{Key: "$gt", Value: time.Time{}}}}} // by the index of the order
	marks, err := find[liveMark](ctx, r.coll(collLiveMarks), r.pauses.leaveOut(ever, "org", "fold live events", now), options.Find().SetSort(bson.D{{Key: "at", Value: 1}}).
		SetLimit(recoverMarks).SetProjection(only("org", "at", "done")))
	if err != nil {
		return 0, wrap(err, "find marks of live events")
	}
	ready := readyMarks(now.Add(-olderThan))
	orgs := map[string]bool{}
	for _, mark := range ready(marks) {
		orgs[mark.Org] = true
	}
	folded := 0
	_, err = workApart(ctx, r, "fold live events", now, sortedKeys(orgs), itself, func(ctx context.Context, org string) error {
		n, err := r.foldLiveOf(ctx, analytics.Reach{Org: org}, ready)
		folded += n
		return err
	})
	if folded > 0 || err != nil {
		return folded, wrap(err, "fold live events")
	}
	return 0, r.countFigures(ctx, now)
}

// countAtOnce is of how many live events figures are counted at once.
const countAtOnce = 25

// countFigures counts the figures of whole phases whose buckets changed, so that
// nobody has to who reads them.
func (r *Repository) countFigures(ctx context.Context, now time.Time) error {
	filter := r.pauses.leaveOut(bson.D{{Key: "fresh", Value: false}}, "org", "count figures", now)
	outdated, err := find[liveFigures](ctx, r.coll(collLiveFigures), filter, wholeResult().SetProjection(only("org", "liveEvent", "phase")))
	if err != nil {
		return wrap(err, "find outdated figures")
	}
	of := map[string]map[analytics.LivePhase][]string{} // by organization
	for _, f := range outdated {
		if of[f.Org] == nil {
			of[f.Org] = map[analytics.LivePhase][]string{}
		}
		of[f.Org][f.Phase] = append(of[f.Org][f.Phase], f.LiveEventID)
	}
	_, err = workApart(ctx, r, "count figures", now, sortedKeys(of), itself, func(ctx context.Context, org string) error {
		reach := analytics.Reach{Org: org}
		var failed error
		for phase, all := range of[org] {
			for ids := range slices.Chunk(all, countAtOnce) {
				var err error
				if phase == allPhases {
					_, err = r.ReadInteractions(ctx, reach, ids)
				} else {
					_, err = r.ReadLive(ctx, reach, phase, nil, ids)
				}
				failed = errors.Join(failed, err)
				if err != nil && allWouldFail(ctx, err) {
					return failed
				}
			}
		}
		return failed
	})
	return wrap(err, "count figures")
}

// readyMarks returns a choice of marks: the oldest of those that are done, or
// were set before a moment.
func readyMarks(before time.Time) func([]*liveMark) []*liveMark {
	return func(marks []*liveMark) []*liveMark {
		events := 0
		return slices.DeleteFunc(marks, func(m *liveMark) bool {
			if events > 0 && events+len(m.Events) > foldAtOnce || !m.Done && !m.At.Before(before) {
				return true
			}
			events += len(m.Events)
			return false
		})
	}
}

// foldLiveOf folds what is pending in one organization, and returns how many
// batches that were.
func (r *Repository) foldLiveOf(ctx context.Context, reach analytics.Reach, chosen func([]*liveMark) []*liveMark) (int, error) {
	if err := r.folding.take(ctx); err != nil {
		return 0, wrap(err, "wait for another fold of live events")
	}
	defer r.folding.give()
	ctx, cancel := context.WithTimeout(ctx, foldTimeout)
	defer cancel()
	waiting := r.unfolded.Load()
	for range foldTries {
		v, err := r.viewLive(ctx, reach, nil, chosen)
		if err != nil || len(v.marks) == 0 {
			return 0, err
		}
		f := &liveFolding{liveView: v}
		done, err := f.run(ctx)
		if err != nil {
			return 0, err
		}
		if done {
			r.unfolded.Add(-waiting)
			return len(v.marks), nil
		}
	}
	return 0, nil // others fold them
}

// foldBacklog folds what waits if it is much, so that it never grows without
// bound: whoever brings more waits for it, as long as ctx lasts. What fails here fails again, and is
// told, where live events are folded in the background: the events are stored.
func (r *Repository) foldBacklog(ctx context.Context, reach analytics.Reach) {
	const what = "fold live events"
	if r.unfolded.Load() < unfoldedBatches || r.pauses.has(what, reach.Org, time.Now()) {
		return
	}
	_, err := r.foldLiveOf(ctx, reach, readyMarks(time.Time{}))
	if err != nil && !allWouldFail(ctx, err) {
		r.pauses.failed(what, reach.Org, time.Now())
	}
}

// liveFolding stores what a view comes to. Each step reports false where another
// fold was faster: then nothing is lost, and the view has to be read again.
type liveFolding struct {
	*liveView
	// versions are those of the stored buckets that may be replaced, by key.
	versions map[string]*liveBucket
	folded   map[string][]*liveBucket // by live event
}

func (f *liveFolding) run(ctx context.Context) (bool, error) {
	if err := f.numberSessions(ctx); err != nil {
		return false, err
	}
	steps := []func(context.Context) (bool, error){
		f.announceTimelines, f.findVersions, f.fold,
		func(ctx context.Context) (bool, error) { return f.r.passFence(ctx, f.reach, f.fence) },
		f.outdateFigures, f.writeTouches, f.writeBuckets, f.writeHeads, f.writeSessions,
	}
	for _, step := range steps {
		if done, err := step(ctx); !done || err != nil {
			return false, err
		}
	}
	keys := make([]string, len(f.marks))
	for i, mark := range f.marks {
		keys[i] = mark.Key
	}
	_, err := f.r.coll(collLiveMarks).DeleteMany(ctx, within(f.reach).in("_id", keys).filter())
	return true, wrap(err, "delete marks of live events")
}

// numberSessions gives new sessions their ordinals.
func (f *liveFolding) numberSessions(ctx context.Context) error {
	fresh := map[string][]*liveSession{}
	var keys []string
	for key, s := range f.sessions {
		if f.before[key] == nil {
			fresh[s.LiveEventID] = append(fresh[s.LiveEventID], s)
			keys = append(keys, key)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	for id, sessions := range fresh {
		if err := f.r.giveSessionOrdinals(ctx, f.reach, id, sessions); err != nil {
			return err
		}
	}
	stored, err := find[liveSession](ctx, f.r.coll(collLiveSessions), within(f.reach).in("_id", keys).filter(), wholeResult())
	if err != nil {
		return wrap(err, "find new sessions")
	}
	for _, s := range stored {
		f.before[s.Key] = s
		f.sessions[s.Key].Ordinal = s.Ordinal
	}
	return nil
}

// announceTimelines notes with which timelines buckets are going to be folded,
// before any is.
func (f *liveFolding) announceTimelines(ctx context.Context) (bool, error) {
	var swaps []swap
	for _, id := range f.ids() {
		timeline, head := f.timelines[id], f.heads[id]
		if head == nil {
			head = &liveHead{Key: partKey(f.reach, id, ""), Org: f.reach.Org, LiveEventID: id}
			f.heads[id] = head
		}
		if !head.knows(&timeline) {
			head.Timelines = append(head.Timelines, timeline)
			head.Version++
			swaps = append(swaps, swap{head.Key, head.Version - 1, head})
		}
	}
	lost, err := f.r.swapAll(ctx, collLiveFolds, f.reach.Org, swaps)
	return len(lost) == 0, wrap(err, "announce timelines of live events")
}

// ids returns the live events that something may be stored of, in order.
func (f *liveFolding) ids() []string {
	return slices.Sorted(maps.Keys(f.liveEvents))
}

func (f *liveFolding) bucketKey(id string, phase analytics.LivePhase, start time.Time) string {
	return partKey(f.reach, id, bucketID(phase, start))
}

// findVersions reads the versions of the buckets that are touched. They are read
// before what the buckets are folded from.
func (f *liveFolding) findVersions(ctx context.Context) (bool, error) {
	f.versions = map[string]*liveBucket{}
	var keys []string
	for id, touched := range f.touched {
		for phase, spans := range touched.buckets {
			for start := range spans {
				keys = append(keys, f.bucketKey(id, phase, start))
			}
		}
	}
	filters := []bson.D{within(f.reach).in("_id", keys).filter()}
	for id, touched := range f.touched {
		if touched.isMoved() {
			filters = append(filters, within(f.reach).and("liveEvent", id).and("start", during(touched.moved)).filter())
		}
	}
	for _, filter := range filters {
		found, err := find[liveBucket](ctx, f.r.coll(collBuckets), filter, wholeResult().SetProjection(only("version", "liveEvent", "phase", "start")))
		if err != nil {
			return false, wrap(err, "find versions of buckets")
		}
		for _, b := range found {
			f.versions[b.Key] = b
		}
	}
	return true, nil
}

// fold folds all touched buckets.
func (f *liveFolding) fold(ctx context.Context) (bool, error) {
	wanted := map[analytics.Period][]string{}
	var ids []string
	for id, touched := range f.touched {
		spans := touched.spans(allTime, manySpans, livePhases...)
		for _, span := range spans {
			wanted[span] = append(wanted[span], id)
		}
		if len(spans) > 0 {
			ids = append(ids, id)
		}
	}
	activities, err := f.sources(ctx, wanted, ids, true)
	if err != nil {
		return false, err
	}
	f.folded = map[string][]*liveBucket{}
	for id, a := range activities {
		touched := f.touched[id]
		for _, s := range f.sessions {
			if s.LiveEventID == id && s.Start != nil {
				ordinal := a.Visitor(s.Start.VisitorID)
				s.Visitor = &ordinal
			}
		}
		for _, phase := range livePhases {
			folded := touched.fold(a, phase, allTime)
			for start, bucket := range folded {
				f.folded[id] = append(f.folded[id], f.bucketOf(id, phase, start, bucket))
			}
		}
	}
	f.emptyOthers()
	return true, nil
}

// allTime is every moment that anything can happen at.
var allTime = analytics.EverAfter(time.Time{})

// emptyOthers empties the stored buckets that are touched but in which nothing
// happens any more, or which the timeline does not have any more. No bucket is
// ever deleted: whoever is late would not find that it changed.
func (f *liveFolding) emptyOthers() {
	written := map[string]bool{}
	for _, buckets := range f.folded {
		for _, b := range buckets {
			written[b.Key] = true
		}
	}
	for key, stored := range f.versions {
		if !written[key] {
			f.folded[stored.LiveEventID] = append(f.folded[stored.LiveEventID], f.bucketOf(stored.LiveEventID, stored.Phase, stored.Start, &analytics.LiveBucket{}))
		}
	}
}

func (f *liveFolding) bucketOf(id string, phase analytics.LivePhase, start time.Time, bucket *analytics.LiveBucket) *liveBucket {
	timeline := f.timelines[id]
	return &liveBucket{
		Key: f.bucketKey(id, phase, start), Org: f.reach.Org, LiveEventID: id, Phase: phase, Start: start,
		StartedAt: timeline.StartedAt, EndedAt: timeline.EndedAt, Bucket: *bucket,
	}
}

// outdateFigures tells that the figures of the phases that change are not those
// of their buckets any more.
func (f *liveFolding) outdateFigures(ctx context.Context) (bool, error) {
	var models []mongo.WriteModel
	for _, id := range f.ids() {
		phases := map[analytics.LivePhase]bool{}
		for _, b := range f.folded[id] {
			phases[b.Phase], phases[allPhases] = true, true
		}
		// A live event that is new, or of which phases move, gets all of them.
		all := f.heads[id].Version == 1 || len(f.heads[id].Timelines) > 1
		for _, phase := range append([]analytics.LivePhase{allPhases}, livePhases...) {
			if all || phases[phase] {
				filter := bson.D{{Key: "_id", Value: partKey(f.reach, id, string(phase))}, {Key: "org", Value: f.reach.Org}}
				update := bson.D{
					{Key: "$set", Value: bson.D{{Key: "fresh", Value: false}, {Key: "liveEvent", Value: id}, {Key: "phase", Value: phase}}},
					{Key: "$inc", Value: bson.D{{Key: "version", Value: int64(1)}}},
				}
				models = append(models, mongo.NewUpdateOneModel().SetFilter(filter).SetUpdate(update).SetUpsert(true))
			}
		}
	}
	return true, wrap(f.r.writeInsisting(ctx, collLiveFigures, models), "outdate figures of live events")
}

// writeBuckets replaces the buckets at the versions that they had.
func (f *liveFolding) writeBuckets(ctx context.Context) (bool, error) {
	var swaps []swap
	for _, id := range f.ids() {
		for _, b := range f.folded[id] {
			if stored := f.versions[b.Key]; stored != nil {
				b.Version = stored.Version
			}
			b.Version++
			swaps = append(swaps, swap{b.Key, b.Version - 1, b})
		}
	}
	return f.swap(ctx, collBuckets, swaps)
}

// swap makes swaps, many at a time.
func (f *liveFolding) swap(ctx context.Context, collection string, swaps []swap) (bool, error) {
	slices.SortFunc(swaps, func(a, b swap) int { return strings.Compare(a.key, b.key) })
	for some := range slices.Chunk(swaps, bucketsAtOnce) {
		lost, err := f.r.swapAll(ctx, collection, f.reach.Org, some)
		if len(lost) > 0 || err != nil {
			return false, wrap(err, "write %s", collection)
		}
	}
	return true, nil
}

// bucketsAtOnce is how many buckets one command writes: each may have some
// hundred kilobytes, a message 48 megabytes.
const bucketsAtOnce = 50

// writeHeads writes what is kept once of each live event.
func (f *liveFolding) writeHeads(ctx context.Context) (bool, error) {
	var swaps []swap
	for _, id := range f.ids() {
		head, timeline := f.heads[id], f.timelines[id]
		displays := f.displays(id)
		settled := len(head.Timelines) == 1 || !f.asked[id]
		if settled && len(displays.Marks) == len(head.Displays.Marks) {
			continue
		}
		next := *head
		next.Displays = displays
		if !settled {
			next.Timelines = []analytics.LiveTimeline{timeline}
		}
		next.Version++
		swaps = append(swaps, swap{head.Key, head.Version, &next})
	}
	return f.swap(ctx, collLiveFolds, swaps)
}

// writeSessions writes the sessions that changed.
func (f *liveFolding) writeSessions(ctx context.Context) (bool, error) {
	var updates []mongo.WriteModel
	for _, key := range slices.Sorted(maps.Keys(f.sessions)) {
		s := f.sessions[key]
		updates = append(updates, versioned(f.reach, key, f.before[key].Version, setOrUnset(
			setting{"stretches", s.Stretches, true}, setting{"start", s.Start, s.Start != nil},
			setting{"first", s.First, s.First != nil}, setting{"last", s.Last, s.Last != nil},
			setting{"visitor", s.Visitor, s.Visitor != nil}, setting{"wipes", s.Wipes, s.Wipes > 0},
		)))
	}
	return f.update(ctx, collLiveSessions, updates)
}

// writeTouches writes which live events purchases belong to, before any bucket
// counts them there: from then on every fold and every reader finds these buckets,
// also where this one gets no further and the purchase moves on.
func (f *liveFolding) writeTouches(ctx context.Context) (bool, error) {
	var updates []mongo.WriteModel
	for _, id := range slices.Sorted(maps.Keys(f.attributed)) {
		if p := f.purchases[id]; f.attributed[id] {
			updates = append(updates, versioned(f.reach, p.Key, p.Version, setOrUnset(
				setting{"live", p.Live, p.Live != nil}, setting{"formerLiveEvents", p.FormerLiveEvents, len(p.FormerLiveEvents) > 0},
			)))
		}
	}
	return f.update(ctx, collPurchases, updates)
}

// update makes updates and reports whether all of them found their document at
// the version they are for.
func (f *liveFolding) update(ctx context.Context, collection string, updates []mongo.WriteModel) (bool, error) {
	for some := range slices.Chunk(updates, deriveAtOnce) {
		result, err := f.r.coll(collection).BulkWrite(ctx, some, options.BulkWrite().SetOrdered(false))
		if err != nil {
			return false, wrap(err, "write %s", collection)
		}
		if result.MatchedCount != int64(len(some)) {
			return false, nil
		}
	}
	return true, nil
}

// versioned returns the update of a document if it still has a version.
func versioned(reach analytics.Reach, key string, version int64, update bson.D) mongo.WriteModel {
	return mongo.NewUpdateOneModel().
		SetFilter(bson.D{{Key: "_id", Value: key}, {Key: "org", Value: reach.Org}, {Key: "version", Value: version}}).
		SetUpdate(append(update, bson.E{Key: "$inc", Value: bson.D{{Key: "version", Value: int64(1)}}}))
}

// setting is a field that an update sets, or takes away.
type setting struct {
	field string
	value any
	has   bool
}

func setOrUnset(settings ...setting) bson.D {
	set, unset := bson.D{}, bson.D{}
	for _, s := range settings {
		if s.has {
			set = append(set, bson.E{Key: s.field, Value: s.value})
		} else {
			unset = append(unset, bson.E{Key: s.field, Value: ""})
		}
	}
	var update bson.D
	if len(set) > 0 {
		update = append(update, bson.E{Key: "$set", Value: set})
	}
	if len(unset) > 0 {
		update = append(update, bson.E{Key: "$unset", Value: unset})
	}
	return update
}
