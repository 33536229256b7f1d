package repository_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// The catalog may move the phases of a live event of which nothing new comes in.
// What is stored follows in the background: then reading it takes as many commands
// as if nothing ever moved, and folds nothing.
func TestMovedPhasesAreFoldedInTheBackground(t *testing.T) {
	t.Parallel()
	var sent atomic.Int64
	repo := repositorytest.Open(t, func(string) { sent.Add(1) })
	catalog, events := smallEvening(t)
	putCatalog(t, repo, "acme", catalog...)
	absorb(t, repo, "acme", events...)
	foldLive(t, repo)

	ways := map[string]string{
		"a later start":                     `{"kind":"live_event","id":"live","name":"Spring","startedAt":"2026-03-01T10:03:00Z","endedAt":"2026-03-01T11:00:00Z"}`,
		"an earlier end":                    `{"kind":"live_event","id":"live","name":"Spring","startedAt":"2026-03-01T10:00:00Z","endedAt":"2026-03-01T10:18:00Z"}`,
		"an end taken back":                 `{"kind":"live_event","id":"live","name":"Spring","startedAt":"2026-03-01T10:00:00Z"}`,
		"a start taken back, and scheduled": `{"kind":"live_event","id":"live","name":"Spring","scheduledAt":"2026-04-01T10:00:00Z"}`,
	}
	reading := func(t *testing.T) (commands int64) {
		t.Helper()
		scratch := foldLiveFromScratch(t, repo, "acme")
		sent.Store(0)
		for _, phase := range []analytics.LivePhase{analytics.Prelive, analytics.Live, analytics.Replay} {
			before := sent.Load()
			got := readLive(t, repo, "acme", phase, nil)
			commands += sent.Load() - before
			if diff := cmp.Diff(scratch.read("live", phase, nil), got, sameReadings); diff != "" {
				t.Errorf("%s (-want +got):\n%s", phase, diff)
			}
		}
		return commands
	}
	settled := reading(t)
	for name, moved := range ways {
		t.Run(name, func(t *testing.T) {
			putCatalog(t, repo, "acme", moved)
			if pending := reading(t); pending <= settled {
				t.Errorf("what moved is read by %d commands, as many as what is stored", pending)
			}
			foldLive(t, repo)
			if n := reading(t); n != settled {
				t.Errorf("after the fold it is read by %d commands, want %d as before it moved", n, settled)
			}
			nothingPending(t, repo, "acme")
		})
	}
	t.Run("a record that moves nothing leaves nothing to fold", func(t *testing.T) {
		again := `{"kind":"live_event","id":"live","name":"Summer","startedAt":"2026-03-01T10:00:00Z","endedAt":"2026-03-01T11:00:00Z"}`
		putCatalog(t, repo, "acme", again)
		foldLive(t, repo)
		putCatalog(t, repo, "acme", again, `{"kind":"live_event","id":"new","name":"New","startedAt":"2026-03-01T10:00:00Z"}`)
		nothingPending(t, repo, "acme")
	})
}

// A gateway that dies between the write and its end leaves a mark: others fold
// what moved.
func TestMovedPhasesAreFoldedAfterACrash(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	repo := openFrail(t, uri, database)
	catalog, events := smallEvening(t)
	putCatalog(t, repo.Repository, "acme", catalog...)
	absorb(t, repo.Repository, "acme", events...)
	foldLive(t, repo.Repository)
	moved := []string{
		`{"kind":"live_event","id":"live","name":"Spring","startedAt":"2026-03-01T10:03:00Z","endedAt":"2026-03-01T11:00:00Z"}`,
		`{"kind":"live_event","id":"live","name":"Spring","startedAt":"2026-03-01T10:05:00Z","endedAt":"2026-03-01T10:40:00Z"}`,
	}
	for n, died := int64(1), true; died; n++ {
		record := record(t, moved[n%2])
		died, _ = repo.until(t, n, func(ctx context.Context) error {
			_, err := repo.PutCatalog(ctx, "acme", []analytics.CatalogRecord{record})
			return err
		})
		foldLive(t, repo.Repository)
		nothingPending(t, repo.Repository, "acme")
		timeline, head := theLiveEvent(t, repo.Repository, "acme").Timeline(), headOf(t, repo.Repository)
		if len(head.Timelines) != 1 || !head.Timelines[0].Same(&timeline) {
			t.Errorf("died at command %d: folded by %+v, want %+v", n, head.Timelines, timeline)
		}
	}
}

// head is what is stored once of a live event.
type head struct {
	Timelines []analytics.LiveTimeline `bson:"timelines"`
	LiveEvent string                   `bson:"liveEvent"`
}

// headOf returns that of the live event "live".
func headOf(t *testing.T, repo *repository.Repository) *head {
	t.Helper()
	heads, err := repository.All[head](t.Context(), repo, "live_folds", "acme")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range heads {
		if h.LiveEvent == "live" {
			return h
		}
	}
	t.Fatal("nothing is folded")
	return nil
}
