package cart

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTheCartShowsConfirmedItemsAndPendingRequestsBeside(t *testing.T) {
	got := play(t,
		step{1, AddItem{"a", jacket, 1}},
		step{2, AddItem{"b", socks, 3}},
		step{3, Acknowledge{"c", 1, true, "", ""}},
		step{4, CheckOut{"d"}},
		step{5, ShopAdded{"e", card, 1}},
		step{6, RemoveItem{"f", "jacket-m"}},
	)

	want := State{
		Cart: Cart{
			Version:  6,
			At:       at(6),
			Currency: "EUR",
			Items:    []Item{*item(jacket, 1), *item(card, 1)},
			Pending: []Request{
				pendingRequest(2, ShouldAddItem, socks, 3, 0, 2),
				pendingRequest(6, ShouldUpdateItem, jacket, 0, 1, 6),
			},
			AgentAdded: []string{"jacket-m"},
			CheckedOut: &Checkout{At: at(4), Items: []Item{*item(jacket, 1)}, Value: eur(8900)},
		},
		Memory: []Memo{
			{"agent:a", fingerprint("add", "jacket-m", 1), 1},
			{"agent:b", fingerprint("add", "socks-39", 3), 2},
			{"shopper:c", fingerprint("acknowledge", int64(1), true, Reason(""), ""), 3},
			{"request:1", fingerprint(true, Reason(""), ""), 3},
			{"shopper:d", fingerprint("check out"), 4},
			{"shop:e", fingerprint("added", "card", 1), 5},
			{"agent:f", fingerprint("update", "jacket-m", 0), 6},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhichSKUsTheAgentAdded(t *testing.T) {
	yes := func(id int64) step { return step{1, Acknowledge{RequestID: id, Success: true}} }
	addJacket := step{0, AddItem{Product: jacket, Quantity: 1}}

	for _, c := range []struct {
		name  string
		given []step
		want  []string
	}{
		{"not while the add is pending", []step{addJacket}, nil},
		{"not when the page refused", []step{addJacket, {1, Acknowledge{RequestID: 1}}}, nil},
		{"not when the request expired", []step{addJacket, {30, Expire{1}}}, nil},
		{"when the page confirmed the add", []step{addJacket, yes(1)}, []string{"jacket-m"}},
		{"not what the shopper added", []step{bought(jacket, 1)}, nil},
		{
			"when the page confirmed more of what the shopper had added",
			[]step{bought(jacket, 1), {0, UpdateItem{Product: jacket, Quantity: 2}}, yes(2)}, []string{"jacket-m"},
		},
		{
			"not when the page confirmed less or as much",
			[]step{bought(jacket, 2), {0, UpdateItem{Product: jacket, Quantity: 1}}, yes(2), {2, UpdateItem{Product: jacket, Quantity: 1}}, yes(4)}, nil,
		},
		{
			"also when it was removed again",
			[]step{addJacket, yes(1), {2, RemoveItem{SKU: "jacket-m"}}, yes(3)}, []string{"jacket-m"},
		},
		{
			"each once, in the order of the first time",
			[]step{{0, AddItem{Product: socks, Quantity: 1}}, yes(1), addJacket, yes(3), {2, AddItem{Product: socks, Quantity: 1}}, yes(5)},
			[]string{"socks-39", "jacket-m"},
		},
		{
			"by what the agent asked for, whatever the shopper did in between",
			[]step{bought(jacket, 1), {0, UpdateItem{Product: jacket, Quantity: 2}}, bought(jacket, 5), yes(2)}, []string{"jacket-m"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, play(t, c.given...).Cart.AgentAdded); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestTheValueOfACart(t *testing.T) {
	for _, c := range []struct {
		name  string
		given []step
		want  *Money
	}{
		{"is unknown before the first price", nil, nil},
		{"is the sum of price times quantity", []step{bought(jacket, 2), bought(socks, 1)}, eur(18700)},
		{"leaves out what is pending", []step{bought(jacket, 1), {0, AddItem{Product: socks, Quantity: 1}}}, eur(8900)},
		{"is nothing once the cart was emptied", []step{bought(jacket, 1), {1, ShopRemoved{"", "jacket-m", 1}}}, eur(0)},
		{"is unknown with an item whose price is unknown", []step{bought(jacket, 1), bought(card, 1)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, play(t, c.given...).Cart.Value()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestACartHas200LinesAtMost(t *testing.T) {
	article := func(i int) Product { return with(jacket, func(p *Product) { p.SKU = fmt.Sprint(i) }) }
	full := func(pendingAdds int) []step {
		var steps []step
		for i := range MaxLines - pendingAdds {
			steps = append(steps, bought(article(i), 1))
		}
		for i := range pendingAdds {
			steps = append(steps, step{0, AddItem{Product: article(MaxLines - 1 - i), Quantity: 1}})
		}
		return steps
	}
	tooMany := &Refusal{LimitExceeded, "sku", `"socks-39" would be one line too many; a cart has 200, pending adds included`}

	for _, r := range []rule{
		{
			name: "an add to a full cart is refused", given: full(0),
			command: AddItem{Product: socks, Quantity: 1}, refused: tooMany,
		},
		{
			name: "pending adds count", given: full(1),
			command: AddItem{Product: socks, Quantity: 1}, refused: tooMany,
		},
		{
			name: "pending adds count for the shop, too", given: full(1),
			command: ShopAdded{Product: socks, Quantity: 1}, refused: tooMany,
		},
		{
			name: "a pending update counts while its item is gone", at: 1,
			given:   append(full(0), step{0, UpdateItem{Product: article(0), Quantity: 2}}, step{0, ShopRemoved{"", "0", 1}}),
			command: ShopAdded{Product: socks, Quantity: 1}, refused: tooMany,
		},
		{
			name: "a pending removal does not count once its item is gone", at: 1,
			given:   append(full(0), step{0, RemoveItem{SKU: "0"}}, step{0, ShopRemoved{"", "0", 1}}),
			command: ShopAdded{Product: socks, Quantity: 1},
			want:    Update{Kind: ItemAdded, Item: item(socks, 1)},
		},
		{
			name: "the shop can add what is pending", given: full(1),
			command: ShopAdded{Product: article(MaxLines - 1), Quantity: 1},
			want:    Update{Kind: ItemAdded, Item: item(article(MaxLines-1), 1)},
		},
		{
			name: "more of what is there fits", given: full(0), at: 1,
			command: AddItem{Product: article(3), Quantity: 1},
			want:    Update{Kind: ItemRequested, Request: ptr(pendingRequest(201, ShouldUpdateItem, article(3), 2, 1, 1))},
		},
		{
			name: "a pending update of what is there takes no second line", at: 1,
			given:   append(full(0)[1:], step{0, AddItem{Product: article(3), Quantity: 1}}),
			command: AddItem{Product: socks, Quantity: 1},
			want:    Update{Kind: ItemRequested, Request: ptr(pendingRequest(201, ShouldAddItem, socks, 1, 0, 1))},
		},
		{
			name: "the 200th line fits", given: full(0)[1:], at: 1,
			command: AddItem{Product: socks, Quantity: 1},
			want:    Update{Kind: ItemRequested, Request: ptr(pendingRequest(200, ShouldAddItem, socks, 1, 0, 1))},
		},
		{
			name: "a refused add leaves its line to others", at: 2,
			given:   append(full(1), step{1, Acknowledge{RequestID: 200, Reason: OutOfStock}}),
			command: AddItem{Product: socks, Quantity: 1},
			want:    Update{Kind: ItemRequested, Request: ptr(pendingRequest(202, ShouldAddItem, socks, 1, 0, 2))},
		},
	} {
		r.run(t)
	}
}

func TestACartFollowsItsUpdates(t *testing.T) {
	added := Update{Version: 1, Kind: ItemAdded, At: at(1), Item: item(jacket, 2)}
	removed := Update{Version: 2, Kind: ItemRemoved, At: at(2), Item: item(jacket, 0), PreviousQuantity: 2}

	one := Cart{}.After(added)
	if diff := cmp.Diff(Cart{Version: 1, At: at(1), Currency: "EUR", Items: []Item{*item(jacket, 2)}}, one); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(Cart{Version: 2, At: at(2), Currency: "EUR"}, one.After(removed)); diff != "" {
		t.Error(diff)
	}
}

// Two gateways may compute different commands from one state that they share.
func TestAStateNeverChanges(t *testing.T) {
	article := func(i int) Product { return with(socks, func(p *Product) { p.SKU = fmt.Sprint(i) }) }
	for n := range 9 {
		var steps []step
		for i := range n {
			steps = append(steps,
				step{0, ShopAdded{fmt.Sprint("bought ", i), article(i), 1}},
				step{0, AddItem{fmt.Sprint("more ", i), article(i), 1}},
				step{0, Acknowledge{fmt.Sprint("yes ", i), int64(5*i + 2), true, "", ""}},
				step{0, AddItem{fmt.Sprint("even more ", i), article(i), 1}},
				step{0, AddItem{fmt.Sprint("new ", i), article(n + i), 1}},
			)
		}
		shared := play(t, append(steps,
			step{0, ShopAdded{"e", jacket, 1}}, step{0, AddItem{"a", jacket, 1}}, step{0, AddItem{"b", card, 1}})...)
		moreJackets, cards := shared.Cart.Version-1, shared.Cart.Version

		// Of each kind of change two, so that each slice grows in two directions.
		branches := []Command{
			AddItem{"c", socks, 1}, AddItem{"d", article(99), 1},
			ShopAdded{"f", socks, 1}, ShopAdded{"g", article(99), 1}, ShopAdded{"h", jacket, 1}, ShopRemoved{"i", "jacket-m", 1},
			Acknowledge{"j", moreJackets, true, "", ""}, Acknowledge{"k", cards, true, "", ""},
			Acknowledge{"l", moreJackets, false, "", ""}, CheckOut{"m"},
		}
		states, then := []State{shared}, [][]byte{encode(shared)}
		for _, c := range branches {
			next, _, err := Do(shared, c, lasting, at(1))
			if err != nil {
				t.Fatal(err)
			}
			states, then = append(states, next), append(then, encode(next))
		}
		for i := range states {
			if diff := cmp.Diff(decode[State](then[i]), states[i]); diff != "" {
				t.Fatalf("after %d rounds, state %d changed:\n%s", n, i, diff)
			}
		}
	}
}
