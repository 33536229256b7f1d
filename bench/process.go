package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ticks is how many units of CPU time the kernel reports a second in: USER_HZ,
// 100 on every architecture that Go runs Linux on.
const ticks = 100

// cpuTime returns the CPU time that a process has taken, in user and in kernel
// mode.
func cpuTime(pid int) (time.Duration, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	return cpuOf(string(text))
}

// cpuOf reads the CPU time from what the kernel says of a process. The name of
// the program may hold anything, so the fields are counted from its end.
func cpuOf(stat string) (time.Duration, error) {
	fields := strings.Fields(stat[strings.LastIndexByte(stat, ')')+1:])
	if len(fields) < 13 {
		return 0, fmt.Errorf("read CPU time: %q", stat)
	}
	user, err := strconv.ParseInt(fields[11], 10, 64)
	if err != nil {
		return 0, err
	}
	system, err := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * (time.Second / ticks), err
}

// resident returns how much memory of a process is resident, now and at most so
// far, in megabytes.
func resident(pid int) (now, peak float64, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, 0, err
	}
	if now, err = kilobytes(string(text), "VmRSS:"); err != nil {
		return 0, 0, err
	}
	peak, err = kilobytes(string(text), "VmHWM:")
	return now, peak, err
}

// kilobytes returns a line of a listing of the kernel in megabytes (of 1024
// kilobytes).
func kilobytes(listing, name string) (float64, error) {
	_, after, found := strings.Cut("\n"+listing, "\n"+name)
	fields := strings.Fields(after)
	if !found || len(fields) == 0 {
		return 0, fmt.Errorf("no %s", name)
	}
	kb, err := strconv.ParseFloat(fields[0], 64)
	return kb / 1024, err
}

// watchMemory reads the resident memory of a process at once and then at every
// interval, until ctx ends or the process does, and tells hear, which may be nil.
// The function that it returns ends it, and returns what was read.
func watchMemory(ctx context.Context, pid int, every time.Duration, hear func(reading)) (finish func() []reading) {
	ctx, cancel := context.WithCancel(ctx)
	var readings []reading
	var group sync.WaitGroup
	start := time.Now()
	group.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			now, _, err := resident(pid)
			if err != nil {
				return
			}
			r := reading{time.Since(start), now}
			if readings = append(readings, r); hear != nil {
				hear(r)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
	return func() []reading {
		cancel()
		group.Wait()
		return readings
	}
}

const (
	// quietCPU is the CPU time a second of a server that only looks whether there is
	// something to do; quietFor is for how many seconds it has to be so quiet, and
	// quietWithin how long it may take to become so.
	quietCPU    = 30 * time.Millisecond
	quietFor    = 3
	quietWithin = 5 * time.Minute
)

// settle waits until a server that was started does nothing by itself any more: a
// gateway folds what it finds. It reports false where it never does.
func settle(ctx context.Context, pid int) (bool, error) {
	last, err := cpuTime(pid)
	quiet := 0
	for start := time.Now(); err == nil && time.Since(start) < quietWithin; {
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(time.Second):
		}
		var now time.Duration
		if now, err = cpuTime(pid); now-last > quietCPU {
			quiet = 0
		} else if quiet++; quiet == quietFor {
			return true, err
		}
		last = now
	}
	return false, err
}
