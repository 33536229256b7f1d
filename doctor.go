package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"cartograph/embedded"
	"cartograph/repository"
)

const (
	// slowDatabase is a latency with which pages that take four commands are felt.
	slowDatabase = 20 * time.Millisecond
	// skewWarn and skewFail bound how far clocks may differ: what is due, and what
	// expires, is decided by clocks of gateways.
	skewWarn = time.Second
	skewFail = 10 * time.Second
	// freeWarn and freeFail bound the space that a data folder should have left: a
	// snapshot needs as much as the data.
	freeWarn = 5 << 30
	freeFail = 512 << 20
	// doctorTimeout bounds each look.
	doctorTimeout = 10 * time.Second
)

// doctorCommand looks for what is wrong with a deployment.
type doctorCommand struct {
	NATSURL string `help:"The NATS server of the gateways, if there is one." env:"NATS_URL" name:"nats-url" placeholder:"URL"`

	identity `embed:""`
}

// finding is one line of the doctor.
type finding struct {
	state  string // ok, warn or fail
	what   string
	advice string // what to do; "" for ok
}

func ok(format string, args ...any) finding {
	return finding{state: "ok", what: fmt.Sprintf(format, args...)}
}

func warn(advice, format string, args ...any) finding {
	return finding{"warn", fmt.Sprintf(format, args...), advice}
}

func bad(advice, format string, args ...any) finding {
	return finding{"fail", fmt.Sprintf(format, args...), advice}
}

// errUnwell is what the doctor ends with where something failed.
var errUnwell = errors.New("something has to be mended")

// Run looks, changes nothing, and prints what it found. It fails where a gateway
// would not work.
func (c *doctorCommand) Run(ctx context.Context, s *Settings, t terminal, log *slog.Logger) error {
	findings := c.look(ctx, s, log)
	failed := false
	for _, f := range findings {
		printFinding(t.out, f)
		failed = failed || f.state == "fail"
	}
	if failed {
		return errUnwell
	}
	return nil
}

func printFinding(out io.Writer, f finding) {
	fmt.Fprintf(out, "%-4s  %s\n", f.state, f.what)
	if f.advice != "" {
		fmt.Fprintf(out, "      %s\n", f.advice)
	}
}

// look returns all findings.
func (c *doctorCommand) look(ctx context.Context, s *Settings, log *slog.Logger) []finding {
	var findings []finding
	if s.MongoDBURI == "" {
		findings = append(findings, lookAtFolder(s.DataDir)...)
		if _, err := os.Stat(s.DataDir); err != nil {
			return append(append(findings, c.lookAtKeys(ctx, log)...), c.lookAtNATS())
		}
	}
	findings = append(findings, c.lookAtDatabase(ctx, s, log)...)
	return append(append(findings, c.lookAtKeys(ctx, log)...), c.lookAtNATS())
}

// lookAtFolder looks at the folder of the embedded database.
func lookAtFolder(dir string) []finding {
	parent := dir
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		parent = filepath.Dir(dir)
	case err != nil:
		return []finding{bad("let the user of the gateway read it", "data folder %s: %v", dir, err)}
	case !info.IsDir():
		return []finding{bad("name a folder by DATA_DIR", "data folder %s is no folder", dir)}
	}
	var findings []finding
	switch {
	case unix.Access(parent, unix.W_OK|unix.X_OK) != nil:
		findings = append(findings, bad("let the user of the gateway write to "+parent, "data folder %s cannot be written", dir))
	case parent != dir:
		findings = append(findings, warn("it is made, with demo data, when the gateway starts", "data folder %s is not there yet", dir))
	case info.Mode().Perm()&0o077 != 0:
		findings = append(findings, warn("chmod 700 "+dir+" (the gateway does so when it starts)", "data folder %s is open to other users", dir))
	default:
		findings = append(findings, ok("data folder %s is there, and closed to others", dir))
	}
	var disk unix.Statfs_t
	if err := unix.Statfs(parent, &disk); err != nil {
		return append(findings, warn("look at the disk", "space of the data folder: %v", err))
	}
	free := int64(disk.Bavail) * disk.Bsize
	space := fmt.Sprintf("the data folder has %.1f GiB of space left", float64(free)/(1<<30))
	switch {
	case free < freeFail:
		return append(findings, bad("make space: writes are refused once the disk is full", "%s", space))
	case free < freeWarn:
		return append(findings, warn("make space: a snapshot needs as much as the data", "%s", space))
	}
	return append(findings, ok("%s", space))
}

