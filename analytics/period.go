package analytics

import (
	"time"
)

// Period is a half-open span of time: Start belongs to it, End does not.
type Period struct {
	Start time.Time
	End   time.Time
}

// Validate fails with BadUserInput where the end does not lie after the start.
func (p Period) Validate() error {
	if !p.End.After(p.Start) {
		return Errorf(BadUserInput, "period.end must lie after period.start")
	}
	return nil
}

// Contains reports whether t lies in the period.
func (p Period) Contains(t time.Time) bool {
	return !t.Before(p.Start) && t.Before(p.End)
}

// UTCDay is how long a day of UTC is: always the same, as no clock changes there.
const UTCDay = 24 * time.Hour

// Granularity is the width of the steps of a series.
type Granularity string

// The granularities: clock minutes, and hours, days, weeks (from Monday) and
// months of the time zone asked for.
const (
	Minute Granularity = "MINUTE"
	Hour   Granularity = "HOUR"
	Day    Granularity = "DAY"
	Week   Granularity = "WEEK"
	Month  Granularity = "MONTH"
)

// maxSteps bounds a series: a leap year of hours, a week of minutes.
const maxSteps = 10_080

// Steps returns the steps of a series over p, in order and without gaps; the
// first and the last are cut by the period. Hours, days, weeks and months are
// those of loc, so a day of a clock change has 23 or 25 hours. It fails with
// BadUserInput for an invalid period and with LimitExceeded beyond 10,080
// steps.
func (p Period) Steps(g Granularity, loc *time.Location) ([]Period, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	var steps []Period
	for start := p.Start; start.Before(p.End); {
		if len(steps) == maxSteps {
			return nil, Errorf(LimitExceeded, "the period has more than %d steps of granularity %s", maxSteps, g)
		}
		end := nextStep(start, g, loc)
		if end.After(p.End) {
			end = p.End
		}
		steps = append(steps, Period{Start: start.UTC(), End: end.UTC()})
		start = end
	}
	return steps, nil
}

// nextStep returns the first boundary of granularity g after t.
func nextStep(t time.Time, g Granularity, loc *time.Location) time.Time {
	local := t.In(loc)
	year, month, day := local.Date()
	switch g {
	case Minute:
		return t.Truncate(time.Minute).Add(time.Minute)
	case Hour:
		return t.Add(time.Hour - pastHour(local))
	case Week:
		sinceMonday := (int(local.Weekday()) + 6) % 7
		return startOfDay(year, month, day-sinceMonday+7, loc)
	case Month:
		return startOfDay(year, month+1, 1, loc)
	default:
		return startOfDay(year, month, day+1, loc)
	}
}

// startOfStep returns the boundary of granularity g at or before t.
func startOfStep(t time.Time, g Granularity, loc *time.Location) time.Time {
	local := t.In(loc)
	year, month, day := local.Date()
	switch g {
	case Minute:
		return t.Truncate(time.Minute)
	case Hour:
		return t.Add(-pastHour(local))
	case Week:
		sinceMonday := (int(local.Weekday()) + 6) % 7
		return startOfDay(year, month, day-sinceMonday, loc)
	case Month:
		return startOfDay(year, month, 1, loc)
	default:
		return startOfDay(year, month, day, loc)
	}
}

// pastHour returns how long ago the local clock showed a full hour. Stepping by
// elapsed time keeps the repeated hour of a clock change two hours, and offsets
// such as +05:45 on their own grid.
func pastHour(local time.Time) time.Duration {
	return time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
}

// startOfDay returns the first moment of a local day. Where midnight is skipped
// by a clock change, time.Date answers an hour of the day before; the first
// moment of the day is then the transition itself. For a day that was skipped as a
// whole, as one was in Samoa, it is that of the day after.
func startOfDay(year int, month time.Month, day int, loc *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, loc)
	wanted := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	for dateOf(t).Before(wanted) {
		t = t.Add(15 * time.Minute)
	}
	return t
}

// dateOf returns the date that a clock shows, as its midnight of UTC.
func dateOf(local time.Time) time.Time {
	year, month, day := local.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
