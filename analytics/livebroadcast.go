package analytics

// LiveMetrics are the metrics of the broadcast of a live event.
type LiveMetrics struct {
	General              LiveGeneral
	Audience             LiveAudience
	ProductWidget        WidgetMetrics
	FloatingPlayerWidget WidgetMetrics
	Devices              DeviceShares
	TrafficSources       []TrafficSource
	ConversionFunnel     ConversionFunnel
	Business             LiveBusiness
	Products             []LiveProductMetrics // displayed ones by appearance, then the others by SKU
	Satisfaction         LiveSatisfaction
}

// LiveGeneral is what happened in the broadcast.
type LiveGeneral struct {
	LiveDuration          *float64 // seconds, up to now while it runs; nil before it starts
	Messages              int      // of viewers
	Questions             int      // those with a question mark
	BrandAnswers          int      // messages of the brand
	Likes                 int64    // the sum of their counts
	Shares                int
	EngagementRate        Ratio // viewers with a message, like, product click, addition to a cart, share, poll answer or opened catalog / viewers
	ChatParticipationRate Ratio // viewers with a message / viewers
	ChatQuestionRate      Ratio // viewers with a question / viewers
}

// LiveAudience is who watched the broadcast.
type LiveAudience struct {
	TotalViewers   int      // sessions
	UniqueViewers  int      // visitors of these sessions
	MaxViewers     int      // the most sessions at once
	AverageViewers *float64 // watched seconds / duration, nil for no duration
	AverageSession *float64 // watched seconds / sessions, nil without sessions
}

// LiveSatisfaction is what viewers answered in the survey.
type LiveSatisfaction struct {
	AudienceReach       int      // u(survey_shown)
	Attendees           int      // u(survey_answered)
	ViewersSatisfaction *float64 // the mean of all ratings, nil without one
	Comments            int      // those that are not empty
	ResponseRate        Ratio    // viewers who answered / viewers
	Distribution        []RatingCount
}

// RatingCount is how often one rating was given.
type RatingCount struct {
	Rating, Count int
}

// Live applies the formulas of the live phase to its merged buckets.
func (b *LiveBucket) Live(s *LiveScope) *LiveMetrics {
	return &LiveMetrics{
		General: LiveGeneral{
			LiveDuration:          s.liveDuration(b),
			Messages:              b.Messages.N,
			Questions:             b.Questions.N,
			BrandAnswers:          b.BrandAnswers,
			Likes:                 b.Likes,
			Shares:                b.Shares,
			EngagementRate:        b.amongViewers(b.Engaged),
			ChatParticipationRate: b.amongViewers(b.Messages.U),
			ChatQuestionRate:      b.amongViewers(b.Questions.U),
		},
		Audience: LiveAudience{
			TotalViewers:   b.sessions(),
			UniqueViewers:  b.Viewers.Count(),
			MaxViewers:     b.Peak,
			AverageViewers: b.averageViewers(s.duration(Live, b.LastSign)),
			AverageSession: b.averageSession(),
		},
		ProductWidget:        b.widget(productWidget),
		FloatingPlayerWidget: b.widget(floatingPlayerWidget),
		Devices:              b.deviceShares(),
		TrafficSources:       b.trafficSources(),
		ConversionFunnel:     b.conversionFunnel(),
		Business:             b.business(s),
		Products:             b.liveProducts(s),
		Satisfaction:         b.satisfaction(),
	}
}

// liveDuration returns how long the broadcast lasted, or has lasted so far, in
// seconds.
func (s *LiveScope) liveDuration(b *LiveBucket) *float64 {
	if s.Timeline.StartedAt == nil {
		return nil
	}
	return seconds(float64(s.duration(Live, b.LastSign).Milliseconds()))
}

func (b *LiveBucket) satisfaction() LiveSatisfaction {
	distribution := make([]RatingCount, ratingScale)
	answers, sum := 0, 0
	for i := range distribution {
		distribution[i].Rating = i + 1
		if i < len(b.Ratings) {
			distribution[i].Count = b.Ratings[i]
			answers += b.Ratings[i]
			sum += (i + 1) * b.Ratings[i]
		}
	}
	return LiveSatisfaction{
		AudienceReach:       b.SurveyShown.Count(),
		Attendees:           b.Attendees.Count(),
		ViewersSatisfaction: Ratio{Numerator: sum, Denominator: answers}.Value(),
		Comments:            b.Comments,
		ResponseRate:        b.amongViewers(b.Attendees),
		Distribution:        distribution,
	}
}
