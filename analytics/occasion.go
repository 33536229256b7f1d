package analytics

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
)

// MaxOccasionAge is how long after an occasion the gateway must be told of it for
// webhooks to tell of it: what was brought in later is history, not news.
const MaxOccasionAge = time.Hour

// Occasion is something that happened once and that webhooks tell of.
type Occasion struct {
	Topic WebhookTopic `bson:"topic"`
	// SubjectID is the global id of what it happened to: a Call, a Cart or a
	// LiveEvent.
	SubjectID string `bson:"subject"`
	// Mark tells it from other occasions of its subject and topic: the version of
	// a checked-out cart, the start of a live event in milliseconds; else 0.
	Mark int64 `bson:"mark,omitempty"`
	// HappenedAt is when it happened.
	HappenedAt time.Time `bson:"happenedAt"`
	// ToldAt is when the gateway was told of it.
	ToldAt time.Time `bson:"toldAt"`
}

// IsNews reports whether webhooks tell of it.
func (o Occasion) IsNews() bool { return o.ToldAt.Sub(o.HappenedAt) <= MaxOccasionAge }

// EventID returns what receivers know the occasion by: the same for the same
// occasion, however often it is found.
func (o Occasion) EventID(org string) string {
	h := sha256.New()
	for _, part := range []string{org, string(o.Topic), o.SubjectID, strconv.FormatInt(o.Mark, 10)} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return "evt_" + hex.EncodeToString(h.Sum(nil)[:16])
}

// CallTold is when the requests came in by which the gateway was told of a call's
// start, of its end, and that nobody answered it; nil for what no tracking event
// and no webhook told of.
type CallTold struct {
	Start *time.Time `bson:"start,omitempty"`
	End   *time.Time `bson:"end,omitempty"`
	Miss  *time.Time `bson:"miss,omitempty"`
}

// Occasions returns what happened to a call beyond what was told of it before. The
// start of a call of which the end was told no later is none any more.
func (c *Call) Occasions(before CallTold) []Occasion {
	var occasions []Occasion
	add := func(topic WebhookTopic, happened, told, known *time.Time) {
		if happened == nil || told == nil || known != nil {
			return
		}
		o := Occasion{Topic: topic, SubjectID: c.ID(), HappenedAt: *happened, ToldAt: *told}
		if o.IsNews() {
			occasions = append(occasions, o)
		}
	}
	if c.Status == Missed {
		missed := c.EnteredQueueAt
		if missed != nil && c.QueueWait != nil {
			end := missed.Add(time.Duration(*c.QueueWait) * time.Millisecond)
			missed = &end
		}
		add(TopicCallMissed, missed, c.Told.Miss, before.Miss)
		return occasions
	}
	start, end := c.Told.Start, c.Told.End
	if start != nil && (end == nil || start.Before(*end)) {
		add(TopicCallStarted, c.StartedAt, start, before.Start)
	}
	add(TopicCallEnded, c.EndedAt, end, before.End)
	return occasions
}

// CheckoutOccasion returns that a cart was checked out by the update of a version.
func CheckoutOccasion(callID string, version int64, at, told time.Time) Occasion {
	return Occasion{Topic: TopicCartCheckedOut, SubjectID: GlobalID("Cart", callID), Mark: version, HappenedAt: at, ToldAt: told}
}

// EndOccasion returns that a live event ended, of which the gateway was told at a
// moment; ok is false while it has not. Its start tells it from other ends: an end
// that is corrected is the same, one after a reset is another.
func (e *LiveEvent) EndOccasion(told time.Time) (o Occasion, ok bool) {
	if e.StartedAt == nil || e.EndedAt == nil {
		return Occasion{}, false
	}
	return Occasion{Topic: TopicLiveEventEnded, SubjectID: e.ID(), Mark: e.StartedAt.UnixMilli(), HappenedAt: *e.EndedAt, ToldAt: told}, true
}

// NewWebhookDelivery returns the delivery of an occasion to an endpoint: the same
// key for the same two. It is due at once, for what lies ahead when it happens.
func NewWebhookDelivery(e *WebhookEndpoint, o Occasion) *WebhookDelivery {
	event := o.EventID(e.Org)
	id := e.EndpointID + "." + event
	due := o.ToldAt
	if o.HappenedAt.After(due) {
		due = o.HappenedAt
	}
	return &WebhookDelivery{
		Key: Reach{Org: e.Org}.Key(id), Org: e.Org, DeliveryID: id, Version: 1, EndpointID: e.EndpointID,
		Occasion: o, EventID: event, State: DeliveryPending, CreatedAt: o.ToldAt, Since: due, Due: due,
	}
}
