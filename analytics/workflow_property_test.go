package analytics

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// clockChange is a zone around a moment at which its clocks are worth a look.
type clockChange struct {
	zone string
	near string
}

var clockChanges = []clockChange{
	{"UTC", "2026-03-01T00:00:00Z"},
	{"Asia/Kolkata", "2026-03-01T18:30:00Z"},
	{"Asia/Kathmandu", "2026-03-01T18:15:00Z"},
	{"Asia/Kathmandu", "1985-12-31T18:30:00Z"},      // from +05:30 to +05:45
	{"America/New_York", "2026-03-08T07:00:00Z"},    // 2:00 becomes 3:00
	{"America/New_York", "2025-11-02T06:00:00Z"},    // 1:00 comes twice
	{"Australia/Lord_Howe", "2026-04-04T15:00:00Z"}, // back by half an hour
	{"America/St_Johns", "2006-04-02T03:31:00Z"},    // at 0:01
	{"America/St_Johns", "2006-10-29T02:31:00Z"},
	{"Africa/Monrovia", "1972-01-07T00:44:30Z"}, // from -00:44:30 to UTC
	{"Europe/Amsterdam", "1936-05-03T02:00:00Z"},
	{"Asia/Kolkata", "1905-12-31T18:38:50Z"},
	{"Pacific/Apia", "2011-12-30T10:00:00Z"}, // a day left out
}

// visit is a drawn workflow with everything that happened around it.
type visit struct {
	near      time.Time
	zone      *time.Location
	events    []*Event // of workflows, and goals
	purchases []*Purchase
	period    Period
}

// drawMoment draws moments within two days that often lie on edges: of hours, of
// quarters, 24 hours apart.
func (v *visit) drawMoment(t *rapid.T, name string) time.Time {
	at := v.near.Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, name)) * 15 * time.Minute)
	if rapid.IntRange(0, 2).Draw(t, name+" on the grid") == 0 {
		at = at.Truncate(15 * time.Minute)
	}
	past := []time.Duration{0, 0, time.Millisecond, -time.Millisecond, 30 * time.Second, 7 * time.Minute}
	return at.Add(rapid.SampledFrom(past).Draw(t, name+" past"))
}

func drawVisit(t *rapid.T) *visit {
	change := rapid.SampledFrom(clockChanges).Draw(t, "zone")
	zone, err := time.LoadLocation(change.zone)
	if err != nil {
		t.Fatal(err)
	}
	near, err := time.Parse(time.RFC3339, change.near)
	if err != nil {
		t.Fatal(err)
	}
	v := &visit{near: near, zone: zone}
	for i := range rapid.IntRange(0, 40).Draw(t, "events") {
		v.drawEvent(t, i)
	}
	v.period = Period{v.drawMoment(t, "start"), v.drawMoment(t, "end")}
	if v.period.empty() {
		v.period.Start, v.period.End = v.period.End, v.period.Start.Add(time.Millisecond)
	}
	return v
}

func (v *visit) drawEvent(t *rapid.T, i int) {
	kinds := []EventType{PageViewed, PageViewed, PageViewed, WorkflowStarted, Interacted, Interacted, GoalTriggered, GoalReached, GoalReached, Purchased}
	kind := rapid.SampledFrom(kinds).Draw(t, "type")
	session := rapid.IntRange(1, 5).Draw(t, "session")
	e := &Event{
		EventID: fmt.Sprintf("e:%03d", i), Type: kind, At: v.drawMoment(t, "at"),
		SessionID: fmt.Sprintf("s%d", session), VisitorID: fmt.Sprintf("v%d", (session+1)/2),
		Subject: WorkflowSubject(rapid.SampledFrom([]string{"w", "w", "w", "w", "other"}).Draw(t, "workflow")),
	}
	switch kind {
	case GoalTriggered:
		e.Data.UID, e.Data.Name = drawGoal(t)
	case GoalReached:
		e.Data.UID, e.Data.Name = drawGoal(t)
		e.Subject, e.About = VisitorSubject(e.VisitorID), rapid.SampledFrom([]string{"", WorkflowSubject("other"), CallSubject("c")}).Draw(t, "about")
	case Purchased:
		p := &Purchase{TransactionID: e.EventID, At: e.At, VisitorID: rapid.SampledFrom([]string{e.VisitorID, e.VisitorID, ""}).Draw(t, "buyer")}
		p.Total = Money{rapid.Int64Range(1, 50).Draw(t, "paid"), rapid.SampledFrom([]string{"EUR", "SEK"}).Draw(t, "currency")}
		v.purchases = append(v.purchases, p)
		return
	}
	v.events = append(v.events, e)
}

