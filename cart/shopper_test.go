package cart

import (
	"strings"
	"testing"
)

func repeat(s string, n int) string { return strings.Repeat(s, n) }

func TestThePageAnswers(t *testing.T) {
	jacketAsked := []step{{0, AddItem{Product: jacket, Quantity: 2}}}
	jacketRequest := pendingRequest(1, ShouldAddItem, jacket, 2, 0, 0)
	yes := func(id int64) Command { return Acknowledge{RequestID: id, Success: true} }

	for _, r := range []rule{
		{
			name: "a yes to an add puts the item into the cart", given: jacketAsked, at: 1, command: yes(1),
			want: Update{Kind: ItemAdded, Item: item(jacket, 2), Request: settled(jacketRequest, Confirmed, "", "")},
		},
		{
			name: "a yes to an update sets the quantity", at: 1, command: yes(2),
			given: []step{bought(jacket, 2), {0, UpdateItem{Product: jacket, Quantity: 5}}},
			want: Update{Kind: ItemUpdated, Item: item(jacket, 5), PreviousQuantity: 2,
				Request: settled(pendingRequest(2, ShouldUpdateItem, jacket, 5, 2, 0), Confirmed, "", "")},
		},
		{
			name: "a yes to a removal takes the item out", at: 1, command: yes(2),
			given: []step{bought(jacket, 2), {0, RemoveItem{SKU: "jacket-m"}}},
			want: Update{Kind: ItemRemoved, Item: item(jacket, 0), PreviousQuantity: 2,
				Request: settled(pendingRequest(2, ShouldUpdateItem, jacket, 0, 2, 0), Confirmed, "", "")},
		},
		{
			name: "a no leaves the cart as it was", given: jacketAsked, at: 1,
			command: Acknowledge{RequestID: 1},
			want:    Update{Kind: RequestRefused, Request: settled(jacketRequest, Refused, "", "")},
		},
		{
			name: "a no can say that the shop has none left", given: jacketAsked, at: 1,
			command: Acknowledge{RequestID: 1, Reason: OutOfStock},
			want:    Update{Kind: RequestRefused, Request: settled(jacketRequest, Refused, OutOfStock, "")},
		},
		{
			name: "a no can say why in words", given: jacketAsked, at: 1,
			command: Acknowledge{RequestID: 1, Reason: CustomError, Message: "Two per customer."},
			want:    Update{Kind: RequestRefused, Request: settled(jacketRequest, Refused, CustomError, "Two per customer.")},
		},
		{
			name: "a no without a reason can have a message of 500 characters", given: jacketAsked, at: 1,
			command: Acknowledge{RequestID: 1, Message: repeat("å", 500)},
			want:    Update{Kind: RequestRefused, Request: settled(jacketRequest, Refused, "", repeat("å", 500))},
		},
		{
			name: "an answer in the last millisecond counts", given: jacketAsked, at: 29.999, command: yes(1),
			want: Update{Kind: ItemAdded, Item: item(jacket, 2), Request: settled(jacketRequest, Confirmed, "", "")},
		},
		{
			name: "an answer counts after the call has ended", given: jacketAsked, call: ended(5), at: 20, command: yes(1),
			want: Update{Kind: ItemAdded, Item: item(jacket, 2), Request: settled(jacketRequest, Confirmed, "", "")},
		},
		{
			name: "an add goes on top of what the shopper put in meanwhile", at: 2, command: yes(1),
			given: append(jacketAsked, bought(jacket, 3)),
			want: Update{Kind: ItemUpdated, Item: item(jacket, 5), PreviousQuantity: 3,
				Request: settled(jacketRequest, Confirmed, "", "")},
		},
		{
			name: "an add without a price keeps the price that the shop's own item has", at: 2, command: yes(1),
			given: []step{{0, AddItem{Product: card, Quantity: 1}}, bought(with(card, func(p *Product) { p.Price = eur(2500) }), 1)},
			want: Update{Kind: ItemUpdated, Item: &Item{"card", "Gift card", eur(2500), 2}, PreviousQuantity: 1,
				Request: settled(pendingRequest(1, ShouldAddItem, card, 1, 0, 0), Confirmed, "", "")},
		},
		{
			name: "an update sets its quantity whatever the shopper did meanwhile", at: 2, command: yes(2),
			given: []step{bought(jacket, 2), {0, UpdateItem{Product: jacket, Quantity: 3}}, bought(jacket, 7)},
			want: Update{Kind: ItemUpdated, Item: item(jacket, 3), PreviousQuantity: 9,
				Request: settled(pendingRequest(2, ShouldUpdateItem, jacket, 3, 2, 0), Confirmed, "", "")},
		},
		{
			name: "an update of an item that vanished meanwhile brings it back", at: 2, command: yes(2),
			given: []step{bought(jacket, 2), {0, UpdateItem{Product: jacket, Quantity: 1}}, {1, ShopRemoved{SKU: "jacket-m", Quantity: 2}}},
			want: Update{Kind: ItemAdded, Item: item(jacket, 1),
				Request: settled(pendingRequest(2, ShouldUpdateItem, jacket, 1, 2, 0), Confirmed, "", "")},
		},
		{
			name: "a removal of an item that vanished meanwhile is done", at: 2, command: yes(2),
			given: []step{bought(jacket, 2), {0, RemoveItem{SKU: "jacket-m"}}, {1, ShopRemoved{SKU: "jacket-m", Quantity: 2}}},
			want: Update{Kind: ItemRemoved, Item: item(jacket, 0),
				Request: settled(pendingRequest(2, ShouldUpdateItem, jacket, 0, 2, 0), Confirmed, "", "")},
		},
		{
			name: "less of an item leaves the price that it has by now", at: 2, command: yes(2),
			given: []step{bought(jacket, 2), {0, UpdateItem{Product: jacket, Quantity: 1}}, bought(with(jacket, func(p *Product) { p.Price = eur(7900) }), 1)},
			want: Update{Kind: ItemUpdated, Item: &Item{"jacket-m", "Jacket, M", eur(7900), 1}, PreviousQuantity: 3,
				Request: settled(pendingRequest(2, ShouldUpdateItem, jacket, 1, 2, 0), Confirmed, "", "")},
		},
		{
			name: "an add has no price in a cart whose currency the shop fixed otherwise meanwhile", at: 2, command: yes(1),
			given: append(jacketAsked, bought(kimono, 1)),
			want: Update{Kind: ItemAdded, Item: &Item{"jacket-m", "Jacket, M", nil, 2},
				Request: settled(jacketRequest, Confirmed, "", "")},
		},
	} {
		r.run(t)
	}
}

