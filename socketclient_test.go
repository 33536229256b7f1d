package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/coder/websocket"
)

// socket is a WebSocket of graphql-transport-ws, as a client has it.
type socket struct {
	t    *testing.T
	conn *websocket.Conn
}

// openSocket opens a socket and shows a token by connection_init.
func openSocket(t *testing.T, g *gateway, token string) *socket {
	t.Helper()
	conn, _, err := websocket.Dial(t.Context(), g.url+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.CloseNow() })
	s := &socket{t, conn}
	s.say(`{"type":"connection_init","payload":{"Authorization":"Bearer ` + token + `"}}`)
	s.expect(`{"type":"connection_ack"}`)
	return s
}

func (s *socket) say(text string) {
	s.t.Helper()
	if err := s.conn.Write(s.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		s.t.Fatalf("say %s: %v", text, err)
	}
}

// expect reads the next message, or how the socket was closed: "4403 reason".
func (s *socket) expect(want string) {
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
