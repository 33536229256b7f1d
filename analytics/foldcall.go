package analytics

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// FoldedCall is what everything that came in about a call comes to.
type FoldedCall struct {
	// Call is nil while nothing names the call: an event alone, such as a chat
	// message, waits for call_started, the webhook or an import.
	Call     *Call
	Messages []*ChatMessage // in the order they were written
}

// FoldCall folds all events of one call, given in any order, into its row and its
// chat. joins are joined_queue events; of those of its own visitor, session and
// queue the call takes the latest before its start.
//
// Where events, the webhook and imported rows speak of the same field, events go
// before the webhook and the webhook before imports.
//
// What the agent added and what was checked out is as the cart of the call has
// it, else as imports have; cart is nil for an untouched one.
func FoldCall(org, callID string, events, joins []*Event, cart *CartFacts) FoldedCall {
	f := gatherCall(org, callID, events)
	f.cart = cart
	if !f.named() {
		return FoldedCall{}
	}
	if strings.HasPrefix(callID, missedPrefix) {
		f.foldMissed()
	} else {
		f.foldAccepted(joins)
	}
	f.foldTest()
	f.foldProducts()
	f.foldPoll()
	f.foldBlocked()
	f.foldShopper()
	f.foldTags()
	f.call.Imported = f.imported.Purchases().bounded()
	f.call.TrackingTag = f.call.TrackingTag.beginning(maxText)
	messages := f.foldMessages()
	f.foldPersonal(events)
	f.call.settle()
	return FoldedCall{Call: f.call, Messages: messages}
}

// callFold holds what came in about a call, sorted by where it came from.
type callFold struct {
	call     *Call
	tracked  []*Event // tracking events and marks, by rank
	started  *Event   // the first of its type, or nil
	ended    *Event
	missed   *Event
	webhook  EndedCall    // of several, later ones win field by field
	imported ImportedCall // the same
	cart     *CartFacts   // nil: untouched
	webhooks int
	// webhookSeen is when the first webhook came in.
	webhookSeen time.Time
	imports     int
}

func gatherCall(org, callID string, events []*Event) *callFold {
	f := &callFold{call: &Call{Key: Reach{Org: org}.Key(callID), Org: org, CallID: callID}}
	var rows []*Event
	var webhooks []*Event
	for _, e := range events {
		switch e.Type {
		case CallImported:
			rows = append(rows, e)
		case CallWebhook:
			webhooks = append(webhooks, e)
		default:
			f.tracked = append(f.tracked, e)
		}
	}
	slices.SortFunc(f.tracked, byRank)
	slices.SortFunc(webhooks, byRank)
	slices.SortFunc(rows, byArrival)
	for _, e := range f.tracked {
		switch {
		case e.Type == CallStarted && f.started == nil:
			f.started = e
		case e.Type == CallEnded && f.ended == nil:
			f.ended = e
		case e.Type == CallMissed && f.missed == nil:
			f.missed = e
		}
	}
	for _, e := range webhooks {
		if e.Data.Webhook != nil {
			f.webhook.merge(e.Data.Webhook)
			f.webhooks++
			if f.webhookSeen.IsZero() || e.Received.Before(f.webhookSeen) {
				f.webhookSeen = e.Received
			}
		}
	}
	for _, e := range rows {
		// Rows are read before they are taken; one that cannot be read any more
		// says nothing.
		if row, err := ParseCallRow(e.Data.Row); err == nil {
			f.imported.Merge(row)
			f.imports++
		}
	}
	return f
}

func byRank(a, b *Event) int {
	return cmp.Or(a.At.Compare(b.At), strings.Compare(a.EventID, b.EventID))
}

func byArrival(a, b *Event) int {
	return cmp.Or(cmp.Compare(a.Arrival, b.Arrival), strings.Compare(a.EventID, b.EventID))
}

