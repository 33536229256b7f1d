package export_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/export"
)

func TestWhoeverRunsTheGatewayHearsHowFilesEnd(t *testing.T) {
	repo, _ := openShop(t)
	var heard []string
	running := 0
	ask := func(store export.Store, path string, w http.ResponseWriter) {
		handler := export.NewHandler(store, func() time.Time { return present }, silent)
		handler.Hear(func(holds string, format analytics.ExportFormat) func(export.Outcome, int64, int64) {
			running++
			return func(outcome export.Outcome, rows, bytes int64) {
				running--
				heard = append(heard, fmt.Sprintf("%s %s %s: %d rows, %t", holds, format, outcome, rows, bytes > 0))
			}
		})
		r, err := http.NewRequestWithContext(auth.With(t.Context(), principals["all"]), "GET", path, nil)
		if err != nil {
			t.Fatal(err)
		}
		handler.ServeHTTP(w, r)
	}
	nobody := func() *discarding { return &discarding{header: http.Header{}} }
	ask(repo, "/exports/calls.csv", nobody())
	ask(repo, "/exports/calls.xlsx", nobody())
	ask(repo, request(t, repo, "all", analytics.Export{Kind: analytics.ExportOfCalls, Format: analytics.ExportCSV}), nobody())
	ask(&failing{Repository: repo, at: 1}, "/exports/calls.csv", nobody())
	ask(&failing{Repository: repo, at: 1}, request(t, repo, "all", analytics.Export{Kind: analytics.ExportOfCalls, Format: analytics.ExportCSV}), nobody())
	ask(repo, "/exports/calls.csv?from=nonsense", nobody()) // no file begins
	want := []string{
		"calls CSV done: 5 rows, true", "calls XLSX done: 5 rows, true", "calls CSV done: 5 rows, true",
		"calls CSV failed: 0 rows, false", "calls CSV failed: 0 rows, false",
	}
	if diff := cmp.Diff(want, heard); diff != "" || running != 0 {
		t.Errorf("%d still running, (-want +got):\n%s", running, diff)
	}
}
