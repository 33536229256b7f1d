package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"cartograph/analytics"
)

// org is the organization that the data belongs to.
const org = "bench"

const (
	agents   = 50
	queues   = 10
	products = 2000
	// sizedEvery: one in so many products comes in two sizes, each with a SKU of its
	// own.
	sizedEvery = 4
)

// catalog returns the records of everything that calls and broadcasts name.
func catalog(broadcasts int) ([]analytics.CatalogRecord, error) {
	var records []map[string]any
	for i := range agents {
		records = append(records, map[string]any{"kind": "agent", "id": agentID(i), "name": fmt.Sprintf("Agent %d", i)})
	}
	for i := range queues {
		records = append(records, map[string]any{"kind": "queue", "id": queueID(i), "name": fmt.Sprintf("Queue %d", i)})
	}
	for i := range products {
		product := map[string]any{"kind": "product", "sku": productSKU(i), "name": fmt.Sprintf("Product %d", i)}
		if i%sizedEvery == 0 {
			small, large := sizesOf(i)
			product["variations"] = []any{map[string]any{
				"sku": productSKU(i) + "-blue", "name": "blue",
				"sizes": []any{map[string]any{"sku": small, "name": "S"}, map[string]any{"sku": large, "name": "L"}},
			}}
		}
		records = append(records, product)
	}
	for i := range broadcasts {
		started := broadcastStart(i)
		records = append(records,
			map[string]any{
				"kind": "live_event", "id": broadcastID(i), "name": fmt.Sprintf("Broadcast %d", i+1),
				"startedAt": started.Format(time.RFC3339), "endedAt": started.Add(broadcastLasts).Format(time.RFC3339),
			},
			map[string]any{
				"kind": "interaction", "id": pollID(i), "liveEventId": broadcastID(i), "type": "poll",
				"question": "Which one next?", "options": pollOptions,
			})
	}
	parsed := make([]analytics.CatalogRecord, len(records))
	for i, record := range records {
		text, err := json.Marshal(record)
		if err != nil {
			return nil, err
		}
		if parsed[i], err = analytics.ParseCatalogRecord(text); err != nil {
			return nil, fmt.Errorf("record %s: %w", text, err)
		}
	}
	return parsed, nil
}

func agentID(i int) string     { return fmt.Sprintf("agent-%d", i) }
func queueID(i int) string     { return fmt.Sprintf("queue-%d", i) }
func productSKU(i int) string  { return fmt.Sprintf("sku-%d", i) }
func broadcastID(i int) string { return fmt.Sprintf("live-%d", i+1) }
func pollID(i int) string      { return broadcastID(i) + "-poll" }

var pollOptions = []string{"the bag", "the coat", "the shoes"}

// sizesOf returns the SKUs of the sizes of a product that has any.
func sizesOf(product int) (small, large string) {
	return productSKU(product) + "-blue-s", productSKU(product) + "-blue-l"
}

// article returns a SKU by which a product is shown and sold.
func article(product int, random *rand.Rand) string {
	if product%sizedEvery != 0 {
		return productSKU(product)
	}
	small, large := sizesOf(product)
	return []string{small, large}[random.IntN(2)]
}
