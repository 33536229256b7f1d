package repository_test

import (
	"testing"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// A reach that is limited to a call, as that of a shopper's page, finds nothing of
// other calls, whoever asks for what.
func TestAReachOfOneCall(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	reach := analytics.Reach{Org: org, Call: "c"}
	insert(t, repo, "calls", aCall(org, "c"), aCall(org, "d"))
	insert(t, repo, "purchases", aPurchase(org, "t1", "c", "sock"), aPurchase(org, "t2", "d", "sock"), aPurchase(org, "t3", "", "sock"))
	insert(t, repo, "chat_messages", aMessage(org, "call:c", "m", "ann", 1), aMessage(org, "call:d", "m", "ann", 1), aMessage(org, "live_event:l", "m", "", 1))

	t.Run("of what was bought, what belongs to it", func(t *testing.T) {
		metrics, err := repo.ProductMetrics(t.Context(), reach, []repository.Parent{{ID: "sock"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if n := metrics["sock"].Purchases; n != 1 {
			t.Errorf("%d purchases", n)
		}
	})
	t.Run("of chats, its own", func(t *testing.T) {
		for subject, want := range map[string]int{"call:c": 1, "call:d": 0, "live_event:l": 0} {
			n, err := repo.CountMessages(t.Context(), reach, subject)
			if n != want || err != nil {
				t.Errorf("%d messages of %s: %v", n, subject, err)
			}
			byID, err := repo.MessagesByID(t.Context(), reach, []string{subject + ":m"})
			if len(byID) != want || err != nil {
				t.Errorf("%d messages of %s by id: %v", len(byID), subject, err)
			}
		}
	})
}
