package analytics

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// at returns an event of workflow w.
func workflowEvent(t *testing.T, id string, kind EventType, visitor, at string) *Event {
	t.Helper()
	moment, err := time.Parse(time.RFC3339Nano, at)
	if err != nil {
		t.Fatal(err)
	}
	return &Event{EventID: id, Type: kind, VisitorID: visitor, SessionID: "s-" + visitor, At: moment, Subject: WorkflowSubject("w")}
}

func TestGoalsAreAffectedUpTo24HoursAfterAnInteraction(t *testing.T) {
	for _, tt := range []struct {
		name, visitor, at string
		want              int
	}{
		{"at the moment of the interaction", "v", "2026-03-01T12:00:00Z", 1},
		{"24 hours after it", "v", "2026-03-02T12:00:00Z", 1},
		{"a millisecond later", "v", "2026-03-02T12:00:00.001Z", 0},
		{"before it", "v", "2026-03-01T11:59:59.999Z", 0},
		{"by somebody else", "v2", "2026-03-01T12:30:00Z", 0},
		{"by somebody who only looked", "v3", "2026-03-01T12:30:00Z", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			goal := workflowEvent(t, "goal", GoalReached, tt.visitor, tt.at)
			goal.Subject, goal.About = VisitorSubject(tt.visitor), CallSubject("c")
			goal.Data.UID, goal.Data.Name = "g", VisitorPurchased
			bought := &Purchase{TransactionID: "t", VisitorID: tt.visitor, At: goal.At, Total: Money{5000, "EUR"}}
			ordinals := map[string]uint32{"v": 0, "v2": 1, "v3": 2, "s-v": 0, "s-v3": 1}
			activity := &WorkflowActivity{
				WorkflowID: "w",
				Events:     []*Event{workflowEvent(t, "1", Interacted, "v", "2026-03-01T12:00:00Z"), workflowEvent(t, "2", PageViewed, "v3", "2026-03-01T12:00:00Z")},
				Goals:      []*Event{goal}, Purchases: []*Purchase{bought},
				Visitor: func(id string) uint32 { return ordinals[id] },
				Session: func(id string) uint32 { return ordinals[id] },
			}
			// Only the moment of the goal is asked about, not that of the interaction.
			period := Period{goal.At, goal.At.Add(time.Millisecond)}
			got := ReadWorkflowBuckets(FoldWorkflowBuckets(activity, period), nil, time.UTC).Sidedata(InteractionWorkflow, period)
			s := got.(*InteractionSidedata)
			var sums []Money
			if tt.want > 0 {
				sums = []Money{{5000, "EUR"}}
			}
			if len(s.AffectedGoals) != tt.want {
				t.Errorf("affected goals: %v, want %d", s.AffectedGoals, tt.want)
			}
			if diff := cmp.Diff(sums, s.PurchaseSums); diff != "" {
				t.Errorf("purchases (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPurchasesAreShownOnlyBesideTheirGoal(t *testing.T) {
	bucket := &WorkflowBucket{Purchases: []Money{{5000, "EUR"}}, Affected: []GoalTally{{"g", "Called back", 1}}}
	reading := &WorkflowReading{Bucket: bucket}
	got := reading.Sidedata(InteractionWorkflow, Period{}).(*InteractionSidedata)
	if got.PurchaseSums != nil {
		t.Errorf("without the goal: %v", got.PurchaseSums)
	}
	bucket.Affected = append(bucket.Affected, GoalTally{"h", "System: Visitor purchased", 1})
	got = reading.Sidedata(InteractionWorkflow, Period{}).(*InteractionSidedata)
	if diff := cmp.Diff([]Money{{5000, "EUR"}}, got.PurchaseSums); diff != "" {
		t.Errorf("with the goal (-want +got):\n%s", diff)
	}
}

func TestKindsWithoutAShapeOfTheirOwnHaveThatOfInteractions(t *testing.T) {
	reading := &WorkflowReading{Bucket: &WorkflowBucket{Started: 3}}
	want := &InteractionSidedata{StartedWorkflows: 3, TriggeredGoals: []GoalTally{}, AffectedGoals: []GoalTally{}}
	for _, kind := range []WorkflowType{InteractionWorkflow, VoiceVideo, ChatWorkflow, UserGenerated} {
		if diff := cmp.Diff(WorkflowSidedata(want), reading.Sidedata(kind, Period{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kind, diff)
		}
	}
}

func TestDaysAreListedForPeriodsLongerThan24Hours(t *testing.T) {
	start := time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
	var views PageViewHours
	if days := views.DayInWeek(Period{start, start.Add(24 * time.Hour)}); days != nil {
		t.Errorf("24 hours: %v", days)
	}
	want := [][]int{{0, 1}, {0, 2}, {0, 3}, {0, 4}, {0, 5}, {0, 6}, {0, 7}}
	if diff := cmp.Diff(want, views.DayInWeek(Period{start, start.Add(24*time.Hour + 1)})); diff != "" {
		t.Errorf("longer (-want +got):\n%s", diff)
	}
}

func TestABucketIsInOneHour(t *testing.T) {
	for _, tt := range []struct {
		zone, bucket string
		want         bool
	}{
		{"Asia/Kathmandu", "2026-03-01T18:15:00Z", true},      // midnight
		{"America/New_York", "2026-03-08T06:45:00Z", true},    // the last quarter before 2:00 becomes 3:00
		{"America/St_Johns", "2006-04-02T03:30:00Z", false},   // at 0:01 it becomes 1:01
		{"America/St_Johns", "2006-04-02T03:45:00Z", true},    // 1:15
		{"Africa/Monrovia", "1971-06-01T00:30:00Z", false},    // 23:45:30 the day before to 0:00:30
		{"Africa/Monrovia", "1971-06-01T00:45:00Z", true},     // 0:00:30
		{"Australia/Lord_Howe", "2026-04-04T14:45:00Z", true}, // 1:45, before 2:00 becomes 1:30
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, tt.bucket)
		if err != nil {
			t.Fatal(err)
		}
		if got := InOneHour(WorkflowBucketAt(at), zone); got != tt.want {
			t.Errorf("%s in %s: %v", tt.bucket, tt.zone, got)
		}
	}
}
