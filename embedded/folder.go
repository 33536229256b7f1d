package embedded

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	lockName   = "lock"
	socketName = "db.sock"
	// socketRecord holds the path of the socket when it is not in the folder.
	socketRecord = "socket"
	// maxSocketPath is what the kernel takes for a socket's address on every system we know, in bytes.
	maxSocketPath = 100
)

// heldFolder is a folder that this process has locked.
type heldFolder struct {
	dir    string
	lock   *os.File
	socket string
	temp   string // the socket's own folder, when it has one
}

// holdFolder makes the folder if need be, open to its owner alone, and locks it. It fails with ErrLocked when it is held,
// and when it is a folder of something else.
func holdFolder(dir string) (*heldFolder, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make folder: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("open folder: %w", err)
	}
	ours := len(entries) == 0
	for _, e := range entries {
		ours = ours || e.Name() == lockName
	}
	if !ours {
		return nil, fmt.Errorf("open folder: %s holds other files and is not a database", dir)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, fmt.Errorf("close folder to others: %w", err)
	}

	lock, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock folder: %w", err)
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		_ = lock.Close()
		if errors.Is(err, unix.EWOULDBLOCK) {
			return nil, ErrLocked
		}
		return nil, fmt.Errorf("lock folder: %w", err)
	}

	return &heldFolder{dir: dir, lock: lock}, nil
}

// listen opens the socket: in the folder, or where the path is too long for one, in a short temporary folder.
func (h *heldFolder) listen() (net.Listener, error) {
	record := filepath.Join(h.dir, socketRecord)
	_ = os.Remove(record)
	h.socket = filepath.Join(h.dir, socketName)
	_ = os.Remove(h.socket) // of a process that is no more, since we hold the lock
	if len(h.socket) > maxSocketPath {
		temp, err := os.MkdirTemp("", "edb")
		if err != nil {
			return nil, fmt.Errorf("make folder for socket: %w", err)
		}
		h.temp, h.socket = temp, filepath.Join(temp, socketName)
		if err := os.WriteFile(record, []byte(h.socket), 0o600); err != nil {
			return nil, fmt.Errorf("record socket: %w", err)
		}
	}

	l, err := net.Listen("unix", h.socket)
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}

	return l, nil
}

// release removes the socket and unlocks the folder.
func (h *heldFolder) release() {
	if h.socket != "" {
		_ = os.Remove(h.socket)
		_ = os.Remove(filepath.Join(h.dir, socketRecord))
	}
	if h.temp != "" {
		_ = os.Remove(h.temp)
	}
	// Closing unlocks only once nobody else has the file open, and a process that is just being started has it for a moment.
	_ = unix.Flock(int(h.lock.Fd()), unix.LOCK_UN)
	_ = h.lock.Close()
}

// URI returns the address of the server that holds the folder. It fails when none seems to.
func URI(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("find socket: %w", err)
	}
	if path, err := os.ReadFile(filepath.Join(dir, socketRecord)); err == nil {
		return socketURI(strings.TrimSpace(string(path))), nil
	}
	path := filepath.Join(dir, socketName)
	if _, err := os.Stat(path); err != nil {
		return "", fmt.Errorf("find socket: %w", err)
	}

	return socketURI(path), nil
}

func socketURI(path string) string {
	host := strings.NewReplacer(":", "%3A", "@", "%40", ",", "%2C").Replace(url.PathEscape(path))

	return "mongodb://" + host + "/?directConnection=true"
}
