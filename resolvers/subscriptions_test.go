package resolvers

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/cart"
	"cartograph/graph"
	"cartograph/live"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// inProcess is a transport that hands out the executor behind it.
type inProcess struct {
	exec *graphql.GraphExecutor
}

// Supports reports that it takes every request.
func (inProcess) Supports(*http.Request) bool { return true }

// Do keeps the executor.
func (p inProcess) Do(_ http.ResponseWriter, _ *http.Request, exec graphql.GraphExecutor) {
	*p.exec = exec
}

// world is a gateway with the test shop, of which c3 goes on.
type world struct {
	t    *testing.T
	repo *repository.Repository
	exec graphql.GraphExecutor
}

func openWorld(t *testing.T) *world {
	t.Helper()
	repo := repositorytest.Open(t, nil)
	openShop(t, repo)
	return worldOf(t, repo)
}

// worldOf returns a gateway with what is in a repository.
func worldOf(t *testing.T, repo *repository.Repository) *world {
	t.Helper()
	return worldWith(t, repo, func(*Options) {})
}

// worldWith is worldOf with options of its own.
func worldWith(t *testing.T, repo *repository.Repository, change func(*Options)) *world {
	t.Helper()
	return worldAt(t, repo, change, time.Now)
}

// worldAt is worldWith with a clock.
func worldAt(t *testing.T, repo *repository.Repository, change func(*Options), now func() time.Time) *world {
	t.Helper()
	broker := new(live.Broker)
	repo.Announce(broker.Publish)
	w := &world{t: t, repo: repo}
	o := DefaultOptions()
	change(&o)
	newServer(repo, broker, analytics.WebhookPolicy{}, silent, o, now, balanced(t), inProcess{&w.exec}).
		ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/", nil))
	return w
}

// stream is a running subscription.
type stream struct {
	t     *testing.T
	next  graphql.ResponseHandler
	ctx   context.Context
	leave context.CancelFunc
}

// subscribe starts a subscription, or returns the errors that refuse it.
func (w *world) subscribe(p *auth.Principal, query string) (*stream, gqlerror.List) {
	w.t.Helper()
	ctx, leave := context.WithCancel(w.t.Context())
	w.t.Cleanup(leave)
	if p != nil {
		ctx = auth.With(ctx, p)
	}
	ctx = graphql.StartOperationTrace(WithRequestID(ctx, "test"))
	operation, errs := w.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
	if len(errs) > 0 {
		return nil, w.exec.DispatchError(graphql.WithOperationContext(ctx, operation), errs).Errors
	}
	if operation.Operation.Operation != ast.Subscription {
		w.t.Fatalf("no subscription: %s", query)
	}
	next, ctx := w.exec.DispatchOperation(ctx, operation)
	return &stream{w.t, next, ctx, leave}, nil
}

// watch is subscribe for what must be granted.
func (w *world) watch(p *auth.Principal, query string) *stream {
	w.t.Helper()
	s, errs := w.subscribe(p, query)
	if len(errs) > 0 {
		w.t.Fatalf("%s: %v", query, errs)
	}
	return s
}

// take waits for the next event and returns it as JSON, errors included.
func (s *stream) take() string {
	s.t.Helper()
	answer := s.next(s.ctx)
	if answer == nil {
		return "the end"
	}
	if len(answer.Errors) > 0 {
		text, _ := json.Marshal(answer.Errors)
		return string(text)
	}
	return string(answer.Data)
}

// shows fails unless the next events are those.
func (s *stream) shows(want ...string) {
	s.t.Helper()
	var got []string
	for range want {
		got = append(got, s.take())
	}
	if diff := cmp.Diff(want, got); diff != "" {
		s.t.Errorf("events (-want +got):\n%s", diff)
	}
}

// do sends a mutation that must succeed.
func (w *world) do(p *auth.Principal, mutation string) {
	w.t.Helper()
	ctx := graphql.StartOperationTrace(auth.With(w.t.Context(), p))
	operation, errs := w.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: mutation})
	if len(errs) > 0 {
		w.t.Fatal(errs)
	}
	next, ctx := w.exec.DispatchOperation(ctx, operation)
	var payloads map[string]struct{ UserErrors []any }
	answer := next(ctx)
	if err := json.Unmarshal(answer.Data, &payloads); err != nil || len(answer.Errors) > 0 {
		w.t.Fatalf("%s: %v %v", mutation, err, answer.Errors)
	}
	for _, payload := range payloads {
		if len(payload.UserErrors) > 0 {
			w.t.Fatalf("%s: %v", mutation, payload.UserErrors)
		}
	}
}

