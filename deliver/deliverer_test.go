package deliver

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"cartograph/analytics"
)

func TestWhatIsRecordedOfEachAttempt(t *testing.T) {
	elsewhere := receive(t, nil)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	var answers atomic.Int64
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		url    string // in place of a receiver's
		want   []string
	}{
		{"a receiver that takes it", nil, "", []string{"DELIVERED", "0s 204"}},
		{"one that fails first", func(w http.ResponseWriter, _ *http.Request) {
			if answers.Add(1) == 1 {
				w.WriteHeader(http.StatusInternalServerError)
			}
		}, "", []string{"DELIVERED", "0s 500 STATUS", "10s 200"}},
		{"one that redirects to this machine", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere.URL, http.StatusTemporaryRedirect)
		}, "", append([]string{"FAILED"}, aDayOf(" 307 REDIRECT")...)},
		{"one that always fails", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "",
			append([]string{"FAILED"}, aDayOf(" 502 STATUS")...)},
		{"one that hangs", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "",
			append([]string{"FAILED"}, aDayOf(" TIMEOUT")...)},
		{"one that hangs in its answer, whose status counts", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "", []string{"DELIVERED", "0s 200"}},
		{"one that answers without end", func(w http.ResponseWriter, r *http.Request) {
			chunk := make([]byte, 1<<10)
			for r.Context().Err() == nil {
				if _, err := w.Write(chunk); err != nil {
					return
				}
			}
		}, "", []string{"DELIVERED", "0s 200"}},
		{"one that nobody listens at", nil, closed.URL, append([]string{"FAILED"}, aDayOf(" CONNECTION")...)},
		{"one without a certificate", nil, "https" + elsewhere.URL[len("http"):], append([]string{"FAILED"}, aDayOf(" TLS")...)},
		{"one that is gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) }, "",
			[]string{"FAILED", "0s 410 STATUS"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			url := tt.url
			if url == "" {
				url = receive(t, tt.answer).URL
			}
			w.endpoint("e", url, nil)
			w.missed(1)
			w.untilFinished(w.deliverer(func(o *Options) { o.Timeout = 100 * time.Millisecond }), "e")
			w.wantHistory("e", tt.want...)
		})
	}
	if got := len(elsewhere.all()); got != 0 {
		t.Errorf("%d requests arrived where a redirect leads to", got)
	}
}

// aDayOf returns the attempts of a delivery that always ends the same way.
func aDayOf(how string) []string {
	var attempts []string
	at := time.Duration(0)
	for n := 1; at <= tryFor; n++ {
		attempts = append(attempts, at.String()+how)
		at += pause(n, 0.5)
	}
	return attempts
}

