package resolvers

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/limits"
	"cartograph/live"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// tenantsNow is the present of the tenants' shops: the call c1 has just ended.
var tenantsNow = time.Date(2026, 3, 9, 11, 28, 50, 0, time.UTC)

// tenants is a gateway for the two organizations of testdata/tenants. Every text
// that they keep holds their mark, ACME or GLOBEX, every personal one PERSONAL
// too. Both have objects of the same ids, and others whose ids only they have.
type tenants struct {
	t       *testing.T
	repo    *repository.Repository
	handler http.Handler
	schema  *ast.Schema
	ids     nativeIDs       // of whoever came last
	reached map[string]bool // the types that queries reach
}

func openTenants(t *testing.T) *tenants {
	t.Helper()
	repo := repositorytest.Open(t, nil)
	return &tenants{t: t, repo: repo, handler: unlimited(t, repo), schema: schemaOfTests()}
}

// unlimited returns a gateway where nothing is too costly.
func unlimited(t *testing.T, repo *repository.Repository) http.Handler {
	o := DefaultOptions()
	unbounded(&o)
	return newServer(repo, new(live.Broker), analytics.WebhookPolicy{}, silent, o, func() time.Time { return tenantsNow }, balanced(t))
}

// unbounded lets operations cost and take what they do.
func unbounded(o *Options) {
	o.MaxCost, o.TokenRate, o.OrganizationRate, o.Timeout = 1<<40, limits.Rate{}, limits.Rate{}, time.Minute
}

// all may do everything in an organization.
func all(org string) *auth.Principal { return &auth.Principal{Org: org, Scopes: auth.AllScopes} }

