package repository_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

func TestPauses(t *testing.T) {
	p := repository.NewPauses()
	at := func(seconds int) time.Time { return noon.Add(time.Duration(seconds) * time.Second) }
	left := func(seconds int) string { return strings.Join(p.LeftOut("fold", at(seconds)), " ") }
	for _, step := range []struct {
		name    string
		failing string
		at      int
		pausing []int // seconds at which it pauses, and then one at which it does not
	}{
		{"ten seconds at first", "acme", 0, []int{0, 9, 10}},
		{"twice as long then", "acme", 10, []int{10, 29, 30}},
		{"and so on", "acme", 30, []int{30, 69, 70}},
		{"", "acme", 70, nil}, {"", "acme", 150, nil}, {"", "acme", 310, nil},
		{"but no longer than five minutes", "acme", 700, []int{700, 999, 1000}},
	} {
		p.Failed("fold", step.failing, at(step.at))
		for i, second := range step.pausing {
			want := "acme"
			if i == len(step.pausing)-1 {
				want = ""
			}
			if got := left(second); got != want {
				t.Errorf("%s: after %d seconds %q pauses, want %q", step.name, second, got, want)
			}
		}
	}
	p.Failed("fold", "globex", at(700))
	p.Failed("recover", "zeta", at(700))
	if got := left(701); got != "acme globex" {
		t.Errorf("%q pauses", got)
	}
	p.Done("fold", "acme")
	if got := left(701); got != "globex" {
		t.Errorf("when it is mended %q pauses", got)
	}
	for n := range 2000 {
		p.Failed("fold", fmt.Sprint(n), at(701))
	}
	if n := len(p.LeftOut("fold", at(702))); n >= 1000 {
		t.Errorf("%d pause", n)
	}
	p.Failed("fold", "late", at(7000)) // those before do not come again
	if got := left(7001); got != "late" {
		t.Errorf("where many paused long ago %q pauses", got)
	}
}

// breakCall makes the event that starts a call one that cannot be
// decoded, and returns what mends it.
func breakCall(t *testing.T, repo *repository.Repository, org, id string) (mend func()) {
	filter := bson.D{{Key: "org", Value: org}, {Key: "subject", Value: "call:" + id}, {Key: "type", Value: "call_started"}}
	set(t, repo, "events", filter, "client", bson.D{})
	return func() { set(t, repo, "events", filter, "client", "v") }
}

// A gateway dies with a batch of calls of which one cannot be derived. The others
// are, and so are those of more broken batches than one look takes.
func TestOneBrokenCallKeepsNobodyFromBeingRecovered(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	started := func(id string) analytics.Event {
		return event(t, "start-"+id, "call_started", day, object{"visitorId": "v", "sessionId": "s", "callId": id, "data": object{"agentId": "ada", "callType": "queue", "queueId": "q"}})
	}
	absorb(t, repo, "acme", started("broken"), started("c1"), started("c2"))
	absorb(t, repo, "globex", started("c3"))
	mend := breakCall(t, repo, "acme", "broken")
	now := time.Now().Add(time.Hour)
	version := func(org, id string) int64 {
		t.Helper()
		return all(t, repo, "calls", org, func(c *analytics.Call) string { return c.CallID })[id].Version
	}
	subjects := func() string {
		t.Helper()
		type mark struct {
			Subjects []string `bson:"subjects"`
		}
		marks, err := repository.All[mark](t.Context(), repo, "dirty_marks", "acme")
		if err != nil {
			t.Fatal(err)
		}
		left := map[string]int{}
		for _, m := range marks {
			left[strings.Join(m.Subjects, " ")]++
		}
		return fmt.Sprint(left)
	}
	for n := range 100 { // as many as one look takes
		if err := repo.LeaveMark(t.Context(), "acme", now.Add(-time.Hour), "call:broken"); err != nil {
			t.Fatal(n, err)
		}
	}
	if err := repo.LeaveMark(t.Context(), "acme", now.Add(-50*time.Minute), "call:broken", "call:c1", "call:c2"); err != nil {
		t.Fatal(err)
	}
	if err := repo.LeaveMark(t.Context(), "globex", now.Add(-40*time.Minute), "call:c3"); err != nil {
		t.Fatal(err)
	}
	before := []int64{version("acme", "c1"), version("acme", "c2"), version("globex", "c3")}

	if n, err := repo.Recover(t.Context(), time.Minute, now); n != 0 || err == nil || !strings.Contains(err.Error(), "derive call:broken of acme: ") {
		t.Errorf("first look: %d, %v", n, err)
	}
	if n, err := repo.Recover(t.Context(), time.Minute, now.Add(time.Second)); n != 1 || err == nil {
		t.Errorf("while these pause: %d, %v", n, err)
	}
	for i, derived := range []int64{version("acme", "c1"), version("acme", "c2"), version("globex", "c3")} {
		if derived <= before[i] {
			t.Errorf("call c%d is not derived again", i+1)
		}
	}
	if got, want := subjects(), "map[call:broken:101]"; got != want {
		t.Errorf("marks are left of %s, want %s", got, want)
	}
	if n, err := repo.Recover(t.Context(), time.Minute, now.Add(2*time.Second)); n != 0 || err != nil {
		t.Errorf("when all that is left pauses: %d, %v", n, err)
	}
	mend()
	for recovered := 0; recovered < 101; {
		n, err := repo.Recover(t.Context(), time.Minute, now.Add(time.Minute))
		if n == 0 || err != nil {
			t.Fatalf("once it is mended: %d of 101, %v", recovered, err)
		}
		recovered += n
	}
	nothingLeftToRecover(t, repo, "acme")
	sameAsFromScratch(t, repo, "acme")
}

