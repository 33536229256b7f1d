package repository

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// maxArrivals bounds what one look at what came in reads: more than two minutes
// of any shop bring, unless a year of calls is brought in at once.
const maxArrivals = 5_000

// CallMoment is a moment in a call's life, by the field that holds when the
// gateway was told of it.
type CallMoment string

// The start and the end of a call.
const (
	CallStart CallMoment = "startSeen"
	CallEnd   CallMoment = "endSeen"
)

// CallsSeen returns the calls of which the gateway was told at or after a moment
// that they started, or ended, the earliest told first; where agentID or queueID
// is not nil, only those of that agent or queue.
func (r *Repository) CallsSeen(ctx context.Context, reach analytics.Reach, moment CallMoment, since time.Time, agentID, queueID *string) ([]*analytics.Call, error) {
	c := withinCalls(reach).and(string(moment), bson.D{{Key: "$gte", Value: since}})
	if agentID != nil {
		c = c.and("agent", analytics.NativeID("Agent", *agentID))
	}
	if queueID != nil {
		c = c.and("queue", analytics.NativeID("Queue", *queueID))
	}
	calls, err := find[analytics.Call](ctx, r.coll(collCalls), c.filter(), arrivalsBy(string(moment)))
	return calls, wrap(err, "find calls by %s", moment)
}

// MessagesSeen returns the messages of the chat of a subject of which the gateway
// was told at or after a moment, the earliest told first.
func (r *Repository) MessagesSeen(ctx context.Context, reach analytics.Reach, subject string, since time.Time) ([]*analytics.ChatMessage, error) {
	c := withinChat(reach, subject).and("subject", subject).and("seen", bson.D{{Key: "$gte", Value: since}})
	messages, err := find[analytics.ChatMessage](ctx, r.coll(collMessages), c.filter(), arrivalsBy("seen"))
	return messages, wrap(err, "find new chat messages")
}

func arrivalsBy(field string) *options.FindOptionsBuilder {
	return options.Find().SetSort(bson.D{{Key: field, Value: 1}}).SetLimit(maxArrivals).SetBatchSize(oneBatch(maxArrivals))
}
