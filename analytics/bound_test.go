package analytics

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var showtime = time.Date(2026, 3, 28, 20, 0, 0, 0, time.UTC)

// many returns events made by their number, a millisecond apart.
func many(n int, each func(i int) Event) []*Event {
	events := make([]*Event, n)
	for i := range events {
		e := each(i)
		e.EventID, e.At = fmt.Sprint("e:", i), showtime.Add(time.Duration(i)*time.Millisecond)
		events[i] = &e
	}
	return events
}

// foldShow folds events of a live event into the one bucket of its first quarter of
// an hour.
func foldShow(events []*Event, sessions ...*LiveSession) *LiveBucket {
	ordinals := map[string]uint32{}
	return FoldLiveBucket(&LiveActivity{
		LiveEventID: "live", Events: events, Sessions: sessions,
		Visitor: func(id string) uint32 {
			if _, known := ordinals[id]; !known {
				ordinals[id] = uint32(len(ordinals))
			}
			return ordinals[id]
		},
	}, Prelive, Period{Start: showtime, End: showtime.Add(15 * time.Minute)})
}

func ofShow(kind EventType, visitor int, data EventData) Event {
	return Event{Type: kind, Subject: LiveEventSubject("live"), VisitorID: fmt.Sprint("v", visitor), Data: data}
}

func TestManyGoalsAreCountedTogether(t *testing.T) {
	events := many(100_000, func(i int) Event {
		uid := fmt.Sprint("goal-", i)
		if i%100 == 0 {
			uid = "newsletter"
		}
		return Event{Type: GoalTriggered, Subject: WorkflowSubject("w"), VisitorID: "v", Data: EventData{UID: uid, Name: uid}}
	})
	buckets := FoldWorkflowBuckets(&WorkflowActivity{
		WorkflowID: "w", Events: events,
		Visitor: func(string) uint32 { return 0 }, Session: func(string) uint32 { return 0 },
	}, Period{Start: showtime, End: showtime.Add(15 * time.Minute)})
	if len(buckets) != 1 {
		t.Fatalf("%d buckets", len(buckets))
	}
	bucket := buckets[0].Bucket
	for _, of := range []struct {
		name   string
		merged []*WorkflowBucket
		sum    int
	}{
		{"a quarter of an hour", []*WorkflowBucket{bucket}, 100_000},
		{"a day of quarters alike", []*WorkflowBucket{bucket, bucket, bucket}, 300_000},
	} {
		all := &WorkflowBucket{}
		for _, b := range of.merged {
			all.Merge(b)
		}
		sum, newsletter := 0, 0
		for _, g := range all.Triggered {
			sum += g.Count
			if g.UID == "newsletter" {
				newsletter = g.Count
			}
		}
		if len(all.Triggered) != MaxGoals || sum != of.sum || newsletter != of.sum/100 {
			t.Errorf("%s: %d goals, %d in all, %d of one; want %d, %d, %d", of.name, len(all.Triggered), sum, newsletter, MaxGoals, of.sum, of.sum/100)
		}
		if rest := all.Triggered[0]; rest.UID != "" || rest.Name != "(other goals)" || rest.Count != of.sum-newsletter-998*len(of.merged) {
			t.Errorf("%s: the rest is %+v", of.name, rest)
		}
	}
}

func TestThePurchaseGoalIsAlwaysToldApart(t *testing.T) {
	goals := []GoalTally{{UID: "a", Name: VisitorPurchased, Count: 1}}
	for i := range 2000 {
		goals = append(goals, GoalTally{UID: fmt.Sprintf("b%04d", i), Count: 5})
	}
	kept := withRest(goals, goalsBound)
	if len(kept) != MaxGoals || kept[1].Name != VisitorPurchased || kept[0] != (GoalTally{Name: "(other goals)", Count: 5 * 1002}) {
		t.Errorf("%d kept, beginning with %+v", len(kept), kept[:2])
	}
}

