package transport_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"cartograph/auth"
	"cartograph/limits"
	"cartograph/transport"
)

func TestCohorts(t *testing.T) {
	t.Run("the same question of the same authority is answered once for all", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			clients := make([]*client, 30)
			for i := range clients {
				clients[i] = g.enter([]string{"ann", "bob"}[i%2]) // two tokens that grant the same
				clients[i].subscribe(fmt.Sprint(i), count, "{}")
			}
			synctest.Wait()
			for version := int64(1); version <= 5; version++ {
				g.bump()
				for i, c := range clients {
					c.expect(nextCount(fmt.Sprint(i), version))
				}
			}
			want := transport.Stats{Connections: 30, Operations: 30, Cohorts: 1, Executed: 5, Delivered: 150}
			if diff := cmp.Diff(want, g.hub.Stats()); diff != "" {
				t.Error(diff)
			}
			if g.sources.Load() != 1 || g.executed.Load() != 5 {
				t.Errorf("%d sources, %d events", g.sources.Load(), g.executed.Load())
			}
		})
	})

	t.Run("what runs for all runs in the name of no single token", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			c := g.enter("ann")
			for query, want := range map[string]string{count: "", `subscription { alone { version } }`: "ann's", `{ hello }`: "ann's"} {
				c.subscribe(query, query, "{}")
				synctest.Wait()
				if p := g.lastFor.Load(); p.Org != "acme" || p.TokenID != want {
					t.Errorf("%s runs for %+v", query, p)
				}
			}
		})
	})

	t.Run("what differs in document, variables or authority is answered apart", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			g.set("fay", auth.Principal{Org: "acme", Agent: "fay", Scopes: auth.Scopes{auth.CallsRead}})
			g.set("guest", auth.Principal{Org: "acme", Call: "1", Scopes: auth.Scopes{auth.CallsRead}})
			const withPadding = `subscription($padding: Int) { counter(padding: $padding) { version } }`
			for _, c := range []struct{ token, query, variables string }{
				{"ann", count, `{}`},
				{"ann", `subscription { counter { version version } }`, `{}`},
				{"ann", withPadding, `{"padding":1}`},
				{"ann", withPadding, `{"padding":2}`},
				{"eve", count, `{}`},
				{"fay", count, `{}`},
				{"guest", count, `{}`},
			} {
				g.enter(c.token).subscribe("1", c.query, c.variables)
			}
			synctest.Wait()
			if got := g.hub.Stats().Cohorts; got != 7 {
				t.Errorf("%d cohorts", got)
			}
		})
	})

	t.Run("who asks for the cost by a header shares with those who do too, and no other header reaches the source", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			for _, wish := range []string{"validate", "", "report", "report"} {
				r, _ := http.NewRequestWithContext(t.Context(), "POST", "http://gateway.example/graphql", strings.NewReader(`{"query":"`+count+`"}`))
				r.Header.Set("Content-Type", "application/json")
				want := http.Header(nil)
				if wish != "" {
					r.Header.Set(limits.CostHeader, wish)
					want = http.Header{limits.CostHeader: {wish}}
				}
				g.listen(r, "ann").expect(retry)
				synctest.Wait()
				if diff := cmp.Diff(want, *g.headers.Load()); diff != "" {
					t.Error(diff)
				}
			}
			if got := g.hub.Stats().Cohorts; got != 3 {
				t.Errorf("%d cohorts", got)
			}
		})
	})

	t.Run("a newcomer is given the current state, and then what follows", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			one := g.enter("ann")
			one.subscribe("1", count, "{}")
			synctest.Wait()
			g.bump()
			one.expect(nextCount("1", 1))
			g.bump()
			one.expect(nextCount("1", 2))
			two := g.enter("ann")
			two.subscribe("1", count, "{}")
			two.expect(nextCount("1", 2))
			g.bump()
			one.expect(nextCount("1", 3))
			two.expect(nextCount("1", 3))
			if got := g.executed.Load(); got != 3 {
				t.Errorf("%d events were executed", got)
			}
		})
	})

	t.Run("who resumes within the latest events is given them and joins at once", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			one := g.enter("ann")
			one.subscribe("1", countAfter, "{}")
			synctest.Wait()
			for version := range int64(9) {
				g.bump()
				one.expect(nextCount("1", version+1))
			}
			two := g.enter("bob")
			two.subscribe("1", countAfter, `{"after":6}`)
			for version := int64(7); version <= 9; version++ {
				two.expect(nextCount("1", version))
			}
			want := transport.Stats{Connections: 2, Operations: 2, Cohorts: 1, Executed: 9, Delivered: 12, Resumes: 1, Joins: 1}
			if diff := cmp.Diff(want, g.hub.Stats()); diff != "" {
				t.Error(diff)
			}
		})
	})

	t.Run("who is far behind catches up alone and then joins", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			for range 100 {
				g.bump()
			}
			c := g.enter("ann")
			c.subscribe("1", countAfter, `{"after":0}`)
			for version := range int64(100) {
				c.expect(nextCount("1", version+1))
			}
			synctest.Wait()
			if got := g.sources.Load(); got != 1 {
				t.Errorf("%d sources run", got)
			}
			g.bump()
			c.expect(nextCount("1", 101))
			if got := g.hub.Stats(); got.Joins != 1 || got.Cohorts != 1 {
				t.Errorf("%+v", got)
			}
		})
	})

	t.Run("who missed nothing joins although it finds nothing to catch up", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			g.bump()
			g.bump()
			c := g.enter("ann")
			c.subscribe("1", countAfter, `{"after":2}`)
			synctest.Wait()
			if got := g.sources.Load(); got != 1 {
				t.Errorf("%d sources run", got)
			}
			g.bump()
			c.expect(nextCount("1", 3))
		})
	})

	t.Run("a version that is written into the document is caught up alone", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			for range 3 {
				g.bump()
			}
			for _, query := range []string{
				`subscription { counter(after: 1) { version } }`,
				`subscription($after: Int! = 1) { counter(after: $after) { version } }`,
				`subscription($after: Int = 1) { counter(after: $after) { version(of: $after) } }`,
			} {
				c := g.enter("ann")
				c.subscribe("1", query, `{}`)
				c.expect(nextCount("1", 2))
				c.expect(nextCount("1", 3))
			}
			if got := g.hub.Stats(); got.Cohorts != 0 {
				t.Errorf("%+v", got)
			}
		})
	})

	t.Run("a source that cannot be opened tells all who wait for it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, func(o *transport.Options) { o.Shared["broken"] = transport.Sharing{} })
			c := g.enter("ann")
			for range 2 {
				c.subscribe("1", `subscription { broken { version } }`, "{}")
				c.expect(`{"type":"error","id":"1","payload":[{"message":"there is no such counter"}]}`)
			}
			if diff := cmp.Diff(transport.Stats{Connections: 1}, g.hub.Stats()); diff != "" {
				t.Error(diff)
			}
		})
	})

	t.Run("the source ends with the last who wanted it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			one, two := g.enter("ann"), g.enter("ann")
			one.subscribe("1", count, "{}")
			two.subscribe("1", count, "{}")
			synctest.Wait()
			one.say(`{"type":"complete","id":"1"}`)
			synctest.Wait()
			if got := g.sources.Load(); got != 1 {
				t.Errorf("%d sources", got)
			}
			_ = two.conn.Close(websocket.StatusNormalClosure, "")
			synctest.Wait()
			if got := g.sources.Load(); got != 0 {
				t.Errorf("%d sources", got)
			}
		})
	})
}

