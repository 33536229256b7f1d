package transport_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/auth"
	"cartograph/transport"
)

// events is a stream of events as a client has it.
type events struct {
	t        *testing.T
	response *http.Response
	lines    *bufio.Reader
}

// post asks for events by POST.
func (g *gateway) post(secret, body string) *events {
	g.t.Helper()
	r, err := http.NewRequestWithContext(g.t.Context(), "POST", "http://gateway.example/graphql", strings.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	return g.listen(r, secret)
}

func (g *gateway) listen(r *http.Request, secret string) *events {
	g.t.Helper()
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "text/event-stream")
	}
	if secret != "" {
		r.Header.Set("Authorization", "Bearer "+secret)
	}
	response, err := g.httpClient().Do(r)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = response.Body.Close() })
	return &events{g.t, response, bufio.NewReader(response.Body)}
}

// block returns the next block of lines, or how the stream ended.
func (e *events) block() string {
	var block strings.Builder
	for {
		line, err := e.lines.ReadString('\n')
		if err != nil {
			return block.String() + err.Error()
		}
		if line == "\n" {
			return block.String()
		}
		block.WriteString(line)
	}
}

func (e *events) expect(blocks ...string) {
	e.t.Helper()
	for _, want := range blocks {
		if got := e.block(); got != want {
			e.t.Fatalf("got %q\nwant %q", got, want)
		}
	}
}

const (
	retry    = "retry: 2000\n"
	alive    = ":\n"
	complete = "event: complete\ndata:\n"
)

func countEvent(version int64) string {
	return fmt.Sprintf("id: %d\nevent: next\ndata: {\"data\":{\"counter\":{\"version\":%d}}}\n", version, version)
}

func TestTheProtocolOfStreams(t *testing.T) {
	t.Run("a query is answered once and completed, with a line of data that EventSource needs", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			e := newGateway(t, nil).post("ann", `{"query":"{ hello }"}`)
			e.expect(retry, "event: next\ndata: {\"data\":{\"hello\":\"world\"}}\n", complete, "EOF")
			got := http.Header{"Content-Type": e.response.Header["Content-Type"], "Cache-Control": e.response.Header["Cache-Control"], "X-Accel-Buffering": e.response.Header["X-Accel-Buffering"]}
			want := http.Header{"Content-Type": {"text/event-stream; charset=utf-8"}, "Cache-Control": {"no-store"}, "X-Accel-Buffering": {"no"}}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	})

	t.Run("events are sent where they are wanted more than JSON", func(t *testing.T) {
		for accept, want := range map[string]bool{
			"text/event-stream":                   true,
			"Text/Event-Stream;q=1, */*":          true,
			"text/event-stream, multipart/mixed":  true, // what urql sends to subscribe
			"*/*, text/event-stream":              true,
			"text/event-stream, application/json": true,
			"":                                    false,
			"*/*":                                 false,
			"application/json":                    false,
			"application/json;q=0.9, text/event-stream": true,
			"application/json, text/event-stream":       false,
			// What urql sends with queries and mutations.
			"application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed": false,
		} {
			request := &http.Request{Header: http.Header{"Accept": {accept}}}
			if got := transport.StaysOpen(request); got != want {
				t.Errorf("Accept: %s is answered by events: %t", accept, got)
			}
		}
	})

	t.Run("a subscription goes on, with comments while nothing happens", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			e := g.post("ann", `{"query":"subscription { counter { version } }"}`)
			e.expect(retry)
			synctest.Wait()
			g.bump()
			e.expect(countEvent(1), alive, alive)
			g.bump()
			e.expect(countEvent(2))
			g.bump()
			e.expect(countEvent(3))
			_ = e.response.Body.Close()
			synctest.Wait()
			if got := g.hub.Stats(); got.Connections != 0 || got.Cohorts != 0 || g.sources.Load() != 0 {
				t.Errorf("%+v", got)
			}
		})
	})

	t.Run("what cannot be run is an event with errors", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			g.post("ann", `{"query":"subscription { broken { version } }"}`).
				expect(retry, "event: next\ndata: {\"errors\":[{\"message\":\"there is no such counter\"}]}\n", complete, "EOF")
			g.post("ann", `{"query":"{ nothing }"}`).
				expect(retry, "event: next\ndata: {\"errors\":[{\"message\":\"Cannot query field \\\"nothing\\\" on type \\\"Query\\\".\",\"locations\":[{\"line\":1,\"column\":3}],\"extensions\":{\"code\":\"GRAPHQL_VALIDATION_FAILED\"}}]}\n", complete, "EOF")
		})
	})

	t.Run("an EventSource subscribes by GET, and resumes by the id of the last event", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			for range 5 {
				g.bump()
			}
			get := func(last string) *events {
				query := url.Values{"query": {countAfter}, "variables": {`{"after":1}`}}.Encode()
				r, err := http.NewRequestWithContext(t.Context(), "GET", "http://gateway.example/graphql?"+query, nil)
				if err != nil {
					t.Fatal(err)
				}
				if last != "" {
					r.Header.Set("Last-Event-ID", last)
				}
				return g.listen(r, "ann")
			}
			get("").expect(retry, countEvent(2), countEvent(3), countEvent(4), countEvent(5))
			get("4").expect(retry, countEvent(5))
		})
	})

	t.Run("sockets and streams are of one cohort", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			c := g.enter("bob")
			c.subscribe("1", count, "{}")
			e := g.post("ann", `{"query":"subscription { counter { version } }","variables":{}}`)
			e.expect(retry)
			synctest.Wait()
			g.bump()
			c.expect(nextCount("1", 1))
			e.expect(countEvent(1))
			if got := g.hub.Stats(); got.Executed != 1 || got.Connections != 2 {
				t.Errorf("%+v", got)
			}
		})
	})
}

