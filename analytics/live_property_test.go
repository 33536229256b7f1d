package analytics

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// evening is a drawn live event with everything that happened around it.
type evening struct {
	timeline LiveTimeline
	events   []*Event
	now      time.Time
}

// The evening before the clocks of Europe go forward.
var eveningStart = time.Date(2026, 3, 28, 20, 0, 0, 0, time.UTC)

// drawTime draws moments that often lie on the edges that matter: of minutes, of
// quarters of an hour, and half an hour apart.
func drawTime(t *rapid.T, name string) time.Time {
	at := eveningStart.Add(time.Duration(rapid.IntRange(0, 36).Draw(t, name)) * 5 * time.Minute)
	return at.Add(rapid.SampledFrom([]time.Duration{0, 0, 0, time.Millisecond, -time.Millisecond, 20 * time.Second, 75 * time.Second}).Draw(t, name+" past"))
}

func drawEvening(t *rapid.T) evening {
	var v evening
	started := drawTime(t, "started")
	if rapid.IntRange(0, 9).Draw(t, "has started") > 0 {
		v.timeline.StartedAt = &started
		if rapid.IntRange(0, 4).Draw(t, "has ended") > 0 {
			ended := started.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "lasts"))*3*time.Minute + rapid.SampledFrom([]time.Duration{0, 30 * time.Second}).Draw(t, "ended past"))
			v.timeline.EndedAt = &ended
		}
	}
	if rapid.IntRange(0, 4).Draw(t, "was reset") == 0 {
		// The broadcast that counts starts after the one that was reset.
		until := started.Add(-time.Duration(rapid.IntRange(0, 20).Draw(t, "reset before")) * time.Minute)
		v.timeline.Wiped = []Period{{until.Add(-time.Duration(rapid.IntRange(1, 30).Draw(t, "wiped for")) * time.Minute), until}}
	}
	v.events = rapid.SliceOfN(rapid.Custom(drawLiveEvent), 0, 40).Draw(t, "events")
	for i, e := range v.events {
		e.EventID = fmt.Sprintf("e:%03d", i)
	}
	v.now = drawTime(t, "now")
	return v
}

