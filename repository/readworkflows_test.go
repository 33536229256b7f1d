package repository_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

var workflowIDs = []string{"pages", "adviser", "quiet"}

// putWorkflows makes the workflows that the stream speaks of.
func putWorkflows(t testing.TB, repo *repository.Repository, org string) {
	t.Helper()
	var records []analytics.CatalogRecord
	for _, id := range workflowIDs {
		record, err := analytics.ParseCatalogRecord([]byte(`{"kind":"workflow","id":"` + id + `","name":"` + id + `","type":"interaction"}`))
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, record)
	}
	if _, err := repo.PutCatalog(t.Context(), org, records); err != nil {
		t.Fatal(err)
	}
}

// momentOfWorkflows draws moments of three days, many on the edges of buckets and
// 24 hours apart.
func momentOfWorkflows(t *rapid.T, name string) time.Time {
	at := day.Add(time.Duration(rapid.IntRange(0, 12).Draw(t, name)) * 6 * time.Hour)
	return at.Add(rapid.SampledFrom([]time.Duration{0, 0, -time.Millisecond, time.Millisecond, 7 * time.Minute, 15 * time.Minute, time.Hour}).Draw(t, name+" past"))
}

// workflowEvents draws what comes in about workflows, some of it twice: of few
// visitors and transactions, so that they meet.
func workflowEvents(t *rapid.T) []analytics.Event {
	var events []analytics.Event
	for i := range rapid.IntRange(1, 25).Draw(t, "events") {
		id, at := fmt.Sprintf("e%d", i), momentOfWorkflows(t, "at")
		session := rapid.IntRange(0, 3).Draw(t, "session")
		who := object{"visitorId": fmt.Sprintf("v%d", session/2), "sessionId": fmt.Sprintf("s%d", session)}
		workflow := rapid.SampledFrom(workflowIDs[:2]).Draw(t, "workflow")
		goal := object{"uid": "g", "name": rapid.SampledFrom([]string{"Found", analytics.VisitorPurchased}).Draw(t, "goal")}
		kind := rapid.SampledFrom([]string{"page_viewed", "page_viewed", "workflow_started", "interacted", "interacted", "goal_triggered", "goal_reached", "purchase", "purchase"}).Draw(t, "kind")
		switch kind {
		case "page_viewed":
			who["workflowId"], who["data"] = workflow, object{"url": "/"}
		case "goal_triggered":
			who["workflowId"], who["data"] = workflow, goal
		case "goal_reached":
			who["data"] = goal
		case "purchase":
			who["data"] = object{"transactionId": fmt.Sprintf("t%d", rapid.IntRange(0, 2).Draw(t, "transaction")), "amount": fmt.Sprint(i + 1), "currency": "EUR"}
		default:
			who["workflowId"] = workflow
		}
		events = append(events, event(t, id, kind, at, who))
	}
	return append(events, rapid.SliceOfN(rapid.SampledFrom(events), 0, 5).Draw(t, "again")...)
}

// recountedWorkflows folds everything that is stored of an organization's events
// at once, without the repository's help.
func recountedWorkflows(t testing.TB, repo *repository.Repository, org string, period analytics.Period, zone *time.Location) map[string]*analytics.WorkflowReading {
	t.Helper()
	events, err := repository.All[analytics.Event](t.Context(), repo, "events", org)
	if err != nil {
		t.Fatal(err)
	}
	var purchases []*analytics.Purchase
	byTransaction := map[string][]*analytics.Event{}
	for _, e := range events {
		if e.Type == analytics.Purchased {
			byTransaction[e.Subject] = append(byTransaction[e.Subject], e)
		}
	}
	for _, ofOne := range byTransaction {
		purchases = append(purchases, analytics.FoldPurchase(org, ofOne))
	}
	readings := map[string]*analytics.WorkflowReading{}
	for _, id := range workflowIDs {
		known := map[string]uint32{}
		number := func(name string) uint32 {
			if _, ok := known[name]; !ok {
				known[name] = uint32(len(known))
			}
			return known[name]
		}
		a := &analytics.WorkflowActivity{WorkflowID: id, Events: events, Goals: events, Purchases: purchases, Visitor: number, Session: number}
		var views []*analytics.Event
		for _, e := range events {
			if e.Subject == analytics.WorkflowSubject(id) && period.Contains(e.At) {
				views = append(views, e)
			}
		}
		readings[id] = analytics.ReadWorkflowBuckets(analytics.FoldWorkflowBuckets(a, period), views, zone)
	}
	return readings
}