// merge adds what a later webhook says of the same call.
func (w *EndedCall) merge(later *EndedCall) {
	w.StartedAt, w.EndedAt = later.StartedAt, later.EndedAt
	if later.AgentID != "" {
		w.AgentID, w.AgentName = later.AgentID, later.AgentName
	}
	if later.QueueID != "" {
		w.QueueID, w.QueueName = later.QueueID, later.QueueName
	}
	if len(later.Products) > 0 {
		w.Products = later.Products
	}
	if w.Chat == nil || len(later.Chat) > 0 {
		w.Chat = later.Chat
	}
}

func (f *callFold) named() bool {
	return f.started != nil || f.missed != nil || f.webhooks > 0 || f.imports > 0
}

// last returns the last tracked event of a type, or nil.
func (f *callFold) last(t EventType) *Event {
	for _, e := range slices.Backward(f.tracked) {
		if e.Type == t {
			return e
		}
	}
	return nil
}

// foldMissed fills in a call that nobody answered.
func (f *callFold) foldMissed() {
	c, row := f.call, &f.imported
	c.Status, c.Type = Missed, QueueCall
	c.ClientID, c.SessionID = Text(row.ClientID), Text(row.SessionID)
	c.QueueID, c.EnteredQueueAt, c.QueueWait = row.QueueID, row.EnteredQueueAt, row.QueueWait
	c.TrackingTag = Text(row.TrackingTag)
	if e := f.missed; e != nil {
		c.ClientID, c.SessionID = Text(e.VisitorID), Text(e.SessionID)
		c.QueueID, c.EnteredQueueAt = e.Data.QueueID, e.Data.EnteredQueueAt
		c.QueueWait = between(c.EnteredQueueAt, &e.At)
		c.Told.Miss = &e.Received
	}
	if c.EnteredQueueAt != nil {
		c.At = *c.EnteredQueueAt
	}
}

// foldAccepted fills in who met whom, when, and by which way.
func (f *callFold) foldAccepted(joins []*Event) {
	c, row, hook := f.call, &f.imported, &f.webhook
	start := f.started
	if start == nil {
		start = &Event{} // says nothing
	}
	c.Status = Accepted
	c.ClientID = Text(cmp.Or(start.VisitorID, row.ClientID))
	c.SessionID = Text(cmp.Or(start.SessionID, row.SessionID))
	c.AgentID = cmp.Or(start.Data.AgentID, hook.AgentID, row.AgentID)
	c.TrackingTag = Text(cmp.Or(start.Data.TrackingTag, row.TrackingTag))
	c.Type = f.callType()
	f.foldTimes()
	if c.Type == QueueCall {
		c.QueueID = cmp.Or(start.Data.QueueID, hook.QueueID, row.QueueID)
		f.foldQueueWait(joins)
		return
	}
	c.WaitingRoomID = Text(cmp.Or(start.Data.WaitingRoomID, row.WaitingRoomID))
	c.EnteredWaitingRoomAt, c.WaitingRoomWait = row.EnteredWaitingRoomAt, row.WaitingRoomWait
	if start.Data.EnteredWaitingRoomAt != nil {
		c.EnteredWaitingRoomAt = start.Data.EnteredWaitingRoomAt
		c.WaitingRoomWait = between(c.EnteredWaitingRoomAt, c.StartedAt)
	}
}

// callType: the webhook does not state the type, but a call that came through a
// queue was not booked.
func (f *callFold) callType() CallType {
	switch {
	case f.started != nil:
		return f.started.Data.CallType
	case f.imports > 0:
		return f.imported.CallType()
	case f.webhook.QueueID != "":
		return QueueCall
	default:
		return BookedMeeting
	}
}

