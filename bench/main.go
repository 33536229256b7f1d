// Command bench measures the gateway beside GraphQL servers of others and beside
// a handler without GraphQL, all on the same data in the same database.
//
//	go run ./bench -all
//
// fills an embedded database, starts every server, checks that all answer each
// operation with the same bytes of data, and prints tables. README.md says what
// they mean, and what else there is.
package main

import (
	"cmp"
	"context"
	"embed"
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

//go:embed operations
var operations embed.FS

// mixed is the mixed load.
const mixed = "mixed"

// operationNames are the operations, in the order of the tables.
var operationNames = []string{"page25", "page250", "call", "products", "callstats", "live", mixed}

// The loads.
const (
	checkLoad  = "check"
	closedLoad = "closed"
	halfLoad   = "half"
	fixedLoad  = "fixed"
	memoryLoad = "memory"
)

var allLoads = []string{checkLoad, closedLoad, halfLoad, fixedLoad, memoryLoad}

// flags are what is asked for.
type flags struct {
	settings
	uri, data, database     string
	calls, events           int
	servers, operations     string
	loads                   string
	all                     bool
	memoryFor               time.Duration
	memoryRate              float64
	results                 string
	serveLimit, serveFolder string
}

func main() {
	var f flags
	flag.BoolVar(&f.all, "all", false, "run everything that the published tables show: -load closed,half,memory")
	flag.StringVar(&f.loads, "load", closedLoad, "what to measure, separated by commas: check (the answers only), closed (each request as soon as one before it is answered), half (at half of that throughput), fixed (at -rate), memory (the gateway's, with the mixed load)")
	flag.StringVar(&f.uri, "uri", "", "the database server; none starts the embedded database")
	flag.StringVar(&f.data, "data", "", "a folder to keep the embedded database in; none deletes it at the end")
	flag.StringVar(&f.database, "database", "cartograph_bench", "the database, which belongs to the benchmark")
	flag.IntVar(&f.calls, "calls", 10_000, "how many calls the data set has")
	flag.IntVar(&f.events, "events", largestBroadcast, "how many events of broadcasts it has; whole broadcasts of 100,000 where there are more")
	flag.StringVar(&f.servers, "servers", "", "the servers to measure, separated by commas; none: all")
	flag.StringVar(&f.operations, "operations", "", "the operations to measure, separated by commas; none: all")
	flag.IntVar(&f.connections, "connections", 16, "connections to the server that is measured")
	flag.IntVar(&f.rounds, "rounds", 5, "how many rounds the closed loop has")
	flag.DurationVar(&f.round, "round", 600*time.Millisecond, "how long each of them lasts")
	flag.IntVar(&f.halfRounds, "rate-rounds", 2, "how many rounds there are at half load or at a rate")
	flag.DurationVar(&f.halfRound, "rate-round", 3*time.Second, "how long each of them lasts")
	flag.Float64Var(&f.rate, "rate", 100, "requests a second of -load fixed")
	flag.DurationVar(&f.memoryFor, "memory-for", 10*time.Minute, "how long -load memory lasts")
	flag.Float64Var(&f.memoryRate, "memory-rate", 500, "requests a second of -load memory")
	flag.StringVar(&f.results, "results", "", "a folder to write the tables into, as a page under the date: bench/results")
	flag.StringVar(&f.serveLimit, "serve-limit", "", "serve the handler without GraphQL at this address, and nothing else")
	flag.StringVar(&f.serveFolder, "serve-embedded", "", "serve the embedded database on this folder, and nothing else")
	flag.Parse()

	// Where nobody reads what is printed any more, the servers must be ended too.
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGPIPE)
	var err error
	switch {
	case f.serveFolder != "":
		err = serveEmbedded(ctx, f.serveFolder)
	case f.serveLimit != "":
		err = serveLimit(ctx, f)
	default:
		err = run(ctx, f)
	}
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// serveLimit serves the handler without GraphQL until ctx ends.
func serveLimit(ctx context.Context, f flags) error {
	client, err := mongo.Connect(options.Client().ApplyURI(f.uri))
	if err != nil {
		return err
	}
	defer func() { _ = client.Disconnect(context.WithoutCancel(ctx)) }()
	server := &http.Server{Addr: f.serveLimit, Handler: &limit{client.Database(f.database)}, ReadHeaderTimeout: time.Minute}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		return err
	}
	return nil
}

// run measures what is asked for.
func run(ctx context.Context, f flags) error {
	if f.all {
		f.loads = closedLoad + "," + halfLoad + "," + memoryLoad
	}
	loads, err := chosen(allLoads, f.loads)
	if err != nil {
		return err
	}
	names, err := chosen(allServers, f.servers)
	if err != nil {
		return err
	}
	asked, err := chosen(operationNames, f.operations)
	if err != nil {
		return err
	}
	measuring, err := documentsOf(asked)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(names, isPeer) {
		if err := installPeers(ctx); err != nil {
			return err
		}
	}

	say("building the gateway")
	s, err := build(ctx)
	if s != nil {
		defer func() { _ = s.stopAll() }()
	}
	if err != nil {
		return err
	}
	s.uri, s.database = f.uri, f.database
	if f.uri == "" {
		if err := s.useEmbedded(ctx, f.data); err != nil {
			return err
		}
	}
	want := newDataSet(f.calls, f.events)
	say("data set: %d calls, %d broadcasts of %d events", want.Calls, want.Broadcasts, want.EventsEach)
	if err := fill(ctx, s.uri, s.database, want); err != nil {
		return fmt.Errorf("fill the database: %w", err)
	}
	if err := s.createToken(ctx); err != nil {
		return err
	}

	b := &benchmark{flags: f, servers: s, loads: loads, page: &page{}}
	before := loadAverage()
	err = b.measure(ctx, names, measuring)
	if err != nil {
		b.page.section("Broken off", err.Error()) // what was measured before stands
	}
	machine := describeMachine(ctx, s, f.uri == "") +
		fmt.Sprintf("| data | %d calls, %d events of broadcasts |\n", want.Calls, want.Broadcasts*want.EventsEach) +
		fmt.Sprintf("| load average (1, 5, 15 minutes) | before: %s; after: %s |\n", before, loadAverage())
	b.page.section("The machine", "| | |\n| - | - |\n"+machine)
	if f.results == "" {
		return err
	}
	file, failed := b.page.write(f.results, time.Now())
	if failed == nil {
		say("written to %s", file)
	}
	return cmp.Or(err, failed)
}
