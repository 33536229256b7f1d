package deliver

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/cart"
)

// The examples of docs/webhooks.md have the keys and kinds of values of what is
// sent.
func TestThePageShowsWhatIsSent(t *testing.T) {
	shown := map[string]any{}
	page, err := os.ReadFile("../docs/webhooks.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(page), "```json\n")[1:] {
		var body map[string]any
		text, _, _ := strings.Cut(block, "```")
		if err := json.Unmarshal([]byte(text), &body); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		shown[body["topic"].(string)] = shapeOf(body)
	}

	w := newWorld(t)
	r := receive(t, nil)
	w.endpoint("e", r.URL, func(e *analytics.WebhookEndpoint) { e.PersonalData = true })
	w.story()
	ended := w.event(`{"id":"7","type":"call_ended","at":"2026-03-02T09:40:00Z","visitorId":"vera","sessionId":"s","callId":"c-1"}`)
	ended.Received = told.Add(time.Second)
	now := time.Now().UTC()
	w.command("c-1", cart.AddItem{MutationID: "1", Product: cart.Product{SKU: "boot"}, Quantity: 2}, now)
	w.command("c-1", cart.Acknowledge{MutationID: "2", RequestID: 1, Success: true}, now)
	w.command("c-1", cart.CheckOut{MutationID: "3"}, now)
	w.absorb(ended)
	end := now.Add(-time.Minute)
	w.liveEvent(end.Add(-time.Hour), &end)
	w.set(time.Now())
	w.sendAll(w.deliverer(nil))

	sent := map[string]any{}
	for _, got := range r.all() {
		var body map[string]any
		if err := json.Unmarshal(got.body, &body); err != nil {
			t.Fatal(err)
		}
		sent[body["topic"].(string)] = shapeOf(body)
	}
	// The shopper of the story was answered; the page's missed call knows no name.
	delete(sent["cart-checked-out"].(map[string]any)["payload"].(map[string]any), "shopper")
	missed := shown["call-missed"]
	delete(shown, "call-missed")
	if diff := cmp.Diff(shown, sent); diff != "" {
		t.Errorf("(-page +sent):\n%s", diff)
	}

	other := newWorld(t)
	r = receive(t, nil)
	other.endpoint("e", r.URL, nil)
	other.missed(1)
	var body map[string]any
	if err := json.Unmarshal(other.bodyOf(r, "call-missed"), &body); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(missed, any(shapeOf(body))); diff != "" {
		t.Errorf("call-missed (-page +sent):\n%s", diff)
	}
}

// shapeOf returns the keys of a value, and the kinds of what they hold; of a list
// those of its first element.
func shapeOf(v any) any {
	switch v := v.(type) {
	case map[string]any:
		shape := map[string]any{}
		for key, value := range v {
			shape[key] = shapeOf(value)
		}
		return shape
	case []any:
		if len(v) == 0 {
			return "list"
		}
		return []any{shapeOf(v[0])}
	default:
		return fmt.Sprintf("%T", v)
	}
}
