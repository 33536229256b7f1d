package transport_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/coder/websocket"
)

func as(err error, target any) bool { return err != nil && errors.As(err, target) }

// The twelve checks of graphql-transport-ws, and a few more. A line of a talk
// that begins with > is said, one with < must be heard, ! makes an event, and x
// is how the socket must be closed.
func TestTheProtocolOfSockets(t *testing.T) {
	const (
		initiate  = `> {"type":"connection_init","payload":{"Authorization":"Bearer ann"}}`
		ack       = `< {"type":"connection_ack"}`
		subscribe = `> {"type":"subscribe","id":"1","payload":{"query":"subscription { counter { version } }"}}`
		ping      = `> {"type":"ping"}`
		pong      = `< {"type":"pong"}`
	)
	next := func(version int64) string { return "< " + nextCount("1", version) }
	for _, c := range []struct {
		name string
		talk []string
	}{
		{"who does not say connection_init in time is closed", []string{`x 4408 Connection initialisation timeout`}},
		{"who subscribes before the acknowledgement is closed", []string{subscribe, `x 4401 Unauthorized`}},
		{"a second connection_init closes", []string{initiate, ack, initiate, `x 4429 Too many initialisation requests`}},
		{"an id that is in use closes", []string{initiate, ack, subscribe, subscribe, `x 4409 Subscriber for 1 already exists`}},
		{"an unknown type of message closes", []string{initiate, ack, `> {"type":"start"}`, `x 4400 there is no message of this type`}},
		{"what is not JSON closes", []string{initiate, ack, `> {"type":`, `x 4400 messages are JSON objects with a type`}},
		{"after an error comes no complete", []string{initiate, ack,
			`> {"type":"subscribe","id":"1","payload":{"query":"subscription { nothing }"}}`,
			`< {"type":"error","id":"1","payload":[{"message":"Cannot query field \"nothing\" on type \"Subscription\".","locations":[{"line":1,"column":16}],"extensions":{"code":"GRAPHQL_VALIDATION_FAILED"}}]}`,
			ping, pong}},
		{"after the client's complete comes nothing, not even its echo", []string{initiate, ack, subscribe, "!", next(1),
			`> {"type":"complete","id":"1"}`, ping, pong, "!", ping, pong}},
		{"a token that is not valid closes", []string{`> {"type":"connection_init","payload":{"Authorization":"Bearer mallory"}}`, `x 4403 the token is not valid`}},
		{"a ping is answered by a pong with its payload", []string{initiate, ack, `> {"type":"ping","payload":{"n":[1, 2]}}`, `< {"type":"pong","payload":{"n":[1, 2]}}`}},

		{"a ping is answered before the acknowledgement too", []string{ping, pong, initiate, ack}},
		{"no token closes", []string{`> {"type":"connection_init"}`, `x 4403 connection_init needs the payload {"Authorization": "Bearer TOKEN"}`}},
		{"the name of the token may be written as browsers write headers", []string{`> {"type":"connection_init","payload":{"authorization":"Bearer ann"}}`, ack}},
		{"a payload of connection_init that is no object closes", []string{`> {"type":"connection_init","payload":"ann"}`, `x 4400 the payload of connection_init is an object such as {"Authorization": "Bearer TOKEN"}`}},
		{"a subscribe without id closes", []string{initiate, ack, `> {"type":"subscribe","payload":{"query":"{ hello }"}}`, `x 4400 subscribe needs an id and a payload such as {"query": "subscription { ... }"}`}},
		{"a subscribe without query closes", []string{initiate, ack, `> {"type":"subscribe","id":"1","payload":{}}`, `x 4400 subscribe needs an id and a payload such as {"query": "subscription { ... }"}`}},
		{"a pong of the client is heard and not answered", []string{initiate, ack, `> {"type":"pong"}`, ping, pong}},
		{"a complete of something unknown is nothing", []string{initiate, ack, `> {"type":"complete","id":"7"}`, ping, pong}},
		{"an id may be used again after complete", []string{initiate, ack, subscribe, `> {"type":"complete","id":"1"}`, subscribe, "!", next(1)}},
		{"a query is answered once and completed", []string{initiate, ack, `> {"type":"subscribe","id":"1","payload":{"query":"{ hello }"}}`,
			`< {"type":"next","id":"1","payload":{"data":{"hello":"world"}}}`, `< {"type":"complete","id":"1"}`, ping, pong}},
		{"a mutation is answered too", []string{initiate, ack, `> {"type":"subscribe","id":"1","payload":{"query":"mutation { bump }"}}`,
			`< {"type":"next","id":"1","payload":{"data":{"bump":1}}}`, `< {"type":"complete","id":"1"}`}},
		{"a query that never ends is given up", []string{initiate, ack, `> {"type":"subscribe","id":"1","payload":{"query":"{ never }"}}`,
			`< {"type":"error","id":"1","payload":[{"message":"the operation took more than 10s"}]}`, ping, pong}},
		{"a source that ends completes", []string{initiate, ack, "!", "!", "!", `> {"type":"subscribe","id":"1","payload":{"query":"subscription { counter: three { version } }"}}`,
			next(3), "!", next(4), "!", next(5), `< {"type":"complete","id":"1"}`}},
		{"a source that cannot be opened is an error", []string{initiate, ack, `> {"type":"subscribe","id":"1","payload":{"query":"subscription { broken { version } }"}}`,
			`< {"type":"error","id":"1","payload":[{"message":"there is no such counter"}]}`, ping, pong}},
		{"what follows a mistake is not done", []string{initiate, ack, `> []`, `> {"type":"subscribe","id":"1","payload":{"query":"mutation { bump }"}}`, `x 4400 messages are JSON objects with a type`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGateway(t, nil)
				socket := g.open(nil)
				for _, line := range c.talk {
					mark, text, _ := strings.Cut(line, " ")
					switch mark {
					case ">":
						synctest.Wait()
						socket.say(text)
					case "!":
						synctest.Wait()
						g.bump()
					default:
						socket.expect(text)
					}
				}
			})
		})
	}

	t.Run("an unknown subprotocol is closed with 4406", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			for _, offered := range [][]string{nil, {"graphql-ws"}} {
				socket := g.open(func(o *websocket.DialOptions) { o.Subprotocols = offered })
				socket.expect("4406 Subprotocol not acceptable")
			}
		})
	})

	t.Run("a foreign page is not let in", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			for origin, want := range map[string]int{
				"":                               http.StatusSwitchingProtocols,
				"http://gateway.example":         http.StatusSwitchingProtocols,
				"https://shop.example":           http.StatusSwitchingProtocols,
				"https://evil.example":           http.StatusForbidden,
				"https://gateway.example.evil":   http.StatusForbidden,
				"http://shop.example":            http.StatusForbidden,
				"https://shop.example.evil":      http.StatusForbidden,
				"null":                           http.StatusForbidden,
				"https://evil.gateway.example:1": http.StatusForbidden,
			} {
				conn, response, _ := websocket.Dial(t.Context(), "ws://gateway.example/graphql", &websocket.DialOptions{
					HTTPClient:   g.httpClient(),
					HTTPHeader:   http.Header{"Origin": {origin}},
					Subprotocols: []string{"graphql-transport-ws"},
				})
				if conn != nil {
					_ = conn.CloseNow()
				}
				if response.StatusCode != want {
					t.Errorf("origin %q: %d, want %d", origin, response.StatusCode, want)
				}
			}
		})
	})
}
