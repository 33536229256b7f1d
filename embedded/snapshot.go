package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
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
}

var errStopped = errors.New("stopped")

func snapshotName(seq uint64) string { return fmt.Sprintf("snapshot-%016x", seq) }

// snapshotIfDue begins a snapshot of what is published once the log has grown enough. It is called by the commit loop,
// which waits for a new segment only; writers go on while the snapshot is written.
func (s *store) snapshotIfDue() {
	n := &s.snapshots
	if s.log.broken != nil || s.log.before+s.log.size < n.due.Load() || n.stopped.Load() || !n.running.CompareAndSwap(false, true) {
		return
	}

	before := s.log.before + s.log.size
	n.due.Store(2 * before) // unless it comes to pass
	if err := s.log.rotate(); err != nil {
		s.logger.Error("begin snapshot", "err", err)
		n.running.Store(false)
		return
	}

	v := s.published.Load()
	s.log.before = 0 // if the snapshot fails, due has grown
	n.done.Go(func() {
		defer n.running.Store(false)
		size, err := writeSnapshot(s.files, s.dir, v, &n.stopped)
		if err != nil {
			if !errors.Is(err, errStopped) {
				s.logger.Error("write snapshot", "err", err)
			}
			return
		}
		n.due.Store(max(n.threshold, size))
		if err := removeOlder(s.files, s.dir, v.seq); err != nil {
			s.logger.Warn("remove old log segments", "err", err)
		}
	})
}

// writeSnapshot writes the view beside the log and gives it its name only when all of it is durable. It returns its size.
func writeSnapshot(files fileSystem, dir string, v *view, stopped *atomic.Bool) (size int64, err error) {
	path := filepath.Join(dir, snapshotName(v.seq))
	_ = files.remove(path + ".tmp") // one that a crash left behind
	header, seed := appendHeader(nil, snapMagic, v.seq)
	f, err := writeNew(files, path+".tmp", header)
	if err != nil {
		return 0, fmt.Errorf("create snapshot: %w", err)
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			_ = files.remove(path + ".tmp")
		}
	}()

	w := frameWriter{f: f, seed: seed, stopped: stopped, size: int64(len(header))}
	documents := uint64(0)
	for ns, c := range v.colls {
		w.add(opCreate, ns, nil)
		for _, ix := range c.indexes[1:] {
			w.add(opIndex, ns, ix.spec)
		}
		c.indexes[0].tree.Scan(func(e entry) bool {
			documents++
			w.add(opPut, ns, e.rec.raw)
			return w.err == nil
		})
	}
	w.add(opEnd, "", binary.AppendUvarint(nil, documents))
	w.flush()
	if w.err != nil {
		return 0, fmt.Errorf("write snapshot: %w", w.err)
	}
	if err := f.Sync(); err != nil {
		return 0, fmt.Errorf("sync snapshot: %w", err)
	}
	if err := files.rename(path+".tmp", path); err != nil {
		return 0, fmt.Errorf("name snapshot: %w", err)
	}

	return w.size, files.syncDir(dir)
}

// frameWriter gathers ops into frames of about snapshotChunk bytes. Its first error stays.
type frameWriter struct {
	f       file
	seed    uint32
	seq     uint64
	size    int64
	buf     []byte
	stopped *atomic.Bool
	err     error
}

func (w *frameWriter) add(kind opKind, ns string, payload []byte) {
	w.buf = appendOp(w.buf, kind, ns, payload)
	if len(w.buf) >= snapshotChunk {
		w.flush()
	}
}

func (w *frameWriter) flush() {
	if w.stopped.Load() {
		w.err = errStopped
	}
	for _, part := range [][]byte{frameHeader(w.seed, w.seq+1, w.buf), w.buf} {
		if w.err == nil {
			_, w.err = w.f.Write(part)
			w.size += int64(len(part))
		}
	}
	w.seq++
	w.buf = w.buf[:0]
}

// removeOlder removes the snapshots and log segments that the snapshot of seq has replaced.
func removeOlder(files fileSystem, dir string, seq uint64) error {
	found, err := listFolder(files, dir)
	if err != nil {
		return err
	}
	for _, old := range found.snapshots {
		if old < seq {
			err = errors.Join(err, files.remove(filepath.Join(dir, snapshotName(old))))
		}
	}
	for i, first := range found.segments {
		if i+1 < len(found.segments) && found.segments[i+1] <= seq+1 {
			err = errors.Join(err, files.remove(filepath.Join(dir, segmentName(first))))
		}
	}

	return err
}
