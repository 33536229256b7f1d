package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// closedTable returns the rows of the rounds without a rate: of each server its
// throughput and what part that is of the first one's, round by round.
func closedTable(all []*results) string {
	var text strings.Builder
	text.WriteString("| operation | server | requests/s | part of the first | CPU ms a request | p50 ms | p99 ms | p50 ms of one connection |\n| - | - | -: | -: | -: | -: | -: | -: |\n")
	for _, r := range all {
		first := r.closed[r.servers[0]]
		for _, server := range r.servers {
			c := r.closed[server]
			fmt.Fprintf(&text, "| %s | %s | %.0f | %s | %.2f | %.1f | %.1f | %.2f |\n", r.operation.name, server, spreadOf(c.perSecond).median,
				spreadOf(ratios(c.perSecond, first.perSecond)), c.cpu(), c.all.quantile(50), c.all.quantile(99), r.alone[server])
		}
	}
	return text.String()
}

// rateTable returns the rows of the rounds at a rate.
func rateTable(all []*results) string {
	var text strings.Builder
	text.WriteString("| operation | server | asked a second | requests | not sent | CPU ms a request | p50 ms | p90 ms | p99 ms | max ms | p99 / p50 |\n")
	text.WriteString("| - | - | -: | -: | -: | -: | -: | -: | -: | -: | -: |\n")
	for _, r := range all {
		for _, server := range r.servers {
			h := r.half[server]
			m := &h.all
			fmt.Fprintf(&text, "| %s | %s | %.0f | %d | %d | %.2f | %.1f | %.1f | %.1f | %.1f | %.1f |\n", r.operation.name, server, r.rate[server],
				m.requests, m.unsent, h.cpu(), m.quantile(50), m.quantile(90), m.quantile(99), m.quantile(100), m.quantile(99)/m.quantile(50))
		}
	}
	return text.String()
}

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
	var text strings.Builder
	text.WriteString("| aim | reached |\n| - | -: |\n")
	for _, a := range list {
		fmt.Fprintf(&text, "| %s | %s |\n", a.what, a.reached)
	}
	return text.String()
}
