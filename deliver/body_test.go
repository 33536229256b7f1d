package deliver

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/cart"
)

// story takes in a call from start to end, with what happens in it.
func (w *world) story() {
	w.t.Helper()
	var records []analytics.CatalogRecord
	for _, text := range []string{
		`{"kind":"agent","id":"ada","name":"Ada Lind"}`,
		`{"kind":"queue","id":"shoes","name":"Shoes"}`,
		`{"kind":"product","sku":"boot","name":"Boot","brandName":"Acme","url":"https://acme.example/boot","imageUrls":["https://acme.example/boot.jpg"],"price":{"current":"80.00","currency":"EUR"}}`,
	} {
		record, err := analytics.ParseCatalogRecord([]byte(text))
		if err != nil {
			w.t.Fatal(err)
		}
		records = append(records, record)
	}
	if _, err := w.repo.PutCatalog(w.t.Context(), acme.Org, records); err != nil {
		w.t.Fatal(err)
	}
	w.absorb(
		w.event(`{"id":"1","type":"call_started","at":"2026-03-02T09:30:00Z","visitorId":"vera","sessionId":"s","callId":"c-1","data":{"agentId":"ada","callType":"queue","queueId":"shoes"}}`),
		w.event(`{"id":"2","type":"shopper_identified","at":"2026-03-02T09:30:10Z","visitorId":"vera","callId":"c-1","data":{"firstName":"Vera","email":"vera@mail.example"}}`),
		w.event(`{"id":"3","type":"product_presented","at":"2026-03-02T09:31:00Z","visitorId":"vera","callId":"c-1","data":{"sku":"boot"}}`),
		w.event(`{"id":"4","type":"product_presented","at":"2026-03-02T09:32:00Z","visitorId":"vera","callId":"c-1","data":{"sku":"unknown"}}`),
		w.event(`{"id":"5","type":"message_sent","at":"2026-03-02T09:33:00Z","visitorId":"vera","callId":"c-1","data":{"messageId":"m1","author":"shopper","name":"Vera","text":"In brown?"}}`),
		w.event(`{"id":"6","type":"message_sent","at":"2026-03-02T09:33:30Z","callId":"c-1","data":{"messageId":"m2","author":"agent","name":"Ada","text":"Yes."}}`),
	)
}

// bodyOf sends what is due and returns the body of the only thing of a topic
// that arrived.
func (w *world) bodyOf(r *receiver, topic string) []byte {
	w.t.Helper()
	w.sendAll(w.deliverer(nil))
	var found [][]byte
	for _, got := range r.all() {
		var envelope struct{ Topic string }
		if err := json.Unmarshal(got.body, &envelope); err != nil {
			w.t.Fatal(err)
		}
		if envelope.Topic == topic {
			found = append(found, got.body)
		}
		if !signedBy(w.t, secret, got) {
			w.t.Errorf("the signature does not fit: %s", got.body)
		}
	}
	if len(found) != 1 {
		w.t.Fatalf("%d webhooks of %s arrived, want 1", len(found), topic)
	}
	return found[0]
}

func wantBody(t *testing.T, body []byte, want string) {
	t.Helper()
	if diff := cmp.Diff(indented(t, []byte(want)), indented(t, body)); diff != "" {
		t.Errorf("body (-want +got):\n%s\n%s", diff, body)
	}
}

func TestBodyOfAStartedCall(t *testing.T) {
	w := newWorld(t)
	r := receive(t, nil)
	w.endpoint("e", r.URL, nil)
	w.story()
	wantBody(t, w.bodyOf(r, "call-started"), `{
		"eventId": "evt_ac8f8acc12a622539da0aa02f11b133d", "topic": "call-started", "timestamp": "2026-03-02T09:30:00Z",
		"payload": {
			"callId": "c-1", "type": "queue", "test": false, "clientId": "vera",
			"agent": {"id": "ada", "name": "Ada Lind"}, "queue": {"id": "shoes", "name": "Shoes"},
			"startedAt": "2026-03-02T09:30:00Z"
		}}`)
}

