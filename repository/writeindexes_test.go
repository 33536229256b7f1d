package repository_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// Taking things in asks for documents too: by an index of what is equal in the
// filter, never by going through an organization's documents.
func TestIndexesServeTheIntake(t *testing.T) {
	uri, database := repositorytest.Database(t)
	repositorytest.OpenAt(t, uri, database, nil)
	watch := &watch{}
	repo, err := repository.OpenWatched(uri, database, watch.add)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close(context.Background()) })
	packCalls(t, repo)
	aShop("acme", 300).store(t, repo)

	now := noon.Add(time.Hour)
	events := parsedEvents(t, now,
		`{"id":"1","type":"joined_queue","at":"2026-03-02T10:00:00Z","visitorId":"v","sessionId":"s","data":{"queueId":"q"}}`,
		`{"id":"2","type":"call_started","at":"2026-03-02T10:00:10Z","visitorId":"v","sessionId":"s","callId":"c","data":{"queueId":"q","agentId":"a","callType":"queue"}}`,
		`{"id":"3","type":"product_presented","at":"2026-03-02T10:01:00Z","visitorId":"v","sessionId":"s","callId":"c","data":{"sku":"x"}}`,
		`{"id":"4","type":"message_sent","at":"2026-03-02T10:02:10Z","visitorId":"v","callId":"c","data":{"messageId":"m","author":"shopper","text":"hi"}}`,
		`{"id":"5","type":"call_ended","at":"2026-03-02T10:10:10Z","visitorId":"v","sessionId":"s","callId":"c"}`,
		`{"id":"6","type":"purchase","at":"2026-03-02T10:20:10Z","visitorId":"v","data":{"transactionId":"t","amount":"12.50","currency":"EUR","products":[{"sku":"x","price":"6.25","quantity":2}]}}`,
		`{"id":"7","type":"call_missed","at":"2026-03-02T10:30:00Z","visitorId":"v","sessionId":"s","data":{"queueId":"q","enteredQueueAt":"2026-03-02T10:29:00Z"}}`,
		`{"id":"8","type":"product_displayed","at":"2026-03-02T10:30:00Z","visitorId":"v","sessionId":"s","liveEventId":"1","data":{"sku":"x"}}`,
		`{"id":"9","type":"goal_triggered","at":"2026-03-02T10:30:00Z","visitorId":"v","sessionId":"s","workflowId":"1","data":{"uid":"u","name":"n"}}`,
	)
	said := parsedEvents(t, now,
		`{"id":"10","type":"message_sent","at":"2026-03-02T12:01:00Z","visitorId":"v","liveEventId":"1","data":{"messageId":"m1","author":"viewer","text":"hi"}}`)
	viewed := parsedEvents(t, now,
		`{"id":"11","type":"session_started","at":"2026-03-02T12:01:00Z","visitorId":"v","sessionId":"s","liveEventId":"1","data":{"device":"mobile"}}`,
		`{"id":"12","type":"session_ended","at":"2026-03-02T12:20:00Z","visitorId":"v","sessionId":"s","liveEventId":"1"}`,
		`{"id":"13","type":"message_sent","at":"2026-03-02T12:02:00Z","visitorId":"v","liveEventId":"1","data":{"messageId":"m2","author":"viewer","text":"hi"}}`,
		`{"id":"14","type":"purchase","at":"2026-03-02T12:20:10Z","visitorId":"v","data":{"transactionId":"t2","amount":"12.50","currency":"EUR","products":[{"sku":"x","price":"6.25","quantity":2}]}}`)
	record, err := analytics.ParseCatalogRecord([]byte(`{"kind":"product","sku":"shirt","name":"Shirt","variations":[{"sku":"shirt-red","sizes":[{"sku":"x"}]}]}`))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name string
		do   func() error
	}{
		{"new events", func() error { return absorbed(repo.Absorb(t.Context(), "acme", events)) }},
		{"events sent again", func() error { return absorbed(repo.Absorb(t.Context(), "acme", events)) }},
		{"a catalog", func() error { return absorbed(repo.PutCatalog(t.Context(), "acme", []analytics.CatalogRecord{record})) }},
		{"a test mark", func() error {
			_, err := repo.MarkTestCall(t.Context(), analytics.Reach{Org: "acme"}, "c", true, now)
			return err
		}},
		{"a live event that starts", func() error {
			startLiveEventOf(t, repo, "acme", "1", noon)
			return nil
		}},
		{"messages of a live event", func() error { return absorbed(repo.Absorb(t.Context(), "acme", said)) }},
		{"a decision about a message", func() error {
			_, err := repo.ModerateMessage(t.Context(), analytics.Reach{Org: "acme"}, "live_event:1:m1", analytics.DisplayMessage, now)
			return err
		}},
		{"a ban", func() error {
			_, err := repo.BanViewer(t.Context(), analytics.Reach{Org: "acme"}, "1", "v", true, now)
			return err
		}},
		{"the fold of live events", func() error {
			_, err := repo.FoldLive(t.Context(), 0, now)
			return err
		}},
		{"phases of a live event that are folded", func() error { return readPhases(t, repo, now) }},
		{"what viewers do", func() error { return absorbed(repo.Absorb(t.Context(), "acme", viewed)) }},
		{"phases of a live event with something pending", func() error { return readPhases(t, repo, now) }},
		{"the figures of live events", func() error {
			_, err := repo.FoldLive(t.Context(), 0, now)
			return err
		}},
		{"a reset", func() error {
			_, err := repo.ResetLiveEvent(t.Context(), analytics.Reach{Org: "acme"}, "1", now)
			return err
		}},
		{"phases of a live event that was reset", func() error { return readPhases(t, repo, now) }},
		{"the fold of days of calls", func() error {
			_, err := repo.FoldCallDays(t.Context(), 0, time.Now())
			return err
		}},
		{"the fold of workflows", func() error {
			_, err := repo.FoldWorkflows(t.Context(), now)
			return err
		}},
		{"the first count of products", func() error { return repo.CompleteProducts(t.Context()) }},
		{"metrics of products that are marked", func() error {
			_, err := repo.ProductMetrics(t.Context(), analytics.Reach{Org: "acme"}, []repository.Parent{{ID: "x"}}, nil)
			return err
		}},
		{"the fold of products", func() error {
			_, err := repo.FoldProducts(t.Context(), now)
			return err
		}},
		{"metrics of products", func() error {
			_, err := repo.ProductMetrics(t.Context(), analytics.Reach{Org: "acme"}, []repository.Parent{{ID: "x"}}, nil)
			return err
		}},
		{"what was left half done", func() error {
			_, err := repo.Recover(t.Context(), 0, now)
			return err
		}},
	} {
		t.Run(step.name, func(t *testing.T) {
			watch.take()
			if err := step.do(); err != nil {
				t.Fatal(err)
			}
			for _, command := range watch.take() {
				wantIndexOfWhatIsEqual(t, repo, command)
			}
		})
	}
}

