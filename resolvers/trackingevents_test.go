package resolvers

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
)

func TestTrackingEventsAreWatched(t *testing.T) {
	w := openWorld(t)
	all := w.watch(everything, `subscription { trackingEvents { id type at visitorId sessionId } }`)
	ofC3 := w.watch(everything, `subscription { trackingEvents(filter: {callId: "Call:c3"}) { id type sku product { name } call { callId agent { name } } data { total { amount currency } lines { sku quantity sales { amount } } } } }`)
	ofQueue := w.watch(everything, `subscription { trackingEvents(filter: {queueId: "beauty"}) { type queueId queue { name } callId data { queuePlace servingAgents agentId callType } } }`)
	ofShow := w.watch(everything, `subscription { trackingEvents(filter: {liveEventId: "LiveEvent:spring", types: [MESSAGE_SENT, LIKED]}) { type liveEventId liveEvent { name } data { text author authorName count messageId } } }`)
	masked := w.watch(&auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead}}, `subscription { trackingEvents(filter: {callId: "c3", types: [SHOPPER_IDENTIFIED, CALL_RATED]}) { type data { firstName email rating ratingText tags { name } } } }`)
	shown := w.watch(everything, `subscription { trackingEvents(filter: {callId: "c3", types: [SHOPPER_IDENTIFIED, CALL_RATED]}) { type data { firstName email rating ratingText } } }`)
	ofBo := w.watch(&auth.Principal{Org: "acme", Agent: "new-agent", Scopes: auth.Scopes{auth.CallsRead}}, `subscription { trackingEvents(filter: {callId: "c3"}) { type } }`)

	w.absorb(`{"id":"t1","type":"product_presented","at":"2026-03-06T08:01:00Z","visitorId":"ida","sessionId":"ida-1","callId":"c3","data":{"sku":"lip-red-s"}}`,
		`{"id":"t2","type":"purchase","at":"2026-03-06T09:00:00Z","visitorId":"ida","callId":"c3","data":{"transactionId":"o1","amount":"19.80","currency":"EUR","products":[{"sku":"lip-red-s","price":"9.90","quantity":2}]}}`)
	w.absorb(`{"id":"t3","type":"joined_queue","at":"2026-03-07T08:00:00Z","visitorId":"max","sessionId":"max-1","data":{"queueId":"beauty","queuePlace":2,"servingAgents":1}}`)
	w.absorb(`{"id":"t4","type":"call_started","at":"2026-03-07T08:01:00Z","visitorId":"max","sessionId":"max-1","callId":"c9","data":{"agentId":"ada","callType":"queue","queueId":"beauty"}}`)
	w.absorb(`{"id":"t5","type":"heartbeat","at":"2026-03-07T08:01:00Z","visitorId":"max","sessionId":"max-1","liveEventId":"spring"}`,
		`{"id":"t6","type":"liked","at":"2026-03-07T08:01:01Z","visitorId":"max","sessionId":"max-1","liveEventId":"spring","data":{"count":3}}`)
	w.absorb(`{"id":"t7","type":"message_sent","at":"2026-03-07T08:01:02Z","visitorId":"max","liveEventId":"spring","data":{"messageId":"l1","author":"viewer","name":"Max","text":"Hello"}}`)
	w.absorb(`{"id":"t8","type":"shopper_identified","at":"2026-03-06T08:02:00Z","visitorId":"ida","callId":"c3","data":{"firstName":"Ida","email":"ida@example.org"}}`)
	w.absorb(`{"id":"t9","type":"call_rated","at":"2026-03-06T08:30:00Z","visitorId":"ida","callId":"c3","data":{"scale":10,"rating":9,"text":"Lovely"}}`)

	all.shows(
		`{"trackingEvents":{"id":"t1","type":"PRODUCT_PRESENTED","at":"2026-03-06T08:01:00Z","visitorId":"ida","sessionId":"ida-1"}}`,
		`{"trackingEvents":{"id":"t2","type":"PURCHASE","at":"2026-03-06T09:00:00Z","visitorId":"ida","sessionId":null}}`,
		`{"trackingEvents":{"id":"t3","type":"JOINED_QUEUE","at":"2026-03-07T08:00:00Z","visitorId":"max","sessionId":"max-1"}}`)
	ofC3.shows(
		`{"trackingEvents":{"id":"t1","type":"PRODUCT_PRESENTED","sku":"lip-red-s","product":{"name":"Lipstick"},"call":{"callId":"c3","agent":{"name":"new-agent"}},"data":{"total":null,"lines":[]}}}`,
		`{"trackingEvents":{"id":"t2","type":"PURCHASE","sku":null,"product":null,"call":{"callId":"c3","agent":{"name":"new-agent"}},"data":{"total":{"amount":"19.80","currency":"EUR"},"lines":[{"sku":"lip-red-s","quantity":2,"sales":{"amount":"19.80"}}]}}}`)
	ofQueue.shows(
		`{"trackingEvents":{"type":"JOINED_QUEUE","queueId":"beauty","queue":{"name":"Beauty"},"callId":null,"data":{"queuePlace":2,"servingAgents":1,"agentId":null,"callType":null}}}`,
		`{"trackingEvents":{"type":"CALL_STARTED","queueId":"beauty","queue":{"name":"Beauty"},"callId":"c9","data":{"queuePlace":null,"servingAgents":null,"agentId":"ada","callType":"QUEUE"}}}`)
	ofShow.shows(
		`{"trackingEvents":{"type":"LIKED","liveEventId":"spring","liveEvent":{"name":"Spring show"},"data":{"text":null,"author":null,"authorName":null,"count":3,"messageId":null}}}`,
		`{"trackingEvents":{"type":"MESSAGE_SENT","liveEventId":"spring","liveEvent":{"name":"Spring show"},"data":{"text":"Hello","author":"VIEWER","authorName":"Max","count":null,"messageId":"l1"}}}`)
	masked.shows(
		`{"trackingEvents":{"type":"SHOPPER_IDENTIFIED","data":{"firstName":null,"email":null,"rating":null,"ratingText":null,"tags":[]}}}`,
		`{"trackingEvents":{"type":"CALL_RATED","data":{"firstName":null,"email":null,"rating":9,"ratingText":null,"tags":[]}}}`)
	shown.shows(
		`{"trackingEvents":{"type":"SHOPPER_IDENTIFIED","data":{"firstName":"Ida","email":"ida@example.org","rating":null,"ratingText":null}}}`,
		`{"trackingEvents":{"type":"CALL_RATED","data":{"firstName":null,"email":null,"rating":9,"ratingText":"Lovely"}}}`)
	ofBo.shows(`{"trackingEvents":{"type":"PRODUCT_PRESENTED"}}`, `{"trackingEvents":{"type":"PURCHASE"}}`)
}

