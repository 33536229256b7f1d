package analytics

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
	"time"
)

// Event is one thing that came in, kept for ever and never changed: a tracking
// event, an imported row, a webhook payload or a mark. Its EventID makes it
// count once per organization; the prefix says where it came from.
type Event struct {
	Key      string    `bson:"_id"`
	Org      string    `bson:"org"`
	EventID  string    `bson:"id"`
	Type     EventType `bson:"type"`
	At       time.Time `bson:"at"`
	Received time.Time `bson:"received"`
	// Stored is when the gateway stored a tracking event, by its clock: what the
	// feed of events is read by. Nil for what came in by other ways. The repository
	// sets it.
	Stored *time.Time `bson:"stored,omitempty"`
	// Named are the subjects that the feed of a tracking event is watched by: see
	// Names. The repository sets them.
	Named []string `bson:"named,omitempty"`
	// Arrival orders imported rows: where two speak of the same field of the
	// same call, the later one wins. The repository gives it out.
	Arrival   int64  `bson:"arrival,omitempty"`
	VisitorID string `bson:"client,omitempty"`
	SessionID string `bson:"session,omitempty"`
	// Subject is what is derived again when the event comes in:
	// "call:<id>", "live_event:<id>", "workflow:<id>", "purchase:<id>",
	// "visitor:<id>", "wait:<hash>", and of what moderators decide "message:<id>"
	// or "viewer:<hash>".
	Subject string `bson:"subject"`
	// About is the call, live event or workflow that an event with a subject of
	// its own, such as a purchase or a ban, names besides.
	About string `bson:"about,omitempty"`
	// Personal is PersonalTime, until the personal data is blanked; of a call that
	// ended later or runs it may be moved to when to look again. The repository
	// sets it.
	Personal *time.Time `bson:"personal,omitempty"`
	Data     EventData  `bson:"data"`
}

// The prefixes of event ids by origin, so that the id of a tracking event never
// meets that of a webhook.
const (
	trackedPrefix  = "e:"
	importedPrefix = "i:"
	webhookPrefix  = "w:"
	markPrefix     = "m:"
)

// SenderID returns the id that the sender gave the event.
func (e *Event) SenderID() string {
	_, id, _ := strings.Cut(e.EventID, ":")
	return id
}

// Rank orders events by time, those of one millisecond by id. Wherever one of
// several events counts, the rank decides, so the order of arrival never does.
func (e *Event) Rank() string { return rank(e.At, e.EventID) }

func rank(at time.Time, id string) string {
	return at.UTC().Format("2006-01-02T15:04:05.000") + " " + id
}

// EventType names what happened.
type EventType string

// The tracking events.
const (
	CallWidgetOpened EventType = "call_widget_opened"
	JoinedQueue      EventType = "joined_queue"
	LeftQueue        EventType = "left_queue"

	CallStarted       EventType = "call_started"
	CallEnded         EventType = "call_ended"
	CallMissed        EventType = "call_missed"
	ProductPresented  EventType = "product_presented"
	ProductTriedOn    EventType = "product_tried_on"
	CallRated         EventType = "call_rated"
	ShopperIdentified EventType = "shopper_identified"
	ShopperBlocked    EventType = "shopper_blocked"
	TagsSet           EventType = "tags_set"

	MessageSent     EventType = "message_sent"
	AddedToCart     EventType = "added_to_cart"
	RemovedFromCart EventType = "removed_from_cart"

	SessionStarted       EventType = "session_started"
	SessionEnded         EventType = "session_ended"
	Heartbeat            EventType = "heartbeat"
	WidgetViewed         EventType = "widget_viewed"
	WidgetClicked        EventType = "widget_clicked"
	TeaserWatched        EventType = "teaser_watched"
	AlertOpened          EventType = "alert_opened"
	SMSSubscribed        EventType = "sms_subscribed"
	CalendarSubscribed   EventType = "calendar_subscribed"
	Shared               EventType = "shared"
	CatalogOpened        EventType = "catalog_opened"
	Liked                EventType = "liked"
	ProductDisplayed     EventType = "product_displayed"
	ProductHidden        EventType = "product_hidden"
	ProductClicked       EventType = "product_clicked"
	SurveyShown          EventType = "survey_shown"
	SurveyAnswered       EventType = "survey_answered"
	PollAnswered         EventType = "poll_answered"
	WinningInstantPlayed EventType = "winning_instant_played"
	ViewerIdentified     EventType = "viewer_identified"

	PageViewed      EventType = "page_viewed"
	WorkflowStarted EventType = "workflow_started"
	Interacted      EventType = "interacted"
	GoalTriggered   EventType = "goal_triggered"
	GoalReached     EventType = "goal_reached"

	Purchased EventType = "purchase"
)

