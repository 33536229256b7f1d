package ingest_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/ingest"
	"cartograph/repository/repositorytest"
)

// A page may send what a visitor knows; what it may not is refused by name, and
// what else comes with it counts.
func TestWhatAPageMaySend(t *testing.T) {
	s := newSender(t, repositorytest.Open(t, nil))
	s.scopes = auth.Scopes{auth.IngestPage}
	body := `[
		{"id":"1","type":"joined_queue","at":"2026-03-01T10:00:00Z","visitorId":"v","sessionId":"s","data":{"queueId":"q"}},
		{"id":"2","type":"purchase","at":"2026-03-01T10:00:00Z","visitorId":"v","data":{"transactionId":"t","amount":"1.00","currency":"EUR"}},
		{"id":"3","type":"call_started","at":"2026-03-01T10:00:00Z","visitorId":"v","sessionId":"s","callId":"c","data":{"agentId":"a","callType":"queue","queueId":"q"}},
		{"id":"4","type":"message_sent","at":"2026-03-01T10:00:00Z","callId":"c","data":{"messageId":"m","author":"agent","text":"x"}},
		{"id":"5","type":"goal_reached","at":"2026-03-01T10:00:00Z","visitorId":"v","data":{"uid":"g"}}]`
	want := answer{
		Status: 202, Accepted: 2,
		Rejected: []ingest.Rejection{
			{Index: 1, ID: "2", Code: analytics.Forbidden, Message: "type: the key of a page may not send purchase; that needs the scope ingest:write"},
			{Index: 2, ID: "3", Code: analytics.Forbidden, Message: "type: the key of a page may not send call_started; that needs the scope ingest:write"},
			{Index: 3, ID: "4", Code: analytics.Forbidden, Message: "data.author: the key of a page sends messages of viewers only"},
		},
	}
	got, _ := s.post("/ingest/events", "text/plain;charset=UTF-8", body)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, path := range []string{"/ingest/catalog", "/webhooks/call-ended"} {
		got, _ := s.post(path, "application/json", `{}`)
		if diff := cmp.Diff(answer{Status: http.StatusForbidden, Code: analytics.Forbidden, Message: "the token lacks the scope ingest:write"}, got); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
	}
	large, _ := s.post("/ingest/events", "application/json", `["`+strings.Repeat("x", 64<<10)+`"]`)
	if diff := cmp.Diff(answer{Status: http.StatusRequestEntityTooLarge, Code: analytics.LimitExceeded, Message: "a page sends at most 64 KiB at once", Rejected: []ingest.Rejection{}}, large); diff != "" {
		t.Error(diff)
	}
	s.scopes = auth.Scopes{auth.IngestWrite}
	if plain, _ := s.post("/ingest/events", "text/plain", body); plain.Status != http.StatusUnsupportedMediaType {
		t.Errorf("a server's plain text: %d", plain.Status)
	}
}
