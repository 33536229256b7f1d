package export

import (
	"context"
	"iter"

	"cartograph/analytics"
)

// LiveEventStore is where live events are read.
type LiveEventStore interface {
	ReadLive(ctx context.Context, reach analytics.Reach, phase analytics.LivePhase, period *analytics.Period, liveEventIDs []string) (map[string]*analytics.LiveReading, error)
	LiveEventsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.LiveEvent, error)
	LiveEventBatch(ctx context.Context, reach analytics.Reach, liveEventID, after string, size int) ([]*analytics.Event, string, error)
	LivePurchases(ctx context.Context, reach analytics.Reach, liveEventID string) ([]*analytics.Purchase, error)
}

// liveEventTables returns the sheets of the export of a live event.
func (h *Handler) liveEventTables(ctx context.Context, e *analytics.Export) ([]Table, error) {
	found, err := h.store.LiveEventsByID(ctx, e.Reach(), []string{e.LiveEventID})
	if err != nil {
		return nil, err
	}
	liveEvent := found[e.LiveEventID]
	if liveEvent == nil {
		return nil, analytics.Errorf(analytics.NotFound, "there is no such live event any more")
	}
	var tables []Table
	for _, sheet := range e.Sheets {
		switch sheet {
		case analytics.AnalyticsSheet:
			tables = append(tables, Table{Name: "Analytics", Header: metricsHeader, Rows: h.metrics(ctx, e)})
		case analytics.UsersSheet:
			tables = append(tables, Table{Name: "Users", Header: usersHeader, Rows: h.users(ctx, e, liveEvent)})
		case analytics.MessagesSheet:
			tables = append(tables, Table{Name: "Messages", Header: messagesHeader, Rows: h.messages(ctx, e)})
		}
	}
	return tables, nil
}

// metrics returns every metric of the three phases.
func (h *Handler) metrics(ctx context.Context, e *analytics.Export) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for _, phase := range []analytics.LivePhase{analytics.Prelive, analytics.Live, analytics.Replay} {
			readings, err := h.store.ReadLive(ctx, e.Reach(), phase, e.Period, []string{e.LiveEventID})
			if err != nil {
				yield(nil, err)
				return
			}
			for row := range metricRows(phase, metricsOf(phase, readings[e.LiveEventID], e)) {
				if !yield(row, nil) {
					return
				}
			}
		}
	}
}

// metricsOf returns the metrics of a reading, as they stand when the download
// begins.
func metricsOf(phase analytics.LivePhase, reading *analytics.LiveReading, e *analytics.Export) any {
	if reading == nil {
		reading = analytics.NoLiveReading(phase)
	}
	switch phase {
	case analytics.Prelive:
		return reading.Prelive(e.UpdatedAt).PreliveMetrics
	case analytics.Live:
		return reading.Live(e.UpdatedAt).LiveMetrics
	default:
		return reading.Replay(e.UpdatedAt).ReplayMetrics
	}
}

// messagesHeader names the columns of the sheet MESSAGES. The name of a viewer is
// personal.
var messagesHeader = []string{"message_id", "time", "author", "visitor_id", "name", "text", "reply_to", "question", "displayed", "deleted", "banned"}

// messages returns the chat of a live event: all of it for moderators, else
// without what they took out.
func (h *Handler) messages(ctx context.Context, e *analytics.Export) iter.Seq2[[]Cell, error] {
	next := func(ctx context.Context, after string, size int) ([]*analytics.ChatMessage, string, error) {
		return h.store.MessageBatch(ctx, e.Reach(), analytics.LiveEventSubject(e.LiveEventID), e.Period, after, size)
	}
	return rowsOf(ctx, next, func(m *analytics.ChatMessage) []Cell {
		name := m.Name
		if !e.Personal && m.Author != analytics.ByBrand {
			name = ""
		}
		return []Cell{Text(m.MessageID()), Time(m.At), Text(string(m.Author)), Text(string(m.Browser())), Text(name), Text(m.Text), Text(m.RepliesTo()),
			flag(m.Question), flag(m.Displayed), flag(m.Deleted), flag(m.Banned)}
	})
}

// flag returns a cell that says yes or no, as the call-stats export does.
func flag(yes bool) Cell {
	if yes {
		return Text("TRUE")
	}
	return Text("FALSE")
}

// rowsOf returns a row for each thing that is read in batches.
func rowsOf[T any](ctx context.Context, next batches[T], row func(T) []Cell) iter.Seq2[[]Cell, error] {
	return func(yield func([]Cell, error) bool) {
		for thing, err := range all(ctx, next) {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(row(thing), nil) {
				return
			}
		}
	}
}

// all returns everything that is read in batches.
func all[T any](ctx context.Context, next batches[T]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		for after, more := "", true; more; {
			things, following, err := next(ctx, after, callBatch)
			if err != nil {
				yield(none, err)
				return
			}
			for _, thing := range things {
				if !yield(thing, nil) {
					return
				}
			}
			after, more = following, following != ""
		}
	}
}
