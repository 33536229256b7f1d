package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cartograph/analytics"
	"cartograph/cart"
)

// org is the organization that the data belongs to.
const org = "bench"

const (
	agents   = 50
	queues   = 10
	products = 2000
	// insertBatch is how many documents one command writes.
	insertBatch = 1000
)

// fill writes a data set with a number of calls, the same for the same number: as
// derived documents, as the gateway stores them. It drops what the database held
// of these collections.
func fill(ctx context.Context, db *mongo.Database, calls int) error {
	w := &bulk{db: db, waiting: map[string][]any{}}
	for _, name := range []string{"agents", "queues", "products", "calls", "call_metrics", "purchases", "carts"} {
		if _, err := db.Collection(name).DeleteMany(ctx, bson.D{{Key: "org", Value: org}}); err != nil {
			return err
		}
	}
	for i := range agents {
		id := fmt.Sprintf("agent-%d", i)
		w.add(ctx, "agents", &analytics.Agent{Key: org + "/" + id, Org: org, AgentID: id, Name: "Agent " + id, NameKey: "agent " + id, Origin: analytics.FromCatalog})
	}
	for i := range queues {
		id := fmt.Sprintf("queue-%d", i)
		w.add(ctx, "queues", &analytics.Queue{Key: org + "/" + id, Org: org, QueueID: id, Name: "Queue " + id, NameKey: "queue " + id, Origin: analytics.FromCatalog})
	}
	for i := range products {
		sku := fmt.Sprintf("sku-%d", i)
		w.add(ctx, "products", &analytics.Product{Key: org + "/" + sku, Org: org, SKU: sku, Name: "Product " + sku, NameKey: "product " + sku, SKUs: []string{sku}, Origin: analytics.FromCatalog})
	}
	random := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range calls {
		w.addCall(ctx, i, start.Add(time.Duration(i)*20*time.Second), random)
	}
	w.flushAll(ctx)
	return w.err
}

// bulk writes documents in batches. The first error stays.
type bulk struct {
	db      *mongo.Database
	waiting map[string][]any
	err     error
}

func (b *bulk) add(ctx context.Context, collection string, document any) {
	b.waiting[collection] = append(b.waiting[collection], document)
	if len(b.waiting[collection]) == insertBatch {
		b.flush(ctx, collection)
	}
}

func (b *bulk) flush(ctx context.Context, collection string) {
	if len(b.waiting[collection]) == 0 || b.err != nil {
		return
	}
	_, b.err = b.db.Collection(collection).InsertMany(ctx, b.waiting[collection])
	b.waiting[collection] = nil
}

func (b *bulk) flushAll(ctx context.Context) {
	for collection := range b.waiting {
		b.flush(ctx, collection)
	}
}

// addCall writes a call with its figures, with four products, for every third a
// purchase, and for every second a cart.
func (b *bulk) addCall(ctx context.Context, i int, at time.Time, random *rand.Rand) {
	id := fmt.Sprintf("call-%d", i)
	duration := int64(60+random.IntN(1200)) * 1000
	end := at.Add(time.Duration(duration) * time.Millisecond)
	call := &analytics.Call{
		Key: org + "/" + id, Org: org, CallID: id, Version: 1, Status: analytics.Accepted, Type: analytics.QueueCall,
		At: at, StartedAt: &at, EndedAt: &end, Duration: &duration, ByDuration: duration,
		ClientID: analytics.Text(fmt.Sprintf("client-%d", i/2)),
		AgentID:  fmt.Sprintf("agent-%d", random.IntN(agents)), QueueID: fmt.Sprintf("queue-%d", random.IntN(queues)),
	}
	metrics := &analytics.CallMetrics{
		Key: call.Key, Org: org, CallID: id, Version: 1, At: at, Status: call.Status, Type: call.Type,
		AgentID: call.AgentID, QueueID: call.QueueID, Duration: &duration, Added: true,
	}
	first := random.IntN(products)
	for k := range 4 {
		sku := fmt.Sprintf("sku-%d", (first+k*37)%products)
		call.SKUs = append(call.SKUs, sku)
		metrics.Products = append(metrics.Products, analytics.ProductInCall{SKU: sku, ProductCounts: analytics.ProductCounts{Presented: 1 + k, Added: k % 2}})
	}
	if i%3 == 0 {
		amount := analytics.Money{Minor: int64(500 + random.IntN(20000)), Currency: "EUR"}
		sku := call.SKUs[1]
		metrics.Products[1].Purchases, metrics.Products[1].Quantity, metrics.Products[1].Sales = 1, 1, []analytics.Money{amount}
		metrics.Purchases = analytics.PurchaseSummary{FirstAt: &end, SKUs: []string{sku}, Revenue: []analytics.Money{amount}, Count: 1, OrderIDs: []string{"order-" + id}}
		b.add(ctx, "purchases", &analytics.Purchase{
			Key: org + "/order-" + id, Org: org, TransactionID: "order-" + id, Version: 1, At: end, VisitorID: string(call.ClientID), CallID: id,
			Total: amount, Lines: []analytics.PurchaseLine{{SKU: sku, Quantity: 1, Sales: amount}},
		})
	}
	if i%2 == 0 {
		state := cart.State{}
		state.Cart = cart.Cart{Version: 2, At: end, Items: []cart.Item{{SKU: call.SKUs[1], Name: call.SKUs[1], Quantity: 1 + i%3}}}
		b.add(ctx, "carts", bson.D{
			{Key: "_id", Value: call.Key}, {Key: "org", Value: org}, {Key: "id", Value: id}, {Key: "version", Value: int64(2)},
			{Key: "at", Value: end}, {Key: "expires", Value: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)},
			{Key: "agent", Value: call.AgentID}, {Key: "queue", Value: call.QueueID}, {Key: "closes", Value: end.Add(cart.OpenAfterCall)}, {Key: "state", Value: state},
		})
	}
	b.add(ctx, "calls", call)
	b.add(ctx, "call_metrics", metrics)
}
