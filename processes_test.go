package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	natsserver "github.com/nats-io/nats-server/v2/server"

	"cartograph/analytics"
	"cartograph/repository/repositorytest"
)

// serveHere makes a process of the test binary a gateway with these settings, one
// a line.
const serveHere = "CARTOGRAPH_TEST_SERVE"

// TestServeAsAProcess is no test: other tests start it in a process of its own.
func TestServeAsAProcess(t *testing.T) {
	settings := os.Getenv(serveHere)
	if settings == "" {
		t.Skip("started by other tests")
	}
	args := append(strings.Split(settings, "\n"), "serve", "--listen-addr=127.0.0.1:0")
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, args, terminal{out: os.Stdout, err: io.Discard}); err != nil {
		t.Fatal(err)
	}
}

// process is a gateway in a process of its own.
type process struct {
	*gateway
	kill func() // at once, without a word to anybody
	// terminate tells it to stop, and waits until it has.
	terminate func()
}

func startProcess(t *testing.T, nats string, settings []string, environment ...string) *process {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^TestServeAsAProcess$")
	command.Env = append(os.Environ(), serveHere+"="+strings.Join(settings, "\n"), "NATS_URL="+nats,
		"MAX_CONNECTIONS_PER_USER=10000") // one token stands for everybody
	command.Env = append(command.Env, environment...)
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	kill := sync.OnceFunc(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	terminate := func() {
		_ = command.Process.Signal(os.Interrupt)
		_ = command.Wait()
	}
	t.Cleanup(kill)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := announcement.FindStringSubmatch(lines.Text()); found != nil {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return &process{&gateway{url: found[1], args: settings}, kill, terminate}
		}
	}
	t.Fatal("the process did not start")
	return nil
}

// startNATS starts a server for notices on a port, -1 for any free one.
func startNATS(t *testing.T, port int) *natsserver.Server {
	t.Helper()
	s, err := natsserver.NewServer(&natsserver.Options{Host: "127.0.0.1", Port: port, NoLog: true, NoSigs: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("NATS did not start")
	}
	return s
}

// update is what watchers of these tests see of an update.
type update struct {
	Version int64
	Kind    string
}

// watched is an answer of a subscription of these tests.
type watched struct {
	CartUpdated    *update
	TrackingEvents *struct{ ID, Cursor string }
}

// follow watches a cart over an event stream after a version, and hands on each
// update until see wants no more, or the gateway is gone.
func (g *gateway) follow(ctx context.Context, token, call string, after int64, see func(update) bool) error {
	return g.subscribe(ctx, token, `subscription ($call: ID!, $after: Long) { cartUpdated(callId: $call, after: $after) { version kind } }`,
		map[string]any{"call": call, "after": after}, func(w watched) bool { return see(*w.CartUpdated) })
}

// subscribe watches over an event stream, and hands on each answer until see wants
// no more, or the gateway is gone.
func (g *gateway) subscribe(ctx context.Context, token, subscription string, variables map[string]any, see func(watched) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	query, _ := json.Marshal(map[string]any{"query": subscription, "variables": variables})
	request, err := http.NewRequestWithContext(ctx, "POST", g.url+"/graphql", strings.NewReader(string(query)))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	lines := bufio.NewScanner(response.Body)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok {
			continue
		}
		var event struct {
			Data   watched
			Errors []any
		}
		if err := json.Unmarshal([]byte(data), &event); err != nil || event.Data == (watched{}) {
			return fmt.Errorf("%s: %v", data, err)
		}
		if !see(event.Data) {
			return nil
		}
	}
	return io.ErrUnexpectedEOF
}

