package embedded

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"
)

// DamageError tells that a file of the folder is broken where it had been durable once. Nothing was changed.
type DamageError struct {
	File   string
	Offset int64
	Reason string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("embedded: %s is damaged at byte %d: %s", e.File, e.Offset, e.Reason)
}

// folder lists what of the store's files is there, in order.
type folder struct {
	snapshots, segments []uint64
	leftovers           []string // snapshots that were never finished
}

func listFolder(files fileSystem, dir string) (folder, error) {
	var out folder
	names, err := files.list(dir)
	if err != nil {
		return out, fmt.Errorf("list folder: %w", err)
	}

	for _, name := range names {
		kind, number, _ := strings.Cut(name, "-")
		seq, err := strconv.ParseUint(number, 16, 64)
		switch {
		case kind == "snapshot" && strings.HasSuffix(name, ".tmp"):
			out.leftovers = append(out.leftovers, name)
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
	found, err := listFolder(s.files, s.dir)
	if err != nil {
		return err
	}

	l := loader{colls: map[string]*loading{}}
	var size int64
	if n := len(found.snapshots); n > 0 {
		if size, err = s.loadSnapshot(&l, found.snapshots[n-1]); err != nil {
			return err
		}
	}
	from := l.seq
	if err := s.loadLog(&l, found.segments); err != nil {
		return err
	}

	v, err := l.finish()
	if err != nil {
		return fmt.Errorf("build indexes: %w", err)
	}
	s.published.Store(v)
	s.thaw(v)
	s.snapshots.due.Store(max(s.snapshots.threshold, size))
	for _, name := range found.leftovers {
		_ = s.files.remove(filepath.Join(s.dir, name))
	}
	_ = removeOlder(s.files, s.dir, from)

	return nil
}

func (s *store) loadSnapshot(l *loader, seq uint64) (int64, error) {
	r, err := s.openFrames(snapshotName(seq), snapMagic, seq)
	if err != nil {
		return 0, err
	}
	defer r.f.Close()
	if r.torn {
		return 0, r.damage("the header is broken")
	}

	for {
		payload, ok, err := r.next()
		if err != nil {
			return 0, err
		}
		if !ok {
			return 0, r.damage("the snapshot is not whole")
		}
		if err := l.apply(payload); err != nil {
			return 0, r.damage(err.Error())
		}
		if l.ended {
			break
		}
	}
	l.seq = seq

	return r.at, nil
}

// loadLog applies the segments from the batch after l.seq on, and makes the last one the log; the first one when there
// is none.
func (s *store) loadLog(l *loader, segments []uint64) error {
	s.log = &writeLog{files: s.files, dir: s.dir, seq: l.seq}
	for i, first := range segments {
		last := i == len(segments)-1
		if !last && segments[i+1] <= l.seq+1 {
			continue // a snapshot has all of it
		}
		if first > l.seq+1 {
			return &DamageError{segmentName(first), 0, fmt.Sprintf("the log goes on at batch %d, but %d is missing before it", first, l.seq+1)}
		}
		if err := s.loadSegment(l, first, last); err != nil {
			return err
		}
	}
	if s.log.f != nil {
		return nil
	}
	s.log.seq = l.seq

	return s.log.rotate()
}

func (s *store) loadSegment(l *loader, first uint64, last bool) error {
	r, err := s.openFrames(segmentName(first), logMagic, first)
	if err != nil {
		return err
	}
	if r.torn && last {
		s.logger.Warn("removed a log segment that was never finished", "file", r.name)
		return s.files.remove(filepath.Join(s.dir, r.name))
	}
	if r.torn {
		return r.damage("the header is broken")
	}

	r.seq = first - 1
	for {
		payload, ok, err := r.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if r.seq <= l.seq {
			continue
		}
		if err := l.apply(payload); err != nil {
			return r.damage(err.Error())
		}
		l.seq = r.seq
	}

	torn, err := r.tornTail()
	if err != nil {
		return err
	}
	if torn > 0 && !last {
		return r.damage("broken before the end of the log")
	}
	if !last || r.seq < l.seq { // of a log that ends before its snapshot nothing is needed
		s.log.before += r.at
		return r.f.Close()
	}

	s.log.f, s.log.seed, s.log.seq, s.log.size = r.f, r.seed, r.seq, r.at
	if torn > 0 {
		s.logger.Warn("cut a torn tail off the log", "file", r.name, "offset", r.at, "bytes", torn)
	}
	if err := s.log.cut(); err != nil {
		return fmt.Errorf("cut log: %w", err)
	}

	return r.f.Sync()
}

// frameReader reads the frames of one file.
type frameReader struct {
	name string
	f    file
	end  int64 // of the file
	at   int64 // of the next frame
	seq  uint64
	seed uint32
	torn bool // the file ends within its header
	buf  []byte
}

func (s *store) openFrames(name, magic string, want uint64) (*frameReader, error) {
	f, err := s.files.open(filepath.Join(s.dir, name))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", name, err)
	}
	r := &frameReader{name: name, f: f}
	if r.end, err = f.Seek(0, io.SeekEnd); err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}

	header, err := r.read(0, min(headerBytes, r.end))
	if err != nil {
		return nil, err
	}
	seq, seed, ok := readHeader(header, magic)
	switch {
	case ok && seq == want:
		r.seed, r.at = seed, headerBytes
	case r.end <= headerBytes:
		r.torn = true
	default:
		return nil, r.damage("the header is broken")
	}

	return r, nil
}

