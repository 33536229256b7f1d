package main

import (
	"context"

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
	storedRow struct {
		SKU   string `bson:"sku"`
		Total struct {
			Presented int        `bson:"presented"`
			Added     int        `bson:"added"`
			Purchases int        `bson:"purchases"`
			Sales     []moneyRow `bson:"sales"`
			Again     []struct {
				Count int `bson:"count"`
			} `bson:"again"`
		} `bson:"total"`
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

// totals returns the metrics of products by id, from what is stored of each of
// their SKUs: the purchases of each less those that another SKU of the product
// counts. A SKU means one product here, and all sales have one currency.
func (l *limit) totals(ctx context.Context, products []productRow) (map[string]*total, error) {
	meant := bySKU(products)
	keys := make([]string, 0, len(meant))
	for sku := range meant {
		keys = append(keys, org+"/0::"+sku)
	}
	rows, err := read[storedRow](ctx, l.db, "product_metrics", bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: keys}}}},
		options.Find().SetProjection(bson.D{{Key: "sku", Value: 1}, {Key: "total", Value: 1}}))
	if err != nil {
		return nil, err
	}
	totals := make(map[string]*total, len(products))
	for i := range products {
		totals[products[i].ID] = &total{Sales: []money{}}
	}
	minor := map[string]int64{}
	for i := range rows {
		row, id := &rows[i].Total, meant[rows[i].SKU].ID
		t := totals[id]
		t.Presented, t.Added, t.Purchases = t.Presented+row.Presented, t.Added+row.Added, t.Purchases+row.Purchases
		for _, amount := range row.Sales {
			minor[id] += amount.Minor
		}
		for _, again := range row.Again {
			t.Purchases -= again.Count
		}
	}
	for id, t := range totals {
		if t.Purchases > 0 {
			t.Sales = amounts([]moneyRow{{minor[id], "EUR"}})
		}
	}
	return totals, nil
}
