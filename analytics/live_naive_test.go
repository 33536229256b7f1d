package analytics

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// recount answers every question about a live event from plain events, straight
// from the definitions, slowly and without any part of the fold: it looks at each
// moment at which anything can change.
type recount struct {
	events    []*Event // each once
	timeline  LiveTimeline
	now       time.Time
	phase     LivePhase
	period    *Period
	productOf func(string) string
}

// lookOver returns the events without repetitions.
func lookOver(events []*Event) []*Event {
	var once []*Event
	for _, e := range events {
		if !slices.ContainsFunc(once, func(o *Event) bool { return o.EventID == e.EventID }) {
			once = append(once, e)
		}
	}
	return once
}

func (r *recount) wiped(at time.Time) bool {
	for _, w := range r.timeline.Wiped {
		if !at.Before(w.Start) && at.Before(w.End) {
			return true
		}
	}
	return false
}

// in reports whether a moment is in the phase and the period.
func (r *recount) in(at time.Time) bool {
	if r.wiped(at) {
		return false
	}
	started, ended := r.timeline.StartedAt, r.timeline.EndedAt
	var phase LivePhase
	switch {
	case started == nil || at.Before(*started):
		phase = Prelive
	case ended == nil || at.Before(*ended):
		phase = Live
	default:
		phase = Replay
	}
	return phase == r.phase && r.inPeriod(at)
}

func (r *recount) inPeriod(at time.Time) bool {
	return r.phase == Live || r.period == nil || !at.Before(r.period.Start) && at.Before(r.period.End)
}

// of returns the events of one type on the live event in phase and period.
func (r *recount) of(types ...EventType) []*Event {
	var list []*Event
	for _, e := range r.events {
		if slices.Contains(types, e.Type) && e.Subject == "live_event:"+testLiveEvent && r.in(e.At) {
			list = append(list, e)
		}
	}
	return list
}

func who(events []*Event) map[string]bool {
	visitors := map[string]bool{}
	for _, e := range events {
		visitors[e.VisitorID] = true
	}
	return visitors
}

func both(a, b map[string]bool) int {
	n := 0
	for v := range a {
		if b[v] {
			n++
		}
	}
	return n
}

// signs returns the signs of life of a session of a live event.
func (r *recount) signs(live, session string) []*Event {
	var list []*Event
	for _, e := range r.events {
		onIt := e.Subject == "live_event:"+live || e.About == "live_event:"+live
		if onIt && e.SessionID == session && !(live == testLiveEvent && r.wiped(e.At)) {
			list = append(list, e)
		}
	}
	return list
}

func (r *recount) sessionsOf(live string) []string {
	var list []string
	for _, e := range r.events {
		onIt := e.Subject == "live_event:"+live || e.About == "live_event:"+live
		if onIt && e.SessionID != "" && !slices.Contains(list, e.SessionID) && r.first(live, e.SessionID) != nil {
			list = append(list, e.SessionID)
		}
	}
	return list
}

// first returns the session_started that decides about a session.
func (r *recount) first(live, session string) *Event {
	var first *Event
	for _, e := range r.signs(live, session) {
		if e.Type != SessionStarted {
			continue
		}
		if first == nil || e.At.Before(first.At) || e.At.Equal(first.At) && e.EventID < first.EventID {
			first = e
		}
	}
	return first
}

// present: between consecutive signs less than 30 minutes apart, the first of
// which is no end.
func (r *recount) present(live, session string, at time.Time) bool {
	if live == testLiveEvent && r.wiped(at) {
		return false
	}
	var before, after *time.Time
	ended := false
	for _, e := range r.signs(live, session) {
		if !e.At.After(at) {
			if before == nil || e.At.After(*before) {
				before, ended = &e.At, false
			}
			if e.At.Equal(*before) {
				ended = ended || e.Type == SessionEnded
			}
		} else if after == nil || e.At.Before(*after) {
			after = &e.At
		}
	}
	return before != nil && after != nil && !ended && after.Sub(*before) < 30*time.Minute
}

// moments returns every moment at which presence, phase, period or a clock
// minute can change, in order.
func (r *recount) moments() []time.Time {
	var list []time.Time
	for _, e := range r.events {
		list = append(list, e.At)
	}
	edges := slices.Clone(r.timeline.Wiped)
	if r.period != nil {
		edges = append(edges, *r.period)
	}
	for _, p := range edges {
		list = append(list, p.Start, p.End)
	}
	for _, at := range []*time.Time{r.timeline.StartedAt, r.timeline.EndedAt} {
		if at != nil {
			list = append(list, *at)
		}
	}
	slices.SortFunc(list, time.Time.Compare)
	return slices.CompactFunc(list, time.Time.Equal)
}

// audience is who was there.
type audience struct {
	sessions []string
	viewers  map[string]bool
	watched  time.Duration
	peak     int
	lastSign time.Time
}

