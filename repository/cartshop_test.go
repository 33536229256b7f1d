package repository_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/cart"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// shopEvent returns the event of a change that the shopper made in the shop.
func shopEvent(t testing.TB, id, kind, callID, sku string, quantity int, more object) analytics.Event {
	data := object{"sku": sku, "quantity": quantity, "cart": object{"id": "k", "amount": "1.00", "currency": "EUR"}}
	for key, value := range more {
		data[key] = value
	}
	return event(t, id, kind, day.Add(time.Minute), object{"visitorId": "v", "sessionId": "s", "callId": callID, "data": data})
}

// held returns the quantities of a cart.
func held(t testing.TB, repo *repository.Repository, reach analytics.Reach, callID string) map[string]int {
	t.Helper()
	carts, err := repo.CartsByCall(t.Context(), reach, []string{callID})
	if err != nil {
		t.Fatal(err)
	}
	quantities := map[string]int{}
	if c := carts[callID]; c != nil {
		for _, item := range c.Items {
			quantities[item.SKU] = item.Quantity
		}
	}
	return quantities
}

func TestCartsFollowTheShop(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	want := func(t *testing.T, reach analytics.Reach, callID string, want map[string]int) {
		t.Helper()
		if diff := cmp.Diff(want, held(t, repo, reach, callID)); diff != "" {
			t.Error(diff)
		}
	}

	t.Run("what the shopper does is in the cart at once, each event once", func(t *testing.T) {
		reach := onCalls(t, repo, "c", "d")
		batch := []analytics.Event{
			shopEvent(t, "1", "added_to_cart", "c", "sock", 3, nil),
			shopEvent(t, "2", "removed_from_cart", "c", "sock", 1, nil),
			shopEvent(t, "3", "added_to_cart", "d", "s40", 1, nil), // sold out, by our catalog
			shopEvent(t, "4", "added_to_cart", "d", "unheard-of", 1, nil),
		}
		absorb(t, repo, reach.Org, batch...)
		absorb(t, repo, reach.Org, batch...)
		want(t, reach, "c", map[string]int{"sock": 2})
		want(t, reach, "d", map[string]int{"s40": 1, "unheard-of": 1})
		if diff := cmp.Diff([]cart.Kind{cart.ItemAdded, cart.ItemUpdated}, kindsOf(updatesOf(t, repo, reach, "c"))); diff != "" {
			t.Error(diff)
		}
	})

	t.Run("an echo of our own cart integration changes nothing", func(t *testing.T) {
		reach := onCalls(t, repo, "c")
		absorb(t, repo, reach.Org, shopEvent(t, "1", "added_to_cart", "c", "sock", 1, object{"affiliation": "Cartograph " + reach.Org}))
		want(t, reach, "c", map[string]int{})
	})

	t.Run("what the cart cannot follow counts all the same", func(t *testing.T) {
		reach := onCalls(t, repo, "c")
		absorb(t, repo, reach.Org, shopEvent(t, "1", "added_to_cart", "c", "sock", 1, nil))
		for _, outcome := range absorb(t, repo, reach.Org, shopEvent(t, "2", "removed_from_cart", "c", "s38", 1, nil), shopEvent(t, "3", "added_to_cart", "c", "sock", 999, nil)) {
			if outcome.Status != repository.Accepted || outcome.Err != nil {
				t.Errorf("%v", outcome)
			}
		}
		want(t, reach, "c", map[string]int{"sock": 1})
	})

	t.Run("events of a call that is not known yet are followed once it is", func(t *testing.T) {
		reach := onCalls(t, repo)
		absorb(t, repo, reach.Org, shopEvent(t, "1", "added_to_cart", "c", "sock", 2, nil))
		want(t, reach, "c", map[string]int{})
		absorb(t, repo, reach.Org, event(t, "start", "call_started", day, object{"visitorId": "v", "sessionId": "s", "callId": "c", "data": object{"agentId": "ann", "callType": "queue", "queueId": "beauty"}}))
		want(t, reach, "c", map[string]int{"sock": 2})
	})

	t.Run("the cart of a call that ended long ago follows nothing", func(t *testing.T) {
		reach := onCalls(t, repo, "c")
		absorb(t, repo, reach.Org, event(t, "end", "call_ended", day.Add(time.Hour), object{"visitorId": "v", "sessionId": "s", "callId": "c", "data": object{}}),
			shopEvent(t, "1", "added_to_cart", "c", "sock", 2, nil))
		want(t, reach, "c", map[string]int{})
	})

	t.Run("however many events and carts, a batch takes as many commands", func(t *testing.T) {
		var sent atomic.Int64
		repo := repositorytest.Open(t, func(string) { sent.Add(1) })
		var ids []string
		for i := range 60 {
			ids = append(ids, fmt.Sprint("c", i))
		}
		reach := onCalls(t, repo, ids...)
		batch := func(name string, calls, each int) (events []analytics.Event) {
			for _, id := range ids[:calls] {
				for i := range each {
					events = append(events, shopEvent(t, fmt.Sprint(name, id, i), "added_to_cart", id, []string{"sock", "s38"}[i%2], 1, nil))
				}
			}
			return events
		}
		count := func(events []analytics.Event) int64 {
			sent.Store(0)
			absorb(t, repo, reach.Org, events...)
			return sent.Load()
		}
		absorb(t, repo, reach.Org, batch("first", 60, 2)...)
		if few, many := count(batch("few", 2, 2)), count(batch("many", 60, 10)); few != many {
			t.Errorf("4 events take %d commands, 600 take %d", few, many)
		}
		updatesOf(t, repo, reach, "c7")
	})
}

func TestABatchThatIsBrokenOffOverCarts(t *testing.T) {
	uri, database := repositorytest.Database(t)
	frail := openFrail(t, uri, database)
	healthy := repositorytest.OpenAt(t, uri, database, nil)
	for n, done := int64(1), false; !done; n++ {
		reach := onCalls(t, healthy, "c")
		now := time.Now()
		batch := []analytics.Event{shopEvent(t, "1", "added_to_cart", "c", "sock", 3, nil), shopEvent(t, "2", "removed_from_cart", "c", "sock", 1, nil)}
		for i := range batch {
			batch[i].Received = now
		}
		died, err := frail.until(t, n, func(ctx context.Context) error {
			_, err := frail.Absorb(ctx, reach.Org, batch)
			return err
		})
		done = !died
		if n%2 == 0 { // another gateway finishes it, or the sender asks again
			if _, err := healthy.Recover(t.Context(), 0, time.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		if n%2 == 1 || err != nil {
			absorb(t, healthy, reach.Org, batch...)
		}
		if diff := cmp.Diff(map[string]int{"sock": 2}, held(t, healthy, reach, "c")); diff != "" {
			t.Fatalf("broken off at command %d: %s", n, diff)
		}
		updatesOf(t, healthy, reach, "c")
	}
}
