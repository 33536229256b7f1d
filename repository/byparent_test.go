package repository_test

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// Reading the calls of many parents together shows for each what reading them
// alone would.
func TestChildrenOfManyParents(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		ctx, reach := context.Background(), analytics.Reach{Org: freshOrg()}
		calls := drawCalls(t, reach.Org, "k", 80)
		if err := store(repo, "calls", calls); err != nil {
			t.Fatal(err)
		}
		kind := rapid.SampledFrom([]repository.CallParent{repository.ByAgent, repository.ByQueue, repository.ByClient, repository.ByProduct}).Draw(t, "kind")
		parents := drawParents(t, kind)
		order := drawOrder(t)
		whole, err := repo.Calls(ctx, reach, analytics.CallFilter{}, order, analytics.PageArgs{First: ptr(analytics.MaxPage)})
		if err != nil {
			t.Fatal(err)
		}
		filter := drawFilter(t)
		args, from, to := drawBounds(t, whole)
		pages, err := repo.CallsByParent(ctx, reach, kind, parents, filter, order, args)
		if err != nil {
			t.Fatal(err)
		}
		counts, err := repo.CountCallsByParent(ctx, reach, kind, parents, filter)
		if err != nil {
			t.Fatal(err)
		}

		inside := callIDs(whole.Nodes())[min(from, to):to]
		for _, parent := range parents {
			own := only(calls, func(c *analytics.Call) bool { return belongs(c, kind, parent) })
			all := sorted(own, filter, order)
			if counts[parent.ID] != len(all) {
				t.Fatalf("%s %s has %d calls, counted %d", kind, parent.ID, len(all), counts[parent.ID])
			}
			want := slices.DeleteFunc(all, func(id string) bool { return !slices.Contains(inside, id) })
			more := false
			if args.Last != nil {
				more = len(want) > *args.Last
				want = want[max(0, len(want)-*args.Last):]
			} else {
				more = len(want) > *args.First
				want = want[:min(len(want), *args.First)]
			}
			got := pages[parent.ID]
			if diff := cmp.Diff(want, callIDs(got.Nodes()), cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("calls of %s %s (-want +got):\n%s", kind, parent.ID, diff)
			}
			if hasMore := got.PageInfo.HasNextPage; args.First != nil && hasMore != more {
				t.Fatalf("%s %s has a next page: %v, want %v", kind, parent.ID, hasMore, more)
			}
			if hasMore := got.PageInfo.HasPreviousPage; args.Last != nil && hasMore != more {
				t.Fatalf("%s %s has a previous page: %v, want %v", kind, parent.ID, hasMore, more)
			}
		}
	})
}

func drawParents(t *rapid.T, kind repository.CallParent) []repository.Parent {
	switch kind {
	case repository.ByAgent:
		return parentsOf(append(drawSome(t, someAgents[1:], "parents"), "nobody"))
	case repository.ByQueue:
		return parentsOf(append(drawSome(t, someQueues[1:], "parents"), "none"))
	case repository.ByClient:
		return parentsOf(append(drawSome(t, someClients[1:], "parents"), "none"))
	default: // products may share a SKU
		return []repository.Parent{
			{ID: "p", Values: append(drawSome(t, someSKUs, "p"), "p")},
			{ID: "q", Values: append(drawSome(t, someSKUs, "q"), "q")},
			{ID: "r", Values: append(drawSome(t, someSKUs, "r"), "r")},
		}
	}
}

func parentsOf(ids []string) []repository.Parent {
	parents := make([]repository.Parent, len(ids))
	for i, id := range ids {
		parents[i] = repository.Parent{ID: id}
	}
	return parents
}

func belongs(c *analytics.Call, kind repository.CallParent, parent repository.Parent) bool {
	switch kind {
	case repository.ByAgent:
		return c.AgentID == parent.ID
	case repository.ByQueue:
		return c.QueueID == parent.ID
	case repository.ByClient:
		return string(c.ClientID) == parent.ID
	default:
		return slices.ContainsFunc(c.SKUs, func(sku string) bool { return slices.Contains(parent.Values, sku) })
	}
}

