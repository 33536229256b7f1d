package analytics

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// edgeCase is a broadcast from 20:00 to 21:00 with the events that a test writes
// down.
type edgeCase struct {
	*eventMaker
	timeline LiveTimeline
}

func newEdgeCase(t *testing.T) *edgeCase {
	started, ended := at(t, "2026-03-28T20:00:00Z"), at(t, "2026-03-28T21:00:00Z")
	return &edgeCase{
		eventMaker: &eventMaker{t: t, day: "2026-03-28"},
		timeline:   LiveTimeline{StartedAt: &started, EndedAt: &ended},
	}
}

func (c *edgeCase) scope() *LiveScope { return exampleScope(c.t, c.timeline, c.list) }

func (c *edgeCase) figures(phase LivePhase, s *LiveScope) *LiveFigures {
	c.t.Helper()
	return figuresOf(c.t, activityOf(c.timeline, c.list), phase, s.Period, s)
}

func (c *edgeCase) live() *LiveMetrics     { return c.figures(Live, c.scope()).Live(c.scope()) }
func (c *edgeCase) replay() *ReplayMetrics { return c.figures(Replay, c.scope()).Replay(c.scope()) }

// watches adds a session from one clock time to another.
func (c *edgeCase) watches(visitor, session, from, to string) {
	c.at(from, visitor, session, SessionStarted, EventData{Device: "mobile", Source: "mail"})
	c.at(to, visitor, session, SessionEnded, EventData{})
}

func (c *edgeCase) pays(clock, visitor, id string, minor int64, currency string) *Event {
	return c.at(clock, visitor, "", Purchased, EventData{TransactionID: id, Total: &Money{minor, currency}})
}

func (c *edgeCase) adds(clock, visitor, cart string, kind EventType, minor int64, currency string) *Event {
	return c.at(clock, visitor, "", kind, EventData{SKU: "cap", Quantity: 1, Cart: &CartState{ID: cart, Amount: Money{minor, currency}}})
}

func expect[T any](t *testing.T, what string, want, got T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s:\n%s", what, diff)
	}
}

func TestNobodyWatched(t *testing.T) {
	c := newEdgeCase(t)
	got := c.live()
	none := []Money{}
	want := &LiveMetrics{
		General:        LiveGeneral{LiveDuration: ptr(3600.0)},
		Audience:       LiveAudience{AverageViewers: ptr(0.0)},
		TrafficSources: []TrafficSource{}, Products: []LiveProductMetrics{},
		Business: LiveBusiness{
			TotalCartsAmount: none, AverageCart: none, MaximumCart: none, MinimumCart: none,
			TotalSales: none, ProductSales: none, OtherSales: none, AveragePurchase: none, MaximumPurchase: none, MinimumPurchase: none,
		},
		Satisfaction: LiveSatisfaction{Distribution: []RatingCount{{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}}},
	}
	expect(t, "live", want, got)
	if got.General.EngagementRate.Value() != nil || got.Devices.Mobile.Value() != nil {
		t.Error("a rate over nobody must be null")
	}
	expect(t, "replay", ReplayAudience{}, c.replay().Audience)
	expect(t, "prelive", PreliveAudience{}, c.figures(Prelive, c.scope()).Prelive().Audience)
}

func TestABroadcastThatHasNotStartedHasNoDuration(t *testing.T) {
	c := newEdgeCase(t)
	c.timeline = LiveTimeline{}
	c.watches("ann", "s1", "19:00:00", "19:10:00")
	got := c.live()
	expect(t, "duration", nil, got.General.LiveDuration)
	expect(t, "audience", LiveAudience{}, got.Audience)
	expect(t, "visitors", 1, c.figures(Prelive, c.scope()).Prelive().Audience.UniqueVisitors)
	steps, err := c.figures(Live, c.scope()).LiveEvolution(c.scope(), Minute, time.UTC)
	if err != nil || len(steps) > 0 {
		t.Errorf("evolution is %v, %v", steps, err)
	}
}

