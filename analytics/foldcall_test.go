package analytics

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var callStart = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

func waited(n int) *int64 {
	ms := int64(n) * 1000
	return &ms
}

// story writes what came in about call c, one line each:
// an event's type, when in seconds after the start of the call, and its data.
type story struct {
	t      *testing.T
	events []*Event
	joins  []*Event
}

func (s *story) event(of EventType, at float64, data string) {
	s.t.Helper()
	object := map[string]any{
		"id": fmt.Sprintf("e%d", len(s.events)), "type": of, "visitorId": "v", "sessionId": "s",
		"at": callStart.Add(time.Duration(at * float64(time.Second))).Format(time.RFC3339Nano), "data": json.RawMessage(data),
	}
	if vocabulary[of].subjects&onCall != 0 {
		object["callId"] = "c"
	}
	raw, err := json.Marshal(object)
	if err != nil {
		s.t.Fatal(err)
	}
	e, err := ParseEvent(raw, callStart.AddDate(1, 0, 0))
	if err != nil {
		s.t.Fatal(err)
	}
	if of == JoinedQueue {
		s.joins = append(s.joins, &e)
		return
	}
	s.events = append(s.events, &e)
}

func (s *story) row(arrival int64, cells map[string]string) {
	s.t.Helper()
	all := map[string]string{"status": "ACCEPTED", "call_id": "c", "call_start_time": "2026-03-01T10:00:00Z"}
	for column, cell := range cells {
		all[column] = cell
	}
	row, err := ParseCallRow(all)
	if err != nil {
		s.t.Fatal(err)
	}
	e, err := row.Event(callStart.AddDate(1, 0, 0))
	if err != nil {
		s.t.Fatal(err)
	}
	e.Arrival = arrival
	s.events = append(s.events, &e)
}

func (s *story) webhook(timestamp, payload string) {
	s.t.Helper()
	raw := fmt.Sprintf(`{"eventId":"w%d","timestamp":%q,"payload":{"callId":"c","startedAt":"2026-03-01T10:00:00Z","endedAt":"2026-03-01T10:05:00Z"%s}}`,
		len(s.events), timestamp, payload)
	e, err := ParseCallEnded([]byte(raw), callStart.AddDate(1, 0, 0))
	if err != nil {
		s.t.Fatal(err)
	}
	s.events = append(s.events, &e)
}

