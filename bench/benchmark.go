package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// seriesEvery is how far apart the memory of servers is read while they are
// measured.
const seriesEvery = 5 * time.Second

// benchmark is a run on a database that is filled.
type benchmark struct {
	flags
	servers *servers
	loads   []string
	page    *page
}

func (b *benchmark) loaded(load string) bool { return slices.Contains(b.loads, load) }

// measure measures operations of servers, and then the memory of the gateway.
func (b *benchmark) measure(ctx context.Context, names []string, measuring []operation) error {
	var all []*results
	var err error
	if b.loaded(checkLoad) || b.loaded(closedLoad) || b.loaded(halfLoad) || b.loaded(fixedLoad) {
		if all, err = b.measureServers(ctx, names, measuring); err != nil {
			return err
		}
	}
	var memory *memoryRun
	if b.loaded(memoryLoad) {
		if memory, err = b.measureMemory(ctx); err != nil {
			return err
		}
		b.page.section("Memory of the gateway with the mixed load", memory.markdown())
	}
	if reached := aims(all, memory); len(reached) > 0 {
		b.page.section("Aims", aimsTable(reached))
	}
	return nil
}

// measureServers starts all servers, compares what they answer, and measures
// them.
func (b *benchmark) measureServers(ctx context.Context, names []string, measuring []operation) ([]*results, error) {
	var targets []target
	for _, name := range names {
		t, err := b.startOne(ctx, name)
		if err != nil {
			return nil, err
		}
		targets = append(targets, t)
	}
	for _, o := range measuring {
		if o.name == mixed {
			continue // made of the others
		}
		size, err := compare(ctx, targets, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.name, err)
		}
		say("%s: %d servers answer with the same %d bytes of data", o.name, len(answering(targets, o)), size)
	}
	finish := map[string]func() []reading{}
	for _, t := range targets {
		finish[t.name] = watchMemory(ctx, t.pid, seriesEvery, nil)
	}
	all, err := b.measureRounds(ctx, targets, measuring)
	if err != nil {
		return nil, err
	}
	memory := newTable(1, "server", "at most MB", "over time")
	for _, t := range targets {
		_, peak, err := resident(t.pid)
		if err != nil {
			return nil, err
		}
		memory.row(t.name, fmt.Sprintf("%.1f", peak), seriesOf(finish[t.name]()))
		b.servers.stop(t)
	}
	if len(all) > 0 {
		b.page.section("Memory of the servers in all of this", memory.String())
	}
	return all, nil
}

// startOne starts a server, and waits until it has settled.
func (b *benchmark) startOne(ctx context.Context, name string) (target, error) {
	say("starting %s", name)
	t, err := b.servers.start(ctx, name)
	if err != nil {
		return t, fmt.Errorf("%s: %w", name, err)
	}
	if !isGateway(name) {
		return t, nil
	}
	settled, err := settle(ctx, t.pid)
	if err == nil && !settled {
		say("%s still works by itself: what follows is measured beside that", name)
	}
	return t, err
}

// measureRounds measures the servers by the loads that take rounds.
func (b *benchmark) measureRounds(ctx context.Context, targets []target, measuring []operation) ([]*results, error) {
	var all []*results
	if b.loaded(closedLoad) || b.loaded(halfLoad) {
		for _, o := range measuring {
			say("%s: closed loop", o.name)
			r, err := closedLoop(ctx, b.settings, targets, o)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", o.name, err)
			}
			all = append(all, r)
		}
	}
	if b.loaded(halfLoad) {
		half := b.settings
		half.rate = 0
		for _, r := range all {
			say("%s: half load", r.operation.name)
			if err := atRate(ctx, half, targets, r); err != nil {
				return nil, fmt.Errorf("%s: %w", r.operation.name, err)
			}
		}
	}
	if len(all) > 0 {
		title := fmt.Sprintf("Closed loop: %d connections, %d rounds of %s", b.connections, b.rounds, b.round)
		if b.loaded(halfLoad) {
			title += fmt.Sprintf("; half load: %d rounds of %s", b.halfRounds, b.halfRound)
		}
		b.page.section(title, roundsTable(all))
	}
	if b.loaded(fixedLoad) {
		fixed := make([]*results, len(measuring))
		for i, o := range measuring {
			say("%s: %.0f requests a second", o.name, b.rate)
			fixed[i] = &results{operation: o}
			for _, t := range answering(targets, o) {
				fixed[i].servers = append(fixed[i].servers, t.name)
			}
			if err := atRate(ctx, b.settings, targets, fixed[i]); err != nil {
				return nil, fmt.Errorf("%s: %w", o.name, err)
			}
		}
		b.page.section(fmt.Sprintf("At %.0f requests a second: %d rounds of %s", b.rate, b.halfRounds, b.halfRound), rateTable(fixed))
	}
	return all, nil
}

// measureMemory measures the memory of a gateway of its own.
func (b *benchmark) measureMemory(ctx context.Context) (*memoryRun, error) {
	mix, err := documentsOf([]string{mixed})
	if err != nil {
		return nil, err
	}
	t, err := b.startOne(ctx, gatewayServer)
	if err != nil {
		return nil, err
	}
	defer b.servers.stop(t)
	say("memory: %.0f requests of the mixed load a second for %s", b.memoryRate, b.memoryFor)
	return measureMemory(ctx, t, mix[0], b.memoryRate, b.memoryFor)
}
