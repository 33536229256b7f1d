package demo

import (
	"fmt"
	"time"
)

var workflowRecords = []data{
	{"kind": "workflow", "id": "workflow-1", "name": "Autumn landing pages", "type": "page_navigation"},
	{"kind": "workflow", "id": "workflow-2", "name": "Size adviser", "type": "interaction"},
}

// goal is what a workflow leads to.
type goal struct{ uid, name string }

var (
	goalCallBooked = goal{"goal-call", "Call booked"}
	goalSizeFound  = goal{"goal-size", "Size found"}
	goalNewsletter = goal{"goal-newsletter", "Newsletter subscribed"}
	goalPurchased  = goal{"goal-purchase", "System: Visitor purchased"}
)

func (g goal) data() data { return data{"uid": g.uid, "name": g.name} }

const (
	workflowDays  = 28
	navigations   = 1300 // sessions of workflow-1
	consultations = 520  // sessions of workflow-2
	// a visitor of a workflow comes about twice.
	workflowVisitors = 900
)

// How visits of the shop's pages spread over the hours of the day and the week,
// Sunday first: no opening hours, but quiet nights and a long evening.
var (
	pageHourWeights    = []int{5, 3, 2, 1, 1, 2, 5, 11, 17, 20, 22, 24, 27, 25, 21, 19, 20, 23, 28, 33, 36, 31, 20, 11}
	pageWeekdayWeights = []int{16, 13, 12, 12, 13, 14, 18}
	pages              = []string{"/", "/autumn", "/autumn/coats", "/autumn/knitwear", "/autumn/boots", "/size-guide", "/cart"}
	pageWeights        = []int{10, 34, 20, 16, 11, 6, 3}
)

// tellWorkflows yields the events of both workflows, session by session.
func tellWorkflows(t *till, yield func([]event) bool) bool {
	r := newRandom("workflows")
	for i := range navigations {
		s := workflowSession(r, "workflow-1", i)
		if !yield(navigate(r, s)) {
			return false
		}
	}
	for i := range consultations {
		s := workflowSession(r, "workflow-2", i)
		if !yield(consult(r, s, t)) {
			return false
		}
	}
	return true
}

// workflowSession begins a session of one of the workflow's visitors.
func workflowSession(r *random, id string, number int) *story {
	s := &story{name: fmt.Sprintf("%s-s%04d", id, number+1)}
	s.who = event{
		VisitorID: fmt.Sprintf("page-visitor-%04d", 1+r.below(workflowVisitors)),
		SessionID: s.name, WorkflowID: id,
	}
	return s
}

// onPage returns a moment at which somebody is on the shop's pages, a day before
// Today at the latest, so that what follows from it is past too.
func onPage(r *random) time.Time {
	for {
		date := Today.Add(-time.Duration(2+r.below(workflowDays)) * day)
		if r.below(pageWeekdayWeights[time.Saturday]) < pageWeekdayWeights[date.Weekday()] {
			return date.Add(time.Duration(r.weighted(pageHourWeights)) * time.Hour).Add(r.within(time.Hour))
		}
	}
}

// navigate: one session of looking at pages.
func navigate(r *random, s *story) []event {
	at := onPage(r)
	for range 1 + r.weighted([]int{22, 26, 20, 14, 9, 6, 3}) {
		s.tell(at, "page_viewed", data{"url": "https://shop.example" + pages[r.weighted(pageWeights)]})
		at = at.Add(r.span(quantiles{4, 12, 25, 45, 90, 240}))
	}
	if r.percent(4) {
		s.tell(at, "goal_triggered", goalNewsletter.data())
	}
	return s.told()
}

// consult: one session with the adviser, from being asked to what comes of it.
func consult(r *random, s *story, t *till) []event {
	at := onPage(r)
	if r.percent(76) {
		s.tell(at, "workflow_started", nil)
	}
	for range 1 + r.weighted([]int{30, 30, 20, 12, 8}) {
		at = at.Add(r.span(quantiles{3, 8, 15, 40}))
		s.tell(at, "interacted", nil)
	}
	if r.percent(41) {
		s.tell(at.Add(time.Second), "goal_triggered", goalSizeFound.data())
	}
	if r.percent(9) {
		s.tell(at.Add(2*time.Second), "goal_triggered", goalCallBooked.data())
	}
	if r.percent(11) {
		s.tell(at.Add(r.span(quantiles{60, 900, 6 * 3600})), "goal_reached", goalNewsletter.data())
	}
	if r.percent(14) {
		paid := at.Add(r.span(quantiles{120, 700, 3600, 20 * 3600}))
		s.tell(paid, "goal_reached", goalPurchased.data())
		t.ring(paid, s.who, filled(r, productsIn(queues[0].categories)), false)
	}
	return s.told()
}
