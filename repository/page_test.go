package repository_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// Whatever the filter and the order, walking all pages shows what was there at
// the start, each once and in order, also while calls are added.
func TestPagesHoldEverythingOnce(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		reach := analytics.Reach{Org: freshOrg()}
		calls := drawCalls(t, reach.Org, "k", 40)
		if err := store(repo, "calls", calls); err != nil {
			t.Fatal(err)
		}
		filter, order := drawFilter(t), drawOrder(t)
		walk := walker{repo: repo, reach: reach, filter: filter, order: order, backwards: rapid.Bool().Draw(t, "backwards")}

		var ids []string
		for more := true; more; {
			page, err := walk.next(rapid.IntRange(1, 9).Draw(t, "size"))
			if err != nil {
				t.Fatal(err)
			}
			ids, more = append(ids, page...), walk.more
			added := drawCalls(t, reach.Org, "later"+string(rune('a'+len(walk.sizes)%26))+strings.Repeat("z", len(walk.sizes)/26), 2)
			if err := store(repo, "calls", added); err != nil {
				t.Fatal(err)
			}
		}
		if walk.backwards {
			slices.Reverse(ids)
		}

		seen := map[string]bool{}
		for _, id := range ids {
			if seen[id] {
				t.Fatalf("call %s is on two pages: %v", id, ids)
			}
			seen[id] = true
		}
		fromTheStart := slices.DeleteFunc(ids, func(id string) bool { return strings.HasPrefix(id, "later") })
		if diff := cmp.Diff(sorted(calls, filter, order), fromTheStart, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("calls by %v under %+v (-want +got):\n%s", order, filter, diff)
		}
	})
}

// walker goes through all pages of a list of calls.
type walker struct {
	repo      *repository.Repository
	reach     analytics.Reach
	filter    analytics.CallFilter
	order     analytics.CallOrder
	backwards bool
	cursor    *string
	more      bool
	sizes     []int
}

// next returns the ids of the next page, in the order of walking.
func (w *walker) next(size int) ([]string, error) {
	w.sizes = append(w.sizes, size)
	args := analytics.PageArgs{First: &size, After: w.cursor}
	if w.backwards {
		args = analytics.PageArgs{Last: &size, Before: w.cursor}
	}
	page, err := w.repo.Calls(context.Background(), w.reach, w.filter, w.order, args)
	if err != nil {
		return nil, err
	}
	ids := callIDs(page.Nodes())
	if w.backwards {
		slices.Reverse(ids)
		w.cursor, w.more = page.PageInfo.StartCursor, page.PageInfo.HasPreviousPage
		return ids, nil
	}
	w.cursor, w.more = page.PageInfo.EndCursor, page.PageInfo.HasNextPage
	return ids, nil
}

// Between two cursors lies what the whole list has between their items, cut to
// the page's size at the right end; and the page says truly whether it was cut.
func TestPagesBetweenCursors(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	rapid.Check(t, func(t *rapid.T) {
		reach := analytics.Reach{Org: freshOrg()}
		calls := drawCalls(t, reach.Org, "k", 20)
		if err := store(repo, "calls", calls); err != nil {
			t.Fatal(err)
		}
		order := drawOrder(t)
		whole, err := repo.Calls(context.Background(), reach, analytics.CallFilter{}, order, analytics.PageArgs{})
		if err != nil {
			t.Fatal(err)
		}
		filter := drawFilter(t)
		args, from, to := drawBounds(t, whole)
		page, err := repo.Calls(context.Background(), reach, filter, order, args)
		if err != nil {
			t.Fatal(err)
		}

		inside := callIDs(whole.Nodes())[min(from, to):to]
		want := slices.DeleteFunc(sorted(calls, filter, order), func(id string) bool { return !slices.Contains(inside, id) })
		info := analytics.PageInfo{HasNextPage: args.Before != nil, HasPreviousPage: args.After != nil}
		if args.Last != nil {
			info.HasPreviousPage = len(want) > *args.Last
			want = want[max(0, len(want)-*args.Last):]
		} else {
			info.HasNextPage = len(want) > *args.First
			want = want[:min(len(want), *args.First)]
		}
		if diff := cmp.Diff(want, callIDs(page.Nodes()), cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("calls between two cursors (-want +got):\n%s", diff)
		}
		if len(want) > 0 {
			info.StartCursor, info.EndCursor = &page.Edges[0].Cursor, &page.Edges[len(page.Edges)-1].Cursor
		}
		if diff := cmp.Diff(info, page.PageInfo); diff != "" {
			t.Fatalf("page info (-want +got):\n%s", diff)
		}
	})
}

