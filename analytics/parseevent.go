package analytics

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// maxAhead is how far an event's time may lie ahead of ours: clocks differ, but
// an event of tomorrow is a mistake.
const maxAhead = 5 * time.Minute

// ParseEvent reads one tracking event as senders write it. now is the time it
// was received at. It fails with BadUserInput where anything is wrong, with the
// path of what it is; an event that is returned can be counted as it is.
func ParseEvent(raw []byte, now time.Time) (Event, error) {
	if err := checkThing(raw); err != nil {
		return Event{}, refusal(err)
	}
	object, err := readObject(raw)
	if err != nil {
		return Event{}, refusal(err)
	}
	e := Event{Received: truncate(now)}
	if err := e.readEnvelope(object, now); err != nil {
		return Event{}, refusal(err)
	}
	kind := vocabulary[e.Type]
	if err := e.readData(object["data"], kind); err != nil {
		return Event{}, refusal(err)
	}
	if err := e.readWho(object, kind); err != nil {
		return Event{}, refusal(err)
	}
	if err := e.readSubject(object, kind.subjects); err != nil {
		return Event{}, refusal(err)
	}
	if kind.check != nil {
		if err := kind.check(&e); err != nil {
			return Event{}, refusal(err)
		}
	}
	return e, nil
}

// EventIDOf returns the id of a tracking event as far as it can be read, for an
// answer about an event that cannot be taken.
func EventIDOf(raw []byte) string { return stringKey(raw, "id") }

func stringKey(raw []byte, key string) string {
	object, err := readObject(raw)
	if err != nil {
		return ""
	}
	s, err := readString(object[key])
	if err != nil {
		return ""
	}
	return clip(s)
}

var envelopeKeys = []string{"id", "type", "at", "visitorId", "sessionId", "callId", "liveEventId", "workflowId", "data"}

// readEnvelope reads what every event has: its id, type and time.
func (e *Event) readEnvelope(object jsonObject, now time.Time) error {
	for _, key := range envelopeKeys[:3] {
		if !object.has(key) {
			return within(key, wrongf("is required"))
		}
	}
	id, err := readID(object["id"])
	if err != nil {
		return within("id", err)
	}
	e.EventID = trackedPrefix + id
	name, err := readString(object["type"])
	if err != nil {
		return within("type", err)
	}
	e.Type = EventType(name)
	if _, known := vocabulary[e.Type]; !known {
		return within("type", wrongf("unknown event type %q", clip(name)))
	}
	if e.At, err = readTime(object["at"]); err != nil {
		return within("at", err)
	}
	if e.At.After(now.Add(maxAhead)) {
		return within("at", wrongf("lies more than 5 minutes ahead of the server's time"))
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		if !slices.Contains(envelopeKeys, key) {
			return within(clip(key), wrongf("unknown key; known are %s", strings.Join(envelopeKeys, ", ")))
		}
	}
	return nil
}

// readData reads the keys that the vocabulary gives the event's type.
func (e *Event) readData(raw json.RawMessage, kind eventKind) error {
	object := jsonObject{}
	if k := kindOf(raw); k != 0 && k != 'n' {
		var err error
		if object, err = readObject(raw); err != nil {
			return within("data", err)
		}
	}
	read := 0
	for i := range kind.keys {
		key := &kind.keys[i]
		value, given := object[key.name]
		if given {
			read++
		}
		if given && kindOf(value) != 'n' {
			if err := key.read(value, &e.Data); err != nil {
				return within("data", within(key.name, err))
			}
			continue
		}
		if !key.optional {
			return within("data", within(key.name, wrongf("is required for %s", e.Type)))
		}
	}
	if read == len(object) {
		return nil
	}
	return within("data", unknownKey(object, e.Type, kind.keys))
}

// unknownKey names the first key of data that an event's type does not have.
func unknownKey(object jsonObject, of EventType, keys []dataKey) error {
	for _, name := range slices.Sorted(maps.Keys(object)) {
		if !slices.ContainsFunc(keys, func(k dataKey) bool { return k.name == name }) {
			return within(clip(name), wrongf("unknown key for %s", of))
		}
	}
	return nil
}

// readWho reads the visitor and the session.
func (e *Event) readWho(object jsonObject, kind eventKind) (err error) {
	switch {
	case object.has("visitorId"):
		if e.VisitorID, err = readID(object["visitorId"]); err != nil {
			return within("visitorId", err)
		}
	case !e.isOfStore():
		return within("visitorId", wrongf("is required for %s", e.Type))
	}
	switch {
	case object.has("sessionId"):
		if e.SessionID, err = readID(object["sessionId"]); err != nil {
			return within("sessionId", err)
		}
	case kind.needsSession:
		return within("sessionId", wrongf("is required for %s", e.Type))
	}
	return nil
}

// subjectKeys are the keys that name a subject.
var subjectKeys = []struct {
	key     string
	kind    subjectKind
	subject func(id string) string
}{
	{"callId", onCall, CallSubject},
	{"liveEventId", onLiveEvent, LiveEventSubject},
	{"workflowId", onWorkflow, WorkflowSubject},
}

// readSubject reads the call, live event or workflow that the event names, of
// those its type may name, and settles its subject.
func (e *Event) readSubject(object jsonObject, allowed subjectKind) error {
	var possible []string
	named := ""
	for _, k := range subjectKeys {
		if allowed&k.kind != 0 {
			possible = append(possible, k.key)
		}
		if !object.has(k.key) {
			continue
		}
		id, err := readID(object[k.key])
		switch {
		case err != nil:
			return within(k.key, err)
		case allowed&k.kind == 0:
			return within(k.key, wrongf("a %s names none", e.Type))
		case named != "":
			return within(k.key, wrongf("an event names one subject, this one also names %s", named))
		case k.kind == onCall && strings.HasPrefix(id, missedPrefix):
			return within(k.key, wrongf("ids that begin with %q are those of missed calls", missedPrefix))
		}
		named, e.About = k.key, k.subject(id)
	}
	if named == "" && allowed&noSubject == 0 {
		return wrongf("%s is required for %s", strings.Join(possible, " or "), e.Type)
	}
	e.settleSubject()
	return nil
}

// settleSubject finds what has to be derived again for the event.
func (e *Event) settleSubject() {
	d := &e.Data
	switch e.Type {
	case Purchased:
		e.Subject = PurchaseSubject(d.TransactionID)
	case CallMissed:
		e.Subject = CallSubject(MissedCallID(e.SessionID, d.QueueID, *d.EnteredQueueAt))
	case JoinedQueue, LeftQueue:
		e.Subject = WaitSubject(e.VisitorID, e.SessionID, d.QueueID)
	case CallWidgetOpened, GoalReached:
		e.Subject = VisitorSubject(e.VisitorID)
	default:
		e.Subject, e.About = e.About, ""
	}
}