// What came in by other ways than tracking; no sender can use these names.
const (
	CallImported EventType = "import:call"     // a row of an imported export: Data.Row
	CallWebhook  EventType = "webhook:call"    // a call-ended webhook: Data.Webhook
	TestMark     EventType = "mark:call_tests" // a call marked as test or not: Data.Test
	MessageMark  EventType = "mark:message"    // what a moderator decided about a message: Data.MessageID, Data.Action
	BanMark      EventType = "mark:viewer"     // a viewer of a live event banned or not: VisitorID, Data.Banned
)

// EventData holds what the events of all types carry beside who, when and
// what about. Which fields an event of a type has, the vocabulary says.
type EventData struct {
	QueueID       string `bson:"queueId,omitempty" json:"queueId,omitempty"`
	QueuePlace    *int64 `bson:"queuePlace,omitempty" json:"queuePlace,omitempty"`
	ServingAgents *int64 `bson:"servingAgents,omitempty" json:"servingAgents,omitempty"`

	AgentID              string     `bson:"agentId,omitempty" json:"agentId,omitempty"`
	CallType             CallType   `bson:"callType,omitempty" json:"callType,omitempty"`
	TrackingTag          string     `bson:"trackingTag,omitempty" json:"trackingTag,omitempty"`
	WaitingRoomID        string     `bson:"waitingRoomId,omitempty" json:"waitingRoomId,omitempty"`
	EnteredWaitingRoomAt *time.Time `bson:"enteredWaitingRoomAt,omitempty" json:"enteredWaitingRoomAt,omitempty"`
	EnteredQueueAt       *time.Time `bson:"enteredQueueAt,omitempty" json:"enteredQueueAt,omitempty"`

	SKU      string     `bson:"sku,omitempty" json:"sku,omitempty"`
	Quantity int64      `bson:"quantity,omitempty" json:"quantity,omitempty"`
	Cart     *CartState `bson:"cart,omitempty" json:"cart,omitempty"`
	// Affiliation tells the echo of a cart change that a cart integration made.
	Affiliation string `bson:"affiliation,omitempty" json:"affiliation,omitempty"`

	Scale   int      `bson:"scale,omitempty" json:"scale,omitempty"`
	Rating  *float64 `bson:"rating,omitempty" json:"rating,omitempty"`
	Comment string   `bson:"comment,omitempty" json:"comment,omitempty"`
	// Commented: there was a comment, which is blanked by now.
	Commented bool `bson:"commented,omitempty" json:"commented,omitempty"`

	FirstName string `bson:"firstName,omitempty" json:"firstName,omitempty"`
	LastName  string `bson:"lastName,omitempty" json:"lastName,omitempty"`
	Email     string `bson:"email,omitempty" json:"email,omitempty"`
	Phone     string `bson:"phone,omitempty" json:"phone,omitempty"`
	Message   string `bson:"message,omitempty" json:"message,omitempty"`
	// Details is a JSON document as text.
	Details         string        `bson:"data,omitempty" json:"data,omitempty"`
	Optin           *bool         `bson:"optin,omitempty" json:"optin,omitempty"`
	CommercialOptin *bool         `bson:"commercialOptin,omitempty" json:"commercialOptin,omitempty"`
	Note            string        `bson:"note,omitempty" json:"note,omitempty"`
	Tags            []CustomerTag `bson:"tags,omitempty" json:"tags,omitempty"` // valid ones, in the order given

	MessageID string        `bson:"messageId,omitempty" json:"messageId,omitempty"`
	Author    MessageAuthor `bson:"author,omitempty" json:"author,omitempty"`
	Name      string        `bson:"name,omitempty" json:"name,omitempty"`
	Text      string        `bson:"text,omitempty" json:"text,omitempty"`
	ReplyTo   string        `bson:"replyTo,omitempty" json:"replyTo,omitempty"` // a message id

	Device  string   `bson:"device,omitempty" json:"device,omitempty"`
	Source  string   `bson:"source,omitempty" json:"source,omitempty"`
	Widget  string   `bson:"widget,omitempty" json:"widget,omitempty"`
	Seconds *float64 `bson:"seconds,omitempty" json:"seconds,omitempty"`
	Count   int64    `bson:"count,omitempty" json:"count,omitempty"`

	InteractionID string `bson:"interactionId,omitempty" json:"interactionId,omitempty"`
	Option        string `bson:"option,omitempty" json:"option,omitempty"`
	Won           *bool  `bson:"won,omitempty" json:"won,omitempty"`

	URL string `bson:"url,omitempty" json:"url,omitempty"`
	UID string `bson:"uid,omitempty" json:"uid,omitempty"`

	TransactionID string         `bson:"transactionId,omitempty" json:"transactionId,omitempty"`
	Currency      string         `bson:"currency,omitempty" json:"currency,omitempty"`
	Total         *Money         `bson:"total,omitempty" json:"total,omitempty"`
	Products      []PurchaseLine `bson:"products,omitempty" json:"products,omitempty"` // each SKU once

	Row     map[string]string `bson:"row,omitempty" json:"row,omitempty"` // non-empty cells by column
	Webhook *EndedCall        `bson:"webhook,omitempty" json:"webhook,omitempty"`
	Test    *bool             `bson:"test,omitempty" json:"test,omitempty"`

	Action ModerationAction `bson:"action,omitempty" json:"action,omitempty"`
	Banned *bool            `bson:"banned,omitempty" json:"banned,omitempty"`
}

