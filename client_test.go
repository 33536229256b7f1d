package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/coder/websocket"
)

// client is a WebSocket of graphql-transport-ws, as a client has it.
type client struct {
	t    *testing.T
	conn *websocket.Conn
}

// openSocket opens a socket and shows a token by connection_init.
func openSocket(t *testing.T, g *gateway, token string) *client {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), g.url+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	s := &client{t, conn}
	s.say(`{"type":"connection_init","payload":{"Authorization":"Bearer ` + token + `"}}`)
	s.expect(`{"type":"connection_ack"}`)
	return s
}

func (s *client) say(text string) {
	s.t.Helper()
	if err := s.conn.Write(s.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		s.t.Fatalf("say %s: %v", text, err)
	}
}

// expect reads the next message, or how the socket was closed: "4403 reason".
func (s *client) expect(want string) {
	s.t.Helper()
	_, text, err := s.conn.Read(s.t.Context())
	got := string(text)
	var closed websocket.CloseError
	if errors.As(err, &closed) {
		got = fmt.Sprintf("%d %s", closed.Code, closed.Reason)
	}
	if got != want {
		s.t.Fatalf("heard %s (%v)\n want %s", got, err, want)
	}
}

// openStream opens an event stream, waits until it begins, and returns what reads
// it to its end.
func openStream(t *testing.T, g *gateway, token, query string) (rest func() string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), "POST", g.url+"/graphql", strings.NewReader(fmt.Sprintf(`{"query": %q}`, query)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/event-stream")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { answer.Body.Close() })
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("the stream is answered %s", answer.Status)
	}
	return func() string {
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Error(err)
		}
		return string(text)
	}
}
