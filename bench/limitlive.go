package main

import (
	"context"
	"fmt"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// What the documents hold of a broadcast.
type (
	headRow struct {
		Displays analytics.LiveDisplays `bson:"displays"`
	}
	bucketRow struct {
		Bucket analytics.LiveBucket `bson:"bucket"`
	}
)

// What a broadcast shows, with its fields in the order of the operation.
type (
	general struct {
		Duration   *float64 `json:"liveDuration"`
		Messages   int      `json:"messages"`
		Questions  int      `json:"questions"`
		Likes      int64    `json:"likes"`
		Engagement value    `json:"engagementRate"`
	}
	audience struct {
		Total   int      `json:"totalViewers"`
		Unique  int      `json:"uniqueViewers"`
		Max     int      `json:"maxViewers"`
		Average *float64 `json:"averageViewers"`
		Session *float64 `json:"averageSession"`
	}
	minute struct {
		Period    begin `json:"period"`
		Viewers   int   `json:"viewers"`
		Clicks    int   `json:"productClicks"`
		Purchases int   `json:"purchases"`
	}
	funnel struct {
		Reach     int `json:"audienceReach"`
		Viewers   int `json:"uniqueViewers"`
		Purchases int `json:"purchases"`
	}
	business struct {
		Clicks       int     `json:"productClicks"`
		ClicksRate   value   `json:"productClicksRate"`
		AddToCarts   int     `json:"addToCarts"`
		Carts        int     `json:"cartsCreated"`
		AverageCart  []money `json:"averageCart"`
		Purchases    int     `json:"purchases"`
		TotalSales   []money `json:"totalSales"`
		ProductSales []money `json:"productSales"`
		OtherSales   []money `json:"otherSales"`
	}
	appearance struct {
		Start string `json:"start"`
		End   string `json:"end"`
	}
	liveProduct struct {
		Order       *int         `json:"order"`
		Appearances []appearance `json:"appearances"`
		Product     name         `json:"product"`
		Metrics     struct {
			Clicks    int     `json:"clicks"`
			Added     int     `json:"addedToCart"`
			Purchases int     `json:"purchases"`
			Sales     []money `json:"sales"`
		} `json:"metrics"`
	}
	ratingCount struct {
		Rating int `json:"rating"`
		Count  int `json:"count"`
	}
	satisfaction struct {
		Attendees    int           `json:"attendees"`
		Mean         *float64      `json:"viewersSatisfaction"`
		Distribution []ratingCount `json:"distribution"`
	}
	broadcast struct {
		General      general       `json:"general"`
		Audience     audience      `json:"audience"`
		Evolution    []minute      `json:"evolution"`
		Funnel       funnel        `json:"conversionFunnel"`
		Business     business      `json:"business"`
		Products     []liveProduct `json:"products"`
		Satisfaction satisfaction  `json:"satisfaction"`
	}
	liveEvent struct {
		Name string    `json:"name"`
		Live broadcast `json:"live"`
	}
)

// live reads the buckets of a broadcast, and leaves the arithmetic to analytics,
// as the gateway does.
func (l *limit) live(ctx context.Context, id string) (any, error) {
	var events []analytics.LiveEvent
	var heads []headRow
	var buckets []bucketRow
	head := fmt.Sprintf("%s/%d:%s:", org, len(id), id)
	of := bson.D{{Key: "org", Value: org}, {Key: "liveEvent", Value: id}, {Key: "phase", Value: string(analytics.Live)}}
	if err := together(
		func() (err error) {
			events, err = read[analytics.LiveEvent](ctx, l.db, "live_events", byID([]string{id}))
			return err
		},
		func() (err error) {
			heads, err = read[headRow](ctx, l.db, "live_folds", bson.D{{Key: "_id", Value: head}})
			return err
		},
		func() (err error) { buckets, err = read[bucketRow](ctx, l.db, "buckets", of); return err },
	); err != nil || len(events) == 0 || len(heads) == 0 {
		return map[string]any{"liveEvent": nil}, err
	}
	all := make([]*analytics.LiveBucket, len(buckets))
	for i := range buckets {
		all[i] = &buckets[i].Bucket
	}
	merged := analytics.MergeLiveBuckets(all...)
	var skus []string
	for i := range merged.Products {
		skus = append(skus, merged.Products[i].SKU)
	}
	for _, mark := range heads[0].Displays.Marks {
		skus = append(skus, mark.SKU)
	}
	products, err := read[productRow](ctx, l.db, "products", bson.D{{Key: "org", Value: org}, {Key: "skus", Value: bson.D{{Key: "$in", Value: unique(skus)}}}})
	if err != nil {
		return nil, err
	}
	meant := bySKU(products)
	productOf := func(sku string) string { return meant[sku].ID }
	figures := merged.Figures(analytics.Live, productOf)
	scope := &analytics.LiveScope{Timeline: events[0].Timeline(), Now: time.Now(), Displays: heads[0].Displays, ProductOf: productOf}
	steps, err := figures.LiveEvolution(scope, analytics.Minute, time.UTC)
	return map[string]any{"liveEvent": liveEvent{events[0].Name, showLive(figures.Live(scope), steps, meant)}}, err
}

func showLive(m *analytics.LiveMetrics, steps []analytics.LiveStep, meant map[string]*productRow) broadcast {
	g, a, b, s := &m.General, &m.Audience, &m.Business, &m.Satisfaction
	shown := broadcast{
		General:   general{g.LiveDuration, g.Messages, g.Questions, g.Likes, value{g.EngagementRate.Value()}},
		Audience:  audience{a.TotalViewers, a.UniqueViewers, a.MaxViewers, a.AverageViewers, a.AverageSession},
		Evolution: make([]minute, len(steps)),
		Funnel:    funnel{m.ConversionFunnel.AudienceReach, m.ConversionFunnel.UniqueViewers, m.ConversionFunnel.Purchases},
		Business: business{
			b.ProductClicks, value{b.ProductClicksRate.Value()}, b.AddToCarts, b.CartsCreated, showMoney(b.AverageCart),
			b.Purchases, showMoney(b.TotalSales), showMoney(b.ProductSales), showMoney(b.OtherSales),
		},
		Products:     make([]liveProduct, len(m.Products)),
		Satisfaction: satisfaction{s.Attendees, s.ViewersSatisfaction, make([]ratingCount, len(s.Distribution))},
	}
	for i, step := range steps {
		shown.Evolution[i] = minute{begin{analytics.FormatTime(step.Period.Start)}, step.Viewers, step.ProductClicks, step.Purchases}
	}
	for i := range m.Products {
		to, from := &shown.Products[i], &m.Products[i]
		to.Order, to.Product.Name, to.Appearances = from.Order, meant[from.SKU].Name, make([]appearance, len(from.Appearances))
		for k, p := range from.Appearances {
			to.Appearances[k] = appearance{analytics.FormatTime(p.Start), analytics.FormatTime(p.End)}
		}
		to.Metrics.Clicks, to.Metrics.Added, to.Metrics.Purchases, to.Metrics.Sales = from.Clicks, from.Added, from.Purchases, showMoney(from.Sales)
	}
	for i, r := range s.Distribution {
		shown.Satisfaction.Distribution[i] = ratingCount{r.Rating, r.Count}
	}
	return shown
}
