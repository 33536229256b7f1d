package analytics

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// TrackingEvent is a tracking event as those who watch see it: a value that is
// unknown or that its type does not have is empty, and null in the graph.
type TrackingEvent struct {
	ID         string // as its sender gave it
	Cursor     string
	Type       EventType
	At         time.Time
	ReceivedAt time.Time
	VisitorID  Text
	SessionID  Text

	CallID      Text
	QueueID     Text
	LiveEventID Text
	WorkflowID  Text
	SKU         Text

	Data TrackingEventData
}

// TrackingEventData is what a tracking event says beside who, when and what
// about.
type TrackingEventData struct {
	QueuePlace           *int64
	ServingAgents        *int64
	EnteredQueueAt       *time.Time
	AgentID              Text
	CallType             *CallType
	TrackingTag          Text
	WaitingRoomID        Text
	EnteredWaitingRoomAt *time.Time

	Quantity  *int64
	CartID    Text
	CartValue *Money

	Rating     *float64
	Scale      *int
	RatingText Text

	FirstName       Text
	LastName        Text
	Email           Text
	Phone           Text
	Message         Text
	Details         Text
	Note            Text
	Optin           *bool
	CommercialOptin *bool
	Tags            []CustomerTag

	MessageID  Text
	Author     *MessageAuthor
	AuthorName Text
	Text       Text
	ReplyTo    Text

	Device  Text
	Source  Text
	Widget  Text
	Seconds *float64
	Count   *int64

	InteractionID Text
	Option        Text
	Won           *bool

	URL      Text
	GoalUID  Text
	GoalName Text

	TransactionID Text
	Total         *Money
	Lines         []PurchaseLine
}

// NewTrackingEvent returns what those who watch see of a tracking event.
func NewTrackingEvent(e *Event) *TrackingEvent {
	return &TrackingEvent{
		ID: e.SenderID(), Cursor: ArrivalCursor(e.Seen()), Type: e.Type, At: e.At, ReceivedAt: e.Seen(),
		VisitorID: Text(e.VisitorID), SessionID: Text(e.SessionID),
		CallID: e.named("call"), LiveEventID: e.named("live_event"), WorkflowID: e.named("workflow"),
		QueueID: Text(e.Data.QueueID), SKU: Text(e.Data.SKU),
		Data: newTrackingEventData(e.Type, &e.Data),
	}
}

// named returns the id of what of a kind the event names, "" for nothing.
func (e *Event) named(kind string) Text {
	for _, subject := range []string{e.Subject, e.About} {
		if id, ok := SubjectID(kind, subject); ok {
			return Text(id)
		}
	}
	return ""
}

func newTrackingEventData(of EventType, d *EventData) TrackingEventData {
	data := TrackingEventData{
		QueuePlace: d.QueuePlace, ServingAgents: d.ServingAgents, EnteredQueueAt: d.EnteredQueueAt,
		AgentID: Text(d.AgentID), CallType: known(d.CallType), TrackingTag: Text(d.TrackingTag),
		WaitingRoomID: Text(d.WaitingRoomID), EnteredWaitingRoomAt: d.EnteredWaitingRoomAt,
		Quantity: known(d.Quantity),
		Rating:   d.Rating, Scale: known(d.Scale),
		FirstName: Text(d.FirstName), LastName: Text(d.LastName), Email: Text(d.Email), Phone: Text(d.Phone),
		Message: Text(d.Message), Details: Text(d.Details), Note: Text(d.Note),
		Optin: d.Optin, CommercialOptin: d.CommercialOptin, Tags: d.Tags,
		MessageID: Text(d.MessageID), Author: known(d.Author), ReplyTo: Text(d.ReplyTo),
		Device: Text(d.Device), Source: Text(d.Source), Widget: Text(d.Widget), Seconds: d.Seconds, Count: known(d.Count),
		InteractionID: Text(d.InteractionID), Option: Text(d.Option), Won: d.Won,
		URL: Text(d.URL), GoalUID: Text(d.UID),
		TransactionID: Text(d.TransactionID), Total: d.Total, Lines: d.Products,
	}
	if d.Cart != nil {
		data.CartID, data.CartValue = Text(d.Cart.ID), &d.Cart.Amount
	}
	switch of {
	case MessageSent:
		data.AuthorName, data.Text = Text(d.Name), Text(d.Text)
	case CallRated:
		data.RatingText = Text(d.Text)
	case SurveyAnswered:
		data.RatingText = Text(d.Comment)
	case GoalTriggered, GoalReached:
		data.GoalName = Text(d.Name)
	}
	return data
}

// known returns nil for a zero value, which no event has.
func known[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// MarshalGQL writes the type as the graph names it: CALL_STARTED.
func (t EventType) MarshalGQL(w io.Writer) {
	quoted, err := json.Marshal(strings.ToUpper(string(t)))
	if err != nil { // never for a string
		quoted = []byte("null")
	}
	_, _ = w.Write(quoted)
}

// UnmarshalGQL takes the name of a type that senders can send; it fails for
// anything else.
func (t *EventType) UnmarshalGQL(v any) error {
	name, _ := v.(string)
	read := EventType(strings.ToLower(name))
	if _, ok := vocabulary[read]; !ok || strings.ToUpper(name) != name {
		return fmt.Errorf("%v is no type of tracking events", v)
	}
	*t = read
	return nil
}

// TrackingEventFilter says which tracking events are watched: those that name
// one subject, or all.
type TrackingEventFilter struct {
	CallID      *string // native or global, like the others
	QueueID     *string
	LiveEventID *string
	WorkflowID  *string
	Types       []EventType
}

// TrackedSubject is what the events of a feed name: of which kind, by its type in
// the graph, and which by its native id. Kind is empty for a feed of all.
type TrackedSubject struct{ Kind, ID string }

// Subject returns what the events must name. It fails with BadUserInput where the
// filter asks for more than one.
func (f *TrackingEventFilter) Subject() (TrackedSubject, error) {
	var subject TrackedSubject
	for _, given := range []struct {
		kind string
		id   *string
	}{{"Call", f.CallID}, {"Queue", f.QueueID}, {"LiveEvent", f.LiveEventID}, {"Workflow", f.WorkflowID}} {
		switch {
		case given.id == nil:
		case subject.Kind != "":
			return TrackedSubject{}, Errorf(BadUserInput, "filter names more than one subject: give at most one of callId, queueId, liveEventId and workflowId")
		default:
			subject = TrackedSubject{given.kind, NativeID(given.kind, *given.id)}
		}
	}
	return subject, nil
}

// Name returns the subject as events name it, "" for a feed of all.
func (s TrackedSubject) Name() string {
	switch s.Kind {
	case "Call":
		return CallSubject(s.ID)
	case "Queue":
		return QueueSubject(s.ID)
	case "LiveEvent":
		return LiveEventSubject(s.ID)
	case "Workflow":
		return WorkflowSubject(s.ID)
	default:
		return ""
	}
}

// Kinds reports what events of a type may speak of: calls (queues among them),
// live events, workflows.
func (t EventType) Kinds() (calls, liveEvents, workflows bool) {
	kinds := vocabulary[t].subjects
	return kinds&(onCall|noSubject) != 0, kinds&onLiveEvent != 0, kinds&onWorkflow != 0
}