func TestABroadcastThatRunsEndsNow(t *testing.T) {
	c := newEdgeCase(t)
	c.timeline.EndedAt = nil
	c.watches("ann", "s1", "20:00:00", "20:10:00")
	s := c.scope()
	s.Now = at(t, "2026-03-28T20:20:30Z")
	got := c.figures(Live, s).Live(s)
	expect(t, "duration", ptr(1230.0), got.General.LiveDuration)
	expect(t, "average", ptr(600.0/1230), got.Audience.AverageViewers)
	steps, err := c.figures(Live, s).LiveEvolution(s, Minute, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "steps", 21, len(steps))
	expect(t, "last step", LiveStep{Period: Period{at(t, "2026-03-28T20:20:00Z"), at(t, "2026-03-28T20:21:00Z")}}, steps[20])
}

func TestOneViewer(t *testing.T) {
	c := newEdgeCase(t)
	c.watches("ann", "s1", "20:00:00", "20:15:00")
	expect(t, "audience", LiveAudience{
		TotalViewers: 1, UniqueViewers: 1, MaxViewers: 1, AverageViewers: ptr(0.25), AverageSession: ptr(900.0),
	}, c.live().Audience)
	expect(t, "sources", []TrafficSource{{"mail", 1, Ratio{1, 1}}}, c.live().TrafficSources)
}