// absorb takes in events that come in now.
func (w *world) absorb(events ...string) {
	w.t.Helper()
	w.absorbFor("acme", events...)
}

// absorbFor is absorb for an organization.
func (w *world) absorbFor(org string, events ...string) {
	w.t.Helper()
	var parsed []analytics.Event
	for _, text := range events {
		e, err := analytics.ParseEvent([]byte(text), time.Now())
		if err != nil {
			w.t.Fatal(err)
		}
		parsed = append(parsed, e)
	}
	outcomes, err := w.repo.Absorb(w.t.Context(), org, parsed)
	accepted(w.t, outcomes, err)
}

func addToC3(sku string) string {
	return fmt.Sprintf(`mutation { addToCart(input: {callId: "c3", sku: %q}) { userErrors { message } } }`, sku)
}

func acknowledge(id string, more string) string {
	return fmt.Sprintf(`mutation { acknowledgeCartRequest(input: {requestId: %q, %s}) { userErrors { message } } }`, id, more)
}

var shopperOfC3 = &auth.Principal{Org: "acme", Call: "c3", Scopes: auth.Scopes{auth.CartsAnswer, auth.CartsRead}}

func TestACartIsWatched(t *testing.T) {
	w := openWorld(t)
	const query = `subscription { cartUpdated(callId: "c3") { version kind cart { version items { sku quantity product { name } } pendingRequests { product { name } } call { agent { name } } } request { status product { name } } } }`
	all := w.watch(everything, query)
	all.shows(`{"cartUpdated":{"version":0,"kind":"NO_UPDATE_YET","cart":{"version":0,"items":[],"pendingRequests":[],"call":{"agent":{"name":"new-agent"}}},"request":null}}`)
	w.do(everything, addToC3("lip-red-s"))
	requested := `{"cartUpdated":{"version":1,"kind":"ITEM_REQUESTED","cart":{"version":1,"items":[],"pendingRequests":[{"product":{"name":"Lipstick"}}],"call":{"agent":{"name":"new-agent"}}},"request":{"status":"PENDING","product":{"name":"Lipstick"}}}}`
	all.shows(requested)
	w.watch(everything, query).shows(requested)

	shopper := w.watch(shopperOfC3, `subscription { cartUpdated(callId: "Call:c3") { version cart { items { sku product { name variations { sizes { sku } } } } value { amount } } } }`)
	shopper.shows(`{"cartUpdated":{"version":1,"cart":{"items":[],"value":null}}}`)
	w.do(shopperOfC3, acknowledge("c3/1", "success: true"))
	shopper.shows(`{"cartUpdated":{"version":2,"cart":{"items":[{"sku":"lip-red-s","product":{"name":"Lipstick","variations":[{"sizes":[{"sku":"lip-red-s"},{"sku":"lip-red-l"}]},{"sizes":[]}]}}],"value":{"amount":"9.90"}}}}`)
	w.absorb(`{"id":"shop1","type":"added_to_cart","at":"2026-03-06T08:03:00Z","visitorId":"ida","sessionId":"ida-1","callId":"c3","data":{"sku":"boot","quantity":2,"cart":{"id":"k","amount":"249.90","currency":"EUR"}}}`)
	shopper.shows(`{"cartUpdated":{"version":3,"cart":{"items":[{"sku":"lip-red-s","product":{"name":"Lipstick","variations":[{"sizes":[{"sku":"lip-red-s"},{"sku":"lip-red-l"}]},{"sizes":[]}]}},{"sku":"boot","product":{"name":"Boot","variations":[]}}],"value":{"amount":"249.90"}}}}`)

	w.watch(everything, `subscription { cartUpdated(callId: "c3", after: 1) { version kind } }`).
		shows(`{"cartUpdated":{"version":2,"kind":"ITEM_ADDED"}}`, `{"cartUpdated":{"version":3,"kind":"ITEM_ADDED"}}`)
	all.leave()
	for answer := all.take(); answer != "the end"; answer = all.take() { // what was on its way
	}
}

