package resolvers

import (
	"context"
	"crypto/rand"
	"strings"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/graph"
)

// Export answers Query.export.
func (queryResolver) Export(ctx context.Context, id string) (*analytics.Export, error) {
	return nullable(load(ctx).exports.load(ctx, analytics.NativeID("Export", id)))
}

// exportResolver answers the fields of Export that depend on the moment, or lie
// in other documents.
type exportResolver struct{}

var _ graph.ExportResolver = exportResolver{}

// State answers Export.state.
func (exportResolver) State(ctx context.Context, e *analytics.Export) (analytics.ExportState, error) {
	return e.At(load(ctx).now).State, nil
}

// Failure answers Export.failure.
func (exportResolver) Failure(ctx context.Context, e *analytics.Export) (*analytics.ExportFailure, error) {
	return e.At(load(ctx).now).Failure(), nil
}

// LiveEvent answers Export.liveEvent.
func (exportResolver) LiveEvent(ctx context.Context, e *analytics.Export) (*analytics.LiveEvent, error) {
	if e.LiveEventID == "" {
		return nil, nil
	}
	return nullable(load(ctx).liveEvents.load(ctx, e.LiveEventID))
}

// RequestExport answers Mutation.requestExport.
func (r mutationResolver) RequestExport(ctx context.Context, input graph.RequestExportInput) (*graph.RequestExportPayload, error) {
	payload := &graph.RequestExportPayload{ClientMutationID: input.ClientMutationID}
	secret, hash := auth.NewLinkSecret()
	now := r.now().UTC().Truncate(time.Millisecond)
	e := &analytics.Export{
		ExportID: strings.ToLower(rand.Text()), TokenHash: hash, Personal: auth.From(ctx).Has(auth.PIIRead),
		Kind: input.Kind, Format: input.Format, Period: input.Period, Filter: orZero(input.Filter),
		LiveEventID: analytics.NativeID("LiveEvent", orZero(input.LiveEventID)), Sheets: input.Sheets,
		RequestedAt: now, ExpiresAt: now.Add(analytics.ExportLink), UpdatedAt: now, State: analytics.ExportWaiting,
	}
	field, err := e.Check()
	if err == nil {
		field, err = r.mayExport(ctx, e)
	}
	if err == nil {
		err = r.repo.CreateExport(ctx, reachOf(ctx), e)
	}
	if payload.UserErrors, err = userErrorsOf(err, inputField(field)...); err != nil || len(payload.UserErrors) > 0 {
		return payload, err
	}
	url := e.LinkPath(secret)
	payload.Export, payload.URL = e, &url
	return payload, nil
}

// mayExport fails with Forbidden where the one who asks may not read what an
// export holds, and with NotFound, naming the input field, for a live event that
// is not there.
func (r mutationResolver) mayExport(ctx context.Context, e *analytics.Export) (field string, err error) {
	if e.Kind == analytics.ExportOfCalls {
		if err := need(ctx, auth.CallsRead, "an export of calls"); err != nil {
			return "", err
		}
		return "filter", checkCallFilter(ctx, &e.Filter)
	}
	if err := need(ctx, auth.EventsRead, "an export of a live event"); err != nil {
		return "", err
	}
	return "liveEventId", r.needLiveEvent(ctx, e.LiveEventID)
}

// needLiveEvent fails with NotFound for a live event that is not there.
func (r *resolver) needLiveEvent(ctx context.Context, id string) error {
	events, err := r.repo.LiveEventsByID(ctx, reachOf(ctx), []string{id})
	if err == nil && events[id] == nil {
		return analytics.Errorf(analytics.NotFound, "no such live event")
	}
	return err
}

// ExportProgress answers Subscription.exportProgress.
func (r subscriptionResolver) ExportProgress(ctx context.Context, id string) (<-chan *analytics.Export, error) {
	id = analytics.NativeID("Export", id)
	reach := reachOf(ctx)
	watch := r.broker.Subscribe(analytics.ExportTopic(reach.Org, id))
	present, err := r.exportNow(ctx, reach, id)
	if err != nil {
		watch.Close()
		return nil, err
	}
	progress := make(chan *analytics.Export)
	go func() {
		defer close(progress)
		defer watch.Close()
		for shown := (*analytics.Export)(nil); ; {
			if shown == nil || present.Progress() != shown.Progress() {
				select {
				case progress <- present:
				case <-ctx.Done():
					return
				}
				shown = present
			}
			if present.Ended() {
				return
			}
			select {
			case <-watch.C:
			case <-ctx.Done():
				return
			}
			// What cannot be read now is read at the next look.
			if next, err := r.exportNow(ctx, reach, id); err == nil {
				present = next
			}
		}
	}()
	return progress, nil
}

// exportNow returns an export as it stands now. It fails with NotFound for one
// that is not there or out of reach.
func (r subscriptionResolver) exportNow(ctx context.Context, reach analytics.Reach, id string) (*analytics.Export, error) {
	found, err := r.repo.ExportsByID(ctx, reach, []string{id})
	if err == nil && found[id] == nil {
		err = analytics.Errorf(analytics.NotFound, "no such export")
	}
	if err != nil {
		return nil, err
	}
	return found[id].At(r.now()), nil
}
