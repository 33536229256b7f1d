package repository

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
)

// shelf is a database of names by id, which takes a second to read.
type shelf struct {
	mu    sync.Mutex
	names map[string]string
	asked []string // the ids of each read, joined
	err   error
}

func (s *shelf) put(id, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.names[id] = name
}

// find reads as the database was when it began.
func (s *shelf) find(ids []string) (map[string]any, error) {
	s.mu.Lock()
	s.asked = append(s.asked, strings.Join(ids, " "))
	found := map[string]any{}
	for _, id := range ids {
		if name, ok := s.names[id]; ok {
			found[id] = &analytics.Agent{AgentID: id, Name: name}
		}
	}
	err := s.err
	s.mu.Unlock()
	time.Sleep(time.Second)
	return found, err
}

var acmeAgents = cacheScope{collAgents, "acme"}

// lookedUp returns the names that a cache says ids have, by id.
func lookedUp(t *testing.T, c *cache, s *shelf, fresh bool, ids ...string) map[string]string {
	t.Helper()
	found, err := c.get(t.Context(), acmeAgents, ids, fresh, s.find)
	if err != nil {
		t.Error(err)
	}
	names := map[string]string{}
	for id, document := range found {
		names[id] = document.(*analytics.Agent).Name
	}
	return names
}

