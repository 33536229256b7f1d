package repository_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/cart"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// onCalls returns an organization with calls that go on, taken by ann from the
// queue beauty, and with a shoe in three sizes.
func onCalls(t testing.TB, repo *repository.Repository, callIDs ...string) analytics.Reach {
	t.Helper()
	reach := analytics.Reach{Org: freshOrg()}
	records := []analytics.CatalogRecord{
		record(t, `{"kind":"product","sku":"shoe","name":"Shoe","price":{"current":"50.00","currency":"EUR"},"variations":[{"sku":"shoe-red","name":"Red","sizes":[{"sku":"s38","name":"38"},{"sku":"s39","name":"39","inStock":true,"price":{"current":"45.00","currency":"EUR"}},{"sku":"s40","name":"40","inStock":false}]}]}`),
		record(t, `{"kind":"product","sku":"sock","name":"Sock","price":{"current":"5.00","currency":"EUR"}}`),
	}
	if _, err := repo.PutCatalog(t.Context(), reach.Org, records); err != nil {
		t.Fatal(err)
	}
	var events []analytics.Event
	for _, id := range callIDs {
		events = append(events, event(t, "start "+id, "call_started", day, object{"visitorId": "v", "sessionId": "s", "callId": id,
			"data": object{"agentId": "ann", "callType": "queue", "queueId": "beauty"}}))
	}
	absorb(t, repo, reach.Org, events...)
	return reach
}

// do does a command that must be accepted.
func do(t testing.TB, repo *repository.Repository, reach analytics.Reach, callID string, c cart.Command, now time.Time) *cart.Change {
	t.Helper()
	change, err := repo.CommandCart(t.Context(), reach, callID, c, now)
	if err != nil {
		t.Fatalf("%#v: %v", c, err)
	}
	return change
}

func add(id, sku string, quantity int) cart.Command {
	return cart.AddItem{MutationID: id, Product: cart.Product{SKU: sku}, Quantity: quantity}
}

// updatesOf returns all updates of a cart, and fails unless they are 1, 2, 3 and
// so on and lead to the cart that is shown.
func updatesOf(t testing.TB, repo *repository.Repository, reach analytics.Reach, callID string) []*cart.Change {
	t.Helper()
	var all []*cart.Change
	for {
		changes, _, err := repo.CartChanges(t.Context(), reach, callID, int64(len(all)))
		if err != nil {
			t.Fatal(err)
		}
		if len(changes) == 0 {
			break
		}
		all = append(all, changes...)
	}
	var folded cart.Cart
	for i, change := range all {
		if change.Version() != int64(i+1) {
			t.Fatalf("update %d stands at place %d", change.Version(), i+1)
		}
		folded = folded.After(change.Update)
		if diff := cmp.Diff(folded, change.After); diff != "" {
			t.Fatalf("cart after update %d (-folded +stored):\n%s", i+1, diff)
		}
	}
	shown, err := repo.CartsByCall(t.Context(), reach, []string{callID})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) > 0 {
		if diff := cmp.Diff(folded, shown[callID].Cart); diff != "" {
			t.Fatalf("cart (-folded +shown):\n%s", diff)
		}
	}
	return all
}

func kindsOf(changes []*cart.Change) []cart.Kind {
	kinds := []cart.Kind{}
	for _, change := range changes {
		kinds = append(kinds, change.Kind())
	}
	return kinds
}

// refusedAs returns the code of a refusal, "" for none.
func refusedAs(err error) cart.Code {
	var refusal *cart.Refusal
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return ""
}

