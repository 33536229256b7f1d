package analytics

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestACartSpeaksBeforeImports(t *testing.T) {
	started := &Event{EventID: "e:1", Type: CallStarted, At: callStart, Data: EventData{AgentID: "a", CallType: QueueCall}}
	row := NewImportedCall("c", map[string]string{
		"status": "ACCEPTED", "call_id": "c", "call_start_time": "2026-03-01T10:00:00Z", "products_added_to_cart": "hat",
		"checked_out_products": "hat", "checked_out_value": "5.00", "revenue_value": "5.00", "revenue_currency": "EUR",
	}, started.At, started.At)
	type shown struct {
		Added, CheckedOut []string
		Value             *Money
		Clicked           bool
	}
	five := &Money{Minor: 500, Currency: "EUR"}
	for _, c := range []struct {
		name string
		cart *CartFacts
		want shown
	}{
		{"an untouched cart leaves it to imports", nil, shown{[]string{"hat"}, []string{"hat"}, five, true}},
		{"what the cart does not know is left to imports", &CartFacts{Added: []string{"sock"}}, shown{[]string{"sock"}, []string{"hat"}, five, true}},
		{"a checkout of the cart stands alone, also without a value", &CartFacts{CheckedOut: true, CheckedSKUs: []string{"sock", "bag"}}, shown{[]string{"hat"}, []string{"sock", "bag"}, nil, true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			call := FoldCall("org", "c", []*Event{started, &row}, nil, c.cart).Call
			if diff := cmp.Diff(c.want, shown{call.AddedSKUs, call.CheckedOutSKUs, call.CheckedOutValue, call.CheckedOut}); diff != "" {
				t.Error(diff)
			}
		})
	}
}
