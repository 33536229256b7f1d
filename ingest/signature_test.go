package ingest_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	webhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"cartograph/auth"
	"cartograph/ingest"
	"cartograph/repository/repositorytest"
)

func TestSignedWebhooks(t *testing.T) {
	const body = `{"eventId":"w1","timestamp":"2026-03-01T11:10:00Z","payload":{"callId":"c1","startedAt":"2026-03-01T11:00:00Z","endedAt":"2026-03-01T11:10:00Z"}}`
	secret := auth.NewWebhookSecret()
	sign := func(secret string, at time.Time, body string) http.Header {
		signer, err := webhooks.NewWebhook(secret)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := signer.Sign("msg_1", at, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		h := http.Header{}
		h.Set(webhooks.HeaderWebhookID, "msg_1")
		h.Set(webhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
		h.Set(webhooks.HeaderWebhookSignature, signature)
		return h
	}
	for _, c := range []struct {
		name    string
		secret  string
		headers http.Header
		want    int
	}{
		{"a right signature is taken", secret, sign(secret, time.Now(), body), 200},
		{"a token without a secret asks for none", "", nil, 200},
		{"a missing signature is refused", secret, nil, 401},
		{"a signature by another secret is refused", secret, sign(auth.NewWebhookSecret(), time.Now(), body), 401},
		{"a signature of another body is refused", secret, sign(secret, time.Now(), body+" "), 401},
		{"an old signature is refused", secret, sign(secret, time.Now().Add(-6*time.Minute), body), 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			handler := ingest.NewHandler(repositorytest.Open(t, nil), atNoon, slog.New(slog.DiscardHandler))
			request := httptest.NewRequest("POST", "/webhooks/call-ended", strings.NewReader(body))
			request.Header.Set("Content-Type", "application/json")
			for name, values := range c.headers {
				request.Header[name] = values
			}
			principal := &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.IngestWrite}, WebhookSecret: c.secret}
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, request.WithContext(auth.With(request.Context(), principal)))
			if answer.Code != c.want {
				t.Errorf("%d %s, want %d", answer.Code, answer.Body, c.want)
			}
		})
	}
}