// readPhases reads all that is read of a live event.
func readPhases(t *testing.T, repo *repository.Repository, now time.Time) error {
	reach, ids := analytics.Reach{Org: "acme"}, []string{"1"}
	for _, phase := range []analytics.LivePhase{analytics.Prelive, analytics.Live, analytics.Replay} {
		for _, period := range []*analytics.Period{nil, {Start: now.AddDate(0, 0, -1).Add(time.Minute), End: now.Add(time.Minute)}} {
			if _, err := repo.ReadLive(t.Context(), reach, phase, period, ids); err != nil {
				return err
			}
		}
	}
	if _, err := repo.ReadInteractions(t.Context(), reach, ids); err != nil {
		return err
	}
	_, err := repo.LivePurchases(t.Context(), reach, "1")
	return err
}

func parsedEvents(t *testing.T, now time.Time, texts ...string) []analytics.Event {
	t.Helper()
	events := make([]analytics.Event, len(texts))
	for i, text := range texts {
		var err error
		if events[i], err = analytics.ParseEvent([]byte(text), now); err != nil {
			t.Fatal(text, err)
		}
	}
	return events
}

func absorbed(outcomes []repository.Outcome, err error) error {
	for _, outcome := range outcomes {
		if err == nil {
			err = outcome.Err
		}
	}
	return err
}

// wantIndexOfWhatIsEqual fails unless the engine finds a command's documents by
// an index of org and one of the fields that are equal in its filter, or by _id.
func wantIndexOfWhatIsEqual(t *testing.T, repo *repository.Repository, command bson.Raw) {
	t.Helper()
	filter, ok := command.Lookup("filter").DocumentOK()
	if !ok {
		return
	}
	elements, err := filter.Elements()
	if err != nil {
		t.Fatal(err)
	}
	var equal []string
	for _, e := range elements {
		if !strings.HasPrefix(e.Key(), "$") && e.Key() != "org" {
			equal = append(equal, e.Key())
		}
	}
	used := indexesOf(explain(t, repo, command))
	if len(used) == 0 {
		t.Errorf("no index serves\n%v", command)
	}
	if !slices.ContainsFunc(used, func(name string) bool {
		return covers(name, equal) || slices.Contains([]string{"at_1", "fresh_1", "mark_1", "done.at_1", "open.at_1", "families_1"}, name)
	}) {
		t.Errorf("%v serve\n%v\nbut none begins with org and one of %v", used, command, equal)
	}
}
