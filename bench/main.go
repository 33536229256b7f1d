// Command bench measures the gateway beside GraphQL servers of others and beside
// a handler without GraphQL, all on the same data in the same database.
//
//	go run ./bench -uri mongodb://127.0.0.1:27017/ -calls 10000
//
// fills the database (-fill), starts every server, checks that all answer each
// operation with the same bytes of data, and prints a table.
package main

import (
	"context"
	"embed"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

//go:embed operations/*.graphql
var operations embed.FS

// names are the operations, in the order of the table.
var names = []string{"page25", "page250", "call", "products"}

type settings struct {
	uri, database string
	calls         int
	fill          bool
	connections   int
	lasting       time.Duration
	rate          float64
}

func main() {
	var s settings
	flag.StringVar(&s.uri, "uri", "mongodb://127.0.0.1:27017/", "the database server")
	flag.StringVar(&s.database, "database", "cartograph_bench", "the database, which belongs to the benchmark")
	flag.IntVar(&s.calls, "calls", 10_000, "how many calls the data set has")
	flag.BoolVar(&s.fill, "fill", true, "write the data set first")
	flag.IntVar(&s.connections, "connections", 16, "connections to the server that is measured")
	flag.DurationVar(&s.lasting, "for", 10*time.Second, "how long each run lasts; 0 checks the answers only")
	flag.Float64Var(&s.rate, "rate", 0, "requests a second; 0 sends each as soon as the one before is answered")
	serveLimit := flag.String("limit", "", "serve the handler without GraphQL at this address, and nothing else")
	flag.Parse()
	if err := run(s, *serveLimit); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(s settings, serveLimit string) error {
	ctx := context.Background()
	client, err := mongo.Connect(options.Client().ApplyURI(s.uri))
	if err != nil {
		return err
	}
	defer func() { _ = client.Disconnect(ctx) }()
	db := client.Database(s.database)
	if serveLimit != "" {
		return http.ListenAndServe(serveLimit, &limit{db})
	}
	servers, err := newServers(s)
	if err != nil {
		return err
	}
	defer servers.stop()
	token, err := servers.prepare() // makes the indexes too
	if err != nil {
		return err
	}
	if s.fill {
		if err := fill(ctx, db, s.calls); err != nil {
			return err
		}
	}
	if err := servers.start(token); err != nil {
		return err
	}
	for _, name := range names {
		document, err := operations.ReadFile("operations/" + name + ".graphql")
		if err != nil {
			return err
		}
		if err := measure(s, servers.targets, name, string(document)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// measure checks that all targets answer an operation alike, and prints a row for
// each: its throughput, as a share of the first one's, and its latencies.
func measure(s settings, targets []target, name, document string) error {
	request := body(document)
	var want string
	for i, t := range targets {
		answer, err := t.ask(http.DefaultClient, request)
		if err != nil {
			return err
		}
		got, err := data(answer)
		if err != nil {
			return fmt.Errorf("%s: %w", t.name, err)
		}
		if i == 0 {
			want = got
		} else if got != want {
			return fmt.Errorf("%s answers otherwise than %s:\n%.400s\n%.400s", t.name, targets[0].name, got, want)
		}
	}
	fmt.Printf("\n%s: %d servers answer with the same %d bytes of data\n", name, len(targets), len(want))
	if s.lasting == 0 {
		return nil
	}
	fmt.Printf("| server | requests/s | share | p50 ms | p99 ms |\n| - | -: | -: | -: | -: |\n")
	var first float64
	for i, t := range targets {
		if _, err := t.run(request, s.connections, 0, s.lasting/5); err != nil { // warm
			return err
		}
		m, err := t.run(request, s.connections, s.rate, s.lasting)
		if err != nil {
			return err
		}
		if i == 0 {
			first = m.perSecond
		}
		fmt.Printf("| %s | %.0f | %.2f | %.1f | %.1f |\n", t.name, m.perSecond, m.perSecond/first,
			float64(m.latency.ValueAtQuantile(50))/1000, float64(m.latency.ValueAtQuantile(99))/1000)
	}
	return nil
}

// servers are the processes that are measured.
type servers struct {
	settings
	folder  string // of what is built
	targets []target
	running []*exec.Cmd
}

func newServers(s settings) (*servers, error) {
	folder, err := os.MkdirTemp("", "bench")
	return &servers{settings: s, folder: folder}, err
}

// prepare builds the gateway and makes a token, which opens the database and so
// makes its indexes.
func (s *servers) prepare() (token string, err error) {
	for binary, source := range map[string]string{"gateway": ".", "bench": "./bench"} {
		build := exec.Command("go", "build", "-o", filepath.Join(s.folder, binary), source)
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return "", fmt.Errorf("build %s: %w", source, err)
		}
	}
	create := exec.Command(filepath.Join(s.folder, "gateway"), "token", "create", "--org="+org, "--scopes=all", "--mongodb-uri="+s.uri, "--mongodb-database="+s.database)
	create.Stderr = os.Stderr
	printed, err := create.Output()
	lines := strings.Fields(string(printed))
	if err != nil || len(lines) == 0 {
		return "", fmt.Errorf("create a token: %w", err)
	}
	return lines[len(lines)-1], nil
}

// start starts all servers, and waits until they listen.
func (s *servers) start(token string) error {
	at := func() (string, string, error) {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", "", err
		}
		defer listener.Close()
		_, port, err := net.SplitHostPort(listener.Addr().String())
		return "127.0.0.1:" + port, port, err
	}
	for _, name := range []string{"limit", "gateway", "mercurius", "yoga", "apollo"} {
		address, port, err := at()
		if err != nil {
			return err
		}
		path := "/graphql"
		var command *exec.Cmd
		switch name {
		case "limit":
			command = exec.Command(filepath.Join(s.folder, "bench"), "-limit", address, "-uri", s.uri, "-database", s.database)
		case "gateway":
			command = exec.Command(filepath.Join(s.folder, "gateway"), "serve", "--listen-addr="+address, "--mongodb-uri="+s.uri, "--mongodb-database="+s.database,
				"--token-rate=0", "--organization-rate=0", "--max-cost=1000000", "--log-level=warn")
		default:
			command = exec.Command("node", "bench/peers/"+name+".js")
			if name == "apollo" {
				path = "/"
			}
		}
		command.Env = append(os.Environ(), "PORT="+port, "MONGODB_URI="+s.uri, "MONGODB_DATABASE="+s.database, "NODE_ENV=production")
		command.Stderr = os.Stderr
		if err := command.Start(); err != nil {
			return err
		}
		s.running = append(s.running, command)
		t := target{name: name, url: "http://" + address + path}
		if name == "gateway" {
			t.token = token
		}
		s.targets = append(s.targets, t)
		if err := listens(address); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// listens waits until somebody listens at an address.
func listens(address string) error {
	var err error
	for range 200 {
		var connection net.Conn
		if connection, err = net.Dial("tcp", address); err == nil {
			return connection.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	return err
}

// stop ends the servers that were started here.
func (s *servers) stop() {
	for _, command := range s.running {
		_ = command.Process.Kill()
		_ = command.Wait()
	}
	_ = os.RemoveAll(s.folder)
}
