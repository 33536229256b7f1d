package ingest_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/ingest"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func atNoon() time.Time { return noon }

// sender posts to a handler as a token of organization acme.
type sender struct {
	t       testing.TB
	handler http.Handler
	scopes  auth.Scopes
}

func newSender(t testing.TB, store ingest.Store) *sender {
	quiet := slog.New(slog.DiscardHandler)
	return &sender{t, ingest.NewHandler(store, atNoon, quiet), auth.Scopes{auth.IngestWrite}}
}

// answer is what a test compares: the status and the body.
type answer struct {
	Status     int                `json:"-"`
	Code       analytics.Code     `json:"code"`
	Message    string             `json:"message"`
	Accepted   int                `json:"accepted"`
	Duplicates int                `json:"duplicates"`
	Echoes     int                `json:"echoes"`
	Rejected   []ingest.Rejection `json:"rejected"`
}

func (s *sender) post(path, contentType, body string, change ...func(*http.Request)) (answer, http.Header) {
	s.t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(body))
	r.Header.Set("Content-Type", contentType)
	for _, f := range change {
		f(r)
	}
	r = r.WithContext(auth.With(r.Context(), &auth.Principal{Org: "acme", Scopes: s.scopes}))
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	got := answer{Status: w.Code}
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil {
		s.t.Fatalf("%d %s: %v", w.Code, w.Body, err)
	}
	return got, w.Header()
}

func started(id, call string) string {
	return fmt.Sprintf(`{"id":%q,"type":"call_started","at":"2026-03-01T10:00:00Z","visitorId":"v","sessionId":"s","callId":%q,"data":{"agentId":"a","callType":"queue","queueId":"q"}}`, id, call)
}

func echo(id string) string {
	return fmt.Sprintf(`{"id":%q,"type":"added_to_cart","at":"2026-03-01T10:01:00Z","visitorId":"v","callId":"c1","data":{"sku":"x","quantity":1,"cart":{"id":"k","amount":1,"currency":"EUR"},"affiliation":"Bambuser Calls acme"}}`, id)
}

const (
	asJSON   = "application/json"
	asNDJSON = "application/x-ndjson; charset=utf-8"
)

