package repository_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// forgetting blanks what is older than 28 days, on a day of its own.
var forgetting = analytics.Forgetting{Now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC), Age: 28 * 24 * time.Hour}

// ago returns a moment some days before it.
func ago(days int) time.Time { return forgetting.Now.AddDate(0, 0, -days) }
func TestOldPersonalDataGoesAway(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	p := &people{t: t, repo: repo, org: "acme"}
	p.crowd()
	other := &people{t: t, repo: repo, org: "globex"}
	other.call("old", "OLD-other", ago(50), ptr(ago(49)))

	before := marksIn(t, repo)
	if len(before["events"]) == 0 || len(before["calls"]) == 0 || len(before["chat_messages"]) == 0 {
		t.Fatalf("there is nothing to go away: %v", before)
	}
	want := repository.Forgotten{
		"events":        4*4 + 1 + 4 + 2, // of four calls, one that nothing names, a visit, two rows
		"calls":         6,
		"chat_messages": 1,
	}
	counted, err := repo.Forgettable(t.Context(), forgetting)
	if diff := cmp.Diff(want, counted); diff != "" || err != nil {
		t.Errorf("counted %v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff(before, marksIn(t, repo)); diff != "" {
		t.Errorf("counting changed something (-want +got):\n%s", diff)
	}

	live := func() analytics.LiveFigures {
		f := foldLiveFromScratch(t, repo, p.org).read("live", analytics.Live, nil).Figures
		return analytics.LiveFigures{Sessions: f.Sessions, Viewers: f.Viewers, General: f.General, Business: f.Business, Satisfaction: f.Satisfaction, Alerting: f.Alerting}
	}
	figures := live()
	if figures.Satisfaction.Comments != 2 || figures.General.Messages != 2 {
		t.Errorf("the comments and messages are not counted: %+v", figures)
	}
	done, err := repo.Forget(t.Context(), forgetting)
	if diff := cmp.Diff(want, done); diff != "" || err != nil {
		t.Errorf("blanked %v (-want +got):\n%s", err, diff)
	}
	if diff := cmp.Diff(withoutMarks(before, "OLD"), marksIn(t, repo)); diff != "" {
		t.Errorf("marks that are left (-want +got):\n%s", diff)
	}
	sameAsFromScratch(t, repo, p.org)
	if diff := cmp.Diff(figures, live()); diff != "" {
		t.Errorf("figures of the live event, folded from scratch (-want +got):\n%s", diff)
	}

	t.Run("again there is nothing to do", func(t *testing.T) {
		done, err := repo.Forget(t.Context(), forgetting)
		if diff := cmp.Diff(repository.Forgotten{}, done); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
	t.Run("what is derived again, or comes in again, brings nothing back", func(t *testing.T) {
		if summary := p.importRows(imported("OLD", ago(40))); summary.New != 0 || summary.Unchanged != 2 {
			t.Errorf("the rows count again: %v", summary)
		}
		p.number = 0
		p.call("old", "OLD-call", ago(40), ptr(ago(39)))
		again := analytics.NewTestMark("t", "old", false, ago(1))
		absorb(t, repo, p.org, again)
		if diff := cmp.Diff(withoutMarks(before, "OLD"), marksIn(t, repo)); diff != "" {
			t.Errorf("marks that are left (-want +got):\n%s", diff)
		}
	})
	t.Run("what comes in late goes with the next run", func(t *testing.T) {
		p.number = 1000
		absorb(t, repo, p.org, p.event("shopper_identified", ago(39), object{"visitorId": "shopper-old", "callId": "old", "data": identity("OLD-late")}))
		p.importRows(imported("OLD-later", ago(45)))
		done, err := repo.Forget(t.Context(), forgetting)
		if diff := cmp.Diff(repository.Forgotten{"events": 3, "calls": 3}, done); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if diff := cmp.Diff(withoutMarks(before, "OLD"), marksIn(t, repo)); diff != "" {
			t.Errorf("marks that are left (-want +got):\n%s", diff)
		}
	})
	t.Run("a call that ends is blanked by its end", func(t *testing.T) {
		p.number = 2000
		absorb(t, repo, p.org, p.event("call_ended", ago(29), object{"visitorId": "shopper-runs", "callId": "runs", "data": object{}}))
		nextDay := forgetting
		nextDay.Now = nextDay.Now.Add(25 * time.Hour)
		done, err := repo.Forget(t.Context(), nextDay)
		if err != nil || done["calls"] != 1 {
			t.Errorf("got %v, %v", done, err)
		}
		for name, list := range marksIn(t, repo) {
			for _, mark := range list {
				if strings.Contains(mark, "NEW-runs") {
					t.Errorf("%s: %s", name, mark)
				}
			}
		}
	})
}

// Events that were stored before there was a time of personal data have none.
func TestWhatAnEarlierVersionStoredIsForgottenToo(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	p := &people{t: t, repo: repo, org: "acme"}
	p.crowd()
	before := marksIn(t, repo)
	for _, collection := range []string{"events", "calls", "chat_messages"} {
		if err := repo.Unset(t.Context(), collection, "personal"); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := repo.Forget(t.Context(), forgetting); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(withoutMarks(before, "OLD"), marksIn(t, repo)); diff != "" {
		t.Errorf("marks that are left (-want +got):\n%s", diff)
	}
}

// A run may be broken off behind any command; the next one does the rest.
func TestForgettingMayBeBrokenOff(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	repo := repositorytest.OpenAt(t, uri, database, nil)
	p := &people{t: t, repo: repo, org: "acme"}
	p.call("old", "OLD-call", ago(40), ptr(ago(39)))
	putLiveEvent(t, repo, "acme")
	p.visit("OLD-visit", ago(40))
	p.importRows(imported("OLD", ago(40)))
	p.call("new", "NEW-call", ago(3), ptr(ago(2)))
	want := withoutMarks(marksIn(t, repo), "OLD")

	for broken := 1; ; broken++ {
		ctx, cancel := context.WithCancel(t.Context())
		sent := 0
		fragile, err := repository.Open(repository.Options{URI: uri, Database: database, OnCommand: func(string) {
			if sent++; sent == broken {
				cancel()
			}
		}})
		if err != nil {
			t.Fatal(err)
		}
		_, err = fragile.Forget(ctx, forgetting)
		_ = fragile.Close(t.Context())
		cancel()
		if err == nil {
			break
		}
		if analytics.CodeOf(err) != analytics.Timeout && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if broken > 200 {
			t.Fatal("it never ends")
		}
	}
	if diff := cmp.Diff(want, marksIn(t, repo)); diff != "" {
		t.Errorf("marks that are left (-want +got):\n%s", diff)
	}
	sameAsFromScratch(t, repo, "acme")
}

// More than a batch of documents, most of them with the same time.
func TestForgettingGoesThroughManyDocuments(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	p := &people{t: t, repo: repo, org: "acme"}
	events := make([]analytics.Event, 1300)
	for i := range events {
		at := ago(30 + i/1000)
		events[i] = p.event("shopper_identified", at, object{"visitorId": "v", "callId": fmt.Sprint("c", i), "data": object{"firstName": "OLD"}})
	}
	absorb(t, repo, p.org, events...)
	done, err := repo.Forget(t.Context(), forgetting)
	if diff := cmp.Diff(repository.Forgotten{"events": 1300}, done); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if left := marksIn(t, repo); len(left["events"]) > 0 {
		t.Errorf("left: %v", left["events"])
	}
}

// What is due is found by an index that holds nothing else, however much there is.
func TestAnIndexFindsWhatIsToBeForgotten(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	repositorytest.OpenAt(t, uri, database, nil)
	watch := &watch{}
	repo, err := repository.OpenWatched(uri, database, watch.add)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close(context.Background()) })
	p := &people{t: t, repo: repo, org: "acme"}
	p.crowd()
	watch.take()
	if _, err := repo.Forgettable(t.Context(), forgetting); err != nil {
		t.Fatal(err)
	}
	asked := map[string]bool{}
	for _, command := range watch.take() {
		if _, err := command.LookupErr("filter", "personal"); err != nil {
			wantIndexOfWhatIsEqual(t, repo, command)
			continue
		}
		asked[command.Index(0).Value().StringValue()] = true
		plan := explain(t, repo, command)
		if used := indexesOf(plan); !slices.Contains(used, "personal_1__id_1") {
			t.Errorf("%v serve\n%v\n%v", used, command, plan)
		}
	}
	if want := map[string]bool{"events": true, "calls": true, "chat_messages": true}; !cmp.Equal(want, asked) {
		t.Errorf("asked of %v, want %v", asked, want)
	}
}

// Gateways forget beside each other and beside writers: what was there when the
// last of them began is gone, what is young stays, and what is derived is what
// folding from scratch gives.
func TestForgettingBesideWriters(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	gateways := []*repository.Repository{repositorytest.OpenAt(t, uri, database, nil), repositorytest.OpenAt(t, uri, database, nil)}
	putLiveEvent(t, gateways[0], "acme")
	var writing, forgettingNow sync.WaitGroup
	for i, repo := range gateways {
		var batches [][]analytics.Event
		p := &people{t: t, org: "acme", number: 1000 * i}
		for n := range 12 {
			mark, days := "OLD", 40
			if n%3 == 0 {
				mark, days = "NEW", 3
			}
			on := func(kind string, at time.Time, data object) analytics.Event {
				return p.event(kind, at, object{"visitorId": "v", "sessionId": "s", "callId": fmt.Sprint("c", n%6), "data": data})
			}
			batches = append(batches, []analytics.Event{
				on("call_started", ago(41-7*(n%6)), object{"agentId": "ada", "callType": "queue", "queueId": "q"}),
				on("shopper_identified", ago(days), object{"firstName": mark + "-first"}),
				on("message_sent", ago(days), object{"messageId": fmt.Sprint("m", i, n), "author": "shopper", "name": mark + "-chat", "text": "?"}),
				on("call_ended", ago(41-7*(n%6)).Add(time.Minute), object{}),
				p.event("message_sent", ago(days), object{"visitorId": "v", "liveEventId": "live",
					"data": object{"messageId": fmt.Sprint("l", i, n), "author": "viewer", "name": mark + "-viewer", "text": "?"}}),
			})
		}
		for _, batch := range batches {
			for i := range batch {
				batch[i].Received = forgetting.Now
			}
		}
		writing.Go(func() {
			for _, batch := range batches {
				if _, err := repo.Absorb(t.Context(), "acme", batch); err != nil {
					t.Error(err)
				}
			}
		})
		forgettingNow.Go(func() {
			for range 8 {
				if _, err := repo.Forget(t.Context(), forgetting); err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	forgettingNow.Wait()
	if _, err := gateways[0].Forget(t.Context(), forgetting); err != nil {
		t.Fatal(err)
	}
	sameAsFromScratch(t, gateways[0], "acme")
	events, err := repository.All[analytics.Event](t.Context(), gateways[0], "events", "acme")
	if err != nil {
		t.Fatal(err)
	}
	calls := all(t, gateways[0], "calls", "acme", func(c *analytics.Call) string { return c.CallID })
	kept, blanked := 0, 0
	for _, e := range events {
		if e.Type != analytics.ShopperIdentified && e.Type != analytics.MessageSent {
			continue
		}
		due := e.At
		if id, ok := analytics.SubjectID("call", e.Subject); ok && calls[id].EndedAt.After(due) {
			due = *calls[id].EndedAt
		}
		has := len(e.PersonalPaths()) > 0
		if has != !due.Before(forgetting.Limit()) {
			t.Errorf("%s %s at %s, due %s: has personal data: %v", e.Type, e.EventID, e.At, due, has)
		}
		if has {
			kept++
		} else {
			blanked++
		}
	}
	if kept == 0 || blanked == 0 {
		t.Errorf("%d kept, %d blanked", kept, blanked)
	}
}
