package repository

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"cartograph/analytics"
)

// find returns all documents that a filter finds; an empty slice for none. It fails
// where one of them cannot be decoded.
func find[T any](ctx context.Context, c collection, filter bson.D, opts ...options.Lister[options.FindOptions]) ([]*T, error) {
	list := []*T{}
	err := eachFound(ctx, c, filter, func(document bson.Raw, left int) error {
		item := new(T)
		if cap(list) == 0 {
			list = make([]*T, 0, left+1)
		}
		list = append(list, item)
		return decode(document, item)
	}, opts...)
	if err != nil {
		return nil, err
	}
	return list, nil
}

// eachFound calls do with each document that a filter finds, which is valid until
// do returns, and with how many are known to follow. It fails where do does.
//
// Documents come one by one: the driver's Cursor.All allocates a reader of its own
// for each, which costs as much again as decoding them.
func eachFound(ctx context.Context, c collection, filter bson.D, do func(document bson.Raw, left int) error, opts ...options.Lister[options.FindOptions]) error {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	cursor, err := c.Find(ctx, filter, opts...)
	if err != nil {
		return err
	}
	defer cursor.Close(ctx)
	for cursor.Next(ctx) {
		if err := do(cursor.Current, cursor.RemainingBatchLength()); err != nil {
			return err
		}
	}
	return cursor.Err()
}

// decode decodes a document. One that cannot be is broken, not out of reach: it
// fails with Internal, and names the document and the field, not what is in it.
func decode(document bson.Raw, into any) (err error) {
	switch into := into.(type) {
	case *productDocument:
		err = decodeProduct(document, into)
	case *analytics.CallMetrics:
		err = decodeCallMetrics(document, into)
	default:
		err = bson.Unmarshal(document, into)
	}
	if err != nil {
		return &analytics.Error{Code: analytics.Internal, Message: "internal error", Err: fmt.Errorf("decode %s: %w", keyIn(document), err)}
	}
	return nil
}

// keyIn returns the key of a document, "" where it has none that is a text.
func keyIn(document bson.Raw) string {
	key, _ := document.Lookup("_id").StringValueOK()
	return key
}

// bounded returns a context that ends after the time of a command, and earlier
// where it ends by itself: the driver, which has a time of its own, prefers a
// deadline of the context to it however late that is.
func (r *Repository) bounded(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, r.timeout)
}

// findByID returns those of the documents with the given native ids that the
// conditions find, less some of their parts, by native id; an id without a document
// has no entry.
func findByID[T any](ctx context.Context, r *Repository, collection string, reach analytics.Reach, c conditions, ids []string, idOf func(*T) string, without ...Part) (map[string]*T, error) {
	filter := conditions{}.in("_id", keysOf(reach, ids))
	list, err := find[T](ctx, r.coll(collection), append(filter, c...).filter(),
		options.Find().SetBatchSize(oneBatch(len(ids))), lacking(without))
	if err != nil {
		return nil, wrap(err, "find %s by id", collection)
	}
	byID := make(map[string]*T, len(list))
	for _, item := range list {
		byID[idOf(item)] = item
	}
	return byID, nil
}

// keysOf returns the stored keys of native ids.
func keysOf(reach analytics.Reach, ids []string) []string {
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = reach.Key(id)
	}
	return keys
}

// oneBatch returns the batch size that carries a result of at most n documents
// whole: one more, so that the server sees the end and keeps no cursor. Else it
// would send 101 and wait to be asked again, and the number of commands would
// depend on the number of rows.
func oneBatch(n int) int32 { return int32(n) + 1 }

// only returns the projection to some fields, and the key.
func only(fields ...string) bson.D {
	projection := bson.D{}
	for _, field := range fields {
		projection = append(projection, bson.E{Key: field, Value: 1})
	}
	return projection
}

// fields returns the projection to some fields alone.
func fields(names ...string) bson.D {
	return append(bson.D{{Key: "_id", Value: 0}}, only(names...)...)
}
