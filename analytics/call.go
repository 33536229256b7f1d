package analytics

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// CallStatus says whether a call was answered.
type CallStatus string

// Accepted: shopper and agent were connected. Missed: the shopper entered a
// queue and nobody answered.
const (
	Accepted CallStatus = "ACCEPTED"
	Missed   CallStatus = "MISSED"
)

// CallType says how the shopper came to the call.
type CallType string

// BookedMeeting: by an appointment, through a waiting room. Queue: dropped in.
const (
	BookedMeeting CallType = "BOOKED_MEETING"
	QueueCall     CallType = "QUEUE"
)

// Short calls and waits are what the exclude switches of lists and statistics
// leave out: accepted calls under 20 s and missed ones that waited under 5 s.
const (
	ShortCall = 20 * time.Second
	ShortWait = 5 * time.Second
)

// Call is one row of call statistics, accepted or missed: everything that came
// in about it, folded. Purchases are not part of it (they may move from call to
// call as later touches arrive); CallMetrics has them.
//
// Durations are in milliseconds and nil where unknown.
type Call struct {
	Key     string     `bson:"_id"`
	Org     string     `bson:"org"`
	CallID  string     `bson:"id"`
	Version int64      `bson:"version"`
	Status  CallStatus `bson:"status"`
	Type    CallType   `bson:"type"`
	Test    bool       `bson:"test"`

	// At places the call in time: its start, for a missed one the moment it
	// entered the queue. Lists are ordered by it.
	At        time.Time  `bson:"at"`
	StartedAt *time.Time `bson:"startedAt,omitempty"`
	EndedAt   *time.Time `bson:"endedAt,omitempty"`
	// StartSeen and EndSeen are when the gateway was told of start and end as
	// they happened, by tracking or the webhook; nil for imported ones.
	StartSeen *time.Time `bson:"startSeen,omitempty"`
	EndSeen   *time.Time `bson:"endSeen,omitempty"`
	// Told is when tracking and the webhook brought word of its moments.
	Told     CallTold `bson:"told,omitempty"`
	Duration *int64   `bson:"duration,omitempty"`
	// ByDuration is Duration, or -1 where there is none: an order needs a value
	// in every document.
	ByDuration int64 `bson:"byDuration"`
	// Running: accepted, and its end is not known.
	Running bool `bson:"running"`
	// Short: under ShortCall if accepted, under ShortWait if missed.
	Short bool `bson:"short"`

	ClientID    Text   `bson:"client,omitempty"`
	SessionID   Text   `bson:"session,omitempty"`
	AgentID     string `bson:"agent,omitempty"`
	TrackingTag Text   `bson:"trackingTag,omitempty"`

	QueueID        string     `bson:"queue,omitempty"`
	EnteredQueueAt *time.Time `bson:"enteredQueueAt,omitempty"`
	QueueWait      *int64     `bson:"queueWait,omitempty"`

	WaitingRoomID        Text       `bson:"waitingRoom,omitempty"`
	EnteredWaitingRoomAt *time.Time `bson:"enteredWaitingRoomAt,omitempty"`
	WaitingRoomWait      *int64     `bson:"waitingRoomWait,omitempty"`

	MessagesByAgent   int `bson:"messagesByAgent"`
	MessagesByShopper int `bson:"messagesByShopper"`

	PresentedSKUs   []string `bson:"presented,omitempty"`
	AddedSKUs       []string `bson:"added,omitempty"`
	CheckedOutSKUs  []string `bson:"checkedOut,omitempty"`
	CheckedOutValue *Money   `bson:"checkedOutValue,omitempty"`
	// CheckedOutAmount is the decimal of an import that does not say in which
	// currency; then there is no CheckedOutValue.
	CheckedOutAmount string `bson:"checkedOutAmount,omitempty"`
	// CheckedOut reports a checkout click, also one without known products.
	CheckedOut  bool     `bson:"hasCheckout,omitempty"`
	TriedOnSKUs []string `bson:"triedOn,omitempty"`
	// Counts says what the call did with each product, purchases left out.
	Counts []ProductInCall `bson:"counts,omitempty"`
	// SKUs is every product that was presented, added, checked out or tried on.
	SKUs []string `bson:"skus,omitempty"`

	Poll *PollAnswer `bson:"poll,omitempty"`

	BlockedAt   *time.Time `bson:"blockedAt,omitempty"`
	BlockedNote Text       `bson:"blockedNote,omitempty"`

	Shopper      ShopperDetails `bson:"shopper,omitempty"`
	ShopperWords []string       `bson:"shopperWords,omitempty"` // what the text search looks at
	CustomerTags []CustomerTag  `bson:"customerTags,omitempty"`

	// Personal is when the first of the personal data here, or in the names of the
	// chat, is due to be blanked; nil where there is none.
	Personal *time.Time `bson:"personal,omitempty"`

	// Imported is what an import said of the call's purchases; it counts while
	// no purchase event is attributed to the call.
	Imported *PurchaseSummary `bson:"imported,omitempty"`
}

