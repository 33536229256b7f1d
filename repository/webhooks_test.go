package repository_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/cart"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

var allTopics = []analytics.WebhookTopic{analytics.TopicCallStarted, analytics.TopicCallEnded, analytics.TopicCallMissed,
	analytics.TopicCartCheckedOut, analytics.TopicLiveEventEnded}

// anEndpoint creates an endpoint that was there since yesterday.
func anEndpoint(t testing.TB, repo *repository.Repository, org, id string, change ...func(*analytics.WebhookEndpoint)) {
	t.Helper()
	e := &analytics.WebhookEndpoint{EndpointID: id, URL: "https://shop.example/", Topics: allTopics, Enabled: true, CreatedAt: time.Now().Add(-24 * time.Hour)}
	for _, c := range change {
		c(e)
	}
	if err := repo.CreateWebhookEndpoint(t.Context(), analytics.Reach{Org: org}, e); err != nil {
		t.Fatal(err)
	}
}

// toldOf returns what the endpoint of an organization is told of, sorted.
func toldOf(t testing.TB, repo *repository.Repository, org, endpoint string) []string {
	t.Helper()
	most := analytics.MaxPage
	pages, err := repo.WebhookDeliveriesByEndpoint(t.Context(), analytics.Reach{Org: org}, []string{endpoint}, analytics.WebhookDeliveryFilter{}, analytics.PageArgs{First: &most})
	if err != nil {
		t.Fatal(err)
	}
	told := []string{}
	for _, d := range pages[endpoint].Nodes() {
		told = append(told, string(d.Topic)+" "+d.SubjectID)
	}
	slices.Sort(told)
	return told
}

// news returns events of some minutes ago, told now.
func news(t testing.TB, now time.Time, callID string) (started, ended analytics.Event) {
	t.Helper()
	who := object{"visitorId": "v", "sessionId": "s", "callId": callID}
	start := object{"visitorId": "v", "sessionId": "s", "callId": callID, "data": object{"agentId": "ann", "callType": "queue", "queueId": "beauty"}}
	started = event(t, "start "+callID, "call_started", now.Add(-10*time.Minute), start)
	ended = event(t, "end "+callID, "call_ended", now.Add(-time.Minute), who)
	started.Received, ended.Received = now.Add(-9*time.Minute), now
	return started, ended
}

