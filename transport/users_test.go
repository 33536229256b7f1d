package transport_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"cartograph/auth"
	"cartograph/transport"
)

func TestConnectionsOfOneToken(t *testing.T) {
	const tooMany = "the token has 2 connections: close one first, or watch over one you have"
	limited := func(o *transport.Options) { o.MaxPerUser = 2 }

	t.Run("sockets and streams count together; one too many is told to come later", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, limited)
			first := g.enter("ann")
			stream := g.post("ann", `{"query":"subscription { counter { version } }"}`)
			stream.expect(retry)
			third := g.open(nil)
			third.say(`{"type":"connection_init","payload":{"Authorization":"Bearer ann"}}`)
			third.expect("1013 " + tooMany)
			if e := g.post("ann", `{"query":"subscription { counter { version } }"}`); e.response.StatusCode != http.StatusTooManyRequests || e.response.Header.Get("Retry-After") == "" {
				t.Error(e.response.Status)
			}
			g.enter("bob")

			_ = first.conn.CloseNow()
			synctest.Wait()
			g.enter("ann")
			if got := g.hub.Stats().Refused; got != 2 {
				t.Errorf("%d were refused", got)
			}
		})
	})
	t.Run("who does not get in takes no place", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, limited)
			for range 5 {
				c := g.open(nil)
				c.say(`{"type":"connection_init","payload":{"Authorization":"Bearer nobody"}}`)
				c.expect("4403 the token is not valid")
			}
			g.enter("ann")
			g.enter("ann")
		})
	})
	t.Run("an open demo is not bounded", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, limited)
			g.set("demo", auth.Principal{Org: "demo", Demo: true, Scopes: auth.Scopes{auth.CallsRead}})
			for range 5 {
				g.enter("demo")
			}
		})
	})
}

// Whoever comes back subscribes to all it had at once; who goes on so is read at
// twenty messages a second, and misses nothing.
func TestWhoSaysTooMuchIsReadMoreSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t, nil)
		c := g.enter("ann")
		begun := time.Now()
		var took []time.Duration
		go func() {
			for range 200 {
				c.say(`{"type":"ping"}`)
			}
		}()
		for range 200 {
			c.expect(`{"type":"pong"}`)
			took = append(took, time.Since(begun))
		}
		if took[98] != 0 {
			t.Errorf("a burst of a hundred took %v", took[98])
		}
		if took[199] < 5*time.Second || took[199] > 6*time.Second {
			t.Errorf("two hundred took %v, want 5 s", took[199])
		}
	})
}

func TestWhoPingsTooMuchIsReadMoreSlowly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newGateway(t, nil).enter("ann")
		go func() { _, _, _ = c.conn.Read(t.Context()) }() // hears the pongs
		begun := time.Now()
		for range 200 {
			if err := c.conn.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun); took < 5*time.Second || took > 6*time.Second {
			t.Errorf("two hundred took %v, want 5 s", took)
		}
	})
}