func TestTrackingEventsThatAreRefused(t *testing.T) {
	w := openWorld(t)
	with := func(scopes ...auth.Scope) *auth.Principal { return &auth.Principal{Org: "acme", Scopes: scopes} }
	for _, c := range []struct {
		name  string
		who   *auth.Principal
		query string
		code  analytics.Code
		says  string
	}{
		{"without a token", nil, `trackingEvents { id }`, analytics.Unauthenticated, "needs a token"},
		{"all, with the scope of calls alone", with(auth.CallsRead), `trackingEvents { id }`, analytics.Forbidden, "events of live events needs the scope events:read"},
		{"a type of live events, with the scope of calls", with(auth.CallsRead), `trackingEvents(filter: {types: [LIKED]}) { id }`, analytics.Forbidden, "needs the scope events:read"},
		{"chat, which may be of both", with(auth.EventsRead), `trackingEvents(filter: {types: [MESSAGE_SENT]}) { id }`, analytics.Forbidden, "needs the scope calls:read"},
		{"purchases, which may be of all", with(auth.CallsRead, auth.EventsRead), `trackingEvents(filter: {types: [PURCHASE]}) { id }`, analytics.Forbidden, "needs the scope workflows:read"},
		{"a call, with the scope of live events", with(auth.EventsRead), `trackingEvents(filter: {callId: "c3"}) { id }`, analytics.Forbidden, "needs the scope calls:read"},
		{"a queue, with the scope of live events", with(auth.EventsRead), `trackingEvents(filter: {queueId: "beauty"}) { id }`, analytics.Forbidden, "needs the scope calls:read"},
		{"a live event, with the scope of calls", with(auth.CallsRead), `trackingEvents(filter: {liveEventId: "spring"}) { id }`, analytics.Forbidden, "needs the scope events:read"},
		{"a workflow, with the scope of calls", with(auth.CallsRead), `trackingEvents(filter: {workflowId: "w"}) { id }`, analytics.Forbidden, "needs the scope workflows:read"},
		{"the link to the call, without its scope", with(auth.EventsRead), `trackingEvents(filter: {liveEventId: "spring"}) { call { callId } }`, analytics.Forbidden, "TrackingEvent.call needs the scope calls:read"},
		{"all, by an agent", &auth.Principal{Org: "acme", Agent: "ada", Scopes: auth.AllScopes}, `trackingEvents { id }`, analytics.Forbidden, "give filter.callId"},
		{"another agent's call", &auth.Principal{Org: "acme", Agent: "ada", Scopes: auth.AllScopes}, `trackingEvents(filter: {callId: "c3"}) { id }`, analytics.NotFound, "no such call"},
		{"a call by its shopper's page", shopperOfC3, `trackingEvents(filter: {callId: "c3"}) { id }`, analytics.Forbidden, "not for the token of a shopper's page"},
		{"a call of another organization", &auth.Principal{Org: "globex", Scopes: auth.AllScopes}, `trackingEvents(filter: {callId: "c3"}) { id }`, analytics.NotFound, "no such call"},
		{"a queue that there is not", everything, `trackingEvents(filter: {queueId: "none"}) { id }`, analytics.NotFound, "there is no such Queue"},
		{"two subjects", everything, `trackingEvents(filter: {callId: "c3", queueId: "beauty"}) { id }`, analytics.BadUserInput, "filter names more than one subject"},
		{"a cursor that is none", everything, `trackingEvents(after: "x") { id }`, analytics.BadUserInput, "after is no cursor of a subscription"},
		{"a cursor of a list", everything, `chatMessageAdded(callId: "c3", after: "eyJvIjoiY2FsbHMifQ") { text }`, analytics.BadUserInput, "after is no cursor of a subscription"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, errs := w.subscribe(c.who, "subscription { "+c.query+" }")
			if len(errs) == 0 {
				answer := s.next(s.ctx)
				if answer == nil || len(answer.Errors) == 0 {
					t.Fatal("it was granted")
				}
				errs = answer.Errors
			}
			if diff := cmp.Diff(string(c.code), errs[0].Extensions["code"]); diff != "" || !strings.Contains(errs[0].Message, c.says) {
				t.Errorf("%v: %s", errs, diff)
			}
		})
	}
}

