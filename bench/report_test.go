package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// roundsOf returns rounds of given throughputs, with so much CPU time and such
// latencies in milliseconds.
func roundsOf(t *testing.T, perSecond []float64, cpu time.Duration, ms ...int64) *rounds {
	t.Helper()
	r := &rounds{perSecond: perSecond, all: measured{requests: int64(len(ms)), cpu: cpu, latency: newLatencies()}}
	for _, latency := range ms {
		if err := r.all.latency.RecordValue(latency * 1000); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func exampleResults(t *testing.T) []*results {
	return []*results{{
		operation: operation{name: "page25"}, servers: []string{limitServer, gatewayServer, "yoga", "apollo"},
		alone: map[string]float64{limitServer: 1, gatewayServer: 1.5, "yoga": 9, "apollo": 8},
		closed: map[string]*rounds{
			limitServer:   roundsOf(t, []float64{100, 200, 100}, 4*time.Millisecond, 2, 4),
			gatewayServer: roundsOf(t, []float64{60, 100, 80}, 10*time.Millisecond, 4, 8),
			"yoga":        roundsOf(t, []float64{10, 20, 20}, 10*time.Millisecond, 20, 40),
			"apollo":      roundsOf(t, []float64{20, 25, 40}, 10*time.Millisecond, 20, 40),
		},
		half: map[string]*rounds{
			limitServer:   roundsOf(t, nil, 4*time.Millisecond, 1, 2),
			gatewayServer: roundsOf(t, nil, 4*time.Millisecond, 2, 2, 3),
			"yoga":        roundsOf(t, nil, 4*time.Millisecond, 2),
			"apollo":      roundsOf(t, nil, 4*time.Millisecond, 2),
		},
		rate: map[string]float64{limitServer: 50, gatewayServer: 40, "yoga": 10, "apollo": 12.5},
	}}
}

func TestTheTableOfRounds(t *testing.T) {
	t.Parallel()
	want := `| operation | server | requests/s | part of the first | CPU ms a request | p50 ms of one connection | p50 ms | p99 ms | half load: requests/s | not sent | p50 ms | p90 ms | p99 ms | max ms | p99 / p50 |
| - | - | -: | -: | -: | -: | -: | -: | -: | -: | -: | -: | -: | -: | -: |
| page25 | limit | 100 | 1.00 (1.00–1.00) | 2.00 | 1.00 | 2.0 | 4.0 | 50 | 0 | 1.0 | 2.0 | 2.0 | 2.0 | 2.0 |
| page25 | gateway | 80 | 0.60 (0.50–0.80) | 5.00 | 1.50 | 4.0 | 8.0 | 40 | 0 | 2.0 | 3.0 | 3.0 | 3.0 | 1.5 |
| page25 | yoga | 20 | 0.10 (0.10–0.20) | 5.00 | 9.00 | 20.0 | 40.0 | 10 | 0 | 2.0 | 2.0 | 2.0 | 2.0 | 1.0 |
| page25 | apollo | 25 | 0.20 (0.12–0.40) | 5.00 | 8.00 | 20.0 | 40.0 | 12 | 0 | 2.0 | 2.0 | 2.0 | 2.0 | 1.0 |
`
	if diff := cmp.Diff(want, roundsTable(exampleResults(t))); diff != "" {
		t.Fatal(diff)
	}
}

func TestWhatIsReachedOfTheAims(t *testing.T) {
	t.Parallel()
	memory := &memoryRun{
		server: gatewayServer, rate: 500, lasting: 4 * time.Minute, peak: 120.25,
		load:     &measured{requests: 120_000, took: 4 * time.Minute, latency: newLatencies()},
		readings: []reading{{0, 40}, {time.Minute, 100}, {2 * time.Minute, 101}, {3 * time.Minute, 100.5}},
	}
	want := `| aim | reached |
| - | -: |
| page25: throughput at least 0.5 of the handler's | 0.60 (0.50–0.80) |
| page25: throughput at least 2.5 times the best peer's (apollo) | 3.00 (2.00–4.00) |
| page25: p99 below twice the p50, at half load | 1.5 |
| below 150 MB resident at 500 requests of the mixed load a second | 120.2 MB at most, 500 a second sent |
| flat over 4m0s | -0.50 MB a minute in the second half |
`
	if diff := cmp.Diff(want, aimsTable(aims(exampleResults(t), memory))); diff != "" {
		t.Fatal(diff)
	}
}

func TestAPageOfResultsOverwritesNone(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "results")
	at := time.Date(2026, 3, 9, 12, 0, 0, 0, time.UTC)
	for _, want := range []string{"2026-03-09.md", "2026-03-09-2.md"} {
		var p page
		p.section("The machine", "| | |\n| - | - |\n| cores | 2 |\n")
		file, err := p.write(folder, at)
		if err != nil || filepath.Base(file) != want {
			t.Fatalf("%s %v, want %s", file, err, want)
		}
		text, err := os.ReadFile(file)
		if want := "# 2026-03-09\n\n## The machine\n\n| | |\n| - | - |\n| cores | 2 |\n"; err != nil || string(text) != want {
			t.Fatalf("%v, (-want +got)\n%s", err, cmp.Diff(want, string(text)))
		}
	}
}