func TestWhatThePageCannotAnswer(t *testing.T) {
	jacketAsked := []step{{0, AddItem{Product: jacket, Quantity: 2}}}
	late := &Refusal{Conflict, "requestId", "the request has expired: an answer counts for 30 seconds"}
	otherwise := &Refusal{Conflict, "requestId", "the request was answered differently before"}

	for _, r := range []rule{
		{
			name: "a request that was never made", given: jacketAsked,
			command: Acknowledge{RequestID: 2, Success: true},
			refused: &Refusal{NotFound, "requestId", "the cart has no such request, or it was settled long ago"},
		},
		{
			name: "a request 30 seconds old", given: jacketAsked, at: 30,
			command: Acknowledge{RequestID: 1, Success: true}, refused: late,
		},
		{
			name: "a request that has expired", given: append(jacketAsked, step{30, Expire{RequestID: 1}}), at: 31,
			command: Acknowledge{RequestID: 1, Success: true}, refused: late,
		},
		{
			name: "yes after no", given: append(jacketAsked, step{1, Acknowledge{RequestID: 1}}), at: 2,
			command: Acknowledge{RequestID: 1, Success: true}, refused: otherwise,
		},
		{
			name: "no after yes", given: append(jacketAsked, step{1, Acknowledge{RequestID: 1, Success: true}}), at: 2,
			command: Acknowledge{RequestID: 1}, refused: otherwise,
		},
		{
			name: "no for another reason", given: append(jacketAsked, step{1, Acknowledge{RequestID: 1}}), at: 2,
			command: Acknowledge{RequestID: 1, Reason: OutOfStock}, refused: otherwise,
		},
		{
			name: "yes with a reason", given: jacketAsked,
			command: Acknowledge{RequestID: 1, Success: true, Reason: OutOfStock},
			refused: &Refusal{BadUserInput, "reason", "a success has no reason"},
		},
		{
			name: "yes with a message", given: jacketAsked,
			command: Acknowledge{RequestID: 1, Success: true, Message: "but"},
			refused: &Refusal{BadUserInput, "message", "a success has no message"},
		},
		{
			name: "no for a reason of its own making", given: jacketAsked,
			command: Acknowledge{RequestID: 1, Reason: "BORED"},
			refused: &Refusal{BadUserInput, "reason", `unknown reason "BORED"`},
		},
		{
			name: "no with a custom error but no message", given: jacketAsked,
			command: Acknowledge{RequestID: 1, Reason: CustomError},
			refused: &Refusal{BadUserInput, "message", "reason CUSTOM_ERROR needs a message"},
		},
		{
			name: "no with 501 characters", given: jacketAsked,
			command: Acknowledge{RequestID: 1, Reason: CustomError, Message: repeat("å", 501)},
			refused: &Refusal{BadUserInput, "message", "message has more than 500 characters"},
		},
	} {
		r.run(t)
	}
}

