package resolvers

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/validator"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/limits"
	"cartograph/live"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// exposed returns an endpoint with options of its own, over a database that
// cannot be reached.
func exposed(t *testing.T, change func(*Options)) http.Handler {
	t.Helper()
	repo, err := repository.Open(repository.Options{URI: "mongodb://127.0.0.1:1/", Database: "none"})
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	o := DefaultOptions()
	change(&o)
	return NewHandler(repo, new(live.Broker), analytics.WebhookPolicy{}, silent, o)
}

// post sends a body as a principal; headers are pairs of names and values.
func post(handler http.Handler, p *auth.Principal, body string, headers ...string) *httptest.ResponseRecorder {
	return send(handler, p, httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body)), headers...)
}

func send(handler http.Handler, p *auth.Principal, request *http.Request, headers ...string) *httptest.ResponseRecorder {
	if request.Method == http.MethodPost {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	if p != nil {
		request = request.WithContext(auth.With(request.Context(), p))
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

// body returns the JSON of a request for a document.
func body(query string) string {
	text, _ := json.Marshal(map[string]string{"query": query})
	return string(text)
}

// known has a document read at somebody else's cost, so that it is free for all.
func known(handler http.Handler, request string) {
	post(handler, &auth.Principal{Org: "readers", TokenID: "reader"}, request)
}

// answers compares the status and the body of an answer.
func answers(t *testing.T, got *httptest.ResponseRecorder, status int, want string) {
	t.Helper()
	if got.Code != status {
		t.Errorf("status is %d, want %d", got.Code, status)
	}
	if diff := cmp.Diff(want, strings.TrimSpace(got.Body.String())); diff != "" {
		t.Errorf("answer (-want +got):\n%s", diff)
	}
}

func TestCostsAreToldToThoseWhoAsk(t *testing.T) {
	handler := exposed(t, func(o *Options) { o.TokenRate, o.OrganizationRate = RateOf(1), limits.Rate{} })
	query := body(`{ viewer { organization } }`)
	known(handler, query)
	dear, dearer := body(`{ calls(first: 250) { nodes { products { product { name } } } } }`), body(`{ calls(first: 250) { nodes { shopper { calls(first: 250) { nodes { id } } } } } }`)
	known(handler, dear)
	known(handler, dearer)

	t.Run("by a header in every answer", func(t *testing.T) {
		got := post(handler, everything, query)
		answers(t, got, 200, `{"data":{"viewer":{"organization":"acme"}}}`)
		if header := got.Header().Get("Cartograph-Cost"); header != "estimated=1, actual=1, available=59" {
			t.Errorf("the header is %q", header)
		}
	})
	t.Run("with the estimate where something failed: the answer does not tell what was done for it", func(t *testing.T) {
		for _, query := range []string{`{ viewer { organization } calls(first: -1) { nodes { id } } }`, `{ viewer { organization } node(id: "Export:1") { id } }`} {
			got := post(exposed(t, func(*Options) {}), &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.CallsRead}}, body(query))
			if header := got.Header().Get("Cartograph-Cost"); !strings.HasPrefix(header, "estimated=2, actual=2,") {
				t.Errorf("%s: the header is %q", query, header)
			}
		}
	})
	t.Run("in the answer if it is asked for", func(t *testing.T) {
		answers(t, post(handler, everything, query, "Cartograph-Cost", "report"), 200,
			`{"data":{"viewer":{"organization":"acme"}},"extensions":{"cost":{"estimated":1,"actual":1,"limit":20000,"throttle":{"available":58,"capacity":60,"restoreRate":1}}}}`)
	})
	t.Run("or by an extension of the request", func(t *testing.T) {
		answers(t, post(handler, everything, `{"query": "{ viewer { organization } }", "extensions": {"cost": "report"}}`), 200,
			`{"data":{"viewer":{"organization":"acme"}},"extensions":{"cost":{"estimated":1,"actual":1,"limit":20000,"throttle":{"available":57,"capacity":60,"restoreRate":1}}}}`)
	})
	t.Run("without running anything", func(t *testing.T) {
		answers(t, post(handler, everything, dear, "Cartograph-Cost", "validate"), 200,
			`{"extensions":{"cost":{"estimated":2751,"actual":0,"limit":20000,"throttle":{"available":57,"capacity":60,"restoreRate":1}}}}`)
	})
	t.Run("also where it would be too much", func(t *testing.T) {
		answers(t, post(handler, everything, dearer, "Cartograph-Cost", "validate"), 200,
			`{"extensions":{"cost":{"estimated":63251,"actual":0,"limit":20000,"throttle":{"available":57,"capacity":60,"restoreRate":1}}}}`)
	})
}

func TestOperationsThatCostTooMuchAreRefused(t *testing.T) {
	answers(t, post(exposed(t, func(o *Options) { o.MaxCost = 100 }), everything, body(`{ calls(first: 100) { nodes { id } } }`)), 200,
		`{"errors":[{"message":"the operation may cost 101 points, at most 100 are allowed: ask for fewer items by first or last, or in several operations","extensions":{"code":"LIMIT_EXCEEDED"}}]}`)
}

func TestWhoAsksTooMuchWaits(t *testing.T) {
	slow := func(o *Options) {
		o.TokenRate = limits.Rate{PerSecond: 0.001, Capacity: 2}
		o.OrganizationRate = limits.Rate{PerSecond: 0.001, Capacity: 3}
	}
	query := body(`{ a: viewer { organization } b: viewer { organization } }`)
	const refused = `{"errors":[{"message":"too much was asked lately: ask again in 2000 seconds, or for less","extensions":{"code":"LIMIT_EXCEEDED","retryAfterSeconds":2000}}]}`
	reader := &auth.Principal{Org: "acme", Scopes: auth.Scopes{auth.EventsRead}}
	foreigner := &auth.Principal{Org: "globex", Scopes: auth.AllScopes}

	t.Run("a token", func(t *testing.T) {
		handler := exposed(t, slow)
		known(handler, query)
		answers(t, post(handler, everything, query), 200, `{"data":{"a":{"organization":"acme"},"b":{"organization":"acme"}}}`)
		got := post(handler, everything, query)
		answers(t, got, 429, strings.ReplaceAll(refused, "2000", got.Header().Get("Retry-After")))
		if seconds := got.Header().Get("Retry-After"); seconds < "1990" || seconds > "2000" {
			t.Errorf("Retry-After is %q", seconds)
		}
	})
	t.Run("a token, and no other with the same scopes", func(t *testing.T) {
		handler := exposed(t, func(o *Options) { o.TokenRate = limits.Rate{PerSecond: 0.001, Capacity: 2} })
		known(handler, query)
		for _, step := range []struct {
			token  string
			status int
		}{{"one", 200}, {"one", 429}, {"another", 200}, {"another", 429}, {"", 200}, {"", 429}} {
			if got := post(handler, &auth.Principal{Org: "acme", TokenID: step.token, Scopes: auth.AllScopes}, query); got.Code != step.status {
				t.Errorf("%q: status %d, want %d", step.token, got.Code, step.status)
			}
		}
	})
	t.Run("an organization, whatever its tokens, and no other", func(t *testing.T) {
		handler := exposed(t, slow)
		known(handler, query)
		for _, step := range []struct {
			who    *auth.Principal
			status int
		}{{everything, 200}, {reader, 429}, {foreigner, 200}} {
			if got := post(handler, step.who, query); got.Code != step.status {
				t.Errorf("%s with %v: status %d, want %d", step.who.Org, step.who.Scopes, got.Code, step.status)
			}
		}
	})
	t.Run("but is given back what was not used", func(t *testing.T) {
		handler := exposed(t, func(o *Options) { o.TokenRate = limits.Rate{PerSecond: 0.001, Capacity: 300} })
		for range 5 { // each may cost 251, and fails by no fault of who asks
			if got := post(handler, everything, body(`{ calls(first: 250) { nodes { id } } }`)); got.Code != 200 {
				t.Errorf("status %d", got.Code)
			}
		}
	})
}

func TestAHiddenSchema(t *testing.T) {
	handler := exposed(t, func(o *Options) { o.HideSchema = true })
	for _, tt := range []struct{ name, query, want string }{
		{"is not told", `{ __schema { types { name } } }`, `{"errors":[{"message":"the schema is not told here","locations":[{"line":1,"column":3}],"extensions":{"code":"FORBIDDEN"}}]}`},
		{"suggests no field", `{ viewer { organisation } }`, `{"errors":[{"message":"Cannot query field \"organisation\" on type \"Viewer\".","locations":[{"line":1,"column":12}],"extensions":{"code":"BAD_USER_INPUT"}}]}`},
		{"suggests no argument", `{ calls(firs: 1) { totalCount } }`, `{"errors":[{"message":"Unknown argument \"firs\" on field \"Query.calls\".","locations":[{"line":1,"column":3}],"extensions":{"code":"BAD_USER_INPUT"}}]}`},
		{"suggests no value", `{ calls(filter: {status: ACCEPT}) { totalCount } }`, `{"errors":[{"message":"Value \"ACCEPT\" does not exist in \"CallStatus\" enum.","locations":[{"line":1,"column":26}],"extensions":{"code":"BAD_USER_INPUT"}}]}`},
		{"suggests no type", `query($a: CalFilter) { calls(filter: $a) { totalCount } }`, `{"errors":[{"message":"Unknown type \"CalFilter\".","locations":[{"line":1,"column":7}],"extensions":{"code":"BAD_USER_INPUT"}},{"message":"Variable \"$a\" of type \"CalFilter\"","locations":[{"line":1,"column":38}],"extensions":{"code":"BAD_USER_INPUT"}}]}`},
	} {
		t.Run(tt.name, func(t *testing.T) { answers(t, post(handler, everything, body(tt.query)), 200, tt.want) })
	}
}

func TestTrustedDocuments(t *testing.T) {
	const known = `{ viewer { organization } }`
	manifest := `{"sha256:9ee9d5b6e5e1e0b4bd3a4a6f9c4dc1f8cc5bd5a2f2ba3cb0a5a7ea7d2f2ee7a9": ""}`
	if _, err := limits.ReadTrusted(limits.TrustEnforce, silent, []byte(manifest)); err == nil {
		t.Error("a document whose hash is another was trusted")
	}
	id := "sha256:" + auth.HashToken(known) // SHA-256 in hexadecimal
	text, _ := json.Marshal(map[string]string{id: known})
	var log strings.Builder
	trusting := func(mode limits.Trust) http.Handler {
		trusted, err := limits.ReadTrusted(mode, slog.New(slog.NewTextHandler(&log, nil)), text)
		if err != nil {
			t.Fatal(err)
		}
		return exposed(t, func(o *Options) { o.Trusted = trusted })
	}
	const (
		answer   = `{"data":{"viewer":{"organization":"acme"}}}`
		unknown  = `{"errors":[{"message":"there is no document of this id","extensions":{"code":"NOT_FOUND"}}]}`
		refused  = `{"errors":[{"message":"only documents that were handed over before may be run here","extensions":{"code":"FORBIDDEN"}}]}`
		mismatch = `{"errors":[{"message":"the id is not that of the document","extensions":{"code":"BAD_USER_INPUT"}}]}`
	)
	apq := func(hash string) string {
		return `{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "` + strings.TrimPrefix(hash, "sha256:") + `"}}}`
	}

	t.Run("are run by their id, in every mode", func(t *testing.T) {
		for _, mode := range []limits.Trust{limits.TrustOff, limits.TrustLog, limits.TrustEnforce} {
			handler := trusting(mode)
			answers(t, post(handler, everything, `{"documentId": "`+id+`"}`), 200, answer)
			answers(t, post(handler, everything, apq(id)), 200, answer)
			answers(t, send(handler, everything, httptest.NewRequest("GET", "/graphql?documentId="+url.QueryEscape(id), nil)), 200, answer)
			answers(t, send(handler, everything, httptest.NewRequest("GET", "/graphql?extensions="+url.QueryEscape(`{"persistedQuery":{"version":1,"sha256Hash":"`+strings.TrimPrefix(id, "sha256:")+`"}}`), nil)), 200, answer)
			answers(t, post(handler, everything, body(known)), 200, answer)
		}
	})
	t.Run("are not guessed", func(t *testing.T) {
		answers(t, post(trusting(limits.TrustEnforce), everything, `{"documentId": "sha256:00"}`), 200, unknown)
		answers(t, post(exposed(t, func(*Options) {}), everything, `{"documentId": "sha256:00"}`), 200, unknown)
	})
	t.Run("are what their id says", func(t *testing.T) {
		answers(t, post(trusting(limits.TrustLog), everything, `{"documentId": "`+id+`", "query": "{ viewer { demo } }"}`), 200, mismatch)
	})
	t.Run("are all that is run where that is enforced", func(t *testing.T) {
		answers(t, post(trusting(limits.TrustEnforce), everything, body(`{ viewer { demo } }`)), 200, refused)
	})
	t.Run("others are logged once where that is the mode", func(t *testing.T) {
		log.Reset()
		handler := trusting(limits.TrustLog)
		for range 3 {
			answers(t, post(handler, everything, body(`{ viewer { demo } }`)), 200, `{"data":{"viewer":{"demo":false}}}`)
		}
		if got := strings.Count(log.String(), auth.HashToken(`{ viewer { demo } }`)); got != 1 {
			t.Errorf("the log has the document %d times: %s", got, &log)
		}
	})
}

func TestStatusesOfTheDraft(t *testing.T) {
	handler := exposed(t, func(o *Options) { o.DraftStatuses = true })
	for _, tt := range []struct {
		name, body string
		headers    []string
		status     int
	}{
		{"what is no JSON", `{`, nil, 400},
		{"what is no document", body(`{ viewer`), nil, 400},
		{"a document that is not valid", body(`{ viewer { nam } }`), nil, 422},
		{"an operation that is not there", `{"query": "query A { viewer { demo } }", "operationName": "B"}`, nil, 422},
		{"a variable that does not fit", `{"query": "query($n: Int!) { calls(first: $n) { totalCount } }", "variables": {"n": "x"}}`, nil, 422},
		{"no query", `{}`, nil, 422},
		{"another type of content", `{}`, []string{"Content-Type", "text/plain"}, 415},
		{"a type that no answer has", body(`{ viewer { demo } }`), []string{"Accept", "text/html"}, 406},
		{"an answer in part", body(`{ viewer { demo } call(id: 1) { id } }`), []string{"Accept", "application/graphql-response+json"}, 294},
		{"a whole answer", body(`{ viewer { demo } }`), nil, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := post(handler, everything, tt.body, tt.headers...); got.Code != tt.status {
				t.Errorf("status %d, want %d: %s", got.Code, tt.status, got.Body)
			}
		})
	}
}

