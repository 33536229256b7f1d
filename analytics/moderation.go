package analytics

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// ModerationAction is what a moderator decides about a message of a live event's
// chat.
type ModerationAction string

// Delete and Restore undo each other, and so do Display and Hide; the two pairs
// have nothing to do with each other.
const (
	DeleteMessage  ModerationAction = "DELETE"
	RestoreMessage ModerationAction = "RESTORE"
	DisplayMessage ModerationAction = "DISPLAY"
	HideMessage    ModerationAction = "HIDE"
)

// Moderation is what stands about one message of a live event's chat, or about
// one of its viewers: derived from everything that was ever decided about it.
type Moderation struct {
	Key             string `bson:"_id"`
	Org             string `bson:"org"`
	Subject         string `bson:"id"` // MessageSubject or ViewerSubject
	LiveEventID     string `bson:"liveEvent"`
	Version         int64  `bson:"version"`
	NativeMessageID Text   `bson:"message,omitempty"` // native id; empty for a viewer
	VisitorID       Text   `bson:"client,omitempty"`  // empty for a message
	// DeletedAt is when the message was deleted; nil if it stands.
	DeletedAt *time.Time `bson:"deletedAt,omitempty"`
	// Displayed: the message is shown to the host of the broadcast.
	Displayed bool `bson:"displayed,omitempty"`
	// BannedAt is when the viewer was banned; nil for one who is not.
	BannedAt *time.Time `bson:"bannedAt,omitempty"`
	// Decisions is how many decisions it is made of.
	Decisions int `bson:"decisions"`
	// Last is when the latest of all decisions was made. The next one is made
	// later, whatever the clock of its gateway says.
	Last time.Time `bson:"last"`
}

// MessageID returns the id that its sender gave the message; "" for a viewer.
func (m *Moderation) MessageID() Text { return Text(givenID(string(m.NativeMessageID))) }

// MessageSubject is the subject of what is decided about a message, by its
// native id.
func MessageSubject(messageID string) string { return "message:" + messageID }

// ViewerSubject is the subject of what is decided about a viewer of a live event.
func ViewerSubject(liveEventID, visitorID string) string {
	h := sha256.New()
	for _, part := range []string{liveEventID, visitorID} {
		h.Write([]byte(part))
		h.Write([]byte{0})
	}
	return "viewer:" + hex.EncodeToString(h.Sum(nil)[:16])
}

// IsModerationSubject reports whether a subject is one of what moderators decide.
func IsModerationSubject(subject string) bool {
	return strings.HasPrefix(subject, "message:") || strings.HasPrefix(subject, "viewer:")
}

// NewMessageMark returns the event by which a moderator decides about a message.
// The id must be random: each decision counts.
func NewMessageMark(id string, message *ChatMessage, action ModerationAction, at time.Time) Event {
	return Event{
		EventID:  markPrefix + id,
		Type:     MessageMark,
		At:       truncate(at),
		Received: truncate(at),
		Subject:  MessageSubject(message.NativeID),
		About:    message.Subject,
		Data:     EventData{MessageID: message.NativeID, Action: action},
	}
}

// NewBanMark returns the event by which a moderator bans a viewer of a live
// event, or takes the ban back. The id must be random: each decision counts.
func NewBanMark(id, liveEventID, visitorID string, banned bool, at time.Time) Event {
	return Event{
		EventID:   markPrefix + id,
		Type:      BanMark,
		At:        truncate(at),
		Received:  truncate(at),
		VisitorID: visitorID,
		Subject:   ViewerSubject(liveEventID, visitorID),
		About:     LiveEventSubject(liveEventID),
		Data:      EventData{Banned: &banned},
	}
}

// FoldModeration returns what stands about a message or a viewer after all
// decisions about it, in the order of their rank: by time, those of one
// millisecond by id. Decisions made within a broadcast that was reset do not
// count. It returns nil for no decisions at all.
func FoldModeration(org string, marks []*Event, wiped []Period) *Moderation {
	if len(marks) == 0 {
		return nil
	}
	marks = slices.Clone(marks)
	slices.SortFunc(marks, func(a, b *Event) int { return strings.Compare(a.Rank(), b.Rank()) })
	first := marks[0]
	liveEventID, _ := SubjectID("live_event", first.About)
	m := &Moderation{
		Key: Reach{Org: org}.Key(first.Subject), Org: org, Subject: first.Subject, LiveEventID: liveEventID,
		NativeMessageID: Text(first.Data.MessageID), VisitorID: Text(first.VisitorID), Last: marks[len(marks)-1].At,
	}
	timeline := LiveTimeline{Wiped: wiped}
	for _, mark := range marks {
		if !timeline.wipedAt(mark.At) {
			m.decide(mark)
		}
	}
	return m
}

// decide adds a decision that is later than those before. Deleting and banning
// again does not change since when.
func (m *Moderation) decide(mark *Event) {
	m.Decisions++
	at := mark.At
	switch {
	case mark.Data.Action == DeleteMessage && m.DeletedAt == nil:
		m.DeletedAt = &at
	case mark.Data.Action == RestoreMessage:
		m.DeletedAt = nil
	case mark.Data.Action == DisplayMessage:
		m.Displayed = true
	case mark.Data.Action == HideMessage:
		m.Displayed = false
	case mark.Data.Banned == nil:
	case !*mark.Data.Banned:
		m.BannedAt = nil
	case m.BannedAt == nil:
		m.BannedAt = &at
	}
}

// Deleted reports whether the message is deleted.
func (m *Moderation) Deleted() bool { return m.DeletedAt != nil }

// Banned reports whether the viewer is banned.
func (m *Moderation) Banned() bool { return m.BannedAt != nil }

// Cursor returns where the subscription to decisions resumes.
func (m *Moderation) Cursor() string { return ArrivalCursor(m.Last) }

// ApplyTo sets on a message what stands about it or about its author. It leaves
// other messages as they are.
func (m *Moderation) ApplyTo(c *ChatMessage) {
	switch {
	case m.NativeMessageID == Text(c.NativeID):
		c.Deleted, c.DeletedAt, c.Displayed, c.Decided = m.Deleted(), m.DeletedAt, m.Displayed, m.Version
	case m.NativeMessageID == "" && m.VisitorID == Text(c.VisitorID) && c.Author == ByViewer && c.Subject == LiveEventSubject(m.LiveEventID):
		c.Banned, c.BannedAt, c.BanDecided = m.Banned(), m.BannedAt, m.Version
	}
}

// ModerationSubjects returns the subjects of what may have been decided about a
// message of a live event's chat: of the message itself, and of its author.
func (c *ChatMessage) ModerationSubjects() []string {
	subjects := []string{MessageSubject(c.NativeID)}
	if id, ok := SubjectID("live_event", c.Subject); ok && c.Author == ByViewer {
		subjects = append(subjects, ViewerSubject(id, c.VisitorID))
	}
	return subjects
}
