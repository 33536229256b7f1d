package repository_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// ingestHere makes a process of the test binary a gateway that takes in live
// events until it is killed; its value is a killedGateway as JSON.
const ingestHere = "CARTOGRAPH_TEST_INGEST"

// killedGateway is a gateway in a process of its own.
type killedGateway struct {
	URI, Database, Org string
	Seed               uint64
}

// evenings returns the events that every process takes in.
func evenings(n int) []analytics.Event {
	return rapid.Custom(func(t *rapid.T) []analytics.Event {
		events := make([]analytics.Event, n)
		for i := range events {
			events[i] = liveStreamed(t, i)
		}
		return events
	}).Example(1)
}

const eveningEvents = 400

// TestIngestAsAProcess is no test: other tests start it in a process of its own.
// It writes a line for every database command it sends, and the places of the
// events of each batch that was answered.
func TestIngestAsAProcess(t *testing.T) {
	settings := os.Getenv(ingestHere)
	if settings == "" {
		t.Skip("started by other tests")
	}
	var g killedGateway
	if err := json.Unmarshal([]byte(settings), &g); err != nil {
		t.Fatal(err)
	}
	repo, err := repository.Open(repository.Options{URI: g.URI, Database: g.Database, OnCommand: func(string) { os.Stdout.WriteString("command\n") }})
	if err != nil {
		t.Fatal(err)
	}
	events := evenings(eveningEvents)
	random := rand.New(rand.NewPCG(g.Seed, 1))
	for {
		places := random.Perm(len(events))[:1+random.IntN(12)]
		batch := make([]analytics.Event, len(places))
		for i, at := range places {
			batch[i] = events[at]
		}
		outcomes, err := repo.Absorb(context.Background(), g.Org, batch)
		if err != nil {
			t.Fatal(err)
		}
		for _, outcome := range outcomes {
			if outcome.Err != nil {
				t.Fatal(outcome.Err)
			}
		}
		answered, _ := json.Marshal(places)
		fmt.Fprintf(os.Stdout, "answered %s\n", answered)
		if random.IntN(2) == 0 {
			// No batch is taken for broken off while its gateway may live.
			if _, err := repo.FoldLive(context.Background(), time.Hour, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// runUntilKilled runs a gateway, kills it after so many of its commands, and
// returns the places of the events that it answered.
func (g killedGateway) runUntilKilled(t *testing.T, commands int) map[int]bool {
	settings, _ := json.Marshal(g)
	command := exec.Command(os.Args[0], "-test.run=^TestIngestAsAProcess$")
	command.Env = append(os.Environ(), ingestHere+"="+string(settings))
	command.Stderr = os.Stderr
	out, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		t.Error(err)
		return nil
	}
	answered := map[int]bool{}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), "answered "); ok {
			var places []int
			if err := json.Unmarshal([]byte(rest), &places); err != nil {
				t.Error(rest, err)
			}
			for _, at := range places {
				answered[at] = true
			}
			continue
		}
		if lines.Text() != "command" {
			t.Errorf("the gateway stopped by itself: %s", lines.Text())
		}
		if commands--; commands == 0 {
			_ = command.Process.Kill()
		}
	}
	_ = command.Wait()
	return answered
}

// Two gateways take in and fold the same live events and are killed at random
// commands, again and again. Whatever one of them answered counts once.
func TestGatewaysThatAreKilledLoseNoLiveEvents(t *testing.T) {
	rounds := 30 // of two gateways each
	if testing.Short() {
		rounds = 4
	}
	uri, database := repositorytest.Database(t)
	repo := repositorytest.OpenAt(t, uri, database, nil)
	events := evenings(eveningEvents)
	random := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	org := freshOrg()
	rapid.Custom(func(rt *rapid.T) bool { putLiveCatalog(rt, repo, org); return true }).Example(3)

	answered := map[int]bool{}
	for range rounds {
		var both sync.WaitGroup
		var mu sync.Mutex
		for range 2 {
			seed, commands := random.Uint64(), 1+random.IntN(200)
			both.Go(func() {
				places := killedGateway{uri, database, org, seed}.runUntilKilled(t, commands)
				mu.Lock()
				defer mu.Unlock()
				for at := range places {
					answered[at] = true
				}
			})
		}
		both.Wait()
		// What was answered is read at once, whatever was left half done.
		phase := livePhasesOfTests[random.IntN(len(livePhasesOfTests))]
		if t.Failed() {
			return
		}
		_, err := repo.ReadLive(t.Context(), analytics.Reach{Org: org}, phase, nil, twoLiveEvents)
		if err != nil {
			t.Fatal(err)
		}
	}
	stored := all(t, repo, "events", org, func(e *analytics.Event) string { return e.EventID })
	for at := range answered {
		if stored[events[at].EventID] == nil {
			t.Errorf("event %s was answered and is lost", events[at].EventID)
		}
	}
	t.Logf("%d events were answered, %d are stored", len(answered), len(stored))
	for {
		n, err := repo.Recover(t.Context(), 0, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			break
		}
	}
	s := foldLiveFromScratch(t, repo, org)
	for range 2 { // pending, then folded
		for _, phase := range livePhasesOfTests {
			readsAsFromScratch(t, repo, s, phase, nil)
			readsAsFromScratch(t, repo, s, phase, &analytics.Period{Start: evening.Add(7 * time.Minute), End: evening.Add(100 * time.Minute)})
		}
		foldLive(t, repo)
	}
	nothingPending(t, repo, org)
	attributedAsFromScratch(t, repo, org)
}

var livePhasesOfTests = []analytics.LivePhase{analytics.Prelive, analytics.Live, analytics.Replay}
