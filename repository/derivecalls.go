package repository

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// knownCall is what a derivation needs to know of a call's present document: its
// version, and what attribution depends on.
type knownCall struct {
	CallID    string               `bson:"id"`
	Version   int64                `bson:"version"`
	Status    analytics.CallStatus `bson:"status"`
	ClientID  string               `bson:"client"`
	StartedAt *time.Time           `bson:"startedAt"`
	EndedAt   *time.Time           `bson:"endedAt"`
	Told      analytics.CallTold   `bson:"told"`
	AgentID   string               `bson:"agent"`
	QueueID   string               `bson:"queue"`
}

// foldCalls folds calls from their events and writes their chat and their rows.
func (d *derivation) foldCalls(ctx context.Context, ids []string) error {
	for len(ids) > 0 {
		before, err := findByID(ctx, d.r, collCalls, d.reach, within(d.reach), ids, func(c *knownCall) string { return c.CallID })
		if err != nil {
			return err
		}
		calls, messages, follow, err := d.fold(ctx, ids, before)
		if err != nil {
			return err
		}
		// The chat goes first: whoever writes an old state of it loses the call
		// after it, and writes both again.
		if err := d.writeChat(ctx, calls, messages); err != nil {
			return err
		}
		swaps := make([]swap, len(calls))
		for i, call := range calls {
			if known := before[call.CallID]; known != nil {
				call.Version = known.Version
			}
			call.Version++
			swaps[i] = swap{call.Key, call.Version - 1, call}
		}
		lost, err := d.r.swapAll(ctx, collCalls, d.reach.Org, swaps)
		if err != nil {
			return wrap(err, "write calls")
		}
		again := make(map[int]bool, len(lost))
		ids = ids[:0:0]
		for _, i := range lost {
			again[i] = true
			ids = append(ids, calls[i].CallID)
		}
		var followed []shopEvents
		var occasions []analytics.Occasion
		for i, call := range calls {
			if again[i] {
				continue
			}
			known := before[call.CallID]
			if known == nil {
				known = &knownCall{}
			}
			occasions = append(occasions, d.occasionsOf(known, call, time.Now())...)
			d.folded(before[call.CallID], call)
			if len(follow[i]) > 0 {
				followed = append(followed, shopEvents{call, follow[i]})
			}
		}
		if err := d.r.tellWebhooks(ctx, d.reach.Org, occasions); err != nil {
			return err
		}
		if d.callsSeen {
			d.r.announce(analytics.CallsTopic(d.reach.Org), 0)
			d.callsSeen = false
		}
		if err := d.followShop(ctx, followed, time.Now()); err != nil {
			return err
		}
	}
	return nil
}

// fold returns those of the calls that something names, the chat of all, and for
// each call the events that its cart has to follow.
func (d *derivation) fold(ctx context.Context, ids []string, before map[string]*knownCall) (calls []*analytics.Call, messages []*analytics.ChatMessage, follow [][]*analytics.Event, err error) {
	events, err := d.eventsBySubject(ctx, subjectsOf(ids, analytics.CallSubject))
	if err != nil {
		return nil, nil, nil, err
	}
	carts, err := d.cartFacts(ctx, ids)
	if err != nil {
		return nil, nil, nil, err
	}
	waits := map[string]bool{}
	for _, ofCall := range events {
		for _, wait := range analytics.WaitsOf(ofCall...) {
			waits[wait] = true
		}
	}
	joins, err := d.eventsBySubject(ctx, sortedKeys(waits))
	if err != nil {
		return nil, nil, nil, err
	}
	now := time.Now()
	for _, id := range ids {
		ofCall := events[analytics.CallSubject(id)]
		var joined []*analytics.Event
		for _, wait := range analytics.WaitsOf(ofCall...) {
			joined = append(joined, joins[wait]...)
		}
		folded := analytics.FoldCall(d.reach.Org, id, ofCall, joined, carts[id])
		if folded.Call == nil {
			continue
		}
		calls = append(calls, folded.Call)
		messages = append(messages, folded.Messages...)
		follow = append(follow, d.toFollow(before[id], folded.Call, ofCall, now))
	}
	return calls, messages, follow, nil
}

// folded notes what follows from a call's new row.
func (d *derivation) folded(before *knownCall, now *analytics.Call) {
	d.figures[now.CallID] = true
	if before == nil {
		before = &knownCall{}
	} else if before.AgentID != now.AgentID || before.QueueID != now.QueueID || !sameTime(before.EndedAt, now.EndedAt) || d.thorough {
		d.carts[now.CallID] = true
	}
	if before.StartedAt == nil && now.StartSeen != nil || before.EndedAt == nil && now.EndSeen != nil {
		d.callsSeen = true
	}
	if !d.thorough && before.Status == now.Status && before.ClientID == string(now.ClientID) && sameTime(before.StartedAt, now.StartedAt) {
		return // whoever wrote it so sees to its purchases
	}
	d.moved[now.CallID] = true
	d.touched.add(before.ClientID, before.StartedAt)
	d.touched.add(string(now.ClientID), now.StartedAt)
}

// visits are visitors whose calls changed, and the span of time in which that
// may matter to their purchases.
type visits struct {
	visitors map[string]bool
	span     analytics.Period // End belongs to it
}

// add notes that a visitor has, or had, a call that starts at a time.
func (v *visits) add(visitorID string, start *time.Time) {
	if visitorID == "" || start == nil {
		return
	}
	end := start.Add(analytics.AttributionWindow)
	if len(v.visitors) == 0 || start.Before(v.span.Start) {
		v.span.Start = *start
	}
	if len(v.visitors) == 0 || end.After(v.span.End) {
		v.span.End = end
	}
	v.visitors[visitorID] = true
}

func sameTime(a, b *time.Time) bool {
	return a == nil && b == nil || a != nil && b != nil && a.Equal(*b)
}

// writeChat brings the stored chat of calls to what it folded into.
func (d *derivation) writeChat(ctx context.Context, calls []*analytics.Call, messages []*analytics.ChatMessage) error {
	if len(messages) == 0 {
		return nil // and there never were any: what came in does not go away
	}
	subjects := make([]string, len(calls))
	for i, call := range calls {
		subjects[i] = analytics.CallSubject(call.CallID)
	}
	stored, err := find[analytics.ChatMessage](ctx, d.r.coll(collMessages), within(d.reach).in("subject", subjects).filter(),
		wholeResult().SetProjection(bson.D{{Key: "rank", Value: 1}, {Key: "agent", Value: 1}, {Key: "fromWebhook", Value: 1}, {Key: "name", Value: 1}}))
	if err != nil {
		return wrap(err, "find chat of calls")
	}
	known := make(map[string]*analytics.ChatMessage, len(stored))
	for _, m := range stored {
		known[m.Key] = m
	}
	var wanted []*analytics.ChatMessage
	for _, m := range messages {
		k := known[m.Key]
		delete(known, m.Key)
		if k == nil || k.Rank != m.Rank || k.AgentID != m.AgentID || k.FromWebhook != m.FromWebhook || k.Name != m.Name || m.FromWebhook {
			wanted = append(wanted, m)
		}
	}
	if err := d.r.putMessages(ctx, d.reach, wanted); err != nil {
		return err
	}
	if len(known) == 0 {
		return nil
	}
	var gone []string
	for key := range known {
		gone = append(gone, key)
	}
	_, err = d.r.coll(collMessages).DeleteMany(ctx, within(d.reach).in("_id", gone).filter())
	return wrap(err, "delete chat of webhooks")
}