func TestAShoppersPageHearsWhatItIsToDo(t *testing.T) {
	w := openWorld(t)
	w.do(everything, addToC3("lip-red-s"))
	const query = `subscription { cartRequested(callId: "c3") { __typename
		... on ShouldAddItemToCart { requestId sku quantity product { name } }
		... on ShouldUpdateItemInCart { requestId sku quantity previousQuantity product { name } }
		... on GotoCheckout { items { sku name count product { name } } } } }`
	page := w.watch(shopperOfC3, query)
	pending := `{"cartRequested":{"__typename":"ShouldAddItemToCart","requestId":"c3/1","sku":"lip-red-s","quantity":1,"product":{"name":"Lipstick"}}}`
	page.shows(pending)
	w.watch(shopperOfC3, query).shows(pending) // a page that was loaded again

	w.do(shopperOfC3, acknowledge("c3/1", "success: true"))
	w.do(everything, `mutation { updateCartItem(input: {callId: "c3", sku: "lip-red-s", quantity: 3}) { userErrors { message } } }`)
	w.do(shopperOfC3, acknowledge("c3/3", `success: false, reason: CUSTOM_ERROR, message: "Two at most."`))
	w.do(shopperOfC3, `mutation { checkoutCart(input: {callId: "c3"}) { userErrors { message } } }`)
	page.shows(
		`{"cartRequested":{"__typename":"ShouldUpdateItemInCart","requestId":"c3/3","sku":"lip-red-s","quantity":3,"previousQuantity":1,"product":{"name":"Lipstick"}}}`,
		`{"cartRequested":{"__typename":"GotoCheckout","items":[{"sku":"lip-red-s","name":"Lipstick, Red, Small","count":1,"product":{"name":"Lipstick"}}]}}`)
}

func TestCallsAndChatAreWatched(t *testing.T) {
	w := openWorld(t)
	started := w.watch(everything, `subscription { callStarted { callId agent { name } metrics { purchases } } }`)
	ofAda := w.watch(everything, `subscription { callStarted(agentId: "Agent:ada", queueId: "beauty") { callId } }`)
	adaHerself := w.watch(&auth.Principal{Org: "acme", Agent: "ada", Scopes: auth.Scopes{auth.CallsRead}}, `subscription { callStarted { callId } }`)
	ended := w.watch(everything, `subscription { callEnded { callId durationSeconds } }`)
	chat := w.watch(everything, `subscription { chatMessageAdded(callId: "c3") { text author parent { text } call { callId } } }`)
	show := w.watch(everything, `subscription { chatMessageAdded(liveEventId: "LiveEvent:spring") { text } }`)

	w.absorb(`{"id":"n1","type":"call_started","at":"2026-03-07T08:00:00Z","visitorId":"x","sessionId":"x-1","callId":"n1","data":{"agentId":"bo","callType":"queue","queueId":"beauty"}}`)
	w.absorb(`{"id":"n2","type":"call_started","at":"2026-03-07T08:00:00Z","visitorId":"y","sessionId":"y-1","callId":"n2","data":{"agentId":"ada","callType":"queue","queueId":"beauty"}}`)
	w.absorb(`{"id":"n3","type":"call_ended","at":"2026-03-07T08:10:00Z","visitorId":"y","sessionId":"y-1","callId":"n2","data":{}}`)
	w.absorb(`{"id":"n4","type":"message_sent","at":"2026-03-07T08:10:00Z","callId":"c3","data":{"messageId":"m1","author":"agent","name":"Ada","text":"Hello!"}}`,
		`{"id":"n5","type":"message_sent","at":"2026-03-07T08:10:01Z","visitorId":"ida","callId":"c3","data":{"messageId":"m2","author":"shopper","text":"Hi!","replyTo":"m1"}}`)
	w.absorb(`{"id":"n6","type":"message_sent","at":"2026-03-07T08:10:01Z","visitorId":"max","liveEventId":"spring","data":{"messageId":"l9","author":"viewer","name":"Max","text":"Again?"}}`)

	started.shows(`{"callStarted":{"callId":"n1","agent":{"name":"Bo Chen"},"metrics":{"purchases":0}}}`, `{"callStarted":{"callId":"n2","agent":{"name":"Ada Lind"},"metrics":{"purchases":0}}}`)
	ofAda.shows(`{"callStarted":{"callId":"n2"}}`)
	adaHerself.shows(`{"callStarted":{"callId":"n2"}}`)
	ended.shows(`{"callEnded":{"callId":"n2","durationSeconds":600}}`)
	chat.shows(`{"chatMessageAdded":{"text":"Hello!","author":"AGENT","parent":null,"call":{"callId":"c3"}}}`,
		`{"chatMessageAdded":{"text":"Hi!","author":"SHOPPER","parent":{"text":"Hello!"},"call":{"callId":"c3"}}}`)
	show.shows(`{"chatMessageAdded":{"text":"Again?"}}`)
}

