// Package cart is the virtual cart of a call as a pure state machine: a state
// and a command give the next state and one update, or a refusal. It reads no
// clock, no database and no catalog; moments, products and the end of the call
// are handed in.
//
// Three parties act on a cart. The agent asks (AddItem, UpdateItem, RemoveItem);
// every such wish is a request that waits for the shopper's page. The shopper's
// page owns the shop's real cart: it answers (Acknowledge) and checks out
// (CheckOut), and what the shopper does in the shop without being asked
// (ShopAdded, ShopRemoved) changes the cart at once. The gateway lets requests
// that nobody answered expire (Expire).
//
// # Versions
//
// Every accepted command makes exactly one Update, with the next version: 1, 2,
// 3 and so on. A refused command changes nothing, and neither does one that
// repeats an accepted command; for that the result names the version of the
// update it made the first time. A cart is the fold of its updates by After: Do
// itself has no other way to change one. So a state can be replaced by compare
// and swap on its version, and whoever folds the updates sees the same cart.
//
// # Judgements
//
// The page has the last word. What it confirms is what happened in the shop,
// also where the cart changed between the question and the answer:
//
//   - A confirmed add puts its quantity on top of what the cart holds then; a
//     confirmed update sets the quantity it named, whatever the cart holds then.
//     That is what these two make a page do.
//   - The kind of the update tells the effect on the cart, not the wording of
//     the request: an add confirmed onto an item that the shopper had put there
//     in between is ITEM_UPDATED, an update of one that had vanished is
//     ITEM_ADDED, and a removal of one that had vanished is ITEM_REMOVED with
//     nothing left to remove.
//   - A change in the shop leaves a pending request for its SKU as it is, with
//     the previous quantity that the page was told.
//   - What a pending request may still bring (a line, a quantity, a currency)
//     is counted when somebody else asks, so that a yes never breaks a limit.
//     Only the currency gives way to the shop: if the shopper's own first item
//     fixes another one while an add is pending, that add is confirmed without
//     a price.
//
// The moment a request expires belongs to the expiry: an answer counts before
// it, the expiry from it on, so never both. The same holds for the moment a
// cart closes.
//
// Whether the call has ended is a fact about the call and not part of the
// state: no kind of update tells it, and a change of state without a version
// could be lost in a race.
package cart
