package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"runtime/pprof"
	"slices"
	"strings"
	"testing"
	"time"

	"cartograph/web/webtest"
)

var (
	measure        = flag.Bool("measure", false, "measure the first start and the examples of the playground")
	measureTimes   = flag.Int("measure.times", 50, "how often each example is asked warm")
	measureProfile = flag.String("measure.profile", "", "write a CPU profile of the warm queries here; the last example's stands")
	measureExample = flag.String("measure.example", "", "measure only the examples with this in their names")
)

// TestMeasureExamples says how long the first start with demo data takes, and each
// example of the playground after it: cold, as the first query of a gateway just
// started on the folder, and warm. It asserts no durations.
func TestMeasureExamples(t *testing.T) {
	if !*measure {
		t.Skip("-measure was not given")
	}
	folder := "--data-dir=" + t.TempDir()
	began := time.Now()
	g := serve(t, folder)
	var table strings.Builder
	fmt.Fprintf(&table, "load %s\nfirst start with demo data: %.1f s\n\n| example | cold | warm, median | warm, 95 %% |\n| - | -: | -: | -: |\n", loadAverage(), time.Since(began).Seconds())
	for _, example := range webtest.Examples(t, "web") {
		if !strings.Contains(example.Name, *measureExample) {
			continue
		}
		body, err := json.Marshal(map[string]any{"query": example.Query, "variables": example.Variables})
		if err != nil {
			t.Fatal(err)
		}
		ask := func() time.Duration {
			began := time.Now()
			status, answer := g.post(t, "/graphql", "", "application/json", string(body))
			took := time.Since(began)
			if status != http.StatusOK || strings.Contains(answer, `"errors"`) {
				t.Fatalf("%s: status %d: %s", example.Name, status, answer)
			}
			return took
		}
		if err := g.stop(); err != nil {
			t.Fatal(err)
		}
		g = serve(t, folder)
		if status, _ := g.post(t, "/graphql", "", "application/json", `{"query":"{ __typename }"}`); status != http.StatusOK { // the connection stands
			t.Fatalf("status %d", status)
		}
		cold := ask()
		stop := profile(t)
		warm := make([]time.Duration, *measureTimes)
		for i := range warm {
			warm[i] = ask()
		}
		stop()
		slices.Sort(warm)
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", example.Name, milliseconds(cold), milliseconds(warm[len(warm)/2]), milliseconds(warm[len(warm)*95/100]))
	}
	t.Logf("\n%s\nload %s", &table, loadAverage())
}

func milliseconds(d time.Duration) string {
	return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
}

// loadAverage returns what the machine is said to be busy with besides.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}

// profile starts the CPU profile that was asked for, and returns what ends it.
func profile(t *testing.T) (stop func()) {
	t.Helper()
	if *measureProfile == "" {
		return func() {}
	}
	file, err := os.Create(*measureProfile)
	if err != nil {
		t.Fatal(err)
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		t.Fatal(err)
	}
	return func() {
		pprof.StopCPUProfile()
		_ = file.Close()
	}
}
