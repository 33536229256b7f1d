package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// target is a server that answers the operations.
type target struct {
	name, url, token string
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
func (t target) ask(client *http.Client, body []byte) ([]byte, error) {
	request, err := http.NewRequest(http.MethodPost, t.url, bytes.NewReader(body))
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
		err = fmt.Errorf("%s: %s: %.200s", t.name, response.Status, text)
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

// measured is what a run came to.
type measured struct {
	perSecond float64
	latency   *hdrhistogram.Histogram // in microseconds
}

// run sends a request for some time by a number of connections: each as soon as
// the one before is answered, or, with a rate, at its moment. A latency counts
// from the moment at which the request was due, so that a server that falls
// behind does not hide it.
func (t target) run(body []byte, connections int, rate float64, lasting time.Duration) (measured, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections}}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	all := hdrhistogram.New(1, 60_000_000, 3)
	var failed error
	var next atomic.Int64
	var group sync.WaitGroup
	start := time.Now()
	for range connections {
		group.Go(func() {
			own := hdrhistogram.New(1, 60_000_000, 3)
			defer func() { mu.Lock(); defer mu.Unlock(); all.Merge(own) }()
			for {
				due := time.Now()
				if rate > 0 {
					due = start.Add(time.Duration(float64(next.Add(1)-1) / rate * float64(time.Second)))
					time.Sleep(time.Until(due))
				}
				if due.Sub(start) >= lasting {
					return
				}
				if _, err := t.ask(client, body); err != nil {
					mu.Lock()
					failed = err
					mu.Unlock()
					return
				}
				_ = own.RecordValue(max(1, time.Since(due).Microseconds()))
			}
		})
	}
	group.Wait()
	return measured{float64(all.TotalCount()) / time.Since(start).Seconds(), all}, failed
}
