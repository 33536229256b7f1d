package report_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/auth"
	"cartograph/limits"
	"cartograph/report"
	"cartograph/repository/repositorytest"
)

var update = flag.Bool("update", false, "write the golden files anew")

const shopRecords = `{"kind":"workflow","id":"landing","name":"Landing pages","type":"page_navigation"}
{"kind":"workflow","id":"sizes","name":"Size adviser","type":"interaction"}
{"kind":"workflow","id":"chat","name":"Chat","type":"chat"}
{"kind":"workflow","id":"offer/50%","name":"Offer","type":"user_generated"}
`

const shopEvents = `{"id":"1","type":"page_viewed","at":"2026-03-02T18:10:00Z","visitorId":"ada","sessionId":"s1","workflowId":"landing","data":{"url":"/"}}
{"id":"2","type":"page_viewed","at":"2026-03-02T18:20:00Z","visitorId":"ada","sessionId":"s1","workflowId":"landing","data":{"url":"/"}}
{"id":"3","type":"page_viewed","at":"2026-03-04T09:00:00Z","visitorId":"bo","sessionId":"s2","workflowId":"landing","data":{"url":"/"}}
{"id":"4","type":"workflow_started","at":"2026-03-02T10:00:00Z","visitorId":"ada","workflowId":"sizes"}
{"id":"5","type":"interacted","at":"2026-03-02T10:00:05Z","visitorId":"ada","workflowId":"sizes"}
{"id":"6","type":"goal_triggered","at":"2026-03-02T10:00:06Z","visitorId":"ada","workflowId":"sizes","data":{"uid":"g1","name":"Size found"}}
{"id":"7","type":"goal_reached","at":"2026-03-02T12:00:00Z","visitorId":"ada","data":{"uid":"g2","name":"System: Visitor purchased"}}
{"id":"8","type":"purchase","at":"2026-03-02T12:00:00Z","visitorId":"ada","data":{"transactionId":"t1","amount":"1250.50","currency":"EUR"}}
{"id":"9","type":"purchase","at":"2026-03-02T12:30:00Z","visitorId":"ada","data":{"transactionId":"t2","amount":"900","currency":"JPY"}}
{"id":"10","type":"goal_reached","at":"2026-03-02T13:00:00Z","visitorId":"ada","data":{"uid":"g3","name":"Newsletter"}}
`

