package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"
)

// The load test is run by
//
//	go test . -run TestLoad -load -v
//
// and measures what a gateway with an embedded database takes: by default 10,000
// sockets over 1,000 carts with 200 updates per second for a minute.
var (
	load        = flag.Bool("load", false, "run the load test")
	loadSockets = flag.Int("load.sockets", 10_000, "how many sockets watch")
	loadCarts   = flag.Int("load.carts", 1_000, "how many carts they watch")
	loadRate    = flag.Int("load.rate", 200, "how many updates per second")
	loadTime    = flag.Duration("load.time", time.Minute, "for how long")
	loadTarget  = flag.String("load.target", "", "used by the test itself: the gateway that the clients are to watch")
)

// loadReport is what the clients found.
type loadReport struct {
	Updates, Arrivals, Wrong int
	P50, P99, Max            time.Duration
}

func TestLoad(t *testing.T) {
	if !*load || *loadTarget != "" {
		t.Skip("run it with -load")
	}
	settings := []string{"--data-dir=" + t.TempDir()}
	token, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("MAX_CONNECTIONS_PER_USER", "1000000") // one token stands for all
	g := serve(t, settings...)
	fillForLoad(t, g, token)
	idle := memoryInUse()

	clients := exec.CommandContext(t.Context(), os.Args[0], "-test.run=TestLoadClients", "-test.timeout=30m", "-load.target="+strings.TrimPrefix(g.url, "http://"),
		fmt.Sprint("-load.sockets=", *loadSockets), fmt.Sprint("-load.carts=", *loadCarts), fmt.Sprint("-load.rate=", *loadRate), fmt.Sprint("-load.time=", *loadTime))
	clients.Env = append(os.Environ(), "TOKEN="+token)
	clients.Stderr = os.Stderr
	in, err := clients.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := clients.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := clients.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	expect := func(prefix string) string {
		for lines.Scan() {
			if text, ok := strings.CutPrefix(lines.Text(), prefix); ok {
				return text
			}
			t.Log("the clients:", lines.Text())
		}
		t.Fatalf("the clients ended without %q", prefix)
		return ""
	}
	expect("connected")
	t.Logf("%.1f KB per idle subscriber", float64(memoryInUse()-idle)/float64(*loadSockets)/1000)
	_, _ = io.WriteString(in, "go\n")
	var report loadReport
	if err := json.Unmarshal([]byte(expect("report ")), &report); err != nil {
		t.Fatal(err)
	}
	_ = in.Close()
	for lines.Scan() {
		t.Log("the clients:", lines.Text())
	}
	if err := clients.Wait(); err != nil {
		t.Error(err)
	}
	t.Logf("%d updates, %d arrivals; commit to arrival p50 %v, p99 %v, at most %v", report.Updates, report.Arrivals, report.P50, report.P99, report.Max)
	if want := report.Updates * *loadSockets / *loadCarts; report.Arrivals != want || report.Wrong != 0 {
		t.Errorf("%d arrivals, want %d; %d out of order", report.Arrivals, want, report.Wrong)
	}
}

// memoryInUse returns the heap and the stacks of this process.
func memoryInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// skusForLoad are how many products there are to ask for: enough that no cart
// asks for one twice.
const skusForLoad = 100

func fillForLoad(t *testing.T, g *gateway, token string) {
	var catalog, calls strings.Builder
	for i := range skusForLoad {
		fmt.Fprintf(&catalog, `{"kind":"product","sku":"sku-%d","name":"Thing","price":{"current":"10.00","currency":"EUR"}}`+"\n", i)
	}
	for i := range *loadCarts {
		fmt.Fprintf(&calls, `{"id":"e%d","type":"call_started","at":%q,"visitorId":"v%d","sessionId":"s%d","callId":"c%d","data":{"agentId":"bo","callType":"queue","queueId":"q1"}}`+"\n",
			i, time.Now().UTC().Format(time.RFC3339), i, i, i)
	}
	for path, body := range map[string]string{"/ingest/catalog": catalog.String(), "/ingest/events": calls.String()} {
		if status, answer := g.post(t, path, token, "application/x-ndjson", body); status != http.StatusAccepted || strings.Contains(answer, "message") {
			t.Fatalf("%s: %d %s", path, status, answer)
		}
	}
}

// TestLoadClients is the other process of the load test.
func TestLoadClients(t *testing.T) {
	if *loadTarget == "" {
		t.Skip("TestLoad runs it")
	}
	w := &watchers{}
	var dialing errgroup.Group
	dialing.SetLimit(32)
	for i := range *loadSockets {
		dialing.Go(func() error { return w.watch(fmt.Sprint("c", i%*loadCarts)) })
	}
	if err := dialing.Wait(); err != nil {
		t.Fatal(err)
	}
	fmt.Println("connected")
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n')

	updates := updateCarts(t)
	for patience := time.Now().Add(30 * time.Second); w.heard() < updates**loadSockets / *loadCarts && time.Now().Before(patience); {
		time.Sleep(10 * time.Millisecond)
	}
	report, err := json.Marshal(w.report(updates))
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("report", string(report))
}