// lookAtDatabase looks at the database behind the settings.
func (c *doctorCommand) lookAtDatabase(ctx context.Context, s *Settings, log *slog.Logger) []finding {
	db, err := connect(s, log)
	if err != nil {
		return []finding{bad("see MONGODB_URI or DATA_DIR", "database: %s", message(err))}
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(ctx, doctorTimeout)
	defer cancel()
	state, err := db.InspectServer(ctx)
	if err != nil {
		return []finding{bad("see MONGODB_URI, the network between, and whether the server runs", "database: %s", message(err))}
	}
	findings := []finding{ok("the database answers, version %s", state.Version)}
	findings = append(findings, lookAtLatency(state.Latency), lookAtClock(state.Ahead), lookAtIndexes(ctx, db), c.lookAtTokens(ctx, db))
	n, err := db.CountMarks(ctx, time.Now().Add(-2*recoverAfter))
	switch {
	case err != nil:
		findings = append(findings, bad("see the log of the database", "unfinished writes: %s", message(err)))
	case n > 0:
		findings = append(findings, warn("start a gateway: it finishes them within a minute", "%d writes were broken off and wait to be finished", n))
	default:
		findings = append(findings, ok("no write was left half done"))
	}
	return findings
}

// connect opens the database without changing anything in it. The embedded engine
// is started where no gateway has its folder open.
func connect(s *Settings, log *slog.Logger) (*database, error) {
	uri, d := s.MongoDBURI, &database{}
	if uri == "" {
		engine, err := embedded.Open(s.DataDir, embedded.Options{Logger: log})
		switch {
		case err == nil:
			d.engine, uri = engine, engine.URI()
		case errors.Is(err, embedded.ErrLocked):
			if uri, err = embedded.URI(s.DataDir); err != nil {
				return nil, err
			}
		default:
			return nil, err
		}
	}
	repo, err := repository.Open(repository.Options{URI: uri, Database: s.MongoDBDatabase})
	if err != nil {
		return nil, errors.Join(err, d.closeEngine())
	}
	d.Repository = repo
	return d, nil
}

func lookAtLatency(latency time.Duration) finding {
	latency = latency.Round(time.Microsecond)
	if latency > slowDatabase {
		return warn("run the gateway near its database: a page takes up to seven commands", "a command takes %s", latency)
	}
	return ok("a command takes %s", latency)
}

func lookAtClock(ahead *time.Duration) finding {
	if ahead == nil {
		return warn("compare the clocks of the gateway and the database by hand", "the database does not tell its time")
	}
	difference := ahead.Abs().Round(time.Millisecond)
	switch {
	case difference > skewFail:
		return bad("set the clocks by NTP: what is due and what expires goes by them", "the clocks of the gateway and the database differ by %s", difference)
	case difference > skewWarn:
		return warn("set the clocks by NTP", "the clocks of the gateway and the database differ by %s", difference)
	}
	return ok("the clocks of the gateway and the database differ by %s", difference)
}

func lookAtIndexes(ctx context.Context, db *database) finding {
	d, err := db.CompareIndexes(ctx)
	switch {
	case err != nil:
		return bad("let the user of the gateway list indexes", "indexes: %s", message(err))
	case len(d.Missing) > 0:
		return bad("start the gateway, which makes them; let its user create indexes", "%d indexes are missing: %s", len(d.Missing), strings.Join(d.Missing, ", "))
	case len(d.Extra) > 0:
		return warn("drop those that nothing else needs: each makes writes slower", "%d indexes are not ours: %s", len(d.Extra), strings.Join(d.Extra, ", "))
	}
	return ok("every index is there")
}

func (c *doctorCommand) lookAtTokens(ctx context.Context, db *database) finding {
	state, err := db.State(ctx)
	if err != nil {
		return bad("see the log of the database", "tokens: %s", message(err))
	}
	n, err := db.CountTokens(ctx)
	switch {
	case err != nil:
		return bad("see the log of the database", "tokens: %s", message(err))
	case n > 0:
		return ok("tokens: %d", n)
	case c.identity.given():
		return ok("there is no API token, and JWTs are let in")
	case state.Demo && !state.Closed:
		return warn("for data of your own: cartograph token create --org NAME --scopes all", "there is no token: the demo data is open on this machine")
	}
	return bad("cartograph token create --org NAME --scopes all", "there is no token: nobody could be let in")
}

// lookAtNATS looks whether the server for notices can be reached.
func (c *doctorCommand) lookAtNATS() finding {
	if c.NATSURL == "" {
		return ok("no NATS server is set: news of other gateways come within a second")
	}
	u, err := url.Parse(strings.Split(c.NATSURL, ",")[0])
	if err != nil || u.Host == "" {
		return bad("write NATS_URL as nats://HOST:4222", "the address of the NATS server cannot be read")
	}
	address := u.Host
	if u.Port() == "" {
		address = net.JoinHostPort(u.Hostname(), "4222")
	}
	connection, err := net.DialTimeout("tcp", address, doctorTimeout)
	if err != nil {
		return warn("see NATS_URL and whether the server runs; without it news of other gateways come up to 5 seconds late", "the NATS server cannot be reached")
	}
	connection.Close()
	return ok("the NATS server can be reached")
}
