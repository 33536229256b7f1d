package repository_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// The log of a cart grows with what changes, not with what is in the cart, and
// whoever resumes at any version sees the same as ever.
func TestTheLogOfAFullCart(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	reach := onCalls(t, repo, "full")
	first := do(t, repo, reach, "full", add("again", "sock", 1), day)
	const shopped = 400
	var events []analytics.Event
	for i := range shopped { // 150 lines, then more of them
		events = append(events, shopEvent(t, fmt.Sprintf("added %03d", i), "added_to_cart", "full", fmt.Sprint("sku-", i%150), 1, nil))
	}
	absorb(t, repo, reach.Org, events...)
	do(t, repo, reach, "full", add("last", "s39", 1), day)
	all := updatesOf(t, repo, reach, "full")
	if len(all) < shopped+2 {
		t.Fatalf("%d updates", len(all))
	}

	type logged struct {
		Version int64     `bson:"version"`
		Cart    *bson.Raw `bson:"cart"`
	}
	entries, err := repository.All[logged](t.Context(), repo, "cart_updates", reach.Org)
	if err != nil {
		t.Fatal(err)
	}
	whole := 0
	for _, entry := range entries {
		if entry.Cart != nil {
			whole++
		}
	}
	if whole != len(entries)/50 {
		t.Errorf("%d of %d updates are logged with the whole cart, want every 50th", whole, len(entries))
	}

	resumes := func(t *testing.T) {
		t.Helper()
		for _, after := range []int64{0, 1, 48, 49, 50, 51, 99, 100, 137, 250, 349, 399, int64(len(all)) - 1, int64(len(all))} {
			changes, version, err := repo.CartChanges(t.Context(), reach, "full", after)
			if err != nil {
				t.Fatal(err)
			}
			rest := all[max(after, 0):]
			want := rest[:min(len(rest), max(len(changes), 1))]
			if diff := cmp.Diff(want, changes); diff != "" && len(rest) > 0 || version != int64(len(all)) {
				t.Errorf("after %d of %d (-want +got):\n%s", after, version, diff)
			}
			if len(changes) < min(len(rest), 50) {
				t.Errorf("after %d there are %d changes", after, len(changes))
			}
		}
		again, err := repo.CommandCart(t.Context(), reach, "full", add("again", "sock", 1), day)
		if diff := cmp.Diff(first, again); diff != "" || err != nil {
			t.Errorf("the first command again: %v (-want +got):\n%s", err, diff)
		}
	}
	t.Run("is resumed at any version", resumes)
	t.Run("is resumed too where an earlier version logged every cart", func(t *testing.T) {
		for _, change := range all[:120] {
			filter := bson.D{{Key: "org", Value: reach.Org}, {Key: "call", Value: "full"}, {Key: "version", Value: change.Version()}}
			if change.Version()%50 != 0 {
				set(t, repo, "cart_updates", filter, "cart", change.After)
			}
		}
		resumes(t)
	})
	t.Run("tells where an update is missing", func(t *testing.T) {
		filter := bson.D{{Key: "org", Value: reach.Org}, {Key: "call", Value: "full"}, {Key: "version", Value: int64(130)}}
		if _, err := repo.Run(t.Context(), bson.D{{Key: "delete", Value: "cart_updates"}, {Key: "deletes", Value: bson.A{bson.D{{Key: "q", Value: filter}, {Key: "limit", Value: 1}}}}}); err != nil {
			t.Fatal(err)
		}
		if _, _, err := repo.CartChanges(t.Context(), reach, "full", 120); analytics.CodeOf(err) != analytics.Unavailable {
			t.Errorf("got %v, want UNAVAILABLE", err)
		}
	})
}
