package export_test

import (
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// evening is a small live event: two viewers, one of whom comes again for the
// replay, a visitor of the prelive page, a chat and a purchase.
var evening = []string{
	`{"id":"l1","type":"widget_viewed","at":"2026-03-09T10:00:00Z","visitorId":"ann","sessionId":"a0","liveEventId":"show","data":{"widget":"product"}}`,
	`{"id":"l2","type":"session_started","at":"2026-03-09T10:00:10Z","visitorId":"ann","sessionId":"a0","liveEventId":"show","data":{"device":"mobile","source":"=mail"}}`,
	`{"id":"l3","type":"sms_subscribed","at":"2026-03-09T10:01:10Z","visitorId":"ann","sessionId":"a0","liveEventId":"show","data":{"phone":"+491","commercialOptin":true}}`,
	`{"id":"l4","type":"session_started","at":"2026-03-10T20:00:00Z","visitorId":"ann","sessionId":"a1","liveEventId":"show","data":{"device":"desktop"}}`,
	`{"id":"l5","type":"session_started","at":"2026-03-10T20:05:00Z","visitorId":"bob","sessionId":"b1","liveEventId":"show","data":{"device":"tablet","source":"insta"}}`,
	`{"id":"l6","type":"product_displayed","at":"2026-03-10T20:06:00Z","visitorId":"studio","sessionId":"st","liveEventId":"show","data":{"sku":"hat"}}`,
	`{"id":"l7","type":"message_sent","at":"2026-03-10T20:07:00Z","visitorId":"bob","sessionId":"b1","liveEventId":"show","data":{"messageId":"m1","author":"viewer","name":"Bob","text":"=Is it \"warm\"?"}}`,
	`{"id":"l8","type":"message_sent","at":"2026-03-10T20:07:30Z","liveEventId":"show","data":{"messageId":"m2","author":"brand","name":"The shop","text":"Yes,\nvery","replyTo":"m1"}}`,
	`{"id":"l9","type":"product_clicked","at":"2026-03-10T20:08:00Z","visitorId":"bob","sessionId":"b1","liveEventId":"show","data":{"sku":"hat"}}`,
	`{"id":"l10","type":"added_to_cart","at":"2026-03-10T20:09:00Z","visitorId":"bob","sessionId":"b1","liveEventId":"show","data":{"sku":"hat","quantity":1,"cart":{"id":"k","amount":"20.00","currency":"EUR"}}}`,
	`{"id":"l11","type":"viewer_identified","at":"2026-03-10T20:09:30Z","visitorId":"bob","sessionId":"b1","liveEventId":"show","data":{"firstName":"-Bob","email":"bob@mail.example","optin":false}}`,
	`{"id":"l12","type":"purchase","at":"2026-03-10T20:12:00Z","visitorId":"bob","sessionId":"b1","liveEventId":"show","data":{"transactionId":"t1","amount":"19.50","currency":"EUR","products":[{"sku":"hat","price":"20.00","quantity":1}]}}`,
	`{"id":"l13","type":"survey_answered","at":"2026-03-10T20:20:00Z","visitorId":"ann","sessionId":"a1","liveEventId":"show","data":{"rating":4,"comment":"Nice"}}`,
	`{"id":"l14","type":"session_started","at":"2026-03-12T08:00:00Z","visitorId":"bob","sessionId":"b2","liveEventId":"show","data":{"device":"mobile"}}`,
	`{"id":"l15","type":"session_ended","at":"2026-03-12T08:01:30.5Z","visitorId":"bob","sessionId":"b2","liveEventId":"show","data":{}}`,
}

func openEvening(t *testing.T) *repository.Repository {
	t.Helper()
	repo := repositorytest.Open(t, nil)
	record, err := analytics.ParseCatalogRecord([]byte(`{"kind":"live_event","id":"show","name":"Show","startedAt":"2026-03-10T20:00:00Z","endedAt":"2026-03-10T21:00:00Z","currency":"EUR"}`))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := repo.PutCatalog(t.Context(), "acme", []analytics.CatalogRecord{record}); err != nil {
		t.Fatal(err)
	}
	absorb(t, repo, evening...)
	return repo
}

func absorb(t *testing.T, repo *repository.Repository, texts ...string) {
	t.Helper()
	var events []analytics.Event
	for _, text := range texts {
		e, err := analytics.ParseEvent([]byte(text), present)
		if err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		events = append(events, e)
	}
	outcomes, err := repo.Absorb(t.Context(), "acme", events)
	if err != nil {
		t.Fatal(err)
	}
	for i, outcome := range outcomes {
		if outcome.Err != nil {
			t.Fatalf("%v in %s", outcome.Err, texts[i])
		}
	}
}

func show(format analytics.ExportFormat, sheets ...analytics.ExportSheet) analytics.Export {
	return analytics.Export{Kind: analytics.ExportOfLiveEvent, Format: format, LiveEventID: "show", Sheets: sheets}
}

// TestALiveEventAsCSV compares each sheet with a golden file.
func TestALiveEventAsCSV(t *testing.T) {
	repo := openEvening(t)
	server := gateway(t, repo)
	replay := &analytics.Period{Start: moment("2026-03-11T00:00:00Z"), End: moment("2026-03-12T08:01:00Z")}
	for _, c := range []struct {
		name, who string
		sheet     analytics.ExportSheet
		period    *analytics.Period
	}{
		{"analytics", "all", analytics.AnalyticsSheet, nil},
		{"analytics of a period", "all", analytics.AnalyticsSheet, replay},
		{"users", "all", analytics.UsersSheet, nil},
		{"users of a period without personal data", "viewers", analytics.UsersSheet, replay},
		{"users without personal data", "viewers", analytics.UsersSheet, nil},
		{"messages", "all", analytics.MessagesSheet, nil},
		{"messages without personal data", "viewers", analytics.MessagesSheet, nil},
		{"messages of a period", "all", analytics.MessagesSheet, &analytics.Period{Start: moment("2026-03-10T20:07:30Z"), End: moment("2026-03-11T00:00:00Z")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := show(analytics.ExportCSV, c.sheet)
			e.Period = c.period
			path := request(t, repo, c.who, e)
			status, header, body, err := get(t, server, "", path)
			if status != 200 || err != nil || header.Get("Content-Disposition") != `attachment; filename="live-event.csv"` {
				t.Fatalf("%d %v %v %s", status, header, err, body)
			}
			file := filepath.Join("testdata", strings.ReplaceAll(c.name, " ", "_")+".golden.csv")
			if *update {
				if err := os.WriteFile(file, []byte(body), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), body); diff != "" {
				t.Errorf("%s (-want +got):\n%s", file, diff)
			}
			if got := stored(t, repo, path); got.State != analytics.ExportDone || got.Rows != int64(len(records(t, body))-1) {
				t.Errorf("stored as %+v", got)
			}
		})
	}
}

// Every metric stands under its path in the graph.
func TestMetricsAreNamedAsInTheGraph(t *testing.T) {
	source, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	schema, err := gqlparser.LoadSchema(&ast.Source{Name: "schema.graphqls", Input: string(source)})
	if err != nil {
		t.Fatal(err)
	}
	repo := openEvening(t)
	_, _, body, err := get(t, gateway(t, repo), "", request(t, repo, "all", show(analytics.ExportCSV, analytics.AnalyticsSheet)))
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, record := range records(t, body)[1:] {
		path := strings.ToLower(record[0]) + "." + record[1]
		shown[path] = true
		definition := schema.Types["LiveEvent"]
		for _, name := range strings.Split(path, ".") {
			field := definition.Fields.ForName(name)
			if field == nil {
				t.Fatalf("%s: %s has no field %s", path, definition.Name, name)
			}
			definition = schema.Types[field.Type.Name()]
		}
	}
	for _, path := range []string{"prelive.alerting.smsAlerts", "live.business.otherSales", "live.products.metrics.quantitySold", "live.products.order", "live.satisfaction.distribution.count", "replay.audience.shares"} {
		if !shown[path] {
			t.Errorf("%s is not there", path)
		}
	}
}

// The spreadsheet is reopened, and holds cell by cell what the CSVs hold.
func TestALiveEventAsXLSX(t *testing.T) {
	repo := openEvening(t)
	server := gateway(t, repo)
	_, _, file, err := get(t, server, "", request(t, repo, "all", show(analytics.ExportXLSX)))
	if err != nil {
		t.Fatal(err)
	}
	book := reopen(t, []byte(file))
	if diff := cmp.Diff([]string{"Analytics", "Users", "Messages"}, book.GetSheetList()); diff != "" {
		t.Fatalf("sheets differ (-want +got):\n%s", diff)
	}
	for i, sheet := range analytics.ExportSheets {
		_, _, body, err := get(t, server, "", request(t, repo, "all", show(analytics.ExportCSV, sheet)))
		if err != nil {
			t.Fatal(err)
		}
		want := records(t, body)
		got := cells(t, book, book.GetSheetList()[i])
		if len(got) != len(want) || len(want) < 3 {
			t.Fatalf("%s has %d rows, want %d", sheet, len(got), len(want))
		}
		for row := range want {
			for column := range want[row] {
				cell := ""
				if column < len(got[row]) {
					cell = got[row][column]
				}
				if !sameCell(want[row][column], cell) {
					t.Errorf("%s, row %d, column %d: %q, want %q", sheet, row+1, column+1, cell, want[row][column])
				}
			}
		}
	}
	t.Run("only the chosen sheets are in it, in their order", func(t *testing.T) {
		_, _, file, err := get(t, server, "", request(t, repo, "all", show(analytics.ExportXLSX, analytics.MessagesSheet, analytics.AnalyticsSheet)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{"Analytics", "Messages"}, reopen(t, []byte(file)).GetSheetList()); diff != "" {
			t.Errorf("sheets differ (-want +got):\n%s", diff)
		}
	})
}

// sameCell compares texts as they are and numbers as numbers.
func sameCell(want, got string) bool {
	if want == got {
		return true
	}
	a, err := strconv.ParseFloat(want, 64)
	b, err2 := strconv.ParseFloat(got, 64)
	return err == nil && err2 == nil && math.Abs(a-b) <= 1e-14*math.Abs(a) // a spreadsheet shows 15 digits
}

func TestMessagesThatModeratorsTookOutAreForModerators(t *testing.T) {
	repo := openEvening(t)
	server := gateway(t, repo)
	if _, err := repo.ModerateMessage(t.Context(), principals["all"].Reach(), "live_event:show:m1", analytics.DeleteMessage, present); err != nil {
		t.Fatal(err)
	}
	for who, want := range map[string]int{"all": 2, "viewers": 1} {
		_, _, body, _ := get(t, server, "", request(t, repo, who, show(analytics.ExportCSV, analytics.MessagesSheet)))
		if got := len(records(t, body)) - 1; got != want {
			t.Errorf("%s has %d messages, want %d", who, got, want)
		}
	}
}
