package resolvers

import (
	"context"
	"strings"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/graph"
)

// What the subject of a chat begins with, before the call's or the live event's
// id.
const (
	callSubject      = "call:"
	liveEventSubject = "live_event:"
)

// ChatMessages answers Query.chatMessages.
func (queryResolver) ChatMessages(ctx context.Context, callID *string, liveEventID *string, first *int, after *string, last *int, before *string, filter analytics.ChatFilter) (*analytics.ChatMessageConnection, error) {
	page := analytics.PageArgs{First: first, After: after, Last: last, Before: before}
	switch {
	case (callID == nil) == (liveEventID == nil):
		return nil, analytics.Errorf(analytics.BadUserInput, "give exactly one of callId and liveEventId")
	case callID != nil:
		if err := need(ctx, auth.CallsRead, "the chat of a call"); err != nil {
			return nil, err
		}
		return chatOf(ctx, callSubject+analytics.NativeID("Call", *callID), filter, page)
	default:
		if err := need(ctx, auth.EventsRead, "the chat of a live event"); err != nil {
			return nil, err
		}
		return chatOf(ctx, liveEventSubject+analytics.NativeID("LiveEvent", *liveEventID), filter, page)
	}
}

// chatOf returns a page of the messages of a subject's chat that a filter finds.
// It fails with Forbidden for a filter that only moderators may use: an empty
// list would say that there is nothing.
func chatOf(ctx context.Context, subject string, filter analytics.ChatFilter, page analytics.PageArgs) (*analytics.ChatMessageConnection, error) {
	if filter.OfModerators() {
		if err := need(ctx, auth.ChatModerate, "the filter "+string(filter)); err != nil {
			return nil, err
		}
	}
	return connection(ctx, page,
		func() (*analytics.ChatMessageConnection, error) {
			return load(ctx).chatOf.with(chatArgs{filter, page}).load(ctx, subject)
		},
		func() (int, error) { return load(ctx).messageCounts.with(filter).load(ctx, subject) })
}

// chatScopes returns what somebody needs to see a message: its id begins with its
// subject.
func chatScopes(messageID string) []auth.Scope {
	if strings.HasPrefix(messageID, liveEventSubject) {
		return []auth.Scope{auth.EventsRead}
	}
	return []auth.Scope{auth.CallsRead}
}

// chatMessageResolver answers the fields of ChatMessage that lie in other
// documents, and the one that is personal only at times.
type chatMessageResolver struct{}

var _ graph.ChatMessageResolver = chatMessageResolver{}

// AuthorName answers ChatMessage.authorName: personal unless the shop speaks.
func (chatMessageResolver) AuthorName(ctx context.Context, m *analytics.ChatMessage) (*string, error) {
	ofShop := m.Author == analytics.ByAgent || m.Author == analytics.ByBrand
	if m.Name == "" || !ofShop && !auth.From(ctx).Has(auth.PIIRead) {
		return nil, nil
	}
	return &m.Name, nil
}

// Call answers ChatMessage.call.
func (chatMessageResolver) Call(ctx context.Context, m *analytics.ChatMessage) (*analytics.Call, error) {
	id, ok := strings.CutPrefix(m.Subject, callSubject)
	if !ok {
		return nil, nil
	}
	return nullable(load(ctx).calls.load(ctx, id))
}

// LiveEvent answers ChatMessage.liveEvent.
func (chatMessageResolver) LiveEvent(ctx context.Context, m *analytics.ChatMessage) (*analytics.LiveEvent, error) {
	id, ok := strings.CutPrefix(m.Subject, liveEventSubject)
	if !ok {
		return nil, nil
	}
	return nullable(load(ctx).liveEvents.load(ctx, id))
}

// Parent answers ChatMessage.parent.
func (chatMessageResolver) Parent(ctx context.Context, m *analytics.ChatMessage) (*analytics.ChatMessage, error) {
	if m.ReplyTo == "" {
		return nil, nil
	}
	return nullable(load(ctx).messages.load(ctx, m.ReplyTo))
}
