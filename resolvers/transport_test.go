package resolvers

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/auth"
	"cartograph/repository"
)

// handlerWithoutDatabase returns a handler for what never reaches a database:
// its connection is closed.
func handlerWithoutDatabase(t *testing.T, log io.Writer) http.Handler {
	t.Helper()
	repo, err := repository.Open(repository.Options{
		URI:      "mongodb://127.0.0.1:1/",
		Database: "none",
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	return newHandler(repo, slog.New(slog.NewTextHandler(log, nil)), nil)
}

// everything may do everything in an organization.
var everything = &auth.Principal{Org: "acme", Scopes: auth.AllScopes}

func TestTransport(t *testing.T) {
	const query = `{"query": "{ viewer { organization } }"}`
	type header map[string]string
	for _, tt := range []struct {
		name         string
		method, url  string
		header       header
		body         string
		principal    *auth.Principal
		status       int
		contentType  string
		answerHeader header
		answer       string
	}{
		{
			name: "answers JSON by POST", body: query, principal: everything,
			status: 200, contentType: "application/json; charset=utf-8",
			answer: `{"data":{"viewer":{"organization":"acme"}}}`,
		},
		{
			name: "answers in the newer media type where it is accepted", header: header{"Accept": "application/graphql-response+json, application/json;q=0.5"}, body: query, principal: everything,
			status: 200, contentType: "application/graphql-response+json; charset=utf-8",
			answer: `{"data":{"viewer":{"organization":"acme"}}}`,
		},
		{
			name: "answers in the media type that is wanted most", header: header{"Accept": "application/json;q=0.5, application/graphql-response+json"}, body: query, principal: everything,
			status: 200, contentType: "application/graphql-response+json; charset=utf-8",
			answer: `{"data":{"viewer":{"organization":"acme"}}}`,
		},
		{
			name: "does not answer in one that is refused", header: header{"Accept": "application/graphql-response+json;q=0, application/json"}, body: query, principal: everything,
			status: 200, contentType: "application/json; charset=utf-8",
			answer: `{"data":{"viewer":{"organization":"acme"}}}`,
		},
		{
			name: "does not hear a wish for another protocol", header: header{"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAMAAABkAAQAAP__"}, body: query, principal: everything,
			status: 200, contentType: "application/json; charset=utf-8",
			answer: `{"data":{"viewer":{"organization":"acme"}}}`,
		},
		{
			name: "refuses subscriptions, which are pushed", body: `{"query": "subscription { exportProgress(id: 1) { id } }"}`, principal: everything,
			status: 406, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"subscribe over a WebSocket (graphql-transport-ws), or accept text/event-stream","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "answers a query by GET", method: "GET", url: "/?query=" + url.QueryEscape(`query Q($s: Boolean!) { viewer { organization @skip(if: $s) demo } }`) + "&variables=" + url.QueryEscape(`{"s": true}`) + "&operationName=Q", principal: everything,
			status: 200, contentType: "application/json; charset=utf-8",
			answer: `{"data":{"viewer":{"demo":false}}}`,
		},
		{
			name: "refuses a mutation by GET", method: "GET", url: "/?query=" + url.QueryEscape(`mutation { markTestCall(input: {callId: "1", test: true}) { clientMutationId } }`), principal: everything,
			status: 405, contentType: "application/json; charset=utf-8", answerHeader: header{"Allow": "POST"},
			answer: `{"errors":[{"message":"by GET only queries may be sent","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "refuses other methods", method: "PUT", body: query, principal: everything,
			status: 405, contentType: "application/json; charset=utf-8", answerHeader: header{"Allow": "GET, POST, OPTIONS"},
			answer: `{"errors":[{"message":"send operations by POST or GET","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "tells its methods", method: "OPTIONS", status: 204, answerHeader: header{"Allow": "GET, POST, OPTIONS"},
		},
		{
			name: "refuses bodies that a form could send", header: header{"Content-Type": "text/plain"}, body: query, principal: everything,
			status: 415, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"the Content-Type of an operation is application/json","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "refuses other encodings of text", header: header{"Content-Type": "application/json; charset=latin1"}, body: query, principal: everything,
			status: 415, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"JSON is written in UTF-8","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "refuses what is packed", header: header{"Content-Encoding": "gzip"}, body: query, principal: everything,
			status: 415, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"operations are sent as they are, without a Content-Encoding","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "never quotes a body that is no JSON", body: `{"query": "secret`, principal: everything,
			status: 400, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"the body must be a JSON object such as {\"query\": \"{ viewer { organization } }\"}, with \"variables\", \"operationName\" and \"extensions\" if wanted","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "refuses a list of queries", body: `[` + query + `]`, principal: everything,
			status: 400, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"the body must be a JSON object such as {\"query\": \"{ viewer { organization } }\"}, with \"variables\", \"operationName\" and \"extensions\" if wanted","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "refuses a body without a query", body: `{}`, principal: everything,
			status: 400, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"the request has no query","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "refuses variables by GET that are no JSON", method: "GET", url: "/?query=%7Bviewer%7Bdemo%7D%7D&variables=%7B", principal: everything,
			status: 400, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"variables must be a JSON object","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "refuses a body above one mebibyte", body: `{"query": "` + strings.Repeat(" ", 1<<20) + `"}`, principal: everything,
			status: 413, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"the body of an operation may have 1048576 bytes","extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "answers 200 to a query that is not valid, as older clients expect", body: `{"query": "{ viewer { nam } }"}`, principal: everything,
			status: 200, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"Cannot query field \"nam\" on type \"Viewer\".","locations":[{"line":1,"column":12}],"extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "answers 400 to it in the newer media type", header: header{"Accept": "application/graphql-response+json"}, body: `{"query": "{ viewer { nam } }"}`, principal: everything,
			status: 400, contentType: "application/graphql-response+json; charset=utf-8",
			answer: `{"errors":[{"message":"Cannot query field \"nam\" on type \"Viewer\".","locations":[{"line":1,"column":12}],"extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "answers 401 to nobody", header: header{"Accept": "application/graphql-response+json"}, body: query,
			status: 401, contentType: "application/graphql-response+json; charset=utf-8", answerHeader: header{"WWW-Authenticate": `Bearer realm="cartograph"`},
			answer: `{"errors":[{"message":"Query.viewer needs a token: send it in the header Authorization, after the word Bearer","locations":[{"line":1,"column":3}],"extensions":{"code":"UNAUTHENTICATED"}}]}`,
		},
		{
			name: "answers 403 without the scope", header: header{"Accept": "application/graphql-response+json"}, body: `{"query": "{ calls { totalCount } }"}`, principal: &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.EventsRead}},
			status: 403, contentType: "application/graphql-response+json; charset=utf-8",
			answer: `{"errors":[{"message":"Query.calls needs the scope calls:read","locations":[{"line":1,"column":3}],"extensions":{"code":"FORBIDDEN"}}]}`,
		},
		{
			name: "refuses documents beyond the guard's bounds", body: `{"query": "` + strings.Repeat("{ a ", 21) + strings.Repeat("}", 21) + `"}`, principal: everything,
			status: 200, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"selections may nest 20 deep, fragments included","extensions":{"code":"LIMIT_EXCEEDED"}}]}`,
		},
		{
			name: "refuses documents of too many tokens", body: `{"query": "{` + strings.Repeat("a ", 5000) + `}"}`, principal: everything,
			status: 200, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"the document has more than 2000 tokens","extensions":{"code":"LIMIT_EXCEEDED"}}]}`,
		},
		{
			name: "does not offer to defer", body: `{"query": "{ ... @defer { viewer { demo } } }"}`, principal: everything,
			status: 200, contentType: "application/json; charset=utf-8",
			answer: `{"errors":[{"message":"Unknown directive \"@defer\".","locations":[{"line":1,"column":8}],"extensions":{"code":"BAD_USER_INPUT"}}]}`,
		},
		{
			name: "tells nobody but the schema", body: `{"query": "{ __typename __type(name: \"Money\") { fields { name } } }"}`,
			status: 200, contentType: "application/json; charset=utf-8",
			answer: `{"data":{"__typename":"Query","__type":{"fields":[{"name":"amount"},{"name":"currency"}]}}}`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			handler := handlerWithoutDatabase(t, io.Discard)
			method, target := tt.method, tt.url
			if method == "" {
				method = http.MethodPost
			}
			if target == "" {
				target = "/"
			}
			request := httptest.NewRequest(method, target, strings.NewReader(tt.body))
			request.Header.Set("Content-Type", "application/json")
			for name, value := range tt.header {
				request.Header.Set(name, value)
			}
			if tt.principal != nil {
				request = request.WithContext(auth.With(request.Context(), tt.principal))
			}
			answer := httptest.NewRecorder()
			handler.ServeHTTP(answer, request)

			if answer.Code != tt.status {
				t.Errorf("status is %d, want %d", answer.Code, tt.status)
			}
			if got := answer.Header().Get("Content-Type"); got != tt.contentType {
				t.Errorf("Content-Type is %q, want %q", got, tt.contentType)
			}
			for name, want := range tt.answerHeader {
				if got := answer.Header().Get(name); got != want {
					t.Errorf("%s is %q, want %q", name, got, want)
				}
			}
			if diff := cmp.Diff(tt.answer, strings.TrimSpace(answer.Body.String())); diff != "" {
				t.Errorf("answer (-want +got):\n%s", diff)
			}
		})
	}
}

func TestFailuresOfTheDatabase(t *testing.T) {
	post := func(t *testing.T, query string) (answer, log string) {
		t.Helper()
		var written strings.Builder
		handler := handlerWithoutDatabase(t, &written)
		request := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(`{"query": "`+query+`"}`))
		request.Header.Set("Content-Type", "application/json")
		ctx := WithRequestID(auth.With(request.Context(), everything), "r1")
		recorder := httptest.NewRecorder()
		handler.ServeHTTP(recorder, request.WithContext(ctx))
		return strings.TrimSpace(recorder.Body.String()), written.String()
	}

	t.Run("do not show their cause, and are logged with it", func(t *testing.T) {
		answer, log := post(t, `{ call(id: \"1\") { id } }`)
		want := `{"errors":[{"message":"the database cannot be reached","path":["call"],"locations":[{"line":1,"column":3}],"extensions":{"code":"UNAVAILABLE"}}],"data":{"call":null}}`
		if diff := cmp.Diff(want, answer); diff != "" {
			t.Errorf("answer (-want +got):\n%s", diff)
		}
		for _, part := range []string{"request=r1", "client is disconnected"} {
			if !strings.Contains(log, part) {
				t.Errorf("the log lacks %q: %s", part, log)
			}
		}
	})

	t.Run("are logged once however many fields wait for a batch, and answered 20 times at most", func(t *testing.T) {
		var query strings.Builder
		for i := range 30 {
			query.WriteString(` \"Call:1` + strings.Repeat("x", i) + `\"`)
		}
		answer, log := post(t, "{ nodes(ids: ["+query.String()+"]) { id } }")
		if got := strings.Count(answer, "UNAVAILABLE"); got != maxErrors {
			t.Errorf("the answer has %d errors, want %d", got, maxErrors)
		}
		if got := strings.Count(log, "\n"); got != 1 {
			t.Errorf("the log has %d lines, want 1: %s", got, log)
		}
	})
}
