package repository

import (
	"cmp"
	"context"
	"maps"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cartograph/analytics"
	"cartograph/cart"
)

// CommandCart does a command of an agent or of a shopper's page to the cart of a
// call, and returns the update it made, the first time if it was repeated. Of a
// product, the command need only have the SKU.
//
// It fails with a cart.Refusal for what is against the rules, the unknown call
// among them. It takes at most eight database commands, and for what changes the
// call's row those of a derivation; more only where others change the same cart
// at the same time.
func (r *Repository) CommandCart(ctx context.Context, reach analytics.Reach, callID string, command cart.Command, now time.Time) (*cart.Change, error) {
	calls, err := r.CallsByID(ctx, reach, []string{callID})
	if err != nil {
		return nil, err
	}
	call := calls[callID]
	switch {
	case call == nil:
		return nil, &cart.Refusal{Code: cart.NotFound, Field: "callId", Message: "no such call"}
	case call.Status == analytics.Missed:
		return nil, &cart.Refusal{Code: cart.Conflict, Field: "callId", Message: "nobody answered the call"}
	}
	if command, err = r.withProduct(ctx, reach, command); err != nil {
		return nil, err
	}
	w := cartWork{callID: callID, facts: factsOf(call.AgentID, call.QueueID, call.EndedAt), call: cart.Call{EndedAt: call.EndedAt}, commands: []cart.Command{command}}
	done, err := r.changeCarts(ctx, reach.Org, []cartWork{w}, now)
	if err != nil {
		return nil, err
	}
	return r.changeOf(ctx, reach.Org, done[callID])
}

// withProduct fills in what is known of the product that a command is about.
func (r *Repository) withProduct(ctx context.Context, reach analytics.Reach, command cart.Command) (cart.Command, error) {
	var sku string
	switch c := command.(type) {
	case cart.AddItem:
		sku = c.Product.SKU
	case cart.UpdateItem:
		sku = c.Product.SKU
	default:
		return command, nil
	}
	products, err := r.ProductsBySKU(ctx, reach, []string{sku})
	if err != nil {
		return nil, err
	}
	product := soldAs(products[sku], sku)
	switch c := command.(type) {
	case cart.AddItem:
		c.Product = product
		return c, nil
	case cart.UpdateItem:
		c.Product = product
		return c, nil
	}
	return command, nil
}

// soldAs returns what a cart needs to know of what a SKU of a product stands for.
// A product that was only mentioned is not known.
func soldAs(p *analytics.Product, sku string) cart.Product {
	if p == nil || p.Origin != analytics.FromCatalog {
		return cart.Product{SKU: sku}
	}
	article := p.Article(sku)
	return cart.Product{
		SKU: sku, Known: true, Variations: article.Several,
		Name: article.Name, Price: (*cart.Money)(article.Price), InStock: article.InStock,
	}
}

// cartWork is what is to be done to the cart of one call.
type cartWork struct {
	callID   string
	facts    callFacts
	call     cart.Call
	commands []cart.Command
}

// cartDone is what became of it: the head as it is now, nil for a cart that is
// still untouched, and a result per command.
type cartDone struct {
	head    *cartHead
	results []cartResult
	changed bool // something was written
}

// changeCarts does commands to the carts of several calls of one organization,
// whatever others do to them at the same time, and tells those who watch. Due
// requests expire first. The number of database commands does not depend on the
// number of carts and commands, but for commands that bring more than fits into
// one write of a cart (freshRoom).
func (r *Repository) changeCarts(ctx context.Context, org string, works []cartWork, now time.Time) (map[string]cartDone, error) {
	reach := analytics.Reach{Org: org}
	todo := make(map[string]cartWork, len(works))
	for _, w := range works {
		todo[w.callID] = w
	}
	done := make(map[string]cartDone, len(works))
	rows := cartRows{r: r, org: org}
	for len(todo) > 0 {
		before, err := r.headsOf(ctx, reach, sortedKeys(todo))
		if err != nil {
			return nil, err
		}
		next, results, all := map[string]*cartHead{}, map[string][]cartResult{}, map[string]bool{}
		var old []logEntry
		for _, id := range sortedKeys(todo) {
			h := before[id]
			if h == nil {
				h = &cartHead{Key: reach.Key(id), Org: org, CallID: id, callFacts: todo[id].facts}
			}
			var after *cartHead
			after, results[id], all[id] = h.advanced(todo[id].commands, todo[id].call, now)
			if len(after.Fresh) > 0 {
				next[id] = after
				old = append(old, h.entries()...)
				rows.compare(h, after)
			}
		}
		if err := rows.mark(ctx); err != nil {
			return nil, err
		}
		if err := r.logUpdates(ctx, old); err != nil {
			return nil, err
		}
		lost, err := r.swapHeads(ctx, org, before, next)
		if err != nil {
			return nil, err
		}
		for id := range lost {
			delete(next, id)
		}
		for _, id := range sortedKeys(todo) {
			if lost[id] {
				continue
			}
			w, d := todo[id], done[id]
			d.head, d.changed = cmp.Or(next[id], before[id]), d.changed || next[id] != nil
			d.results = append(d.results, results[id]...)
			done[id] = d
			if w.commands = w.commands[len(results[id]):]; all[id] {
				delete(todo, id)
			} else {
				todo[id] = w
			}
		}
		rows.written(next)
		r.settleHeads(ctx, org, before, next)
	}
	rows.derive(ctx)
	return done, nil
}

