package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// limit answers the operations without GraphQL: a handler of net/http for each,
// which reads what is selected and no more, side by side where it can, and
// decodes by bson.Unmarshal. Nothing that answers the same by GraphQL is expected
// to be faster.
type limit struct{ db *mongo.Database }

// ServeHTTP answers an operation by its name.
func (l *limit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var request struct {
		OperationName string `json:"operationName"`
	}
	if err := json.NewDecoder(r.Body).Decode(&request); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer, err := l.answer(r.Context(), request.OperationName)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"data": answer})
}

func (l *limit) answer(ctx context.Context, operation string) (any, error) {
	switch operation {
	case "Page25":
		return l.page(ctx, 25)
	case "Page250":
		return l.page(ctx, 250)
	case "Call":
		return l.call(ctx, "call-7")
	case "Products":
		return l.products(ctx, 50)
	case "CallStats":
		return l.callStats(ctx)
	case "Live":
		return l.live(ctx, "live-1")
	}
	return nil, fmt.Errorf("unknown operation %q", operation)
}

func amounts(rows []moneyRow) []money {
	list := make([]money, len(rows))
	for i, row := range rows {
		list[i] = money{fmt.Sprintf("%d.%02d", row.Minor/100, row.Minor%100), row.Currency}
	}
	return list
}

func byID(ids []string) bson.D {
	keys := unique(ids)
	for i := range keys {
		keys[i] = org + "/" + keys[i]
	}
	return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}
}

// unique returns texts in order, each once; never nil, which is no list for the
// database.
func unique(texts []string) []string {
	return slices.Compact(slices.AppendSeq([]string{}, slices.Values(slices.Sorted(slices.Values(texts)))))
}

// named returns names by id.
func named(ctx context.Context, db *mongo.Database, collection string, ids []string) (map[string]string, error) {
	rows, err := read[namedRow](ctx, db, collection, byID(ids))
	names := make(map[string]string, len(rows))
	for _, row := range rows {
		names[row.ID] = row.Name
	}
	return names, err
}

// read returns what a filter finds, in one answer of the database.
func read[T any](ctx context.Context, db *mongo.Database, collection string, filter bson.D, opts ...options.Lister[options.FindOptions]) ([]T, error) {
	cursor, err := db.Collection(collection).Find(ctx, filter, append([]options.Lister[options.FindOptions]{options.Find().SetBatchSize(10_000)}, opts...)...)
	if err != nil {
		return nil, err
	}
	return decode[T](ctx, cursor)
}

func decode[T any](ctx context.Context, cursor *mongo.Cursor) ([]T, error) {
	defer cursor.Close(ctx)
	list := make([]T, 0, cursor.RemainingBatchLength())
	for cursor.Next(ctx) {
		var row T
		if err := bson.Unmarshal(cursor.Current, &row); err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, cursor.Err()
}

// together runs functions at the same time, and returns what failed.
func together(functions ...func() error) error {
	var group sync.WaitGroup
	failed := make([]error, len(functions))
	for i, f := range functions {
		group.Go(func() { failed[i] = f() })
	}
	group.Wait()
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}

// operationName returns the name of the operation of a document.
func operationName(document string) string {
	_, after, _ := strings.Cut(document, "query ")
	return strings.TrimSpace(after[:strings.IndexAny(after, "({")])
}
