package repository_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository/repositorytest"
)

// butOrganization compares what two organizations see of equal documents.
var butOrganization = cmp.FilterPath(func(p cmp.Path) bool {
	field, ok := p.Last().(cmp.StructField)
	return ok && (field.Name() == "Key" || field.Name() == "Org")
}, cmp.Ignore())

// Two organizations may use the same ids for everything: neither sees, counts or
// finds anything of the other.
func TestNothingOfAnotherOrganizationIsVisible(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	ours, theirs := analytics.Reach{Org: "acme"}, analytics.Reach{Org: "acme2"}
	aShop(ours.Org, 60).store(t, repo)

	alone := see(t, repo, ours)
	nothing := see(t, repo, theirs)
	other := aShop(theirs.Org, 90)
	other.store(t, repo)

	if diff := cmp.Diff(alone, see(t, repo, ours)); diff != "" {
		t.Errorf("what acme sees changed with the documents of acme2 (-alone +beside):\n%s", diff)
	}
	if diff := cmp.Diff(see(t, repo, analytics.Reach{Org: "acme3"}), nothing); diff != "" {
		t.Errorf("an organization without documents sees (-acme3 +acme2 before its own):\n%s", diff)
	}
	if n := nothing["number of calls"]; n != 0 {
		t.Errorf("an organization without documents counts %v calls", n)
	}

	t.Run("a cursor of another organization shows none of its documents", func(t *testing.T) {
		page, err := repo.Calls(t.Context(), theirs, analytics.CallFilter{}, analytics.CallOrder{}, analytics.PageArgs{First: ptr(40)})
		if err != nil {
			t.Fatal(err)
		}
		got, err := repo.Calls(t.Context(), ours, analytics.CallFilter{}, analytics.CallOrder{}, analytics.PageArgs{After: page.PageInfo.EndCursor})
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range got.Nodes() {
			if call.Org != ours.Org {
				t.Errorf("acme sees call %s", call.Key)
			}
		}
	})
	t.Run("an id cannot reach into another organization", func(t *testing.T) {
		for _, id := range []string{"../acme2/1", "/acme2/1", "acme2/1", "2/1", ""} {
			calls, err := repo.CallsByID(t.Context(), ours, []string{id})
			if err != nil {
				t.Fatal(err)
			}
			if len(calls) > 0 {
				t.Errorf("id %q finds %v", id, calls)
			}
		}
	})
}

// A reach that is limited to an agent sees what an organization would that has
// only that agent's calls, with their figures, chat and purchases.
func TestAnAgentSeesTheOwnCallsOnly(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	aShop("acme", 90).store(t, repo)
	aShop("alone", 90).of("a1").store(t, repo)

	want := see(t, repo, analytics.Reach{Org: "alone"})
	got := see(t, repo, analytics.Reach{Org: "acme", Agent: "a1"})
	if diff := cmp.Diff(want, got, butOrganization); diff != "" {
		t.Errorf("what agent a1 sees (-an organization with the agent's calls +the agent):\n%s", diff)
	}
	if calls := got["number of calls"]; calls == 0 || calls == see(t, repo, analytics.Reach{Org: "acme"})["number of calls"] {
		t.Errorf("the agent counts %v calls: the test shows nothing", calls)
	}
	for name, answer := range got {
		if pages, ok := answer.(map[string]*analytics.ChatMessageConnection); ok && strings.HasSuffix(name, "of live events") {
			if len(pages["live_event:3"].Edges) == 0 {
				t.Errorf("the agent sees no chat of live events in %s", name)
			}
		}
	}
}
