package resolvers

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/repository/repositorytest"
)

// A list of which all is read ahead is resolved another way than others. A field
// that is read when it is asked for makes it one of the others.
func TestListsThatAreReadAheadAnswerAsOthersDo(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	repo := repositorytest.OpenAt(t, uri, database, nil)
	insert(t, uri, database, busyShop())
	handler := newHandler(repo, silent, balanced(t))
	for _, tt := range []struct{ name, list, fields, other string }{
		{"calls", "calls(first: 20) { edges { cursor node { %s } } pageInfo { endCursor hasNextPage } }", overview, "chat(first: 1) { nodes { id } }"},
		{"calls under other names", "some: calls(first: 20, filter: {agentIds: [\"agent-1\"]}) { nodes { %s } totalCount }", "a: agent { id name } b: agent { name } ... on Call { queue { name } } " + overview, "chat(first: 1) { nodes { id } }"},
		{"products", "products(first: 20) { nodes { %s } edges { cursor node { __typename } } }", "id sku name metrics { presented addedToCart sales { amount currency } addToCartRate { value } }", "calls(first: 1) { nodes { id } }"},
		{"queues", "queues { nodes { %s } }", "id name", "calls(first: 1) { nodes { id } }"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			light := ask(t, handler, everything, "{ "+fmt.Sprintf(tt.list, tt.fields)+" }", nil)
			framed := ask(t, handler, everything, "{ "+fmt.Sprintf(tt.list, tt.fields+" other: "+tt.other)+" }", nil)
			if light["errors"] != nil {
				t.Fatalf("errors %v", light["errors"])
			}
			if diff := cmp.Diff(lacking(framed, "other"), any(light)); diff != "" {
				t.Errorf("the answer read ahead (+) is another one (-):\n%s", diff)
			}
		})
	}
}

// lacking returns an answer less the fields of a name.
func lacking(answer any, name string) any {
	switch value := answer.(type) {
	case map[string]any:
		delete(value, name)
		for _, field := range value {
			lacking(field, name)
		}
	case []any:
		for _, item := range value {
			lacking(item, name)
		}
	}
	return answer
}

func TestWhatFailsInAListThatIsReadAheadSaysWhere(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	repo := repositorytest.OpenAt(t, uri, database, nil)
	shop := busyShop()
	shop["agents"] = []any{bson.D{{Key: "_id", Value: "acme/agent-9"}, {Key: "org", Value: "acme"}, {Key: "id", Value: bson.A{"not a text"}}}}
	insert(t, uri, database, shop)
	var log strings.Builder
	handler := newHandler(repo, slog.New(slog.NewTextHandler(&log, nil)), balanced(t))

	got := ask(t, handler, everything, `{ calls(first: 2) { nodes { callId agent { name } queue { name } products { sku product { name } } } } }`, nil)
	products := func(skus ...any) (list []any) {
		for _, sku := range skus {
			list = append(list, map[string]any{"sku": sku, "product": map[string]any{"name": sku}})
		}
		return list
	}
	failed := func(i float64) any {
		return map[string]any{
			"message": "internal error", "path": []any{"calls", "nodes", i, "agent"}, "locations": []any{map[string]any{"line": 1.0, "column": 36.0}},
			"extensions": map[string]any{"code": "INTERNAL", "requestId": "test"},
		}
	}
	want := map[string]any{
		"errors": []any{failed(0), failed(1)},
		"data": map[string]any{"calls": map[string]any{"nodes": []any{
			map[string]any{"callId": "call-249", "agent": nil, "queue": map[string]any{"name": "queue-4"}, "products": products("sku-9", "sku-16", "sku-23", "sku-30")},
			map[string]any{"callId": "call-248", "agent": nil, "queue": map[string]any{"name": "queue-3"}, "products": products("sku-8", "sku-15", "sku-22", "sku-29")},
		}}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
	if n := strings.Count(log.String(), "\n"); n != 1 || !strings.Contains(log.String(), "a batch failed") {
		t.Errorf("the log has %d lines:\n%s", n, &log)
	}
}
