package repository

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// references are the live events, interactions and workflows that events name
// and that exist: events of unknown ones are refused.
type references struct {
	liveEvents   map[string]*analytics.LiveEvent // with what was wiped, and nothing else
	interactions map[string]*analytics.Interaction
	workflows    map[string]bool
}

// findReferences looks up what the events name, in one command for each kind
// that is named.
func (a *absorption) findReferences(ctx context.Context) (*references, error) {
	liveEvents, interactions, workflows := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range a.events {
		e := &a.events[i]
		for _, subject := range []string{e.Subject, e.About} {
			if id, ok := analytics.SubjectID("live_event", subject); ok {
				liveEvents[id] = true
			}
			if id, ok := analytics.SubjectID("workflow", subject); ok {
				workflows[id] = true
			}
		}
		if e.Data.InteractionID != "" {
			interactions[e.Data.InteractionID] = true
		}
	}
	found := &references{}
	var err error
	if found.liveEvents, err = a.r.wipedOf(ctx, a.reach, sortedKeys(liveEvents)); err != nil {
		return nil, err
	}
	if found.workflows, err = a.r.existing(ctx, collWorkflows, a.reach, sortedKeys(workflows)); err != nil {
		return nil, err
	}
	if len(interactions) > 0 {
		found.interactions, err = findByID(ctx, a.r, collInteractions, a.reach, within(a.reach), sortedKeys(interactions),
			func(i *analytics.Interaction) string { return i.InteractionID })
	}
	return found, err
}

// existing returns which of the native ids have a document.
func (r *Repository) existing(ctx context.Context, collection string, reach analytics.Reach, ids []string) (map[string]bool, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	type identified struct {
		ID string `bson:"id"`
	}
	found, err := find[identified](ctx, r.coll(collection), append(conditions{}.in("_id", keysOf(reach, ids)), within(reach)...).filter(),
		wholeResult().SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "id", Value: 1}}))
	if err != nil {
		return nil, wrap(err, "find which %s exist", collection)
	}
	exist := make(map[string]bool, len(found))
	for _, document := range found {
		exist[document.ID] = true
	}
	return exist, nil
}

// wipedOf returns the live events with the given native ids that exist, by native
// id, with nothing but what decides about their phases: start, end, and the spans
// of their broadcasts that were reset.
func (r *Repository) wipedOf(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.LiveEvent, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := find[analytics.LiveEvent](ctx, r.coll(collLiveEvents), append(conditions{}.in("_id", keysOf(reach, ids)), within(reach)...).filter(),
		wholeResult().SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "id", Value: 1}, {Key: "startedAt", Value: 1}, {Key: "endedAt", Value: 1}, {Key: "wiped", Value: 1}}))
	if err != nil {
		return nil, wrap(err, "find what was wiped of live events")
	}
	byID := make(map[string]*analytics.LiveEvent, len(found))
	for _, e := range found {
		byID[e.LiveEventID] = e
	}
	return byID, nil
}

// check fails with NotFound for an event that names what does not exist, with
// Reset for one of a broadcast that was reset, and with BadUserInput for an answer
// to an interaction of another live event or of another type.
//
// Only what belongs to the live event is refused: a purchase or a goal that names
// it besides may belong to a call or a workflow.
func (r *references) check(e *analytics.Event) error {
	for _, subject := range []string{e.Subject, e.About} {
		if id, ok := analytics.SubjectID("live_event", subject); ok && r.liveEvents[id] == nil {
			return analytics.Errorf(analytics.NotFound, "liveEventId: unknown live event %q", id)
		}
		if id, ok := analytics.SubjectID("workflow", subject); ok && !r.workflows[id] {
			return analytics.Errorf(analytics.NotFound, "workflowId: unknown workflow %q", id)
		}
	}
	if of, ok := analytics.SubjectID("live_event", e.Subject); ok {
		if span, wiped := r.liveEvents[of].WipedSpan(e.At); wiped {
			return analytics.Errorf(analytics.Reset, "at: lies in the broadcast of live event %q from %s to %s, which was reset",
				of, analytics.FormatTime(span.Start), analytics.FormatTime(span.End))
		}
	}
	id := e.Data.InteractionID
	if id == "" {
		return nil
	}
	interaction := r.interactions[id]
	wanted := map[analytics.EventType]analytics.InteractionType{
		analytics.PollAnswered:         analytics.Poll,
		analytics.WinningInstantPlayed: analytics.WinningInstant,
	}[e.Type]
	switch {
	case interaction == nil:
		return analytics.Errorf(analytics.NotFound, "data.interactionId: unknown interaction %q", id)
	case analytics.LiveEventSubject(interaction.LiveEventID) != e.Subject:
		return analytics.Errorf(analytics.BadUserInput, "data.interactionId: interaction %q is not one of this live event", id)
	case interaction.Type != wanted:
		return analytics.Errorf(analytics.BadUserInput, "data.interactionId: interaction %q is of another type", id)
	}
	return nil
}
