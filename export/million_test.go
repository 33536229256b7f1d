package export_test

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"runtime/metrics"
	"strconv"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/auth"
	"cartograph/export"
)

// generated is a store of calls that are made up as they are read.
type generated struct {
	export.Store // for what is not asked
	calls        int
	commands     int
	heap         *heap
}

// CallBatch makes up the next calls; the cursor is the number of the first one.
func (g *generated) CallBatch(_ context.Context, reach analytics.Reach, _ analytics.CallFilter, after string, size int) ([]*analytics.Call, string, error) {
	g.commands++
	g.heap.look()
	first, _ := strconv.Atoi(after)
	end := min(first+size, g.calls)
	calls := make([]*analytics.Call, 0, end-first)
	for i := first; i < end; i++ {
		at := present.Add(time.Duration(i) * time.Second)
		ended, duration := at.Add(5*time.Minute), int64(300_000)
		calls = append(calls, &analytics.Call{
			Org: reach.Org, CallID: fmt.Sprintf("call-%07d", i), Status: analytics.Accepted, Type: analytics.QueueCall, At: at, StartedAt: &at, EndedAt: &ended,
			Duration: &duration, SessionID: analytics.Text(fmt.Sprintf("session-%07d", i)), ClientID: analytics.Text(fmt.Sprintf("client-%07d", i)),
			AgentID: "agent-" + strconv.Itoa(i%500), QueueID: "queue-" + strconv.Itoa(i%20), MessagesByAgent: i % 7,
			AddedSKUs: []string{"SKN-802-NEU-50ML", "SHR-404-RST-XS"}, CheckedOutValue: &analytics.Money{Minor: int64(i), Currency: "EUR"},
			Shopper: analytics.ShopperDetails{FirstName: "Ada", LastName: "Lovelace", Email: "ada@mail.example", Phone: "+44 20 7946 0000", Message: "=Which one, \"red\" or blue?"},
		})
	}
	if end == g.calls {
		return calls, "", nil
	}
	return calls, strconv.Itoa(end), nil
}

// CallMetricsByID makes up the figures of calls.
func (g *generated) CallMetricsByID(_ context.Context, _ analytics.Reach, ids []string) (map[string]*analytics.CallMetrics, error) {
	g.commands++
	found := make(map[string]*analytics.CallMetrics, len(ids))
	for _, id := range ids {
		found[id] = &analytics.CallMetrics{CallID: id, Purchases: analytics.PurchaseSummary{Count: 1, Revenue: []analytics.Money{{Minor: 1999, Currency: "EUR"}}, OrderIDs: []string{"order-" + id}}}
	}
	return found, nil
}

// AgentsByID makes up agents.
func (g *generated) AgentsByID(_ context.Context, _ analytics.Reach, ids []string) (map[string]*analytics.Agent, error) {
	g.commands++
	found := make(map[string]*analytics.Agent, len(ids))
	for _, id := range ids {
		found[id] = &analytics.Agent{AgentID: id, Name: "Name of " + id}
	}
	return found, nil
}

// QueuesByID makes up queues.
func (g *generated) QueuesByID(_ context.Context, _ analytics.Reach, ids []string) (map[string]*analytics.Queue, error) {
	g.commands++
	return map[string]*analytics.Queue{}, nil
}

// heap is the most memory that objects of the heap ever took, dead ones that were
// not collected yet included.
type heap struct {
	sample [1]metrics.Sample
	peak   uint64
}

func newHeap() *heap {
	h := new(heap)
	h.sample[0].Name = "/memory/classes/heap/objects:bytes"
	return h
}

func (h *heap) look() {
	metrics.Read(h.sample[:])
	h.peak = max(h.peak, h.sample[0].Value.Uint64())
}

// What a download asks of the store: the users of a live event of which every
// visitor came once, clicked and left.

// BeginDownload returns an export of users.
func (g *generated) BeginDownload(context.Context, string, time.Time) (*analytics.Export, error) {
	e := show(analytics.ExportCSV, analytics.UsersSheet)
	return &e, nil
}

// ReportExport hears nothing.
func (g *generated) ReportExport(context.Context, *analytics.Export) error { return nil }

// LiveEventsByID returns the live event.
func (g *generated) LiveEventsByID(context.Context, analytics.Reach, []string) (map[string]*analytics.LiveEvent, error) {
	return map[string]*analytics.LiveEvent{"show": {LiveEventID: "show"}}, nil
}

// LivePurchases returns none.
func (g *generated) LivePurchases(context.Context, analytics.Reach, string) ([]*analytics.Purchase, error) {
	return nil, nil
}