func TestWhatStreamsRefuse(t *testing.T) {
	post := func(body, contentType string) *http.Request {
		r, _ := http.NewRequest("POST", "http://gateway.example/graphql", strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
		return r
	}
	get := func(query string) *http.Request {
		r, _ := http.NewRequest("GET", "http://gateway.example/graphql?"+query, nil)
		return r
	}
	foreign := post(`{"query":"{ hello }"}`, "application/json")
	foreign.Header.Set("Origin", "https://evil.example")
	put, _ := http.NewRequest("PUT", "http://gateway.example/graphql", nil)
	for _, c := range []struct {
		name    string
		request *http.Request
		status  int
		text    string
	}{
		{"a mutation by GET", get("query=mutation+{+bump+}"), 405, "mutations are sent by POST"},
		{"another method", put, 405, "send operations by POST or GET"},
		{"a body that pages may send across sites", post(`{"query":"{ hello }"}`, "text/plain"), 415, "the Content-Type of an operation is application/json"},
		{"a body that is no JSON", post(`{`, "application/json"), 400, "the body must be a JSON object"},
		{"a body without a query", post(`{}`, "application/json"), 400, "the request has no query"},
		{"a body that is too large", post(`{"query":"`+strings.Repeat("x", 64<<10)+`"}`, "application/json"), 413, "the body of an operation may have 65536 bytes"},
		{"a URL that is too long", get("query=" + strings.Repeat("x", 8<<10)), 414, "send it by POST"},
		{"variables that are no object", get("query={hello}&variables=7"), 400, "variables must be a JSON object"},
		{"a URL that is not in UTF-8", get("query={hello(of:\"%ff\")}"), 400, "text is written in UTF-8"},
		{"a URL without a query", get(""), 400, "the request has no query"},
		{"a foreign page", foreign, 403, "pages of this origin may not connect"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := newGateway(t, nil).listen(c.request.WithContext(t.Context()), "ann")
				body, _ := io.ReadAll(e.response.Body)
				if e.response.StatusCode != c.status || !strings.Contains(string(body), c.text) {
					t.Errorf("%d %s", e.response.StatusCode, body)
				}
			})
		})
	}
}

func TestTheEndsOfStreams(t *testing.T) {
	t.Run("when the token expires the stream ends, and is not complete", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			soon := time.Now().Add(5 * time.Second)
			g.set("guest", auth.Principal{Org: "acme", ExpiresAt: &soon})
			g.post("guest", `{"query":"subscription { counter { version } }"}`).
				expect(retry, ": the token has expired\n", "EOF")
		})
	})

	t.Run("a gateway that stops ends its streams, and clients come back", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			e := g.post("ann", `{"query":"subscription { counter { version } }"}`)
			e.expect(retry)
			stopped := make(chan struct{})
			go func() {
				defer close(stopped)
				g.hub.Stop(context.Background())
			}()
			e.expect(": the gateway restarts: connect again and resume\n", "EOF")
			<-stopped
			g.hub.Stop(context.Background()) // does nothing
			if got := g.hub.Stats().Connections; got != 0 {
				t.Errorf("%d connections", got)
			}
		})
	})

	t.Run("a stream too many is answered 503", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, func(o *transport.Options) { o.MaxConnections = 1 })
			g.post("ann", `{"query":"subscription { counter { version } }"}`).expect(retry)
			if e := g.post("ann", `{"query":"subscription { counter { version } }"}`); e.response.StatusCode != http.StatusServiceUnavailable {
				t.Error(e.response.Status)
			}
		})
	})

	t.Run("who takes nothing for ten seconds is cut off", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			e := g.post("ann", `{"query":"subscription { counter(padding: 100000) { version padding } }"}`)
			e.expect(retry)
			synctest.Wait()
			g.bump()
			time.Sleep(11 * time.Second)
			synctest.Wait()
			if got := g.hub.Stats().Connections; got != 0 {
				t.Errorf("%d connections", got)
			}
		})
	})

	t.Run("who reads too slowly is told so, and is not complete", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := newGateway(t, nil)
			e := g.post("ann", `{"query":"subscription { counter(padding: 1000) { version } }"}`)
			e.expect(retry)
			synctest.Wait()
			for range 600 {
				g.bump()
				synctest.Wait()
			}
			for {
				got := e.block()
				if got == ": events come faster than you read: connect again and resume\n" {
					break
				}
				if !strings.HasPrefix(got, "id: ") {
					t.Fatal(got)
				}
			}
			e.expect("EOF")
			if got := g.hub.Stats().Drops; got != 1 {
				t.Errorf("%d drops", got)
			}
		})
	})
}
