package limits

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

// shop is the schema of these tests.
var shop = gqlparser.MustLoadSchema(&ast.Source{Input: `
	directive @cost(weight: String!) on OBJECT | FIELD_DEFINITION | SCALAR
	directive @listSize(assumedSize: Int, slicingArguments: [String!], sizedFields: [String!], requireOneSlicingArgument: Boolean = true) on FIELD_DEFINITION
	type Query {
		call: Call
		calls(first: Int, after: String, last: Int): CallConnection!
		firstFive(first: Int = 5): CallConnection!
		nodes(ids: [ID!]!): [Call]! @listSize(assumedSize: 250, slicingArguments: ["ids"], requireOneSlicingArgument: false)
		stats: Stats! @cost(weight: "50")
		any: Node
	}
	interface Node { id: ID! }
	type Visit implements Node { id: ID! shopper: Agent! }
	type Broadcast implements Node { id: ID! figures: Agent! @cost(weight: "50") }
	type Mutation { mark(id: ID!): Call }
	type PageInfo @cost(weight: "0") { endCursor: String }
	type CallConnection { pageInfo: PageInfo! edges: [CallEdge!]! nodes: [Call!]! totalCount: Int! @cost(weight: "2") }
	type CallEdge @cost(weight: "0") { node: Call! cursor: String! }
	type Call { id: ID! agent: Agent skus: [String!]! revenue: [Money!]! products: [Product!]! @listSize(assumedSize: 5) calls(first: Int): CallConnection! }
	type Agent { id: ID! name: String! }
	type Product { sku: String! }
	type Money @cost(weight: "0") { amount: String! }
	type Stats { total: Agent! series: [Agent!]! @listSize(assumedSize: 100) }
`})

