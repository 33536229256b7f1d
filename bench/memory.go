package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

const (
	// memoryEvery is how far apart the resident memory is read.
	memoryEvery = 10 * time.Second
	// memoryConnections are more than other loads have: a server that stops for a
	// moment must not stop the load.
	memoryConnections = 64
)

// memoryRun is what a server took while it served the mixed load at a rate.
type memoryRun struct {
	server   string
	rate     float64
	lasting  time.Duration
	load     *measured
	readings []reading
	peak     float64 // megabytes
}

// measureMemory sends the mixed load to a server that was just started, and reads
// its memory every ten seconds.
func measureMemory(ctx context.Context, t target, mix operation, rate float64, lasting time.Duration) (*memoryRun, error) {
	run := &memoryRun{server: t.name, rate: rate, lasting: lasting}
	finish := watchMemory(ctx, t.pid, min(memoryEvery, lasting/10), func(r reading) {
		say("memory of %s after %s: %.1f MB", t.name, r.at.Round(time.Second), r.value)
	})
	m, err := t.run(ctx, load{mix.bodies, memoryConnections, rate, lasting})
	run.readings = finish()
	if err != nil {
		return nil, err
	}
	run.load = m
	_, run.peak, err = resident(t.pid)
	return run, err
}

// settled returns the readings of the second half: what a server takes at first
// is no growth.
func settled(readings []reading) []reading { return readings[len(readings)/2:] }

// markdown returns the run as a part of a page.
func (r *memoryRun) markdown() string {
	t := newTable(1, "server", "asked a second", "sent a second", "at most MB", "second half, MB a minute", "CPU ms a request",
		"not sent", "p50 ms", "p90 ms", "p99 ms", "max ms", "p99 / p50")
	t.row(append([]string{
		r.server, fmt.Sprintf("%.0f", r.rate), fmt.Sprintf("%.0f", r.load.perSecond()), fmt.Sprintf("%.1f", r.peak),
		fmt.Sprintf("%+.2f", slope(settled(r.readings))), fmt.Sprintf("%.2f", r.load.cpuEach()),
	}, latencies(r.load)...)...)
	return t.String() + "\nResident memory in MB, " + seriesOf(r.readings) + "\n"
}

// seriesOf returns readings in the order of time, with how far apart they are.
func seriesOf(readings []reading) string {
	var text strings.Builder
	if len(readings) > 1 {
		fmt.Fprintf(&text, "every %s:", (readings[len(readings)-1].at / time.Duration(len(readings)-1)).Round(100*time.Millisecond))
	}
	for _, r := range readings {
		fmt.Fprintf(&text, " %.0f", r.value)
	}
	return text.String()
}
