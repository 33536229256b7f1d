package main

import (
	"io/fs"
	"log/slog"
	"math"
	"os"
	"runtime/debug"
	"runtime/metrics"
	"strconv"
	"strings"
)

const (
	// heapGrowth is how much the heap may grow before it is collected, in percent:
	// answers are garbage as soon as they are sent, and a gateway whose live heap is
	// small collects all the time with Go's 100. It costs memory for CPU.
	heapGrowth = 400
	// memoryShare is how much of the memory of a container the heap may take, in
	// percent, before it is collected all the more: the rest is for stacks, buffers
	// of the kernel, and what the runtime does not count.
	memoryShare = 85
	// freeGrowth is how many bytes the heap may grow by in any case where no limit is
	// known: about what some hundred answers leave behind, so that a gateway at work
	// still takes less than 150 MB. A large heap grows as Go lets it.
	freeGrowth = 48 << 20
)

// memoryPlan is how eagerly memory is collected. What is 0 is left as it is.
type memoryPlan struct {
	limit   int64 // GOMEMLIMIT in bytes
	percent int   // GOGC
	// ballast is how many bytes are kept that are never touched, and so take no
	// memory: they count as heap in use, which lets the heap grow by as much again
	// before it is collected.
	ballast int
}

// planMemory returns how eagerly memory is collected in a container that may use
// some bytes, 0 where that is not known, unless GOGC or GOMEMLIMIT say so: seldom,
// but within the memory of the container. Where no limit is known Go's own setting
// stays, since a heap that grows freely needs one, and only small heaps are let be.
func planMemory(environment func(name string) string, container int64) memoryPlan {
	var p memoryPlan
	limited := environment("GOMEMLIMIT") != ""
	if !limited && container > 0 {
		p.limit, limited = container/100*memoryShare, true
	}
	switch {
	case environment("GOGC") != "":
	case limited:
		p.percent = heapGrowth
	default:
		p.ballast = freeGrowth
	}
	return p
}

// tuneMemory does as planned, and says what holds. It returns the ballast, to be
// kept as long as the gateway runs.
func tuneMemory(log *slog.Logger) (ballast []byte) {
	p := planMemory(os.Getenv, containerMemory(os.DirFS("/")))
	if p.limit > 0 {
		debug.SetMemoryLimit(p.limit)
	}
	if p.percent > 0 {
		debug.SetGCPercent(p.percent)
	}
	if p.ballast > 0 {
		ballast = make([]byte, p.ballast)
	}
	limit := "none"
	if bytes := debug.SetMemoryLimit(-1); bytes < math.MaxInt64 {
		limit = strconv.FormatInt(bytes, 10)
	}
	settings := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(settings)
	log.Debug("memory", "GOMEMLIMIT", limit, "GOGC", settings[0].Value.Uint64(), "free", len(ballast))
	return ballast
}

// containerMemory returns the memory that the container of the process may use in
// bytes, 0 where none is set. It reads what the kernel tells at a root.
func containerMemory(root fs.FS) int64 {
	for _, file := range []string{"sys/fs/cgroup/memory.max", "sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := fs.ReadFile(root, file)
		if err != nil {
			continue
		}
		limit, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
		if err == nil && limit < 1<<50 { // the older file has a huge number for none
			return limit
		}
	}
	return 0
}