func TestACallAndItsCart(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	reach := onCalls(t, repo, "c")
	now := day.Add(time.Minute)

	asked := do(t, repo, reach, "c", add("1", "s39", 2), now)
	if again := do(t, repo, reach, "c", add("1", "s39", 2), now.Add(time.Second)); !cmp.Equal(asked, again) {
		t.Errorf("a repeated command has another result: %s", cmp.Diff(asked, again))
	}
	for name, c := range map[string]cart.Command{
		"out of stock": add("", "s40", 1), "a variation with sizes": add("", "shoe-red", 1), "unknown": add("", "hat", 1), "pending": add("", "s39", 1),
	} {
		if _, err := repo.CommandCart(t.Context(), reach, "c", c, now); refusedAs(err) == "" {
			t.Errorf("%s: %v, want a refusal", name, err)
		}
	}
	do(t, repo, reach, "c", cart.Acknowledge{RequestID: asked.Version(), Success: true}, now)
	do(t, repo, reach, "c", add("2", "s38", 1), now)
	do(t, repo, reach, "c", cart.Acknowledge{RequestID: 3, Reason: cart.OutOfStock}, now)
	do(t, repo, reach, "c", cart.CheckOut{}, now)

	want := []cart.Kind{cart.ItemRequested, cart.ItemAdded, cart.ItemRequested, cart.RequestRefused, cart.CheckedOut}
	if diff := cmp.Diff(want, kindsOf(updatesOf(t, repo, reach, "c"))); diff != "" {
		t.Error(diff)
	}

	t.Run("the call shows what the agent added and what was checked out", func(t *testing.T) {
		calls, err := repo.CallsByID(t.Context(), reach, []string{"c"})
		if err != nil {
			t.Fatal(err)
		}
		type shown struct {
			Added, CheckedOut []string
			Value             *analytics.Money
			Clicked           bool
		}
		got := shown{calls["c"].AddedSKUs, calls["c"].CheckedOutSKUs, calls["c"].CheckedOutValue, calls["c"].CheckedOut}
		if diff := cmp.Diff(shown{[]string{"s39"}, []string{"s39"}, &analytics.Money{Minor: 9000, Currency: "EUR"}, true}, got); diff != "" {
			t.Error(diff)
		}
		nothingLeftToRecover(t, repo, reach.Org)
	})

	t.Run("the list of open carts follows the call", func(t *testing.T) {
		open := func(now time.Time) int {
			n, err := repo.CountCarts(t.Context(), reach, repository.CartFilter{Open: ptr(true), AgentID: ptr("ann"), QueueID: ptr("beauty")}, now)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
		if open(now) != 1 {
			t.Error("the cart of a call that goes on is not open")
		}
		end := day.Add(time.Hour)
		absorb(t, repo, reach.Org, event(t, "end", "call_ended", end, object{"visitorId": "v", "sessionId": "s", "callId": "c", "data": object{}}))
		if open(end.Add(29*time.Minute)) != 1 || open(end.Add(30*time.Minute)) != 0 {
			t.Error("a cart is open for 30 minutes after the call")
		}
		if _, err := repo.CommandCart(t.Context(), reach, "c", add("", "sock", 1), end); refusedAs(err) != cart.Conflict {
			t.Errorf("after the call an agent adds: %v", err)
		}
		do(t, repo, reach, "c", cart.CheckOut{}, end.Add(29*time.Minute))
	})
}

func TestCartsOutOfReach(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	reach := onCalls(t, repo, "c", "d")
	now := day.Add(time.Minute)
	do(t, repo, reach, "c", add("", "s39", 1), now)
	for name, other := range map[string]analytics.Reach{
		"another organization": {Org: "other"}, "another agent": {Org: reach.Org, Agent: "bo"}, "another call": {Org: reach.Org, Call: "d"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := repo.CommandCart(t.Context(), other, "c", add("", "sock", 1), now); refusedAs(err) != cart.NotFound {
				t.Errorf("a command: %v", err)
			}
			changes, version, err := repo.CartChanges(t.Context(), other, "c", 0)
			if len(changes) > 0 || version != 0 || err != nil {
				t.Errorf("updates are seen: %v, %d, %v", changes, version, err)
			}
			list, err := repo.Carts(t.Context(), other, repository.CartFilter{}, analytics.PageArgs{}, now)
			if err != nil || len(list.Edges) > 0 {
				t.Errorf("the cart is listed: %v, %v", list, err)
			}
			if _, _, err := repo.CreateShopperToken(t.Context(), other, "c", now); analytics.CodeOf(err) != analytics.NotFound {
				t.Errorf("a token: %v", err)
			}
		})
	}
	t.Run("a shopper's token reaches one call for a day", func(t *testing.T) {
		_, secret, err := repo.CreateShopperToken(t.Context(), reach, "c", now)
		if err != nil {
			t.Fatal(err)
		}
		token, err := repo.TokenByHash(t.Context(), auth.HashToken(secret))
		if err != nil {
			t.Fatal(err)
		}
		ends := now.Add(24 * time.Hour)
		want := &auth.Principal{Org: reach.Org, TokenID: token.ID(), Call: "c", Scopes: auth.Scopes{auth.CartsAnswer, auth.CartsRead}, ExpiresAt: &ends}
		if diff := cmp.Diff(want, token.Principal()); diff != "" {
			t.Error(diff)
		}
		if token.Expired(ends.Add(-time.Millisecond)) || !token.Expired(ends) {
			t.Error("the token ends at its end")
		}
	})
}

func TestRequestsExpire(t *testing.T) {
	uri, database := repositorytest.Database(t)
	taking, living := repositorytest.OpenAt(t, uri, database, nil), repositorytest.OpenAt(t, uri, database, nil)
	reach := onCalls(t, taking, "c", "d", "e")
	now := day.Add(time.Minute)
	for _, id := range []string{"c", "d", "e"} {
		do(t, taking, reach, id, add("", "s39", 1), now)
	}
	do(t, taking, reach, "e", cart.Acknowledge{RequestID: 1, Success: true}, now.Add(cart.AnswerTime-time.Millisecond))
	if err := taking.Close(context.Background()); err != nil { // the gateway that took them is gone
		t.Fatal(err)
	}
	var told atomic.Int64
	living.Announce(func(string, int64) { told.Add(1) })
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{cart.AnswerTime - time.Millisecond, 0}, {cart.AnswerTime, 2}, {cart.AnswerTime, 0}} {
		if n, err := living.ExpireCarts(t.Context(), now.Add(c.after)); n != c.want || err != nil {
			t.Fatalf("after %s %d carts changed, want %d: %v", c.after, n, c.want, err)
		}
	}
	if told.Load() != 2 {
		t.Errorf("%d notices, want 2", told.Load())
	}
	if diff := cmp.Diff([]cart.Kind{cart.ItemRequested, cart.RequestExpired}, kindsOf(updatesOf(t, living, reach, "c"))); diff != "" {
		t.Error(diff)
	}
	if _, err := living.CommandCart(t.Context(), reach, "c", cart.Acknowledge{RequestID: 1, Success: true}, now.Add(cart.AnswerTime)); refusedAs(err) != cart.Conflict {
		t.Errorf("a late answer: %v", err)
	}
}

