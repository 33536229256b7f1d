package repository

import (
	"context"
	"crypto/rand"
	"time"

	"cartograph/analytics"
)

// ModerateMessage decides about a message of a live event's chat and returns the
// message as it is then. It fails with NotFound for a message that does not exist
// or is not in reach, and with BadUserInput for one of a call.
func (r *Repository) ModerateMessage(ctx context.Context, reach analytics.Reach, messageID string, action analytics.ModerationAction, now time.Time) (*analytics.ChatMessage, error) {
	message, err := r.liveMessage(ctx, reach, messageID)
	if err != nil {
		return nil, err
	}
	err = r.decide(ctx, reach, analytics.MessageSubject(message.NativeID), now, func(at time.Time) analytics.Event {
		return analytics.NewMessageMark(rand.Text(), message, action, at)
	})
	if err != nil {
		return nil, wrap(err, "moderate message %s", message.NativeID)
	}
	return r.liveMessage(ctx, reach, message.NativeID)
}

// BanViewer bans a viewer of a live event, or takes the ban back. Messages that
// the viewer writes later are those of a banned viewer too. It fails with
// NotFound for a live event that does not exist.
func (r *Repository) BanViewer(ctx context.Context, reach analytics.Reach, liveEventID, visitorID string, banned bool, now time.Time) (*analytics.Moderation, error) {
	subject := analytics.ViewerSubject(liveEventID, visitorID)
	err := r.decide(ctx, reach, subject, now, func(at time.Time) analytics.Event {
		return analytics.NewBanMark(rand.Text(), liveEventID, visitorID, banned, at)
	})
	if err != nil {
		return nil, wrap(err, "ban viewer of live event %s", liveEventID)
	}
	stands, err := r.moderations(ctx, reach, []string{subject})
	return stands[subject], err
}

// AuthorOf returns the viewer who wrote a message of a live event's chat. It
// fails with NotFound for a message that the live event does not have, and with
// BadUserInput for one of the brand.
func (r *Repository) AuthorOf(ctx context.Context, reach analytics.Reach, liveEventID, messageID string) (visitorID string, err error) {
	message, err := r.liveMessage(ctx, reach, messageID)
	switch {
	case err != nil:
		return "", err
	case message.Subject != analytics.LiveEventSubject(liveEventID):
		return "", analytics.Errorf(analytics.NotFound, "no message %q in this live event", messageID)
	case message.Author != analytics.ByViewer:
		return "", analytics.Errorf(analytics.BadUserInput, "no viewer wrote this message")
	}
	return message.VisitorID, nil
}

// liveMessage returns a message of a live event's chat.
func (r *Repository) liveMessage(ctx context.Context, reach analytics.Reach, id string) (*analytics.ChatMessage, error) {
	messages, err := r.MessagesByID(ctx, reach, []string{id})
	if err != nil {
		return nil, err
	}
	message := messages[id]
	if message == nil {
		return nil, analytics.Errorf(analytics.NotFound, "no message %q: a message is named by its global id", id)
	}
	if _, ok := analytics.SubjectID("live_event", message.Subject); !ok {
		return nil, analytics.Errorf(analytics.BadUserInput, "only messages of live events are moderated")
	}
	return message, nil
}

// decide takes in a decision about a subject. It is made later than all those
// about the subject that are known here, whatever the clock says: so what a
// moderator decided last, knowing the others, stands last.
func (r *Repository) decide(ctx context.Context, reach analytics.Reach, subject string, now time.Time, mark func(at time.Time) analytics.Event) error {
	known, err := r.moderations(ctx, reach, []string{subject})
	if err != nil {
		return err
	}
	var last time.Time
	if stands := known[subject]; stands != nil {
		last = stands.Last
	}
	return r.absorbMark(ctx, reach, mark(afterDecision(last, now)))
}

// afterDecision returns the moment of a decision that is made now, knowing one made
// at the last moment: later than that, whatever the clock says, which may be
// another gateway's.
func afterDecision(last, now time.Time) time.Time {
	now = now.UTC().Truncate(time.Millisecond) // as decisions keep it
	if !now.After(last) {
		return last.UTC().Add(time.Millisecond)
	}
	return now
}

// absorbMark takes in a decision. It fails where that is refused.
func (r *Repository) absorbMark(ctx context.Context, reach analytics.Reach, mark analytics.Event) error {
	outcomes, err := r.Absorb(ctx, reach.Org, []analytics.Event{mark})
	if err != nil {
		return err
	}
	return outcomes[0].Err
}

// ModerationsSeen returns what stands about messages and viewers of a live event
// of which something was decided at or after a moment, the earliest first; of
// those at the moment itself only what has a subject behind the given one. It
// reports whether there are more than it returns.
func (r *Repository) ModerationsSeen(ctx context.Context, reach analytics.Reach, liveEventID string, since time.Time, behind string) (moderations []*analytics.Moderation, more bool, err error) {
	c := within(reach).and("liveEvent", liveEventID).arrivedAfter("last", since, reach.Key(behind))
	moderations, err = find[analytics.Moderation](ctx, r.coll(collModerations), c.filter(), arrivalsBy("last"))
	return moderations, len(moderations) == maxArrivals, wrap(err, "find new moderations")
}