// Whatever clients do and whenever they come back, each sees every version after
// the first it was given once and in order.
func TestClientsThatComeAndGoMissNothing(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 0))
				g := newGateway(t, nil)
				const last = 200
				done := make(chan error)
				const clients = 8
				for range clients {
					own := rand.New(rand.NewPCG(random.Uint64(), 0))
					go func() { done <- g.follow(own, last) }()
				}
				for range last {
					if random.IntN(3) == 0 {
						synctest.Wait()
					}
					g.bump()
				}
				for range clients {
					if err := <-done; err != nil {
						t.Error(err)
					}
				}
				synctest.Wait()
				if got := g.hub.Stats(); got.Operations != 0 || got.Cohorts != 0 || g.sources.Load() != 0 {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// follow subscribes until it has seen the last version, and now and then goes
// and comes back.
func (g *gateway) follow(random *rand.Rand, last int64) error {
	var seen int64
	for seen < last {
		c := g.enter("ann")
		c.subscribe("1", countAfter, fmt.Sprintf(`{"after":%d}`, seen))
		for stay := random.IntN(40); stay >= 0 && seen < last; stay-- {
			got := c.hear()
			if strings.HasPrefix(got, "1013 ") {
				break
			}
			if want := nextCount("1", seen+1); got != want {
				return fmt.Errorf("heard %s\n want %s", got, want)
			}
			seen++
		}
		_ = c.conn.CloseNow()
	}
	return nil
}