func TestManyChangeOneCart(t *testing.T) {
	uri, database := repositorytest.Database(t)
	gateways := []*repository.Repository{repositorytest.OpenAt(t, uri, database, nil), repositorytest.OpenAt(t, uri, database, nil)}
	reach := onCalls(t, gateways[0], "c")
	now := day.Add(time.Minute)
	var accepted atomic.Int64
	var parties sync.WaitGroup
	for p := range 8 {
		parties.Go(func() {
			random := rand.New(rand.NewPCG(uint64(p), 7))
			for i := range 12 {
				sku := []string{"s38", "s39", "sock"}[random.IntN(3)]
				c := add(fmt.Sprint(p, " ", i), sku, 1)
				if p%2 == 1 {
					c = cart.Acknowledge{RequestID: int64(1 + random.IntN(20)), Success: random.IntN(3) > 0}
				}
				_, err := gateways[p/4].CommandCart(t.Context(), reach, "c", c, now)
				switch {
				case err == nil:
					accepted.Add(1)
				case refusedAs(err) == "":
					t.Errorf("%#v: %v", c, err)
				}
			}
		})
	}
	parties.Wait()
	updates := updatesOf(t, gateways[0], reach, "c")
	// An answer that is repeated in the same words is accepted again.
	if n := int64(len(updates)); n == 0 || n > accepted.Load() {
		t.Errorf("%d updates of %d accepted commands", n, accepted.Load())
	}
}

// A gateway may die after any of its commands to the database; others go on, and
// no update is lost or there twice.
func TestAGatewayDiesOverACommand(t *testing.T) {
	uri, database := repositorytest.Database(t)
	frail := openFrail(t, uri, database)
	healthy := repositorytest.OpenAt(t, uri, database, nil)
	reach := onCalls(t, healthy, "c")
	now := day.Add(time.Minute)
	done := false
	for n := int64(1); !done; n++ {
		// The whole way of a command that changes the call's row, too.
		id := fmt.Sprint("ask ", n)
		asked := do(t, healthy, reach, "c", cart.Command(add(id, "sock", 1)), now)
		answer := cart.Acknowledge{MutationID: fmt.Sprint("answer ", n), RequestID: asked.Version(), Success: true}
		died, err := frail.until(t, n, func(ctx context.Context) error {
			_, err := frail.CommandCart(ctx, reach, "c", answer, now)
			return err
		})
		done = !died
		if done && err != nil {
			t.Fatal(err)
		}
		first := do(t, healthy, reach, "c", answer, now) // the page asks again
		if first.Kind() != cart.ItemAdded && first.Kind() != cart.ItemUpdated {
			t.Errorf("an answer made %s", first.Kind())
		}
	}
	updatesOf(t, healthy, reach, "c")
	if _, err := healthy.Recover(t.Context(), 0, time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	calls, err := healthy.CallsByID(t.Context(), reach, []string{"c"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"sock"}, calls["c"].AddedSKUs); diff != "" {
		t.Error(diff)
	}
}

func TestTheNumberOfCommandsOfACartCommandIsConstant(t *testing.T) {
	var sent atomic.Int64
	repo := repositorytest.Open(t, func(string) { sent.Add(1) })
	reach := onCalls(t, repo, "c")
	now := day.Add(time.Minute)
	commandsOf := func(c cart.Command) int64 {
		sent.Store(0)
		do(t, repo, reach, "c", c, now)
		return sent.Load()
	}
	for version := int64(1); version < 40; version += 2 {
		asking, answering := commandsOf(add("", "sock", 1)), commandsOf(cart.Acknowledge{RequestID: version, Success: true})
		if asking > 8 || version > 1 && answering > 6 || answering > 24 {
			t.Fatalf("at version %d asking takes %d commands and answering %d", version, asking, answering)
		}
	}
	sent.Store(0)
	if changes, _, err := repo.CartChanges(t.Context(), reach, "c", 39); err != nil || len(changes) != 1 || sent.Load() != 1 {
		t.Errorf("who is one behind reads %d updates with %d commands: %v", len(changes), sent.Load(), err)
	}
	sent.Store(0)
	if changes, _, err := repo.CartChanges(t.Context(), reach, "c", 0); err != nil || len(changes) != 40 || sent.Load() != 2 {
		t.Errorf("who was away reads %d updates with %d commands: %v", len(changes), sent.Load(), err)
	}
}
