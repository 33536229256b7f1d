package cart

import "testing"

func TestTheShopChanges(t *testing.T) {
	for _, r := range []rule{
		{
			name: "what the shopper adds in the shop is in the cart at once", at: 3,
			command: ShopAdded{Product: jacket, Quantity: 2},
			want:    Update{Kind: ItemAdded, Item: item(jacket, 2)},
		},
		{
			name: "more of it adds up and has the price of now", given: []step{bought(jacket, 2)},
			command: ShopAdded{Product: with(jacket, func(p *Product) { p.Price = eur(9900) }), Quantity: 1},
			want:    Update{Kind: ItemUpdated, Item: &Item{"jacket-m", "Jacket, M", eur(9900), 3}, PreviousQuantity: 2},
		},
		{
			name:    "the shop may have what the catalog has not",
			command: ShopAdded{Product: Product{SKU: "ghost"}, Quantity: 1},
			want:    Update{Kind: ItemAdded, Item: &Item{"ghost", "ghost", nil, 1}},
		},
		{
			name:    "the shop may have what we think is sold out",
			command: ShopAdded{Product: soldOut(jacket), Quantity: 1},
			want:    Update{Kind: ItemAdded, Item: item(jacket, 1)},
		},
		{
			name: "a name that is not known any more stays", given: []step{bought(jacket, 1)},
			command: ShopAdded{Product: Product{SKU: "jacket-m"}, Quantity: 1},
			want:    Update{Kind: ItemUpdated, Item: item(jacket, 2), PreviousQuantity: 1},
		},
		{
			name: "what the shopper takes out in the shop is out at once", given: []step{bought(jacket, 2)},
			command: ShopRemoved{SKU: "jacket-m", Quantity: 2},
			want:    Update{Kind: ItemRemoved, Item: item(jacket, 0), PreviousQuantity: 2},
		},
		{
			name: "some of it leaves the rest", given: []step{bought(jacket, 3)},
			command: ShopRemoved{SKU: "jacket-m", Quantity: 1},
			want:    Update{Kind: ItemUpdated, Item: item(jacket, 2), PreviousQuantity: 3},
		},
		{
			name: "more than there is takes out all", given: []step{bought(jacket, 3)},
			command: ShopRemoved{SKU: "jacket-m", Quantity: 5000},
			want:    Update{Kind: ItemRemoved, Item: item(jacket, 0), PreviousQuantity: 3},
		},
		{
			name: "a change does not settle a pending request", given: []step{{0, AddItem{Product: jacket, Quantity: 1}}}, at: 1,
			command: ShopAdded{Product: jacket, Quantity: 1},
			want:    Update{Kind: ItemAdded, Item: item(jacket, 1)},
		},
		{
			name: "the shop's first item fixes the currency, whatever is pending", given: []step{{0, AddItem{Product: jacket, Quantity: 1}}}, at: 1,
			command: ShopAdded{Product: kimono, Quantity: 1},
			want:    Update{Kind: ItemAdded, Item: item(kimono, 1)},
		},
		{
			name: "a change counts until 30 minutes after the call", given: []step{bought(jacket, 3)}, call: ended(60), at: 60 + 1799,
			command: ShopRemoved{SKU: "jacket-m", Quantity: 1},
			want:    Update{Kind: ItemUpdated, Item: item(jacket, 2), PreviousQuantity: 3},
		},
	} {
		r.run(t)
	}
}

func TestWhereTheCartDoesNotFollowTheShop(t *testing.T) {
	closed := &Refusal{Conflict, "callId", "the cart was closed at 2026-03-02T10:31:00.000Z, 30 minutes after the call"}

	for _, r := range []rule{
		{
			name:    "an add without a SKU",
			command: ShopAdded{Quantity: 1},
			refused: &Refusal{BadUserInput, "sku", "sku is empty"},
		},
		{
			name:    "a removal without a SKU",
			command: ShopRemoved{Quantity: 1},
			refused: &Refusal{BadUserInput, "sku", "sku is empty"},
		},
		{
			name:    "an add of none",
			command: ShopAdded{Product: jacket},
			refused: &Refusal{BadUserInput, "quantity", "quantity is 0; it can be 1 to 999"},
		},
		{
			name: "a removal of none", given: []step{bought(jacket, 1)},
			command: ShopRemoved{SKU: "jacket-m"},
			refused: &Refusal{BadUserInput, "quantity", "quantity is 0; it must be at least 1"},
		},
		{
			name:    "a removal of what is not there",
			command: ShopRemoved{SKU: "jacket-m", Quantity: 1},
			refused: &Refusal{NotFound, "sku", `"jacket-m" is not in the cart`},
		},
		{
			name: "another currency", given: []step{bought(jacket, 1)},
			command: ShopAdded{Product: kimono, Quantity: 1},
			refused: &Refusal{Conflict, "sku", `"kimono" is priced in JPY, but the cart is in EUR`},
		},
		{
			name: "more than 999 of one SKU", given: []step{bought(jacket, 600)},
			command: ShopAdded{Product: jacket, Quantity: 400},
			refused: &Refusal{LimitExceeded, "quantity",
				`400 more of "jacket-m" would be 1000, a pending add included; a cart holds 999 of one SKU`},
		},
		{
			name: "more than 999 of one SKU with its pending add", given: []step{{0, AddItem{Product: jacket, Quantity: 600}}},
			command: ShopAdded{Product: jacket, Quantity: 400},
			refused: &Refusal{LimitExceeded, "quantity",
				`400 more of "jacket-m" would be 1000, a pending add included; a cart holds 999 of one SKU`},
		},
		{
			name: "an add 30 minutes after the call", call: ended(60), at: 60 + 1800,
			command: ShopAdded{Product: jacket, Quantity: 1}, refused: closed,
		},
		{
			name: "a removal 30 minutes after the call", given: []step{bought(jacket, 1)}, call: ended(60), at: 60 + 1800,
			command: ShopRemoved{SKU: "jacket-m", Quantity: 1}, refused: closed,
		},
	} {
		r.run(t)
	}
}
