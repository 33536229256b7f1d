package repository_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// A token is listed for a day after it expired.
func TestExpiredTokensAreDeleted(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	repo, org := repositorytest.Open(t, nil), freshOrg()
	for name, expires := range map[string]*time.Time{
		"of no end": nil, "good": new(now.Add(time.Minute)), "expired": new(now.Add(-time.Minute)),
		"a day ago, nearly": new(now.Add(-24*time.Hour + time.Millisecond)), "a day ago": new(now.Add(-24 * time.Hour)), "last year": new(now.AddDate(-1, 0, 0)),
	} {
		if err := repo.CreateToken(t.Context(), auth.Token{Hash: org + name, Org: org, Name: name, ExpiresAt: expires}); err != nil {
			t.Fatal(err)
		}
	}
	if err := repo.DeleteExpiredTokens(t.Context(), now); err != nil {
		t.Fatal(err)
	}
	kept, err := repo.Tokens(t.Context(), org)
	var names []string
	for _, token := range kept {
		names = append(names, token.Name)
	}
	if diff := cmp.Diff([]string{"a day ago, nearly", "expired", "good", "of no end"}, names); diff != "" || err != nil {
		t.Errorf("kept (-want +got):\n%s %v", diff, err)
	}
}

// An organization has so many tokens that one list shows all; shoppers' pages,
// and other organizations, take no place in it.
func TestAnOrganizationHasAThousandTokens(t *testing.T) {
	repo, org := repositorytest.Open(t, nil), freshOrg()
	var tokens []any
	for range repository.MaxTokens - 1 {
		token, _, err := auth.NewToken(org, "", auth.Scopes{auth.CallsRead}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		tokens = append(tokens, token)
	}
	shopper, _, err := auth.NewShopperToken(org, "c1", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.Insert(t.Context(), "tokens", append(tokens, shopper)...); err != nil {
		t.Fatal(err)
	}
	create := func(org string) error {
		token, _, err := auth.NewToken(org, "", auth.Scopes{auth.CallsRead}, time.Now())
		if err != nil {
			t.Fatal(err)
		}
		return repo.CreateToken(t.Context(), token)
	}
	if err := create(org); err != nil {
		t.Errorf("the thousandth: %v", err)
	}
	if err := create(org); analytics.CodeOf(err) != analytics.LimitExceeded {
		t.Errorf("one more: %v", err)
	}
	if err := create(freshOrg()); err != nil {
		t.Errorf("that of another organization: %v", err)
	}
	if listed, err := repo.Tokens(t.Context(), org); err != nil || len(listed) != repository.MaxTokens {
		t.Errorf("%d are listed, %v", len(listed), err)
	}
}
