package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// snapshotChunk is the size from which a snapshot's frame is closed, in bytes.
const snapshotChunk = 1 << 20

// snapshotter writes snapshots in the background, one at a time.
type snapshotter struct {
	// threshold is the size of the log from which a snapshot is due, in bytes; it grows with the data, so that each byte
	// is written a bounded number of times.
	threshold int64
	due       atomic.Int64
	running   atomic.Bool
	stopped   atomic.Bool
	done      sync.WaitGroup
	// last is the seq of the last snapshot that was finished since the start, 0 for none.
	last atomic.Uint64
}

var errStopped = errors.New("stopped")

func snapshotName(seq uint64) string { return fmt.Sprintf("snapshot-%016x", seq) }

// snapshot returns once a snapshot of all that was durable when it was called is, and the files that it replaces are gone.
func (s *store) snapshot() error {
	done := make(chan error, 1)
	s.mu.Lock()
	if s.failed != nil {
		s.mu.Unlock()
		return asProtocol(s.failed)
	}
	s.asking = append(s.asking, done)
	s.wakeUp()
	s.mu.Unlock()

	if err := <-done; err != nil {
		return asProtocol(err)
	}

	return nil
}

// wakeUp makes the commit loop look for what there is to do; the caller holds mu, and the store has not failed.
func (s *store) wakeUp() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// asked returns who asked for a snapshot since it was last called.
func (s *store) asked() []chan error {
	s.mu.Lock()
	defer s.mu.Unlock()
	asking := s.asking
	s.asking = nil

	return asking
}

func tell(asking []chan error, err error) {
	for _, done := range asking {
		done <- err
	}
}

// snapshotIfDue begins a snapshot of what is published once the log has grown enough, or somebody asked for one. It is
// called by the commit loop, which waits for a new segment only; writers go on while the snapshot is written.
func (s *store) snapshotIfDue() {
	n := &s.snapshots
	size := s.log.before + s.log.at
	if n.stopped.Load() || !n.running.CompareAndSwap(false, true) {
		return // the one that is written looks again
	}
	asking := s.asked()
	v := s.published.Load()
	var err error
	switch {
	case s.log.broken != nil:
		err = s.log.broken
	case n.last.Load() == v.seq: // it has all there is
	case len(asking) > 0 || size >= n.due.Load():
		if err = s.beginSnapshot(v, size, asking); err == nil {
			return
		}
		s.logger.Error("begin snapshot", "err", err)
	}
	n.running.Store(false)
	tell(asking, err)
}

// beginSnapshot lets the log go on in a new segment, and writes the snapshot in the background.
func (s *store) beginSnapshot(v *view, size int64, asking []chan error) error {
	n := &s.snapshots
	n.due.Store(2 * size)       // unless it comes to pass
	if s.log.at > headerBytes { // else a snapshot that failed left it so
		if err := s.log.rotate(s.log.seq); err != nil {
			return err
		}
	}

	s.log.before = 0 // if the snapshot fails, due has grown
	n.done.Go(func() {
		size, err := writeSnapshot(s.files, s.dir, v, &n.stopped)
		if err == nil {
			n.due.Store(max(n.threshold, size))
			if err = removeOlder(s.dir, v.seq); err == nil {
				n.last.Store(v.seq)
			}
		}
		if err != nil && !errors.Is(err, errStopped) {
			s.logger.Error("write snapshot", "err", err)
		}
		n.running.Store(false)
		tell(asking, err)

		s.mu.Lock()
		defer s.mu.Unlock()
		if len(s.asking) > 0 && s.failed == nil {
			s.wakeUp()
		}
	})

	return nil
}

// writeSnapshot writes the view beside the log and gives it its name only when all of it is durable. It returns its size.
func writeSnapshot(files fileSystem, dir string, v *view, stopped *atomic.Bool) (size int64, err error) {
	path := filepath.Join(dir, snapshotName(v.seq))
	_ = os.Remove(path + ".tmp") // one that a crash left behind
	f, err := createFrames(files, path+".tmp", snapMagic, v.seq)
	if err != nil {
		return 0, fmt.Errorf("create snapshot: %w", err)
	}
	defer func() {
		err = errors.Join(err, f.Close())
		if err != nil {
			_ = os.Remove(path + ".tmp")
		}
	}()

	if err := f.writeView(v, stopped); err != nil {
		return 0, fmt.Errorf("write snapshot: %w", err)
	}
	if err := f.Sync(); err != nil {
		return 0, fmt.Errorf("sync snapshot: %w", err)
	}
	if err := files.rename(path+".tmp", path); err != nil {
		return 0, fmt.Errorf("name snapshot: %w", err)
	}

	return f.at, files.syncDir(dir)
}

// writeView writes all that the view holds, in frames of about snapshotChunk bytes.
func (f *frameFile) writeView(v *view, stopped *atomic.Bool) (err error) {
	var chunk []byte
	f.seq = 0
	flush := func() {
		if err == nil && stopped.Load() {
			err = errStopped
		}
		if err == nil {
			err = f.write(chunk)
		}
		chunk = chunk[:0]
	}

	documents := uint64(0)
	for ns, c := range v.colls {
		chunk = appendOp(chunk, opCreate, ns, nil)
		for _, ix := range c.indexes[1:] {
			chunk = appendOp(chunk, opIndex, ns, ix.spec)
		}
		_ = c.each(func(r record) error {
			documents++
			chunk = appendOp(chunk, opPut, ns, r.raw)
			if len(chunk) >= snapshotChunk {
				flush()
			}
			return err
		})
	}
	chunk = appendOp(chunk, opEnd, "", binary.AppendUvarint(nil, documents))
	flush()

	return err
}

// removeOlder removes the snapshots and log segments that the snapshot of seq has replaced.
func removeOlder(dir string, seq uint64) error {
	found, err := listFolder(dir)
	if err != nil {
		return err
	}
	for _, old := range found.snapshots {
		if old < seq {
			err = errors.Join(err, os.Remove(filepath.Join(dir, snapshotName(old))))
		}
	}
	for i, first := range found.segments {
		if i+1 < len(found.segments) && found.segments[i+1] <= seq+1 {
			err = errors.Join(err, os.Remove(filepath.Join(dir, segmentName(first))))
		}
	}

	return err
}