func TestWhatWebhooksTellOf(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	now := time.Now().UTC().Truncate(time.Millisecond)
	started, ended := news(t, now, "c")
	late := func(e analytics.Event) analytics.Event {
		e.Received = e.At.Add(analytics.MaxOccasionAge + time.Millisecond)
		return e
	}
	imported := analytics.NewImportedCall("c", map[string]string{"status": "ACCEPTED", "call_id": "c",
		"call_start_time": analytics.FormatTime(started.At), "call_end_time": analytics.FormatTime(ended.At)}, started.At, now)
	for _, tt := range []struct {
		name     string
		endpoint func(*analytics.WebhookEndpoint)
		batches  [][]analytics.Event
		want     []string
	}{
		{"a call from start to end", nil, [][]analytics.Event{{started}, {ended}}, []string{"CALL_ENDED Call:c", "CALL_STARTED Call:c"}},
		{"each once, however often it comes", nil, [][]analytics.Event{{started, started}, {started, ended}, {ended}},
			[]string{"CALL_ENDED Call:c", "CALL_STARTED Call:c"}},
		{"each once, whatever else comes of the call", nil, [][]analytics.Event{{started}, {ended}, {imported}, {analytics.NewTestMark("m", "c", true, now)}},
			[]string{"CALL_ENDED Call:c", "CALL_STARTED Call:c"}},
		{"an end that the import knew before", nil, [][]analytics.Event{{imported}, {started}, {ended}}, []string{"CALL_ENDED Call:c", "CALL_STARTED Call:c"}},
		{"nothing of imports", nil, [][]analytics.Event{{imported}}, []string{}},
		{"nothing that is older than an hour", nil, [][]analytics.Event{{late(started)}, {late(ended)}}, []string{}},
		{"no topic that nobody asked for", func(e *analytics.WebhookEndpoint) { e.Topics = allTopics[1:2] }, [][]analytics.Event{{started}, {ended}}, []string{"CALL_ENDED Call:c"}},
		{"nothing while it is disabled", func(e *analytics.WebhookEndpoint) { e.Enable(false) }, [][]analytics.Event{{started}, {ended}}, []string{}},
		{"nothing of before it was created", func(e *analytics.WebhookEndpoint) { e.CreatedAt = now }, [][]analytics.Event{{started}, {ended}}, []string{"CALL_ENDED Call:c"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			org := freshOrg()
			if tt.endpoint == nil {
				tt.endpoint = func(*analytics.WebhookEndpoint) {}
			}
			anEndpoint(t, repo, org, "e", tt.endpoint)
			for _, batch := range tt.batches {
				absorb(t, repo, org, slices.Clone(batch)...)
			}
			if diff := cmp.Diff(tt.want, toldOf(t, repo, org, "e")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEachEndpointIsToldOnItsOwn(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	started, ended := news(t, time.Now(), "c")
	for _, org := range []string{"acme", "globex"} {
		anEndpoint(t, repo, org, "e")
	}
	anEndpoint(t, repo, "acme", "f")
	absorb(t, repo, "acme", started)
	absorb(t, repo, "acme", ended)
	for _, tt := range []struct {
		org, endpoint string
		want          int
	}{{"acme", "e", 2}, {"acme", "f", 2}, {"globex", "e", 0}} {
		if got := len(toldOf(t, repo, tt.org, tt.endpoint)); got != tt.want {
			t.Errorf("%s of %s is told of %d things, want %d", tt.endpoint, tt.org, got, tt.want)
		}
	}

	t.Run("and nothing of another organization is changed or deleted", func(t *testing.T) {
		theirs := analytics.Reach{Org: "globex"}
		if err := repo.DeleteWebhookEndpoint(t.Context(), theirs, "e"); err != nil {
			t.Fatal(err)
		}
		if err := repo.DeleteWebhookEndpoint(t.Context(), theirs, "f"); analytics.CodeOf(err) != analytics.NotFound {
			t.Errorf("deleting what another organization has answers %v", err)
		}
		_, err := repo.ChangeWebhookEndpoint(t.Context(), theirs, "f", func(e *analytics.WebhookEndpoint) error { e.Enable(false); return nil })
		if analytics.CodeOf(err) != analytics.NotFound {
			t.Errorf("changing what another organization has answers %v", err)
		}
		if n, err := repo.CountWebhookEndpoints(t.Context(), analytics.Reach{Org: "acme"}); n != 2 || err != nil {
			t.Errorf("%d endpoints are left: %v", n, err)
		}
		if got := len(toldOf(t, repo, "acme", "e")); got != 2 {
			t.Errorf("%d deliveries are left", got)
		}
	})
}

func TestALimitedTokenReachesNoWebhook(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	anEndpoint(t, repo, "acme", "e")
	for _, reach := range []analytics.Reach{{Org: "acme", Agent: "ann"}, {Org: "acme", Call: "c"}} {
		_, list := repo.WebhookEndpoints(t.Context(), reach, analytics.PageArgs{})
		_, count := repo.CountWebhookEndpoints(t.Context(), reach)
		_, byID := repo.WebhookEndpointsByID(t.Context(), reach, []string{"e"})
		_, change := repo.ChangeWebhookEndpoint(t.Context(), reach, "e", func(*analytics.WebhookEndpoint) error { return nil })
		_, deliveries := repo.WebhookDeliveriesByEndpoint(t.Context(), reach, []string{"e"}, analytics.WebhookDeliveryFilter{}, analytics.PageArgs{})
		_, counts := repo.CountWebhookDeliveriesByEndpoint(t.Context(), reach, []string{"e"}, analytics.WebhookDeliveryFilter{})
		_, delivery := repo.WebhookDeliveriesByID(t.Context(), reach, []string{"e.x"})
		_, redeliver := repo.RedeliverWebhook(t.Context(), reach, "e.x", time.Now())
		for name, err := range map[string]error{
			"list": list, "count": count, "by id": byID, "change": change, "deliveries": deliveries, "counts": counts, "delivery": delivery, "redeliver": redeliver,
			"create": repo.CreateWebhookEndpoint(t.Context(), reach, &analytics.WebhookEndpoint{EndpointID: "x"}),
			"delete": repo.DeleteWebhookEndpoint(t.Context(), reach, "e"),
		} {
			if analytics.CodeOf(err) != analytics.Forbidden {
				t.Errorf("%s with %+v answers %v", name, reach, err)
			}
		}
	}
}

func TestAnOrganizationHasAtMostFiftyEndpoints(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	for i := range analytics.MaxWebhookEndpoints {
		anEndpoint(t, repo, "acme", fmt.Sprint(i))
	}
	err := repo.CreateWebhookEndpoint(t.Context(), analytics.Reach{Org: "acme"}, &analytics.WebhookEndpoint{EndpointID: "more"})
	if analytics.CodeOf(err) != analytics.LimitExceeded {
		t.Errorf("one more answers %v", err)
	}
}

// Gateways that take the same things in at the same time tell each endpoint once.
func TestManyGatewaysTellOnce(t *testing.T) {
	uri, database := repositorytest.Database(t)
	started, ended := news(t, time.Now(), "c")
	var gateways []*repository.Repository
	for range 4 {
		gateways = append(gateways, repositorytest.OpenAt(t, uri, database, nil))
	}
	anEndpoint(t, gateways[0], "acme", "e")
	var working sync.WaitGroup
	for _, gateway := range gateways {
		for _, e := range []analytics.Event{started, ended} {
			working.Go(func() {
				if _, err := gateway.Absorb(t.Context(), "acme", []analytics.Event{e}); err != nil {
					t.Error(err)
				}
			})
		}
	}
	working.Wait()
	// Should the end come first, the start is none any more.
	told := toldOf(t, gateways[0], "acme", "e")
	if len(told) == 0 || told[0] != "CALL_ENDED Call:c" || len(told) > 2 || len(told) == 2 && told[1] != "CALL_STARTED Call:c" {
		t.Errorf("told of %q", told)
	}
}

// Whatever was stored is told of in the end, wherever the gateway died.
func TestACrashLosesNoWebhook(t *testing.T) {
	uri, database := repositorytest.Database(t)
	healthy := repositorytest.OpenAt(t, uri, database, nil)
	frail := openFrail(t, uri, database)
	recoverAll := func() {
		t.Helper()
		if _, err := healthy.Recover(t.Context(), 0, time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now().UTC().Truncate(time.Millisecond)

	t.Run("of a call", func(t *testing.T) {
		began, told := 0, 0
		for n := int64(1); ; n++ {
			org := freshOrg()
			anEndpoint(t, healthy, org, "e")
			started, ended := news(t, now, "c")
			absorb(t, healthy, org, started)
			broken, _ := frail.until(t, n, func(ctx context.Context) error {
				_, err := frail.Absorb(ctx, org, []analytics.Event{ended})
				return err
			})
			recoverAll()
			want := []string{"CALL_STARTED Call:c"}
			calls, err := healthy.CallsByID(t.Context(), analytics.Reach{Org: org}, []string{"c"})
			if err != nil {
				t.Fatal(err)
			}
			began++
			if calls["c"].EndedAt != nil {
				told++
				want = []string{"CALL_ENDED Call:c", "CALL_STARTED Call:c"}
			}
			if diff := cmp.Diff(want, toldOf(t, healthy, org, "e")); diff != "" {
				t.Errorf("broken off at command %d (-want +got):\n%s", n, diff)
			}
			if !broken {
				break
			}
		}
		if began < 10 || told < 3 {
			t.Errorf("%d commands were broken off, of %d the end was stored", began, told)
		}
	})

	t.Run("of a checkout", func(t *testing.T) {
		began, told := 0, 0
		for n := int64(1); ; n++ {
			reach := onCalls(t, healthy, "c")
			anEndpoint(t, healthy, reach.Org, "e")
			do(t, healthy, reach, "c", add("1", "s39", 1), now)
			do(t, healthy, reach, "c", cart.Acknowledge{MutationID: "2", RequestID: 1, Success: true}, now)
			broken, _ := frail.until(t, n, func(ctx context.Context) error {
				_, err := frail.CommandCart(ctx, reach, "c", cart.CheckOut{MutationID: "3"}, now)
				return err
			})
			recoverAll()
			carts, err := healthy.CartsByCall(t.Context(), reach, []string{"c"})
			if err != nil {
				t.Fatal(err)
			}
			want := []string{}
			began++
			if carts["c"].CheckedOut != nil {
				told++
				want = append(want, "CART_CHECKED_OUT Cart:c")
			}
			if diff := cmp.Diff(want, toldOf(t, healthy, reach.Org, "e")); diff != "" {
				t.Errorf("broken off at command %d (-want +got):\n%s", n, diff)
			}
			if !broken {
				break
			}
		}
		if began < 5 || told < 2 {
			t.Errorf("%d commands were broken off, of %d the checkout was stored", began, told)
		}
	})

	t.Run("of a live event", func(t *testing.T) {
		began, told := 0, 0
		for n := int64(1); ; n++ {
			org := freshOrg()
			anEndpoint(t, healthy, org, "e")
			ended := record(t, `{"kind":"live_event","id":"l","name":"L","startedAt":"`+analytics.FormatTime(now.Add(-time.Hour))+`","endedAt":"`+analytics.FormatTime(now.Add(-time.Minute))+`"}`)
			broken, _ := frail.until(t, n, func(ctx context.Context) error {
				_, err := frail.PutCatalog(ctx, org, []analytics.CatalogRecord{ended})
				return err
			})
			recoverAll()
			events, err := healthy.LiveEventsByID(t.Context(), analytics.Reach{Org: org}, []string{"l"})
			if err != nil {
				t.Fatal(err)
			}
			want := []string{}
			began++
			if events["l"] != nil {
				told++
				want = append(want, "LIVE_EVENT_ENDED LiveEvent:l")
			}
			if diff := cmp.Diff(want, toldOf(t, healthy, org, "e")); diff != "" {
				t.Errorf("broken off at command %d (-want +got):\n%s", n, diff)
			}
			if !broken {
				break
			}
		}
		if began < 4 || told < 2 {
			t.Errorf("%d commands were broken off, of %d the end was stored", began, told)
		}
	})
}

func TestFinishedDeliveriesAreKeptForAWhile(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	anEndpoint(t, repo, "acme", "e")
	now := time.Now().UTC().Truncate(time.Millisecond)
	for i := range 3 {
		started, _ := news(t, now, fmt.Sprint("c", i))
		absorb(t, repo, "acme", started)
	}
	due, err := repo.DueWebhookDeliveries(t.Context(), now, nil, 10)
	if err != nil || len(due) != 3 {
		t.Fatalf("%d are due: %v", len(due), err)
	}
	took, broken := int64(1), analytics.WebhookTimeout
	for i, attempt := range []analytics.WebhookAttempt{{At: now, Duration: &took}, {At: now, Duration: &took, Error: &broken}} {
		if claimed, err := repo.ClaimWebhookDelivery(t.Context(), due[i], now, now.Add(time.Minute)); err != nil || !claimed {
			t.Fatal(claimed, err)
		}
		if settled, err := repo.SettleWebhookDelivery(t.Context(), due[i], attempt, time.Time{}, now); err != nil || !settled {
			t.Fatal(settled, err)
		}
	}
	for _, tt := range []struct {
		after time.Duration
		want  int
	}{{0, 3}, {7*24*time.Hour - 1, 3}, {7 * 24 * time.Hour, 2}, {30 * 24 * time.Hour, 1}, {365 * 24 * time.Hour, 1}} {
		if err := repo.DeleteOldWebhookDeliveries(t.Context(), now.Add(tt.after)); err != nil {
			t.Fatal(err)
		}
		if got := len(toldOf(t, repo, "acme", "e")); got != tt.want {
			t.Errorf("after %s %d are left, want %d", tt.after, got, tt.want)
		}
	}
}

// What looks for work of all organizations, and what a broken batch asks, is
// served by an index.
func TestIndexesServeWebhooks(t *testing.T) {
	uri, database := repositorytest.Database(t)
	healthy := repositorytest.OpenAt(t, uri, database, nil)
	watch := &watch{}
	repo, err := repository.OpenWatched(uri, database, watch.add)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close(context.Background()) })
	anEndpoint(t, healthy, "acme", "e")
	var events []analytics.Event
	for i := range 200 {
		started, _ := news(t, time.Now(), fmt.Sprint("c", i))
		events = append(events, started)
	}
	absorb(t, healthy, "acme", events...)
	acme := analytics.Reach{Org: "acme"}
	filter := analytics.WebhookDeliveryFilter{State: ptr(analytics.DeliveryPending)}
	for _, tt := range []struct {
		name string
		send func() error
		want string // the index
	}{
		{"what is due", func() error {
			_, err := repo.DueWebhookDeliveries(t.Context(), time.Now(), []repository.EndpointKey{{Org: "acme", EndpointID: "other"}}, 10)
			return err
		}, "due_1"},
		{"endpoints", func() error { _, err := repo.WebhookEndpoints(t.Context(), acme, analytics.PageArgs{}); return err }, "org_1_at_1__id_1"},
		{"endpoints by id", func() error { _, err := repo.WebhookEndpointsByID(t.Context(), acme, []string{"e"}); return err }, "_id_"},
		{"deliveries by id", func() error { _, err := repo.WebhookDeliveriesByID(t.Context(), acme, []string{"e.1"}); return err }, "_id_"},
		{"deliveries of endpoints", func() error {
			_, err := repo.WebhookDeliveriesByEndpoint(t.Context(), acme, []string{"e", "f"}, analytics.WebhookDeliveryFilter{}, analytics.PageArgs{})
			return err
		}, "org_1_endpoint_1_at_1__id_1"},
		{"deliveries of endpoints in a state", func() error {
			_, err := repo.WebhookDeliveriesByEndpoint(t.Context(), acme, []string{"e", "f"}, filter, analytics.PageArgs{})
			return err
		}, "org_1_endpoint_1_state_1_at_1__id_1"},
		{"number of deliveries", func() error {
			_, err := repo.CountWebhookDeliveriesByEndpoint(t.Context(), acme, []string{"e", "f"}, filter)
			return err
		}, "org_1_endpoint_1_state_1_at_1__id_1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			watch.take()
			if err := tt.send(); err != nil {
				t.Fatal(err)
			}
			for _, command := range watch.take() {
				if used := indexesOf(explain(t, repo, command)); !slices.Contains(used, tt.want) {
					t.Errorf("%v serve\n%v\nwant %s", used, command, tt.want)
				}
			}
		})
	}
}
