package transport_test

import (
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/coder/websocket"
	"github.com/google/go-cmp/cmp"

	"cartograph/transport"
)

// Whatever clients say, in whatever order, the gateway goes on, and nothing of
// them is left once they are gone.
func TestWhateverClientsSay(t *testing.T) {
	said := []string{
		`{"type":"connection_init","payload":{"Authorization":"Bearer ann"}}`,
		`{"type":"connection_init","payload":{"Authorization":7}}`,
		`{"type":"connection_init","payload":[]}`,
		`{"type":"subscribe","id":"1","payload":{"query":"subscription { counter { version } }"}}`,
		`{"type":"subscribe","id":"2","payload":{"query":"subscription($after: Int) { counter(after: $after) { version } }","variables":{"after":0}}}`,
		`{"type":"subscribe","id":"3","payload":{"query":"subscription($after: Int) { counter(after: $after) { version } }","variables":{"after":99999999999999999999}}}`,
		`{"type":"subscribe","id":"4","payload":{"query":"subscription { alone { version } }"}}`,
		`{"type":"subscribe","id":"5","payload":{"query":"subscription { broken { version } }"}}`,
		`{"type":"subscribe","id":"6","payload":{"query":"subscription { ...F } fragment F on Subscription { counter { version } }"}}`,
		`{"type":"subscribe","id":"7","payload":{"query":"{ hello }","operationName":"None"}}`,
		`{"type":"subscribe","id":"8","payload":{"query":"mutation { bump }"}}`,
		`{"type":"subscribe","id":"9","payload":{"query":"{ never }"}}`,
		`{"type":"subscribe","id":"10","payload":{"query":"subscription { counter { version } alone { version } }"}}`,
		`{"type":"subscribe","id":"","payload":{"query":"{ hello }"}}`,
		`{"type":"subscribe","id":"11","payload":"{ hello }"}`,
		`{"type":"complete","id":"1"}`,
		`{"type":"complete","id":"2"}`,
		`{"type":"complete","id":"4"}`,
		`{"type":"complete"}`,
		`{"type":"ping","payload":[[[[]]]]}`,
		`{"type":"pong"}`,
		`{"type":7}`,
		`null`,
		``,
		"\xff",
	}
	for seed := range uint64(60) {
		synctest.Test(t, func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			g := newGateway(t, nil)
			for range 4 {
				c := g.open(nil)
				go func() {
					for {
						if _, _, err := c.conn.Read(t.Context()); err != nil {
							return
						}
					}
				}()
				if random.IntN(8) > 0 {
					c.say(said[0])
				}
				for range random.IntN(12) {
					kind := websocket.MessageText
					if random.IntN(50) == 0 {
						kind = websocket.MessageBinary
					}
					// The rare ones end a talk: they are not to end most.
					line := random.IntN(len(said))
					if line < 3 || line > 12 && line != 15 && line != 16 && line != 17 && random.IntN(4) > 0 {
						line = 3 + random.IntN(9)
					}
					_ = c.conn.Write(t.Context(), kind, []byte(said[line]))
					if random.IntN(3) == 0 {
						synctest.Wait()
						g.bump()
					}
				}
				switch random.IntN(3) {
				case 0:
					_ = c.conn.CloseNow()
				case 1:
					_ = c.conn.Close(websocket.StatusNormalClosure, "")
				default:
					defer func() { _ = c.conn.CloseNow() }()
				}
			}
			go g.hub.Stop(t.Context())
			time.Sleep(longTime)
			synctest.Wait()
			got := g.hub.Stats()
			got.Executed, got.Delivered, got.Joins, got.Resumes, got.Drops, got.Refused = 0, 0, 0, 0, 0, 0
			if diff := cmp.Diff(transport.Stats{}, got); diff != "" {
				t.Errorf("seed %d: %s", seed, diff)
			}
			if n := g.sources.Load(); n != 0 {
				t.Errorf("seed %d: %d sources still run", seed, n)
			}
		})
	}
}
