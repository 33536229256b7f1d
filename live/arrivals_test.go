package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
)

// arrival is something that came in.
type arrival struct {
	id string
	at time.Time
}

// shelf is where arrivals are stored, in pages of two.
type shelf struct {
	mu     sync.Mutex
	stored []arrival
	away   bool
	looks  int
	takes  time.Duration // each look
}

func (s *shelf) store(a arrival) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stored = append(s.stored, a)
}

func (s *shelf) goAway(away bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.away = away
}

func (s *shelf) since(_ context.Context, since time.Time, behind string) (page []arrival, more bool, err error) {
	time.Sleep(s.takes)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	if s.away {
		return nil, false, errors.New("the database is away")
	}
	slices.SortStableFunc(s.stored, func(a, b arrival) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.id, b.id)) })
	for _, a := range s.stored {
		switch {
		case a.at.Before(since), a.at.Equal(since) && a.id <= behind:
		case len(page) == 2:
			return page, true, nil
		default:
			page = append(page, a)
		}
	}
	return page, false, nil
}

// feed is the shelf as it is watched, from a moment on or from now.
func (s *shelf) feed(after *time.Time) Feed[arrival] {
	return Feed[arrival]{
		Topic: "chat/x", Arrivals: s.since, Lateness: Derived, After: after,
		Of: func(a arrival) (string, time.Time) { return a.id, a.at },
	}
}

func TestArrived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b Broker
		s := &shelf{}
		store := func(id string, ago time.Duration) {
			s.store(arrival{id, time.Now().Add(-ago)})
		}
		store("before", time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		out, err := Arrived(ctx, &b, s.feed(nil))
		if err != nil {
			t.Fatal(err)
		}
		var mu sync.Mutex
		var got []string
		go func() {
			for a := range out {
				mu.Lock()
				got = append(got, a.id)
				mu.Unlock()
			}
		}()
		wants := func(name string, want ...string) {
			t.Helper()
			b.Publish("chat/x", 0)
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if diff := gocmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
			got = nil
		}
		wants("what came in before is not sent")
		store("1", 0)
		store("2", 0)
		store("3", 0)
		store("4", time.Second)
		wants("more than a page, each once", "4", "1", "2", "3")
		wants("nothing twice")
		store("late", 3*time.Second)
		wants("what was stored a little later", "late")
		store("very late", time.Minute)
		wants("what a dying gateway left waits")
		time.Sleep(Derived.Every)
		wants("until a look goes further back", "very late")
		s.goAway(true)
		store("meanwhile", 0)
		wants("nothing while the database is away")
		s.goAway(false)
		time.Sleep(lookAgain)
		wants("all of it once it is back", "meanwhile")
		cancel()
		synctest.Wait()
		if topics := b.Topics(); len(topics) > 0 {
			t.Errorf("still watched: %v", topics)
		}

		s.goAway(true)
		if _, err := Arrived(t.Context(), &b, s.feed(nil)); err == nil {
			t.Error("a first look that fails is no stream")
		}
	})
}

func TestWhoComesBackMissesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b Broker
		s := &shelf{}
		store := func(id string, ago time.Duration) { s.store(arrival{id, time.Now().Add(-ago)}) }
		watch := func(after time.Time, lateness Lateness) func() []string {
			feed := s.feed(&after)
			feed.Lateness = lateness
			out, err := Arrived(t.Context(), &b, feed)
			if err != nil {
				t.Fatal(err)
			}
			var mu sync.Mutex
			var got []string
			go func() {
				for a := range out {
					mu.Lock()
					got = append(got, a.id)
					mu.Unlock()
				}
			}()
			return func() []string {
				b.Publish("chat/x", 0)
				time.Sleep(2 * lookAgain)
				synctest.Wait()
				mu.Lock()
				defer mu.Unlock()
				heard := got
				got = nil
				return heard
			}
		}
		wants := func(name string, heard func() []string, want ...string) {
			t.Helper()
			if diff := gocmp.Diff(want, heard()); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		store("old", time.Hour)
		store("before", 21*time.Second)
		store("just before", 19*time.Second)
		store("seen", 10*time.Second)
		store("missed", 5*time.Second)
		cursor := time.Now().Add(-10 * time.Second)

		back := watch(cursor, Stored)
		wants("the ten seconds before its cursor, and all that was missed", back, "just before", "seen", "missed")
		store("late", 9*time.Second)
		wants("a late one, once a look goes back so far", back)
		time.Sleep(Stored.Every)
		wants("a late one, once a look goes back so far", back, "late")
		s.store(arrival{"ahead", time.Now().Add(time.Minute)})
		wants("one stamped by a clock that is ahead", back, "ahead")
		store("behind it", 0)
		wants("it hides nothing that others stamp", back, "behind it")

		wants("a cursor that is yet to come resumes from now", watch(time.Now().Add(time.Hour), Stored), "behind it", "ahead")

		s.goAway(true)
		meanwhile := watch(cursor, Stored)
		wants("nothing while the database is away", meanwhile)
		s.goAway(false)
		wants("all of it once it is back", meanwhile, "just before", "seen", "late", "missed", "behind it", "ahead")
	})
}

