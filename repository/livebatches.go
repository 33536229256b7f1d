package repository

import (
	"context"

	"cartograph/analytics"
)

// eventsByStored is the order that events came in.
var eventsByStored = listOrder[analytics.Event]{
	name: "events by arrival", field: "stored", kind: sortByTime,
	position: func(e *analytics.Event) position { return position{timeValue(*e.Stored), e.EventID} },
}

// LiveEventBatch returns the next tracking events that name a live event behind a
// cursor, in the order they came in: its own, and those of purchases and goals. It
// reads as CallBatch does.
func (r *Repository) LiveEventBatch(ctx context.Context, reach analytics.Reach, liveEventID, after string, size int) (events []*analytics.Event, next string, err error) {
	c := within(reach).and("named", analytics.LiveEventSubject(liveEventID))
	return batch(ctx, r, collEvents, reach, c, eventsByStored, after, size)
}
