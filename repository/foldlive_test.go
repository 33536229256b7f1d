package repository_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// foldLive folds everything that is pending.
func foldLive(t tester, repo *repository.Repository) {
	t.Helper()
	for {
		n, err := repo.FoldLive(t.Context(), 0, time.Now().Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
	}
}

func TestWhatIsReadOfLiveEventsEqualsFoldingFromScratch(t *testing.T) {
	repo := repositorytest.Open(t, nil)
	rapid.Check(t, func(rt *rapid.T) {
		org := freshOrg()
		putLiveCatalog(rt, repo, org)
		n := rapid.IntRange(1, 60).Draw(rt, "events")
		events := make([]analytics.Event, n)
		for i := range events {
			events[i] = liveStreamed(rt, i)
		}
		repeated := rapid.SliceOfN(rapid.SampledFrom(events), 0, 10).Draw(rt, "repeated")
		arriving := rapid.Permutation(slices.Concat(events, repeated)).Draw(rt, "arriving")
		for len(arriving) > 0 {
			switch rapid.SampledFrom([]string{"events", "events", "events", "fold", "fold", "move", "reset", "products"}).Draw(rt, "what") {
			case "events":
				n := rapid.IntRange(1, len(arriving)).Draw(rt, "batch")
				// Those of a broadcast that was reset are refused.
				if _, err := repo.Absorb(rt.Context(), org, slices.Clone(arriving[:n])); err != nil {
					rt.Fatal(err)
				}
				arriving = arriving[n:]
			case "fold":
				foldLive(rt, repo)
			case "move":
				putCatalog(rt, repo, org, phasesOf(rt, rapid.SampledFrom(twoLiveEvents).Draw(rt, "moved")))
			case "reset":
				_, err := repo.ResetLiveEvent(rt.Context(), analytics.Reach{Org: org}, rapid.SampledFrom(twoLiveEvents).Draw(rt, "reset"), drawMoment(rt, "reset at"))
				if err != nil && analytics.CodeOf(err) != analytics.Conflict { // it has not started
					rt.Fatal(err)
				}
			case "products":
				putCatalog(rt, repo, org, productsOf(rapid.Bool().Draw(rt, "one product"))...)
			}
			phase := rapid.SampledFrom([]analytics.LivePhase{analytics.Prelive, analytics.Live, analytics.Replay}).Draw(rt, "phase")
			readsAsFromScratch(rt, repo, foldLiveFromScratch(rt, repo, org), phase, drawPeriod(rt))
		}
		period := drawPeriod(rt)
		for range 2 { // pending, then folded
			s := foldLiveFromScratch(rt, repo, org)
			for _, phase := range []analytics.LivePhase{analytics.Prelive, analytics.Live, analytics.Replay} {
				readsAsFromScratch(rt, repo, s, phase, nil)
				readsAsFromScratch(rt, repo, s, phase, nil) // kept by then
				readsAsFromScratch(rt, repo, s, phase, period)
			}
			got, err := repo.ReadInteractions(t.Context(), analytics.Reach{Org: org}, twoLiveEvents)
			if err != nil {
				rt.Fatal(err)
			}
			want := map[string]analytics.InteractionFigures{"live": s.interactions("live"), "other": s.interactions("other")}
			if diff := cmp.Diff(want, got, sameReadings); diff != "" {
				rt.Fatalf("interactions differ from folding from scratch (-want +got):\n%s", diff)
			}
			foldLive(rt, repo)
		}
		nothingPending(rt, repo, org)
		attributedAsFromScratch(rt, repo, org)
	})
}

func drawPeriod(t *rapid.T) *analytics.Period {
	if rapid.IntRange(0, 2).Draw(t, "has period") == 0 {
		return nil
	}
	from := drawMoment(t, "period from")
	return &analytics.Period{Start: from, End: from.Add(time.Duration(rapid.IntRange(1, 300).Draw(t, "period for"))*time.Minute + time.Second)}
}

// nothingPending fails the test where something is not folded.
func nothingPending(t tester, repo *repository.Repository, org string) {
	t.Helper()
	type mark struct {
		Events []string `bson:"events"`
	}
	marks, err := repository.All[mark](t.Context(), repo, "live_marks", org)
	if err != nil {
		t.Fatal(err)
	}
	if len(marks) > 0 {
		t.Fatalf("%d marks are left: %v", len(marks), *marks[0])
	}
}

// attributedAsFromScratch fails the test where a purchase does not belong to the
// live event that folding from scratch gives.
func attributedAsFromScratch(t tester, repo *repository.Repository, org string) {
	t.Helper()
	want, got := map[string]*analytics.LiveTouch{}, map[string]*analytics.LiveTouch{}
	for id, p := range foldLiveFromScratch(t, repo, org).purchases {
		want[id] = p.Live
	}
	for id, p := range all(t, repo, "purchases", org, func(p *analytics.Purchase) string { return p.TransactionID }) {
		got[id] = p.Live
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("purchases belong to other live events than by folding from scratch (-want +got):\n%s", diff)
	}
}