// Eight gateways whose clocks differ by up to four seconds either way store what
// they stamped up to a second before; a watcher hangs up again and again, and comes
// back by the cursor of what it heard last. It hears everything.
func TestNothingIsLostBetweenClocksThatDiffer(t *testing.T) {
	for seed := range uint64(20) {
		synctest.Test(t, func(t *testing.T) {
			const writers, each = 8, 40
			random := rand.New(rand.NewPCG(seed, 1))
			var b Broker
			s := &shelf{}
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			go Poll(ctx, &b, time.Second, func(context.Context, []string) (map[string]int64, error) { return nil, nil }, slog.New(slog.DiscardHandler))
			for writer := range writers {
				random := rand.New(rand.NewPCG(seed, uint64(writer)+2))
				skew := time.Duration(random.Int64N(int64(8*time.Second))) - 4*time.Second
				go func() {
					for n := range each {
						time.Sleep(time.Duration(random.Int64N(int64(time.Second))))
						stamped := arrival{fmt.Sprint(writer, "-", n), time.Now().Add(skew).Truncate(time.Millisecond)}
						time.Sleep(time.Duration(random.Int64N(int64(time.Second))))
						s.store(stamped)
						if random.IntN(2) == 0 { // the other notices are lost
							b.Publish("chat/x", 0)
						}
					}
				}()
			}
			heard := map[string]bool{}
			var cursor *time.Time
			for len(heard) < writers*each {
				ctx, leave := context.WithCancel(ctx)
				feed := s.feed(cursor)
				feed.Lateness = Stored
				out, err := Arrived(ctx, &b, feed)
				if err != nil {
					t.Fatal(err)
				}
				for want := min(writers*each, len(heard)+1+random.IntN(40)); len(heard) < want; {
					select {
					case a := <-out:
						heard[a.id] = true
						cursor = &a.at
					case <-time.After(time.Minute):
						t.Fatalf("seed %d: heard %d of %d", seed, len(heard), writers*each)
					}
				}
				leave()
				time.Sleep(time.Duration(random.Int64N(int64(3 * time.Second))))
			}
		})
	}
}

// A hundred who ask for the same share their looks; whoever asks for something
// else does not get theirs.
func TestLooksAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b Broker
		s := &shelf{takes: 5 * time.Millisecond}
		heard := make(chan string, 1000)
		watch := func(asks string) {
			feed := s.feed(nil)
			feed.Asks = asks
			out, err := Arrived(t.Context(), &b, feed)
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				for a := range out {
					heard <- asks + a.id
				}
			}()
		}
		for range 100 {
			watch("")
		}
		watch("else ")
		for _, id := range []string{"1", "2"} { // after the first they all stand at the same place
			s.mu.Lock()
			s.looks = 0
			s.mu.Unlock()
			s.store(arrival{id, time.Now()})
			b.Publish("chat/x", 0)
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if len(heard) != 2*101 {
			t.Errorf("%d of 101 heard of both", len(heard))
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.looks > 4 {
			t.Errorf("the second took %d looks", s.looks)
		}
	})
}