// drawLiveEvent draws an event of the live event under test, now and then of
// another one.
func drawLiveEvent(t *rapid.T) *Event {
	kind := rapid.SampledFrom([]EventType{
		SessionStarted, SessionStarted, SessionStarted, SessionStarted, Heartbeat, Heartbeat, Heartbeat, SessionEnded, WidgetViewed, WidgetClicked,
		TeaserWatched, AlertOpened, SMSSubscribed, CalendarSubscribed, Shared, CatalogOpened, Liked, ProductDisplayed, ProductDisplayed,
		ProductHidden, ProductClicked, AddedToCart, AddedToCart, RemovedFromCart, SurveyShown, SurveyAnswered, PollAnswered,
		WinningInstantPlayed, MessageSent, MessageSent, Purchased, Purchased, GoalReached,
	}).Draw(t, "type")
	n := rapid.IntRange(1, 5).Draw(t, "session")
	e := &Event{
		Type: kind, At: drawTime(t, "at"),
		SessionID: fmt.Sprintf("s%d", n), VisitorID: fmt.Sprintf("v%d", (n+1)/2),
		Subject: LiveEventSubject(rapid.SampledFrom([]string{"e1", "e1", "e1", "e1", "e2"}).Draw(t, "live event")),
	}
	if kind != SessionStarted && kind != SessionEnded && kind != Heartbeat && rapid.IntRange(0, 3).Draw(t, "without session") == 0 {
		e.SessionID = ""
	}
	sku := rapid.SampledFrom([]string{"cap", "shoe-40", "shoe-41", "bag"})
	money := func(name string) Money {
		return Money{rapid.Int64Range(0, 50).Draw(t, name), rapid.SampledFrom([]string{"EUR", "SEK"}).Draw(t, name+" currency")}
	}
	d := &e.Data
	switch kind {
	case SessionStarted:
		d.Device = rapid.SampledFrom([]string{"desktop", "mobile", "tablet"}).Draw(t, "device")
		d.Source = rapid.SampledFrom([]string{"", "mail", "ads"}).Draw(t, "source")
	case WidgetViewed, WidgetClicked:
		d.Widget = rapid.SampledFrom([]string{"product", "gallery", "floating_player"}).Draw(t, "widget")
	case TeaserWatched:
		d.Seconds = ptr(float64(rapid.IntRange(0, 100).Draw(t, "seconds")) / 4)
	case SMSSubscribed:
		d.CommercialOptin = ptr(rapid.Bool().Draw(t, "optin"))
	case Liked:
		d.Count = rapid.Int64Range(1, 5).Draw(t, "count")
	case ProductDisplayed, ProductHidden, ProductClicked:
		d.SKU = sku.Draw(t, "sku")
	case AddedToCart, RemovedFromCart:
		d.SKU = sku.Draw(t, "sku")
		d.Cart = &CartState{ID: rapid.SampledFrom([]string{"c1", "c2", "c3"}).Draw(t, "cart"), Amount: money("amount")}
	case SurveyAnswered:
		d.Rating = ptr(float64(rapid.IntRange(1, 5).Draw(t, "rating")))
		d.Comment = rapid.SampledFrom([]string{"", "nice"}).Draw(t, "comment")
	case PollAnswered:
		d.InteractionID, d.Option = "poll", rapid.SampledFrom([]string{"yes", "no"}).Draw(t, "option")
	case WinningInstantPlayed:
		d.InteractionID, d.Won = "draw", ptr(rapid.Bool().Draw(t, "won"))
	case MessageSent:
		d.MessageID = rapid.SampledFrom([]string{"m1", "m2", "m3", "m4", "m5"}).Draw(t, "message")
		d.Author = rapid.SampledFrom([]MessageAuthor{ByViewer, ByViewer, ByBrand}).Draw(t, "author")
		d.Text = rapid.SampledFrom([]string{"hello", "which size?"}).Draw(t, "text")
	case Purchased:
		d.TransactionID = rapid.SampledFrom([]string{"t1", "t2", "t3", "t4", "t5", "t6"}).Draw(t, "transaction")
		total := money("total")
		total.Minor++
		d.Total = &total
		for _, sku := range rapid.SliceOfNDistinct(sku, 0, 3, rapid.ID).Draw(t, "lines") {
			d.Products = append(d.Products, PurchaseLine{sku, rapid.Int64Range(1, 3).Draw(t, "quantity"), Money{rapid.Int64Range(0, 20).Draw(t, "sales"), total.Currency}})
		}
		e.Subject, e.About = PurchaseSubject(d.TransactionID), rapid.SampledFrom([]string{"", e.Subject}).Draw(t, "about")
		if rapid.IntRange(0, 3).Draw(t, "later") == 0 {
			e.At = e.At.AddDate(0, 0, 30)
		}
	case GoalReached:
		e.Subject, e.About = VisitorSubject(e.VisitorID), e.Subject
	}
	return e
}

// shoes are one product in two sizes.
func shoes(sku string) string {
	if sku == "shoe-40" || sku == "shoe-41" {
		return "shoe"
	}
	return sku
}

func (v *evening) scope(period *Period) *LiveScope {
	return &LiveScope{
		Timeline: v.timeline, Period: period, Now: v.now,
		Displays:  FoldLiveDisplays(testLiveEvent, v.timeline.Wiped, v.events),
		ProductOf: shoes,
	}
}

func (v *evening) recount(phase LivePhase, period *Period) *recount {
	return &recount{events: lookOver(v.events), timeline: v.timeline, now: v.now, phase: phase, period: period, productOf: shoes}
}

func drawPeriod(t *rapid.T) *Period {
	if rapid.IntRange(0, 2).Draw(t, "with a period") == 0 {
		return nil
	}
	from := drawTime(t, "from")
	return &Period{from, from.Add(time.Duration(rapid.IntRange(1, 120).Draw(t, "for")) * 2 * time.Minute)}
}

// nearly compares means that were added up in another order.
var nearly = cmpopts.EquateApprox(1e-12, 1e-9)

