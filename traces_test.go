package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/deliver"
	"cartograph/demo"
	"cartograph/live"
	"cartograph/monitor"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
	"cartograph/resolvers"
	"cartograph/transport"
)

// traced is a gateway whose spans are kept in memory.
type traced struct {
	*gateway
	token string
	repo  *repository.Repository
	watch *monitor.Watch
	spans *tracetest.InMemoryExporter
	log   *lockedBuffer
}

// anyReceiver lets webhooks go to this machine.
var anyReceiver = analytics.WebhookPolicy{AllowPrivate: true}

// identified tells who the shopper of a call is.
const identified = `{"id":"shopper","type":"shopper_identified","at":"2026-03-01T10:00:01Z","visitorId":"visitor-of-note","sessionId":"s1","callId":"c1","data":{"firstName":"Greta","lastName":"Garbo","email":"greta@example.com"}}`

// tracedGateway starts a gateway with an organization, an agent and two calls.
// Without a sampler everything is followed.
func tracedGateway(t *testing.T, sampler sdk.Sampler) *traced {
	t.Helper()
	uri, database := repositorytest.Database(t)
	g := &traced{spans: tracetest.NewInMemoryExporter(), log: &lockedBuffer{}}
	log := slog.New(monitor.WithTraceIDs(slog.NewTextHandler(g.log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	watch := monitor.NewWatch(nil, monitor.TracesBy(log, sdk.WithSyncer(g.spans), sdk.WithSampler(sampler)))
	g.watch = watch
	g.repo = repositorytest.OpenWith(t, watchedBy(repository.Options{URI: uri, Database: database}, watch))
	authenticator := auth.NewAuthenticator(g.repo, demo.Org, log)
	broker := new(live.Broker)
	g.repo.Announce(broker.Publish)
	hub := transport.NewHub(transport.Options{Authenticator: authenticator, Shared: resolvers.SharedSubscriptions()})
	options := resolvers.DefaultOptions()
	options.Watcher = watch
	e := exposure{Introspection: true, Playground: true}
	server := httptest.NewServer(newRouter(g.repo, broker, hub, authenticator, anyReceiver, options, e, watch, log))
	t.Cleanup(server.Close)
	t.Cleanup(func() { hub.Stop(context.Background()) })
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
	g.gateway = &gateway{url: server.URL, args: settings}
	var err error
	if g.token, err = command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...); err != nil {
		t.Fatal(err)
	}
	take := func(path, body string) {
		if status, answer := g.post(t, path, g.token, "application/x-ndjson", body); status != http.StatusAccepted || strings.Contains(answer, "message") {
			t.Fatalf("%s: %d %s", path, status, answer)
		}
	}
	take("/ingest/catalog", `{"kind":"agent","id":"bo","name":"Bo"}`+"\n"+`{"kind":"product","sku":"hat","name":"Hat","price":{"current":"10.00","currency":"EUR"}}`+"\n")
	now := time.Now().UTC().Format(time.RFC3339)
	for _, call := range []string{"c1", "c2"} {
		take("/ingest/events", `{"id":"`+call+`","type":"call_started","at":"`+now+`","visitorId":"visitor-of-note","sessionId":"s1","callId":"`+call+`","data":{"agentId":"bo","callType":"queue","queueId":"q1"}}`)
	}
	take("/ingest/events", identified)
	g.has(t, "POST /ingest/events", 3)
	g.spans.Reset()
	return g
}

// has waits until n spans of a name have ended: those of requests do so after
// their answers.
func (g *traced) has(t *testing.T, name string, n int) {
	t.Helper()
	until(t, fmt.Sprintf("%d spans %s", n, name), func() bool {
		ended := 0
		for _, span := range g.spans.GetSpans() {
			if span.Name == name {
				ended++
			}
		}
		return ended >= n
	})
}

// tree returns the spans that ended since the last look, those below others
// indented, each with its kind and attributes, in the order of their names.
func (g *traced) tree() string {
	spans := g.spans.GetSpans()
	g.spans.Reset()
	known := map[string]bool{}
	for _, s := range spans {
		known[s.SpanContext.SpanID().String()] = true
	}
	var lines func(parent string) []string
	lines = func(parent string) (all []string) {
		for _, s := range spans {
			above := s.Parent.SpanID().String()
			if above != parent && (parent != "" || known[above]) {
				continue
			}
			var attributes []string
			for _, a := range s.Attributes {
				attributes = append(attributes, fmt.Sprintf("%s=%s", a.Key, a.Value.String()))
			}
			slices.Sort(attributes)
			text := fmt.Sprintf("%s (%s) %s", s.Name, s.SpanKind, strings.Join(attributes, " "))
			if len(s.Links) > 0 {
				text += fmt.Sprintf(" links=%d", len(s.Links))
			}
			if s.Status.Code != 0 {
				text += " " + s.Status.Code.String()
			}
			for _, line := range lines(s.SpanContext.SpanID().String()) {
				text += "\n  " + strings.ReplaceAll(line, "\n", "\n  ")
			}
			all = append(all, text)
		}
		slices.Sort(all)
		return all
	}
	return strings.Join(lines(""), "\n") + "\n"
}

func TestTheTraceOfAPage(t *testing.T) {
	g := tracedGateway(t, nil)
	g.query(t, g.token, `query Calls { calls { totalCount nodes { callId agent { name } } } }`)
	g.has(t, "POST /graphql", 1)
	want := `POST /graphql (server) http.request.method=POST http.response.status_code=200 http.route=/graphql
  find tokens (client) db.collection.name=tokens db.operation.name=find db.system.name=mongodb
  query (internal) cartograph.operation.cost=7 graphql.operation.name=Calls graphql.operation.type=query
    aggregate calls (client) db.collection.name=calls db.operation.name=aggregate db.system.name=mongodb
    find calls (client) db.collection.name=calls db.operation.name=find db.system.name=mongodb
    load agent (internal) cartograph.batch.keys=1 cartograph.batch.kind=agent
      find agents (client) db.collection.name=agents db.operation.name=find db.system.name=mongodb
`
	if diff := cmp.Diff(want, g.tree()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTheTraceOfARefusedOperation(t *testing.T) {
	g := tracedGateway(t, nil)
	g.post(t, "/graphql", "", "application/json", `{"query": "query Nobody { calls { totalCount } }"}`)
	g.has(t, "POST /graphql", 1)
	want := `POST /graphql (server) http.request.method=POST http.response.status_code=200 http.route=/graphql
  find state (client) db.collection.name=state db.operation.name=find db.system.name=mongodb
`
	if diff := cmp.Diff(want, g.tree()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestACallersTraceGoesOn(t *testing.T) {
	const caller = "4bf92f3577b34da6a3ce929d0e0e4736"
	for _, tt := range []struct {
		name, flags string
		sampler     sdk.Sampler
		want        bool // spans are made
	}{
		{"one that is followed", "01", nil, true},
		{"one that is not followed", "00", nil, false},
		{"one that is not followed, where callers do not decide", "00", sdk.AlwaysSample(), true},
		{"one that is followed, where callers do not decide", "01", sdk.NeverSample(), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g := tracedGateway(t, sdk.AlwaysSample())
			if tt.sampler == nil {
				tt.sampler = sdk.ParentBased(sdk.AlwaysSample())
			}
			watch := monitor.NewWatch(nil, monitor.TracesBy(slog.New(slog.DiscardHandler), sdk.WithSyncer(g.spans), sdk.WithSampler(tt.sampler)))
			mux := http.NewServeMux()
			mux.HandleFunc("GET /", func(http.ResponseWriter, *http.Request) {})
			request := httptest.NewRequest("GET", "/", nil)
			request.Header.Set("traceparent", "00-"+caller+"-00f067aa0ba902b7-"+tt.flags)
			request.Header.Set("tracestate", "shop=greta")
			watch.Requests(mux, transport.StaysOpen).ServeHTTP(httptest.NewRecorder(), request)
			spans := g.spans.GetSpans()
			if got := len(spans) > 0; got != tt.want {
				t.Fatalf("%d spans", len(spans))
			}
			for _, span := range spans {
				if got := span.SpanContext.TraceID().String(); got != caller || span.SpanContext.TraceState().Len() > 0 {
					t.Errorf("the span is of %s with %s", got, span.SpanContext.TraceState())
				}
			}
		})
	}
}

func TestTheTracesOfASubscription(t *testing.T) {
	g := tracedGateway(t, nil)
	n := 0
	err := g.subscribe(t.Context(), g.token, `subscription Cart { cartUpdated(callId: "c1") { version kind request { product { name } } cart { items { product { name } } } } }`, nil, func(w watched) bool {
		if n++; n == 1 {
			g.query(t, g.token, `mutation Add { addToCart(input: { callId: "c1", sku: "hat" }) { userErrors { message } } }`)
		}
		return n < 2
	})
	if err != nil {
		t.Fatal(err)
	}
	g.has(t, "POST /graphql", 1)
	g.has(t, "subscription event", 2)
	_, tree, _ := strings.Cut(g.tree(), "\nsubscription")
	want := ` (server) cartograph.operation.cost=0 graphql.operation.name=Cart graphql.operation.type=subscription
  find calls (client) db.collection.name=calls db.operation.name=find db.system.name=mongodb
  find carts (client) db.collection.name=carts db.operation.name=find db.system.name=mongodb
subscription event (server) graphql.operation.name=Cart links=1
subscription event (server) graphql.operation.name=Cart links=1
  load product (internal) cartograph.batch.keys=1 cartograph.batch.kind=product
    find products (client) db.collection.name=products db.operation.name=find db.system.name=mongodb
`
	if diff := cmp.Diff(want, tree); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What nobody asked for is followed too, once there is something to do: each
// piece of it is a trace.
func TestTheTracesOfWorkInTheBackground(t *testing.T) {
	g := tracedGateway(t, nil)
	now := time.Now().UTC()
	status, answer := g.post(t, "/ingest/catalog", g.token, "application/x-ndjson", `{"kind":"workflow","id":"sizes","name":"Sizes","type":"interaction"}`+"\n"+`{"kind":"live_event","id":"show","name":"Show","startedAt":"`+now.Format(time.RFC3339)+`"}`+"\n")
	if status != http.StatusAccepted {
		t.Fatal(answer)
	}
	at := now.Format(time.RFC3339)
	_, answer = g.post(t, "/ingest/events", g.token, "application/json", `[{"id":"w","type":"workflow_started","at":"`+at+`","visitorId":"v","sessionId":"s","workflowId":"sizes"},
		{"id":"l","type":"liked","at":"`+at+`","visitorId":"v","sessionId":"s","liveEventId":"show","data":{"count":1}}]`)
	g.query(t, g.token, `mutation { addToCart(input: { callId: "c1", sku: "hat" }) { userErrors { message } } }`)
	g.has(t, "POST /graphql", 1)
	g.spans.Reset()
	for range 2 { // the second has nothing to do
		later := time.Now().Add(time.Hour)
		_, live := g.repo.FoldLive(t.Context(), 0, later)
		_, workflows := g.repo.FoldWorkflows(t.Context(), later)
		_, carts := g.repo.ExpireCarts(t.Context(), later)
		_, days := g.repo.FoldCallDays(t.Context(), 0, later)
		if err := errors.Join(live, workflows, carts, days); err != nil {
			t.Fatal(err)
		}
	}
	var roots []string
	for line := range strings.Lines(g.tree()) {
		if !strings.HasPrefix(line, " ") {
			roots = append(roots, strings.TrimSpace(line))
		}
	}
	roots = slices.Compact(roots) // figures are counted phase by phase
	want := []string{"count figures (internal)", "expire requests of carts (internal)", "fold days of calls (internal)", "fold live events (internal)", "fold workflows (internal)"}
	if diff := cmp.Diff(want, roots); diff != "" {
		t.Errorf("%s (-want +got):\n%s", answer, diff)
	}
}

func TestTheTraceOfAWebhook(t *testing.T) {
	g := tracedGateway(t, nil)
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("traceparent") != "" {
			t.Error("the receiver hears of the trace")
		}
		w.WriteHeader(http.StatusTeapot)
	}))
	defer receiver.Close()
	g.query(t, g.token, `mutation { createWebhookEndpoint(input: { url: "`+receiver.URL+`", topics: [CALL_MISSED] }) { userErrors { message } } }`)
	at := time.Now().UTC().Add(-time.Second).Format(time.RFC3339)
	g.post(t, "/ingest/events", g.token, "application/json", `{"id":"m","type":"call_missed","at":"`+at+`","visitorId":"v","sessionId":"s","data":{"queueId":"q","enteredQueueAt":"`+at+`"}}`)
	g.has(t, "POST /graphql", 1)
	g.has(t, "POST /ingest/events", 1)
	g.spans.Reset()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		deliver.New(g.repo, deliver.Options{Policy: anyReceiver, Log: slog.New(slog.DiscardHandler), Hear: g.watch.Webhook, OnWork: g.watch.Work}).Run(ctx)
	}()
	g.has(t, "deliver webhook", 1)
	cancel()
	<-done
	root, below, _ := strings.Cut(g.tree(), "\n")
	if root != "deliver webhook (internal) cartograph.webhook.outcome=STATUS" || !strings.Contains(below, "  find webhook_endpoints (client)") || strings.Contains(below, "\nfind") {
		t.Errorf("%s\n%s", root, below)
	}
}

// A trace has nothing of what was asked or answered. What is grepped is all that
// a span can hold.
func TestTracesHaveNoSecretsAndNobodysNames(t *testing.T) {
	g := tracedGateway(t, nil)
	g.post(t, "/graphql", g.token, "application/json", `{"query": "query Named($id: ID!) { call(id: $id) { callId } calls(filter: { shopper: \"Garbo\" }) { nodes { callId shopper { firstName email } agent { name } } } }", "variables": {"id": "greta@example.com"}, "operationName": "Named"}`)
	g.post(t, "/graphql", g.token, "application/json", `{"query": "{ call(id: \"Greta Garbo\") { nothing } }"}`)
	g.post(t, "/graphql", "not-a-token-of-ours", "application/json", `{"query": "{ calls { totalCount } }"}`)
	g.post(t, "/ingest/events", g.token, "application/json", `{"id":"m","type":"message_sent","at":"2026-03-01T10:01:00Z","visitorId":"visitor-of-note","sessionId":"s1","callId":"c1","data":{"text":"Greta here"}}`)
	g.post(t, "/ingest/catalog", g.token, "application/json", `{"kind":"live_event","id":"show","name":"Show","startedAt":"2026-03-01T09:00:00Z"}`)
	g.post(t, "/ingest/events", g.token, "application/json", `{"id":"l","type":"viewer_identified","at":"2026-03-01T10:01:00Z","visitorId":"visitor-of-note","sessionId":"s1","liveEventId":"show","data":{"firstName":"Greta"}}`)
	request, _ := http.NewRequest("GET", g.url+"/v1/calls/greta@example.com?name=Greta", nil)
	request.Header.Set("Authorization", "Bearer "+g.token)
	request.Header.Set("User-Agent", "Greta")
	request.Header.Set("baggage", "user=Greta")
	do(t, request)
	link, _ := http.NewRequest("GET", g.url+"/exports/files/cge_secret-of-a-link", nil)
	do(t, link)
	now := time.Now().Add(time.Hour)
	if _, err := g.repo.FoldLive(t.Context(), 0, now); err != nil {
		t.Fatal(err)
	}
	g.has(t, "GET /exports/files/{secret}", 1)
	spans, err := json.Marshal(g.spans.GetSpans())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"query", "load call", "find agents", "fold live events", "POST /ingest/events"} {
		if !strings.Contains(string(spans), `"Name":"`+name+`"`) {
			t.Errorf("there is no span %s", name)
		}
	}
	for _, secret := range []string{g.token, "not-a-token", "reta", "Garbo", "visitor-of-note", "callId", "cge_", "s1", "acme", "127.0.0.1"} {
		if strings.Contains(string(spans), secret) {
			t.Errorf("the spans have %q", secret)
		}
	}
}

func TestTheLogNamesTheTrace(t *testing.T) {
	g := tracedGateway(t, nil)
	g.query(t, g.token, `query Calls { calls { totalCount } }`)
	g.has(t, "POST /graphql", 1)
	id := g.spans.GetSpans()[0].SpanContext.TraceID().String()
	line := regexp.MustCompile(`operation=Calls type=query organization=acme .*status=ok .*trace=` + id)
	until(t, "the operation is logged with its trace", func() bool { return line.MatchString(g.log.String()) })
}

// received is what a collector got as JSON.
type received struct {
	ResourceSpans []struct {
		Resource struct {
			Attributes []struct {
				Key   string
				Value struct{ StringValue string }
			}
		}
		ScopeSpans []struct{ Spans []struct{ Name string } }
	}
}

// A gateway is told by the usual variables where its collector is, and sends the
// last spans when it stops.
func TestTracesReachACollector(t *testing.T) {
	names, services := make(chan string, 1000), make(chan string, 1000)
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var got received
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil || r.URL.Path != "/v1/traces" || r.Header.Get("Key") != "secret" {
			t.Errorf("%s: %v", r.URL.Path, err)
		}
		for _, from := range got.ResourceSpans {
			for _, a := range from.Resource.Attributes {
				if a.Key == "service.name" {
					services <- a.Value.StringValue
				}
			}
			for _, scope := range from.ScopeSpans {
				for _, span := range scope.Spans {
					names <- span.Name
				}
			}
		}
	}))
	defer collector.Close()
	g, token := watchedGateway(t, "OTEL_EXPORTER_OTLP_ENDPOINT="+collector.URL, "OTEL_EXPORTER_OTLP_PROTOCOL=http/json",
		"OTEL_EXPORTER_OTLP_HEADERS=key=secret", "OTEL_BSP_SCHEDULE_DELAY=600000")
	g.query(t, token, `query Calls { calls { totalCount } }`)
	if err := g.stop(); err != nil {
		t.Fatal(err)
	}
	close(names)
	var all []string
	for name := range names {
		all = append(all, name)
	}
	if service := <-services; service != "cartograph" || !slices.Contains(all, "query") || !slices.Contains(all, "POST /graphql") {
		t.Errorf("%s sent %q", service, all)
	}
}

// A collector that is away is told of once, holds up nothing, and neither do the
// spans that wait for it when the gateway stops.
func TestACollectorThatIsAway(t *testing.T) {
	for _, variable := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT=http://" + freeAddress(t) + "/?key=secret-key", "OTEL_BSP_SCHEDULE_DELAY=10"} {
		name, value, _ := strings.Cut(variable, "=")
		t.Setenv(name, value)
	}
	log := &lockedBuffer{}
	traces, err := monitor.NewTraces(t.Context(), slog.New(slog.NewTextHandler(log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		_, ended := traces.Work(t.Context(), "fold")
		ended(nil)
		until(t, "it says so", func() bool { return strings.Contains(log.String(), "takes no traces") })
	}
	traces.Stop()
	if n := strings.Count(log.String(), "level=WARN"); n != 1 || strings.Contains(log.String(), "secret-key") {
		t.Errorf("%d warnings:\n%s", n, log)
	}
}
