package transport_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/transport"
)

func TestTheLimitsOfASocket(t *testing.T) {
	t.Run("a message of more than 64 KiB closes", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newGateway(t, nil).enter("ann")
			fits := `{"type":"ping","payload":{"x":"` + strings.Repeat("x", 64<<10-34) + `"}}`
			c.say(fits)
			c.expect(strings.Replace(fits, "ping", "pong", 1))
			_ = c.conn.Write(t.Context(), websocket.MessageText, []byte(fits+strings.Repeat(" ", 100)))
			if got := c.hear(); !strings.HasPrefix(got, "1009 ") {
				t.Error(got)
			}
		})
	})

	t.Run("the fifty-first operation is refused, and the others go on", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			c := g.enter("ann")
			for i := range 50 {
				c.subscribe(fmt.Sprint(i), `subscription { alone { version } }`, "{}")
			}
			c.subscribe("50", count, "{}")
			c.expect(`{"type":"error","id":"50","payload":[{"message":"50 operations run on this connection: complete one first, or open another"}]}`)
			c.say(`{"type":"complete","id":"0"}`)
			c.subscribe("50", count, "{}")
			synctest.Wait()
			if got := g.hub.Stats().Operations; got != 50 {
				t.Errorf("%d operations", got)
			}
		})
	})

	t.Run("a connection too many is answered 503", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, func(o *transport.Options) { o.MaxConnections = 1 })
			c := g.enter("ann")
			_, response, err := websocket.Dial(t.Context(), "ws://gateway.example/", &websocket.DialOptions{HTTPClient: g.httpClient()})
			if err == nil || response.StatusCode != http.StatusServiceUnavailable || response.Header.Get("Retry-After") == "" {
				t.Errorf("%v, %v", response, err)
			}
			_ = c.conn.Close(websocket.StatusNormalClosure, "")
			synctest.Wait()
			g.enter("ann")
			want := transport.Stats{Connections: 1, Refused: 1}
			if diff := cmp.Diff(want, g.hub.Stats()); diff != "" {
				t.Error(diff)
			}
		})
	})
}

func TestASocketThatIsDeadIsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t, nil)
		silent := func(o *websocket.DialOptions) {
			o.OnPingReceived = func(context.Context, []byte) bool { return false }
		}
		hears, stop := context.WithCancel(t.Context())
		for _, change := range []func(*websocket.DialOptions){nil, silent} {
			c := g.open(change)
			c.say(`{"type":"connection_init","payload":{"Authorization":"Bearer ann"}}`)
			go func() {
				for range 2 { // the acknowledgement, and nothing
					_, _, _ = c.conn.Read(hears)
				}
			}()
		}
		time.Sleep(30 * time.Second)
		synctest.Wait()
		if got := g.hub.Stats().Connections; got != 2 {
			t.Errorf("after one ping: %d connections", got)
		}
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := g.hub.Stats().Connections; got != 1 {
			t.Errorf("after two pings: %d connections", got)
		}
		time.Sleep(longTime)
		synctest.Wait()
		if got := g.hub.Stats().Connections; got != 1 {
			t.Errorf("after an hour: %d connections", got)
		}
		stop()
	})
}

func TestTokensOfSockets(t *testing.T) {
	t.Run("the header of the opening request is a token too", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newGateway(t, nil).open(func(o *websocket.DialOptions) {
				o.HTTPHeader = http.Header{"Authorization": {"Bearer ann"}}
			})
			c.say(`{"type":"connection_init"}`)
			c.expect(`{"type":"connection_ack"}`)
		})
	})

	t.Run("when a token expires its sockets are closed", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			soon := time.Now().Add(11 * time.Minute)
			g.set("guest", auth.Principal{Org: "acme", ExpiresAt: &soon})
			c := g.enter("guest")
			c.subscribe("1", count, "{}")
			synctest.Wait()
			g.bump()
			c.expect(nextCount("1", 1))
			c.expect("4403 the token has expired")
			if late := time.Since(soon); late < 0 || late > time.Second {
				t.Errorf("closed %s after the end", late)
			}
		})
	})

	t.Run("a revoked token is refused at the next subscribe", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			c := g.enter("ann")
			g.revoke("ann")
			c.subscribe("1", count, "{}")
			c.expect("4403 the token is not valid")
		})
	})

	t.Run("a revoked token ends what was opened with it, some minutes later", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			c := g.enter("ann")
			c.subscribe("1", count, "{}")
			synctest.Wait()
			g.revoke("ann")
			c.expect("4403 the token is not valid")
		})
	})

	t.Run("a token that grants something else by now must connect again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			c := g.enter("ann")
			g.set("ann", auth.Principal{Org: "acme"})
			c.expect("4403 the token was changed: connect again")
		})
	})

	t.Run("while nobody can look tokens up, what runs goes on and new sockets shall come later", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			c := g.enter("ann")
			late := g.open(nil)
			c.subscribe("1", count, "{}")
			synctest.Wait()
			g.tokens.mu.Lock()
			g.tokens.err = &analytics.Error{Code: analytics.Unavailable, Message: "the database cannot be reached"}
			g.tokens.mu.Unlock()
			late.say(`{"type":"connection_init"}`)
			late.expect("1013 your token cannot be checked now: try again later")
			c.subscribe("2", count, "{}")
			c.expect(`{"type":"error","id":"2","payload":[{"message":"the database cannot be reached"}]}`)
			g.bump()
			c.expect(nextCount("1", 1))
		})
	})
}

