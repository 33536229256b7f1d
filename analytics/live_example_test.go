package analytics

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// workedExample is the evening of docs/metrics-worked-example.md, where each
// figure below is worked out.
func workedExample(t testing.TB) (LiveTimeline, []*Event) {
	m := &eventMaker{t: t, day: "2026-03-28"}
	none := EventData{}
	widget := func(name string) EventData { return EventData{Widget: name} }
	session := func(device, source string) EventData { return EventData{Device: device, Source: source} }
	sku := func(sku string) EventData { return EventData{SKU: sku} }
	cart := func(sku, cart string, minor int64, currency string) EventData {
		return EventData{SKU: sku, Quantity: 1, Cart: &CartState{ID: cart, Amount: Money{minor, currency}}}
	}
	said := func(id string, author MessageAuthor, text string) EventData {
		return EventData{MessageID: id, Author: author, Text: text}
	}
	paid := func(id string, minor int64, currency string, lines ...PurchaseLine) EventData {
		return EventData{TransactionID: id, Total: &Money{minor, currency}, Products: lines}
	}
	rated := func(rating float64, comment string) EventData { return EventData{Rating: &rating, Comment: comment} }

	// Prelive.
	m.at("18:00:00", "ann", "", WidgetViewed, widget("product"))
	m.at("18:00:10", "ann", "", WidgetViewed, widget("product"))
	m.at("18:00:20", "bo", "", WidgetViewed, widget("gallery"))
	m.at("18:00:30", "ann", "", WidgetClicked, widget("product"))
	m.at("18:01:00", "ann", "s1", SessionStarted, session("desktop", "mail"))
	m.at("18:02:00", "ann", "s1", TeaserWatched, EventData{Seconds: ptr(30.5)})
	m.at("18:03:00", "ann", "s1", AlertOpened, none)
	m.at("18:04:00", "ann", "s1", SMSSubscribed, EventData{CommercialOptin: ptr(true)})
	m.at("18:05:00", "ann", "s1", ProductClicked, sku("cap"))
	m.at("18:11:00", "ann", "s1", Heartbeat, none)
	m.at("18:41:00", "ann", "s1", Heartbeat, none)
	m.at("18:45:00", "ann", "s1", SessionEnded, none)
	m.at("18:10:00", "bo", "s2", SessionStarted, session("mobile", ""))
	m.at("18:12:00", "bo", "s2", TeaserWatched, EventData{Seconds: ptr(20.0)})
	m.at("18:13:00", "bo", "s2", CalendarSubscribed, none)
	m.at("18:14:00", "bo", "s2", Shared, none)
	m.at("18:20:00", "bo", "s2", SessionEnded, none)
	m.at("19:00:00", "cy", "", SMSSubscribed, EventData{CommercialOptin: ptr(false)})
	m.at("19:50:00", "bo", "s3", SessionStarted, session("tablet", "mail"))
	m.at("19:58:00", "", "", ProductDisplayed, sku("cap"))

	// Live.
	m.at("20:01:00", "eve", "", WidgetViewed, widget("floating_player"))
	m.at("20:02:00", "eve", "", WidgetClicked, widget("floating_player"))
	m.at("20:03:00", "dee", "", WidgetViewed, widget("gallery"))
	m.at("20:05:00", "ann", "s4", SessionStarted, session("desktop", "mail"))
	m.at("20:06:00", "ann", "s4", Liked, EventData{Count: 3})
	m.at("20:06:00", "cy", "s5", SessionStarted, session("mobile", "ads"))
	m.at("20:07:00", "ann", "s4", CatalogOpened, none)
	m.at("20:08:00", "ann", "s4", ProductClicked, sku("cap"))
	m.at("20:09:00", "ann", "s4", AddedToCart, cart("cap", "c1", 2000, "EUR"))
	m.at("20:10:00", "", "", ProductHidden, sku("cap"))
	m.at("20:10:00", "", "", ProductDisplayed, sku("bag"))
	m.at("20:10:00", "cy", "s5", MessageSent, said("m1", ByViewer, "which size?"))
	m.at("20:10:00", "bo", "s3", Heartbeat, none)
	m.at("20:11:00", "", "", MessageSent, said("m2", ByBrand, "One size fits all."))
	m.at("20:12:00", "bo", "s3", MessageSent, said("m3", ByViewer, "lovely"))
	m.at("20:13:00", "bo", "s3", MessageSent, said("m3", ByViewer, "lovely?")) // the same message again
	m.at("20:12:00", "eve", "", ProductClicked, sku("cap"))
	m.at("20:12:30", "bo", "s3", AddedToCart, cart("scarf", "c3", 30000, "SEK"))
	m.at("20:13:00", "bo", "s3", Shared, none)
	m.at("20:13:30", "bo", "s3", Liked, EventData{Count: 2})
	m.at("20:14:00", "ann", "s4", RemovedFromCart, cart("cap", "c1", 0, "EUR"))
	m.at("20:15:00", "cy", "s5", AddedToCart, cart("bag", "c2", 3550, "EUR"))
	m.at("20:16:00", "cy", "s5", PollAnswered, EventData{InteractionID: "poll", Option: "red"})
	m.at("20:17:00", "eve", "", PollAnswered, EventData{InteractionID: "poll", Option: "blue"})
	m.at("20:17:30", "eve", "", PollAnswered, EventData{InteractionID: "poll", Option: "red"})
	m.at("20:18:00", "cy", "", Purchased, paid("t1", 4000, "EUR", PurchaseLine{"bag", 1, Money{3550, "EUR"}}))
	m.at("20:18:30", "cy", "s5", WinningInstantPlayed, EventData{InteractionID: "draw", Won: ptr(true)})
	m.at("20:18:40", "ann", "s4", WinningInstantPlayed, EventData{InteractionID: "draw", Won: ptr(false)})
	m.at("20:19:00", "cy", "s5", SurveyShown, none)
	m.at("20:19:30", "cy", "s5", SurveyAnswered, rated(5, "great"))
	m.at("20:20:00", "cy", "s5", SessionEnded, none)
	m.at("20:20:00", "bo", "s3", SessionEnded, none)
	m.at("20:20:00", "", "", ProductDisplayed, sku("scarf"))
	m.at("20:22:00", "", "", ProductHidden, sku("scarf"))
	m.at("20:22:00", "bo", "", Purchased, paid("t3", 50000, "SEK"))
	m.at("20:24:00", "ann", "s4", SurveyShown, none)
	m.at("20:24:30", "ann", "s4", SurveyAnswered, rated(4, ""))
	m.at("20:25:00", "eve", "", SurveyAnswered, rated(1, ""))
	m.at("20:25:00", "ann", "s4", SessionEnded, none)
	m.at("20:29:00", "dee", "s6", SessionStarted, session("mobile", ""))

	// Replay.
	m.at("20:40:00", "dee", "s6", Heartbeat, none)
	m.at("20:45:00", "dee", "", Purchased, paid("t4", 2000, "EUR", PurchaseLine{"cap", 1, Money{2000, "EUR"}}))
	m.at("20:50:00", "ann", "", Purchased, paid("t2", 1500, "EUR", PurchaseLine{"cap", 2, Money{2000, "EUR"}}, PurchaseLine{"hat", 1, Money{1000, "EUR"}}))
	m.at("20:55:00", "ann", "", Purchased, paid("t2", 9900, "EUR"))
	m.at("20:56:00", "eve", "", Purchased, paid("t5", 7700, "EUR"))
	m.at("21:00:00", "fay", "s7", SessionStarted, session("desktop", "mail"))
	m.day = "2026-04-27"
	m.at("20:25:00", "ann", "", Purchased, paid("t6", 1000, "EUR"))

	started, ended := at(t, "2026-03-28T20:00:00Z"), at(t, "2026-03-28T20:30:00Z")
	return LiveTimeline{StartedAt: &started, EndedAt: &ended}, m.list
}