func TestPagesOfOtherSites(t *testing.T) {
	handler := exposed(t, func(o *Options) { o.Origins = []string{"https://shop.example"} })
	for _, tt := range []struct {
		name    string
		headers []string
		status  int
	}{
		{"a program may ask by GET", nil, 200},
		{"a page of the gateway may", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"so may who types the address", []string{"Sec-Fetch-Site", "none"}, 200},
		{"a page of another site may not", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"nor a page of a neighbour", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"nor who says whose page it is", []string{"Origin", "https://evil.example"}, 403},
		{"a page that is named may", []string{"Origin", "https://shop.example", "Sec-Fetch-Site", "cross-site"}, 200},
		{"a page that had to ask before may", []string{"Apollo-Require-Preflight", "1", "Sec-Fetch-Site", "cross-site"}, 200},
		{"so may one that sends JSON", []string{"Content-Type", "application/json", "Sec-Fetch-Site", "cross-site"}, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			request := httptest.NewRequest("GET", "http://gateway.example/graphql?query=%7Bviewer%7Bdemo%7D%7D", nil)
			if got := send(handler, everything, request, tt.headers...); got.Code != tt.status {
				t.Errorf("status %d, want %d: %s", got.Code, tt.status, got.Body)
			}
		})
	}
}

func TestRulesOfTheSpecification(t *testing.T) {
	handler := exposed(t, func(*Options) {})
	for _, tt := range []struct{ name, query, want string }{
		{"no condition at the root of a subscription", `subscription($w: Boolean!) { callStarted @include(if: $w) { id } }`,
			`{"errors":[{"message":"A subscription must not have @include at its root.","locations":[{"line":1,"column":43}],"extensions":{"code":"BAD_USER_INPUT"}}]}`},
		{"nor in a fragment there", `subscription($w: Boolean!) { ...F } fragment F on Subscription { ... @skip(if: $w) { callStarted { id } } }`,
			`{"errors":[{"message":"A subscription must not have @skip at its root.","locations":[{"line":1,"column":71}],"extensions":{"code":"BAD_USER_INPUT"}}]}`},
		{"operations may be described", "\"\"\"Who asks.\"\"\" query Q { viewer { organization } }", `{"data":{"viewer":{"organization":"acme"}}}`},
		{"text may be of any plane", "{ viewer { organization } } # \U0001F600 \u00e9", `{"data":{"viewer":{"organization":"acme"}}}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := post(handler, everything, body(tt.query))
			answers(t, got, 200, tt.want)
		})
	}
}

func TestVariables(t *testing.T) {
	schema := gqlparser.MustLoadSchema(&ast.Source{Input: `
		type Query { find(by: By, all: [By!], in: Wrap, n: Int, price: Float, order: Order, orders: [Order!], id: ID, ids: [ID!], name: String, deep: [[By!]!]): Int }
		input By @oneOf { id: ID name: String }
		input Wrap { by: By name: String n: Int order: Order = UP }
		enum Order { UP DOWN }
	`})
	for _, tt := range []struct{ name, variables, want string }{
		{"one field will do", `{"by": {"id": "1"}}`, ""},
		{"null will do where it is allowed", `{"by": null}`, ""},
		{"two will not", `{"by": {"id": "1", "name": "x"}}`, "input: $by: By needs exactly one field that is not null"},
		{"nor none", `{"by": {}}`, "input: $by: By needs exactly one field that is not null"},
		{"nor one that is null", `{"by": {"id": null}}`, "input: $by: By needs exactly one field that is not null"},
		{"nor one besides null", `{"by": {"id": "1", "name": null}}`, "input: $by: By needs exactly one field that is not null"},
		{"in lists", `{"all": [{"id": "1"}, {}]}`, "input: $all[1]: By needs exactly one field that is not null"},
		{"in other inputs", `{"in": {"by": {}}}`, "input: $in.by: By needs exactly one field that is not null"},
		{"one for a list is one of a list", `{"all": {}}`, "input: $all[0]: By needs exactly one field that is not null"},
		{"or of a list of lists", `{"deep": {}}`, "input: $deep[0]: By needs exactly one field that is not null"},
		{"numbers are numbers, and ids may be", `{"n": 250, "price": 2.5, "id": 7, "in": {"n": 1}}`, ""},
		{"a text is no Int", `{"n": "250"}`, "input: $n: a text is no Int: write the number without quotes"},
		{"nor a Float", `{"price": "2.5"}`, "input: $price: a text is no Float: write the number without quotes"},
		{"nor in an input", `{"in": {"n": "250"}}`, "input: $in.n: a text is no Int: write the number without quotes"},
		{"texts are texts", `{"name": "250", "in": {"name": "1"}, "id": "1.5", "ids": ["1", 2]}`, ""},
		{"a number is no String", `{"name": 250}`, "input: $name: a number is no String: write it in quotes"},
		{"nor in an input", `{"in": {"name": 1}}`, "input: $in.name: a number is no String: write it in quotes"},
		{"a fraction is no ID", `{"id": 1.5}`, "input: $id: a fraction is no ID"},
		{"nor in a list", `{"ids": ["1", 2e3]}`, "input: $ids[1]: a fraction is no ID"},
		{"values of enums are named as they are", `{"order": "UP", "orders": ["UP", "DOWN"], "in": {"order": null}}`, ""},
		{"and not in another case", `{"order": "up"}`, "input: $order: \"up\" is no Order"},
		{"nor in a list", `{"orders": ["UP", "Down"]}`, "input: $orders[1]: \"Down\" is no Order"},
		{"nor alone where a list is expected", `{"orders": "Down"}`, "input: $orders[0]: \"Down\" is no Order"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			document := gqlparser.MustLoadQueryWithRules(schema, `query($by: By, $all: [By!], $in: Wrap, $n: Int, $price: Float, $order: Order, $orders: [Order!], $id: ID, $ids: [ID!], $name: String, $deep: [[By!]!]) {
				find(by: $by, all: $all, in: $in, n: $n, price: $price, order: $order, orders: $orders, id: $id, ids: $ids, name: $name, deep: $deep)
			}`, nil)
			op := &graphql.OperationContext{Operation: document.Operations[0]}
			var sent map[string]any
			reader := json.NewDecoder(strings.NewReader(tt.variables))
			reader.UseNumber()
			err := reader.Decode(&sent)
			if err != nil {
				t.Fatal(err)
			}
			if op.Variables, err = validator.VariableValues(schema, op.Operation, sent); err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := (variableCheck{schema}).MutateOperationContext(t.Context(), op); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnOperationThatTakesTooLong(t *testing.T) {
	handler := exposed(t, func(o *Options) { o.Timeout = time.Nanosecond })
	answers(t, post(handler, everything, body(`{ viewer { demo } }`), "Accept", graphqlType), 504,
		`{"errors":[{"message":"the operation took more than 1ns","extensions":{"code":"TIMEOUT"}}]}`)
}

// What an answer must never tell: the database and its hosts, our own code.
var secrets = regexp.MustCompile(`(?i)mongo|127\.0\.0\.1|localhost:|\.sock\b|goroutine|\.go:\d|runtime error|cartograph/[a-z]|bson|panic`)

func TestNoAnswerTellsWhatLiesBehind(t *testing.T) {
	files, err := filepath.Glob("testdata/*/*.golden.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no answers: %v", err)
	}
	for _, file := range files {
		var answer struct {
			Errors []struct{ Message string }
		}
		if err := json.Unmarshal([]byte(read(t, file)), &answer); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		for _, e := range answer.Errors {
			if told := secrets.FindString(e.Message); told != "" {
				t.Errorf("%s tells %q: %s", file, told, e.Message)
			}
		}
	}
}

// An event costs what it shows, when it is made; what was taken for the
// subscription at its start is given back with the first. That the document was
// read cost 4.
func TestEventsAreChargedEach(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	openShop(t, repo)
	w := worldWith(t, repo, func(o *Options) { o.TokenRate = limits.Rate{PerSecond: 1e-9, Capacity: 100} })
	watched, errs := w.subscribe(everything, `subscription { callStarted { id agent { name } queue { name } } }`)
	if errs != nil {
		t.Fatal(errs)
	}
	var left []int
	for i := range 3 {
		w.absorb(fmt.Sprintf(`{"id":"s%d","type":"call_started","at":"2026-03-09T20:00:00Z","visitorId":"v","sessionId":"z%d","callId":"s%d","data":{"agentId":"bo","callType":"queue","queueId":"q1"}}`, i, i, i))
		watched.next(watched.ctx)
		left = append(left, chargeOf(watched.ctx).Available())
	}
	if diff := cmp.Diff([]int{93, 90, 87}, left); diff != "" {
		t.Errorf("points left after each event (-want +got):\n%s", diff)
	}
}
