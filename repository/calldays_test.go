package repository_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.mongodb.org/mongo-driver/v2/bson"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// sameCallStats fails the test where statistics are not what adding up the figures
// of all calls gives.
func sameCallStats(t tester, repo *repository.Repository, org string) {
	t.Helper()
	facts, err := repository.All[analytics.CallMetrics](t.Context(), repo, "call_metrics", org)
	if err != nil {
		t.Fatal(err)
	}
	for _, look := range []struct {
		agent  string
		period *analytics.Period
		filter analytics.CallStatsFilter
	}{
		{"", nil, analytics.CallStatsFilter{}},
		{"ada", nil, analytics.CallStatsFilter{ExcludeTestCalls: true}},
		{"", &analytics.Period{Start: day.Add(10 * time.Minute), End: day.AddDate(0, 0, 9).Add(30 * time.Minute)}, analytics.CallStatsFilter{ExcludeShortCalls: true}},
	} {
		want, err := analytics.NewCallStatsFold(look.period, analytics.Week, time.UTC, analytics.AllCallStats)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range facts {
			if (look.agent == "" || m.AgentID == look.agent) && (look.period == nil || look.period.Contains(m.At)) && measures(look.filter, m) {
				want.Add(m)
			}
		}
		counted, err := want.Stats()
		if err != nil {
			t.Fatal(err)
		}
		got, err := repo.CallStats(t.Context(), analytics.Reach{Org: org, Agent: look.agent}, look.period, look.filter, analytics.Week, time.UTC, analytics.AllCallStats)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(counted, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("statistics of %+v (-adding up +read):\n%s", look, diff)
		}
	}
}

// allPacked fails the test where anything is dirty.
func allPacked(t tester, repo *repository.Repository, org string) {
	t.Helper()
	days, err := repository.All[bson.M](t.Context(), repo, "call_days", org)
	if err != nil {
		t.Fatal(err)
	}
	for _, day := range days {
		if (*day)["dirty"] != nil || (*day)["mark"] != nil {
			t.Fatalf("a day is dirty: %v", *day)
		}
	}
}

// moving are things that come in about two calls, of which one moves to another
// hour and the other to another day: by what a webhook and an import say they
// started earlier than by their events.
func moving(t testing.TB) (before, after []analytics.Event) {
	on := func(id, call, kind string, at time.Time, data object) analytics.Event {
		return event(t, id, kind, at, object{"visitorId": "v", "sessionId": "s", "callId": call, "data": data})
	}
	start := object{"agentId": "ada", "callType": "queue", "queueId": "q"}
	before = []analytics.Event{
		importedRow(t, "c0", "v", 0, "Grace"), endedCall(t, "w", "c2", 2, 20*time.Minute),
		on("r", "c0", "call_rated", callStart(0), object{"scale": 10, "rating": 9}),
		event(t, "p", "purchase", callStart(0).Add(time.Hour), object{"visitorId": "v", "data": object{"transactionId": "t", "amount": "10", "currency": "EUR"}}),
	}
	after = []analytics.Event{
		on("s0", "c0", "call_started", callStart(0).Add(3*time.Hour), start),
		on("s2", "c2", "call_started", callStart(2).Add(30*time.Hour), start),
		on("m", "c0", "message_sent", callStart(0), object{"messageId": "m", "author": "agent", "text": "hi"}),
	}
	return before, after
}

// What comes in, in any order and grouping and while it is packed by the way, is
// counted as if it were added up from scratch.
func TestCallDaysOfAStream(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	packCalls(t, repo)
	rapid.Check(t, func(t *rapid.T) {
		org := freshOrg()
		putLiveEvent(t, repo, org)
		for number := 0; number < 16; {
			var batch []analytics.Event
			for range rapid.IntRange(1, 6).Draw(t, "batch") {
				batch = append(batch, streamed(t, number))
				number++
			}
			if _, err := repo.Absorb(t.Context(), org, batch); err != nil {
				t.Fatal(err)
			}
			if rapid.Bool().Draw(t, "packed") {
				packCalls(t, repo)
			}
			sameCallStats(t, repo, org)
		}
		packCalls(t, repo)
		allPacked(t, repo, org)
		sameCallStats(t, repo, org)
	})
}

// Several gateways write and pack at once.
func TestCallDaysArePackedByWhoeverComes(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	gateways := []*repository.Repository{repositorytest.OpenAt(t, uri, database, nil), repositorytest.OpenAt(t, uri, database, nil)}
	packCalls(t, gateways[0])
	for round := range 3 {
		org := freshOrg()
		putLiveEvent(t, gateways[0], org)
		before, after := moving(t)
		events := slices.Concat(before, after)
		for number := range 60 {
			events = append(events, rapid.Custom(func(t *rapid.T) analytics.Event { return streamed(t, number) }).Example(round*100+number))
		}
		writeAndFold(t, gateways, org, events, round, func(ctx context.Context, gateway *repository.Repository) error {
			_, err := gateway.FoldCallDays(ctx, 0, time.Now())
			return err
		}, func() { sameCallStats(t, gateways[0], org) })
		packCalls(t, gateways[1])
		allPacked(t, gateways[0], org)
		sameCallStats(t, gateways[0], org)
	}
}

