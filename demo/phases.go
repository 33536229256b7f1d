package demo

import (
	"fmt"
	"time"
)

// tellPrelive: the week before, with widgets, teaser and alerts. An event that
// has not begun yet is seen from Today.
func (a *audience) tellPrelive(yield func([]event) bool) bool {
	b, r := a.event, a.random
	start := b.started
	if start.IsZero() {
		start = Today
	}
	for range b.reach {
		if !yield(a.passesBy(start.Add(-r.span(preliveLead)))) {
			return false
		}
	}
	for range b.prelive {
		w := a.session(start.Add(-r.span(preliveLead)), r.span(preliveStay))
		if r.percent(58) {
			a.seesWidget(&w.story, w.from.Add(-r.span(quantiles{1, 5, 20})))
		}
		if r.percent(34) {
			w.tell(a.during(w), "teaser_watched", data{"seconds": 1 + r.within(min(45*time.Second, w.to.Sub(w.from))).Seconds()})
		}
		if len(b.shown) > 0 && r.percent(14) {
			w.tell(a.during(w), "product_clicked", data{"sku": pick(r, b.shown)})
		}
		if r.percent(4) {
			w.tell(a.during(w), "shared", nil)
		}
		a.subscribes(w)
		if !yield(a.end(w)) {
			return false
		}
	}
	return true
}

// passesBy: somebody sees a widget of the event in the shop, and goes on.
func (a *audience) passesBy(at time.Time) []event {
	a.passers++
	s := &story{name: fmt.Sprintf("%s-w%04d", a.event.id, a.passers)}
	s.who = event{VisitorID: a.stranger(), SessionID: s.name, LiveEventID: a.event.id}
	a.seesWidget(s, at)
	return s.told()
}

func (a *audience) seesWidget(s *story, at time.Time) {
	at = at.Truncate(time.Millisecond)
	widget := []string{"product", "gallery"}[a.random.weighted([]int{70, 30})]
	s.tell(at, "widget_viewed", data{"widget": widget})
	if a.random.percent(24) {
		s.tell(at.Add(a.random.span(quantiles{1, 3, 8})), "widget_clicked", data{"widget": widget})
	}
}

// subscribes: alerts by SMS or in the calendar.
func (a *audience) subscribes(w *watching) {
	r := a.random
	if !r.percent(31) {
		return
	}
	opened := a.during(w)
	w.tell(opened, "alert_opened", nil)
	switch {
	case r.percent(44):
		w.tell(opened.Add(r.span(quantiles{6, 15, 40})), "sms_subscribed",
			data{"phone": phoneNumber(r), "commercialOptin": r.percent(38)})
	case r.percent(50):
		w.tell(opened.Add(r.span(quantiles{3, 8, 20})), "calendar_subscribed", nil)
	}
}

// tellLive: the broadcast, with its products, viewers and chat.
func (a *audience) tellLive(t *till, yield func([]event) bool) bool {
	b, r := a.event, a.random
	shown := b.displays()
	for _, d := range shown {
		a.studio.tell(d.from, "product_displayed", data{"sku": d.sku})
		a.studio.tell(d.to, "product_hidden", data{"sku": d.sku})
	}

	var viewers []*watching
	for range b.live {
		from := b.started.Add(r.span(liveEntry))
		if !from.Before(b.ended) {
			continue
		}
		// Most of those who stay to the end leave with the last words.
		leaves := b.ended.Add(r.within(time.Minute) - 40*time.Second)
		w := a.session(from, max(time.Second, min(r.span(liveStay), leaves.Sub(from))))
		if r.percent(37) {
			a.seesWidget(&w.story, w.from.Add(-r.span(quantiles{1, 5, 20})))
		}
		viewers = append(viewers, w)
	}
	for _, d := range shown {
		for _, w := range viewers {
			if at := d.from.Add(r.within(d.to.Sub(d.from))); w.watches(at) && r.percent(9) {
				a.clicks(w, d.sku, at)
			}
		}
	}
	for _, w := range viewers {
		a.takesPart(w)
		a.buys(w, t)
	}
	for range b.reach * 3 / 2 {
		if !yield(a.passesBy(b.started.Add(r.within(b.ended.Sub(b.started))))) {
			return false
		}
	}
	a.tellChat(viewers)
	if !yield(a.studio.told()) {
		return false
	}
	for _, w := range viewers {
		if !yield(a.end(w)) {
			return false
		}
	}
	return true
}

