package repository_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
	"cartograph/repository/repositorytest"
)

// The key of a page is public. Whatever somebody sends with it keeps nobody else
// from being served.

func TestACartOfManyLongLinesIsFollowed(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	reach := onCalls(t, repo, "c")
	sku := func(i int) string { return fmt.Sprintf("%04d", i) + strings.Repeat("🧦", 124) }
	var batch []analytics.Event
	for i := range 220 { // whose updates, each with its cart, come to more than a document holds
		batch = append(batch, shopEvent(t, fmt.Sprint(i), "added_to_cart", "c", sku(i%110), 1, nil))
	}
	absorb(t, repo, reach.Org, batch...)
	if lines := held(t, repo, reach, "c"); len(lines) != 110 || lines[sku(7)] != 2 {
		t.Errorf("%d lines, %d of one", len(lines), lines[sku(7)])
	}
	if n := len(updatesOf(t, repo, reach, "c")); n != len(batch) {
		t.Errorf("%d updates", n)
	}
	nothingLeftToRecover(t, repo, reach.Org)
}

// Who visited ages apart is one session, and takes no room for the time between.
func TestASessionThatSpansAges(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	putCatalog(t, repo, org, `{"kind":"live_event","id":"live","name":"Live"}`)
	sign := func(id, kind string, at time.Time, data object) analytics.Event {
		return event(t, id, kind, at, object{"visitorId": "v", "sessionId": "s", "liveEventId": "live", "data": data})
	}
	absorb(t, repo, org,
		sign("1", "session_started", time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), object{"device": "mobile"}), sign("2", "heartbeat", evening, object{}))
	for range 2 {
		readings, err := repo.ReadLive(t.Context(), analytics.Reach{Org: org}, analytics.Prelive, nil, []string{"live"})
		if err != nil {
			t.Fatal(err)
		}
		if n := readings["live"].Figures.Sessions; n != 1 {
			t.Errorf("%d sessions", n)
		}
		foldLive(t, repo)
	}
}

func TestSourcesThatAllDiffer(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	putCatalog(t, repo, org, `{"kind":"live_event","id":"live","name":"Live"}`)
	var batch []analytics.Event
	for i := range 300 { // 18 MB within a minute
		id := fmt.Sprint(i)
		batch = append(batch, event(t, id, "session_started", evening, object{"visitorId": id, "sessionId": id, "liveEventId": "live",
			"data": object{"device": "mobile", "source": id + strings.Repeat("x", 60_000)}}))
	}
	absorb(t, repo, org, batch...)
	foldLive(t, repo)
	readings, err := repo.ReadLive(t.Context(), analytics.Reach{Org: org}, analytics.Prelive, nil, []string{"live"})
	if err != nil {
		t.Fatal(err)
	}
	if sources := readings["live"].Figures.Sources; len(sources) != 300 || len(sources[0].Name) != 256 {
		t.Errorf("%d sources, the first of %d bytes", len(sources), len(sources[0].Name))
	}
}

// What is broken of one organization keeps nobody else waiting.
func TestWhatCannotBeFinishedKeepsNobodyWaiting(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	broken, sound := freshOrg(), freshOrg()
	long := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	insert(t, repo, "events", &bson.D{{Key: "_id", Value: broken + "/e:1"}, {Key: "org", Value: broken}, {Key: "subject", Value: "call:c"}, {Key: "at", Value: "no time"}})
	for i, org := range []string{broken, sound} {
		insert(t, repo, "dirty_marks", &bson.D{{Key: "_id", Value: org + "/mark"}, {Key: "org", Value: org},
			{Key: "subjects", Value: bson.A{"call:c"}}, {Key: "at", Value: long.AddDate(0, 0, i)}})
	}
	n, err := repo.Recover(t.Context(), 0, time.Now())
	if n != 1 || analytics.CodeOf(err) != analytics.Internal {
		t.Errorf("%d marks were taken away: %v", n, err)
	}
	left, err := repo.Raw(t.Context(), "dirty_marks")
	if err != nil {
		t.Fatal(err)
	}
	var orgs []string
	for _, mark := range left {
		orgs = append(orgs, mark.Lookup("org").StringValue())
	}
	if diff := cmp.Diff([]string{broken}, orgs); diff != "" {
		t.Error(diff)
	}
}
