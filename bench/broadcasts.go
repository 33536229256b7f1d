package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"cartograph/analytics"
)

const (
	broadcastLasts = time.Hour
	// eventsOfViewer is how many events come from each viewer, who stays for a
	// minute to half an hour.
	eventsOfViewer = 10
	// displayed products are shown one after the other.
	displayed = 20
)

// broadcastStart returns when a broadcast starts: one a day.
func broadcastStart(i int) time.Time {
	return time.Date(2026, 2, 1, 18, 0, 0, 0, time.UTC).AddDate(0, 0, i)
}

// sent is a tracking event as a sender writes it.
type sent struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	At          time.Time      `json:"at"`
	VisitorID   string         `json:"visitorId,omitempty"`
	SessionID   string         `json:"sessionId,omitempty"`
	LiveEventID string         `json:"liveEventId,omitempty"`
	Data        map[string]any `json:"data"`
}

// broadcastEvents returns about n events of a broadcast, in the order of their
// time: what is displayed, and a tenth as many viewers, who come over the first
// half hour. The same numbers give the same events.
func broadcastEvents(broadcast, n int) ([]analytics.Event, error) {
	random := rand.New(rand.NewPCG(uint64(broadcast), 2))
	started := broadcastStart(broadcast)
	var all []sent
	for i := range displayed {
		shows := broadcastLasts / displayed
		for k, kind := range []string{"product_displayed", "product_hidden"} {
			all = append(all, sent{Type: kind, VisitorID: "studio", At: started.Add(time.Duration(i+k)*shows - time.Duration(k)*time.Second), Data: map[string]any{"sku": productSKU(i)}})
		}
	}
	for viewer := range n / eventsOfViewer {
		all = append(all, visit(broadcast, viewer, started, random)...)
	}
	slices.SortStableFunc(all, func(a, b sent) int { return a.At.Compare(b.At) })

	events := make([]analytics.Event, len(all))
	for i := range all {
		e := &all[i]
		e.ID, e.LiveEventID = fmt.Sprintf("%s-%d", broadcastID(broadcast), i), broadcastID(broadcast)
		text, err := json.Marshal(e)
		if err != nil {
			return nil, err
		}
		if events[i], err = analytics.ParseEvent(text, e.At); err != nil {
			return nil, fmt.Errorf("event %s: %w", text, err)
		}
	}
	return events, nil
}

// visit returns the events of one viewer.
func visit(broadcast, viewer int, started time.Time, random *rand.Rand) []sent {
	within := func(d time.Duration) time.Duration {
		return time.Duration(random.Int64N(d.Milliseconds())) * time.Millisecond
	}
	from := started.Add(within(broadcastLasts / 2))
	stay := time.Minute + within(broadcastLasts/2-time.Minute)
	events := make([]sent, eventsOfViewer)
	for i := range events {
		events[i] = act(broadcast, viewer, i, random)
		events[i].At = from.Add(within(stay))
	}
	events[0] = sent{Type: "session_started", At: from, Data: map[string]any{
		"device": []string{"desktop", "mobile", "mobile", "tablet"}[viewer%4], "source": []string{"mail", "ads", "search"}[viewer%3],
	}}
	events[len(events)-1] = sent{Type: "session_ended", At: from.Add(stay), Data: map[string]any{}}
	for i := range events {
		events[i].VisitorID = fmt.Sprintf("%s-viewer-%d", broadcastID(broadcast), viewer)
		events[i].SessionID = fmt.Sprintf("%s-session-%d", broadcastID(broadcast), viewer)
	}
	return events
}

// act returns what a viewer does at some moment.
func act(broadcast, viewer, i int, random *rand.Rand) sent {
	sku := article(random.IntN(2*displayed), random)
	minor := 1000 + random.IntN(20_000)
	amount := fmt.Sprintf("%d.%02d", minor/100, minor%100)
	switch kind := random.IntN(32); {
	case kind < 8:
		return sent{Type: "product_clicked", Data: map[string]any{"sku": sku}}
	case kind < 13:
		return sent{Type: "liked", Data: map[string]any{"count": 1 + random.IntN(5)}}
	case kind < 16:
		return sent{Type: "added_to_cart", Data: map[string]any{"sku": sku, "quantity": 1, "cart": map[string]any{
			"id": fmt.Sprintf("%s-cart-%d", broadcastID(broadcast), viewer), "amount": amount, "currency": "EUR",
		}}}
	case kind < 18:
		return sent{Type: "message_sent", Data: map[string]any{
			"messageId": fmt.Sprintf("%s-%d-%d", broadcastID(broadcast), viewer, i), "author": "viewer", "text": "Does it come in blue?"[:11+random.IntN(11)],
		}}
	case kind == 18:
		return sent{Type: "poll_answered", Data: map[string]any{"interactionId": pollID(broadcast), "option": pollOptions[random.IntN(len(pollOptions))]}}
	case kind == 19:
		return sent{Type: "widget_viewed", Data: map[string]any{"widget": "floating_player"}}
	case kind == 20:
		return sent{Type: "survey_answered", Data: map[string]any{"rating": 1 + random.IntN(5), "comment": ""}}
	case kind == 21:
		return sent{Type: "purchase", Data: map[string]any{
			"transactionId": fmt.Sprintf("%s-order-%d-%d", broadcastID(broadcast), viewer, i), "amount": amount, "currency": "EUR",
			"products": []any{map[string]any{"sku": sku, "price": amount, "quantity": 1}},
		}}
	default:
		return sent{Type: "heartbeat", Data: map[string]any{}}
	}
}
