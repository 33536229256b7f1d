package repository

import (
	"context"
	"slices"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"

	"cartograph/analytics"
	"cartograph/cart"
)

// never stands for a moment that is not known to come: an order and an index
// need a value in every document.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// cartHead is the truth of one cart: its state, and the updates that brought it
// there from the state before. It is replaced by compare and swap on its
// version. Whoever replaces it first writes those updates to the log, and its
// own after it: so every update is in the log or in the head, whoever dies when.
type cartHead struct {
	Key     string     `bson:"_id"`
	Org     string     `bson:"org"`
	CallID  string     `bson:"id"`
	Version int64      `bson:"version"`
	At      time.Time  `bson:"at"`      // of the latest update; lists are ordered by it
	Expires time.Time  `bson:"expires"` // the first pending request, or never
	State   cart.State `bson:"state"`
	Fresh   []logEntry `bson:"fresh,omitempty"`

	// What is known of the call is kept here for lists: the document of the call
	// decides.
	callFacts `bson:",inline"`
}

// callFacts are what lists of carts ask of their calls.
type callFacts struct {
	AgentID string    `bson:"agent"`
	QueueID string    `bson:"queue"`
	Closes  time.Time `bson:"closes"` // the first moment at which the cart is closed, or never
}

func factsOf(agentID, queueID string, endedAt *time.Time) callFacts {
	facts := callFacts{AgentID: agentID, QueueID: queueID, Closes: never}
	if endedAt != nil {
		facts.Closes = endedAt.Add(cart.OpenAfterCall)
	}
	return facts
}

// logEntry is an update of a cart as the log and the head have it. The head has the
// cart after it too, the log does at every 50th version (wholeEvery).
type logEntry struct {
	Key     string      `bson:"_id"`
	Org     string      `bson:"org"`
	CallID  string      `bson:"call"`
	Version int64       `bson:"version"`
	Update  cart.Update `bson:"update"`
	Cart    *cart.Cart  `bson:"cart,omitempty"` // nil in a head for its last entry too: the state has it
}

func (e *logEntry) change() *cart.Change {
	return &cart.Change{CallID: e.CallID, Update: e.Update, After: *e.Cart}
}

// entries returns the updates that the head carries, each with its cart.
func (h *cartHead) entries() []logEntry {
	entries := append([]logEntry(nil), h.Fresh...)
	if n := len(entries); n > 0 {
		entries[n-1].Cart = &h.State.Cart
	}
	return entries
}

// freshRoom is about how many bytes of updates a head may carry, each with its
// cart: far from the 16 megabytes of a document, and more than a batch of ordinary
// carts comes to.
const freshRoom = 2 << 20

// advanced returns the head after commands, each with what became of it: those
// that expire what is due come first, and are not among the results. Where the
// updates would take more than freshRoom it stops: then all is false, and the rest
// has to be done to the head once this one is written.
func (h *cartHead) advanced(commands []cart.Command, call cart.Call, now time.Time) (after *cartHead, results []cartResult, all bool) {
	next := *h
	next.Fresh = nil
	room := freshRoom
	do := func(c cart.Command) cartResult {
		state, result, err := cart.Do(next.State, c, call, now)
		if err != nil || result.Update == nil {
			return cartResult{result.Version, err}
		}
		next.State, next.Version, next.At = state, result.Version, result.Update.At
		after := state.Cart
		next.Fresh = append(next.Fresh, logEntry{
			Key: analytics.Reach{Org: h.Org}.Key(h.CallID + "/" + strconv.FormatInt(result.Version, 10)),
			Org: h.Org, CallID: h.CallID, Version: result.Version, Update: *result.Update, Cart: &after,
		})
		room -= sizeOf(&after)
		return cartResult{result.Version, nil}
	}
	due := next.State.Cart.Due(now)
	for len(due) > 0 && room > 0 {
		do(due[0])
		due = due[1:]
	}
	for len(due) == 0 && len(results) < len(commands) && room > 0 {
		results = append(results, do(commands[len(results)]))
	}
	next.Expires = never
	if expires := next.State.Cart.NextExpiry(); expires != nil {
		next.Expires = *expires
	}
	if n := len(next.Fresh); n > 0 {
		next.Fresh[n-1].Cart = nil
	}
	return &next, results, len(due) == 0 && len(results) == len(commands)
}

// lineSize is about what a line of a cart takes when it is stored, besides its
// texts.
const lineSize = 150

// sizeOf returns about how many bytes a cart takes when it is stored.
func sizeOf(c *cart.Cart) int {
	size := lineSize
	items := c.Items
	if c.CheckedOut != nil {
		items = slices.Concat(items, c.CheckedOut.Items)
	}
	for i := range items {
		size += lineSize + len(items[i].SKU) + len(items[i].Name)
	}
	for i := range c.Pending {
		size += 2*lineSize + len(c.Pending[i].SKU) + len(c.Pending[i].Name)
	}
	for _, sku := range c.AgentAdded {
		size += len(sku)
	}
	return size
}

// cartResult is what became of a command: the version of its update, or why it
// was refused.
type cartResult struct {
	version int64
	err     error
}

// headsOf returns the heads of carts within a reach, by call id; an untouched
// cart has none.
func (r *Repository) headsOf(ctx context.Context, reach analytics.Reach, callIDs []string) (map[string]*cartHead, error) {
	return findByID(ctx, r, collCarts, reach, withinCalls(reach), callIDs, func(h *cartHead) string { return h.CallID })
}

// logUpdates writes what a head carries to the log, unless it is there.
func (r *Repository) logUpdates(ctx context.Context, entries []logEntry) error {
	documents := make([]any, len(entries))
	for i, entry := range entries {
		if entry.Version%wholeEvery != 0 {
			entry.Cart = nil
		}
		documents[i] = &entry
	}
	_, err := r.insertNew(ctx, collCartUpdates, documents)
	return wrap(err, "log updates of carts")
}

// swapHeads replaces heads that still have the versions they were read at, and
// returns the call ids of those that have not. The updates of the old heads must
// be in the log.
func (r *Repository) swapHeads(ctx context.Context, org string, before, next map[string]*cartHead) (lost map[string]bool, err error) {
	var inserts []any
	var updates []mongo.WriteModel
	var inserted, updated []string
	for _, id := range sortedKeys(next) {
		h := next[id]
		if before[id] == nil {
			inserts, inserted = append(inserts, h), append(inserted, id)
			continue
		}
		// What is known of the call is not written again: it may have been
		// written in between. An upsert that finds another version tries to insert
		// the same _id, so that its error tells which of many was too late.
		updates = append(updates, mongo.NewUpdateOneModel().SetUpsert(true).
			SetFilter(bson.D{{Key: "_id", Value: h.Key}, {Key: "org", Value: org}, {Key: "version", Value: before[id].Version}}).
			SetUpdate(bson.D{{Key: "$set", Value: bson.D{
				{Key: "version", Value: h.Version}, {Key: "at", Value: h.At}, {Key: "expires", Value: h.Expires},
				{Key: "state", Value: h.State}, {Key: "fresh", Value: h.Fresh},
			}}}))
		updated = append(updated, id)
	}
	lost = map[string]bool{}
	taken, err := r.insertNew(ctx, collCarts, inserts)
	for _, i := range taken {
		lost[inserted[i]] = true
	}
	if err != nil {
		return nil, wrap(err, "insert carts")
	}
	taken, err = r.write(ctx, collCarts, updates)
	for _, i := range taken {
		lost[updated[i]] = true
	}
	return lost, wrap(err, "replace carts")
}
