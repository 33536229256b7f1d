package repository

import (
	"context"
	"reflect"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
	"cartograph/auth"
)

// Insert stores documents as they are.
func (r *Repository) Insert(ctx context.Context, collection string, docs ...any) error {
	if len(docs) == 0 {
		return nil
	}
	_, err := r.coll(collection).InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
	return err
}

// Replace stores a document in the place of the one of its key, if there is one.
func (r *Repository) Replace(ctx context.Context, collection, key string, document any) error {
	_, err := r.coll(collection).ReplaceOne(ctx, bson.D{{Key: "_id", Value: key}}, document, options.Replace().SetUpsert(true))
	return err
}

// OpenWatched returns a repository that shows every command it sends.
func OpenWatched(uri, database string, onCommand func(command bson.Raw)) (*Repository, error) {
	client, err := mongo.Connect(options.Client().ApplyURI(uri).SetMonitor(&event.CommandMonitor{
		Started: func(_ context.Context, e *event.CommandStartedEvent) {
			onCommand(append(bson.Raw(nil), e.Command...))
		},
	}))
	if err != nil {
		return nil, err
	}
	return &Repository{client: client, db: client.Database(database), timeout: commandTimeout, folding: newSolo()}, nil
}

// Run sends a command to the database and returns its answer.
func (r *Repository) Run(ctx context.Context, command any) (bson.Raw, error) {
	return r.db.RunCommand(ctx, command).Raw()
}

// IndexTable returns the fields of each index that a collection has by the table.
func IndexTable(collection string) []string {
	var table []string
	for _, ix := range indexTable {
		if ix.collection == collection {
			table = append(table, ix.fields)
		}
	}
	return table
}

// IndexFields returns the fields of an index of the table by the name that the
// database gives it, nil for an unknown one.
func IndexFields(name string) []string {
	for _, ix := range indexTable {
		fields := strings.Fields(ix.fields)
		if strings.Join(fields, "_1_")+"_1" == name {
			return fields
		}
	}
	return nil
}

// ReadFact reads one document as statistics do.
func ReadFact(raw bson.Raw) (*analytics.CallMetrics, error) {
	return newFactReader().read(raw)
}

// MarkHoursOf marks the hours of calls as whoever writes their figures does.
func (r *Repository) MarkHoursOf(ctx context.Context, reach analytics.Reach, calls []*analytics.CallMetrics) error {
	return r.markHoursOf(ctx, reach, calls)
}

// MarkAllCallHours marks the hours of all calls that are stored.
func (r *Repository) MarkAllCallHours(ctx context.Context) error { return r.markAllCallHours(ctx) }

// StampAgain is stampAgain.
func (r *Repository) StampAgain(ctx context.Context, reach analytics.Reach, events []*analytics.Event, taken []int, now time.Time) error {
	return r.stampAgain(ctx, reach, events, taken, now)
}

// Reserve takes n numbers of a live event as a fold does.
func (r *Repository) Reserve(ctx context.Context, reach analytics.Reach, liveEventID, field string, n int) (uint32, error) {
	return r.reserve(ctx, reach, liveEventID, field, n)
}

// Collections returns the names of the collections that there are.
func (r *Repository) Collections(ctx context.Context) ([]string, error) {
	return r.db.ListCollectionNames(ctx, bson.D{})
}

// Raw returns all documents of a collection as they are stored.
func (r *Repository) Raw(ctx context.Context, collection string) ([]bson.Raw, error) {
	cursor, err := r.db.Collection(collection).Find(ctx, bson.D{})
	if err != nil {
		return nil, err
	}
	var documents []bson.Raw
	return documents, cursor.All(ctx, &documents)
}

// AllCollections is what CopyTo takes along.
var AllCollections = allCollections

// DocumentTypes are the types of the documents of each collection.
func DocumentTypes() map[string][]any {
	return map[string][]any{
		collAgents: {analytics.Agent{}}, collQueues: {analytics.Queue{}}, collProducts: {analytics.Product{}},
		collLiveEvents: {analytics.LiveEvent{}}, collInteractions: {analytics.Interaction{}}, collWorkflows: {analytics.Workflow{}},
		collEvents: {analytics.Event{}}, collCallClaims: {callClaim{}}, collDirtyMarks: {dirtyMark{}},
		collCalls: {analytics.Call{}}, collCallMetrics: {analytics.CallMetrics{}}, collCallDays: {callDay{}}, collPurchases: {analytics.Purchase{}}, collProductMetrics: {productDocument{}},
		collMessages: {analytics.ChatMessage{}}, collModerations: {analytics.Moderation{}},
		collWorkflowBuckets: {workflowBucket{}}, collWorkflowDays: {workflowDay{}}, collWorkflowMarks: {workflowMark{}}, collWorkflowNumbers: {workflowNumber{}},
		collLiveMarks: {liveMark{}}, collLiveFolds: {liveHead{}, liveFence{}}, collLiveSessions: {liveSession{}},
		collLiveVisitors: {liveVisitor{}}, collLiveOrdinals: {liveOrdinals{}}, collBuckets: {liveBucket{}}, collLiveFigures: {liveFigures{}},
		collCarts: {cartHead{}}, collCartUpdates: {logEntry{}},
		collWebhookEndpoints: {analytics.WebhookEndpoint{}}, collWebhookDeliveries: {analytics.WebhookDelivery{}},
		collExports: {analytics.Export{}}, collTokens: {auth.Token{}}, collState: {StoreState{}, blankings{}},
	}
}

