package analytics

import (
	"slices"
	"strings"
	"time"
)

// Going is how personal data goes once it is old.
type Going string

// The ways it goes.
const (
	// GoesItself: the field is taken out of its document.
	GoesItself Going = "taken out"
	// GoesButCounted: the field is taken out, and a mark stays that there was one.
	GoesButCounted Going = "taken out, but for the mark that there was one"
	// GoesWithEvents: the document is derived again from events that have it no more.
	GoesWithEvents Going = "derived again without it"
	// GoesWithDocument: the document does not live as long.
	GoesWithDocument Going = "deleted with its document"
)

// PersonalField is a place of the database that holds personal data.
type PersonalField struct {
	Collection string
	Path       string // of the field, with dots
	What       string // is there
	Going      Going
	// Shown are the fields of the graph that show it.
	Shown []string
	// Column is the column of the call-stats export that shows it, "" for none.
	Column string

	// holds reports whether an event holds it; nil for other documents.
	holds func(*Event) bool
}

// PersonalFields is every place of the database that holds personal data. What is
// masked without pii:read, left out of files and refused to searches is held to
// it by tests; what old personal data is blanked by, reads it.
//
// It lies here, beside the documents, and not in repository, because everybody
// may read it here: exports, deliveries and the graph know nothing of collections.
//
// The ids of browsers, sessions, messages and orders are pseudonyms and stay:
// unique visitors, sessions and attribution are made of them.
var PersonalFields = slices.Concat(personalInEvents, personalInRows, personalElsewhere)

var personalInEvents = []PersonalField{
	inEvents("data.firstName", "first name of a shopper or viewer", "TrackingEventData.firstName", func(d *EventData) string { return d.FirstName }),
	inEvents("data.lastName", "last name of a shopper", "TrackingEventData.lastName", func(d *EventData) string { return d.LastName }),
	inEvents("data.email", "e-mail address", "TrackingEventData.email", func(d *EventData) string { return d.Email }),
	inEvents("data.phone", "phone number", "TrackingEventData.phone", func(d *EventData) string { return d.Phone }),
	inEvents("data.message", "what a shopper wrote as reason for the contact", "TrackingEventData.message", func(d *EventData) string { return d.Message }),
	inEvents("data.data", "further details of a shopper, a JSON document", "TrackingEventData.details", func(d *EventData) string { return d.Details }),
	inEvents("data.note", "why a shopper was blocked", "TrackingEventData.note", func(d *EventData) string { return d.Note }),
	inEvents("data.text", "of `call_rated`: what a shopper wrote with the rating", "TrackingEventData.ratingText", func(d *EventData) string { return d.Text }).
		where(func(e *Event) bool { return e.Type == CallRated }),
	inEvents("data.comment", "what a viewer wrote in a survey", "TrackingEventData.ratingText", func(d *EventData) string { return d.Comment }).
		counted(),
	inEvents("data.name", "of `message_sent` by a shopper or viewer: the name it was written under", "TrackingEventData.authorName", func(d *EventData) string { return d.Name }).
		where(func(e *Event) bool { return e.Type == MessageSent && !e.isOfStore() }),
}

var personalInRows = []PersonalField{
	inRows("poll_free_text", "what a shopper wrote with the rating"),
	inRows("blocked_note", "why a shopper was blocked"),
	inRows("shopper_first_name", "first name"),
	inRows("shopper_last_name", "last name"),
	inRows("shopper_email", "e-mail address"),
	inRows("shopper_phone", "phone number"),
	inRows("shopper_message", "what a shopper wrote as reason for the contact"),
	inRows("shopper_data", "further details of a shopper, a JSON document"),
}

var personalElsewhere = []PersonalField{
	inCalls("shopper.firstName", "first name", "Shopper.firstName"),
	inCalls("shopper.lastName", "last name", "Shopper.lastName"),
	inCalls("shopper.email", "e-mail address", "Shopper.email"),
	inCalls("shopper.phone", "phone number", "Shopper.phone"),
	inCalls("shopper.message", "what the shopper wrote as reason for the contact", "Shopper.message"),
	inCalls("shopper.data", "further details, a JSON document", "Shopper.data"),
	inCalls("shopperWords", "words of these, for the search by shopper"),
	inCalls("blockedNote", "why the shopper was blocked", "Call.blockedNote"),
	inCalls("poll.text", "what the shopper wrote with the rating", "PollAnswer.text"),

	{Collection: "chat_messages", Path: "name", What: "the name that a shopper or viewer wrote under", Going: GoesItself, Shown: []string{"ChatMessage.authorName"}},
	{Collection: "exports", Path: "filter.shopper", What: "the word that an export of calls looks for", Going: GoesWithDocument},
}

func inEvents(path, what, shown string, text func(*EventData) string) PersonalField {
	return PersonalField{
		Collection: "events", Path: path, What: what, Going: GoesItself, Shown: []string{shown},
		holds: func(e *Event) bool { return text(&e.Data) != "" },
	}
}

// where limits a field of events to some of them.
func (f PersonalField) where(of func(*Event) bool) PersonalField {
	holds := f.holds
	f.holds = func(e *Event) bool { return of(e) && holds(e) }
	return f
}

func (f PersonalField) counted() PersonalField {
	f.Going = GoesButCounted
	return f
}

func inRows(column, what string) PersonalField {
	return PersonalField{
		Collection: "events", Path: "data.row." + column, What: "of an imported row: " + what, Going: GoesItself, Column: column,
		holds: func(e *Event) bool { return e.Data.Row[column] != "" },
	}
}

func inCalls(path, what string, shown ...string) PersonalField {
	return PersonalField{Collection: "calls", Path: path, What: what, Going: GoesWithEvents, Shown: shown}
}

// PersonalPaths returns the fields with personal data that the event holds; none
// for most events.
func (e *Event) PersonalPaths() []string {
	var paths []string
	for i := range PersonalFields {
		if f := &PersonalFields[i]; f.holds != nil && f.holds(e) {
			paths = append(paths, f.Path)
		}
	}
	return paths
}

// HasComment reports whether the event is the answer of a survey with a comment,
// also where that was blanked since.
func (e *Event) HasComment() bool {
	return e.Data.Commented || strings.TrimSpace(e.Data.Comment) != ""
}

// PersonalTime returns the time that the age of the personal data in the event
// goes by, unless its call ended later; nil where it holds none. It is the time
// of the event, for one that does not know its time the moment it came in.
func (e *Event) PersonalTime() *time.Time {
	if len(e.PersonalPaths()) == 0 {
		return nil
	}
	at := e.At
	if at.IsZero() {
		at = e.Received
	}
	return &at
}