// updateCarts asks for a thing and takes it, again and again, in one cart after
// the other, and returns how many updates that made.
func updateCarts(t *testing.T) int {
	tick := time.NewTicker(time.Second / time.Duration(*loadRate))
	defer tick.Stop()
	var requests errgroup.Group
	requests.SetLimit(64)
	var made atomic.Int64
	total := int(loadTime.Seconds()) * *loadRate
	locks := make([]sync.Mutex, *loadCarts) // a thing is asked for before it is taken
	for n := range total {
		<-tick.C
		call, round := n%*loadCarts, n / *loadCarts
		requests.Go(func() error {
			locks[call].Lock()
			defer locks[call].Unlock()
			query := fmt.Sprintf(`mutation { addToCart(input: {callId: "c%d", sku: "sku-%d"}) { userErrors { message } } }`, call, round/2%skusForLoad)
			if round%2 == 1 {
				query = fmt.Sprintf(`mutation { acknowledgeCartRequest(input: {requestId: "c%d/%d", success: true}) { userErrors { message } } }`, call, round)
			}
			body, err := json.Marshal(map[string]string{"query": query})
			if err != nil {
				return err
			}
			request, err := http.NewRequestWithContext(t.Context(), "POST", "http://"+*loadTarget+"/graphql", bytes.NewReader(body))
			if err != nil {
				return err
			}
			request.Header.Set("Content-Type", "application/json")
			request.Header.Set("Authorization", "Bearer "+os.Getenv("TOKEN"))
			answer, err := http.DefaultClient.Do(request)
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err == nil && bytes.Contains(text, []byte(`"message"`)) {
				err = errors.New(string(text))
			}
			made.Add(1)
			return err
		})
	}
	if err := requests.Wait(); err != nil {
		t.Error(err)
	}
	return int(made.Load())
}

// watchers are the sockets that watch, and what they heard.
type watchers struct {
	mu    sync.Mutex
	took  []time.Duration // from the time in the update to its arrival
	wrong int             // versions that were not the next
}

// watch opens a socket that watches the cart of a call, and returns once it has
// heard how the cart is.
func (w *watchers) watch(call string) error {
	conn, err := net.Dial("tcp", *loadTarget)
	if err != nil {
		return err
	}
	subscribe := `{"type":"subscribe","id":"1","payload":{"query":"subscription($c: ID!) { cartUpdated(callId: $c) { version at } }","variables":{"c":"` + call + `"}}}`
	_, err = io.WriteString(conn, "GET /graphql HTTP/1.1\r\nHost: "+*loadTarget+"\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\nAuthorization: Bearer "+os.Getenv("TOKEN")+"\r\n\r\n"+
		clientFrame(1, `{"type":"connection_init"}`)+clientFrame(1, subscribe))
	if err != nil {
		return err
	}
	reader := bufio.NewReaderSize(conn, 512)
	for line := ""; line != "\r\n"; {
		if line, err = reader.ReadString('\n'); err != nil {
			return err
		}
	}
	first := make(chan error, 1)
	go w.read(conn, reader, first)
	return <-first
}

// read reads frames until the connection ends.
func (w *watchers) read(conn net.Conn, reader *bufio.Reader, first chan<- error) {
	version := int64(-1)
	for {
		code, text, err := readFrame(reader)
		if err != nil || code == 8 {
			if version < 0 {
				first <- fmt.Errorf("closed before the first update: %q, %v", text, err)
			}
			return
		}
		if code == 9 {
			_, _ = io.WriteString(conn, clientFrame(10, string(text)))
			continue
		}
		var m struct {
			Type    string
			Payload struct {
				Data struct {
					CartUpdated struct {
						Version int64
						At      *time.Time
					}
				}
			}
		}
		if json.Unmarshal(text, &m) != nil || m.Type != "next" {
			continue
		}
		u := m.Payload.Data.CartUpdated
		if version < 0 {
			version = u.Version
			first <- nil
			continue
		}
		w.mu.Lock()
		if u.Version != version+1 || u.At == nil {
			w.wrong++
		} else {
			w.took = append(w.took, time.Since(*u.At))
		}
		w.mu.Unlock()
		version = u.Version
	}
}

// readFrame reads one frame of a server: short, and in one piece.
func readFrame(r *bufio.Reader) (code byte, text []byte, err error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return 0, nil, err
	}
	size := int(head[1])
	if size == 126 {
		var long [2]byte
		if _, err := io.ReadFull(r, long[:]); err != nil {
			return 0, nil, err
		}
		size = int(binary.BigEndian.Uint16(long[:]))
	}
	text = make([]byte, size)
	_, err = io.ReadFull(r, text)
	return head[0] & 15, text, err
}

// clientFrame returns a frame whose mask is zero.
func clientFrame(code byte, text string) string {
	size := []byte{0x80 | byte(len(text))}
	if len(text) > 125 {
		size = binary.BigEndian.AppendUint16([]byte{0x80 | 126}, uint16(len(text)))
	}
	return string([]byte{0x80 | code}) + string(size) + "\x00\x00\x00\x00" + text
}

func (w *watchers) heard() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.took) + w.wrong
}

func (w *watchers) report(updates int) loadReport {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := loadReport{Updates: updates, Arrivals: len(w.took), Wrong: w.wrong}
	if n := len(w.took); n > 0 {
		slices.Sort(w.took)
		r.P50, r.P99, r.Max = w.took[n/2], w.took[n*99/100], w.took[n-1]
	}
	return r
}
