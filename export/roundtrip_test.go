package export_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/export"
	"cartograph/ingest"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// exportCalls returns all calls of an organization as CSV.
func exportCalls(t *testing.T, repo *repository.Repository, org string) string {
	t.Helper()
	var file bytes.Buffer
	if err := export.WriteCSV(&file, export.CallTable(t.Context(), repo, analytics.Reach{Org: org}, everything, true)); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

// TestAnExportImportsAgainWithoutADifference holds for calls with any text in any
// cell: the file, imported elsewhere, is exported as the same file, and imported
// once more says nothing new.
func TestAnExportImportsAgainWithoutADifference(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	organizations := 0
	rapid.Check(t, func(rt *rapid.T) {
		organizations++
		first, second := fmt.Sprintf("first-%d", organizations), fmt.Sprintf("second-%d", organizations)
		if _, err := ingest.ImportCalls(t.Context(), repo, first, strings.NewReader(drawExport(rt)), ingest.ImportOptions{
			Report: func(line int, column string, err error) { rt.Errorf("line %d, %s: %v", line, column, err) },
		}); err != nil {
			rt.Fatal(err)
		}
		exported := exportCalls(t, repo, first)
		rows := len(records(t, exported)) - 1
		if diff := cmp.Diff(ingest.Summary{Rows: rows, New: rows}, importCalls(t, repo, second, exported)); diff != "" {
			rt.Fatalf("import differs (-want +got):\n%s\n%s", diff, exported)
		}
		if diff := cmp.Diff(exported, exportCalls(t, repo, second)); diff != "" {
			rt.Fatalf("file differs (-exported +imported and exported):\n%s", diff)
		}
		if diff := cmp.Diff(ingest.Summary{Rows: rows, Unchanged: rows}, importCalls(t, repo, second, exported)); diff != "" {
			rt.Fatalf("import once more differs (-want +got):\n%s", diff)
		}
		importCalls(t, repo, first, exported)
		if diff := cmp.Diff(exported, exportCalls(t, repo, first)); diff != "" {
			rt.Fatalf("file differs (-exported +imported where it comes from):\n%s", diff)
		}
	})
}

// drawExport draws a call-stats export of a few rows.
func drawExport(t *rapid.T) string {
	text := rapid.OneOf(
		rapid.Just(""),
		rapid.StringOfN(rapid.RuneFrom([]rune(`=+-@'";,{}\ é`+"\n\r\t")), 1, 8, -1),
		rapid.StringOfN(rapid.RuneFrom([]rune("日本שלוםОла☎😀 =;")), 1, 8, -1),
		rapid.StringN(1, 20, 60),
	)
	draw := func(name string) string {
		return strings.ReplaceAll(strings.ToValidUTF8(text.Draw(t, name), ""), "\x00", "")
	}
	// written is a cell as exports write it: one that begins with a sign is guarded.
	written := func(name string) string { return analytics.GuardFormula(draw(name)) }
	id := func(name string) string { return analytics.GuardFormula(strings.ReplaceAll(draw(name), ";", "")) }
	moment := func(name string) string {
		at := time.UnixMilli(rapid.Int64Range(0, 1.7e12).Draw(t, name)).UTC()
		return at.Format(time.RFC3339Nano)
	}
	list := func(name string) string {
		return analytics.GuardFormula(strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"hat", "=1", "scarf", "שלום"}), 0, 3, rapid.ID).Draw(t, name), ";"))
	}
	var columns []string
	for _, column := range analytics.CallColumns {
		columns = append(columns, column.Name)
	}
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	_ = w.Write(columns)
	for i := range rapid.IntRange(1, 6).Draw(t, "rows") {
		cells := map[string]string{
			"client_session_id": id("session"), "client_id": id("client"), "tracking_tag": written("tag"), "agent_id": id("agent"),
			"agent_name": written("agent name"), "queue_id": "q" + strings.TrimPrefix(id("queue"), "'"), "queue_name": written("queue name"),
			"poll_free_text": written("poll"), "blocked_note": written("note"), "shopper_first_name": written("first"), "shopper_last_name": written("last"),
			"shopper_email": written("mail"), "shopper_phone": written("phone"), "shopper_message": written("message"),
			"products_added_to_cart": list("added"), "tried_on_products": list("tried"), "order_ids": list("orders"),
			"is_test_call":  rapid.SampledFrom([]string{"", "TRUE", "FALSE"}).Draw(t, "test"),
			"revenue_value": rapid.SampledFrom([]string{"", "10.00", "'-3.5;20"}).Draw(t, "revenue"),
		}
		if revenue := cells["revenue_value"]; revenue != "" {
			cells["revenue_currency"] = []string{"EUR", "EUR;JPY"}[strings.Count(revenue, ";")]
		}
		if rapid.Bool().Draw(t, "accepted") {
			cells["status"], cells["call_id"], cells["call_start_time"] = "ACCEPTED", fmt.Sprintf("c%d%s", i, strings.TrimPrefix(id("call"), "'")), moment("start")
			cells["entered_queue_time"] = cells["call_start_time"]
			cells["checked_out_products"], cells["checked_out_value"] = list("checked out"), "12.50"
			cells["poll_rating"], cells["poll_scale"] = "2", rapid.SampledFrom([]string{"2", "10"}).Draw(t, "scale")
		} else {
			cells["status"], cells["entered_queue_time"], cells["seconds_in_queue"] = "MISSED", moment("entered"), fmt.Sprint(i)
		}
		record := make([]string, len(columns))
		for i, column := range columns {
			record[i] = cells[column]
		}
		if !slices.ContainsFunc(record, func(cell string) bool { return strings.Contains(cell, "\x00") }) {
			_ = w.Write(record)
		}
	}
	w.Flush()
	return file.String()
}