// sidedataOf returns both shapes of sidedata by workflow.
func sidedataOf(readings map[string]*analytics.WorkflowReading, period analytics.Period) map[string][]analytics.WorkflowSidedata {
	both := map[string][]analytics.WorkflowSidedata{}
	for id, reading := range readings {
		both[id] = []analytics.WorkflowSidedata{reading.Sidedata(analytics.PageNavigation, period), reading.Sidedata(analytics.InteractionWorkflow, period)}
	}
	return both
}

// sameWorkflows fails the test where what is read of a period is not what a fold
// of everything gives.
func sameWorkflows(t interface {
	Helper()
	Fatalf(string, ...any)
}, tb testing.TB, repo *repository.Repository, org string, period analytics.Period, zone *time.Location) {
	t.Helper()
	got, err := repo.ReadWorkflows(tb.Context(), analytics.Reach{Org: org}, period, zone, workflowIDs)
	if err != nil {
		t.Fatalf("%v", err)
	}
	want := recountedWorkflows(tb, repo, org, period, zone)
	if diff := cmp.Diff(sidedataOf(want, period), sidedataOf(got, period)); diff != "" {
		t.Fatalf("%s from %s to %s (-from scratch +read):\n%s", zone, period.Start, period.End, diff)
	}
}

// noMarksOfWorkflows fails the test where anything is left to fold.
func noMarksOfWorkflows(t testing.TB, repo *repository.Repository, org string) {
	t.Helper()
	type mark struct {
		Key string `bson:"_id"`
	}
	marks, err := repository.All[mark](t.Context(), repo, "workflow_marks", org)
	if err != nil {
		t.Fatal(err)
	}
	if len(marks) > 0 {
		t.Errorf("%d marks are left", len(marks))
	}
}

// whole is the time in which everything of the stream lies.
var whole = analytics.Period{Start: day.AddDate(0, 0, -1), End: day.AddDate(0, 0, 9)}

func TestWhatIsReadOfWorkflowsIsAFoldOfEverything(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	var zones []*time.Location
	for _, name := range []string{"UTC", "Asia/Kolkata", "Asia/Kathmandu", "America/New_York"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		zones = append(zones, zone)
	}
	// No zone has had such an offset since 1972, but an event may be older.
	zones = append(zones, time.FixedZone("odd", -44*60-30))

	rapid.Check(t, func(rt *rapid.T) {
		org := freshOrg()
		putWorkflows(t, repo, org)
		events := rapid.Permutation(workflowEvents(rt)).Draw(rt, "arriving")
		for batch := range slices.Chunk(events, rapid.IntRange(1, 10).Draw(rt, "batch")) {
			absorb(t, repo, org, batch...)
			if rapid.Bool().Draw(rt, "fold") {
				if _, err := repo.FoldWorkflows(t.Context(), received); err != nil {
					rt.Fatal(err)
				}
			}
			period := analytics.Period{Start: momentOfWorkflows(rt, "start"), End: momentOfWorkflows(rt, "end")}
			if !period.End.After(period.Start) {
				period = whole
			}
			sameWorkflows(rt, t, repo, org, period, rapid.SampledFrom(zones).Draw(rt, "zone"))
		}
		for n := 1; n > 0; {
			var err error
			if n, err = repo.FoldWorkflows(t.Context(), received); err != nil {
				rt.Fatal(err)
			}
		}
		noMarksOfWorkflows(t, repo, org)
		sameWorkflows(rt, t, repo, org, whole, zones[2])
	})
}

