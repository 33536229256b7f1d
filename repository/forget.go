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

// forgetBatch is how many documents are looked at between two writes: few enough
// that nobody waits for them.
const forgetBatch = 500

// callSettles is how long after an event came in its call may still be unknown
// although it was told of: longer than taking a batch in takes.
const callSettles = 5 * time.Minute

// Forgotten is how many documents personal data was taken out of, by collection.
type Forgotten map[string]int

// Forget takes the personal data out of all documents, of all organizations, in
// which it is too old, and returns how many they were; also where it fails half
// way. What fails by itself, because it is broken, stays due and does not keep the
// others: the error names it once all is done. It may run at several gateways at once, beside writers, and be broken off
// and repeated: documents are found by the time of their personal data, which
// goes with it, so whoever puts old data back puts it in front of the next run.
//
// The truth goes first, so that nothing is derived from it again. No metric
// changes: what is counted is not personal.
func (r *Repository) Forget(ctx context.Context, f analytics.Forgetting) (Forgotten, error) {
	g := &forgetting{r: r, Forgetting: f, forgotten: Forgotten{}}
	return g.forgotten, g.run(ctx)
}

// Forgettable returns what Forget would do, and blanks nothing.
func (r *Repository) Forgettable(ctx context.Context, f analytics.Forgetting) (Forgotten, error) {
	g := &forgetting{r: r, Forgetting: f, forgotten: Forgotten{}, dry: true}
	return g.forgotten, g.run(ctx)
}

// forgetting is one run of Forget.
type forgetting struct {
	r *Repository
	analytics.Forgetting
	dry       bool // count only
	forgotten Forgotten
	failed    failures
}

func (g *forgetting) run(ctx context.Context) error {
	err := g.all(ctx)
	return wrap(errors.Join(err, g.failed.err()), "forget personal data")
}

// all goes through all that is due. It fails where it cannot go on.
func (g *forgetting) all(ctx context.Context) error {
	if err := g.r.markPersonal(ctx); err != nil {
		return err
	}
	if err := eachDue(ctx, g, collEvents, nil, nil, func(e *analytics.Event) string { return e.Key }, g.blankEvents); err != nil {
		return wrap(err, "blank events")
	}
	ended := []bson.D{ // or taken for ended: see analytics.Forgetting
		{{Key: "running", Value: false}},
		{{Key: "at", Value: bson.D{{Key: "$lt", Value: g.LongRunning()}}}},
	}
	if err := eachDue(ctx, g, collCalls, ended, only("org", "id", "personal"), keyOfDue, g.deriveCalls); err != nil {
		return wrap(err, "derive calls without personal data")
	}
	err := eachDue(ctx, g, collMessages, nil, only("org", "personal"), keyOfDue, g.blankMessages)
	return wrap(err, "blank chat messages")
}

// dueDocument is a document in which personal data is due.
type dueDocument struct {
	Key string `bson:"_id"`
	Org string `bson:"org"`
	ID  string `bson:"id"`
}

func keyOfDue(d *dueDocument) string { return d.Key }

// eachDue calls do with the documents of a collection whose personal data is
// older than the limit, a batch at a time, each document once. Alternatives, if
// there are any, narrow them further. Of documents that cannot be decoded, and
// those with which do fails by themselves, it takes a note.
func eachDue[T any](ctx context.Context, g *forgetting, collection string, alternatives []bson.D, projection bson.D,
	keyOf func(*T) string, do func(context.Context, []*T) error) error {
	order := options.Find().SetSort(bson.D{{Key: "personal", Value: 1}, {Key: "_id", Value: 1}}).
		SetLimit(forgetBatch).SetBatchSize(oneBatch(forgetBatch))
	if projection != nil {
		order.SetProjection(projection)
	}
	var at time.Time // of the last one that was found
	var key string
	for {
		bounds := bson.D{{Key: "$lt", Value: g.Limit()}}
		c := conditions{}
		if key != "" {
			bounds = append(bounds, bson.E{Key: "$gte", Value: at})
			c = c.either(
				bson.D{{Key: "personal", Value: bson.D{{Key: "$gt", Value: at}}}},
				bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: key}}}})
		}
		c = c.and("personal", bounds)
		if alternatives != nil {
			c = c.either(alternatives...)
		}
		var batch []*T
		found := 0
		err := eachFound(ctx, g.r.coll(collection), c.filter(), func(document bson.Raw, _ int) error {
			at, _ = document.Lookup("personal").TimeOK() // which the filter bounds
			key = keyIn(document)
			found++
			item := new(T)
			if err := decode(document, item); err != nil {
				g.failed.add(wrap(err, "read one of %s", collection))
				return nil
			}
			batch = append(batch, item)
			return nil
		}, order)
		if err != nil {
			return err
		}
		if len(batch) > 0 {
			err = inHalves(ctx, batch, do, func(item *T, err error) {
				g.failed.add(wrap(err, "forget personal data of %s %s", collection, keyOf(item)))
			})
		}
		if err != nil || found < forgetBatch {
			return err
		}
	}
}