// try sends a mutation of one field and returns what that field says; an error
// if the gateway did not answer.
func (g *gateway) try(ctx context.Context, token, mutation string) (answer string, err error) {
	body, _ := json.Marshal(map[string]string{"query": mutation})
	request, err := http.NewRequestWithContext(ctx, "POST", g.url+"/graphql", strings.NewReader(string(body)))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%d %s: %v", response.StatusCode, text, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// Two gateways on one database: 200 watchers come and go at both while carts are
// changed through both, NATS is restarted, and at last the gateway that took the
// requests is killed. Every watcher sees every update once, in order, and what is
// pending expires at the gateway that lives.
func TestTwoGatewaysLoseNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for a request to expire")
	}
	t.Parallel()
	const watchers, rounds = 200, 40
	uri, database := repositorytest.Database(t)
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
	token, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	nats := startNATS(t, natsserver.RANDOM_PORT)
	defer func() { nats.Shutdown() }()
	url := nats.ClientURL()
	doomed, living := startProcess(t, url, settings), startProcess(t, url, settings)
	calls := []string{"c0", "c1", "c2", "c3", "left"}
	var events strings.Builder
	for _, call := range calls {
		fmt.Fprintf(&events, `{"id":"start %s","type":"call_started","at":%q,"visitorId":"v","sessionId":"s","callId":%q,"data":{"agentId":"bo","callType":"queue","queueId":"q"}}`+"\n", call, time.Now().UTC().Format(time.RFC3339), call)
	}
	for path, body := range map[string]string{"/ingest/events": events.String(), "/ingest/catalog": `{"kind":"product","sku":"sock","name":"Sock","price":{"current":"5.00","currency":"EUR"}}`} {
		if status, answer := doomed.post(t, path, token, "application/x-ndjson", body); status != http.StatusAccepted {
			t.Fatalf("%s: %d %s", path, status, answer)
		}
	}

	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	both := []*process{doomed, living}
	// insist sends a command until some gateway answers it.
	insist := func(random *rand.Rand, mutation string) string {
		for ctx.Err() == nil {
			if answer, err := both[random.IntN(2)].try(ctx, token, mutation); err == nil {
				return answer
			}
		}
		return ""
	}
	var parties, half, changed sync.WaitGroup
	half.Add(4)
	for n, call := range calls[:4] {
		changed.Add(1)
		parties.Go(func() {
			defer changed.Done()
			random := rand.New(rand.NewPCG(uint64(n), 1))
			for round := range rounds {
				if round == rounds/2 {
					half.Done()
				}
				version := 2*round + 1
				want := fmt.Sprintf(`{"data":{"addToCart":{"update":{"version":%d}}}}`, version)
				if got := insist(random, fmt.Sprintf(`mutation { addToCart(input: {callId: %q, sku: "sock", clientMutationId: "%d"}) { update { version } } }`, call, round)); got != want {
					t.Errorf("%s: %s", call, got)
					return
				}
				want = fmt.Sprintf(`{"data":{"acknowledgeCartRequest":{"update":{"version":%d}}}}`, version+1)
				if got := insist(random, fmt.Sprintf(`mutation { acknowledgeCartRequest(input: {requestId: "%s/%d", success: true}) { update { version } } }`, call, version)); got != want {
					t.Errorf("%s: %s", call, got)
					return
				}
			}
		})
	}
	parties.Go(func() { // NATS is restarted, then a gateway dies
		half.Wait()
		port := nats.Addr().(*net.TCPAddr).Port
		nats.Shutdown()
		nats.WaitForShutdown()
		nats = startNATS(t, port)
		answer, err := doomed.try(ctx, token, `mutation { addToCart(input: {callId: "left", sku: "sock"}) { update { kind } } }`)
		if err != nil || answer != `{"data":{"addToCart":{"update":{"kind":"ITEM_REQUESTED"}}}}` {
			t.Errorf("%s, %v", answer, err)
		}
		doomed.kill()
	})
	var visits atomic.Int64
	for n := range watchers {
		parties.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 2))
			call := calls[n%4]
			for seen := int64(0); seen < 2*rounds && ctx.Err() == nil; visits.Add(1) {
				stay := 1 + random.IntN(15)
				_ = both[random.IntN(2)].follow(ctx, token, call, seen, func(u update) bool {
					if u.Version != seen+1 {
						t.Errorf("%s: update %d came after %d", call, u.Version, seen)
					}
					seen = u.Version
					stay--
					return stay > 0 && seen < 2*rounds
				})
			}
		})
	}
	var left []update
	parties.Go(func() {
		_ = living.follow(ctx, token, "left", 0, func(u update) bool {
			left = append(left, u)
			return len(left) < 2
		})
	})
	parties.Wait()
	if diff := cmp.Diff([]update{{1, "ITEM_REQUESTED"}, {2, "REQUEST_EXPIRED"}}, left); diff != "" {
		t.Errorf("the request that was pending when its gateway died: %s", diff)
	}
	if ctx.Err() != nil {
		t.Error("not everybody saw everything")
	}
	t.Logf("%d watchers came %d times", watchers, visits.Load())
}

// Two gateways on one database: eight writers send events through both, and
// watchers come and go at both by the cursor of what they heard last. Everybody
// hears of every event, with notices over NATS and by looking alone.
func TestTwoGatewaysTellOfEveryEvent(t *testing.T) {
	t.Parallel()
	const writers, watchers, each = 8, 6, 25
	for name, withNATS := range map[string]bool{"over NATS": true, "by looking alone": false} {
		t.Run(name, func(t *testing.T) {
			uri, database := repositorytest.Database(t)
			settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
			token, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...)
			if err != nil {
				t.Fatal(err)
			}
			url := ""
			if withNATS {
				nats := startNATS(t, natsserver.RANDOM_PORT)
				defer nats.Shutdown()
				url = nats.ClientURL()
			}
			both := []*process{startProcess(t, url, settings), startProcess(t, url, settings)}
			first := analytics.ArrivalCursor(time.Now())
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			var parties sync.WaitGroup
			for n := range writers {
				parties.Go(func() {
					random := rand.New(rand.NewPCG(uint64(n), 3))
					for i := range each {
						event := fmt.Sprintf(`{"id":"w%d-%d","type":"goal_reached","at":"2026-03-0%dT10:00:00Z","visitorId":"v","data":{"uid":"g"}}`, n, i, 1+random.IntN(9))
						if status, answer := both[random.IntN(2)].post(t, "/ingest/events", token, "application/json", event); status != http.StatusAccepted {
							t.Errorf("%d %s", status, answer)
						}
					}
				})
			}
			for n := range watchers {
				parties.Go(func() {
					random := rand.New(rand.NewPCG(uint64(n), 4))
					heard, cursor := map[string]bool{}, first
					for len(heard) < writers*each && ctx.Err() == nil {
						news := 1 + random.IntN(60)
						_ = both[random.IntN(2)].subscribe(ctx, token, `subscription ($after: String) { trackingEvents(after: $after) { id cursor } }`, map[string]any{"after": cursor}, func(w watched) bool {
							if !heard[w.TrackingEvents.ID] {
								heard[w.TrackingEvents.ID] = true
								news--
							}
							cursor = w.TrackingEvents.Cursor
							return news > 0 && len(heard) < writers*each
						})
					}
					if len(heard) < writers*each {
						t.Errorf("a watcher heard of %d of %d events", len(heard), writers*each)
					}
				})
			}
			parties.Wait()
		})
	}
}