func TestAnEndpointThatIsGoneIsDisabled(t *testing.T) {
	w := newWorld(t)
	gone := receive(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	w.endpoint("e", gone.URL, nil)
	w.missed(1)
	w.sendAll(w.deliverer(nil))
	endpoints, err := w.repo.WebhookEndpointsByID(t.Context(), acme, []string{"e"})
	if err != nil {
		t.Fatal(err)
	}
	e := endpoints["e"]
	if e.Enabled || e.DisabledReason == nil || *e.DisabledReason != analytics.DisabledGone {
		t.Errorf("the endpoint is %+v", e)
	}
	w.absorb(w.event(`{"id":"later","type":"call_missed","at":"2026-03-02T09:59:00Z","visitorId":"v","sessionId":"later","data":{"queueId":"q","enteredQueueAt":"2026-03-02T09:58:00Z"}}`))
	if n := len(w.deliveries("e")); n != 1 {
		t.Errorf("%d deliveries, want that of before alone", n)
	}
}

func TestAReceiverThatIsDownForAnHour(t *testing.T) {
	w := newWorld(t)
	back := told.Add(time.Hour)
	down := receive(t, func(rw http.ResponseWriter, _ *http.Request) {
		if w.clock().Before(back) {
			rw.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	w.endpoint("e", down.URL, nil)
	w.missed(1)
	w.untilFinished(w.deliverer(nil), "e")
	w.wantHistory("e", "DELIVERED", "0s 503 STATUS", "10s 503 STATUS", "30s 503 STATUS", "1m10s 503 STATUS", "2m30s 503 STATUS",
		"5m10s 503 STATUS", "10m30s 503 STATUS", "21m10s 503 STATUS", "42m30s 503 STATUS", "1h25m10s 200")
	want := down.all()[0]
	for i, got := range down.all() {
		if string(got.body) != string(want.body) || got.header.Get("webhook-id") != want.header.Get("webhook-id") {
			t.Errorf("attempt %d has another body or id than the first", i+1)
		}
	}
}

func TestWhatFailedIsRedelivered(t *testing.T) {
	w := newWorld(t)
	var well atomic.Bool
	r := receive(t, func(w http.ResponseWriter, _ *http.Request) {
		if !well.Load() {
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
	w.endpoint("e", r.URL, nil)
	w.missed(1)
	d := w.deliverer(nil)
	w.untilFinished(d, "e")
	failed := w.deliveries("e")[0]
	if failed.State != analytics.DeliveryFailed {
		t.Fatalf("it is %s", failed.State)
	}
	before := len(r.all())
	well.Store(true)
	w.set(told.Add(48 * time.Hour))
	if _, err := w.repo.RedeliverWebhook(t.Context(), acme, failed.DeliveryID, w.clock()); err != nil {
		t.Fatal(err)
	}
	w.sendAll(d)
	w.wantHistory("e", append(append([]string{"DELIVERED"}, aDayOf(" 500 STATUS")...), "48h0m0s 200")...)
	if got := len(r.all()); got != before+1 {
		t.Errorf("%d requests after the redelivery, want 1", got-before)
	}
}

func TestWebhooksGoToPublicAddressesOnly(t *testing.T) {
	inside := receive(t, nil)
	port := inside.URL[len("http://127.0.0.1"):]
	for _, url := range []string{inside.URL, "http://localhost" + port, "http://[::1]" + port, "http://[::ffff:127.0.0.1]" + port, "http://0.0.0.0" + port} {
		t.Run(url, func(t *testing.T) {
			w := newWorld(t)
			// A setting that was allowed once does not open the way for ever.
			w.endpoint("e", url, nil)
			w.missed(1)
			w.sendAll(w.deliverer(func(o *Options) { o.Policy = analytics.WebhookPolicy{} }))
			w.wantHistory("e", "PENDING", "0s ADDRESS_REFUSED")
		})
	}
	if got := len(inside.all()); got != 0 {
		t.Errorf("%d requests arrived", got)
	}
}

func TestProxiesOfTheEnvironmentAreNotUsed(t *testing.T) {
	proxy, r := receive(t, nil), receive(t, nil)
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("http_proxy", proxy.URL)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := newClient(analytics.WebhookPolicy{AllowPrivate: true}).Transport.(*http.Transport)
	if transport.Proxy != nil {
		t.Error("the client asks the environment for a proxy")
	}
	response, err := transport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if len(proxy.all()) != 0 || len(r.all()) != 1 {
		t.Errorf("%d requests at the proxy, %d at the receiver", len(proxy.all()), len(r.all()))
	}
}

func TestADisabledEndpointIsToldOfNothing(t *testing.T) {
	w := newWorld(t)
	r := receive(t, nil)
	w.endpoint("e", r.URL, nil)
	w.missed(1)
	_, err := w.repo.ChangeWebhookEndpoint(t.Context(), acme, "e", func(e *analytics.WebhookEndpoint) error {
		e.Enable(false)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.sendAll(w.deliverer(nil))
	w.wantHistory("e", "FAILED", "0s ENDPOINT_DISABLED")
	if n := len(r.all()); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
}

func TestADeletedEndpointIsToldOfNothing(t *testing.T) {
	w := newWorld(t)
	r := receive(t, nil)
	w.endpoint("e", r.URL, nil)
	w.missed(3)
	if err := w.repo.DeleteWebhookEndpoint(t.Context(), acme, "e"); err != nil {
		t.Fatal(err)
	}
	w.sendAll(w.deliverer(nil))
	if n := len(r.all()); n != 0 {
		t.Errorf("%d requests arrived", n)
	}
	if n := len(w.deliveries("e")); n != 0 {
		t.Errorf("%d deliveries are left", n)
	}
}

func TestARotatedSecretSignsBesideTheFormerOne(t *testing.T) {
	const newer = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
	w := newWorld(t)
	r := receive(t, nil)
	w.endpoint("e", r.URL, func(e *analytics.WebhookEndpoint) { e.Rotate(newer, told) })
	w.missed(2)
	d := w.deliverer(nil)
	for _, step := range []struct {
		after  time.Duration
		former bool
	}{{0, true}, {24 * time.Hour, false}} {
		w.set(told.Add(step.after))
		if _, err := w.repo.RedeliverWebhook(t.Context(), acme, w.deliveries("e")[0].DeliveryID, w.clock()); err != nil {
			t.Fatal(err)
		}
		w.sendAll(d)
		all := r.all()
		last := all[len(all)-1]
		if !signedBy(t, newer, last) {
			t.Errorf("after %s the new secret does not sign", step.after)
		}
		if signedBy(t, secret, last) != step.former {
			t.Errorf("after %s the former secret signs: %v", step.after, !step.former)
		}
	}
}

// signedBy reports whether a secret signed a request, as the library of Standard
// Webhooks sees it but for the clock.
func signedBy(t *testing.T, secret string, r received) bool {
	t.Helper()
	checker, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	return checker.VerifyIgnoringTimestamp(r.body, r.header) == nil
}

func TestTheSignatureHoldsByTheRealClock(t *testing.T) {
	w := newWorld(t)
	r := receive(t, nil)
	w.endpoint("e", r.URL, func(e *analytics.WebhookEndpoint) {
		e.Headers = []analytics.WebhookHeader{{Name: "Authorization", Value: "Bearer mine"}}
	})
	w.missed(1)
	w.sendAll(w.deliverer(func(o *Options) { o.Now = time.Now }))
	got := r.all()[0]
	checker, err := webhooks.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	if err := checker.Verify(got.body, got.header); err != nil {
		t.Error(err)
	}
	if checker.Verify(append(got.body, ' '), got.header) == nil {
		t.Error("a changed body verifies too")
	}
	if h := got.header; h.Get("Authorization") != "Bearer mine" || h.Get("Content-Type") != "application/json" || h.Get("User-Agent") != userAgent {
		t.Errorf("headers are %v", h)
	}
}

// Two gateways on one database: each delivery is sent by one at a time, once if
// all goes well.
func TestTwoDeliverersSendEachOnce(t *testing.T) {
	w := newWorld(t)
	r := receive(t, func(http.ResponseWriter, *http.Request) { runtime.Gosched() })
	w.endpoint("a", r.URL+"/a", nil)
	w.missed(60)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan struct{}, 2)
	for range 2 {
		d := w.deliverer(nil)
		go func() { d.Run(ctx); ended <- struct{}{} }()
	}
	eventually(t, "all arrive", func() bool { return len(r.byEvent()) == 60 })
	eventually(t, "all are recorded", func() bool {
		for _, d := range w.deliveries("a") {
			if d.State != analytics.DeliveryDelivered {
				return false
			}
		}
		return true
	})
	stop()
	<-ended
	<-ended
	for event, times := range r.byEvent() {
		if times != 1 {
			t.Errorf("%s arrived %d times", event, times)
		}
	}
	if r.most != 1 {
		t.Errorf("one event was sent by %d at a time", r.most)
	}
}

// A gateway that dies in the middle of an attempt holds its delivery for a minute;
// then another one sends it.
func TestWhatADeadGatewayHeldIsSentAgain(t *testing.T) {
	w := newWorld(t)
	r := receive(t, nil)
	w.endpoint("e", r.URL, nil)
	w.missed(1)
	claimed := w.deliveries("e")[0]
	if ok, err := w.repo.ClaimWebhookDelivery(t.Context(), claimed, told, told.Add(claimFor)); err != nil || !ok {
		t.Fatal(ok, err)
	}
	if shown := w.deliveries("e")[0]; shown.NextAttemptAt() != nil || len(shown.Attempts) != 1 {
		t.Errorf("while it is sent it shows %+v", shown)
	}
	if _, err := w.repo.RedeliverWebhook(t.Context(), acme, claimed.DeliveryID, told); analytics.CodeOf(err) != analytics.Conflict {
		t.Errorf("while it is sent a redelivery answers %v", err)
	}

	other := w.deliverer(nil)
	w.set(told.Add(claimFor - time.Millisecond))
	w.sendAll(other)
	if n := len(r.all()); n != 0 {
		t.Fatalf("%d requests arrived while the claim held", n)
	}
	w.set(told.Add(claimFor))
	w.sendAll(other)
	w.wantHistory("e", "DELIVERED", "0s INTERRUPTED", "1m0s 204")

	// Should the dead one only have been slow, its word comes too late.
	took := int64(1)
	stored, err := w.repo.SettleWebhookDelivery(t.Context(), claimed, analytics.WebhookAttempt{At: told, Duration: &took}, time.Time{}, told)
	if err != nil || stored {
		t.Errorf("the lost claim was settled: %v, %v", stored, err)
	}
}

// Endpoints that hang, with much to tell them, hold up no other.
func TestAReceiverThatHangsHoldsUpNoOther(t *testing.T) {
	w := newWorld(t)
	release := make(chan struct{})
	hanging := receive(t, func(_ http.ResponseWriter, r *http.Request) { <-release })
	well := receive(t, nil)
	for _, id := range []string{"h1", "h2", "h3"} {
		w.endpoint(id, hanging.URL+"/"+id, nil)
	}
	w.endpoint("well", well.URL, nil)
	w.missed(80)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	d := w.deliverer(func(o *Options) { o.Timeout = time.Minute })
	go func() { d.Run(ctx); close(ended) }()
	eventually(t, "all arrive at the one that is well", func() bool { return len(well.byEvent()) == 80 })
	eventually(t, "the others have their share", func() bool { return len(hanging.all()) == 3*perEndpoint })
	eventually(t, "these three are at their bound, and the one that is well no more", func() bool { _, busy := d.room(); return len(busy) == 3 })
	close(release)
	stop()
	<-ended
}

// An organization whose receivers all hang holds up no other.
func TestAnOrganizationWhoseReceiversHangHoldsUpNoOther(t *testing.T) {
	w := newWorld(t)
	release := make(chan struct{})
	hanging := receive(t, func(_ http.ResponseWriter, r *http.Request) { <-release })
	well := receive(t, nil)
	for i := range inAll/perEndpoint + 2 {
		w.endpoint(fmt.Sprint("h", i), hanging.URL, nil)
	}
	w.missed(perEndpoint)
	w.set(told.Add(time.Minute)) // what others are told of is due later
	if err := w.repo.CreateWebhookEndpoint(t.Context(), analytics.Reach{Org: "globex"}, &analytics.WebhookEndpoint{
		EndpointID: "well", URL: well.URL, CreatedAt: start, Enabled: true, Secret: secret, Topics: []analytics.WebhookTopic{analytics.TopicCallMissed},
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.repo.Absorb(t.Context(), "globex", []analytics.Event{w.event(`{"id":"m","type":"call_missed","at":"2026-03-02T09:59:00Z","visitorId":"v",
		"sessionId":"s","data":{"queueId":"shoes","enteredQueueAt":"2026-03-02T09:58:00Z"}}`)}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	d := w.deliverer(func(o *Options) { o.Timeout = time.Minute })
	go func() { d.Run(ctx); close(ended) }()
	eventually(t, "it arrives at the one that is well", func() bool { return len(well.byEvent()) == 1 })
	eventually(t, "the others have their share", func() bool { return len(hanging.all()) == perOrganization })
	close(release)
	stop()
	<-ended
	if len(d.running)+len(d.ofOrg) != 0 || d.total != 0 {
		t.Errorf("%d still count as running, %v %v", d.total, d.running, d.ofOrg)
	}
}

// A stop cuts requests off that do not end in time; they are due at once for
// whoever comes next.
func TestAStopCutsOffWhatHangs(t *testing.T) {
	w := newWorld(t)
	arrived := make(chan struct{})
	r := receive(t, func(_ http.ResponseWriter, r *http.Request) { close(arrived); <-r.Context().Done() })
	w.endpoint("e", r.URL, nil)
	w.missed(1)
	d := w.deliverer(nil)
	sending, cut := context.WithCancel(t.Context())
	d.sendDue(t.Context(), sending)
	<-arrived
	cut()
	d.working.Wait()
	w.wantHistory("e", "PENDING", "0s INTERRUPTED")
	if due := w.deliveries("e")[0].NextAttemptAt(); due == nil || !due.Equal(told) {
		t.Errorf("it is due at %v, want at once", due)
	}
}