// Whatever breaks off, at any command: a batch or the packing.
func TestCallDaysOfWhatIsBrokenOff(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	healthy := repositorytest.OpenAt(t, uri, database, nil)
	frail, at := overtaken(t, uri, database)
	packCalls(t, healthy)
	packCalls(t, frail)
	before, after := moving(t)
	// breakOff does something until its n-th command, and reports whether it came
	// to that.
	breakOff := func(n int64, do func(ctx context.Context) error) bool {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		came := at(n, cancel)
		_ = do(ctx)
		return came()
	}
	settled := func(t *testing.T, org string) {
		t.Helper()
		sameCallStats(t, healthy, org)
		packCalls(t, healthy)
		allPacked(t, healthy, org)
		sameCallStats(t, healthy, org)
	}
	prepared := func(org string) {
		absorb(t, healthy, org, slices.Clone(before)...)
		packCalls(t, healthy)
	}

	t.Run("a batch, sent again or found by those who keep house", func(t *testing.T) {
		for n, broke := int64(1), true; broke; n += stride() {
			org := freshOrg()
			prepared(org)
			broke = breakOff(n, func(ctx context.Context) error {
				_, err := frail.Absorb(ctx, org, slices.Clone(after))
				return err
			})
			if n%3 == 0 { // in between everything is packed as it is
				packCalls(t, healthy)
			}
			if n%2 == 0 {
				absorb(t, healthy, org, slices.Clone(after)...)
			} else if _, err := healthy.Recover(t.Context(), 0, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			settled(t, org)
			absorb(t, healthy, org, slices.Clone(after)...)
			settled(t, org)
		}
	})
	t.Run("the packing", func(t *testing.T) {
		n, broke := int64(1), true
		for ; broke; n += stride() {
			org := freshOrg()
			prepared(org)
			absorb(t, healthy, org, slices.Clone(after)...)
			broke = breakOff(n, func(ctx context.Context) error {
				_, err := frail.FoldCallDays(ctx, 0, time.Now())
				return err
			})
			settled(t, org)
		}
		if n < 5 {
			t.Errorf("the packing was broken off at %d commands only", n-2)
		}
	})
}

// Whoever is overtaken, at any command, stores nothing that was true before the
// others, and loses nothing.
func TestCallDaysOfWhomOthersOvertake(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	quick := repositorytest.OpenAt(t, uri, database, nil)
	slow, at := overtaken(t, uri, database)
	packCalls(t, quick)
	packCalls(t, slow)
	before, after := moving(t)
	settled := func(t *testing.T, org string) {
		t.Helper()
		sameCallStats(t, quick, org)
		packCalls(t, quick)
		allPacked(t, quick, org)
		sameCallStats(t, quick, org)
	}
	for _, packs := range []bool{false, true} {
		overtake := func(org string) func() {
			return func() {
				absorb(t, quick, org, slices.Clone(after)...)
				if packs {
					packCalls(t, quick)
				}
			}
		}
		t.Run(fmt.Sprintf("who packs, by a batch that is packed: %v", packs), func(t *testing.T) {
			n, came := int64(1), true
			for ; came; n += stride() {
				org := freshOrg()
				absorb(t, quick, org, slices.Clone(before)...)
				overtook := at(n, overtake(org))
				if _, err := slow.FoldCallDays(t.Context(), 0, time.Now()); err != nil {
					t.Fatal(err)
				}
				if came = overtook(); came {
					sameCallStats(t, quick, org)
				}
				settled(t, org)
			}
			if n < 5 {
				t.Errorf("the packing was overtaken at %d commands only", n-2)
			}
		})
		if !packs {
			continue
		}
		t.Run("who writes, by another batch that is packed", func(t *testing.T) {
			for n, came := int64(1), true; came; n += stride() {
				org := freshOrg()
				absorb(t, quick, org, slices.Clone(before[1:])...)
				packCalls(t, quick)
				overtook := at(n, overtake(org))
				if _, err := slow.Absorb(t.Context(), org, slices.Clone(before[:1])); err != nil {
					t.Fatal(err)
				}
				if came = overtook(); !came {
					continue
				}
				settled(t, org)
			}
		})
	}
}

// In a database of an older version, which kept no days, statistics are complete
// before and after a first fold, and while it runs.
func TestCallDaysOfADatabaseFromBefore(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	repo := repositorytest.OpenAt(t, uri, database, nil)
	org := freshOrg()
	before, after := moving(t)
	old := []*analytics.CallMetrics{aFact(org, "old", func(m *analytics.CallMetrics) { m.At, m.AgentID = day.AddDate(-3, 0, 0), "ada" }), aFact(org, "older")}
	insert(t, repo, "call_metrics", old...)
	absorb(t, repo, org, before...) // marks its own days only
	sameCallStats(t, repo, org)

	slow, at := overtaken(t, uri, database)
	overtook := at(3, func() {
		absorb(t, repo, org, after...)
		sameCallStats(t, repo, org)
	})
	packCalls(t, slow)
	if !overtook() {
		t.Fatal("the first fold took no three commands")
	}
	sameCallStats(t, repo, org)
	packCalls(t, repo)
	allPacked(t, repo, org)
	sameCallStats(t, repo, org)
}

// Whatever is stored in the place of packed calls, nothing is lost, and it is
// packed again.
func TestCallDaysThatAreDamaged(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	packCalls(t, repo)
	before, _ := moving(t)
	absorb(t, repo, org, before...)
	for name, packed := range map[string][]byte{"nonsense": []byte("nonsense"), "another format": {2, 0, 0, 0, 0, 0}, "one byte": {1}} {
		t.Run(name, func(t *testing.T) {
			packCalls(t, repo)
			days, err := repository.All[bson.M](t.Context(), repo, "call_days", org)
			if err != nil {
				t.Fatal(err)
			}
			for _, stored := range days {
				hours := bson.D{}
				for _, hour := range (*stored)["hours"].(bson.D) {
					hours = append(hours, bson.E{Key: "hours." + hour.Key, Value: packed})
				}
				if _, err := repo.Run(t.Context(), bson.D{{Key: "update", Value: "call_days"}, {Key: "updates", Value: bson.A{
					bson.D{{Key: "q", Value: bson.D{{Key: "_id", Value: (*stored)["_id"]}}}, {Key: "u", Value: bson.D{{Key: "$set", Value: hours}}}},
				}}}); err != nil {
					t.Fatal(err)
				}
			}
			sameCallStats(t, repo, org)
			packCalls(t, repo)
			allPacked(t, repo, org)
			sameCallStats(t, repo, org)
		})
	}
}

// Hours of very many calls are read from their facts: a day stays below the size
// of a document.
func TestCallDaysOfTooManyCalls(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	org := freshOrg()
	packCalls(t, repo)
	agent := strings.Repeat("a very long name ", 33_000)
	facts := []*analytics.CallMetrics{
		aFact(org, "1", func(m *analytics.CallMetrics) { m.AgentID = agent }), aFact(org, "2"),
		aFact(org, "3", func(m *analytics.CallMetrics) { m.At = noon.Add(2 * time.Hour) }),
	}
	storeMarked(t, repo, facts)
	packCalls(t, repo)
	allPacked(t, repo, org)
	sameCallStats(t, repo, org)
	type size struct {
		Hours map[string][]byte
	}
	days, err := repository.All[size](t.Context(), repo, "call_days", org)
	if err != nil || len(days) != 1 {
		t.Fatal(err, len(days))
	}
	if hours := days[0].Hours; len(hours["12"]) > 0 || len(hours["14"]) == 0 {
		t.Errorf("noon has %d bytes, two o'clock %d", len(hours["12"]), len(hours["14"]))
	}
}

// A busy day is not written with each of its events: once it is dirty it stays as
// it is until somebody packs it, and that waits.
func TestCallDaysAreWrittenSeldom(t *testing.T) {
	t.Parallel()
	var writes atomic.Int64
	uri, database := repositorytest.Database(t)
	repo := repositorytest.OpenWith(t, repository.Options{URI: uri, Database: database, OnAnswer: func(_ context.Context, c repository.Command) {
		if c.Collection == "call_days" && c.Name == "update" {
			writes.Add(1)
		}
	}})
	packCalls(t, repo)
	org, start := freshOrg(), time.Now()
	for i := range 30 {
		absorb(t, repo, org, event(t, fmt.Sprint(i), "call_started", day.Add(time.Duration(i)*time.Second), object{
			"visitorId": "v", "sessionId": "s", "callId": fmt.Sprint(i), "data": object{"agentId": "ada", "callType": "queue", "queueId": "q"}}))
		if _, err := repo.FoldCallDays(t.Context(), time.Minute, start); err != nil {
			t.Fatal(err)
		}
	}
	if n := writes.Load(); n != 1 {
		t.Errorf("30 batches of an hour wrote its day %d times", n)
	}
	if n, err := repo.FoldCallDays(t.Context(), time.Minute, time.Now().Add(2*time.Minute)); n != 1 || err != nil {
		t.Errorf("%d days were packed after two minutes, %v", n, err)
	}
	allPacked(t, repo, org)
	sameCallStats(t, repo, org)
}
