package analytics

// SpannedLiveBucket is the bucket of one span.
type SpannedLiveBucket struct {
	Span   Period
	Bucket *LiveBucket
}

// FoldLiveBuckets returns the buckets of a phase in which something may have
// happened, in order of time, folded in one pass over the activity: what
// FoldLiveBucket returns for each of them. A span that does not lie on the edges
// of buckets cuts those at its ends. Buckets without an entry are empty.
func FoldLiveBuckets(a *LiveActivity, phase LivePhase, span Period) []SpannedLiveBucket {
	p := partition{activity: a, phase: phase, span: span, parts: map[int64]*livePart{}}
	inside := a.Timeline.Phase(phase).intersect(span)
	for _, e := range a.Events {
		if inside.Contains(e.At) {
			part := p.at(e.At)
			part.activity.Events = append(part.activity.Events, e)
		}
	}
	for _, m := range standingMessages(a.Messages) {
		if inside.Contains(m.At) {
			part := p.at(m.At)
			part.activity.Messages = append(part.activity.Messages, m)
		}
	}
	for _, s := range a.Sessions {
		p.addSession(s, inside)
	}
	for _, bought := range a.Purchases {
		if span.Contains(bought.At) && a.belongs(bought, phase) {
			part := p.at(bought.At)
			part.activity.Purchases = append(part.activity.Purchases, bought)
		}
	}
	return p.fold()
}
