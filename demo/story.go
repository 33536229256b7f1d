package demo

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// event is a tracking event as a sender writes it.
type event struct {
	ID          string    `json:"id"`
	Type        string    `json:"type"`
	At          time.Time `json:"at"`
	VisitorID   string    `json:"visitorId,omitempty"`
	SessionID   string    `json:"sessionId,omitempty"`
	CallID      string    `json:"callId,omitempty"`
	LiveEventID string    `json:"liveEventId,omitempty"`
	WorkflowID  string    `json:"workflowId,omitempty"`
	Data        data      `json:"data"`
}

// data is what an event or a catalog record says beside its ids; JSON writes
// the keys in alphabetical order.
type data map[string]any

// story is what happens around one subject: a call, a visit, a session.
type story struct {
	// name begins the ids of the story's events.
	name string
	// who holds the ids that its events have in common.
	who    event
	events []event
}

// tell adds an event of the story's subject.
func (s *story) tell(at time.Time, kind string, d data) {
	e := s.who
	e.Type, e.At, e.Data = kind, at, d
	s.events = append(s.events, e)
}

// tellOfStore adds an event in which the store speaks, not the visitor.
func (s *story) tellOfStore(at time.Time, kind string, d data) {
	s.tell(at, kind, d)
	e := &s.events[len(s.events)-1]
	e.VisitorID, e.SessionID = "", ""
}

// told returns the events in the order of time, with their ids.
func (s *story) told() []event {
	slices.SortStableFunc(s.events, func(a, b event) int { return a.At.Compare(b.At) })
	for i := range s.events {
		e := &s.events[i]
		e.ID = fmt.Sprintf("%s-%02d", s.name, i+1)
		if e.Data == nil {
			e.Data = data{}
		}
	}
	return s.events
}

// encode writes a record or an event as JSON. What JSON cannot hold would give
// an empty line, which every intake refuses.
func encode(v any) []byte {
	line, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return line
}
