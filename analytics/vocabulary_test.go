package analytics

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// goodEvents has one event of every type, with all keys that it may have. Who
// and when is added where an event does not say.
var goodEvents = map[EventType]string{
	CallWidgetOpened:  `{"data":{"queueId":"q","queuePlace":2,"servingAgents":1}}`,
	JoinedQueue:       `{"data":{"queueId":"q","queuePlace":2,"servingAgents":1}}`,
	LeftQueue:         `{"data":{"queueId":"q","queuePlace":0,"servingAgents":0}}`,
	CallStarted:       `{"callId":"c","data":{"agentId":"a","callType":"booked_meeting","queueId":"q","trackingTag":"till 4","waitingRoomId":"w","enteredWaitingRoomAt":"2026-03-01T09:59:00Z"}}`,
	CallEnded:         `{"callId":"c","data":{}}`,
	CallMissed:        `{"data":{"queueId":"q","enteredQueueAt":"2026-03-01T09:59:00Z"}}`,
	ProductPresented:  `{"callId":"c","data":{"sku":"boot-42"}}`,
	ProductTriedOn:    `{"callId":"c","data":{"sku":"boot-42"}}`,
	CallRated:         `{"callId":"c","data":{"scale":10,"rating":8.5,"text":"kind"}}`,
	ShopperIdentified: `{"callId":"c","data":{"firstName":"Ada","lastName":"L","email":"a@b.c","phone":"1","message":"hi","data":{"ip":"::1"}}}`,
	ShopperBlocked:    `{"callId":"c","data":{"note":"rude"}}`,
	TagsSet:           `{"callId":"c","data":{"tags":{"tier":"gold","age":3,"vip":true}}}`,

	MessageSent:     `{"callId":"c","data":{"messageId":"m","author":"shopper","name":"Ada","text":"=1+1","replyTo":"m0"}}`,
	AddedToCart:     `{"callId":"c","data":{"sku":"x","quantity":1,"cart":{"id":"k","amount":"12.50","currency":"EUR"},"affiliation":"shop"}}`,
	RemovedFromCart: `{"liveEventId":"l","data":{"sku":"x","quantity":1,"cart":{"id":"k","amount":0,"currency":"EUR"},"affiliation":"shop"}}`,

	SessionStarted:       `{"liveEventId":"l","data":{"device":"mobile","source":"mail"}}`,
	SessionEnded:         `{"liveEventId":"l"}`,
	Heartbeat:            `{"liveEventId":"l"}`,
	WidgetViewed:         `{"liveEventId":"l","data":{"widget":"gallery"}}`,
	WidgetClicked:        `{"liveEventId":"l","data":{"widget":"floating_player"}}`,
	TeaserWatched:        `{"liveEventId":"l","data":{"seconds":12.5}}`,
	AlertOpened:          `{"liveEventId":"l"}`,
	SMSSubscribed:        `{"liveEventId":"l","data":{"phone":"1","commercialOptin":false}}`,
	CalendarSubscribed:   `{"liveEventId":"l"}`,
	Shared:               `{"liveEventId":"l"}`,
	CatalogOpened:        `{"liveEventId":"l"}`,
	Liked:                `{"liveEventId":"l","data":{"count":3}}`,
	ProductDisplayed:     `{"liveEventId":"l","data":{"sku":"x"}}`,
	ProductHidden:        `{"liveEventId":"l","data":{"sku":"x"}}`,
	ProductClicked:       `{"liveEventId":"l","data":{"sku":"x"}}`,
	SurveyShown:          `{"liveEventId":"l"}`,
	SurveyAnswered:       `{"liveEventId":"l","data":{"rating":5,"comment":""}}`,
	PollAnswered:         `{"liveEventId":"l","data":{"interactionId":"i","option":"red"}}`,
	WinningInstantPlayed: `{"liveEventId":"l","data":{"interactionId":"i","won":false}}`,
	ViewerIdentified:     `{"liveEventId":"l","data":{"firstName":"Ada","phone":"1","email":"a@b.c","optin":true}}`,

	PageViewed:      `{"workflowId":"w","data":{"url":"https://shop.example/"}}`,
	WorkflowStarted: `{"workflowId":"w"}`,
	Interacted:      `{"workflowId":"w"}`,
	GoalTriggered:   `{"workflowId":"w","data":{"uid":"g","name":"Bought"}}`,
	GoalReached:     `{"data":{"uid":"g","name":"Bought"}}`,
	Purchased:       `{"data":{"transactionId":"t","amount":"12.50","currency":"EUR","products":[{"sku":"x","price":6.25,"quantity":2}]}}`,
}

