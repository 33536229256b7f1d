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

// Live applies the formulas of the live phase to its figures.
func (f *LiveFigures) Live(s *LiveScope) *LiveMetrics {
	duration := s.duration(Live, f.LastSign)
	general := f.General
	if s.Timeline.StartedAt != nil {
		general.LiveDuration = seconds(float64(duration))
	}
	displays := s.LiveDisplays()
	return &LiveMetrics{
		General:              general,
		Audience:             f.audience(duration),
		ProductWidget:        f.ProductWidget,
		FloatingPlayerWidget: f.FloatingPlayerWidget,
		Devices:              f.deviceShares(),
		TrafficSources:       f.trafficSources(),
		ConversionFunnel:     f.conversionFunnel(),
		Business:             f.business(displays),
		Products:             f.displayedProducts(displays),
		Satisfaction:         f.Satisfaction,
	}
}

func (b *LiveBucket) general() LiveGeneral {
	return LiveGeneral{
		Messages:              b.Messages.N,
		Questions:             b.Questions.N,
		BrandAnswers:          b.BrandAnswers,
		Likes:                 b.Likes,
		Shares:                b.Shares,
		EngagementRate:        b.amongViewers(b.Engaged),
		ChatParticipationRate: b.amongViewers(b.Messages.U),
		ChatQuestionRate:      b.amongViewers(b.Questions.U),
	}
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
