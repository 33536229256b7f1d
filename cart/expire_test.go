package cart

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRequestsExpire(t *testing.T) {
	jacketAsked := []step{{0, AddItem{Product: jacket, Quantity: 2}}}
	expiry := Update{Kind: RequestExpired, Request: settled(pendingRequest(1, ShouldAddItem, jacket, 2, 0, 0), Expired, "", "")}

	for _, r := range []rule{
		{
			name: "after 30 seconds without an answer", given: jacketAsked, at: 30,
			command: Expire{RequestID: 1}, want: expiry,
		},
		{
			name: "also after the cart was closed", given: jacketAsked, call: ended(1), at: 9000,
			command: Expire{RequestID: 1}, want: expiry,
		},
		{
			name: "not a millisecond earlier", given: jacketAsked, at: 29.999,
			command: Expire{RequestID: 1},
			refused: &Refusal{Conflict, "requestId", "the request can be answered until 2026-03-02T10:00:30.000Z"},
		},
		{
			name: "not when they were answered", given: append(jacketAsked, step{1, Acknowledge{RequestID: 1}}), at: 31,
			command: Expire{RequestID: 1},
			refused: &Refusal{Conflict, "requestId", "the request was answered"},
		},
		{
			name: "not when they were never made", at: 31,
			command: Expire{RequestID: 1},
			refused: &Refusal{NotFound, "requestId", "the cart has no such request, or it was settled long ago"},
		},
		{
			name: "and block their SKU until they are expired", given: jacketAsked, at: 31,
			command: AddItem{Product: jacket, Quantity: 1},
			refused: &Refusal{Conflict, "sku", `a request for "jacket-m" is pending`},
		},
		{
			name: "and then leave their SKU free", given: append(jacketAsked, step{30, Expire{RequestID: 1}}), at: 31,
			command: AddItem{Product: jacket, Quantity: 1},
			want:    Update{Kind: ItemRequested, Request: ptr(pendingRequest(3, ShouldAddItem, jacket, 1, 0, 31))},
		},
	} {
		r.run(t)
	}
}

func TestDueRequestsAreNamedOldestFirst(t *testing.T) {
	cart := play(t,
		step{0, AddItem{Product: jacket, Quantity: 1}},
		step{5, AddItem{Product: socks, Quantity: 1}},
		step{7, AddItem{Product: card, Quantity: 1}},
		step{8, Acknowledge{RequestID: 1, Success: true}},
	).Cart

	for _, c := range []struct {
		at   float64
		want []Expire
	}{
		{34.999, nil},
		{35, []Expire{{2}}},
		{37.0009, []Expire{{2}, {3}}},
	} {
		if diff := cmp.Diff(c.want, cart.Due(at(c.at))); diff != "" {
			t.Errorf("at %v: %s", c.at, diff)
		}
	}
}

func TestTheNextExpiryIsThatOfTheOldestRequest(t *testing.T) {
	if next := (Cart{}).NextExpiry(); next != nil {
		t.Errorf("an empty cart has an expiry at %v", next)
	}

	// A gateway whose clock is behind made the second request.
	cart := play(t,
		step{5, AddItem{Product: jacket, Quantity: 1}},
		step{4, AddItem{Product: socks, Quantity: 1}},
	).Cart
	if diff := cmp.Diff(ptr(at(34)), cart.NextExpiry()); diff != "" {
		t.Error(diff)
	}
}

func TestMomentsAreKeptInUTCToTheMillisecond(t *testing.T) {
	now := at(0).Add(1234567 * time.Nanosecond).In(time.FixedZone("", 3600))
	s, _, err := Do(State{}, AddItem{Product: jacket, Quantity: 1}, lasting, now)
	if err != nil {
		t.Fatal(err)
	}
	got := []time.Time{s.Cart.At, s.Cart.Pending[0].At, s.Cart.Pending[0].ExpiresAt}
	want := []time.Time{at(0.001), at(0.001), at(30.001)}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%v, want %v", got[i], want[i])
		}
	}
}