func drawGoal(t *rapid.T) (uid, name string) {
	return rapid.SampledFrom([]string{"g1", "g2"}).Draw(t, "uid"), rapid.SampledFrom([]string{"g1", "a goal", VisitorPurchased}).Draw(t, "name")
}

// activity returns everything there is, shuffled, some of it twice.
func (v *visit) activity(t *rapid.T) *WorkflowActivity {
	ordinals := func() func(string) uint32 {
		known := map[string]uint32{}
		return func(id string) uint32 {
			if _, ok := known[id]; !ok {
				known[id] = uint32(len(known))
			}
			return known[id]
		}
	}
	events, purchases := shuffledTwice(t, v.events), shuffledTwice(t, v.purchases)
	return &WorkflowActivity{WorkflowID: "w", Events: events, Goals: events, Purchases: purchases, Visitor: ordinals(), Session: ordinals()}
}

func shuffledTwice[T any](t *rapid.T, list []T) []T {
	if len(list) > 0 {
		list = append(slices.Clone(list), rapid.SliceOf(rapid.SampledFrom(list)).Draw(t, "again")...)
	}
	return rapid.Permutation(list).Draw(t, "order")
}

// viewsOf returns the page views of the workflow in a period, each once.
func (v *visit) viewsOf(period Period) []*Event {
	var views []*Event
	for _, e := range v.events {
		if e.Type == PageViewed && e.Subject == WorkflowSubject("w") && period.Contains(e.At) {
			views = append(views, e)
		}
	}
	return views
}

// recountNavigation counts page views one by one.
func (v *visit) recountNavigation() *PageNavigationSidedata {
	visitors, sessions := map[string]bool{}, map[string]bool{}
	hours, days := map[int]int{}, map[int]int{}
	for _, e := range v.viewsOf(v.period) {
		visitors[e.VisitorID], sessions[e.SessionID] = true, true
		hours[e.At.In(v.zone).Hour()]++
		days[map[string]int{"Mon": 1, "Tue": 2, "Wed": 3, "Thu": 4, "Fri": 5, "Sat": 6, "Sun": 7}[e.At.In(v.zone).Format("Mon")]]++
	}
	s := &PageNavigationSidedata{UniqueVisitors: len(visitors), UniqueSessions: len(sessions)}
	for hour := range 24 {
		s.HourInDay = append(s.HourInDay, []int{hours[hour], hour})
	}
	if v.period.Start.Add(24 * time.Hour).Before(v.period.End) {
		for day := 1; day <= 7; day++ {
			s.DayInWeek = append(s.DayInWeek, []int{days[day], day})
		}
	}
	return s
}

