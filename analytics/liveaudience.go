package analytics

import (
	"cmp"
	"slices"
)

// WidgetMetrics are the metrics of a widget on the shop's pages.
type WidgetMetrics struct {
	TotalViews  int   // n(widget_viewed)
	UniqueViews int   // u(widget_viewed)
	Clicks      int   // n(widget_clicked)
	ClickRate   Ratio // visitors who saw it and clicked it / UniqueViews
}

// DeviceShares are the shares of sessions by device.
type DeviceShares struct {
	Desktop, Mobile, Tablet Ratio
}

// TrafficSource is where sessions came from.
type TrafficSource struct {
	Source   Text // empty where the page did not say
	Sessions int
	Share    Ratio // of all sessions
}

// ConversionFunnel leads from seeing the event to paying.
type ConversionFunnel struct {
	AudienceReach int // u(saw the product or the gallery widget)
	UniqueViewers int
	Purchases     int // n
}

// The widgets and devices that events name.
const (
	productWidget        = "product"
	galleryWidget        = "gallery"
	floatingPlayerWidget = "floating_player"

	desktop = "desktop"
	mobile  = "mobile"
	tablet  = "tablet"
)

// LiveAudience is who watched a broadcast or a replay.
type LiveAudience struct {
	TotalViewers   int      // sessions
	UniqueViewers  int      // visitors of these sessions
	MaxViewers     int      // the most sessions at once
	AverageViewers *float64 // watched seconds / duration, nil for no duration
	AverageSession *float64 // watched seconds / sessions, nil without sessions
}

// audience returns who watched for the given duration in milliseconds.
func (f *LiveFigures) audience(duration int64) LiveAudience {
	return LiveAudience{
		TotalViewers:   f.Sessions,
		UniqueViewers:  f.Viewers,
		MaxViewers:     f.Peak,
		AverageViewers: f.averageViewers(duration),
		AverageSession: meanSeconds(f.Watched, f.Sessions),
	}
}

// averageViewers returns watched time / duration: how many sessions were present
// on average. It is nil for no duration.
func (f *LiveFigures) averageViewers(duration int64) *float64 {
	if duration <= 0 {
		return nil
	}
	mean := float64(f.Watched) / float64(duration)
	return &mean
}

// meanSeconds returns milliseconds / n in seconds, nil for n = 0.
func meanSeconds(ms int64, n int) *float64 {
	if n == 0 {
		return nil
	}
	return seconds(float64(ms) / float64(n))
}

// amongViewers returns the rate of viewers who did something: visitors who did
// it and are viewers of the same phase and period / viewers.
func (b *LiveBucket) amongViewers(did Ordinals) Ratio {
	return Ratio{Numerator: did.CountAmong(b.Viewers), Denominator: b.Viewers.Count()}
}

func (b *LiveBucket) widget(name string) WidgetMetrics {
	for i := range b.Widgets {
		if w := &b.Widgets[i]; w.Widget == name {
			return WidgetMetrics{
				TotalViews:  w.Viewed.N,
				UniqueViews: w.Viewed.U.Count(),
				Clicks:      w.Clicks.N,
				ClickRate:   Ratio{Numerator: w.Clicks.U.CountAmong(w.Viewed.U), Denominator: w.Viewed.U.Count()},
			}
		}
	}
	return WidgetMetrics{}
}

// audienceReach returns u(saw the product widget or the gallery widget).
func (b *LiveBucket) audienceReach() int {
	var reached Ordinals
	for i := range b.Widgets {
		if w := &b.Widgets[i]; w.Widget == productWidget || w.Widget == galleryWidget {
			reached.Merge(w.Viewed.U)
		}
	}
	return reached.Count()
}

func (f *LiveFigures) deviceShares() DeviceShares {
	share := func(device string) Ratio { return Ratio{Numerator: f.Devices.of(device), Denominator: f.Sessions} }
	return DeviceShares{Desktop: share(desktop), Mobile: share(mobile), Tablet: share(tablet)}
}

// trafficSources returns the sessions by source, those with most sessions first,
// equal ones by name.
func (f *LiveFigures) trafficSources() []TrafficSource {
	list := make([]TrafficSource, len(f.Sources))
	for i, source := range f.Sources {
		list[i] = TrafficSource{
			Source: Text(source.Name), Sessions: source.Count,
			Share: Ratio{Numerator: source.Count, Denominator: f.Sessions},
		}
	}
	slices.SortFunc(list, func(a, b TrafficSource) int {
		return cmp.Or(cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(a.Source, b.Source))
	})
	return list
}

func (f *LiveFigures) conversionFunnel() ConversionFunnel {
	return ConversionFunnel{
		AudienceReach: f.AudienceReach,
		UniqueViewers: f.Viewers,
		Purchases:     f.Business.Purchases,
	}
}
