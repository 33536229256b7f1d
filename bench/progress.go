package main

import (
	"fmt"
	"os"
	"time"
)

// sayEvery is how often something that takes long says how far it is.
const sayEvery = 10 * time.Second

// say tells on standard error what is under way; standard output is for results.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "%s  "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, args...)...)
}

// progress tells how many of some things are done, and how fast.
type progress struct {
	what        string
	from, total int
	start, said time.Time
}

func newProgress(what string, done, total int) *progress {
	now := time.Now()
	return &progress{what, done, total, now, now}
}

// report tells how far it is, now and then and at the end.
func (p *progress) report(done int) {
	if done < p.total && time.Since(p.said) < sayEvery {
		return
	}
	p.said = time.Now()
	say("%s: %d of %d, %.0f a second", p.what, done, p.total, float64(done-p.from)/time.Since(p.start).Seconds())
}
