package cart

import (
	"bytes"
	"errors"
	"fmt"
	"maps"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// seen counts what happened in all runs: a property that never meets a kind of
// update proves nothing about it.
var seen = map[string]int{}

// do runs a command at some gateway and holds its outcome against the rules.
func (w *world) do(t *rapid.T, c Command) {
	g := rapid.SampledFrom(w.gateways).Draw(t, "gateway")
	g.dies = rapid.IntRange(0, 9).Draw(t, "dies") == 0
	before, version := w.store.head, w.cart.Version
	if _, kept := w.states[g.seen.Version]; !kept {
		w.states[g.seen.Version], w.then[g.seen.Version] = g.seen.State, encode(g.seen.State)
	}

	result, err := g.do(c, w.call, w.now)

	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		seen[string(refusal.Code)]++
		if !bytes.Equal(before, w.store.head) {
			t.Fatalf("%+v was refused and changed the cart", c)
		}
	case err == nil && result.Update == nil:
		seen["repeated"]++
		if !bytes.Equal(before, w.store.head) {
			t.Fatalf("%+v was repeated and changed the cart", c)
		}
		if !sameCommand(c, w.accepted[result.Version]) {
			t.Fatalf("%+v has the result of %+v", c, w.accepted[result.Version])
		}
	case err == nil && result.Version != version+1:
		t.Fatalf("%+v made version %d after %d", c, result.Version, version)
	default: // accepted, or the gateway died over it: then the party sends it again
		if err != nil {
			seen["died"]++
			w.inFlight = append(w.inFlight, c)
		}
		for v, old := range w.accepted {
			if _, known := idOf(c); known && sameID(c, old) {
				t.Fatalf("%+v was accepted as version %d and again", c, v)
			}
		}
		w.accepted[version+1] = c
		w.shopFollows(c)
	}
	w.follow(t)
}

// shopFollows does in the shop's real cart what the accepted command tells: the
// page does what it was asked before it says yes.
func (w *world) shopFollows(c Command) {
	switch c := c.(type) {
	case ShopAdded:
		w.shop[c.Product.SKU] += c.Quantity
	case ShopRemoved:
		w.shop[c.SKU] -= c.Quantity
	case Acknowledge:
		r, _ := w.cart.Request(c.RequestID) // as the page heard it
		if !c.Success {
			return
		}
		if r.Kind == ShouldAddItem {
			w.shop[r.SKU] += r.Quantity
		} else {
			w.shop[r.SKU] = r.Quantity
		}
		if r.Quantity > r.PreviousQuantity {
			w.confirmed[r.SKU] = true
		}
	}
	maps.DeleteFunc(w.shop, func(_ string, n int) bool { return n <= 0 })
}

// follow folds what is new in the log and looks at each update.
func (w *world) follow(t *rapid.T) {
	for _, u := range w.store.since(w.cart.Version) {
		before := w.cart
		if u.Version != before.Version+1 {
			t.Fatalf("update %d follows version %d", u.Version, before.Version)
		}
		after := before.After(u)
		w.cart = after
		seen[string(u.Kind)]++
		if before.Currency != "" && after.Currency != before.Currency {
			t.Fatalf("the currency changed from %s to %s", before.Currency, after.Currency)
		}
		if w.call.EndedAt != nil && u.At.After(*w.call.EndedAt) && u.Kind == ItemRequested {
			t.Fatalf("after the call the agent made %+v", u)
		}
		if w.call.EndedAt != nil && !u.At.Before(w.call.EndedAt.Add(OpenAfterCall)) && u.Request == nil {
			t.Fatalf("the closed cart made %+v", u)
		}
		if r := u.Request; r != nil && r.Status != Pending {
			asked, pending := before.Request(r.ID)
			if !pending || asked.SKU != r.SKU || asked.Quantity != r.Quantity {
				t.Fatalf("%+v settles what was not pending", u)
			}
			if late := !u.At.Before(r.ExpiresAt); late != (r.Status == Expired) {
				t.Fatalf("%+v has the wrong end for its moment", u)
			}
		}
	}
}

// watch lets a watcher receive some update, one seen before or one too far; after
// a gap it resumes by its version.
func (w *world) watch(t *rapid.T) {
	i := rapid.IntRange(0, len(w.watchers)-1).Draw(t, "watcher")
	if w.cart.Version == 0 {
		return
	}
	v := rapid.Int64Range(1, w.cart.Version).Draw(t, "version")
	switch next := w.watchers[i].Version + 1; {
	case v == next:
		w.watchers[i] = w.watchers[i].After(decode[Update](w.store.log[v]))
	case v > next:
		for _, u := range w.store.since(w.watchers[i].Version) {
			w.watchers[i] = w.watchers[i].After(u)
		}
	}
}