// What was missed comes after coming back, with what was heard shortly before.
func TestSubscriptionsResume(t *testing.T) {
	w := openWorld(t)
	first := w.watch(everything, `subscription { trackingEvents(filter: {callId: "c3"}) { id cursor } }`)
	chat := w.watch(everything, `subscription { chatMessageAdded(callId: "c3") { text cursor } }`)
	started := w.watch(everything, `subscription { callStarted { callId startedCursor } }`)
	ended := w.watch(everything, `subscription { callEnded { callId endedCursor } }`)
	message := func(n int) string {
		return fmt.Sprintf(`{"id":"m%d","type":"message_sent","at":"2026-03-07T08:10:0%dZ","callId":"c3","data":{"messageId":"m%d","author":"agent","text":"text %d"}}`, n, n, n, n)
	}
	call := func(n int) []string {
		return []string{
			fmt.Sprintf(`{"id":"s%d","type":"call_started","at":"2026-03-07T08:00:00Z","visitorId":"x%d","sessionId":"x","callId":"n%d","data":{"agentId":"bo","callType":"queue","queueId":"beauty"}}`, n, n, n),
			fmt.Sprintf(`{"id":"e%d","type":"call_ended","at":"2026-03-07T08:10:00Z","visitorId":"x%d","sessionId":"x","callId":"n%d","data":{}}`, n, n, n),
		}
	}
	w.absorb(message(1))
	w.absorb(call(1)...)
	cursor := func(s *stream, field string) string {
		t.Helper()
		var heard map[string]map[string]string
		text := s.take()
		if err := json.Unmarshal([]byte(text), &heard); err != nil {
			t.Fatal(err, text)
		}
		for _, event := range heard {
			return event[field]
		}
		return ""
	}
	event, text, start, end := cursor(first, "cursor"), cursor(chat, "cursor"), cursor(started, "startedCursor"), cursor(ended, "endedCursor")
	for _, s := range []*stream{first, chat, started, ended} {
		s.leave()
	}
	w.absorb(message(2))
	w.absorb(call(2)...)

	for _, c := range []struct{ query, heard, missed string }{
		{fmt.Sprintf(`trackingEvents(filter: {callId: "c3"}, after: %q) { id }`, event), `{"trackingEvents":{"id":"m1"}}`, `{"trackingEvents":{"id":"m2"}}`},
		{fmt.Sprintf(`chatMessageAdded(callId: "c3", after: %q) { text }`, text), `{"chatMessageAdded":{"text":"text 1"}}`, `{"chatMessageAdded":{"text":"text 2"}}`},
		{fmt.Sprintf(`callStarted(after: %q) { callId }`, start), `{"callStarted":{"callId":"n1"}}`, `{"callStarted":{"callId":"n2"}}`},
		{fmt.Sprintf(`callEnded(after: %q) { callId }`, end), `{"callEnded":{"callId":"n1"}}`, `{"callEnded":{"callId":"n2"}}`},
	} {
		s := w.watch(everything, "subscription { "+c.query+" }")
		// The shop came in shortly before, so that it comes again.
		var before []string
		for text := s.take(); text != c.missed; text = s.take() {
			before = append(before, text)
			if len(before) > 100 {
				t.Fatalf("%s: not heard within %v", c.missed, before)
			}
		}
		if slices.Index(before, c.heard) != len(before)-1 {
			t.Errorf("%s: heard %v before what was missed", c.query, before)
		}
	}
}