func (r *frameReader) damage(reason string) error { return &DamageError{r.name, r.at, reason} }

// read returns n bytes from offset on, valid until the next call.
func (r *frameReader) read(offset, n int64) ([]byte, error) {
	if int64(cap(r.buf)) < n {
		r.buf = make([]byte, n)
	}
	r.buf = r.buf[:n]
	if _, err := r.f.Seek(offset, io.SeekStart); err != nil {
		return nil, fmt.Errorf("read %s: %w", r.name, err)
	}
	if _, err := io.ReadFull(r.f, r.buf); err != nil {
		return nil, fmt.Errorf("read %s: %w", r.name, err)
	}

	return r.buf, nil
}

// next returns the payload of the next frame; false at the end, and where no whole frame with the next seq follows.
func (r *frameReader) next() ([]byte, bool, error) {
	if r.end-r.at < frameBytes {
		return nil, false, nil
	}
	h, err := r.read(r.at, frameBytes)
	if err != nil {
		return nil, false, err
	}
	length := int64(binary.LittleEndian.Uint32(h[4:]))
	if string(h[:4]) != frameMagic || length > r.end-r.at-frameBytes {
		return nil, false, nil
	}
	b, err := r.read(r.at, frameBytes+length)
	if err != nil || !bytes.Equal(b[:frameBytes], frameHeader(r.seed, r.seq+1, b[frameBytes:])) {
		return nil, false, err
	}
	r.at += int64(len(b))
	r.seq++

	return b[frameBytes:], true, nil
}

// tornTail returns how many bytes lie behind the last whole frame, when they are what a crash leaves of a batch that
// nobody was told of. It fails with a DamageError when a later frame shows that the broken one had been durable.
func (r *frameReader) tornTail() (int64, error) {
	if r.at == r.end {
		return 0, nil
	}
	b, err := r.read(r.at, r.end-r.at)
	if err != nil {
		return 0, err
	}

	for i := 0; ; i++ {
		next := bytes.Index(b[i:], []byte(frameMagic))
		if next < 0 {
			return int64(len(b)), nil
		}
		i += next
		h := b[i:]
		if len(h) < frameBytes {
			continue
		}
		length, seq := int64(binary.LittleEndian.Uint32(h[4:])), binary.LittleEndian.Uint64(h[8:])
		if length > int64(len(h)-frameBytes) || seq <= r.seq+1 {
			continue
		}
		if bytes.Equal(h[:frameBytes], frameHeader(r.seed, seq, h[frameBytes:frameBytes+length])) {
			return 0, r.damage(fmt.Sprintf("batch %d is broken, but batch %d behind it is whole", r.seq+1, seq))
		}
	}
}

