package export_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/export"
	"cartograph/limits"
)

// Whatever is read costs points: a row one, a file a hundred at least.
func TestReadingIsCharged(t *testing.T) {
	repo, _ := openShop(t)
	const from = "?from=2026-03-01T00:00:00Z"
	priced := func(points float64) (ask func(method, who, path, accept string) http.Header, left func() int) {
		accounts := limits.NewAccounts(limits.Rate{PerSecond: 1, Capacity: points}, limits.Rate{}, func() time.Time { return present })
		handler := export.NewHandler(repo, func() time.Time { return present }, silent)
		handler.ChargeTo(accounts)
		ask = func(method, who, path, accept string) http.Header {
			r := httptest.NewRequest(method, path, nil)
			r.Header.Set("Accept", accept)
			if p := principals[who]; p != nil {
				r = r.WithContext(auth.With(r.Context(), p))
			}
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			w.Header().Set("Status", fmt.Sprint(w.Code))
			return w.Header()
		}
		return ask, func() int {
			return accounts.Charge(limits.Payer{Token: principals["all"].Account(), Org: "acme"}, 0).Available()
		}
	}
	const ndjson = "application/x-ndjson"
	for _, c := range []struct {
		name, method, path, accept string
		status, cost               string
		left                       int
	}{
		{"a page costs its rows", "GET", "/v1/stats/calls/accepted" + from, "", "200", "estimated=100, actual=3, available=997", 997},
		{"an empty page costs a row", "GET", "/v1/stats/calls/accepted?from=2026-03-30T00:00:00Z", "", "200", "estimated=100, actual=1, available=999", 999},
		{"a call", "GET", "/v1/calls/c-1", "", "200", "estimated=1, actual=1, available=999", 999},
		{"a call that there is not", "GET", "/v1/calls/c-9", "", "404", "estimated=1, actual=1, available=999", 999},
		{"a transcript costs the call and its messages", "GET", "/v1/calls/c-1/transcriptions", "", "200", "estimated=100, actual=1, available=998", 998},
		{"lines cost what a file does", "GET", "/v1/stats/calls/missed" + from, ndjson, "200", "", 900},
		{"a transcript by lines", "GET", "/v1/calls/c-1/transcriptions", ndjson, "200", "", 899},
		{"a file", "GET", "/exports/calls.csv", "", "200", "", 900},
		{"a look at the header of a file", "HEAD", "/exports/calls.xlsx", "", "200", "", 900},
		{"what is not understood costs nothing", "GET", "/v1/stats/calls/accepted", "", "400", "", 1000},
	} {
		t.Run(c.name, func(t *testing.T) {
			ask, left := priced(1000)
			header := ask(c.method, "all", c.path, c.accept)
			got := []any{header.Get("Status"), header.Get("Cartograph-Cost"), left()}
			if diff := cmp.Diff([]any{c.status, c.cost, c.left}, got); diff != "" {
				t.Errorf("status, cost and what is left (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("a file costs its rows beyond that", func(t *testing.T) {
		ask, _ := priced(1000)
		importCalls(t, repo, "globex", pricedCalls(150))
		ask("GET", "globex", "/exports/calls.csv", "")
		header := ask("GET", "globex", "/v1/calls/c-1", "")
		if got := header.Get("Cartograph-Cost"); got != "estimated=1, actual=1, available=844" { // 155 calls, and one
			t.Error(got)
		}
	})
	t.Run("who has nothing left waits, and somebody else does not", func(t *testing.T) {
		ask, _ := priced(150)
		link := request(t, repo, "all", analytics.Export{Kind: analytics.ExportOfCalls, Format: analytics.ExportCSV})
		for _, path := range []string{"/exports/calls.csv", "/v1/stats/calls/accepted" + from, link} {
			ask, _ := priced(150)
			first, second := ask("GET", "all", "/exports/calls.csv", ""), ask("GET", "all", path, "")
			want := []string{"200", "429", "50"}
			if path == link { // it pays for itself
				want = []string{"200", "200", ""}
			}
			if diff := cmp.Diff(want, []string{first.Get("Status"), second.Get("Status"), second.Get("Retry-After")}); diff != "" {
				t.Errorf("%s (-want +got):\n%s", path, diff)
			}
		}
		for _, step := range []struct{ who, path, status string }{
			{"nobody", link, "200"}, {"nobody", link, "429"}, {"all", "/exports/calls.csv", "200"}, {"globex", "/exports/calls.csv", "200"},
		} {
			if got := ask("GET", step.who, step.path, "").Get("Status"); got != step.status {
				t.Errorf("%s is answered %s, want %s", step.who, got, step.status)
			}
		}
	})
}

// pricedCalls returns calls as an import brings them.
func pricedCalls(n int) string {
	file := "status,call_id,client_session_id,queue_id,entered_queue_time,call_start_time,call_end_time,call_type\n"
	for i := range n {
		file += fmt.Sprintf("ACCEPTED,many-%d,s-%d,help,2026-03-03T09:29:00Z,2026-03-03T09:30:00Z,2026-03-03T09:50:00Z,Queue\n", i, i)
	}
	return file
}
