package repository_test

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
)

// noon is the moment that fixtures stand around.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// freshOrg returns the name of an organization that no other test uses, so that
// many cases share a database.
func freshOrg() string { return fmt.Sprintf("org-%d", organizations.Add(1)) }

var organizations atomic.Int64

func ptr[T any](v T) *T { return &v }

// aCall returns an accepted call of a minute as the write path would store it,
// with some of it changed.
func aCall(org, id string, change ...func(*analytics.Call)) *analytics.Call {
	c := &analytics.Call{
		Key: org + "/" + id, Org: org, CallID: id, Version: 1,
		Status: analytics.Accepted, Type: analytics.QueueCall,
		At: noon, Duration: ptr(int64(60_000)), ByDuration: 60_000,
	}
	for _, f := range change {
		f(c)
	}
	return c
}

// aFact returns the figures of an accepted call of a minute, with some of it
// changed.
func aFact(org, id string, change ...func(*analytics.CallMetrics)) *analytics.CallMetrics {
	m := &analytics.CallMetrics{
		Key: org + "/" + id, Org: org, CallID: id, Version: 1,
		Status: analytics.Accepted, Type: analytics.QueueCall, At: noon, Duration: ptr(int64(60_000)),
	}
	for _, f := range change {
		f(m)
	}
	return m
}

// aMessage returns a message of a subject, some seconds after noon.
func aMessage(org, subject, id, agent string, second int) *analytics.ChatMessage {
	native := subject + ":" + id
	return &analytics.ChatMessage{
		Key: org + "/" + native, Org: org, NativeID: native, Subject: subject, AgentID: agent,
		At: noon.Add(time.Duration(second) * time.Second), Author: analytics.ByAgent, Text: "text of " + id,
	}
}

func anAgent(org, id, name string) *analytics.Agent {
	return &analytics.Agent{Key: org + "/" + id, Org: org, AgentID: id, Name: name, NameKey: strings.ToLower(name), Origin: analytics.FromCatalog}
}

func aQueue(org, id, name string) *analytics.Queue {
	return &analytics.Queue{Key: org + "/" + id, Org: org, QueueID: id, Name: name, NameKey: strings.ToLower(name), Origin: analytics.FromCatalog}
}

func aProduct(org, sku, name string, further ...string) *analytics.Product {
	return &analytics.Product{
		Key: org + "/" + sku, Org: org, SKU: sku, Name: name, NameKey: strings.ToLower(name),
		SKUs: append([]string{sku}, further...), Origin: analytics.FromCatalog,
	}
}

func aLiveEvent(org, id string, at time.Time, skus ...string) *analytics.LiveEvent {
	return &analytics.LiveEvent{Key: org + "/" + id, Org: org, LiveEventID: id, Name: "Event " + id, At: at, ScheduledAt: &at, SKUs: skus}
}

func anInteraction(org, id, liveEvent string) *analytics.Interaction {
	return &analytics.Interaction{Key: org + "/" + id, Org: org, InteractionID: id, LiveEventID: liveEvent, Type: analytics.Poll}
}

func aWorkflow(org, id, name string, kind analytics.WorkflowType) *analytics.Workflow {
	return &analytics.Workflow{Key: org + "/" + id, Org: org, WorkflowID: id, Name: name, NameKey: strings.ToLower(name), Type: kind}
}

// aPurchase returns a transaction at noon with a line of one piece at 10 EUR for
// each SKU.
func aPurchase(org, id, call string, skus ...string) *analytics.Purchase {
	p := &analytics.Purchase{
		Key: org + "/" + id, Org: org, TransactionID: id, Version: 1, At: noon, CallID: call,
		Total: analytics.Money{Minor: int64(1000 * len(skus)), Currency: "EUR"},
	}
	for _, sku := range skus {
		p.Lines = append(p.Lines, analytics.PurchaseLine{SKU: sku, Quantity: 1, Sales: analytics.Money{Minor: 1000, Currency: "EUR"}})
	}
	return p
}