func exampleScope(t testing.TB, timeline LiveTimeline, events []*Event) *LiveScope {
	return &LiveScope{Timeline: timeline, Now: at(t, "2026-05-01T00:00:00Z"), Displays: FoldLiveDisplays(testLiveEvent, nil, events)}
}

func TestTheWorkedExample(t *testing.T) {
	timeline, events := workedExample(t)
	slices.Reverse(events)                  // out of order
	events = append(events, events[:20]...) // and some twice
	a, s := activityOf(timeline, events), exampleScope(t, timeline, events)
	eur := func(minor int64) Money { return Money{minor, "EUR"} }
	sek := func(minor int64) Money { return Money{minor, "SEK"} }
	span := func(from, to string) Period {
		return Period{at(t, "2026-03-28T"+from+"Z"), at(t, "2026-03-28T"+to+"Z")}
	}
	check := func(t *testing.T, want, got any) {
		t.Helper()
		if diff := cmp.Diff(want, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Error(diff)
		}
	}

	prelive := figuresOf(t, a, Prelive, nil, s)
	t.Run("prelive", func(t *testing.T) {
		check(t, &PreliveMetrics{
			Audience:       PreliveAudience{TotalVisitors: 3, UniqueVisitors: 2, AverageSession: ptr(680.0), Shares: 1},
			ProductWidget:  WidgetMetrics{TotalViews: 2, UniqueViews: 1, Clicks: 1, ClickRate: Ratio{1, 1}},
			TeasingVideo:   TeasingVideo{TotalWatch: 2, UniqueWatch: 2, AverageWatchTime: ptr(25.25)},
			Devices:        DeviceShares{Desktop: Ratio{1, 3}, Mobile: Ratio{1, 3}, Tablet: Ratio{1, 3}},
			TrafficSources: []TrafficSource{{"mail", 2, Ratio{2, 3}}, {"", 1, Ratio{1, 3}}},
			AlertingFunnel: AlertingFunnel{AudienceReach: 2, UniqueViewers: 2, AlertingModal: 1, AlertingValidation: 3},
			Alerting: Alerting{
				SMSAlerts: 2, CalendarAlerts: 1, CommercialOptins: 1,
				SMSAlertingRate: Ratio{1, 2}, CalendarAlertingRate: Ratio{1, 2}, RetargetingRate: Ratio{1, 2},
			},
			Products: []LiveProductMetrics{{
				SKU: "cap", Appearances: []Period{}, Presented: 1, Clicks: 1, Sales: []Money{},
				ClickRate: Ratio{1, 2}, AddToCartRate: Ratio{0, 1},
			}},
		}, prelive.Prelive())
	})
	t.Run("prelive evolution, by the hour", func(t *testing.T) {
		steps, err := prelive.PreliveEvolution(s, Hour, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		check(t, []PreliveStep{
			{span("18:00:00", "19:00:00"), 2, 1, 1},
			{span("19:00:00", "20:00:00"), 1, 1, 0},
		}, steps)
	})

	live := figuresOf(t, a, Live, nil, s)
	cap1, bag, scarf := 1, 2, 3
	t.Run("live", func(t *testing.T) {
		check(t, &LiveMetrics{
			General: LiveGeneral{
				LiveDuration: ptr(1800.0), Messages: 2, Questions: 1, BrandAnswers: 1, Likes: 5, Shares: 1,
				EngagementRate: Ratio{3, 4}, ChatParticipationRate: Ratio{2, 4}, ChatQuestionRate: Ratio{1, 4},
			},
			Audience:             LiveAudience{TotalViewers: 4, UniqueViewers: 4, MaxViewers: 3, AverageViewers: ptr(3300.0 / 1800), AverageSession: ptr(825.0)},
			ProductWidget:        WidgetMetrics{},
			FloatingPlayerWidget: WidgetMetrics{TotalViews: 1, UniqueViews: 1, Clicks: 1, ClickRate: Ratio{1, 1}},
			Devices:              DeviceShares{Desktop: Ratio{1, 4}, Mobile: Ratio{2, 4}, Tablet: Ratio{1, 4}},
			TrafficSources:       []TrafficSource{{"mail", 2, Ratio{2, 4}}, {"", 1, Ratio{1, 4}}, {"ads", 1, Ratio{1, 4}}},
			ConversionFunnel:     ConversionFunnel{AudienceReach: 1, UniqueViewers: 4, Purchases: 4},
			Business: LiveBusiness{
				CatalogOpened: 1, ProductClicks: 2, ViewersProductClicks: 1, ProductClicksRate: Ratio{1, 4},
				AddToCarts: 3, CartsCreated: 3, CartsCreatedRate: Ratio{3, 4},
				TotalCartsAmount: []Money{eur(3550), sek(30000)}, AverageCart: []Money{eur(1775), sek(30000)},
				MaximumCart: []Money{eur(3550), sek(30000)}, MinimumCart: []Money{eur(0), sek(30000)},
				Purchases: 4, PurchasesRate: Ratio{3, 4},
				TotalSales: []Money{eur(6500), sek(50000)}, ProductSales: []Money{eur(5550), sek(0)}, OtherSales: []Money{eur(950), sek(50000)},
				AveragePurchase: []Money{eur(2167), sek(50000)}, MaximumPurchase: []Money{eur(4000), sek(50000)}, MinimumPurchase: []Money{eur(1000), sek(50000)},
			},
			Products: []LiveProductMetrics{
				{
					SKU: "cap", Order: &cap1, Appearances: []Period{span("20:00:00", "20:10:00")},
					Clicks: 2, Added: 1, Removed: 1, Purchases: 1, Quantity: 2, Sales: []Money{eur(2000)},
					ClickRate: Ratio{1, 4}, AddToCartRate: Ratio{1, 2}, PurchaseRate: Ratio{1, 1},
				},
				{
					SKU: "bag", Order: &bag, Appearances: []Period{span("20:10:00", "20:30:00")},
					Presented: 1, Added: 1, Purchases: 1, Quantity: 1, Sales: []Money{eur(3550)},
					ClickRate: Ratio{0, 4}, AddToCartRate: Ratio{1, 0}, PurchaseRate: Ratio{1, 1},
				},
				{
					SKU: "scarf", Order: &scarf, Appearances: []Period{span("20:20:00", "20:22:00")},
					Presented: 1, Added: 1, Sales: []Money{},
					ClickRate: Ratio{0, 4}, AddToCartRate: Ratio{1, 0}, PurchaseRate: Ratio{0, 1},
				},
				{
					SKU: "hat", Appearances: []Period{}, Purchases: 1, Quantity: 1, Sales: []Money{eur(1000)},
					ClickRate: Ratio{0, 4}, PurchaseRate: Ratio{1, 0},
				},
			},
			Satisfaction: LiveSatisfaction{
				AudienceReach: 2, Attendees: 3, ViewersSatisfaction: ptr(10.0 / 3), Comments: 1, ResponseRate: Ratio{2, 4},
				Distribution: []RatingCount{{1, 1}, {2, 0}, {3, 0}, {4, 1}, {5, 1}},
			},
		}, live.Live(s))
	})
	t.Run("live evolution, by the hour", func(t *testing.T) {
		steps, err := live.LiveEvolution(s, Hour, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		check(t, []LiveStep{{span("20:00:00", "20:30:00"), 3, 2, 2}}, steps)
	})
	t.Run("interactions", func(t *testing.T) {
		played := phaseBucket(a, Live, nil)
		check(t, PollStatistics{
			Answers: 3, Participants: 2,
			Options: []PollOptionStatistics{{"green", 0, Ratio{0, 3}}, {"red", 2, Ratio{2, 3}}, {"blue", 1, Ratio{1, 3}}},
		}, played.InteractionFigures().Poll(&Interaction{InteractionID: "poll", Options: []string{"green", "red"}}))
		check(t, WinningInstantStatistics{Participants: 2, Winners: 1, WinningRate: Ratio{1, 2}},
			played.InteractionFigures().WinningInstant(&Interaction{InteractionID: "draw"}))
	})

	t.Run("replay", func(t *testing.T) {
		got := figuresOf(t, a, Replay, nil, s).Replay(s)
		if got.Business.PurchasesRate != (Ratio{1, 2}) || !cmp.Equal(got.Business.ProductSales, []Money{eur(2000)}) {
			t.Errorf("business is %+v", got.Business)
		}
		check(t, ReplayAudience{LiveAudience: LiveAudience{
			TotalViewers: 2, UniqueViewers: 2, MaxViewers: 1, AverageViewers: ptr(600.0 / 1800), AverageSession: ptr(300.0),
		}}, got.Audience)
		check(t, DeviceShares{Desktop: Ratio{1, 2}, Mobile: Ratio{1, 2}, Tablet: Ratio{0, 2}}, got.Devices)
		check(t, ConversionFunnel{UniqueViewers: 2, Purchases: 1}, got.ConversionFunnel)
	})
	t.Run("replay from 20:35 to 21:35", func(t *testing.T) {
		s := *s
		period := span("20:35:00", "21:35:00")
		s.Period = &period
		check(t, ReplayAudience{LiveAudience: LiveAudience{
			TotalViewers: 2, UniqueViewers: 2, MaxViewers: 1, AverageViewers: ptr(300.0 / 3600), AverageSession: ptr(150.0),
		}}, figuresOf(t, a, Replay, &period, &s).Replay(&s).Audience)
	})
}
