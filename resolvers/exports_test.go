package resolvers

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"

	"cartograph/analytics"
	"cartograph/auth"
)

// requestExport makes an export of calls and returns its id and its secret.
func requestExport(t *testing.T, w *world, p *auth.Principal) (id, secret string) {
	t.Helper()
	ctx := graphql.StartOperationTrace(auth.With(t.Context(), p))
	operation, errs := w.exec.CreateOperationContext(ctx, &graphql.RawParams{
		Query: `mutation { requestExport(input: { kind: CALLS, format: CSV }) { url export { exportId } } }`,
	})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	next, ctx := w.exec.DispatchOperation(ctx, operation)
	var data struct {
		RequestExport struct {
			URL    string
			Export struct{ ExportID string }
		}
	}
	if err := json.Unmarshal(next(ctx).Data, &data); err != nil {
		t.Fatal(err)
	}
	secret, ok := strings.CutPrefix(data.RequestExport.URL, "/exports/files/cge_")
	if !ok {
		t.Fatalf("the link is %q", data.RequestExport.URL)
	}
	return data.RequestExport.Export.ExportID, "cge_" + secret
}

func TestTheProgressOfAnExportIsFollowed(t *testing.T) {
	w := openWorld(t)
	id, secret := requestExport(t, w, everything)
	query := `subscription { exportProgress(id: "Export:` + id + `") { state rows totalRows bytes } }`
	s := w.watch(everything, query)
	s.shows(`{"exportProgress":{"state":"WAITING","rows":0,"totalRows":null,"bytes":0}}`)

	now := time.Now().UTC().Truncate(time.Millisecond)
	e, err := w.repo.BeginDownload(t.Context(), auth.HashToken(secret), now)
	if err != nil {
		t.Fatal(err)
	}
	s.shows(`{"exportProgress":{"state":"RUNNING","rows":0,"totalRows":null,"bytes":0}}`)
	report := func(e *analytics.Export, rows int64, state analytics.ExportState) {
		t.Helper()
		total := int64(9)
		e.Rows, e.Bytes, e.TotalRows, e.State, e.UpdatedAt = rows, rows*100, &total, state, time.Now()
		if err := w.repo.ReportExport(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	report(e, 5, analytics.ExportRunning)
	s.shows(`{"exportProgress":{"state":"RUNNING","rows":5,"totalRows":9,"bytes":500}}`)

	again, err := w.repo.BeginDownload(t.Context(), auth.HashToken(secret), now)
	if err != nil {
		t.Fatal(err)
	}
	s.shows(`{"exportProgress":{"state":"RUNNING","rows":0,"totalRows":9,"bytes":0}}`)
	report(e, 7, analytics.ExportFailed) // of the download before: it says nothing any more
	report(again, 9, analytics.ExportDone)
	s.shows(`{"exportProgress":{"state":"DONE","rows":9,"totalRows":9,"bytes":900}}`, "the end")

	t.Run("whoever comes later sees how it ended", func(t *testing.T) {
		w.watch(everything, query).shows(`{"exportProgress":{"state":"DONE","rows":9,"totalRows":9,"bytes":900}}`, "the end")
	})
	for name, p := range map[string]*auth.Principal{
		"another organization": {Org: "globex", Scopes: auth.AllScopes},
		"an agent's token":     {Org: "acme", Agent: "ada", Scopes: auth.AllScopes},
	} {
		t.Run(name+" finds no such export", func(t *testing.T) {
			if answer := w.watch(p, query).take(); !strings.Contains(answer, `"NOT_FOUND"`) {
				t.Errorf("got %s", answer)
			}
		})
	}
}
