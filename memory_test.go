package main

import (
	"log/slog"
	"math"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"
)

func TestHowEagerlyMemoryIsCollected(t *testing.T) {
	const gib = 1 << 30
	for _, tt := range []struct {
		name        string
		environment map[string]string
		container   int64
		want        memoryPlan
	}{
		{"a container with a limit", nil, gib, memoryPlan{limit: gib / 100 * 85, percent: 400}},
		{"no limit that is known", nil, 0, memoryPlan{ballast: freeGrowth}},
		{"GOGC wins", map[string]string{"GOGC": "50"}, gib, memoryPlan{limit: gib / 100 * 85}},
		{"GOGC wins without a limit", map[string]string{"GOGC": "off"}, 0, memoryPlan{}},
		{"GOMEMLIMIT wins", map[string]string{"GOMEMLIMIT": "2GiB"}, gib, memoryPlan{percent: 400}},
		{"GOMEMLIMIT is a limit too", map[string]string{"GOMEMLIMIT": "2GiB"}, 0, memoryPlan{percent: 400}},
		{"both win", map[string]string{"GOGC": "50", "GOMEMLIMIT": "2GiB"}, gib, memoryPlan{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := planMemory(func(name string) string { return tt.environment[name] }, tt.container); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestTheMemoryOfAContainer(t *testing.T) {
	const newer, older = "sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"
	for _, tt := range []struct {
		name, file, text string
		want             int64
	}{
		{"a limit", newer, "1073741824\n", 1 << 30},
		{"no limit", newer, "max\n", 0},
		{"a limit of an older kernel", older, "536870912\n", 1 << 29},
		{"no limit of an older kernel", older, "9223372036854771712\n", 0},
		{"no cgroups", "etc/hosts", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := containerMemory(fstest.MapFS{tt.file: {Data: []byte(tt.text)}}); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
		})
	}
}

func TestAGatewaySaysHowItCollectsMemory(t *testing.T) {
	t.Setenv("GOGC", "100") // so that nothing of this process changes
	t.Setenv("GOMEMLIMIT", "off")
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		t.Skip("the tests run with a limit")
	}
	log := &strings.Builder{}
	tuneMemory(slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	if !strings.Contains(log.String(), `level=DEBUG msg=memory GOMEMLIMIT=none GOGC=`) {
		t.Error(log.String())
	}
}