// settleHeads does what is left to do for heads that were written. What fails
// here is done by others: the log by whoever writes next, and who watches looks
// now and then.
func (r *Repository) settleHeads(ctx context.Context, org string, before, written map[string]*cartHead) {
	var entries []logEntry
	var created []string
	for _, id := range sortedKeys(written) {
		entries = append(entries, written[id].entries()...)
		if before[id] == nil {
			created = append(created, id)
		}
	}
	_ = r.logUpdates(ctx, entries)
	// A call may have ended between the moment it was read and the moment its
	// cart was there to be told.
	if len(created) > 0 {
		_ = r.tellCarts(ctx, org, created)
	}
	for id, h := range written {
		r.announce(analytics.CartTopic(org, id), h.Version)
	}
}

// tellCarts writes what is known of calls to their carts, where they have one.
func (r *Repository) tellCarts(ctx context.Context, org string, callIDs []string) error {
	reach := analytics.Reach{Org: org}
	heads, err := findByID(ctx, r, collCarts, reach, within(reach), callIDs, func(h *cartHead) string { return h.CallID })
	if err != nil || len(heads) == 0 {
		return err
	}
	calls, err := findByID(ctx, r, collCalls, reach, within(reach), sortedKeys(heads), func(c *knownCall) string { return c.CallID })
	if err != nil {
		return err
	}
	var updates []mongo.WriteModel
	for _, id := range sortedKeys(calls) {
		facts := factsOf(calls[id].AgentID, calls[id].QueueID, calls[id].EndedAt)
		if heads[id].AgentID == facts.AgentID && heads[id].QueueID == facts.QueueID && heads[id].Closes.Equal(facts.Closes) {
			continue
		}
		updates = append(updates, mongo.NewUpdateOneModel().
			SetFilter(bson.D{{Key: "_id", Value: reach.Key(id)}, {Key: "org", Value: org}}).
			SetUpdate(bson.D{{Key: "$set", Value: facts}}))
	}
	_, err = r.write(ctx, collCarts, updates)
	return wrap(err, "tell carts of their calls")
}

// changeOf returns the update that the only command of a work made.
func (r *Repository) changeOf(ctx context.Context, org string, done cartDone) (*cart.Change, error) {
	result := done.results[0]
	if result.err != nil {
		return nil, result.err
	}
	for _, entry := range done.head.entries() {
		if entry.Version == result.version {
			return entry.change(), nil
		}
	}
	entries, err := r.loggedUpdates(ctx, org, done.head.CallID, result.version-1, result.version+1, 1)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, analytics.Errorf(analytics.Unavailable, "the first result of the command cannot be read at the moment")
	}
	return entries[0].change(), nil
}

// cartRows keeps the rows of calls up to what their carts say: what the agent
// added and what was checked out.
type cartRows struct {
	r       *Repository
	org     string
	changed map[string]bool // call ids
	marked  map[string]bool
	marks   []*dirtyMark
	checked []analytics.Occasion // checkouts that webhooks tell of
}

// written notes what webhooks tell of in carts that were written.
func (c *cartRows) written(heads map[string]*cartHead) {
	for _, id := range sortedKeys(heads) {
		c.checked = append(c.checked, checkoutsIn(heads[id].entries(), time.Now())...)
	}
}

// compare notes whether the row of the call will have to be derived again.
func (c *cartRows) compare(before, after *cartHead) {
	b, a := before.State.Cart, after.State.Cart
	if len(b.AgentAdded) == len(a.AgentAdded) && b.CheckedOut == a.CheckedOut {
		return
	}
	if c.changed == nil {
		c.changed, c.marked = map[string]bool{}, map[string]bool{}
	}
	c.changed[after.CallID] = true
}

// mark marks what will have to be derived, before the carts are written.
func (c *cartRows) mark(ctx context.Context) error {
	var subjects []string
	for _, id := range sortedKeys(c.changed) {
		if !c.marked[id] {
			c.marked[id] = true
			subjects = append(subjects, analytics.CallSubject(id))
		}
	}
	if len(subjects) == 0 {
		return nil
	}
	mark, err := c.r.setMark(ctx, c.org, subjects)
	if err == nil {
		c.marks = append(c.marks, mark)
	}
	return err
}

// derive derives the rows, and writes what webhooks tell of. Where that fails the marks stay, for Recover.
func (c *cartRows) derive(ctx context.Context) {
	if len(c.changed) == 0 {
		return
	}
	d := newDerivation(c.r, c.org)
	maps.Copy(d.calls, c.changed)
	if d.run(ctx) != nil || c.r.tellWebhooks(ctx, c.org, c.checked) != nil {
		return
	}
	for _, mark := range c.marks {
		_ = c.r.clearMark(ctx, mark)
	}
}
