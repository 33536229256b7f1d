package cart

import "testing"

func TestTheAgentAsks(t *testing.T) {
	requested := func(r Request) Update { return Update{Kind: ItemRequested, Request: &r} }

	for _, r := range []rule{
		{
			name: "adding a SKU makes a request to add it", at: 5,
			command: AddItem{Product: jacket, Quantity: 1},
			want:    requested(pendingRequest(1, ShouldAddItem, jacket, 1, 0, 5)),
		},
		{
			name: "adding several of a SKU makes one request with the quantity", at: 5,
			command: AddItem{Product: jacket, Quantity: 999},
			want:    requested(pendingRequest(1, ShouldAddItem, jacket, 999, 0, 5)),
		},
		{
			name:    "a product whose stock is not known can be added",
			command: AddItem{Product: socks, Quantity: 1},
			want:    requested(pendingRequest(1, ShouldAddItem, socks, 1, 0, 0)),
		},
		{
			name:    "a product without a price can be added",
			command: AddItem{Product: card, Quantity: 1},
			want:    requested(pendingRequest(1, ShouldAddItem, card, 1, 0, 0)),
		},
		{
			name: "adding a SKU that is in the cart makes a request to update it to the sum", at: 5,
			given:   []step{bought(jacket, 2)},
			command: AddItem{Product: jacket, Quantity: 3},
			want:    requested(pendingRequest(2, ShouldUpdateItem, jacket, 5, 2, 5)),
		},
		{
			name:    "updating a quantity makes a request that tells the previous one",
			given:   []step{bought(jacket, 2)},
			command: UpdateItem{Product: jacket, Quantity: 7},
			want:    requested(pendingRequest(2, ShouldUpdateItem, jacket, 7, 2, 0)),
		},
		{
			name:    "updating to the quantity that is there asks the shop all the same",
			given:   []step{bought(jacket, 2)},
			command: UpdateItem{Product: jacket, Quantity: 2},
			want:    requested(pendingRequest(2, ShouldUpdateItem, jacket, 2, 2, 0)),
		},
		{
			name:    "updating to 0 is a removal",
			given:   []step{bought(jacket, 2)},
			command: UpdateItem{Product: jacket, Quantity: 0},
			want:    requested(pendingRequest(2, ShouldUpdateItem, jacket, 0, 2, 0)),
		},
		{
			name:    "removing a SKU makes a request to update it to 0",
			given:   []step{bought(jacket, 2)},
			command: RemoveItem{SKU: "jacket-m"},
			want:    requested(pendingRequest(2, ShouldUpdateItem, jacket, 0, 2, 0)),
		},
		{
			name:    "less of a SKU can be asked for when it is sold out and unknown by now",
			given:   []step{bought(jacket, 2)},
			command: UpdateItem{Product: Product{SKU: "jacket-m"}, Quantity: 1},
			want:    requested(pendingRequest(2, ShouldUpdateItem, jacket, 1, 2, 0)),
		},
		{
			name:    "more of a SKU takes the name and price of now",
			given:   []step{bought(jacket, 1)},
			command: AddItem{Product: with(jacket, func(p *Product) { p.Name, p.Price = "Jacket", eur(7900) }), Quantity: 1},
			want:    requested(pendingRequest(2, ShouldUpdateItem, Product{SKU: "jacket-m", Name: "Jacket", Price: eur(7900)}, 2, 1, 0)),
		},
		{
			name:    "more of a SKU keeps a price that is not known any more",
			given:   []step{bought(jacket, 1)},
			command: AddItem{Product: with(jacket, func(p *Product) { p.Price = nil }), Quantity: 1},
			want:    requested(pendingRequest(2, ShouldUpdateItem, jacket, 2, 1, 0)),
		},
		{
			name: "another SKU can be asked for while a request is pending", at: 1,
			given:   []step{{0, AddItem{Product: jacket, Quantity: 1}}},
			command: AddItem{Product: socks, Quantity: 1},
			want:    requested(pendingRequest(2, ShouldAddItem, socks, 1, 0, 1)),
		},
		{
			name: "the same SKU can be asked for again after a refusal", at: 2,
			given: []step{
				{0, AddItem{Product: jacket, Quantity: 1}},
				{1, Acknowledge{RequestID: 1, Reason: OutOfStock}},
			},
			command: AddItem{Product: jacket, Quantity: 1},
			want:    requested(pendingRequest(3, ShouldAddItem, jacket, 1, 0, 2)),
		},
	} {
		r.run(t)
	}
}