func TestSessions(t *testing.T) {
	minutes := func(m float64) *float64 { return ptr(m * 60) }
	for _, test := range []struct {
		name   string
		happen func(c *edgeCase)
		want   LiveAudience // without AverageViewers
	}{
		{"a silence of 29:59.999 is presence", func(c *edgeCase) {
			c.at("20:00:00", "ann", "s1", SessionStarted, EventData{Device: "mobile"})
			c.at("20:29:59.999", "ann", "s1", Heartbeat, EventData{})
		}, LiveAudience{TotalViewers: 1, UniqueViewers: 1, MaxViewers: 1, AverageSession: ptr(1799.999)}},
		{"a silence of exactly 30 minutes is none", func(c *edgeCase) {
			c.at("20:00:00", "ann", "s1", SessionStarted, EventData{Device: "mobile"})
			c.at("20:30:00", "ann", "s1", Heartbeat, EventData{})
		}, LiveAudience{TotalViewers: 1, UniqueViewers: 1, AverageSession: ptr(0.0)}},
		{"a session without session_started is not counted", func(c *edgeCase) {
			c.at("20:00:00", "ann", "s1", Heartbeat, EventData{})
			c.at("20:10:00", "ann", "s1", Heartbeat, EventData{})
		}, LiveAudience{}},
		{"signs before the session_started count as well", func(c *edgeCase) {
			c.at("20:00:00", "ann", "s1", Heartbeat, EventData{})
			c.at("20:10:00", "ann", "s1", SessionStarted, EventData{Device: "mobile"})
		}, LiveAudience{TotalViewers: 1, UniqueViewers: 1, MaxViewers: 1, AverageSession: minutes(10)}},
		{"a sign soon after the end opens a further stretch", func(c *edgeCase) {
			c.watches("ann", "s1", "20:00:00", "20:10:00")
			c.at("20:15:00", "ann", "s1", Heartbeat, EventData{})
			c.at("20:20:00", "ann", "s1", Heartbeat, EventData{})
		}, LiveAudience{TotalViewers: 1, UniqueViewers: 1, MaxViewers: 1, AverageSession: minutes(15)}},
		{"an end that arrives late splits the stretch", func(c *edgeCase) {
			c.at("20:00:00", "ann", "s1", SessionStarted, EventData{Device: "mobile"})
			c.at("20:20:00", "ann", "s1", Heartbeat, EventData{})
			c.at("20:10:00", "ann", "s1", SessionEnded, EventData{})
		}, LiveAudience{TotalViewers: 1, UniqueViewers: 1, MaxViewers: 1, AverageSession: minutes(10)}},
		{"who leaves as another comes is not there with them", func(c *edgeCase) {
			c.watches("ann", "s1", "20:00:00", "20:10:00")
			c.watches("bo", "s2", "20:10:00", "20:20:00")
		}, LiveAudience{TotalViewers: 2, UniqueViewers: 2, MaxViewers: 1, AverageSession: minutes(10)}},
		{"two tabs of one visitor are two sessions of one viewer", func(c *edgeCase) {
			c.watches("ann", "s1", "20:00:00", "20:10:00")
			c.watches("ann", "s2", "20:05:00", "20:15:00")
		}, LiveAudience{TotalViewers: 2, UniqueViewers: 1, MaxViewers: 2, AverageSession: minutes(10)}},
		{"a session that began before the phase and ends after it is watched inside it only", func(c *edgeCase) {
			c.at("19:50:00", "ann", "s1", SessionStarted, EventData{Device: "mobile"})
			c.at("20:15:00", "ann", "s1", Heartbeat, EventData{})
			c.at("20:40:00", "ann", "s1", Heartbeat, EventData{})
			c.at("21:05:00", "ann", "s1", SessionEnded, EventData{})
		}, LiveAudience{TotalViewers: 1, UniqueViewers: 1, MaxViewers: 1, AverageSession: minutes(60)}},
		{"a session that ends as the phase begins does not belong to it", func(c *edgeCase) {
			c.watches("ann", "s1", "19:50:00", "20:00:00")
		}, LiveAudience{}},
		{"a session that starts as the phase ends does not belong to it", func(c *edgeCase) {
			c.watches("ann", "s1", "21:00:00", "21:10:00")
		}, LiveAudience{}},
		{"a session of nothing but its start belongs, unwatched", func(c *edgeCase) {
			c.at("20:59:59.999", "ann", "s1", SessionStarted, EventData{Device: "mobile"})
		}, LiveAudience{TotalViewers: 1, UniqueViewers: 1, AverageSession: ptr(0.0)}},
		{"a purchase and a goal of the session are signs of life", func(c *edgeCase) {
			c.at("20:00:00", "ann", "s1", SessionStarted, EventData{Device: "mobile"})
			bought := c.pays("20:20:00", "ann", "t1", 100, "EUR")
			bought.SessionID, bought.About = "s1", LiveEventSubject(testLiveEvent)
			goal := c.at("20:40:00", "ann", "s1", GoalReached, EventData{})
			goal.Subject, goal.About = VisitorSubject("ann"), LiveEventSubject(testLiveEvent)
		}, LiveAudience{TotalViewers: 1, UniqueViewers: 1, MaxViewers: 1, AverageSession: minutes(40)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newEdgeCase(t)
			test.happen(c)
			got := c.live().Audience
			got.AverageViewers = nil
			expect(t, "audience", test.want, got)
		})
	}
}

func TestTheFirstStartDecidesDeviceAndSource(t *testing.T) {
	c := newEdgeCase(t)
	c.at("20:05:00", "ann", "s1", SessionStarted, EventData{Device: "desktop", Source: "ads"})
	c.at("20:00:00", "ann", "s1", SessionStarted, EventData{Device: "tablet", Source: "mail"})
	got := c.live()
	expect(t, "devices", DeviceShares{Desktop: Ratio{0, 1}, Mobile: Ratio{0, 1}, Tablet: Ratio{1, 1}}, got.Devices)
	expect(t, "sources", []TrafficSource{{"mail", 1, Ratio{1, 1}}}, got.TrafficSources)
	expect(t, "viewers", 1, got.Audience.TotalViewers)
}