func TestASlowReader(t *testing.T) {
	t.Run("is closed with a reason, and the others miss nothing", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			slow, fast := g.enter("ann"), g.enter("bob")
			for _, c := range []*client{slow, fast} {
				c.subscribe("1", count, "{}")
			}
			synctest.Wait()
			for i := range int64(300) {
				g.bump()
				fast.expect(nextCount("1", i+1))
			}
			heard := 0
			for {
				got := slow.hear()
				if got == "1013 events come faster than you read: connect again and resume" {
					break
				}
				heard++
				if want := nextCount("1", int64(heard)); got != want {
					t.Fatalf("heard %s, want %s", got, want)
				}
			}
			if got := g.hub.Stats().Drops; got != 1 || heard > 257 {
				t.Errorf("%d drops, heard %d", got, heard)
			}
		})
	})

	t.Run("that takes nothing for ten seconds is cut off", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			c := g.enter("ann")
			c.subscribe("1", count, "{}")
			synctest.Wait()
			g.bump()
			time.Sleep(11 * time.Second)
			synctest.Wait()
			if got := g.hub.Stats().Connections; got != 0 {
				t.Errorf("%d connections", got)
			}
		})
	})

	t.Run("that asks and does not listen is not heard on", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			c := newGateway(t, nil).enter("ann")
			var said atomic.Int64
			go func() {
				for c.conn.Write(t.Context(), websocket.MessageText, []byte(`{"type":"ping"}`)) == nil {
					said.Add(1)
				}
			}()
			synctest.Wait()
			if got := said.Load(); got > 20 {
				t.Errorf("%d pings were taken", got)
			}
			time.Sleep(11 * time.Second)
			synctest.Wait()
			if got := said.Load(); got > 20 {
				t.Errorf("%d pings were taken", got)
			}
		})
	})

	t.Run("of what runs for it alone makes the source wait", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			for range 1000 {
				g.bump()
			}
			c := g.enter("ann")
			c.subscribe("1", `subscription { counter(after: 0) { version } }`, "{}")
			synctest.Wait()
			if got := g.executed.Load(); got > 20 {
				t.Errorf("%d events were executed for somebody who read none", got)
			}
			for i := range int64(1000) {
				c.expect(nextCount("1", i+1))
			}
		})
	})
}

func TestStoppingTellsClientsToComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGateway(t, nil)
		c := g.enter("ann")
		c.subscribe("1", count, "{}")
		stubborn := g.enter("bob") // reads no more
		synctest.Wait()
		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			defer cancel()
			g.hub.Stop(ctx)
		}()
		c.expect("1012 the gateway restarts: connect again and resume")
		<-stopped
		synctest.Wait()
		_ = stubborn
		if diff := cmp.Diff(transport.Stats{}, g.hub.Stats()); diff != "" {
			t.Error(diff)
		}
		if g.sources.Load() != 0 {
			t.Error("a source still runs")
		}
		_, response, err := websocket.Dial(t.Context(), "ws://gateway.example/", &websocket.DialOptions{HTTPClient: g.httpClient()})
		if err == nil || response.StatusCode != http.StatusServiceUnavailable {
			t.Errorf("a new one: %v, %v", response, err)
		}
	})
}

func TestNothingIsLeftBehind(t *testing.T) {
	before := goroutines()
	synctest.Test(t, func(t *testing.T) { // it fails by itself if a goroutine is left
		g := newGateway(t, nil)
		for i := range 20 {
			c := g.enter("ann")
			c.subscribe("1", count, "{}")
			c.subscribe("2", countAfter, fmt.Sprintf(`{"after":%d}`, i))
			c.subscribe("3", `subscription { alone { version } }`, "{}")
			g.bump()
			switch i % 3 {
			case 0:
				_ = c.conn.CloseNow()
			case 1:
				go func() { _ = c.conn.Close(websocket.StatusNormalClosure, "") }()
			default:
				c.say(`{"type":"complete","id":"1"}`)
				_ = c.conn.CloseNow()
			}
		}
		synctest.Wait()
		time.Sleep(longTime)
		synctest.Wait()
		got := g.hub.Stats()
		got.Executed, got.Delivered, got.Joins, got.Resumes, got.Drops = 0, 0, 0, 0, 0
		if diff := cmp.Diff(transport.Stats{}, got); diff != "" {
			t.Error(diff)
		}
		if n := g.sources.Load(); n != 0 {
			t.Errorf("%d sources still run", n)
		}
	})
	for range 1_000 { // one that has just ended may still be there
		if goroutines() <= before {
			return
		}
		runtime.Gosched()
	}
	stacks := make([]byte, 1<<20)
	t.Errorf("more than the %d goroutines before:\n%s", before, stacks[:runtime.Stack(stacks, true)])
}

// goroutines counts goroutines. runtime.NumGoroutine also counts one of the
// runtime's own, which begins whenever the first finalizer runs.
func goroutines() int {
	stacks := make([]byte, 1<<20)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "\n\ngoroutine ")
}

var _ net.Listener = (*pipes)(nil)
