package export

import (
	"context"
	"iter"
	"strings"

	"cartograph/analytics"
)

// callBatch is how many calls are read at a time: in at most four commands,
// themselves, their figures, and the names of agents and queues that were not
// met before. A thousand of them take a few megabytes.
const callBatch = 1_000

// maxNames bounds the names that are remembered over batches: more agents than
// an organization has.
const maxNames = 10_000

// CallStore is where calls are read.
type CallStore interface {
	CallBatch(ctx context.Context, reach analytics.Reach, filter analytics.CallFilter, after string, size int) ([]*analytics.Call, string, error)
	CallMetricsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.CallMetrics, error)
	AgentsByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Agent, error)
	QueuesByID(ctx context.Context, reach analytics.Reach, ids []string) (map[string]*analytics.Queue, error)
}

// CallTable returns the calls that a filter finds as the table of the call-stats
// export, the earliest first. Without personal, the cells of personal columns are
// empty.
func CallTable(ctx context.Context, store CallStore, reach analytics.Reach, filter analytics.CallFilter, personal bool) Table {
	table := Table{Name: "Calls", Header: make([]string, len(analytics.CallColumns))}
	for i := range analytics.CallColumns {
		table.Header[i] = analytics.CallColumns[i].Name
	}
	table.Rows = func(yield func([]Cell, error) bool) {
		cells := make([]Cell, len(analytics.CallColumns))
		for row, err := range callRows(ctx, store, reach, filter) {
			if err == nil {
				fillCells(cells, analytics.CallRecord(row, personal))
			}
			if !yield(cells, err) || err != nil {
				return
			}
		}
	}
	return table
}

// fillCells makes cells of a record of a call.
func fillCells(cells []Cell, record []string) {
	for i, text := range record {
		kind := analytics.CallColumns[i].Kind
		number := kind == analytics.NumberCell || kind == analytics.AmountCell
		// Of the columns of amounts, revenue is a list: one amount is a number.
		if analytics.CallColumns[i].Name == "revenue_value" && !strings.Contains(text, ";") {
			number, text = true, strings.TrimPrefix(text, "'")
		}
		cells[i] = Cell{text: text, number: number && text != ""}
	}
}

// callRows returns the rows of the calls that a filter finds, the earliest first.
func callRows(ctx context.Context, store CallStore, reach analytics.Reach, filter analytics.CallFilter) iter.Seq2[*analytics.ImportedCall, error] {
	return func(yield func(*analytics.ImportedCall, error) bool) {
		reader := newCallReader(store, reach)
		for after, more := "", true; more; {
			calls, next, err := store.CallBatch(ctx, reach, filter, after, callBatch)
			if err != nil {
				yield(nil, err)
				return
			}
			rows, err := reader.rows(ctx, calls)
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range rows {
				if !yield(row, nil) {
					return
				}
			}
			after, more = next, next != ""
		}
	}
}

// callReader adds to calls what their rows show beside them.
type callReader struct {
	store  CallStore
	reach  analytics.Reach
	agents names
	queues names
}

func newCallReader(store CallStore, reach analytics.Reach) *callReader {
	return &callReader{store: store, reach: reach, agents: names{}, queues: names{}}
}

// rows returns the rows of calls, in their order.
func (r *callReader) rows(ctx context.Context, calls []*analytics.Call) ([]*analytics.ImportedCall, error) {
	if len(calls) == 0 {
		return nil, nil
	}
	ids := make([]string, len(calls))
	for i, call := range calls {
		ids[i] = call.CallID
	}
	metrics, err := r.store.CallMetricsByID(ctx, r.reach, ids)
	if err != nil {
		return nil, err
	}
	if unknown := r.agents.unknown(calls, func(c *analytics.Call) string { return c.AgentID }); len(unknown) > 0 {
		found, err := r.store.AgentsByID(ctx, r.reach, unknown)
		if err != nil {
			return nil, err
		}
		learn(r.agents, unknown, found, func(a *analytics.Agent) string { return a.Name })
	}
	if unknown := r.queues.unknown(calls, func(c *analytics.Call) string { return c.QueueID }); len(unknown) > 0 {
		found, err := r.store.QueuesByID(ctx, r.reach, unknown)
		if err != nil {
			return nil, err
		}
		learn(r.queues, unknown, found, func(q *analytics.Queue) string { return q.Name })
	}
	rows := make([]*analytics.ImportedCall, len(calls))
	for i, call := range calls {
		figures := metrics[call.CallID]
		if figures == nil { // those with purchases are still being derived
			figures = analytics.FoldCallMetrics(call, nil)
		}
		rows[i] = analytics.CallRow(call, figures, analytics.CallNames{Agent: r.agents[call.AgentID], Queue: r.queues[call.QueueID]})
	}
	return rows, nil
}

// names are those of agents or queues, by id.
type names map[string]string

// unknown returns the ids of calls whose name is not known yet, each once.
func (n names) unknown(calls []*analytics.Call, id func(*analytics.Call) string) []string {
	if len(n) > maxNames {
		clear(n)
	}
	var unknown []string
	asked := map[string]bool{"": true}
	for _, call := range calls {
		id := id(call)
		if _, known := n[id]; !known && !asked[id] {
			asked[id] = true
			unknown = append(unknown, id)
		}
	}
	return unknown
}

// learn adds the names of what was found; an id stands for itself where nothing
// was.
func learn[T any](n names, ids []string, found map[string]*T, name func(*T) string) {
	for _, id := range ids {
		n[id] = id
		if item := found[id]; item != nil {
			n[id] = name(item)
		}
	}
}
