package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// roundsTable returns the rows of rounds: of each server its throughput in the
// closed loop, what part that is of the first one's, round by round, and its
// latencies; after that those at half of this throughput, if they were measured.
func roundsTable(all []*results) string {
	columns := []string{"operation", "server", "requests/s", "part of the first", "CPU ms a request", "p50 ms of one connection", "p50 ms", "p99 ms"}
	if len(all) > 0 && all[0].half != nil {
		columns = append(columns, "half load: requests/s", "not sent", "p50 ms", "p90 ms", "p99 ms", "max ms", "p99 / p50")
	}
	t := newTable(2, columns...)
	for _, r := range all {
		first := r.closed[r.servers[0]]
		for _, server := range r.servers {
			c := r.closed[server]
			cells := []string{
				r.operation.name, server, fmt.Sprintf("%.0f", spreadOf(c.perSecond).median), spreadOf(ratios(c.perSecond, first.perSecond)).String(),
				fmt.Sprintf("%.2f", c.cpu()), fmt.Sprintf("%.2f", r.alone[server]), fmt.Sprintf("%.1f", c.all.quantile(50)), fmt.Sprintf("%.1f", c.all.quantile(99)),
			}
			if h := r.half[server]; h != nil {
				cells = append(append(cells, fmt.Sprintf("%.0f", r.rate[server])), latencies(&h.all)...)
			}
			t.row(cells...)
		}
	}
	return t.String()
}

// rateTable returns the rows of rounds at a rate.
func rateTable(all []*results) string {
	t := newTable(2, "operation", "server", "CPU ms a request", "not sent", "p50 ms", "p90 ms", "p99 ms", "max ms", "p99 / p50")
	for _, r := range all {
		for _, server := range r.servers {
			h := r.half[server]
			t.row(append([]string{r.operation.name, server, fmt.Sprintf("%.2f", h.cpu())}, latencies(&h.all)...)...)
		}
	}
	return t.String()
}

// latencies returns the cells of rounds at a rate.
func latencies(m *measured) []string {
	cells := []string{fmt.Sprint(m.unsent)}
	for _, percent := range []float64{50, 90, 99, 100} {
		cells = append(cells, fmt.Sprintf("%.1f", m.quantile(percent)))
	}
	return append(cells, fmt.Sprintf("%.1f", m.quantile(99)/m.quantile(50)))
}

// table is a table of Markdown in the making.
type table struct{ text strings.Builder }

// newTable returns a table without rows. All but the first columns, so many as
// left says, hold numbers.
func newTable(left int, columns ...string) *table {
	t := &table{}
	t.row(columns...)
	rule := slices.Repeat([]string{"-:"}, len(columns))
	for i := range left {
		rule[i] = "-"
	}
	t.row(rule...)
	return t
}

func (t *table) row(cells ...string) { t.text.WriteString("| " + strings.Join(cells, " | ") + " |\n") }

// String returns the table.
func (t *table) String() string { return t.text.String() }

// aim is something that the gateway is to reach, and what it reached.
type aim struct{ what, reached string }

// aims returns what was reached of what can be told from the results.
func aims(all []*results, memory *memoryRun) []aim {
	var list []aim
	for _, r := range all {
		gateway, measured := r.closed[gatewayServer]
		if !measured {
			continue
		}
		if r.operation.name == "page25" || r.operation.name == "page250" {
			if limit := r.closed[limitServer]; limit != nil {
				list = append(list, aim{r.operation.name + ": throughput at least 0.5 of the handler's", spreadOf(ratios(gateway.perSecond, limit.perSecond)).String()})
				if uncached := r.closed[uncachedServer]; uncached != nil {
					list = append(list, aim{"the same with nothing kept in memory", spreadOf(ratios(uncached.perSecond, limit.perSecond)).String()})
				}
			}
			if peer := bestPeer(r); peer != "" {
				list = append(list, aim{r.operation.name + ": throughput at least 2.5 times the best peer's (" + peer + ")",
					spreadOf(ratios(gateway.perSecond, r.closed[peer].perSecond)).String()})
			}
			if h := r.half[gatewayServer]; h != nil {
				list = append(list, aim{r.operation.name + ": p99 below twice the p50, at half load", fmt.Sprintf("%.1f", h.all.quantile(99)/h.all.quantile(50))})
			}
		}
		if limit := r.alone[limitServer]; r.operation.name == "live" && limit > 0 {
			list = append(list, aim{"live: p50 within 1.2 of reading the buckets with the bare driver, one connection", fmt.Sprintf("%.2f", r.alone[gatewayServer]/limit)})
		}
	}
	if memory != nil {
		list = append(list,
			aim{fmt.Sprintf("below 150 MB resident at %.0f requests of the mixed load a second", memory.rate), fmt.Sprintf("%.1f MB at most, %.0f a second sent", memory.peak, memory.load.perSecond())},
			aim{fmt.Sprintf("flat over %s", memory.lasting), fmt.Sprintf("%+.2f MB a minute in the second half", slope(settled(memory.readings)))})
	}
	return list
}

// bestPeer returns the server of others with the highest throughput, "" without
// one.
func bestPeer(r *results) string {
	best := ""
	for _, server := range r.servers {
		if isPeer(server) && (best == "" || spreadOf(r.closed[server].perSecond).median > spreadOf(r.closed[best].perSecond).median) {
			best = server
		}
	}
	return best
}

// page is what a run came to, on its way to be written.
type page struct{ text strings.Builder }

// section adds a part, and prints it.
func (p *page) section(title, body string) {
	part := "## " + title + "\n\n" + body + "\n"
	fmt.Print(part)
	p.text.WriteString(part)
}

// write writes the page into a folder, under the date, with a number where there
// is one of that date. It returns the file.
func (p *page) write(folder string, at time.Time) (string, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return "", err
	}
	date := at.Format(time.DateOnly)
	for n := 1; ; n++ {
		number := ""
		if n > 1 {
			number = fmt.Sprintf("-%d", n)
		}
		file, err := os.OpenFile(filepath.Join(folder, date+number+".md"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = file.WriteString("# " + date + "\n\n" + strings.TrimSuffix(p.text.String(), "\n"))
		return file.Name(), cmp.Or(err, file.Close())
	}
}

// aimsTable returns aims as a table.
func aimsTable(list []aim) string {
	t := newTable(1, "aim", "reached")
	for _, a := range list {
		t.row(a.what, a.reached)
	}
	return t.String()
}
