package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
	"cartograph/cart"
)

var (
	firstCall = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	never     = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
)

// callEvery is how far the starts of two calls lie apart.
const callEvery = 15 * time.Second

// callDocuments returns what is stored of a call, by collection: its row, its
// figures with four products, for every third a purchase, which in the end buys a
// product in both sizes, and for every second a cart. The same number gives the
// same call.
func callDocuments(i int) map[string]any {
	random := rand.New(rand.NewPCG(uint64(i), 1))
	at := firstCall.Add(time.Duration(i) * callEvery)
	duration, wait := int64(60+random.IntN(1200))*1000, int64(random.IntN(120))*1000
	end := at.Add(time.Duration(duration) * time.Millisecond)
	id := fmt.Sprintf("call-%d", i)
	call := &analytics.Call{
		Key: org + "/" + id, Org: org, CallID: id, Version: 1, Status: analytics.Accepted, Type: analytics.QueueCall,
		At: at, StartedAt: &at, EndedAt: &end, Duration: &duration, ByDuration: duration, QueueWait: &wait,
		ClientID: analytics.Text(fmt.Sprintf("client-%d", i/2)), AgentID: agentID(random.IntN(agents)), QueueID: queueID(random.IntN(queues)),
		MessagesByAgent: random.IntN(12), MessagesByShopper: random.IntN(12),
	}
	metrics := &analytics.CallMetrics{
		Key: call.Key, Org: org, CallID: id, Version: 1, At: at, Status: call.Status, Type: call.Type,
		AgentID: call.AgentID, QueueID: call.QueueID, Duration: &duration, QueueWait: &wait, Added: true,
		MessagesByAgent: call.MessagesByAgent, MessagesByShopper: call.MessagesByShopper,
	}
	if random.IntN(4) == 0 {
		metrics.Rating, metrics.Scale = float64(random.IntN(11)), 10
		call.Poll = &analytics.PollAnswer{Rating: metrics.Rating, Scale: 10}
	}
	first := random.IntN(products)
	for k := range 4 {
		sku := article((first+k*37)%products, random)
		call.SKUs = append(call.SKUs, sku)
		metrics.Products = append(metrics.Products, analytics.ProductInCall{SKU: sku, ProductCounts: analytics.ProductCounts{Presented: 1 + k, Added: k % 2}})
	}
	documents := map[string]any{"calls": call, "call_metrics": metrics}
	if i%3 == 0 {
		documents["purchases"] = purchaseOf(call, metrics, (first+37)%products, random)
	}
	if i%2 == 0 {
		documents["carts"] = cartOf(call, 1+i%3)
	}
	return documents
}

// purchaseOf returns what was bought in a call: the second of its products, where
// that comes in sizes both, and counts it in the call's figures.
func purchaseOf(call *analytics.Call, metrics *analytics.CallMetrics, product int, random *rand.Rand) *analytics.Purchase {
	amount := analytics.Money{Minor: int64(500 + random.IntN(20000)), Currency: "EUR"}
	bought := []string{call.SKUs[1]}
	if product%sizedEvery == 0 {
		small, large := sizesOf(product)
		bought = []string{small, large}
	}
	p := &analytics.Purchase{
		Key: org + "/order-" + call.CallID, Org: org, TransactionID: "order-" + call.CallID, EventID: "e:order-" + call.CallID, Version: 1,
		At: *call.EndedAt, VisitorID: string(call.ClientID), CallID: call.CallID,
		Total: analytics.Money{Minor: amount.Minor * int64(len(bought)), Currency: amount.Currency},
	}
	for _, sku := range bought {
		p.Lines = append(p.Lines, analytics.PurchaseLine{SKU: sku, Quantity: 1, Sales: amount})
		inCall := productIn(metrics, sku)
		inCall.Purchases, inCall.Quantity, inCall.Sales = 1, 1, []analytics.Money{amount}
	}
	metrics.Purchases = analytics.PurchaseSummary{
		FirstAt: &p.At, SKUs: bought, Revenue: []analytics.Money{p.Total}, Count: 1, OrderIDs: []string{p.TransactionID},
	}
	return p
}

// productIn returns the figures of a SKU in a call, new ones where it has none.
func productIn(metrics *analytics.CallMetrics, sku string) *analytics.ProductInCall {
	for i := range metrics.Products {
		if metrics.Products[i].SKU == sku {
			return &metrics.Products[i]
		}
	}
	metrics.Products = append(metrics.Products, analytics.ProductInCall{SKU: sku})
	return &metrics.Products[len(metrics.Products)-1]
}

// cartOf returns the cart of a call: some of its second product.
func cartOf(call *analytics.Call, quantity int) bson.D {
	var state cart.State
	state.Cart = cart.Cart{Version: 2, At: *call.EndedAt, Items: []cart.Item{{SKU: call.SKUs[1], Name: call.SKUs[1], Quantity: quantity}}}
	return bson.D{
		{Key: "_id", Value: call.Key}, {Key: "org", Value: org}, {Key: "id", Value: call.CallID}, {Key: "version", Value: int64(2)},
		{Key: "at", Value: *call.EndedAt}, {Key: "expires", Value: never},
		{Key: "agent", Value: call.AgentID}, {Key: "queue", Value: call.QueueID},
		{Key: "closes", Value: call.EndedAt.Add(cart.OpenAfterCall)}, {Key: "state", Value: state},
	}
}
