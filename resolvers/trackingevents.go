package resolvers

import (
	"context"
	"encoding/json"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/graph"
	"cartograph/live"
)

// TrackingEvents answers Subscription.trackingEvents.
func (r subscriptionResolver) TrackingEvents(ctx context.Context, filter *analytics.TrackingEventFilter, after *string) (<-chan *analytics.TrackingEvent, error) {
	f := orZero(filter)
	subject, err := r.watchedSubject(ctx, f)
	if err != nil {
		return nil, err
	}
	from, err := resumed(after)
	if err != nil {
		return nil, err
	}
	reach, name := reachOf(ctx), subject.Name()
	events, err := live.Arrived(ctx, r.broker, live.Feed[*analytics.Event]{
		Topic: analytics.EventsTopic(reach.Org, name), Asks: asks(reach, f.Types), Lateness: live.Stored, After: from,
		Arrivals: func(ctx context.Context, since time.Time, behind string) ([]*analytics.Event, bool, error) {
			return r.repo.EventsStored(ctx, reach, name, f.Types, since, behind)
		},
		Of: func(e *analytics.Event) (string, time.Time) { return e.EventID, e.Seen() },
	})
	if err != nil {
		return nil, err
	}
	return mapped(ctx, events, analytics.NewTrackingEvent), nil
}

// watchedSubject returns the subject whose events may be watched. It fails with
// Forbidden where a scope is missing, and for an agent's token that names none of
// the agent's calls; with NotFound where there is no such subject.
func (r subscriptionResolver) watchedSubject(ctx context.Context, f analytics.TrackingEventFilter) (analytics.TrackedSubject, error) {
	subject, err := f.Subject()
	if err != nil {
		return subject, err
	}
	for _, demand := range trackingDemands(subject, f.Types) {
		if err := need(ctx, demand.scope, demand.of); err != nil {
			return subject, err
		}
	}
	if reachOf(ctx).Agent != "" && subject.Kind != "Call" {
		return subject, analytics.Errorf(analytics.Forbidden, "the token of an agent watches the events of one of the agent's calls: give filter.callId")
	}
	return subject, r.needSubject(ctx, subject)
}

// trackingDemand is a scope that somebody needs, and what for.
type trackingDemand struct {
	scope auth.Scope
	of    string
}

// trackingDemands returns the scopes that events need: those of the subject, else
// of all that the types may speak of.
func trackingDemands(subject analytics.TrackedSubject, types []analytics.EventType) []trackingDemand {
	calls, events, workflows := false, false, false
	switch subject.Kind {
	case "Call", "Queue":
		calls = true
	case "LiveEvent":
		events = true
	case "Workflow":
		workflows = true
	default:
		calls, events, workflows = spokenOf(types)
	}
	var demands []trackingDemand
	for _, d := range []struct {
		needed bool
		trackingDemand
	}{
		{calls, trackingDemand{auth.CallsRead, "events of calls"}},
		{events, trackingDemand{auth.EventsRead, "events of live events"}},
		{workflows, trackingDemand{auth.WorkflowsRead, "events of workflows"}},
	} {
		if d.needed {
			demands = append(demands, d.trackingDemand)
		}
	}
	return demands
}

// spokenOf reports what events of some types, of any for none, may speak of.
func spokenOf(types []analytics.EventType) (calls, events, workflows bool) {
	if len(types) == 0 {
		return true, true, true
	}
	for _, t := range types {
		c, e, w := t.Kinds()
		calls, events, workflows = calls || c, events || e, workflows || w
	}
	return calls, events, workflows
}

// needSubject fails with NotFound for a subject that is not there or out of reach.
func (r subscriptionResolver) needSubject(ctx context.Context, subject analytics.TrackedSubject) error {
	ids, there := []string{subject.ID}, true
	var err error
	switch subject.Kind {
	case "Call":
		return r.needCall(ctx, subject.ID)
	case "Queue":
		there, err = has(r.repo.QueuesByID(ctx, reachOf(ctx), ids))
	case "LiveEvent":
		there, err = has(r.repo.LiveEventsByID(ctx, reachOf(ctx), ids))
	case "Workflow":
		there, err = has(r.repo.WorkflowsByID(ctx, reachOf(ctx), ids))
	}
	if err == nil && !there {
		err = analytics.Errorf(analytics.NotFound, "there is no such %s", subject.Kind)
	}
	return err
}

// has reports whether anything was found.
func has[T any](found map[string]*T, err error) (bool, error) { return len(found) > 0, err }

// resumed returns the moment that a cursor stands for, nil for none.
func resumed(after *string) (*time.Time, error) {
	if after == nil {
		return nil, nil
	}
	at, err := analytics.ParseArrivalCursor("after", *after)
	return &at, err
}

// asks tells feeds of one topic apart by what they ask for.
func asks(parts ...any) string {
	text, _ := json.Marshal(parts) // texts and lists of them
	return string(text)
}

// mapped passes on what becomes of each of some events.
func mapped[T, U any](ctx context.Context, events <-chan T, become func(T) U) <-chan U {
	out := make(chan U)
	go func() {
		defer close(out)
		for event := range events {
			select {
			case out <- become(event):
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// trackingEventResolver answers the fields of TrackingEvent that lie in other
// documents.
type trackingEventResolver struct{}

var _ graph.TrackingEventResolver = trackingEventResolver{}

// Call answers TrackingEvent.call.
func (trackingEventResolver) Call(ctx context.Context, e *analytics.TrackingEvent) (*analytics.Call, error) {
	if e.CallID == "" {
		return nil, nil
	}
	return nullable(load(ctx).calls.load(ctx, string(e.CallID)))
}

// Queue answers TrackingEvent.queue.
func (trackingEventResolver) Queue(ctx context.Context, e *analytics.TrackingEvent) (*analytics.Queue, error) {
	if e.QueueID == "" {
		return nil, nil
	}
	return nullable(load(ctx).queues.load(ctx, string(e.QueueID)))
}

// LiveEvent answers TrackingEvent.liveEvent.
func (trackingEventResolver) LiveEvent(ctx context.Context, e *analytics.TrackingEvent) (*analytics.LiveEvent, error) {
	if e.LiveEventID == "" {
		return nil, nil
	}
	return nullable(load(ctx).liveEvents.load(ctx, string(e.LiveEventID)))
}

// Workflow answers TrackingEvent.workflow.
func (trackingEventResolver) Workflow(ctx context.Context, e *analytics.TrackingEvent) (*analytics.Workflow, error) {
	if e.WorkflowID == "" {
		return nil, nil
	}
	return nullable(load(ctx).workflows.load(ctx, string(e.WorkflowID)))
}

// Product answers TrackingEvent.product.
func (trackingEventResolver) Product(ctx context.Context, e *analytics.TrackingEvent) (*analytics.Product, error) {
	if e.SKU == "" {
		return nil, nil
	}
	return nullable(load(ctx).products.load(ctx, string(e.SKU)))
}