type eventObject map[string]any

func (o eventObject) data() map[string]any { return o["data"].(map[string]any) }

// goodEvent returns the good event of a type as an object to be changed.
func goodEvent(t testing.TB, of EventType) eventObject {
	t.Helper()
	o := eventObject{"id": "e1", "type": string(of), "at": "2026-03-01T11:00:00+01:00", "visitorId": "v", "sessionId": "s", "data": map[string]any{}}
	if err := json.Unmarshal([]byte(goodEvents[of]), &o); err != nil {
		t.Fatal(err)
	}
	return o
}

func (o eventObject) parse(t testing.TB) (Event, error) {
	t.Helper()
	raw, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return ParseEvent(raw, noon)
}

// refusedFor fails the test unless the event is refused as bad input with a
// message that begins with a path.
func (o eventObject) refusedFor(t *testing.T, path string) {
	t.Helper()
	_, err := o.parse(t)
	if CodeOf(err) != BadUserInput || !strings.HasPrefix(err.Error(), path+": ") {
		t.Errorf("got %v, want BAD_USER_INPUT that names %s", err, path)
	}
}

func TestEveryTypeOfEvent(t *testing.T) {
	for _, of := range slices.Sorted(maps.Keys(vocabulary)) {
		kind := vocabulary[of]
		t.Run(string(of), func(t *testing.T) {
			t.Run("is read with all its keys", func(t *testing.T) {
				e, err := goodEvent(t, of).parse(t)
				if err != nil {
					t.Fatal(err)
				}
				if e.Type != of || e.EventID != "e:e1" || e.Subject == "" || !e.At.Equal(noon.Add(-2*time.Hour)) {
					t.Errorf("got %+v", e)
				}
			})
			t.Run("is refused with a key that it does not have", func(t *testing.T) {
				o := goodEvent(t, of)
				o.data()["colour"] = "red"
				o.refusedFor(t, "data.colour")
			})
			for _, key := range kind.keys {
				t.Run(key.name, func(t *testing.T) {
					missing := goodEvent(t, of)
					delete(missing.data(), key.name)
					if key.optional {
						if _, err := missing.parse(t); err != nil && !strings.Contains(err.Error(), "is required for callType") {
							t.Errorf("is optional, but without it: %v", err)
						}
					} else {
						missing.refusedFor(t, "data."+key.name)
					}
					wrong := goodEvent(t, of)
					wrong.data()[key.name] = []any{[]any{}}
					if _, err := wrong.parse(t); !strings.HasPrefix(err.Error(), "data."+key.name) {
						t.Errorf("with a list instead: %v", err)
					}
				})
			}
			t.Run("is refused where a subject is missing or not its own", func(t *testing.T) {
				for _, k := range subjectKeys {
					o := goodEvent(t, of)
					_, own := o[k.key]
					for _, other := range subjectKeys {
						delete(o, other.key)
					}
					switch {
					case own:
						if _, err := o.parse(t); CodeOf(err) != BadUserInput {
							t.Errorf("without %s: %v", k.key, err)
						}
					case kind.subjects&k.kind == 0:
						o[k.key] = "x"
						o.refusedFor(t, k.key)
					}
				}
			})
		})
	}
	if len(goodEvents) != len(vocabulary) {
		t.Errorf("%d types are tried of %d", len(goodEvents), len(vocabulary))
	}
}

