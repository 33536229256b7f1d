package repository_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository/repositorytest"
)

// An export can be looked up for a day after its link ended.
func TestOldExportsAreDeleted(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	repo, reach := repositorytest.Open(t, nil), analytics.Reach{Org: freshOrg()}
	for id, expires := range map[string]time.Time{
		"open": now.Add(time.Minute), "ended": now.Add(-time.Minute),
		"a day ago, nearly": now.Add(-24*time.Hour + time.Millisecond), "a day ago": now.Add(-24 * time.Hour), "last year": now.AddDate(-1, 0, 0),
	} {
		e := &analytics.Export{ExportID: id, ExpiresAt: expires, TokenHash: reach.Org + id}
		if err := repo.CreateExport(t.Context(), reach, e); err != nil {
			t.Fatal(err)
		}
	}
	if err := repo.DeleteOldExports(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	kept, err := repo.ExportsByID(t.Context(), reach, []string{"open", "ended", "a day ago, nearly", "a day ago", "last year"})
	if diff := cmp.Diff([]string{"a day ago, nearly", "ended", "open"}, slices.Sorted(maps.Keys(kept))); diff != "" || err != nil {
		t.Errorf("kept (-want +got):\n%s %v", diff, err)
	}
}