// Commands returns every command that the repository can send to a collection, by
// name: those of its methods that take a context.
func (r *Repository) Commands(name string) map[string]func(ctx context.Context) error {
	filter, set := bson.D{{Key: "a", Value: 1}}, bson.D{{Key: "$set", Value: bson.D{{Key: "b", Value: 1}}}}
	arguments := map[string][]any{
		"Aggregate": {mongo.Pipeline{}}, "InsertMany": {[]any{filter}}, "BulkWrite": {[]mongo.WriteModel{mongo.NewDeleteOneModel().SetFilter(filter)}},
		"UpdateOne": {filter, set}, "UpdateMany": {filter, set}, "FindOneAndUpdate": {filter, set}, "ReplaceOne": {filter, filter},
	}
	commands := map[string]func(context.Context) error{}
	c := reflect.ValueOf(r.coll(name))
	for i := range c.NumMethod() {
		method := c.Type().Method(i)
		if c.Method(i).Type().NumIn() == 0 {
			continue
		}
		given := arguments[method.Name]
		if given == nil {
			given = []any{filter}
		}
		commands[method.Name] = func(ctx context.Context) error {
			in := []reflect.Value{reflect.ValueOf(ctx)}
			for _, argument := range given {
				in = append(in, reflect.ValueOf(argument))
			}
			out := c.Method(i).Call(in)
			if result, ok := out[0].Interface().(*mongo.SingleResult); ok {
				return wrap(result.Err(), "%s", method.Name)
			}
			err, _ := out[1].Interface().(error)
			return wrap(err, "%s", method.Name)
		}
	}
	return commands
}

// CountProductsFirst counts an organization's products for the first time.
func (r *Repository) CountProductsFirst(ctx context.Context, reach analytics.Reach) error {
	return r.completeProducts(ctx, reach)
}

// Unset takes a field out of all documents of a collection.
func (r *Repository) Unset(ctx context.Context, collection, field string) error {
	_, err := r.coll(collection).UpdateMany(ctx, bson.D{}, bson.D{{Key: "$unset", Value: bson.D{{Key: field, Value: ""}}}})
	return err
}

// HoldFold keeps live events from being folded here until it is called back.
func (r *Repository) HoldFold(ctx context.Context) (release func(), err error) {
	return r.folding.give, r.folding.take(ctx)
}

// FoldFullBacklog does what a batch does that comes after too many others.
func (r *Repository) FoldFullBacklog(ctx context.Context, reach analytics.Reach) {
	r.unfolded.Store(unfoldedBatches)
	r.foldBacklog(ctx, reach)
}

// Solo is solo.
type Solo struct{ solo }

// NewSolo is newSolo.
func NewSolo() Solo { return Solo{newSolo()} }

// Take is take.
func (s Solo) Take(ctx context.Context) error { return s.take(ctx) }

// TryTake is tryTake.
func (s Solo) TryTake() bool { return s.tryTake() }

// Give is give.
func (s Solo) Give() { s.give() }

// InHalves is inHalves.
func InHalves[T any](ctx context.Context, things []T, do func(context.Context, []T) error, failed func(T, error)) error {
	return inHalves(ctx, things, do, failed)
}

// Failures returns n failures as one error.
func Failures(n int, nth func(int) error) error {
	var f failures
	for i := range n {
		f.add(nth(i))
	}
	return f.err()
}

// Pauses are pauses.
type Pauses struct{ *pauses }

// NewPauses returns empty ones.
func NewPauses() Pauses { return Pauses{new(pauses)} }

// Failed is failed.
func (p Pauses) Failed(what, id string, now time.Time) { p.failed(what, id, now) }

// Done is done.
func (p Pauses) Done(what, id string) { p.done(what, id) }

// LeftOut returns what a filter leaves out.
func (p Pauses) LeftOut(what string, now time.Time) []string {
	filter := p.leaveOut(bson.D{}, "id", what, now)
	if len(filter) == 0 {
		return nil
	}
	return filter[0].Value.(bson.D)[0].Value.([]string)
}

// LeaveMark leaves the mark of a batch that was broken off.
func (r *Repository) LeaveMark(ctx context.Context, org string, at time.Time, subjects ...string) error {
	mark, err := r.setMark(ctx, org, subjects)
	if err != nil {
		return err
	}
	_, err = r.coll(collDirtyMarks).UpdateOne(ctx, bson.D{{Key: "_id", Value: mark.Key}}, bson.D{{Key: "$set", Value: bson.D{{Key: "at", Value: at.UTC()}}}})
	return err
}

// LeaveLiveMark leaves the mark of a batch that brought events to live events.
func (r *Repository) LeaveLiveMark(ctx context.Context, org string, keys ...string) error {
	mark := &liveMark{Events: keys}
	return r.aroundLiveChange(ctx, org, mark, func() error { return nil })
}
