package repository_test

import (
	"fmt"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// replayHours is over how many hours the replay of BenchmarkLiveReads is watched.
const replayHours = 48

// takeReplay takes in the events of a broadcast as those of a replay of two days.
func takeReplay(b *testing.B, repo *repository.Repository, id string, n int) {
	putCatalog(b, repo, "acme", fmt.Sprintf(`{"kind":"live_event","id":%q,"name":"Spring","startedAt":%q,"endedAt":%q}`,
		id, evening.Add(-time.Hour).Format(time.RFC3339), evening.Format(time.RFC3339)))
	events := broadcastEvents(id, n)
	for i := range events {
		events[i].At = evening.Add(replayHours * events[i].At.Sub(evening)).Truncate(time.Millisecond)
	}
	if _, err := repo.Absorb(b.Context(), "acme", events); err != nil {
		b.Fatal(err)
	}
	foldLive(b, repo)
}

// BenchmarkLiveReads reads a replay of two days: the allocations of an embedded
// database are among those it reports.
func BenchmarkLiveReads(b *testing.B) {
	repo := repositorytest.Open(b, nil)
	takeReplay(b, repo, "spring", 10_000)
	day := analytics.Period{Start: evening.Add(2 * time.Hour), End: evening.Add(26 * time.Hour)}
	for _, bm := range []struct {
		name      string
		questions []analytics.LiveQuestion
	}{
		{"a whole phase", []analytics.LiveQuestion{{}}},
		{"a whole phase without its steps and products", []analytics.LiveQuestion{{Without: analytics.SeriesPart | analytics.ProductsPart}}},
		{"a product in a whole phase", []analytics.LiveQuestion{{Without: ^analytics.ProductsPart}}},
		{"a day", []analytics.LiveQuestion{{Period: day}}},
		{"a day without its steps and sources", []analytics.LiveQuestion{{Period: day, Without: analytics.SeriesPart | analytics.SourcesPart}}},
		{"a product in a day", []analytics.LiveQuestion{{Period: day, Without: ^analytics.ProductsPart}}},
		{"a whole phase and a day of it", []analytics.LiveQuestion{{}, {Period: day}}},
	} {
		for i := range bm.questions {
			bm.questions[i].LiveEventID, bm.questions[i].Phase = "spring", analytics.Replay
		}
		b.Run(bm.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				readings, err := repo.AnswerLive(b.Context(), analytics.Reach{Org: "acme"}, bm.questions)
				if err != nil || readings[bm.questions[0]].Figures.Viewers == 0 {
					b.Fatal(err, readings)
				}
			}
		})
	}
}
