package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/embedded"
	"cartograph/repository/repositorytest"
	"cartograph/web/webtest"
)

// gateway is a running `cartograph serve`.
type gateway struct {
	url  string
	args []string // settings that lead other commands to the same database
	stop func() error
	log  *lockedBuffer // of one that serve started
}

// announcement is where a gateway says its address.
var announcement = regexp.MustCompile(`GraphQL +(http://\S+)/graphql`)

// serve starts a gateway with the given settings and waits until it is ready.
// It fails the test if the gateway cannot start.
func serve(t *testing.T, settings ...string) *gateway {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	out, in := io.Pipe()
	done := make(chan error, 1)
	log := &lockedBuffer{}
	go func() {
		err := run(ctx, append([]string{"serve", "--listen-addr=127.0.0.1:0"}, settings...), terminal{out: in, err: log})
		in.CloseWithError(io.EOF)
		done <- err
	}()
	g := &gateway{args: settings, log: log, stop: sync.OnceValue(func() error { cancel(); return <-done })}
	t.Cleanup(func() {
		if err := g.stop(); err != nil {
			t.Errorf("the gateway ended with %v", err)
		}
		if t.Failed() {
			t.Logf("what the gateway logged:\n%s", log)
		}
	})
	var said bytes.Buffer
	chunk := make([]byte, 4096)
	for {
		n, err := out.Read(chunk)
		said.Write(chunk[:n])
		if found := announcement.FindStringSubmatch(said.String()); found != nil {
			g.url = found[1]
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return g
		}
		if err != nil {
			t.Fatalf("the gateway did not start: %v\n%s", g.stop(), log)
		}
	}
}

// lockedBuffer is a buffer that a server may write while a test reads.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

// command runs another command on the gateway's database and returns what it
// printed.
func (g *gateway) command(t *testing.T, args ...string) (string, error) {
	t.Helper()
	return command(t, append(append([]string{}, g.args...), args...)...)
}

func command(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := run(t.Context(), args, terminal{out: &out, err: io.Discard})
	return strings.TrimSpace(out.String()), err
}

// post sends a request and returns its status and its body.
func (g *gateway) post(t *testing.T, path, token, contentType, body string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "POST", g.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	return do(t, request)
}

