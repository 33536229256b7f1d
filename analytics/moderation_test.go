package analytics

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestWhatStandsAfterDecisions(t *testing.T) {
	evening := time.Date(2026, 3, 1, 19, 0, 0, 0, time.UTC)
	at := func(minute int) time.Time { return evening.Add(time.Duration(minute) * time.Minute) }
	message := &ChatMessage{NativeID: "live_event:e:m", Subject: "live_event:e"}
	mark := func(id string, action ModerationAction, minute int) *Event {
		e := NewMessageMark(id, message, action, at(minute))
		return &e
	}
	ban := func(id string, banned bool, minute int) *Event {
		e := NewBanMark(id, "e", "max", banned, at(minute))
		return &e
	}
	since := func(minute int) *time.Time {
		moment := at(minute)
		return &moment
	}
	of := func(m Moderation) *Moderation {
		m.Key, m.Org, m.Subject, m.LiveEventID, m.NativeMessageID = "acme/message:live_event:e:m", "acme", "message:live_event:e:m", "e", "live_event:e:m"
		return &m
	}
	ofMax := func(m Moderation) *Moderation {
		subject := ViewerSubject("e", "max")
		m.Key, m.Org, m.Subject, m.LiveEventID, m.VisitorID = "acme/"+subject, "acme", subject, "e", "max"
		return &m
	}
	for _, tt := range []struct {
		name  string
		marks []*Event
		wiped []Period
		want  *Moderation
	}{
		{"nothing was decided", nil, nil, nil},
		{"deleted twice, since the first time", []*Event{mark("b", DeleteMessage, 7), mark("a", DeleteMessage, 5)}, nil,
			of(Moderation{DeletedAt: since(5), Decisions: 2, Last: at(7)})},
		{"restored", []*Event{mark("a", DeleteMessage, 5), mark("b", RestoreMessage, 6)}, nil,
			of(Moderation{Decisions: 2, Last: at(6)})},
		{"deleted again, since then", []*Event{mark("c", DeleteMessage, 9), mark("a", DeleteMessage, 5), mark("b", RestoreMessage, 6)}, nil,
			of(Moderation{DeletedAt: since(9), Decisions: 3, Last: at(9)})},
		{"of two decisions in one millisecond the larger id stands", []*Event{mark("b", RestoreMessage, 5), mark("a", DeleteMessage, 5)}, nil,
			of(Moderation{Decisions: 2, Last: at(5)})},
		{"displayed and deleted have nothing to do with each other", []*Event{mark("a", DisplayMessage, 5), mark("b", DeleteMessage, 6)}, nil,
			of(Moderation{Displayed: true, DeletedAt: since(6), Decisions: 2, Last: at(6)})},
		{"hidden again", []*Event{mark("a", DisplayMessage, 5), mark("b", HideMessage, 6)}, nil,
			of(Moderation{Decisions: 2, Last: at(6)})},
		{"banned twice, since the first time", []*Event{ban("a", true, 5), ban("b", true, 6)}, nil,
			ofMax(Moderation{BannedAt: since(5), Decisions: 2, Last: at(6)})},
		{"no longer banned", []*Event{ban("a", true, 5), ban("b", false, 6)}, nil,
			ofMax(Moderation{Decisions: 2, Last: at(6)})},
		{"what was decided in a broadcast that was reset does not count", []*Event{ban("a", true, 5), ban("b", false, 6), ban("c", true, 7)}, []Period{{Start: at(6), End: at(7)}},
			ofMax(Moderation{BannedAt: since(5), Decisions: 2, Last: at(7)})},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, FoldModeration("acme", tt.marks, tt.wiped)); diff != "" {
				t.Errorf("moderation (-want +got):\n%s", diff)
			}
		})
	}
}

func TestQuestions(t *testing.T) {
	for _, tt := range []struct {
		author MessageAuthor
		text   string
		want   bool
	}{
		{ByViewer, "Is it matte?", true},
		{ByShopper, "?", true},
		{ByViewer, "Is it matte", false},
		{ByViewer, "ما هذا؟", false}, // no ASCII question mark
		{ByBrand, "Do you like it?", false},
		{ByAgent, "Do you like it?", false},
	} {
		if got := isQuestion(tt.author, tt.text); got != tt.want {
			t.Errorf("%s: %q is a question: %v, want %v", tt.author, tt.text, got, tt.want)
		}
	}
}
