package main

import (
	"os"
	"runtime/debug"
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
	freeGrowth = 64 << 20
)

// ballast is memory that is never touched, and so takes none: it counts as heap
// in use, which lets the heap grow by as much again before it is collected.
var ballast []byte

// tuneMemory sets how eagerly memory is collected, unless GOGC or GOMEMLIMIT say
// so: seldom, but within the memory of the container. Where no limit is known
// Go's own setting stays, since a heap that grows freely needs one, and only small
// heaps are let be.
func tuneMemory() {
	if os.Getenv("GOMEMLIMIT") == "" {
		limit := containerMemory()
		if limit <= 0 {
			if os.Getenv("GOGC") == "" {
				ballast = make([]byte, freeGrowth)
			}
			return
		}
		debug.SetMemoryLimit(limit / 100 * memoryShare)
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}

// containerMemory returns the memory that the container of the process may use in
// bytes, 0 where none is set.
func containerMemory() int64 {
	for _, file := range []string{"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"} {
		text, err := os.ReadFile(file)
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
