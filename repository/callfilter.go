package repository

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// maxPrefix bounds the text of a search by prefix, in characters: longer ones
// find nothing that a name begins with.
const maxPrefix = 64

// searchPrefix returns the prefix that a search by text asks for: lower case,
// without blanks around it; "" asks for nothing. It fails with BadUserInput,
// naming the argument, where it is too long or holds a NUL, which patterns
// cannot.
func searchPrefix(argument, text string) (string, error) {
	prefix := strings.ToLower(strings.TrimSpace(text))
	if utf8.RuneCountInString(prefix) > maxPrefix {
		return "", analytics.Errorf(analytics.BadUserInput, "%s is longer than %d characters", argument, maxPrefix)
	}
	if strings.ContainsRune(prefix, 0) {
		return "", analytics.Errorf(analytics.BadUserInput, "%s holds a NUL character", argument)
	}
	return prefix, nil
}

// callConditions returns what a filter asks of calls within a reach. A nil list
// of ids asks for nothing, an empty one finds nothing. It fails with
// BadUserInput where the filter is not valid.
func callConditions(reach analytics.Reach, f analytics.CallFilter) (conditions, error) {
	if err := f.Validate(); err != nil {
		return nil, err
	}
	c := takenBy(withinCalls(reach), f.AgentIDs, f.QueueIDs)
	if f.ClientID != nil {
		c = c.and("client", *f.ClientID)
	}
	if f.SKU != nil {
		c = c.and("skus", *f.SKU)
	}
	if f.Shopper != nil {
		word, err := searchPrefix("filter.shopper", *f.Shopper)
		if err != nil {
			return nil, err
		}
		if word != "" {
			// A span would not do: of a list, one word may lie above its start
			// and another below its end.
			c = c.and("shopperWords", bson.D{{Key: "$regex", Value: "^" + regexp.QuoteMeta(word)}})
		}
	}
	if f.Status != nil {
		c = c.and("status", string(*f.Status))
	}
	if f.Type != nil {
		c = c.and("type", string(*f.Type))
	}
	if f.Test != nil {
		c = c.and("test", *f.Test)
	}
	if f.ExcludeTestCalls {
		c = c.and("test", false)
	}
	if f.Running != nil {
		c = c.and("running", *f.Running)
	}
	if f.Period != nil {
		c = c.and("at", during(*f.Period))
	}
	return c.withoutShort(f.ExcludeShortCalls, f.ExcludeShortWaits), nil
}

// withoutShort leaves out accepted calls, missed ones or both where they are
// marked as short. It asks for what is not short rather than for an equal value:
// nearly all calls are, so that no index should be chosen by it.
func (c conditions) withoutShort(calls, waits bool) conditions {
	switch {
	case calls && waits:
		return c.and("short", bson.D{{Key: "$ne", Value: true}})
	case calls:
		return c.either(bson.D{{Key: "short", Value: bson.D{{Key: "$ne", Value: true}}}}, bson.D{{Key: "status", Value: string(analytics.Missed)}})
	case waits:
		return c.either(bson.D{{Key: "short", Value: bson.D{{Key: "$ne", Value: true}}}}, bson.D{{Key: "status", Value: string(analytics.Accepted)}})
	default:
		return c
	}
}

// takenBy adds the agents and queues that calls must be of, by native or global
// ids. A nil list asks for nothing, an empty one finds nothing.
func takenBy(c conditions, agentIDs, queueIDs []string) conditions {
	if agentIDs != nil {
		c = c.in("agent", analytics.NativeIDs("Agent", agentIDs))
	}
	if queueIDs != nil {
		c = c.in("queue", analytics.NativeIDs("Queue", queueIDs))
	}
	return c
}
