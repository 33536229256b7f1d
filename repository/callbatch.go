package repository

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// CallBatch returns the next calls that the filter finds behind a cursor, the
// earliest first; "" is the beginning. Next is the cursor to go on with, "" at
// the end. It is one command: reading on by cursors holds nothing open between
// batches, however slow the reader. It fails with BadUserInput for a filter or a
// cursor that is not valid.
func (r *Repository) CallBatch(ctx context.Context, reach analytics.Reach, filter analytics.CallFilter, after string, size int) (calls []*analytics.Call, next string, err error) {
	c, err := callConditions(reach, filter)
	if err != nil {
		return nil, "", err
	}
	return batch(ctx, r, collCalls, reach, c, callOrders[analytics.ByTime].directed(analytics.Ascending), after, size)
}

// batch returns the next documents that the conditions find behind a cursor, and
// the cursor to go on with.
func batch[T any](ctx context.Context, r *Repository, collection string, reach analytics.Reach, c conditions, order listOrder[T], after string, size int) (rows []*T, next string, err error) {
	w := window[T]{order: order, size: size}
	if after != "" {
		at, err := order.parseCursor("cursor", after)
		if err != nil {
			return nil, "", err
		}
		w.after = &at
	}
	limit := size + 1 // the one more says that there is something to go on with
	rows, err = find[T](ctx, r.coll(collection), w.within(reach, c).filter(),
		options.Find().SetSort(w.sort()).SetLimit(int64(limit)).SetBatchSize(oneBatch(limit)))
	if err != nil {
		return nil, "", wrap(err, "read a batch of %s", collection)
	}
	if len(rows) > size {
		rows = rows[:size]
		next = order.cursorOf(rows[size-1])
	}
	return rows, next, nil
}