func (r *recount) audience() audience {
	a := audience{viewers: map[string]bool{}}
	moments := r.moments()
	for _, session := range r.sessionsOf(testLiveEvent) {
		first := r.first(testLiveEvent, session)
		belongs := r.in(first.At)
		for i := 0; i+1 < len(moments); i++ {
			if r.in(moments[i]) && r.present(testLiveEvent, session, moments[i]) {
				belongs = true
				a.watched += moments[i+1].Sub(moments[i])
			}
		}
		for _, e := range r.signs(testLiveEvent, session) {
			if r.in(e.At) && e.At.After(a.lastSign) {
				a.lastSign = e.At
			}
		}
		if belongs {
			a.sessions = append(a.sessions, session)
			a.viewers[first.VisitorID] = true
		}
	}
	a.peak = r.peakIn(func(at time.Time) bool { return r.in(at) }, nil)
	return a
}

// peakIn returns the most sessions at once at the moments asked for.
func (r *recount) peakIn(asked func(time.Time) bool, more []time.Time) int {
	peak := 0
	for _, at := range append(r.moments(), more...) {
		if !asked(at) || !r.in(at) {
			continue
		}
		n := 0
		for _, session := range r.sessionsOf(testLiveEvent) {
			if r.present(testLiveEvent, session, at) {
				n++
			}
		}
		peak = max(peak, n)
	}
	return peak
}

func (r *recount) widget(name string) WidgetMetrics {
	pick := func(t EventType) []*Event {
		var list []*Event
		for _, e := range r.of(t) {
			if e.Data.Widget == name {
				list = append(list, e)
			}
		}
		return list
	}
	views, clicks := pick(WidgetViewed), pick(WidgetClicked)
	return WidgetMetrics{
		TotalViews: len(views), UniqueViews: len(who(views)), Clicks: len(clicks),
		ClickRate: Ratio{both(who(clicks), who(views)), len(who(views))},
	}
}

func (r *recount) reach() int {
	var seen []*Event
	for _, e := range r.of(WidgetViewed) {
		if e.Data.Widget != "floating_player" {
			seen = append(seen, e)
		}
	}
	return len(who(seen))
}

func (r *recount) devices(a audience) DeviceShares {
	count := func(device string) Ratio {
		n := 0
		for _, s := range a.sessions {
			if r.first(testLiveEvent, s).Data.Device == device {
				n++
			}
		}
		return Ratio{n, len(a.sessions)}
	}
	return DeviceShares{count("desktop"), count("mobile"), count("tablet")}
}

func (r *recount) sources(a audience) []TrafficSource {
	list := []TrafficSource{}
	for _, s := range a.sessions {
		source := Text(r.first(testLiveEvent, s).Data.Source)
		at := slices.IndexFunc(list, func(t TrafficSource) bool { return t.Source == source })
		if at < 0 {
			at = len(list)
			list = append(list, TrafficSource{Source: source})
		}
		list[at].Sessions++
	}
	for i := range list {
		list[i].Share = Ratio{list[i].Sessions, len(a.sessions)}
	}
	slices.SortFunc(list, func(a, b TrafficSource) int {
		return cmp.Or(b.Sessions-a.Sessions, strings.Compare(string(a.Source), string(b.Source)))
	})
	return list
}

func quotient(a float64, n int) *float64 {
	if n == 0 {
		return nil
	}
	v := a / float64(n)
	return &v
}

func (r *recount) prelive() *PreliveMetrics {
	a := r.audience()
	teasers, sms, calendar := r.of(TeaserWatched), r.of(SMSSubscribed), r.of(CalendarSubscribed)
	var optins []*Event
	for _, e := range sms {
		if *e.Data.CommercialOptin {
			optins = append(optins, e)
		}
	}
	seconds := 0.0
	for _, e := range teasers {
		seconds += *e.Data.Seconds
	}
	among := func(events []*Event) Ratio { return Ratio{both(who(events), a.viewers), len(a.viewers)} }
	products := r.products(a, false)
	slices.SortFunc(products, func(a, b LiveProductMetrics) int {
		return cmp.Or(b.Clicks-a.Clicks, strings.Compare(a.SKU, b.SKU))
	})
	return &PreliveMetrics{
		Audience: PreliveAudience{
			TotalVisitors: len(a.sessions), UniqueVisitors: len(a.viewers),
			AverageSession: quotient(float64(a.watched.Milliseconds())/1000, len(a.sessions)), Shares: len(r.of(Shared)),
		},
		ProductWidget: r.widget("product"),
		TeasingVideo: TeasingVideo{
			TotalWatch: len(teasers), UniqueWatch: len(who(teasers)), AverageWatchTime: quotient(seconds, len(teasers)),
		},
		Devices: r.devices(a), TrafficSources: r.sources(a),
		AlertingFunnel: AlertingFunnel{
			AudienceReach: r.reach(), UniqueViewers: len(a.viewers), AlertingModal: len(who(r.of(AlertOpened))),
			AlertingValidation: len(who(r.of(SMSSubscribed, CalendarSubscribed))),
		},
		Alerting: Alerting{
			SMSAlerts: len(sms), CalendarAlerts: len(calendar), CommercialOptins: len(optins),
			SMSAlertingRate: among(sms), CalendarAlertingRate: among(calendar),
			RetargetingRate: Ratio{len(who(optins)), len(who(sms))},
		},
		Products: products,
	}
}