// insert stores documents of one kind.
func insert[T any](t testing.TB, repo *repository.Repository, collection string, docs ...*T) {
	t.Helper()
	if err := store(repo, collection, docs); err != nil {
		t.Fatal(err)
	}
}

func store[T any](repo *repository.Repository, collection string, docs []*T) error {
	for batch := range slices.Chunk(docs, 2000) {
		plain := make([]any, len(batch))
		for i, doc := range batch {
			plain[i] = doc
		}
		if err := repo.Insert(context.Background(), collection, plain...); err != nil {
			return err
		}
	}
	return nil
}

// Few values for each field, so that filters find something and orders have
// equal keys.
var (
	someAgents  = []string{"", "anna", "ben", "cleo"}
	someQueues  = []string{"", "shoes", "bags"}
	someClients = []string{"", "c1", "c2", "c3"}
	someSKUs    = []string{"s1", "s2", "s3", "s4"}
	someWords   = []string{"ada", "adam", "lovelace", "a.b", "+46"}
)

// drawCall generates a call with an id.
func drawCall(t *rapid.T, org, id string) *analytics.Call {
	return aCall(org, id, func(c *analytics.Call) {
		c.Status = rapid.SampledFrom([]analytics.CallStatus{analytics.Accepted, analytics.Missed}).Draw(t, "status")
		c.Type = rapid.SampledFrom([]analytics.CallType{analytics.QueueCall, analytics.BookedMeeting}).Draw(t, "type")
		c.Test = rapid.Bool().Draw(t, "test")
		c.Short = rapid.Bool().Draw(t, "short")
		c.At = noon.Add(time.Duration(rapid.IntRange(-3, 3).Draw(t, "minute")) * time.Minute)
		c.Duration, c.ByDuration = nil, -1
		if ms := rapid.Int64Range(-1, 4).Draw(t, "duration"); ms >= 0 {
			c.Duration, c.ByDuration = ptr(ms*1000), ms*1000
		}
		c.AgentID = rapid.SampledFrom(someAgents).Draw(t, "agent")
		c.QueueID = rapid.SampledFrom(someQueues).Draw(t, "queue")
		c.ClientID = analytics.Text(rapid.SampledFrom(someClients).Draw(t, "client"))
		c.SKUs = drawSome(t, someSKUs, "skus")
		c.ShopperWords = drawSome(t, someWords, "words")
	})
}

// drawCalls generates up to most calls; their ids begin with a prefix.
func drawCalls(t *rapid.T, org, prefix string, most int) []*analytics.Call {
	n := rapid.SampledFrom([]int{0, 1, most / 4, most / 2, most}).Draw(t, prefix+"calls")
	calls := make([]*analytics.Call, n)
	for i := range calls {
		calls[i] = drawCall(t, org, fmt.Sprintf("%s%03d", prefix, i))
	}
	return calls
}

// drawSome generates a list that holds some of the values, each at most once.
func drawSome(t *rapid.T, values []string, label string) []string {
	var some []string
	for _, v := range values {
		if rapid.IntRange(0, 2).Draw(t, label) == 0 {
			some = append(some, v)
		}
	}
	return some
}

// maybe generates a value, more often nil: of many conditions few should be set,
// or nothing is found.
func maybe[T any](t *rapid.T, g *rapid.Generator[T], label string) *T {
	if !seldom(t, label) {
		return nil
	}
	return ptr(g.Draw(t, label))
}

func seldom(t *rapid.T, label string) bool { return rapid.IntRange(0, 5).Draw(t, label+"?") == 5 }

