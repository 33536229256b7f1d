package embedded

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// writeLog appends batches to the newest segment; what lies behind its last frame is not part of the log.
type writeLog struct {
	*frameFile
	files fileSystem
	dir   string
	// before is the size of the older segments that no snapshot has replaced yet.
	before int64
	broken error // set once the state of the file is not known
}

func segmentName(seq uint64) string { return fmt.Sprintf("log-%016x", seq) }

// append writes a frame and waits until it is durable. After a failed write the file is cut back and the log stays in
// use; after a failed fsync, or a failed cut, it is broken: what is on the disk is not known until it is opened again.
func (l *writeLog) append(payload []byte) error {
	if l.broken != nil {
		return l.broken
	}

	before, seq := l.at, l.seq
	if err := l.write(payload); err != nil {
		if cut := l.cut(); cut != nil {
			l.broken = fmt.Errorf("cut back after a failed write: %w", cut)
		}
		return fmt.Errorf("write log: %w", err)
	}
	if err := l.Sync(); err != nil {
		l.broken = fmt.Errorf("sync log: %w", err)
		l.at, l.seq = before, seq
		_ = l.cut() // so that a restart does not find what was refused; it may still
		return l.broken
	}

	return nil
}

// cut removes what lies behind the last frame.
func (l *writeLog) cut() error {
	if err := l.Truncate(l.at); err != nil {
		return err
	}
	_, err := l.Seek(l.at, io.SeekStart)

	return err
}

// rotate begins a new segment behind the frame of that seq, so that the older ones are complete. When it fails the log
// goes on in the old one.
func (l *writeLog) rotate(seq uint64) error {
	f, err := createFrames(l.files, filepath.Join(l.dir, segmentName(seq+1)), logMagic, seq+1)
	if err != nil {
		return fmt.Errorf("begin log segment: %w", err)
	}
	if err := l.files.syncDir(l.dir); err != nil {
		l.broken = fmt.Errorf("sync folder: %w", err)
		return err
	}

	if l.frameFile != nil {
		l.before += l.at
		_ = l.Close() // all of it is durable
	}
	f.seq = seq
	l.frameFile = f

	return nil
}

// load replays the segments from the batch after h.seq on, and makes the last one the log; the first one when there is
// none. It cuts off a torn tail, and fails with a DamageError, changing nothing, on what is not as it was written.
func (l *writeLog) load(h *history, segments []uint64, warn func(msg string, args ...any)) error {
	for i, first := range segments {
		last := i == len(segments)-1
		if !last && segments[i+1] <= h.seq+1 {
			continue // a snapshot has all of it
		}
		if first > h.seq+1 {
			return &DamageError{segmentName(first), 0, fmt.Sprintf("the log goes on at batch %d, but %d is missing before it", first, h.seq+1)}
		}
		f, err := openFrames(l.files, filepath.Join(l.dir, segmentName(first)), logMagic, first)
		if err != nil {
			return err
		}
		if f.at == 0 && last {
			warn("removed a log segment that was never finished", "file", f.name)
			if err := os.Remove(filepath.Join(l.dir, f.name)); err != nil {
				return err
			}
			break
		}
		f.seq = first - 1
		if err := h.replay(f); err != nil {
			return err
		}
		torn, err := f.tornTail()
		switch {
		case err != nil:
			return err
		case !last && (torn > 0 || f.at == 0):
			return f.damage("broken before the end of the log")
		case !last || f.seq < h.seq: // of a log that ends before its snapshot nothing is needed
			l.before += f.at
			_ = f.Close()
			continue
		}

		l.frameFile = f
		if torn > 0 {
			warn("cut a torn tail off the log", "file", f.name, "offset", f.at, "bytes", torn)
		}
		if err := l.cut(); err != nil {
			return fmt.Errorf("cut log: %w", err)
		}
		return f.Sync()
	}

	return l.rotate(h.seq)
}
