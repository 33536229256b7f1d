package embedded

import (
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"path/filepath"
)

// A log segment, and a snapshot, is a header and then frames. A frame of the log is one batch: it is there as a whole or
// not at all, and because each is durable before the next one is begun, a frame that is broken although a later one is
// whole was damaged after it had been acknowledged.
//
//	header  magic 8 | salt 16 | seq 8 | crc32c of these 4
//	frame   magic 4 | payload length 4 | seq 8 | crc32c of salt, length, seq and payload 4 | payload
//
// Numbers are little endian. The salt keeps bytes that a client stored, or an older file's, from being taken for a frame.
// A segment's seq is that of its first frame; a snapshot's that of the last batch in it, and its frames count from 1.
const (
	logMagic    = "EDBLOG01"
	snapMagic   = "EDBSNP01"
	headerBytes = 8 + 16 + 8 + 4
	frameMagic  = "\xEDfr\x01"
	frameBytes  = 4 + 4 + 8 + 4
	maxFrame    = 1 << 31
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// opKind is the first byte of each change in a frame's payload.
type opKind byte

const (
	opPut       opKind = 'p' // a whole document, in the place of the one with its _id
	opDelete    opKind = 'd' // the key encoding of an _id
	opCreate    opKind = 'c' // a collection
	opDrop      opKind = 'x'
	opIndex     opKind = 'i' // an index specification
	opDropIndex opKind = 'u' // an index name
	opEnd       opKind = 'e' // of a snapshot
)

// appendOp appends kind | uvarint length, namespace | uvarint length, payload.
func appendOp(dst []byte, kind opKind, ns string, payload []byte) []byte {
	dst = append(dst, byte(kind))
	dst = binary.AppendUvarint(dst, uint64(len(ns)))
	dst = append(dst, ns...)
	dst = binary.AppendUvarint(dst, uint64(len(payload)))

	return append(dst, payload...)
}

// readOp cuts the first op off b; false when b does not begin with one.
func readOp(b []byte) (kind opKind, ns, payload, rest []byte, ok bool) {
	if len(b) == 0 {
		return 0, nil, nil, nil, false
	}
	kind, b = opKind(b[0]), b[1:]
	var parts [2][]byte
	for i := range parts {
		n, size := binary.Uvarint(b)
		if size <= 0 || n > uint64(len(b)-size) {
			return 0, nil, nil, nil, false
		}
		parts[i], b = b[size:size+int(n)], b[size+int(n):]
	}

	return kind, parts[0], parts[1], b, true
}

// appendHeader appends a file header with a fresh salt, and returns the salt's checksum, which seeds those of the frames.
func appendHeader(dst []byte, magic string, seq uint64) ([]byte, uint32) {
	var salt [16]byte
	_, _ = rand.Read(salt[:])
	from := len(dst)
	dst = append(dst, magic...)
	dst = append(dst, salt[:]...)
	dst = binary.LittleEndian.AppendUint64(dst, seq)
	dst = binary.LittleEndian.AppendUint32(dst, crc32.Checksum(dst[from:], castagnoli))

	return dst, crc32.Checksum(salt[:], castagnoli)
}

// readHeader returns the seq and the seed of a header; false when it is not a whole one of that magic.
func readHeader(b []byte, magic string) (seq uint64, seed uint32, ok bool) {
	if len(b) < headerBytes || string(b[:8]) != magic {
		return 0, 0, false
	}
	if crc32.Checksum(b[:headerBytes-4], castagnoli) != binary.LittleEndian.Uint32(b[headerBytes-4:]) {
		return 0, 0, false
	}

	return binary.LittleEndian.Uint64(b[24:]), crc32.Checksum(b[8:24], castagnoli), true
}

// frameHeader returns the header of a frame with that payload.
func frameHeader(seed uint32, seq uint64, payload []byte) []byte {
	h := append(make([]byte, 0, frameBytes), frameMagic...)
	h = binary.LittleEndian.AppendUint32(h, uint32(len(payload)))
	h = binary.LittleEndian.AppendUint64(h, seq)
	sum := crc32.Update(crc32.Update(seed, castagnoli, h[4:16]), castagnoli, payload)

	return binary.LittleEndian.AppendUint32(h, sum)
}

// writeLog appends frames to the newest segment.
type writeLog struct {
	files fileSystem
	dir   string
	f     file
	seed  uint32
	seq   uint64 // of the last frame written
	size  int64  // of the newest segment; what lies beyond is not part of the log
	// before is the size of the older segments that no snapshot has replaced yet.
	before int64
	broken error // set once the state of the file is not known
	buf    []byte
}

func segmentName(seq uint64) string { return fmt.Sprintf("log-%016x", seq) }

// append writes a frame and waits until it is durable. After a failed write the file is cut back and the log stays in
// use; after a failed fsync, or a failed cut, it is broken: what is on the disk is not known until it is opened again.
func (l *writeLog) append(payload []byte) error {
	if l.broken != nil {
		return l.broken
	}
	if len(payload) >= maxFrame {
		return refuse(codeTooLarge, "too many bytes written at one time")
	}

	l.buf = append(l.buf[:0], frameHeader(l.seed, l.seq+1, payload)...)
	l.buf = append(l.buf, payload...)
	_, err := l.f.Write(l.buf)
	if cap(l.buf) > 1<<20 {
		l.buf = nil
	}
	if err != nil {
		if cut := l.cut(); cut != nil {
			l.broken = fmt.Errorf("cut back after a failed write: %w", cut)
		}
		return fmt.Errorf("write log: %w", err)
	}
	if err := l.f.Sync(); err != nil {
		l.broken = fmt.Errorf("sync log: %w", err)
		_ = l.cut() // so that a restart does not find what was refused; it may still
		return l.broken
	}
	l.seq++
	l.size += int64(frameBytes + len(payload))

	return nil
}

// cut removes what lies behind the last durable frame.
func (l *writeLog) cut() error {
	if err := l.f.Truncate(l.size); err != nil {
		return err
	}
	_, err := l.f.Seek(l.size, io.SeekStart)

	return err
}

// rotate begins a new segment, so that the older ones are complete. When it fails the log goes on in the old one.
func (l *writeLog) rotate() error {
	path := filepath.Join(l.dir, segmentName(l.seq+1))
	header, seed := appendHeader(nil, logMagic, l.seq+1)
	f, err := writeNew(l.files, path, header)
	if err != nil {
		return fmt.Errorf("begin log segment: %w", err)
	}
	if err := l.files.syncDir(l.dir); err != nil {
		l.broken = fmt.Errorf("sync folder: %w", err)
		return err
	}

	if l.f != nil {
		_ = l.f.Close() // all of it is durable
	}
	l.before += l.size
	l.f, l.seed, l.size = f, seed, int64(len(header))

	return nil
}

// writeNew makes a file with that content and syncs it; it leaves none behind when it fails.
func writeNew(files fileSystem, path string, content []byte) (file, error) {
	f, err := files.create(path)
	if err != nil {
		return nil, err
	}
	if _, err = f.Write(content); err == nil {
		err = f.Sync()
	}
	if err != nil {
		_ = f.Close()
		_ = files.remove(path)
		return nil, err
	}

	return f, nil
}

func (l *writeLog) close() error { return l.f.Close() }