func drawFilter(t *rapid.T) analytics.CallFilter {
	f := analytics.CallFilter{
		Status:            maybe(t, rapid.SampledFrom([]analytics.CallStatus{analytics.Accepted, analytics.Missed}), "filter.status"),
		Type:              maybe(t, rapid.SampledFrom([]analytics.CallType{analytics.QueueCall, analytics.BookedMeeting}), "filter.type"),
		Test:              maybe(t, rapid.Bool(), "filter.test"),
		ExcludeShortCalls: seldom(t, "filter.excludeShortCalls"),
		ExcludeShortWaits: seldom(t, "filter.excludeShortWaits"),
		ClientID:          maybe(t, rapid.SampledFrom(someClients[1:]), "filter.client"),
		SKU:               maybe(t, rapid.SampledFrom(someSKUs), "filter.sku"),
		Shopper:           maybe(t, rapid.SampledFrom([]string{"a", "AD", "ada", "a.", "+4", "x", ""}), "filter.shopper"),
	}
	if seldom(t, "filter.period") {
		start := noon.Add(time.Duration(rapid.IntRange(-3, 2).Draw(t, "filter.start")) * time.Minute)
		f.Period = &analytics.Period{Start: start, End: start.Add(time.Duration(rapid.IntRange(1, 5).Draw(t, "filter.minutes")) * time.Minute)}
	}
	if seldom(t, "filter.agents") {
		f.AgentIDs = append([]string{}, drawSome(t, someAgents[1:], "filter.agents")...)
	}
	if seldom(t, "filter.queues") {
		f.QueueIDs = append([]string{}, drawSome(t, someQueues[1:], "filter.queues")...)
	}
	return f
}

func drawOrder(t *rapid.T) analytics.CallOrder {
	return analytics.CallOrder{
		Field:     rapid.SampledFrom([]analytics.CallOrderField{analytics.ByTime, analytics.ByDuration}).Draw(t, "order"),
		Direction: rapid.SampledFrom([]analytics.Direction{analytics.Ascending, analytics.Descending}).Draw(t, "direction"),
	}
}

// shows says by the words of the schema whether a filter finds a call.
func shows(f analytics.CallFilter, c *analytics.Call) bool {
	begins := func(word string) bool { return strings.HasPrefix(word, strings.ToLower(*f.Shopper)) }
	switch {
	case f.Period != nil && !f.Period.Contains(c.At),
		f.Status != nil && *f.Status != c.Status,
		f.Type != nil && *f.Type != c.Type,
		f.AgentIDs != nil && !slices.Contains(f.AgentIDs, c.AgentID),
		f.QueueIDs != nil && !slices.Contains(f.QueueIDs, c.QueueID),
		f.ClientID != nil && *f.ClientID != string(c.ClientID),
		f.Test != nil && *f.Test != c.Test,
		f.ExcludeShortCalls && c.Short && c.Status == analytics.Accepted,
		f.ExcludeShortWaits && c.Short && c.Status == analytics.Missed,
		f.SKU != nil && !slices.Contains(c.SKUs, *f.SKU),
		f.Shopper != nil && *f.Shopper != "" && !slices.ContainsFunc(c.ShopperWords, begins):
		return false
	}
	return true
}

// sorted returns the ids of the calls that a filter finds, in an order.
func sorted(calls []*analytics.Call, f analytics.CallFilter, o analytics.CallOrder) []string {
	var found []*analytics.Call
	for _, c := range calls {
		if shows(f, c) {
			found = append(found, c)
		}
	}
	slices.SortFunc(found, func(a, b *analytics.Call) int {
		by := a.At.Compare(b.At)
		if o.Field == analytics.ByDuration {
			by = cmp.Compare(a.ByDuration, b.ByDuration)
		}
		by = cmp.Or(by, cmp.Compare(a.CallID, b.CallID))
		if o.Direction == analytics.Descending {
			return -by
		}
		return by
	})
	return callIDs(found)
}

func callIDs(calls []*analytics.Call) []string {
	ids := make([]string, len(calls))
	for i, c := range calls {
		ids[i] = c.CallID
	}
	return ids
}

// fill stores documents that are made of their number.
func fill[T any](t testing.TB, repo *repository.Repository, collection string, n int, document func(i int, id string) *T) {
	t.Helper()
	docs := make([]*T, n)
	for i := range docs {
		docs[i] = document(i, fmt.Sprint(i))
	}
	insert(t, repo, collection, docs...)
}
