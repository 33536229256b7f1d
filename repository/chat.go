package repository

import (
	"context"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// liveEventSubject begins the subject of every message of a live event.
const liveEventSubject = "live_event:"

var messagesByTime = listOrder[analytics.ChatMessage]{
	name: "messages by time", field: "at", kind: sortByTime,
	position: func(m *analytics.ChatMessage) position { return position{timeValue(m.At), m.NativeID} },
}

// MessagesByID returns the chat messages with the given native ids, by native
// id; an id without a message in reach has no entry.
func (r *Repository) MessagesByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.ChatMessage, error) {
	c := withinCall(reach).butWithheld(reach)
	if reach.Agent != "" {
		c = c.either(bson.D{{Key: "agent", Value: reach.Agent}}, asFilter(bson.E{Key: "subject", Value: beginning(liveEventSubject)}))
	}
	return findByID(ctx, r, collMessages, reach, c, ids, func(m *analytics.ChatMessage) string { return m.NativeID })
}

// Messages returns a page of the chat of a subject, "call:<id>" or
// "live_event:<id>", in the order it was written. It fails with BadUserInput for
// paging arguments that are not valid.
func (r *Repository) Messages(ctx context.Context, reach analytics.Reach, subject string, page analytics.PageArgs) (*analytics.ChatMessageConnection, error) {
	c := withinChat(reach, subject).and("subject", subject)
	return list(ctx, r, collMessages, reach, c, messagesByTime, page)
}

// MessageBatch returns the next messages of the chat of a subject behind a cursor
// and, if a period is given, within it, in the order they were written. It reads
// as CallBatch does.
func (r *Repository) MessageBatch(ctx context.Context, reach analytics.Reach, subject string, period *analytics.Period, after string, size int) (messages []*analytics.ChatMessage, next string, err error) {
	c := withinChat(reach, subject).and("subject", subject)
	if period != nil {
		c = c.and("at", during(*period))
	}
	return batch(ctx, r, collMessages, reach, c, messagesByTime, after, size)
}

// CountMessages returns how many messages the chat of a subject has.
func (r *Repository) CountMessages(ctx context.Context, reach analytics.Reach, subject string) (int, error) {
	return count(ctx, r, collMessages, withinChat(reach, subject).and("subject", subject))
}

// MessagesBySubject returns, for each subject, a page of the messages of its chat
// that a filter finds, by subject: see listByParent for how few commands it takes.
func (r *Repository) MessagesBySubject(ctx context.Context, reach analytics.Reach, subjects []string, filter analytics.ChatFilter, page analytics.PageArgs) (map[string]*analytics.ChatMessageConnection, error) {
	c := withinChat(reach, subjects...).only(filter)
	return listByParent(ctx, r, collMessages, reach, c, messagesByTime, "subject", parentsOf(subjects), page)
}

// CountMessagesBySubject returns how many messages of the chat of each subject a
// filter finds, by subject.
func (r *Repository) CountMessagesBySubject(ctx context.Context, reach analytics.Reach, subjects []string, filter analytics.ChatFilter) (map[string]int, error) {
	return countByParent(ctx, r, collMessages, withinChat(reach, subjects...).only(filter), "subject", parentsOf(subjects))
}

// withinCall returns the conditions for messages within a reach, but for its agent:
// one that is limited to a call sees the chat of that call alone.
func withinCall(reach analytics.Reach) conditions {
	c := within(reach)
	if reach.Call != "" {
		c = c.and("subject", analytics.CallSubject(reach.Call))
	}
	return c
}

// withinChat returns the conditions for the chat of given subjects. A reach that
// is limited to an agent sees of calls only the chat of that agent's, of live
// events all of it that is not withheld.
func withinChat(reach analytics.Reach, subjects ...string) conditions {
	var ofLiveEvents []string
	for _, subject := range subjects {
		if strings.HasPrefix(subject, liveEventSubject) {
			ofLiveEvents = append(ofLiveEvents, subject)
		}
	}
	c := withinCall(reach)
	if ofLiveEvents != nil {
		c = c.butWithheld(reach)
	}
	switch {
	case reach.Agent == "" || len(ofLiveEvents) == len(subjects):
		return c
	case ofLiveEvents == nil:
		return c.and("agent", reach.Agent)
	default:
		return c.either(
			bson.D{{Key: "agent", Value: reach.Agent}},
			bson.D{{Key: "subject", Value: bson.D{{Key: "$in", Value: ofLiveEvents}}}},
		)
	}
}

// butWithheld leaves out what only moderators see: deleted messages, and those of
// banned viewers. It asks for the moments, which no index holds: else an engine
// may take one that finds nearly everything.
func (c conditions) butWithheld(reach analytics.Reach) conditions {
	if reach.Moderator {
		return c
	}
	never := bson.D{{Key: "$exists", Value: false}}
	return c.and("deletedAt", never).and("bannedAt", never)
}

// flagOfFilter is the field of a message that says whether a filter finds it.
var flagOfFilter = map[analytics.ChatFilter]string{
	analytics.DeletedMessages:   "deleted",
	analytics.DisplayedMessages: "displayed",
	analytics.BannedMessages:    "banned",
	analytics.QuestionMessages:  "question",
}

// only adds that a filter finds the message.
func (c conditions) only(filter analytics.ChatFilter) conditions {
	if flag := flagOfFilter[filter]; flag != "" {
		return c.and(flag, true)
	}
	return c
}
