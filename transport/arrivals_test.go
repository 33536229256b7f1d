package transport_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"

	"cartograph/transport"
)

func TestSocketsThatHaveNotSaidWhoTheyAre(t *testing.T) {
	dial := func(t *testing.T, g *gateway, forwarded string) (*websocket.Conn, *http.Response) {
		t.Helper()
		conn, response, _ := websocket.Dial(t.Context(), "ws://gateway.example/", &websocket.DialOptions{
			HTTPClient: g.httpClient(), Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{"X-Forwarded-For": {forwarded}},
		})
		if conn != nil {
			t.Cleanup(func() { _ = conn.CloseNow() })
		}
		return conn, response
	}
	t.Run("one address has a twentieth of all places for them, until they say it or are gone", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, func(o *transport.Options) { o.MaxConnections = 240 })
			gone, _ := dial(t, g, "")
			ann := g.open(nil)
			for range 10 {
				dial(t, g, "")
			}
			full := func(when string, want int) {
				t.Helper()
				_, response := dial(t, g, "192.0.2.1") // nobody believes it
				if response.StatusCode != want || want == http.StatusTooManyRequests && response.Header.Get("Retry-After") == "" {
					t.Errorf("%s: %s", when, response.Status)
				}
			}
			full("with 12 of them", http.StatusTooManyRequests)
			ann.say(`{"type":"connection_init","payload":{"Authorization":"Bearer ann"}}`)
			ann.expect(`{"type":"connection_ack"}`)
			full("when one has said it", http.StatusSwitchingProtocols)
			full("and another has taken its place", http.StatusTooManyRequests)
			_ = gone.CloseNow()
			synctest.Wait()
			full("when one is gone", http.StatusSwitchingProtocols)
			time.Sleep(10 * time.Second)
			full("when their time is over", http.StatusSwitchingProtocols)
			ann.say(`{"type":"ping"}`)
			ann.expect(`{"type":"pong"}`)
			if got := g.hub.Stats(); got.Connections != 2 || got.Refused != 2 {
				t.Errorf("%+v", got)
			}
		})
	})
	t.Run("a socket that could not be opened takes no place", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, func(o *transport.Options) { o.MaxConnections = 20 })
			for range 15 {
				request, _ := http.NewRequestWithContext(t.Context(), "GET", "http://gateway.example/", nil)
				request.Header.Set("Upgrade", "websocket")
				response, err := g.httpClient().Do(request)
				if err != nil {
					t.Fatal(err)
				}
				_ = response.Body.Close()
				if response.StatusCode == http.StatusTooManyRequests {
					t.Fatal("it is full")
				}
			}
			g.enter("ann")
		})
	})
}

func TestWhereARequestComesFrom(t *testing.T) {
	networks, err := transport.ParseProxies([]string{"10.0.0.0/8", "2001:db8::1"})
	if err != nil {
		t.Fatal(err)
	}
	hub := transport.NewHub(transport.Options{Proxies: networks})
	for _, c := range []struct {
		name, peer string
		forwarded  []string
		want       string
	}{
		{"by the connection", "192.0.2.7:1234", nil, "192.0.2.7"},
		{"by the connection, whatever a stranger says", "192.0.2.7:1234", []string{"198.51.100.1"}, "192.0.2.7"},
		{"by what a proxy says", "10.1.2.3:80", []string{"198.51.100.1"}, "198.51.100.1"},
		{"by the last that is no proxy's", "10.1.2.3:80", []string{"203.0.113.9, 198.51.100.1", "10.9.9.9"}, "198.51.100.1"},
		{"by the proxy that says nothing", "10.1.2.3:80", nil, "10.1.2.3"},
		{"by the last proxy that says something", "10.1.2.3:80", []string{"unknown, 10.9.9.9"}, "10.9.9.9"},
		{"by the network, for IPv6", "[2001:db8:1:2:3:4:5:6]:80", nil, "2001:db8:1:2::/64"},
		{"by what a proxy says, over IPv6", "[2001:db8::1]:80", []string{"2001:db8:9::7"}, "2001:db8:9::/64"},
		{"IPv4 within IPv6 is IPv4", "[::ffff:192.0.2.7]:80", nil, "192.0.2.7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr, r.Header["X-Forwarded-For"] = c.peer, c.forwarded
			if got := transport.AddressOf(hub, r); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	if _, err := transport.ParseProxies([]string{"proxy.example"}); err == nil {
		t.Error("a name is no address")
	}
}
