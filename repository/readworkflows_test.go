package repository_test

import (
	"fmt"
	"slices"
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
		if period.End.Sub(period.Start) > 24*time.Hour && sidedata["pages"].Bucket.Views != n {
			t.Errorf("%d page views, want %d", sidedata["pages"].Bucket.Views, n)
		}
		return commands.Load()
	}
	for _, tt := range []struct {
		name   string
		period analytics.Period
		want   int64
	}{
		{"whole days: the marks and the days", analytics.Period{Start: day.Truncate(24*time.Hour).AddDate(0, 0, -1), End: day.Truncate(24*time.Hour).AddDate(0, 0, 9)}, 2},
		{"whole quarters: those of both ends too", whole, 4},
		{"whole quarters of less than a day: the marks and the quarters", analytics.Period{Start: day, End: day.Add(2 * time.Hour)}, 2},
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
	var whole analytics.WorkflowDay
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
		whole.Add(analytics.SpannedWorkflowBucket{Span: analytics.WorkflowBucketAt(at), Bucket: &bucket})
		if quarter%96 == 95 {
			at = at.Truncate(24 * time.Hour)
			document := object{"_id": fmt.Sprintf("%s/5:pages:%d", org, at.UnixMilli()), "org": org, "version": 1, "workflow": "pages", "start": at, "bucket": whole.Bucket, "quarters": whole.Quarters}
			if err := repo.Insert(b.Context(), "workflow_days", document); err != nil {
				b.Fatal(err)
			}
			whole = analytics.WorkflowDay{}
		}
	}
	for _, bm := range []struct {
		name   string
		offset time.Duration
		days   int
	}{{"a year", 0, 364}, {"a month", 0, 30}, {"a month of another zone", 90 * time.Minute, 30}, {"a day", 0, 1}} {
		b.Run(bm.name, func(b *testing.B) {
			period := analytics.Period{Start: start.Add(bm.offset), End: start.Add(bm.offset).AddDate(0, 0, bm.days)}
			for b.Loop() {
				readings, err := repo.ReadWorkflows(b.Context(), analytics.Reach{Org: org}, period, time.UTC, []string{"pages"})
				if err != nil || readings["pages"].Bucket.Views != bm.days*96*40 {
					b.Fatal(readings, err)
				}
			}
		})
	}
}