// recountInteractions looks, for every goal and purchase, at everything that
// happened.
func (v *visit) recountInteractions() *InteractionSidedata {
	visitors := map[string]bool{}
	triggered, affected := map[[2]string]int{}, map[[2]string]int{}
	paid := map[string]int64{}
	s := &InteractionSidedata{}
	interacted := func(visitorID string, at time.Time) bool {
		return slices.ContainsFunc(v.events, func(e *Event) bool {
			return e.Type == Interacted && e.Subject == "workflow:w" && e.VisitorID == visitorID && !e.At.After(at) && !e.At.Add(24*time.Hour).Before(at)
		})
	}
	for _, e := range v.events {
		if !v.period.Contains(e.At) {
			continue
		}
		goal := [2]string{e.Data.UID, e.Data.Name}
		switch {
		case e.Type == GoalReached:
			if interacted(e.VisitorID, e.At) {
				affected[goal]++
			}
			continue
		case e.Subject != "workflow:w":
			continue
		case e.Type == WorkflowStarted:
			s.StartedWorkflows++
		case e.Type == GoalTriggered:
			triggered[goal]++
		}
		visitors[e.VisitorID] = true
	}
	for _, p := range v.purchases {
		if v.period.Contains(p.At) && interacted(p.VisitorID, p.At) {
			paid[p.Total.Currency] += p.Total.Minor
		}
	}
	s.UniqueVisitors, s.TriggeredGoals, s.AffectedGoals = len(visitors), listed(triggered), listed(affected)
	if slices.ContainsFunc(s.AffectedGoals, func(g GoalTally) bool { return g.Name == "System: Visitor purchased" }) {
		s.PurchaseSums = []Money{}
		for _, currency := range slices.Sorted(maps.Keys(paid)) {
			s.PurchaseSums = append(s.PurchaseSums, Money{paid[currency], currency})
		}
	}
	return s
}

func listed(counts map[[2]string]int) []GoalTally {
	list := []GoalTally{}
	for _, goal := range slices.SortedFunc(maps.Keys(counts), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		list = append(list, GoalTally{goal[0], goal[1], counts[goal]})
	}
	return list
}

func (v *visit) check(t *rapid.T, buckets []SpannedWorkflowBucket) {
	t.Helper()
	reading := ReadWorkflowBuckets(buckets, v.viewsOf(v.period), v.zone)
	if diff := cmp.Diff(WorkflowSidedata(v.recountNavigation()), reading.Sidedata(PageNavigation, v.period)); diff != "" {
		t.Errorf("page navigation in %s (-recounted +folded):\n%s", v.zone, diff)
	}
	if diff := cmp.Diff(WorkflowSidedata(v.recountInteractions()), reading.Sidedata(InteractionWorkflow, v.period)); diff != "" {
		t.Errorf("interactions (-recounted +folded):\n%s", diff)
	}
}

func TestSidedataIsWhatARecountFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawVisit(t)
		v.check(t, FoldWorkflowBuckets(v.activity(t), v.period))
	})
}

// Whole buckets and the parts at the ends of the period, folded apart and merged
// in any order, are the period.
func TestSidedataOfBucketsIsThatOfTheirPeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawVisit(t)
		activity := v.activity(t)
		reading := ReadWorkflow(v.period)
		var buckets []SpannedWorkflowBucket
		for at := reading.Whole.Start; at.Before(reading.Whole.End); at = at.Add(15 * time.Minute) {
			buckets = append(buckets, FoldWorkflowBuckets(activity, WorkflowBucketAt(at))...)
		}
		for _, cut := range reading.Cut {
			buckets = append(buckets, FoldWorkflowBuckets(activity, cut)...)
		}
		v.check(t, rapid.Permutation(buckets).Draw(t, "buckets"))
	})
}

func TestMergingWorkflowBucketsIsAssociativeAndHasANeutralElement(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawVisit(t)
		all := FoldWorkflowBuckets(v.activity(t), v.period)
		left, right := &WorkflowBucket{}, &WorkflowBucket{}
		for _, b := range all {
			left.Merge(b.Bucket)
		}
		for i := len(all) - 1; i >= 0; i-- {
			merged := &WorkflowBucket{}
			merged.Merge(all[i].Bucket)
			merged.Merge(right)
			right = merged
		}
		right.Merge(&WorkflowBucket{})
		if diff := cmp.Diff(left, right); diff != "" {
			t.Errorf("from the left and from the right (-left +right):\n%s", diff)
		}
	})
}
