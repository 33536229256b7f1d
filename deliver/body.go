package deliver

import (
	"context"
	"encoding/json"

	"cartograph/analytics"
)

// envelope is the body of every webhook.
type envelope struct {
	EventID   string `json:"eventId"`
	Topic     string `json:"topic"`
	Timestamp string `json:"timestamp"` // when it happened
	Payload   any    `json:"payload"`
}

// body returns what a delivery tells, as it is known now. It fails with NotFound
// where that is not there any more.
func (d *Deliverer) body(ctx context.Context, reach analytics.Reach, e *analytics.WebhookEndpoint, delivery *analytics.WebhookDelivery) ([]byte, error) {
	payload, err := d.payload(ctx, reach, delivery.Occasion, e.PersonalData)
	if err != nil {
		return nil, err
	}
	return json.Marshal(envelope{
		EventID: delivery.EventID, Topic: delivery.Topic.Name(),
		Timestamp: analytics.FormatTime(delivery.HappenedAt), Payload: payload,
	})
}

func (d *Deliverer) payload(ctx context.Context, reach analytics.Reach, o analytics.Occasion, personal bool) (any, error) {
	_, id, _ := analytics.SplitGlobalID(o.SubjectID)
	if o.Topic == analytics.TopicLiveEventEnded {
		return d.liveEvent(ctx, reach, id, o.Mark)
	}
	calls, err := d.repo.CallsByID(ctx, reach, []string{id})
	if err != nil {
		return nil, err
	}
	call := calls[id]
	if call == nil {
		return nil, analytics.Errorf(analytics.NotFound, "no such call")
	}
	about, err := d.about(ctx, reach, call, personal)
	if err != nil {
		return nil, err
	}
	switch o.Topic {
	case analytics.TopicCallStarted:
		return startedCall{about, moment(call.StartedAt)}, nil
	case analytics.TopicCallMissed:
		return missedCall{about, moment(call.EnteredQueueAt), call.QueueWaitSeconds()}, nil
	case analytics.TopicCartCheckedOut:
		return d.checkout(ctx, reach, about, o.Mark)
	default:
		return d.endedCall(ctx, reach, call, about)
	}
}
