package demo

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// queue is a line that shoppers wait in, with what they come for: the
// categories of products (by the letters their SKUs begin with).
type queue struct {
	id, name   string
	categories []string
	// weight is how many of 100 visits go there.
	weight int
}

var queues = []queue{
	{"queue-1", "Personal styling", []string{"DRS", "KNT", "COA", "SHR", "TRS", "ACC"}, 34},
	{"queue-2", "Skin care advice", []string{"SKN", "MKP"}, 24},
	{"queue-3", "Home and interior", []string{"LMP", "TXL", "VAS", "CND"}, 16},
	{"queue-4", "Shoes and bags", []string{"SHO", "BAG"}, 15},
	{"queue-5", "Gift ideas", []string{"CND", "FRG", "BAG", "VAS", "ACC", "SKN"}, 11},
}

func queueWeights() []int {
	weights := make([]int, len(queues))
	for i, q := range queues {
		weights[i] = q.weight
	}
	return weights
}

// agent is a member of the staff: the queues they serve, and when they work.
type agent struct {
	id, name string
	queues   []string
	// from and to are hours of the day.
	from, to int
	// off are the weekdays they do not work.
	off []time.Weekday
}

var agents = []agent{
	{"agent-01", "Maren Solbakk", []string{"queue-1", "queue-4"}, 8, 16, offWeekend},
	{"agent-02", "Tomasz Wilgora", []string{"queue-1", "queue-5"}, 12, 21, offMidweek},
	{"agent-03", "Inès Caradoux", []string{"queue-2"}, 8, 16, offWeekend},
	{"agent-04", "Yuki Amanohara", []string{"queue-2", "queue-5"}, 12, 21, offMidweek},
	{"agent-05", "Bram Oudewater", []string{"queue-3", "queue-5"}, 9, 17, offWeekend},
	{"agent-06", "Saoirse Kilvarra", []string{"queue-3"}, 12, 21, offMidweek},
	{"agent-07", "Dilnoza Karimbek", []string{"queue-4", "queue-1"}, 8, 16, offMidweek},
	{"agent-08", "Pál Tiszavölgyi", []string{"queue-4", "queue-5"}, 12, 21, offEarly},
	{"agent-09", "Amara Nwokolo", []string{"queue-1", "queue-2"}, 9, 17, offEarly},
	{"agent-10", "Léo Vaubrun", []string{"queue-1", "queue-3"}, 12, 21, offWeekend},
	{"agent-11", "Signe Hallvard", []string{"queue-2", "queue-1"}, 10, 19, offMidweek},
	{"agent-12", "Rafael Montaluz", []string{"queue-3", "queue-4", "queue-5"}, 8, 17, offEarly},
}

// Two days off each; most of the staff works on Saturdays.
var (
	offWeekend = []time.Weekday{time.Saturday, time.Sunday}
	offMidweek = []time.Weekday{time.Tuesday, time.Wednesday}
	offEarly   = []time.Weekday{time.Sunday, time.Monday}
)

// works reports whether the agent serves a queue at a moment; any queue for "".
func (a *agent) works(queue string, at time.Time) bool {
	return at.Hour() >= a.from && at.Hour() < a.to &&
		!slices.Contains(a.off, at.Weekday()) &&
		(queue == "" || slices.Contains(a.queues, queue))
}

func agentRecords() []data {
	var records []data
	for i, a := range agents {
		records = append(records, data{
			"kind": "agent", "id": a.id, "name": a.name,
			"email":      a.id + "@shop.example",
			"externalId": fmt.Sprintf("staff-%d", 4101+i),
		})
	}
	return records
}

func queueRecords() []data {
	var records []data
	for _, q := range queues {
		records = append(records, data{"kind": "queue", "id": q.id, "name": q.name})
	}
	return records
}

// firstName returns what an agent signs chat messages with.
func (a *agent) firstName() string {
	first, _, _ := strings.Cut(a.name, " ")
	return first
}
