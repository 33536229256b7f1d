package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"mime"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// openAPI is the document of the endpoints.
type openAPI struct {
	tree   map[string]any
	schema *jsonschema.Compiler
}

// openAPIURL is where schemas are looked for inside of the document.
const openAPIURL = "https://cartograph.example/openapi.json"

func readOpenAPI(t *testing.T) *openAPI {
	t.Helper()
	var parsed map[string]any
	if err := yaml.Unmarshal(openAPISource, &parsed); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(parsed) // the numbers and maps of JSON
	if err != nil {
		t.Fatal(err)
	}
	tree, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	doc := &openAPI{tree: tree.(map[string]any), schema: jsonschema.NewCompiler()}
	doc.schema.DefaultDraft(jsonschema.Draft2020)
	doc.schema.AssertFormat()
	if err := doc.schema.AddResource(openAPIURL, tree); err != nil {
		t.Fatal(err)
	}
	return doc
}

// paths returns the documented paths.
func (d *openAPI) paths() []string {
	return slices.Sorted(maps.Keys(d.tree["paths"].(map[string]any)))
}

// operations calls f for each documented operation with its documented statuses.
func (d *openAPI) operations(f func(method, path string, statuses []string)) {
	for _, path := range d.paths() {
		for method, operation := range d.tree["paths"].(map[string]any)[path].(map[string]any) {
			responses := operation.(map[string]any)["responses"].(map[string]any)
			f(strings.ToUpper(method), path, slices.Sorted(maps.Keys(responses)))
		}
	}
}

// response returns the pointer to what is documented of an answer, "" for
// nothing.
func (d *openAPI) response(method, path, status string) string {
	pointer := "/paths/" + escape(path) + "/" + strings.ToLower(method) + "/responses/" + status
	response, ok := d.at(pointer).(map[string]any)
	if !ok {
		return ""
	}
	if ref, ok := response["$ref"].(string); ok {
		return strings.TrimPrefix(ref, "#")
	}
	return pointer
}

// at returns what stands at a pointer, nil for nothing.
func (d *openAPI) at(pointer string) any {
	var node any = d.tree
	for _, key := range strings.Split(pointer, "/")[1:] {
		object, ok := node.(map[string]any)
		if !ok {
			return nil
		}
		node = object[strings.NewReplacer("~1", "/", "~0", "~").Replace(key)]
	}
	return node
}

func escape(key string) string { return strings.NewReplacer("~", "~0", "/", "~1").Replace(key) }

// check fails where an answer is not as documented.
func (d *openAPI) check(method, path string, answer *http.Response, body string) error {
	response := d.response(method, path, strconv.Itoa(answer.StatusCode))
	if response == "" {
		return fmt.Errorf("status %d is not documented: %.500s", answer.StatusCode, body)
	}
	mediaType, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	content := response + "/content/" + escape(mediaType)
	if d.at(content) == nil {
		return fmt.Errorf("media type %s is not documented for status %d: %.500s", mediaType, answer.StatusCode, body)
	}
	schema, err := d.schema.Compile(openAPIURL + "#" + content + "/schema")
	if err != nil {
		return err
	}
	texts := []string{body}
	if mediaType == "application/x-ndjson" {
		texts = strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	}
	for _, text := range texts {
		var value any = text
		if strings.Contains(mediaType, "json") {
			if value, err = jsonschema.UnmarshalJSON(strings.NewReader(text)); err != nil {
				return err
			}
		}
		if err := schema.Validate(value); err != nil {
			return fmt.Errorf("%w in %.1000s", err, text)
		}
	}
	return nil
}

// unaskable are statuses that only a gateway in trouble answers.
var unaskable = []string{"409", "429", "503"}

// asked is a request to the gateway of the demo, and what it should answer.
type asked struct {
	method, path string // as documented
	url          string // where it is another one
	token        string // "all" if empty, "none" for nobody
	accept       string
	contentType  string
	body         string
	status       int
}

