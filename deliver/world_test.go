package deliver

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// told is when the test's gateway is told of everything, and its clock begins.
var told = start.Add(time.Hour)

// world is an organization with one endpoint, and a clock that a test sets.
type world struct {
	t    *testing.T
	repo *repository.Repository

	mu  sync.Mutex
	now time.Time
}

var acme = analytics.Reach{Org: "acme"}

func newWorld(t *testing.T) *world {
	return &world{t: t, repo: repositorytest.Open(t, nil), now: told}
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) set(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = now
}

// secret signs for all endpoints of the tests.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

// endpoint creates an endpoint of acme.
func (w *world) endpoint(id, url string, change func(*analytics.WebhookEndpoint)) {
	w.t.Helper()
	e := &analytics.WebhookEndpoint{
		EndpointID: id, URL: url, CreatedAt: start.Add(-time.Hour), Enabled: true, Secret: secret,
		Topics: []analytics.WebhookTopic{analytics.TopicCallStarted, analytics.TopicCallEnded, analytics.TopicCallMissed,
			analytics.TopicCartCheckedOut, analytics.TopicLiveEventEnded},
	}
	if change != nil {
		change(e)
	}
	if err := w.repo.CreateWebhookEndpoint(w.t.Context(), acme, e); err != nil {
		w.t.Fatal(err)
	}
}

// missed takes in missed calls: each a thing to tell of.
func (w *world) missed(n int) {
	w.t.Helper()
	events := make([]analytics.Event, n)
	for i := range events {
		events[i] = w.event(fmt.Sprintf(`{"id":"missed-%d","type":"call_missed","at":"2026-03-02T09:59:00Z","visitorId":"v","sessionId":"s-%d",
			"data":{"queueId":"shoes","enteredQueueAt":"2026-03-02T09:58:00Z"}}`, i, i))
	}
	w.absorb(events...)
}

func (w *world) event(text string) analytics.Event {
	w.t.Helper()
	e, err := analytics.ParseEvent([]byte(text), told)
	if err != nil {
		w.t.Fatalf("%v: %s", err, text)
	}
	return e
}

func (w *world) absorb(events ...analytics.Event) {
	w.t.Helper()
	outcomes, err := w.repo.Absorb(w.t.Context(), acme.Org, events)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, outcome := range outcomes {
		if outcome.Err != nil {
			w.t.Fatal(outcome.Err)
		}
	}
}

// deliverer returns a deliverer on the world's database and clock, without jitter,
// that may go to this machine.
func (w *world) deliverer(change func(*Options)) *Deliverer {
	o := Options{
		Policy: analytics.WebhookPolicy{AllowPrivate: true}, Log: slog.New(slog.DiscardHandler),
		Now: w.clock, Jitter: func() float64 { return 0.5 },
	}
	if change != nil {
		change(&o)
	}
	return New(w.repo, o)
}

// sendAll sends what is due by the world's clock, and waits for it.
func (w *world) sendAll(d *Deliverer) {
	d.sendDue(w.t.Context(), w.t.Context())
	d.working.Wait()
}

// deliveries returns the deliveries of an endpoint, the latest first.
func (w *world) deliveries(endpoint string) []*analytics.WebhookDelivery {
	w.t.Helper()
	most := analytics.MaxPage
	pages, err := w.repo.WebhookDeliveriesByEndpoint(w.t.Context(), acme, []string{endpoint}, analytics.WebhookDeliveryFilter{}, analytics.PageArgs{First: &most})
	if err != nil {
		w.t.Fatal(err)
	}
	return pages[endpoint].Nodes()
}

// history returns the state of an endpoint's only delivery and its attempts, in a
// form to compare: the time since it was told, the status and the error.
func (w *world) history(endpoint string) []string {
	w.t.Helper()
	all := w.deliveries(endpoint)
	if len(all) != 1 {
		w.t.Fatalf("%d deliveries, want 1", len(all))
	}
	lines := []string{string(all[0].State)}
	for _, a := range all[0].Attempts {
		line := a.At.Sub(told).String()
		if a.StatusCode != nil {
			line += fmt.Sprint(" ", *a.StatusCode)
		}
		if a.Error != nil {
			line += " " + string(*a.Error)
		}
		lines = append(lines, line)
	}
	return lines
}

func (w *world) wantHistory(endpoint string, want ...string) {
	w.t.Helper()
	if diff := cmp.Diff(want, w.history(endpoint)); diff != "" {
		w.t.Errorf("what became of the delivery (-want +got):\n%s", diff)
	}
}

// untilFinished lets the clock jump to whenever something is due, and sends it,
// until nothing is pending any more.
func (w *world) untilFinished(d *Deliverer, endpoint string) {
	w.t.Helper()
	for range 100 {
		w.sendAll(d)
		delivery := w.deliveries(endpoint)[0]
		if delivery.State != analytics.DeliveryPending {
			return
		}
		w.set(delivery.Due)
	}
	w.t.Fatal("it is never finished")
}

// receiver is a server that keeps what it was sent.
type receiver struct {
	*httptest.Server
	answer func(w http.ResponseWriter, r *http.Request)

	mu       sync.Mutex
	received []received
	now      map[string]int // requests under way, by event
	most     int            // of one event at a time
}

type received struct {
	header http.Header
	body   []byte
}

// receive starts a receiver that answers as told, 204 for nil.
func receive(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) *receiver {
	r := &receiver{answer: answer, now: map[string]int{}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Server.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	event := request.Header.Get("webhook-id")
	r.mu.Lock()
	r.received = append(r.received, received{request.Header, body})
	r.now[event]++
	r.most = max(r.most, r.now[event])
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		r.now[event]--
		r.mu.Unlock()
	}()
	if r.answer == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	r.answer(w, request)
}

func (r *receiver) all() []received {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]received(nil), r.received...)
}

// byEvent returns how often each event arrived.
func (r *receiver) byEvent() map[string]int {
	times := map[string]int{}
	for _, got := range r.all() {
		times[got.header.Get("webhook-id")]++
	}
	return times
}

// eventually waits until something holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !holds() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: not within 30 seconds", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func indented(t *testing.T, body []byte) string {
	t.Helper()
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
