package resolvers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/live"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// commandLog notes the database commands that are sent.
type commandLog struct {
	mu    sync.Mutex
	names []string
}

func (l *commandLog) add(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.names = append(l.names, name)
}

// take returns the commands so far and forgets them.
func (l *commandLog) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	names := l.names
	l.names = nil
	return names
}

// The edges of a call, all of them.
const allEdges = `id agent { name } queue { name } revenue { amount } firstPurchaseAt
	shopper { calls(first: 2) { nodes { id } totalCount } }
	products { sku product { name metrics { sales { amount } } } metrics { addedToCart } }
	metrics { purchases } chat(first: 3) { nodes { text } totalCount }`

// overview is what a page with many calls shows of each.
const overview = `id callId agent { name } queue { name }
	products { sku product { name metrics { presented addedToCart purchases sales { amount currency } } } metrics { presented addedToCart purchases } }
	metrics { purchases revenue { amount currency } } cart { version items { sku quantity product { name } } }`

// sidedata asks what a workflow came to from start to end, with what its goals
// lead to.
func sidedata(start, end string) string {
	return `sidedata(interval: {start: "` + start + `", end: "` + end + `"}) { uniqueVisitors
		... on InteractionSidedata { triggeredGoals { name triggeredBy { name } } affectedGoals { name triggeredBy { name } } } }`
}

