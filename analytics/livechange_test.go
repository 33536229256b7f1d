package analytics

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func drawTimeline(t *rapid.T, name string) LiveTimeline {
	var timeline LiveTimeline
	if rapid.IntRange(0, 5).Draw(t, name+" has started") > 0 {
		started := drawTime(t, name+" started")
		timeline.StartedAt = &started
		if rapid.IntRange(0, 3).Draw(t, name+" has ended") > 0 {
			ended := started.Add(time.Duration(rapid.IntRange(0, 40).Draw(t, name+" lasts")) * 3 * time.Minute)
			timeline.EndedAt = &ended
		}
	}
	return timeline
}

func TestOutsideOfWhatMovedEverythingStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, now := drawTimeline(t, "before"), drawTimeline(t, "now")
		moved := now.MovedSince(&before)
		if now.Same(&before) != moved.empty() {
			t.Fatalf("from %v to %v moved %v", before, now, moved)
		}
		at := drawTime(t, "at")
		if moved.Contains(at) {
			return
		}
		if before.PhaseAt(at) != now.PhaseAt(at) {
			t.Fatalf("%v went from %s to %s", at, before.PhaseAt(at), now.PhaseAt(at))
		}
		for _, phase := range []LivePhase{Prelive, Live, Replay} {
			was, is := before.BucketAt(phase, at), now.BucketAt(phase, at)
			if was != is && !(was.empty() && is.empty()) {
				t.Fatalf("the bucket of %s was %v and is %v", phase, was, is)
			}
			if !is.empty() && moved.Contains(is.Start) {
				t.Fatalf("the bucket %v of %v, which lies outside, begins in what moved", is, at)
			}
		}
	})
}

func TestOutsideOfWhatASessionChangedBucketsStay(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		draw := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *Event {
			return &Event{
				EventID: fmt.Sprint(rapid.IntRange(1, 1000).Draw(t, "id")), At: drawTime(t, "at"), SessionID: "s", VisitorID: rapid.SampledFrom([]string{"v", "w"}).Draw(t, "visitor"),
				Type: rapid.SampledFrom([]EventType{SessionStarted, Heartbeat, Heartbeat, Heartbeat, SessionEnded}).Draw(t, "type"), Subject: LiveEventSubject("e1"),
			}
		}), 0, 8)
		events := draw.Draw(rt, "events")
		more := append(draw.Draw(rt, "more"), events...)
		was, is := foldOf(events), foldOf(more)
		first, last, changed := is.ChangedSince(was)

		timeline := drawTimeline(rt, "timeline")
		touched := map[LivePhase]map[time.Time]bool{Prelive: {}, Live: {}, Replay: {}}
		if changed {
			timeline.BucketsBetween(first, last, func(phase LivePhase, span Period) { touched[phase][span.Start] = true })
		}
		for _, phase := range []LivePhase{Prelive, Live, Replay} {
			fold := func(s *LiveSession) map[time.Time]*LiveBucket {
				a := &LiveActivity{LiveEventID: "e1", Timeline: timeline, Sessions: []*LiveSession{s}, Visitor: func(id string) uint32 { return uint32(id[0]) }}
				buckets := map[time.Time]*LiveBucket{}
				for _, b := range FoldLiveBuckets(a, phase, EverAfter(everStart)) {
					if !cmp.Equal(b.Bucket, &LiveBucket{}) {
						buckets[b.Span.Start] = b.Bucket
					}
				}
				return buckets
			}
			before, after := fold(was), fold(is)
			for start := range touched[phase] {
				delete(before, start)
				delete(after, start)
			}
			if diff := cmp.Diff(before, after); diff != "" {
				rt.Fatalf("the session changed from %v to %v (%v), and outside of it: %s", first, last, changed, diff)
			}
		}
	})
}

func foldOf(events []*Event) *LiveSession {
	if s := FoldLiveSession("e1", "s", nil, events); s != nil {
		return s
	}
	return &LiveSession{LiveEventID: "e1", SessionID: "s"}
}