// DurationSeconds, QueueWaitSeconds and WaitingRoomWaitSeconds return durations
// in seconds, nil where unknown.
func (c *Call) DurationSeconds() *float64        { return secondsOf(c.Duration) }
func (c *Call) QueueWaitSeconds() *float64       { return secondsOf(c.QueueWait) }
func (c *Call) WaitingRoomWaitSeconds() *float64 { return secondsOf(c.WaitingRoomWait) }

// StartedCursor and EndedCursor return where those who watch calls start and end
// resume behind this one, nil where they were not told of it.
func (c *Call) StartedCursor() *string { return arrivalCursorOf(c.StartSeen) }
func (c *Call) EndedCursor() *string   { return arrivalCursorOf(c.EndSeen) }

// PollAnswer is the shopper's rating after a call: Scale 10 goes from 0 to 10,
// scale 2 knows 1 (thumbs down) and 2 (thumbs up). The two are never averaged
// together.
type PollAnswer struct {
	Rating float64 `bson:"rating"`
	Scale  int     `bson:"scale"`
	Text   Text    `bson:"text,omitempty"`
}

// ShopperDetails are the personal details a shopper gave in a call. Every field
// needs the scope pii:read.
type ShopperDetails struct {
	FirstName Text `bson:"firstName,omitempty"`
	LastName  Text `bson:"lastName,omitempty"`
	Email     Text `bson:"email,omitempty"`
	Phone     Text `bson:"phone,omitempty"`
	Message   Text `bson:"message,omitempty"`
	// Data is a JSON document as text.
	Data Text `bson:"data,omitempty"`
}

// bound cuts what is longer than what is taken in; details that are cut would be no
// JSON, and are left out.
func (s *ShopperDetails) bound() {
	for _, text := range []*Text{&s.FirstName, &s.LastName, &s.Email, &s.Phone, &s.Message} {
		*text = text.beginning(maxText)
	}
	if len(s.Data) > maxDetails {
		s.Data = ""
	}
}

// Shopper is the shopper of a call: the browser, and the details given there.
type Shopper struct {
	ClientID Text
	ShopperDetails
}

// CustomerTag is a tag the page attached to the visitor. Value is a string, a
// float64 or a bool.
type CustomerTag struct {
	Name  string `bson:"name"`
	Value any    `bson:"value"`
}

// missedPrefix tells the ids of missed calls, which no sender gives.
const missedPrefix = "missed:"

// MissedCallID returns the id of the missed call that a visit to a queue became:
// the same for the event and for the imported row of one visit.
func MissedCallID(sessionID, queueID string, enteredQueue time.Time) string {
	h := sha256.New()
	for _, part := range []string{sessionID, queueID, FormatTime(enteredQueue)} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return missedPrefix + hex.EncodeToString(h.Sum(nil)[:12])
}

// FormatTime returns t as RFC 3339 in UTC, with milliseconds where they are not
// zero: the form of exports and of everything hashed.
func FormatTime(t time.Time) string {
	t = t.UTC().Truncate(time.Millisecond)
	if t.Nanosecond() == 0 {
		return t.Format("2006-01-02T15:04:05Z")
	}
	return t.Format("2006-01-02T15:04:05.000Z")
}
