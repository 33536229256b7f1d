package transport

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/coder/websocket"

	"cartograph/analytics"
	"cartograph/auth"
)

// socket is one WebSocket. One goroutine reads; another writes while there is
// something to write.
type socket struct {
	hub         *Hub
	exec        graphql.GraphExecutor
	ctx         context.Context // ends with the socket
	cancel      context.CancelFunc
	out         outbox
	opening     *http.Request // until connection_init
	credentials *credentials  // from then on
	user        string        // from then on, "" for one that is not counted
	pace        pace          // of messages
	pings       pace          // those of WebSocket
	arrive      func()        // once it has said who it is, or is gone

	acknowledged bool

	mu         sync.Mutex // held only to look at what follows
	conn       *websocket.Conn
	operations map[string]*operation
	init       *time.Timer
	pinger     *time.Timer
	gone       bool
}

func newSocket(h *Hub, r *http.Request, exec graphql.GraphExecutor) *socket {
	s := &socket{hub: h, exec: exec, opening: r, operations: map[string]*operation{}}
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(r.Context()))
	s.out.ready = func() { go s.write() }
	s.out.writing = true // until serve has something to write to
	return s
}

// serve reads what the client says until the connection is over.
func (s *socket) serve(conn *websocket.Conn) {
	s.mu.Lock()
	s.conn = conn
	s.init = time.AfterFunc(initTimeout, func() { s.shut(farewell{closeInitTimeout, reasonInitTimeout}) })
	s.mu.Unlock()
	defer s.clear()
	go s.write()
	if conn.Subprotocol() != subprotocol {
		s.shut(farewell{closeNotAcceptable, reasonNotAcceptable})
	}
	for {
		kind, text, err := conn.Read(context.Background())
		if err != nil {
			return
		}
		if s.out.ending() {
			continue // until the client has seen it
		}
		m, ok := readMessage(text)
		if kind != websocket.MessageText || !ok {
			s.shut(farewell{closeBadRequest, "messages are JSON objects with a type"})
			continue
		}
		if s.out.room(s.ctx) != nil || s.pace.wait(s.ctx) != nil { // who does not listen shall not speak
			return
		}
		s.hear(m)
	}
}

// clear ends all that the socket had.
func (s *socket) clear() {
	s.out.close()
	s.cancel()
	s.mu.Lock()
	s.gone = true
	running := s.operations
	s.operations = nil
	s.init.Stop()
	if s.pinger != nil {
		s.pinger.Stop()
	}
	s.mu.Unlock()
	if s.credentials != nil {
		s.credentials.stop()
	}
	for _, o := range running {
		o.quit()
	}
	s.hub.exit(s.user)
	s.arrive()
	_ = s.conn.CloseNow()
	s.hub.dismiss(s)
}

// shut closes the socket for a reason, after what is being written now.
func (s *socket) shut(f farewell) {
	f.reason = clip(f.reason)
	s.out.end(f)
}

// clip cuts a reason to what fits into a frame.
func clip(reason string) string {
	if len(reason) <= maxReason {
		return reason
	}
	return strings.ToValidUTF8(reason[:maxReason], "")
}

// cut closes the socket at once.
func (s *socket) cut() {
	s.mu.Lock()
	conn := s.conn
	s.mu.Unlock()
	if conn != nil {
		_ = conn.CloseNow()
	}
}

// buffers are for messages while they are written.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxPooled bounds what a buffer keeps for the next message.
const maxPooled = 64 << 10

// write writes what waits, until there is nothing left. Whoever takes nothing
// for writeTimeout is cut off.
func (s *socket) write() {
	buffer := buffers.Get().(*[]byte)
	defer func() {
		if cap(*buffer) <= maxPooled {
			buffers.Put(buffer)
		}
	}()
	for {
		m, end, ok := s.out.take()
		switch {
		case !ok:
			return
		case end != nil:
			_ = s.conn.Close(websocket.StatusCode(end.code), end.reason)
			return
		}
		*buffer = appendMessage((*buffer)[:0], m)
		ctx, cancel := context.WithTimeout(context.Background(), writeTimeout)
		err := s.conn.Write(ctx, websocket.MessageText, *buffer)
		cancel()
		if err != nil {
			s.out.close()
			_ = s.conn.CloseNow()
			return
		}
	}
}