// What moderators decide is heard by everybody who watches the chat; what they
// withhold is not.
func TestModerationIsHeard(t *testing.T) {
	w := openWorld(t)
	viewer := &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.EventsRead}}
	const decided = `subscription { chatModerated(liveEventId: "spring") { messageId visitorId displayed message { text deleted } } }`
	const written = `subscription { chatMessageAdded(liveEventId: "spring") { text banned } }`
	ofModerator, ofViewer := w.watch(everything, decided), w.watch(viewer, decided)
	allWritten, seenWritten := w.watch(everything, written), w.watch(viewer, written)

	w.do(everything, `mutation { moderateChatMessage(input: {messageId: "live_event:spring:l1", action: DELETE}) { userErrors { code } } }`)
	ofModerator.shows(`{"chatModerated":{"messageId":"l1","visitorId":null,"displayed":false,"message":{"text":"Is it matte?","deleted":true}}}`)
	ofViewer.shows(`{"chatModerated":{"messageId":"l1","visitorId":null,"displayed":false,"message":null}}`)
	w.do(everything, `mutation { moderateChatMessage(input: {messageId: "live_event:spring:l1", action: RESTORE}) { userErrors { code } } }`)
	ofViewer.shows(`{"chatModerated":{"messageId":"l1","visitorId":null,"displayed":false,"message":{"text":"Is it matte?","deleted":false}}}`)
	w.do(everything, `mutation { banViewer(input: {liveEventId: "spring", messageId: "live_event:spring:l1"}) { userErrors { code } } }`)
	ofViewer.shows(`{"chatModerated":{"messageId":null,"visitorId":"max","displayed":false,"message":null}}`)

	w.absorb(`{"id":"n1","type":"message_sent","at":"2026-03-07T08:10:01Z","visitorId":"max","liveEventId":"spring","data":{"messageId":"l8","author":"viewer","text":"Hello?"}}`)
	w.absorb(`{"id":"n2","type":"message_sent","at":"2026-03-07T08:10:02Z","visitorId":"ida","liveEventId":"spring","data":{"messageId":"l9","author":"viewer","text":"Hi"}}`)
	allWritten.shows(`{"chatMessageAdded":{"text":"Hello?","banned":true}}`, `{"chatMessageAdded":{"text":"Hi","banned":false}}`)
	seenWritten.shows(`{"chatMessageAdded":{"text":"Hi","banned":false}}`)
}

