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

// What the documents hold of what the operations show.
type (
	callRow struct {
		ID       string `bson:"id"`
		Duration int64  `bson:"duration"`
		Agent    string `bson:"agent"`
		Queue    string `bson:"queue"`
	}
	namedRow struct {
		ID   string `bson:"id"`
		Name string `bson:"name"`
	}
	moneyRow struct {
		Minor    int64  `bson:"minor"`
		Currency string `bson:"currency"`
	}
	metricsRow struct {
		ID        string `bson:"id"`
		Purchases struct {
			Count   int        `bson:"count"`
			Revenue []moneyRow `bson:"revenue"`
		} `bson:"purchases"`
		Products []countsRow `bson:"products"`
	}
	countsRow struct {
		SKU       string `bson:"sku"`
		Presented int    `bson:"presented"`
		Added     int    `bson:"added"`
		Purchases int    `bson:"purchases"`
	}
	cartRow struct {
		ID    string `bson:"id"`
		State struct {
			Cart struct {
				Version int64 `bson:"version"`
				Items   []struct {
					SKU      string `bson:"sku"`
					Quantity int    `bson:"quantity"`
				} `bson:"items"`
			} `bson:"cart"`
		} `bson:"state"`
	}
	purchaseRow struct {
		Lines []struct {
			SKU   string   `bson:"sku"`
			Sales moneyRow `bson:"sales"`
		} `bson:"lines"`
	}
	sumsRow struct {
		SKU       string `bson:"_id"`
		Presented int    `bson:"presented"`
		Added     int    `bson:"added"`
	}
)

// What answers show, with their fields in the order of the operations.
type (
	name struct {
		Name string `json:"name"`
	}
	money struct {
		Amount   string `json:"amount"`
		Currency string `json:"currency"`
	}
	total struct {
		Presented int     `json:"presented"`
		Added     int     `json:"addedToCart"`
		Purchases int     `json:"purchases"`
		Sales     []money `json:"sales"`
	}
	met struct {
		SKU     string `json:"sku"`
		Product struct {
			Name    string `json:"name"`
			Metrics *total `json:"metrics"`
		} `json:"product"`
		Metrics struct {
			Presented int `json:"presented"`
			Added     int `json:"addedToCart"`
			Purchases int `json:"purchases"`
		} `json:"metrics"`
	}
	item struct {
		SKU      string `json:"sku"`
		Quantity int    `json:"quantity"`
		Product  name   `json:"product"`
	}
	shown struct {
		ID       string  `json:"id"`
		CallID   string  `json:"callId"`
		Duration float64 `json:"durationSeconds"`
		Agent    name    `json:"agent"`
	}
	overview struct {
		shown
		Queue    name  `json:"queue"`
		Products []met `json:"products"`
		Metrics  struct {
			Purchases int     `json:"purchases"`
			Revenue   []money `json:"revenue"`
		} `json:"metrics"`
		Cart struct {
			Version int64  `json:"version"`
			Items   []item `json:"items"`
		} `json:"cart"`
	}
	listed struct {
		SKU     string `json:"sku"`
		Name    string `json:"name"`
		Metrics *total `json:"metrics"`
	}
)

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
	}
	return nil, fmt.Errorf("unknown operation %q", operation)
}

func (l *limit) call(ctx context.Context, id string) (any, error) {
	calls, err := read[callRow](ctx, l.db, "calls", bson.D{{Key: "_id", Value: org + "/" + id}})
	if err != nil || len(calls) == 0 {
		return map[string]any{"call": nil}, err
	}
	agents, err := named(ctx, l.db, "agents", []string{calls[0].Agent})
	return map[string]any{"call": show(&calls[0], agents)}, err
}

func show(c *callRow, agents map[string]string) shown {
	return shown{"Call:" + c.ID, c.ID, float64(c.Duration) / 1000, name{agents[c.Agent]}}
}

func (l *limit) products(ctx context.Context, first int64) (any, error) {
	rows, err := read[namedRow](ctx, l.db, "products", bson.D{{Key: "org", Value: org}},
		options.Find().SetSort(bson.D{{Key: "nameKey", Value: 1}, {Key: "_id", Value: 1}}).SetLimit(first).SetBatchSize(int32(first)+1))
	if err != nil {
		return nil, err
	}
	skus := make([]string, len(rows))
	for i := range rows {
		skus[i] = rows[i].ID
	}
	totals, err := l.totals(ctx, skus)
	nodes := make([]listed, len(rows))
	for i, row := range rows {
		nodes[i] = listed{row.ID, row.Name, totals[row.ID]}
	}
	return map[string]any{"products": map[string]any{"nodes": nodes}}, err
}

