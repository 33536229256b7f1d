package repository_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// minute returns a moment of the day of these tests.
func minute(m int) time.Time { return day.Add(time.Duration(m) * time.Minute) }

// startLiveEvent sends the catalog record of the live event of the stream with a
// broadcast; an end of 0 is none.
func startLiveEvent(t interface{ Fatal(...any) }, repo *repository.Repository, org string, start, end int) {
	text := fmt.Sprintf(`{"kind":"live_event","id":"live","name":"Spring","scheduledAt":%q,"startedAt":%q`, analytics.FormatTime(minute(-30)), analytics.FormatTime(minute(start)))
	if end != 0 {
		text += fmt.Sprintf(`,"endedAt":%q,"videos":[{"kind":"replay","state":"ready","url":"https://acme.example/replay.mp4"}]`, analytics.FormatTime(minute(end)))
	}
	record, err := analytics.ParseCatalogRecord([]byte(text + "}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repo.PutCatalog(context.Background(), org, []analytics.CatalogRecord{record}); err != nil {
		t.Fatal(err)
	}
}

// startLiveEventOf sends the catalog record of a live event that started.
func startLiveEventOf(t testing.TB, repo *repository.Repository, org, id string, start time.Time) {
	t.Helper()
	record, err := analytics.ParseCatalogRecord(fmt.Appendf(nil, `{"kind":"live_event","id":%q,"name":"Started","startedAt":%q}`, id, analytics.FormatTime(start)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repo.PutCatalog(t.Context(), org, []analytics.CatalogRecord{record}); err != nil {
		t.Fatal(err)
	}
}

// displays returns that a product was displayed in the live event of the stream.
func displays(t interface{ Fatal(...any) }, id, sku string, m int) analytics.Event {
	return event(t, id, "product_displayed", minute(m), object{"liveEventId": "live", "visitorId": "v", "data": object{"sku": sku}})
}

// anEvening absorbs what happens before, in and after a broadcast from minute 10
// to 40.
func anEvening(t testing.TB, repo *repository.Repository, org string) {
	startLiveEvent(t, repo, org, 10, 40)
	absorb(t, repo, org,
		said(t, "before", "ada", "When?", 1), displays(t, "d1", "hat", 2),
		said(t, "in", "bo", "Rubbish", 11), displays(t, "d2", "hat", 12), displays(t, "d3", "boot", 13),
		said(t, "after", "bo", "Again?", 50), displays(t, "d4", "scarf", 51))
	moderator := analytics.Reach{Org: org, Moderator: true}
	if _, err := repo.ModerateMessage(t.Context(), moderator, "live_event:live:before", analytics.DisplayMessage, minute(5)); err != nil {
		t.Fatal(err)
	}
	if _, err := repo.ModerateMessage(t.Context(), moderator, "live_event:live:before", analytics.DeleteMessage, minute(15)); err != nil {
		t.Fatal(err)
	}
	if _, err := repo.BanViewer(t.Context(), moderator, "live", "ada", true, minute(16)); err != nil {
		t.Fatal(err)
	}
}

// theLiveEvent returns the live event of the stream.
func theLiveEvent(t testing.TB, repo *repository.Repository, org string) *analytics.LiveEvent {
	t.Helper()
	events, err := repo.LiveEventsByID(t.Context(), analytics.Reach{Org: org}, []string{"live"})
	if err != nil || events["live"] == nil {
		t.Fatal(events, err)
	}
	return events["live"]
}

func TestReset(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	reach := analytics.Reach{Org: org}
	anEvening(t, repo, org)
	wantChat := func(want ...string) {
		t.Helper()
		if diff := cmp.Diff(want, chatOfLive(t, repo, reach, analytics.AllMessages)); diff != "" {
			t.Errorf("chat (-want +got):\n%s", diff)
		}
		sameAsFromScratch(t, repo, org)
		nothingLeftToRecover(t, repo, org)
	}

	t.Run("takes the event back to before its broadcast", func(t *testing.T) {
		wantChat("in", "after")
		got, err := repo.ResetLiveEvent(t.Context(), reach, "live", minute(60))
		if err != nil {
			t.Fatal(err)
		}
		want := &analytics.LiveEvent{
			Key: org + "/live", Org: org, LiveEventID: "live", Name: "Spring", At: minute(-30), ScheduledAt: ptr(minute(-30)),
			SKUs: []string{"hat"}, Wiped: []analytics.Period{{Start: minute(10), End: minute(60)}},
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("live event (-want +got):\n%s", diff)
		}
		wantChat("before") // its deletion and the ban of its author went with the broadcast
		if diff := cmp.Diff([]string{"before"}, chatOfLive(t, repo, reach, analytics.DisplayedMessages)); diff != "" {
			t.Errorf("what was displayed before the broadcast (-want +got):\n%s", diff)
		}
	})
	t.Run("refuses what comes late of the broadcast, and ids stay used", func(t *testing.T) {
		events := []analytics.Event{
			said(t, "late", "cy", "Late", 59), said(t, "in", "bo", "Rubbish", 11), displays(t, "late-1", "boot", 10),
			said(t, "earlier", "cy", "Early", 9), said(t, "next", "cy", "Hello", 60),
			event(t, "late-2", "purchase", minute(30), object{"visitorId": "cy", "liveEventId": "live", "data": object{"transactionId": "t", "amount": "1", "currency": "EUR"}}),
		}
		outcomes, err := repo.Absorb(t.Context(), org, events)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]string, len(outcomes))
		for i, o := range outcomes {
			if got[i] = string(o.Status); o.Err != nil {
				got[i] = string(analytics.CodeOf(o.Err)) + " " + o.Err.Error()
			}
		}
		const refused = `RESET at: lies in the broadcast of live event "live" from 2026-03-01T10:10:00Z to 2026-03-01T11:00:00Z, which was reset`
		if diff := cmp.Diff([]string{refused, "duplicate", refused, "accepted", "accepted", "accepted"}, got); diff != "" {
			t.Errorf("outcomes (-want +got):\n%s", diff)
		}
		wantChat("before", "earlier", "next")
	})
	t.Run("passes over a catalog that repeats the broadcast", func(t *testing.T) {
		for range 2 {
			startLiveEvent(t, repo, org, 10, 40)
			if e := theLiveEvent(t, repo, org); e.StartedAt != nil || e.EndedAt != nil || e.Videos != nil || e.Phase() != analytics.Prelive || !e.At.Equal(minute(-30)) {
				t.Errorf("the broadcast came back: %+v", e)
			}
		}
	})
	t.Run("fails where there is nothing to reset", func(t *testing.T) {
		for name, look := range map[string]struct {
			reach analytics.Reach
			id    string
			want  analytics.Code
		}{
			"not started any more":    {reach, "live", analytics.Conflict},
			"unknown":                 {reach, "none", analytics.NotFound},
			"of another organization": {analytics.Reach{Org: "other"}, "live", analytics.NotFound},
		} {
			if _, err := repo.ResetLiveEvent(t.Context(), look.reach, look.id, minute(61)); analytics.CodeOf(err) != look.want {
				t.Errorf("%s: got %v, want %s", name, err, look.want)
			}
		}
		nothingLeftToRecover(t, repo, org)
	})
	t.Run("lets the event start afresh, with message ids of before", func(t *testing.T) {
		startLiveEvent(t, repo, org, 70, 0)
		again := said(t, "in", "bo", "Better", 71)
		again.EventID = "e:again"
		absorb(t, repo, org, again, displays(t, "d5", "boot", 72))
		if e := theLiveEvent(t, repo, org); e.Phase() != analytics.Live || !e.Started().Equal(minute(70)) {
			t.Errorf("it did not start: %+v", e)
		}
		wantChat("before", "earlier", "next", "in")
		if _, err := repo.ResetLiveEvent(t.Context(), reach, "live", minute(80)); err != nil {
			t.Fatal(err)
		}
		wantChat("before", "earlier", "next")
		if diff := cmp.Diff([]string{"hat"}, theLiveEvent(t, repo, org).SKUs); diff != "" {
			t.Errorf("products (-want +got):\n%s", diff)
		}
	})
	t.Run("refuses a broadcast that lies ahead", func(t *testing.T) {
		startLiveEvent(t, repo, org, 100, 0)
		for _, now := range []int{90, 100} {
			if _, err := repo.ResetLiveEvent(t.Context(), reach, "live", minute(now)); analytics.CodeOf(err) != analytics.Conflict {
				t.Errorf("at minute %d: got %v, want CONFLICT", now, err)
			}
		}
	})
}

// Broken off at whatever command, a reset has not begun, or is finished by
// Recover.
func TestAResetThatIsBrokenOff(t *testing.T) {
	uri, database := repositorytest.Database(t)
	healthy := repositorytest.OpenAt(t, uri, database, nil)
	frail := openFrail(t, uri, database)
	breakOff := func(do func(ctx context.Context) error, n int64) (broken bool) {
		_, err := frail.until(t, n, do)
		return err != nil
	}
	recovered := func(org string) {
		t.Helper()
		if _, err := healthy.Recover(t.Context(), 0, time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		sameAsFromScratch(t, healthy, org)
		nothingLeftToRecover(t, healthy, org)
	}

	t.Run("by a reset", func(t *testing.T) {
		before, after := 0, 0
		for n := int64(1); ; n++ {
			org := fmt.Sprintf("reset-%d", n)
			anEvening(t, healthy, org)
			broken := breakOff(func(ctx context.Context) error {
				_, err := frail.ResetLiveEvent(ctx, analytics.Reach{Org: org}, "live", minute(60))
				return err
			}, n)
			recovered(org)
			chat := chatOfLive(t, healthy, analytics.Reach{Org: org}, analytics.AllMessages)
			if theLiveEvent(t, healthy, org).Wiped == nil {
				before++
				if diff := cmp.Diff([]string{"in", "after"}, chat); diff != "" {
					t.Errorf("broken off before it began at command %d (-want +got):\n%s", n, diff)
				}
			} else {
				after++
				if diff := cmp.Diff([]string{"before"}, chat); diff != "" {
					t.Errorf("broken off at command %d (-want +got):\n%s", n, diff)
				}
			}
			if !broken {
				break
			}
		}
		if before < 3 || after < 10 {
			t.Errorf("%d resets were broken off before they began, %d after", before, after)
		}
	})
	t.Run("by a decision of a moderator", func(t *testing.T) {
		moderated := 0
		for n := int64(1); ; n++ {
			org := fmt.Sprintf("moderate-%d", n)
			anEvening(t, healthy, org)
			broken := breakOff(func(ctx context.Context) error {
				reach := analytics.Reach{Org: org, Moderator: true}
				if _, err := frail.ModerateMessage(ctx, reach, "live_event:live:in", analytics.DeleteMessage, minute(60)); err != nil {
					return err
				}
				_, err := frail.BanViewer(ctx, reach, "live", "bo", true, minute(61))
				return err
			}, n)
			recovered(org)
			if !broken {
				break
			}
			moderated++
		}
		if moderated < 20 {
			t.Errorf("only %d commands were broken off", moderated)
		}
	})
}

// While two gateways take things in and moderate, others reset and start again:
// what is stored in the end is what folding everything from scratch gives.
func TestResetsAtOnce(t *testing.T) {
	uri, database := repositorytest.Database(t)
	gateways := []*repository.Repository{repositorytest.OpenAt(t, uri, database, nil), repositorytest.OpenAt(t, uri, database, nil)}
	for range 6 {
		org := freshOrg()
		moderator := analytics.Reach{Org: org, Moderator: true}
		anEvening(t, gateways[0], org)
		var all sync.WaitGroup
		var resets atomic.Int64
		for g, repo := range gateways {
			all.Go(func() {
				for i := range 20 {
					id := fmt.Sprintf("%d-%d", g, i)
					batch := []analytics.Event{said(t, id, "bo", "Hm?", i*3), displays(t, "d"+id, fmt.Sprint("sku", i%4), i*3)}
					if _, err := repo.Absorb(t.Context(), org, batch); err != nil { // some are refused
						t.Error(err)
					}
				}
			})
			all.Go(func() {
				for i := range 8 {
					action := []analytics.ModerationAction{analytics.DeleteMessage, analytics.RestoreMessage}[i%2]
					_, err := repo.ModerateMessage(t.Context(), moderator, "live_event:live:before", action, minute(20+i*5))
					if err != nil {
						t.Error(err)
					}
				}
			})
			all.Go(func() {
				_, err := repo.ResetLiveEvent(t.Context(), moderator, "live", minute(45))
				switch {
				case err == nil:
					resets.Add(1)
				case analytics.CodeOf(err) != analytics.Conflict:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := resets.Load(); n != 1 {
			t.Errorf("%d of two resets at once succeeded", n)
		}
		sameAsFromScratch(t, gateways[0], org)
		nothingLeftToRecover(t, gateways[0], org)
	}
}

func TestResetsInAnyOrder(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	rapid.Check(t, func(rt *rapid.T) {
		org := freshOrg()
		moderator := analytics.Reach{Org: org, Moderator: true}
		putLiveEvent(t, repo, org)
		for i := range rapid.IntRange(1, 25).Draw(rt, "steps") {
			at := rapid.IntRange(0, 100).Draw(rt, "minute")
			id := fmt.Sprint(rapid.IntRange(0, 6).Draw(rt, "id"))
			var err error
			switch rapid.IntRange(0, 7).Draw(rt, "step") {
			case 0:
				startLiveEvent(rt, repo, org, at, at+rapid.IntRange(0, 30).Draw(rt, "length"))
			case 1:
				_, err = repo.ResetLiveEvent(t.Context(), moderator, "live", minute(at))
			case 2, 3:
				e := event(rt, fmt.Sprint("e", i), "message_sent", minute(at), object{"liveEventId": "live", "visitorId": "v" + id, "data": object{"messageId": id, "author": "viewer", "text": fmt.Sprint(i)}})
				_, err = repo.Absorb(t.Context(), org, []analytics.Event{e})
			case 4, 5:
				_, err = repo.Absorb(t.Context(), org, []analytics.Event{displays(rt, fmt.Sprint("e", i), "sku"+id, at)})
			case 6:
				_, err = repo.ModerateMessage(t.Context(), moderator, "live_event:live:"+id, drawAction(rt), minute(at))
			case 7:
				_, err = repo.BanViewer(t.Context(), moderator, "live", "v"+id, rapid.Bool().Draw(rt, "banned"), minute(at))
			}
			if code := analytics.CodeOf(err); err != nil && code != analytics.Conflict && code != analytics.NotFound {
				rt.Fatal(err)
			}
		}
		sameAsFromScratch(t, repo, org)
		nothingLeftToRecover(t, repo, org)
	})
}
