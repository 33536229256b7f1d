package analytics

// ReplayMetrics are the metrics of a live event after its broadcast: those of
// the live phase without what only a broadcast has.
type ReplayMetrics struct {
	Audience         ReplayAudience
	ProductWidget    WidgetMetrics
	Devices          DeviceShares
	TrafficSources   []TrafficSource
	ConversionFunnel ConversionFunnel
	Business         LiveBusiness
	Products         []LiveProductMetrics // displayed in the live phase by appearance, then the others by SKU
}

// ReplayAudience is who watched the replay.
type ReplayAudience struct {
	LiveAudience
	Shares int // n(shared)
}

// Replay applies the formulas of the replay phase to its merged buckets. Without
// a period the replay ends, for the average of viewers, at its last sign of life.
func (b *LiveBucket) Replay(s *LiveScope) *ReplayMetrics {
	return &ReplayMetrics{
		Audience: ReplayAudience{
			LiveAudience: LiveAudience{
				TotalViewers:   b.sessions(),
				UniqueViewers:  b.Viewers.Count(),
				MaxViewers:     b.Peak,
				AverageViewers: b.averageViewers(s.duration(Replay, b.LastSign)),
				AverageSession: b.averageSession(),
			},
			Shares: b.Shares,
		},
		ProductWidget:    b.widget(productWidget),
		Devices:          b.deviceShares(),
		TrafficSources:   b.trafficSources(),
		ConversionFunnel: b.conversionFunnel(),
		Business:         b.business(s),
		Products:         b.liveProducts(s),
	}
}
