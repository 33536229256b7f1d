package analytics

import "strings"

// Topics name what changed to those who watch it. A notice under a topic only
// says that there is something to look at; what it is stands in the documents.

// CartTopicPrefix begins every topic of a cart; the key of the cart follows.
const CartTopicPrefix = "cart/"

// CartTopic is the topic of the cart of a call.
func CartTopic(org, callID string) string { return CartTopicPrefix + Reach{Org: org}.Key(callID) }

// CallsTopic is the topic of calls that start and end.
func CallsTopic(org string) string { return "calls/" + org }

// ChatTopic is the topic of the chat of a subject, "call:<id>" or
// "live_event:<id>".
func ChatTopic(org, subject string) string { return "chat/" + Reach{Org: org}.Key(subject) }

// EventsTopic is the topic of tracking events that name a subject; of all where
// it is empty.
func EventsTopic(org, subject string) string { return "events/" + Reach{Org: org}.Key(subject) }

// referenceTopicPrefix begins the topics of reference documents.
const referenceTopicPrefix = "reference/"

// ReferenceTopic is the topic of a reference document, by the collection it
// stands in; of all of an organization's in there where the id is empty.
func ReferenceTopic(collection, org, id string) string {
	return referenceTopicPrefix + collection + "/" + Reach{Org: org}.Key(id)
}

// SplitReferenceTopic takes a ReferenceTopic apart; ok is false for another topic.
func SplitReferenceTopic(topic string) (collection, org, id string, ok bool) {
	rest, ok := strings.CutPrefix(topic, referenceTopicPrefix)
	if !ok {
		return "", "", "", false
	}
	collection, key, ok := strings.Cut(rest, "/")
	if !ok {
		return "", "", "", false
	}
	org, id, ok = strings.Cut(key, "/")
	return collection, org, id, ok
}

// ExportTopic is the topic of the progress of an export.
func ExportTopic(org, exportID string) string { return "exports/" + Reach{Org: org}.Key(exportID) }