func TestAnyPeriodEqualsARecountOfItsEvents(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		v := drawEvening(t)
		period := drawPeriod(t)
		granularity := rapid.SampledFrom([]Granularity{Minute, Hour, Day}).Draw(t, "granularity")
		a, s := activityOf(v.timeline, v.events), v.scope(period)

		prelive := figuresOf(t, a, Prelive, period, s)
		if diff := cmp.Diff(v.recount(Prelive, period).prelive(), prelive.Prelive(), nearly); diff != "" {
			t.Fatalf("prelive (-recounted +folded):\n%s", diff)
		}
		live := figuresOf(t, a, Live, period, s)
		if diff := cmp.Diff(v.recount(Live, nil).live(), live.Live(s), nearly); diff != "" {
			t.Fatalf("live (-recounted +folded):\n%s", diff)
		}
		replay := figuresOf(t, a, Replay, period, s)
		if diff := cmp.Diff(v.recount(Replay, period).replay(), replay.Replay(s), nearly); diff != "" {
			t.Fatalf("replay (-recounted +folded):\n%s", diff)
		}

		tooMany := func(err error) bool { // minutes of a page that was open for a month
			return CodeOf(err) == LimitExceeded && granularity == Minute
		}
		preliveSteps, err := prelive.PreliveEvolution(s, granularity, paris)
		if err != nil && !tooMany(err) {
			t.Fatal(err)
		}
		wantPrelive, _ := v.recount(Prelive, period).steps(periodsOf(preliveSteps, func(s PreliveStep) Period { return s.Period }))
		if diff := cmp.Diff(wantPrelive, preliveSteps, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("prelive series (-recounted +folded):\n%s", diff)
		}
		for phase, evolve := range map[LivePhase]func(*LiveScope, Granularity, *time.Location) ([]LiveStep, error){
			Live: live.LiveEvolution, Replay: replay.ReplayEvolution,
		} {
			steps, err := evolve(s, granularity, paris)
			if err != nil && !tooMany(err) {
				t.Fatal(err)
			}
			_, want := v.recount(phase, period).steps(periodsOf(steps, func(s LiveStep) Period { return s.Period }))
			if diff := cmp.Diff(want, steps, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s series (-recounted +folded):\n%s", phase, diff)
			}
		}
	})
}

func periodsOf[S any](steps []S, period func(S) Period) []Period {
	periods := make([]Period, len(steps))
	for i := range steps {
		periods[i] = period(steps[i])
	}
	return periods
}

func TestOrderDuplicationAndBatchingNeverChangeABucket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawEvening(t)
		phase := rapid.SampledFrom([]LivePhase{Prelive, Live, Replay}).Draw(t, "phase")
		want := phaseBucket(activityOf(v.timeline, v.events), phase, nil)

		repeated := slices.Clone(v.events)
		if len(v.events) > 0 {
			repeated = append(repeated, rapid.SliceOfN(rapid.SampledFrom(v.events), 0, 10).Draw(t, "again")...)
		}
		a := activityOf(v.timeline, rapid.Permutation(repeated).Draw(t, "shuffled"))
		if diff := cmp.Diff(want, phaseBucket(a, phase, nil)); diff != "" {
			t.Fatalf("order or repetition matters:\n%s", diff)
		}

		cuts := []time.Time{everStart, everEnd}
		for range rapid.IntRange(0, 6).Draw(t, "number of cuts") {
			cuts = append(cuts, drawTime(t, "cut"))
		}
		slices.SortFunc(cuts, time.Time.Compare)
		var parts []*LiveBucket
		for i := 0; i+1 < len(cuts); i++ {
			parts = append(parts, FoldLiveBucket(a, phase, Period{cuts[i], cuts[i+1]}))
		}
		parts = rapid.Permutation(parts).Draw(t, "order of merging")
		if diff := cmp.Diff(want, MergeLiveBuckets(parts...)); diff != "" {
			t.Fatalf("merging cuts is not folding at once:\n%s", diff)
		}
		half := rapid.IntRange(0, len(parts)).Draw(t, "half")
		merged := MergeLiveBuckets(parts[half:]...)
		merged.Merge(MergeLiveBuckets(parts[:half]...))
		merged.Merge(&LiveBucket{})
		if diff := cmp.Diff(want, merged); diff != "" {
			t.Fatalf("grouping matters, or the empty bucket is not neutral:\n%s", diff)
		}
	})
}