// chat returns the messages of one author in phase and period: of several with
// one id the first.
func (r *recount) chat(author MessageAuthor) []*Event {
	first := map[string]*Event{}
	for _, e := range r.events {
		if e.Type != MessageSent || e.Subject != "live_event:"+testLiveEvent {
			continue
		}
		known := first[e.Data.MessageID]
		if known == nil || e.At.Before(known.At) || e.At.Equal(known.At) && e.EventID < known.EventID {
			first[e.Data.MessageID] = e
		}
	}
	var list []*Event
	for _, e := range first {
		if e.Data.Author == author && r.in(e.At) {
			list = append(list, e)
		}
	}
	return list
}

func (r *recount) live() *LiveMetrics {
	a := r.audience()
	messages := r.chat(ByViewer)
	var questions []*Event
	for _, e := range messages {
		if strings.ContainsRune(e.Data.Text, '?') {
			questions = append(questions, e)
		}
	}
	among := func(events []*Event) Ratio { return Ratio{both(who(events), a.viewers), len(a.viewers)} }
	engaged := append(r.of(Liked, ProductClicked, AddedToCart, Shared, PollAnswered, CatalogOpened), messages...)
	likes := int64(0)
	for _, e := range r.of(Liked) {
		likes += e.Data.Count
	}
	duration := r.duration(a)
	general := LiveGeneral{
		Messages: len(messages), Questions: len(questions), BrandAnswers: len(r.chat(ByBrand)), Likes: likes, Shares: len(r.of(Shared)),
		EngagementRate: among(engaged), ChatParticipationRate: among(messages), ChatQuestionRate: among(questions),
	}
	if r.timeline.StartedAt != nil {
		s := float64(duration.Milliseconds()) / 1000
		general.LiveDuration = &s
	}
	return &LiveMetrics{
		General: general, Audience: r.watching(a, duration),
		ProductWidget: r.widget("product"), FloatingPlayerWidget: r.widget("floating_player"),
		Devices: r.devices(a), TrafficSources: r.sources(a),
		ConversionFunnel: ConversionFunnel{r.reach(), len(a.viewers), len(r.transactions())},
		Business:         r.business(a), Products: r.displayedFirst(a), Satisfaction: r.satisfaction(a),
	}
}

func (r *recount) replay() *ReplayMetrics {
	a := r.audience()
	return &ReplayMetrics{
		Audience:      ReplayAudience{LiveAudience: r.watching(a, r.duration(a)), Shares: len(r.of(Shared))},
		ProductWidget: r.widget("product"), Devices: r.devices(a), TrafficSources: r.sources(a),
		ConversionFunnel: ConversionFunnel{r.reach(), len(a.viewers), len(r.transactions())},
		Business:         r.business(a), Products: r.displayedFirst(a),
	}
}

// duration returns how long phase and period are.
func (r *recount) duration(a audience) time.Duration {
	var start, end time.Time
	switch {
	case r.phase == Live && r.timeline.StartedAt != nil:
		start, end = *r.timeline.StartedAt, r.now
		if a.lastSign.After(end) {
			end = a.lastSign
		}
		if r.timeline.EndedAt != nil {
			end = *r.timeline.EndedAt
		}
	case r.phase == Replay && r.timeline.StartedAt != nil && r.timeline.EndedAt != nil:
		start, end = *r.timeline.EndedAt, a.lastSign
		if r.period != nil {
			end = r.period.End
			if r.period.Start.After(start) {
				start = r.period.Start
			}
		}
	}
	return max(0, end.Sub(start))
}

func (r *recount) watching(a audience, duration time.Duration) LiveAudience {
	w := LiveAudience{
		TotalViewers: len(a.sessions), UniqueViewers: len(a.viewers), MaxViewers: a.peak,
		AverageSession: quotient(float64(a.watched.Milliseconds())/1000, len(a.sessions)),
	}
	if duration > 0 {
		mean := float64(a.watched.Milliseconds()) / float64(duration.Milliseconds())
		w.AverageViewers = &mean
	}
	return w
}

func (r *recount) satisfaction(a audience) LiveSatisfaction {
	answers := r.of(SurveyAnswered)
	s := LiveSatisfaction{
		AudienceReach: len(who(r.of(SurveyShown))), Attendees: len(who(answers)),
		ResponseRate: Ratio{both(who(answers), a.viewers), len(a.viewers)},
		Distribution: []RatingCount{{1, 0}, {2, 0}, {3, 0}, {4, 0}, {5, 0}},
	}
	sum := 0.0
	for _, e := range answers {
		sum += *e.Data.Rating
		s.Distribution[int(*e.Data.Rating)-1].Count++
		if e.Data.Comment != "" {
			s.Comments++
		}
	}
	s.ViewersSatisfaction = quotient(sum, len(answers))
	return s
}