func TestWrongEvents(t *testing.T) {
	long := strings.Repeat("x", 129)
	longer := strings.Repeat("x", 257)
	purchase := func(line string) string {
		return `{"id":"e","type":"purchase","at":"2026-03-01T10:00:00Z","visitorId":"v","data":{"transactionId":"t","amount":"1","currency":"EUR","products":[` + line + `]}}`
	}
	onCall := func(kind, data string) string {
		return `{"id":"e","type":"` + kind + `","at":"2026-03-01T10:00:00Z","visitorId":"v","sessionId":"s","callId":"c","data":` + data + `}`
	}
	for name, c := range map[string]struct{ event, want string }{
		"no object":                        {`[]`, `must be an object`},
		"no JSON":                          {`{"id":`, `is no valid JSON`},
		"no id":                            {`{"type":"heartbeat","at":"2026-03-01T10:00:00Z"}`, `id: is required`},
		"empty id":                         {`{"id":"","type":"heartbeat","at":"2026-03-01T10:00:00Z"}`, `id: must not be empty`},
		"id too long":                      {`{"id":"` + long + `","type":"heartbeat","at":"2026-03-01T10:00:00Z"}`, `id: 129 characters are more than the 128 allowed`},
		"name of a goal too long":          {`{"id":"e","type":"goal_reached","at":"2026-03-01T10:00:00Z","visitorId":"v","data":{"uid":"g","name":"` + longer + `"}}`, `data.name: is longer than 256 characters`},
		"id a number":                      {`{"id":7,"type":"heartbeat","at":"2026-03-01T10:00:00Z"}`, `id: must be a string`},
		"unknown type":                     {`{"id":"e","type":"call_paused","at":"2026-03-01T10:00:00Z"}`, `type: unknown event type "call_paused"`},
		"a type of our own":                {`{"id":"e","type":"import:call","at":"2026-03-01T10:00:00Z"}`, `type: unknown event type "import:call"`},
		"time without offset":              {`{"id":"e","type":"heartbeat","at":"2026-03-01T10:00:00"}`, `at: "2026-03-01T10:00:00" is no RFC 3339 time with an offset, such as "2026-03-01T09:30:00+01:00"`},
		"time six minutes ahead":           {`{"id":"e","type":"heartbeat","at":"2026-03-01T12:06:00Z"}`, `at: lies more than 5 minutes ahead of the server's time`},
		"unknown key of the envelope":      {`{"id":"e","type":"heartbeat","at":"2026-03-01T10:00:00Z","visitorID":"v"}`, `visitorID: unknown key; known are id, type, at, visitorId, sessionId, callId, liveEventId, workflowId, data`},
		"no visitor":                       {`{"id":"e","type":"heartbeat","at":"2026-03-01T10:00:00Z","liveEventId":"l"}`, `visitorId: is required for heartbeat`},
		"no session where one is needed":   {`{"id":"e","type":"heartbeat","at":"2026-03-01T10:00:00Z","visitorId":"v","liveEventId":"l"}`, `sessionId: is required for heartbeat`},
		"no subject":                       {`{"id":"e","type":"message_sent","at":"2026-03-01T10:00:00Z","visitorId":"v","data":{"messageId":"m","author":"viewer"}}`, `callId or liveEventId is required for message_sent`},
		"two subjects":                     {`{"id":"e","type":"message_sent","at":"2026-03-01T10:00:00Z","visitorId":"v","callId":"c","liveEventId":"l","data":{"messageId":"m","author":"viewer"}}`, `liveEventId: an event names one subject, this one also names callId`},
		"an id of missed calls":            {`{"id":"e","type":"call_ended","at":"2026-03-01T10:00:00Z","visitorId":"v","callId":"missed:1"}`, `callId: ids that begin with "missed:" are those of missed calls`},
		"viewer on a call":                 {onCall("message_sent", `{"messageId":"m","author":"viewer"}`), `data.author: must be agent or shopper on calls, viewer or brand on live events`},
		"queue call without queue":         {onCall("call_started", `{"agentId":"a","callType":"queue"}`), `data.queueId: is required for callType queue`},
		"booked call without waiting room": {onCall("call_started", `{"agentId":"a","callType":"booked_meeting"}`), `data.waitingRoomId: is required for callType booked_meeting`},
		"waiting room after the start":     {onCall("call_started", `{"agentId":"a","callType":"booked_meeting","waitingRoomId":"w","enteredWaitingRoomAt":"2026-03-01T10:00:01Z"}`), `data.enteredWaitingRoomAt: lies after the start of the call`},
		"rating off scale 10":              {onCall("call_rated", `{"scale":10,"rating":11}`), `data.rating: must be between 0 and 10 on scale 10`},
		"rating off scale 2":               {onCall("call_rated", `{"scale":2,"rating":0}`), `data.rating: must be 1 or 2 on scale 2`},
		"scale 5":                          {onCall("call_rated", `{"scale":5,"rating":1}`), `data.scale: must be 10 or 2`},
		"SKU with a semicolon":             {onCall("product_presented", `{"sku":"a;b"}`), `data.sku: "a;b" holds a semicolon, which separates ids in exports`},
		"quantity 0":                       {onCall("added_to_cart", `{"sku":"a","quantity":0,"cart":{"id":"k","amount":1,"currency":"EUR"}}`), `data.quantity: 0 is not between 1 and 1000000`},
		"quantity one and a half":          {onCall("added_to_cart", `{"sku":"a","quantity":1.5,"cart":{"id":"k","amount":1,"currency":"EUR"}}`), `data.quantity: 1.5 is not a whole number`},
		"cart without amount":              {onCall("added_to_cart", `{"sku":"a","quantity":1,"cart":{"id":"k","currency":"EUR"}}`), `data.cart.amount: is required`},
		"unknown currency":                 {onCall("added_to_cart", `{"sku":"a","quantity":1,"cart":{"id":"k","amount":1,"currency":"EURO"}}`), `data.cart.currency: unknown currency "EURO"`},
		"tags as a list":                   {onCall("tags_set", `{"tags":[]}`), `data.tags: must be an object`},
		"details that are no JSON":         {onCall("shopper_identified", `{"data":"ip=1"}`), `data.data: the string does not hold a JSON document`},
		"amount 0":                         {`{"id":"e","type":"purchase","at":"2026-03-01T10:00:00Z","visitorId":"v","data":{"transactionId":"t","amount":0,"currency":"EUR"}}`, `data.amount: must be above 0`},
		"amount with an exponent":          {`{"id":"e","type":"purchase","at":"2026-03-01T10:00:00Z","visitorId":"v","data":{"transactionId":"t","amount":1e3,"currency":"EUR"}}`, `data.amount: "1e3" is not a decimal amount`},
		"price with too many digits":       {purchase(`{"sku":"a","price":"1","quantity":1},{"sku":"b","price":"1.234","quantity":1}`), `data.products[1].price: 1.234 has more than the 2 fraction digits of EUR`},
		"unknown key of a product":         {purchase(`{"sku":"a","price":"1","quantity":1,"name":"A"}`), `data.products[0].name: unknown key; known are sku, price, quantity`},
		"price x quantity too large":       {purchase(`{"sku":"a","price":"9999999999999","quantity":1000000}`), `data.products[0].price: price x quantity is too large`},
		"missed before it was entered":     {`{"id":"e","type":"call_missed","at":"2026-03-01T10:00:00Z","visitorId":"v","sessionId":"s","data":{"queueId":"q","enteredQueueAt":"2026-03-01T10:00:01Z"}}`, `data.enteredQueueAt: lies after the event itself`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseEvent([]byte(c.event), noon)
			if CodeOf(err) != BadUserInput || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestReadingAnEvent(t *testing.T) {
	t.Run("keeps times to the millisecond, in UTC", func(t *testing.T) {
		o := goodEvent(t, Heartbeat)
		o["at"] = "2026-03-01T11:00:00.1239999+01:00"
		e, err := o.parse(t)
		if want := time.Date(2026, 3, 1, 10, 0, 0, 123e6, time.UTC); err != nil || e.At != want {
			t.Errorf("got %v, %v, want %v", e.At, err, want)
		}
	})
	t.Run("adds up the lines of one SKU", func(t *testing.T) {
		o := goodEvent(t, Purchased)
		o.data()["products"] = []any{
			map[string]any{"sku": "x", "price": "1.50", "quantity": 2},
			map[string]any{"sku": "y", "price": "1", "quantity": 1},
			map[string]any{"sku": "x", "price": "1.25", "quantity": 1},
		}
		e, err := o.parse(t)
		want := []PurchaseLine{{"x", 3, Money{425, "EUR"}}, {"y", 1, Money{100, "EUR"}}}
		if err != nil || !slices.Equal(e.Data.Products, want) {
			t.Errorf("got %v, %v, want %v", e.Data.Products, err, want)
		}
	})
	t.Run("drops invalid tags and keeps the order of the others", func(t *testing.T) {
		raw := `{"id":"e","type":"tags_set","at":"2026-03-01T10:00:00Z","visitorId":"v","callId":"c","data":{"tags":{"z":"1","":2,"list":[],"none":null,"long":"` +
			strings.Repeat("ä", 513) + `","a":true,"n":1.5}}}`
		e, err := ParseEvent([]byte(raw), noon)
		want := []CustomerTag{{"z", "1"}, {"a", true}, {"n", 1.5}}
		if err != nil || !slices.Equal(e.Data.Tags, want) {
			t.Errorf("got %v, %v, want %v", e.Data.Tags, err, want)
		}
	})
	t.Run("needs no visitor for messages of the store", func(t *testing.T) {
		o := goodEvent(t, MessageSent)
		delete(o, "visitorId")
		o.data()["author"] = "agent"
		if _, err := o.parse(t); err != nil {
			t.Error(err)
		}
	})
	t.Run("takes null for a key that was left out", func(t *testing.T) {
		o := goodEvent(t, MessageSent)
		o.data()["replyTo"], o["liveEventId"] = nil, nil
		if _, err := o.parse(t); err != nil {
			t.Error(err)
		}
	})
	t.Run("tells what a page may send", func(t *testing.T) {
		page := map[EventType]bool{}
		for of := range goodEvents {
			e, err := goodEvent(t, of).parse(t)
			if err != nil {
				t.Fatal(err)
			}
			page[of] = e.MayComeFromPage()
		}
		for _, of := range []EventType{Purchased, CallStarted, CallEnded, CallMissed, CallRated, ShopperIdentified, ShopperBlocked, MessageSent} {
			if page[of] {
				t.Errorf("%s may come from a page", of)
			}
		}
		for _, of := range []EventType{Heartbeat, JoinedQueue, AddedToCart, PageViewed, GoalReached, ViewerIdentified} {
			if !page[of] {
				t.Errorf("%s may not come from a page", of)
			}
		}
	})
}

func TestSendersAreToldEveryType(t *testing.T) {
	page, err := os.ReadFile("../docs/intake.md")
	if err != nil {
		t.Fatal(err)
	}
	for of, kind := range vocabulary {
		if !strings.Contains(string(page), "`"+string(of)+"`") {
			t.Errorf("docs/intake.md does not tell of %s", of)
		}
		for _, key := range kind.keys {
			if !strings.Contains(string(page), "`"+key.name+"`") {
				t.Errorf("docs/intake.md does not tell of %s of %s", key.name, of)
			}
		}
	}
}

// Every type of event that can be sent can be watched, and none else.
func TestTheSchemaNamesEveryTypeOfEvent(t *testing.T) {
	source, err := os.ReadFile("../schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(source), "enum TrackingEventType {")
	body, _, _ := strings.Cut(rest, "}")
	var got, want []string
	for line := range strings.Lines(body) {
		if word := strings.TrimSpace(line); word != "" && !strings.HasPrefix(word, `"`) {
			got = append(got, word)
		}
	}
	for kind := range vocabulary {
		want = append(want, strings.ToUpper(string(kind)))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The guide names every type that the key of a page may not send.
func TestTheGuideNamesWhatAPageMayNotSend(t *testing.T) {
	guide, err := os.ReadFile("../docs/intake.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(guide), "The key of a page sends all of these but")
	sentence, _, _ := strings.Cut(rest, "and messages of others than viewers")
	for kind := range vocabulary {
		e := Event{Type: kind, Data: EventData{Author: ByViewer}}
		if named := strings.Contains(sentence, "`"+string(kind)+"`"); named == e.MayComeFromPage() {
			t.Errorf("%s: named %v, may come from a page %v", kind, named, e.MayComeFromPage())
		}
	}
}

func FuzzParseEvent(f *testing.F) {
	for of := range goodEvents {
		raw, err := json.Marshal(goodEvent(f, of))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		e, err := ParseEvent(raw, noon)
		if err != nil {
			var known *Error
			if !errors.As(err, &known) || known.Code != BadUserInput {
				t.Fatalf("got %v, want BAD_USER_INPUT", err)
			}
			return
		}
		if e.Subject == "" || e.At.After(noon.Add(maxAhead)) || e.At.Nanosecond()%1e6 != 0 {
			t.Fatalf("taken in: %+v", e)
		}
		again, err := ParseEvent(raw, noon)
		if err != nil || again.Subject != e.Subject || again.EventID != e.EventID {
			t.Fatalf("read again: %+v, %v", again, err)
		}
		FoldCall("org", "c", []*Event{&e}, nil, nil)
		FoldPurchase("org", []*Event{&e})
	})
}
