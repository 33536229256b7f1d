package analytics

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOccasionsOfACall(t *testing.T) {
	at := func(minute int) *time.Time {
		moment := time.Date(2026, 3, 2, 9, minute, 0, 0, time.UTC)
		return &moment
	}
	wait := int64(30_000)
	known := CallTold{Start: at(0), End: at(10), Miss: at(0)}
	for _, tt := range []struct {
		name   string
		call   Call
		before CallTold
		want   []WebhookTopic
	}{
		{"one that started", Call{Status: Accepted, StartedAt: at(0), Told: CallTold{Start: at(1)}}, CallTold{}, []WebhookTopic{TopicCallStarted}},
		{"one that ended", Call{Status: Accepted, StartedAt: at(0), EndedAt: at(9), Told: CallTold{Start: at(1), End: at(10)}}, CallTold{Start: at(1)},
			[]WebhookTopic{TopicCallEnded}},
		{"one that was told whole, start first", Call{Status: Accepted, StartedAt: at(0), EndedAt: at(9), Told: CallTold{Start: at(9), End: at(10)}}, CallTold{},
			[]WebhookTopic{TopicCallStarted, TopicCallEnded}},
		{"one that was told whole at once", Call{Status: Accepted, StartedAt: at(0), EndedAt: at(9), Told: CallTold{Start: at(10), End: at(10)}}, CallTold{},
			[]WebhookTopic{TopicCallEnded}},
		{"one of which the start was told late", Call{Status: Accepted, StartedAt: at(0), EndedAt: at(9), Told: CallTold{Start: at(11), End: at(10)}}, CallTold{End: at(10)}, nil},
		{"one told by the webhook, which knows no start", Call{Status: Accepted, StartedAt: at(0), EndedAt: at(9), Told: CallTold{End: at(10)}}, CallTold{}, []WebhookTopic{TopicCallEnded}},
		{"one that changed again", Call{Status: Accepted, StartedAt: at(0), EndedAt: at(9), Told: CallTold{Start: at(0), End: at(10)}}, known, nil},
		{"one that was imported", Call{Status: Accepted, StartedAt: at(0), EndedAt: at(9)}, CallTold{}, nil},
		{"one that was missed", Call{Status: Missed, EnteredQueueAt: at(0), QueueWait: &wait, Told: CallTold{Miss: at(1)}}, CallTold{}, []WebhookTopic{TopicCallMissed}},
		{"one that was missed, and changed again", Call{Status: Missed, EnteredQueueAt: at(0), QueueWait: &wait, Told: CallTold{Miss: at(1)}}, known, nil},
		{"one that was missed, of an import", Call{Status: Missed, EnteredQueueAt: at(0), QueueWait: &wait}, CallTold{}, nil},
		{"one told an hour after it ended", Call{Status: Accepted, StartedAt: at(0), EndedAt: at(9), Told: CallTold{End: at(69)}}, CallTold{}, []WebhookTopic{TopicCallEnded}},
		{"one told later than that", Call{Status: Accepted, StartedAt: at(0), EndedAt: at(9), Told: CallTold{End: at(70)}}, CallTold{}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.call.CallID = "c"
			var got []WebhookTopic
			for _, o := range tt.call.Occasions(tt.before) {
				got = append(got, o.Topic)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEndOfALiveEvent(t *testing.T) {
	start, end := time.Date(2026, 3, 2, 18, 0, 0, 0, time.UTC), time.Date(2026, 3, 2, 19, 0, 0, 0, time.UTC)
	later := end.Add(5 * time.Minute)
	if _, ended := (&LiveEvent{LiveEventID: "spring", StartedAt: &start}).EndOccasion(end); ended {
		t.Error("one that goes on has ended")
	}
	first, _ := (&LiveEvent{LiveEventID: "spring", StartedAt: &start, EndedAt: &end}).EndOccasion(end)
	corrected, _ := (&LiveEvent{LiveEventID: "spring", StartedAt: &start, EndedAt: &later}).EndOccasion(later)
	anew, _ := (&LiveEvent{LiveEventID: "spring", StartedAt: &end, EndedAt: &later}).EndOccasion(later)
	if first.EventID("acme") != corrected.EventID("acme") {
		t.Error("an end that is corrected is another occasion")
	}
	if first.EventID("acme") == anew.EventID("acme") {
		t.Error("the end of another start is the same occasion")
	}
	if first.EventID("acme") == first.EventID("globex") {
		t.Error("two organizations share an event id")
	}
	ahead := NewWebhookDelivery(&WebhookEndpoint{Org: "acme", EndpointID: "e"}, Occasion{Topic: TopicLiveEventEnded, HappenedAt: later, ToldAt: end})
	if !ahead.Due.Equal(later) {
		t.Errorf("an end that lies ahead is told at %s", ahead.Due)
	}
}
