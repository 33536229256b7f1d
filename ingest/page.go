package ingest

import (
	"net/http"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/reply"
)

// maxPageBody bounds what a page sends at once: what browsers send for a page that
// is closed.
const maxPageBody = 64 << 10

var errPageBodyTooLarge = reply.TooLarge("a page sends at most %d KiB at once", maxPageBody>>10)

// isPage reports whether a request was sent with the key of a page.
func isPage(r *http.Request) bool { return auth.From(r.Context()).Has(auth.IngestPage) }

// eventsOf returns how the events of a request are read and stored: of a page only
// what a visitor's page knows.
func eventsOf(r *http.Request, store Store) kind[analytics.Event] {
	k := eventsInto(store)
	if isPage(r) {
		k.read = readPageEvent
	}
	return k
}

// readPageEvent reads an event, and fails with Forbidden, naming its type, for one
// that pages may not send.
func readPageEvent(raw []byte, now time.Time) (analytics.Event, error) {
	e, err := analytics.ParseEvent(raw, now)
	if err != nil || e.MayComeFromPage() {
		return e, err
	}
	if e.Type == analytics.MessageSent {
		return e, analytics.Errorf(analytics.Forbidden, "data.author: the key of a page sends messages of viewers only")
	}
	return e, analytics.Errorf(analytics.Forbidden, "type: the key of a page may not send %s; that needs the scope ingest:write", e.Type)
}
