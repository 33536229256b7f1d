package embedded

import (
	"bytes"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
)

// A segment of the log, and a snapshot, is a header and then frames. A frame of the log is one batch: it is there as a
// whole or not at all, and because each is durable before the next one is begun, a frame that is broken although a later
// one is whole was damaged after it had been acknowledged.
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

// DamageError tells that a file of the folder is broken where it had been durable once. Nothing was changed.
type DamageError struct {
	File   string
	Offset int64
	Reason string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("embedded: %s is damaged at byte %d: %s", e.File, e.Offset, e.Reason)
}

// frameFile is a file of frames that is read, or written, one frame after the other.
type frameFile struct {
	file
	name string
	seed uint32 // checksum of the salt, with which those of the frames begin
	seq  uint64 // of the last frame
	at   int64  // where it ends
	end  int64  // of the file when it was opened
	buf  []byte
}

// createFrames makes a file with a header, and syncs it; it leaves none behind when it fails.
func createFrames(files fileSystem, path, magic string, seq uint64) (*frameFile, error) {
	f, err := files.open(path, os.O_CREATE|os.O_EXCL)
	if err != nil {
		return nil, err
	}

	header := append(make([]byte, 0, headerBytes), magic...)
	header = header[:8+16]
	_, _ = rand.Read(header[8:])
	header = binary.LittleEndian.AppendUint64(header, seq)
	header = binary.LittleEndian.AppendUint32(header, crc32.Checksum(header, castagnoli))
	if _, err = f.Write(header); err == nil {
		err = f.Sync()
	}
	if err != nil {
		_ = f.Close()
		_ = os.Remove(path)
		return nil, err
	}

	return &frameFile{file: f, name: filepath.Base(path), seed: crc32.Checksum(header[8:24], castagnoli), at: headerBytes}, nil
}

// openFrames opens a file of that magic and seq for reading. A file that ends within its header comes back with a zero at.
func openFrames(files fileSystem, path, magic string, seq uint64) (*frameFile, error) {
	opened, err := files.open(path, 0)
	if err != nil {
		return nil, err
	}
	f := &frameFile{file: opened, name: filepath.Base(path)}
	if f.end, err = f.Seek(0, io.SeekEnd); err != nil {
		return nil, err
	}
	h, err := f.read(0, min(headerBytes, f.end))
	if err != nil {
		return nil, err
	}

	whole := len(h) == headerBytes && crc32.Checksum(h[:headerBytes-4], castagnoli) == binary.LittleEndian.Uint32(h[headerBytes-4:])
	switch {
	case whole && string(h[:8]) == magic && binary.LittleEndian.Uint64(h[24:]) == seq:
		f.seed, f.at = crc32.Checksum(h[8:24], castagnoli), headerBytes
	case f.end > headerBytes:
		return nil, f.damage("the header is broken")
	}

	return f, nil
}

func (f *frameFile) damage(reason string) error { return &DamageError{f.name, f.at, reason} }

// header returns the header of the frame with that seq and payload.
func (f *frameFile) header(seq uint64, payload []byte) []byte {
	h := append(make([]byte, 0, frameBytes), frameMagic...)
	h = binary.LittleEndian.AppendUint32(h, uint32(len(payload)))
	h = binary.LittleEndian.AppendUint64(h, seq)
	sum := crc32.Update(crc32.Update(f.seed, castagnoli, h[4:16]), castagnoli, payload)

	return binary.LittleEndian.AppendUint32(h, sum)
}

// write appends the next frame, without syncing it. After it failed the file ends in part of a frame.
func (f *frameFile) write(payload []byte) error {
	if len(payload) >= maxFrame {
		return refuse(codeTooLarge, "too many bytes written at one time")
	}
	f.buf = append(append(f.buf[:0], f.header(f.seq+1, payload)...), payload...)
	if _, err := f.Write(f.buf); err != nil {
		return err
	}
	f.seq++
	f.at += int64(len(f.buf))
	if cap(f.buf) > 1<<21 {
		f.buf = nil
	}

	return nil
}

// read returns n bytes from offset on, valid until the next call.
func (f *frameFile) read(offset, n int64) ([]byte, error) {
	if int64(cap(f.buf)) < n {
		f.buf = make([]byte, n)
	}
	f.buf = f.buf[:n]
	_, err := f.Seek(offset, io.SeekStart)
	if err == nil {
		_, err = io.ReadFull(f, f.buf)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.name, err)
	}

	return f.buf, nil
}

// next returns the payload of the next frame; nil at the end, and where no whole frame with the next seq follows.
func (f *frameFile) next() ([]byte, error) {
	if f.end-f.at < frameBytes {
		return nil, nil
	}
	h, err := f.read(f.at, frameBytes)
	if err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(h[4:]))
	if string(h[:4]) != frameMagic || length > f.end-f.at-frameBytes {
		return nil, nil
	}
	b, err := f.read(f.at, frameBytes+length)
	if err != nil || !bytes.Equal(b[:frameBytes], f.header(f.seq+1, b[frameBytes:])) {
		return nil, err
	}
	f.at += int64(len(b))
	f.seq++

	return b[frameBytes:], nil
}

// tornTail returns how many bytes lie behind the last whole frame, when they are what a crash leaves of a batch that
// nobody was told of. It fails with a DamageError when a later frame shows that the broken one had been durable.
func (f *frameFile) tornTail() (int, error) {
	tail, err := f.read(f.at, f.end-f.at)
	if err != nil {
		return 0, err
	}

	for i := bytes.Index(tail, []byte(frameMagic)); i >= 0 && len(tail)-i >= frameBytes; {
		h := tail[i:]
		length, seq := int(binary.LittleEndian.Uint32(h[4:])), binary.LittleEndian.Uint64(h[8:])
		if length <= len(h)-frameBytes && seq > f.seq+1 && bytes.Equal(h[:frameBytes], f.header(seq, h[frameBytes:frameBytes+length])) {
			return 0, f.damage(fmt.Sprintf("batch %d is broken, but batch %d behind it is whole", f.seq+1, seq))
		}
		next := bytes.Index(h[1:], []byte(frameMagic))
		if next < 0 {
			break
		}
		i += 1 + next
	}

	return len(tail), nil
}

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
