package cart

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"pgregory.net/rapid"
)

// world is a call with its parties: two gateways that work on one store, and
// commands on their way to them. What is sent may arrive late, twice, in another
// order or at a gateway that dies over it.
type world struct {
	store    *store
	gateways []*gateway
	now      time.Time
	call     Call
	inFlight []Command
	ids      int

	// shop is the shop's real cart as the page keeps it: changed by the shopper,
	// and by what the page said yes to. The virtual cart must show the same.
	shop map[string]int
	// confirmed are the SKUs of which the agent asked for more and got a yes.
	confirmed map[string]bool
	// accepted has the command of every version.
	accepted map[int64]Command
	// states are those that gateways held, by version, and each as it was then.
	states map[int64]State
	then   map[int64][]byte

	// cart is the fold of all updates; watchers are others who fold.
	cart     Cart
	watchers []Cart
	checked  []byte // the head that was last held against the rules
}

// full is the store of a cart with three lines left, and that cart.
var full = func() gateway {
	g := gateway{store: &store{log: map[int64][]byte{}}}
	for i := range MaxLines - 3 {
		p := Product{SKU: fmt.Sprint(i), Name: "Article", Price: eur(100)}
		if _, err := g.do(ShopAdded{Product: p, Quantity: 1}, lasting, at(0)); err != nil {
			panic(err)
		}
	}
	return g
}()

func newWorld(t *rapid.T) *world {
	w := &world{
		store: &store{log: map[int64][]byte{}}, now: at(0), shop: map[string]int{}, confirmed: map[string]bool{},
		accepted: map[int64]Command{}, states: map[int64]State{}, then: map[int64][]byte{}, watchers: make([]Cart, 3),
	}
	if rapid.IntRange(0, 9).Draw(t, "full") == 0 {
		w.store = &store{version: full.store.version, head: full.store.head, log: maps.Clone(full.store.log)}
		w.cart = full.seen.State.Cart
		w.watchers = []Cart{w.cart, w.cart, w.cart}
		for i := range MaxLines - 3 {
			w.shop[fmt.Sprint(i)] = 1
		}
	}
	w.gateways = []*gateway{{store: w.store}, {store: w.store}}
	return w
}

// id returns an id for a new command: mostly a new one, now and then none or one
// that was given before.
func (w *world) id(t *rapid.T) string {
	switch rapid.IntRange(0, 9).Draw(t, "id") {
	case 0:
		return ""
	case 1:
		if rapid.Bool().Draw(t, "reused") {
			return fmt.Sprint(rapid.IntRange(0, w.ids).Draw(t, "old id"))
		}
		fallthrough
	default:
		w.ids++
		return fmt.Sprint(w.ids)
	}
}

// product draws one of a few articles, two of them already in a full cart.
func (w *world) product(t *rapid.T) Product {
	article := Product{SKU: "0", Known: true, Name: "Article", Price: eur(100)}
	p := rapid.SampledFrom([]Product{jacket, jacket, socks, socks, with(socks, func(p *Product) { p.SKU = "socks-40" }), card, article, kimono}).Draw(t, "product")
	switch rapid.IntRange(0, 29).Draw(t, "trouble") {
	case 0:
		return soldOut(p)
	case 1:
		p.Known = false
	case 2:
		p.Price = nil
	case 3:
		p.Variations = true
	}
	return p
}

// someSKU returns mostly one that is in the cart.
func (w *world) someSKU(t *rapid.T, p Product) string {
	if len(w.cart.Items) == 0 || rapid.IntRange(0, 5).Draw(t, "stray") == 0 {
		return p.SKU
	}
	newest := w.cart.Items[max(0, len(w.cart.Items)-5):]
	return rapid.SampledFrom(newest).Draw(t, "item").SKU
}

func (w *world) quantity(t *rapid.T) int {
	return rapid.SampledFrom([]int{1, 1, 2, 3, 400, 999, 1000, 0}).Draw(t, "quantity")
}

// agentSpeaks adds, or changes what is there, or what is not.
func (w *world) agentSpeaks(t *rapid.T) {
	p, n, id := w.product(t), w.quantity(t), w.id(t)
	sku := w.someSKU(t, p)
	w.send(t, rapid.SampledFrom([]Command{
		AddItem{id, p, n}, AddItem{id, p, 1}, UpdateItem{id, with(p, func(p *Product) { p.SKU = sku }), n}, RemoveItem{id, sku},
	}).Draw(t, "command"))
}

// pageAnswers answers a request that is pending, now and then any other number.
func (w *world) pageAnswers(t *rapid.T) {
	a := Acknowledge{MutationID: w.id(t), Success: true}
	switch {
	case rapid.IntRange(0, 14).Draw(t, "stray") == 0:
		a.RequestID = rapid.Int64Range(0, w.cart.Version+1).Draw(t, "request")
	case len(w.cart.Pending) > 0:
		a.RequestID = rapid.SampledFrom(w.cart.Pending).Draw(t, "pending").ID
	default:
		return
	}
	if rapid.IntRange(0, 3).Draw(t, "no") == 0 {
		a.Success, a.Reason = false, rapid.SampledFrom([]Reason{"", OutOfStock, CustomError}).Draw(t, "reason")
	}
	w.send(t, a)
}

func (w *world) shopperActs(t *rapid.T) {
	p, n, id := w.product(t), w.quantity(t), w.id(t)
	sku := w.someSKU(t, p)
	w.send(t, rapid.SampledFrom([]Command{ShopAdded{id, p, n}, ShopAdded{id, p, 1}, ShopRemoved{id, sku, n}, ShopRemoved{id, sku, 1}, CheckOut{id}}).Draw(t, "command"))
}

// send puts a command on its way; most arrive before anything else happens, and
// some of these once more later.
func (w *world) send(t *rapid.T, c Command) {
	luck := rapid.IntRange(0, 5).Draw(t, "luck")
	if luck < 2 {
		w.inFlight = append(w.inFlight, c)
	}
	if luck > 0 {
		w.do(t, c)
	}
}

// arrive lets something that is in flight arrive, once more or for the last time.
func (w *world) arrive(t *rapid.T) {
	if len(w.inFlight) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.inFlight)-1).Draw(t, "in flight")
	c := w.inFlight[i]
	if rapid.IntRange(0, 2).Draw(t, "again") > 0 {
		w.inFlight = slices.Delete(w.inFlight, i, i+1)
	}
	w.do(t, c)
}

// expire lets a gateway expire what is due by what it last read.
func (w *world) expire(t *rapid.T) {
	for _, e := range rapid.SampledFrom(w.gateways).Draw(t, "gateway").seen.State.Cart.Due(w.now) {
		w.do(t, e)
	}
}

func (w *world) timePasses(t *rapid.T) {
	w.now = w.now.Add(time.Duration(rapid.SampledFrom([]int{1, 500, 5_000, 10_000, 29_999, 30_000}).Draw(t, "ms")) * time.Millisecond)
}

func (w *world) callEnds(t *rapid.T) {
	if rapid.IntRange(0, 19).Draw(t, "really") > 0 {
		return
	}
	if w.call.EndedAt == nil {
		w.call.EndedAt = ptr(w.now)
	} else {
		w.now = w.now.Add(OpenAfterCall)
	}
}