// check holds the cart against what must always be so, where it has changed.
func (w *world) check(t *rapid.T) {
	if bytes.Equal(w.checked, w.store.head) {
		return
	}
	w.checked = w.store.head

	h := w.store.read()
	if h.Version != int64(len(w.store.log)) || h.Version != h.State.Cart.Version {
		t.Fatalf("%d updates led to version %d (%d)", len(w.store.log), h.Version, h.State.Cart.Version)
	}
	if !bytes.Equal(encode(h.State.Cart), encode(w.cart)) {
		t.Fatalf("folding the updates leads elsewhere:\n%s", cmp.Diff(h.State.Cart, w.cart))
	}

	shown := map[string]int{}
	for _, i := range w.cart.Items {
		shown[i.SKU] += i.Quantity
		if i.Quantity < 1 || i.Quantity > MaxQuantity || i.Name == "" || i.Price != nil && i.Price.Currency != w.cart.Currency {
			t.Fatalf("a cart in %q cannot have %+v", w.cart.Currency, i)
		}
	}
	if !maps.Equal(w.shop, shown) {
		t.Fatalf("the cart does not show what is in the shop's:\n%s", cmp.Diff(w.shop, shown))
	}

	lines := maps.Clone(shown)
	requested := map[string]bool{}
	for _, r := range w.cart.Pending {
		if requested[r.SKU] || r.Status != Pending {
			t.Fatalf("%+v should not be pending", r)
		}
		requested[r.SKU] = true
		if r.Quantity > 0 {
			lines[r.SKU]++
		}
	}
	if len(lines) > MaxLines || len(w.cart.Items) != len(shown) {
		t.Fatalf("%d items, %d lines", len(w.cart.Items), len(lines))
	}

	added := map[string]bool{}
	for _, sku := range w.cart.AgentAdded {
		added[sku] = true
	}
	if !maps.Equal(w.confirmed, added) || len(added) != len(w.cart.AgentAdded) {
		t.Fatalf("the agent added %v, not %v", w.confirmed, w.cart.AgentAdded)
	}
}

// settle lets everybody come to rest: all arrives, all watchers catch up, and no
// state has changed since it was computed.
func (w *world) settle(t *rapid.T) {
	for range len(w.inFlight) {
		c := w.inFlight[0]
		w.inFlight = w.inFlight[1:]
		w.do(t, c)
		w.check(t)
	}
	for _, watcher := range w.watchers {
		for _, u := range w.store.since(watcher.Version) {
			watcher = watcher.After(u)
		}
		if !bytes.Equal(encode(w.cart), encode(watcher)) {
			t.Fatalf("a watcher sees another cart:\n%s", cmp.Diff(w.cart, watcher))
		}
	}
	for version, state := range w.states {
		if !bytes.Equal(w.then[version], encode(state)) {
			t.Fatalf("the state of version %d changed after it was computed", version)
		}
	}
}

// idOf returns the id that a client gave a command, with the party.
func idOf(c Command) (string, bool) {
	party, id := "", ""
	switch c := c.(type) {
	case AddItem:
		party, id = "agent", c.MutationID
	case UpdateItem:
		party, id = "agent", c.MutationID
	case RemoveItem:
		party, id = "agent", c.MutationID
	case Acknowledge:
		party, id = "shopper", c.MutationID
	case CheckOut:
		party, id = "shopper", c.MutationID
	case ShopAdded:
		party, id = "shop", c.EventID
	case ShopRemoved:
		party, id = "shop", c.EventID
	}
	return party + " " + id, id != ""
}

func sameID(a, b Command) bool {
	left, ok := idOf(a)
	right, also := idOf(b)
	return ok && also && left == right
}

// sameCommand reports whether one command says what another said, apart from
// what the gateway knew of the product.
func sameCommand(a, b Command) bool {
	switch a := a.(type) {
	case Acknowledge:
		b, ok := b.(Acknowledge)
		a.MutationID = b.MutationID
		return ok && a == b
	case Expire:
		return a == b
	default:
		return sameID(a, b) && said(a) == said(b)
	}
}

func said(c Command) string {
	switch c := c.(type) {
	case AddItem:
		return fmt.Sprint("add", c.Product.SKU, c.Quantity)
	case UpdateItem:
		return fmt.Sprint("update", c.Product.SKU, c.Quantity)
	case RemoveItem:
		return fmt.Sprint("update", c.SKU, 0)
	case ShopAdded:
		return fmt.Sprint("added", c.Product.SKU, c.Quantity)
	case ShopRemoved:
		return fmt.Sprint("removed", c.SKU, c.Quantity)
	default:
		return fmt.Sprintf("%T", c)
	}
}