// blankEvents takes the personal data out of events. That of a call which ended
// later, or runs, is left until it is due.
func (g *forgetting) blankEvents(ctx context.Context, events []*analytics.Event) error {
	calls, err := g.callTimes(ctx, events)
	if err != nil {
		return err
	}
	var models []mongo.WriteModel
	blanked := 0
	for _, e := range slices.SortedFunc(slices.Values(events), func(a, b *analytics.Event) int { return strings.Compare(a.Key, b.Key) }) {
		call, update := calls[e.Org][e.Subject], blankingOf(e)
		if _, ofCall := analytics.SubjectID("call", e.Subject); ofCall && call == nil && g.Now.Sub(e.Received) < callSettles {
			continue // whose call may be on its way
		}
		if due := g.Due(*e.Personal, call); due.Before(g.Limit()) {
			blanked++
		} else {
			update = bson.D{{Key: "$set", Value: bson.D{{Key: "personal", Value: due}}}}
		}
		models = append(models, changeOf(e.Org, e.Key, update))
	}
	return g.blank(ctx, collEvents, blanked, func() error {
		_, err := g.r.write(ctx, collEvents, models)
		return err
	})
}

// blankingOf returns the update that takes the personal data out of an event.
func blankingOf(e *analytics.Event) bson.D {
	unset := bson.D{{Key: "personal", Value: ""}}
	for _, path := range e.PersonalPaths() {
		unset = append(unset, bson.E{Key: path, Value: ""})
	}
	update := bson.D{{Key: "$unset", Value: unset}}
	if e.HasComment() {
		update = append(update, bson.E{Key: "$set", Value: bson.D{{Key: "data.commented", Value: true}}})
	}
	return update
}

// callTimes returns when the calls of events were, by organization and subject.
func (g *forgetting) callTimes(ctx context.Context, events []*analytics.Event) (map[string]map[string]*analytics.CallTimes, error) {
	ids := idsByOrg{}
	for _, e := range events {
		if id, ok := analytics.SubjectID("call", e.Subject); ok {
			ids.add(e.Org, id)
		}
	}
	times := map[string]map[string]*analytics.CallTimes{}
	for _, org := range ids.orgs() {
		reach := analytics.Reach{Org: org}
		found, err := find[timesOfCall](ctx, g.r.coll(collCalls), within(reach).in("_id", keysOf(reach, sortedKeys(ids[org]))).filter(),
			wholeResult().SetProjection(only("id", "at", "endedAt", "running")))
		if err != nil {
			return nil, wrap(err, "find times of calls")
		}
		times[org] = map[string]*analytics.CallTimes{}
		for _, call := range found {
			times[org][analytics.CallSubject(call.CallID)] = &call.CallTimes
		}
	}
	return times, nil
}

// timesOfCall is what is read of a call for them.
type timesOfCall struct {
	CallID              string `bson:"id"`
	analytics.CallTimes `bson:",inline"`
}

// deriveCalls derives calls and their chat again, from events that have no
// personal data by now.
func (g *forgetting) deriveCalls(ctx context.Context, calls []*dueDocument) error {
	ids := idsByOrg{}
	for _, call := range calls {
		ids.add(call.Org, call.ID)
	}
	return g.blank(ctx, collCalls, len(calls), func() error {
		for _, org := range ids.orgs() {
			d := newDerivation(g.r, org)
			d.calls = ids[org]
			if err := d.run(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// blankMessages takes the names of viewers out of the chat of live events.
func (g *forgetting) blankMessages(ctx context.Context, messages []*dueDocument) error {
	unset := bson.D{{Key: "$unset", Value: bson.D{{Key: "name", Value: ""}, {Key: "personal", Value: ""}}}}
	var models []mongo.WriteModel
	for _, m := range slices.SortedFunc(slices.Values(messages), func(a, b *dueDocument) int { return strings.Compare(a.Key, b.Key) }) {
		models = append(models, changeOf(m.Org, m.Key, unset))
	}
	return g.blank(ctx, collMessages, len(messages), func() error {
		_, err := g.r.write(ctx, collMessages, models)
		return err
	})
}

func changeOf(org, key string, update bson.D) mongo.WriteModel {
	return mongo.NewUpdateOneModel().SetFilter(bson.D{{Key: "_id", Value: key}, {Key: "org", Value: org}}).SetUpdate(update)
}

// blank changes a batch of documents, unless this is a count, and counts how many
// of them lose personal data. It is noted before, should the gateway die, and
// afterwards, should files be written anew meanwhile.
func (g *forgetting) blank(ctx context.Context, collection string, n int, change func() error) error {
	if !g.dry {
		if err := g.r.noteBlanking(ctx); err != nil {
			return err
		}
		if err := change(); err != nil {
			return err
		}
		if err := g.r.noteBlanking(ctx); err != nil {
			return err
		}
	}
	if n > 0 {
		g.forgotten[collection] += n
	}
	return nil
}

// idsByOrg are native ids by organization.
type idsByOrg map[string]map[string]bool

func (ids idsByOrg) add(org, id string) {
	if ids[org] == nil {
		ids[org] = map[string]bool{}
	}
	ids[org][id] = true
}

func (ids idsByOrg) orgs() []string { return slices.Sorted(maps.Keys(ids)) }