// open takes in the shop of an organization, with ids that end in suffix, and
// returns the ids.
func (w *tenants) open(org, suffix string) nativeIDs {
	t := w.t
	t.Helper()
	fill := strings.NewReplacer("%M%", strings.ToUpper(org), "%S%", suffix)
	records := lines(t, "testdata/tenants/catalog.ndjson", func(line []byte) (analytics.CatalogRecord, error) {
		return analytics.ParseCatalogRecord([]byte(fill.Replace(string(line))))
	})
	outcomes, err := w.repo.PutCatalog(t.Context(), org, records)
	accepted(t, outcomes, err)
	mark := strings.ToUpper(org)
	endpoint := &analytics.WebhookEndpoint{
		EndpointID: "crm" + suffix, CreatedAt: tenantsNow.Add(-time.Hour), URL: "https://" + mark + ".example/", Description: analytics.Text("For " + mark),
		Topics: []analytics.WebhookTopic{"CALL_ENDED"}, Headers: []analytics.WebhookHeader{{Name: "X-" + mark, Value: "hidden " + mark}},
		Enabled: true, PersonalData: true, Secret: auth.NewWebhookSecret(),
	}
	if err := w.repo.CreateWebhookEndpoint(t.Context(), analytics.Reach{Org: org}, endpoint); err != nil {
		t.Fatal(err)
	}
	events := lines(t, "testdata/tenants/events.ndjson", func(line []byte) (analytics.Event, error) {
		return analytics.ParseEvent([]byte(fill.Replace(string(line))), tenantsNow.Add(time.Minute))
	})
	last := len(events) - 1 // the end of c1, whose cart is filled before
	outcomes, err = w.repo.Absorb(t.Context(), org, events[:last])
	accepted(t, outcomes, err)

	ids := nativeIDs{
		"Call": "c1" + suffix, "Cart": "c1" + suffix, "Agent": "ada" + suffix, "Queue": "beauty" + suffix, "Product": "lip" + suffix, "ProductSize": "lip-red-s" + suffix,
		"LiveEvent": "winter" + suffix, "Interaction": "quiz" + suffix, "Workflow": "advice" + suffix, "WebhookEndpoint": "crm" + suffix,
		"ChatMessage": "live_event:winter" + suffix + ":l1",
	}
	do := func(text string) map[string]any {
		t.Helper()
		answer := ask(t, w.handler, all(org), fill.Replace(text), nil)
		if data, _ := json.Marshal(answer); answer["errors"] != nil || strings.Contains(string(data), `"code"`) {
			t.Fatalf("%s: %s", text, data)
		}
		return answer["data"].(map[string]any)
	}
	do(`mutation { addToCart(input: {callId: "c1%S%", sku: "lip-red-s%S%"}) { userErrors { code } } }`)
	do(`mutation { acknowledgeCartRequest(input: {requestId: "c1%S%/1", success: true}) { userErrors { code } } }`)
	do(`mutation { checkoutCart(input: {callId: "c1%S%"}) { userErrors { code } } }`)
	do(`mutation { updateCartItem(input: {callId: "c1%S%", sku: "lip-red-s%S%", quantity: 4}) { userErrors { code } } }`)
	ids["CartRequest"] = "c1" + suffix + "/4"
	do(`mutation { moderateChatMessage(input: {messageId: "live_event:winter%S%:l1", action: DELETE}) { userErrors { code } } }`)
	do(`mutation { banViewer(input: {liveEventId: "winter%S%", visitorId: "max%S%"}) { userErrors { code } } }`)
	outcomes, err = w.repo.Absorb(t.Context(), org, events[last:])
	accepted(t, outcomes, err)

	token, _, err := auth.NewToken(org, "ada"+suffix, auth.Scopes{auth.CallsRead}, tenantsNow)
	if err != nil {
		t.Fatal(err)
	}
	ends := tenantsNow.Add(time.Hour)
	token.Name, token.ExpiresAt, token.LastUsed = "For "+mark, &ends, &tenantsNow
	if err := w.repo.CreateToken(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	ids["Token"] = token.ID()

	made := do(`mutation { requestExport(input: {kind: LIVE_EVENT, format: XLSX, liveEventId: "winter%S%", period: {start: "2026-03-09T00:00:00Z", end: "2026-03-10T00:00:00Z"}}) { export { exportId } userErrors { code } } }`)
	ids["Export"] = made["requestExport"].(map[string]any)["export"].(map[string]any)["exportId"].(string)
	told := do(`{ node(id: "WebhookEndpoint:crm%S%") { ... on WebhookEndpoint { deliveries { nodes { deliveryId } } } } }`)
	ids["WebhookDelivery"] = told["node"].(map[string]any)["deliveries"].(map[string]any)["nodes"].([]any)[0].(map[string]any)["deliveryId"].(string)
	w.ids = ids
	return ids
}

// places returns every place of the graph below the queries.
func (w *tenants) places(ids nativeIDs) (places []visit) {
	for _, field := range w.schema.Query.Fields {
		if !isIntrospection(field.Name) {
			places = append(places, walk{w.t, w.schema, ids}.from(field)...)
		}
	}
	return places
}

// placesAtOnce is how many places one operation asks for: as many fields as a
// query may have at its root, so that the test does not take a request for each.
const placesAtOnce = limits.MaxRootFields

// see asks for every field of every place, and returns the answers as JSON.
func (w *tenants) see(p *auth.Principal, ids nativeIDs) map[string]string {
	w.t.Helper()
	answers := map[string]string{}
	for batch := range slices.Chunk(w.places(ids), placesAtOnce) {
		var text strings.Builder
		selections := make([]string, len(batch))
		for i, place := range batch {
			selections[i] = place.open + " " + walk{w.t, w.schema, ids}.everyField(place.of) + " " + place.shut
			fmt.Fprintf(&text, " p%d: %s", i, selections[i])
		}
		together := ask(w.t, w.handler, p, "{"+text.String()+" }", nil)
		for i, place := range batch {
			if together["errors"] != nil { // of one of them: alone each says its own
				answers[place.name] = w.answer(p, "{ "+selections[i]+" }")
				continue
			}
			alone, err := json.Marshal(together["data"].(map[string]any)[fmt.Sprint("p", i)])
			if err != nil {
				w.t.Fatal(err)
			}
			answers[place.name] = string(alone)
		}
	}
	return answers
}

// TestTenants walks every field of every type that each query reaches, as one
// organization beside another, and then every mutation.
func TestTenants(t *testing.T) {
	if testing.Short() {
		t.Skip("walks the whole schema many times")
	}
	w := openTenants(t)
	acme := w.open("acme", "")
	before := w.see(all("acme"), acme)
	globex, theirs := w.open("globex", ""), w.open("globex", "-theirs")

	t.Run("what one sees does not change by what another has", func(t *testing.T) {
		after := w.see(all("acme"), acme)
		for place, want := range before {
			if diff := cmp.Diff(want, after[place]); diff != "" {
				t.Errorf("%s (-alone +beside another):\n%s", place, diff)
			}
			noneOfGlobex(t, place, after[place])
		}
	})
	t.Run("each sees its own", func(t *testing.T) {
		shown := map[string]bool{}
		noteShown(t, w.answer(&auth.Principal{Org: "globex", Agent: "ada-theirs", Scopes: auth.AllScopes}, `{ viewer { __typename agent { name } } }`), shown)
		for place, answer := range w.see(all("globex"), theirs) {
			if strings.Contains(answer, "ACME") {
				t.Errorf("%s shows what belongs to another: %s", place, answer)
			}
			noteShown(t, answer, shown)
		}
		for _, definition := range outputTypes(w.schema) {
			for _, field := range definition.Fields {
				if name := definition.Name + "." + field.Name; w.inQueries(definition) && !shown[name] && !neverShown[name] {
					t.Errorf("%s is null or empty wherever it is asked for, so that this test says nothing of it: let testdata/tenants hold something for it", name)
				}
			}
		}
	})
	t.Run("nothing is found by the ids of another", func(t *testing.T) {
		for place, answer := range w.see(all("acme"), theirs) {
			noneOfGlobex(t, place, answer)
		}
	})
	t.Run("nothing is found by what is searched for and pages that begin where those of another end", func(t *testing.T) {
		cursors := cursorsIn(w.see(all("globex"), theirs))
		texts := []string{"GLOBEX", "vera-theirs", "Ada GLOBEX"}
		for typeName, id := range theirs {
			texts = append(texts, id, typeName+":"+id)
		}
		for _, target := range textsOf(w.schema) {
			plain := target.ask(t, w.handler, nothing)
			isCursor := strings.HasSuffix(target.name, ".after") || strings.HasSuffix(target.name, ".before")
			foreign := texts
			if isCursor {
				foreign = cursors
			}
			for _, text := range foreign {
				got := target.ask(t, w.handler, text)
				if diff := cmp.Diff(plain.data, got.data); diff != "" && !isCursor && !slices.Contains(got.codes, "BAD_USER_INPUT") {
					t.Errorf("%s: %q finds what %q does not (-want +got):\n%s", target.name, text, nothing, diff)
				}
				answer, _ := json.Marshal(got.data)
				noneOfGlobex(t, target.name, string(answer))
			}
		}
	})
	t.Run("nothing is told of what happens elsewhere", func(t *testing.T) {
		told := w.hear(all("acme"), acme, func(exec *world) {
			w.happen(exec, "globex")
			w.happen(exec, "acme")
		})
		for place, event := range told {
			noneOfGlobex(t, place, event)
			if strings.Contains(event, `"extensions"`) || event == "the end" {
				t.Errorf("%s: %s", place, event)
			}
		}
	})
	t.Run("nothing is told by the ids of another", func(t *testing.T) {
		for _, field := range w.schema.Subscription.Fields {
			if len(field.Arguments) == 0 || !field.Arguments[0].Type.NonNull {
				continue
			}
			for place, event := range w.hear(all("acme"), theirs, func(*world) {}, field.Name) {
				if !strings.Contains(event, `"NOT_FOUND"`) {
					t.Errorf("%s: %s", place, event)
				}
			}
		}
	})
	t.Run("nothing is changed by the mutations of another", func(t *testing.T) {
		want, wantTheirs := w.see(all("globex"), globex), w.see(all("globex"), theirs)
		for _, ids := range []nativeIDs{theirs, acme} {
			for _, m := range w.mutations(ids) {
				noneOfGlobex(t, m, w.answer(all("acme"), m))
			}
		}
		for place, answer := range w.see(all("globex"), globex) {
			if diff := cmp.Diff(want[place], answer); diff != "" {
				t.Errorf("%s has changed (-before +after):\n%s", place, diff)
			}
		}
		for place, answer := range w.see(all("globex"), theirs) {
			if diff := cmp.Diff(wantTheirs[place], answer); diff != "" {
				t.Errorf("%s has changed (-before +after):\n%s", place, diff)
			}
		}
	})
}

// neverShown are fields that hold nothing in the test data: of what is only made
// by time, or by what cannot come in together with the rest.
var neverShown = map[string]bool{
	"WebhookEndpoint.disabledReason": true, "WebhookEndpoint.formerSecretUntil": true, // of endpoints that were changed
	"WebhookDelivery.attempts": true, "WebhookAttempt.at": true, "WebhookAttempt.durationSeconds": true, "WebhookAttempt.statusCode": true, "WebhookAttempt.error": true, // nothing is sent
	"Export.totalRows": true, "Export.failure": true, "ExportFailure.code": true, "ExportFailure.message": true, // nobody downloads
	"CartRequest.reason": true, "CartRequest.message": true, // of requests that were refused: only updates show them
}

// noneOfGlobex fails the test for an answer with anything of the organization.
func noneOfGlobex(t *testing.T, place, answer string) {
	t.Helper()
	if strings.Contains(answer, "GLOBEX") || strings.Contains(answer, "-theirs") && !strings.Contains(place, "-theirs") {
		t.Errorf("%s shows what belongs to another: %.300s", place, answer)
	}
}

// answer returns what is answered, as JSON.
func (w *tenants) answer(p *auth.Principal, operation string) string {
	w.t.Helper()
	answer, err := json.Marshal(ask(w.t, w.handler, p, operation, nil))
	if err != nil {
		w.t.Fatal(err)
	}
	return string(answer)
}

// noteShown notes the fields, as "Call.id", that an answer holds something for.
func noteShown(t *testing.T, answer string, shown map[string]bool) {
	t.Helper()
	var whole any
	if err := json.Unmarshal([]byte(answer), &whole); err != nil {
		t.Fatal(err)
	}
	eachObject(whole, func(object map[string]any) {
		for field, value := range object {
			list, isList := value.([]any)
			if value != nil && !(isList && len(list) == 0) {
				shown[fmt.Sprint(object["__typename"], ".", field)] = true
			}
		}
	})
}

// eachObject calls f for every object in a value.
func eachObject(value any, f func(map[string]any)) {
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			eachObject(item, f)
		}
	case map[string]any:
		f(value)
		for _, item := range value {
			eachObject(item, f)
		}
	}
}