// The number of commands for the children of many parents is that for a few.
func TestCommandsDoNotGrowWithParents(t *testing.T) {
	var sent atomic.Int64
	repo := repositorytest.Open(t, func(string) { sent.Add(1) })
	reach := analytics.Reach{Org: "acme"}
	var messages []*analytics.ChatMessage
	var calls []*analytics.Call
	for i := range 250 {
		for j := range 20 { // the chats follow one another: a round that ends early has seen the first ones only
			messages = append(messages, aMessage(reach.Org, fmt.Sprint("call:", i), fmt.Sprint(j), "", 100*i+j))
			calls = append(calls, aCall(reach.Org, fmt.Sprintf("%d-%d", i, j), func(c *analytics.Call) {
				c.At, c.AgentID, c.SKUs = noon.Add(time.Duration(j)*time.Minute), fmt.Sprint(i), []string{fmt.Sprint("s", i), fmt.Sprint("t", i)}
			}))
		}
	}
	insert(t, repo, "chat_messages", messages...)
	insert(t, repo, "calls", calls...)

	ids := func(prefix string, n int) []string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprint(prefix, i)
		}
		return list
	}
	for _, test := range []struct {
		name string
		read func(n int) error
		want int64
	}{
		{"25 messages of each call", func(n int) error {
			_, err := repo.MessagesBySubject(t.Context(), reach, ids("call:", n), analytics.AllMessages, analytics.PageArgs{})
			return err
		}, 1},
		{"one message of each call", func(n int) error {
			_, err := repo.MessagesBySubject(t.Context(), reach, ids("call:", n), analytics.AllMessages, analytics.PageArgs{First: ptr(1)})
			return err
		}, 2},
		{"the number of messages of each call", func(n int) error {
			_, err := repo.CountMessagesBySubject(t.Context(), reach, ids("call:", n), analytics.AllMessages)
			return err
		}, 1},
		{"the last five calls of each agent", func(n int) error {
			_, err := repo.CallsByParent(t.Context(), reach, repository.ByAgent, parentsOf(ids("", n)), analytics.CallFilter{}, analytics.CallOrder{}, analytics.PageArgs{First: ptr(5)})
			return err
		}, 1},
		{"the number of calls of each product", func(n int) error {
			var products []repository.Parent
			for i := range n {
				products = append(products, repository.Parent{ID: fmt.Sprint(i), Values: []string{fmt.Sprint("s", i), fmt.Sprint("t", i)}})
			}
			_, err := repo.CountCallsByParent(t.Context(), reach, repository.ByProduct, products, analytics.CallFilter{})
			return err
		}, 1},
		{"calls by id", func(n int) error {
			var all []string
			for _, c := range calls[:20*n] {
				all = append(all, c.CallID)
			}
			_, err := repo.CallsByID(t.Context(), reach, all)
			return err
		}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, n := range []int{25, 250} {
				sent.Store(0)
				if err := test.read(n); err != nil {
					t.Fatal(err)
				}
				if got := sent.Load(); got != test.want {
					t.Errorf("%d parents take %d commands, want %d", n, got, test.want)
				}
			}
		})
	}
}

// Parents that lie far behind the others are read one by one after four common
// rounds: their children are not missed, and the others are not read over and
// over.
func TestParentsFarBehindTheOthers(t *testing.T) {
	var sent atomic.Int64
	repo := repositorytest.Open(t, func(string) { sent.Add(1) })
	reach := analytics.Reach{Org: "acme"}
	var calls []*analytics.Call
	minute := 0
	agents := []string{"a", "b", "c", "d", "e", "f"}
	for i, n := range []int{80, 120, 180, 270, 30, 1} { // each round's limit lies within the next agent's calls
		for range n {
			minute++
			calls = append(calls, aCall(reach.Org, fmt.Sprintf("%05d", minute), func(c *analytics.Call) {
				c.AgentID, c.At = agents[i], noon.Add(time.Duration(minute)*time.Minute)
			}))
		}
	}
	insert(t, repo, "calls", calls...)

	for _, size := range []int{0, 1, 3} {
		for _, direction := range []analytics.Direction{analytics.Ascending, analytics.Descending} {
			sent.Store(0)
			pages, err := repo.CallsByParent(t.Context(), reach, repository.ByAgent, parentsOf(agents), analytics.CallFilter{}, analytics.CallOrder{Direction: direction}, analytics.PageArgs{First: &size})
			if err != nil {
				t.Fatal(err)
			}
			if n := sent.Load(); n > 4+2 {
				t.Errorf("pages of %d, %s, take %d commands", size, direction, n)
			}
			for _, agent := range agents {
				own := sorted(calls, analytics.CallFilter{AgentIDs: []string{agent}}, analytics.CallOrder{Field: analytics.ByTime, Direction: direction})
				want := own[:min(size, len(own))]
				if diff := cmp.Diff(want, callIDs(pages[agent].Nodes()), cmpopts.EquateEmpty()); diff != "" {
					t.Errorf("first %d calls of %s, %s (-want +got):\n%s", size, agent, direction, diff)
				}
				if more := pages[agent].PageInfo.HasNextPage; more != (len(own) > size) {
					t.Errorf("%s has a page after the first %d: %v", agent, size, more)
				}
			}
		}
	}
	sent.Store(0)
	if _, err := repo.CallsByParent(t.Context(), reach, repository.ByAgent, parentsOf(agents), analytics.CallFilter{}, analytics.CallOrder{Direction: analytics.Ascending}, analytics.PageArgs{First: ptr(0)}); err != nil {
		t.Fatal(err)
	}
	if n := sent.Load(); n != 4+2 {
		t.Errorf("the data no longer lies so that two parents are read alone: %d commands", n)
	}
}