func TestWhatViewersSendWithoutEnd(t *testing.T) {
	t.Run("sources", func(t *testing.T) {
		var sessions []*LiveSession
		for i := range 20_000 {
			source := fmt.Sprint("https://example.com/?click=", i)
			if i%4 == 0 {
				source = "newsletter"
			}
			sessions = append(sessions, &LiveSession{LiveEventID: "live", SessionID: fmt.Sprint(i), Ordinal: uint32(i),
				Start: &SessionStart{At: showtime, VisitorID: fmt.Sprint("v", i), Device: "mobile", Source: source}})
		}
		figures := foldShow(nil, sessions...).Figures(Prelive, nil)
		sources := figures.trafficSources()
		sum := 0
		for _, s := range sources {
			sum += s.Sessions
		}
		want := []TrafficSource{
			{Source: "(other sources)", Sessions: 14_002, Share: Ratio{14_002, 20_000}},
			{Source: "newsletter", Sessions: 5000, Share: Ratio{5000, 20_000}},
		}
		if diff := cmp.Diff(want, sources[:2]); diff != "" || len(sources) != maxSources || sum != 20_000 {
			t.Errorf("%d sources, %d sessions\n%s", len(sources), sum, diff)
		}
	})
	t.Run("products", func(t *testing.T) {
		bucket := foldShow(many(20_000, func(i int) Event {
			switch {
			case i == 0:
				return ofShow(ProductDisplayed, 0, EventData{SKU: "boot"})
			case i%4 == 0:
				return ofShow(AddedToCart, i, EventData{SKU: fmt.Sprint("sku-", i)})
			}
			return ofShow(ProductClicked, i, EventData{SKU: fmt.Sprint("sku-", i)})
		}))
		figures := MergeLiveBuckets(bucket, bucket).Figures(Prelive, nil)
		if len(bucket.Products) != MaxSKUs || figures.Business.ProductClicks != 30_000 || figures.Business.AddToCarts != 9998 {
			t.Errorf("%d products, %d clicks, %d adds", len(bucket.Products), figures.Business.ProductClicks, figures.Business.AddToCarts)
		}
		products := figures.preliveProducts()
		shown := figures.productOf("boot", products)
		if len(products) != MaxSKUs-1 || shown.Presented != 2 || figures.productOf("", products).Clicks != 0 {
			t.Errorf("%d products are shown, the displayed one %d times", len(products), shown.Presented)
		}
	})
	t.Run("options of a poll", func(t *testing.T) {
		bucket := foldShow(many(50_000, func(i int) Event {
			option := fmt.Sprint("option ", i)
			if i%5 == 0 {
				option = "red"
			}
			return ofShow(PollAnswered, i, EventData{InteractionID: "poll", Option: option})
		}))
		stats := bucket.InteractionFigures().Poll(&Interaction{InteractionID: "poll", Options: []string{"red", "blue"}})
		want := []PollOptionStatistics{
			{Option: "red", Answers: 10_000, Share: Ratio{10_000, 50_000}},
			{Option: "blue", Share: Ratio{0, 50_000}},
			{Option: "(other options)", Answers: 38_002, Share: Ratio{38_002, 50_000}},
		}
		if diff := cmp.Diff(want, stats.Options[:3]); diff != "" || stats.Answers != 50_000 || stats.Participants != 50_000 || len(stats.Options) != maxOptions+1 {
			t.Errorf("%d answers, %d participants, %d options\n%s", stats.Answers, stats.Participants, len(stats.Options), diff)
		}
	})
	t.Run("carts", func(t *testing.T) {
		long := strings.Repeat("🛒", 120)
		bucket := foldShow(many(30_000, func(i int) Event {
			e := ofShow(AddedToCart, i, EventData{SKU: "boot", Cart: &CartState{ID: fmt.Sprintf("%08d", i) + long, Amount: Money{Minor: int64(i), Currency: "EUR"}}})
			return e
		}))
		business := bucket.Figures(Prelive, nil).Business
		if len(bucket.Carts) < 8000 || bucket.size() > maxBucket {
			t.Errorf("%d carts are told apart, %d bytes", len(bucket.Carts), bucket.size())
		}
		if diff := cmp.Diff([]Money{{Minor: 449_985_000, Currency: "EUR"}}, business.TotalCartsAmount); diff != "" || business.CartsCreated != 30_000 {
			t.Errorf("%d carts\n%s", business.CartsCreated, diff)
		}
	})
}

// What a broadcast comes to that was ever seen, and more, is told apart.
func TestWhatABroadcastHasIsExact(t *testing.T) {
	const visitors = 50_000
	var sessions []*LiveSession
	for i := range visitors {
		sessions = append(sessions, &LiveSession{LiveEventID: "live", SessionID: fmt.Sprint(i), Ordinal: uint32(i),
			Start: &SessionStart{At: showtime, VisitorID: fmt.Sprint("v", i), Device: "mobile", Source: fmt.Sprint("source-", i%200)}})
	}
	bucket := foldShow(many(3*visitors, func(i int) Event {
		if i%3 == 0 {
			return ofShow(AddedToCart, i/3, EventData{SKU: fmt.Sprint("sku-", i%300),
				Cart: &CartState{ID: fmt.Sprintf("cart-%031d", i), Amount: Money{Minor: 100, Currency: "EUR"}}})
		}
		return ofShow(ProductClicked, i%visitors, EventData{SKU: fmt.Sprint("sku-", i%300)})
	}), sessions...)
	if len(bucket.Sources) != 200 || len(bucket.Products) != 300 || len(bucket.Carts) != visitors || bucket.MoreCarts != nil {
		t.Errorf("%d sources, %d products, %d carts", len(bucket.Sources), len(bucket.Products), len(bucket.Carts))
	}
}