func TestTheShopperChecksOut(t *testing.T) {
	for _, r := range []rule{
		{
			name: "the confirmed items and their value are recorded", at: 9, command: CheckOut{},
			given: []step{bought(jacket, 2), bought(socks, 3), {5, AddItem{Product: jacket, Quantity: 1}}},
			want:  Update{Kind: CheckedOut, Checkout: &Checkout{at(9), []Item{*item(jacket, 2), *item(socks, 3)}, eur(20500)}},
		},
		{
			name: "every click is a checkout", at: 9, command: CheckOut{},
			given: []step{bought(jacket, 1), {5, CheckOut{}}},
			want:  Update{Kind: CheckedOut, Checkout: &Checkout{at(9), []Item{*item(jacket, 1)}, eur(8900)}},
		},
		{
			name: "the value is unknown where a price is", at: 9, command: CheckOut{},
			given: []step{bought(jacket, 1), bought(card, 1)},
			want:  Update{Kind: CheckedOut, Checkout: &Checkout{at(9), []Item{*item(jacket, 1), *item(card, 1)}, nil}},
		},
		{
			name: "the value is unknown where no price is known", at: 9, command: CheckOut{},
			given: []step{bought(card, 1)},
			want:  Update{Kind: CheckedOut, Checkout: &Checkout{at(9), []Item{*item(card, 1)}, nil}},
		},
		{
			name: "the value is unknown where it is too much to count", at: 9, command: CheckOut{},
			given: []step{bought(Product{SKU: "isle", Name: "Isle", Price: eur(999_999_999_999_999_999)}, 10)},
			want:  Update{Kind: CheckedOut, Checkout: &Checkout{at(9), []Item{{"isle", "Isle", eur(999_999_999_999_999_999), 10}}, nil}},
		},
		{
			name: "it works until 30 minutes after the call", given: []step{bought(jacket, 1)}, call: ended(60), at: 60 + 1799.999,
			command: CheckOut{},
			want:    Update{Kind: CheckedOut, Checkout: &Checkout{at(60 + 1799.999), []Item{*item(jacket, 1)}, eur(8900)}},
		},
		{
			name: "it is refused from then on", given: []step{bought(jacket, 1)}, call: ended(60), at: 60 + 1800,
			command: CheckOut{},
			refused: &Refusal{Conflict, "callId", "the cart was closed at 2026-03-02T10:31:00.000Z, 30 minutes after the call"},
		},
		{
			name: "an empty cart is refused", given: []step{{0, AddItem{Product: jacket, Quantity: 1}}},
			command: CheckOut{},
			refused: &Refusal{Conflict, "callId", "the cart is empty"},
		},
	} {
		r.run(t)
	}
}