func TestAPurchaseAfterTheEndIsInNoStep(t *testing.T) {
	c := newEdgeCase(t)
	*c.timeline.EndedAt = at(t, "2026-03-28T20:59:30Z")
	c.watches("ann", "s1", "20:50:00", "20:55:00")
	c.pays("20:59:29", "ann", "t1", 100, "EUR")
	c.pays("20:59:45", "ann", "t2", 100, "EUR") // in the minute in which the broadcast ended
	steps, err := c.figures(Live, c.scope()).LiveEvolution(c.scope(), Minute, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	inSteps := 0
	for _, step := range steps {
		inSteps += step.Purchases
	}
	expect(t, "purchases in steps", 1, inSteps)
	expect(t, "purchases", 2, c.live().Business.Purchases)
	expect(t, "the last step is cut by the phase", Period{at(t, "2026-03-28T20:59:00Z"), at(t, "2026-03-28T20:59:30Z")}, steps[len(steps)-1].Period)
}

func TestWhatWasResetCountsNowhere(t *testing.T) {
	c := newEdgeCase(t)
	c.timeline.Wiped = []Period{{at(t, "2026-03-28T19:00:00Z"), at(t, "2026-03-28T19:20:00Z")}}
	c.at("18:50:00", "ann", "s1", SessionStarted, EventData{Device: "mobile"})
	c.at("19:10:00", "ann", "s1", Shared, EventData{})
	c.at("19:15:00", "bo", "s2", SessionStarted, EventData{Device: "mobile"})
	c.at("19:25:00", "bo", "s2", Heartbeat, EventData{})
	c.at("19:19:59", "ann", "s1", Heartbeat, EventData{})
	c.at("19:19:00", "cy", "", MessageSent, EventData{MessageID: "m1", Author: ByViewer, Text: "?"})
	got := c.figures(Prelive, c.scope()).Prelive()
	expect(t, "audience", PreliveAudience{TotalVisitors: 1, UniqueVisitors: 1, AverageSession: ptr(0.0)}, got.Audience)

	c.at("19:19:30", "ann", "s1", Heartbeat, EventData{}) // wiped
	c.at("19:18:00", "ann", "s1", Heartbeat, EventData{}) // wiped
	c.at("19:10:00", "dee", "s3", SessionStarted, EventData{Device: "mobile"})
	c.at("18:55:00", "dee", "s3", SessionStarted, EventData{Device: "mobile"})
	c.at("19:24:00", "dee", "s3", Heartbeat, EventData{})
	got = c.figures(Prelive, c.scope()).Prelive()
	// dee was there from 18:55 to 19:24, of which 19:00 to 19:20 is wiped: 9 minutes.
	expect(t, "audience", PreliveAudience{TotalVisitors: 2, UniqueVisitors: 2, AverageSession: ptr(270.0)}, got.Audience)
}

func TestDaysOfAClockChange(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	c := newEdgeCase(t) // on 2026-03-29 Europe goes from 02:00 to 03:00
	c.day = "2026-03-29"
	c.watches("ann", "s1", "00:30:00", "00:40:00")
	c.watches("bo", "s2", "01:30:00", "01:40:00") // 03:30 in Paris
	period := Period{at(t, "2026-03-28T23:00:00Z"), at(t, "2026-03-29T22:00:00Z")}
	s := c.scope()
	s.Period = &period
	b := c.figures(Replay, s)

	days, err := b.ReplayEvolution(s, Day, paris)
	if err != nil {
		t.Fatal(err)
	}
	expect(t, "the day has 23 hours", []LiveStep{{Period: period, Viewers: 1}}, days)

	hours, err := b.ReplayEvolution(s, Hour, paris)
	if err != nil {
		t.Fatal(err)
	}
	var watched []string
	for _, h := range hours {
		if h.Viewers > 0 {
			watched = append(watched, h.Period.Start.In(paris).Format("15:04"))
		}
	}
	expect(t, "hours", 23, len(hours))
	expect(t, "hours watched", []string{"01:00", "03:00"}, watched)
}

func TestMeansOfMoneyRoundHalfUp(t *testing.T) {
	for _, test := range []struct {
		sum, count, want int64
	}{{5, 2, 3}, {4, 3, 1}, {5, 3, 2}, {0, 3, 0}, {-5, 2, -2}, {-4, 3, -1}, {-5, 3, -2}, {7, 1, 7}} {
		a := AmountTally{Count: int(test.count), Sum: test.sum}
		if got := a.mean(); got != test.want {
			t.Errorf("%d / %d is %d, want %d", test.sum, test.count, got, test.want)
		}
	}
}

func TestBucketsLieOnTheGridOfTheirPhase(t *testing.T) {
	started, ended := at(t, "2026-03-28T20:02:30Z"), at(t, "2026-03-28T20:50:30Z")
	timeline := LiveTimeline{StartedAt: &started, EndedAt: &ended}
	for _, test := range []struct {
		name       string
		phase      LivePhase
		at         string
		start, end string
	}{
		{"a quarter of an hour before the broadcast", Prelive, "19:59:59", "19:45:00", "20:00:00"},
		{"cut where the broadcast starts", Prelive, "20:01:00", "20:00:00", "20:02:30"},
		{"a first minute that is cut", Live, "20:02:30", "20:02:30", "20:03:00"},
		{"a minute of the broadcast", Live, "20:10:59.999", "20:10:00", "20:11:00"},
		{"a last minute that is cut", Live, "20:50:29", "20:50:00", "20:50:30"},
		{"a rest of a quarter for purchases after the broadcast", Live, "20:50:30", "20:50:30", "21:00:00"},
		{"then quarters", Live, "21:07:00", "21:00:00", "21:15:00"},
		{"a replay that begins within a quarter", Replay, "20:55:00", "20:50:30", "21:00:00"},
		{"purchases after the prelive phase", Prelive, "20:10:00", "20:02:30", "20:15:00"},
	} {
		t.Run(test.name, func(t *testing.T) {
			want := Period{at(t, "2026-03-28T"+test.start+"Z"), at(t, "2026-03-28T"+test.end+"Z")}
			expect(t, "bucket", want, timeline.BucketAt(test.phase, at(t, "2026-03-28T"+test.at+"Z")))
		})
	}
}

func TestPeriodsAreReadFromWholeBucketsAndCutOnes(t *testing.T) {
	started, ended := at(t, "2026-03-28T20:02:30Z"), at(t, "2026-03-28T20:50:30Z")
	timeline := LiveTimeline{StartedAt: &started, EndedAt: &ended}
	span := func(from, to string) Period {
		return Period{at(t, "2026-03-28T"+from+"Z"), at(t, "2026-03-28T"+to+"Z")}
	}
	ptrTo := func(p Period) *Period { return &p }
	for _, test := range []struct {
		name   string
		phase  LivePhase
		period *Period
		want   Reading
	}{
		{"a whole phase", Replay, nil, Reading{Whole: Period{ended, everEnd}}},
		{"the live phase, whatever the period", Live, ptrTo(span("20:10:10", "20:11:00")), Reading{Whole: Period{started, everEnd}}},
		{"a period on the edges", Replay, ptrTo(span("21:00:00", "22:00:00")), Reading{Whole: span("21:00:00", "22:00:00")}},
		{"a period that cuts two buckets", Replay, ptrTo(span("21:07:00", "21:50:00")), Reading{
			Whole: span("21:15:00", "21:45:00"), Cut: []Period{span("21:07:00", "21:15:00"), span("21:45:00", "21:50:00")},
		}},
		{"a period inside one bucket", Replay, ptrTo(span("21:02:00", "21:03:00")), Reading{Whole: noTime, Cut: []Period{span("21:02:00", "21:03:00")}}},
		{"a period that begins before the phase", Replay, ptrTo(span("20:00:00", "21:00:00")), Reading{Whole: span("20:50:30", "21:00:00")}},
		{"a period before the phase", Replay, ptrTo(span("19:00:00", "20:00:00")), Reading{Whole: noTime}},
	} {
		t.Run(test.name, func(t *testing.T) { expect(t, "reading", test.want, timeline.Read(test.phase, test.period)) })
	}
}
