package live

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
)

var acme = analytics.Reach{Org: "acme"}

// broadcast is a live event that began an hour ago and changes as a test says.
type broadcast struct {
	mu       sync.Mutex
	started  time.Time
	ended    *time.Time
	likes    int64
	failure  error
	readings int
}

func newBroadcast() *broadcast { return &broadcast{started: time.Now().Add(-time.Hour)} }

func (b *broadcast) read(_ context.Context, reach analytics.Reach, liveEventID string) (*analytics.LiveReading, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.readings++
	if reach != acme || liveEventID != "show" {
		return nil, analytics.Errorf(analytics.NotFound, "no such live event")
	}
	started := b.started
	return &analytics.LiveReading{
		Figures: &analytics.LiveFigures{General: analytics.LiveGeneral{Likes: b.likes}},
		Scope:   analytics.LiveScope{Timeline: analytics.LiveTimeline{StartedAt: &started, EndedAt: b.ended}},
	}, b.failure
}

// change changes the broadcast and returns how often it was read before.
func (b *broadcast) change(change func()) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	change()
	return b.readings
}

func (b *broadcast) count() int { return b.change(func() {}) }

func follow(t *testing.T, m *Metrics, every time.Duration) <-chan *analytics.LiveReport {
	t.Helper()
	reports, err := m.Follow(t.Context(), acme, "show", every)
	if err != nil {
		t.Fatal(err)
	}
	return reports
}

// pass lets time pass, and what happens at its end happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// likes returns the likes of what is there to be taken, -1 for nothing and -2
// for the end.
func likes(reports <-chan *analytics.LiveReport) int64 {
	synctest.Wait()
	select {
	case report, ok := <-reports:
		if !ok {
			return -2
		}
		return report.General.Likes
	default:
		return -1
	}
}

func TestMetricsComeAtOnceThenWithEachChangeAtMostOncePerInterval(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroadcast()
		reports := follow(t, NewMetrics(b.read), 5*time.Second)
		var got []int64
		step := func() { got = append(got, likes(reports)) }
		step() // at once
		pass(20 * time.Second)
		step() // nothing happened
		b.change(func() { b.likes = 1 })
		step() // not before the interval is over
		pass(5 * time.Second)
		step()
		b.change(func() { b.likes = 2 })
		pass(5 * time.Second)
		b.change(func() { b.likes = 3 })
		pass(5 * time.Second)
		step() // who was slow skips what is out of date, but for what was on its way
		step()
		step()
		if diff := cmp.Diff([]int64{0, -1, -1, 1, 2, 3, -1}, got); diff != "" {
			t.Errorf("likes (-want +got):\n%s", diff)
		}
	})
}

func TestMetricsAreReadOncePerIntervalForAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroadcast()
		m := NewMetrics(b.read)
		var all []<-chan *analytics.LiveReport
		for range 100 {
			all = append(all, follow(t, m, 5*time.Second))
		}
		for _, reports := range all {
			if got := likes(reports); got != 0 {
				t.Fatalf("first: %d", got)
			}
		}
		if n := b.change(func() { b.likes = 7 }); n != 1 {
			t.Errorf("read %d times for the first metrics of 100 followers", n)
		}
		pass(5 * time.Second)
		for _, reports := range all {
			if got := likes(reports); got != 7 {
				t.Fatalf("then: %d", got)
			}
		}
		if n := b.count(); n != 2 {
			t.Errorf("read %d times after one interval", n)
		}
		// Another interval has a source of its own.
		if follow(t, m, 2*time.Second); b.count() != 3 {
			t.Errorf("read %d times", b.count())
		}
	})
}

func TestMetricsEndWithTheBroadcast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroadcast()
		m := NewMetrics(b.read)
		reports := follow(t, m, 5*time.Second)
		got := []int64{likes(reports)}
		announced := time.Now().Add(7 * time.Second)
		b.change(func() { b.ended = &announced })
		pass(5 * time.Second)
		got = append(got, likes(reports)) // the end is known, but not there yet
		b.change(func() { b.likes = 4 })
		pass(5 * time.Second)
		got = append(got, likes(reports), likes(reports))
		n := b.count()
		pass(time.Minute)
		if again := b.count(); again != n {
			t.Errorf("read %d times after the end", again-n)
		}
		late := follow(t, m, 5*time.Second)
		got = append(got, likes(late), likes(late))
		if diff := cmp.Diff([]int64{0, 0, 4, -2, 4, -2}, got); diff != "" {
			t.Errorf("likes (-want +got):\n%s", diff)
		}
	})
}

func TestMetricsAreNotReadForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroadcast()
		m := NewMetrics(b.read)
		ctx, leave := context.WithCancel(t.Context())
		first, err := m.Follow(ctx, acme, "show", time.Second)
		if err != nil {
			t.Fatal(err)
		}
		second := follow(t, m, time.Second)
		leave()
		synctest.Wait()
		if _, open := <-first; open {
			t.Error("the channel of who left is open")
		}
		pass(10 * time.Second)
		if got := likes(second); got != 0 || b.count() != 11 {
			t.Errorf("who stays saw %d, after %d readings", got, b.count())
		}
	})
	synctest.Test(t, func(t *testing.T) {
		b := newBroadcast()
		ctx, leave := context.WithCancel(t.Context())
		if _, err := NewMetrics(b.read).Follow(ctx, acme, "show", time.Second); err != nil {
			t.Fatal(err)
		}
		leave()
		pass(time.Minute)
		if n := b.count(); n != 1 {
			t.Errorf("read %d times", n)
		}
	})
}

func TestMetricsThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBroadcast()
		m := NewMetrics(b.read)
		if _, err := m.Follow(t.Context(), acme, "none", time.Second); analytics.CodeOf(err) != analytics.NotFound {
			t.Errorf("a live event that is not there: %v", err)
		}
		b.change(func() { b.failure = errors.New("away") })
		if _, err := m.Follow(t.Context(), acme, "show", time.Second); err == nil {
			t.Error("the first reading failed, and the stream did not")
		}
		b.change(func() { b.failure = nil })
		reports := follow(t, m, time.Second)
		got := []int64{likes(reports)}
		b.change(func() { b.failure, b.likes = errors.New("away for a moment"), 5 })
		pass(3 * time.Second)
		got = append(got, likes(reports))
		b.change(func() { b.failure = nil })
		pass(time.Second)
		got = append(got, likes(reports))
		if diff := cmp.Diff([]int64{0, -1, 5}, got); diff != "" {
			t.Errorf("likes (-want +got):\n%s", diff)
		}
	})
}
