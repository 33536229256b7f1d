package repository

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// window is the part of an ordered list that a page asks for: the first or the
// last size items between two positions.
type window[T any] struct {
	order  listOrder[T]
	size   int
	last   bool
	after  *position
	before *position
}

// windowOf reads paging arguments. It fails with BadUserInput for sizes out of
// range and for cursors that cannot be read or belong to another order.
func windowOf[T any](order listOrder[T], page analytics.PageArgs) (window[T], error) {
	w := window[T]{order: order}
	var err error
	if w.size, w.last, err = page.Size(); err != nil {
		return w, err
	}
	for _, bound := range []struct {
		argument string
		cursor   *string
		position **position
	}{{"after", page.After, &w.after}, {"before", page.Before, &w.before}} {
		if bound.cursor == nil {
			continue
		}
		at, err := order.parseCursor(bound.argument, *bound.cursor)
		if err != nil {
			return w, err
		}
		*bound.position = &at
	}
	return w, nil
}

// descending reports whether documents are read from the largest sort value on:
// the last items are read from the end.
func (w window[T]) descending() bool { return w.order.backward != w.last }

// sort returns the order of reading.
func (w window[T]) sort() bson.D {
	direction := 1
	if w.descending() {
		direction = -1
	}
	return bson.D{{Key: w.order.field, Value: direction}, {Key: "_id", Value: direction}}
}

// within adds the window's two ends to conditions.
func (w window[T]) within(reach analytics.Reach, c conditions) conditions {
	if w.after != nil {
		c = beyond(reach, c, w.order.field, *w.after, w.order.backward)
	}
	if w.before != nil {
		c = beyond(reach, c, w.order.field, *w.before, !w.order.backward)
	}
	return c
}

// beyond adds that documents stand after a position, or before it where down is
// set. The bound of the sort field stands beside the alternatives, for an index
// cannot start at an alternative.
func beyond(reach analytics.Reach, c conditions, field string, at position, down bool) conditions {
	bound, operator := span{from: &at.value}, "$gt"
	if down {
		bound, operator = span{upTo: &at.value}, "$lt"
	}
	value := at.value.stored()
	return c.and(field, bound).either(
		bson.D{{Key: field, Value: bson.D{{Key: operator, Value: value}}}},
		bson.D{{Key: field, Value: value}, {Key: "_id", Value: bson.D{{Key: operator, Value: reach.Key(at.id)}}}},
	)
}

// connection makes the page of the documents that were read: at most one more
// than its size, in the order of reading. The one more says that the list goes
// on.
func (w window[T]) connection(rows []*T) *analytics.Connection[T] {
	more := len(rows) > w.size
	if more {
		rows = rows[:w.size]
	}
	if w.last {
		slices.Reverse(rows)
	}
	page := &analytics.Connection[T]{Edges: make([]analytics.Edge[T], len(rows))}
	for i, row := range rows {
		page.Edges[i] = analytics.Edge[T]{Node: row, Cursor: w.order.cursorOf(row)}
	}
	if len(rows) > 0 {
		page.PageInfo.StartCursor = &page.Edges[0].Cursor
		page.PageInfo.EndCursor = &page.Edges[len(rows)-1].Cursor
	}
	if w.last {
		page.PageInfo.HasPreviousPage, page.PageInfo.HasNextPage = more, w.before != nil
		return page
	}
	page.PageInfo.HasNextPage, page.PageInfo.HasPreviousPage = more, w.after != nil
	return page
}

// list returns a page of the documents that the conditions find, less some of their
// parts, in one command.
func list[T any](ctx context.Context, r *Repository, collection string, reach analytics.Reach, c conditions, order listOrder[T], page analytics.PageArgs, without ...Part) (*analytics.Connection[T], error) {
	w, err := windowOf(order, page)
	if err != nil {
		return nil, err
	}
	limit := w.size + 1
	rows, err := find[T](ctx, r.coll(collection), w.within(reach, c).filter(),
		options.Find().SetSort(w.sort()).SetLimit(int64(limit)).SetBatchSize(oneBatch(limit)), lacking(without))
	if err != nil {
		return nil, wrap(err, "list %s", collection)
	}
	return w.connection(rows), nil
}

// count returns how many documents the conditions find.
func count(ctx context.Context, r *Repository, collection string, c conditions) (int, error) {
	n, err := r.coll(collection).CountDocuments(ctx, c.filter())
	return int(n), wrap(err, "count %s", collection)
}
