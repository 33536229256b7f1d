package repository

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// maxArrivals bounds what one look at what came in reads: what follows takes
// another look.
const maxArrivals = 1_000

// CallMoment is a moment in a call's life, by the field that holds when the
// gateway was told of it.
type CallMoment string

// The start and the end of a call.
const (
	CallStart CallMoment = "startSeen"
	CallEnd   CallMoment = "endSeen"
)

// CallsSeen returns the calls of which the gateway was told at or after a moment
// that they started, or ended, the earliest told first; of those at the moment
// itself only what has an id behind the given one. Where agentID or queueID is
// not nil, only those of that agent or queue. It reports whether there are more
// than it returns.
func (r *Repository) CallsSeen(ctx context.Context, reach analytics.Reach, moment CallMoment, since time.Time, behind string, agentID, queueID *string) (calls []*analytics.Call, more bool, err error) {
	c := withinCalls(reach).arrivedAfter(string(moment), since, reach.Key(behind))
	if agentID != nil {
		c = c.and("agent", analytics.NativeID("Agent", *agentID))
	}
	if queueID != nil {
		c = c.and("queue", analytics.NativeID("Queue", *queueID))
	}
	calls, err = find[analytics.Call](ctx, r.coll(collCalls), c.filter(), arrivalsBy(string(moment)))
	return calls, len(calls) == maxArrivals, wrap(err, "find calls by %s", moment)
}

// MessagesSeen returns the messages of the chat of a subject of which the gateway
// was told at or after a moment, as CallsSeen does for calls.
func (r *Repository) MessagesSeen(ctx context.Context, reach analytics.Reach, subject string, since time.Time, behind string) (messages []*analytics.ChatMessage, more bool, err error) {
	c := withinChat(reach, subject).and("subject", subject).arrivedAfter("seen", since, reach.Key(behind))
	messages, err = find[analytics.ChatMessage](ctx, r.coll(collMessages), c.filter(), arrivalsBy("seen"))
	return messages, len(messages) == maxArrivals, wrap(err, "find new chat messages")
}

// arrivedAfter adds that a moment lies after another, or at it with a key behind
// the given one.
func (c conditions) arrivedAfter(field string, since time.Time, key string) conditions {
	return c.and(field, bson.D{{Key: "$gte", Value: since}}).either(
		bson.D{{Key: field, Value: bson.D{{Key: "$gt", Value: since}}}},
		bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: key}}}})
}

func arrivalsBy(field string) *options.FindOptionsBuilder {
	return options.Find().SetSort(bson.D{{Key: field, Value: 1}, {Key: "_id", Value: 1}}).SetLimit(maxArrivals).SetBatchSize(oneBatch(maxArrivals))
}
