package resolvers

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/auth"
	"cartograph/repository"
)

// TestTheTokenOfAnAgent asks for every field of the graph by the token of one
// agent: nothing of another agent's calls is in any answer, and no number moves
// by them.
func TestTheTokenOfAnAgent(t *testing.T) {
	w := openTenants(t)
	ids := w.open("acme", "")
	ada := &auth.Principal{Org: "acme", Agent: "ada", Scopes: auth.AllScopes}
	before, beforeHTTP := w.see(ada, ids), w.readHTTP(ada, ids)
	exec := worldOf(t, w.repo)
	exec.absorb(
		`{"id":"o0","type":"joined_queue","at":"2026-03-09T11:01:00Z","visitorId":"zoe","sessionId":"zoe-1","data":{"queueId":"beauty"}}`,
		`{"id":"o1","type":"call_started","at":"2026-03-09T11:01:30Z","visitorId":"zoe","sessionId":"zoe-1","callId":"o1","data":{"agentId":"bo","callType":"queue","queueId":"beauty","trackingTag":"OTHERS"}}`,
		`{"id":"o2","type":"shopper_identified","at":"2026-03-09T11:01:40Z","visitorId":"zoe","callId":"o1","data":{"firstName":"OTHERS"}}`,
		`{"id":"o3","type":"product_presented","at":"2026-03-09T11:02:00Z","visitorId":"zoe","callId":"o1","data":{"sku":"lip-red-s"}}`,
		`{"id":"o4","type":"message_sent","at":"2026-03-09T11:03:00Z","visitorId":"zoe","callId":"o1","data":{"messageId":"m1","author":"shopper","name":"OTHERS","text":"OTHERS"}}`,
		`{"id":"o5","type":"tags_set","at":"2026-03-09T11:04:00Z","visitorId":"zoe","callId":"o1","data":{"tags":{"OTHERS":"OTHERS"}}}`,
		`{"id":"o6","type":"call_rated","at":"2026-03-09T11:05:00Z","visitorId":"zoe","callId":"o1","data":{"scale":10,"rating":3,"text":"OTHERS"}}`,
		`{"id":"o7","type":"added_to_cart","at":"2026-03-09T11:06:00Z","visitorId":"zoe","callId":"o1","data":{"sku":"lip-red-s","quantity":1,"cart":{"id":"z","amount":"9.90","currency":"EUR"}}}`,
		`{"id":"o9","type":"call_missed","at":"2026-03-09T11:06:30Z","visitorId":"OTHERS","sessionId":"zac-1","data":{"queueId":"beauty","enteredQueueAt":"2026-03-09T11:06:00Z"}}`,
		`{"id":"o8","type":"purchase","at":"2026-03-09T11:07:00Z","visitorId":"zoe","data":{"transactionId":"OTHERS","amount":"9.90","currency":"EUR","products":[{"sku":"lip-red-s","price":"9.90","quantity":1}]}}`,
	)
	for place, answer := range w.see(ada, ids) {
		if strings.Contains(answer, "OTHERS") {
			t.Errorf("%s shows another agent's call: %.300s", place, answer)
		}
		if diff := cmp.Diff(before[place], answer); diff != "" {
			t.Errorf("%s moves by another agent's call (-before +after):\n%s", place, diff)
		}
	}
	theirs := nativeIDs{}
	for typeName, id := range ids {
		theirs[typeName] = id
	}
	theirs["Call"], theirs["Cart"], theirs["Agent"], theirs["ChatMessage"] = "o1", "o1", "bo", "call:o1:m1"
	t.Run("reads nothing of them over plain HTTP, and in no file", func(t *testing.T) {
		for path, answer := range w.readHTTP(ada, ids) {
			if strings.Contains(answer, "OTHERS") {
				t.Errorf("%s shows another agent's call: %.300s", path, answer)
			}
			if diff := cmp.Diff(beforeHTTP[path], answer); diff != "" {
				t.Errorf("%s moves by another agent's call (-before +after):\n%s", path, diff)
			}
		}
		var shown []string
		for path, answer := range w.readHTTP(all("acme"), ids) {
			if strings.Contains(answer, "OTHERS") {
				shown = append(shown, path)
			}
		}
		slices.Sort(shown)
		want := []string{"/exports/calls.csv", "/exports/calls.xlsx", "/v1/stats/calls/accepted", "/v1/stats/calls/missed", "a file of kind: CALLS, format: CSV", "a file of kind: CALLS, format: XLSX"}
		if diff := cmp.Diff(want, shown); diff != "" {
			t.Errorf("what shows it to the whole organization (-want +got):\n%s", diff)
		}
	})
	t.Run("finds nothing by the ids of another's calls", func(t *testing.T) {
		for place, answer := range w.see(ada, theirs) {
			if strings.Contains(answer, "OTHERS") {
				t.Errorf("%s shows another agent's call: %.300s", place, answer)
			}
		}
		for path, answer := range w.readHTTP(ada, theirs) {
			if strings.Contains(answer, "OTHERS") {
				t.Errorf("%s shows another agent's call: %.300s", path, answer)
			}
		}
	})
	t.Run("is told of nothing that another agent does", func(t *testing.T) {
		var tracked *stream
		told := w.hear(ada, ids, func(exec *world) {
			tracked = exec.watch(ada, `subscription { trackingEvents(filter: {callId: "c1"}) { id call { callId } data { text } } }`)
			exec.absorb(
				`{"id":"p1","type":"call_started","at":"2026-03-09T12:00:00Z","visitorId":"zoe","sessionId":"zoe-2","callId":"o2","data":{"agentId":"bo","callType":"queue","queueId":"beauty","trackingTag":"OTHERS"}}`,
				`{"id":"p2","type":"message_sent","at":"2026-03-09T12:01:00Z","visitorId":"zoe","callId":"o2","data":{"messageId":"m1","author":"shopper","name":"OTHERS","text":"OTHERS"}}`,
				`{"id":"p3","type":"call_ended","at":"2026-03-09T12:10:00Z","visitorId":"zoe","sessionId":"zoe-2","callId":"o2","data":{}}`)
			w.happen(exec, "acme")
		})
		told["trackingEvents of a call"] = tracked.take()
		tracked.leave()
		if event := told["trackingEvents of a call"]; !strings.Contains(event, `"callId":"c1"`) {
			t.Errorf("the agent's own call: %s", event)
		}
		for place, event := range told {
			refused := strings.Contains(event, `"FORBIDDEN"`) && strings.HasPrefix(place, "trackingEvents") || strings.Contains(event, `"NOT_FOUND"`) && strings.HasPrefix(place, "exportProgress")
			if strings.Contains(event, "OTHERS") || !refused && (strings.Contains(event, `"extensions"`) || event == "the end") {
				t.Errorf("%s: %.300s", place, event)
			}
		}
	})
	t.Run("is told of nothing by the ids of another's calls", func(t *testing.T) {
		for _, name := range []string{"cartUpdated", "cartRequested", "chatMessageAdded", "trackingEvents"} {
			for place, event := range w.hear(ada, theirs, func(exec *world) {
				exec.absorb(`{"id":"q` + name + `","type":"message_sent","at":"2026-03-09T09:25:00Z","visitorId":"ida","liveEventId":"winter","data":{"messageId":"l9` + name + `","author":"viewer","name":"Ida","text":"Hi"}}`)
			}, name) {
				ofCall := strings.Contains(place, `allId: "o1"`)
				if ofCall && !strings.Contains(event, `"NOT_FOUND"`) || strings.Contains(event, "OTHERS") {
					t.Errorf("%s: %.300s", place, event)
				}
			}
		}
		if event := exec.watch(ada, `subscription { trackingEvents(filter: {callId: "o1"}) { id } }`).take(); !strings.Contains(event, `"message":"no such call"`) {
			t.Errorf("tracking events of another's call: %s", event)
		}
		bo := "bo"
		for _, moment := range []repository.CallMoment{repository.CallStart, repository.CallEnd} {
			if calls, _, err := w.repo.CallsSeen(t.Context(), ada.Reach(), moment, time.Time{}, "", &bo, nil); err != nil || len(calls) > 0 {
				t.Errorf("%v, %d calls of another agent", err, len(calls))
			}
		}
	})
	t.Run("changes nothing of another's calls", func(t *testing.T) {
		walking := walk{t, w.schema, theirs}
		call := `{ call(id: "o1") { ` + walking.everyField(w.schema.Types["Call"]) + ` cart { ` + walking.everyField(w.schema.Types["Cart"]) + ` } } }`
		whole := w.answer(all("acme"), call)
		for _, m := range w.mutations(theirs) {
			if answer := w.answer(ada, m); strings.Contains(answer, "OTHERS") {
				t.Errorf("%s shows another agent's call: %s", m, answer)
			}
		}
		if diff := cmp.Diff(whole, w.answer(all("acme"), call)); diff != "" {
			t.Errorf("the call has changed (-before +after):\n%s", diff)
		}
	})
}