// A watcher that hangs up again and again hears every event of eight writers: the
// test ends only then.
func TestNothingIsLostByComingBack(t *testing.T) {
	const writers, each = 8, 25
	w := openWorld(t)
	random := rand.New(rand.NewPCG(20260307, 1))
	first := w.watch(everything, `subscription { trackingEvents(filter: {liveEventId: "spring"}) { id cursor } }`)
	var writing sync.WaitGroup
	for writer := range writers {
		seed := random.Uint64()
		writing.Go(func() {
			random := rand.New(rand.NewPCG(seed, 2))
			for n := range each {
				at := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.IntN(1e6)) * time.Second) // out of order
				text := fmt.Sprintf(`{"id":"w%d-%d","type":"liked","at":%q,"visitorId":"v","sessionId":"s","liveEventId":"spring","data":{"count":1}}`, writer, n, at.Format(time.RFC3339))
				e, err := analytics.ParseEvent([]byte(text), time.Now())
				if err == nil {
					_, err = w.repo.Absorb(w.t.Context(), "acme", []analytics.Event{e})
				}
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	heard := map[string]bool{}
	hear := func(s *stream) (cursor string) {
		var event struct{ TrackingEvents struct{ ID, Cursor string } }
		text := s.take()
		if err := json.Unmarshal([]byte(text), &event); err != nil {
			t.Fatal(err, text)
		}
		heard[event.TrackingEvents.ID] = true
		return event.TrackingEvents.Cursor
	}
	s := first
	for {
		cursor := ""
		for want := min(writers*each, len(heard)+1+random.IntN(20)); len(heard) < want; {
			cursor = hear(s)
		}
		s.leave()
		if len(heard) == writers*each {
			break
		}
		s = w.watch(everything, fmt.Sprintf(`subscription { trackingEvents(filter: {liveEventId: "spring"}, after: %q) { id cursor } }`, cursor))
	}
	writing.Wait()
}