func do(t *testing.T, request *http.Request) (int, string) {
	t.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// query asks the graph and returns its data as JSON with sorted keys.
func (g *gateway) query(t *testing.T, token, query string) string {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		t.Fatal(err)
	}
	status, text := g.post(t, "/graphql", token, "application/json", string(body))
	var answer struct {
		Data   any
		Errors []any
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil || status != 200 || len(answer.Errors) > 0 {
		t.Fatalf("%s: status %d, %s", query, status, text)
	}
	data, err := json.Marshal(answer.Data)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// write puts a file into the test's folder, packed if its name ends in .gz.
func write(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	data := []byte(content)
	if strings.HasSuffix(name, ".gz") {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		_, _ = w.Write(data)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		data = packed.Bytes()
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	oneCallCSV = "status,call_id,client_session_id,agent_id,agent_name,queue_id,entered_queue_time,call_start_time,call_end_time,call_type\n" +
		"ACCEPTED,abc,s1,ann,Ann,q1,2026-03-01T09:59:00Z,2026-03-01T10:00:00Z,2026-03-01T10:05:00Z,Queue\n"
	oneCallQuery  = `{ call(id: "abc") { durationSeconds agent { name } } }`
	oneCallAnswer = `{"call":{"agent":{"name":"Ann"},"durationSeconds":300}}`
)

func TestTheDemoFromStartToFirstToken(t *testing.T) {
	t.Parallel()
	g := serve(t, "--data-dir="+t.TempDir())

	t.Run("it is alive and ready", func(t *testing.T) {
		for _, path := range []string{"/healthz", "/readyz", "/", "/schema.graphqls"} {
			request, _ := http.NewRequestWithContext(t.Context(), "GET", g.url+path, nil)
			if status, body := do(t, request); status != 200 || body == "" {
				t.Errorf("%s: %d %q", path, status, body)
			}
		}
	})
	t.Run("it holds what the README promises", func(t *testing.T) {
		want := `{"agents":{"totalCount":12},"calls":{"totalCount":2000},"liveEvents":{"totalCount":3},"products":{"totalCount":60},` +
			`"queues":{"totalCount":5},"viewer":{"demo":true,"organization":"demo"},"workflows":{"totalCount":2}}`
		got := g.query(t, "", `{ viewer { organization demo } calls { totalCount } agents { totalCount } queues { totalCount }
			products { totalCount } liveEvents { totalCount } workflows { totalCount } }`)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("it reports on a workflow over plain HTTP", func(t *testing.T) {
		status, body := g.post(t, "/api/reporting/workflow/v1/orgs/demo/workflows/workflow-2/sidedata/", "", "application/json",
			`{"interval": {"start": "2026-10-01T00:00:00Z", "end": "2026-11-01T00:00:00Z"}}`)
		if status != 200 || !strings.Contains(body, `"sum_of_visitor_purchases":[{"value":`) {
			t.Errorf("%d %s", status, body)
		}
	})
	t.Run("every example of the playground answers with data", func(t *testing.T) {
		for _, example := range webtest.Examples(t, "web") {
			body, err := json.Marshal(map[string]any{"query": example.Query, "variables": example.Variables})
			if err != nil {
				t.Fatal(err)
			}
			status, text := g.post(t, "/graphql", "", "application/json", string(body))
			var answer struct {
				Data   map[string]any
				Errors []any
			}
			if err := json.Unmarshal([]byte(text), &answer); err != nil || status != 200 || len(answer.Errors) > 0 {
				t.Errorf("%s: %d %.2000s", example.Name, status, text)
			}
			for field, value := range answer.Data {
				list, _ := value.(map[string]any)
				nodes, isList := list["nodes"].([]any)
				if value == nil || isList && len(nodes) == 0 {
					t.Errorf("%s: nothing in %s: %.2000s", example.Name, field, text)
				}
			}
		}
	})
	t.Run("what it brings in needs a token", func(t *testing.T) {
		if status, body := g.post(t, "/ingest/events", "", "application/json", "[]"); status != 403 {
			t.Errorf("%d %s", status, body)
		}
		file := write(t, "calls.csv", oneCallCSV)
		if _, err := g.command(t, "import", "calls", file); err == nil || !strings.Contains(err.Error(), "--org ORG") {
			t.Errorf("without an organization: %v", err)
		}
		if _, err := g.command(t, "import", "calls", file, "--org=acme"); err == nil || !strings.Contains(err.Error(), "token create --org acme") {
			t.Errorf("for an organization without a token: %v", err)
		}
	})
	t.Run("the token of a shopper's page does not make it closed, nor let real data in", func(t *testing.T) {
		if status, body := g.post(t, "/graphql", "", "application/json", `{"query":"mutation { createShopperToken(input: {callId: \"call-1625\"}) { token userErrors { message } } }"}`); !strings.Contains(body, "cgt_") {
			t.Fatalf("%d %s", status, body)
		}
		_, err := g.command(t, "import", "calls", write(t, "calls.csv", oneCallCSV), "--org=demo")
		if err == nil || !strings.Contains(err.Error(), "token create --org demo") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a file can be added to the open demo", func(t *testing.T) {
		if _, err := g.command(t, "import", "calls", write(t, "calls.csv.gz", oneCallCSV), "--demo"); err != nil {
			t.Fatal(err)
		}
		if got := g.query(t, "", oneCallQuery); got != oneCallAnswer {
			t.Error(got)
		}
	})
	t.Run("a foreign page is refused", func(t *testing.T) {
		request, _ := http.NewRequestWithContext(t.Context(), "POST", g.url+"/graphql", strings.NewReader(`{"query":"{ viewer { demo } }"}`))
		request.Header.Set("Content-Type", "application/json")
		request.Header.Set("Origin", "https://evil.example")
		if status, body := do(t, request); status != 403 {
			t.Errorf("%d %s", status, body)
		}
	})
	t.Run("the first token closes it", func(t *testing.T) {
		token, err := g.command(t, "token", "create", "--org=demo", "--scopes=calls:read")
		if err != nil {
			t.Fatal(err)
		}
		if status, body := g.post(t, "/graphql", "", "application/json", `{"query":"{ viewer { demo } }"}`); !strings.Contains(body, "UNAUTHENTICATED") {
			t.Errorf("without the token: %d %s", status, body)
		}
		if got := g.query(t, token, oneCallQuery); got != oneCallAnswer {
			t.Error(got)
		}
		if status, body := g.post(t, "/graphql", token, "application/json", `{"query":"{ liveEvents { totalCount } }"}`); !strings.Contains(body, "FORBIDDEN") {
			t.Errorf("beyond its scopes: %d %s", status, body)
		}
	})
}

func TestARealDatabase(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	settings := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}

	t.Run("without a token it is refused", func(t *testing.T) {
		_, err := command(t, append([]string{"serve", "--listen-addr=127.0.0.1:0"}, settings...)...)
		if err == nil || !strings.Contains(err.Error(), "cartograph token create --org ORGANIZATION --scopes all") {
			t.Fatalf("got %v", err)
		}
	})
	acme, err := command(t, append(settings, "token", "create", "--org=acme", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	other, err := command(t, append(settings, "token", "create", "--org=other", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	g := serve(t, settings...)

	t.Run("an import is read by its organization only", func(t *testing.T) {
		out, err := g.command(t, "import", "calls", write(t, "calls.csv", oneCallCSV), "--org=acme")
		if err != nil || !strings.Contains(out, "1") {
			t.Fatalf("%q, %v", out, err)
		}
		if got := g.query(t, acme, oneCallQuery); got != oneCallAnswer {
			t.Error(got)
		}
		if got := g.query(t, other, oneCallQuery); got != `{"call":null}` {
			t.Error(got)
		}
	})
	t.Run("events sent over HTTP are there when they are answered", func(t *testing.T) {
		events := `{"id":"e1","type":"call_started","at":"2026-03-02T09:00:00Z","visitorId":"v1","sessionId":"s1","callId":"c1","data":{"agentId":"bo","callType":"queue","queueId":"q1"}}
{"id":"e2","type":"purchase","at":"2026-03-05T12:00:00Z","visitorId":"v1","data":{"transactionId":"t1","amount":"20.00","currency":"EUR","products":[{"sku":"hat","price":"10.00","quantity":2}]}}
{"id":"e3","type":"no_such_type","at":"2026-03-02T09:00:00Z"}
{"id":"e4","type":"call_ended","at":"2026-03-02T09:10:00Z","visitorId":"v1","callId":"c1","data":{}}
`
		status, body := g.post(t, "/ingest/events", acme, "application/x-ndjson", events)
		var answer struct {
			Accepted, Duplicates int
			Rejected             []struct {
				Index int
				ID    string
			}
		}
		if err := json.Unmarshal([]byte(body), &answer); err != nil || status != 202 {
			t.Fatalf("%d %s", status, body)
		}
		if answer.Accepted != 3 || len(answer.Rejected) != 1 || answer.Rejected[0].Index != 2 || answer.Rejected[0].ID != "e3" {
			t.Errorf("got %s", body)
		}
		want := `{"call":{"durationSeconds":600,"numberOfPurchases":1,"queue":{"name":"q1"},"revenue":[{"amount":"20.00","currency":"EUR"}]}}`
		if got := g.query(t, acme, `{ call(id: "Call:c1") { durationSeconds queue { name } numberOfPurchases revenue { amount currency } } }`); got != want {
			t.Error(cmp.Diff(want, got))
		}
	})
	t.Run("a call-ended webhook is read", func(t *testing.T) {
		body := `{"eventId":"w1","timestamp":"2026-03-03T10:10:00Z","payload":{"callId":"c2","startedAt":"2026-03-03T10:00:00Z","endedAt":"2026-03-03T10:10:00Z",
			"agent":{"id":"bo","name":"Bo"},"chat":[{"src":"agent","date":"2026-03-03T10:01:00Z","message":"Hello"}],"products":[{"sku":"hat","name":"Hat"}]}}`
		if status, answer := g.post(t, "/webhooks/call-ended", acme, "application/json", body); status/100 != 2 {
			t.Fatalf("%d %s", status, answer)
		}
		want := `{"call":{"chat":{"nodes":[{"author":"AGENT","text":"Hello"}]},"durationSeconds":600}}`
		if got := g.query(t, acme, `{ call(id: "c2") { durationSeconds chat { nodes { author text } } } }`); got != want {
			t.Error(cmp.Diff(want, got))
		}
	})
	t.Run("an agent's token sees the own calls only", func(t *testing.T) {
		token, err := g.command(t, "token", "create", "--org=acme", "--scopes=calls:read", "--agent=ann")
		if err != nil {
			t.Fatal(err)
		}
		want := `{"callStats":{"total":{"calls":1}},"calls":{"nodes":[{"callId":"abc"}]},"viewer":{"agent":{"name":"Ann"}}}`
		if got := g.query(t, token, `{ viewer { agent { name } } calls { nodes { callId } } callStats { total { calls } } }`); got != want {
			t.Error(cmp.Diff(want, got))
		}
	})
}

func TestCopyTakesEverythingAlong(t *testing.T) {
	t.Parallel()
	from := "--data-dir=" + t.TempDir()
	if _, err := command(t, from, "token", "create", "--org=acme", "--scopes=all"); err != nil {
		t.Fatal(err)
	}
	if _, err := command(t, from, "import", "calls", write(t, "calls.csv", oneCallCSV), "--org=acme"); err != nil {
		t.Fatal(err)
	}
	uri, database := repositorytest.Database(t)
	for range 2 { // it may be repeated
		if _, err := command(t, from, "copy", "--to="+uri, "--to-database="+database); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := command(t, from, "--mongodb-database=other", "copy", "--to="+uri, "--to-database="+database); err == nil || !strings.HasPrefix(err.Error(), `there is nothing to copy in the database "other"`) {
		t.Errorf("copying an empty database ended with %v", err)
	}
	to := []string{"--mongodb-uri=" + uri, "--mongodb-database=" + database}
	token, err := command(t, append(to, "token", "create", "--org=acme", "--scopes=all")...)
	if err != nil {
		t.Fatal(err)
	}
	if got := serve(t, to...).query(t, token, oneCallQuery); got != oneCallAnswer {
		t.Error(got)
	}
}

func TestOneFolderHasOneGateway(t *testing.T) {
	dir := t.TempDir()
	engine, err := embedded.Open(dir, embedded.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	if _, err := command(t, "--data-dir="+dir, "serve", "--listen-addr=127.0.0.1:0"); err == nil {
		t.Error("a second gateway started on the same folder")
	}
	if _, err := command(t, "--data-dir="+dir, "token", "create", "--org=acme", "--scopes=all"); err != nil {
		t.Errorf("a command did not reach the running engine: %v", err)
	}
}

func TestWrongCommandLinesSayWhatIsWrong(t *testing.T) {
	dir := "--data-dir=" + t.TempDir()
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"nonsense"}, "nonsense"},
		{[]string{"import", "calls"}, "<file>"},
		{[]string{"import", "calls", "/no/such/file"}, "no such file"},
		{[]string{"token", "create", "--org=a/b", "--scopes=all"}, `organization "a/b"`},
		{[]string{"token", "create", "--org=acme", "--scopes=everything"}, `unknown scope "everything"`},
		{[]string{"--log-level=loud", "schema"}, "log-level"},
		{[]string{"serve", "--listen-addr=nowhere"}, "nowhere"},
		{[]string{"--mongodb-uri=http://localhost", "demo"}, "mongodb"},
	} {
		if _, err := command(t, append([]string{dir}, c.args...)...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v, want it to say %q", c.args, err, c.want)
		}
	}
}
