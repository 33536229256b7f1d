package resolvers

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vektah/gqlparser/v2/ast"

	"cartograph/analytics"
	"cartograph/auth"
)

// TestPersonalFields fills every personal field with a mark, and asks for every
// field of the graph without the scope that shows it.
func TestPersonalFields(t *testing.T) {
	w := openTenants(t)
	ids := w.open("acme", "")
	hidden := without([]string{"pii:read"})
	t.Run("are shown with the scope", func(t *testing.T) {
		shown := map[string]bool{}
		for _, answer := range w.see(all("acme"), ids) {
			noteShown(t, answer, shown)
		}
		for _, definition := range outputTypes(w.schema) {
			for _, field := range definition.Fields {
				name := definition.Name + "." + field.Name
				if field.Directives.ForName("personal") != nil && w.inQueries(definition) && !shown[name] {
					t.Errorf("%s is null for everybody: let testdata/tenants hold something for it", name)
				}
			}
		}
	})
	t.Run("are in no answer without it", func(t *testing.T) {
		for place, answer := range w.see(hidden, ids) {
			nothingPersonal(t, place, answer)
		}
	})
	t.Run("are in no event without it", func(t *testing.T) {
		told := w.hear(hidden, ids, func(exec *world) { w.happen(exec, "acme") })
		for place, event := range told {
			nothingPersonal(t, place, event)
			if event == "the end" {
				t.Errorf("%s: nothing was told", place)
			}
		}
	})
	t.Run("are found by nothing without it", func(t *testing.T) {
		for _, target := range textsOf(w.schema) {
			plain, got := w.asked(hidden, target, nothing), w.asked(hidden, target, "PERSONAL")
			if strings.ReplaceAll(got, "PERSONAL", "") != strings.ReplaceAll(plain, nothing, "") {
				t.Errorf("%s: %s, and for nothing %s", target.name, got, plain)
			}
		}
	})
	t.Run("are in no payload without it", func(t *testing.T) {
		for _, m := range w.mutations(ids) {
			nothingPersonal(t, m, w.answer(hidden, m))
		}
	})
}

