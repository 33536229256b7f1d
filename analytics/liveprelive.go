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

// Prelive applies the formulas of the prelive phase to its merged buckets.
func (b *LiveBucket) Prelive(s *LiveScope) *PreliveMetrics {
	return &PreliveMetrics{
		Audience: PreliveAudience{
			TotalVisitors:  b.sessions(),
			UniqueVisitors: b.Viewers.Count(),
			AverageSession: b.averageSession(),
			Shares:         b.Shares,
		},
		ProductWidget: b.widget(productWidget),
		TeasingVideo: TeasingVideo{
			TotalWatch:       b.Teaser.N,
			UniqueWatch:      b.Teaser.U.Count(),
			AverageWatchTime: meanSeconds(b.TeaserTime, b.Teaser.N),
		},
		Devices:        b.deviceShares(),
		TrafficSources: b.trafficSources(),
		AlertingFunnel: AlertingFunnel{
			AudienceReach:      b.audienceReach(),
			UniqueViewers:      b.Viewers.Count(),
			AlertingModal:      b.AlertOpened.U.Count(),
			AlertingValidation: b.subscribers().Count(),
		},
		Alerting: Alerting{
			SMSAlerts:            b.SMS.N,
			CalendarAlerts:       b.Calendar.N,
			CommercialOptins:     b.SMSOptin.N,
			SMSAlertingRate:      b.amongViewers(b.SMS.U),
			CalendarAlertingRate: b.amongViewers(b.Calendar.U),
			RetargetingRate:      Ratio{Numerator: b.SMSOptin.U.Count(), Denominator: b.SMS.U.Count()},
		},
		Products: b.preliveProducts(s),
	}
}

// subscribers returns the visitors who subscribed by SMS or calendar.
func (b *LiveBucket) subscribers() Ordinals {
	var both Ordinals
	both.Merge(b.SMS.U)
	both.Merge(b.Calendar.U)
	return both
}