func TestCosts(t *testing.T) {
	for _, tt := range []struct {
		name, document string
		variables      map[string]any
		estimated      int
		data           string
		actual         int
	}{
		{
			name: "an object costs 1, its scalars nothing", document: `{ call { id skus } }`, estimated: 1,
			data: `{"call":{"id":"1","skus":["a","b"]}}`, actual: 1,
		},
		{
			name: "what is not there cost nothing", document: `{ call { id agent { id } } }`, estimated: 2,
			data: `{"call":null}`, actual: 0,
		},
		{
			name: "a page costs what is asked for, and did what it holds", document: `{ calls(first: 100) { nodes { id agent { name } } } }`, estimated: 1 + 100 + 100,
			data: `{"calls":{"nodes":[{"id":"1","agent":{"name":"Bo"}},{"id":"2","agent":null}]}}`, actual: 1 + 2 + 1,
		},
		{
			name: "a page is told from either end, and by variables", document: `query($n: Int) { calls(last: $n) { edges { node { id } cursor } } }`,
			variables: map[string]any{"n": int64(7)}, estimated: 1 + 7,
			data: `{"calls":{"edges":[{"node":{"id":"{\"[}"},"cursor":"c"}]}}`, actual: 1 + 1,
		},
		{
			name: "a page is read also where only cursors are shown", document: `{ calls(first: 100) { edges { cursor } } }`, estimated: 1 + 100,
			data: `{"calls":{"edges":[{"cursor":"a"},{"cursor":"b"}]}}`, actual: 1 + 2,
		},
		{
			name: "or only where it ends: then the answer does not tell how long it is", document: `query($n: Int) { calls(first: $n) { p: pageInfo { endCursor } totalCount } }`,
			variables: map[string]any{"n": int64(100)}, estimated: 1 + 100,
			data: `{"calls":{"p":{"endCursor":"a"},"totalCount":4711}}`, actual: 1 + 100,
		},
		{
			name: "pages in pages too", document: `{ calls(first: 10) { nodes { calls(first: 20) { ...P } } } } fragment P on CallConnection { pageInfo { endCursor } }`, estimated: 1 + 10*(1+1+20),
			data: `{"calls":{"nodes":[{"calls":{"pageInfo":{"endCursor":"a"}}}]}}`, actual: 1 + 1 + 1 + 20,
		},
		{
			name: "what is shown of a page costs no less than its items", document: `{ calls(first: 3) { nodes { id agent { id } } pageInfo { endCursor } } }`, estimated: 1 + 3*2,
			data: `{"calls":{"nodes":[{"id":"1","agent":null}],"pageInfo":{"endCursor":"a"}}}`, actual: 1 + 1,
		},
		{
			name: "as many as can be where nobody knows what is said", document: `query($n: Int) { calls(first: $n) { nodes { id } } }`,
			variables: map[string]any{"n": "250"}, estimated: 1 + 250,
			data: `{"calls":{"nodes":[]}}`, actual: 1,
		},
		{
			name: "25 items where nothing is said", document: `{ calls { nodes { id } } }`, estimated: 1 + 25,
			data: `{"calls":{"nodes":[]}}`, actual: 1,
		},
		{
			name: "what an argument has by default", document: `{ firstFive { nodes { id } } }`, estimated: 1 + 5,
			data: `{"firstFive":{"nodes":[{"id":"1"}]}}`, actual: 2,
		},
		{
			name: "no more than a page may have", document: `{ calls(first: 1000000) { nodes { id } } }`, estimated: 1 + 250,
			data: `{"calls":{"nodes":[]}}`, actual: 1,
		},
		{
			name: "less than nothing is nothing", document: `{ calls(first: -1) { nodes { id } } }`, estimated: 1,
			data: ``, actual: 0,
		},
		{
			name: "a count costs its weight", document: `{ calls(first: 1) { totalCount } }`, estimated: 1 + 2,
			data: `{"calls":{"totalCount":4711}}`, actual: 3,
		},
		{
			name: "pages in pages multiply", document: `{ calls(first: 10) { nodes { calls(first: 20) { nodes { id } totalCount } } } }`, estimated: 1 + 10*(1+1+20+2),
			data: `{"calls":{"nodes":[{"calls":{"nodes":[{"id":"1"},{"id":"2"}],"totalCount":2}}]}}`, actual: 1 + 1 + 1 + 2 + 2,
		},
		{
			name: "lists have the size that is assumed, or 10", document: `{ call { products { sku } revenue { amount } } }`, estimated: 1 + 5,
			data: `{"call":{"products":[{"sku":"a"},{"sku":"b"},{"sku":"c"},{"sku":"d"},{"sku":"e"},{"sku":"f"}],"revenue":[{"amount":"1"}]}}`, actual: 1 + 6,
		},
		{
			name: "a list of ids says how many", document: `{ nodes(ids: ["1", "2", "3"]) { id } }`, estimated: 3,
			data: `{"nodes":[{"id":"1"},null,{"id":"3"}]}`, actual: 2,
		},
		{
			name: "statistics cost their weight and what they list", document: `{ stats { total { id } series { id } } }`, estimated: 50 + 1 + 100,
			data: `{"stats":{"total":{"id":"1"},"series":[{"id":"1"},{"id":"2"}]}}`, actual: 50 + 1 + 2,
		},
		{
			name: "mutations cost 10", document: `mutation { mark(id: "1") { id agent { id } } }`, estimated: 10 + 1,
			data: `{"mark":{"id":"1","agent":{"id":"2"}}}`, actual: 10 + 1,
		},
		{
			name: "what a variable leaves out costs nothing", document: `query($s: Boolean!) { call @skip(if: $s) { id } stats @include(if: $s) { total { id } } }`,
			variables: map[string]any{"s": true}, estimated: 51,
			data: `{"stats":{"total":{"id":"1"}}}`, actual: 51,
		},
		{
			name: "aliases and fragments cost what they spread to", document: `{ a: calls(first: 2) { ...F } b: calls(first: 3) { ...F } } fragment F on CallConnection { ... { nodes { id } } }`, estimated: 1 + 2 + 1 + 3,
			data: `{"a":{"nodes":[{"id":"1"}]},"b":{"nodes":[{"id":"1"},{"id":"2"}]}}`, actual: 1 + 1 + 1 + 2,
		},
		{
			name: "what types of nodes call by one name costs what the dearest of them does", document: `{ any { ... on Visit { a: shopper { id } } ... on Broadcast { a: figures { id } } } }`, estimated: 1 + 1 + 50,
			data: `{"any":{"a":{"id":"1"}}}`, actual: 1 + 50,
		},
		{
			name: "a look at the schema has one price", document: `{ __typename __schema { types { name fields { name } } } call { __typename } }`, estimated: 6001,
			data: `{"__typename":"Query","__schema":{"types":[{"name":"A","fields":[{"name":"b"}]}]},"call":{"__typename":"Call"}}`, actual: 6001,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			document, errs := gqlparser.LoadQueryWithRules(shop, tt.document, nil)
			if errs != nil {
				t.Fatal(errs)
			}
			prices := ReadPrices(shop)
			if got := prices.Estimate(document.Operations[0], tt.variables); got != tt.estimated {
				t.Errorf("estimated %d, want %d", got, tt.estimated)
			}
			if got := prices.Actual(document.Operations[0], tt.variables, []byte(tt.data)); got != tt.actual {
				t.Errorf("actual %d, want %d", got, tt.actual)
			}
		})
	}
}