// countProducts counts the products of documents that were stored as they are.
func countProducts(t *testing.T, repo *repository.Repository) {
	t.Helper()
	if err := repo.CompleteProducts(t.Context()); err != nil {
		t.Fatal(err)
	}
	for left := 1; left > 0; {
		var err error
		if left, err = repo.FoldProducts(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestCommands holds how many database commands queries take: as many as their
// shape has edges, however many rows they show. The cache is empty each time.
func TestCommands(t *testing.T) {
	var sent commandLog
	repo, uri, database := openCaching(t, sent.add)
	insert(t, uri, database, busyShop())
	countProducts(t, repo)
	if _, err := repo.FoldCallDays(t.Context(), 0, time.Now()); err != nil {
		t.Fatal(err)
	}
	handler := newHandler(repo, silent, balanced(t))

	for _, tt := range []struct {
		name, query string
		commands    int
	}{
		{"a call", `{ call(id: "call-7") { id callId durationSeconds } }`, 1},
		{"a call with all edges", `{ call(id: "call-7") { ` + allEdges + ` } }`, 10},
		{"25 calls", `{ calls { nodes { id } } }`, 1},
		{"25 calls with their number", `{ calls { nodes { id } totalCount } }`, 2},
		{"the number of calls alone", `{ calls { totalCount } }`, 1},
		{"25 calls with all edges", `{ calls(first: 25) { nodes { ` + allEdges + ` } } }`, 10},
		{"250 calls with all edges", `{ calls(first: 250) { nodes { ` + allEdges + ` } } }`, 10},
		{"250 calls with their carts", `{ calls(first: 250) { nodes { cart { version items { product { name } } } } } }`, 2},
		{"a cart with its products", `{ cart(callId: "call-7") { version items { product { name } } } }`, 2},
		{"all carts with their calls", `{ carts(first: 250) { nodes { call { callId } } totalCount } }`, 2},
		{"an agent with its calls and their products with metrics", `{ agent(id: "agent-3") { name calls(first: 25) { nodes { products { product { name metrics { purchases } } metrics { presented } } } } } }`, 5},
		{"all agents with five calls each", `{ agents(first: 250) { nodes { name calls(first: 5) { nodes { id queue { name } } totalCount } } } }`, 4},
		{"all products with calls and metrics", `{ products(first: 250) { nodes { metrics { purchases } calls(first: 2) { nodes { agent { name } } } } } }`, 4},
		{"100 objects of three types", `{ nodes(ids: [` + ids() + `]) { id } }`, 3},
		{"all webhook endpoints with three deliveries each", `{ webhookEndpoints(first: 250) { totalCount nodes { deliveries(first: 3) { totalCount nodes { state endpoint { url } } } } } }`, 5},
		{"a workflow with its sidedata", `{ workflow(id: "workflow-0") { ` + sidedata("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z") + ` } }`, 3},
		{"25 workflows with their sidedata", `{ workflows(first: 25) { nodes { ` + sidedata("2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z") + ` } } }`, 3},
		{"25 workflows with the sidedata of a part of an hour", `{ workflows(first: 25) { nodes { ` + sidedata("2026-03-02T08:55:00Z", "2026-03-02T09:10:00Z") + ` } } }`, 8},
		{"25 calls as an overview shows them", `{ calls(first: 25) { nodes { ` + overview + ` } } }`, 7},
		{"250 calls as an overview shows them", `{ calls(first: 250) { nodes { ` + overview + ` } } }`, 7},
		{"statistics by agent", `{ callStats { total { calls } byAgent { agent { name } } } }`, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			repo.Heard("")
			sent.take()
			answer := ask(t, handler, everything, tt.query, nil)
			if errs, failed := answer["errors"]; failed {
				t.Fatalf("errors: %v", errs)
			}
			if names := sent.take(); len(names) != tt.commands {
				t.Errorf("%d commands, want %d: %s", len(names), tt.commands, strings.Join(names, " "))
			}
		})
	}

	t.Run("what is read ahead and resolved in turn is what fields ask for themselves", func(t *testing.T) {
		nodes := func(query string) []any {
			answer := ask(t, handler, everything, query, nil)
			if errs, failed := answer["errors"]; failed {
				t.Fatalf("errors: %v", errs)
			}
			return answer["data"].(map[string]any)["calls"].(map[string]any)["nodes"].([]any)
		}
		asked := nodes(`{ calls(first: 40) { nodes { ` + overview + ` chat(first: 1) { totalCount } } } }`)
		for _, node := range asked {
			delete(node.(map[string]any), "chat")
		}
		period := `metrics(period: {start: "2000-01-01T00:00:00Z", end: "2100-01-01T00:00:00Z"})`
		for _, query := range []string{
			`{ calls(first: 40) { nodes { ` + overview + ` } } }`,
			`query Overview($cart: Boolean = true) { calls(first: 40) { nodes { ...Call } edges { node { ...Call } } } }
				fragment Call on Call { ... on Node { id } ` + strings.Replace(overview, "cart {", "cart @include(if: $cart) {", 1) + ` }`,
			`{ calls(first: 40) { nodes { ` + strings.Replace(overview, "name metrics", "name "+period, 1) + ` } } }`,
		} {
			if diff := cmp.Diff(asked, nodes(query)); diff != "" {
				t.Errorf("%s (-asked for +read ahead):\n%s", query, diff)
			}
		}
	})

	t.Run("250 calls with all edges show what the documents say", func(t *testing.T) {
		answer := ask(t, handler, everything, `{ calls(first: 250, orderBy: {field: TIME, direction: ASC}) { nodes { callId agent { agentId } queue { queueId } products { product { sku } } chat { totalCount } } } }`, nil)
		var want []any
		for i := range 250 {
			call := busyCall(i)
			var products []any
			for _, sku := range call.SKUs {
				products = append(products, map[string]any{"product": map[string]any{"sku": sku}})
			}
			want = append(want, map[string]any{
				"callId": call.CallID, "products": products, "chat": map[string]any{"totalCount": 3.0},
				"agent": map[string]any{"agentId": call.AgentID}, "queue": map[string]any{"queueId": call.QueueID},
			})
		}
		if diff := cmp.Diff(map[string]any{"data": map[string]any{"calls": map[string]any{"nodes": want}}}, answer); diff != "" {
			t.Errorf("answer (-want +got):\n%s", diff)
		}
	})
}

// balanced fails the test where an operation ends with fields that its pace
// takes for busy.
func balanced(t *testing.T) func(int64) {
	return func(busy int64) {
		if busy != 0 {
			t.Errorf("the pace of an operation ended at %d", busy)
		}
	}
}

// ids returns 100 global ids of calls, agents and products.
func ids() string {
	var list []string
	for i := range 100 {
		list = append(list, fmt.Sprintf("%q", []string{
			fmt.Sprintf("Call:call-%d", i), fmt.Sprintf("Agent:agent-%d", i%10), fmt.Sprintf("Product:sku-%d", i%60),
		}[i%3]))
	}
	return strings.Join(list, ", ")
}

// ask sends a query as a principal, and returns the decoded answer.
func ask(t testing.TB, handler http.Handler, p *auth.Principal, query string, variables any) map[string]any {
	t.Helper()
	body := serve(t, handler, p, query, variables)
	var answer map[string]any
	if err := json.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return answer
}

// serve sends a query as a principal, and returns the answer as it came.
func serve(t testing.TB, handler http.Handler, p *auth.Principal, query string, variables any) []byte {
	t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	if err != nil {
		t.Fatal(err)
	}
	request := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(string(body)))
	request.Header.Set("Content-Type", "application/json")
	ctx := WithRequestID(request.Context(), "test")
	if p != nil {
		ctx = auth.With(ctx, p)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request.WithContext(ctx))
	return recorder.Body.Bytes()
}

// insert stores documents as they are, by collection.
func insert(t testing.TB, uri, database string, documents map[string][]any) {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Disconnect(context.Background()) }()
	for collection, list := range documents {
		if _, err := client.Database(database).Collection(collection).InsertMany(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
}

// busyCall is one of the calls of the busy shop: with an agent, a queue, four
// products, and a browser that made two calls.
func busyCall(i int) *analytics.Call {
	at := time.Date(2026, 3, 2, 9, 0, i, 0, time.UTC)
	id := fmt.Sprintf("call-%d", i)
	call := &analytics.Call{
		Key: "acme/" + id, Org: "acme", CallID: id, Version: 1,
		Status: analytics.Accepted, Type: analytics.QueueCall, At: at, StartedAt: &at,
		ClientID: analytics.Text(fmt.Sprintf("client-%d", i/2)),
		AgentID:  fmt.Sprintf("agent-%d", i%10), QueueID: fmt.Sprintf("queue-%d", i%5),
	}
	for k := range 4 {
		call.SKUs = append(call.SKUs, fmt.Sprintf("sku-%d", (i+7*k)%60))
	}
	return call
}

// busyShop returns the documents of 250 calls in an organization, with ten
// agents, five queues, sixty products, and three messages and a purchase each.
func busyShop() map[string][]any {
	shop := map[string][]any{}
	add := func(collection string, document any) { shop[collection] = append(shop[collection], document) }
	for i := range 250 {
		call := busyCall(i)
		add("calls", call)
		subject := "call:" + call.CallID
		for k := range 3 {
			id := fmt.Sprintf("%s:m%d", subject, k)
			add("chat_messages", &analytics.ChatMessage{Key: "acme/" + id, Org: "acme", NativeID: id, Subject: subject, AgentID: call.AgentID, At: call.At, Author: analytics.ByAgent, Text: "Hello"})
		}
		amount := analytics.Money{Minor: 1000, Currency: "EUR"}
		metrics := &analytics.CallMetrics{
			Key: call.Key, Org: "acme", CallID: call.CallID, Version: 1, At: call.At, Status: call.Status, Type: call.Type,
			AgentID: call.AgentID, QueueID: call.QueueID,
			Purchases: analytics.PurchaseSummary{FirstAt: &call.At, SKUs: call.SKUs[:1], Revenue: []analytics.Money{amount}, Count: 1, OrderIDs: []string{"order-" + call.CallID}},
		}
		for _, sku := range call.SKUs {
			metrics.Products = append(metrics.Products, analytics.ProductInCall{SKU: sku, ProductCounts: analytics.ProductCounts{Presented: 1}})
		}
		add("call_metrics", metrics)
		add("purchases", &analytics.Purchase{
			Key: "acme/order-" + call.CallID, Org: "acme", TransactionID: "order-" + call.CallID, Version: 1, At: call.At, CallID: call.CallID, Total: amount,
			Lines: []analytics.PurchaseLine{{SKU: call.SKUs[0], Quantity: 1, Sales: amount}},
		})
	}
	for i := range 20 {
		id := fmt.Sprintf("endpoint-%d", i)
		e := &analytics.WebhookEndpoint{Key: "acme/" + id, Org: "acme", EndpointID: id, CreatedAt: time.Date(2026, 3, 2, 9, i, 0, 0, time.UTC), URL: "https://shop.example/"}
		add("webhook_endpoints", e)
		for k := range 1 + i%4 {
			add("webhook_deliveries", analytics.NewWebhookDelivery(e, analytics.Occasion{Topic: analytics.TopicCallEnded, SubjectID: fmt.Sprint("Call:", k), ToldAt: e.CreatedAt}))
		}
	}
	named := func(collection, id string, further ...bson.E) {
		add(collection, append(bson.D{{Key: "_id", Value: "acme/" + id}, {Key: "org", Value: "acme"}, {Key: "id", Value: id}, {Key: "name", Value: id}, {Key: "nameKey", Value: id}}, further...))
	}
	for i := range 10 {
		named("agents", fmt.Sprintf("agent-%d", i))
	}
	for i := range 5 {
		named("queues", fmt.Sprintf("queue-%d", i))
	}
	for i := range 25 {
		id := fmt.Sprintf("workflow-%d", i)
		named("workflows", id, bson.E{Key: "type", Value: "INTERACTION"}, bson.E{Key: "goals", Value: []analytics.Goal{{UID: id, Name: "Found"}}})
		for k, kind := range []analytics.EventType{analytics.Interacted, analytics.GoalTriggered} {
			e := &analytics.Event{EventID: fmt.Sprintf("e:%s-%d", id, k), Org: "acme", Type: kind, At: time.Date(2026, 3, 2, 9, 0, k, 0, time.UTC), VisitorID: "v", Subject: "workflow:" + id}
			e.Key, e.Data.UID, e.Data.Name = "acme/"+e.EventID, id, "Found"
			add("events", e)
		}
	}
	for i := range 60 {
		sku := fmt.Sprintf("sku-%d", i)
		named("products", sku, bson.E{Key: "skus", Value: []string{sku}})
	}
	return shop
}

func BenchmarkQueries(b *testing.B) {
	uri, database := repositorytest.Database(b)
	repo := repositorytest.OpenAt(b, uri, database, nil)
	insert(b, uri, database, busyShop())
	unlimited := DefaultOptions()
	unlimited.TokenRate, unlimited.OrganizationRate = RateOf(0), RateOf(0)
	handler := newServer(repo, new(live.Broker), analytics.WebhookPolicy{}, silent, unlimited, time.Now, nil)
	for _, bm := range []struct{ name, query string }{
		{"a call", `{ call(id: "call-7") { id callId durationSeconds } }`},
		{"a call with all edges", `{ call(id: "call-7") { ` + allEdges + ` } }`},
		{"25 calls with all edges", `{ calls(first: 25) { nodes { ` + allEdges + ` } } }`},
		{"250 calls with all edges", `{ calls(first: 250) { nodes { ` + allEdges + ` } } }`},
		{"25 calls as an overview", `{ calls(first: 25) { nodes { ` + overview + ` } } }`},
		{"250 calls as an overview", `{ calls(first: 250) { nodes { ` + overview + ` } } }`},
	} {
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if answer := serve(b, handler, everything, bm.query, nil); bytes.Contains(answer, []byte(`"errors"`)) {
					b.Fatalf("%.200s", answer)
				}
			}
		})
	}
}
