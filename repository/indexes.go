package repository

import (
	"context"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// index declares one index: its fields in order. Equality fields come first,
// then the field of the order, then _id, which makes the order total.
type index struct {
	collection string
	fields     string // space separated; all ascending: an index reads both ways
	unique     bool
}

// keys returns the index's fields as the database takes them.
func (ix index) keys() bson.D {
	keys := bson.D{}
	for field := range strings.FieldsSeq(ix.fields) {
		keys = append(keys, bson.E{Key: field, Value: 1})
	}
	return keys
}

// indexTable serves every query that a list field or a loader can send. Lookups
// by native id use _id, which is built from organization and native id.
//
// Of a collection, the indexes by what few documents share stand first: an
// engine that finds two equally fit takes the first.
var indexTable = []index{
	{collAgents, "org nameKey _id", false},
	{collQueues, "org nameKey _id", false},
	{collProducts, "org skus", false},
	{collProducts, "org nameKey _id", false},
	{collLiveEvents, "org skus at _id", false},
	{collLiveEvents, "org at _id", false},
	{collInteractions, "org liveEvent _id", false},
	{collWorkflows, "org goals.uid", false},
	{collWorkflows, "org type nameKey _id", false},
	{collWorkflows, "org nameKey _id", false},

	{collCalls, "org client at _id", false},
	{collCalls, "org shopperWords at _id", false},
	{collCalls, "org skus at _id", false},
	{collCalls, "org agent at _id", false},
	{collCalls, "org queue at _id", false},
	{collCalls, "org test at _id", false},
	{collCalls, "org running at _id", false},
	{collCalls, "org type at _id", false},
	{collCalls, "org status at _id", false},
	{collCalls, "org at _id", false},
	{collCalls, "org client byDuration _id", false},
	{collCalls, "org shopperWords byDuration _id", false},
	{collCalls, "org skus byDuration _id", false},
	{collCalls, "org agent byDuration _id", false},
	{collCalls, "org queue byDuration _id", false},
	{collCalls, "org test byDuration _id", false},
	{collCalls, "org running byDuration _id", false},
	{collCalls, "org type byDuration _id", false},
	{collCalls, "org status byDuration _id", false},
	{collCalls, "org byDuration _id", false},

	{collCalls, "org startSeen _id", false},
	{collCalls, "org endSeen _id", false},

	{collCallMetrics, "org products.sku at", false},
	{collCallMetrics, "org agent at", false},
	{collCallMetrics, "org queue at", false},
	{collCallMetrics, "org at", false},

	{collCallDays, "org day", false},
	{collCallDays, "mark", false},

	{collPurchases, "org client at", false},
	{collPurchases, "org call", false},
	{collPurchases, "org lines.sku at", false},
	{collPurchases, "org at", false},

	{collProductMetrics, "done.at", false},
	{collProductMetrics, "open.at", false},
	{collProductMetrics, formerFamilies, false},

	{collMessages, "org subject deleted at _id", false},
	{collMessages, "org subject displayed at _id", false},
	{collMessages, "org subject banned at _id", false},
	{collMessages, "org subject question at _id", false},
	{collMessages, "org subject client", false},
	{collMessages, "org subject at _id", false},
	{collMessages, "org subject seen _id", false},
	{collModerations, "org liveEvent last _id", false},

	{collCarts, "org agent at _id", false},
	{collCarts, "org queue at _id", false},
	{collCarts, "org at _id", false},
	{collCarts, "org closes", false},
	{collCarts, "expires", false},
	{collCartUpdates, "org call version", true},

	{collWebhookEndpoints, "org at _id", false},
	{collWebhookDeliveries, "org endpoint state at _id", false},
	{collWebhookDeliveries, "org endpoint at _id", false},
	{collWebhookDeliveries, "due", false},
	{collWebhookDeliveries, "keep", false},

	{collExports, "token", true},
	{collExports, "expiresAt", false},
	{collTokens, "org createdAt _id", false},
	{collTokens, "expiresAt", false},
	{collWorkflowBuckets, "org workflow start", false},
	{collWorkflowDays, "org workflow start", false},
	{collWorkflowMarks, "at", false},
	{collWorkflowMarks, "org at", false},

	{collPurchases, "org live.liveEvent at", false},

	{collLiveMarks, "org", false},
	{collLiveMarks, "at", false},
	{collLiveSessions, "org start.client", false},
	{collLiveSessions, "org liveEvent last", false},
	{collBuckets, "org liveEvent phase start", false},
	{collLiveFigures, "fresh", false},

	{collEvents, "personal _id", false},
	{collEvents, "org session", false},
	{collEvents, "org subject at", false},
	{collEvents, "org client at", false},
	{collEvents, "org type at", false},
	{collEvents, "org named stored _id", false},
	{collEvents, "org stored _id", false},
	{collCallClaims, "org waits", false},
	{collDirtyMarks, "at", false},
	{collDirtyMarks, "org", false},

	{collCalls, "personal _id", false},
	{collMessages, "personal _id", false},
}

// indexTimeout bounds the building of what is missing of the indexes: minutes,
// where there are many millions of documents.
const indexTimeout = time.Hour

// EnsureIndexes creates what is missing of the index table. It may be repeated.
func (r *Repository) EnsureIndexes(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, indexTimeout)
	defer cancel()
	byCollection := map[string][]mongo.IndexModel{}
	for _, ix := range indexTable {
		byCollection[ix.collection] = append(byCollection[ix.collection],
			mongo.IndexModel{Keys: ix.keys(), Options: options.Index().SetUnique(ix.unique)})
	}
	for collection, models := range byCollection {
		if _, err := r.coll(collection).Indexes().CreateMany(ctx, models); err != nil {
			return wrap(err, "create indexes of %s", collection)
		}
	}
	return nil
}
