package analytics

import "time"

// ChatMessage is a message of a call's or of a live event's chat.
type ChatMessage struct {
	Key      string `bson:"_id"`
	Org      string `bson:"org"`
	NativeID string `bson:"id"`      // "call:<call id>:<message id>", colons of the call's id escaped
	Subject  string `bson:"subject"` // "call:<id>" or "live_event:<id>"
	// AgentID is the agent of the message's call; an agent who may see only the
	// own calls sees only their messages.
	AgentID   string        `bson:"agent,omitempty"`
	At        time.Time     `bson:"at"`
	Author    MessageAuthor `bson:"author"`
	Name      string        `bson:"name,omitempty"` // personal for shopper and viewer
	VisitorID string        `bson:"client,omitempty"`
	Text      string        `bson:"text"`
	ReplyTo   string        `bson:"replyTo,omitempty"` // native id of the parent
	// Seen is when the gateway was told of it.
	Seen time.Time `bson:"seen"`
	// Rank is At and the event's id: of two events with one message id the
	// smaller rank stands.
	Rank string `bson:"rank"`
	// FormerTimes are those of other events with its id that stood before: what was
	// counted there is counted again.
	FormerTimes []time.Time `bson:"formerTimes,omitempty"`
	// FromWebhook marks messages that give way once message_sent events come.
	FromWebhook bool `bson:"fromWebhook,omitempty"`
	// Question: a viewer or shopper wrote it, and it has an ASCII question mark.
	Question bool `bson:"question,omitempty"`

	// Personal is when Name is due to be blanked; nil where it is not personal, and
	// for messages of calls, which are written again with their calls.
	Personal *time.Time `bson:"personal,omitempty"`

	// What moderators decided about it, in live events: a copy of the Moderation
	// of the message as of version Decided.
	Deleted   bool       `bson:"deleted,omitempty"`
	DeletedAt *time.Time `bson:"deletedAt,omitempty"`
	Displayed bool       `bson:"displayed,omitempty"`
	Decided   int64      `bson:"decided,omitempty"`
	// And about its author: a copy as of version BanDecided.
	Banned     bool       `bson:"banned,omitempty"`
	BannedAt   *time.Time `bson:"bannedAt,omitempty"`
	BanDecided int64      `bson:"banDecided,omitempty"`
}

// MessageID returns the id that the sender gave the message; of two chats both
// may have it.
func (m *ChatMessage) MessageID() string { return givenID(m.NativeID) }

// RepliesTo returns the id that the sender gave the parent; "" for none.
func (m *ChatMessage) RepliesTo() string { return givenID(m.ReplyTo) }

// Browser returns the visitor who wrote the message; none for the shop's own.
func (m *ChatMessage) Browser() Text {
	if m.Author == ByAgent || m.Author == ByBrand {
		return ""
	}
	return Text(m.VisitorID)
}

// Cursor returns where those who watch the chat resume behind the message.
func (m *ChatMessage) Cursor() string { return ArrivalCursor(m.Seen) }

// MessageAuthor says who wrote a chat message.
type MessageAuthor string

// Agent and shopper write on calls, viewer and brand on live events.
const (
	ByAgent   MessageAuthor = "AGENT"
	ByShopper MessageAuthor = "SHOPPER"
	ByViewer  MessageAuthor = "VIEWER"
	ByBrand   MessageAuthor = "BRAND"
)