// cursorsIn returns the cursors that answers hold, each once.
func cursorsIn(answers map[string]string) (cursors []string) {
	seen := map[string]bool{}
	for _, answer := range answers {
		var whole any
		_ = json.Unmarshal([]byte(answer), &whole) // it was made by Marshal
		eachObject(whole, func(object map[string]any) {
			for field, value := range object {
				if text, ok := value.(string); ok && strings.HasSuffix(strings.ToLower(field), "cursor") && !seen[text] {
					seen[text] = true
					cursors = append(cursors, text)
				}
			}
		})
	}
	return cursors
}

// inQueries reports whether queries reach a type.
func (w *tenants) inQueries(definition *ast.Definition) bool {
	if w.reached == nil {
		w.reached = map[string]bool{}
		for _, place := range w.places(w.ids) {
			w.reached[place.of.Name] = true
		}
	}
	return w.reached[definition.Name]
}

// mutations returns every mutation with the ids given, in each way to ask it.
func (w *tenants) mutations(ids nativeIDs) (operations []string) {
	for _, field := range w.schema.Mutation.Fields {
		for _, place := range (walk{w.t, w.schema, ids}).from(field) {
			if len(place.path) == 1 { // what lies below it, it shows
				operations = append(operations, place.operation(ast.Mutation, walk{w.t, w.schema, ids}.everyField(place.of)))
			}
		}
	}
	return operations
}
