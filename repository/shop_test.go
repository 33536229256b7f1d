package repository_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
)

// shop is an organization with something in every collection.
type shop struct {
	calls        []*analytics.Call
	facts        []*analytics.CallMetrics
	messages     []*analytics.ChatMessage
	agents       []*analytics.Agent
	queues       []*analytics.Queue
	products     []*analytics.Product
	liveEvents   []*analytics.LiveEvent
	interactions []*analytics.Interaction
	workflows    []*analytics.Workflow
	purchases    []*analytics.Purchase
}

// aShop returns a shop with n documents of each kind. Two shops of one size have
// the same documents but for their organization.
func aShop(org string, n int) *shop {
	s := &shop{}
	for i := range n {
		id, at := fmt.Sprint(i), noon.Add(time.Duration(i)*time.Minute)
		agent, queue, sku := fmt.Sprint("a", i%7), fmt.Sprint("q", i%5), fmt.Sprint("s", i%20)
		s.calls = append(s.calls, aCall(org, id, func(c *analytics.Call) {
			c.At, c.AgentID, c.QueueID = at, agent, queue
			c.ClientID, c.SessionID = analytics.Text(fmt.Sprint("c", i%50)), analytics.Text(id)
			c.Duration, c.ByDuration = ptr(int64(i%90)), int64(i%90)
			c.SKUs, c.ShopperWords = []string{sku, "t" + id}, []string{"w" + id, "v" + id}
			if i%4 == 0 {
				c.Status, c.AgentID, c.Duration, c.ByDuration = analytics.Missed, "", nil, -1
			}
		}))
		call := s.calls[i]
		s.facts = append(s.facts, aFact(org, id, func(m *analytics.CallMetrics) {
			m.At, m.AgentID, m.QueueID, m.Status, m.Duration = at, call.AgentID, queue, call.Status, call.Duration
			m.Products = []analytics.ProductInCall{
				{SKU: sku, ProductCounts: analytics.ProductCounts{Presented: 1 + i%3, Added: i % 2}},
				{SKU: "t" + id, ProductCounts: analytics.ProductCounts{TriedOn: 1}},
			}
		}))
		subject, messageAgent := fmt.Sprint("call:", i%30), s.calls[i%30].AgentID
		if i%3 == 0 {
			subject, messageAgent = fmt.Sprint("live_event:", i%30), ""
		}
		s.messages = append(s.messages, aMessage(org, subject, id, messageAgent, i))
		s.agents = append(s.agents, anAgent(org, id, "N"+id))
		s.queues = append(s.queues, aQueue(org, id, "N"+id))
		s.products = append(s.products, aProduct(org, id, "N"+id, "s"+id, "t"+id))
		s.liveEvents = append(s.liveEvents, aLiveEvent(org, id, noon.Add(time.Duration(i)*time.Hour), sku, "t"+id))
		s.interactions = append(s.interactions, anInteraction(org, id, fmt.Sprint(i%30)))
		s.workflows = append(s.workflows, aWorkflow(org, id, "N"+id, analytics.PageNavigation))
		s.purchases = append(s.purchases, aPurchase(org, id, id, sku, "t"+id))
	}
	return s
}

// of returns what there is of the calls of one agent, and everything that has
// nothing to do with calls.
func (s *shop) of(agent string) *shop {
	own := *s
	own.calls = only(s.calls, func(c *analytics.Call) bool { return c.AgentID == agent })
	own.facts = only(s.facts, func(m *analytics.CallMetrics) bool { return m.AgentID == agent })
	own.messages = only(s.messages, func(m *analytics.ChatMessage) bool {
		return m.AgentID == agent || strings.HasPrefix(m.Subject, "live_event:")
	})
	own.purchases = only(s.purchases, func(p *analytics.Purchase) bool { return slices.Contains(callIDs(own.calls), p.CallID) })
	return &own
}

func only[T any](list []*T, keep func(*T) bool) []*T {
	var kept []*T
	for _, item := range list {
		if keep(item) {
			kept = append(kept, item)
		}
	}
	return kept
}