func TestBodyOfAnEndedCall(t *testing.T) {
	ended := `{"id":"7","type":"call_ended","at":"2026-03-02T09:40:00Z","visitorId":"vera","sessionId":"s","callId":"c-1"}`
	payload := `"callId": "c-1", "type": "queue", "test": false, "clientId": "vera",
		"agent": {"id": "ada", "name": "Ada Lind"}, "queue": {"id": "shoes", "name": "Shoes"},
		"startedAt": "2026-03-02T09:30:00Z", "endedAt": "2026-03-02T09:40:00Z", "durationSeconds": 600,
		"products": [
			{"sku": "boot", "name": "Boot", "brandName": "Acme", "publicUrl": "https://acme.example/boot",
			 "imageUrl": "https://acme.example/boot.jpg", "price": {"current": "80.00", "currency": "EUR"}},
			{"sku": "unknown", "name": "unknown"}],
		"chat": [
			{"src": "client", "date": "2026-03-02T09:33:00Z", "message": "In brown?"},
			{"src": "agent", "date": "2026-03-02T09:33:30Z", "message": "Yes."}],
		"moreChat": false`
	for name, tt := range map[string]struct {
		personal bool
		shopper  string
	}{
		"holds personal data for who may read them": {true, `, "shopper": {"firstName": "Vera", "email": "vera@mail.example"}`},
		"holds none for others":                     {false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			r := receive(t, nil)
			w.endpoint("e", r.URL, func(e *analytics.WebhookEndpoint) { e.PersonalData = tt.personal })
			w.story()
			later := told.Add(time.Minute)
			e, err := analytics.ParseEvent([]byte(ended), later)
			if err != nil {
				t.Fatal(err)
			}
			w.absorb(e)
			w.set(later)
			body := w.bodyOf(r, "call-ended")
			wantBody(t, body, `{"eventId": "evt_580718da6225441f37fefe771769813b", "topic": "call-ended", "timestamp": "2026-03-02T09:40:00Z",
				"payload": {`+payload+tt.shopper+`}}`)

			taken, err := analytics.ParseCallEnded(body, later)
			if err != nil {
				t.Fatalf("the intake of another gateway refuses it: %v", err)
			}
			if call := taken.Data.Webhook; call.AgentName != "Ada Lind" || len(call.Products) != 2 || len(call.Chat) != 2 {
				t.Errorf("the intake of another gateway reads %+v", call)
			}
		})
	}
}

func TestBodyOfAMissedCall(t *testing.T) {
	w := newWorld(t)
	r := receive(t, nil)
	w.endpoint("e", r.URL, nil)
	w.missed(1)
	wantBody(t, w.bodyOf(r, "call-missed"), `{
		"eventId": "evt_0984e3e9c6633fb90ffc200fe646a585", "topic": "call-missed", "timestamp": "2026-03-02T09:59:00Z",
		"payload": {
			"callId": "missed:24838eabe6ea15efeb768df3", "type": "queue", "test": false, "clientId": "v",
			"agent": null, "queue": {"id": "shoes", "name": "shoes"},
			"enteredQueueAt": "2026-03-02T09:58:00Z", "waitSeconds": 60
		}}`)
}

