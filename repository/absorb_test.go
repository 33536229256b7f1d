package repository_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

func drawStream(t *rapid.T) []analytics.Event {
	n := rapid.IntRange(1, 60).Draw(t, "events")
	events := make([]analytics.Event, n)
	for i := range events {
		events[i] = streamed(t, i)
	}
	return events
}

// distinct counts the ids of events.
func distinct(events []analytics.Event) int {
	ids := map[string]bool{}
	for _, e := range events {
		ids[e.EventID] = true
	}
	return len(ids)
}

// ignoreOrg compares the documents of two organizations.
var ignoreOrg = cmp.Options{
	cmpopts.IgnoreFields(analytics.Call{}, "Key", "Org", "StartSeen", "EndSeen"), // when each came in
	cmpopts.IgnoreFields(analytics.CallMetrics{}, "Key", "Org"),
	cmpopts.IgnoreFields(analytics.Purchase{}, "Key", "Org"),
	cmpopts.IgnoreFields(analytics.ChatMessage{}, "Key", "Org", "Seen"),
	cmpopts.IgnoreFields(analytics.Moderation{}, "Key", "Org"),
}

func TestWhatIsStoredEqualsFoldingFromScratch(t *testing.T) {
	t.Run("in any order, with any duplicates, in any batches", func(t *testing.T) {
		repo := repositorytest.Open(t, nil)
		rapid.Check(t, func(rt *rapid.T) {
			org := freshOrg()
			putLiveEvent(t, repo, org)
			events := drawStream(rt)
			repeated := rapid.SliceOfN(rapid.SampledFrom(events), 0, 20).Draw(rt, "repeated")
			arriving := rapid.Permutation(slices.Concat(events, repeated)).Draw(rt, "arriving")
			accepted := 0
			for len(arriving) > 0 {
				n := rapid.IntRange(1, len(arriving)).Draw(rt, "batch")
				for _, outcome := range absorb(t, repo, org, arriving[:n]...) {
					if outcome.Status == repository.Accepted {
						accepted++
					}
				}
				arriving = arriving[n:]
				sameAsFromScratch(t, repo, org)
			}
			if want := distinct(events); accepted != want {
				t.Fatalf("%d events were accepted, want %d", accepted, want)
			}
			nothingLeftToRecover(t, repo, org)
		})
	})

	t.Run("the order of arrival changes nothing but which import is the later one", func(t *testing.T) {
		repo := repositorytest.Open(t, nil)
		rapid.Check(t, func(rt *rapid.T) {
			events := slices.DeleteFunc(drawStream(rt), func(e analytics.Event) bool { return e.Type == analytics.CallImported })
			arriving := rapid.Permutation(events).Draw(rt, "arriving")
			one, other := freshOrg(), freshOrg()
			putLiveEvent(t, repo, one)
			putLiveEvent(t, repo, other)
			absorb(t, repo, one, slices.Clone(events)...)
			for i := range arriving {
				absorb(t, repo, other, arriving[i])
			}
			want, got := storedBy(t, repo, one), storedBy(t, repo, other)
			if diff := cmp.Diff(want, got, withoutVersions, ignoreOrg); diff != "" {
				t.Fatalf("another order gives something else (-want +got):\n%s", diff)
			}
		})
	})

	t.Run("with eight writers on two gateways", func(t *testing.T) {
		uri, database := repositorytest.Database(t)
		gateways := []*repository.Repository{
			repositorytest.OpenAt(t, uri, database, nil),
			repositorytest.OpenAt(t, uri, database, nil),
		}
		for round := range 4 {
			org := freshOrg()
			putLiveEvent(t, gateways[0], org)
			events := rapid.Custom(drawStream).Example(round)
			var accepted atomic.Int64
			var writers sync.WaitGroup
			for w := range 8 {
				writers.Go(func() {
					random := rand.New(rand.NewPCG(uint64(w), 1))
					mine := slices.Clone(events)
					random.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
					for batch := range slices.Chunk(mine, 7) {
						outcomes, err := gateways[w%2].Absorb(t.Context(), org, batch)
						if err != nil {
							t.Error(err)
							return
						}
						for _, outcome := range outcomes {
							if outcome.Status == repository.Accepted {
								accepted.Add(1)
							}
						}
					}
				})
			}
			writers.Wait()
			if want := distinct(events); int(accepted.Load()) != want {
				t.Errorf("%d events were accepted, want %d", accepted.Load(), want)
			}
			sameAsFromScratch(t, gateways[0], org)
			nothingLeftToRecover(t, gateways[0], org)
		}
	})
}