func TestFoldingACall(t *testing.T) {
	const started = `{"agentId":"a","callType":"queue","queueId":"q"}`
	for name, c := range map[string]struct {
		tell  func(*story)
		check func(c *Call, messages []*ChatMessage) any
		want  any
	}{
		"a call that nothing names has no row": {
			func(s *story) { s.event(CallEnded, 60, `{}`); s.event(ProductPresented, 1, `{"sku":"x"}`) },
			func(c *Call, _ []*ChatMessage) any { return c == nil }, true,
		},
		"a call without its end is accepted, without duration and never short": {
			func(s *story) { s.event(CallStarted, 0, started) },
			func(c *Call, _ []*ChatMessage) any { return []any{c.Status, c.Duration, c.ByDuration, c.Short, c.At} },
			[]any{Accepted, (*int64)(nil), int64(-1), false, callStart},
		},
		"under 20 seconds it is short": {
			func(s *story) { s.event(CallStarted, 0, started); s.event(CallEnded, 19.999, `{}`) },
			func(c *Call, _ []*ChatMessage) any { return []any{*c.Duration, c.Short} }, []any{int64(19_999), true},
		},
		"it waited since the latest joined_queue before its start": {
			func(s *story) {
				s.event(JoinedQueue, -90, `{"queueId":"q"}`)
				s.event(JoinedQueue, -30, `{"queueId":"q"}`)
				s.event(JoinedQueue, -10, `{"queueId":"other"}`)
				s.event(JoinedQueue, 5, `{"queueId":"q"}`)
				s.event(CallStarted, 0, started)
			},
			func(c *Call, _ []*ChatMessage) any { return []any{c.QueueID, c.QueueWait} }, []any{"q", waited(30)},
		},
		"a booked meeting waited in its waiting room": {
			func(s *story) {
				s.event(CallStarted, 0, `{"agentId":"a","callType":"booked_meeting","queueId":"q","waitingRoomId":"w","enteredWaitingRoomAt":"2026-03-01T09:58:00Z"}`)
			},
			func(c *Call, _ []*ChatMessage) any {
				return []any{c.Type, c.QueueID, c.WaitingRoomID, c.WaitingRoomWait}
			},
			[]any{BookedMeeting, "", Text("w"), waited(120)},
		},
		"every call_missed is a row that waited until it gave up": {
			func(s *story) { s.event(CallMissed, 64, `{"queueId":"q","enteredQueueAt":"2026-03-01T10:01:00Z"}`) },
			func(c *Call, _ []*ChatMessage) any {
				return []any{c.Status, c.Type, c.At, c.QueueWait, c.Short, c.StartedAt, c.ClientID}
			},
			[]any{Missed, QueueCall, callStart.Add(time.Minute), waited(4), true, (*time.Time)(nil), Text("v")},
		},
		"events go before the webhook, the webhook before an import": {
			func(s *story) {
				s.row(1, map[string]string{"agent_id": "row", "queue_id": "row", "tracking_tag": "row", "call_type": "Queue", "call_end_time": "2026-03-01T10:09:00Z"})
				s.webhook("2026-03-01T10:05:00Z", `,"agent":"hook","queue":"hook"`)
				s.event(CallStarted, 0, `{"agentId":"event","callType":"queue","queueId":"q"}`)
			},
			func(c *Call, _ []*ChatMessage) any {
				return []any{c.AgentID, c.QueueID, c.TrackingTag, *c.Duration}
			},
			[]any{"event", "q", Text("row"), int64(300_000)},
		},
		"an end before the start gives way": {
			func(s *story) {
				s.event(CallStarted, 400, started)
				s.webhook("2026-03-01T10:05:00Z", "")
				s.row(1, map[string]string{"call_end_time": "2026-03-01T10:09:00Z"})
			},
			func(c *Call, _ []*ChatMessage) any { return []any{*c.StartedAt, *c.EndedAt} },
			[]any{callStart.Add(400 * time.Second), callStart.Add(9 * time.Minute)},
		},
		"of several imports the later wins, and an empty cell erases nothing": {
			func(s *story) {
				s.row(2, map[string]string{"agent_id": "late", "is_test_call": "TRUE"})
				s.row(1, map[string]string{"agent_id": "early", "tracking_tag": "till"})
			},
			func(c *Call, _ []*ChatMessage) any { return []any{c.AgentID, c.TrackingTag, c.Test} },
			[]any{"late", Text("till"), true},
		},
		"messages count by their ids, and the first of one id stands": {
			func(s *story) {
				s.event(CallStarted, 0, started)
				s.event(MessageSent, 20, `{"messageId":"m","author":"shopper","text":"again"}`)
				s.event(MessageSent, 10, `{"messageId":"m","author":"agent","text":"first"}`)
				s.event(MessageSent, 30, `{"messageId":"n","author":"shopper","text":"other","replyTo":"m"}`)
				s.webhook("2026-03-01T10:05:00Z", `,"chat":[{"src":"client","date":"2026-03-01T10:01:00Z","message":"not this"}]`)
			},
			func(c *Call, messages []*ChatMessage) any {
				return []any{c.MessagesByAgent, c.MessagesByShopper, messages[0].Text, messages[0].AgentID, messages[1].NativeID, messages[1].ReplyTo}
			},
			[]any{1, 1, "first", "a", "call:c:n", "call:c:m"},
		},
		"the webhook's chat counts where no message came as an event": {
			func(s *story) {
				s.row(1, map[string]string{"number_of_messages_by_agent": "9"})
				s.webhook("2026-03-01T10:05:00Z", `,"chat":[{"src":"client","date":"2026-03-01T10:01:00Z","message":"hello"}]`)
			},
			func(c *Call, messages []*ChatMessage) any {
				return []any{c.MessagesByAgent, c.MessagesByShopper, messages[0].Text, messages[0].FromWebhook}
			},
			[]any{0, 1, "hello", true},
		},
		"numbers of messages of an import count where no chat is known": {
			func(s *story) { s.row(1, map[string]string{"number_of_messages_by_agent": "9"}) },
			func(c *Call, messages []*ChatMessage) any { return []any{c.MessagesByAgent, len(messages)} }, []any{9, 0},
		},
		"products stand once each in the order of their first appearance": {
			func(s *story) {
				s.event(CallStarted, 0, started)
				s.event(ProductPresented, 30, `{"sku":"b"}`)
				s.event(ProductPresented, 10, `{"sku":"a"}`)
				s.event(ProductPresented, 40, `{"sku":"a"}`)
				s.event(ProductTriedOn, 50, `{"sku":"c"}`)
				s.event(AddedToCart, 60, `{"sku":"a","quantity":2,"cart":{"id":"k","amount":1,"currency":"EUR"}}`)
				s.event(RemovedFromCart, 70, `{"sku":"d","quantity":1,"cart":{"id":"k","amount":1,"currency":"EUR"}}`)
			},
			func(c *Call, _ []*ChatMessage) any {
				return []any{c.PresentedSKUs, c.TriedOnSKUs, c.AddedSKUs, c.SKUs, c.Counts}
			},
			[]any{[]string{"a", "b"}, []string{"c"}, []string(nil), []string{"a", "b", "c"}, []ProductInCall{
				{"a", ProductCounts{Presented: 2, Added: 1}}, {"b", ProductCounts{Presented: 1}},
				{"c", ProductCounts{TriedOn: 1}}, {"d", ProductCounts{Removed: 1}},
			}},
		},
		"of several ratings the last counts": {
			func(s *story) {
				s.event(CallStarted, 0, started)
				s.event(CallRated, 90, `{"scale":2,"rating":1,"text":"meh"}`)
				s.event(CallRated, 80, `{"scale":10,"rating":9}`)
			},
			func(c *Call, _ []*ChatMessage) any { return c.Poll }, &PollAnswer{Rating: 1, Scale: 2, Text: "meh"},
		},
		"identifications merge field by field, the later value wins": {
			func(s *story) {
				s.row(1, map[string]string{"shopper_first_name": "Row", "shopper_last_name": "Hopper"})
				s.event(ShopperIdentified, 20, `{"firstName":"Grace","phone":"+46 (70) 12"}`)
				s.event(ShopperIdentified, 10, `{"firstName":"Gr","email":"Grace.H@Navy.mil"}`)
			},
			func(c *Call, _ []*ChatMessage) any { return []any{c.Shopper, c.ShopperWords} },
			[]any{ShopperDetails{FirstName: "Grace", LastName: "Hopper", Phone: "+46 (70) 12", Email: "Grace.H@Navy.mil"},
				[]string{"+46 (70) 12", "467012", "grace", "grace.h@navy.mil", "h", "hopper", "mil", "navy"}},
		},
		"of equal tags the last wins": {
			func(s *story) {
				s.event(CallStarted, 0, started)
				s.event(TagsSet, 20, `{"tags":{"a":"new"}}`)
				s.event(TagsSet, 10, `{"tags":{"a":"old","b":2}}`)
			},
			func(c *Call, _ []*ChatMessage) any { return c.CustomerTags }, []CustomerTag{{"b", 2.0}, {"a", "new"}},
		},
		"the last test mark wins over the import": {
			func(s *story) {
				s.row(1, map[string]string{"is_test_call": "TRUE"})
				early, late := NewTestMark("1", "c", true, callStart.Add(time.Hour)), NewTestMark("0", "c", false, callStart.Add(2*time.Hour))
				s.events = append(s.events, &late, &early)
			},
			func(c *Call, _ []*ChatMessage) any { return c.Test }, false,
		},
		"a blocked shopper": {
			func(s *story) { s.event(CallStarted, 0, started); s.event(ShopperBlocked, 33, `{"note":"rude"}`) },
			func(c *Call, _ []*ChatMessage) any { return []any{*c.BlockedAt, c.BlockedNote} },
			[]any{callStart.Add(33 * time.Second), Text("rude")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &story{t: t}
			c.tell(s)
			for range 2 {
				id := "c"
				if missed, ok := SubjectID("call", s.events[0].Subject); ok {
					id = missed
				}
				folded := FoldCall("org", id, s.events, s.joins, nil)
				if diff := cmp.Diff(c.want, c.check(folded.Call, folded.Messages)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				slices.Reverse(s.events) // the order of arrival is nothing
				slices.Reverse(s.joins)
			}
		})
	}
}

func TestAttributingPurchases(t *testing.T) {
	purchase := &Purchase{VisitorID: "v", At: callStart}
	days := func(n int) time.Time { return callStart.AddDate(0, 0, -n) }
	for name, c := range map[string]struct {
		touches []*Touch
		want    string
	}{
		"the latest call before it":                 {[]*Touch{{"a", "v", days(3)}, {"b", "v", days(1)}, {"c", "v", days(2)}}, "b"},
		"no call after it":                          {[]*Touch{{"a", "v", days(3)}, {"b", "v", days(-1)}}, "a"},
		"a call that starts at the same moment":     {[]*Touch{{"a", "v", callStart}}, "a"},
		"a call exactly 30 days before":             {[]*Touch{{"a", "v", days(30)}}, "a"},
		"no call more than 30 days before":          {[]*Touch{{"a", "v", days(30).Add(-time.Millisecond)}}, ""},
		"no call of another visitor":                {[]*Touch{{"a", "w", days(1)}}, ""},
		"of calls that start at once the larger id": {[]*Touch{{"b", "v", days(1)}, {"a", "v", days(1)}}, "b"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := AttributePurchase(purchase, c.touches); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	t.Run("nobody's purchase belongs to no call", func(t *testing.T) {
		if got := AttributePurchase(&Purchase{At: callStart}, []*Touch{{"a", "", days(1)}}); got != "" {
			t.Errorf("got %q", got)
		}
	})
}

func TestFiguresOfACall(t *testing.T) {
	call := &Call{CallID: "c", Imported: &PurchaseSummary{Count: 2, OrderIDs: []string{"o1", "o2"}},
		Counts: []ProductInCall{{"x", ProductCounts{Presented: 1}}}}
	t.Run("take what an import said while no purchase is attributed", func(t *testing.T) {
		if diff := cmp.Diff(*call.Imported, FoldCallMetrics(call, nil).Purchases); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("add up the purchases, per currency and per product", func(t *testing.T) {
		got := FoldCallMetrics(call, []*Purchase{
			{TransactionID: "t2", At: callStart.Add(time.Hour), Total: Money{100, "SEK"}, Lines: []PurchaseLine{{"x", 1, Money{100, "SEK"}}}},
			{TransactionID: "t1", At: callStart, Total: Money{900, "EUR"}, Lines: []PurchaseLine{{"y", 2, Money{400, "EUR"}}, {"x", 1, Money{500, "EUR"}}}},
		})
		at := callStart
		want := PurchaseSummary{FirstAt: &at, SKUs: []string{"y", "x"}, Revenue: []Money{{900, "EUR"}, {100, "SEK"}}, Count: 2, OrderIDs: []string{"t1", "t2"}}
		products := []ProductInCall{
			{"x", ProductCounts{Presented: 1, Purchases: 2, Quantity: 2, Sales: []Money{{500, "EUR"}, {100, "SEK"}}}},
			{"y", ProductCounts{Purchases: 1, Quantity: 2, Sales: []Money{{400, "EUR"}}}},
		}
		if diff := cmp.Diff(want, got.Purchases) + cmp.Diff(products, got.Products); diff != "" {
			t.Error(diff)
		}
	})
}
