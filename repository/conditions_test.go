package repository_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// A filter's first condition stands where an index is chosen by it, spans of one
// field are one, and everything else is kept.
func TestFilters(t *testing.T) {
	watch := &watch{}
	uri, database := repositorytest.Database(t)
	repo, err := repository.OpenWatched(uri, database, watch.add)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close(context.Background()) })

	cursor := encoded(fmt.Sprintf(`{"o":"calls by time down","n":%d,"i":"k7"}`, noon.UnixMilli()))
	filter := analytics.CallFilter{
		Period:   &analytics.Period{Start: noon.Add(-time.Hour), End: noon.Add(time.Hour + time.Microsecond)},
		AgentIDs: []string{"Agent:ben", "anna"}, SKU: ptr("s1"),
	}
	_, err = repo.CallsByParent(t.Context(), analytics.Reach{Org: "acme", Agent: "anna"}, repository.ByProduct,
		[]repository.Parent{{ID: "p", Values: []string{"s1", "s2"}}}, filter, analytics.CallOrder{}, analytics.PageArgs{After: &cursor})
	if err != nil {
		t.Fatal(err)
	}
	sent := watch.take()
	got, err := bson.MarshalExtJSON(sent[0].Lookup("filter").Document(), false, false)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"org":"acme","agent":"anna","skus":"s1",` +
		`"at":{"$gte":{"$date":"2026-03-02T11:00:00Z"},"$lt":{"$date":"2026-03-02T13:00:00.001Z"},"$lte":{"$date":"2026-03-02T12:00:00Z"}},` +
		`"$or":[{"at":{"$lt":{"$date":"2026-03-02T12:00:00Z"}}},{"at":{"$date":"2026-03-02T12:00:00Z"},"_id":{"$lt":"acme/k7"}}],` +
		`"$and":[{"agent":{"$in":["ben","anna"]}},{"skus":{"$in":["s1","s2"]}}]}`
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("filter (-want +got):\n%s", diff)
	}
}

func TestFiltersThatAreRefused(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	reach := analytics.Reach{Org: freshOrg()}
	long := strings.Repeat("ä", 65)
	for _, test := range []struct {
		name   string
		filter analytics.CallFilter
		want   string
	}{
		{"a period that ends before it starts", analytics.CallFilter{Period: &analytics.Period{Start: noon, End: noon}}, "period.end must lie after period.start"},
		{"more than a hundred agents", analytics.CallFilter{AgentIDs: make([]string, 101)}, "agentIds holds 101 ids, at most 100 are allowed"},
		{"more than a hundred queues", analytics.CallFilter{QueueIDs: make([]string, 101)}, "queueIds holds 101 ids, at most 100 are allowed"},
		{"a search for a long text", analytics.CallFilter{Shopper: &long}, "filter.shopper is longer than 64 characters"},
		{"a search for a NUL", analytics.CallFilter{Shopper: ptr("a\x00")}, "filter.shopper holds a NUL character"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := repo.Calls(t.Context(), reach, test.filter, analytics.CallOrder{}, analytics.PageArgs{})
			wantRefusal(t, err, test.want)
			_, err = repo.CountCalls(t.Context(), reach, test.filter)
			wantRefusal(t, err, test.want)
			_, err = repo.CallsByParent(t.Context(), reach, repository.ByAgent, []repository.Parent{{ID: "a"}}, test.filter, analytics.CallOrder{}, analytics.PageArgs{})
			wantRefusal(t, err, test.want)
			_, err = repo.CountCallsByParent(t.Context(), reach, repository.ByAgent, []repository.Parent{{ID: "a"}}, test.filter)
			wantRefusal(t, err, test.want)
		})
	}
	t.Run("an order there is none of", func(t *testing.T) {
		_, err := repo.Calls(t.Context(), reach, analytics.CallFilter{}, analytics.CallOrder{Field: "NAME"}, analytics.PageArgs{})
		wantRefusal(t, err, `calls have no order by "NAME"`)
	})
	t.Run("agents by a long prefix", func(t *testing.T) {
		_, err := repo.Agents(t.Context(), reach, long, analytics.PageArgs{})
		wantRefusal(t, err, "namePrefix is longer than 64 characters")
	})
	t.Run("live events of a period that ends before it starts", func(t *testing.T) {
		_, err := repo.LiveEvents(t.Context(), reach, &analytics.Period{Start: noon, End: noon}, analytics.PageArgs{})
		wantRefusal(t, err, "period.end must lie after period.start")
	})
}

// Names are found by how they begin, upper or lower case, in any script, and
// ordered by their lower case.
func TestNamesThatBeginSo(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	reach := analytics.Reach{Org: freshOrg()}
	for i, name := range []string{"Zoë", "anna", "Anna", "Änne", "ANNABEL", "a.n", "anm\U0010FFFD", "李雷", "an"} {
		insert(t, repo, "agents", anAgent(reach.Org, fmt.Sprint(i), name))
	}
	for prefix, want := range map[string][]string{
		"":         {"a.n", "anm\U0010FFFD", "an", "anna", "Anna", "ANNABEL", "Zoë", "Änne", "李雷"},
		" AN ":     {"an", "anm\U0010FFFD", "anna", "Anna", "ANNABEL"},
		"anna":     {"anna", "Anna", "ANNABEL"},
		"a.":       {"a.n"},
		"ä":        {"Änne"},
		"李":        {"李雷"},
		"anm":      {"anm\U0010FFFD"},
		"nobody":   {},
		"annabel ": {"ANNABEL"},
	} {
		t.Run(fmt.Sprintf("%q", prefix), func(t *testing.T) {
			page, err := repo.Agents(t.Context(), reach, prefix, analytics.PageArgs{})
			if err != nil {
				t.Fatal(err)
			}
			got := []string{}
			for _, agent := range page.Nodes() {
				got = append(got, agent.Name)
			}
			slices.SortStableFunc(want, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("agents (-want +got):\n%s", diff)
			}
			n, err := repo.CountAgents(t.Context(), reach, prefix)
			if err != nil || n != len(want) {
				t.Errorf("counted %d (%v), want %d", n, err, len(want))
			}
		})
	}
}
