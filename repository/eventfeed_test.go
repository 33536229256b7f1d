package repository_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// idsStored returns the ids of the events stored from a moment on, in order.
func idsStored(t *testing.T, repo *repository.Repository, reach analytics.Reach, subject string, types []analytics.EventType, since time.Time, behind string) []string {
	t.Helper()
	events, more, err := repo.EventsStored(t.Context(), reach, subject, types, since, behind)
	if err != nil || more {
		t.Fatal(more, err)
	}
	ids := []string{}
	for _, e := range events {
		ids = append(ids, e.SenderID())
	}
	return ids
}

func TestEventsStored(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	reach := analytics.Reach{Org: org}
	putLiveEvent(t, repo, org)
	begun := time.Now().Add(-time.Millisecond)
	absorb(t, repo, org,
		event(t, "a", "joined_queue", day.Add(time.Hour), object{"visitorId": "v", "sessionId": "s", "data": object{"queueId": "q"}}),
		event(t, "b", "call_started", day, object{"visitorId": "v", "sessionId": "s", "callId": "c", "data": object{"agentId": "ada", "callType": "queue", "queueId": "q"}}),
		event(t, "c", "purchase", day, object{"visitorId": "v", "callId": "c", "data": object{"transactionId": "t", "amount": "1.00", "currency": "EUR"}}),
		event(t, "d", "liked", day, object{"visitorId": "v", "liveEventId": "live", "data": object{"count": 1}}),
		event(t, "e", "goal_reached", day, object{"visitorId": "v", "data": object{"uid": "g"}}),
		analytics.NewTestMark("mark", "c", true, day))
	absorb(t, repo, freshOrg(), event(t, "other", "goal_reached", day, object{"visitorId": "v", "data": object{"uid": "g"}}))

	ada, bo := analytics.Reach{Org: org, Agent: "ada"}, analytics.Reach{Org: org, Agent: "bo"}
	for _, c := range []struct {
		name    string
		reach   analytics.Reach
		subject string
		types   []analytics.EventType
		want    []string
	}{
		{"all but what is no tracking event, of the organization alone", reach, "", nil, []string{"a", "b", "c", "d", "e"}},
		{"of a call, with what names it besides its subject", reach, "call:c", nil, []string{"b", "c"}},
		{"of a queue", reach, "queue:q", nil, []string{"a", "b"}},
		{"of a live event", reach, "live_event:live", nil, []string{"d"}},
		{"of some types", reach, "", []analytics.EventType{analytics.Liked, analytics.JoinedQueue}, []string{"a", "d"}},
		{"of a call and a type", reach, "call:c", []analytics.EventType{analytics.Purchased}, []string{"c"}},
		{"of an agent's own call", ada, "call:c", nil, []string{"b", "c"}},
		{"of another agent's call", bo, "call:c", nil, []string{}},
		{"of an agent all", ada, "", nil, []string{}},
		{"of an agent a queue", ada, "queue:q", nil, []string{}},
	} {
		if diff := cmp.Diff(c.want, idsStored(t, repo, c.reach, c.subject, c.types, begun, "")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}

	events, _, err := repo.EventsStored(t.Context(), reach, "", nil, begun, "")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"c", "d", "e"}, idsStored(t, repo, reach, "", nil, events[1].Seen(), events[1].EventID)); diff != "" {
		t.Errorf("those of one moment behind an id (-want +got):\n%s", diff)
	}

	// Three took long to be stored, of which one was somebody else's.
	late := events[4].Seen().Add(7 * time.Second)
	if err := repo.StampAgain(t.Context(), reach, events[:3], []int{1}, late); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "c"}, idsStored(t, repo, reach, "", nil, late, "")); diff != "" {
		t.Errorf("those stamped again (-want +got):\n%s", diff)
	}
}