func TestWhatTheAgentCannotAsk(t *testing.T) {
	add := func(p Product, n int) Command { return AddItem{Product: p, Quantity: n} }
	jacketPending := []step{{0, add(jacket, 1)}}

	for _, r := range []rule{
		{
			name: "no SKU", command: add(Product{}, 1),
			refused: &Refusal{BadUserInput, "sku", "sku is empty"},
		},
		{
			name: "a SKU that no product has", command: add(Product{SKU: "ghost"}, 1),
			refused: &Refusal{NotFound, "sku", `no product has the SKU "ghost"`},
		},
		{
			name: "a product that has variations", command: add(Product{SKU: "jacket", Known: true, Variations: true}, 1),
			refused: &Refusal{BadUserInput, "sku", `"jacket" has variations; name the SKU of one of them`},
		},
		{
			name: "a product that is out of stock", command: add(soldOut(jacket), 1),
			refused: &Refusal{Conflict, "sku", `"jacket-m" is out of stock`},
		},
		{
			name: "more of a product that is out of stock", given: []step{bought(jacket, 1)},
			command: UpdateItem{Product: soldOut(jacket), Quantity: 2},
			refused: &Refusal{Conflict, "sku", `"jacket-m" is out of stock`},
		},
		{
			name: "an add of 0", command: add(jacket, 0),
			refused: &Refusal{BadUserInput, "quantity", "quantity is 0; it can be 1 to 999"},
		},
		{
			name: "an add of 1000", command: add(jacket, 1000),
			refused: &Refusal{BadUserInput, "quantity", "quantity is 1000; it can be 1 to 999"},
		},
		{
			name: "an update to less than nothing", given: []step{bought(jacket, 1)},
			command: UpdateItem{Product: jacket, Quantity: -1},
			refused: &Refusal{BadUserInput, "quantity", "quantity is -1; it can be 0 to 999"},
		},
		{
			name: "an update to 1000", given: []step{bought(jacket, 1)},
			command: UpdateItem{Product: jacket, Quantity: 1000},
			refused: &Refusal{BadUserInput, "quantity", "quantity is 1000; it can be 0 to 999"},
		},
		{
			name: "an add to more than 999", given: []step{bought(jacket, 998)},
			command: add(jacket, 2),
			refused: &Refusal{LimitExceeded, "quantity", `2 more of "jacket-m" would be 1000; a cart holds 999 of one SKU`},
		},
		{
			name: "a second add of a SKU while one is pending", given: jacketPending, at: 29,
			command: add(jacket, 1),
			refused: &Refusal{Conflict, "sku", `a request for "jacket-m" is pending`},
		},
		{
			name: "an update of a SKU whose add is pending", given: jacketPending,
			command: UpdateItem{Product: jacket, Quantity: 2},
			refused: &Refusal{Conflict, "sku", `a request for "jacket-m" is pending`},
		},
		{
			name: "a removal of a SKU whose removal is pending", given: []step{bought(jacket, 1), {0, RemoveItem{SKU: "jacket-m"}}},
			command: RemoveItem{SKU: "jacket-m"},
			refused: &Refusal{Conflict, "sku", `a request for "jacket-m" is pending`},
		},
		{
			name:    "an update of a SKU that is not in the cart",
			command: UpdateItem{Product: jacket, Quantity: 2},
			refused: &Refusal{NotFound, "sku", `"jacket-m" is not in the cart`},
		},
		{
			name: "a removal of a SKU that is not in the cart", given: []step{bought(socks, 1)},
			command: RemoveItem{SKU: "jacket-m"},
			refused: &Refusal{NotFound, "sku", `"jacket-m" is not in the cart`},
		},
		{
			name: "another currency than the first item's", given: []step{bought(jacket, 1)},
			command: add(kimono, 1),
			refused: &Refusal{Conflict, "sku", `"kimono" is priced in JPY, but the cart is in EUR`},
		},
		{
			name:    "another currency after the cart was emptied",
			given:   []step{bought(jacket, 1), {1, ShopRemoved{SKU: "jacket-m", Quantity: 1}}},
			command: add(kimono, 1),
			refused: &Refusal{Conflict, "sku", `"kimono" is priced in JPY, but the cart is in EUR`},
		},
		{
			name: "another currency than that of the first pending add", given: []step{{0, add(card, 1)}, {0, add(jacket, 1)}},
			command: add(kimono, 1),
			refused: &Refusal{Conflict, "sku", `"kimono" is priced in JPY, but the cart is in EUR`},
		},
		{
			name: "more of an item whose price is in another currency by now", given: []step{bought(jacket, 1)},
			command: add(with(jacket, func(p *Product) { p.Price = &Money{1, "SEK"} }), 1),
			refused: &Refusal{Conflict, "sku", `"jacket-m" is priced in SEK, but the cart is in EUR`},
		},
		{
			name: "an add once the call has ended", call: ended(60), at: 60,
			command: add(jacket, 1),
			refused: &Refusal{Conflict, "callId", "the call has ended at 2026-03-02T10:01:00.000Z"},
		},
		{
			name: "a removal once the call has ended, by a clock that runs ahead", given: []step{bought(jacket, 1)}, call: ended(60), at: 50,
			command: RemoveItem{SKU: "jacket-m"},
			refused: &Refusal{Conflict, "callId", "the call has ended at 2026-03-02T10:01:00.000Z"},
		},
		{
			name: "a request for a SKU that a megabyte could not name", command: add(Product{SKU: string(make([]byte, 1000))}, 1),
			refused: &Refusal{NotFound, "sku", `no product has the SKU "` + repeat(`\x00`, 64) + `…"`},
		},
	} {
		r.run(t)
	}
}
