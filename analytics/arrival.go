package analytics

import (
	"encoding/base64"
	"strconv"
	"strings"
	"time"
)

// arrivalPrefix tells the text of an arrival cursor from other cursors.
const arrivalPrefix = "arrival:"

// ArrivalCursor returns the cursor of something that came in at a moment: where
// a subscription that is given it resumes.
func ArrivalCursor(at time.Time) string {
	return base64.RawURLEncoding.EncodeToString([]byte(arrivalPrefix + strconv.FormatInt(at.UnixMilli(), 10)))
}

func arrivalCursorOf(at *time.Time) *string {
	if at == nil {
		return nil
	}
	return new(ArrivalCursor(*at))
}

// ParseArrivalCursor returns the moment that a cursor stands for. It fails with
// BadUserInput, naming the argument, for what is no such cursor.
func ParseArrivalCursor(argument, cursor string) (time.Time, error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	digits, ok := strings.CutPrefix(string(raw), arrivalPrefix)
	ms, wrong := strconv.ParseInt(digits, 10, 64)
	if err != nil || !ok || wrong != nil || ms < 0 || ms > maxArrival {
		return time.Time{}, Errorf(BadUserInput, "%s is no cursor of a subscription", argument)
	}
	return time.UnixMilli(ms).UTC(), nil
}

// maxArrival is the end of the year 9999, in milliseconds: what databases and
// texts of times can hold.
const maxArrival = 253_402_300_799_999

// Seen returns when the gateway took the event in: when it stored a tracking
// event, when it received anything else.
func (e *Event) Seen() time.Time {
	if e.Stored != nil {
		return *e.Stored
	}
	return e.Received
}

// IsTracked reports whether the event is a tracking event, and not an imported
// row, a webhook payload or a mark.
func (e *Event) IsTracked() bool { return strings.HasPrefix(e.EventID, trackedPrefix) }

// Names returns what a tracking event names, as subjects: its call, live event or
// workflow, and its queue.
func (e *Event) Names() []string {
	var names []string
	for _, subject := range []string{e.Subject, e.About} {
		for _, kind := range []string{"call", "live_event", "workflow"} {
			if _, ok := SubjectID(kind, subject); ok {
				names = append(names, subject)
			}
		}
	}
	if e.Data.QueueID != "" {
		names = append(names, QueueSubject(e.Data.QueueID))
	}
	return names
}

// StoredAt returns a moment as events are stamped with it: to the millisecond.
func StoredAt(now time.Time) time.Time { return truncate(now) }