func TestSubscriptionsThatAreRefused(t *testing.T) {
	w := openWorld(t)
	const cartOfC3 = `subscription { cartUpdated(callId: "c3") { version } }`
	for _, c := range []struct {
		name  string
		who   *auth.Principal
		query string
		code  analytics.Code
	}{
		{"without a token", nil, cartOfC3, analytics.Unauthenticated},
		{"without the scope", &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead}}, cartOfC3, analytics.Forbidden},
		{"of another organization", &auth.Principal{Org: "globex", Scopes: auth.AllScopes}, cartOfC3, analytics.NotFound},
		{"of another agent's call", &auth.Principal{Org: "acme", Agent: "ada", Scopes: auth.AllScopes}, cartOfC3, analytics.NotFound},
		{"of a call that there is not", everything, `subscription { cartUpdated(callId: "none") { version } }`, analytics.NotFound},
		{"from a version that there is not", everything, `subscription { cartUpdated(callId: "c3", after: 7) { version } }`, analytics.BadUserInput},
		{"what the page is to do, for who only watches", &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CartsRead}}, `subscription { cartRequested(callId: "c3") { __typename } }`, analytics.Forbidden},
		{"another call by a shopper's token", shopperOfC3, `subscription { cartUpdated(callId: "c1") { version } }`, analytics.NotFound},
		{"the call by a shopper's token", shopperOfC3, `subscription { cartUpdated(callId: "c3") { cart { call { callId } } } }`, analytics.Forbidden},
		{"the chat by a shopper's token", shopperOfC3, `subscription { chatMessageAdded(callId: "c3") { text } }`, analytics.Forbidden},
		{"calls by a shopper's token with more scopes", &auth.Principal{Org: "acme", Call: "c3", Scopes: auth.AllScopes}, `subscription { callStarted { callId } }`, analytics.Forbidden},
		{"a chat of another organization", &auth.Principal{Org: "globex", Scopes: auth.AllScopes}, `subscription { chatMessageAdded(callId: "c3") { text } }`, analytics.NotFound},
		{"a chat of a live event without its scope", &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead}}, `subscription { chatMessageAdded(liveEventId: "spring") { text } }`, analytics.Forbidden},
		{"metrics without the scope", &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead}}, `subscription { liveMetrics(liveEventId: "spring") { general { likes } } }`, analytics.Forbidden},
		{"metrics of another organization", &auth.Principal{Org: "globex", Scopes: auth.AllScopes}, `subscription { liveMetrics(liveEventId: "summer") { general { likes } } }`, analytics.NotFound},
		{"metrics by a shopper's token", shopperOfC3, `subscription { liveMetrics(liveEventId: "spring") { general { likes } } }`, analytics.Forbidden},
		{"metrics too often", everything, `subscription { liveMetrics(liveEventId: "spring", every: 0) { general { likes } } }`, analytics.BadUserInput},
		{"metrics too seldom", everything, `subscription { liveMetrics(liveEventId: "spring", every: 61) { general { likes } } }`, analytics.BadUserInput},
		{"decisions about a chat of another organization", &auth.Principal{Org: "globex", Scopes: auth.AllScopes}, `subscription { chatModerated(liveEventId: "summer") { messageId } }`, analytics.NotFound},
		{"decisions about a chat without its scope", &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead, auth.ChatModerate}}, `subscription { chatModerated(liveEventId: "spring") { messageId } }`, analytics.Forbidden},
		{"a chat of nothing", everything, `subscription { chatMessageAdded { text } }`, analytics.BadUserInput},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, errs := w.subscribe(c.who, c.query)
			if len(errs) == 0 {
				answer := s.next(s.ctx)
				if answer == nil || len(answer.Errors) == 0 {
					t.Fatal("it was granted")
				}
				errs = answer.Errors
			}
			if diff := cmp.Diff(string(c.code), errs[0].Extensions["code"]); diff != "" {
				t.Errorf("%v: %s", errs, diff)
			}
		})
	}
}

func TestWhatCanNoLongerBeAnsweredIsNotAskedForAgain(t *testing.T) {
	now := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	request := cart.Request{ID: 1, Kind: cart.ShouldAddItem, SKU: "hat", Quantity: 2, Status: cart.Pending, ExpiresAt: now.Add(cart.AnswerTime)}
	change := &cart.Change{CallID: "c", Update: cart.Update{Version: 1, Kind: cart.ItemRequested, Request: &request}, After: cart.Cart{Version: 1, Pending: []cart.Request{request}}}
	want := []graph.CartCommand{&graph.ShouldAddItemToCart{RequestID: "c/1", Sku: "hat", Quantity: 2, ExpiresAt: request.ExpiresAt}}
	for _, first := range []bool{true, false} {
		if diff := cmp.Diff(want, commandsOf(change, first, request.ExpiresAt.Add(-time.Millisecond))); diff != "" {
			t.Error(diff)
		}
		if late := commandsOf(change, first, request.ExpiresAt); len(late) > 0 {
			t.Errorf("asked for too late: %v", late)
		}
	}
}
