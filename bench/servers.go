package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// allServers are the servers that can be measured, in the order of the tables.
// The shares of all are parts of the first one's.
var allServers = []string{limitServer, gatewayServer, uncachedServer, "mercurius", "yoga", "apollo"}

const (
	limitServer    = "limit"
	gatewayServer  = "gateway"
	uncachedServer = "uncached" // the gateway, which then keeps no documents in memory
)

// isGateway reports whether a server is the gateway, and isPeer whether it is one
// that others make.
func isGateway(server string) bool { return server == gatewayServer || server == uncachedServer }
func isPeer(server string) bool    { return server != limitServer && !isGateway(server) }

const (
	// readyWithin is how long a server may take to answer: a gateway folds what it
	// finds first.
	readyWithin = 5 * time.Minute
	readyEvery  = 100 * time.Millisecond
	// stopWithin is how long a process that was told to end may take.
	stopWithin = 10 * time.Second
)

// servers are the processes that are measured, and the embedded database where
// there is no other.
type servers struct {
	uri, database string
	folder        string // of what is built
	token         string
	running       []*exec.Cmd
}

// build builds the gateway and this program into a folder of their own.
func build(ctx context.Context) (*servers, error) {
	folder, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	s := &servers{folder: folder}
	for binary, source := range map[string]string{"gateway": ".", "bench": "./bench"} {
		command := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(folder, binary), source)
		command.Stderr = os.Stderr
		if err := command.Run(); err != nil {
			return s, fmt.Errorf("build %s: %w", source, err)
		}
	}
	return s, nil
}

// installPeers installs what the servers of others need, unless it is there.
func installPeers(ctx context.Context) error {
	if _, err := os.Stat("bench/peers/node_modules"); err == nil {
		return nil
	}
	command := exec.CommandContext(ctx, "npm", "ci", "--prefix", "bench/peers", "--no-audit", "--no-fund")
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("install the servers of others (-servers limit,gateway leaves them out): %w", err)
	}
	return nil
}

// useEmbedded starts the embedded database in a process of its own on a folder,
// or for none on one that ends with it.
func (s *servers) useEmbedded(ctx context.Context, folder string) error {
	if folder == "" {
		folder = filepath.Join(s.folder, "data")
	}
	command := exec.Command(filepath.Join(s.folder, "bench"), "-serve-embedded", folder)
	command.Stderr = os.Stderr
	printed, err := command.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.run(command); err != nil {
		return err
	}
	line, err := bufio.NewReader(printed).ReadString('\n')
	s.uri = strings.TrimSpace(line)
	if err != nil {
		return fmt.Errorf("start the embedded database: %w", err)
	}
	return ctx.Err()
}

// createToken makes a token of the gateway, and with it the indexes of the
// database.
func (s *servers) createToken(ctx context.Context) error {
	command := exec.CommandContext(ctx, filepath.Join(s.folder, "gateway"), "token", "create", "--org="+org, "--scopes=all")
	command.Env = s.environment("")
	command.Stderr = os.Stderr
	printed, err := command.Output()
	words := strings.Fields(string(printed))
	if err != nil || len(words) == 0 {
		return fmt.Errorf("create a token: %w", err)
	}
	s.token = words[len(words)-1]
	return nil
}

// environment is that of a server at a port.
func (s *servers) environment(port string) []string {
	return append(os.Environ(), "PORT="+port, "MONGODB_URI="+s.uri, "MONGODB_DATABASE="+s.database, "NODE_ENV=production")
}

// start starts a server, and waits until it answers.
func (s *servers) start(ctx context.Context, name string) (target, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return target{}, err
	}
	address := listener.Addr().String()
	_ = listener.Close()
	_, port, _ := net.SplitHostPort(address)

	t := target{name: name, url: "http://" + address + "/graphql"}
	ready := t.url
	var command *exec.Cmd
	switch name {
	case limitServer:
		command = exec.Command(filepath.Join(s.folder, "bench"), "-serve-limit", address, "-uri", s.uri, "-database", s.database)
	case gatewayServer, uncachedServer:
		command = exec.Command(filepath.Join(s.folder, "gateway"), "serve", "--listen-addr="+address,
			"--token-rate=0", "--organization-rate=0", "--max-cost=1000000", "--log-level=warn")
		if name == uncachedServer {
			command.Args = append(command.Args, "--cache-ttl=0")
		}
		t.token, ready = s.token, "http://"+address+"/readyz"
	default:
		command = exec.Command("node", "bench/peers/"+name+".js")
		if name == "apollo" {
			t.url = "http://" + address + "/"
			ready = t.url
		}
	}
	command.Env = s.environment(port)
	command.Stderr = os.Stderr
	if err := s.run(command); err != nil {
		return t, fmt.Errorf("start %s: %w", name, err)
	}
	t.pid = command.Process.Pid
	return t, answers(ctx, ready, isGateway(name))
}

func (s *servers) run(command *exec.Cmd) error {
	if err := command.Start(); err != nil {
		return err
	}
	s.running = append(s.running, command)
	return nil
}

// answers waits until somebody answers at an address, if well is set with 200.
func answers(ctx context.Context, url string, well bool) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK || !well {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("nobody answers at %s: %w", url, ctx.Err())
		case <-time.After(readyEvery):
		}
	}
}

// stop ends the server of a target.
func (s *servers) stop(t target) {
	s.running = slices.DeleteFunc(s.running, func(command *exec.Cmd) bool {
		if command.Process.Pid != t.pid {
			return false
		}
		end(command)
		return true
	})
}

// stopAll ends all processes, the last started first, and takes away what was
// built.
func (s *servers) stopAll() error {
	for _, command := range slices.Backward(s.running) {
		end(command)
	}
	s.running = nil
	return os.RemoveAll(s.folder)
}

// end asks a process to end, and insists after a while.
func end(command *exec.Cmd) {
	_ = command.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(stopWithin, func() { _ = command.Process.Kill() })
	defer timer.Stop()
	_ = command.Wait()
}

// chosen returns those of a list of names that another list, separated by commas,
// names, in the order of the first. It fails for names that are not in it.
func chosen(all []string, list string) ([]string, error) {
	if list == "" {
		return all, nil
	}
	wanted := strings.Split(list, ",")
	for _, name := range wanted {
		if !slices.Contains(all, name) {
			return nil, errors.New(name + " is none of " + strings.Join(all, ", "))
		}
	}
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !slices.Contains(wanted, name) }), nil
}
