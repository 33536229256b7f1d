package analytics

import (
	"slices"
	"strconv"
	"strings"
)

// foldMessages folds the chat and counts it. The webhook's chat counts only for
// calls without message_sent, the numbers of an import only for calls without
// either.
func (f *callFold) foldMessages() []*ChatMessage {
	messages := f.sentMessages()
	known := len(messages) > 0 || f.webhook.Chat != nil
	if len(messages) == 0 {
		messages = f.webhookMessages()
	}
	c := f.call
	if !known {
		if n := f.imported.MessagesByAgent; n != nil {
			c.MessagesByAgent = *n
		}
		if n := f.imported.MessagesByShopper; n != nil {
			c.MessagesByShopper = *n
		}
	}
	for _, m := range messages {
		m.AgentID = c.AgentID
		if m.Author == ByAgent {
			c.MessagesByAgent++
		} else {
			c.MessagesByShopper++
		}
	}
	return messages
}

// sentMessages returns the messages of message_sent; of several with one id the
// first counts.
func (f *callFold) sentMessages() []*ChatMessage {
	var messages []*ChatMessage
	seen := map[string]bool{}
	for _, e := range f.tracked {
		if e.Type == MessageSent && !seen[e.Data.MessageID] {
			seen[e.Data.MessageID] = true
			messages = append(messages, NewChatMessage(f.call.Org, e))
		}
	}
	return messages
}

func (f *callFold) webhookMessages() []*ChatMessage {
	subject := CallSubject(f.call.CallID)
	messages := make([]*ChatMessage, 0, len(f.webhook.Chat))
	for i, said := range f.webhook.Chat {
		id := messageID(subject, "webhook:"+strconv.Itoa(i))
		m := &ChatMessage{
			Key: Reach{Org: f.call.Org}.Key(id), Org: f.call.Org, NativeID: id, Subject: subject,
			At: said.At, Author: said.Author, Text: said.Text,
			Seen: f.webhookSeen, Rank: rank(said.At, id), FromWebhook: true,
			Question: isQuestion(said.Author, said.Text),
		}
		if said.Author == ByAgent {
			m.Name = f.webhook.AgentName
		}
		messages = append(messages, m)
	}
	slices.SortStableFunc(messages, func(a, b *ChatMessage) int { return a.At.Compare(b.At) })
	return messages
}

// NewChatMessage returns the chat message that a message_sent event is. Its id
// is made of the subject and the id the sender gave it.
func NewChatMessage(org string, e *Event) *ChatMessage {
	id := messageID(e.Subject, e.Data.MessageID)
	m := &ChatMessage{
		Key: Reach{Org: org}.Key(id), Org: org, NativeID: id, Subject: e.Subject,
		At: e.At, Author: e.Data.Author, Name: e.Data.Name, VisitorID: e.VisitorID, Text: e.Data.Text,
		Seen: e.Seen(), Rank: e.Rank(),
		Question: isQuestion(e.Data.Author, e.Data.Text),
	}
	if _, ofLiveEvent := SubjectID("live_event", e.Subject); ofLiveEvent {
		m.Personal = e.PersonalTime()
	}
	if e.Data.ReplyTo != "" {
		m.ReplyTo = messageID(e.Subject, e.Data.ReplyTo)
	}
	return m
}

// messageID returns the native id of a message: its subject and the id the sender
// gave it. Colons in the id of a call or live event are escaped there, so that
// "m" of "a:b" and "b:m" of "a" are two messages.
func messageID(subject, id string) string {
	kind, of, _ := strings.Cut(subject, ":")
	return kind + ":" + colonsEscaped.Replace(of) + ":" + id
}

// givenID returns the id that the sender gave a message, of its native id.
func givenID(nativeID string) string {
	_, behindKind, _ := strings.Cut(nativeID, ":")
	_, id, _ := strings.Cut(behindKind, ":")
	return id
}

var colonsEscaped = strings.NewReplacer("%", "%25", ":", "%3A")