func TestCache(t *testing.T) {
	// bubble runs a test in a bubble of time with a cache of five seconds.
	bubble := func(name string, test func(t *testing.T, c *cache, s *shelf)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &shelf{names: map[string]string{"a": "Ada", "b": "Bob"}}
				test(t, newCache(5*time.Second, 1<<20, time.Now), s)
			})
		})
	}
	equal := func(t *testing.T, what string, got, want any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}

	bubble("what was read is read again only where it is missing", func(t *testing.T, c *cache, s *shelf) {
		equal(t, "names", lookedUp(t, c, s, false, "a", "x"), map[string]string{"a": "Ada"})
		equal(t, "names", lookedUp(t, c, s, false, "a", "b", "x"), map[string]string{"a": "Ada", "b": "Bob"})
		equal(t, "reads", s.asked, []string{"a x", "b"})
		stats := c.Stats()
		stats.Bytes = 0
		equal(t, "stats", stats, CacheStats{Hits: 2, Misses: 3, Entries: 3})
	})

	bubble("nothing is answered that was read five seconds ago, nor that there was nothing", func(t *testing.T, c *cache, s *shelf) {
		lookedUp(t, c, s, false, "a", "x") // read at 0, known at 1
		s.put("a", "Adele")
		s.put("x", "Xaver")
		time.Sleep(3999 * time.Millisecond)
		equal(t, "names after 4.999 s", lookedUp(t, c, s, false, "a", "x"), map[string]string{"a": "Ada"})
		time.Sleep(time.Millisecond)
		equal(t, "names after 5 s", lookedUp(t, c, s, false, "a", "x"), map[string]string{"a": "Adele", "x": "Xaver"})
	})

	bubble("a hundred who ask at once read once", func(t *testing.T, c *cache, s *shelf) {
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				equal(t, "names", lookedUp(t, c, s, false, "a"), map[string]string{"a": "Ada"})
			})
		}
		all.Wait()
		equal(t, "reads", s.asked, []string{"a"})
	})

	bubble("what is written while it is read is not kept as it was, and not told to who asks afterwards", func(t *testing.T, c *cache, s *shelf) {
		for _, drop := range []func(){
			func() { c.drop(acmeAgents, "a") },
			func() { c.drop(acmeAgents) },
			func() { c.dropAll() },
		} {
			s.put("a", "Ada")
			c.drop(acmeAgents, "a")
			var all sync.WaitGroup
			all.Go(func() { lookedUp(t, c, s, false, "a") })
			time.Sleep(time.Second / 2)
			s.put("a", "Adele")
			drop()
			all.Go(func() {
				equal(t, "name to who asks meanwhile", lookedUp(t, c, s, false, "a"), map[string]string{"a": "Adele"})
			})
			all.Wait()
			equal(t, "name to who asks later", lookedUp(t, c, s, false, "a"), map[string]string{"a": "Adele"})
		}
		if len(c.reads) > 0 {
			t.Errorf("%d reads were forgotten", len(c.reads))
		}
	})

	bubble("a drop leaves what it does not name", func(t *testing.T, c *cache, s *shelf) {
		lookedUp(t, c, s, false, "a", "b")
		c.drop(acmeAgents, "b")
		c.drop(cacheScope{collAgents, "globex"})
		c.drop(cacheScope{collQueues, "acme"})
		lookedUp(t, c, s, false, "a", "b")
		equal(t, "reads", s.asked, []string{"a b", "b"})
	})

	bubble("who wants it fresh reads, and leaves it to the others", func(t *testing.T, c *cache, s *shelf) {
		lookedUp(t, c, s, false, "a")
		s.put("a", "Adele")
		equal(t, "name to them", lookedUp(t, c, s, true, "a"), map[string]string{"a": "Adele"})
		equal(t, "name to others", lookedUp(t, c, s, false, "a"), map[string]string{"a": "Adele"})
		equal(t, "reads", s.asked, []string{"a", "a"})
	})

	bubble("a read that hangs is not waited for once what it finds is too old", func(t *testing.T, c *cache, s *shelf) {
		go func() {
			_, _ = c.get(t.Context(), acmeAgents, []string{"a"}, false, func(ids []string) (map[string]any, error) {
				found, err := s.find(ids)
				time.Sleep(time.Minute)
				return found, err
			})
		}()
		time.Sleep(5 * time.Second)
		s.put("a", "Adele")
		equal(t, "name", lookedUp(t, c, s, false, "a"), map[string]string{"a": "Adele"})
		time.Sleep(time.Minute)
	})

	bubble("a failure is told to all who wait, and not kept", func(t *testing.T, c *cache, s *shelf) {
		s.err = errors.New("away")
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() {
				if _, err := c.get(t.Context(), acmeAgents, []string{"a"}, false, s.find); !errors.Is(err, s.err) {
					t.Errorf("error: %v", err)
				}
			})
		}
		all.Wait()
		s.err = nil
		equal(t, "names", lookedUp(t, c, s, false, "a"), map[string]string{"a": "Ada"})
		equal(t, "reads", s.asked, []string{"a", "a"})
	})

	bubble("who waits for somebody that gives up reads for himself", func(t *testing.T, c *cache, s *shelf) {
		hasty, giveUp := context.WithCancel(t.Context())
		go func() {
			_, _ = c.get(hasty, acmeAgents, []string{"a"}, false, func([]string) (map[string]any, error) {
				<-hasty.Done()
				return nil, hasty.Err()
			})
		}()
		synctest.Wait()
		var all sync.WaitGroup
		for range 3 {
			all.Go(func() { equal(t, "names", lookedUp(t, c, s, false, "a"), map[string]string{"a": "Ada"}) })
		}
		synctest.Wait()
		giveUp()
		all.Wait()
		equal(t, "reads", s.asked, []string{"a"})
	})

	t.Run("it holds about as many bytes as it may", func(t *testing.T) {
		const most = 64 << 10
		c := newCache(time.Hour, most, time.Now)
		for i := range 1_000 {
			id := fmt.Sprint("agent-", i)
			_, err := c.get(t.Context(), acmeAgents, []string{id}, false, func([]string) (map[string]any, error) {
				return map[string]any{id: &analytics.Agent{AgentID: id, Name: strings.Repeat("a", 500)}}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		c.held.CleanUp()
		if stats := c.Stats(); stats.Bytes > most || stats.Bytes < most/2 {
			t.Errorf("it holds %+v, of %d bytes", stats, most)
		}
	})

	t.Run("without a time to live or bytes there is none", func(t *testing.T) {
		for _, c := range []*cache{newCache(0, 1, time.Now), newCache(1, 0, time.Now)} {
			c.drop(acmeAgents)
			c.dropAll()
			equal(t, "stats", c.Stats(), CacheStats{})
			if c != nil {
				t.Error("there is one")
			}
		}
	})
}
