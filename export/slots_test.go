package export_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/export"
)

func TestOneOrganizationLeavesRoomForOthers(t *testing.T) {
	repo, _ := openShop(t)
	handler := export.NewHandler(repo, func() time.Time { return present }, silent)
	ask := func(who, path string, w http.ResponseWriter) {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept", "application/x-ndjson") // files are files all the same
		handler.ServeHTTP(w, r.WithContext(auth.With(t.Context(), principals[who])))
	}
	const file, lines = "/exports/calls.csv", "/v1/stats/calls/accepted?from=2026-03-01T00:00:00Z"
	asks := func(who string) string {
		link := request(t, repo, who, analytics.Export{Kind: analytics.ExportOfCalls, Format: analytics.ExportCSV})
		var statuses []int
		for _, path := range []string{file, lines, link} {
			answer := httptest.NewRecorder()
			ask(who, path, answer)
			statuses = append(statuses, answer.Code)
		}
		return fmt.Sprint(statuses)
	}
	waits, release, ended := make(chan struct{}), make(chan struct{}), make(chan struct{})
	hold := func(who string) { // eight readers who take nothing until they are released
		for range 8 {
			go func() {
				ask(who, file, &discarding{header: http.Header{}, look: func() { waits <- struct{}{}; <-release }})
				ended <- struct{}{}
			}()
			<-waits
		}
	}

	hold("all")
	if got := asks("all") + asks("globex"); got != "[429 429 429][200 200 200]" {
		t.Errorf("while acme has eight: %s", got)
	}
	hold("globex")
	if got := asks("all") + asks("globex"); got != "[429 429 429][429 429 429]" {
		t.Errorf("while both have eight: %s", got)
	}
	close(release)
	for range 16 {
		<-ended
	}
	if got := asks("all") + asks("globex"); got != "[200 200 200][200 200 200]" {
		t.Errorf("while nobody has any: %s", got)
	}
}
