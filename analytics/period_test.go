package analytics

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func at(t testing.TB, text string) time.Time {
	t.Helper()
	moment, err := time.Parse(time.RFC3339, text)
	if err != nil {
		t.Fatal(err)
	}
	return moment
}

func TestSteps(t *testing.T) {
	for _, c := range []struct {
		name, start, end, zone string
		granularity            Granularity
		want                   []string // the starts
	}{
		{
			"the first and the last step are cut by the period",
			"2026-03-01T10:30:00Z", "2026-03-01T12:15:00Z", "UTC", Hour,
			[]string{"2026-03-01T10:30:00Z", "2026-03-01T11:00:00Z", "2026-03-01T12:00:00Z"},
		},
		{
			"the day the clocks go forward has 23 hours",
			"2026-03-28T23:00:00Z", "2026-03-30T22:00:00Z", "Europe/Berlin", Day,
			[]string{"2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"},
		},
		{
			"the repeated hour of autumn is two steps",
			"2026-10-25T00:00:00Z", "2026-10-25T02:00:00Z", "Europe/Berlin", Hour,
			[]string{"2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"},
		},
		{
			"hours of Nepal lie on its own grid",
			"2026-03-01T00:00:00Z", "2026-03-01T02:00:00Z", "Asia/Kathmandu", Hour,
			[]string{"2026-03-01T00:00:00Z", "2026-03-01T00:15:00Z", "2026-03-01T01:15:00Z"},
		},
		{
			"a day whose midnight is skipped begins with the transition",
			"2018-11-03T03:00:00Z", "2018-11-05T02:00:00Z", "America/Sao_Paulo", Day,
			[]string{"2018-11-03T03:00:00Z", "2018-11-04T03:00:00Z"},
		},
		{
			"a day that was skipped is no step",
			"2011-12-29T10:00:00Z", "2011-12-31T10:00:00Z", "Pacific/Apia", Day,
			[]string{"2011-12-29T10:00:00Z", "2011-12-30T10:00:00Z"},
		},
		{
			"weeks begin on Monday",
			"2026-03-01T00:00:00Z", "2026-03-10T00:00:00Z", "UTC", Week,
			[]string{"2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"},
		},
		{
			"months have their own lengths",
			"2026-01-31T00:00:00Z", "2026-03-02T00:00:00Z", "UTC", Month,
			[]string{"2026-01-31T00:00:00Z", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			steps, err := Period{at(t, c.start), at(t, c.end)}.Steps(c.granularity, zone(t, c.zone))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, step := range steps {
				got = append(got, FormatTime(step.Start))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestStepsCoverThePeriodWithoutGapOrOverlap(t *testing.T) {
	zones := []*time.Location{
		time.UTC, zone(t, "Europe/Berlin"), zone(t, "America/New_York"), zone(t, "Asia/Kolkata"),
		zone(t, "Australia/Lord_Howe"), zone(t, "America/Sao_Paulo"), zone(t, "Pacific/Apia"), zone(t, "America/Havana"),
	}
	epoch := at(t, "2005-01-01T00:00:00Z").Unix()
	rapid.Check(t, func(t *rapid.T) {
		start := time.Unix(epoch+rapid.Int64Range(0, 20*366*24*3600).Draw(t, "start"), 0).UTC()
		period := Period{start, start.Add(time.Duration(rapid.IntRange(1, 20*24*3600).Draw(t, "seconds")) * time.Second)}
		g := rapid.SampledFrom([]Granularity{Hour, Day, Week, Month}).Draw(t, "granularity")
		loc := rapid.SampledFrom(zones).Draw(t, "zone")
		steps, err := period.Steps(g, loc)
		if err != nil {
			t.Fatal(err)
		}
		if !steps[0].Start.Equal(period.Start) || !steps[len(steps)-1].End.Equal(period.End) {
			t.Fatalf("%v does not reach from %v to %v", steps, period.Start, period.End)
		}
		for i, step := range steps {
			if !step.End.After(step.Start) {
				t.Fatalf("step %d is empty: %v", i, step)
			}
			if i > 0 && !step.Start.Equal(steps[i-1].End) {
				t.Fatalf("step %d does not follow its neighbour", i)
			}
			if i > 0 && !startOfStep(step.Start, g, loc).Equal(step.Start) {
				t.Fatalf("step %d begins at %v, off its own boundary %v", i, step.Start, startOfStep(step.Start, g, loc))
			}
			inside := step.Start.Add(step.End.Sub(step.Start) / 2)
			if !startOfStep(inside, g, loc).Equal(startOfStep(step.Start, g, loc)) {
				t.Fatalf("%v lies in step %d but belongs to another", inside, i)
			}
		}
	})
}

func TestStepsRefuse(t *testing.T) {
	start := at(t, "2026-01-01T00:00:00Z")
	for _, c := range []struct {
		name   string
		period Period
		want   Code
	}{
		{"a period that ends where it starts", Period{start, start}, BadUserInput},
		{"a period that ends before it starts", Period{start, start.Add(-1)}, BadUserInput},
		{"more than 10,080 steps", Period{start, start.Add(10_081 * time.Minute)}, LimitExceeded},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := c.period.Steps(Minute, time.UTC); CodeOf(err) != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}
