package ingest_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/ingest"
	"cartograph/repository/repositorytest"
)

// imported imports a text and returns the summary, what was reported, and the
// error.
func imported(t *testing.T, text io.Reader) (ingest.Summary, []string, error) {
	t.Helper()
	var reports []string
	summary, err := ingest.ImportEvents(t.Context(), repositorytest.Open(t, nil), "acme", text, ingest.ImportOptions{
		Report: func(line int, _ string, err error) { reports = append(reports, fmt.Sprintf("%d: %v", line, err)) },
	})
	return summary, reports, err
}

func TestImportingEvents(t *testing.T) {
	good := []string{started("e1", "c1"), started("e2", "c2"), started("e1", "c1")}
	for name, c := range map[string]struct {
		text    string
		summary ingest.Summary
		reports []string
		code    analytics.Code
	}{
		"lines":                           {text: strings.Join(good, "\n"), summary: ingest.Summary{Rows: 3, New: 2, Unchanged: 1}},
		"lines of Windows, blank ones in": {text: "\xef\xbb\xbf" + strings.Join(good, "\r\n\r\n") + "\r\n", summary: ingest.Summary{Rows: 3, New: 2, Unchanged: 1}},
		"a list":                          {text: " [\n" + strings.Join(good, ",\n") + "]\n", summary: ingest.Summary{Rows: 3, New: 2, Unchanged: 1}},
		"an object over several lines":    {text: strings.ReplaceAll(good[0], `{"`, "{\n\""), summary: ingest.Summary{Rows: 1, New: 1}},
		"nothing":                         {},
		"bad lines between good ones": {
			text:    strings.Join([]string{good[0], `{"id":"x"}`, "", "nonsense", good[1]}, "\n"),
			summary: ingest.Summary{Rows: 4, New: 2, Bad: 2},
			reports: []string{"2: type: is required", "4: is no valid JSON"},
		},
		"a line above 1 MiB": {
			text:    strings.Join([]string{good[0], `{"id":"` + strings.Repeat("x", 1<<20) + `"}`, good[1]}, "\n"),
			summary: ingest.Summary{Rows: 3, New: 2, Bad: 1},
			reports: []string{"2: the line is longer than 1 MiB"},
		},
		"a list that breaks off": {text: "[" + good[0] + ",", summary: ingest.Summary{Rows: 1, New: 1}, code: analytics.BadUserInput},
		"a list with text after": {text: "[" + good[0] + "] x", summary: ingest.Summary{Rows: 1, New: 1}, code: analytics.BadUserInput},
	} {
		t.Run(name, func(t *testing.T) {
			summary, reports, err := imported(t, strings.NewReader(c.text))
			if diff := cmp.Diff(c.summary, summary) + cmp.Diff(c.reports, reports); diff != "" || analytics.CodeOf(err) != c.code {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
	t.Run("more refusals than an answer over HTTP could hold", func(t *testing.T) {
		summary, reports, err := imported(t, strings.NewReader(strings.Repeat("{}\n", 20_001)))
		if want := (ingest.Summary{Rows: 20_001, Bad: 20_001}); summary != want || len(reports) != 20_001 || err != nil {
			t.Errorf("got %v, %d reports, %v", summary, len(reports), err)
		}
	})
}

func TestImportingACatalog(t *testing.T) {
	text := `[{"kind":"queue","id":"q","name":"Shoes"},{"kind":"queue","id":"r"}]`
	var reports []string
	repo := repositorytest.Open(t, nil)
	summary, err := ingest.ImportCatalog(t.Context(), repo, "acme", strings.NewReader(text), ingest.ImportOptions{
		Report: func(line int, _ string, err error) { reports = append(reports, fmt.Sprintf("%d: %v", line, err)) },
	})
	want, wantReports := ingest.Summary{Rows: 2, New: 1, Bad: 1, Replaces: true}, []string{"2: name: is required"}
	if diff := cmp.Diff(want, summary) + cmp.Diff(wantReports, reports); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, want := summary.String(), "2 records: 1 stored, 1 refused"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
