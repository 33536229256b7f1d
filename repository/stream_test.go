package repository_test

import (
	"encoding/json"
	"fmt"
	"time"

	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
)

// day is when everything in these tests happens, more or less.
var day = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)

// received is when it came in.
var received = day.AddDate(1, 0, 0)

type object = map[string]any

// event returns a tracking event by its JSON.
func event(t interface{ Fatal(...any) }, id, kind string, at time.Time, more object) analytics.Event {
	o := object{"id": id, "type": kind, "at": at.Format(time.RFC3339Nano)}
	for key, value := range more {
		o[key] = value
	}
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	e, err := analytics.ParseEvent(raw, received)
	if err != nil {
		t.Fatal(string(raw), err)
	}
	return e
}

// callStart is when a call of the stream starts: the same whatever speaks of it,
// so that nothing contradicts it. Calls of one visitor lie up to weeks apart,
// two of them start at once.
func callStart(call int) time.Time { return day.Add(time.Duration(call/2) * 9 * 24 * time.Hour) }

// streamed draws one thing that comes in: events of calls, imported rows,
// webhooks, marks of calls, messages and viewers, waits, purchases and chat of a live event, of few visitors,
// calls and transactions, so that they meet.
func streamed(t *rapid.T, number int) analytics.Event {
	id := fmt.Sprintf("e%d", number)
	call := rapid.IntRange(0, 5).Draw(t, "call")
	visitor := fmt.Sprintf("v%d", rapid.IntRange(0, 1).Draw(t, "visitor"))
	minute := time.Duration(rapid.IntRange(0, 30).Draw(t, "minute")) * time.Minute
	callID := fmt.Sprintf("c%d", call)
	at := callStart(call).Add(minute)
	sku := fmt.Sprintf("sku%d", rapid.IntRange(0, 3).Draw(t, "sku"))
	on := func(kind string, at time.Time, data object) analytics.Event {
		return event(t, id, kind, at, object{"visitorId": visitor, "sessionId": "s", "callId": callID, "data": data})
	}
	about := func(kind string, at time.Time, data object) analytics.Event {
		return event(t, id, kind, at, object{"visitorId": visitor, "sessionId": "s", "data": data})
	}
	switch kind := rapid.IntRange(0, 19).Draw(t, "kind"); kind {
	case 0, 1:
		return on("call_started", callStart(call), object{"agentId": "ada", "callType": "queue", "queueId": "q", "trackingTag": id})
	case 2:
		return on("call_ended", callStart(call).Add(20*time.Minute), object{})
	case 3:
		return about("joined_queue", callStart(call).Add(-minute), object{"queueId": "q"})
	case 4:
		return about("call_missed", at, object{"queueId": "q", "enteredQueueAt": callStart(call)})
	case 5:
		return on("product_presented", at, object{"sku": sku})
	case 6:
		return on("call_rated", at, object{"scale": 10, "rating": minute.Minutes() / 3})
	case 7:
		return on("shopper_identified", at, object{"firstName": "Ada" + id, "email": "ada@example.org"})
	case 8:
		return on("tags_set", at, object{"tags": object{"tier": id, sku: true}})
	case 9, 10:
		return on("message_sent", at, object{"messageId": sku, "author": rapid.SampledFrom([]string{"agent", "shopper"}).Draw(t, "author"), "text": id})
	case 11:
		return on("added_to_cart", at, object{"sku": sku, "quantity": 1, "cart": object{"id": "k", "amount": "9.90", "currency": "EUR"}})
	case 12, 13:
		transaction := fmt.Sprintf("t%d", rapid.IntRange(0, 3).Draw(t, "transaction"))
		return about("purchase", at, object{"transactionId": transaction, "amount": "12.50", "currency": "EUR",
			"products": []object{{"sku": sku, "price": "2.50", "quantity": 5}}})
	case 14:
		return importedRow(t, callID, visitor, call, rapid.SampledFrom([]string{"", "Grace"}).Draw(t, "name"))
	case 15:
		return endedCall(t, id, callID, call, minute)
	case 16:
		return analytics.NewTestMark(id, callID, minute > 15*time.Minute, at)
	case 17:
		message := &analytics.ChatMessage{NativeID: "live_event:live:" + sku, Subject: "live_event:live"}
		return analytics.NewMessageMark(id, message, drawAction(t), at)
	case 18:
		return analytics.NewBanMark(id, "live", visitor, rapid.Bool().Draw(t, "banned"), at)
	default:
		return event(t, id, "message_sent", at, object{"visitorId": visitor, "liveEventId": "live",
			"data": object{"messageId": sku, "author": "viewer", "text": id}})
	}
}

func drawAction(t *rapid.T) analytics.ModerationAction {
	return rapid.SampledFrom([]analytics.ModerationAction{
		analytics.DeleteMessage, analytics.RestoreMessage, analytics.DisplayMessage, analytics.HideMessage,
	}).Draw(t, "action")
}

func importedRow(t interface{ Fatal(...any) }, callID, visitor string, call int, name string) analytics.Event {
	cells := map[string]string{
		"status": "ACCEPTED", "call_id": callID, "client_id": visitor, "client_session_id": "s",
		"agent_id": "grace", "agent_name": name, "queue_id": "q", "queue_name": "Shoes", "call_type": "Queue",
		"call_start_time": analytics.FormatTime(callStart(call)), "call_end_time": analytics.FormatTime(callStart(call).Add(5 * time.Minute)),
		"number_of_messages_by_agent": "7", "products_added_to_cart": "sku1;sku2", "number_of_purchases": "1", "order_ids": "old",
		"shopper_first_name": name,
	}
	for column, cell := range cells {
		if cell == "" {
			delete(cells, column)
		}
	}
	row, err := analytics.ParseCallRow(cells)
	if err != nil {
		t.Fatal(err)
	}
	e, err := row.Event(received)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func endedCall(t interface{ Fatal(...any) }, id, callID string, call int, minute time.Duration) analytics.Event {
	raw, err := json.Marshal(object{"eventId": id, "timestamp": callStart(call).Add(minute).Format(time.RFC3339), "payload": object{
		"callId": callID, "startedAt": callStart(call).Format(time.RFC3339), "endedAt": callStart(call).Add(minute).Format(time.RFC3339),
		"agent": object{"id": "alan", "name": "Alan"}, "queue": "q", "products": []object{{"sku": "sku3", "name": "Boots"}},
		"chat": []object{{"src": "client", "date": callStart(call).Format(time.RFC3339), "message": "hello from " + id}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	e, err := analytics.ParseCallEnded(raw, received)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// putLiveEvent makes the live event that the stream writes to.
func putLiveEvent(t tester, repo *repository.Repository, org string) {
	t.Helper()
	record, err := analytics.ParseCatalogRecord([]byte(`{"kind":"live_event","id":"live","name":"Spring"}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repo.PutCatalog(t.Context(), org, []analytics.CatalogRecord{record}); err != nil {
		t.Fatal(err)
	}
}

// absorb takes events in and fails the test for errors and refusals.
func absorb(t tester, repo *repository.Repository, org string, events ...analytics.Event) []repository.Outcome {
	t.Helper()
	outcomes, err := repo.Absorb(t.Context(), org, events)
	if err != nil {
		t.Fatal(err)
	}
	for i, outcome := range outcomes {
		if outcome.Err != nil {
			t.Fatalf("event %s: %v", events[i].EventID, outcome.Err)
		}
	}
	return outcomes
}
