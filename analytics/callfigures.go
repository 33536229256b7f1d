package analytics

// CallTotals is the bucket of call statistics: counters, sums and the values
// that distributions are read from. The zero value is the empty bucket; Add
// folds a call into it, Merge joins two (in any order and grouping with the same
// outcome), Figures applies the formulas.
type CallTotals struct {
	Accepted, Missed                   int
	Durations, Waits                   Spread
	MessagesByAgent, MessagesByShopper int
	WithAdded, WithCheckout            int
	Direct, Indirect                   int
	Purchases                          int
	Revenue                            MoneySums
	Promoters, Passives, Detractors    int
	ThumbsUp, ThumbsDown               int
}

// Add folds one call into the totals: for ranked also into the medians and
// percentiles.
func (t *CallTotals) Add(m *CallMetrics, ranked bool) {
	if m.Status == Missed {
		t.Missed++
	} else {
		t.Accepted++
	}
	if m.Duration != nil {
		t.Durations.Add(*m.Duration, ranked)
	}
	if m.QueueWait != nil && m.Type == QueueCall {
		t.Waits.Add(*m.QueueWait, ranked)
	}
	t.MessagesByAgent += m.MessagesByAgent
	t.MessagesByShopper += m.MessagesByShopper
	if m.Added {
		t.WithAdded++
	}
	if m.CheckedOut {
		t.WithCheckout++
	}
	if m.Purchases.Count > 0 {
		if m.CheckedOut {
			t.Direct++
		} else {
			t.Indirect++
		}
	}
	t.Purchases += m.Purchases.Count
	for _, amount := range m.Purchases.Revenue {
		t.Revenue = t.Revenue.Add(amount)
	}
	t.addRating(m.Rating, m.Scale)
}

// addRating counts a rating on its own scale: 10 for the net promoter score, 2
// for thumbs.
func (t *CallTotals) addRating(rating float64, scale int) {
	switch {
	case scale == 10 && rating >= 9:
		t.Promoters++
	case scale == 10 && rating > 6:
		t.Passives++
	case scale == 10:
		t.Detractors++
	case scale == 2 && rating == 2:
		t.ThumbsUp++
	case scale == 2:
		t.ThumbsDown++
	}
}

// Merge adds everything of o.
func (t *CallTotals) Merge(o *CallTotals) {
	t.Accepted += o.Accepted
	t.Missed += o.Missed
	t.Durations.Merge(&o.Durations)
	t.Waits.Merge(&o.Waits)
	t.MessagesByAgent += o.MessagesByAgent
	t.MessagesByShopper += o.MessagesByShopper
	t.WithAdded += o.WithAdded
	t.WithCheckout += o.WithCheckout
	t.Direct += o.Direct
	t.Indirect += o.Indirect
	t.Purchases += o.Purchases
	t.Revenue = t.Revenue.Merge(o.Revenue)
	t.Promoters += o.Promoters
	t.Passives += o.Passives
	t.Detractors += o.Detractors
	t.ThumbsUp += o.ThumbsUp
	t.ThumbsDown += o.ThumbsDown
}

// CallFigures are the statistics of a set of calls.
type CallFigures struct {
	Calls                 int
	Accepted              int
	Missed                int
	AcceptanceRate        Ratio // accepted / all
	Duration              Distribution
	QueueWait             Distribution
	MessagesByAgent       int
	MessagesByShopper     int
	CallsWithAddedProduct int
	CallsWithCheckout     int
	CallsWithPurchase     int
	DirectConversions     int // with a checkout click and a purchase
	IndirectConversions   int // with a purchase only
	Purchases             int
	Revenue               []Money
	NetPromoterScore      NetPromoterScore
	ThumbsUpRate          Ratio // thumbs up / ratings on scale 2
}

// NetPromoterScore counts ratings on scale 10: promoters gave 9 or 10,
// detractors 0 to 6.
type NetPromoterScore struct {
	Promoters, Passives, Detractors int
}

// Ratings returns the number of ratings on scale 10.
func (s NetPromoterScore) Ratings() int { return s.Promoters + s.Passives + s.Detractors }

// Value returns (promoters - detractors) / ratings, or nil without ratings.
func (s NetPromoterScore) Value() *float64 {
	return Ratio{s.Promoters - s.Detractors, s.Ratings()}.Value()
}

// Figures applies the formulas to the totals.
func (t *CallTotals) Figures() CallFigures {
	calls := t.Accepted + t.Missed
	return CallFigures{
		Calls:                 calls,
		Accepted:              t.Accepted,
		Missed:                t.Missed,
		AcceptanceRate:        Ratio{t.Accepted, calls},
		Duration:              t.Durations.Distribution(),
		QueueWait:             t.Waits.Distribution(),
		MessagesByAgent:       t.MessagesByAgent,
		MessagesByShopper:     t.MessagesByShopper,
		CallsWithAddedProduct: t.WithAdded,
		CallsWithCheckout:     t.WithCheckout,
		CallsWithPurchase:     t.Direct + t.Indirect,
		DirectConversions:     t.Direct,
		IndirectConversions:   t.Indirect,
		Purchases:             t.Purchases,
		Revenue:               t.Revenue.List(),
		NetPromoterScore:      NetPromoterScore{t.Promoters, t.Passives, t.Detractors},
		ThumbsUpRate:          Ratio{t.ThumbsUp, t.ThumbsUp + t.ThumbsDown},
	}
}
