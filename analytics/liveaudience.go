package analytics

import (
	"cmp"
	"slices"
	"time"
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

// sessions returns how many sessions were present or started: each has one
// device.
func (b *LiveBucket) sessions() int {
	n := 0
	for i := range b.Devices {
		n += b.Devices[i].Sessions.Count()
	}
	return n
}

// averageSession returns watched seconds / sessions, nil without sessions.
func (b *LiveBucket) averageSession() *float64 { return meanSeconds(b.Watched, b.sessions()) }

// averageViewers returns watched time / duration: how many sessions were present
// on average. It is nil for no duration.
func (b *LiveBucket) averageViewers(duration time.Duration) *float64 {
	if duration <= 0 {
		return nil
	}
	mean := float64(b.Watched) / float64(duration.Milliseconds())
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

func (b *LiveBucket) deviceShares() DeviceShares {
	all := b.sessions()
	share := func(device string) Ratio {
		for i := range b.Devices {
			if b.Devices[i].Name == device {
				return Ratio{Numerator: b.Devices[i].Sessions.Count(), Denominator: all}
			}
		}
		return Ratio{Denominator: all}
	}
	return DeviceShares{Desktop: share(desktop), Mobile: share(mobile), Tablet: share(tablet)}
}

// trafficSources returns the sessions by source, those with most sessions first,
// equal ones by name.
func (b *LiveBucket) trafficSources() []TrafficSource {
	all := b.sessions()
	list := make([]TrafficSource, len(b.Sources))
	for i := range b.Sources {
		n := b.Sources[i].Sessions.Count()
		list[i] = TrafficSource{Source: Text(b.Sources[i].Name), Sessions: n, Share: Ratio{Numerator: n, Denominator: all}}
	}
	slices.SortFunc(list, func(a, b TrafficSource) int {
		return cmp.Or(cmp.Compare(b.Sessions, a.Sessions), cmp.Compare(a.Source, b.Source))
	})
	return list
}

func (b *LiveBucket) conversionFunnel() ConversionFunnel {
	return ConversionFunnel{
		AudienceReach: b.audienceReach(),
		UniqueViewers: b.Viewers.Count(),
		Purchases:     b.Purchases.N,
	}
}