func TestABatchThatIsBrokenOff(t *testing.T) {
	uri, database := repositorytest.Database(t)
	healthy := repositorytest.OpenAt(t, uri, database, nil)
	frail := openFrail(t, uri, database)
	before, batch := crashStream(t)

	// breakOff absorbs the batch until the n-th command and reports whether it
	// came to it.
	breakOff := func(org string, n int64) bool {
		putLiveEvent(t, healthy, org)
		absorb(t, healthy, org, slices.Clone(before)...)
		_, err := frail.until(t, n, func(ctx context.Context) error {
			_, err := frail.Absorb(ctx, org, slices.Clone(batch))
			return err
		})
		return err != nil
	}

	t.Run("is finished when it is sent again", func(t *testing.T) {
		n := int64(1)
		for ; breakOff(fmt.Sprintf("again-%d", n), n); n++ {
			org := fmt.Sprintf("again-%d", n)
			absorb(t, healthy, org, slices.Clone(batch)...)
			sameAsFromScratch(t, healthy, org)
			if got, want := len(all(t, healthy, "events", org, func(e *analytics.Event) string { return e.EventID })), distinct(before)+distinct(batch); got != want {
				t.Fatalf("broken off at command %d: %d events stored, want %d", n, got, want)
			}
		}
		if n < 20 {
			t.Errorf("only %d commands were broken off", n)
		}
	})

	t.Run("is finished by Recover", func(t *testing.T) {
		for n := int64(1); breakOff(fmt.Sprintf("recover-%d", n), n); n++ {
			org := fmt.Sprintf("recover-%d", n)
			if _, err := healthy.Recover(t.Context(), 0, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			sameAsFromScratch(t, healthy, org)
			nothingLeftToRecover(t, healthy, org)
		}
	})
}

// crashStream returns what is there, and a batch that touches everything: calls
// that take purchases from others, waits, chat of both kinds, new placeholders.
func crashStream(t testing.TB) (before, batch []analytics.Event) {
	at := func(m int) time.Time { return day.Add(time.Duration(m) * time.Minute) }
	who := func(visitor string, more object) object {
		o := object{"visitorId": visitor, "sessionId": "s"}
		for key, value := range more {
			o[key] = value
		}
		return o
	}
	started := object{"agentId": "ada", "callType": "queue", "queueId": "q"}
	paid := func(transaction string) object {
		return object{"data": object{"transactionId": transaction, "amount": "10", "currency": "EUR", "products": []object{{"sku": "x", "price": 5, "quantity": 2}}}}
	}
	before = []analytics.Event{
		event(t, "b1", "call_started", at(0), who("v", object{"callId": "c1", "data": started})),
		event(t, "b2", "purchase", at(60), who("v", paid("t1"))),
		event(t, "b3", "message_sent", at(1), who("v", object{"callId": "c2", "data": object{"messageId": "m", "author": "shopper"}})),
		importedRow(t, "c0", "w", 0, "Grace"),
		event(t, "b4", "purchase", at(61), who("w", paid("t2"))),
		event(t, "b5", "message_sent", at(2), who("v", object{"liveEventId": "live", "data": object{"messageId": "l", "author": "viewer", "text": "late"}})),
		event(t, "b6", "message_sent", at(3), who("w", object{"liveEventId": "live", "data": object{"messageId": "k", "author": "viewer", "text": "rude"}})),
	}
	batch = []analytics.Event{
		event(t, "n1", "call_started", at(30), who("v", object{"callId": "c2", "data": started})),
		event(t, "n2", "joined_queue", at(-3), who("v", object{"data": object{"queueId": "q"}})),
		event(t, "n3", "call_ended", at(40), who("v", object{"callId": "c1"})),
		event(t, "n4", "purchase", at(59), who("w", paid("t1"))), // earlier, and somebody else's
		event(t, "n5", "call_started", callStart(0), who("u", object{"callId": "c0", "data": started})),
		event(t, "n6", "message_sent", at(1), who("v", object{"liveEventId": "live", "data": object{"messageId": "l", "author": "viewer", "text": "first"}})),
		event(t, "n7", "product_displayed", at(1), who("v", object{"liveEventId": "live", "data": object{"sku": "y"}})),
		event(t, "n8", "purchase", at(70), who("v", paid("t3"))),
		event(t, "n9", "call_missed", at(9), who("v", object{"data": object{"queueId": "q2", "enteredQueueAt": at(8)}})),
		endedCall(t, "w1", "c1", 0, 50*time.Minute),
		analytics.NewMessageMark("n10", &analytics.ChatMessage{NativeID: "live_event:live:l", Subject: "live_event:live"}, analytics.DeleteMessage, at(80)),
		analytics.NewBanMark("n11", "live", "w", true, at(81)),
		event(t, "n12", "message_sent", at(82), who("w", object{"liveEventId": "live", "data": object{"messageId": "n", "author": "viewer", "text": "rude again"}})),
	}
	return before, batch
}

func TestTwoOrganizationsNeverMeet(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	before, batch := crashStream(t)
	for _, org := range []string{"acme", "zeta"} {
		putLiveEvent(t, repo, org)
	}
	absorb(t, repo, "acme", slices.Concat(before, batch)...)
	alone := storedBy(t, repo, "acme")
	events := slices.Concat(before, batch)
	slices.Reverse(events)
	for _, outcome := range absorb(t, repo, "zeta", events...) {
		if outcome.Status != repository.Accepted {
			t.Errorf("an event of one organization is %s in the other", outcome.Status)
		}
	}
	if diff := cmp.Diff(alone, storedBy(t, repo, "acme")); diff != "" {
		t.Errorf("one organization's events changed the other's documents (-before +after):\n%s", diff)
	}
	sameAsFromScratch(t, repo, "zeta")
}

func TestTheNumberOfCommandsOfABatchIsConstant(t *testing.T) {
	var commands atomic.Int64
	repo := repositorytest.Open(t, func(string) { commands.Add(1) })
	count := func(n int) int64 {
		org := freshOrg()
		putLiveEvent(t, repo, org)
		var events []analytics.Event
		for i := range n / 5 {
			visitor, call := fmt.Sprintf("v%d", i), fmt.Sprintf("c%d", i)
			who := func(more object) object {
				more["visitorId"], more["sessionId"] = visitor, "s"
				return more
			}
			id := func(k int) string { return fmt.Sprintf("%d-%d", i, k) }
			events = append(events,
				event(t, id(1), "joined_queue", day, who(object{"data": object{"queueId": id(0)}})),
				event(t, id(2), "call_started", day, who(object{"callId": call, "data": object{"agentId": id(0), "callType": "queue", "queueId": id(0)}})),
				event(t, id(3), "message_sent", day, who(object{"callId": call, "data": object{"messageId": "m", "author": "shopper"}})),
				event(t, id(4), "message_sent", day, who(object{"liveEventId": "live", "data": object{"messageId": id(0), "author": "viewer"}})),
				event(t, id(5), "purchase", day, who(object{"data": object{"transactionId": call, "amount": 1, "currency": "EUR", "products": []object{{"sku": id(0), "price": 1, "quantity": 1}}}})),
			)
		}
		commands.Store(0)
		absorb(t, repo, org, events...)
		return commands.Load()
	}
	few, many := count(100), count(1000)
	if few != many || many > 47 { // eight of them mark: for workflows, live events, products and days of calls
		t.Errorf("100 events took %d commands, 1000 took %d", few, many)
	}
}