// CartState is the shop's cart after a change.
type CartState struct {
	ID     string `bson:"id" json:"id"`
	Amount Money  `bson:"amount" json:"amount"`
}

// The subjects of events.

func CallSubject(id string) string      { return "call:" + id }
func LiveEventSubject(id string) string { return "live_event:" + id }
func WorkflowSubject(id string) string  { return "workflow:" + id }
func QueueSubject(id string) string     { return "queue:" + id }
func PurchaseSubject(id string) string  { return "purchase:" + id }
func VisitorSubject(id string) string   { return "visitor:" + id }

// WaitSubject returns the subject of a visitor's waits in a queue in one
// session: what a call looks its queue entry up by.
func WaitSubject(visitorID, sessionID, queueID string) string {
	h := sha256.New()
	for _, part := range []string{visitorID, sessionID, queueID} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return "wait:" + hex.EncodeToString(h.Sum(nil)[:16])
}

// SubjectID returns the id in a subject of the given kind ("call", "purchase",
// ...); ok is false for a subject of another kind.
func SubjectID(kind, subject string) (id string, ok bool) {
	return strings.CutPrefix(subject, kind+":")
}

// NewImportedCall returns the event of an imported row: its non-empty cells by
// column name, under the id of the call it speaks of. A row with the same cells
// is the same event, so importing a file twice changes nothing.
func NewImportedCall(callID string, cells map[string]string, at, received time.Time) Event {
	return Event{
		EventID:  importedPrefix + hashCells(callID, cells),
		Type:     CallImported,
		At:       truncate(at),
		Received: truncate(received),
		Subject:  CallSubject(callID),
		Data:     EventData{Row: cells},
	}
}

// NewTestMark returns the event that marks a call as a test or takes the mark
// back. The id must be random: each mark counts.
func NewTestMark(id, callID string, test bool, at time.Time) Event {
	return Event{
		EventID:  markPrefix + id,
		Type:     TestMark,
		At:       truncate(at),
		Received: truncate(at),
		Subject:  CallSubject(callID),
		Data:     EventData{Test: &test},
	}
}

// hashCells returns a hash of a call's id and the cells of its row, the same for
// the same cells in any order.
func hashCells(callID string, cells map[string]string) string {
	h := sha256.New()
	write := func(s string) {
		h.Write([]byte(s))
		h.Write([]byte{0})
	}
	write(callID)
	for _, column := range slices.Sorted(maps.Keys(cells)) {
		write(column)
		write(cells[column])
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

func truncate(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

// EchoOf reports whether the event is the echo of a change that our own cart
// integration made for the organization; it is told by its affiliation.
func (e *Event) EchoOf(org string) bool {
	a := e.Data.Affiliation
	return a != "" && (a == "Cartograph "+org || a == "Bambuser Calls "+org)
}