var askedOfAll = []asked{
	{method: "GET", path: "/v1/stats/calls/accepted", url: "/v1/stats/calls/accepted?from=2000-01-01T00:00:00Z&limit=1000", status: 200},
	{method: "GET", path: "/v1/stats/calls/accepted", url: "/v1/stats/calls/accepted?from=2000-01-01T00:00:00Z", accept: "application/x-ndjson", status: 200},
	{method: "GET", path: "/v1/stats/calls/accepted", url: "/v1/stats/calls/accepted?from=2000-01-01T00:00:00Z", token: "narrow", status: 403},
	{method: "GET", path: "/v1/stats/calls/accepted", url: "/v1/stats/calls/accepted?from=2000-01-01T00:00:00Z", token: "none", status: 401},
	{method: "GET", path: "/v1/stats/calls/accepted", url: "/v1/stats/calls/accepted?from=2000-01-01T00:00:00Z", token: "wrong", status: 401},
	{method: "GET", path: "/v1/stats/calls/accepted", status: 400},
	{method: "GET", path: "/v1/stats/calls/missed", url: "/v1/stats/calls/missed?from=2000-01-01T00:00:00Z&excludeShortQueueTime=true", status: 200},
	{method: "GET", path: "/v1/stats/calls/missed", url: "/v1/stats/calls/missed?from=2000-01-01T00:00:00Z", accept: "application/x-ndjson", status: 200},
	{method: "GET", path: "/v1/stats/calls/missed", status: 400},
	{method: "GET", path: "/v1/stats/calls/missed", token: "none", status: 401},
	{method: "GET", path: "/v1/stats/calls/missed", token: "narrow", status: 403},
	{method: "GET", path: "/v1/calls/{callId}", url: "/v1/calls/call-0028", status: 200},
	{method: "GET", path: "/v1/calls/{callId}", url: "/v1/calls/call-0028?from=now", status: 400},
	{method: "GET", path: "/v1/calls/{callId}", url: "/v1/calls/call-0028", token: "none", status: 401},
	{method: "GET", path: "/v1/calls/{callId}", url: "/v1/calls/call-0028", token: "narrow", status: 403},
	{method: "GET", path: "/v1/calls/{callId}", url: "/v1/calls/no-such", status: 404},
	{method: "GET", path: "/v1/calls/{callId}/transcriptions", url: "/v1/calls/call-0028/transcriptions", status: 200},
	{method: "GET", path: "/v1/calls/{callId}/transcriptions", url: "/v1/calls/call-0028/transcriptions", accept: "application/x-ndjson", status: 200},
	{method: "GET", path: "/v1/calls/{callId}/transcriptions", url: "/v1/calls/call-0028/transcriptions?limit=x", status: 400},
	{method: "GET", path: "/v1/calls/{callId}/transcriptions", url: "/v1/calls/call-0028/transcriptions", token: "none", status: 401},
	{method: "GET", path: "/v1/calls/{callId}/transcriptions", url: "/v1/calls/call-0028/transcriptions", token: "narrow", status: 403},
	{method: "GET", path: "/v1/calls/{callId}/transcriptions", url: "/v1/calls/no-such/transcriptions", status: 404},
	{method: "GET", path: "/exports/calls.csv", status: 200},
	{method: "GET", path: "/exports/calls.csv", url: "/exports/calls.csv?status=LOST", status: 400},
	{method: "GET", path: "/exports/calls.csv", token: "none", status: 401},
	{method: "GET", path: "/exports/calls.csv", token: "narrow", status: 403},
	{method: "GET", path: "/exports/calls.xlsx", url: "/exports/calls.xlsx?status=MISSED", status: 200},
	{method: "GET", path: "/exports/calls.xlsx", url: "/exports/calls.xlsx?type=x", status: 400},
	{method: "GET", path: "/exports/calls.xlsx", token: "none", status: 401},
	{method: "GET", path: "/exports/calls.xlsx", token: "narrow", status: 403},
	{method: "GET", path: "/exports/calls.csv", token: "wrong", status: 401},
	{method: "GET", path: "/exports/files/{secret}", url: "/exports/files/cge_00", token: "none", status: 404},
	{method: "POST", path: "/ingest/events", contentType: "application/json", body: `[{"id":"odd"}]`, status: 202},
	{method: "POST", path: "/ingest/events", contentType: "application/json", body: `{`, status: 400},
	{method: "POST", path: "/ingest/events", contentType: "application/json", body: `[]`, token: "none", status: 401},
	{method: "POST", path: "/ingest/events", contentType: "application/json", body: `[]`, token: "wrong", status: 401},
	{method: "POST", path: "/ingest/events", contentType: "application/json", body: `[]`, token: "narrow", status: 403},
	{method: "POST", path: "/ingest/events", contentType: "application/json", body: "[" + strings.Repeat(" ", 20<<20) + "]", status: 413},
	{method: "POST", path: "/ingest/events", contentType: "text/plain", body: `[]`, status: 415},
	{method: "POST", path: "/ingest/catalog", contentType: "application/x-ndjson", body: `{"kind":"agent","id":"zoe","name":"Zoe"}`, status: 202},
	{method: "POST", path: "/ingest/catalog", contentType: "application/json", body: `{`, status: 400},
	{method: "POST", path: "/ingest/catalog", contentType: "application/json", body: `[]`, token: "none", status: 401},
	{method: "POST", path: "/ingest/catalog", contentType: "application/json", body: `[]`, token: "narrow", status: 403},
	{method: "POST", path: "/ingest/catalog", contentType: "application/json", body: "[" + strings.Repeat(" ", 20<<20) + "]", status: 413},
	{method: "POST", path: "/ingest/catalog", contentType: "text/plain", body: `[]`, status: 415},
	{method: "POST", path: "/webhooks/call-ended", contentType: "application/json", status: 200,
		body: `{"eventId":"w1","timestamp":"2026-03-03T10:10:00Z","payload":{"callId":"w-c","startedAt":"2026-03-03T10:00:00Z","endedAt":"2026-03-03T10:10:00Z"}}`},
	{method: "POST", path: "/webhooks/call-ended", contentType: "application/json", body: `{}`, status: 400},
	{method: "POST", path: "/webhooks/call-ended", contentType: "application/json", body: `{}`, token: "none", status: 401},
	{method: "POST", path: "/webhooks/call-ended", contentType: "application/json", body: `{}`, token: "wrong", status: 401},
	{method: "POST", path: "/webhooks/call-ended", contentType: "application/json", body: `{}`, token: "narrow", status: 403},
	{method: "POST", path: "/webhooks/call-ended", contentType: "application/json", body: `{` + strings.Repeat(" ", 20<<20) + `}`, status: 413},
	{method: "POST", path: "/webhooks/call-ended", contentType: "text/plain", body: `{}`, status: 415},
	{method: "POST", path: sidedata, url: demoSidedata("demo", "workflow-1"), contentType: "application/json", body: wholeInterval, status: 200},
	{method: "POST", path: sidedata, url: demoSidedata("demo", "workflow-2"), contentType: "application/json", body: wholeInterval, status: 200},
	{method: "POST", path: sidedata, url: demoSidedata("demo", "workflow-1"), contentType: "application/json", body: `{}`, status: 400},
	{method: "POST", path: sidedata, url: demoSidedata("demo", "workflow-1"), contentType: "application/json", body: wholeInterval, token: "none", status: 401},
	{method: "POST", path: sidedata, url: demoSidedata("demo", "workflow-1"), contentType: "application/json", body: wholeInterval, token: "wrong", status: 401},
	{method: "POST", path: sidedata, url: demoSidedata("other", "workflow-1"), contentType: "application/json", body: wholeInterval, status: 403},
	{method: "POST", path: sidedata, url: demoSidedata("demo", "no-such"), contentType: "application/json", body: wholeInterval, status: 404},
	{method: "POST", path: sidedata, url: demoSidedata("demo", "workflow-1"), contentType: "application/json", body: `{` + strings.Repeat(" ", 1<<20) + `}`, status: 413},
	{method: "POST", path: "/graphql", contentType: "application/json", body: `{"query":"{ viewer { demo } }"}`, status: 200},
	{method: "POST", path: "/graphql", contentType: "application/json", body: `{`, status: 400},
	{method: "POST", path: "/graphql", contentType: "application/json", body: `{}`, token: "wrong", status: 401},
	{method: "POST", path: "/graphql", contentType: "text/plain", body: `{}`, status: 415},
	{method: "GET", path: "/schema.graphqls", token: "none", status: 200},
	{method: "GET", path: "/openapi.yaml", token: "none", status: 200},
	{method: "GET", path: "/healthz", token: "none", status: 200},
	{method: "GET", path: "/readyz", token: "none", status: 200},
	{method: "GET", path: "/", token: "none", status: 200},
}

