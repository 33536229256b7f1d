package repository_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"cartograph/analytics"
	"cartograph/repository"
	"cartograph/repository/repositorytest"
)

// stalling stands before a server and lets everything through until it stalls:
// then nothing comes back any more.
type stalling struct {
	network, address string
	listener         net.Listener
	mu               sync.Mutex
	conns            []net.Conn
	stalled          bool
}

// stallingBefore returns it, and the URI to use instead of the server's.
func stallingBefore(t *testing.T, uri string) (*stalling, string) {
	t.Helper()
	u, err := url.Parse(strings.ReplaceAll(uri, "%2F", "SLASH"))
	if err != nil {
		t.Fatal(err)
	}
	s := &stalling{network: "tcp", address: u.Host}
	if strings.Contains(u.Host, "SLASH") {
		s.network, s.address = "unix", strings.ReplaceAll(u.Host, "SLASH", "/")
	}
	if s.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go s.accept()
	t.Cleanup(s.close)
	return s, "mongodb://" + s.listener.Addr().String() + "/?directConnection=true"
}

func (s *stalling) accept() {
	for {
		client, err := s.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial(s.network, s.address)
		if err != nil {
			client.Close()
			continue
		}
		s.mu.Lock()
		s.conns = append(s.conns, client, server)
		s.mu.Unlock()
		go func() { _, _ = io.Copy(server, client) }()
		go func() { _, _ = io.Copy(answers{s, client}, server) }()
	}
}

func (s *stalling) stall() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stalled = true
}

func (s *stalling) close() {
	s.listener.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.Close()
	}
}

// answers are what a server says to a client.
type answers struct {
	*stalling
	client io.Writer
}

// Write passes answers on, and swallows them once the server stalls.
func (a answers) Write(piece []byte) (int, error) {
	a.mu.Lock()
	stalled := a.stalled
	a.mu.Unlock()
	if stalled {
		return len(piece), nil
	}
	return a.client.Write(piece)
}

// Whatever is sent to a server that does not answer any more ends after the time
// of a command, although whoever asked has more.
func TestEveryCommandEndsWhereTheServerStalls(t *testing.T) {
	t.Parallel()
	uri, database := repositorytest.Database(t)
	server, uri := stallingBefore(t, uri)
	repo, err := repository.Open(repository.Options{URI: uri, Database: database, Timeout: 300 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close(context.Background()) })
	commands := repo.Commands("things")
	if len(commands) < 13 {
		t.Fatalf("only %d commands are tried", len(commands))
	}
	for range 100 { // the first may take longer than a command has: it connects
		if err = repo.Ping(t.Context()); err == nil {
			break
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	server.stall()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	for name, send := range commands {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := send(ctx); analytics.CodeOf(err) != analytics.Timeout || ctx.Err() != nil {
				t.Errorf("got %v, and of the context %v", err, ctx.Err())
			}
		})
	}
}
