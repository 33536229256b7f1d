package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"
)

// operation is one that is measured, and by which servers it can be answered.
type operation struct {
	name   string
	bodies [][]byte
	// ours: the servers of others do not answer it.
	ours bool
}

// results are what the rounds of an operation came to, by server.
type results struct {
	operation operation
	servers   []string
	alone     map[string]float64 // p50 in milliseconds of one connection
	closed    map[string]*rounds // each request as soon as one before it is answered
	half      map[string]*rounds // at half of the throughput of these
	rate      map[string]float64 // that was asked for in half
}

// rounds are what the rounds of one server came to.
type rounds struct {
	perSecond []float64
	all       measured // of all rounds
}

func (r *rounds) add(m *measured) {
	if r.all.latency == nil {
		r.all.latency = newLatencies()
	}
	r.perSecond = append(r.perSecond, m.perSecond())
	r.all.add(m)
}

// cpu returns the CPU time of the server for each request, in milliseconds.
func (r *rounds) cpu() float64 { return r.all.cpuEach() }

// answering returns those of the targets that answer an operation.
func answering(targets []target, o operation) []target {
	var list []target
	for _, t := range targets {
		if !o.ours || !isPeer(t.name) {
			list = append(list, t)
		}
	}
	return list
}

// compare fails unless all targets answer with the same bytes of data, and
// returns how many these are.
func compare(ctx context.Context, targets []target, o operation) (int, error) {
	var want string
	for i, t := range answering(targets, o) {
		answer, err := t.ask(ctx, http.DefaultClient, o.bodies[0])
		if err != nil {
			return 0, err
		}
		got, err := data(answer)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", t.name, err)
		}
		if i == 0 {
			want = got
		} else if got != want {
			at := differs(got, want)
			return 0, fmt.Errorf("%s answers otherwise than %s from byte %d:\n%.300s\n%.300s", t.name, targets[0].name, at, got[at:], want[at:])
		}
	}
	return len(want), nil
}

// differs returns some bytes before the first in which two texts differ.
func differs(a, b string) int {
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	return max(0, same-100)
}

// settings say how it is measured.
type settings struct {
	connections int
	rounds      int
	round       time.Duration
	halfRounds  int
	halfRound   time.Duration
	rate        float64 // of fixed-rate rounds; 0: half of the throughput found
}

// closedLoop measures all servers in turn, one after the other, in each of some
// rounds: what else the machine does meets all of them.
func closedLoop(ctx context.Context, s settings, targets []target, o operation) (*results, error) {
	r := &results{operation: o, alone: map[string]float64{}, closed: map[string]*rounds{}}
	able := answering(targets, o)
	for _, t := range able {
		if _, err := t.run(ctx, load{o.bodies, s.connections, 0, s.round / 2}); err != nil { // warm
			return nil, err
		}
		m, err := t.run(ctx, load{o.bodies, 1, 0, s.round})
		if err != nil {
			return nil, err
		}
		r.servers, r.alone[t.name], r.closed[t.name] = append(r.servers, t.name), m.quantile(50), &rounds{}
	}
	for range s.rounds {
		for _, t := range able {
			m, err := t.run(ctx, load{o.bodies, s.connections, 0, s.round})
			if err != nil {
				return nil, err
			}
			r.closed[t.name].add(m)
		}
	}
	return r, nil
}

// atRate measures the servers at a rate: at that of the settings, or each at half
// of the throughput that it had before.
func atRate(ctx context.Context, s settings, targets []target, r *results) error {
	r.half, r.rate = map[string]*rounds{}, map[string]float64{}
	for _, t := range answering(targets, r.operation) {
		r.half[t.name], r.rate[t.name] = &rounds{}, s.rate
		if s.rate == 0 {
			r.rate[t.name] = spreadOf(r.closed[t.name].perSecond).median / 2
		}
	}
	for range s.halfRounds {
		for _, t := range answering(targets, r.operation) {
			m, err := t.run(ctx, load{r.operation.bodies, s.connections, r.rate[t.name], s.halfRound})
			if err != nil {
				return err
			}
			r.half[t.name].add(m)
		}
	}
	return nil
}

// documentsOf reads operations: those of the named files, and the mixed load.
func documentsOf(names []string) ([]operation, error) {
	bodies := map[string][]byte{}
	for _, name := range operationNames {
		if name == mixed {
			continue
		}
		document, err := operations.ReadFile("operations/" + name + ".graphql")
		if err != nil {
			return nil, err
		}
		bodies[name] = body(string(bytes.TrimSpace(document)))
	}
	var list []operation
	for _, name := range names {
		if name != mixed {
			list = append(list, operation{name: name, bodies: [][]byte{bodies[name]}, ours: name == "callstats" || name == "live"})
			continue
		}
		text, err := operations.ReadFile("operations/mix.txt")
		if err != nil {
			return nil, err
		}
		mix, err := parseMix(string(text))
		if err != nil {
			return nil, err
		}
		o := operation{name: mixed, ours: true}
		for _, name := range schedule(mix) {
			if bodies[name] == nil {
				return nil, fmt.Errorf("mixed load: there is no operation %q", name)
			}
			o.bodies = append(o.bodies, bodies[name])
		}
		list = append(list, o)
	}
	return list, nil
}