// foldTimes settles start and end. Each comes from the strongest source that
// knows it; an end before the start gives way to the next one.
func (f *callFold) foldTimes() {
	c, row := f.call, &f.imported
	var starts, ends []*time.Time
	if f.started != nil {
		starts = append(starts, &f.started.At)
		c.StartSeen = new(f.started.Seen())
		c.Told.Start = &f.started.Received
	}
	if f.ended != nil {
		ends = append(ends, &f.ended.At)
		c.EndSeen = new(f.ended.Seen())
		c.Told.End = &f.ended.Received
	}
	if f.webhooks > 0 {
		starts, ends = append(starts, &f.webhook.StartedAt), append(ends, &f.webhook.EndedAt)
		if c.EndSeen == nil {
			c.EndSeen, c.Told.End = &f.webhookSeen, &f.webhookSeen
		}
	}
	starts, ends = append(starts, row.StartedAt), append(ends, row.EndedAt)
	c.StartedAt = firstTime(starts, time.Time{})
	if c.StartedAt == nil {
		return
	}
	c.At = *c.StartedAt
	c.EndedAt = firstTime(ends, c.At)
	if c.EndedAt == nil {
		c.EndSeen, c.Told.End = nil, nil
	}
	c.Duration = between(c.StartedAt, c.EndedAt)
	if c.StartedAt == row.StartedAt && c.EndedAt == row.EndedAt && row.Duration != nil {
		c.Duration = row.Duration
	}
}

// firstTime returns the first time that is known and not before another.
func firstTime(times []*time.Time, notBefore time.Time) *time.Time {
	for _, t := range times {
		if t != nil && !t.Before(notBefore) {
			return t
		}
	}
	return nil
}

// foldQueueWait takes the wait from the latest joined_queue of the call's
// visitor, session and queue before its start, else from the import.
func (f *callFold) foldQueueWait(joins []*Event) {
	c := f.call
	c.EnteredQueueAt, c.QueueWait = f.imported.EnteredQueueAt, f.imported.QueueWait
	if c.StartedAt == nil || c.QueueID == "" || c.ClientID == "" {
		return
	}
	subject := WaitSubject(string(c.ClientID), string(c.SessionID), c.QueueID)
	var latest *Event
	for _, join := range joins {
		if join.Subject != subject || join.Type != JoinedQueue || join.At.After(*c.StartedAt) {
			continue
		}
		if latest == nil || join.At.After(latest.At) {
			latest = join
		}
	}
	if latest != nil {
		c.EnteredQueueAt = &latest.At
		c.QueueWait = between(c.EnteredQueueAt, c.StartedAt)
	}
}

// WaitsOf returns the subjects of the waits that the events of a call may have
// ended: the joined_queue events to give to FoldCall.
func WaitsOf(events ...*Event) []string {
	var waits []string
	add := func(visitorID, sessionID, queueID string) {
		if visitorID == "" || queueID == "" {
			return
		}
		if wait := WaitSubject(visitorID, sessionID, queueID); !slices.Contains(waits, wait) {
			waits = append(waits, wait)
		}
	}
	for _, e := range events {
		switch e.Type {
		case CallStarted:
			add(e.VisitorID, e.SessionID, e.Data.QueueID)
		case CallImported:
			cell := func(column string) string { return unguardFormula(e.Data.Row[column]) }
			add(cell("client_id"), cell("client_session_id"), cell("queue_id"))
		}
	}
	return waits
}

// between returns the milliseconds from one moment to another; nil where one is
// not known or they stand the wrong way round.
func between(from, to *time.Time) *int64 {
	if from == nil || to == nil || to.Before(*from) {
		return nil
	}
	ms := to.Sub(*from).Milliseconds()
	return &ms
}

// settle fills in what follows from the other fields.
func (c *Call) settle() {
	c.ByDuration = -1
	if c.Duration != nil {
		c.ByDuration = *c.Duration
	}
	c.Running = c.Status == Accepted && c.EndedAt == nil
	if c.Status == Missed {
		c.Short = c.QueueWait != nil && *c.QueueWait < ShortWait.Milliseconds()
	} else {
		c.Short = c.Duration != nil && *c.Duration < ShortCall.Milliseconds()
	}
}
