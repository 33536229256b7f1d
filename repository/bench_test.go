package repository_test

import (
	"fmt"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// benchShop stores an organization with n calls, their facts and ten messages
// for each of the first 250.
func benchShop(b *testing.B, n int) (*repository.Repository, analytics.Reach) {
	b.Helper()
	repo, reach := repositorytest.Open(b, nil), analytics.Reach{Org: "acme"}
	fill(b, repo, "calls", n, func(i int, id string) *analytics.Call {
		return aCall(reach.Org, id, func(c *analytics.Call) {
			c.At, c.AgentID, c.QueueID = noon.Add(-time.Duration(i)*time.Minute), fmt.Sprint("agent-", i%12), fmt.Sprint("queue-", i%5)
			c.StartedAt, c.EndedAt = &c.At, ptr(c.At.Add(time.Minute))
			c.ClientID, c.SessionID, c.ByDuration = analytics.Text(fmt.Sprint("client-", i%999)), analytics.Text(id), int64(i%900)
			c.PresentedSKUs = []string{fmt.Sprint("sku-", i%60), fmt.Sprint("sku-", i%59)}
			c.SKUs = c.PresentedSKUs
			c.Shopper = analytics.ShopperDetails{FirstName: "Ada", LastName: "Lovelace", Email: "ada@example.org"}
			c.ShopperWords = []string{"ada", "lovelace", "ada@example.org"}
			c.Poll = &analytics.PollAnswer{Rating: 9, Scale: 10}
		})
	})
	var messages []*analytics.ChatMessage
	for i := range 250 {
		for j := range 10 {
			messages = append(messages, aMessage(reach.Org, fmt.Sprint("call:", i), fmt.Sprint(j), "", 100*i+j))
		}
	}
	insert(b, repo, "chat_messages", messages...)
	return repo, reach
}

func BenchmarkReads(b *testing.B) {
	repo, reach := benchShop(b, 5000)
	for _, n := range []int{25, 250} {
		b.Run(fmt.Sprintf("a page of %d calls", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				page, err := repo.Calls(b.Context(), reach, analytics.CallFilter{}, analytics.CallOrder{}, analytics.PageArgs{First: &n})
				if err != nil || len(page.Edges) != n {
					b.Fatal(err, len(page.Edges))
				}
			}
		})
		b.Run(fmt.Sprintf("%d calls by id", n), func(b *testing.B) {
			ids := make([]string, n)
			for i := range ids {
				ids[i] = fmt.Sprint(7 * i)
			}
			b.ReportAllocs()
			for b.Loop() {
				if calls, err := repo.CallsByID(b.Context(), reach, ids); err != nil || len(calls) != n {
					b.Fatal(err, len(calls))
				}
			}
		})
		b.Run(fmt.Sprintf("the chat of %d calls", n), func(b *testing.B) {
			subjects := make([]string, n)
			for i := range subjects {
				subjects[i] = fmt.Sprint("call:", i)
			}
			b.ReportAllocs()
			for b.Loop() {
				if pages, err := repo.MessagesBySubject(b.Context(), reach, subjects, analytics.AllMessages, analytics.PageArgs{}); err != nil || len(pages[subjects[n-1]].Edges) != 10 {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("25 calls of each of 12 agents", func(b *testing.B) {
		agents := make([]repository.Parent, 12)
		for i := range agents {
			agents[i].ID = fmt.Sprint("agent-", i)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := repo.CallsByParent(b.Context(), reach, repository.ByAgent, agents, analytics.CallFilter{}, analytics.CallOrder{}, analytics.PageArgs{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkCallStats(b *testing.B) {
	const calls = 100_000
	repo, reach := repositorytest.Open(b, nil), analytics.Reach{Org: "acme"}
	fill(b, repo, "call_metrics", calls, func(i int, id string) *analytics.CallMetrics {
		return aFact(reach.Org, id, func(m *analytics.CallMetrics) {
			m.At, m.AgentID, m.QueueID = noon.Add(-time.Duration(i)*time.Minute), fmt.Sprint("agent-", i%12), fmt.Sprint("queue-", i%5)
			m.Duration, m.QueueWait = ptr(int64(i%3600)*1000), ptr(int64(i%300)*1000)
			m.MessagesByAgent, m.MessagesByShopper, m.Added = i%9, i%7, i%3 == 0
			if i%10 == 0 {
				m.Purchases = analytics.PurchaseSummary{Count: 1, Revenue: []analytics.Money{{Minor: int64(i), Currency: "EUR"}}, OrderIDs: []string{id}}
			}
			m.Products = []analytics.ProductInCall{
				{SKU: fmt.Sprint("sku-", i%60), ProductCounts: analytics.ProductCounts{Presented: 1}},
				{SKU: fmt.Sprint("sku-", i%59), ProductCounts: analytics.ProductCounts{Presented: 1, Added: 1}},
			}
		})
	})
	read := func(b *testing.B, parts analytics.CallStatsParts) float64 {
		b.ReportAllocs()
		for b.Loop() {
			stats, err := repo.CallStats(b.Context(), reach, nil, analytics.CallStatsFilter{}, analytics.Day, time.UTC, parts)
			if err != nil || stats.Total.Calls != calls {
				b.Fatal(err)
			}
		}
		return b.Elapsed().Seconds() / float64(b.N)
	}
	parts := map[string]analytics.CallStatsParts{
		"the total of 100,000 calls":  {Total: analytics.Ranked},
		"every part of 100,000 calls": analytics.AllCallStats,
	}
	oneByOne := map[string]float64{}
	for name, parts := range parts {
		b.Run(name+", one by one", func(b *testing.B) { oneByOne[name] = read(b, parts) })
	}
	packCalls(b, repo)
	for name, parts := range parts {
		b.Run(name+", packed", func(b *testing.B) {
			packed := read(b, parts)
			if slow := oneByOne[name]; slow > 0 {
				b.ReportMetric(slow/packed, "times-faster")
			}
		})
	}
	b.Run("the metrics of 25 products in 100,000 calls", func(b *testing.B) {
		products := make([]repository.Parent, 25)
		for i := range products {
			products[i].ID = fmt.Sprint("sku-", i)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := repo.ProductMetrics(b.Context(), reach, products, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
