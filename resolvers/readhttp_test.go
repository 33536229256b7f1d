package resolvers

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"cartograph/auth"
	"cartograph/export"
	"cartograph/report"
)

// readHTTP reads, over plain HTTP, every path of the OpenAPI document that tells
// of an organization's data, and every kind of file that can be asked for. It
// returns the answers by path, spreadsheets as the text of their sheets.
func (w *tenants) readHTTP(p *auth.Principal, ids nativeIDs) map[string]string {
	w.t.Helper()
	text, err := os.ReadFile("../docs/openapi.yaml")
	if err != nil {
		w.t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name string
				Ref  string `yaml:"$ref"`
			}
		}
	}
	if err := yaml.Unmarshal(text, &document); err != nil {
		w.t.Fatal(err)
	}
	exports, reports := export.NewHandler(w.repo, func() time.Time { return tenantsNow }, silent), report.NewHandler(w.repo, silent)
	fill := strings.NewReplacer("{callId}", ids["Call"], "{organization}", p.Org, "{workflow}", ids["Workflow"])
	answers := map[string]string{}
	for path, operations := range document.Paths {
		get, readable := operations["get"]
		switch filled := fill.Replace(path); {
		case strings.HasPrefix(path, report.Prefix):
			answers[path] = w.request(reports, p, "POST", filled, `{"interval": {"start": "2026-03-08T00:00:00Z", "end": "2026-03-10T00:00:00Z"}}`)
		case path == "/exports/files/{secret}": // below, by its link
		case readable && (strings.HasPrefix(path, "/v1/") || strings.HasPrefix(path, "/exports/")):
			query := url.Values{}
			for _, parameter := range get.Parameters {
				if strings.HasSuffix(strings.ToLower(parameter.Ref), "from") {
					query.Set("from", "2026-03-08T00:00:00Z")
				}
			}
			answers[path] = w.request(exports, p, "GET", filled+"?"+query.Encode(), "")
			for _, parameter := range get.Parameters {
				if strings.HasSuffix(parameter.Ref, "/agent") {
					query.Set("agent", ids["Agent"])
					answers[path+" of an agent"] = w.request(exports, p, "GET", filled+"?"+query.Encode(), "")
				}
			}
		}
	}
	if len(answers) < 7 {
		w.t.Fatalf("only %d paths were found", len(answers))
	}
	for _, asked := range w.exportsAsked(ids) {
		answer := ask(w.t, w.handler, p, "mutation { requestExport(input: {"+asked+"}) { url } }", nil)
		made, _ := json.Marshal(answer)
		link, ok := answer["data"].(map[string]any)["requestExport"].(map[string]any)["url"].(string)
		if !ok {
			w.t.Fatalf("%s: %s", asked, made)
		}
		answers["a file of "+asked] = w.request(exports, nil, "GET", link, "")
	}
	return answers
}

// exportsAsked returns the inputs of requestExport: each kind and form of file,
// each sheet.
func (w *tenants) exportsAsked(ids nativeIDs) (inputs []string) {
	for _, kind := range w.schema.Types["ExportKind"].EnumValues {
		input := "kind: " + kind.Name
		sheets := []string{""}
		if kind.Name == "LIVE_EVENT" {
			input += `, liveEventId: "` + ids["LiveEvent"] + `"`
			sheets = nil
			for _, sheet := range w.schema.Types["ExportSheet"].EnumValues {
				sheets = append(sheets, ", sheets: ["+sheet.Name+"]")
			}
		}
		inputs = append(inputs, input+", format: XLSX")
		for _, sheet := range sheets {
			inputs = append(inputs, input+sheet+", format: CSV")
		}
	}
	return inputs
}

// request returns the answer to a request, of whatever status, and fails the test
// for a failure of ours.
func (w *tenants) request(handler http.Handler, p *auth.Principal, method, path, body string) string {
	w.t.Helper()
	r := httptest.NewRequestWithContext(w.t.Context(), method, path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	if p != nil {
		r = r.WithContext(auth.With(r.Context(), p))
	}
	got := httptest.NewRecorder()
	handler.ServeHTTP(got, r)
	if got.Code >= 500 || got.Code == http.StatusBadRequest {
		w.t.Errorf("%s %s: %d %s", method, path, got.Code, got.Body)
	}
	if !strings.Contains(got.Header().Get("Content-Type"), "spreadsheet") {
		return got.Body.String()
	}
	return w.sheetsOf(got.Body.Bytes())
}

// sheetsOf returns what the sheets of a spreadsheet hold.
func (w *tenants) sheetsOf(file []byte) string {
	w.t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		w.t.Fatal(err)
	}
	slices.SortFunc(archive.File, func(a, b *zip.File) int { return strings.Compare(a.Name, b.Name) }) // they come in any order
	var whole strings.Builder
	for _, part := range archive.File {
		if !strings.HasPrefix(part.Name, "xl/worksheets/") {
			continue
		}
		sheet, err := part.Open()
		if err == nil {
			_, err = io.Copy(&whole, sheet)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
	return whole.String()
}
