package analytics

import "time"

// PageViewHours counts page views by the hour of the day and by the day of the
// week, as the clocks of a time zone show them.
type PageViewHours struct {
	byHour [24]int
	byDay  [7]int // Monday first
}

func (h *PageViewHours) add(local time.Time, views int) {
	h.byHour[local.Hour()] += views
	h.byDay[dayOfWeek(local)-1] += views
}

// dayOfWeek counts the days from Monday, which is 1, to Sunday, which is 7.
func dayOfWeek(local time.Time) int { return (int(local.Weekday())+6)%7 + 1 }

// InOneHour reports whether the clocks of a time zone show one and the same hour
// all through a bucket. They do not where the zone's offset is off the grid of
// buckets (some were until 1979), or changes within the bucket (in St. John's
// clocks changed at 0:01 until 2011).
func InOneHour(bucket Period, zone *time.Location) bool {
	first, last := bucket.Start.In(zone), bucket.End.Add(-time.Millisecond).In(zone)
	_, offset := first.Zone()
	_, offsetAtEnd := last.Zone()
	return offset == offsetAtEnd && first.Hour() == last.Hour() && first.YearDay() == last.YearDay()
}

// CountPageViews returns the page views of a period by the clocks of a time zone,
// from its buckets, which may be cut at the ends. Where a whole bucket is not
// InOneHour its page views are counted one by one: views are the page_viewed
// events of the period in such buckets, each once; others among them are skipped.
func CountPageViews(buckets []SpannedWorkflowBucket, views []*Event, zone *time.Location) PageViewHours {
	var h PageViewHours
	for _, b := range buckets {
		for start, views := range b.PageViews() {
			if InOneHour(WorkflowBucketAt(start), zone) {
				h.add(start.In(zone), views)
			}
		}
	}
	for _, e := range views {
		if e.Type == PageViewed && !InOneHour(WorkflowBucketAt(e.At), zone) {
			h.add(e.At.In(zone), 1)
		}
	}
	return h
}

// dayInWeekFrom is the period beyond which page views are counted by the day of
// the week too.
const dayInWeekFrom = 24 * time.Hour

// HourInDay returns pairs of page views and an hour of the day, all 24 in order.
func (h *PageViewHours) HourInDay() [][]int {
	pairs := make([][]int, len(h.byHour))
	for hour, views := range h.byHour {
		pairs[hour] = []int{views, hour}
	}
	return pairs
}

// DayInWeek returns pairs of page views and a day of the week, all 7 in order,
// from Monday, which is 1. It is given for periods longer than 24 hours, and nil
// for others.
func (h *PageViewHours) DayInWeek(period Period) [][]int {
	if period.End.Sub(period.Start) <= dayInWeekFrom {
		return nil
	}
	pairs := make([][]int, len(h.byDay))
	for day, views := range h.byDay {
		pairs[day] = []int{views, day + 1}
	}
	return pairs
}
