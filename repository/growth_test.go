package repository_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// A document ends at 16 MB, and senders choose what figures are kept by. However
// much they think of, everything is folded, and what comes next is taken.

// documentLimit is what the database takes of one document, in bytes.
const documentLimit = 16 << 20

// long returns one of many texts of a number of characters, each of four bytes.
func long(i, characters int) string {
	return fmt.Sprintf("%08d", i) + strings.Repeat("🧦", characters-8)
}

// absorbMany absorbs so many events in batches of a thousand, and returns how many
// were accepted and the first refusal.
func absorbMany(t *testing.T, repo *repository.Repository, org string, n int, each func(i int) analytics.Event) (accepted int, refused error) {
	t.Helper()
	events := make([]analytics.Event, n)
	for i := range events {
		events[i] = each(i)
	}
	for batch := range slices.Chunk(events, 1000) {
		outcomes, err := repo.Absorb(t.Context(), org, batch)
		if err != nil {
			t.Fatal(err)
		}
		for _, outcome := range outcomes {
			switch {
			case outcome.Err == nil:
				accepted++
			case refused == nil:
				refused = outcome.Err
			}
		}
	}
	return accepted, refused
}

func TestAWorkflowOfGoalsWithoutEnd(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	putCatalog(t, repo, org, `{"kind":"workflow","id":"w","name":"W","type":"interaction"}`)
	const goals = 2500
	if n, refused := absorbMany(t, repo, org, goals, func(i int) analytics.Event {
		return event(t, fmt.Sprint(i), "goal_triggered", evening, object{"visitorId": "v", "workflowId": "w",
			"data": object{"uid": long(i, 128), "name": long(i, 256)}})
	}); n != goals {
		t.Errorf("%d accepted: %v", n, refused)
	}
	if _, err := repo.FoldWorkflows(t.Context(), time.Now()); err != nil {
		t.Fatal(err)
	}
	nothingLeftToRecover(t, repo, org)
	reach := analytics.Reach{Org: org}
	readings, err := repo.ReadWorkflows(t.Context(), reach, analytics.Period{Start: evening.AddDate(0, 0, -1), End: evening.AddDate(0, 0, 1)}, time.UTC, []string{"w"})
	if err != nil {
		t.Fatal(err)
	}
	triggered, sum := readings["w"].Bucket.Triggered, 0
	for _, g := range triggered {
		sum += g.Count
	}
	if len(triggered) != analytics.MaxGoals || sum != goals || triggered[0] != (analytics.GoalTally{Name: "(other goals)", Count: goals - analytics.MaxGoals + 1}) {
		t.Errorf("%d goals, %d in all, the first %.60v", len(triggered), sum, triggered[0])
	}
	workflows, err := repo.WorkflowsByID(t.Context(), reach, []string{"w"})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(workflows["w"].Goals); n != analytics.MaxGoals {
		t.Errorf("the workflow knows %d goals", n)
	}
}

func TestALiveEventOfProductsWithoutEnd(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	putCatalog(t, repo, org, `{"kind":"live_event","id":"live","name":"Live"}`)
	displayed := func(i int) analytics.Event {
		return event(t, fmt.Sprint(i), "product_displayed", evening.Add(time.Duration(i)*time.Second), object{"visitorId": "v", "liveEventId": "live", "data": object{"sku": fmt.Sprint("sku-", i)}})
	}
	if n, refused := absorbMany(t, repo, org, analytics.MaxSKUs+500, displayed); n != analytics.MaxSKUs+500 {
		t.Errorf("%d accepted: %v", n, refused)
	}
	found, err := repo.LiveEventsByID(t.Context(), analytics.Reach{Org: org}, []string{"live"})
	if err != nil {
		t.Fatal(err)
	}
	if n := len(found["live"].SKUs); n != analytics.MaxSKUs {
		t.Errorf("the live event knows %d products", n)
	}
}

