package analytics

import (
	"encoding/binary"
	"iter"
	"slices"
	"time"
)

// quartersOfADay is how many buckets a day has.
const quartersOfADay = int(UTCDay / WorkflowBucketWidth)

// WorkflowDay is the bucket of a workflow's whole day of UTC. Reports of a month are
// read from 30 of them instead of 3,000 buckets, with the page views of each
// quarter of an hour beside, which tell the hours of any time zone.
type WorkflowDay struct {
	Bucket   WorkflowBucket `bson:"bucket"`
	Quarters QuarterViews   `bson:"quarters,omitempty"`
}

// Add adds the bucket of a quarter of an hour of the day.
func (d *WorkflowDay) Add(b SpannedWorkflowBucket) {
	d.Bucket.Merge(b.Bucket)
	if b.Bucket.Views == 0 {
		return
	}
	if d.Quarters == nil {
		d.Quarters = make(QuarterViews, quartersOfADay)
	}
	d.Quarters[b.Span.Start.Sub(b.Span.Start.Truncate(UTCDay))/WorkflowBucketWidth] += b.Bucket.Views
}

// AroundDays returns periods widened to whole days of UTC; those that then touch
// or overlap are one.
func AroundDays(periods []Period) []Period {
	var around []Period
	for _, p := range JoinNear(periods, 0) {
		last := p.End.Add(-time.Nanosecond).UTC().Truncate(UTCDay)
		around = append(around, Period{Start: p.Start.UTC().Truncate(UTCDay), End: last.Add(UTCDay)})
	}
	return JoinNear(around, 0)
}

// DaysAndQuarters divides a period, all but what lies in spans that are folded,
// into spans of whole days of UTC that are read by the day, and at most
// quarterSpans spans that are read by the quarter of an hour. The latter may hold
// something of what is folded.
func DaysAndQuarters(whole Period, folded []Period) (days, quarters []Period) {
	days = daysIn(whole, folded)
	if len(days) == 0 {
		return nil, JoinPeriods([]Period{whole}, 1)
	}
	quarters = JoinPeriods(whole.without(days), quarterSpans)
	return daysIn(whole, slices.Concat(folded, quarters)), quarters
}

// daysIn returns the days of UTC that lie in a period and touch no span, those that
// follow each other as one.
func daysIn(p Period, spans []Period) []Period {
	inner := Period{Start: p.Start.UTC().Add(UTCDay - 1).Truncate(UTCDay), End: p.End.UTC().Truncate(UTCDay)}
	if inner.empty() {
		return nil
	}
	return inner.without(AroundDays(spans))
}

// quarterSpans is one for each end of a period.
const quarterSpans = 2

// PageViews returns how often pages were viewed from when on: for each quarter of
// an hour in which one was, or for the part of one that the bucket is.
func (b SpannedWorkflowBucket) PageViews() iter.Seq2[time.Time, int] {
	return func(yield func(time.Time, int) bool) {
		if b.Quarters == nil {
			if b.Bucket.Views > 0 {
				yield(b.Span.Start, b.Bucket.Views)
			}
			return
		}
		for i, views := range b.Quarters {
			if views > 0 && !yield(b.Span.Start.Add(time.Duration(i)*WorkflowBucketWidth), views) {
				return
			}
		}
	}
}

// QuarterViews counts the page views of each quarter of an hour of a day, in
// order. It is stored as BSON binary data, a varint for each.
type QuarterViews []int

// MarshalBSONValue returns the counts as a BSON binary value.
func (q QuarterViews) MarshalBSONValue() (byte, []byte, error) {
	value := make([]byte, bsonBinaryHeader, bsonBinaryHeader+len(q))
	for _, n := range q {
		value = binary.AppendUvarint(value, uint64(n))
	}
	binary.LittleEndian.PutUint32(value, uint32(len(value)-bsonBinaryHeader))
	value[4] = bsonGeneric
	return bsonBinary, value, nil
}

// UnmarshalBSONValue reads what MarshalBSONValue wrote. It fails with Internal
// for any other value.
func (q *QuarterViews) UnmarshalBSONValue(kind byte, value []byte) error {
	if kind != bsonBinary || len(value) < bsonBinaryHeader || int(binary.LittleEndian.Uint32(value)) != len(value)-bsonBinaryHeader {
		return Errorf(Internal, "stored page views are no binary value")
	}
	counts := make(QuarterViews, 0, quartersOfADay)
	for rest := value[bsonBinaryHeader:]; len(rest) > 0; {
		n, size := binary.Uvarint(rest)
		if size <= 0 || len(counts) == quartersOfADay {
			return Errorf(Internal, "stored page views are damaged")
		}
		counts, rest = append(counts, int(n)), rest[size:]
	}
	*q = counts
	return nil
}
