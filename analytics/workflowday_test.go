package analytics

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// Days, quarters and what is folded are the whole period, each moment once.
func TestDaysAndQuartersAreThePeriod(t *testing.T) {
	const quarter = 15 * time.Minute
	base := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Period {
			start := base.Add(time.Duration(rapid.IntRange(0, 900).Draw(t, name)) * quarter)
			return Period{Start: start, End: start.Add(time.Duration(rapid.IntRange(0, 700).Draw(t, name+" for")) * quarter)}
		}
		whole := draw("whole")
		folded := []Period{draw("folded"), draw("folded too")}
		for i := range folded {
			folded[i].End = folded[i].Start.Add(folded[i].End.Sub(folded[i].Start) / 20).Truncate(quarter)
		}
		days, quarters := DaysAndQuarters(whole, folded)
		if len(quarters) > quarterSpans {
			t.Errorf("%d spans of quarters", len(quarters))
		}
		for at := base; at.Before(base.AddDate(0, 0, 20)); at = at.Add(quarter) {
			in := func(spans []Period) (n int) {
				for _, s := range spans {
					if s.Contains(at) {
						n++
					}
				}
				return n
			}
			want := 0
			if whole.Contains(at) && in(folded) == 0 {
				want = 1
			}
			if got := in(days) + in(quarters); got != want && (in(folded) == 0 || in(days) > 0) {
				t.Fatalf("%s is in %d days and %d spans of quarters, %d folded", at, in(days), in(quarters), in(folded))
			}
		}
	})
}

func TestTheBucketOfADayIsThatOfItsQuarters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawVisit(t)
		span := AroundDays([]Period{v.period})[0]
		quarters := FoldWorkflowBuckets(v.activity(t), span)
		var days []SpannedWorkflowBucket
		for _, p := range span.Pieces(UTCDay) {
			var day WorkflowDay
			for _, b := range quarters {
				if p.Contains(b.Span.Start) {
					day.Add(b)
				}
			}
			kind, value, err := day.Quarters.MarshalBSONValue()
			if err != nil {
				t.Fatal(err)
			}
			var read QuarterViews
			if err := read.UnmarshalBSONValue(kind, value); err != nil {
				t.Fatal(err)
			}
			days = append(days, SpannedWorkflowBucket{Span: p, Bucket: &day.Bucket, Quarters: read})
		}
		views := v.viewsOf(span)
		want, got := ReadWorkflowBuckets(quarters, views, v.zone), ReadWorkflowBuckets(days, views, v.zone)
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(PageViewHours{})); diff != "" {
			t.Errorf("(-quarters +days):\n%s", diff)
		}
	})
}

func TestPageViewsThatAreDamaged(t *testing.T) {
	for name, value := range map[string][]byte{
		"no length":         {1, 0},
		"another length":    {9, 0, 0, 0, 0, 1},
		"an endless number": {2, 0, 0, 0, 0, 0x80, 0x80},
		"too many":          append([]byte{97, 0, 0, 0, 0}, make([]byte, 97)...),
	} {
		var q QuarterViews
		if err := q.UnmarshalBSONValue(5, value); CodeOf(err) != Internal || q != nil {
			t.Errorf("%s: %v, %v", name, q, err)
		}
	}
}

func TestTheWholeOfTimeIsFewSpansOfDays(t *testing.T) {
	folded := Period{Start: time.Date(2026, 1, 1, 0, 15, 0, 0, time.UTC), End: time.Date(2026, 1, 1, 0, 30, 0, 0, time.UTC)}
	days, quarters := DaysAndQuarters(Period{Start: time.Date(1, 1, 1, 0, 15, 0, 0, time.UTC), End: everEnd}, []Period{folded})
	day := func(year int, month time.Month, day int) time.Time {
		return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	}
	if want := []Period{{day(1, 1, 2), day(2026, 1, 1)}, {day(2026, 1, 2), everEnd}}; !slices.Equal(want, days) {
		t.Errorf("%d spans of days, not %v", len(days), want)
	}
	if want := []Period{{day(1, 1, 1).Add(15 * time.Minute), day(1, 1, 2)}, {day(2026, 1, 1), day(2026, 1, 2)}}; !slices.Equal(want, quarters) {
		t.Errorf("%v, not %v", quarters, want)
	}
}
