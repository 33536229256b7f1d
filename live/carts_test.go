package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats-server/v2/server"

	"cartograph/analytics"
	"cartograph/cart"
	"cartograph/live"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

func TestMain(m *testing.M) { repositorytest.Main(m) }

var silent = slog.New(slog.DiscardHandler)

// gateway is one of several on a database.
type gateway struct {
	repo   *repository.Repository
	broker *live.Broker
	carts  *live.Carts
}

// gateways returns two gateways, and the reach of an organization with calls that
// go on.
func gateways(t testing.TB, callIDs []string) ([]*gateway, analytics.Reach) {
	t.Helper()
	uri, database := repositorytest.Database(t)
	both := make([]*gateway, 2)
	for i := range both {
		g := &gateway{repo: repositorytest.OpenAt(t, uri, database, nil), broker: new(live.Broker)}
		g.repo.Announce(g.broker.Publish)
		g.carts = live.NewCarts(g.broker, g.repo)
		both[i] = g
	}
	reach := analytics.Reach{Org: "acme"}
	product, err := analytics.ParseCatalogRecord([]byte(`{"kind":"product","sku":"sock","name":"Sock","price":{"current":"5.00","currency":"EUR"}}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := both[0].repo.PutCatalog(t.Context(), reach.Org, []analytics.CatalogRecord{product}); err != nil {
		t.Fatal(err)
	}
	var events []analytics.Event
	for _, id := range callIDs {
		text := fmt.Sprintf(`{"id":%q,"type":"call_started","at":"2026-03-01T10:00:00Z","visitorId":"v","sessionId":"s","callId":%q,"data":{"agentId":"ann","callType":"queue","queueId":"beauty"}}`, "start "+id, id)
		e, err := analytics.ParseEvent([]byte(text), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, e)
	}
	if _, err := both[0].repo.Absorb(t.Context(), reach.Org, events); err != nil {
		t.Fatal(err)
	}
	return both, reach
}

// change makes the next two versions of a cart.
func change(ctx context.Context, g *gateway, reach analytics.Reach, callID string) error {
	asked, err := g.repo.CommandCart(ctx, reach, callID, cart.AddItem{Product: cart.Product{SKU: "sock"}, Quantity: 1}, time.Now())
	if err != nil {
		return err
	}
	_, err = g.repo.CommandCart(ctx, reach, callID, cart.Acknowledge{RequestID: asked.Version(), Success: true}, time.Now())
	return err
}

func TestFollow(t *testing.T) {
	both, reach := gateways(t, []string{"c"})
	g := both[0]
	take := func(changes <-chan *cart.Change, n int) (versions []int64) {
		for range n {
			versions = append(versions, (<-changes).Version())
		}
		return versions
	}
	follow := func(after *int64) <-chan *cart.Change {
		changes, err := g.carts.Follow(t.Context(), reach, "c", after)
		if err != nil {
			t.Fatal(err)
		}
		return changes
	}
	zero := int64(0)
	fromTheStart := follow(nil)
	if diff := cmp.Diff([]int64{0}, take(fromTheStart, 1)); diff != "" {
		t.Errorf("an untouched cart shows itself first: %s", diff)
	}
	for range 40 { // more than one look reads
		if err := change(t.Context(), g, reach, "c"); err != nil {
			t.Fatal(err)
		}
	}
	var all []int64
	for version := int64(1); version <= 80; version++ {
		all = append(all, version)
	}
	if diff := cmp.Diff(all, take(fromTheStart, 80)); diff != "" {
		t.Errorf("what happens meanwhile: %s", diff)
	}
	if diff := cmp.Diff(all, take(follow(&zero), 80)); diff != "" {
		t.Errorf("who was away gets all: %s", diff)
	}
	if diff := cmp.Diff([]int64{80}, take(follow(nil), 1)); diff != "" {
		t.Errorf("who is new gets the latest: %s", diff)
	}
	for _, after := range []int64{-1, 81} {
		if _, err := g.carts.Follow(t.Context(), reach, "c", &after); analytics.CodeOf(err) != analytics.BadUserInput {
			t.Errorf("after %d: %v", after, err)
		}
	}
	t.Run("a stream that is left leaves nothing behind", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		changes, err := both[1].carts.Follow(ctx, reach, "c", nil)
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		for range changes {
		}
		if topics := both[1].broker.Topics(); len(topics) > 0 {
			t.Errorf("still watched: %v", topics)
		}
	})
}

const (
	watchers = 200
	versions = 60 // of each cart
)

// everybodySees lets 200 watchers follow carts over two gateways, each of them
// going away after a few updates and coming back at either gateway, while both
// change the carts; it fails unless each saw every version once, in order.
// During is called when half of the changes are made.
func everybodySees(t *testing.T, both []*gateway, reach analytics.Reach, callIDs []string, during func()) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	var parties sync.WaitGroup
	var half sync.WaitGroup
	half.Add(len(callIDs))
	for _, id := range callIDs {
		parties.Go(func() {
			random := rand.New(rand.NewPCG(uint64(len(id)), 3))
			for made := 0; made < versions; made += 2 {
				if made == versions/2 {
					half.Done()
				}
				if err := change(ctx, both[random.IntN(2)], reach, id); err != nil {
					t.Errorf("change %s: %v", id, err)
					return
				}
			}
		})
	}
	parties.Go(func() {
		half.Wait()
		during()
	})
	var resumed atomic.Int64
	for n := range watchers {
		parties.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 5))
			id := callIDs[n%len(callIDs)]
			for seen := int64(0); seen < versions; resumed.Add(1) {
				visit, leave := context.WithCancel(ctx)
				changes, err := both[random.IntN(2)].carts.Follow(visit, reach, id, &seen)
				if err != nil {
					leave()
					t.Errorf("watch %s after %d: %v", id, seen, err)
					return
				}
				for stay := 1 + random.IntN(12); stay > 0 && seen < versions; stay-- {
					next, ok := <-changes
					if !ok {
						leave()
						t.Errorf("%s: no update after %d", id, seen)
						return
					}
					if next.Version() != seen+1 {
						t.Errorf("%s: update %d came after %d", id, next.Version(), seen)
					}
					seen = next.Version()
				}
				leave()
			}
		})
	}
	parties.Wait()
	t.Logf("%d watchers came back %d times", watchers, resumed.Load()-watchers)
}

var manyCalls = []string{"a", "bb", "ccc", "dddd", "eeeee"}

func TestEverybodySeesEverythingByPolling(t *testing.T) {
	both, reach := gateways(t, manyCalls)
	ctx, cancel := context.WithCancel(t.Context())
	var polls sync.WaitGroup
	for _, g := range both {
		polls.Go(func() { live.Poll(ctx, g.broker, 20*time.Millisecond, g.repo.CartVersions, silent) })
	}
	everybodySees(t, both, reach, manyCalls, func() {})
	cancel()
	polls.Wait()
}

// startNATS starts a server on a port, 0 for any free one.
func startNATS(t *testing.T, port int) *server.Server {
	t.Helper()
	if port == 0 {
		port = server.RANDOM_PORT
	}
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("NATS did not start")
	}
	return s
}

func TestEverybodySeesEverythingOverNATS(t *testing.T) {
	both, reach := gateways(t, manyCalls)
	nats := startNATS(t, 0)
	port := nats.Addr().(*net.TCPAddr).Port
	for _, g := range both {
		link, err := live.Connect(nats.ClientURL(), g.broker, silent)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(link.Close)
	}
	// No poll: after the server was away, the look at everything has to do.
	everybodySees(t, both, reach, manyCalls, func() {
		nats.Shutdown()
		nats.WaitForShutdown()
		nats = startNATS(t, port)
	})
	nats.Shutdown()
}

func TestNoticesTravelBetweenGateways(t *testing.T) {
	nats := startNATS(t, 0)
	defer nats.Shutdown()
	var here, there live.Broker
	for _, b := range []*live.Broker{&here, &there} {
		link, err := live.Connect(nats.ClientURL(), b, silent)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(link.Close)
	}
	watch := there.Subscribe("cart/acme/c")
	for watch.Version() == 0 { // until both are connected
		here.Publish("cart/acme/c", 5)
		select {
		case <-watch.C:
		case <-time.After(time.Millisecond):
		}
	}
	if watch.Version() != 5 {
		t.Errorf("version %d", watch.Version())
	}
	if _, err := live.Connect("nats://%zz", &here, silent); err == nil {
		t.Error("a URL that cannot be read is taken")
	}
}
