package report

import (
	"encoding/json"
	"net/http"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/limits"
	"cartograph/reply"
)

// sidedataPoints is what a report costs: the price of sidedata in the graph.
const sidedataPoints = 10

// sidedata answers with what a workflow came to in an interval, in the shape of
// its kind.
func (h *Handler) sidedata(w http.ResponseWriter, r *http.Request) {
	principal := auth.From(r.Context())
	if err := allow(principal, r.PathValue("organization")); err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	period, zone, err := readPayload(w, r)
	if err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	cost := h.accounts.Charge(limits.Payer{Token: principal.Account(), Org: principal.Org}, sidedataPoints)
	if err := cost.Pay(); err != nil {
		reply.Fail(w, r, h.log, err)
		return
	}
	id, reach := r.PathValue("workflow"), principal.Reach()
	workflows, err := h.store.WorkflowsByID(r.Context(), reach, []string{id})
	if err == nil && workflows[id] == nil {
		err = analytics.Errorf(analytics.NotFound, "the organization has no workflow %.64q", id)
	}
	if err != nil {
		cost.Fail(err)
		reply.Fail(w, r, h.log, err)
		return
	}
	readings, err := h.store.ReadWorkflows(r.Context(), reach, period, zone, []string{id})
	if err != nil {
		cost.Fail(err)
		reply.Fail(w, r, h.log, err)
		return
	}
	cost.Settle(sidedataPoints)
	w.Header().Set(limits.CostHeader, cost.String())
	switch s := readings[id].Sidedata(workflows[id].Type, period).(type) {
	case *analytics.PageNavigationSidedata:
		reply.JSON(w, http.StatusOK, newNavigation(s))
	case *analytics.InteractionSidedata:
		reply.JSON(w, http.StatusOK, newInteractions(s))
	}
}

// navigation is the answer for workflows of page navigation. Pairs hold the
// number of page views first, then the day or the hour.
type navigation struct {
	TimeframeStat struct {
		DayInWeek [][]int `json:"day_in_week,omitempty"`
		HourInDay [][]int `json:"hour_in_day"`
	} `json:"timeframe_stat"`
	UniqueVisitors int `json:"unique_visitors_count"`
	UniqueSessions int `json:"unique_sessions_count"`
}

func newNavigation(s *analytics.PageNavigationSidedata) navigation {
	n := navigation{UniqueVisitors: s.UniqueVisitors, UniqueSessions: s.UniqueSessions}
	n.TimeframeStat.DayInWeek, n.TimeframeStat.HourInDay = s.DayInWeek, s.HourInDay
	return n
}

// interactions is the answer for all other workflows.
type interactions struct {
	UniqueVisitors   int     `json:"unique_visitors_count"`
	StartedWorkflows int     `json:"started_workflows_count"`
	Purchases        []paid  `json:"sum_of_visitor_purchases,omitzero"`
	TriggeredGoals   []goals `json:"triggered_goals"`
	AffectedGoals    []goals `json:"affected_goals"`
}

// paid is a sum of purchases in one currency, as a decimal number.
type paid struct {
	Value    json.Number `json:"value"`
	Currency string      `json:"currency"`
}

// goals says how often a goal was met.
type goals struct {
	UID   string `json:"uid"`
	Name  string `json:"name"`
	Count int    `json:"metrics"`
}

func newInteractions(s *analytics.InteractionSidedata) interactions {
	answer := interactions{
		UniqueVisitors:   s.UniqueVisitors,
		StartedWorkflows: s.StartedWorkflows,
		TriggeredGoals:   goalsOf(s.TriggeredGoals),
		AffectedGoals:    goalsOf(s.AffectedGoals),
	}
	if s.PurchaseSums != nil {
		answer.Purchases = []paid{}
	}
	for _, sum := range s.PurchaseSums {
		answer.Purchases = append(answer.Purchases, paid{json.Number(sum.Amount()), sum.Currency})
	}
	return answer
}

func goalsOf(tallies []analytics.GoalTally) []goals {
	list := make([]goals, len(tallies))
	for i, tally := range tallies {
		list[i] = goals(tally)
	}
	return list
}