// watches reports whether a session is there at a moment.
func (w *watching) watches(at time.Time) bool { return w.from.Before(at) && at.Before(w.to) }

// takesPart: what viewers do during a broadcast beside looking at products.
func (a *audience) takesPart(w *watching) {
	b, r := a.event, a.random
	if r.percent(22) {
		for range r.between(1, 5) {
			w.tell(a.during(w), "liked", data{"count": 1 + r.weighted([]int{30, 20, 15, 10, 8, 6, 4, 3, 2, 2})})
		}
	}
	if r.percent(5) {
		w.tell(a.during(w), "shared", nil)
	}
	if r.percent(13) {
		w.tell(a.during(w), "catalog_opened", nil)
	}
	if r.percent(24) {
		at := a.during(w)
		w.tell(at, "widget_viewed", data{"widget": "floating_player"})
		if r.percent(31) {
			w.tell(at.Add(r.within(5*time.Second)), "widget_clicked", data{"widget": "floating_player"})
		}
	}
	for _, i := range b.interactions {
		a.answers(w, i)
	}
	if last := b.ended.Add(-90 * time.Second); w.watches(last) {
		a.survey(w, last)
	}
}

func (a *audience) answers(w *watching, i interaction) {
	r := a.random
	at := a.event.started.Add(time.Duration(i.minute)*time.Minute + r.within(70*time.Second))
	if !w.watches(at) || !r.percent(28) {
		return
	}
	if i.kind == "poll" {
		// The first options are the favourites.
		option := min(r.below(len(i.options)), r.below(len(i.options)))
		w.tell(at, "poll_answered", data{"interactionId": i.id, "option": i.options[option]})
		return
	}
	w.tell(at, "winning_instant_played", data{"interactionId": i.id, "won": r.percent(6)})
	if r.percent(60) {
		w.tell(at.Add(r.span(quantiles{8, 20, 50})), "viewer_identified", viewerDetails(r))
	}
}

func viewerDetails(r *random) data {
	someone := newShopper(r, 5000+r.below(1000))
	return data{"firstName": someone.first, "email": someone.mail, "phone": someone.phone, "optin": r.percent(35)}
}

// surveyComments by rating: 1 and 2, 3 and 4, 5.
var surveyComments = [][]string{
	{"Too long for me.", "The sound was low."},
	{"Nice, a bit fast.", "More sizes, please."},
	{"Loved it!", "See you next time.", "Super présentation !"},
}

func (a *audience) survey(w *watching, at time.Time) {
	r := a.random
	at = at.Add(r.within(10 * time.Second))
	w.tell(at, "survey_shown", nil)
	if !r.percent(47) {
		return
	}
	rating := 1 + r.weighted([]int{2, 3, 10, 32, 53})
	d := data{"rating": rating, "comment": ""}
	if r.percent(22) {
		d["comment"] = pick(r, surveyComments[(rating-1)/2])
	}
	w.tell(at.Add(r.span(quantiles{5, 12, 30, 60})), "survey_answered", d)
}

// tellReplay: the week after, as far as it has passed.
func (a *audience) tellReplay(t *till, yield func([]event) bool) bool {
	b, r := a.event, a.random
	for range b.reach {
		if at := b.ended.Add(r.span(replayLag)); at.Before(Today.Add(-time.Hour)) && !yield(a.passesBy(at)) {
			return false
		}
	}
	for range b.replay {
		from, stay := b.ended.Add(r.span(replayLag)), r.span(replayStay)
		if from.Add(stay + time.Hour).After(Today) {
			continue
		}
		w := a.session(from, stay)
		if r.percent(41) {
			a.seesWidget(&w.story, w.from.Add(-r.span(quantiles{1, 5, 20})))
		}
		for range r.weighted([]int{64, 22, 10, 4}) {
			a.clicks(w, pick(r, b.shown), a.during(w))
		}
		if r.percent(7) {
			w.tell(a.during(w), "catalog_opened", nil)
		}
		if r.percent(12) {
			w.tell(a.during(w), "liked", data{"count": r.between(1, 5)})
		}
		if r.percent(3) {
			w.tell(a.during(w), "shared", nil)
		}
		a.buys(w, t)
		if !yield(a.end(w)) {
			return false
		}
	}
	return true
}
