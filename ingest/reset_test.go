package ingest_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/ingest"
	"cartograph/repository/repositorytest"
)

// What comes late of a broadcast that was reset is refused by name, every time:
// what else is in the batch counts, and a catalog that repeats the broadcast does
// not bring it back.
func TestSendingEventsOfABroadcastThatWasReset(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	s := newSender(t, repo)
	const show = `{"kind":"live_event","id":"show","name":"Show","startedAt":"2026-03-01T10:00:00Z","endedAt":"2026-03-01T11:00:00Z"}`
	s.post("/ingest/catalog", asJSON, show)
	if _, err := repo.ResetLiveEvent(t.Context(), analytics.Reach{Org: "acme"}, "show", noon.Add(-30*time.Minute)); err != nil {
		t.Fatal(err)
	}
	liked := func(id, at string) string {
		return fmt.Sprintf(`{"id":%q,"type":"liked","at":%q,"visitorId":"v","liveEventId":"show","data":{"count":1}}`, id, at)
	}
	batch := "[" + liked("l1", "2026-03-01T09:59:59Z") + "," + liked("l2", "2026-03-01T10:00:00Z") + "," + liked("l3", "2026-03-01T11:29:59.999Z") + "," + liked("l4", "2026-03-01T11:30:00Z") + "]"
	const message = `at: lies in the broadcast of live event "show" from 2026-03-01T10:00:00Z to 2026-03-01T11:30:00Z, which was reset`
	refused := []ingest.Rejection{{Index: 1, ID: "l2", Code: analytics.Reset, Message: message}, {Index: 2, ID: "l3", Code: analytics.Reset, Message: message}}
	for _, want := range []answer{
		{Status: http.StatusAccepted, Accepted: 2, Rejected: refused},
		{Status: http.StatusAccepted, Duplicates: 2, Rejected: refused},
	} {
		got, _ := s.post("/ingest/events", asJSON, batch)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("answer (-want +got):\n%s", diff)
		}
	}
	s.post("/ingest/catalog", asJSON, show)
	got, _ := s.post("/ingest/events", asJSON, batch)
	if diff := cmp.Diff(answer{Status: http.StatusAccepted, Duplicates: 2, Rejected: refused}, got); diff != "" {
		t.Errorf("answer after the catalog (-want +got):\n%s", diff)
	}
}