func TestDisplaysWithoutEnd(t *testing.T) {
	events := many(20_000, func(i int) Event { return ofShow(ProductDisplayed, 0, EventData{SKU: fmt.Sprint(i)}) })
	marks := FoldLiveDisplays("live", nil, events[10_000:]).Merge(FoldLiveDisplays("live", nil, events[:10_000])).Marks
	if len(marks) != maxDisplays || marks[0].SKU != "0" || marks[maxDisplays-1].SKU != "9999" {
		t.Errorf("%d marks from %s to %s", len(marks), marks[0].SKU, marks[len(marks)-1].SKU)
	}
}

func TestASessionThatAlwaysComesBack(t *testing.T) {
	events := many(3000, func(int) Event { return ofShow(Heartbeat, 0, EventData{}) })
	extended := &LiveSession{LiveEventID: "live", SessionID: "s"}
	for i, e := range events {
		e.SessionID, e.At = "s", showtime.Add(time.Duration(i)*time.Hour)
		if !extended.Extend(e, nil) {
			t.Fatal("it has to be folded again")
		}
	}
	folded := FoldLiveSession("live", "s", nil, events)
	if first, last := folded.Span(); len(folded.Stretches) != maxStretches || !first.Equal(showtime) || !last.Equal(showtime.Add(999*time.Hour)) {
		t.Errorf("%d stretches from %s to %s", len(folded.Stretches), first, last)
	}
	if !folded.Same(extended) {
		t.Errorf("extended sign by sign it has %d stretches", len(extended.Stretches))
	}
}

func TestACallWithoutEndOfProducts(t *testing.T) {
	events := many(100_000, func(i int) Event {
		return Event{Type: ProductTriedOn, Subject: CallSubject("c"), Data: EventData{SKU: fmt.Sprint("sku-", i/2)}}
	})
	long := strings.Repeat("x", 20_000)
	start := Event{EventID: "e:start", Type: CallStarted, At: showtime, Subject: CallSubject("c"), Data: EventData{AgentID: "ada", CallType: BookedMeeting, TrackingTag: long}}
	who := Event{EventID: "e:who", Type: ShopperIdentified, At: showtime, Subject: CallSubject("c"), Data: EventData{FirstName: long, Details: `"` + strings.Repeat("x", maxDetails) + `"`}}
	call := FoldCall("org", "c", append(events, &start, &who), nil, nil).Call
	if len(call.TriedOnSKUs) != 1000 || len(call.SKUs) != 1000 || len(call.Counts) != 1000 || call.Counts[999].SKU != "sku-999" || call.Counts[999].TriedOn != 2 {
		t.Errorf("%d SKUs, %d counts", len(call.TriedOnSKUs), len(call.Counts))
	}
	if len(call.TrackingTag) != 10_000 || len(call.Shopper.FirstName) != 10_000 || call.Shopper.Data != "" {
		t.Errorf("texts of %d, %d and %d bytes", len(call.TrackingTag), len(call.Shopper.FirstName), len(call.Shopper.Data))
	}
}

func TestACallWithoutEndOfPurchases(t *testing.T) {
	var purchases []*Purchase
	for i := range 5000 {
		purchases = append(purchases, &Purchase{TransactionID: fmt.Sprintf("t-%04d", i), At: showtime, Total: Money{Minor: 100, Currency: "EUR"},
			Lines: []PurchaseLine{{SKU: fmt.Sprint("sku-", i), Quantity: 1, Sales: Money{Minor: 100, Currency: "EUR"}}}})
	}
	m := FoldCallMetrics(&Call{CallID: "c"}, purchases)
	if p := m.Purchases; len(p.OrderIDs) != 1000 || len(p.SKUs) != 1000 || len(m.Products) != 1000 || p.Count != 5000 || p.Revenue[0].Minor != 500_000 {
		t.Errorf("%d orders and %d SKUs of %d purchases", len(p.OrderIDs), len(p.SKUs), p.Count)
	}
}