// Where live events cannot be folded, batches do not try it one after the other.
func TestABacklogThatCannotBeFoldedIsNotTriedByEachBatch(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	repo := repositorytest.Open(t, func(string) { sent.Add(1) })
	putLiveEvent(t, repo, "acme")
	absorb(t, repo, "acme", event(t, "broken", "session_started", day, object{"visitorId": "v", "sessionId": "s", "liveEventId": "live", "data": object{"device": "mobile"}}))
	set(t, repo, "events", bson.D{{Key: "org", Value: "acme"}, {Key: "session", Value: "s"}}, "data.device", bson.D{})
	for try, tried := range []bool{true, false, false} {
		sent.Store(0)
		repo.FoldFullBacklog(t.Context(), analytics.Reach{Org: "acme"})
		if n := sent.Load(); n > 0 != tried {
			t.Errorf("try %d took %d commands", try, n)
		}
	}
}

// What one organization has broken takes the place of nobody else's folds.
func TestOneBrokenOrganizationKeepsNobodyFromBeingFolded(t *testing.T) {
	t.Parallel()
	repo := repositorytest.Open(t, nil)
	watched := func(id string) analytics.Event {
		return event(t, id, "session_started", day, object{"visitorId": "v", "sessionId": id, "liveEventId": "live", "data": object{"device": "mobile"}})
	}
	for _, org := range []string{"acme", "globex"} {
		putLiveEvent(t, repo, org)
	}
	foldLive(t, repo)
	absorb(t, repo, "acme", watched("broken"))
	set(t, repo, "events", bson.D{{Key: "org", Value: "acme"}, {Key: "session", Value: "broken"}}, "data.device", bson.D{})
	for range 100 { // as many marks as one look takes
		if err := repo.LeaveLiveMark(t.Context(), "acme", "acme/e:broken"); err != nil {
			t.Fatal(err)
		}
	}
	absorb(t, repo, "globex", watched("whole"))
	now := time.Now().Add(time.Hour)
	if n, err := repo.FoldLive(t.Context(), 0, now); n != 0 || err == nil || !strings.Contains(err.Error(), "decode acme/e:broken: ") {
		t.Errorf("first look: %d, %v", n, err)
	}
	if n, err := repo.FoldLive(t.Context(), 0, now); n != 1 || err != nil {
		t.Errorf("while that organization pauses: %d, %v", n, err)
	}
	nothingPending(t, repo, "globex")
	set(t, repo, "events", bson.D{{Key: "org", Value: "acme"}, {Key: "session", Value: "broken"}}, "data.device", "mobile")
	now = now.Add(time.Minute)
	for {
		n, err := repo.FoldLive(t.Context(), 0, now)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	nothingPending(t, repo, "acme")
}
