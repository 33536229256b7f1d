package ingest_test

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cartograph/analytics"
	"cartograph/ingest"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// exportRows returns how many rows the generated export has: fewer where the
// tests are to be short, as beside the race detector.
func exportRows() int {
	if testing.Short() {
		return 3_000
	}
	return 30_000
}

// exportPeriod is the month that the generated calls lie in.
var exportPeriod = analytics.Period{
	Start: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
	End:   time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC),
}

// generatedCall is a call of the generated export as its maker knows it.
type generatedCall struct {
	missed, test, booked bool
	agent, queue         string
	at                   time.Time     // the start, or the moment it was queued
	duration             time.Duration // -1: the call goes on
	wait                 time.Duration
}

// generateExport makes up an export: callers with and without sessions, waits
// that nothing tells apart, calls that go on, that last for hours and that begin
// before their wait ends, other offsets, names and texts with everything that CSV
// has a meaning for.
func generateExport(seed uint64) (file []byte, calls []generatedCall) {
	random := rand.New(rand.NewPCG(seed, seed))
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	columns := make([]string, len(analytics.CallColumns))
	for i, column := range analytics.CallColumns {
		columns[i] = column.Name
	}
	random.Shuffle(len(columns), func(i, j int) { columns[i], columns[j] = columns[j], columns[i] })
	_ = w.Write(columns)
	for i := range exportRows() {
		call := generateCall(random)
		cells := generateCells(random, i, call)
		record := make([]string, len(columns))
		for i, column := range columns {
			record[i] = cells[column]
		}
		_ = w.Write(record)
		calls = append(calls, call)
		if call.missed && i%100 == 0 && len(calls) < exportRows() { // another caller whom nothing tells apart
			_ = w.Write(record)
			calls = append(calls, call)
		}
		if len(calls) == exportRows() {
			break
		}
	}
	w.Flush()
	return b.Bytes(), calls
}

func generateCall(random *rand.Rand) generatedCall {
	call := generatedCall{
		missed: random.IntN(4) == 0, test: random.IntN(50) == 0,
		queue:    fmt.Sprintf("q-%d", random.IntN(5)),
		at:       exportPeriod.Start.Add(time.Duration(random.Int64N(exportPeriod.End.Sub(exportPeriod.Start).Milliseconds())) * time.Millisecond),
		duration: time.Duration(random.ExpFloat64()*300_000) * time.Millisecond,
		wait:     time.Duration(random.ExpFloat64()*60) * time.Second,
	}
	if call.missed {
		return call
	}
	call.agent = fmt.Sprintf("a-%d", random.IntN(12))
	if random.IntN(5) == 0 {
		call.booked, call.queue = true, ""
	}
	switch random.IntN(200) {
	case 0:
		call.duration = -1
	case 1:
		call.duration = 10 * time.Hour
	}
	return call
}

func generateCells(random *rand.Rand, i int, call generatedCall) map[string]string {
	seconds := func(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }
	moment := func(t time.Time) string {
		if random.IntN(3) == 0 {
			t = t.In(time.FixedZone("", 5*3600+45*60))
		}
		return t.Format(time.RFC3339Nano)
	}
	cells := map[string]string{
		"status": "ACCEPTED", "is_test_call": "FALSE", "call_type": "Queue", "number_of_purchases": "0",
		"client_session_id": fmt.Sprintf("s-%d", i), "client_id": fmt.Sprintf("b-%d", random.IntN(exportRows())),
		"shopper_message": []string{"", "'=1+1", "two\nlines", `she said "hi", twice`, "naïve ☎"}[random.IntN(5)],
	}
	if call.test {
		cells["is_test_call"] = "TRUE"
	}
	if call.queue != "" {
		cells["queue_id"], cells["queue_name"] = call.queue, "Queue "+strings.ToUpper(call.queue)+`, "the best"`
		cells["seconds_in_queue"] = seconds(call.wait)
	}
	if call.missed {
		cells["status"], cells["entered_queue_time"] = "MISSED", moment(call.at)
		if i%100 == 0 {
			delete(cells, "client_session_id")
			delete(cells, "client_id")
		}
		return cells
	}
	cells["call_id"], cells["agent_id"], cells["agent_name"] = fmt.Sprintf("c-%d", i), call.agent, "Agent "+call.agent
	cells["call_start_time"] = moment(call.at)
	cells["number_of_messages_by_agent"], cells["number_of_messages_by_client"] = strconv.Itoa(i%7), strconv.Itoa(i%3)
	if call.duration >= 0 {
		cells["call_end_time"], cells["call_duration_seconds"] = moment(call.at.Add(call.duration)), seconds(call.duration)
	}
	if call.booked {
		cells["call_type"], cells["waiting_room_id"] = "Booked_meeting", fmt.Sprintf("w-%d", i)
		return cells
	}
	entered := call.at.Add(-call.wait)
	if i%40 == 0 { // some exports round a wait up beyond the start of its call
		entered = call.at.Add(time.Second)
	}
	cells["entered_queue_time"] = moment(entered)
	return cells
}

