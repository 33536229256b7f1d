package resolvers

import (
	"context"
	"strconv"
	"strings"
	"time"

	"cartograph/analytics"
	"cartograph/graph"
	"cartograph/live"
)

// ModerateChatMessage answers Mutation.moderateChatMessage.
func (r mutationResolver) ModerateChatMessage(ctx context.Context, input graph.ModerateChatMessageInput) (*graph.ModerateChatMessagePayload, error) {
	message, err := r.repo.ModerateMessage(ctx, reachOf(ctx), analytics.NativeID("ChatMessage", input.MessageID), input.Action, r.now())
	userErrors, err := userErrorsOf(err, "input", "messageId")
	if err != nil {
		return nil, err
	}
	return &graph.ModerateChatMessagePayload{Message: message, UserErrors: userErrors, ClientMutationID: input.ClientMutationID}, nil
}

// BanViewer answers Mutation.banViewer.
func (r mutationResolver) BanViewer(ctx context.Context, input graph.BanViewerInput) (*graph.BanPayload, error) {
	return r.ban(ctx, viewerInput(input), true)
}

// UnbanViewer answers Mutation.unbanViewer.
func (r mutationResolver) UnbanViewer(ctx context.Context, input graph.UnbanViewerInput) (*graph.BanPayload, error) {
	return r.ban(ctx, viewerInput(input), false)
}

// viewerInput names a viewer of a live event, in a ban and in the end of one.
type viewerInput graph.BanViewerInput

func (r mutationResolver) ban(ctx context.Context, input viewerInput, banned bool) (*graph.BanPayload, error) {
	liveEventID := analytics.NativeID("LiveEvent", input.LiveEventID)
	visitorID, field, err := r.viewerOf(ctx, liveEventID, input)
	var stands *analytics.Moderation
	if err == nil {
		field = "liveEventId"
		stands, err = r.repo.BanViewer(ctx, reachOf(ctx), liveEventID, visitorID, banned, r.now())
	}
	payload := &graph.BanPayload{ClientMutationID: input.ClientMutationID}
	if payload.UserErrors, err = userErrorsOf(err, "input", field); err != nil || len(payload.UserErrors) > 0 {
		return payload, err
	}
	payload.VisitorID, payload.BannedAt = &visitorID, stands.BannedAt
	payload.LiveEvent, err = nullable(load(ctx).liveEvents.load(ctx, liveEventID))
	return payload, err
}

// viewerOf returns the viewer that an input names, and the input's field that
// names it.
func (r mutationResolver) viewerOf(ctx context.Context, liveEventID string, input viewerInput) (visitorID, field string, err error) {
	switch {
	case (input.VisitorID == nil) == (input.MessageID == nil):
		return "", "visitorId", analytics.Errorf(analytics.BadUserInput, "give exactly one of visitorId and messageId")
	case input.VisitorID != nil:
		return *input.VisitorID, "visitorId", analytics.CheckID(*input.VisitorID)
	default:
		visitorID, err = r.repo.AuthorOf(ctx, reachOf(ctx), liveEventID, analytics.NativeID("ChatMessage", *input.MessageID))
		return visitorID, "messageId", err
	}
}

// ChatModerated answers Subscription.chatModerated.
func (r subscriptionResolver) ChatModerated(ctx context.Context, liveEventID string, after *string) (<-chan *analytics.Moderation, error) {
	subject, err := r.watchedChat(ctx, nil, &liveEventID)
	if err != nil {
		return nil, err
	}
	from, err := resumed(after)
	if err != nil {
		return nil, err
	}
	id, _ := strings.CutPrefix(subject, liveEventSubject)
	reach := reachOf(ctx)
	return live.Arrived(ctx, r.broker, live.Feed[*analytics.Moderation]{
		Topic: analytics.ChatTopic(reach.Org, subject), Asks: asks(reach), Lateness: live.Derived, After: from,
		Arrivals: func(ctx context.Context, since time.Time, behind string) ([]*analytics.Moderation, bool, error) {
			_, subject, _ := strings.Cut(behind, " ")
			return r.repo.ModerationsSeen(ctx, reach, id, since, subject)
		},
		// Each decision is told: what stands after it is named by their number.
		Of: func(m *analytics.Moderation) (string, time.Time) {
			return strconv.Itoa(m.Decisions) + " " + m.Subject, m.Last
		},
	})
}

// chatModerationResolver answers the field of ChatModeration that lies in
// another document.
type chatModerationResolver struct{}

var _ graph.ChatModerationResolver = chatModerationResolver{}

// Message answers ChatModeration.message.
func (chatModerationResolver) Message(ctx context.Context, m *analytics.Moderation) (*analytics.ChatMessage, error) {
	if m.NativeMessageID == "" {
		return nil, nil
	}
	return nullable(load(ctx).messages.load(ctx, string(m.NativeMessageID)))
}