func TestWhatIsTooLongToBeTaken(t *testing.T) {
	list := func(n int, element string) string {
		return "[" + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + "]"
	}
	text := func(n int) string { return `"` + strings.Repeat("é", n) + `"` }
	tags := func(n int) string {
		object := map[string]int{}
		for i := range n {
			object[fmt.Sprint(i)] = i
		}
		raw, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	event := func(kind, more, data string) func() error {
		return func() error {
			_, err := ParseEvent(fmt.Appendf(nil, `{"id":"1","type":%q,"at":"2026-03-28T20:00:00Z","visitorId":"v",%s,"data":%s}`, kind, more, data), showtime)
			return err
		}
	}
	record := func(raw string) func() error {
		return func() error { _, err := ParseCatalogRecord([]byte(raw)); return err }
	}
	ended := func(payload string) func() error {
		return func() error {
			_, err := ParseCallEnded([]byte(`{"eventId":"1","payload":{"callId":"c","startedAt":"2026-03-28T19:00:00Z","endedAt":"2026-03-28T19:30:00Z",`+payload+`}}`), showtime)
			return err
		}
	}
	line := `{"sku":"a","price":1,"quantity":1}`
	for _, c := range []struct {
		name string
		read func() error
		want string // "" for what is taken
	}{
		{"a message", event("message_sent", `"liveEventId":"l"`, `{"messageId":"m","author":"viewer","text":`+text(10_000)+`}`), ""},
		{"a message too long", event("message_sent", `"liveEventId":"l"`, `{"messageId":"m","author":"viewer","text":`+text(10_001)+`}`), "data.text: 10001 characters are more than the 10000 allowed"},
		{"a name too long", event("shopper_identified", `"callId":"c"`, `{"firstName":`+text(10_001)+`}`), "data.firstName: 10001 characters are more than the 10000 allowed"},
		{"details too long", event("shopper_identified", `"callId":"c"`, `{"data":{"a":"`+strings.Repeat("x", 64<<10)+`"}}`), "data.data: 65544 bytes are more than the 65536 allowed"},
		{"tags", event("tags_set", `"callId":"c"`, `{"tags":`+tags(1000)+`}`), ""},
		{"too many tags", event("tags_set", `"callId":"c"`, `{"tags":`+tags(1001)+`}`), "data.tags: 1001 tags are more than the 1000 allowed"},
		{"lines", event("purchase", `"callId":"c"`, `{"transactionId":"t","amount":1,"currency":"EUR","products":`+list(1000, line)+`}`), ""},
		{"too many lines", event("purchase", `"callId":"c"`, `{"transactionId":"t","amount":1,"currency":"EUR","products":`+list(1001, line)+`}`), "data.products: 1001 elements are more than the 1000 allowed"},
		{"an event too large", event("session_started", `"liveEventId":"l","sessionId":"s"`, `{"device":"mobile","source":"`+strings.Repeat("x", 1<<20)+`"}`), "1048728 bytes are more than the 1048576 allowed"},
		{"too many options", record(`{"kind":"interaction","id":"p","liveEventId":"l","type":"poll","options":` + list(50_000, `"a"`) + `}`), "options: 50000 elements are more than the 1000 allowed"},
		{"too many sizes", record(`{"kind":"product","sku":"a","name":"A","variations":[{"sku":"b","sizes":` + list(1001, `{"sku":"c"}`) + `}]}`), "variations[0].sizes: 1001 elements are more than the 1000 allowed"},
		{"too many SKUs", record(`{"kind":"product","sku":"a","name":"A","variations":[` + manyVariations(6, 900) + `]}`), "variations: 5407 SKUs are more than the 5000 allowed"},
		{"a record too large", record(`{"kind":"queue","id":"q","name":"` + strings.Repeat("x", 1<<20) + `"}`), "1048611 bytes are more than the 1048576 allowed"},
		{"a chat too long", ended(`"chat":` + list(10_001, `{"src":"agent","date":"2026-03-28T19:10:00Z"}`)), "payload.chat: 10001 elements are more than the 10000 allowed"},
		{"too many products", ended(`"products":` + list(1001, `"a"`)), "payload.products: 1001 elements are more than the 1000 allowed"},
		{"a name of an agent", ended(`"agent":{"id":"ada","name":` + text(257) + `}`), "payload.agent.name: is longer than 256 characters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := c.read()
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || err.Error() != c.want):
				t.Errorf("got %v", err)
			}
		})
	}
}

// manyVariations returns variations with so many sizes each, all SKUs different.
func manyVariations(variations, sizes int) string {
	var list []string
	for v := range variations {
		var of []string
		for s := range sizes {
			of = append(of, fmt.Sprintf(`{"sku":"v%d-%d"}`, v, s))
		}
		list = append(list, fmt.Sprintf(`{"sku":"v%d","sizes":[%s]}`, v, strings.Join(of, ",")))
	}
	return strings.Join(list, ",")
}