// ping asks the client whether it is there, and again some time after it said so.
func (s *socket) ping() {
	ctx, cancel := context.WithTimeout(context.Background(), pongTimeout)
	defer cancel()
	err := s.conn.Ping(ctx)
	busy := errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil // behind a write that writeTimeout judges
	if err != nil && !busy {
		_ = s.conn.CloseNow()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.gone {
		s.pinger.Reset(pingEvery)
	}
}

// hear does what a message asks for.
func (s *socket) hear(m clientMessage) {
	switch m.Type {
	case "connection_init":
		s.hearInit(m)
	case "ping":
		s.out.force(message{kind: kindPong, answer: answer{payload: m.Payload}})
	case "pong":
	case "subscribe":
		s.hearSubscribe(m)
	case "complete":
		s.hearComplete(m)
	default:
		s.shut(farewell{closeBadRequest, "there is no message of this type"})
	}
}

func (s *socket) hearInit(m clientMessage) {
	if s.credentials != nil {
		s.shut(farewell{closeTooManyInits, reasonTooManyInits})
		return
	}
	token, ok := authorization(m.Payload)
	if !ok {
		s.shut(farewell{closeBadRequest, `the payload of connection_init is an object such as {"Authorization": "Bearer TOKEN"}`})
		return
	}
	s.credentials = newCredentials(s.hub, s.opening, token)
	s.opening = nil
	p, err := s.credentials.check(s.ctx)
	if err == nil && p == nil {
		err = analytics.Errorf(analytics.Forbidden, `connection_init needs the payload {"Authorization": "Bearer TOKEN"}`)
	}
	if err != nil {
		s.shut(farewellFor(err))
		return
	}
	user := userOf(p)
	if !s.hub.enter(user) {
		s.shut(farewell{closeTryAgain, tooManyOfUser(s.hub.options.MaxPerUser)})
		return
	}
	s.user = user
	s.mu.Lock()
	s.init.Stop()
	s.pinger = time.AfterFunc(pingEvery, s.ping)
	s.mu.Unlock()
	s.credentials.watch(s.ctx, func(err error) { s.shut(farewellFor(err)) })
	s.arrive()
	s.acknowledged = true
	s.out.force(message{kind: kindAck})
}

func (s *socket) hearSubscribe(m clientMessage) {
	if !s.acknowledged {
		s.shut(farewell{closeUnauthorized, reasonUnauthorized})
		return
	}
	params, ok := readRequest(m.Payload)
	if !ok || m.ID == "" {
		s.shut(farewell{closeBadRequest, `subscribe needs an id and a payload such as {"query": "subscription { ... }"}`})
		return
	}
	o := &operation{hub: s.hub, conn: s, out: &s.out, id: m.ID}
	o.forget = func() { s.drop(o) }
	running, taken := s.register(o)
	if taken {
		s.shut(farewell{closeDuplicateID, clip("Subscriber for " + m.ID + " already exists")})
		return
	}
	p, err := s.credentials.check(s.ctx)
	if err == nil && p == nil {
		err = analytics.Errorf(analytics.Unauthenticated, "the demo is open no more: connect with a token")
	}
	if turnsAway(err) {
		s.drop(o)
		s.shut(farewellFor(err))
		return
	}
	ctx := auth.With(graphql.StartOperationTrace(s.ctx), p)
	if err == nil && running > maxOperations {
		err = analytics.Errorf(analytics.LimitExceeded, "%d operations run on this connection: complete one first, or open another", maxOperations)
	}
	if err != nil {
		s.refuse(o, failed(ctx, s.exec, err))
		return
	}
	parsed, errs := s.exec.CreateOperationContext(ctx, &params)
	if len(errs) > 0 {
		s.refuse(o, refusal(graphql.WithOperationContext(ctx, parsed), s.exec, errs))
		return
	}
	s.hub.start(ctx, o, request{s.exec, params, parsed, p})
}

// register adds an operation to those of the socket. It returns how many there
// are then, or that one of the same id runs.
func (s *socket) register(o *operation) (running int, taken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.operations[o.id]; taken {
		return 0, true
	}
	s.operations[o.id] = o
	return len(s.operations), false
}

// drop removes an operation that ended.
func (s *socket) drop(o *operation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.operations[o.id] == o {
		delete(s.operations, o.id)
	}
}

// refuse answers an operation that is not run.
func (s *socket) refuse(o *operation, errs []byte) {
	s.drop(o)
	s.out.force(message{kind: kindErrors, operation: o, answer: answer{payload: errs}})
}

func (s *socket) hearComplete(m clientMessage) {
	s.mu.Lock()
	o := s.operations[m.ID]
	delete(s.operations, m.ID)
	s.mu.Unlock()
	if o != nil {
		o.quit()
	}
}