func TestStoredBucketsAndCutsMakeUpAnyPeriod(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawEvening(t)
		phase := rapid.SampledFrom([]LivePhase{Prelive, Live, Replay}).Draw(t, "phase")
		period := drawPeriod(t)
		a := activityOf(v.timeline, v.events)

		reading := v.timeline.Read(phase, period)
		var parts []*LiveBucket
		for _, stored := range FoldLiveBuckets(a, phase, Period{everStart, everEnd}) {
			if want := v.timeline.BucketAt(phase, stored.Span.Start); want != stored.Span {
				t.Fatalf("the bucket %v is found as %v", stored.Span, want)
			}
			if diff := cmp.Diff(FoldLiveBucket(a, phase, stored.Span), stored.Bucket); diff != "" {
				t.Fatalf("folding many is not folding one:\n%s", diff)
			}
			if reading.Whole.Contains(stored.Span.Start) {
				parts = append(parts, stored.Bucket)
			}
		}
		for _, cut := range reading.Cut {
			parts = append(parts, FoldLiveBucket(a, phase, cut))
		}
		if diff := cmp.Diff(phaseBucket(a, phase, period), MergeLiveBuckets(parts...)); diff != "" {
			t.Fatalf("%+v is read as %+v:\n%s", period, reading, diff)
		}
	})
}

func TestMergingLeavesWhatItReadsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawEvening(t)
		a := activityOf(v.timeline, v.events)
		cut := drawTime(t, "cut")
		fold := func() (*LiveBucket, *LiveBucket) {
			return FoldLiveBucket(a, Prelive, Period{everStart, cut}), FoldLiveBucket(a, Prelive, Period{cut, everEnd})
		}
		left, right := fold()
		once := MergeLiveBuckets(left, right)
		once.Merge(right)
		once.Merge(left)
		wantLeft, wantRight := fold()
		if diff := cmp.Diff([]*LiveBucket{wantLeft, wantRight}, []*LiveBucket{left, right}); diff != "" {
			t.Fatal(diff)
		}
	})
}

// drawSign draws a sign of life on a grid that makes neighbours of most.
func drawSign(t *rapid.T) *Event {
	return &Event{
		Type:      rapid.SampledFrom([]EventType{SessionStarted, Heartbeat, Heartbeat, SessionEnded}).Draw(t, "type"),
		EventID:   fmt.Sprintf("e:%d", rapid.IntRange(0, 99).Draw(t, "id")),
		At:        eveningStart.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "at")) * 10 * time.Minute),
		SessionID: "s1", Subject: LiveEventSubject(testLiveEvent),
	}
}

func TestASessionExtendedSignBySignIsTheSessionFoldedAtOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		signs := rapid.SliceOfN(rapid.Custom(drawSign), 1, 12).Draw(t, "signs")
		var wiped []Period
		if rapid.Bool().Draw(t, "was reset") {
			wiped = []Period{{eveningStart.Add(30 * time.Minute), eveningStart.Add(45 * time.Minute)}}
		}
		var s *LiveSession
		for i, e := range signs {
			if s == nil || !s.Extend(e, wiped) {
				s = FoldLiveSession(testLiveEvent, "s1", wiped, signs[:i+1])
			}
			if s != nil && !s.Extend(e, wiped) {
				t.Fatal("a sign that is known must be taken again")
			}
			if diff := cmp.Diff(FoldLiveSession(testLiveEvent, "s1", wiped, signs[:i+1]), s); diff != "" {
				t.Fatal(diff)
			}
		}
	})
}

func TestNoRateAmongViewersExceedsOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := drawEvening(t)
		period := drawPeriod(t)
		a, s := activityOf(v.timeline, v.events), v.scope(period)
		prelive := figuresOf(t, a, Prelive, period, s).Prelive()
		live := figuresOf(t, a, Live, nil, s).Live(s)
		replay := figuresOf(t, a, Replay, period, s).Replay(s)
		for name, rate := range map[string]Ratio{
			"smsAlertingRate": prelive.Alerting.SMSAlertingRate, "calendarAlertingRate": prelive.Alerting.CalendarAlertingRate,
			"retargetingRate": prelive.Alerting.RetargetingRate, "prelive clickRate": prelive.ProductWidget.ClickRate,
			"engagementRate": live.General.EngagementRate, "chatParticipationRate": live.General.ChatParticipationRate,
			"chatQuestionRate": live.General.ChatQuestionRate, "responseRate": live.Satisfaction.ResponseRate,
			"live purchasesRate": live.Business.PurchasesRate, "replay purchasesRate": replay.Business.PurchasesRate,
			"cartsCreatedRate": replay.Business.CartsCreatedRate, "productClicksRate": replay.Business.ProductClicksRate,
		} {
			if rate.Numerator > rate.Denominator {
				t.Fatalf("%s is %d / %d", name, rate.Numerator, rate.Denominator)
			}
		}
	})
}