func TestACallOfEventsWithoutEnd(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	reach := onCalls(t, repo, "c")
	tried := func(i int) analytics.Event {
		return event(t, fmt.Sprint("tried ", i), "product_tried_on", evening, object{"visitorId": "v", "callId": "c", "data": object{"sku": fmt.Sprint("sku-", i)}})
	}
	accepted, refused := absorbMany(t, repo, reach.Org, 6500, tried)
	if accepted != 5000 || analytics.CodeOf(refused) != analytics.LimitExceeded || refused.Error() != "callId: the call has the 5000 events that a call may have" {
		t.Errorf("%d accepted, then %v", accepted, refused)
	}
	// What was taken is a duplicate still, and nobody can keep a call from ending.
	outcomes := absorb(t, repo, reach.Org, tried(0), event(t, "end", "call_ended", evening, object{"visitorId": "v", "callId": "c"}))
	if diff := cmp.Diff([]repository.Outcome{{Status: repository.Duplicate}, {Status: repository.Accepted}}, outcomes); diff != "" {
		t.Error(diff)
	}
	nothingLeftToRecover(t, repo, reach.Org)
	calls, err := repo.CallsByID(t.Context(), reach, []string{"c"})
	if err != nil {
		t.Fatal(err)
	}
	if c := calls["c"]; c.EndedAt == nil || len(c.TriedOnSKUs) != 1000 {
		t.Errorf("the call ended at %v and has %d SKUs", c.EndedAt, len(c.TriedOnSKUs))
	}
}

// All at once, as long as they may be, and by as many as may be there.
func TestTheLargestBucketFitsIntoADocument(t *testing.T) {
	t.Parallel()
	const visitors = 15_000
	numbers := map[string]uint32{}
	a := &analytics.LiveActivity{LiveEventID: "live", Visitor: func(id string) uint32 {
		if _, known := numbers[id]; !known {
			numbers[id] = uint32(len(numbers))
		}
		return numbers[id]
	}}
	add := func(kind analytics.EventType, i int, data analytics.EventData) {
		id := fmt.Sprintf("e:%s %d", kind, i)
		a.Events = append(a.Events, &analytics.Event{EventID: id + long(i, 90), Type: kind, At: evening, Subject: "live_event:live", VisitorID: fmt.Sprint(i), Data: data})
	}
	for i := range visitors {
		a.Sessions = append(a.Sessions, &analytics.LiveSession{LiveEventID: "live", SessionID: fmt.Sprint(i), Ordinal: uint32(i),
			Start: &analytics.SessionStart{At: evening, VisitorID: fmt.Sprint(i), Device: "mobile", Source: long(i, 256)}})
		add(analytics.AddedToCart, i, analytics.EventData{SKU: long(i, 128), Cart: &analytics.CartState{ID: long(i, 128), Amount: analytics.Money{Minor: 1, Currency: "EUR"}}})
		add(analytics.PollAnswered, i, analytics.EventData{InteractionID: fmt.Sprint("poll ", i%1500), Option: long(i, 128)})
		a.Purchases = append(a.Purchases, &analytics.Purchase{TransactionID: fmt.Sprint(i), At: evening, VisitorID: fmt.Sprint(i), Total: analytics.Money{Minor: 2, Currency: "EUR"},
			Live:  &analytics.LiveTouch{LiveEventID: "live", WatchedAt: evening},
			Lines: []analytics.PurchaseLine{{SKU: long(i, 128), Quantity: 1}, {SKU: long(i+1, 128), Quantity: 1}}})
	}
	bucket := analytics.FoldLiveBucket(a, analytics.Prelive, analytics.Period{Start: evening, End: evening.Add(15 * time.Minute)})
	for name, document := range map[string]any{"the bucket": bucket, "the figures": bucket.Figures(analytics.Prelive, nil)} {
		raw, err := bson.Marshal(document)
		if err != nil {
			t.Fatal(err)
		}
		if len(raw) > documentLimit*95/100 {
			t.Errorf("%s: %d bytes", name, len(raw))
		}
	}
	business := bucket.Figures(analytics.Prelive, nil).Business
	if business.CartsCreated != visitors || business.AddToCarts != visitors || business.Purchases != visitors {
		t.Errorf("%d carts, %d adds, %d purchases", business.CartsCreated, business.AddToCarts, business.Purchases)
	}
}

func TestALiveEventOfInteractionsWithoutEnd(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	records := []string{`{"kind":"live_event","id":"live","name":"Live"}`}
	for i := range 1100 {
		records = append(records, fmt.Sprintf(`{"kind":"interaction","id":"poll-%04d","liveEventId":"live","type":"poll"}`, i))
	}
	putCatalog(t, repo, org, records...)
	found, err := repo.InteractionsByLiveEvent(t.Context(), analytics.Reach{Org: org}, []string{"live"})
	if err != nil {
		t.Fatal(err)
	}
	if list := found["live"]; len(list) != analytics.MaxInteractions || list[len(list)-1].InteractionID != "poll-0999" {
		t.Errorf("%d interactions", len(list))
	}
}
