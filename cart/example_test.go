package cart_test

import (
	"fmt"
	"time"

	"cartograph/cart"
)

// An agent adds an article, its answer gets lost and it asks again; the shopper's
// page confirms.
func ExampleDo() {
	call := cart.Call{} // it lasts
	now := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	shirt := cart.Product{SKU: "shirt-m", Known: true, Name: "Shirt, M", Price: &cart.Money{Minor: 3900, Currency: "EUR"}}

	var state cart.State
	for _, command := range []cart.Command{
		cart.AddItem{MutationID: "7f", Product: shirt, Quantity: 1},
		cart.AddItem{MutationID: "7f", Product: shirt, Quantity: 1},
		cart.Acknowledge{RequestID: 1, Success: true},
		cart.RemoveItem{SKU: "trousers-m"},
	} {
		next, result, err := cart.Do(state, command, call, now)
		switch {
		case err != nil:
			fmt.Println("refused:", err)
		case result.Update == nil:
			fmt.Println("again:", result.Version)
		default:
			fmt.Println(result.Version, result.Update.Kind)
		}
		state = next
	}
	fmt.Println(state.Cart.Items[0].SKU, state.Cart.Items[0].Quantity, state.Cart.Value().Minor)

	// Output:
	// 1 ITEM_REQUESTED
	// again: 1
	// 2 ITEM_ADDED
	// refused: "trousers-m" is not in the cart
	// shirt-m 1 3900
}
