package embedded

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// folder lists what of the store's files is there, in order.
type folder struct {
	snapshots, segments []uint64
	leftovers           []string // snapshots that were never finished
}

func listFolder(dir string) (folder, error) {
	var out folder
	entries, err := os.ReadDir(dir)
	if err != nil {
		return out, fmt.Errorf("list folder: %w", err)
	}

	for _, e := range entries {
		kind, number, _ := strings.Cut(e.Name(), "-")
		seq, err := strconv.ParseUint(number, 16, 64)
		switch {
		case kind == "snapshot" && strings.HasSuffix(number, ".tmp"):
			out.leftovers = append(out.leftovers, e.Name())
		case err != nil:
		case kind == "snapshot":
			out.snapshots = append(out.snapshots, seq)
		case kind == "log":
			out.segments = append(out.segments, seq)
		}
	}
	slices.Sort(out.snapshots)
	slices.Sort(out.segments)

	return out, nil
}

// recover fills the store from the newest snapshot and the log behind it, and opens the log for appending. A torn tail is
// cut off and reported. It fails with a DamageError, changing nothing, on anything else that is not as it was written.
func (s *store) recover() error {
	found, err := listFolder(s.dir)
	if err != nil {
		return err
	}

	h := history{colls: map[string]*collection{}}
	size := s.snapshots.threshold
	if n := len(found.snapshots); n > 0 {
		loaded, err := h.loadSnapshot(s.files, s.dir, found.snapshots[n-1])
		if err != nil {
			return err
		}
		size = max(size, loaded)
	}
	s.snapshots.due.Store(size)
	replaced := h.seq
	s.log = &writeLog{files: s.files, dir: s.dir}
	if err := s.log.load(&h, found.segments, s.logger.Warn); err != nil {
		return err
	}
	if err := h.index(); err != nil {
		return fmt.Errorf("build indexes: %w", err)
	}

	s.published.Store(&view{seq: h.seq, colls: h.colls})
	s.thaw()
	for _, name := range found.leftovers {
		_ = os.Remove(filepath.Join(s.dir, name))
	}
	_ = removeOlder(s.dir, replaced)

	return nil
}

// history is what the files tell, as it is read. Collections have their documents by _id; the other indexes are built once,
// at the end.
type history struct {
	seq   uint64 // of the last batch in it
	colls map[string]*collection
	docs  uint64
	ended bool
}

// loadSnapshot fills h from a snapshot, and returns its size.
func (h *history) loadSnapshot(files fileSystem, dir string, seq uint64) (int64, error) {
	f, err := openFrames(files, filepath.Join(dir, snapshotName(seq)), snapMagic, seq)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	if err := h.replay(f); err != nil {
		return 0, err
	}
	if !h.ended {
		return 0, f.damage("the snapshot is not whole")
	}
	h.seq = seq

	return f.at, nil
}

// replay applies the frames behind the one of h.seq.
func (h *history) replay(f *frameFile) error {
	for {
		payload, err := f.next()
		if payload == nil || err != nil {
			return err
		}
		if f.seq <= h.seq {
			continue
		}
		if err := h.apply(payload); err != nil {
			return f.damage(err.Error())
		}
		h.seq = f.seq
	}
}

// apply replays the ops of a frame.
func (h *history) apply(payload []byte) error {
	for len(payload) > 0 {
		kind, name, data, rest, ok := readOp(payload)
		if !ok {
			return fmt.Errorf("a frame holds what is no operation")
		}
		payload = rest
		ns := string(name)
		c := h.colls[ns]
		if c == nil && kind != opCreate && kind != opEnd {
			return fmt.Errorf("an operation on a collection that is not there: %s", ns)
		}

		switch kind {
		case opPut:
			h.docs++
			c.load(bytes.Clone(data))
		case opDelete:
			if rec := c.byKey(data); rec.raw != nil {
				c.indexes[0].remove(withSeq(bytes.Clone(data), rec.seq))
				c.docs.set(rec.seq, nil)
				c.bytes -= recordSize(rec.raw)
			}
		case opCreate:
			h.colls[ns] = newCollection(ns)
		case opDrop:
			delete(h.colls, ns)
		case opIndex:
			ix, err := parseIndex(bytes.Clone(data))
			if err != nil {
				return err
			}
			c.indexes = append(c.indexes, ix)
		case opDropIndex:
			c.indexes = slices.DeleteFunc(c.indexes, func(ix *index) bool { return ix.name == string(data) })
		case opEnd:
			if want, _ := binary.Uvarint(data); want != h.docs {
				return fmt.Errorf("the snapshot has %d documents and should have %d", h.docs, want)
			}
			h.ended = true
		default:
			return fmt.Errorf("unknown operation 0x%02x", byte(kind))
		}
	}

	return nil
}

// load puts raw in the place of the document with its _id, into the index on _id only.
func (c *collection) load(raw []byte) {
	key := appendKey(make([]byte, 0, 64), lookup(raw, "_id"))
	rec := c.byKey(key)
	if rec.raw == nil {
		rec.seq = c.nextSeq
		c.nextSeq++
		c.indexes[0].add(withSeq(key, rec.seq))
	}
	c.docs.set(rec.seq, raw)
	c.bytes += recordSize(raw) - recordSize(rec.raw)
}

// index builds the indexes beside those on _id, on all cores.
func (h *history) index() error {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for _, c := range h.colls {
		for _, ix := range c.indexes[1:] {
			g.Go(func() error { return ix.build(c) })
		}
	}
	err := g.Wait()
	for _, c := range h.colls {
		for _, ix := range c.indexes {
			c.bytes += ix.bytes
		}
	}

	return err
}