func (s *shop) store(t testing.TB, repo *repository.Repository) {
	t.Helper()
	insert(t, repo, "calls", s.calls...)
	insert(t, repo, "call_metrics", s.facts...)
	insert(t, repo, "chat_messages", s.messages...)
	insert(t, repo, "agents", s.agents...)
	insert(t, repo, "queues", s.queues...)
	insert(t, repo, "products", s.products...)
	insert(t, repo, "live_events", s.liveEvents...)
	insert(t, repo, "interactions", s.interactions...)
	insert(t, repo, "workflows", s.workflows...)
	insert(t, repo, "purchases", s.purchases...)
}

// view is what one reach sees: the answer of every method, by what was asked.
type view map[string]any

// see asks everything there is to ask about the ids of a shop, and more about
// the given ones.
func see(t testing.TB, repo *repository.Repository, reach analytics.Reach) view {
	t.Helper()
	ctx, v := context.Background(), view{}
	keep := func(name string, got any, err error) {
		t.Helper()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		v[name] = got
	}
	var ids, subjects []string
	for i := range 40 {
		ids = append(ids, fmt.Sprint(i))
		subjects = append(subjects, fmt.Sprint("call:", i), fmt.Sprint("live_event:", i))
	}
	byAgent := []repository.Parent{{ID: "a1"}, {ID: "a2"}, {ID: "nobody"}}
	byProduct := []repository.Parent{{ID: "p", Values: []string{"s1", "t1", "s2"}}, {ID: "q", Values: []string{"s2", "t9"}}}
	period := &analytics.Period{Start: noon, End: noon.Add(time.Hour)}
	page := analytics.PageArgs{First: ptr(250)}

	calls, err := repo.Calls(ctx, reach, analytics.CallFilter{}, analytics.CallOrder{}, page)
	keep("calls", calls, err)
	last, err := repo.Calls(ctx, reach, analytics.CallFilter{Period: period, AgentIDs: []string{"a1", "a2"}}, analytics.CallOrder{Field: analytics.ByDuration}, analytics.PageArgs{Last: ptr(5)})
	keep("last calls of two agents", last, err)
	found, err := repo.Calls(ctx, reach, analytics.CallFilter{Shopper: ptr("w1")}, analytics.CallOrder{}, page)
	keep("calls of a shopper", found, err)
	callCount, err := repo.CountCalls(ctx, reach, analytics.CallFilter{})
	keep("number of calls", callCount, err)
	callsByID, err := repo.CallsByID(ctx, reach, ids)
	keep("calls by id", callsByID, err)
	for kind, parents := range map[repository.CallParent][]repository.Parent{
		repository.ByAgent: byAgent, repository.ByQueue: {{ID: "q1"}, {ID: "q2"}},
		repository.ByClient: {{ID: "c1"}, {ID: "c2"}}, repository.ByProduct: byProduct,
	} {
		pages, err := repo.CallsByParent(ctx, reach, kind, parents, analytics.CallFilter{}, analytics.CallOrder{}, page)
		keep("calls by "+string(kind), pages, err)
		counts, err := repo.CountCallsByParent(ctx, reach, kind, parents, analytics.CallFilter{})
		keep("number of calls by "+string(kind), counts, err)
	}
	metrics, err := repo.CallMetricsByID(ctx, reach, ids)
	keep("figures by id", metrics, err)
	stats, err := repo.CallStats(ctx, reach, nil, analytics.CallStatsFilter{}, analytics.Hour, time.UTC, analytics.AllCallStats)
	keep("statistics", stats, err)
	productMetrics, err := repo.ProductMetrics(ctx, reach, byProduct, nil)
	keep("metrics of products", productMetrics, err)

	for _, subject := range []string{"call:1", "call:2", "live_event:3"} {
		messages, err := repo.Messages(ctx, reach, subject, page)
		keep("messages of "+subject, messages, err)
		n, err := repo.CountMessages(ctx, reach, subject)
		keep("number of messages of "+subject, n, err)
	}
	for name, subjects := range map[string][]string{"all": subjects, "calls": {"call:1", "call:2"}, "live events": {"live_event:0", "live_event:3"}} {
		messages, err := repo.MessagesBySubject(ctx, reach, subjects, analytics.AllMessages, page)
		keep("messages by subject of "+name, messages, err)
		counts, err := repo.CountMessagesBySubject(ctx, reach, subjects, analytics.AllMessages)
		keep("number of messages by subject of "+name, counts, err)
	}
	var messageIDs []string
	for i := range 40 {
		messageIDs = append(messageIDs, fmt.Sprintf("call:%d:%d", i%30, i), fmt.Sprintf("live_event:%d:%d", i%30, i))
	}
	messages, err := repo.MessagesByID(ctx, reach, messageIDs)
	keep("messages by id", messages, err)

	agents, err := repo.Agents(ctx, reach, "n1", page)
	keep("agents", agents, err)
	agentCount, err := repo.CountAgents(ctx, reach, "")
	keep("number of agents", agentCount, err)
	agentsByID, err := repo.AgentsByID(ctx, reach, ids)
	keep("agents by id", agentsByID, err)
	queues, err := repo.Queues(ctx, reach, "", page)
	keep("queues", queues, err)
	queueCount, err := repo.CountQueues(ctx, reach, "N1")
	keep("number of queues", queueCount, err)
	queuesByID, err := repo.QueuesByID(ctx, reach, ids)
	keep("queues by id", queuesByID, err)
	products, err := repo.Products(ctx, reach, "", page)
	keep("products", products, err)
	productCount, err := repo.CountProducts(ctx, reach, "")
	keep("number of products", productCount, err)
	productsByID, err := repo.ProductsByID(ctx, reach, ids)
	keep("products by id", productsByID, err)
	productsBySKU, err := repo.ProductsBySKU(ctx, reach, []string{"s1", "t2", "3", "none"})
	keep("products by SKU", productsBySKU, err)

	liveEvents, err := repo.LiveEvents(ctx, reach, period, page)
	keep("live events", liveEvents, err)
	liveEventCount, err := repo.CountLiveEvents(ctx, reach, nil)
	keep("number of live events", liveEventCount, err)
	liveEventsByID, err := repo.LiveEventsByID(ctx, reach, ids)
	keep("live events by id", liveEventsByID, err)
	liveEventsByProduct, err := repo.LiveEventsByProduct(ctx, reach, byProduct, page)
	keep("live events by product", liveEventsByProduct, err)
	liveEventCounts, err := repo.CountLiveEventsByProduct(ctx, reach, byProduct)
	keep("number of live events by product", liveEventCounts, err)
	interactions, err := repo.InteractionsByID(ctx, reach, ids)
	keep("interactions by id", interactions, err)
	interactionsByEvent, err := repo.InteractionsByLiveEvent(ctx, reach, ids)
	keep("interactions by live event", interactionsByEvent, err)
	workflows, err := repo.Workflows(ctx, reach, ptr(analytics.PageNavigation), page)
	keep("workflows", workflows, err)
	workflowCount, err := repo.CountWorkflows(ctx, reach, nil)
	keep("number of workflows", workflowCount, err)
	workflowsByID, err := repo.WorkflowsByID(ctx, reach, ids)
	keep("workflows by id", workflowsByID, err)
	hours := analytics.Period{Start: noon.Add(-time.Hour), End: noon.Add(time.Hour)}
	readings, err := repo.ReadWorkflows(ctx, reach, hours, time.UTC, ids)
	sidedata := map[string]analytics.WorkflowSidedata{}
	for id, reading := range readings {
		sidedata[id] = reading.Sidedata(analytics.PageNavigation, hours)
	}
	keep("sidedata of workflows", sidedata, err)
	workflowsByGoal, err := repo.WorkflowsByGoal(ctx, reach, []analytics.Goal{{UID: "g", Name: "n"}})
	keep("workflows by goal", workflowsByGoal, err)
	return v
}