func TestWorkflowsAreFoldedByWhoeverComes(t *testing.T) {
	uri, database := repositorytest.Database(t)
	gateways := []*repository.Repository{repositorytest.OpenAt(t, uri, database, nil), repositorytest.OpenAt(t, uri, database, nil)}
	for round := range 4 {
		org := freshOrg()
		putWorkflows(t, gateways[0], org)
		var events []analytics.Event
		for i, e := range slices.Concat(rapid.Custom(workflowEvents).Example(round), rapid.Custom(workflowEvents).Example(round+10), rapid.Custom(workflowEvents).Example(round+20)) {
			e.EventID = fmt.Sprintf("%s-%d", e.EventID, i/25)
			events = append(events, e)
		}
		var writers, folders sync.WaitGroup
		var done atomic.Bool
		for w := range 6 {
			writers.Go(func() {
				random := rand.New(rand.NewPCG(uint64(w), uint64(round)))
				mine := slices.Clone(events)
				random.Shuffle(len(mine), func(i, j int) { mine[i], mine[j] = mine[j], mine[i] })
				for batch := range slices.Chunk(mine, 7) {
					if _, err := gateways[w%2].Absorb(t.Context(), org, batch); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		for _, gateway := range gateways {
			folders.Go(func() {
				for !done.Load() {
					if _, err := gateway.FoldWorkflows(t.Context(), time.Now()); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		writers.Wait()
		sameWorkflows(t, t, gateways[0], org, whole, time.UTC) // while they still fold
		done.Store(true)
		folders.Wait()
		for n := 1; n > 0; {
			var err error
			if n, err = gateways[0].FoldWorkflows(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		noMarksOfWorkflows(t, gateways[0], org)
		sameWorkflows(t, t, gateways[0], org, whole, time.UTC)
	}
}

// Whatever breaks off, at any command: a batch or a fold.
func TestWorkflowsOfABatchThatIsBrokenOff(t *testing.T) {
	uri, database := repositorytest.Database(t)
	healthy := repositorytest.OpenAt(t, uri, database, nil)
	var commands atomic.Int64
	var stopAt int64
	var stop atomic.Pointer[context.CancelFunc]
	frail := repositorytest.OpenAt(t, uri, database, func(string) {
		if cancel := stop.Load(); cancel != nil && commands.Add(1) == stopAt {
			(*cancel)()
		}
	})
	on := func(id, kind string, minute int, visitor string, more object) analytics.Event {
		o := object{"visitorId": visitor, "sessionId": "s-" + visitor}
		for key, value := range more {
			o[key] = value
		}
		return event(t, id, kind, day.Add(time.Duration(minute)*time.Minute), o)
	}
	paid := func(transaction string) object {
		return object{"data": object{"transactionId": transaction, "amount": "10", "currency": "EUR"}}
	}
	goal := object{"data": object{"uid": "g", "name": analytics.VisitorPurchased}}
	before := []analytics.Event{
		on("b1", "interacted", 0, "v", object{"workflowId": "adviser"}),
		on("b2", "page_viewed", 1, "v", object{"workflowId": "pages", "data": object{"url": "/"}}),
		on("b3", "purchase", 60, "v", paid("t1")),
		on("b4", "goal_reached", 60, "v", goal),
		on("b5", "goal_reached", 90, "w", goal),
	}
	batch := []analytics.Event{
		on("n1", "page_viewed", 1, "w", object{"workflowId": "pages", "data": object{"url": "/"}}),
		on("n2", "interacted", 10, "w", object{"workflowId": "adviser"}),
		on("n3", "purchase", 40, "u", paid("t1")), // earlier, and somebody else's
		on("n4", "purchase", 95, "w", paid("t2")),
		on("n5", "goal_reached", 100, "v", goal),
	}
	breakOff := func(org string, n int64, do func(ctx context.Context) error) bool {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		commands.Store(0)
		stopAt = n
		stop.Store(&cancel)
		defer stop.Store(nil)
		return do(ctx) != nil
	}
	prepared := func(org string) {
		putWorkflows(t, healthy, org)
		absorb(t, healthy, org, slices.Clone(before)...)
		if _, err := healthy.FoldWorkflows(t.Context(), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	foldAll := func(org string) {
		if _, err := healthy.FoldWorkflows(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		noMarksOfWorkflows(t, healthy, org)
		sameWorkflows(t, t, healthy, org, whole, time.UTC)
	}

	t.Run("a batch, sent again", func(t *testing.T) {
		for n, broke := int64(1), true; broke; n++ {
			org := freshOrg()
			prepared(org)
			broke = breakOff(org, n, func(ctx context.Context) error {
				_, err := frail.Absorb(ctx, org, slices.Clone(batch))
				return err
			})
			absorb(t, healthy, org, slices.Clone(batch)...)
			sameWorkflows(t, t, healthy, org, whole, time.UTC)
			foldAll(org)
		}
	})
	t.Run("a batch, found by those who keep house", func(t *testing.T) {
		for n, broke := int64(1), true; broke; n++ {
			org := freshOrg()
			prepared(org)
			broke = breakOff(org, n, func(ctx context.Context) error {
				_, err := frail.Absorb(ctx, org, slices.Clone(batch))
				return err
			})
			if n%2 == 0 { // in either order
				foldAnyway(t, healthy)
			}
			if _, err := healthy.Recover(t.Context(), 0, time.Now().Add(time.Hour)); err != nil {
				t.Fatal(err)
			}
			sameWorkflows(t, t, healthy, org, whole, time.UTC)
			foldAll(org)
		}
	})
	t.Run("a fold", func(t *testing.T) {
		for n, broke := int64(1), true; broke; n++ {
			org := freshOrg()
			prepared(org)
			absorb(t, healthy, org, slices.Clone(batch)...)
			broke = breakOff(org, n, func(ctx context.Context) error {
				_, err := frail.FoldWorkflows(ctx, time.Now())
				return err
			})
			sameWorkflows(t, t, healthy, org, whole, time.UTC)
			foldAll(org)
		}
	})
}

// overtaken returns a repository that, at the n-th of its commands from now on,
// lets something else happen first, and whether it came to that.
func overtaken(t *testing.T, uri, database string) (slow *repository.Repository, at func(n int64, happens func()) (came func() bool)) {
	var commands atomic.Int64
	var overtakeAt int64
	var overtake atomic.Pointer[func()]
	slow = repositorytest.OpenAt(t, uri, database, func(string) {
		if f := overtake.Load(); f != nil && commands.Add(1) == overtakeAt {
			overtake.Store(nil)
			(*f)()
		}
	})
	return slow, func(n int64, happens func()) func() bool {
		commands.Store(0)
		overtakeAt = n
		overtake.Store(&happens)
		return func() bool { return overtake.Swap(nil) == nil }
	}
}

// A slow fold that others overtake at any of its commands stores nothing that
// was true before them; a slow batch that was taken for broken off loses nothing.
func TestWorkflowsOfWhomOthersOvertake(t *testing.T) {
	uri, database := repositorytest.Database(t)
	quick := repositorytest.OpenAt(t, uri, database, nil)
	slow, at := overtaken(t, uri, database)
	bought := func(id string, minute int, visitor string) analytics.Event {
		return event(t, id, "purchase", day.Add(time.Duration(minute)*time.Minute), object{"visitorId": visitor,
			"data": object{"transactionId": "t", "amount": "10", "currency": "EUR"}})
	}
	goal := func(id string, minute int) analytics.Event {
		return event(t, id, "goal_reached", day.Add(time.Duration(minute)*time.Minute), object{"visitorId": "v", "data": object{"uid": "g", "name": analytics.VisitorPurchased}})
	}
	first := []analytics.Event{
		event(t, "1", "interacted", day.Add(-8*time.Hour), object{"visitorId": "v", "workflowId": "adviser"}),
		bought("2", 60, "v"), goal("3", 300),
	}
	second := []analytics.Event{bought("4", 20, "somebody else"), goal("5", 400)}
	check := func(t *testing.T, org string) {
		t.Helper()
		sameWorkflows(t, t, quick, org, whole, time.UTC)
		foldAnyway(t, quick)
		noMarksOfWorkflows(t, quick, org)
		sameWorkflows(t, t, quick, org, whole, time.UTC)
	}

	t.Run("a fold", func(t *testing.T) {
		n, came := int64(1), true
		for ; came; n++ {
			org := freshOrg()
			putWorkflows(t, quick, org)
			absorb(t, quick, org, slices.Clone(first)...)
			overtook := at(n, func() {
				absorb(t, quick, org, slices.Clone(second)...)
				foldAnyway(t, quick)
			})
			if _, err := slow.FoldWorkflows(t.Context(), time.Now()); err != nil {
				t.Fatal(err)
			}
			came = overtook()
			check(t, org)
		}
		if n < 15 {
			t.Errorf("the fold was overtaken at %d commands only", n-2)
		}
	})
	t.Run("a batch", func(t *testing.T) {
		n, came := int64(1), true
		for ; came; n++ {
			org := freshOrg()
			putWorkflows(t, quick, org)
			absorb(t, quick, org, slices.Clone(first)...)
			overtook := at(n, func() { foldAnyway(t, quick) })
			if _, err := slow.Absorb(t.Context(), org, slices.Clone(second)); err != nil {
				t.Fatal(err)
			}
			came = overtook()
			check(t, org)
		}
		if n < 10 {
			t.Errorf("the batch was overtaken at %d commands only", n-2)
		}
	})
}

// foldAnyway folds what was broken off too.
func foldAnyway(t *testing.T, repo *repository.Repository) {
	t.Helper()
	if _, err := repo.FoldWorkflows(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
}

// What a question costs depends on the quarters of an hour that it is about, not
// on how much happened in them.
func TestTheCostOfReadingWorkflowsDoesNotDependOnTheirEvents(t *testing.T) {
	var commands atomic.Int64
	repo := repositorytest.Open(t, func(string) { commands.Add(1) })
	cost := func(n int, period analytics.Period) int64 {
		org := freshOrg()
		putWorkflows(t, repo, org)
		var events []analytics.Event
		for i := range n {
			at := day.Add(time.Duration(i%600) * 6 * time.Second)
			events = append(events, event(t, fmt.Sprint(i), "page_viewed", at, object{"visitorId": fmt.Sprint("v", i%97), "sessionId": fmt.Sprint("s", i%301), "workflowId": "pages", "data": object{"url": "/"}}))
		}
		absorb(t, repo, org, events...)
		foldAnyway(t, repo)
		commands.Store(0)
		sidedata, err := repo.ReadWorkflows(t.Context(), analytics.Reach{Org: org}, period, time.UTC, workflowIDs)
		if err != nil {
			t.Fatal(err)
		}
		if period.Start.Equal(whole.Start) && sidedata["pages"].Bucket.Views != n {
			t.Errorf("%d page views, want %d", sidedata["pages"].Bucket.Views, n)
		}
		return commands.Load()
	}
	for _, tt := range []struct {
		name   string
		period analytics.Period
		want   int64
	}{
		{"whole quarters: the marks and the buckets", whole, 2},
		{"cut at both ends: what happened there, and who did it", analytics.Period{Start: day.Add(time.Minute), End: day.Add(50 * time.Minute)}, 9},
		{"inside of a quarter", analytics.Period{Start: day.Add(time.Minute), End: day.Add(2 * time.Minute)}, 5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if few, many := cost(700, tt.period), cost(7000, tt.period); few != tt.want || many != tt.want {
				t.Errorf("700 events: %d commands, 7,000: %d, want %d", few, many, tt.want)
			}
		})
	}
}

// BenchmarkReadWorkflows reads a year of a workflow in which something happened
// every quarter of an hour, a month of it, and a day.
func BenchmarkReadWorkflows(b *testing.B) {
	repo := repositorytest.Open(b, nil)
	org := "acme"
	putWorkflows(b, repo, org)
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for quarter := range 365 * 96 {
		bucket := analytics.WorkflowBucket{Views: 40}
		for i := range 20 {
			number := uint32((quarter*7 + i*31) % 20_000)
			bucket.Viewers.Add(number)
			bucket.Visitors.Add(number)
			bucket.Sessions.Add(number + 20_000)
		}
		at := start.Add(time.Duration(quarter) * 15 * time.Minute)
		document := object{"_id": fmt.Sprintf("%s/5:pages:%d", org, at.UnixMilli()), "org": org, "version": 1, "workflow": "pages", "start": at, "bucket": bucket}
		if err := repo.Insert(b.Context(), "workflow_buckets", document); err != nil {
			b.Fatal(err)
		}
	}
	for _, bm := range []struct {
		name string
		days int
	}{{"a year", 365}, {"a month", 30}, {"a day", 1}} {
		b.Run(bm.name, func(b *testing.B) {
			period := analytics.Period{Start: start, End: start.AddDate(0, 0, bm.days)}
			for b.Loop() {
				readings, err := repo.ReadWorkflows(b.Context(), analytics.Reach{Org: org}, period, time.UTC, []string{"pages"})
				if err != nil || readings["pages"].Bucket.Views != bm.days*96*40 {
					b.Fatal(readings, err)
				}
			}
		})
	}
}