// counted is what an independent count says of some calls.
type counted struct {
	Accepted, Missed int
	MeanSeconds      float64 // of the durations; -1 without any
}

// count counts calls by a key, those with an empty key left out.
func count[K comparable](calls []generatedCall, key func(generatedCall) K) map[K]counted {
	var zero K
	sums, ended := map[K]time.Duration{}, map[K]int{}
	groups := map[K]counted{}
	for _, call := range calls {
		k := key(call)
		if k == zero {
			continue
		}
		group := groups[k]
		if call.missed {
			group.Missed++
		} else {
			group.Accepted++
		}
		if !call.missed && call.duration >= 0 {
			sums[k] += call.duration
			ended[k]++
		}
		groups[k] = group
	}
	for k, group := range groups {
		group.MeanSeconds = -1
		if ended[k] > 0 {
			group.MeanSeconds = sums[k].Seconds() / float64(ended[k])
		}
		groups[k] = group
	}
	return groups
}

func countedOf(f analytics.CallFigures) counted {
	c := counted{Accepted: f.Accepted, Missed: f.Missed, MeanSeconds: -1}
	if f.Duration.MeanSeconds != nil {
		c.MeanSeconds = *f.Duration.MeanSeconds
	}
	return c
}

func TestImportOfAnExportAgreesWithARecount(t *testing.T) {
	file, calls := generateExport(20260301)
	repo := repositorytest.Open(t, nil)
	reach := analytics.Reach{Org: "acme"}
	importAll := func(t *testing.T) ingest.Summary {
		summary, err := ingest.ImportCalls(t.Context(), repo, reach.Org, bytes.NewReader(file), ingest.ImportOptions{
			Report: func(line int, column string, err error) { t.Errorf("line %d, %s: %v", line, column, err) },
		})
		if err != nil {
			t.Fatal(err)
		}
		return summary
	}

	if got, want := importAll(t), (ingest.Summary{Rows: exportRows(), New: exportRows()}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	agrees(t, repo, reach, calls)

	if got, want := importAll(t), (ingest.Summary{Rows: exportRows(), Unchanged: exportRows()}); got != want {
		t.Errorf("the second import: got %+v, want %+v", got, want)
	}
	agrees(t, repo, reach, calls)

	t.Run("nothing of it is seen by another organization", func(t *testing.T) {
		n, err := repo.CountCalls(t.Context(), analytics.Reach{Org: "other"}, analytics.CallFilter{})
		if err != nil || n != 0 {
			t.Errorf("%d calls, %v", n, err)
		}
	})
	t.Run("agents and queues have the names that the export gives them", func(t *testing.T) {
		agents, err := repo.AgentsByID(t.Context(), reach, []string{"a-0", "a-11"})
		if err != nil {
			t.Fatal(err)
		}
		queues, err := repo.QueuesByID(t.Context(), reach, []string{"q-4"})
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for id, agent := range agents {
			got[id] = agent.Name
		}
		for id, queue := range queues {
			got[id] = queue.Name
		}
		if diff := gocmp.Diff(map[string]string{"a-0": "Agent a-0", "a-11": "Agent a-11", "q-4": `Queue Q-4, "the best"`}, got); diff != "" {
			t.Errorf("names differ (-want +got):\n%s", diff)
		}
	})
}

// agrees compares the statistics with a count of the generated calls.
func agrees(t *testing.T, repo *repository.Repository, reach analytics.Reach, calls []generatedCall) {
	t.Helper()
	stats, err := repo.CallStats(t.Context(), reach, &exportPeriod, analytics.CallStatsFilter{}, analytics.Hour, time.UTC,
		analytics.AllCallStats)
	if err != nil {
		t.Fatal(err)
	}
	byAgent, byQueue, byHour := map[string]counted{}, map[string]counted{}, map[int64]counted{}
	for _, group := range stats.ByAgent {
		byAgent[group.AgentID] = countedOf(group.Figures)
	}
	for _, group := range stats.ByQueue {
		byQueue[group.QueueID] = countedOf(group.Figures)
	}
	for _, step := range stats.Series {
		if figures := countedOf(step.Figures); figures.Accepted+figures.Missed > 0 {
			byHour[step.Period.Start.Unix()] = figures
		}
	}
	for _, compared := range []struct {
		what      string
		want, got any
	}{
		{"totals", count(calls, func(generatedCall) bool { return true })[true], countedOf(stats.Total)},
		{"figures by agent", count(calls, func(c generatedCall) string { return c.agent }), byAgent},
		{"figures by queue", count(calls, func(c generatedCall) string { return c.queue }), byQueue},
		{"the hourly series", count(calls, func(c generatedCall) int64 { return c.at.Unix() / 3600 * 3600 }), byHour},
		{"hours of the series", 30 * 24, len(stats.Series)},
	} {
		if diff := gocmp.Diff(compared.want, compared.got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%s differ (-counted +read):\n%s", compared.what, diff)
		}
	}
	wantTests := 0
	for _, call := range calls {
		if call.test {
			wantTests++
		}
	}
	test := true
	tests, err := repo.CountCalls(t.Context(), reach, analytics.CallFilter{Test: &test})
	if err != nil || tests != wantTests {
		t.Errorf("%d test calls, %v; want %d", tests, err, wantTests)
	}
}

// TestLaterImportsOfACall shows how rows of one call come together.
func TestLaterImportsOfACall(t *testing.T) {
	const header = "status,call_id,client_session_id,queue_id,entered_queue_time,call_start_time,call_end_time,agent_id,agent_name,shopper_first_name," +
		"revenue_value,revenue_currency,number_of_purchases,order_ids,checked_out_value\n"
	repo := repositorytest.Open(t, nil)
	reach := analytics.Reach{Org: "acme"}
	bring := func(t *testing.T, rows ...string) {
		t.Helper()
		_, err := ingest.ImportCalls(t.Context(), repo, reach.Org, strings.NewReader(header+strings.Join(rows, "\n")), ingest.ImportOptions{
			Report: func(line int, column string, err error) { t.Errorf("line %d, %s: %v", line, column, err) },
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	bring(t, "ACCEPTED,c-1,s-1,,,2026-03-01T09:30:00Z,,a-1,Ada,Sam,,,,,12.50",
		"ACCEPTED,c-1,s-1,,,2026-03-01T09:30:00Z,2026-03-01T09:40:00Z,a-1,Ada,,,,,,")
	bring(t, "ACCEPTED,c-1,s-1,,,2026-03-01T09:30:00Z,2026-03-01T09:40:00Z,a-2,Bo,,20.00;300,EUR;JPY,2,o-1;o-2,")
	bring(t, "ACCEPTED,c-1,s-1,,,2026-03-01T09:30:00Z,,a-1,Ada,Sam,,,,,12.50") // known: says nothing new

	calls, err := repo.CallsByID(t.Context(), reach, []string{"c-1"})
	if err != nil || calls["c-1"] == nil {
		t.Fatalf("call: %v, %v", calls, err)
	}
	metrics, err := repo.CallMetricsByID(t.Context(), reach, []string{"c-1"})
	if err != nil || metrics["c-1"] == nil {
		t.Fatalf("metrics: %v, %v", metrics, err)
	}
	call := calls["c-1"]
	got := []any{call.AgentID, call.Shopper.FirstName, *call.DurationSeconds(), call.CheckedOut, call.CheckedOutValue,
		metrics["c-1"].PurchaseCount(), metrics["c-1"].Revenue()}
	want := []any{"a-2", analytics.Text("Sam"), 600.0, true, (*analytics.Money)(nil), 2, []analytics.Money{{Minor: 2000, Currency: "EUR"}, {Minor: 300, Currency: "JPY"}}}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("call differs (-want +got):\n%s", diff)
	}
	agents, err := repo.Agents(t.Context(), reach, "", analytics.PageArgs{})
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for _, agent := range agents.Nodes() {
		names[agent.AgentID] = agent.Name
	}
	ids := slices.SortedFunc(maps.Keys(names), cmp.Compare[string])
	if diff := gocmp.Diff([]string{"a-1", "a-2"}, ids); diff != "" || names["a-1"] != "Ada" || names["a-2"] != "Bo" {
		t.Errorf("agents are %v", names)
	}
}