func TestSendingEvents(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	s := newSender(t, repo)
	ended := `{"id":"e3","type":"call_ended","at":"2026-03-01T09:00:00Z","visitorId":"v","callId":"c1"}`
	liveless := `{"id":"e4","type":"liked","at":"2026-03-01T09:00:00Z","visitorId":"v","liveEventId":"nope","data":{"count":1}}`
	things := []string{started("e1", "c1"), started("e1", "c1"), echo("e2"), ended, liveless, `"text"`, `{"id":"e5"}`}
	want := answer{Status: 202, Accepted: 1, Duplicates: 1, Echoes: 1, Rejected: []ingest.Rejection{
		{Index: 5, Code: analytics.BadUserInput, Message: "must be an object"},
		{Index: 6, ID: "e5", Code: analytics.BadUserInput, Message: "type: is required"},
		{Index: 3, ID: "e3", Code: analytics.Conflict, Message: "at: lies before the start of the call at 2026-03-01T10:00:00Z"},
		{Index: 4, ID: "e4", Code: analytics.NotFound, Message: `liveEventId: unknown live event "nope"`},
	}}
	got, _ := s.post("/ingest/events", asJSON, "["+strings.Join(things, ",")+"]")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("each bad event is named and the good ones count (-want +got):\n%s", diff)
	}
	calls, err := repo.CallsByID(t.Context(), analytics.Reach{Org: "acme"}, []string{"c1"})
	if err != nil || calls["c1"] == nil {
		t.Errorf("the call does not show after the answer: %v, %v", calls, err)
	}

	t.Run("the same as lines changes nothing more", func(t *testing.T) {
		got, _ := s.post("/ingest/events", asNDJSON, strings.Join(things, "\r\n")+"\n\n{broken")
		if got.Status != 202 || got.Accepted != 0 || got.Duplicates != 2 || got.Echoes != 1 {
			t.Errorf("got %+v", got)
		}
		if broken := (ingest.Rejection{Index: 8, Code: analytics.BadUserInput, Message: "is no valid JSON"}); got.Rejected[2] != broken {
			t.Errorf("the broken line is told as %+v", got.Rejected[2])
		}
	})
	t.Run("the id of a refused event stays free", func(t *testing.T) {
		got, _ := s.post("/ingest/events", asJSON, strings.Replace(ended, "09:00", "10:05", 1))
		if diff := cmp.Diff(answer{Status: 202, Accepted: 1, Rejected: []ingest.Rejection{}}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("gzip is unpacked", func(t *testing.T) {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = io.WriteString(z, started("z", "c2"))
		_ = z.Close()
		got, _ := s.post("/ingest/events", asNDJSON, packed.String(), func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") })
		if got.Status != 202 || got.Accepted != 1 {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("an empty list is nothing wrong", func(t *testing.T) {
		got, _ := s.post("/ingest/events", asJSON, " [] ")
		if diff := cmp.Diff(answer{Status: 202, Rejected: []ingest.Rejection{}}, got); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a byte order mark is passed over", func(t *testing.T) {
		for _, contentType := range []string{asJSON, asNDJSON} {
			got, _ := s.post("/ingest/events", contentType, "\xef\xbb\xbf"+started("bom", "c3"))
			if got.Status != 202 || len(got.Rejected) != 0 {
				t.Errorf("got %+v", got)
			}
		}
	})
}

func TestBodiesThatAreRefusedWhole(t *testing.T) {
	s := newSender(t, repositorytest.Open(t, nil))
	gzipped := func(r *http.Request) { r.Header.Set("Content-Encoding", "gzip") }
	for name, c := range map[string]struct {
		path, contentType, body string
		change                  []func(*http.Request)
		status                  int
		message                 string
	}{
		"no JSON":              {"/ingest/events", asJSON, `[{"id":1}`, nil, 400, "the body is no valid JSON: one object, or a list of objects"},
		"UTF-16":               {"/ingest/events", asJSON, "\xff\xfe[\x00]\x00", nil, 400, "the body is no valid JSON: one object, or a list of objects"},
		"empty":                {"/ingest/events", asJSON, "", nil, 400, "the body is empty"},
		"empty lines":          {"/ingest/events", asNDJSON, "", nil, 400, "the body is empty"},
		"no line of JSON":      {"/ingest/events", asNDJSON, "id,type\n1,2\n", nil, 400, "no line is valid JSON"},
		"CSV":                  {"/ingest/events", "text/csv", "id,type", nil, 415, "send application/json or application/x-ndjson, plain or with Content-Encoding: gzip"},
		"no content type":      {"/ingest/events", "", "{}", nil, 415, "send application/json or application/x-ndjson, plain or with Content-Encoding: gzip"},
		"brotli":               {"/ingest/events", asJSON, "{}", []func(*http.Request){func(r *http.Request) { r.Header.Set("Content-Encoding", "br") }}, 415, "send application/json or application/x-ndjson, plain or with Content-Encoding: gzip"},
		"gzip that is none":    {"/ingest/events", asJSON, "{}", []func(*http.Request){gzipped}, 400, "the body cannot be read to its end"},
		"JSON above 8 MiB":     {"/ingest/events", asJSON, `["` + strings.Repeat("x", 8<<20) + `"]`, nil, 413, "the body is larger than 8 MiB; send application/x-ndjson, or less at a time"},
		"a line above 1 MiB":   {"/ingest/events", asNDJSON, strings.Repeat("x", 1<<20+1), nil, 413, "the line is longer than 1 MiB"},
		"a webhook that wrong": {"/webhooks/call-ended", asJSON, `{"eventId":"w","payload":{"callId":"c"}}`, nil, 400, "payload.startedAt: is required"},
		"a webhook of lines":   {"/webhooks/call-ended", asNDJSON, `{}`, nil, 415, "send application/json or application/x-ndjson, plain or with Content-Encoding: gzip"},
		"an unknown path":      {"/ingest/orders", asJSON, `{}`, nil, 404, "nothing is taken in at this path"},
		"another method":       {"/ingest/events", asJSON, `{}`, []func(*http.Request){func(r *http.Request) { r.Method = http.MethodPut }}, 405, "this path takes POST"},
	} {
		t.Run(name, func(t *testing.T) {
			got, _ := s.post(c.path, c.contentType, c.body, c.change...)
			if got.Status != c.status || got.Message != c.message || got.Accepted != 0 {
				t.Errorf("got %+v, want %d %s", got, c.status, c.message)
			}
		})
	}
	t.Run("what was taken before a line that is too long is told", func(t *testing.T) {
		got, _ := s.post("/ingest/events", asNDJSON, started("e1", "c1")+"\n"+strings.Repeat("x", 1<<20+1))
		want := answer{Status: 413, Code: analytics.LimitExceeded, Message: "the line is longer than 1 MiB", Accepted: 1, Rejected: []ingest.Rejection{}}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhoMaySend(t *testing.T) {
	s := newSender(t, repositorytest.Open(t, nil))
	t.Run("a token without ingest:write is forbidden", func(t *testing.T) {
		s.scopes = auth.Scopes{auth.CallsRead}
		if got, _ := s.post("/ingest/events", asJSON, "[]"); got.Status != 403 || got.Code != analytics.Forbidden {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("nobody is asked for a token", func(t *testing.T) {
		w := httptest.NewRecorder()
		s.handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/ingest/events", strings.NewReader("[]")))
		if w.Code != 401 || w.Header().Get("WWW-Authenticate") != `Bearer realm="cartograph"` {
			t.Errorf("got %d %v", w.Code, w.Header())
		}
	})
}

func TestTheWebhook(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	s := newSender(t, repo)
	body := `{"eventId":"w1","timestamp":"2026-03-01T10:06:00Z","payload":{"callId":"c","startedAt":"2026-03-01T10:00:00Z","endedAt":"2026-03-01T10:05:00Z","agent":"a","products":[{"sku":"x","name":"Boot"}]}}`
	for _, want := range []answer{
		{Status: 200, Accepted: 1, Rejected: []ingest.Rejection{}},
		{Status: 200, Duplicates: 1, Rejected: []ingest.Rejection{}},
	} {
		got, _ := s.post("/webhooks/call-ended", asJSON, body)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
	products, err := repo.ProductsBySKU(t.Context(), analytics.Reach{Org: "acme"}, []string{"x"})
	if err != nil || products["x"] == nil || products["x"].Name != "Boot" {
		t.Errorf("the product shows as %+v, %v", products["x"], err)
	}
}

func TestTheCatalog(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	s := newSender(t, repo)
	reach := analytics.Reach{Org: "acme"}
	presented := `{"id":"p","type":"product_presented","at":"2026-03-01T10:00:00Z","visitorId":"v","callId":"c","data":{"sku":"boot-42"}}`
	if got, _ := s.post("/ingest/events", asJSON, "["+started("e", "c")+","+presented+"]"); got.Accepted != 2 {
		t.Fatalf("got %+v", got)
	}
	got, _ := s.post("/ingest/catalog", asNDJSON, strings.Join([]string{
		`{"kind":"agent","id":"a","name":"Ada"}`,
		`{"kind":"product","sku":"boot","name":"Boot","variations":[{"sku":"boot-red","sizes":[{"sku":"boot-42"}]}]}`,
		`{"kind":"interaction","id":"i","liveEventId":"l","type":"poll"}`,
		`{"kind":"live_event","id":"l","name":"Spring"}`,
		`{"kind":"interaction","id":"j","liveEventId":"l","type":"poll"}`,
		`{"kind":"live_event","id":"m","name":"Moon","timeZone":"Moon/Crater"}`,
	}, "\n"))
	want := answer{Status: 202, Accepted: 4, Rejected: []ingest.Rejection{
		{Index: 5, ID: "m", Code: analytics.BadUserInput, Message: `timeZone: "Moon/Crater" is no IANA time zone, such as "Europe/Stockholm"`},
		{Index: 2, ID: "i", Code: analytics.NotFound, Message: `liveEventId: unknown live event "l"`},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	products, err := repo.Products(t.Context(), reach, "", analytics.PageArgs{})
	if err != nil {
		t.Fatal(err)
	}
	if nodes := products.Nodes(); len(nodes) != 1 || nodes[0].SKU != "boot" {
		t.Errorf("the placeholder of a size stays beside its product: %+v", nodes)
	}
	agents, err := repo.AgentsByID(t.Context(), reach, []string{"a"})
	if err != nil || agents["a"].Name != "Ada" || agents["a"].Origin != analytics.FromCatalog {
		t.Errorf("got %+v, %v", agents["a"], err)
	}
}

// stuckStore takes nothing until it is told to, or fails.
type stuckStore struct {
	ingest.Store
	release chan struct{}
	err     error
}

func (s *stuckStore) Absorb(_ context.Context, _ string, events []analytics.Event) ([]repository.Outcome, error) {
	<-s.release
	outcomes := make([]repository.Outcome, len(events))
	for i := range outcomes {
		outcomes[i].Status = repository.Accepted
	}
	return outcomes, s.err
}

func TestWhenTooMuchComesIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := &stuckStore{release: make(chan struct{})}
		s := newSender(t, store)
		for range 8 {
			go s.post("/ingest/events", asJSON, started("e", "c"))
		}
		synctest.Wait()
		got, header := s.post("/ingest/events", asJSON, started("e", "c"))
		want := answer{Status: 429, Code: analytics.LimitExceeded, Message: "too much comes in at the moment; send what is missing again", Rejected: []ingest.Rejection{}}
		if diff := cmp.Diff(want, got); diff != "" || header.Get("Retry-After") == "" {
			t.Errorf("Retry-After %q (-want +got):\n%s", header.Get("Retry-After"), diff)
		}
		close(store.release)
	})
}

// endless is a stream of events that ends after some: n lines of a kilobyte.
type endless struct {
	n    int
	line bytes.Buffer
}

func (e *endless) Read(p []byte) (int, error) {
	if e.line.Len() == 0 {
		if e.n == 0 {
			return 0, io.EOF
		}
		e.n--
		fmt.Fprintf(&e.line, `{"id":"e%d","type":"message_sent","at":"2026-03-01T10:00:00Z","visitorId":"v","callId":"c","data":{"messageId":"m","author":"shopper","text":%q}}`+"\n",
			e.n, strings.Repeat("x", 1000))
	}
	return e.line.Read(p)
}

// weighingStore takes everything and notes how much memory is in use.
type weighingStore struct {
	ingest.Store
	heap uint64
}

func (s *weighingStore) Absorb(_ context.Context, _ string, events []analytics.Event) ([]repository.Outcome, error) {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	s.heap = max(s.heap, m.HeapAlloc)
	return make([]repository.Outcome, len(events)), nil
}

func TestMemoryDoesNotGrowWithAStream(t *testing.T) {
	heap := func(lines int) uint64 {
		store := &weighingStore{}
		got, _ := newSender(t, store).post("/ingest/events", asNDJSON, "", func(r *http.Request) { r.Body = io.NopCloser(&endless{n: lines}) })
		if got.Accepted != lines {
			t.Fatalf("got %+v", got)
		}
		return store.heap
	}
	short, long := heap(2_000), heap(60_000)
	if long > short+4<<20 {
		t.Errorf("%d bytes in use for 2,000 lines of a kilobyte, %d for 60,000", short, long)
	}
}

func TestWhenTheDatabaseIsGone(t *testing.T) {
	store := &stuckStore{release: make(chan struct{}), err: &analytics.Error{Code: analytics.Unavailable, Message: "the database cannot be reached", Err: errors.New("dial 10.0.0.7")}}
	close(store.release)
	got, header := newSender(t, store).post("/ingest/events", asJSON, started("e", "c"))
	want := answer{Status: 503, Code: analytics.Unavailable, Message: "the database cannot be reached", Rejected: []ingest.Rejection{}}
	if diff := cmp.Diff(want, got); diff != "" || header.Get("Retry-After") == "" {
		t.Errorf("Retry-After %q (-want +got):\n%s", header.Get("Retry-After"), diff)
	}
}