// loader gathers documents by _id; the other indexes are built once, at the end.
type loader struct {
	seq   uint64
	colls map[string]*loading
	docs  uint64
	ended bool
}

type loading struct {
	c     *collection
	specs [][]byte
}

// apply replays the ops of a frame.
func (l *loader) apply(payload []byte) error {
	for len(payload) > 0 {
		kind, name, data, rest, ok := readOp(payload)
		if !ok {
			return fmt.Errorf("a frame holds what is no operation")
		}
		payload = rest
		c := l.colls[string(name)]
		if c == nil && kind != opCreate && kind != opEnd {
			return fmt.Errorf("an operation on a collection that is not there: %s", name)
		}

		switch kind {
		case opPut:
			l.docs++
			c.put(bytes.Clone(data))
		case opDelete:
			if rec := c.c.indexes[0].holder(data, ^uint64(0)); rec != nil {
				c.c.indexes[0].tree.Delete(entry{key: withSeq([][]byte{bytes.Clone(data)}, rec.seq)[0]})
			}
		case opCreate:
			l.colls[string(name)] = &loading{c: newCollection(string(name))}
		case opDrop:
			delete(l.colls, string(name))
		case opIndex:
			c.specs = append(c.specs, bytes.Clone(data))
		case opDropIndex:
			c.specs = slices.DeleteFunc(c.specs, func(spec []byte) bool { return stringOf(lookup(spec, "name")) == string(data) })
		case opEnd:
			want, _ := binary.Uvarint(data)
			if want != l.docs {
				return fmt.Errorf("the snapshot has %d documents and should have %d", l.docs, want)
			}
			l.ended = true
		default:
			return fmt.Errorf("unknown operation 0x%02x", byte(kind))
		}
	}

	return nil
}

func (l *loading) put(raw []byte) {
	tree := l.c.indexes[0].tree
	key := appendKey(make([]byte, 0, 32), lookup(raw, "_id"))
	if last, ok := tree.Max(); ok && last.key[:len(last.key)-seqBytes] >= string(key) {
		if rec := l.c.indexes[0].holder(key, ^uint64(0)); rec != nil {
			tree.Set(entry{withSeq([][]byte{key}, rec.seq)[0], &record{raw, rec.seq}})
			return
		}
	}
	tree.Load(entry{withSeq([][]byte{key}, l.c.nextSeq)[0], &record{raw, l.c.nextSeq}})
	l.c.nextSeq++
}

// finish builds the indexes, on all cores, and returns the view.
func (l *loader) finish() (*view, error) {
	v := &view{seq: l.seq, colls: map[string]*collection{}}
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	taken := map[string][]int64{}
	for ns, c := range l.colls {
		v.colls[ns] = c.c
		records := c.c.records()
		for _, r := range records {
			c.c.bytes += int64(len(r.raw) + recordBytes)
		}
		c.c.indexes[0].tree.Scan(func(e entry) bool { c.c.bytes += int64(len(e.key) + entryBytes); return true })
		sizes := make([]int64, len(c.specs))
		taken[ns] = sizes
		for i, spec := range c.specs {
			ix, err := parseIndex(spec)
			if err != nil {
				return nil, err
			}
			c.c.indexes = append(c.c.indexes, ix)
			g.Go(func() (err error) { sizes[i], err = ix.build(ns, records); return err })
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}

	for ns, c := range v.colls {
		for _, n := range taken[ns] {
			c.bytes += n
		}
		v.memory += c.bytes
	}

	return v, nil
}
