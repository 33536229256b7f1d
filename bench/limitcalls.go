package main

import (
	"context"
	"maps"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

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
	productRow struct {
		ID   string   `bson:"id"`
		Name string   `bson:"name"`
		SKUs []string `bson:"skus"`
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
	rows, err := read[productRow](ctx, l.db, "products", bson.D{{Key: "org", Value: org}},
		options.Find().SetSort(bson.D{{Key: "nameKey", Value: 1}, {Key: "_id", Value: 1}}).SetLimit(first).SetBatchSize(int32(first)+1))
	if err != nil {
		return nil, err
	}
	totals, err := l.totals(ctx, rows)
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
	var skus []string
	metricsOf := make(map[string]*metricsRow, len(metrics))
	for i := range metrics {
		metricsOf[metrics[i].ID] = &metrics[i]
		for _, p := range metrics[i].Products {
			skus = append(skus, p.SKU)
		}
	}
	cartOf := make(map[string]*cartRow, len(carts))
	for i := range carts {
		cartOf[carts[i].ID] = &carts[i]
		for _, p := range carts[i].State.Cart.Items {
			skus = append(skus, p.SKU)
		}
	}
	products, err := read[productRow](ctx, l.db, "products", bson.D{{Key: "org", Value: org}, {Key: "skus", Value: bson.D{{Key: "$in", Value: unique(skus)}}}})
	if err != nil {
		return nil, err
	}
	totals, err := l.totals(ctx, products)
	if err != nil {
		return nil, err
	}
	meant := bySKU(products)
	nodes := make([]overview, len(calls))
	for i := range calls {
		o := &nodes[i]
		o.shown, o.Queue.Name = show(&calls[i], agents), queues[calls[i].Queue]
		m := metricsOf[calls[i].ID]
		o.Products = make([]met, len(m.Products))
		for k, p := range m.Products {
			one, product := &o.Products[k], meant[p.SKU]
			one.SKU, one.Product.Name, one.Product.Metrics = p.SKU, product.Name, totals[product.ID]
			one.Metrics.Presented, one.Metrics.Added, one.Metrics.Purchases = p.Presented, p.Added, p.Purchases
		}
		o.Metrics.Purchases, o.Metrics.Revenue = m.Purchases.Count, amounts(m.Purchases.Revenue)
		o.Cart.Items = []item{}
		if c := cartOf[calls[i].ID]; c != nil {
			o.Cart.Version = c.State.Cart.Version
			for _, p := range c.State.Cart.Items {
				o.Cart.Items = append(o.Cart.Items, item{p.SKU, p.Quantity, name{meant[p.SKU].Name}})
			}
		}
	}
	return map[string]any{"calls": map[string]any{"nodes": nodes}}, nil
}

// bySKU returns products by each of their SKUs.
func bySKU(products []productRow) map[string]*productRow {
	meant := make(map[string]*productRow, 2*len(products))
	for i := range products {
		for _, sku := range products[i].SKUs {
			meant[sku] = &products[i]
		}
	}
	return meant
}

// totals returns the metrics of products by id. All sales have one currency here.
func (l *limit) totals(ctx context.Context, products []productRow) (map[string]*total, error) {
	meant := bySKU(products)
	in := bson.D{{Key: "$in", Value: slices.Sorted(maps.Keys(meant))}}
	var sums []sumsRow
	var purchases []purchaseRow
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
			}, options.Aggregate().SetBatchSize(int32(len(meant))+1))
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
	type sum struct {
		total
		minor int64
		last  int // the last purchase that holds it, from 1
	}
	counted := make(map[string]*sum, len(products))
	for i := range products {
		counted[products[i].ID] = &sum{}
	}
	for _, s := range sums {
		t := counted[meant[s.SKU].ID]
		t.Presented, t.Added = t.Presented+s.Presented, t.Added+s.Added
	}
	for i := range purchases {
		for _, line := range purchases[i].Lines {
			product := meant[line.SKU]
			if product == nil {
				continue
			}
			t := counted[product.ID]
			if t.minor += line.Sales.Minor; t.last != i+1 { // once, by however many SKUs
				t.Purchases, t.last = t.Purchases+1, i+1
			}
		}
	}
	totals := make(map[string]*total, len(counted))
	for id, t := range counted {
		if t.Sales = []money{}; t.Purchases > 0 {
			t.Sales = amounts([]moneyRow{{t.minor, "EUR"}})
		}
		totals[id] = &t.total
	}
	return totals, nil
}