// drawBounds generates paging arguments with cursors of a list, and the part of
// the list that they bound.
func drawBounds(t *rapid.T, whole *analytics.CallConnection) (args analytics.PageArgs, from, to int) {
	to = len(whole.Edges)
	if len(whole.Edges) > 0 && rapid.Bool().Draw(t, "after?") {
		i := rapid.IntRange(0, len(whole.Edges)-1).Draw(t, "after")
		args.After, from = &whole.Edges[i].Cursor, i+1
	}
	if len(whole.Edges) > 0 && rapid.Bool().Draw(t, "before?") {
		i := rapid.IntRange(0, len(whole.Edges)-1).Draw(t, "before")
		args.Before, to = &whole.Edges[i].Cursor, i
	}
	size := rapid.IntRange(0, 8).Draw(t, "size")
	if rapid.Bool().Draw(t, "last") {
		args.Last = &size
	} else {
		args.First = &size
	}
	return args, from, to
}

func TestCursorsThatAreNone(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	reach := analytics.Reach{Org: freshOrg()}
	insert(t, repo, "calls", aCall(reach.Org, "a"), aCall(reach.Org, "b"))
	insert(t, repo, "agents", anAgent(reach.Org, "anna", "Anna"))
	cursorOf := func(order analytics.CallOrder) *string {
		page, err := repo.Calls(t.Context(), reach, analytics.CallFilter{}, order, analytics.PageArgs{})
		if err != nil {
			t.Fatal(err)
		}
		return page.PageInfo.StartCursor
	}
	agents, err := repo.Agents(t.Context(), reach, "", analytics.PageArgs{})
	if err != nil {
		t.Fatal(err)
	}

	for _, test := range []struct {
		name string
		page analytics.PageArgs
		want string
	}{
		{"a text that is no base64", analytics.PageArgs{After: ptr("?")}, "after is not a cursor of this list"},
		{"an empty text", analytics.PageArgs{After: ptr("")}, "after is not a cursor of this list"},
		{"base64 of something else", analytics.PageArgs{Before: ptr("aGVsbG8")}, "before is not a cursor of this list"},
		{"a document with a further key", analytics.PageArgs{After: ptr(encoded(`{"o":"calls by time down","n":1,"i":"a","org":"x"}`))}, "after is not a cursor of this list"},
		{"a document without an id", analytics.PageArgs{After: ptr(encoded(`{"o":"calls by time down","n":1}`))}, "after is not a cursor of this list"},
		{"a text where a time belongs", analytics.PageArgs{After: ptr(encoded(`{"o":"calls by time down","t":"1","i":"a"}`))}, "after is not a cursor of this list"},
		{"two documents", analytics.PageArgs{After: ptr(encoded(`{"o":"calls by time down","n":1,"i":"a"}{}`))}, "after is not a cursor of this list"},
		{"a cursor of another order", analytics.PageArgs{After: cursorOf(analytics.CallOrder{Field: analytics.ByDuration})}, "after is a cursor of another order"},
		{"a cursor of the other direction", analytics.PageArgs{Before: cursorOf(analytics.CallOrder{Direction: analytics.Ascending})}, "before is a cursor of another order"},
		{"a cursor of another list", analytics.PageArgs{After: agents.PageInfo.EndCursor}, "after is a cursor of another order"},
		{"first and last", analytics.PageArgs{First: ptr(1), Last: ptr(1)}, "first and last cannot be given together"},
		{"a page too large", analytics.PageArgs{First: ptr(251)}, "first is 251, it must lie between 0 and 250"},
		{"a negative page", analytics.PageArgs{Last: ptr(-1)}, "last is -1, it must lie between 0 and 250"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := repo.Calls(t.Context(), reach, analytics.CallFilter{}, analytics.CallOrder{}, test.page)
			wantRefusal(t, err, test.want)
			_, err = repo.CallsByParent(t.Context(), reach, repository.ByAgent, []repository.Parent{{ID: "anna"}}, analytics.CallFilter{}, analytics.CallOrder{}, test.page)
			wantRefusal(t, err, test.want)
		})
	}
}
