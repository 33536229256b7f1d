package live

import (
	"cmp"
	"context"
	"errors"
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
	s.mu.Lock()
	defer s.mu.Unlock()
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

func TestArrived(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b Broker
		s := &shelf{}
		store := func(id string, ago time.Duration) {
			s.store(arrival{id, time.Now().Add(-ago)})
		}
		store("before", time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		out, err := Arrived(ctx, &b, "chat/x", s.since, func(a arrival) (string, time.Time) { return a.id, a.at })
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
		time.Sleep(longLookEvery)
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
		if _, err := Arrived(t.Context(), &b, "chat/x", s.since, func(a arrival) (string, time.Time) { return a.id, a.at }); err == nil {
			t.Error("a first look that fails is no stream")
		}
	})
}
