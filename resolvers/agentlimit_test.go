package resolvers

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/auth"
)

// TestTheTokenOfAnAgent asks for every field of the graph by the token of one
// agent: nothing of another agent's calls is in any answer, and no number moves
// by them.
func TestTheTokenOfAnAgent(t *testing.T) {
	w := openTenants(t)
	ids := w.open("acme", "")
	ada := &auth.Principal{Org: "acme", Agent: "ada", Scopes: auth.AllScopes}
	before := w.see(ada, ids)
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
	t.Run("finds nothing by the ids of another's calls", func(t *testing.T) {
		for place, answer := range w.see(ada, theirs) {
			if strings.Contains(answer, "OTHERS") {
				t.Errorf("%s shows another agent's call: %.300s", place, answer)
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