// LiveEventBatch makes up the next events, three of each visitor.
func (g *generated) LiveEventBatch(_ context.Context, _ analytics.Reach, _, after string, size int) ([]*analytics.Event, string, error) {
	g.commands++
	g.heap.look()
	types := []analytics.EventType{analytics.SessionStarted, analytics.ProductClicked, analytics.SessionEnded}
	first, _ := strconv.Atoi(after)
	end := min(first+size, 3*g.calls)
	events := make([]*analytics.Event, 0, end-first)
	for i := first; i < end; i++ {
		visitor := strconv.Itoa(i / 3)
		events = append(events, &analytics.Event{
			EventID: "e:" + strconv.Itoa(i), Type: types[i%3], At: present.Add(time.Duration(i) * time.Second),
			VisitorID: "visitor-" + visitor, SessionID: "session-" + visitor, Subject: analytics.LiveEventSubject("show"),
		})
	}
	if end == 3*g.calls {
		return events, "", nil
	}
	return events, strconv.Itoa(end), nil
}

// generatedTable returns a table of rows that are made up as they are read.
func generatedTable(rows int, h *heap) export.Table {
	header := []string{"id", "time", "text", "number", "formula"}
	return export.Table{Name: "Rows", Header: header, Rows: iter.Seq2[[]export.Cell, error](func(yield func([]export.Cell, error) bool) {
		for i := range rows {
			if i%1_000 == 0 {
				h.look()
			}
			row := []export.Cell{export.Int(i), export.Time(present), export.Text("a text of some length, with a comma " + strconv.Itoa(i)), export.Decimal("12.50"), export.Text("=1+1")}
			if !yield(row, nil) {
				return
			}
		}
	})}
}

// exports are the ways to a file, each for some rows.
var exports = []struct {
	name string
	run  func(tb testing.TB, rows int, h *heap) (written int64)
}{
	{"rows as CSV", func(tb testing.TB, rows int, h *heap) int64 { return writeGenerated(tb, analytics.ExportCSV, rows, h) }},
	{"rows as XLSX", func(tb testing.TB, rows int, h *heap) int64 { return writeGenerated(tb, analytics.ExportXLSX, rows, h) }},
	{"calls as CSV", func(tb testing.TB, rows int, h *heap) int64 {
		return askGenerated(tb, "/exports/calls.csv", "", rows, h)
	}},
	{"calls as XLSX", func(tb testing.TB, rows int, h *heap) int64 {
		return askGenerated(tb, "/exports/calls.xlsx", "", rows, h)
	}},
	{"calls as NDJSON", func(tb testing.TB, rows int, h *heap) int64 {
		return askGenerated(tb, "/v1/stats/calls/accepted?"+march, "application/x-ndjson", rows, h)
	}},
	{"users as CSV", func(tb testing.TB, rows int, h *heap) int64 {
		return askGenerated(tb, "/exports/files/secret", "", rows, h)
	}},
}

// writeGenerated writes a made up table to nowhere.
func writeGenerated(tb testing.TB, format analytics.ExportFormat, rows int, h *heap) int64 {
	tb.Helper()
	out := &discarding{look: h.look}
	if err := export.Write(out, format, generatedTable(rows, h)); err != nil {
		tb.Fatal(err)
	}
	return out.bytes
}

// askGenerated asks the handler for made up calls. It fails where they take more
// than four commands per thousand.
func askGenerated(tb testing.TB, path, accept string, rows int, h *heap) int64 {
	tb.Helper()
	store := &generated{calls: rows, heap: h}
	handler := export.NewHandler(store, func() time.Time { return present }, silent)
	r, err := http.NewRequestWithContext(auth.With(tb.Context(), principals["all"]), "GET", path, nil)
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	w := &discarding{header: http.Header{}, look: h.look}
	handler.ServeHTTP(w, r)
	if w.status != 0 {
		tb.Fatalf("%s: status %d", path, w.status)
	}
	if most := 4 * (rows/1_000 + 1); store.commands > most {
		tb.Errorf("%d commands for %d rows, at most %d are allowed", store.commands, rows, most)
	}
	return w.bytes
}

// TestMemoryDoesNotGrowWithRows compares the peak of the heap for many rows with
// that for ten times as many.
func TestMemoryDoesNotGrowWithRows(t *testing.T) {
	if testing.Short() {
		t.Skip("takes half a minute beside the race detector")
	}
	for _, e := range exports {
		t.Run(e.name, func(t *testing.T) {
			few, many := newHeap(), newHeap()
			e.run(t, 10_000, few)
			e.run(t, 100_000, many)
			// What a spreadsheet keeps before its temporary file begins, and garbage.
			const allowance = 96 << 20
			if many.peak > few.peak+allowance {
				t.Errorf("the heap took %d MB for 10,000 rows and %d MB for 100,000", few.peak>>20, many.peak>>20)
			}
		})
	}
}

// BenchmarkAMillionRows reports the peak of the heap and the size of the file for
// a million rows of each export:
//
//	go test ./export -run '^$' -bench AMillionRows -benchtime 1x
func BenchmarkAMillionRows(b *testing.B) {
	for _, e := range exports {
		b.Run(e.name, func(b *testing.B) {
			for b.Loop() {
				h := newHeap()
				written := e.run(b, 1_000_000, h)
				b.ReportMetric(float64(h.peak>>20), "peak-heap-MB")
				b.ReportMetric(float64(written>>20), "file-MB")
			}
		})
	}
}
