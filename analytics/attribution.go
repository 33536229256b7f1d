package analytics

import (
	"slices"
	"strings"
	"time"
)

// FoldPurchase returns the transaction that purchase events with one
// transactionId come to: of several the earliest, then the one with the smallest
// id counts. It returns nil for none.
func FoldPurchase(org string, events []*Event) *Purchase {
	var first *Event
	for _, e := range events {
		if e.Type == Purchased && e.Data.Total != nil && (first == nil || byRank(e, first) < 0) {
			first = e
		}
	}
	if first == nil {
		return nil
	}
	return &Purchase{
		Key:           Reach{Org: org}.Key(first.Data.TransactionID),
		Org:           org,
		TransactionID: first.Data.TransactionID,
		EventID:       first.EventID,
		At:            first.At,
		VisitorID:     first.VisitorID,
		Total:         *first.Data.Total,
		Lines:         slices.Clone(first.Data.Products),
	}
}

// Touch is what attribution needs to know of an accepted call.
type Touch struct {
	CallID    string    `bson:"id"`
	VisitorID string    `bson:"client"`
	StartedAt time.Time `bson:"startedAt"`
}

// AttributePurchase returns the call that a purchase belongs to by last touch, or "" for
// none: of the visitor's accepted calls (test calls are calls) that started at
// or before the purchase and at most AttributionWindow before it the latest; of
// several that started at once the one with the largest id.
func AttributePurchase(p *Purchase, touches []*Touch) string {
	var last *Touch
	for _, t := range touches {
		switch {
		case t.VisitorID != p.VisitorID || p.VisitorID == "":
		case t.StartedAt.After(p.At) || p.At.Sub(t.StartedAt) > AttributionWindow:
		case last == nil || t.StartedAt.After(last.StartedAt),
			t.StartedAt.Equal(last.StartedAt) && t.CallID > last.CallID:
			last = t
		}
	}
	if last == nil {
		return ""
	}
	return last.CallID
}

// SummarizePurchases returns what the purchases of one call come to, given in
// any order. Of SKUs and order ids it lists the first so many.
func SummarizePurchases(purchases []*Purchase) PurchaseSummary {
	purchases = byTime(purchases)
	var s PurchaseSummary
	var revenue MoneySums
	seen := map[string]bool{}
	for _, p := range purchases {
		if s.FirstAt == nil {
			s.FirstAt = &p.At
		}
		for _, line := range p.Lines {
			if len(s.SKUs) < maxSKUsOfCall && !seen[line.SKU] {
				seen[line.SKU] = true
				s.SKUs = append(s.SKUs, line.SKU)
			}
		}
		revenue = revenue.Add(p.Total)
		if len(s.OrderIDs) < maxOrdersOfCall {
			s.OrderIDs = append(s.OrderIDs, p.TransactionID)
		}
		s.Count++
	}
	if s.Count > 0 {
		s.Revenue = revenue.List()
	}
	return s
}

// byTime returns purchases in the order they were made.
func byTime(purchases []*Purchase) []*Purchase {
	return slices.SortedFunc(slices.Values(purchases), func(a, b *Purchase) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.TransactionID, b.TransactionID)
	})
}

// FoldCallMetrics returns the figures of a call with the purchases attributed to
// it. What an import said of purchases counts while there are none.
func FoldCallMetrics(c *Call, purchases []*Purchase) *CallMetrics {
	m := &CallMetrics{
		Key: c.Key, Org: c.Org, CallID: c.CallID,
		At: c.At, Status: c.Status, Type: c.Type, AgentID: c.AgentID, QueueID: c.QueueID, Test: c.Test, Short: c.Short,
		Duration: c.Duration, QueueWait: c.QueueWait,
		MessagesByAgent: c.MessagesByAgent, MessagesByShopper: c.MessagesByShopper,
		Added: len(c.AddedSKUs) > 0, CheckedOut: c.CheckedOut,
		Purchases: SummarizePurchases(purchases),
	}
	if c.Poll != nil {
		m.Rating, m.Scale = c.Poll.Rating, c.Poll.Scale
	}
	if len(purchases) == 0 && c.Imported != nil {
		m.Purchases = *c.Imported
	}
	counts := productCounts{}
	for _, p := range c.Counts {
		*counts.count(p.SKU) = p.ProductCounts
	}
	sales := map[string]MoneySums{}
	for _, p := range byTime(purchases) {
		for _, line := range p.Lines {
			product, listed := counts.of(line.SKU)
			if !listed {
				continue
			}
			product.Purchases++
			product.Quantity += line.Quantity
			sales[line.SKU] = sales[line.SKU].Add(line.Sales)
		}
	}
	for i := range counts.list {
		if sums := sales[counts.list[i].SKU]; sums != nil {
			counts.list[i].Sales = sums.List()
		}
	}
	m.Products = counts.list
	return m
}