const (
	sidedata      = "/api/reporting/workflow/v1/orgs/{organization}/workflows/{workflow}/sidedata/"
	wholeInterval = `{"interval":{"start":"2000-01-01T00:00:00Z","end":"2100-01-01T00:00:00Z"}}`
)

func demoSidedata(org, workflow string) string {
	return strings.NewReplacer("{organization}", org, "{workflow}", workflow).Replace(sidedata)
}

// Every documented path answers with the documented statuses and shapes, and no
// status is documented that nobody asked for.
func TestTheGatewayAnswersAsDocumented(t *testing.T) {
	t.Parallel()
	doc := readOpenAPI(t)
	g := serve(t, "--data-dir="+t.TempDir())
	tokens := map[string]string{"wrong": "cgt_00"}
	for name, scopes := range map[string]string{"": "all", "narrow": "carts:read"} {
		token, err := g.command(t, "token", "create", "--org=demo", "--scopes="+scopes)
		if err != nil {
			t.Fatal(err)
		}
		tokens[name] = token
	}
	seen := map[string]bool{}
	asked := append(slices.Clone(askedOfAll), asked{method: "GET", path: "/exports/files/{secret}", url: requestExport(t, g, tokens[""]), token: "none", status: 200})
	for _, a := range asked {
		if a.url == "" {
			a.url = a.path
		}
		request, err := http.NewRequestWithContext(t.Context(), a.method, g.url+a.url, strings.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		if token := tokens[a.token]; token != "" {
			request.Header.Set("Authorization", "Token "+token)
		}
		for name, value := range map[string]string{"Accept": a.accept, "Content-Type": a.contentType} {
			if value != "" {
				request.Header.Set(name, value)
			}
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(a.method, a.url, err)
		}
		body, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil || answer.StatusCode != a.status {
			t.Errorf("%s %s: %d, want %d (%v): %.500s", a.method, a.url, answer.StatusCode, a.status, err, body)
			continue
		}
		if err := doc.check(a.method, a.path, answer, string(body)); err != nil {
			t.Errorf("%s %s: %v", a.method, a.url, err)
		}
		if err := failsAsEverywhere(answer, body, a); err != nil {
			t.Errorf("%s %s: %v", a.method, a.url, err)
		}
		seen[fmt.Sprint(a.method, " ", a.path, " ", a.status)] = true
	}
	doc.operations(func(method, path string, statuses []string) {
		other := map[string]string{"GET": "DELETE", "POST": "PUT"}[method] // what no path takes
		for _, status := range statuses {
			key := method + " " + path + " " + status
			if status == "405" { // what another method of the path answers
				request, _ := http.NewRequestWithContext(t.Context(), other, g.url+demoSidedata("demo", "workflow-1"), nil)
				if path != sidedata {
					request, _ = http.NewRequestWithContext(t.Context(), other, g.url+path, nil)
				}
				request.Header.Set("Authorization", "Bearer "+tokens[""])
				got, _ := do(t, request)
				seen[key] = got == http.StatusMethodNotAllowed
			}
			if !seen[key] && !slices.Contains(unaskable, status) {
				t.Errorf("%s is documented, and nothing answered so", key)
			}
		}
	})
}

// codes are what failures over plain HTTP say beside their status.
var codes = map[int]string{400: "BAD_USER_INPUT", 401: "UNAUTHENTICATED", 403: "FORBIDDEN", 404: "NOT_FOUND", 413: "LIMIT_EXCEEDED", 415: "BAD_USER_INPUT"}

// failsAsEverywhere fails where a failure is not answered as docs/errors.md has
// it, whichever path it is of.
func failsAsEverywhere(answer *http.Response, body []byte, a asked) error {
	if answer.StatusCode < 400 {
		return nil
	}
	var said struct {
		Code   string
		Errors []struct{ Extensions struct{ Code string } }
	}
	if err := json.Unmarshal(body, &said); err != nil {
		return err
	}
	if a.path == "/graphql" && len(said.Errors) == 1 {
		said.Code = said.Errors[0].Extensions.Code
	}
	challenge := ""
	if answer.StatusCode == http.StatusUnauthorized {
		challenge = map[string]string{"none": `Bearer realm="cartograph"`, "wrong": `Bearer realm="cartograph", error="invalid_token"`}[a.token]
	}
	got := []string{said.Code, answer.Header.Get("Cache-Control"), answer.Header.Get("WWW-Authenticate")}
	if want := []string{codes[answer.StatusCode], "no-store", challenge}; !slices.Equal(got, want) {
		return fmt.Errorf("code, Cache-Control and WWW-Authenticate are %q, want %q", got, want)
	}
	return nil
}

// requestExport makes an export of calls and returns its link.
func requestExport(t *testing.T, g *gateway, token string) string {
	t.Helper()
	var answer struct{ RequestExport struct{ URL string } }
	text := g.query(t, token, `mutation { requestExport(input: { kind: CALLS, format: CSV }) { url } }`)
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatal(err)
	}
	return answer.RequestExport.URL
}

// aPath is a route as handlers write them.
var aPath = regexp.MustCompile(`^(?:[A-Z]+ )?(/.*)$`)

// Every route that a handler registers is documented, or the beginning of one
// that is.
func TestEveryRouteIsDocumented(t *testing.T) {
	files, err := filepath.Glob("*/handler.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`\{[^}]*\}`)
	var documented []string
	for _, path := range readOpenAPI(t).paths() {
		documented = append(documented, names.ReplaceAllString(path, "{}"))
	}
	routes := 0
	for _, file := range append(files, "router.go") {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			literal, ok := n.(*ast.BasicLit)
			if !ok || literal.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(literal.Value)
			found := aPath.FindStringSubmatch(text)
			if err != nil || found == nil || strings.HasSuffix(text, "/{$}") {
				return true
			}
			routes++
			route := names.ReplaceAllString(found[1], "{}")
			if !slices.ContainsFunc(documented, func(path string) bool {
				return path == route || strings.HasSuffix(route, "/") && strings.HasPrefix(path, route)
			}) {
				t.Errorf("%s: %s is not in docs/openapi.yaml", file, text)
			}
			return true
		})
	}
	if routes < 15 {
		t.Errorf("only %d routes were found", routes)
	}
}
