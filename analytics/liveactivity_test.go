package analytics

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
)

const testLiveEvent = "e1"

// activityOf derives what a fold takes from plain events, as the repository does
// step by step: sessions, chat, purchases and their attribution, ordinals. The
// events may be of several live events; wiped holds for the one under test.
func activityOf(timeline LiveTimeline, events []*Event) *LiveActivity {
	a := &LiveActivity{LiveEventID: testLiveEvent, Timeline: timeline, Events: events}

	type sessionKey struct{ liveEventID, sessionID string }
	signs := map[sessionKey][]*Event{}
	transactions := map[string][]*Event{}
	for _, e := range events {
		if e.Type == MessageSent {
			a.Messages = append(a.Messages, NewChatMessage("org", e))
		}
		if e.Type == Purchased {
			transactions[e.Data.TransactionID] = append(transactions[e.Data.TransactionID], e)
		}
		for _, subject := range []string{e.Subject, e.About} {
			if id, ok := SubjectID("live_event", subject); ok && e.SessionID != "" {
				key := sessionKey{id, e.SessionID}
				signs[key] = append(signs[key], e)
			}
		}
	}

	wiped := map[string][]Period{testLiveEvent: timeline.Wiped}
	var all []*LiveSession
	ordinals := map[string]uint32{}
	for key, signs := range signs {
		s := FoldLiveSession(key.liveEventID, key.sessionID, wiped[key.liveEventID], signs)
		if s == nil {
			continue
		}
		s.Ordinal = ordinalOf(ordinals, s.SessionID)
		all = append(all, s)
		if key.liveEventID == testLiveEvent {
			a.Sessions = append(a.Sessions, s)
		}
	}
	for _, tx := range transactions {
		p := FoldPurchase("org", tx)
		p.Live = AttributeToLiveEvent(p, all, wiped)
		a.Purchases = append(a.Purchases, p)
	}
	visitors := map[string]uint32{}
	for _, e := range events { // dense, and the same however the events are ordered
		visitors[e.VisitorID] = 0
	}
	for i, id := range slices.Sorted(maps.Keys(visitors)) {
		visitors[id] = uint32(i)
	}
	a.Visitor = func(id string) uint32 {
		ordinal, known := visitors[id]
		if !known {
			panic(fmt.Sprintf("no ordinal was given to visitor %q", id))
		}
		return ordinal
	}
	return a
}

// ordinalOf numbers test sessions by their name, "s7", so that the order of
// folding does not matter.
func ordinalOf(known map[string]uint32, sessionID string) uint32 {
	var n uint32
	if _, err := fmt.Sscanf(sessionID, "s%d", &n); err == nil {
		return n
	}
	if _, ok := known[sessionID]; !ok {
		known[sessionID] = uint32(1000 + len(known))
	}
	return known[sessionID]
}

// phaseBucket folds a whole phase, or a period of it, at once.
func phaseBucket(a *LiveActivity, phase LivePhase, period *Period) *LiveBucket {
	span := Period{Start: everStart, End: everEnd}
	if period != nil && phase != Live {
		span = *period
	}
	return FoldLiveBucket(a, phase, span)
}

// figuresOf returns the figures of a phase, or of a period of it, as they are
// after they were stored.
func figuresOf(t interface{ Fatal(...any) }, a *LiveActivity, phase LivePhase, period *Period, s *LiveScope) *LiveFigures {
	stored, err := bson.Marshal(phaseBucket(a, phase, period).Figures(phase, s.ProductOf))
	if err != nil {
		t.Fatal(err)
	}
	var f LiveFigures
	if err := bson.Unmarshal(stored, &f); err != nil {
		t.Fatal(err)
	}
	if !f.Fits(s.ProductOf) {
		t.Fatal("the figures do not fit what they were counted with")
	}
	return &f
}

// eventMaker makes events with ids in the order they are written down.
type eventMaker struct {
	t    testing.TB
	day  string
	list []*Event
}

// at adds an event of the live event under test at a clock time of the day.
func (m *eventMaker) at(clock string, visitor, session string, kind EventType, data EventData) *Event {
	at, err := time.Parse(time.RFC3339Nano, m.day+"T"+clock+"Z")
	if err != nil {
		m.t.Fatal(err)
	}
	e := &Event{
		EventID: fmt.Sprintf("e:%03d", len(m.list)+1), Type: kind, At: at, VisitorID: visitor, SessionID: session,
		Subject: LiveEventSubject(testLiveEvent), Data: data,
	}
	if kind == Purchased {
		e.Subject, e.About = PurchaseSubject(data.TransactionID), ""
	}
	m.list = append(m.list, e)
	return e
}
