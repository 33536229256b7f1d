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

// Replay applies the formulas of the replay phase to its figures. Without a
// period the replay ends, for the average of viewers, at its last sign of life.
func (f *LiveFigures) Replay(s *LiveScope) *ReplayMetrics {
	displays := s.LiveDisplays()
	return &ReplayMetrics{
		Audience: ReplayAudience{
			LiveAudience: f.audience(s.duration(Replay, f.LastSign)),
			Shares:       f.General.Shares,
		},
		ProductWidget:    f.ProductWidget,
		Devices:          f.deviceShares(),
		TrafficSources:   f.trafficSources(),
		ConversionFunnel: f.conversionFunnel(),
		Business:         f.business(displays),
		Products:         f.displayedProducts(displays),
	}
}
