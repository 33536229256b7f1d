package repository_test

import (
	"slices"
	"testing"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// A copy has the statistics of what it was copied from, also where it is brought up
// to date after calls moved, and a gateway already serves it.
func TestACopyHasTheStatisticsOfItsOrigin(t *testing.T) {
	t.Parallel()
	from, to := repositorytest.Open(t, nil), repositorytest.Open(t, nil)
	org := freshOrg()
	before, after := moving(t)
	for _, batch := range [][]analytics.Event{before, after} {
		absorb(t, from, org, slices.Clone(batch)...)
		if _, err := from.CopyTo(t.Context(), to, func(int) {}); err != nil {
			t.Fatal(err)
		}
		for _, repo := range []*repository.Repository{from, to} {
			sameCallStats(t, repo, org)
			packCalls(t, repo)
			sameCallStats(t, repo, org)
		}
	}
}
