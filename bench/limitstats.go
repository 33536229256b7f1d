package main

import (
	"context"
	"strconv"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"cartograph/analytics"
)

// What call statistics show, with their fields in the order of the operation.
type (
	value struct {
		Value *float64 `json:"value"`
	}
	span struct {
		Mean   *float64 `json:"meanSeconds"`
		Median *float64 `json:"medianSeconds"`
		P95    *float64 `json:"p95Seconds"`
		Max    *float64 `json:"maxSeconds"`
	}
	waits struct {
		Mean *float64 `json:"meanSeconds"`
		P95  *float64 `json:"p95Seconds"`
	}
	score struct {
		Value   *float64 `json:"value"`
		Ratings int      `json:"ratings"`
	}
	mean struct {
		Mean *float64 `json:"meanSeconds"`
	}
	totalFigures struct {
		Calls        int     `json:"calls"`
		Accepted     int     `json:"accepted"`
		Missed       int     `json:"missed"`
		Rate         value   `json:"acceptanceRate"`
		Duration     span    `json:"duration"`
		QueueWait    waits   `json:"queueWait"`
		WithPurchase int     `json:"callsWithPurchase"`
		Purchases    int     `json:"purchases"`
		Revenue      []money `json:"revenue"`
		Promoters    score   `json:"netPromoterScore"`
	}
	agentFigures struct {
		Agent   name `json:"agent"`
		Figures struct {
			Calls    int  `json:"calls"`
			Accepted int  `json:"accepted"`
			Duration mean `json:"duration"`
		} `json:"figures"`
	}
	begin struct {
		Start string `json:"start"`
	}
	dayFigures struct {
		Period  begin `json:"period"`
		Figures struct {
			Calls     int `json:"calls"`
			Accepted  int `json:"accepted"`
			Purchases int `json:"purchases"`
		} `json:"figures"`
	}
	statistics struct {
		Total   totalFigures   `json:"total"`
		ByAgent []agentFigures `json:"byAgent"`
		Series  []dayFigures   `json:"series"`
	}
)

// dayRow is what is stored of a day's calls: packed, hour by hour.
type dayRow struct {
	Day   time.Time         `bson:"day"`
	Hours map[string][]byte `bson:"hours"`
}

// callStats reads the packed days of all calls, and leaves the arithmetic to
// analytics, as the gateway does.
func (l *limit) callStats(ctx context.Context) (any, error) {
	fold, err := analytics.NewCallStatsFold(nil, analytics.Day, time.UTC, analytics.CallStatsParts{Total: analytics.Ranked, ByAgent: analytics.Summed, Series: analytics.Summed})
	if err != nil {
		return nil, err
	}
	days, err := read[dayRow](ctx, l.db, "call_days", bson.D{{Key: "org", Value: org}})
	if err != nil {
		return nil, err
	}
	unpacker := analytics.NewCallUnpacker()
	for i := range days {
		for name, packed := range days[i].Hours {
			hour, err := strconv.Atoi(name)
			if err != nil {
				return nil, err
			}
			calls, err := unpacker.Unpack(days[i].Day.Add(time.Duration(hour)*analytics.PackedHour), packed)
			if err != nil {
				return nil, err
			}
			for k := range calls {
				fold.Add(&calls[k])
			}
		}
	}
	stats, err := fold.Stats()
	if err != nil {
		return nil, err
	}
	agents, err := named(ctx, l.db, "agents", agentsOf(stats))
	return map[string]any{"callStats": showStats(stats, agents)}, err
}

func agentsOf(stats *analytics.CallStats) []string {
	ids := make([]string, len(stats.ByAgent))
	for i := range stats.ByAgent {
		ids[i] = stats.ByAgent[i].AgentID
	}
	return ids
}

func showStats(stats *analytics.CallStats, agents map[string]string) *statistics {
	f := &stats.Total
	s := &statistics{
		Total: totalFigures{
			f.Calls, f.Accepted, f.Missed, value{f.AcceptanceRate.Value()},
			span{f.Duration.MeanSeconds, f.Duration.MedianSeconds, f.Duration.P95Seconds, f.Duration.MaxSeconds},
			waits{f.QueueWait.MeanSeconds, f.QueueWait.P95Seconds},
			f.CallsWithPurchase, f.Purchases, showMoney(f.Revenue), score{f.NetPromoterScore.Value(), f.NetPromoterScore.Ratings()},
		},
		ByAgent: make([]agentFigures, len(stats.ByAgent)),
		Series:  make([]dayFigures, len(stats.Series)),
	}
	for i := range stats.ByAgent {
		to, from := &s.ByAgent[i], &stats.ByAgent[i]
		to.Agent.Name = agents[from.AgentID]
		to.Figures.Calls, to.Figures.Accepted, to.Figures.Duration.Mean = from.Figures.Calls, from.Figures.Accepted, from.Figures.Duration.MeanSeconds
	}
	for i := range stats.Series {
		to, from := &s.Series[i], &stats.Series[i]
		to.Period.Start = analytics.FormatTime(from.Period.Start)
		to.Figures.Calls, to.Figures.Accepted, to.Figures.Purchases = from.Figures.Calls, from.Figures.Accepted, from.Figures.Purchases
	}
	return s
}

func showMoney(list []analytics.Money) []money {
	shown := make([]money, len(list))
	for i, m := range list {
		shown[i] = money{m.Amount(), m.Currency}
	}
	return shown
}