// Every shape of answer, each compared whole with its golden file.
func TestSidedata(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	takeIn(t, repo, "acme", shopRecords, shopEvents)
	takeIn(t, repo, "globex", strings.ReplaceAll(shopRecords, "Landing", "Other"), "")
	server, tokenOf := gateway(t, repo)
	reader, everything := tokenOf("acme", auth.WorkflowsRead), tokenOf("acme", auth.AllScopes...)
	calls, theirs := tokenOf("acme", auth.CallsRead), tokenOf("globex", auth.AllScopes...)

	const week = `{"interval": {"start": "2026-03-01T00:00:00Z", "end": "2026-03-08T00:00:00Z"}}`
	path := func(org, workflow string) string {
		return "/api/reporting/workflow/v1/orgs/" + org + "/workflows/" + workflow + "/sidedata/"
	}
	landing := path("acme", "landing")
	interval := func(attributes string) string { return `{"interval": {` + attributes + `}}` }
	for _, tt := range []struct {
		name, path, authorization, body string
		status                          int
	}{
		{"page navigation", landing, "Token " + reader, week, 200},
		{"page navigation with Bearer and without the slash", strings.TrimSuffix(landing, "/"), "Bearer " + everything, week, 200},
		{"page navigation of a day", landing, "Token " + reader, interval(`"start": "2026-03-02T00:00:00+00:00", "end": "2026-03-03T00:00:00+00:00"`), 200},
		{"page navigation in Kathmandu", landing, "Token " + reader,
			interval(`"start": "2026-03-02T00:00", "end": "2026-03-04T00:00:00.000+0545", "time_zone": "Asia/Kathmandu"`), 200},
		{"interactions", path("acme", "sizes"), "Token " + reader, week, 200},
		{"interactions without a purchase", path("acme", "sizes"), "Token " + reader,
			interval(`"start": "2026-03-02T12:45:00Z", "end": "2026-03-02T14:00:00Z"`), 200},
		{"what the reference skips is skipped", path("acme", "sizes"), "Token " + reader,
			`{"filters": [], "interval": {"start": "2026-03-02", "end": "2026-03-02T10:00:05Z"}}`, 200},
		{"a chat nothing happened in", path("acme", "chat"), "Token " + reader, week, 200},
		{"an id that has to be escaped", path("acme", "offer%2F50%25"), "Token " + reader, week, 200},

		{"no interval", landing, "Token " + reader, `{}`, 400},
		{"an interval that is a text", landing, "Token " + reader, `{"interval": "today"}`, 400},
		{"no start", landing, "Token " + reader, interval(`"end": "2026-03-03T00:00:00Z"`), 400},
		{"no end", landing, "Token " + reader, interval(`"start": "2026-03-03T00:00:00Z", "end": null`), 400},
		{"a start that is no time", landing, "Token " + reader, interval(`"start": "yesterday", "end": "2026-03-03T00:00:00Z"`), 400},
		{"an end that is a number", landing, "Token " + reader, interval(`"start": "2026-03-03T00:00:00Z", "end": 1772496000`), 400},
		{"an end that does not exist", landing, "Token " + reader, interval(`"start": "2026-02-03T00:00:00Z", "end": "2026-02-30T00:00:00Z"`), 400},
		{"an end before the start", landing, "Token " + reader, interval(`"start": "2026-03-03T00:00:00Z", "end": "2026-03-02T00:00:00Z"`), 400},
		{"an end at the start", landing, "Token " + reader, interval(`"start": "2026-03-03T00:00:00Z", "end": "2026-03-03T01:00:00+01:00"`), 400},
		{"an unknown time zone", landing, "Token " + reader, interval(`"start": "2026-03-01", "end": "2026-03-03", "time_zone": "Mars/Olympus"`), 400},
		{"an unknown attribute of the interval", landing, "Token " + reader, interval(`"start": "2026-03-01", "end": "2026-03-03", "timezone": "UTC"`), 400},
		{"a list", landing, "Token " + reader, `[]`, 400},
		{"no JSON", landing, "Token " + reader, `interval=today`, 400},
		{"nothing", landing, "Token " + reader, ``, 400},
		{"a payload that is too large", landing, "Token " + reader, `{"interval": "` + strings.Repeat("x", 70_000) + `"}`, 413},

		{"no token", landing, "", week, 401},
		{"a wrong token", landing, "Token wrong", week, 401},
		{"a token without the scope", landing, "Token " + calls, week, 403},
		{"a token of another organization", landing, "Token " + theirs, week, 403},
		{"another organization", path("globex", "landing"), "Token " + reader, week, 403},
		{"an unknown organization", path("nobody", "landing"), "Token " + reader, week, 403},
		{"an unknown workflow", path("acme", "none"), "Token " + reader, week, 404},
		{"another path", "/api/reporting/workflow/v1/orgs/acme/workflows/landing/query/", "Token " + reader, week, 404},
	} {
		t.Run(tt.name, func(t *testing.T) {
			answer, body := send(t, server, "POST", tt.path, tt.authorization, tt.body)
			if answer.StatusCode != tt.status {
				t.Errorf("status %d, want %d", answer.StatusCode, tt.status)
			}
			compare(t, "testdata/"+strings.ReplaceAll(tt.name, " ", "_")+".golden.json", body)
		})
	}
	t.Run("GET is told to POST", func(t *testing.T) {
		answer, body := send(t, server, "GET", landing, "Token "+reader, "")
		if answer.StatusCode != http.StatusMethodNotAllowed || answer.Header.Get("Allow") != "POST" {
			t.Errorf("%d, Allow: %q: %s", answer.StatusCode, answer.Header.Get("Allow"), body)
		}
	})
}

// compare compares a body, indented, with a golden file, or writes it.
func compare(t *testing.T, golden, body string) {
	t.Helper()
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(body), "", "  "); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if *update {
		if err := os.WriteFile(golden, indented.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), indented.String()); diff != "" {
		t.Errorf("%s (-want +got):\n%s", golden, diff)
	}
}

func TestReportsAreCharged(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	takeIn(t, repo, "acme", shopRecords, "")
	handler := report.NewHandler(repo, silent)
	handler.ChargeTo(limits.NewAccounts(limits.Rate{PerSecond: 1, Capacity: 15}, limits.Rate{}, func() time.Time { return present }))
	var got []string
	for range 2 {
		r := httptest.NewRequest("POST", "/api/reporting/workflow/v1/orgs/acme/workflows/chat/sidedata/", strings.NewReader(`{"interval": {"start": "2026-03-01", "end": "2026-03-08"}}`))
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r.WithContext(auth.With(r.Context(), &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.WorkflowsRead}})))
		got = append(got, w.Result().Status, w.Header().Get("Cartograph-Cost"), w.Header().Get("Retry-After"))
	}
	if diff := cmp.Diff([]string{"200 OK", "estimated=10, actual=10, available=5", "", "429 Too Many Requests", "", "5"}, got); diff != "" {
		t.Errorf("statuses, costs and waits (-want +got):\n%s", diff)
	}
}
