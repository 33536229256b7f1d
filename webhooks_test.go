package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/repository/repositorytest"
)

// allowPrivate lets a process send webhooks to this machine.
const allowPrivate = "WEBHOOK_ALLOW_PRIVATE=true"

// Two gateways on one database, each in a process of its own: what is told to one
// is sent by either, each thing once, signed by the secret that was shown once.
func TestWebhooksOfTwoGateways(t *testing.T) {
	t.Parallel()
	const each = 40
	uri, database := repositorytest.Database(t)
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
	token, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	gateways := []*process{startProcess(t, "", settings, allowPrivate), startProcess(t, "", settings, allowPrivate)}
	receiver := &webhookReceiver{arrived: map[string]int{}}
	server := httptest.NewServer(receiver)
	t.Cleanup(server.Close)

	var created struct {
		CreateWebhookEndpoint struct {
			Secret     string
			UserErrors []any
		}
	}
	ask := func(g *process, query string, into any) {
		t.Helper()
		if err := json.Unmarshal([]byte(g.query(t, token, query)), into); err != nil {
			t.Fatal(err)
		}
	}
	ask(gateways[0], `mutation { createWebhookEndpoint(input: { url: "`+server.URL+`", topics: [CALL_MISSED] }) { secret userErrors { message } } }`, &created)
	receiver.setSecret(t, created.CreateWebhookEndpoint.Secret)

	entered := time.Now().UTC().Add(-time.Minute).Format(time.RFC3339)
	missed := time.Now().UTC().Add(-time.Second).Format(time.RFC3339)
	for g, gateway := range gateways {
		var events strings.Builder
		for i := range each {
			fmt.Fprintf(&events, `{"id":"%d-%d","type":"call_missed","at":%q,"visitorId":"v","sessionId":"s-%d-%d","data":{"queueId":"q","enteredQueueAt":%q}}`+"\n", g, i, missed, g, i, entered)
		}
		if status, answer := gateway.post(t, "/ingest/events", token, "application/x-ndjson", events.String()); status != http.StatusAccepted {
			t.Fatalf("%d %s", status, answer)
		}
	}
	var shown struct {
		WebhookEndpoints struct {
			Nodes []struct {
				Deliveries struct {
					TotalCount int
					Nodes      []struct {
						DeliveryID string
						EventID    string
						State      string
						Attempts   []struct{ StatusCode int }
					}
				}
			}
		}
	}
	const delivered = `{ webhookEndpoints { nodes { deliveries(first: 1, filter: { state: DELIVERED }) { totalCount nodes { deliveryId eventId state attempts { statusCode } } } } } }`
	until(t, "all are delivered", func() bool {
		ask(gateways[1], delivered, &shown)
		return shown.WebhookEndpoints.Nodes[0].Deliveries.TotalCount == 2*each
	})
	receiver.check(t, 2*each)

	again := shown.WebhookEndpoints.Nodes[0].Deliveries.Nodes[0]
	if len(again.Attempts) != 1 || again.Attempts[0].StatusCode != http.StatusOK {
		t.Errorf("it shows %+v", again)
	}
	var redelivered struct{}
	ask(gateways[1], `mutation { redeliverWebhook(input: { deliveryId: "`+again.DeliveryID+`" }) { delivery { state } userErrors { message } } }`, &redelivered)
	until(t, "the redelivery arrives", func() bool { return receiver.times(again.EventID) == 2 })
}

// A gateway is killed while a receiver keeps it waiting. A minute later the other
// one sends what it held, and not before.
func TestAWebhookOutlivesItsGateway(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
	token, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	doomed := startProcess(t, "", settings, allowPrivate)
	arrived := make(chan string, 10)
	var dead atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // else nobody notices that the sender is gone
		arrived <- r.Header.Get("webhook-id")
		if !dead.Load() {
			<-r.Context().Done()
		}
	}))
	t.Cleanup(server.Close)
	doomed.query(t, token, `mutation { createWebhookEndpoint(input: { url: "`+server.URL+`", topics: [CALL_MISSED] }) { secret } }`)
	at := time.Now().UTC().Add(-time.Second).Format(time.RFC3339)
	event := fmt.Sprintf(`{"id":"1","type":"call_missed","at":%q,"visitorId":"v","sessionId":"s","data":{"queueId":"q","enteredQueueAt":%q}}`, at, at)
	if status, answer := doomed.post(t, "/ingest/events", token, "application/x-ndjson", event); status != http.StatusAccepted {
		t.Fatalf("%d %s", status, answer)
	}
	first := <-arrived
	dead.Store(true)
	doomed.kill()
	endClaims(t, uri, database)

	living := startProcess(t, "", settings, allowPrivate)
	const query = `{ webhookEndpoints { nodes { deliveries { nodes { state attempts { statusCode error } } } } } }`
	const want = `{"webhookEndpoints":{"nodes":[{"deliveries":{"nodes":[{"attempts":[{"error":"INTERRUPTED","statusCode":null},{"error":null,"statusCode":200}],"state":"DELIVERED"}]}}]}}`
	until(t, "the other gateway delivers it", func() bool { return living.query(t, token, query) == want })
	if second := <-arrived; second != first || len(arrived) > 0 {
		t.Errorf("%s arrived, then %s, and %d more", first, second, len(arrived))
	}
}

// endClaims lets the minute be over for which a gateway has claimed what it sends.
func endClaims(t *testing.T, uri, database string) {
	t.Helper()
	client, err := mongo.Connect(options.Client().ApplyURI(uri))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Disconnect(context.Background())
	result, err := client.Database(database).Collection("webhook_deliveries").UpdateMany(t.Context(),
		bson.D{{Key: "sending", Value: true}}, bson.D{{Key: "$set", Value: bson.D{{Key: "due", Value: time.Now()}}}})
	if err != nil || result.ModifiedCount != 1 {
		t.Fatalf("%+v, %v", result, err)
	}
}

// until waits until something holds.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !holds(); {
		if time.Now().After(deadline) {
			t.Fatalf("%s: not within two minutes", what)
		}
		time.Sleep(50 * time.Millisecond) // between two looks
	}
}

// webhookReceiver counts what arrives, and checks its signatures.
type webhookReceiver struct {
	mu      sync.Mutex
	checker *webhooks.Webhook
	arrived map[string]int
	refused []error
}

func (r *webhookReceiver) setSecret(t *testing.T, secret string) {
	t.Helper()
	checker, err := webhooks.NewWebhook(secret)
	if err != nil || !strings.HasPrefix(secret, "whsec_") {
		t.Fatalf("secret %q: %v", secret, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.checker = checker
}

func (r *webhookReceiver) ServeHTTP(_ http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.checker.Verify(body, request.Header); err != nil {
		r.refused = append(r.refused, err)
	}
	r.arrived[request.Header.Get("webhook-id")]++
}

func (r *webhookReceiver) times(event string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.arrived[event]
}

func (r *webhookReceiver) check(t *testing.T, want int) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.arrived) != want {
		t.Errorf("%d things arrived, want %d", len(r.arrived), want)
	}
	for event, times := range r.arrived {
		if times != 1 {
			t.Errorf("%s arrived %d times", event, times)
		}
	}
	if len(r.refused) > 0 {
		t.Errorf("%d signatures do not hold: %v", len(r.refused), r.refused[0])
	}
}