// Carts live by the gateway's own clock: each command is of now.
func TestBodyOfACheckout(t *testing.T) {
	w := newWorld(t)
	r := receive(t, nil)
	w.endpoint("e", r.URL, nil)
	w.story()
	now := time.Now().UTC().Truncate(time.Millisecond)
	w.command("c-1", cart.AddItem{MutationID: "1", Product: cart.Product{SKU: "boot"}, Quantity: 2}, now)
	w.command("c-1", cart.Acknowledge{MutationID: "2", RequestID: 1, Success: true}, now)
	w.command("c-1", cart.CheckOut{MutationID: "3"}, now)
	w.command("c-1", cart.CheckOut{MutationID: "3"}, now) // repeated
	w.set(time.Now())
	at := analytics.FormatTime(now)
	wantBody(t, w.bodyOf(r, "cart-checked-out"), `{
		"eventId": "evt_4cd2e0dea13a634b6dbb89436425ad41", "topic": "cart-checked-out", "timestamp": "`+at+`",
		"payload": {
			"callId": "c-1", "type": "queue", "test": false, "clientId": "vera",
			"agent": {"id": "ada", "name": "Ada Lind"}, "queue": {"id": "shoes", "name": "Shoes"},
			"checkedOutAt": "`+at+`", "cartVersion": 3,
			"items": [{"sku": "boot", "name": "Boot", "quantity": 2, "price": {"amount": "80.00", "currency": "EUR"}}],
			"value": {"amount": "160.00", "currency": "EUR"}
		}}`)
}

func (w *world) command(callID string, c cart.Command, now time.Time) {
	w.t.Helper()
	if _, err := w.repo.CommandCart(w.t.Context(), acme, callID, c, now); err != nil {
		w.t.Fatal(err)
	}
}

// liveEvent puts a live event as the catalog has it, ended or not.
func (w *world) liveEvent(start time.Time, end *time.Time) {
	w.t.Helper()
	text := `{"kind":"live_event","id":"spring","name":"Spring","currency":"EUR","timeZone":"Europe/Paris","startedAt":"` + analytics.FormatTime(start) + `"`
	if end != nil {
		text += `,"endedAt":"` + analytics.FormatTime(*end) + `"`
	}
	record, err := analytics.ParseCatalogRecord([]byte(text + "}"))
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.repo.PutCatalog(w.t.Context(), acme.Org, []analytics.CatalogRecord{record}); err != nil {
		w.t.Fatal(err)
	}
}

// Catalog records are news by the gateway's own clock.
func TestBodyOfAnEndedLiveEvent(t *testing.T) {
	w := newWorld(t)
	r := receive(t, nil)
	w.endpoint("e", r.URL, nil)
	end := time.Now().UTC().Truncate(time.Second).Add(-time.Minute)
	began := end.Add(-time.Hour)
	w.liveEvent(began, nil)
	w.liveEvent(began, &end)
	w.liveEvent(began, &end) // sent again
	corrected := end.Add(-time.Second)
	w.liveEvent(began, &corrected)
	w.set(time.Now())
	wantBody(t, w.bodyOf(r, "live-event-ended"), `{
		"eventId": "`+w.deliveries("e")[0].EventID+`", "topic": "live-event-ended", "timestamp": "`+analytics.FormatTime(end)+`",
		"payload": {
			"liveEventId": "spring", "name": "Spring", "startedAt": "`+analytics.FormatTime(began)+`",
			"endedAt": "`+analytics.FormatTime(corrected)+`", "currency": "EUR", "timeZone": "Europe/Paris"
		}}`)
}

func TestALiveEventThatGoesOnAgainIsNotToldOf(t *testing.T) {
	w := newWorld(t)
	r := receive(t, nil)
	w.endpoint("e", r.URL, nil)
	end := time.Now().UTC().Truncate(time.Second).Add(-time.Minute)
	w.liveEvent(end.Add(-time.Hour), &end)
	w.liveEvent(end, nil)
	w.set(time.Now())
	w.sendAll(w.deliverer(nil))
	if n := len(r.all()); n != 0 {
		t.Errorf("%d webhooks arrived", n)
	}
	gone := w.deliveries("e")[0]
	if gone.State != analytics.DeliveryFailed || *gone.Attempts[0].Error != analytics.WebhookSourceGone {
		t.Errorf("the delivery is %s, %v", gone.State, gone.Attempts)
	}
}
