package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// target is a server that answers the operations.
type target struct {
	name, url, token string
	pid              int
}

// body returns the request of an operation.
func body(document string) []byte {
	text, err := json.Marshal(map[string]string{"query": document, "operationName": operationName(document)})
	if err != nil {
		panic(err) // strings are always JSON
	}
	return text
}

// ask sends a request, and returns the answer as it came.
func (t target) ask(ctx context.Context, client *http.Client, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/json")
	if t.token != "" {
		request.Header.Set("Authorization", "Bearer "+t.token)
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s: %.500s", t.name, response.Status, text)
	}
	return text, err
}

// data returns the bytes of data of an answer, without white space. It fails for
// an answer with errors.
func data(answer []byte) (string, error) {
	var parts struct {
		Data   json.RawMessage `json:"data"`
		Errors json.RawMessage `json:"errors"`
	}
	if err := json.Unmarshal(answer, &parts); err != nil {
		return "", fmt.Errorf("%w: %.200s", err, answer)
	}
	if len(parts.Errors) > 0 {
		return "", fmt.Errorf("errors: %.500s", parts.Errors)
	}
	var compact bytes.Buffer
	err := json.Compact(&compact, parts.Data)
	return compact.String(), err
}

// load is what is sent: bodies in turn, by so many connections, for so long. With
// a rate each request is due at its moment; without, as soon as one before it is
// answered.
type load struct {
	bodies      [][]byte
	connections int
	rate        float64 // requests a second; 0: as they are answered
	lasting     time.Duration
}

// due returns when a request is due, from the start of the load.
func (l load) due(n int64) time.Duration {
	return time.Duration(float64(n) / l.rate * float64(time.Second))
}

// measured is what a run came to.
type measured struct {
	requests int64
	unsent   int64 // were due, and nobody was free to send them
	took     time.Duration
	cpu      time.Duration
	latency  *hdrhistogram.Histogram // in microseconds
}

func (m *measured) perSecond() float64 { return float64(m.requests) / m.took.Seconds() }

// newLatencies returns an empty histogram: from a microsecond to a minute, exact
// to a thousandth.
func newLatencies() *hdrhistogram.Histogram { return hdrhistogram.New(1, 60_000_000, 3) }

// patience is how long a server that has fallen behind a rate may take to catch
// up after the end of the load.
const patience = 2 * time.Second

// freely is how much the heap of this process may grow before it is collected, in
// percent: it is small, and would be collected six times a second otherwise, each
// time for a few milliseconds in which answers wait to be read.
const freely = 5000

// run sends a load to the target. A latency counts from the moment at which the
// request was due, also where all connections were still waiting for answers
// then: so a server that falls behind does not hide it. It fails with the first
// request that does.
func (t target) run(ctx context.Context, l load) (*measured, error) {
	// Compressed answers would measure the compression, which not all servers have.
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: l.connections, MaxConnsPerHost: l.connections, DisableCompression: true}}
	defer client.CloseIdleConnections()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	m := &measured{latency: newLatencies()}
	var next atomic.Int64
	var group sync.WaitGroup
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(freely))
	before, err := cpuTime(t.pid)
	if err != nil {
		return nil, err
	}
	start := time.Now()
	for range l.connections {
		group.Go(func() {
			own := newLatencies()
			defer func() { mu.Lock(); defer mu.Unlock(); m.latency.Merge(own) }()
			for ctx.Err() == nil {
				n := next.Add(1) - 1
				due := time.Now()
				if l.rate > 0 {
					due = start.Add(l.due(n))
				}
				if due.Sub(start) >= l.lasting || time.Since(start) >= l.lasting+patience {
					return
				}
				time.Sleep(time.Until(due))
				if _, err := t.ask(ctx, client, l.bodies[n%int64(len(l.bodies))]); err != nil {
					cancel(err)
					return
				}
				_ = own.RecordValue(min(60_000_000, max(1, time.Since(due).Microseconds())))
			}
		})
	}
	group.Wait()
	m.took, m.requests = time.Since(start), m.latency.TotalCount()
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if l.rate > 0 {
		m.unsent = max(0, int64(l.lasting.Seconds()*l.rate)-m.requests)
	}
	after, err := cpuTime(t.pid)
	m.cpu = after - before
	return m, err
}

// add joins what another run of the same load came to.
func (m *measured) add(o *measured) {
	m.requests += o.requests
	m.unsent += o.unsent
	m.took += o.took
	m.cpu += o.cpu
	m.latency.Merge(o.latency)
}

// quantile returns the latency in milliseconds that so many in a hundred
// requests did not exceed.
func (m *measured) quantile(percent float64) float64 {
	return float64(m.latency.ValueAtQuantile(percent)) / 1000
}

// cpuEach returns the CPU time of the server for each request, in milliseconds.
func (m *measured) cpuEach() float64 {
	return float64(m.cpu.Microseconds()) / 1000 / float64(m.requests)
}
