package repository_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// set sets a field of the documents that a filter finds to whatever it is given.
func set(t *testing.T, repo *repository.Repository, collection string, filter bson.D, field string, value any) {
	t.Helper()
	answer, err := repo.Run(t.Context(), bson.D{{Key: "update", Value: collection}, {Key: "updates", Value: bson.A{bson.D{
		{Key: "q", Value: filter}, {Key: "u", Value: bson.D{{Key: "$set", Value: bson.D{{Key: field, Value: value}}}}}, {Key: "multi", Value: true},
	}}}})
	if n, ok := answer.Lookup("n").AsInt64OK(); err != nil || !ok || n != 1 {
		t.Fatalf("set %s of %d documents of %s: %v", field, n, collection, err)
	}
}

// What is broken keeps its own personal data alone: all other is blanked, and the
// error names what has to be looked after, without what is in it.
func TestWhatIsBrokenDoesNotKeepOthersFromBeingForgotten(t *testing.T) {
	for name, broken := range map[string]struct {
		collection string
		filter     bson.D
		field      string
		whole      any
		named      []string
	}{
		"an event that cannot be decoded": {
			"events", bson.D{{Key: "org", Value: "acme"}, {Key: "subject", Value: "call:broken"}, {Key: "type", Value: "shopper_identified"}}, "data.email", "OLD-broken@example.org",
			[]string{"decode acme/e:e9: error decoding key data.email: cannot decode", "forget personal data of calls acme/broken: "},
		},
		"a call that cannot be decoded": {
			"calls", bson.D{{Key: "_id", Value: "acme/broken"}}, "endedAt", ago(39),
			[]string{"decode acme/broken: error decoding key endedAt: ", "forget personal data of events acme/e:e9: ", "forget personal data of calls acme/broken: "},
		},
		"an event of a database that never noted the age of personal data": {
			"events", bson.D{{Key: "org", Value: "acme"}, {Key: "subject", Value: "call:broken"}, {Key: "type", Value: "shopper_identified"}}, "data.email", "OLD-broken@example.org",
			[]string{"decode acme/e:e9: ", "forget personal data of calls acme/broken: "},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repo := repositorytest.Open(t, nil)
			p := &people{t: t, repo: repo, org: "acme"}
			p.call("first", "OLD-first", ago(40), ptr(ago(39)))
			p.call("broken", "OLD-broken", ago(40), ptr(ago(39)))
			p.call("last", "OLD-last", ago(40), ptr(ago(39)))
			p.call("new", "NEW-call", ago(3), ptr(ago(2)))
			putLiveEvent(t, repo, "acme")
			p.visit("OLD-visit", ago(40))
			other := &people{t: t, repo: repo, org: "globex"}
			other.call("other", "OLD-other", ago(50), ptr(ago(49)))
			before := marksIn(t, repo)
			unmarked := strings.Contains(name, "never noted")
			if unmarked {
				for _, collection := range []string{"events", "calls", "chat_messages"} {
					if err := repo.Unset(t.Context(), collection, "personal"); err != nil {
						t.Fatal(err)
					}
				}
			}
			set(t, repo, broken.collection, broken.filter, broken.field, bson.D{{Key: "OLD-secret", Value: "OLD-secret"}})

			for range 2 { // also the next time
				_, err := repo.Forget(t.Context(), forgetting)
				for _, named := range broken.named {
					if err == nil || !strings.Contains(err.Error(), named) {
						t.Errorf("got %v, want it to say %s", err, named)
					}
				}
				if err != nil && strings.Contains(err.Error(), "OLD") {
					t.Errorf("it tells personal data: %v", err)
				}
				for collection, marks := range marksIn(t, repo) {
					for _, mark := range marks {
						if strings.Contains(mark, "OLD") && !strings.Contains(mark, "OLD-broken") && !strings.Contains(mark, "OLD-secret") {
							t.Errorf("%s still holds %s", collection, mark)
						}
					}
				}
			}
			set(t, repo, broken.collection, broken.filter, broken.field, broken.whole)
			if _, err := repo.Forget(t.Context(), forgetting); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(withoutMarks(before, "OLD"), marksIn(t, repo)); diff != "" {
				t.Errorf("marks that are left once it is mended (-want +got):\n%s", diff)
			}
			if !unmarked { // then calls are marked too early at worst
				sameAsFromScratch(t, repo, "acme")
			}
		})
	}
}