func (l *limit) page(ctx context.Context, first int64) (any, error) {
	calls, err := read[callRow](ctx, l.db, "calls", bson.D{{Key: "org", Value: org}},
		options.Find().SetSort(bson.D{{Key: "at", Value: -1}, {Key: "_id", Value: -1}}).SetLimit(first).SetBatchSize(int32(first)+1))
	if err != nil {
		return nil, err
	}
	var callIDs, agentIDs, queueIDs []string
	for i := range calls {
		callIDs, agentIDs, queueIDs = append(callIDs, calls[i].ID), append(agentIDs, calls[i].Agent), append(queueIDs, calls[i].Queue)
	}
	var agents, queues map[string]string
	var metrics []metricsRow
	var carts []cartRow
	if err := together(
		func() (err error) { agents, err = named(ctx, l.db, "agents", agentIDs); return err },
		func() (err error) { queues, err = named(ctx, l.db, "queues", queueIDs); return err },
		func() (err error) {
			metrics, err = read[metricsRow](ctx, l.db, "call_metrics", byID(callIDs))
			return err
		},
		func() (err error) { carts, err = read[cartRow](ctx, l.db, "carts", byID(callIDs)); return err },
	); err != nil {
		return nil, err
	}
	metricsOf := make(map[string]*metricsRow, len(metrics))
	var counted, all []string
	for i := range metrics {
		metricsOf[metrics[i].ID] = &metrics[i]
		for _, p := range metrics[i].Products {
			counted = append(counted, p.SKU)
		}
	}
	all = slices.Clone(counted)
	cartOf := make(map[string]*cartRow, len(carts))
	for i := range carts {
		cartOf[carts[i].ID] = &carts[i]
		for _, p := range carts[i].State.Cart.Items {
			all = append(all, p.SKU)
		}
	}
	var names map[string]string
	var totals map[string]*total
	if err := together(
		func() (err error) { names, err = named(ctx, l.db, "products", all); return err },
		func() (err error) { totals, err = l.totals(ctx, counted); return err },
	); err != nil {
		return nil, err
	}
	nodes := make([]overview, len(calls))
	for i := range calls {
		o := &nodes[i]
		o.shown, o.Queue.Name = show(&calls[i], agents), queues[calls[i].Queue]
		m := metricsOf[calls[i].ID]
		o.Products = make([]met, len(m.Products))
		for k, p := range m.Products {
			one := &o.Products[k]
			one.SKU, one.Product.Name, one.Product.Metrics = p.SKU, names[p.SKU], totals[p.SKU]
			one.Metrics.Presented, one.Metrics.Added, one.Metrics.Purchases = p.Presented, p.Added, p.Purchases
		}
		o.Metrics.Purchases, o.Metrics.Revenue = m.Purchases.Count, amounts(m.Purchases.Revenue)
		o.Cart.Items = []item{}
		if c := cartOf[calls[i].ID]; c != nil {
			o.Cart.Version = c.State.Cart.Version
			for _, p := range c.State.Cart.Items {
				o.Cart.Items = append(o.Cart.Items, item{p.SKU, p.Quantity, name{names[p.SKU]}})
			}
		}
	}
	return map[string]any{"calls": map[string]any{"nodes": nodes}}, nil
}

// totals returns the metrics of products. Each has one SKU and one currency here.
func (l *limit) totals(ctx context.Context, skus []string) (map[string]*total, error) {
	skus = slices.Compact(slices.Sorted(slices.Values(skus)))
	var sums []sumsRow
	var purchases []purchaseRow
	in := bson.D{{Key: "$in", Value: skus}}
	if err := together(
		func() error {
			cursor, err := l.db.Collection("call_metrics").Aggregate(ctx, []bson.D{
				{{Key: "$match", Value: bson.D{{Key: "org", Value: org}, {Key: "products.sku", Value: in}}}},
				{{Key: "$project", Value: bson.D{{Key: "products", Value: 1}}}},
				{{Key: "$unwind", Value: "$products"}},
				{{Key: "$match", Value: bson.D{{Key: "products.sku", Value: in}}}},
				{{Key: "$group", Value: bson.D{
					{Key: "_id", Value: "$products.sku"},
					{Key: "presented", Value: bson.D{{Key: "$sum", Value: "$products.presented"}}},
					{Key: "added", Value: bson.D{{Key: "$sum", Value: "$products.added"}}},
				}}},
			}, options.Aggregate().SetBatchSize(int32(len(skus))+1))
			if err == nil {
				sums, err = decode[sumsRow](ctx, cursor)
			}
			return err
		},
		func() (err error) {
			purchases, err = read[purchaseRow](ctx, l.db, "purchases", bson.D{{Key: "org", Value: org}, {Key: "lines.sku", Value: in}},
				options.Find().SetProjection(bson.D{{Key: "_id", Value: 0}, {Key: "lines", Value: 1}}).SetBatchSize(10_000))
			return err
		},
	); err != nil {
		return nil, err
	}
	totals := make(map[string]*total, len(skus))
	minor, currency := map[string]int64{}, map[string]string{}
	for _, sku := range skus {
		totals[sku] = &total{Sales: []money{}}
	}
	for _, s := range sums {
		totals[s.SKU].Presented, totals[s.SKU].Added = s.Presented, s.Added
	}
	for i := range purchases {
		for _, line := range purchases[i].Lines {
			if t := totals[line.SKU]; t != nil {
				t.Purchases++
				minor[line.SKU] += line.Sales.Minor
				currency[line.SKU] = line.Sales.Currency
			}
		}
	}
	for sku := range currency {
		totals[sku].Sales = amounts([]moneyRow{{minor[sku], currency[sku]}})
	}
	return totals, nil
}

func amounts(rows []moneyRow) []money {
	list := make([]money, len(rows))
	for i, row := range rows {
		list[i] = money{fmt.Sprintf("%d.%02d", row.Minor/100, row.Minor%100), row.Currency}
	}
	return list
}

func byID(ids []string) bson.D {
	keys := make([]string, 0, len(ids))
	for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
		keys = append(keys, org+"/"+id)
	}
	return bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}}
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
