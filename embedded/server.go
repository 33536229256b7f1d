package embedded

import (
	"bufio"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"sync"
	"time"

	"go.mongodb.org/mongo-driver/v2/x/bsonx/bsoncore"
)

// Options of a Server. The zero value is right for use.
type Options struct {
	// NoSync leaves out every fsync: for tests only, a crash of the machine may lose what was acknowledged.
	NoSync bool
	// MemoryLimit is the estimated memory, in bytes, that documents and indexes may take; 0 means 4 GiB. A write that
	// would go beyond is refused with code 146.
	MemoryLimit int64
	// SnapshotBytes is the size of the log, in bytes, from which a snapshot is due; 0 means 64 MiB.
	SnapshotBytes int64
	// Logger takes what an operator should know; nil discards it.
	Logger *slog.Logger

	files fileSystem // nil for the disk
}

const (
	defaultMemoryLimit   = 4 << 30
	defaultSnapshotBytes = 64 << 20
	closeGrace           = 5 * time.Second // for commands under way when the server closes
)

// Server is one open folder, served on a Unix socket.
type Server struct {
	store    *store
	cursors  cursors
	folder   *heldFolder
	logger   *slog.Logger
	listener net.Listener

	mu      sync.Mutex
	conns   map[net.Conn]struct{}
	closing bool
	nextID  int32

	serving sync.WaitGroup
	once    sync.Once
	closed  error
}

// Open locks the folder, making it if need be, brings its contents back into memory and serves them. It fails with
// ErrLocked when the folder is held, and with a *DamageError when a file of it is not as it was written.
func Open(dir string, o Options) (*Server, error) {
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.MemoryLimit == 0 {
		o.MemoryLimit = defaultMemoryLimit
	}
	if o.SnapshotBytes == 0 {
		o.SnapshotBytes = defaultSnapshotBytes
	}
	if o.files == nil {
		o.files = disk{noSync: o.NoSync}
	}

	held, err := holdFolder(dir)
	if err != nil {
		return nil, err
	}
	st := &store{
		logger: o.Logger, memoryLimit: o.MemoryLimit, files: o.files, dir: held.dir,
		wake: make(chan struct{}, 1), snapshots: snapshotter{threshold: o.SnapshotBytes},
	}
	if err := st.recover(); err != nil {
		held.release()
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}
	listener, err := held.listen()
	if err != nil {
		_ = st.log.Close()
		held.release()
		return nil, fmt.Errorf("open %s: %w", dir, err)
	}

	s := &Server{
		store: st, folder: held, logger: o.Logger, listener: listener,
		conns: map[net.Conn]struct{}{},
	}
	st.loop.Go(st.commitLoop)
	s.serving.Go(s.accept)

	return s, nil
}

// URI returns the address for the driver.
func (s *Server) URI() string { return socketURI(s.folder.socket) }

// Close stops listening, lets the commands under way end, makes all durable and unlocks the folder. It fails when the log
// cannot be closed. Further calls do nothing.
func (s *Server) Close() error {
	s.once.Do(func() {
		s.mu.Lock()
		s.closing = true
		for c := range s.conns {
			_ = c.SetReadDeadline(time.Now()) // ends a connection that waits for its next command
		}
		s.mu.Unlock()
		_ = s.listener.Close()

		timer := time.AfterFunc(closeGrace, func() {
			s.mu.Lock()
			defer s.mu.Unlock()
			for c := range s.conns {
				_ = c.Close()
			}
		})
		s.serving.Wait()
		timer.Stop()
		s.cursors.forget()
		s.closed = s.store.close()
		s.folder.release()
	})

	return s.closed
}

func (s *Server) accept() {
	for {
		c, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			s.logger.Warn("accept connection", "err", err)
			time.Sleep(10 * time.Millisecond) // out of file descriptors, most likely
			continue
		}

		s.mu.Lock()
		if s.closing {
			s.mu.Unlock()
			_ = c.Close()
			continue
		}
		s.conns[c] = struct{}{}
		s.nextID++
		id := s.nextID
		s.serving.Go(func() { s.serve(c, id) })
		s.mu.Unlock()
	}
}

// serve answers the commands of one connection, one after the other, until it ends.
func (s *Server) serve(c net.Conn, id int32) {
	defer func() {
		s.mu.Lock()
		delete(s.conns, c)
		s.mu.Unlock()
		_ = c.Close()
	}()

	r := bufio.NewReaderSize(c, 64<<10)
	var out []byte
	for {
		m, err := readMessage(r)
		if err != nil {
			if errors.Is(err, errProtocol) {
				s.logger.Warn("connection closed", "err", err)
			}
			return
		}
		out = s.answer(m, id, out[:0])
		if !m.noReply {
			if _, err := c.Write(out); err != nil {
				return
			}
		}
		if cap(out) > 1<<20 {
			out = nil
		}
	}
}

// answer appends the whole reply to m. Whatever happens while a command runs, the connection gets a reply.
func (s *Server) answer(m message, conn int32, dst []byte) (out []byte) {
	dst = m.beginReply(dst)
	dst, start := startDoc(dst)
	fields := len(dst)
	defer func() {
		if r := recover(); r != nil {
			s.logger.Error("command ended in a panic", "panic", r, "stack", string(debug.Stack()))
			out = endDoc(appendError(dst[:fields], refuse(codeInternal, "internal error")), start)
			endReply(out)
		}
	}()

	reply, err := s.run(m, conn, dst)
	if err == nil && len(reply)-start > maxDocument+16<<10 {
		err = refuse(codeTooLarge, "the reply is larger than a document may be")
	}
	if err != nil {
		reply = appendError(dst[:fields], err)
	} else {
		reply = bsoncore.AppendDoubleElement(reply, "ok", 1)
	}
	reply = endDoc(reply, start)
	endReply(reply)

	return reply
}

func (s *Server) run(m message, conn int32, dst []byte) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	r := &request{Server: s, args: parseArgs(m.body, m.sequences), conn: conn, view: s.store.published.Load()}
	if m.legacy && !isHello(r.command) {
		return nil, refuse(codeCommandNotFound, "no such command in this form: '%s'", r.command)
	}
	op, err := r.prepare()
	if err != nil {
		return nil, err
	}

	return op.run(dst)
}
