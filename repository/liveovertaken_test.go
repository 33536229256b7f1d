package repository_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// A slow fold that others overtake at any of its commands leaves nothing in a
// bucket that was true before them: a purchase that it attributes may by then be
// somebody else's, made at another time, and watched by them or by nobody.
func TestAFoldOfLiveEventsThatOthersOvertake(t *testing.T) {
	uri, database := repositorytest.Database(t)
	quick := repositorytest.OpenAt(t, uri, database, nil)
	slow, at := overtaken(t, uri, database)
	watched := func(id, visitor, liveEventID string, minute int, signs ...string) []analytics.Event {
		var events []analytics.Event
		for i, kind := range signs {
			body := object{"visitorId": visitor, "sessionId": id, "liveEventId": liveEventID}
			if kind == "session_started" {
				body["data"] = object{"device": "mobile"}
			}
			events = append(events, event(t, id+kind, kind, day.Add(time.Duration(minute+10*i)*time.Minute), body))
		}
		return events
	}
	bought := func(id, visitor string, minute int) analytics.Event {
		return event(t, id, "purchase", day.Add(time.Duration(minute)*time.Minute), object{"visitorId": visitor,
			"data": object{"transactionId": "t", "amount": "10", "currency": "EUR"}})
	}
	first := slices.Concat(watched("s", "vera", "live", 0, "session_started", "heartbeat"), []analytics.Event{bought("2", "vera", 40)})
	for name, second := range map[string][]analytics.Event{
		"by an earlier purchase of nobody who watched":      {bought("1", "somebody", 35)},
		"by an earlier purchase of a viewer of another one": append(watched("o", "max", "other", 0, "session_started", "heartbeat"), bought("1", "max", 30)),
		"by an earlier purchase of the same visitor":        {bought("1", "vera", 15)},
		"by a later touch of another live event":            watched("z", "vera", "other", 25, "session_started", "session_ended"),
	} {
		for how, folds := range map[string]bool{"": false, ", folded": true} {
			t.Run(name+how, func(t *testing.T) {
				n, came := int64(1), true
				for ; came; n += stride() {
					org := freshOrg()
					putCatalog(t, quick, org,
						`{"kind":"live_event","id":"live","name":"live","startedAt":"`+day.Format(time.RFC3339)+`","endedAt":"`+day.Add(30*time.Minute).Format(time.RFC3339)+`"}`,
						`{"kind":"live_event","id":"other","name":"other"}`)
					absorb(t, quick, org, slices.Clone(first)...)
					overtook := at(n, func() {
						absorb(t, quick, org, slices.Clone(second)...)
						if folds {
							foldLive(t, quick)
						}
					})
					if _, err := slow.FoldLive(t.Context(), 0, time.Now().Add(time.Hour)); err != nil {
						t.Fatal(err)
					}
					if came = overtook(); !came {
						absorb(t, quick, org, slices.Clone(second)...)
					}
					asFromScratch(t, quick, org)
					foldLive(t, quick)
					nothingPending(t, quick, org)
					asFromScratch(t, quick, org)
				}
				if n < 15 {
					t.Errorf("the fold was overtaken at %d commands only", n-2)
				}
			})
		}
	}
}

// What a fold that is broken off at any of its commands leaves is read, and
// finished, as if it had never begun, whatever comes in after it.
func TestAFoldOfLiveEventsThatIsBrokenOff(t *testing.T) {
	uri, database := repositorytest.Database(t)
	healthy := repositorytest.OpenAt(t, uri, database, nil)
	frail, at := overtaken(t, uri, database)
	sign := func(id, kind, visitor string, minute int) analytics.Event {
		body := object{"visitorId": visitor, "sessionId": "of " + visitor, "liveEventId": "live"}
		if kind == "session_started" {
			body["data"] = object{"device": "mobile"}
		}
		return event(t, id, kind, day.Add(time.Duration(minute)*time.Minute), body)
	}
	bought := event(t, "b", "purchase", day.Add(40*time.Minute), object{"visitorId": "vera",
		"data": object{"transactionId": "t", "amount": "10", "currency": "EUR"}})
	batches := [][]analytics.Event{
		{bought},
		{sign("1", "session_started", "vera", 0), sign("2", "heartbeat", "vera", 10), sign("3", "session_started", "max", 5)},
		{sign("4", "heartbeat", "vera", 20), sign("5", "session_ended", "vera", 12)},
	}
	n, came := int64(1), true
	for ; came; n += stride() {
		org := freshOrg()
		putCatalog(t, healthy, org, `{"kind":"live_event","id":"live","name":"live","startedAt":"`+day.Format(time.RFC3339)+`","endedAt":"`+day.Add(30*time.Minute).Format(time.RFC3339)+`"}`,
			`{"kind":"live_event","id":"other","name":"other"}`)
		came = false
		for _, batch := range batches {
			absorb(t, healthy, org, slices.Clone(batch)...)
			ctx, cancel := context.WithCancel(t.Context())
			broke := at(n, cancel)
			_, err := frail.FoldLive(ctx, 0, time.Now().Add(time.Hour))
			if broken := broke(); broken {
				came = true
			} else if err != nil {
				t.Fatal(err)
			}
			cancel()
			asFromScratch(t, healthy, org)
		}
		foldLive(t, healthy)
		nothingPending(t, healthy, org)
		asFromScratch(t, healthy, org)
	}
	if n < 15 {
		t.Errorf("the fold was broken off at %d commands only", n-2)
	}
}

// asFromScratch fails the test where what is read of both live events, or whom
// purchases belong to, is not what folding from scratch gives.
func asFromScratch(t *testing.T, repo *repository.Repository, org string) {
	t.Helper()
	s := foldLiveFromScratch(t, repo, org)
	for _, phase := range []analytics.LivePhase{analytics.Prelive, analytics.Live, analytics.Replay} {
		readsAsFromScratch(t, repo, s, phase, nil)
	}
}