func TestAnEstimateStopsGrowing(t *testing.T) {
	document, errs := gqlparser.LoadQueryWithRules(shop,
		"{ "+strings.Repeat("calls(first: 250) { nodes { ", 15)+"id"+strings.Repeat(" } }", 15)+" }", nil)
	if errs != nil {
		t.Fatal(errs)
	}
	if got := ReadPrices(shop).Estimate(document.Operations[0], nil); got != most {
		t.Errorf("estimated %d, want %d", got, most)
	}
}

func TestActualTakesAnyText(t *testing.T) {
	document, errs := gqlparser.LoadQueryWithRules(shop, `{ call { products { sku } agent { name } } }`, nil)
	if errs != nil {
		t.Fatal(errs)
	}
	whole := `{"call":{"products":[{"sku":"a\"]}\\"},{"sku":null}],"agent":{"name":"x"}}}`
	for i := range whole {
		ReadPrices(shop).Actual(document.Operations[0], nil, []byte(whole[:i]))
		ReadPrices(shop).Actual(document.Operations[0], nil, []byte(whole[i:]))
	}
}

func FuzzActual(f *testing.F) {
	document, errs := gqlparser.LoadQueryWithRules(shop, `{ call { products { sku } agent { name } } }`, nil)
	if errs != nil {
		f.Fatal(errs)
	}
	f.Add(`{"call":{"products":[{"sku":"a\"]}\\"},{"sku":null}],"agent":{"name":"x"}}}`)
	f.Add(`{"call":[[{"products":1}]]}`)
	f.Fuzz(func(t *testing.T, data string) {
		ReadPrices(shop).Actual(document.Operations[0], nil, []byte(data))
	})
}

func TestBuckets(t *testing.T) {
	now := time.Unix(0, 0)
	b := NewBuckets(Rate{PerSecond: 10, Capacity: 100}, func() time.Time { return now })
	see := func(step string, available int, wait time.Duration) {
		t.Helper()
		if diff := cmp.Diff([]any{available, wait}, []any{b.Available("a"), b.Wait("a", 50)}); diff != "" {
			t.Errorf("%s: available and wait for 50 (-want +got):\n%s", step, diff)
		}
	}
	see("a bucket is full at first", 100, 0)
	b.Spend("a", 80)
	see("it holds what is left", 20, 3*time.Second)
	now = now.Add(2 * time.Second)
	see("it fills by its rate", 40, time.Second)
	b.Spend("a", -1000)
	see("it holds no more than its capacity, whatever is given back", 100, 0)
	b.Spend("a", 130)
	see("it may be in debt", 0, 8*time.Second)
	b.Spend("a", 1_000_000)
	see("but not for ever", 0, 15*time.Second)
	if got := b.Wait("b", 1_000_000); got != 0 {
		t.Errorf("another bucket makes wait %s", got)
	}
}

func TestBucketsThatAreFullAreForgotten(t *testing.T) {
	now := time.Unix(0, 0)
	b := NewBuckets(Rate{PerSecond: 1, Capacity: 10}, func() time.Time { return now })
	for i := range maxBuckets {
		b.Spend(strings.Repeat("x", i%100)+string(rune(i)), 1)
	}
	now = now.Add(time.Minute)
	b.Spend("new", 1)
	if len(b.levels) != 1 {
		t.Errorf("%d buckets are kept, want 1", len(b.levels))
	}
}

func TestCache(t *testing.T) {
	c := NewCache()
	for i := range maxCached + 1 {
		c.Add(t.Context(), strings.Repeat("x", i), &ast.QueryDocument{})
		c.Get(t.Context(), "")
	}
	_, first := c.Get(t.Context(), "")
	_, second := c.Get(t.Context(), "x")
	_, last := c.Get(t.Context(), strings.Repeat("x", maxCached))
	if diff := cmp.Diff([]bool{true, false, true}, []bool{first, second, last}); diff != "" {
		t.Errorf("the one used all the time, the one never used again, the last (-want +got):\n%s", diff)
	}
	for i := range 200 {
		c.Add(t.Context(), strings.Repeat("y", MaxText-i), &ast.QueryDocument{})
	}
	if c.bytes > maxCachedText {
		t.Errorf("%d bytes of text are kept, at most %d are allowed", c.bytes, maxCachedText)
	}
}
