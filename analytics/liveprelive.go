package analytics

// PreliveMetrics are the metrics of a live event before its broadcast.
type PreliveMetrics struct {
	Audience       PreliveAudience
	ProductWidget  WidgetMetrics
	TeasingVideo   TeasingVideo
	Devices        DeviceShares
	TrafficSources []TrafficSource
	AlertingFunnel AlertingFunnel
	Alerting       Alerting
	Products       []LiveProductMetrics // those clicked or put into a cart, most clicks first
}

// PreliveAudience are the visitors of the prelive page.
type PreliveAudience struct {
	TotalVisitors  int      // sessions
	UniqueVisitors int      // visitors of these sessions
	AverageSession *float64 // watched seconds / sessions, nil without sessions
	Shares         int      // n(shared)
}

// TeasingVideo are the metrics of the teasing video.
type TeasingVideo struct {
	TotalWatch       int      // n(teaser_watched)
	UniqueWatch      int      // u(teaser_watched)
	AverageWatchTime *float64 // seconds / watches, nil without watches
}

// AlertingFunnel leads from seeing the event to asking for an alert.
type AlertingFunnel struct {
	AudienceReach      int // u(saw the product or the gallery widget)
	UniqueViewers      int // visitors with a session
	AlertingModal      int // u(alert_opened)
	AlertingValidation int // u(subscribed by SMS or calendar)
}

// Alerting are the subscriptions to alerts.
type Alerting struct {
	SMSAlerts            int   // n(sms_subscribed)
	CalendarAlerts       int   // n(calendar_subscribed)
	CommercialOptins     int   // n(sms_subscribed with the opt-in)
	SMSAlertingRate      Ratio // visitors who subscribed by SMS / visitors
	CalendarAlertingRate Ratio // visitors who subscribed by calendar / visitors
	RetargetingRate      Ratio // u(SMS with opt-in) / u(SMS)
}

// Prelive applies the formulas of the prelive phase to its figures.
func (f *LiveFigures) Prelive() *PreliveMetrics {
	return &PreliveMetrics{
		Audience: PreliveAudience{
			TotalVisitors:  f.Sessions,
			UniqueVisitors: f.Viewers,
			AverageSession: meanSeconds(f.Watched, f.Sessions),
			Shares:         f.General.Shares,
		},
		ProductWidget:  f.ProductWidget,
		TeasingVideo:   f.TeasingVideo,
		Devices:        f.deviceShares(),
		TrafficSources: f.trafficSources(),
		AlertingFunnel: AlertingFunnel{
			AudienceReach:      f.AudienceReach,
			UniqueViewers:      f.Viewers,
			AlertingModal:      f.AlertingModal,
			AlertingValidation: f.AlertingValidation,
		},
		Alerting: f.Alerting,
		Products: f.preliveProducts(),
	}
}

func (b *LiveBucket) teasingVideo() TeasingVideo {
	return TeasingVideo{
		TotalWatch:       b.Teaser.N,
		UniqueWatch:      b.Teaser.U.Count(),
		AverageWatchTime: meanSeconds(b.TeaserTime, b.Teaser.N),
	}
}

func (b *LiveBucket) alerting() Alerting {
	return Alerting{
		SMSAlerts:            b.SMS.N,
		CalendarAlerts:       b.Calendar.N,
		CommercialOptins:     b.SMSOptin.N,
		SMSAlertingRate:      b.amongViewers(b.SMS.U),
		CalendarAlertingRate: b.amongViewers(b.Calendar.U),
		RetargetingRate:      Ratio{Numerator: b.SMSOptin.U.Count(), Denominator: b.SMS.U.Count()},
	}
}

// subscribers returns the visitors who subscribed by SMS or calendar.
func (b *LiveBucket) subscribers() Ordinals {
	var both Ordinals
	both.Merge(b.SMS.U)
	both.Merge(b.Calendar.U)
	return both
}