// The fields that the schema masks are those that the table of personal data says
// are shown, and the other way round. Whether a name of a chat is personal depends on who wrote: that
// is looked at where it is resolved.
func TestTheSchemaMasksWhatTheTableSays(t *testing.T) {
	t.Parallel()
	want := map[string]bool{}
	for _, f := range analytics.PersonalFields {
		for _, shown := range f.Shown {
			want[shown] = true
		}
	}
	if !want["ChatMessage.authorName"] {
		t.Error("the table has no names of chats")
	}
	delete(want, "ChatMessage.authorName")
	got := map[string]bool{}
	for _, definition := range schemaOfTests().Types {
		for _, field := range definition.Fields {
			if field.Directives.ForName("personal") != nil {
				got[definition.Name+"."+field.Name] = true
			}
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("masked (-table +schema):\n%s", diff)
	}
}

// What nobody may see without the scope, nobody sees once it is old, and nothing
// else changes: no metric, no list, no search, no answer of any field.
func TestForgettingChangesNoAnswerButWhatIsPersonal(t *testing.T) {
	t.Parallel()
	w := openTenants(t)
	ids := w.open("acme", "")
	if _, err := w.repo.FoldLive(t.Context(), 0, tenantsNow); err != nil {
		t.Fatal(err)
	}
	hidden := without([]string{"pii:read"})
	before := w.see(hidden, ids)
	after := analytics.Forgetting{Now: tenantsNow.AddDate(1, 0, 0), Age: 28 * 24 * time.Hour}
	forgotten, err := w.repo.Forget(t.Context(), after)
	if err != nil || forgotten["events"] == 0 || forgotten["calls"] == 0 || forgotten["chat_messages"] == 0 {
		t.Fatalf("blanked %v, %v", forgotten, err)
	}
	if diff := cmp.Diff(before, w.see(hidden, ids)); diff != "" {
		t.Errorf("answers changed (-before +after):\n%s", diff)
	}
	for place, answer := range w.see(all("acme"), ids) {
		nothingPersonal(t, place, answer)
	}
}

func nothingPersonal(t *testing.T, place, answer string) {
	t.Helper()
	if i := strings.Index(answer, "PERSONAL"); i >= 0 {
		t.Errorf("%s shows %.60s", place, answer[max(0, i-30):])
	}
}

func (w *tenants) asked(p *auth.Principal, target target, text string) string {
	w.t.Helper()
	return indented(w.t, ask(w.t, w.handler, p, target.query, map[string]any{"v": target.value(text)}))
}

// hear subscribes to every subscription in each way to ask it, for every field
// of the types that lie up to three steps below it, and returns what each tells first.
func (w *tenants) hear(p *auth.Principal, ids nativeIDs, happen func(*world), only ...string) map[string]string {
	w.t.Helper()
	exec := worldAt(w.t, w.repo, unbounded, func() time.Time { return tenantsNow })
	walking := walk{w.t, w.schema, ids}
	streams, told := map[string]*stream{}, map[string]string{}
	for _, field := range w.schema.Subscription.Fields {
		for _, place := range walking.from(field) {
			if len(place.path) > 3 || len(only) > 0 && only[0] != field.Name {
				continue
			}
			s, errs := exec.subscribe(p, place.operation(ast.Subscription, walking.everyField(place.of)))
			if len(errs) > 0 {
				told[place.name] = indented(w.t, errs)
				continue
			}
			streams[place.name] = s
		}
	}
	happen(exec)
	givenUp := time.AfterFunc(30*time.Second, func() { // what was not told by then never will be
		for _, s := range streams {
			s.leave()
		}
	})
	defer givenUp.Stop()
	var mu sync.Mutex
	var all sync.WaitGroup
	for name, s := range streams {
		all.Go(func() {
			event := s.take()
			s.leave()
			mu.Lock()
			defer mu.Unlock()
			told[name] = event
		})
	}
	all.Wait()
	return told
}

// happen makes something happen that every subscription of an organization tells
// of.
func (w *tenants) happen(exec *world, org string) {
	w.t.Helper()
	mark := strings.ToUpper(org)
	exec.absorbFor(org,
		`{"id":"n1","type":"call_started","at":"2026-03-09T12:00:00Z","visitorId":"vera","sessionId":"y-1","callId":"n1","data":{"agentId":"ada","callType":"queue","queueId":"beauty","trackingTag":"`+mark+`"}}`,
		`{"id":"n2","type":"shopper_identified","at":"2026-03-09T12:00:40Z","visitorId":"vera","callId":"n1","data":{"firstName":"PERSONAL `+mark+`"}}`,
		`{"id":"n3","type":"call_ended","at":"2026-03-09T12:10:00Z","visitorId":"vera","sessionId":"y-1","callId":"n1","data":{}}`,
		`{"id":"n4","type":"message_sent","at":"2026-03-09T11:20:00Z","visitorId":"vera","callId":"c1","data":{"messageId":"m8","author":"shopper","name":"PERSONAL `+mark+`","text":"`+mark+`","replyTo":"m2"}}`,
		`{"id":"n5","type":"shopper_identified","at":"2026-03-09T11:20:40Z","visitorId":"vera","callId":"c1","data":{"lastName":"PERSONAL `+mark+`"}}`,
		`{"id":"n6","type":"message_sent","at":"2026-03-09T09:20:00Z","visitorId":"ida","liveEventId":"winter","data":{"messageId":"l8","author":"viewer","name":"PERSONAL `+mark+`","text":"`+mark+`","replyTo":"l2"}}`)
	if _, err := exec.repo.ModerateMessage(w.t.Context(), analytics.Reach{Org: org, Moderator: true}, "live_event:winter:l8", analytics.ModerationAction("DISPLAY"), time.Now()); err != nil {
		w.t.Fatal(err)
	}
}
